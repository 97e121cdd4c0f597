//! The directory of organisations that one node gives another, so that letters can be addressed.
//!
//! It holds organisations, never people.

use crate::codec::{Decode, Encode};
use crate::id::OrgCode;
use crate::limits::{DIRECTORY_PART_ORGS_MAX, DIRECTORY_PARTS_MAX, ORG_ALIASES_MAX};
use crate::member::is_name;

use super::Body;
use super::kind::Kind;

/// One part of a whole directory. A node applies the parts of a revision in order and drops what
/// an older revision had when the last part has come; the latest revision counts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OrgDirectory {
    /// Grows with every change.
    pub revision: u64,
    /// This part, from 0.
    pub part: u16,
    /// How many parts the revision has.
    pub parts: u16,
    /// The organisations of this part.
    pub orgs: Vec<OrgListing>,
}

impl OrgDirectory {
    /// Whether counts and names are inside their bounds.
    pub fn is_well_formed(&self) -> bool {
        self.parts <= DIRECTORY_PARTS_MAX
            && self.part < self.parts
            && self.orgs.len() <= DIRECTORY_PART_ORGS_MAX
            && self.orgs.iter().all(OrgListing::is_well_formed)
    }
}

impl Body for OrgDirectory {
    const KIND: Kind = Kind::OrgDirectory;
}

/// What the other side needs to know of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OrgListing {
    /// Its code.
    pub code: OrgCode,
    /// Its full name.
    pub name: String,
    /// Which level it is.
    pub kind: OrgKind,
    /// The organisation above it, if any.
    pub parent: Option<OrgCode>,
    /// Whether it may send and receive letters (条例 art. 25).
    pub may_transfer: bool,
    /// Former names and codes, so that a letter to a renamed organisation still finds it.
    pub aliases: Vec<String>,
}

impl OrgListing {
    /// Whether names and aliases are inside their bounds.
    pub fn is_well_formed(&self) -> bool {
        is_name(&self.name)
            && self.aliases.len() <= ORG_ALIASES_MAX
            && self.aliases.iter().all(|alias| is_name(alias))
    }
}

/// The level of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum OrgKind {
    /// 基层党委.
    Committee,
    /// 党总支.
    GeneralBranch,
    /// 党支部.
    Branch,
    /// 党小组.
    Group,
    /// 临时组织.
    Temporary,
}

impl OrgKind {
    /// Every kind.
    pub const ALL: &'static [OrgKind] = &[
        OrgKind::Committee,
        OrgKind::GeneralBranch,
        OrgKind::Branch,
        OrgKind::Group,
        OrgKind::Temporary,
    ];

    /// The stable name in commands and `--json`.
    pub fn name(self) -> &'static str {
        match self {
            OrgKind::Committee => "committee",
            OrgKind::GeneralBranch => "general_branch",
            OrgKind::Branch => "branch",
            OrgKind::Group => "group",
            OrgKind::Temporary => "temporary",
        }
    }

    /// The kind with that name.
    pub fn from_name(name: &str) -> Option<OrgKind> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

//! The directory of organisations that one node gives another, so that letters can be addressed.
//!
//! It holds organisations, never people.

use crate::codec::{self, Decode, Encode};
use crate::id::{OrgCode, RegionCode};
use crate::limits::{
    BODY_BYTES_MAX, DIRECTORY_PART_ORGS_MAX, DIRECTORY_PARTS_MAX, ORG_ALIASES_MAX,
};
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
    /// The parts of a whole directory, each inside its bounds; none if there are more
    /// organisations than the parts of one revision can hold.
    pub fn split(revision: u64, orgs: Vec<OrgListing>) -> Option<Vec<OrgDirectory>> {
        let room = BODY_BYTES_MAX - 64;
        let mut lists = vec![Vec::new()];
        let mut taken = 0;
        for org in orgs {
            let bytes = codec::encode(&org).len();
            let last = lists.last_mut().expect("there is a first list");
            if last.len() == DIRECTORY_PART_ORGS_MAX || taken + bytes > room {
                lists.push(vec![org]);
                taken = bytes;
            } else {
                last.push(org);
                taken += bytes;
            }
        }
        let parts =
            u16::try_from(lists.len()).ok().filter(|parts| *parts <= DIRECTORY_PARTS_MAX)?;
        let part = |(orgs, part)| OrgDirectory { revision, part, parts, orgs };
        Some(lists.into_iter().zip(0..).map(part).collect())
    }

    /// Whether every organisation of this part lies in `region`, that of the author: a directory
    /// must not draw letters that are meant for another region.
    pub fn is_of(&self, region: RegionCode) -> bool {
        self.orgs.iter().all(|org| org.code.region == region)
    }

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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn listing(number: u32, aliases: usize, alias: &str) -> OrgListing {
        let region = RegionCode::new(610_922).unwrap();
        OrgListing {
            code: OrgCode::new(region, number).unwrap(),
            name: format!("第{number}支部"),
            kind: OrgKind::Branch,
            parent: OrgCode::new(region, 1),
            may_transfer: false,
            aliases: vec![alias.to_owned(); aliases],
        }
    }

    /// however long the names are, every part can be sent, and nothing is lost or reordered.
    #[test]
    fn a_directory_is_split_into_parts_that_fit() {
        let long = "𱁬".repeat(100);
        for (orgs, aliases, alias) in [(0, 0, ""), (1_201, 0, ""), (300, 16, long.as_str())] {
            let orgs: Vec<_> = (0..orgs).map(|number| listing(number, aliases, alias)).collect();
            let parts = OrgDirectory::split(7, orgs.clone()).unwrap();
            assert!(!parts.is_empty());
            for (part, number) in parts.iter().zip(0..) {
                let counts = (part.part, usize::from(part.parts));
                assert_eq!(counts, (number, parts.len()));
                assert!(part.is_well_formed() && part.is_of(RegionCode::new(610_922).unwrap()));
                assert!(!part.is_of(RegionCode::new(610_902).unwrap()) || part.orgs.is_empty());
                let bytes = codec::encode(part);
                assert!(bytes.len() <= BODY_BYTES_MAX);
                assert_eq!(codec::decode(&bytes).as_ref(), Ok(part));
            }
            let joined: Vec<_> = parts.into_iter().flat_map(|part| part.orgs).collect();
            assert_eq!(joined, orgs);
        }
        let too_many = (0..110_000).map(|number| listing(number, 0, "")).collect();
        assert_eq!(OrgDirectory::split(7, too_many), None);
    }
}

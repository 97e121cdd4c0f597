//! Organisations: our own tree, or a peer's directory as received.

use serde::{Deserialize, Serialize};

use super::ImportReport;

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its code, `REGION-NNNN`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `committee`, `general_branch`, `branch`, `group` or `temporary`.
    pub kind: String,
    /// The code of the organisation above it.
    pub parent: Option<String>,
    /// Whether it may transfer members.
    pub may_transfer: bool,
    /// Whether it was closed or merged away.
    pub closed: bool,
    /// The organisation that took over its members and its code, once merged.
    pub successor: Option<String>,
}

/// How the import of a table of organisations went. `committed` says that the tree is now as the
/// table says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrgImport(pub ImportReport);

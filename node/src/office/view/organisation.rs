//! Organisations: our own tree, or a peer's directory as received.

use serde::{Deserialize, Serialize};

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

//! What is asked about users, tokens and the audit log.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Paging, PersonalText};

/// Roles of users and tokens.
pub const ROLES: &[&str] = &["viewer", "clerk", "approver", "admin", "auditor"];

/// What is asked about users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum UserCommand {
    /// Adds one.
    Add {
        /// The name to sign in with.
        name: String,
        /// One of [`ROLES`].
        role: String,
        /// The organisation that bounds what they see.
        org: Option<String>,
        /// The password.
        password: PersonalText,
    },
    /// Lists them.
    List(Paging),
    /// Gives one another role.
    Role {
        /// The user's name.
        name: String,
        /// One of [`ROLES`].
        role: String,
        /// The organisation that bounds what they see; the whole region if absent.
        org: Option<String>,
    },
    /// Gives one another password.
    Password {
        /// The user's name.
        name: String,
        /// The password.
        password: PersonalText,
    },
    /// Says whether one may sign in.
    Disable {
        /// The user's name.
        name: String,
        /// Whether they may no longer.
        disabled: bool,
    },
}

/// What is asked about tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TokenCommand {
    /// Makes one.
    Create {
        /// One of [`ROLES`].
        role: String,
        /// The organisation that bounds what it sees.
        org: Option<String>,
        /// Days until it ends.
        expires_days: Option<u32>,
    },
    /// Lists them.
    List(Paging),
    /// Makes one useless.
    Revoke {
        /// Its number.
        id: String,
    },
}

/// What is asked about the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AuditCommand {
    /// Lists it, newest first.
    List(Paging),
    /// Walks along the whole of it.
    Verify,
    /// Writes it into a file.
    Export {
        /// Where to.
        out: PathBuf,
    },
}

//! Users, tokens, sessions, and the audit log.

use serde::{Deserialize, Serialize};

/// A user of this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name to sign in with.
    pub name: String,
    /// `viewer`, `clerk`, `approver`, `admin` or `auditor`.
    pub role: String,
    /// The organisation with everything under it that they see; the whole region if absent.
    pub org: Option<String>,
    /// Whether they may no longer sign in.
    pub disabled: bool,
    /// When they were added.
    pub created_at: String,
}

/// A token that was made now; it is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// The token itself.
    pub token: String,
    /// What is known of it later.
    #[serde(flatten)]
    pub about: Token,
}

/// A token, without itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its number.
    pub id: String,
    /// `viewer`, `clerk`, `approver`, `admin` or `auditor`.
    pub role: String,
    /// The organisation with everything under it that it sees; the whole region if absent.
    pub org: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// Who made it.
    pub created_by: String,
    /// When it ends, if ever.
    pub expires_at: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// A session of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id; nothing can be opened with it.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// When it began.
    pub begun_at: String,
    /// When it was last used, within a minute.
    pub seen_at: String,
    /// From where it was begun.
    pub address: String,
}

/// Where the first user is added, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The address to open; its last part is the secret.
    pub url: String,
    /// Until when.
    pub expires_at: String,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its number, from 1 without a gap.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who: `user:NAME`, `token:ID`, or `uid:N` on the command line.
    pub who: String,
    /// What, such as `letter.issue` or `member.reveal`.
    pub what: String,
    /// On what: `member:REF`, `letter:ID` and so on.
    pub objects: Vec<String>,
    /// SHA-256 over the line and the hash of the one before it, hex.
    pub hash: String,
}

/// An audit log that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditVerified {
    /// How many lines it has.
    pub lines: i64,
    /// The hash of the last one; write it down, and a later look finds whatever was cut off.
    pub head: String,
}

/// An audit log that was written into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditExport {
    /// Where.
    pub file: String,
    /// How many lines.
    pub lines: i64,
    /// The hash of the last one.
    pub head: String,
}

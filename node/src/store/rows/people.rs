//! The rows of users, tokens, sessions and the audit log.

use protocol::id::OrgCode;
use protocol::private::Private;
use protocol::time::Timestamp;

/// A person who may use this node.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// The row; never used for somebody else.
    pub id: i64,
    /// The name to sign in with.
    pub name: String,
    /// The role's number.
    pub role: u8,
    /// Whose members they may see; the whole region if `None`.
    pub org: Option<OrgCode>,
    /// The stretched password, as a PHC string.
    pub password: Private<String>,
    /// Whether they may no longer sign in.
    pub disabled: bool,
    /// When they were added.
    pub created: Timestamp,
}

/// A token of a program.
#[derive(Clone, Debug)]
pub struct TokenRow {
    /// The row.
    pub id: i64,
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// The role's number.
    pub role: u8,
    /// Whose members it may see; the whole region if `None`.
    pub org: Option<OrgCode>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Who made it.
    pub by: String,
}

/// A user who is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// SHA-256 of the secret in the cookie.
    pub hash: [u8; 32],
    /// Whose it is.
    pub user: i64,
    /// When it began.
    pub begun: Timestamp,
    /// When it was last used, within a minute.
    pub seen: Timestamp,
    /// From where it was begun.
    pub address: String,
}

/// One line of the audit log. Number and hash are given by the writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// The number, from 1, without a gap.
    pub seq: i64,
    /// When.
    pub time: Timestamp,
    /// Who: `user:NAME`, `token:ID`, `uid:N` on the command line.
    pub who: String,
    /// What, such as `letter.issue`.
    pub what: String,
    /// On what: `member:REF`, `letter:ID`, …, with blanks between.
    pub objects: String,
    /// SHA-256 over the line and the hash of the one before.
    pub hash: [u8; 32],
}

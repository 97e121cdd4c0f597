//! Who may use this node: users, programs with tokens, sessions, roles, and the one function that
//! says what a role allows.

pub mod authorize;
mod passwords;
pub mod sessions;
mod throttle;
mod tokens;
mod users;

use data_encoding::BASE64URL_NOPAD;
use protocol::id::OrgCode;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use sha2::{Digest, Sha256};

use crate::entropy::Entropy;

use super::Office;
pub(super) use sessions::SignIns;
pub use users::UserRequest;

/// What a user or a program may do here (`authorize`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Reads the members in scope.
    Viewer,
    /// 经办: enters members, keeps up stays.
    Clerk,
    /// 审核: decides: issues, accepts, refuses, voids.
    Approver,
    /// 管理员: users, organisations, peers, rules; no members.
    Admin,
    /// 督查: the audit log and counts; no members.
    Auditor,
}

impl Role {
    /// All of them; the place of one is its number in the store.
    pub const ALL: &'static [Role] =
        &[Role::Viewer, Role::Clerk, Role::Approver, Role::Admin, Role::Auditor];

    /// Its word in commands and views.
    pub fn name(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Clerk => "clerk",
            Role::Approver => "approver",
            Role::Admin => "admin",
            Role::Auditor => "auditor",
        }
    }

    fn named(name: &str) -> Result<Role, Refusal> {
        let found = Role::ALL.iter().copied().find(|role| role.name() == name);
        found.ok_or_else(|| Refusal::about(Code::RoleUnknown, Word(name)))
    }

    fn number(self) -> u8 {
        self as u8
    }

    fn from_number(number: u8) -> Result<Role, Refusal> {
        let found = Role::ALL.get(usize::from(number)).copied();
        found.ok_or_else(|| Refusal::about(Code::Internal, "a role is damaged"))
    }

    /// Whether it is for the whole region alone: such a role reads no members.
    fn is_for_the_region(self) -> bool {
        matches!(self, Role::Admin | Role::Auditor)
    }
}

/// What somebody may do at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything: they own the data directory.
    Owner,
    /// What their role allows.
    Role(Role),
    /// Nothing yet: they are about to sign in.
    Nobody,
}

/// Who acts, and within what bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// As the audit log names them: `user:NAME`, `token:ID`, `uid:N`.
    pub who: String,
    /// What they may do at all.
    pub rights: Rights,
    /// The organisation with everything under it that they see; the whole region if `None`.
    pub scope: Option<OrgCode>,
}

impl Actor {
    /// Somebody who is about to sign in under this name.
    pub fn nobody(name: &str) -> Actor {
        Actor { who: format!("user:{name}"), rights: Rights::Nobody, scope: None }
    }

    /// Somebody on this machine who may open the data directory anyway.
    pub fn owner(uid: u32) -> Actor {
        Actor { who: format!("uid:{uid}"), rights: Rights::Owner, scope: None }
    }
}

/// A word that a user typed, shown only if it is plain enough to be one.
struct Word<'a>(&'a str);

impl std::fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plain = self.0.len() <= 32 && self.0.bytes().all(|byte| byte.is_ascii_lowercase());
        f.write_str(if plain { self.0 } else { "***" })
    }
}

/// 256 random bits as text, and the hash under which they are kept.
fn new_secret(entropy: &Entropy) -> (Private<String>, [u8; 32]) {
    let secret = BASE64URL_NOPAD.encode(&entropy.bytes::<32>());
    let hash = hash_of(&secret);
    (Private::new(secret), hash)
}

/// What is kept of a secret with 256 random bits: nothing slower is needed.
fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// The organisation that bounds a role, checked.
fn scope(office: &Office, role: Role, org: Option<&str>) -> Result<Option<OrgCode>, Refusal> {
    let Some(org) = org else { return Ok(None) };
    if role.is_for_the_region() {
        return Err(Refusal::about(Code::UserScope, role.name()));
    }
    let found = office.org(org)?;
    let code: OrgCode = super::text::org_code(&found.code)?;
    if code.region != office.me().region {
        return Err(Refusal::about(Code::OrgForeign, code));
    }
    Ok(Some(code))
}

//! Users: adding them, their role, their password, and that they may no longer sign in.

use protocol::private::Private;
use protocol::refusal::{Code, Refusal};

use crate::store::people::{PeopleChange, USERS_REVISION};
use crate::store::rows::UserRow;
use crate::store::{Change, Expected};

use super::super::decide::{Decision, Stop};
use super::super::{Office, view};
use super::{Role, passwords, scope};

/// A new user.
pub struct UserRequest {
    /// The name to sign in with.
    pub name: String,
    /// `viewer`, `clerk`, `approver`, `admin` or `auditor`.
    pub role: String,
    /// The organisation that bounds what they see.
    pub org: Option<String>,
    /// The password.
    pub password: Private<String>,
}

impl Office {
    /// Adds a user.
    ///
    /// # Errors
    /// `user.name`, `user.exists`, `user.scope`, `role.unknown`, `org.unknown`, `password.weak`.
    pub fn add_user(&self, request: &UserRequest) -> Result<view::User, Refusal> {
        let row = self.new_user(request)?;
        self.decide(|decision| decision.add_user(&row, false))?;
        self.user(&row.name)
    }

    /// Every user, in the order in which they were added.
    pub fn users(&self) -> Result<Vec<view::User>, Refusal> {
        self.look(|_, snapshot| {
            let rows = snapshot.users()?;
            Ok(rows.iter().map(user_view).collect::<Result<_, _>>()?)
        })
    }

    /// One user.
    ///
    /// # Errors
    /// `user.unknown`.
    pub fn user(&self, name: &str) -> Result<view::User, Refusal> {
        self.look(|_, snapshot| {
            let row = snapshot.user_named(name)?.ok_or_else(|| unknown(name))?;
            Ok(user_view(&row)?)
        })
    }

    /// Gives a user another role, within an organisation or the whole region; ends their sessions.
    ///
    /// # Errors
    /// `user.unknown`, `role.unknown`, `user.scope`, `org.unknown`, `user.last_admin`.
    pub fn set_role(
        &self,
        name: &str,
        role: &str,
        org: Option<&str>,
    ) -> Result<view::User, Refusal> {
        let role = Role::named(role)?;
        let org = scope(self, role, org)?;
        self.change_user(name, |row| (row.role, row.org) = (role.number(), org))
    }

    /// Gives a user another password; ends their sessions.
    ///
    /// # Errors
    /// `user.unknown`, `password.weak`.
    pub fn set_password(
        &self,
        name: &str,
        password: &Private<String>,
    ) -> Result<view::User, Refusal> {
        passwords::check(password, &[name, &self.me().name])?;
        let kept = passwords::stretch(password, self.entropy())?;
        self.change_user(name, |row| row.password = kept.clone())
    }

    /// Says whether a user may sign in; ends their sessions.
    ///
    /// # Errors
    /// `user.unknown`, `user.last_admin`.
    pub fn set_disabled(&self, name: &str, disabled: bool) -> Result<view::User, Refusal> {
        self.change_user(name, |row| row.disabled = disabled)
    }

    /// A row for a user who is not there yet; its number is given when it is decided.
    pub(super) fn new_user(&self, request: &UserRequest) -> Result<UserRow, Refusal> {
        let role = Role::named(&request.role)?;
        if !is_user_name(&request.name) {
            return Err(Code::UserName.into());
        }
        let org = scope(self, role, request.org.as_deref())?;
        passwords::check(&request.password, &[&request.name, &self.me().name])?;
        Ok(UserRow {
            id: 0,
            name: request.name.clone(),
            role: role.number(),
            org,
            password: passwords::stretch(&request.password, self.entropy())?,
            disabled: false,
            created: self.now(),
        })
    }

    fn change_user(
        &self,
        name: &str,
        mut change: impl FnMut(&mut UserRow),
    ) -> Result<view::User, Refusal> {
        self.decide(|decision| {
            let mut users = decision.users()?;
            let is_admin = |row: &UserRow| row.role == Role::Admin.number() && !row.disabled;
            let had_admin = users.iter().any(is_admin);
            let place = users.iter().position(|row| row.name == name);
            let place = place.ok_or_else(|| unknown(name))?;
            change(&mut users[place]);
            if had_admin && !users.iter().any(is_admin) {
                return Err(Refusal::about(Code::UserLastAdmin, name).into());
            }
            let row = users.swap_remove(place);
            let id = row.id;
            decision.batch.push(Change::People(PeopleChange::User(Box::new(row))));
            decision.batch.push(Change::People(PeopleChange::EndSessionsOf(id)));
            Ok(())
        })?;
        self.user(name)
    }
}

impl Decision<'_> {
    /// Every user, with the condition that nobody changes one meanwhile, and the mark that this
    /// decision does.
    fn users(&mut self) -> Result<Vec<UserRow>, Stop> {
        let held = self.snapshot.meta(USERS_REVISION)?.unwrap_or(0);
        self.batch.expect(Expected::Meta(USERS_REVISION, held));
        self.batch.push(Change::Meta(USERS_REVISION, held + 1));
        Ok(self.snapshot.users()?)
    }

    /// Adds a user; with `first` only if there is none yet.
    pub(super) fn add_user(&mut self, row: &UserRow, first: bool) -> Result<(), Stop> {
        let users = self.users()?;
        if first && !users.is_empty() {
            return Err(Code::SetupClosed.into());
        }
        if users.iter().any(|user| user.name == row.name) {
            return Err(Refusal::about(Code::UserExists, &row.name).into());
        }
        let id = users.last().map_or(1, |last| last.id + 1);
        let row = UserRow { id, ..row.clone() };
        self.batch.push(Change::People(PeopleChange::User(Box::new(row))));
        Ok(())
    }
}

fn unknown(name: &str) -> Refusal {
    let shown = if is_user_name(name) { name } else { "***" };
    Refusal::about(Code::UserUnknown, shown)
}

/// A name to sign in with, such as `wang.sw` or 王善武.
fn is_user_name(name: &str) -> bool {
    let sound = |c: char| c.is_alphanumeric() || "._-".contains(c);
    (2..=32).contains(&name.chars().count())
        && name.chars().all(sound)
        && !name.chars().all(|c| c.is_ascii_digit())
}

pub(super) fn user_view(row: &UserRow) -> Result<view::User, Refusal> {
    Ok(view::User {
        name: row.name.clone(),
        role: Role::from_number(row.role)?.name().to_owned(),
        org: row.org.map(|org| org.to_string()),
        disabled: row.disabled,
        created_at: row.created.to_string(),
    })
}

//! Signing in: the first user by the set-up link, everybody by name and password, and the sessions
//! that follow.
//!
//! A session is 256 random bits in a cookie; the store has only their hash. It ends after 15
//! minutes without use, after 8 hours, and with every change of the user's password or role.

use data_encoding::HEXLOWER;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::Change;
use crate::store::people::PeopleChange;
use crate::store::rows::SessionRow;

use super::super::decide::{Decision, Stop};
use super::super::{Office, lock, view};
use super::throttle::Throttle;
use super::users::user_view;
use super::{Actor, Rights, Role, UserRequest, hash_of, new_secret, passwords};

/// Longest time without use, in milliseconds.
pub const IDLE_MS: u64 = 15 * 60 * 1000;
/// Longest time in all, in milliseconds.
pub const WHOLE_MS: u64 = 8 * 60 * 60 * 1000;
/// How exactly the last use is kept, in milliseconds.
const SEEN_STEP_MS: u64 = 60 * 1000;
/// How long the set-up link is good, in milliseconds.
const SETUP_MS: u64 = 30 * 60 * 1000;
/// Characters of a session's hash by which it is named.
const NAMED_CHARS: usize = 16;

/// What is known of signing in only while the node runs.
#[derive(Default)]
pub(in crate::office) struct SignIns {
    throttle: Throttle,
    /// The hash of the set-up secret, and when it ends.
    setup: Option<([u8; 32], Timestamp)>,
}

/// With what the first user is added.
pub struct SetupSecret {
    /// The secret.
    pub secret: Private<String>,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// A session that began.
pub struct SignedIn {
    /// The secret for the cookie.
    pub secret: Private<String>,
    /// What a form must carry.
    pub csrf: String,
    /// Whose it is.
    pub user: view::User,
}

/// A request in a session.
pub struct InSession {
    /// Who acts.
    pub actor: Actor,
    /// The user's name.
    pub name: String,
    /// What a form must carry.
    pub csrf: String,
}

impl Office {
    /// A secret with which the first user can be added within half an hour, if there is none yet.
    pub fn open_setup(&self) -> Result<Option<SetupSecret>, Refusal> {
        if self.look(|_, snapshot| Ok(!snapshot.users()?.is_empty()))? {
            return Ok(None);
        }
        let (secret, hash) = new_secret(self.entropy());
        let expires = self.now().after_millis(SETUP_MS);
        lock(&self.shared.sign_ins).setup = Some((hash, expires));
        Ok(Some(SetupSecret { secret, expires }))
    }

    /// Adds the first user, an administrator, and signs them in. The secret is used up by that.
    ///
    /// # Errors
    /// `setup.closed`, `user.name`, `password.weak`.
    pub fn set_up(
        &self,
        secret: &str,
        name: &str,
        password: &Private<String>,
        address: &str,
    ) -> Result<SignedIn, Refusal> {
        let hash = hash_of(secret);
        let good = |(kept, expires): ([u8; 32], Timestamp)| kept == hash && self.now() < expires;
        if !lock(&self.shared.sign_ins).setup.is_some_and(good) {
            return Err(Code::SetupClosed.into());
        }
        let row = self.new_user(&UserRequest {
            name: name.to_owned(),
            role: Role::Admin.name().to_owned(),
            org: None,
            password: password.clone(),
        })?;
        let by = Actor::nobody(name);
        self.acting(&by, "user.setup").decide(|decision| decision.add_user(&row, true))?;
        lock(&self.shared.sign_ins).setup = None;
        self.sign_in(name, password, address)
    }

    /// Begins a session. What went wrong is not told apart, and takes as long.
    ///
    /// # Errors
    /// `auth.failed`, `auth.throttled`.
    pub fn sign_in(
        &self,
        name: &str,
        password: &Private<String>,
        address: &str,
    ) -> Result<SignedIn, Refusal> {
        if let Some(wait) = lock(&self.shared.sign_ins).throttle.wait_s(name, address, self.now()) {
            return Err(Refusal::about(Code::SignInThrottled, wait));
        }
        let user = self.look(|_, snapshot| Ok(snapshot.user_named(name)?))?;
        let right = passwords::is_right(password, user.as_ref().map(|user| &user.password));
        let user = user.filter(|user| right && !user.disabled);
        let Some(user) = user else {
            lock(&self.shared.sign_ins).throttle.failed(name, address, self.now());
            return Err(Code::SignInFailed.into());
        };
        lock(&self.shared.sign_ins).throttle.succeeded(name, address);
        let (secret, hash) = new_secret(self.entropy());
        let by = Actor::nobody(&user.name);
        self.acting(&by, "session.begin").decide(|decision| {
            let (now, address) = (decision.now, address.to_owned());
            decision.forget_ended_sessions()?;
            let row = SessionRow { hash, user: user.id, begun: now, seen: now, address };
            decision.batch.push(Change::People(PeopleChange::Session(Box::new(row))));
            Ok(())
        })?;
        Ok(SignedIn { csrf: csrf_of(secret.reveal()), secret, user: user_view(&user)? })
    }

    /// Who shows this secret of a session, if it has not ended. Counts as a use of it.
    ///
    /// # Errors
    /// `auth.required`.
    pub fn in_session(&self, secret: &str) -> Result<InSession, Refusal> {
        let (hash, now) = (hash_of(secret), self.now());
        let found = self.look(|_, snapshot| {
            let Some(row) = snapshot.session(&hash)?.filter(|row| goes_on(row, now)) else {
                return Ok(None);
            };
            let user = snapshot.user(row.user)?.filter(|user| !user.disabled);
            Ok(user.map(|user| (row, user)))
        })?;
        let (row, user) = found.ok_or(Code::SignInNeeded)?;
        if now.millis().saturating_sub(row.seen.millis()) > SEEN_STEP_MS {
            self.decide(|decision| {
                let touch = PeopleChange::TouchSession(hash, decision.now);
                decision.batch.push(Change::People(touch));
                Ok(())
            })?;
        }
        let rights = Rights::Role(Role::from_number(user.role)?);
        let actor = Actor { who: format!("user:{}", user.name), rights, scope: user.org };
        Ok(InSession { actor, name: user.name, csrf: csrf_of(secret) })
    }

    /// Ends the session with this secret.
    pub fn sign_out(&self, secret: &str) -> Result<(), Refusal> {
        let hash = hash_of(secret);
        self.decide(|decision| {
            if decision.snapshot.session(&hash)?.is_some() {
                decision.batch.push(Change::People(PeopleChange::EndSession(hash)));
            }
            Ok(())
        })?;
        Ok(())
    }

    /// The sessions that go on, the newest first; of one user only, if `name` is given.
    pub fn sessions(&self, name: Option<&str>) -> Result<Vec<view::Session>, Refusal> {
        let now = self.now();
        self.look(|_, snapshot| {
            let users = snapshot.users()?;
            let rows = snapshot.sessions()?.into_iter().filter(|row| goes_on(row, now));
            let views = rows.filter_map(|row| {
                let user = users.iter().find(|user| user.id == row.user)?;
                Some(session_view(&row, &user.name))
            });
            Ok(views.filter(|view| name.is_none_or(|name| view.user == name)).collect())
        })
    }

    /// Ends a session by its id; only one of that user's, if `name` is given.
    ///
    /// # Errors
    /// `session.unknown`.
    pub fn end_session(&self, id: &str, name: Option<&str>) -> Result<(), Refusal> {
        self.decide(|decision| {
            let users = decision.snapshot.users()?;
            let is_it = |row: &&SessionRow| {
                session_id(&row.hash) == id
                    && name.is_none_or(|name| {
                        users.iter().any(|user| user.id == row.user && user.name == name)
                    })
            };
            let rows = decision.snapshot.sessions()?;
            let unknown = || Refusal::about(Code::SessionUnknown, super::super::text::shown(id));
            let row = rows.iter().find(is_it).ok_or_else(unknown)?;
            decision.batch.push(Change::People(PeopleChange::EndSession(row.hash)));
            Ok(())
        })?;
        Ok(())
    }
}

impl Decision<'_> {
    fn forget_ended_sessions(&mut self) -> Result<(), Stop> {
        let ago = |ms: u64| {
            Timestamp::from_millis(self.now.millis().saturating_sub(ms)).unwrap_or(Timestamp::MIN)
        };
        let change = PeopleChange::ForgetSessions(ago(WHOLE_MS), ago(IDLE_MS));
        self.batch.push(Change::People(change));
        Ok(())
    }
}

fn goes_on(row: &SessionRow, now: Timestamp) -> bool {
    let since = |time: Timestamp| now.millis().saturating_sub(time.millis());
    since(row.begun) < WHOLE_MS && since(row.seen) < IDLE_MS
}

/// What a form must carry: it belongs to the session and says nothing about it.
fn csrf_of(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::new_with_prefix(b"dukou csrf 1\n").chain_update(secret).finalize())
}

fn session_id(hash: &[u8; 32]) -> String {
    HEXLOWER.encode(hash)[..NAMED_CHARS].to_owned()
}

fn session_view(row: &SessionRow, user: &str) -> view::Session {
    view::Session {
        id: session_id(&row.hash),
        user: user.to_owned(),
        begun_at: row.begun.to_string(),
        seen_at: row.seen.to_string(),
        address: row.address.clone(),
    }
}

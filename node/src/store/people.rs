//! Users, tokens and sessions.

use rusqlite::{Connection, OptionalExtension, Row};

use protocol::id::OrgCode;
use protocol::private::Private;
use protocol::time::Timestamp;

use super::events::stored_time;
use super::orgs::{code_of, number_of};
use super::rows::{SessionRow, TokenRow, UserRow};
use super::{Snapshot, StoreFault};

/// The setting that counts changes of users: a decision about them holds until the next one.
pub const USERS_REVISION: &str = "users_revision";

/// A change of who may use this node.
#[derive(Debug)]
pub enum PeopleChange {
    /// Writes a user.
    User(Box<UserRow>),
    /// Keeps a new token.
    AddToken(Box<TokenRow>),
    /// Makes a token useless.
    RevokeToken(i64),
    /// Keeps a new session.
    Session(Box<SessionRow>),
    /// Says when a session was last used, if it still is one.
    TouchSession([u8; 32], Timestamp),
    /// Ends a session.
    EndSession([u8; 32]),
    /// Ends every session of a user.
    EndSessionsOf(i64),
    /// Forgets sessions that began before the first time, or were last used before the second.
    ForgetSessions(Timestamp, Timestamp),
}

pub(super) fn write(connection: &Connection, change: PeopleChange) -> rusqlite::Result<()> {
    let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
        connection.prepare_cached(sql)?.execute(params).map(drop)
    };
    let millis = |time: Timestamp| time.millis() as i64;
    match change {
        PeopleChange::User(row) => run(
            "INSERT INTO user (id, name, role, org, password, disabled, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET role = excluded.role, org = excluded.org,
                 password = excluded.password, disabled = excluded.disabled",
            &[
                &row.id,
                &row.name,
                &row.role,
                &row.org.map(number_of),
                row.password.reveal(),
                &row.disabled,
                &millis(row.created),
            ],
        ),
        PeopleChange::AddToken(row) => run(
            "INSERT INTO token (id, hash, role, org, created, expires, revoked, by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            &[
                &row.id,
                &row.hash,
                &row.role,
                &row.org.map(number_of),
                &millis(row.created),
                &row.expires.map(millis),
                &row.revoked,
                &row.by,
            ],
        ),
        PeopleChange::RevokeToken(id) => run("UPDATE token SET revoked = 1 WHERE id = ?1", &[&id]),
        PeopleChange::Session(row) => run(
            "INSERT INTO session (hash, user, begun, seen, address) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[&row.hash, &row.user, &millis(row.begun), &millis(row.seen), &row.address],
        ),
        PeopleChange::TouchSession(hash, seen) => {
            run("UPDATE session SET seen = ?2 WHERE hash = ?1", &[&hash, &millis(seen)])
        }
        PeopleChange::EndSession(hash) => run("DELETE FROM session WHERE hash = ?1", &[&hash]),
        PeopleChange::EndSessionsOf(user) => run("DELETE FROM session WHERE user = ?1", &[&user]),
        PeopleChange::ForgetSessions(begun, seen) => run(
            "DELETE FROM session WHERE begun < ?1 OR seen < ?2",
            &[&millis(begun), &millis(seen)],
        ),
    }
}

fn org(row: &Row<'_>, table: &'static str) -> Result<Option<OrgCode>, StoreFault> {
    let number: Option<i64> = row.get("org")?;
    number.map(|number| code_of(number).ok_or(StoreFault::Damaged(table))).transpose()
}

fn user(row: &Row<'_>) -> Result<UserRow, StoreFault> {
    Ok(UserRow {
        id: row.get("id")?,
        name: row.get("name")?,
        role: row.get("role")?,
        org: org(row, "user")?,
        password: Private::new(row.get("password")?),
        disabled: row.get("disabled")?,
        created: stored_time(row.get("created")?, "user")?,
    })
}

fn token(row: &Row<'_>) -> Result<TokenRow, StoreFault> {
    let expires: Option<i64> = row.get("expires")?;
    Ok(TokenRow {
        id: row.get("id")?,
        hash: row.get("hash")?,
        role: row.get("role")?,
        org: org(row, "token")?,
        created: stored_time(row.get("created")?, "token")?,
        expires: expires.map(|time| stored_time(time, "token")).transpose()?,
        revoked: row.get("revoked")?,
        by: row.get("by")?,
    })
}

fn session(row: &Row<'_>) -> Result<SessionRow, StoreFault> {
    Ok(SessionRow {
        hash: row.get("hash")?,
        user: row.get("user")?,
        begun: stored_time(row.get("begun")?, "session")?,
        seen: stored_time(row.get("seen")?, "session")?,
        address: row.get("address")?,
    })
}

impl Snapshot<'_> {
    fn rows_of<T>(
        &self,
        sql: &str,
        params: &[&dyn rusqlite::ToSql],
        read: fn(&Row<'_>) -> Result<T, StoreFault>,
    ) -> Result<Vec<T>, StoreFault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// Every user, in the order in which they were added.
    pub fn users(&self) -> Result<Vec<UserRow>, StoreFault> {
        self.rows_of("SELECT * FROM user ORDER BY id", &[], user)
    }

    /// The user with this name.
    pub fn user_named(&self, name: &str) -> Result<Option<UserRow>, StoreFault> {
        Ok(self.rows_of("SELECT * FROM user WHERE name = ?1", &[&name], user)?.pop())
    }

    /// The user in this row.
    pub fn user(&self, id: i64) -> Result<Option<UserRow>, StoreFault> {
        Ok(self.rows_of("SELECT * FROM user WHERE id = ?1", &[&id], user)?.pop())
    }

    /// Every token, in the order in which they were made.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, StoreFault> {
        self.rows_of("SELECT * FROM token ORDER BY id", &[], token)
    }

    /// The token with this hash.
    pub fn token_hashed(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>, StoreFault> {
        Ok(self.rows_of("SELECT * FROM token WHERE hash = ?1", &[hash], token)?.pop())
    }

    /// The number for the next token.
    pub fn next_token(&self) -> Result<i64, StoreFault> {
        let highest = self
            .connection
            .prepare_cached("SELECT coalesce(max(id), 0) FROM token")?
            .query_row([], |row| row.get::<_, i64>(0))
            .optional()?;
        Ok(highest.unwrap_or(0) + 1)
    }

    /// The session with this hash, ended by time or not.
    pub fn session(&self, hash: &[u8; 32]) -> Result<Option<SessionRow>, StoreFault> {
        Ok(self.rows_of("SELECT * FROM session WHERE hash = ?1", &[hash], session)?.pop())
    }

    /// Every session, the newest first.
    pub fn sessions(&self) -> Result<Vec<SessionRow>, StoreFault> {
        self.rows_of("SELECT * FROM session ORDER BY begun DESC, hash", &[], session)
    }
}

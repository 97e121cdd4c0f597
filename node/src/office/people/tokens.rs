//! Tokens: what programs show in place of a password.

use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::Change;
use crate::store::people::PeopleChange;
use crate::store::rows::TokenRow;

use super::super::{Office, view};
use super::{Actor, Rights, Role, hash_of, new_secret, scope};

/// Longest validity, in days.
const DAYS_MAX: u32 = 3_650;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Office {
    /// Makes a token and shows it, this once.
    ///
    /// # Errors
    /// `role.unknown`, `user.scope`, `org.unknown`, `field.invalid` (days).
    pub fn create_token(
        &self,
        role: &str,
        org: Option<&str>,
        days: Option<u32>,
        by: &str,
    ) -> Result<view::NewToken, Refusal> {
        let role = Role::named(role)?;
        let org = scope(self, role, org)?;
        if days.is_some_and(|days| days == 0 || days > DAYS_MAX) {
            return Err(Refusal::about(Code::FieldInvalid, "expires"));
        }
        let (secret, hash) = new_secret(self.entropy());
        let (row, _) = self.decide(|decision| {
            let row = TokenRow {
                id: decision.snapshot.next_token()?,
                hash,
                role: role.number(),
                org,
                created: decision.now,
                expires: days.map(|days| decision.now.after_millis(u64::from(days) * DAY_MS)),
                revoked: false,
                by: by.to_owned(),
            };
            decision.batch.push(Change::People(PeopleChange::AddToken(Box::new(row.clone()))));
            Ok(row)
        })?;
        Ok(view::NewToken { token: secret.reveal().clone(), about: token_view(&row)? })
    }

    /// Every token, in the order in which they were made.
    pub fn tokens(&self) -> Result<Vec<view::Token>, Refusal> {
        self.look(|_, snapshot| {
            let rows = snapshot.tokens()?;
            Ok(rows.iter().map(token_view).collect::<Result<_, _>>()?)
        })
    }

    /// Makes a token useless.
    ///
    /// # Errors
    /// `token.unknown`.
    pub fn revoke_token(&self, id: &str) -> Result<view::Token, Refusal> {
        let unknown = || Refusal::about(Code::TokenUnknown, super::super::text::shown(id));
        let number: i64 = id.parse().map_err(|_| unknown())?;
        let (row, _) = self.decide(|decision| {
            let found = decision.snapshot.tokens()?.into_iter().find(|row| row.id == number);
            let row = found.ok_or_else(unknown)?;
            if !row.revoked {
                decision.batch.push(Change::People(PeopleChange::RevokeToken(number)));
            }
            Ok(TokenRow { revoked: true, ..row })
        })?;
        token_view(&row)
    }

    /// Who shows this token, if it is still good.
    ///
    /// # Errors
    /// `auth.required`.
    pub fn bearer(&self, token: &str) -> Result<Actor, Refusal> {
        let hash = hash_of(token);
        let found = self.look(|_, snapshot| Ok(snapshot.token_hashed(&hash)?))?;
        let row = found.filter(|row| is_good(row, self.now()));
        let row = row.ok_or(Code::SignInNeeded)?;
        Ok(Actor {
            who: format!("token:{}", row.id),
            rights: Rights::Role(Role::from_number(row.role)?),
            scope: row.org,
        })
    }
}

fn is_good(row: &TokenRow, now: Timestamp) -> bool {
    !row.revoked && row.expires.is_none_or(|expires| now < expires)
}

fn token_view(row: &TokenRow) -> Result<view::Token, Refusal> {
    Ok(view::Token {
        id: row.id.to_string(),
        role: Role::from_number(row.role)?.name().to_owned(),
        org: row.org.map(|org| org.to_string()),
        created_at: row.created.to_string(),
        created_by: row.by.clone(),
        expires_at: row.expires.map(|time| time.to_string()),
        revoked: row.revoked,
    })
}

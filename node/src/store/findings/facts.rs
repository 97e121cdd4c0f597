//! What findings ask of the other tables.

use rusqlite::{OptionalExtension, params};

use protocol::findings::Kind;
use protocol::id::{MemberRef, OrgCode};
use protocol::refusal::Code;
use protocol::statement::directory::OrgKind;
use protocol::time::{Day, Timestamp};
use protocol::transfer::state::State;

use super::super::events::stored_time;
use super::super::letters::{letter, state_number};
use super::super::orgs::{code_of, kind_number, number_of};
use super::super::rows::{LetterRow, LetterRowId, MemberId, PeerId, StayRowId};
use super::super::{Snapshot, StoreFault};

/// Which letters a kind of finding may be about.
#[derive(Clone, Copy, Debug)]
pub struct StandingFilter {
    /// Own (issued here), or others'.
    pub own: bool,
    /// In these states.
    pub states: &'static [State],
    /// Issued before the end of this day.
    pub issued_by: Day,
    /// Whose last day is before this one.
    pub valid_before: Option<Day>,
}

/// Signed proof of a peer's fault.
#[derive(Clone, Copy, Debug)]
pub struct FaultRow {
    /// Orders them.
    pub id: i64,
    /// Whose fault.
    pub peer: PeerId,
    /// Which.
    pub code: Option<Code>,
    /// When it was kept.
    pub time: Timestamp,
    /// The entry that proves it.
    pub hash: [u8; 32],
}

impl Snapshot<'_> {
    /// Open letters with a peer that a finding may be about, oldest first.
    pub fn standing_letters(
        &self,
        filter: &StandingFilter,
        peer: PeerId,
        after: LetterRowId,
        limit: u32,
    ) -> Result<Vec<LetterRow>, StoreFault> {
        let states: Vec<String> =
            filter.states.iter().map(|state| state_number(*state).to_string()).collect();
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT * FROM letter INDEXED BY letter_unfinished
             WHERE stands > 0 AND peer = ?1 AND id > ?2 AND own = ?3 AND state IN ({})
               AND issued < ?4 AND valid_until < ?5
             ORDER BY id LIMIT ?6",
            states.join(",")
        ))?;
        let valid_before = filter.valid_before.map_or(i32::MAX, Day::number);
        let mut rows = statement.query(params![
            peer.0,
            after.0,
            filter.own,
            filter.issued_by.end().millis() as i64,
            valid_before,
            limit
        ])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// Members of ours whom nobody here has met, after `after`.
    pub fn unmet_members(&self, after: MemberId, limit: u32) -> Result<Vec<MemberRef>, StoreFault> {
        self.refs(
            "SELECT ref FROM member WHERE met = 0 AND custody < 3 AND id > ?1 ORDER BY id LIMIT ?2",
            params![after.0, limit],
        )
    }

    /// Everybody who was ever entered, after `after`, in the order in which they were.
    pub fn member_refs(&self, after: MemberId, limit: u32) -> Result<Vec<MemberRef>, StoreFault> {
        self.refs(
            "SELECT ref FROM member WHERE id > ?1 ORDER BY id LIMIT ?2",
            params![after.0, limit],
        )
    }

    fn refs(
        &self,
        sql: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<MemberRef>, StoreFault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, |row| row.get::<_, [u8; 16]>(0))?;
        rows.map(|row| Ok(MemberRef::from_bytes(row?))).collect()
    }

    /// The member in this row.
    pub fn member_ref(&self, id: MemberId) -> Result<Option<MemberRef>, StoreFault> {
        let mut found = self.refs("SELECT ref FROM member WHERE id = ?1", params![id.0])?;
        Ok(found.pop())
    }

    /// Living organisations of that level, after `after`, with more than `limit` members of their
    /// own on the roster.
    pub fn orgs_over(
        &self,
        kind: OrgKind,
        members: u32,
        after: i64,
        limit: u32,
    ) -> Result<Vec<OrgCode>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number FROM org WHERE number > ?1 AND kind = ?2 AND closed = 0
               AND EXISTS (SELECT 1 FROM member WHERE member.org = org.number
                           ORDER BY member.id LIMIT 1 OFFSET ?3)
             ORDER BY number LIMIT ?4",
        )?;
        let rows = statement
            .query_map(params![after, kind_number(kind), members, limit], |row| {
                row.get::<_, i64>(0)
            })?;
        rows.map(|number| code_of(number?).ok_or(StoreFault::Damaged("org"))).collect()
    }

    /// Living organisations after `after` that owe at least so many stays something.
    pub fn orgs_with_stays(
        &self,
        kind: Kind,
        stays: u16,
        after: i64,
        limit: u32,
    ) -> Result<Vec<OrgCode>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number FROM org WHERE number > ?1 AND closed = 0
               AND EXISTS (SELECT 1 FROM finding INDEXED BY finding_org
                           WHERE finding.org = org.number AND finding.kind = ?2
                             AND finding.about = 1 LIMIT 1 OFFSET ?3)
             ORDER BY number LIMIT ?4",
        )?;
        let before_last = stays.saturating_sub(1);
        let rows = statement
            .query_map(params![after, kind.number(), before_last, limit], |row| {
                row.get::<_, i64>(0)
            })?;
        rows.map(|number| code_of(number?).ok_or(StoreFault::Damaged("org"))).collect()
    }

    /// The rows of the stays that an organisation owes something of that kind.
    pub fn stays_owed(
        &self,
        org: OrgCode,
        kind: Kind,
        limit: u32,
    ) -> Result<Vec<StayRowId>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT subject FROM finding INDEXED BY finding_org
             WHERE org = ?1 AND kind = ?2 AND about = 1 LIMIT ?3",
        )?;
        let rows = statement.query_map(params![number_of(org), kind.number(), limit], |row| {
            row.get(0).map(StayRowId)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first members of an organisation of ours who are here, in order.
    pub fn first_members(&self, org: OrgCode, limit: u32) -> Result<Vec<MemberRef>, StoreFault> {
        self.refs(
            "SELECT ref FROM member WHERE org = ?1 AND custody = 0 ORDER BY id LIMIT ?2",
            params![number_of(org), limit],
        )
    }

    /// When somebody of the office last noted a sign of a member: a meeting, or what the member
    /// told.
    pub fn sign_time(&self, member: MemberRef) -> Result<Option<Timestamp>, StoreFault> {
        self.event_time(
            "SELECT time FROM event WHERE member = ?1
               AND kind IN ('met', 'departure_reported', 'departure_returned')
             ORDER BY id DESC LIMIT 1",
            member,
        )
    }

    /// When anything was first noted about a member.
    pub fn first_event_time(&self, member: MemberRef) -> Result<Option<Timestamp>, StoreFault> {
        self.event_time("SELECT time FROM event WHERE member = ?1 ORDER BY id LIMIT 1", member)
    }

    fn event_time(&self, sql: &str, member: MemberRef) -> Result<Option<Timestamp>, StoreFault> {
        let time: Option<i64> = self
            .connection
            .prepare_cached(sql)?
            .query_row([member.as_bytes()], |row| row.get(0))
            .optional()?;
        time.map(|time| stored_time(time, "event")).transpose()
    }

    /// Proven faults of peers after `after`: row, peer, time, statement.
    pub fn faults(&self, after: i64, limit: u32) -> Result<Vec<FaultRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, peer, code, time, hash FROM fault WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![after, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(FaultRow {
                id: row.get(0)?,
                peer: PeerId(row.get(1)?),
                code: Code::from_number(row.get(2)?),
                time: stored_time(row.get(3)?, "fault")?,
                hash: row.get(4)?,
            });
        }
        Ok(found)
    }

    /// The organisation at the top of this region's tree, the first if there are several.
    pub fn top_org(&self) -> Result<Option<OrgCode>, StoreFault> {
        let number: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT number FROM org WHERE parent IS NULL AND closed = 0
                 ORDER BY number LIMIT 1",
            )?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(number.and_then(code_of))
    }

    /// How many organisations this region has.
    pub fn org_count(&self) -> Result<u64, StoreFault> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM org")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

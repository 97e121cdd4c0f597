//! Stays at rest.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::codec;
use protocol::id::{MemberRef, StayId};
use protocol::refusal::Code;
use protocol::statement::kind::Kind;
use protocol::stay::modes::{IntakeMode, ManagementMode};
use protocol::stay::state::Word;
use protocol::time::Day;

use super::entries::{case_statements, last_own_seq};
use super::rows::{LetterStatementRow, PeerId, StayKept, StayRow, StayRowId, Version};
use super::{Snapshot, StoreFault, prefix_range, written_once};

fn word_number(word: Word) -> i64 {
    Word::ALL.iter().position(|one| *one == word).map_or(0, |index| index as i64)
}

pub(super) fn version(connection: &Connection, id: StayRowId) -> Result<Version, StoreFault> {
    let version = connection
        .prepare_cached("SELECT version FROM stay WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(version.map_or(Version::ABSENT, Version))
}

/// Writes the row under the version with which it was read.
pub(super) fn put(connection: &Connection, row: &StayRow) -> rusqlite::Result<()> {
    let core = &row.core;
    let member = core.membership().map(|(member, _)| *member.as_bytes());
    let word = word_number(core.word());
    if row.version == Version::ABSENT {
        connection
            .prepare_cached(
                "INSERT INTO stay (id, hash, version, own, peer, word, member, core, rejected)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                row.id.0,
                core.id.as_bytes(),
                row.version.0 + 1,
                row.own,
                row.peer.0,
                word,
                member,
                codec::encode(core),
                row.rejected.map(Code::number)
            ])?;
        return Ok(());
    }
    let updated = connection
        .prepare_cached(
            "UPDATE stay SET version = ?2, word = ?3, member = ?4, core = ?5, rejected = ?6,
                 settled = ?7, intake = ?8, management = ?9
             WHERE id = ?1 AND version = ?2 - 1",
        )?
        .execute(params![
            row.id.0,
            row.version.0 + 1,
            word,
            member,
            codec::encode(core),
            row.rejected.map(Code::number),
            row.kept.settled.map(Day::number),
            row.kept.intake.map(IntakeMode::name),
            row.kept.management.map(ManagementMode::name)
        ])?;
    written_once(updated)
}

fn stay(row: &Row<'_>) -> Result<StayRow, StoreFault> {
    let core: Vec<u8> = row.get("core")?;
    Ok(StayRow {
        id: StayRowId(row.get("id")?),
        version: Version(row.get("version")?),
        own: row.get("own")?,
        peer: PeerId(row.get("peer")?),
        core: codec::decode(&core).map_err(|_| StoreFault::Damaged("stay"))?,
        rejected: row.get::<_, Option<u16>>("rejected")?.and_then(Code::from_number),
        kept: kept(row)?,
    })
}

fn kept(row: &Row<'_>) -> Result<StayKept, StoreFault> {
    let (intake, management): (Option<String>, Option<String>) =
        (row.get("intake")?, row.get("management")?);
    Ok(StayKept {
        settled: row.get::<_, Option<i32>>("settled")?.and_then(Day::from_number),
        intake: intake.as_deref().and_then(IntakeMode::from_name),
        management: management.as_deref().and_then(ManagementMode::from_name),
    })
}

/// Which stays a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct StayFilter {
    /// Only of our own members, or only of others'.
    pub own: Option<bool>,
    /// Only with this word.
    pub word: Option<Word>,
}

impl Snapshot<'_> {
    /// The stay with this id.
    pub fn stay(&self, id: StayId) -> Result<Option<StayRow>, StoreFault> {
        let found = self.stay_rows("hash = ?1", &[id.as_bytes()])?;
        Ok(found.into_iter().next())
    }

    /// The stay in this row.
    pub fn stay_by_row(&self, id: StayRowId) -> Result<Option<StayRow>, StoreFault> {
        Ok(self.stay_rows("id = ?1", &[&id.0])?.into_iter().next())
    }

    /// Up to two stays whose id begins with this hexadecimal text.
    pub fn stays_by_prefix(&self, prefix: &str) -> Result<Vec<StayRow>, StoreFault> {
        let Some((first, last)) = prefix_range(prefix) else { return Ok(Vec::new()) };
        self.stay_rows("hash BETWEEN ?1 AND ?2 LIMIT 2", &[&first, &last])
    }

    /// The stays of a membership that was certified, oldest first.
    pub fn stays_of(&self, member: MemberRef) -> Result<Vec<StayRow>, StoreFault> {
        self.stay_rows("member IS NOT NULL AND member = ?1 ORDER BY id", &[member.as_bytes()])
    }

    /// The stays with a peer that have not ended, of our own members or of others'.
    pub fn open_stays_with(&self, peer: PeerId, own: bool) -> Result<Vec<StayRow>, StoreFault> {
        let ended = word_number(Word::Ended);
        self.stay_rows(
            "own = ?1 AND word <> ?2 AND peer = ?3 ORDER BY id",
            &[&own, &ended, &peer.0],
        )
    }

    /// Stays after `after`, in the order of their rows.
    pub fn stays_after(&self, after: StayRowId, limit: u32) -> Result<Vec<StayRow>, StoreFault> {
        self.stay_rows("id > ?1 ORDER BY id LIMIT ?2", &[&after.0, &limit])
    }

    /// Stays before `before`, newest first.
    pub fn stays(
        &self,
        filter: StayFilter,
        before: Option<StayRowId>,
        limit: u32,
    ) -> Result<Vec<StayRow>, StoreFault> {
        let condition = match (filter.own, filter.word) {
            (Some(_), Some(_)) => "own = ?2 AND word = ?3",
            (Some(_), None) => "own = ?2 AND ?3 IS NULL",
            (None, Some(_)) => "?2 IS NULL AND word = ?3",
            (None, None) => "?2 IS NULL AND ?3 IS NULL",
        };
        let condition = format!("{condition} AND id < ?1 ORDER BY id DESC LIMIT ?4");
        let before = before.map_or(i64::MAX, |row| row.0);
        self.stay_rows(&condition, &[&before, &filter.own, &filter.word.map(word_number), &limit])
    }

    fn stay_rows(
        &self,
        condition: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<StayRow>, StoreFault> {
        let sql = format!("SELECT * FROM stay WHERE {condition}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(stay(row)?);
        }
        Ok(found)
    }

    /// Whether a peer opened so many stays that nobody here placed, or confirmed.
    pub fn has_stays_waiting(&self, peer: PeerId, count: u32) -> Result<bool, StoreFault> {
        let found: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM stay WHERE peer = ?1 AND word IN (0, 1) LIMIT 1 OFFSET ?2",
            )?
            .query_row(params![peer.0, count.saturating_sub(1)], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }

    /// How many members of ours are away.
    pub fn away_count(&self) -> Result<u64, StoreFault> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM stay WHERE own = 1 AND word IN (1, 2)")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The newest statements of a stay, at most `limit` of each side, so that neither can push the
    /// other's out of sight.
    pub fn stay_statements(
        &self,
        stay: StayRowId,
        limit: u32,
    ) -> Result<Vec<LetterStatementRow>, StoreFault> {
        let mut said = case_statements(self.connection, stay.0, None, Some(true), limit)?;
        said.extend(case_statements(self.connection, stay.0, None, Some(false), limit)?);
        Ok(said)
    }

    /// The place in our feed of what we said last in a stay; 0 if we said nothing.
    pub fn last_said(&self, stay: StayRowId) -> Result<u64, StoreFault> {
        last_own_seq(self.connection, stay.0)
    }

    /// The statements of one kind in a stay, the newest first, at most `limit`.
    pub fn stay_statements_of(
        &self,
        stay: StayRowId,
        kind: Kind,
        limit: u32,
    ) -> Result<Vec<LetterStatementRow>, StoreFault> {
        case_statements(self.connection, stay.0, Some(kind), None, limit)
    }
}

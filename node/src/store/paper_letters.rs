//! Letters to and from offices without a node: nothing is signed, and the record is all there is.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::id::{Generation, MemberRef};
use protocol::time::{Day, Month};
use protocol::transfer::state::State;

use super::events::stored_time;
use super::letters::{LetterFilter, state_number};
use super::orgs::{code_of, number_of};
use super::rows::{LetterRowId, PaperLetterRow, ScanRow, Version};
use super::{Snapshot, StoreFault, prefix_range};

pub(super) fn version(connection: &Connection, id: LetterRowId) -> Result<Version, StoreFault> {
    let version = connection
        .prepare_cached("SELECT version FROM paper_letter WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(version.map_or(Version::ABSENT, Version))
}

pub(super) fn put(connection: &Connection, row: &PaperLetterRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO paper_letter
                 (id, hash, version, own, state, member, generation, serial, org, party, issued,
                  valid_until, dues, reason, ended_on, why)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
                 ended_on = excluded.ended_on, why = excluded.why",
        )?
        .execute(params![
            row.id.0,
            row.hash,
            row.version.0 + 1,
            row.own,
            state_number(row.state),
            row.member.as_bytes(),
            row.generation.0,
            row.serial,
            number_of(row.org),
            row.party,
            row.issued_at.millis() as i64,
            row.valid_until.map(Day::number),
            row.dues_paid_through.map(Month::number),
            row.sealed_reason,
            row.ended_on.map(Day::number),
            row.why
        ])?;
    Ok(())
}

pub(super) fn put_scan(
    connection: &Connection,
    letter: LetterRowId,
    scan: &ScanRow,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO paper_scan (letter, hash, size, sealed) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![letter.0, scan.hash, scan.size as i64, scan.sealed])?;
    Ok(())
}

fn paper_letter(row: &Row<'_>) -> Result<PaperLetterRow, StoreFault> {
    let damaged = || StoreFault::Damaged("paper_letter");
    let day = |name: &str| -> Result<Option<Day>, StoreFault> {
        Ok(row.get::<_, Option<i32>>(name)?.and_then(Day::from_number))
    };
    Ok(PaperLetterRow {
        id: LetterRowId(row.get("id")?),
        hash: row.get("hash")?,
        version: Version(row.get("version")?),
        own: row.get("own")?,
        state: *State::ALL.get(usize::from(row.get::<_, u8>("state")?)).ok_or_else(damaged)?,
        member: MemberRef::from_bytes(row.get("member")?),
        generation: Generation(row.get("generation")?),
        serial: row.get("serial")?,
        org: code_of(row.get("org")?).ok_or_else(damaged)?,
        party: row.get("party")?,
        issued_at: stored_time(row.get("issued")?, "paper_letter")?,
        valid_until: day("valid_until")?,
        dues_paid_through: row.get::<_, Option<u16>>("dues")?.and_then(Month::from_number),
        sealed_reason: row.get("reason")?,
        ended_on: day("ended_on")?,
        why: row.get("why")?,
    })
}

impl Snapshot<'_> {
    fn paper_rows(
        &self,
        condition: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<PaperLetterRow>, StoreFault> {
        let sql = format!("SELECT * FROM paper_letter WHERE {condition}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(paper_letter(row)?);
        }
        Ok(found)
    }

    /// The paper letter in this row.
    pub fn paper_letter(&self, id: LetterRowId) -> Result<Option<PaperLetterRow>, StoreFault> {
        Ok(self.paper_rows("id = ?1", &[&id.0])?.pop())
    }

    /// The paper letters about a member, oldest first.
    pub fn paper_letters_of(&self, member: MemberRef) -> Result<Vec<PaperLetterRow>, StoreFault> {
        self.paper_rows("member = ?1 ORDER BY id", &[member.as_bytes()])
    }

    /// Up to two paper letters whose id begins with this hexadecimal text.
    pub fn paper_letters_by_prefix(&self, prefix: &str) -> Result<Vec<PaperLetterRow>, StoreFault> {
        let Some((first, last)) = prefix_range(prefix) else { return Ok(Vec::new()) };
        self.paper_rows("hash BETWEEN ?1 AND ?2 LIMIT 2", &[&first, &last])
    }

    /// Paper letters before `before`, newest first.
    pub fn paper_letters(
        &self,
        filter: LetterFilter,
        before: Option<LetterRowId>,
        limit: u32,
    ) -> Result<Vec<PaperLetterRow>, StoreFault> {
        let condition = "id < ?1 AND (?2 IS NULL OR own = ?2) AND (?3 IS NULL OR state = ?3)
                         ORDER BY id DESC LIMIT ?4";
        let before = before.map_or(i64::MAX, |row| row.0);
        self.paper_rows(condition, &[&before, &filter.own, &filter.state.map(state_number), &limit])
    }

    /// The hash and the size, in bytes, of the scan that was filed with a paper letter.
    pub fn paper_scan(&self, letter: LetterRowId) -> Result<Option<([u8; 32], u64)>, StoreFault> {
        let found = self
            .connection
            .prepare_cached("SELECT hash, size FROM paper_scan WHERE letter = ?1")?
            .query_row([letter.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))
            .optional()?;
        Ok(found)
    }

    /// How many paper letters there are, by direction (own first) and state.
    pub fn paper_counts(&self) -> Result<Vec<(bool, State, u64)>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT own, state, count(*) FROM paper_letter
             GROUP BY own, state ORDER BY own DESC, state",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, u8>(1)?, row.get::<_, i64>(2)?))
        })?;
        rows.map(|row| {
            let (own, state, count) = row?;
            let state = State::ALL.get(usize::from(state)).copied();
            let state = state.ok_or(StoreFault::Damaged("paper_letter"))?;
            Ok((own, state, count.unsigned_abs()))
        })
        .collect()
    }
}

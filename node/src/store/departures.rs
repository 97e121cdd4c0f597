//! Departures at rest.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::id::MemberRef;
use protocol::time::Day;

use super::orgs::{code_of, number_of};
use super::rows::{DepartureRow, DepartureRowId, DepartureWord, StayRowId, Version};
use super::{Snapshot, StoreFault, prefix_range, written_once};

fn word_number(word: DepartureWord) -> i64 {
    DepartureWord::ALL.iter().position(|one| *one == word).map_or(0, |index| index as i64)
}

pub(super) fn version(connection: &Connection, id: DepartureRowId) -> Result<Version, StoreFault> {
    let version = connection
        .prepare_cached("SELECT version FROM departure WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(version.map_or(Version::ABSENT, Version))
}

/// Writes the row under the version with which it was read.
pub(super) fn put(connection: &Connection, row: &DepartureRow) -> rusqlite::Result<()> {
    let written = connection
        .prepare_cached(
            "INSERT INTO departure (id, hash, version, word, member, reported, leaves, until,
                 filed_by, filed, ended, stay, told)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, word = excluded.word,
                 reported = excluded.reported, leaves = excluded.leaves, until = excluded.until,
                 filed_by = excluded.filed_by, filed = excluded.filed, ended = excluded.ended,
                 stay = excluded.stay, told = excluded.told
             WHERE departure.version = excluded.version - 1",
        )?
        .execute(params![
            row.id.0,
            row.hash,
            row.version.0 + 1,
            word_number(row.word),
            row.member.as_bytes(),
            row.reported_on.number(),
            row.from.number(),
            row.until.map(Day::number),
            row.filed.map(|(org, _)| number_of(org)),
            row.filed.map(|(_, on)| on.number()),
            row.ended_on.map(Day::number),
            row.stay.map(|stay| stay.0),
            row.told
        ])?;
    written_once(written)
}

fn departure(row: &Row<'_>) -> Result<DepartureRow, StoreFault> {
    let damaged = || StoreFault::Damaged("departure");
    let day = |name: &str| -> Result<Option<Day>, StoreFault> {
        Ok(row.get::<_, Option<i32>>(name)?.and_then(Day::from_number))
    };
    let filed_by = row.get::<_, Option<i64>>("filed_by")?.and_then(code_of);
    let word = usize::from(row.get::<_, u8>("word")?);
    Ok(DepartureRow {
        id: DepartureRowId(row.get("id")?),
        hash: row.get("hash")?,
        version: Version(row.get("version")?),
        word: *DepartureWord::ALL.get(word).ok_or_else(damaged)?,
        member: MemberRef::from_bytes(row.get("member")?),
        reported_on: day("reported")?.ok_or_else(damaged)?,
        from: day("leaves")?.ok_or_else(damaged)?,
        until: day("until")?,
        filed: filed_by.zip(day("filed")?),
        ended_on: day("ended")?,
        stay: row.get::<_, Option<i64>>("stay")?.map(StayRowId),
        told: row.get("told")?,
    })
}

impl Snapshot<'_> {
    /// Up to two departures whose id begins with this hexadecimal text.
    pub fn departures_by_prefix(&self, prefix: &str) -> Result<Vec<DepartureRow>, StoreFault> {
        let Some((first, last)) = prefix_range(prefix) else { return Ok(Vec::new()) };
        self.departure_rows("hash BETWEEN ?1 AND ?2 LIMIT 2", &[&first, &last])
    }

    /// The departure by which a member is away now.
    pub fn open_departure(&self, member: MemberRef) -> Result<Option<DepartureRow>, StoreFault> {
        Ok(self.departure_rows("member = ?1 AND word < 2", &[member.as_bytes()])?.pop())
    }

    /// The departure in this row.
    pub fn departure(&self, id: DepartureRowId) -> Result<Option<DepartureRow>, StoreFault> {
        Ok(self.departure_rows("id = ?1", &[&id.0])?.pop())
    }

    /// The departures of a member, oldest first.
    pub fn departures_of(&self, member: MemberRef) -> Result<Vec<DepartureRow>, StoreFault> {
        self.departure_rows("member = ?1 ORDER BY id", &[member.as_bytes()])
    }

    /// Departures after `after`, in the order of their rows.
    pub fn departures_after(
        &self,
        after: DepartureRowId,
        limit: u32,
    ) -> Result<Vec<DepartureRow>, StoreFault> {
        self.departure_rows("id > ?1 ORDER BY id LIMIT ?2", &[&after.0, &limit])
    }

    /// Departures before `before`, newest first.
    pub fn departures(
        &self,
        word: Option<DepartureWord>,
        before: Option<DepartureRowId>,
        limit: u32,
    ) -> Result<Vec<DepartureRow>, StoreFault> {
        let condition = if word.is_some() { "word = ?2" } else { "?2 IS NULL" };
        let condition = format!("{condition} AND id < ?1 ORDER BY id DESC LIMIT ?3");
        let before = before.map_or(i64::MAX, |row| row.0);
        self.departure_rows(&condition, &[&before, &word.map(word_number), &limit])
    }

    fn departure_rows(
        &self,
        condition: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<DepartureRow>, StoreFault> {
        let sql = format!("SELECT * FROM departure WHERE {condition}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(departure(row)?);
        }
        Ok(found)
    }
}

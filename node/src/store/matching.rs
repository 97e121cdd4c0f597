//! Matchings with peers, and the people whom the last of them named.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::exchange::matching::frame::{Holds, Source};
use protocol::id::MemberRef;
use protocol::refusal::Code;
use protocol::time::Timestamp;

use super::events::stored_time;
use super::rows::{MatchedPersonRow, MatchingId, MatchingRow, PeerId};
use super::{Snapshot, StoreFault, written_once};

/// In the order of the stored numbers.
const SOURCES: &[Source] = &[Source::Sheet, Source::Outflow, Source::Inflow];
/// The same.
const HOLDS: &[Holds] = &[Holds::Full, Holds::Guest, Holds::Gone, Holds::Named];

fn number_of<T: PartialEq>(all: &[T], one: T) -> Option<u8> {
    all.iter().position(|other| *other == one).and_then(|place| u8::try_from(place).ok())
}

/// Writes down that a matching began. A run that is there already is no new one.
pub(super) fn begin(connection: &Connection, row: &MatchingRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO matching (run, peer, asked, source, time, mine, theirs, bytes, shown)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)",
        )?
        .execute(params![
            row.run,
            row.peer.0,
            row.asked,
            number_of(SOURCES, row.source),
            row.time.millis() as i64,
            row.mine,
            row.theirs,
        ])?;
    Ok(())
}

/// Writes what became of one that had not ended.
pub(super) fn end(connection: &Connection, row: &MatchingRow) -> rusqlite::Result<()> {
    let written = connection
        .prepare_cached(
            "UPDATE matching SET mine = ?4, theirs = ?5, both = ?6, result = ?7, bytes = ?8,
                 code = ?9, shown = ?10
             WHERE peer = ?1 AND asked = ?2 AND run = ?3 AND result IS NULL AND code IS NULL",
        )?
        .execute(params![
            row.peer.0,
            row.asked,
            row.run,
            row.mine,
            row.theirs,
            row.result.map(|(both, _)| both),
            row.result.map(|(_, name)| name),
            i64::try_from(row.bytes).unwrap_or(i64::MAX),
            row.code.map(Code::number),
            row.shown,
        ])?;
    written_once(written)
}

/// Keeps the people of a matching, in the place of those of the last one of the same kind.
pub(super) fn put_people(
    connection: &Connection,
    row: &MatchingRow,
    people: &[MatchedPersonRow],
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM matching_person WHERE matching IN
                 (SELECT id FROM matching WHERE peer = ?1 AND asked = ?2 AND source = ?3)",
        )?
        .execute(params![row.peer.0, row.asked, number_of(SOURCES, row.source)])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO matching_person (matching, place, line, member, sealed, here, there)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for person in people {
        insert.execute(params![
            row.id.0,
            person.place,
            person.line,
            person.member.map(|member| *member.as_bytes()),
            person.sealed,
            number_of(HOLDS, person.here),
            person.there.and_then(|there| number_of(HOLDS, there)),
        ])?;
    }
    Ok(())
}

/// Forgets the people of matchings that began before `time`; that they were stays.
pub(super) fn forget_people(connection: &Connection, time: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM matching_person
             WHERE matching IN (SELECT id FROM matching WHERE time < ?1)",
        )?
        .execute([time.millis() as i64])?;
    Ok(())
}

const MATCHING: &str =
    "SELECT id, run, peer, asked, source, time, mine, theirs, both, result, bytes, code,
         shown
     FROM matching";

fn matching(row: &Row<'_>) -> Result<MatchingRow, StoreFault> {
    let damaged = || StoreFault::Damaged("matching");
    let source: u8 = row.get(4)?;
    let result: (Option<u32>, Option<[u8; 32]>) = (row.get(8)?, row.get(9)?);
    Ok(MatchingRow {
        id: MatchingId(row.get(0)?),
        run: row.get(1)?,
        peer: PeerId(row.get(2)?),
        asked: row.get(3)?,
        source: *SOURCES.get(usize::from(source)).ok_or_else(damaged)?,
        time: stored_time(row.get(5)?, "matching")?,
        mine: row.get(6)?,
        theirs: row.get(7)?,
        result: result.0.zip(result.1),
        bytes: row.get::<_, i64>(10)?.unsigned_abs(),
        code: row.get::<_, Option<u16>>(11)?.map(|code| {
            // A code of a later program is one all the same.
            Code::from_number(code).unwrap_or(Code::MatchStopped)
        }),
        shown: row.get(12)?,
    })
}

fn person(row: &Row<'_>) -> Result<MatchedPersonRow, StoreFault> {
    let holds = |number: u8| {
        HOLDS.get(usize::from(number)).copied().ok_or(StoreFault::Damaged("matching_person"))
    };
    Ok(MatchedPersonRow {
        place: row.get(0)?,
        line: row.get(1)?,
        member: row.get::<_, Option<[u8; 16]>>(2)?.map(MemberRef::from_bytes),
        sealed: row.get(3)?,
        here: holds(row.get(4)?)?,
        there: row.get::<_, Option<u8>>(5)?.map(holds).transpose()?,
    })
}

impl Snapshot<'_> {
    fn matching_rows(
        &self,
        rest: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<MatchingRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(&format!("{MATCHING} {rest}"))?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(matching(row)?);
        }
        Ok(found)
    }

    /// The matching of this run with a peer.
    pub fn matching(
        &self,
        peer: PeerId,
        asked: bool,
        run: [u8; 16],
    ) -> Result<Option<MatchingRow>, StoreFault> {
        let rest = "WHERE peer = ?1 AND asked = ?2 AND run = ?3";
        Ok(self.matching_rows(rest, &[&peer.0, &asked, &run])?.pop())
    }

    /// Up to two matchings whose run begins with this hexadecimal text.
    pub fn matchings_by_prefix(&self, prefix: &str) -> Result<Vec<MatchingRow>, StoreFault> {
        let range = super::prefix_range(prefix).filter(|_| prefix.len() <= 32);
        let Some((first, last)) = range else { return Ok(Vec::new()) };
        let rest = "WHERE run BETWEEN ?1 AND ?2 LIMIT 2";
        self.matching_rows(rest, &[&&first[..16], &&last[..16]])
    }

    /// Matchings before that row, newest first, with one peer or with all.
    pub fn matchings(
        &self,
        peer: Option<PeerId>,
        before: MatchingId,
        limit: u32,
    ) -> Result<Vec<MatchingRow>, StoreFault> {
        let peer = peer.map(|peer| peer.0);
        let rest = "WHERE id < ?1 AND (?2 IS NULL OR peer = ?2) ORDER BY id DESC LIMIT ?3";
        self.matching_rows(rest, &[&before.0, &peer, &limit])
    }

    /// The peer with whom a matching came to the result of this name.
    pub fn matched_with(&self, result: &[u8; 32]) -> Result<Option<PeerId>, StoreFault> {
        let rest = "WHERE result IS NOT NULL AND result = ?1 LIMIT 1";
        Ok(self.matching_rows(rest, &[result])?.pop().map(|row| row.peer))
    }

    /// How many matchings a peer has asked for since then.
    pub fn matchings_asked(&self, peer: PeerId, since: Timestamp) -> Result<u64, StoreFault> {
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM matching WHERE peer = ?1 AND asked = 0 AND time > ?2",
            )?
            .query_row(params![peer.0, since.millis() as i64], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The last sheet that this side matched with a peer, if it began since then.
    pub fn last_sheet(
        &self,
        peer: PeerId,
        since: Timestamp,
    ) -> Result<Option<MatchingId>, StoreFault> {
        let id = self
            .connection
            .prepare_cached(
                "SELECT id FROM matching WHERE peer = ?1 AND asked = 1 AND time > ?2
                     AND source = ?3 AND result IS NOT NULL
                 ORDER BY time DESC, id DESC LIMIT 1",
            )?
            .query_row(
                params![peer.0, since.millis() as i64, number_of(SOURCES, Source::Sheet)],
                |row| row.get(0),
            )
            .optional()?;
        Ok(id.map(MatchingId))
    }

    /// The people of a matching from that place on, in order.
    pub fn matched_people(
        &self,
        matching: MatchingId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<MatchedPersonRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT place, line, member, sealed, here, there FROM matching_person
             WHERE matching = ?1 AND place >= ?2 ORDER BY place LIMIT ?3",
        )?;
        let mut rows = statement.query(params![matching.0, from, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(person(row)?);
        }
        Ok(found)
    }

    /// How many of the people whom both sides have listed are full members of both, and of neither.
    pub fn held_by_both_and_neither(&self, matching: MatchingId) -> Result<(u64, u64), StoreFault> {
        let full = number_of(HOLDS, Holds::Full);
        let (both, neither): (i64, i64) = self
            .connection
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE here = ?2 AND there = ?2),
                        count(*) FILTER (WHERE here <> ?2 AND there <> ?2)
                 FROM matching_person WHERE matching = ?1 AND there IS NOT NULL",
            )?
            .query_row(params![matching.0, full], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((both.unsigned_abs(), neither.unsigned_abs()))
    }

    /// Whether people of matchings that began before `time` are still kept.
    pub fn keeps_people_before(&self, time: Timestamp) -> Result<bool, StoreFault> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM matching AS old WHERE old.time < ?1 AND EXISTS
                     (SELECT 1 FROM matching_person WHERE matching = old.id))",
            )?
            .query_row([time.millis() as i64], |row| row.get(0))?)
    }
}

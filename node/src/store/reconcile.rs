//! What comparisons with peers came to, and what they read of the books.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::id::MemberRef;
use protocol::time::{Day, Timestamp};
use protocol::transfer::state::State;

use super::columns::{LETTER, place};
use super::events::stored_time;
use super::letters::letter;
use super::rows::{
    BookedLetter, Custody, DifferenceRow, FeedId, LetterRowId, PeerId, ReconciliationRow, Version,
};
use super::{Snapshot, StoreFault, written_once};

pub(super) fn put(connection: &Connection, row: &ReconciliationRow) -> rusqlite::Result<()> {
    let written = connection
        .prepare_cached(
            "INSERT INTO reconciliation
                 (peer, asked, version, run, time, mine, theirs, rounds, bytes, done)
             VALUES (?1, ?2, ?3 + 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (peer, asked, done) DO UPDATE SET version = excluded.version,
                 run = excluded.run, time = excluded.time, mine = excluded.mine,
                 theirs = excluded.theirs, rounds = excluded.rounds, bytes = excluded.bytes
             WHERE reconciliation.version = ?3",
        )?
        .execute(params![
            row.peer.0,
            row.asked,
            row.version.0,
            row.run,
            row.time.millis() as i64,
            row.mine,
            row.theirs,
            row.rounds,
            i64::try_from(row.bytes).unwrap_or(i64::MAX),
            row.done,
        ])?;
    if row.done {
        connection
            .prepare_cached(
                "DELETE FROM reconciliation WHERE peer = ?1 AND asked = ?2 AND NOT done",
            )?
            .execute(params![row.peer.0, row.asked])?;
    }
    written_once(written)
}

/// Puts `rows` in the place of all differences with the peer; one that stood before keeps its
/// beginning.
pub(super) fn put_differences(
    connection: &Connection,
    peer: PeerId,
    rows: &[DifferenceRow],
) -> rusqlite::Result<()> {
    let mut since = connection
        .prepare_cached("SELECT since FROM difference WHERE peer = ?1 AND kind = ?2 AND id = ?3")?;
    let since = rows
        .iter()
        .map(|row| {
            since
                .query_row(params![peer.0, row.kind, row.id], |found| found.get::<_, i64>(0))
                .optional()
        })
        .collect::<rusqlite::Result<Vec<_>>>()?;
    connection.prepare_cached("DELETE FROM difference WHERE peer = ?1")?.execute([peer.0])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO difference (peer, kind, id, mine, theirs, since, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (row, since) in rows.iter().zip(since) {
        let since = since.unwrap_or(row.since.millis() as i64);
        insert.execute(params![peer.0, row.kind, row.id, row.mine, row.theirs, since, row.run])?;
    }
    Ok(())
}

fn difference(row: &Row<'_>) -> Result<DifferenceRow, StoreFault> {
    Ok(DifferenceRow {
        kind: row.get("kind")?,
        id: row.get("id")?,
        mine: row.get("mine")?,
        theirs: row.get("theirs")?,
        since: time(row.get("since")?)?,
        run: row.get("run")?,
    })
}

fn booked(row: &Row<'_>) -> Result<BookedLetter, StoreFault> {
    let damaged = || StoreFault::Damaged("letter");
    let state: u8 = row.get(const { place(LETTER, "state") })?;
    let valid_until = Day::from_number(row.get(const { place(LETTER, "valid_until") })?);
    Ok(BookedLetter {
        row: letter(row)?,
        state: *State::ALL.get(usize::from(state)).ok_or_else(damaged)?,
        valid_until: valid_until.ok_or_else(damaged)?,
    })
}

fn time(millis: i64) -> Result<Timestamp, StoreFault> {
    stored_time(millis, "reconciliation")
}

impl Snapshot<'_> {
    /// The last comparison with a peer that this side asked for, or that the other did: the one
    /// that both signed, or the one of which a half is missing.
    pub fn reconciliation(
        &self,
        peer: PeerId,
        asked: bool,
        done: bool,
    ) -> Result<Option<ReconciliationRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM reconciliation WHERE peer = ?1 AND asked = ?2 AND done = ?3",
        )?;
        let mut rows = statement.query(params![peer.0, asked, done])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(ReconciliationRow {
            peer,
            asked,
            done,
            version: Version(row.get("version")?),
            run: row.get("run")?,
            time: time(row.get("time")?)?,
            mine: row.get("mine")?,
            theirs: row.get("theirs")?,
            rounds: row.get("rounds")?,
            bytes: row.get::<_, i64>("bytes")?.unsigned_abs(),
        }))
    }

    /// Where the books differ from a peer's.
    pub fn differences(&self, peer: PeerId) -> Result<Vec<DifferenceRow>, StoreFault> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM difference WHERE peer = ?1 ORDER BY kind, id")?;
        let mut rows = statement.query([peer.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(difference(row)?);
        }
        Ok(found)
    }

    /// Calls `each` with every letter between this node and a peer.
    pub fn letters_with<E: From<StoreFault>>(
        &self,
        peer: PeerId,
        mut each: impl FnMut(BookedLetter) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(StoreFault::from(error));
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM letter WHERE peer = ?1 ORDER BY id")
            .map_err(failed)?;
        let mut rows = statement.query([peer.0]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            each(booked(row)?)?;
        }
        Ok(())
    }

    /// The letters with a peer whose id begins with these bytes; there is hardly ever a second.
    pub fn letters_at(
        &self,
        peer: PeerId,
        prefix: &[u8],
        limit: u32,
    ) -> Result<Vec<BookedLetter>, StoreFault> {
        let padded = |fill: u8| {
            let mut bytes = [fill; 32];
            bytes[..prefix.len()].copy_from_slice(prefix);
            bytes
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM letter WHERE hash BETWEEN ?1 AND ?2 AND peer = ?3
             ORDER BY hash LIMIT ?4",
        )?;
        let mut rows = statement.query(params![padded(0), padded(255), peer.0, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(booked(row)?);
        }
        Ok(found)
    }

    /// What the roster has of a member: hand-overs behind it, and custody.
    pub fn rostered(&self, member: MemberRef) -> Result<Option<(u32, Custody)>, StoreFault> {
        let found = self
            .connection
            .prepare_cached("SELECT generation, custody FROM member WHERE ref = ?1")?
            .query_row([member.as_bytes()], |row| Ok((row.get(0)?, row.get::<_, u8>(1)?)))
            .optional()?;
        found
            .map(|(generation, custody)| {
                let custody = Custody::ALL.get(usize::from(custody)).copied();
                Ok((generation, custody.ok_or(StoreFault::Damaged("member"))?))
            })
            .transpose()
    }

    /// How many different kinds of usable entries from `kinds` a letter has, its floating Offer
    /// among them.
    pub fn letter_kinds(
        &self,
        letter: LetterRowId,
        kinds: std::ops::RangeInclusive<u16>,
    ) -> Result<u8, StoreFault> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT (SELECT count(DISTINCT kind) FROM entry
                         WHERE letter = ?1 AND kind BETWEEN ?2 AND ?3 AND unusable IS NULL)
                      + (SELECT count(*) FROM floating WHERE letter = ?1)",
            )?
            .query_row(params![letter.0, kinds.start(), kinds.end()], |row| row.get(0))?)
    }

    /// Whether a letter has an entry of `feed` behind `seq`.
    pub fn letter_goes_on(
        &self,
        letter: LetterRowId,
        feed: FeedId,
        seq: u64,
    ) -> Result<bool, StoreFault> {
        let after = super::entries::key_of(feed, seq);
        let last = super::entries::key_of(feed, super::SEQ_MAX);
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM entry WHERE letter = ?1 AND id > ?2 AND id <= ?3)",
            )?
            .query_row(params![letter.0, after, last], |row| row.get(0))?)
    }
}

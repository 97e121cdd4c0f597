//! Batches of letters at rest: what was approved here, and what arrived with a place in one.
//!
//! The planner would rather look at every letter that came in than at those of one batch, so the
//! queries about received batches name their index.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::id::{BatchId, MemberRef, OrgCode};
use protocol::refusal::Code;
use protocol::time::{Month, Timestamp};
use protocol::transfer::state::State;

use super::events::stored_time;
use super::letters::letter;
use super::letters::state_number;
use super::orgs::{code_of, number_of};
use super::rows::{BatchItemRow, BatchRow, LetterRow, LetterRowId, PeerId};
use super::{Snapshot, StoreFault, prefix_range, written_once};

pub(super) fn approve(
    connection: &Connection,
    row: &BatchRow,
    items: &[BatchItemRow],
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO batch (hash, approved, count) VALUES (?1, ?2, ?3)")?
        .execute(params![row.id.as_bytes(), row.approved_at.millis() as i64, row.count])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO batch_item (batch, place, member, to_org, dues, reason, letter, code)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for item in items {
        insert.execute(params![
            row.id.as_bytes(),
            item.place,
            item.member.as_bytes(),
            number_of(item.to_org),
            item.dues_paid_through.map(Month::number),
            item.sealed_reason,
            item.letter.map(|letter| letter.0),
            item.code.map(Code::number)
        ])?;
    }
    Ok(())
}

pub(super) fn mark(
    connection: &Connection,
    batch: BatchId,
    place: u32,
    became: Result<LetterRowId, Code>,
) -> rusqlite::Result<()> {
    let marked = connection
        .prepare_cached(
            "UPDATE batch_item SET letter = ?3, code = ?4,
                 reason = CASE WHEN ?3 IS NULL THEN reason END
             WHERE batch = ?1 AND place = ?2 AND letter IS NULL AND code IS NULL",
        )?
        .execute(params![
            batch.as_bytes(),
            place,
            became.ok().map(|letter| letter.0),
            became.err().map(Code::number)
        ])?;
    written_once(marked)
}

pub(super) fn replace_letter(
    connection: &Connection,
    batch: BatchId,
    place: u32,
    letter: LetterRowId,
    to: OrgCode,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE batch_item SET letter = ?3, to_org = ?4, code = NULL
             WHERE batch = ?1 AND place = ?2",
        )?
        .execute(params![batch.as_bytes(), place, letter.0, number_of(to)])?;
    Ok(())
}

pub(super) fn retry(connection: &Connection, batch: BatchId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE batch_item SET code = NULL WHERE batch = ?1 AND code IS NOT NULL")?
        .execute([batch.as_bytes()])?;
    Ok(())
}

fn batch(row: &Row<'_>) -> Result<BatchRow, StoreFault> {
    Ok(BatchRow {
        id: BatchId::from_bytes(row.get("hash")?),
        approved_at: stored_time(row.get("approved")?, "batch")?,
        count: row.get("count")?,
    })
}

fn item(row: &Row<'_>) -> Result<BatchItemRow, StoreFault> {
    let damaged = || StoreFault::Damaged("batch_item");
    Ok(BatchItemRow {
        place: row.get("place")?,
        member: MemberRef::from_bytes(row.get("member")?),
        to_org: code_of(row.get("to_org")?).ok_or_else(damaged)?,
        dues_paid_through: row.get::<_, Option<u16>>("dues")?.and_then(Month::from_number),
        sealed_reason: row.get("reason")?,
        letter: row.get::<_, Option<i64>>("letter")?.map(LetterRowId),
        code: row.get::<_, Option<u16>>("code")?.and_then(Code::from_number),
    })
}

/// The bounds of the batch ids that begin with a hexadecimal prefix.
fn range(prefix: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut first, mut last) = prefix_range(prefix).filter(|_| prefix.len() <= 32)?;
    first.truncate(16);
    last.truncate(16);
    Some((first, last))
}

impl Snapshot<'_> {
    /// The batch of ours with this id.
    pub fn batch(&self, id: BatchId) -> Result<Option<BatchRow>, StoreFault> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM batch WHERE hash = ?1")?;
        let mut rows = statement.query([id.as_bytes()])?;
        rows.next()?.map(batch).transpose()
    }

    /// Up to two batches of ours whose id begins with this hexadecimal text.
    pub fn batches_by_prefix(&self, prefix: &str) -> Result<Vec<BatchRow>, StoreFault> {
        let Some((first, last)) = range(prefix) else { return Ok(Vec::new()) };
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM batch WHERE hash BETWEEN ?1 AND ?2 LIMIT 2")?;
        let mut rows = statement.query(params![first, last])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(batch(row)?);
        }
        Ok(found)
    }

    /// Batches of ours that were approved before that one, newest first.
    pub fn batches_before(
        &self,
        before: Option<(Timestamp, BatchId)>,
        limit: u32,
    ) -> Result<Vec<BatchRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM batch WHERE (approved, hash) < (?1, ?2)
             ORDER BY approved DESC, hash DESC LIMIT ?3",
        )?;
        let (approved, id) = before.map_or((i64::MAX, [0; 16]), |(approved, id)| {
            (i64::try_from(approved.millis()).unwrap_or(i64::MAX), *id.as_bytes())
        });
        let mut rows = statement.query(params![approved, id, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(batch(row)?);
        }
        Ok(found)
    }

    /// Batches of ours in which somebody still waits.
    pub fn unfinished_batches(&self) -> Result<Vec<BatchId>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT batch FROM batch_item WHERE letter IS NULL AND code IS NULL",
        )?;
        let rows = statement.query_map([], |row| Ok(BatchId::from_bytes(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Those of a batch of ours who still wait, in their order.
    pub fn waiting_batch_items(
        &self,
        batch: BatchId,
        limit: u32,
    ) -> Result<Vec<BatchItemRow>, StoreFault> {
        self.items_where("letter IS NULL AND code IS NULL", batch, 0, limit)
    }

    /// The persons of a batch of ours from this place on.
    pub fn batch_items(
        &self,
        batch: BatchId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<BatchItemRow>, StoreFault> {
        self.items_where("1 = 1", batch, from, limit)
    }

    /// The persons of a batch of ours, from this place on, whose letter is in that state.
    pub fn batch_items_in(
        &self,
        batch: BatchId,
        state: State,
        from: u32,
        limit: u32,
    ) -> Result<Vec<BatchItemRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT batch_item.* FROM batch_item JOIN letter ON letter.id = batch_item.letter
             WHERE batch_item.batch = ?1 AND place >= ?2 AND letter.state = ?3
             ORDER BY place LIMIT ?4",
        )?;
        let state = state_number(state);
        let mut rows = statement.query(params![batch.as_bytes(), from, state, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(item(row)?);
        }
        Ok(found)
    }

    /// Those of a batch of ours for whom no letter could be issued.
    pub fn failed_batch_items(&self, batch: BatchId) -> Result<Vec<BatchItemRow>, StoreFault> {
        self.items_where("code IS NOT NULL", batch, 0, u32::MAX)
    }

    fn items_where(
        &self,
        condition: &str,
        batch: BatchId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<BatchItemRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT * FROM batch_item WHERE batch = ?1 AND place >= ?2 AND {condition}
             ORDER BY place LIMIT ?3"
        ))?;
        let mut rows = statement.query(params![batch.as_bytes(), from, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(item(row)?);
        }
        Ok(found)
    }

    /// How many of a batch of ours wait, and for how many no letter could be issued.
    pub fn batch_unissued(&self, batch: BatchId) -> Result<(u64, u64), StoreFault> {
        let counted = self
            .connection
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE code IS NULL), count(code)
                 FROM batch_item WHERE batch = ?1 AND letter IS NULL",
            )?
            .query_row([batch.as_bytes()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?;
        Ok((counted.0.unsigned_abs(), counted.1.unsigned_abs()))
    }

    /// How many letters of a batch of ours there are, by state.
    pub fn batch_states(&self, batch: BatchId) -> Result<Vec<(State, u64)>, StoreFault> {
        self.states(
            "SELECT letter.state, count(*) FROM batch_item
             JOIN letter ON letter.id = batch_item.letter
             WHERE batch_item.batch = ?1 AND ?2 = 0 GROUP BY letter.state",
            batch,
            PeerId(0),
        )
    }

    /// How many persons of a peer's batch have a letter here, by its state; one that stands for
    /// another counts in its stead.
    pub fn received_batch_states(
        &self,
        peer: PeerId,
        batch: BatchId,
    ) -> Result<Vec<(State, u64)>, StoreFault> {
        self.states(
            "SELECT state, count(*) FROM letter INDEXED BY letter_batch
             WHERE batch = ?1 AND peer = ?2 AND own = 0 AND NOT EXISTS (
                 SELECT 1 FROM letter AS later
                 WHERE later.batch = ?1 AND later.peer = ?2 AND later.own = 0
                   AND later.batch_place = letter.batch_place AND later.replaces = letter.hash)
             GROUP BY state",
            batch,
            peer,
        )
    }

    fn states(
        &self,
        sql: &str,
        batch: BatchId,
        peer: PeerId,
    ) -> Result<Vec<(State, u64)>, StoreFault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![batch.as_bytes(), peer.0], |row| {
            Ok((row.get::<_, u8>(0)?, row.get::<_, i64>(1)?))
        })?;
        rows.map(|row| {
            let (state, count) = row?;
            let state = State::ALL.get(usize::from(state)).copied();
            Ok((state.ok_or(StoreFault::Damaged("letter"))?, count.unsigned_abs()))
        })
        .collect()
    }

    /// Up to two batches, of any peer, that letters came in and whose id begins with this text.
    pub fn received_batches_by_prefix(
        &self,
        prefix: &str,
    ) -> Result<Vec<(PeerId, BatchId)>, StoreFault> {
        let Some((first, last)) = range(prefix) else { return Ok(Vec::new()) };
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT peer, batch FROM letter INDEXED BY letter_batch
             WHERE batch IS NOT NULL AND own = 0 AND batch BETWEEN ?1 AND ?2 LIMIT 2",
        )?;
        let rows = statement.query_map(params![first, last], |row| {
            Ok((PeerId(row.get(0)?), BatchId::from_bytes(row.get(1)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Letters of a peer's batch by place, then by row; those after `after`, and none for which
    /// another stands.
    pub fn received_batch_letters(
        &self,
        peer: PeerId,
        batch: BatchId,
        after: Option<(u32, LetterRowId)>,
        limit: u32,
    ) -> Result<Vec<LetterRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM letter
             WHERE batch = ?1 AND peer = ?2 AND own = 0 AND (batch_place, id) > (?3, ?4)
               AND NOT EXISTS (
                 SELECT 1 FROM letter AS later
                 WHERE later.batch = ?1 AND later.peer = ?2 AND later.own = 0
                   AND later.batch_place = letter.batch_place AND later.replaces = letter.hash)
             ORDER BY batch_place, id LIMIT ?5",
        )?;
        let (place, id) = after.map_or((-1, 0), |(place, id)| (i64::from(place), id.0));
        let mut rows = statement.query(params![batch.as_bytes(), peer.0, place, id, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// Letters of a peer's batch that somebody here may still have to decide, behind `after`, in
    /// the order in which they arrived: whoever accepts what has arrived, again and again, passes
    /// over nothing that has ended.
    pub fn open_batch_letters(
        &self,
        peer: PeerId,
        batch: BatchId,
        after: LetterRowId,
        limit: u32,
    ) -> Result<Vec<LetterRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM letter
             WHERE stands > 0 AND peer = ?1 AND id > ?2 AND batch = ?3 AND own = 0
               AND state IN (?4, ?5)
             ORDER BY id LIMIT ?6",
        )?;
        let (issued, released) = (state_number(State::Issued), state_number(State::Released));
        let bounds = params![peer.0, after.0, batch.as_bytes(), issued, released, limit];
        let mut rows = statement.query(bounds)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// The number of letters that the first Offer of a peer's batch announces.
    pub fn received_batch_count(&self, peer: PeerId, batch: BatchId) -> Result<u32, StoreFault> {
        let count = self
            .connection
            .prepare_cached(
                "SELECT batch_count FROM letter WHERE batch = ?1 AND peer = ?2 AND own = 0
                 ORDER BY batch_place LIMIT 1",
            )?
            .query_row(params![batch.as_bytes(), peer.0], |row| row.get(0))
            .optional()?;
        Ok(count.unwrap_or(0))
    }

    /// Batches of which letters came in, those whose first letter came last before `before`.
    pub fn received_batches_before(
        &self,
        before: Option<LetterRowId>,
        limit: u32,
    ) -> Result<Vec<(PeerId, BatchId, LetterRowId)>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT peer, batch, min(id) AS first FROM letter INDEXED BY letter_batch
             WHERE batch IS NOT NULL AND own = 0 GROUP BY batch, peer HAVING first < ?1
             ORDER BY first DESC LIMIT ?2",
        )?;
        let before = before.map_or(i64::MAX, |row| row.0);
        let rows = statement.query_map(params![before, limit], |row| {
            let batch = BatchId::from_bytes(row.get(1)?);
            Ok((PeerId(row.get(0)?), batch, LetterRowId(row.get(2)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

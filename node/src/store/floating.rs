//! Entries of a peer's feed that came alone, on paper, above the end of our copy. Each rests
//! here until the feed itself brings it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, params};

use protocol::envelope::{Entry, Tip};
use protocol::id::{EntryHash, Incarnation};
use protocol::statement::kind::Kind;

use super::rows::{FloatingRow, LetterRowId, LetterStatementRow, PeerId};
use super::{Snapshot, StoreFault};

pub(super) fn put(connection: &Connection, row: &FloatingRow) -> rusqlite::Result<()> {
    let header = &row.entry.header;
    connection
        .prepare_cached(
            "INSERT INTO floating (peer, counter, random, seq, hash, letter, entry, block)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            row.peer.0,
            header.incarnation.counter,
            header.incarnation.random,
            header.seq as i64,
            row.entry.hash().as_bytes(),
            row.letter.0,
            row.entry.without_block().to_bytes(),
            row.sealed_block
        ])?;
    Ok(())
}

/// Drops what the copy of the feed, which ends at `tip` now, has brought.
pub(super) fn settle(connection: &Connection, peer: PeerId, tip: &Tip) -> rusqlite::Result<()> {
    let Incarnation { counter, random } = tip.incarnation;
    connection
        .prepare_cached(
            "DELETE FROM floating WHERE peer = ?1 AND counter = ?2 AND random = ?3 AND seq <= ?4",
        )?
        .execute(params![peer.0, counter, random, tip.seq as i64])?;
    Ok(())
}

pub(super) fn count(connection: &Connection, peer: PeerId) -> Result<u64, StoreFault> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM floating WHERE peer = ?1")?
        .query_row([peer.0], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

impl Snapshot<'_> {
    /// How many entries of a peer float.
    pub fn floating_count(&self, peer: PeerId) -> Result<u64, StoreFault> {
        count(self.connection, peer)
    }

    /// The hashes of those that float at these numbers of one life of the peer's feed.
    pub fn floating_hashes(
        &self,
        peer: PeerId,
        incarnation: Incarnation,
        seqs: RangeInclusive<u64>,
    ) -> Result<BTreeMap<u64, EntryHash>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, hash FROM floating
             WHERE peer = ?1 AND counter = ?2 AND random = ?3 AND seq BETWEEN ?4 AND ?5",
        )?;
        let Incarnation { counter, random } = incarnation;
        let (first, last) = (*seqs.start() as i64, (*seqs.end()).min(i64::MAX as u64) as i64);
        let rows = statement.query_map(params![peer.0, counter, random, first, last], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), EntryHash::from_bytes(row.get(1)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where entries of a peer float, the highest first.
    pub fn floating_tips(&self, peer: PeerId, limit: usize) -> Result<Vec<Tip>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT counter, random, seq, hash FROM floating WHERE peer = ?1
             ORDER BY counter DESC, random DESC, seq DESC LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![peer.0, limit], |row| {
            Ok(Tip {
                incarnation: Incarnation { counter: row.get(0)?, random: row.get(1)? },
                seq: row.get::<_, i64>(2)?.unsigned_abs(),
                hash: EntryHash::from_bytes(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The highest of a peer's floating entries, without its private block.
    pub fn highest_floating(&self, peer: PeerId) -> Result<Option<Entry>, StoreFault> {
        let bytes: Option<Vec<u8>> = self
            .connection
            .prepare_cached(
                "SELECT entry FROM floating WHERE peer = ?1
                 ORDER BY counter DESC, random DESC, seq DESC LIMIT 1",
            )?
            .query_row([peer.0], |row| row.get(0))
            .optional()?;
        bytes.map(|bytes| read(&bytes)).transpose()
    }

    /// Whether the Offer of a letter still floats.
    pub fn is_floating(&self, letter: LetterRowId) -> Result<bool, StoreFault> {
        Ok(self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM floating WHERE letter = ?1)")?
            .query_row([letter.0], |row| row.get(0))?)
    }

    /// The Offer of a letter, if it floats.
    pub(super) fn floating_offer(
        &self,
        letter: LetterRowId,
    ) -> Result<Option<LetterStatementRow>, StoreFault> {
        let row: Option<(Vec<u8>, Option<Vec<u8>>)> = self
            .connection
            .prepare_cached("SELECT entry, block FROM floating WHERE letter = ?1")?
            .query_row([letter.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((entry, sealed_block)) = row else { return Ok(None) };
        let entry = read(&entry)?;
        Ok(Some(LetterStatementRow {
            kind: Kind::Offer,
            statement: entry.content.bytes().to_vec(),
            erased: sealed_block.is_none(),
            sealed_block,
            own: false,
            seq: entry.header.seq,
            unusable: None,
        }))
    }
}

fn read(bytes: &[u8]) -> Result<Entry, StoreFault> {
    Entry::read(bytes).map_err(|_| StoreFault::Damaged("floating"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use protocol::envelope::seal_entries;
    use protocol::id::NodeId;
    use protocol::limits::HELLO_FLOATING_MAX;
    use protocol::seal::{Domain, Signer};
    use protocol::statement::notice::Unusable;
    use protocol::statement::{Draft, Parties};

    use super::*;
    use crate::store::schema;

    const PEER: PeerId = PeerId(7);

    fn life(counter: u32) -> Incarnation {
        Incarnation { counter, random: 1 }
    }

    fn row(life: Incarnation, seq: u64) -> FloatingRow {
        let parties = Parties {
            domain: Domain::Rehearsal,
            author: NodeId::from_bytes([1; 32]),
            audience: NodeId::from_bytes([2; 32]),
        };
        let body = Unusable { entry: EntryHash::from_bytes([9; 32]), code: 1 };
        let time = "2026-11-22T08:00:00Z".parse().unwrap();
        let stated = Draft::new(&body).finish(&parties, time, [3; 16]);
        let mut tip = Tip { seq: seq - 1, ..Tip::start(life) };
        let signer = Signer::from_seed(&[4; 32]);
        let entry = seal_entries(&mut tip, &parties, &signer, vec![stated]).remove(0);
        let letter = LetterRowId(i64::from(life.counter) * 10_000 + seq as i64);
        FloatingRow { peer: PEER, entry, sealed_block: Some(vec![5]), letter }
    }

    fn holding(rows: impl Iterator<Item = FloatingRow>) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        rows.for_each(|row| put(&connection, &row).unwrap());
        connection
    }

    /// a Hello lists the highest places, however many float.
    #[test]
    fn the_highest_places_are_told() {
        let many = HELLO_FLOATING_MAX as u64 + 76;
        let connection = holding((1..=many).map(|seq| row(life(1), seq)));
        let snapshot = Snapshot { connection: &connection };
        assert_eq!(snapshot.floating_count(PEER).unwrap(), many);
        let told = snapshot.floating_tips(PEER, HELLO_FLOATING_MAX).unwrap();
        assert_eq!((told.len(), told[0].seq), (HELLO_FLOATING_MAX, many));
        assert_eq!(told.last().unwrap().seq, 77);
        let highest = snapshot.highest_floating(PEER).unwrap().unwrap();
        assert_eq!(highest, row(life(1), many).entry.without_block());
        assert_eq!(highest.hash(), told[0].hash);
        let held = snapshot.floating_hashes(PEER, life(1), 5..=6).unwrap();
        let expected = [5, 6].map(|seq| (seq, row(life(1), seq).entry.hash()));
        assert_eq!(held, BTreeMap::from(expected));
    }

    /// what the feed has brought floats no more; what is above it, or of another life, does.
    #[test]
    fn the_feed_settles_what_it_has_reached() {
        let rows = [(1, 3), (1, 9), (2, 3), (2, 4), (2, 5)];
        let connection = holding(rows.into_iter().map(|(counter, seq)| row(life(counter), seq)));
        settle(&connection, PEER, &Tip { seq: 4, ..Tip::start(life(2)) }).unwrap();
        let snapshot = Snapshot { connection: &connection };
        let left = snapshot.floating_tips(PEER, 10).unwrap();
        let left: Vec<_> = left.iter().map(|tip| (tip.incarnation.counter, tip.seq)).collect();
        assert_eq!(left, [(2, 5), (1, 9), (1, 3)]);
        assert!(snapshot.is_floating(row(life(2), 5).letter).unwrap());
        assert!(!snapshot.is_floating(row(life(2), 4).letter).unwrap());
        assert!(put(&connection, &row(life(2), 5)).is_err(), "one place, one entry");
    }
}

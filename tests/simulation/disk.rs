//! What a node durably has, read from its database file by SQL of the simulation's own: nothing of
//! the node's code stands between the disk and the judge.

use std::path::Path;

use protocol::id::{LetterId, MemberRef, NodeId, StatementHash};
use rusqlite::{Connection, OpenFlags, params};

/// A reader of one database file.
pub struct Disk {
    connection: Connection,
}

/// One entry of a feed.
pub struct EntrySeen {
    pub seq: u64,
    pub hash: [u8; 32],
    pub statement: Vec<u8>,
    pub unusable: bool,
}

/// One feed, from some number on.
pub struct FeedSeen {
    pub peer: NodeId,
    pub own: bool,
    pub entries: Vec<EntrySeen>,
}

/// A row of the letters.
#[derive(Clone)]
pub struct LetterSeen {
    pub id: LetterId,
    pub own: bool,
    pub word: &'static str,
    pub rejected: bool,
    pub batch: Option<[u8; 16]>,
}

/// A row of the roster.
#[derive(Clone)]
pub struct MemberSeen {
    pub member: MemberRef,
    pub custody: &'static str,
    pub generation: u32,
}

/// Everything but the feeds.
#[derive(Default)]
pub struct RowsSeen {
    pub letters: Vec<LetterSeen>,
    pub members: Vec<MemberSeen>,
    pub faults: u64,
    pub waiting_items: u64,
    pub failed_batches: Vec<[u8; 16]>,
}

/// The order of the stored numbers, written down a second time.
const WORDS: [&str; 7] =
    ["issued", "accepted", "released", "received", "closed", "refused", "voided"];
const CUSTODIES: [&str; 5] = ["here", "provisional", "in_transit", "ended", "transferred"];

impl Disk {
    pub fn open(file: &Path) -> Disk {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).unwrap();
        connection.set_prepared_statement_cache_capacity(16);
        Disk { connection }
    }

    /// The feeds, each from the entry behind `after(peer, own)` on.
    pub fn feeds(&self, after: impl Fn(NodeId, bool) -> u64) -> Vec<FeedSeen> {
        let sql = "SELECT feed.id, peer.node, feed.own FROM feed
                   JOIN peer ON peer.id = feed.peer ORDER BY feed.id";
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let feeds = statement.query_map([], |row| {
            let peer = NodeId::from_bytes(row.get(1)?);
            Ok((row.get::<_, i64>(0)?, peer, row.get::<_, bool>(2)?))
        });
        let feeds: Vec<_> = feeds.unwrap().map(Result::unwrap).collect();
        let seen = feeds.into_iter().map(|(feed, peer, own)| {
            let entries = self.entries(feed, after(peer, own));
            FeedSeen { peer, own, entries }
        });
        seen.collect()
    }

    fn entries(&self, feed: i64, after: u64) -> Vec<EntrySeen> {
        let sql = "SELECT id & 1099511627775, hash, statement, unusable IS NOT NULL FROM entry
                   WHERE id > ?1 AND id < ?2 ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let (from, to) = ((feed << 40) + after as i64, (feed + 1) << 40);
        let entries = statement.query_map(params![from, to], |row| {
            Ok(EntrySeen {
                seq: row.get::<_, i64>(0)?.unsigned_abs(),
                hash: row.get(1)?,
                statement: row.get(2)?,
                unusable: row.get(3)?,
            })
        });
        entries.unwrap().map(Result::unwrap).collect()
    }

    pub fn rows(&self) -> RowsSeen {
        RowsSeen {
            letters: self.letters(),
            members: self.members(),
            faults: self.count("SELECT count(*) FROM fault"),
            waiting_items: self
                .count("SELECT count(*) FROM batch_item WHERE letter IS NULL AND code IS NULL"),
            failed_batches: self.failed_batches(),
        }
    }

    fn letters(&self) -> Vec<LetterSeen> {
        let sql = "SELECT hash, own, state, rejected IS NOT NULL, batch
                   FROM letter ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let letters = statement.query_map([], |row| {
            let id: [u8; 32] = row.get(0)?;
            Ok(LetterSeen {
                id: LetterId::of_offer(StatementHash::from_bytes(id)),
                own: row.get(1)?,
                word: WORDS[usize::from(row.get::<_, u8>(2)?)],
                rejected: row.get(3)?,
                batch: row.get(4)?,
            })
        });
        letters.unwrap().map(Result::unwrap).collect()
    }

    fn members(&self) -> Vec<MemberSeen> {
        let sql = "SELECT ref, custody, generation FROM member ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let members = statement.query_map([], |row| {
            Ok(MemberSeen {
                member: MemberRef::from_bytes(row.get(0)?),
                custody: CUSTODIES[usize::from(row.get::<_, u8>(1)?)],
                generation: row.get(2)?,
            })
        });
        members.unwrap().map(Result::unwrap).collect()
    }

    /// Batches of this node of which some could not be issued.
    fn failed_batches(&self) -> Vec<[u8; 16]> {
        let sql = "SELECT DISTINCT batch FROM batch_item WHERE code IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let batches = statement.query_map([], |row| row.get(0));
        batches.unwrap().map(Result::unwrap).collect()
    }

    fn count(&self, sql: &str) -> u64 {
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        statement.query_row([], |row| row.get::<_, i64>(0)).unwrap().unsigned_abs()
    }
}

//! The node's memory: one writer that commits whole decisions, and a pool of readers.
//!
//! A [`Batch`] names the versions of the rows on which it was decided. The writer commits it only
//! if they are unchanged, and answers [`CommitFault::Stale`] otherwise, so that the use case
//! decides again; nobody holds a lock while deciding. Whatever waits is committed as one
//! transaction with one sync and few seals ([`line`]). No SQLite type leaves this module, because a
//! large region will put the same node on a server.

mod audit;
mod batch;
pub mod batches;
mod columns;
mod departures;
mod entries;
mod events;
pub mod findings;
mod floating;
pub mod letters;
mod line;
mod matching;
pub mod members;
mod meta;
mod orgs;
mod pairs;
mod paper_letters;
pub mod peers;
pub mod people;
mod reader;
mod reconcile;
pub mod residences;
pub mod rows;
mod schema;
mod sidecar;
mod size;
pub mod stays;
pub mod summaries;
mod watch;
mod writer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use protocol::id::{EntryHash, LetterId};
use protocol::seal::Signer;

use crate::failpoint::Failpoints;

pub use batch::{Batch, Change, Expected, FeedSide};
pub use entries::{GroupFault, GroupRows, SEQ_MAX};
pub use reader::Snapshot;
pub use schema::VERSION as SCHEMA_VERSION;
pub use watch::{Boundary, Growth};

use line::Line;
use reader::Readers;
use rows::{DepartureRowId, FeedId, LetterRowId, MemberId, PeerId, ResidenceRowId, StayRowId};
use size::Size;
use watch::Watchers;
use writer::Writer;

/// How a store is opened.
pub struct StoreOptions {
    /// Seals what this node signs.
    pub signer: Arc<Signer>,
    /// Parallel readers.
    pub readers: usize,
    /// Where a test may end the process.
    pub failpoints: Failpoints,
}

/// A handle on the database of one node; cheap to clone.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    size: Size,
    readers: Readers,
    line: Line,
    watchers: Arc<Watchers>,
    next_member: AtomicI64,
    next_letter: AtomicI64,
    next_peer: AtomicI64,
    next_feed: AtomicI64,
    acked: Mutex<HashMap<FeedId, u64>>,
    behind: bool,
}

/// Why a store cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database was written by a newer program.
    #[error("the database has schema {0}, newer than this program")]
    NewerSchema(u32),
    /// The database failed; the text names no content.
    #[error("the database failed: {0}")]
    Database(String),
    /// A row holds what no build wrote.
    #[error("a row of {0} is damaged")]
    Damaged(&'static str),
    /// The writer has stopped.
    #[error("the store is closed")]
    Closed,
}

/// Why a batch was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitFault {
    /// A row changed since the decision: decide again.
    #[error("decided on rows that have changed")]
    Stale,
    /// The database failed before the commit; nothing was written.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<rusqlite::Error> for StoreFault {
    /// Keeps SQLite's code and its own words, which never contain values of rows.
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(code) => StoreFault::Database(code.to_string()),
            None => StoreFault::Database(
                error.to_string().split(':').next().unwrap_or("unknown").to_owned(),
            ),
        }
    }
}

/// What a commit made of the statements it signed.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// For each signed statement of the batch, in order: where it stands now.
    pub signed: Vec<SignedPlace>,
}

/// Where a signed statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedPlace {
    /// For whom.
    pub peer: PeerId,
    /// Its number in our feed for that peer.
    pub seq: u64,
    /// The entry.
    pub entry: EntryHash,
}

impl Store {
    /// Opens or creates the database file at `path` and brings it to this build's schema.
    pub fn open(path: &Path, options: StoreOptions) -> Result<Store, StoreFault> {
        let watchers = Arc::<Watchers>::default();
        let told = Arc::clone(&watchers);
        let writer = Writer::open(path, options.signer, options.failpoints, told)?;
        let behind = writer.is_behind();
        let readers = Readers::open(path, options.readers)?;
        let tops = readers.read(|snapshot| snapshot.highest_ids())?;
        let next = |top: i64| AtomicI64::new(top + 1);
        let shared = Shared {
            path: path.to_owned(),
            size: Size::of(path),
            readers,
            line: Line::new(writer),
            watchers,
            next_member: next(tops.member),
            next_letter: next(tops.letter),
            next_peer: next(tops.peer),
            next_feed: next(tops.feed),
            acked: Mutex::new(HashMap::new()),
            behind,
        };
        Ok(Store { shared: Arc::new(shared) })
    }

    /// The change that remembers, over restarts, that this node was rolled back.
    pub fn rolled_back() -> Change {
        Change::Meta(writer::RECOVERING, 1)
    }

    /// Whether the database was older than the count beside it when it was opened, now or before:
    /// somebody put an old copy in its place.
    pub fn was_rolled_back(&self) -> bool {
        self.shared.behind
    }

    /// Commits `batch` durably, or changes nothing. Blocks until the disk has it. What waits at the
    /// same time is committed together; alone, it is committed in the calling thread.
    pub fn commit(&self, batch: Batch) -> Result<Committed, CommitFault> {
        self.shared.watchers.reached(Boundary::Before);
        let result = self.shared.line.commit(batch);
        self.shared.watchers.reached(Boundary::After { committed: result.is_ok() });
        result
    }

    /// Calls `watch` after each commit that adds to a feed of ours, in the order of the feed and
    /// before the commit is answered. It must not block. The first who asks is told.
    pub fn watch_growth(&self, watch: impl Fn(Growth) + Send + Sync + 'static) {
        self.shared.watchers.watch_growth(Box::new(watch));
    }

    /// Calls `watch` on both sides of every commit, in the thread that asked for it and without a
    /// lock: there a simulation ends the node, or lets somebody else commit first. The first who
    /// asks is told.
    pub fn watch_commits(&self, watch: impl Fn(Boundary) + Send + Sync + 'static) {
        self.shared.watchers.watch_commits(Box::new(watch));
    }

    /// Reads from one consistent state.
    pub fn read<T>(
        &self,
        body: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        self.shared.readers.read(body)
    }

    /// Reads from one consistent state for a decision that is soon made, through the writer's warm
    /// connection while nobody commits. Nothing in `body` may wait for a commit.
    pub fn read_briefly<T>(
        &self,
        body: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        match self.shared.line.lend() {
            Some(lent) => lent.read(body),
            None => self.read(body),
        }
    }

    /// Bytes that the database takes on disk, its log included.
    pub fn size_bytes(&self) -> u64 {
        self.shared.size.now()
    }

    /// The same as it was a few questions ago: what a quota asks before each decision.
    pub fn recent_size_bytes(&self) -> u64 {
        self.shared.size.lately()
    }

    /// A row number for a new member; gaps are fine.
    pub fn new_member_id(&self) -> MemberId {
        MemberId(self.shared.next_member.fetch_add(1, Ordering::Relaxed))
    }

    /// A row number for a new letter; gaps are fine.
    pub fn new_letter_id(&self) -> LetterRowId {
        LetterRowId(self.shared.next_letter.fetch_add(1, Ordering::Relaxed))
    }

    /// A row number for a new stay, from the same count as those of letters.
    pub fn new_stay_id(&self) -> StayRowId {
        StayRowId(self.new_letter_id().0)
    }

    /// A row number for a new residence, from the same count.
    pub fn new_residence_id(&self) -> ResidenceRowId {
        ResidenceRowId(self.new_letter_id().0)
    }

    /// A row number for a new departure, from the same count.
    pub fn new_departure_id(&self) -> DepartureRowId {
        DepartureRowId(self.new_letter_id().0)
    }

    /// A row number for a new peer.
    pub fn new_peer_id(&self) -> PeerId {
        PeerId(self.shared.next_peer.fetch_add(1, Ordering::Relaxed))
    }

    /// A row number for a new feed.
    pub fn new_feed_id(&self) -> FeedId {
        FeedId(self.shared.next_feed.fetch_add(1, Ordering::Relaxed))
    }

    /// Remembers what a peer holds durably of our feed. Not synced by itself: after a crash the
    /// peer's next Hello says it again.
    pub fn remember_acked(&self, feed: FeedId, seq: u64) {
        let mut acked = self.shared.acked.lock().unwrap_or_else(PoisonError::into_inner);
        let held = acked.entry(feed).or_default();
        *held = seq.max(*held);
    }

    /// The last entry of our feed that the peer holds durably, as far as we know.
    pub fn acked(&self, feed: FeedId, stored: u64) -> u64 {
        let acked = self.shared.acked.lock().unwrap_or_else(PoisonError::into_inner);
        acked.get(&feed).copied().unwrap_or(0).max(stored)
    }

    /// Ends the writer after what waits was committed, and keeps the acknowledgements.
    pub fn close(&self) -> Result<(), StoreFault> {
        self.shared.line.close();
        let acked = self.shared.acked.lock().unwrap_or_else(PoisonError::into_inner);
        peers::keep_acked(&self.shared.path, &acked)
    }
}

/// Plans statements without a look at the values bound to them. Otherwise SQLite, in whose tables
/// some index is partial, prepares many of them anew for every value: that was an eighth of all
/// work. Every query that means a partial index says its condition in words.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A row that was to be written had another version: the decision is stale.
fn written_once(rows: usize) -> rusqlite::Result<()> {
    if rows == 1 { Ok(()) } else { Err(rusqlite::Error::QueryReturnedNoRows) }
}

/// The first and the last id that begin with a hexadecimal prefix, for a range query.
pub(crate) fn prefix_range(prefix: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let hex = prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hex || prefix.is_empty() || prefix.len() > 64 {
        return None;
    }
    let pad = |fill: &str| {
        let text = format!("{prefix}{}", fill.repeat(64 - prefix.len()));
        text.parse::<LetterId>().ok().map(|id| id.as_bytes().to_vec())
    };
    Some((pad("0")?, pad("f")?))
}

#[cfg(test)]
mod tests;

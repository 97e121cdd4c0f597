//! The one writer: takes whatever waits, checks each batch's conditions, applies, seals, syncs.
//!
//! While one sync runs, the next batches gather; a lone batch never waits for company. A batch
//! whose conditions fail is rolled back alone. If the commit itself fails, nobody can know whether
//! the disk has it, so the process ends and the next start reads the truth from the file.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use protocol::seal::Signer;

use super::rows::{OwnStatement, PeerId};
use super::sidecar::Sidecar;
use super::{
    Batch, Change, CommitFault, Committed, Expected, StoreFault, batches, entries, events,
    floating, letters, members, meta, orgs, paper_letters, peers, schema,
};

/// Most batches of one transaction; bounds the time until the first of them is durable.
const GROUP_BATCHES_MAX: usize = 512;

/// A batch on its way to the disk.
pub(super) struct Request {
    pub(super) batch: Batch,
    pub(super) answer: SyncSender<Result<Committed, CommitFault>>,
}

/// The writing connection and the key that seals.
pub(super) struct Writer {
    connection: Connection,
    signer: Arc<Signer>,
    sidecar: Sidecar,
    commits: u64,
    behind: bool,
}

/// The setting that counts commits.
const COMMITS: &str = "commits";

/// The setting that says that this node was found to be behind what it signed before.
pub(super) const RECOVERING: &str = "recovering";

impl Writer {
    pub(super) fn open(path: &Path, signer: Arc<Signer>) -> Result<Writer, StoreFault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "cache_size", -16_384)?;
        connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        connection.set_prepared_statement_cache_capacity(128);
        super::keep_plans(&connection)?;
        schema::migrate(&mut connection)?;
        let commits = meta::value(&connection, COMMITS)?.unwrap_or(0).unsigned_abs();
        let sidecar = Sidecar::open(path)?;
        let behind = sidecar.count().is_some_and(|count| count > commits)
            || meta::value(&connection, RECOVERING)?.is_some_and(|flag| flag != 0);
        if behind {
            // Kept until the node is recovered: the count beside the file is overtaken soon.
            meta::put(&connection, RECOVERING, 1)?;
        }
        Ok(Writer { connection, signer, sidecar, commits, behind })
    }

    /// Whether the file that was opened is older than the one that this count was kept for.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Serves requests until every sender is gone.
    pub(super) fn run(mut self, queue: &Receiver<Request>) {
        while let Ok(first) = queue.recv() {
            let mut waiting = vec![first];
            waiting.extend(queue.try_iter().take(GROUP_BATCHES_MAX - 1));
            // A writer that panicked between two writes knows as little as after a failed commit.
            let step = AssertUnwindSafe(|| self.step(waiting));
            if catch_unwind(step).is_err() {
                tracing::error!("the writer failed; the process restarts");
                std::process::abort();
            }
        }
    }

    /// Commits one batch at once, in the calling thread.
    pub(super) fn commit_one(&mut self, batch: Batch) -> Result<Committed, CommitFault> {
        self.commit_group(vec![batch]).pop().unwrap_or(Err(StoreFault::Closed.into()))
    }

    fn step(&mut self, waiting: Vec<Request>) {
        let (batches, answers): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|request| (request.batch, request.answer)).unzip();
        for (result, answer) in self.commit_group(batches).into_iter().zip(answers) {
            // A caller that went away does not need the answer; the work is done all the same.
            let _ = answer.send(result);
        }
    }

    fn commit_group(&mut self, batches: Vec<Batch>) -> Vec<Result<Committed, CommitFault>> {
        let count = batches.len();
        match self.try_commit_group(batches) {
            Ok(results) => results,
            Err(fault) => {
                let text = fault.to_string();
                (0..count)
                    .map(|_| Err(CommitFault::Store(StoreFault::Database(text.clone()))))
                    .collect()
            }
        }
    }

    fn try_commit_group(
        &mut self,
        batches: Vec<Batch>,
    ) -> Result<Vec<Result<Committed, CommitFault>>, StoreFault> {
        let mut transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Signed by the batches of this transaction, by peer, in order.
        let mut unsealed = BTreeMap::<PeerId, Vec<(usize, OwnStatement)>>::new();
        let mut results = Vec::with_capacity(batches.len());
        for (index, batch) in batches.into_iter().enumerate() {
            results.push(match apply(&mut transaction, batch) {
                // The database may have rolled back more than this batch: nothing of the group
                // may go on.
                Err(CommitFault::Store(fault)) => return Err(fault),
                Err(CommitFault::Stale) => Err(CommitFault::Stale),
                Ok(signed) => {
                    for own in signed {
                        unsealed.entry(own.peer).or_default().push((index, own));
                    }
                    Ok(Committed::default())
                }
            });
        }
        if results.iter().all(Result::is_err) {
            return Ok(results);
        }
        for (peer, signed) in unsealed {
            for (index, place) in entries::seal(&transaction, &self.signer, peer, signed)? {
                if let Ok(committed) = &mut results[index] {
                    committed.signed.push(place);
                }
            }
        }
        if transaction.is_autocommit() {
            return Err(StoreFault::Database("the transaction was rolled back".into()));
        }
        // A database that is behind stays behind, however much is written to it: the next start
        // must notice it as well.
        let commits = self.commits + u64::from(!self.behind);
        meta::put(&transaction, COMMITS, i64::try_from(commits).unwrap_or(i64::MAX))?;
        if let Err(error) = transaction.commit() {
            tracing::error!(%error, "a commit failed with unknown outcome; the process restarts");
            std::process::abort();
        }
        self.commits = commits;
        if !self.behind {
            self.sidecar.keep(commits);
        }
        Ok(results)
    }
}

/// Applies one batch inside the transaction, or rolls just it back.
fn apply(
    transaction: &mut Transaction<'_>,
    batch: Batch,
) -> Result<Vec<OwnStatement>, CommitFault> {
    let savepoint = transaction.savepoint().map_err(StoreFault::from)?;
    for expected in &batch.expected {
        if !holds(&savepoint, expected)? {
            return Err(CommitFault::Stale);
        }
    }
    let mut signed = Vec::new();
    for change in batch.changes {
        match change {
            Change::Sign(own) => signed.push(*own),
            change => write(&savepoint, change)?,
        }
    }
    savepoint.commit().map_err(StoreFault::from)?;
    Ok(signed)
}

fn holds(connection: &Connection, expected: &Expected) -> Result<bool, CommitFault> {
    Ok(match *expected {
        Expected::Member(id, version) => members::version(connection, id)? == version,
        Expected::NoMember(member) => !members::exists(connection, member)?,
        Expected::Letter(id, version) => letters::version(connection, id)? == version,
        Expected::PaperLetter(id, version) => paper_letters::version(connection, id)? == version,
        Expected::PeerFeed(peer, seq) => peers::peer_feed_seq(connection, peer)? == seq,
        Expected::Floating(peer, held) => floating::count(connection, peer)? == held,
        Expected::Peer(peer, state) => peers::state(connection, peer)? == Some(state),
        Expected::Meta(key, held) => meta::value(connection, key)?.unwrap_or(0) == held,
        Expected::WithIdNumber(hmac, count) => members::with_id(connection, &hmac)? == count,
    })
}

/// A unique index that refuses is a decision made on what has changed: the use case looks again.
fn write(connection: &Connection, change: Change) -> Result<(), CommitFault> {
    let written = match change {
        Change::Member(row) => members::put(connection, &row),
        Change::ForgetMember(id) => members::forget(connection, id),
        Change::MemberKey(member, wrapped) => members::put_key(connection, member, &wrapped),
        Change::Letter(row) => letters::put(connection, &row),
        Change::PaperLetter(row) => paper_letters::put(connection, &row),
        Change::Scan(letter, scan) => paper_letters::put_scan(connection, letter, &scan),
        Change::Decide(letter, kind) => letters::decide(connection, letter, kind),
        Change::Receive(peer, received) => entries::receive(connection, peer, received),
        Change::Float(row) => floating::put(connection, &row),
        Change::StartFeed(peer, feed, side) => peers::start_feed(connection, peer, &feed, side),
        Change::Org(row) => orgs::put(connection, &row),
        Change::Peer(row) => peers::put(connection, &row),
        Change::PeerOrg(peer, row, revision) => orgs::put_peer(connection, peer, &row, revision),
        Change::PeerOrgsBefore(peer, revision) => orgs::drop_before(connection, peer, revision),
        Change::Invitation(secret, expires) => peers::invite(connection, &secret, expires),
        Change::UseInvitation(secret, node) => peers::use_invitation(connection, &secret, &node),
        Change::PeerHead(peer, head, time) => peers::put_head(connection, peer, &head, time),
        Change::Fault(peer, code, time, letter, entry) => {
            entries::put_fault(connection, peer, code, time, letter, &entry)
        }
        Change::Event(row) => events::put(connection, &row),
        Change::Meta(key, value) => meta::put(connection, key, value),
        Change::ApproveBatch(row, items) => batches::approve(connection, &row, &items),
        Change::BatchItem(batch, place, became) => batches::mark(connection, batch, place, became),
        Change::RetryBatch(batch) => batches::retry(connection, batch),
        Change::Sign(_) => Ok(()),
    };
    written.map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            // SQLite's words name table and columns, never values.
            tracing::debug!(%error, "an index refused a decision");
            CommitFault::Stale
        }
        _ if matches!(error, rusqlite::Error::QueryReturnedNoRows) => CommitFault::Stale,
        _ => CommitFault::Store(error.into()),
    })
}

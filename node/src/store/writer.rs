//! The one writer: checks each batch's conditions, applies, seals, syncs, and tells what our feeds
//! grew by.
//!
//! A batch whose conditions fail is rolled back alone. If the commit itself fails, nobody can know
//! whether the disk has it, so the process ends and the next start reads the truth from the file.
//! Who may write when is decided in [`super::line`].

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use protocol::seal::Signer;

use crate::failpoint::Failpoints;

use super::rows::{OwnStatement, PeerId};
use super::sidecar::Sidecar;
use super::watch::Watchers;
use super::{
    Batch, Change, CommitFault, Committed, Expected, Snapshot, StoreFault, audit, batches,
    departures, entries, events, findings, floating, letters, matching, members, meta, orgs,
    paper_letters, peers, people, reconcile, residences, schema, stays, summaries,
};

/// The writing connection and the key that seals.
pub(super) struct Writer {
    connection: Connection,
    signer: Arc<Signer>,
    failpoints: Failpoints,
    watchers: Arc<Watchers>,
    sidecar: Sidecar,
    commits: u64,
    behind: bool,
}

/// The setting that counts commits.
const COMMITS: &str = "commits";

/// The setting that says that this node was found to be behind what it signed before.
pub(super) const RECOVERING: &str = "recovering";

impl Writer {
    pub(super) fn open(
        path: &Path,
        signer: Arc<Signer>,
        failpoints: Failpoints,
        watchers: Arc<Watchers>,
    ) -> Result<Writer, StoreFault> {
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
        connection.set_prepared_statement_cache_capacity(256);
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
        Ok(Writer { connection, signer, failpoints, watchers, sidecar, commits, behind })
    }

    /// What the last commit left, through this connection, whose pages stay in memory; a reader's
    /// are read anew after each commit.
    pub(super) fn snapshot(&self) -> Snapshot<'_> {
        Snapshot { connection: &self.connection }
    }

    /// Whether the file that was opened is older than the one that this count was kept for.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Commits these batches in one transaction, each whole or not at all.
    pub(super) fn commit(&mut self, batches: Vec<Batch>) -> Vec<Result<Committed, CommitFault>> {
        let count = batches.len();
        // A writer that panicked between two writes knows as little as after a failed commit.
        let tried = catch_unwind(AssertUnwindSafe(|| self.try_commit(batches)));
        let Ok(tried) = tried else {
            tracing::error!("the writer failed; the process restarts");
            std::process::abort();
        };
        tried.unwrap_or_else(|fault| {
            let text = fault.to_string();
            let failed = || Err(CommitFault::Store(StoreFault::Database(text.clone())));
            std::iter::repeat_with(failed).take(count).collect()
        })
    }

    fn try_commit(
        &mut self,
        batches: Vec<Batch>,
    ) -> Result<Vec<Result<Committed, CommitFault>>, StoreFault> {
        let points: BTreeSet<&str> =
            batches.iter().flat_map(|batch| batch.points.iter().copied()).collect();
        self.pass(&points, "before");
        let mut transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Signed by the batches of this transaction, by peer, in order.
        let mut unsealed = BTreeMap::<PeerId, Vec<(usize, OwnStatement)>>::new();
        let mut results = Vec::with_capacity(batches.len());
        let alone = batches.len() == 1;
        for (index, batch) in batches.into_iter().enumerate() {
            // One that is alone needs no way back of its own: the transaction is rolled back.
            let applied =
                if alone { apply(&transaction, batch) } else { try_apply(&mut transaction, batch) };
            results.push(match applied {
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
        let mut grown = Vec::with_capacity(unsealed.len());
        for (peer, signed) in unsealed {
            let (places, growth) = entries::seal(&transaction, &self.signer, peer, signed)?;
            for (index, place) in places {
                if let Ok(committed) = &mut results[index] {
                    committed.signed.push(place);
                }
            }
            grown.push(growth);
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
        self.pass(&points, "after");
        grown.into_iter().for_each(|growth| self.watchers.grew(growth));
        Ok(results)
    }

    fn pass(&self, points: &BTreeSet<&str>, when: &str) {
        for point in points {
            self.failpoints.reached(&format!("{point}.{when}"));
        }
    }
}

/// Applies one batch inside the transaction, or rolls just it back.
fn try_apply(
    transaction: &mut Transaction<'_>,
    batch: Batch,
) -> Result<Vec<OwnStatement>, CommitFault> {
    let savepoint = transaction.savepoint().map_err(StoreFault::from)?;
    let signed = apply(&savepoint, batch)?;
    savepoint.commit().map_err(StoreFault::from)?;
    Ok(signed)
}

fn apply(connection: &Connection, batch: Batch) -> Result<Vec<OwnStatement>, CommitFault> {
    for expected in &batch.expected {
        if !holds(connection, expected)? {
            return Err(CommitFault::Stale);
        }
    }
    let mut signed = Vec::new();
    for change in batch.changes {
        match change {
            Change::Sign(own) => signed.push(*own),
            change => write(connection, change)?,
        }
    }
    Ok(signed)
}

fn holds(connection: &Connection, expected: &Expected) -> Result<bool, CommitFault> {
    Ok(match *expected {
        Expected::Member(id, version) => members::version(connection, id)? == version,
        Expected::Stay(id, version) => stays::version(connection, id)? == version,
        Expected::Residence(id, version) => residences::version(connection, id)? == version,
        Expected::Departure(id, version) => departures::version(connection, id)? == version,
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
        Change::Stay(row) => stays::put(connection, &row),
        Change::Residence(row) => residences::put(connection, &row),
        Change::Departure(row) => departures::put(connection, &row),
        Change::LocalStatement(row) => residences::put_local(connection, &row),
        Change::HandOn(letter, successor) => letters::hand_on(connection, letter, successor),
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
        Change::Summary(row) => summaries::put(connection, &row),
        Change::Findings(rows) => findings::put(connection, &rows),
        Change::FindingAgain(row) => findings::add(connection, &row),
        Change::MoveFindings(from, to) => findings::hand_on(connection, from, to),
        Change::People(change) => people::write(connection, change),
        Change::Audit(row) => audit::put(connection, &row),
        Change::Meta(key, value) => meta::put(connection, key, value),
        Change::Reconciliation(row) => reconcile::put(connection, &row),
        Change::Differences(peer, rows) => reconcile::put_differences(connection, peer, &rows),
        Change::BeginMatching(row) => matching::begin(connection, &row),
        Change::EndMatching(row) => matching::end(connection, &row),
        Change::MatchedPeople(row, people) => matching::put_people(connection, &row, &people),
        Change::ForgetMatchedPeople(time) => matching::forget_people(connection, time),
        Change::ApproveBatch(row, items) => batches::approve(connection, &row, &items),
        Change::BatchItem(batch, place, became) => batches::mark(connection, batch, place, became),
        Change::BatchLetter(batch, place, letter, to) => {
            batches::replace_letter(connection, batch, place, letter, to)
        }
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

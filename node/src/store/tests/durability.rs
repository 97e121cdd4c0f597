//! What a crash leaves: the files as they lay at some moment, opened again.

use std::fs;

use super::*;

/// The files of a store as a crash leaves them: the log not written back, and cut where the disk
/// stopped.
fn crashed(from: &TempDir, wal_bytes: usize) -> TempDir {
    let to = TempDir::new().unwrap();
    fs::copy(from.path().join("dukou.db"), to.path().join("dukou.db")).unwrap();
    let wal = fs::read(from.path().join("dukou.db-wal")).unwrap();
    let kept = &wal[..wal_bytes.min(wal.len())];
    fs::write(to.path().join("dukou.db-wal"), kept).unwrap();
    to
}

fn crashed_as_killed(from: &TempDir, index: &Path) -> TempDir {
    let to = crashed(from, usize::MAX);
    fs::copy(index, to.path().join("dukou.db-shm")).unwrap();
    to
}

fn reopened(dir: &TempDir) -> Store {
    Store::open(&dir.path().join("dukou.db"), options()).unwrap()
}

#[test]
fn what_was_committed_is_there_after_a_crash() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    for number in 1..=20 {
        let org = org(u32::try_from(number).unwrap());
        store.commit(batch([org, sign(number, Kind::Unusable)])).unwrap();
    }
    let before = feed(&store);
    // The power is gone; nothing was closed, and the log was never written back.
    let crashed = crashed(&dir, usize::MAX);
    let index = dir.path().join("dukou.db-shm");
    assert!(fs::metadata(crashed.path().join("dukou.db-wal")).unwrap().len() > 0);
    let again = reopened(&crashed);
    assert_eq!(feed(&again), before);
    assert!((1..=20).all(|number| has_org(&again, number)));
    // It goes on where it was.
    let place = again.commit(batch([sign(21, Kind::Unusable)])).unwrap().signed[0];
    assert_eq!(place.seq, 21);
    assert_eq!(feed(&again).len(), 21);
    // Row numbers are not given twice.
    assert!(again.new_peer_id() > PEER && again.new_feed_id() > FEED);
    // A killed process also leaves the log's index, with marks of readers that are no more.
    let killed = crashed_as_killed(&dir, &index);
    assert_eq!(feed(&reopened(&killed)), before);
}

/// A log that was cut anywhere gives the state after some commit: never half a batch, and never an
/// entry without its place in the chain.
#[test]
fn a_torn_log_gives_back_whole_commits() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    let mut ends = Vec::new();
    for number in 1..=12u64 {
        let org = org(u32::try_from(number).unwrap());
        let pair = [sign(2 * number, Kind::Unusable), sign(2 * number + 1, Kind::Unusable)];
        store.commit(batch([org].into_iter().chain(pair))).unwrap();
        ends.push(fs::metadata(dir.path().join("dukou.db-wal")).unwrap().len() as usize);
    }
    let all = feed(&store);
    let (first, last) = (ends[ends.len() - 4], ends[ends.len() - 1]);
    for cut in (first..=last).step_by(509).chain([last]) {
        let durable = ends.iter().filter(|end| **end <= cut).count();
        let crashed = crashed(&dir, cut);
        let again = reopened(&crashed);
        assert_eq!(feed(&again), all[..durable], "cut at {cut}");
        for number in 1..=12u32 {
            assert_eq!(has_org(&again, number), number as usize <= durable, "cut at {cut}");
        }
        again.commit(batch([sign(100, Kind::Unusable)])).unwrap();
        assert_eq!(feed(&again).len(), durable + 1);
        again.close().unwrap();
        drop(again);
        assert_eq!(entries_in(&crashed.path().join("dukou.db")), 2 * durable as i64 + 1);
    }
}

#[test]
fn a_dropped_store_keeps_what_it_answered_for() {
    let dir = TempDir::new().unwrap();
    let committed = store(&dir);
    committed.commit(batch([org(1), sign(1, Kind::Unusable)])).unwrap();
    let before = feed(&committed);
    drop(committed);
    let again = reopened(&dir);
    assert!(has_org(&again, 1));
    assert_eq!(feed(&again), before);
}

#[test]
fn closing_keeps_the_acknowledgements_and_ends_the_writer() {
    let dir = TempDir::new().unwrap();
    let closed = store(&dir);
    let mark = |number| sign(number, Kind::Unusable);
    closed.commit(batch((1..=9).map(mark))).unwrap();
    closed.remember_acked(FEED, 7);
    closed.remember_acked(FEED, 5);
    assert_eq!(closed.acked(FEED, 0), 7, "an acknowledgement never goes back");
    closed.close().unwrap();
    match closed.commit(batch([org(1)])) {
        Err(CommitFault::Store(StoreFault::Closed)) => {}
        other => panic!("not closed: {other:?}"),
    }
    closed.close().unwrap();
    drop(closed);
    let again = reopened(&dir);
    let row = again.read(|snapshot| snapshot.feed(FEED)).unwrap().unwrap();
    assert_eq!((row.acked, again.acked(FEED, row.acked)), (7, 7));
    assert!(!has_org(&again, 1));
}

/// Whoever copies the one file after an orderly end has everything.
#[test]
fn a_closed_store_is_one_file() {
    let (dir, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let closed = store(&dir);
    closed.commit(batch([org(1), sign(1, Kind::Unusable)])).unwrap();
    let before = feed(&closed);
    closed.close().unwrap();
    drop(closed);
    fs::copy(dir.path().join("dukou.db"), elsewhere.path().join("dukou.db")).unwrap();
    let copied = reopened(&elsewhere);
    assert!(has_org(&copied, 1));
    assert_eq!(feed(&copied), before);
}

/// an older copy of the database in the place of the one that was written last is noticed,
/// and not forgotten by starting again.
#[test]
fn an_older_copy_is_noticed() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("dukou.db");
    let first = store(&dir);
    first.close().unwrap();
    drop(first);
    let aside = fs::read(&path).unwrap();
    let second = reopened(&dir);
    assert!(!second.was_rolled_back());
    second.commit(batch([org(1)])).unwrap();
    second.close().unwrap();
    drop(second);
    fs::write(&path, aside).unwrap();
    for _ in 0..2 {
        let old = reopened(&dir);
        assert!(old.was_rolled_back());
        for number in 2..=5 {
            old.commit(batch([org(number)])).unwrap();
        }
        old.close().unwrap();
    }
}

#[test]
fn a_newer_schema_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("dukou.db");
    let closed = store(&dir);
    closed.close().unwrap();
    drop(closed);
    let newer = SCHEMA_VERSION + 1;
    let database = rusqlite::Connection::open(&path).unwrap();
    database.pragma_update(None, "user_version", newer).unwrap();
    drop(database);
    let before = fs::read(&path).unwrap();
    match Store::open(&path, options()) {
        Err(StoreFault::NewerSchema(found)) => assert_eq!(found, newer),
        other => panic!("opened: {:?}", other.map(|_| ())),
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::write(&path, "this is no database, but long enough to look like one\n".repeat(100))
        .unwrap();
    assert!(matches!(Store::open(&path, options()), Err(StoreFault::Database(_))));
}

/// What was committed lies in the log until it is written back, and counts towards the size.
#[test]
fn a_commit_lies_in_the_write_ahead_log() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    store.commit(batch([org(1)])).unwrap();
    let database = rusqlite::Connection::open(dir.path().join("dukou.db")).unwrap();
    let mode: String = database.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    assert!(store.size_bytes() > fs::metadata(dir.path().join("dukou.db")).unwrap().len());
}

/// A row that was changed behind the store's back is noticed when it is read, not sent.
#[test]
fn a_damaged_entry_is_not_given_out() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("dukou.db");
    let closed = store(&dir);
    closed.commit(batch([sign(1, Kind::Unusable), sign(2, Kind::Unusable)])).unwrap();
    closed.close().unwrap();
    drop(closed);
    let database = rusqlite::Connection::open(&path).unwrap();
    let changed = "UPDATE entry SET statement = CAST(statement || x'00' AS BLOB) WHERE place = 1";
    assert_eq!(database.execute(changed, []).unwrap(), 1);
    drop(database);
    let again = reopened(&dir);
    let Parties { author, audience, .. } = parties();
    let opened = again.read(|snapshot| {
        let row = snapshot.feed(FEED)?.unwrap();
        let group = snapshot.groups(&row, (author, audience), 0, 1)?.remove(0);
        Ok(group.entries(|_, sealed| Ok::<_, ()>(Some(backwards(sealed)))).is_err())
    });
    assert!(opened.unwrap());
}

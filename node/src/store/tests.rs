//! The store over real files: what is committed together, what survives, and what is refused.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use protocol::envelope::{Entry, Group};
use protocol::id::{
    EntryHash, Generation, Incarnation, LetterId, MemberRef, NodeId, OrgCode, RegionCode, Serial,
    StatementHash,
};
use protocol::limits::{GROUP_ENTRIES_MAX, GROUP_ENTRIES_WITH_OFFER_MAX};
use protocol::seal::{Domain, Signer};
use protocol::statement::directory::OrgKind;
use protocol::statement::kind::Kind;
use protocol::statement::notice::Unusable;
use protocol::statement::{Draft, Parties, Stated, Statement};
use protocol::time::Timestamp;
use protocol::transfer::state::{Letter, LetterSet};
use tempfile::TempDir;

use crate::failpoint::Failpoints;

use super::rows::{
    FeedId, FeedRow, LetterRow, LetterRowId, OrgRow, OwnStatement, PeerId, PeerRow, PeerState,
    Version,
};
use super::{
    Batch, Boundary, Change, CommitFault, Expected, FeedSide, SCHEMA_VERSION, SignedPlace, Store,
    StoreFault, StoreOptions, prefix_range,
};

mod briefly;
mod durability;
mod findings;

const PEER: PeerId = PeerId(1);
const FEED: FeedId = FeedId(1);

fn signer() -> Signer {
    Signer::from_seed(&[4; 32])
}

fn region() -> RegionCode {
    RegionCode::new(610_922).unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn parties() -> Parties {
    let (author, audience) = (NodeId::from_bytes([1; 32]), NodeId::from_bytes([2; 32]));
    Parties { domain: Domain::Rehearsal, author, audience }
}

fn options() -> StoreOptions {
    crate::telemetry::watch::watch();
    StoreOptions { signer: Arc::new(signer()), readers: 4, failpoints: Failpoints::none() }
}

/// A store with one peer, and our feed for it not yet begun.
fn store(dir: &TempDir) -> Store {
    let store = Store::open(&dir.path().join("dukou.db"), options()).unwrap();
    let feed = FeedRow {
        id: FEED,
        incarnation: Incarnation { counter: 1, random: 7 },
        seq: 0,
        hash: EntryHash::from_bytes([0; 32]),
        acked: 0,
    };
    let peer = PeerRow {
        id: PEER,
        node: parties().audience,
        region: RegionCode::new(610_902).unwrap(),
        name: "汉滨区".to_owned(),
        state: PeerState::Active,
        tls_key: [3; 32],
        cert: vec![1],
        addresses: Vec::new(),
        pair_secret: vec![2],
        last_contact: None,
        clock_skew_ms: None,
        own_feed: feed,
        peer_feed: None,
        head: None,
        introduction: None,
        directory_revision: 0,
        directory_sent: 0,
    };
    let mut batch = Batch::new();
    batch.push(Change::Peer(Box::new(peer)));
    batch.push(Change::StartFeed(PEER, feed, FeedSide::Own));
    store.commit(batch).unwrap();
    store
}

fn stated(number: u64, kind: Kind, block: Vec<u8>) -> Stated {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    let draft = Draft::new(&Unusable { entry: EntryHash::from_bytes(hash), code: 1 });
    let stated = draft.with_block(block).finish(&parties(), now(), [number.to_le_bytes()[0]; 16]);
    let mut fields = stated.statement.fields().clone();
    fields.kind = kind.number();
    Stated { statement: Statement::new(fields), ..stated }
}

/// Blocks rest backwards here: the store neither knows nor cares how they are sealed.
fn backwards(block: &[u8]) -> Vec<u8> {
    block.iter().rev().copied().collect()
}

fn sign(number: u64, kind: Kind) -> Change {
    let block = if number.is_multiple_of(3) { Vec::new() } else { number.to_le_bytes().to_vec() };
    let sealed_block = (!block.is_empty()).then(|| backwards(&block));
    let stated = stated(number, kind, block);
    Change::Sign(Box::new(OwnStatement { peer: PEER, stated, sealed_block, case: None }))
}

fn org(number: u32) -> Change {
    Change::Org(Box::new(OrgRow {
        code: OrgCode::new(region(), number).unwrap(),
        name: format!("第{number}支部"),
        kind: OrgKind::Branch,
        parent: None,
        may_transfer: false,
        closed: false,
        successor: None,
        aliases: Vec::new(),
    }))
}

fn has_org(store: &Store, number: u32) -> bool {
    let code = OrgCode::new(region(), number).unwrap();
    store.read(|snapshot| snapshot.org(code)).unwrap().is_some()
}

/// A letter of ours about member `member`, whose Offer has the hash `hash`.
fn letter(id: i64, hash: [u8; 32], member: u8, serial: u32) -> LetterRow {
    let Parties { author, audience, .. } = parties();
    LetterRow {
        id: LetterRowId(id),
        version: Version::ABSENT,
        own: true,
        peer: PEER,
        core: Letter {
            id: LetterId::of_offer(StatementHash::from_bytes(hash)),
            origin: author,
            destination: audience,
            member: MemberRef::from_bytes([member; 16]),
            generation: Generation(0),
            valid_until: now().day().plus_days(30),
            set: LetterSet::default(),
        },
        serial: Serial { region: region(), year: 2026, number: serial },
        from_org: OrgCode::new(region(), 1).unwrap(),
        to_org: OrgCode::new(RegionCode::new(610_902).unwrap(), 1).unwrap(),
        issued_at: now(),
        branch: None,
        same_as: None,
        replaces: None,
        reissue_requested: false,
        rejected: None,
        bytes: 0,
        parked: false,
        batch: None,
        stood: None,
    }
}

fn batch(changes: impl IntoIterator<Item = Change>) -> Batch {
    let mut batch = Batch::new();
    changes.into_iter().for_each(|change| {
        batch.push(change);
    });
    batch
}

#[track_caller]
fn assert_stale(store: &Store, batch: Batch) {
    match store.commit(batch) {
        Err(CommitFault::Stale) => {}
        other => panic!("not stale: {other:?}"),
    }
}

/// Our whole feed, group by group, each verified as its audience would.
fn feed(store: &Store) -> Vec<Vec<Entry>> {
    store
        .read(|snapshot| {
            let Parties { author, audience, domain } = parties();
            let row = snapshot.feed(FEED)?.unwrap();
            let groups = snapshot.groups(&row, (author, audience), 0, usize::MAX)?;
            let mut feed = Vec::new();
            for group in groups {
                let opened = group.entries(|_, sealed| Ok::<_, ()>(Some(backwards(sealed))));
                let entries = opened.unwrap();
                let travelled = Group::of(entries.clone()).open(domain, &signer().public());
                assert_eq!(travelled.as_ref(), Ok(&entries), "what rests is what was sealed");
                feed.push(entries);
            }
            let last = feed.last().and_then(|group| group.last());
            let end = last.map_or((0, row.hash), |entry| (entry.header.seq, entry.hash()));
            assert_eq!(end, (row.seq, row.hash), "the feed's row is its last entry");
            Ok(feed)
        })
        .unwrap()
}

/// what any number of threads commit together is one chain without gaps, in groups inside
/// their bounds; a batch that is refused leaves nothing, and harms no other of its group.
#[test]
fn many_threads_commit_together_and_a_bad_batch_harms_no_other() {
    const THREADS: u64 = 8;
    const BATCHES: u64 = 50;
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    store.commit(batch([Change::Decide(LetterRowId(1), Kind::Void)])).unwrap();
    let numbers = AtomicU64::new(1);
    let commit = |number: u64| {
        let org = org(u32::try_from(number).unwrap());
        let mut batch = batch([org, sign(number, Kind::Unusable)]);
        match number % 5 {
            0 => {
                batch.expect(Expected::Letter(LetterRowId(99), Version(7)));
            }
            1 => {
                batch.push(Change::Decide(LetterRowId(1), Kind::Release));
            }
            _ => {}
        }
        (number, store.commit(batch))
    };
    let work = || (0..BATCHES).map(|_| commit(numbers.fetch_add(1, Ordering::Relaxed)));
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| work().collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut places: Vec<SignedPlace> = Vec::new();
    for (number, outcome) in outcomes {
        let good = number % 5 > 1;
        assert_eq!(has_org(&store, u32::try_from(number).unwrap()), good, "batch {number}");
        match outcome {
            Ok(committed) if good => places.extend(committed.signed),
            Err(CommitFault::Stale) if !good => {}
            other => panic!("batch {number}: {other:?}"),
        }
    }
    places.sort_by_key(|place| place.seq);
    let entries: Vec<Entry> = feed(&store).into_iter().flatten().collect();
    let stored = entries.iter().map(|entry| (entry.header.seq, entry.hash()));
    let told = places.iter().map(|place| (place.seq, place.entry));
    assert!(stored.eq(told), "every writer was told where its own statement stands");
    assert_eq!(entries.len() as u64, THREADS * BATCHES * 3 / 5);
    assert!(entries.iter().zip(1..).all(|(entry, seq)| entry.header.seq == seq));
}

/// one batch of any size is sealed in groups inside their bounds.
#[test]
fn groups_keep_their_bounds() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    let many = 2 * GROUP_ENTRIES_MAX as u64 + 9;
    store.commit(batch((1..=many).map(|number| sign(number, Kind::Unusable)))).unwrap();
    let sizes: Vec<usize> = feed(&store).iter().map(Vec::len).collect();
    assert_eq!(sizes, [GROUP_ENTRIES_MAX, GROUP_ENTRIES_MAX, 9]);
    let offers = (1..=20).map(|number| sign(1_000 + number, Kind::Offer));
    store.commit(batch(offers)).unwrap();
    let groups = feed(&store);
    let sizes = groups[3..].iter().map(Vec::len);
    assert!(sizes.eq([GROUP_ENTRIES_WITH_OFFER_MAX, GROUP_ENTRIES_WITH_OFFER_MAX, 4]));

    // From the middle of a group its whole is read, and no more than was asked for behind it.
    let Parties { author, audience, .. } = parties();
    let read = |after: u64, bytes_max: usize| {
        store
            .read(|snapshot| {
                let row = snapshot.feed(FEED)?.unwrap();
                let groups = snapshot.groups(&row, (author, audience), after, bytes_max)?;
                Ok(groups.iter().map(super::GroupRows::last_seq).collect::<Vec<_>>())
            })
            .unwrap()
    };
    assert_eq!(read(70, 1), [128]);
    assert_eq!(read(0, 1), [64]);
    assert_eq!(read(128, usize::MAX), [137, 145, 153, 157]);
    assert_eq!(read(157, usize::MAX), [0; 0]);
    assert_eq!(read(1_000_000, usize::MAX), [0; 0]);
}

/// the indexes refuse what the versions would have refused, even when a batch names no
/// version at all.
#[test]
fn unique_indexes_refuse_without_any_version() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    let row = |row: LetterRow| Change::Letter(Box::new(row));
    store.commit(batch([row(letter(1, [1; 32], 1, 1))])).unwrap();

    for (kind, rival) in [(Kind::Void, Kind::Release), (Kind::Receipt, Kind::Refusal)] {
        store.commit(batch([Change::Decide(LetterRowId(1), kind)])).unwrap();
        for again in [kind, rival] {
            let decide = Change::Decide(LetterRowId(1), again);
            assert_stale(&store, batch([org(50), sign(1, again), decide]));
        }
        store.commit(batch([Change::Decide(LetterRowId(2), rival)])).unwrap();
    }
    assert_stale(&store, batch([org(50), row(letter(2, [2; 32], 1, 2))]));
    assert_stale(&store, batch([org(50), row(letter(2, [2; 32], 2, 1))]));
    assert_stale(&store, batch([org(50), row(letter(2, [1; 32], 2, 2))]));
    assert!(!has_org(&store, 50), "what stood before the refused change is gone with it");
    assert!(feed(&store).is_empty(), "and nothing was signed");

    // A letter that was received, a later generation, and one that follows an ended letter are
    // none of these.
    let received = LetterRow { own: false, ..letter(2, [2; 32], 1, 1) };
    let mut later = letter(3, [3; 32], 1, 3);
    later.core.generation = Generation(1);
    store.commit(batch([row(received), row(later)])).unwrap();
    let mut ended = letter(1, [1; 32], 1, 1);
    ended.version = Version(1);
    ended.core.set.void = Some(StatementHash::from_bytes([9; 32]));
    store.commit(batch([row(ended), row(letter(4, [4; 32], 1, 4))])).unwrap();
}

#[test]
fn a_version_that_moved_on_is_stale() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    let first = letter(1, [1; 32], 1, 1);
    let expecting = |version: i64| {
        let row = LetterRow { version: Version(version), ..first.clone() };
        let mut batch = batch([Change::Letter(Box::new(row))]);
        batch.expect(Expected::Letter(LetterRowId(1), Version(version)));
        batch
    };
    store.commit(expecting(0)).unwrap();
    assert_stale(&store, expecting(0));
    store.commit(expecting(1)).unwrap();
    assert_stale(&store, expecting(1));
    assert_stale(&store, expecting(3));
    let absent = |expected| {
        let mut batch = batch([org(1)]);
        batch.expect(expected);
        batch
    };
    assert_stale(&store, absent(Expected::PeerFeed(PEER, 1)));
    assert_stale(&store, absent(Expected::Peer(PEER, PeerState::Paused)));
    assert_stale(&store, absent(Expected::Peer(PeerId(9), PeerState::Active)));
    let mut good = absent(Expected::Peer(PEER, PeerState::Active));
    good.expect(Expected::PeerFeed(PEER, 0));
    store.commit(good).unwrap();
}

#[test]
fn a_reader_sees_one_committed_state() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    let code = |number| OrgCode::new(region(), number).unwrap();
    store
        .read(|snapshot| {
            assert!(snapshot.org(code(1))?.is_none());
            store.commit(batch([org(1)])).unwrap();
            assert!(snapshot.org(code(1))?.is_none(), "the state is that of the first question");
            let inner = store.read(|later| later.org(code(1)))?;
            assert!(inner.is_some(), "whoever begins to read now sees it");
            Ok(())
        })
        .unwrap();
    let mut refused = batch([org(2)]);
    refused.expect(Expected::PeerFeed(PEER, 5));
    assert_stale(&store, refused);
    assert!(has_org(&store, 1) && !has_org(&store, 2));
    // A question that panics gives its connection back: there are only four.
    for _ in 0..8 {
        let asked = std::panic::AssertUnwindSafe(|| {
            let _ = store.read(|_| -> Result<(), StoreFault> { panic!("a fault of the reader") });
        });
        assert!(std::panic::catch_unwind(asked).is_err());
    }
    assert!(has_org(&store, 1));
}

#[test]
fn prefixes_find_what_begins_with_them() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    let mut hashes = [[0xab; 32], [0xab; 32], [0xff; 32], [0; 32]];
    hashes[1][4] = 0xac;
    let rows = hashes
        .iter()
        .zip(1u8..)
        .map(|(hash, n)| Change::Letter(Box::new(letter(i64::from(n), *hash, n, u32::from(n)))));
    store.commit(batch(rows)).unwrap();
    let found = |prefix: &str| -> Vec<i64> {
        let rows = store.read(|snapshot| snapshot.letters_by_prefix(prefix)).unwrap();
        rows.into_iter().map(|row| row.id.0).collect()
    };
    assert_eq!(found("abababab"), [1, 2]);
    assert_eq!(found("ababababab"), [1]);
    assert_eq!(found("ababababac"), [2]);
    assert_eq!(found("ababababa"), [1, 2], "half a byte");
    assert_eq!(found(&"ff".repeat(32)), [3]);
    assert_eq!(found("ffffffff"), [3]);
    assert_eq!(found("00000000"), [4]);
    for nothing in ["", "ac", "xyz", "%", "ab%", "ab' OR 1=1", &"ff".repeat(33), "ａｂ"] {
        assert_eq!(found(nothing), [0; 0], "{nothing}");
    }
    assert!(prefix_range("").is_none() && prefix_range(&"0".repeat(65)).is_none());
}

/// Whoever watches commits can let somebody else commit first, and the decision that was
/// overtaken is told.
#[test]
fn both_sides_of_a_commit_are_told() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(&dir.path().join("dukou.db"), options()).unwrap();
    let (told, hear) = std::sync::mpsc::sync_channel(8);
    let (rival, raced) = (store.clone(), AtomicU64::new(0));
    store.watch_commits(move |boundary| {
        told.send(boundary).unwrap();
        if boundary == Boundary::Before && raced.fetch_add(1, Ordering::Relaxed) == 0 {
            rival.commit(batch([Change::Meta("revision", 1)])).unwrap();
        }
    });
    let mut late = batch([org(1)]);
    late.expect(Expected::Meta("revision", 0));
    assert!(matches!(store.commit(late), Err(CommitFault::Stale)));
    assert!(!has_org(&store, 1));
    let (before, after) = (Boundary::Before, |committed| Boundary::After { committed });
    let heard: Vec<Boundary> = hear.try_iter().collect();
    assert_eq!(heard, [before, before, after(true), after(false)]);
}

/// How many entries the file holds, asked without the store.
fn entries_in(path: &Path) -> i64 {
    let database = rusqlite::Connection::open(path).unwrap();
    let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    database.query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).unwrap()
}

//! The index of what falls due: what comes again is not another row, and the oldest is the oldest.

use protocol::findings::{Finding, Kind};
use protocol::id::OrgCode;
use protocol::time::Day;
use tempfile::TempDir;

use super::super::findings::{About, FindingFilter, FindingPlace, FindingRow};
use super::super::{Batch, Change, Store};
use super::{now, store};

fn row(subject: i64, raised: i32, since: i32, evidence: u8) -> FindingRow {
    let org: OrgCode = "610922-0001".parse().unwrap();
    let day = |ago: i32| now().day().plus_days(-ago);
    let kind = Kind::ReceiptWithoutLetter;
    let finding = Finding { kind, org, since: day(since), raised: day(raised), due: day(raised) };
    FindingRow {
        about: About::Peer,
        subject,
        finding,
        member: None,
        shown: None,
        evidence: vec![[evidence; 32]],
    }
}

fn add(store: &Store, row: FindingRow) {
    let mut batch = Batch::new();
    batch.push(Change::FindingAgain(Box::new(row)));
    store.commit(batch).unwrap();
}

fn listed(store: &Store, today: Day) -> Vec<FindingRow> {
    let kind = Kind::ReceiptWithoutLetter;
    let filter = FindingFilter { kind, today, overdue: false, orgs: None, few: false };
    let begin = FindingPlace { raised: i32::MIN, ..FindingPlace::default() };
    store.read(|snapshot| snapshot.findings(&filter, begin, 100)).unwrap()
}

#[test]
fn what_a_peer_does_again_and_again_is_one_finding_with_the_first_proofs() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    for again in 0..40 {
        add(&store, row(1, 30 - i32::from(again), 30 - i32::from(again), again));
    }
    let found = listed(&store, now().day());
    let [one] = &found[..] else { panic!("{found:#?}") };
    assert_eq!(one.finding.since, now().day().plus_days(-30), "since the first");
    let proofs: Vec<u8> = one.evidence.iter().map(|hash| hash[0]).collect();
    assert_eq!(proofs, (0..16).collect::<Vec<u8>>());
}

#[test]
fn the_oldest_is_not_always_the_one_that_was_raised_first() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir);
    add(&store, row(1, 30, 40, 0));
    add(&store, row(2, 20, 200, 0));
    add(&store, row(3, -1, 900, 0));
    let kind = Kind::ReceiptWithoutLetter;
    let oldest = store.read(|snapshot| snapshot.finding_oldest(kind, now().day())).unwrap();
    assert_eq!(oldest, Some(now().day().plus_days(-200)), "tomorrow's does not stand yet");
    let none = store.read(|snapshot| snapshot.finding_oldest(Kind::Nominal, now().day())).unwrap();
    assert_eq!(none, None);
}

//! Comparisons in memory: sets against plain set differences and a kept library, and peers that
//! lie.

mod liar;
mod pair;

use std::collections::{BTreeMap, BTreeSet};

use negentropy::{Id, Negentropy, NegentropyStorageVector};
use proptest::prelude::*;

use super::decode::{Claim, Unread, difference};
use super::frame::{Locators, Said, Symbols};
use super::position::{Item, Locator, PositionKey};
use super::sketch::{Coded, Sketch, Symbol};
use crate::limits::{PROBE_SYMBOLS, SKETCH_SYMBOLS_KEPT, SKETCH_SYMBOLS_MAX};
use crate::refusal::Code;

use pair::{Pair, keys, sketch};

/// What a comparison of these sets finds, by the definition.
fn expected(
    a: &BTreeMap<PositionKey, Vec<u8>>,
    b: &BTreeMap<PositionKey, Vec<u8>>,
) -> BTreeSet<Locator> {
    let differs = |key: &&PositionKey| a.get(*key) != b.get(*key);
    a.keys().chain(b.keys()).filter(differs).map(PositionKey::locator).collect()
}

fn items(set: &BTreeMap<PositionKey, Vec<u8>>) -> BTreeSet<Item> {
    set.iter().map(|(key, value)| keys().item(key, value)).collect()
}

fn set(members: impl IntoIterator<Item = (u64, u8)>) -> BTreeMap<PositionKey, Vec<u8>> {
    members.into_iter().map(|(number, value)| (pair::key(number), vec![value; 40])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// what is read is what one side has and the other has not, whatever the sets are.
    #[test]
    fn a_difference_is_the_set_difference(
        common in proptest::collection::btree_map(0..5_000u64, 0..4u8, 0..300),
        left in proptest::collection::btree_map(0..5_000u64, 0..4u8, 0..40),
        right in proptest::collection::btree_map(0..5_000u64, 0..4u8, 0..40),
    ) {
        let a = set(common.clone().into_iter().chain(left));
        let b = set(common.into_iter().chain(right));
        let (mine, theirs) = (sketch(&a, SKETCH_SYMBOLS_KEPT), sketch(&b, SKETCH_SYMBOLS_KEPT));
        let found = difference(&mine, theirs.symbols(), claim(&theirs)).unwrap();
        let (a_items, b_items) = (items(&a), items(&b));
        prop_assert!(found.mine.iter().eq(a_items.difference(&b_items)));
        prop_assert!(found.theirs.iter().eq(b_items.difference(&a_items)));

        let outcomes = Pair::new(&a, &b).run();
        prop_assert_eq!(&outcomes[0].locators, &outcomes[1].locators);
        let found: BTreeSet<Locator> = outcomes[0].locators.iter().copied().collect();
        prop_assert_eq!(found, expected(&a, &b));
        prop_assert!(outcomes[0].rounds <= 3);
    }

    /// changing a set one position at a time leaves the sketch that a scan would make.
    #[test]
    fn changes_one_by_one_are_a_scan(
        steps in proptest::collection::vec((0..40u64, proptest::option::of(0..9u8)), 0..200),
    ) {
        let mut kept = Sketch::new(keys(), SKETCH_SYMBOLS_KEPT);
        let mut now = BTreeMap::new();
        for (number, value) in steps {
            let key = pair::key(number);
            let old = match value {
                Some(value) => now.insert(key, vec![value; 40]),
                None => now.remove(&key),
            };
            old.iter().for_each(|old| kept.remove(keys().item(&key, old)));
            now.get(&key).iter().for_each(|new| kept.insert(keys().item(&key, new)));
        }
        let scanned = sketch(&now, SKETCH_SYMBOLS_KEPT);
        prop_assert_eq!(kept.symbols(), scanned.symbols());
        prop_assert_eq!(claim(&kept), claim(&scanned));
    }

    /// any bytes are a message in their one encoding, or none.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(said) = Said::read(&bytes) {
            prop_assert_eq!(said.to_bytes(), bytes);
        }
    }
}

pub(super) fn claim(sketch: &Sketch) -> Claim {
    Claim { positions: sketch.positions(), fingerprint: sketch.fingerprint() }
}

/// within the bounds of rounds and bytes, from no difference to as many as a scan
/// shows, on one side or on both.
#[test]
fn differences_of_every_size_are_found_in_three_rounds() {
    for (changed, extra, bytes_max) in [
        (0, 0, 200),
        (1, 0, 1_200),
        (0, 1, 1_200),
        (50, 0, 6_000),
        (0, 100, 6_000),
        (350, 0, 21_000),
        (0, 1_000, 36_000),
        (5_000, 0, 300_000),
        (0, 10_000, 300_000),
    ] {
        let common = 20_000;
        let a = set((0..common).map(|n| (n, 0)));
        let mut b = set((0..common).map(|n| (n, u8::from(n < changed))));
        b.extend(set((common..common + extra).map(|n| (n, 0))));
        let [asker, asked] = Pair::new(&a, &b).run();
        assert_eq!(asker.locators.len() as u64, changed + extra);
        assert_eq!(asker.locators, asked.locators);
        assert!(asker.locators.iter().eq(expected(&a, &b).iter()));
        assert!(asker.rounds <= 3, "{} rounds for {changed} + {extra}", asker.rounds);
        assert_eq!((asker.bytes, asker.rounds), (asked.bytes, asked.rounds));
        assert!(asker.bytes <= bytes_max, "{} bytes for {changed} + {extra}", asker.bytes);
        assert_eq!(asker.mine, asked.theirs);
    }
}

/// items that share every symbol of the probe are parted by those behind it, wherever they
/// are.
#[test]
fn differences_that_share_their_first_symbols_are_found() {
    let only_in_the_first = |number: &u64| {
        let item = keys().item(&pair::key(*number), &[0; 40]);
        Coded::new(&keys(), item).places(PROBE_SYMBOLS).count() == 1
    };
    let alike: Vec<u64> = (0..20_000).filter(only_in_the_first).collect();
    assert!(alike.len() > 4, "{alike:?}");
    for (place, first) in alike.iter().enumerate() {
        for second in &alike[place + 1..] {
            let (both, first, second) =
                (set([(*first, 0), (*second, 0)]), set([(*first, 0)]), set([(*second, 0)]));
            for (a, b) in [(&both, &set([])), (&set([]), &both), (&first, &second)] {
                let [asker, asked] = Pair::new(a, b).run();
                assert!(asker.locators.iter().eq(expected(a, b).iter()));
                assert_eq!(asker.locators, asked.locators);
            }
        }
    }
    let (left, right) = (set([(2_603, 1), (4_936, 2)]), set([(1_186, 2)]));
    let [asker, _] = Pair::new(&left, &right).run();
    assert!(asker.locators.iter().eq(expected(&left, &right).iter()));
}

/// a scan is asked for only when the kept symbols are too few.
#[test]
fn few_differences_need_no_scan() {
    let a = set((0..3_000).map(|n| (n, 0)));
    let scans = |changed: u64| {
        let b = set((0..3_000).map(|n| (n, u8::from(n < changed))));
        let mut pair = Pair::new(&a, &b);
        pair.run();
        pair.scans
    };
    assert_eq!(scans(100), [0, 0]);
    assert_eq!(scans(1_000), [1, 1]);
}

/// the same positions under the keys of another pair say nothing.
#[test]
fn a_sketch_of_another_pair_has_nothing_in_common() {
    let here = set((0..20).map(|n| (n, 0)));
    let other = super::position::SketchKeys::new(&[9; 32]);
    let mut theirs = Sketch::new(other, SKETCH_SYMBOLS_KEPT);
    here.iter().for_each(|(key, value)| theirs.insert(other.item(key, value)));
    let mine = sketch(&here, SKETCH_SYMBOLS_KEPT);
    assert_ne!(mine.fingerprint(), theirs.fingerprint());
    assert!(difference(&mine, theirs.symbols(), claim(&theirs)).is_err());
}

/// The guess from few symbols is near enough to choose how many to send.
#[test]
fn the_number_of_differences_is_guessed_from_few_symbols() {
    for (changed, extra) in [(200u64, 0u64), (0, 400), (2_000, 0), (0, 4_000), (700, 1_300)] {
        let a = set((0..5_000).map(|n| (n, 0)));
        let mut b = set((0..5_000).map(|n| (n, u8::from(n < changed))));
        b.extend(set((5_000..5_000 + extra).map(|n| (n, 0))));
        let (mine, theirs) = (sketch(&a, 48), sketch(&b, 48));
        let Err(Unread::More(about)) = difference(&mine, theirs.symbols(), claim(&theirs)) else {
            panic!("forty-eight symbols cannot show so many");
        };
        let exact = 2 * changed + extra;
        assert!(about > exact / 3 && about < exact * 3, "{about} for {exact}");
    }
}

/// The kept library that serves as an oracle finds the same items missing and surplus.
#[test]
fn the_range_based_library_finds_the_same() {
    let a = set((0..4_000).map(|n| (n, u8::from(n % 400 == 7))));
    let b = set((30..4_050).map(|n| (n, u8::from(n % 500 == 7))));
    let id = |item: &Item| Id::from_byte_array(wide(*item));
    let storage = |set: &BTreeMap<PositionKey, Vec<u8>>| {
        let mut storage = NegentropyStorageVector::new();
        items(set).iter().for_each(|item| storage.insert(0, id(item)).unwrap());
        storage.seal().unwrap();
        storage
    };
    let (mut asker, mut asked) =
        (Negentropy::owned(storage(&a), 0).unwrap(), Negentropy::owned(storage(&b), 0).unwrap());
    let (mut have, mut need) = (Vec::new(), Vec::new());
    let mut query = asker.initiate().unwrap();
    loop {
        let answer = asked.reconcile(&query).unwrap();
        match asker.reconcile_with_ids(&answer, &mut have, &mut need).unwrap() {
            Some(next) => query = next,
            None => break,
        }
    }
    let theirs = sketch(&b, SKETCH_SYMBOLS_KEPT);
    let mine = sketch(&a, SKETCH_SYMBOLS_KEPT);
    let found = difference(&mine, theirs.symbols(), claim(&theirs)).unwrap();
    let sorted = |ids: Vec<Id>| ids.into_iter().map(|id| *id).collect::<BTreeSet<[u8; 32]>>();
    assert_eq!(sorted(have), found.mine.iter().map(|item| wide(*item)).collect());
    assert_eq!(sorted(need), found.theirs.iter().map(|item| wide(*item)).collect());
}

/// An item as an id of the oracle.
fn wide(item: Item) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&item.bits().to_be_bytes());
    bytes
}

/// whatever the symbols are, reading them ends, and finds no more items than symbols.
#[test]
fn symbols_that_are_no_set_are_read_to_an_end() {
    let mine = sketch(&set((0..50).map(|n| (n, 0))), SKETCH_SYMBOLS_KEPT);
    // An item that stands alone in one symbol only: taking it out there puts it, negative, into
    // all its other symbols, and so on for ever.
    let mut endless = mine.symbols().to_vec();
    let item = keys().item(&pair::key(99), b"planted");
    endless[0].apply(Coded::new(&keys(), item), 1);
    let all_claims = [claim(&mine), Claim { positions: u64::MAX, ..claim(&mine) }];
    for claimed in all_claims {
        assert!(difference(&mine, &endless, claimed).is_err());
    }
    let noise: Vec<Symbol> =
        (0..=255u8).cycle().take(4_096).map(|byte| Symbol::from_bytes(&[byte; 16])).collect();
    assert!(difference(&mine, &noise, claim(&mine)).is_err());
    // The right symbols beside another size or fingerprint are a lie.
    let theirs = sketch(&set((0..60).map(|n| (n, 0))), SKETCH_SYMBOLS_KEPT);
    let lie = Claim { positions: 61, ..claim(&theirs) };
    assert_eq!(difference(&mine, theirs.symbols(), lie), Err(Unread::False));
    let lie = Claim { fingerprint: mine.fingerprint(), ..claim(&theirs) };
    assert_eq!(difference(&mine, theirs.symbols(), lie), Err(Unread::False));
}

/// what is split over messages comes together again, and only in order.
#[test]
fn parts_are_whole_and_in_order() {
    let symbols = vec![Symbol::default(); 20_000];
    let parts = Symbols::split(&symbols, 5_000);
    assert_eq!(parts.iter().map(|part| part.from).collect::<Vec<_>>(), [5_000, 13_192]);
    assert_eq!(parts.iter().map(|part| part.last).collect::<Vec<_>>(), [false, true]);
    let many: Vec<Locator> = (0..40_000u64).map(|n| pair::key(n).locator()).collect();
    let sorted: Vec<Locator> = BTreeSet::from_iter(many).into_iter().collect();
    let mut together = Vec::new();
    let parts = Locators::split(&sorted);
    parts.iter().for_each(|part| part.follow(&mut together).unwrap());
    assert_eq!((parts.len(), &together), (3, &sorted));
    assert_eq!(parts[0].follow(&mut together).unwrap_err().code, Code::ReconcileFrame);
    assert_eq!(Locators::split(&[]).len(), 1);
}

/// more differences than a scan can show end the comparison with their number.
#[test]
fn too_many_differences_are_named() {
    let a = set((0..10).map(|n| (n, 0)));
    let b = set((100..100 + 3 * SKETCH_SYMBOLS_MAX as u64 / 4).map(|n| (n, 0)));
    let refusals = Pair::new(&a, &b).refusals();
    assert!(refusals.contains(&Code::ReconcileTooMany), "{refusals:?}");
    assert!(refusals.contains(&Code::ReconcileStopped), "{refusals:?}");
}

//! What a side can make of everything that crossed the wire, with all that it knows itself.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256, Sha512};

use super::pair::{Pair, chance, list, number, parties};
use crate::exchange::matching::frame::{Message, Said};
use crate::exchange::matching::group::{Exponent, Point};

const ASKER: usize = 0;
const ASKED: usize = 1;

/// Every point in the messages.
fn points(said: &[Said]) -> Vec<Point> {
    let bytes = said.iter().filter_map(|said| match &said.message {
        Message::Points(points) | Message::Raised(points) => Some(&points.bytes),
        _ => None,
    });
    bytes.flat_map(|bytes| bytes.as_chunks().0.iter().copied().map(Point)).collect()
}

/// Whether a side, with its exponent and the messages, can tell that this number stands behind one
/// of the points: by every power of its exponent that it can make of the number and of the points.
fn can_test(pair: &Pair, side: usize, person: u32) -> bool {
    let exponent = Exponent::new(&chance(side as u8 + 1).exponent);
    let tag = parties().domain.tag().as_bytes();
    let context = [
        tag,
        b" match\0",
        parties().asker.as_bytes(),
        parties().asked.as_bytes(),
        &[1; 16],
        &[2; 16],
    ]
    .concat();
    let once = exponent.hide(&context, [number(person)].iter());
    let twice = exponent.raise(&once).unwrap();
    let made = [once, twice].concat();
    let seen = points(&pair.said());
    let raised = exponent.raise(&seen).unwrap();
    let seen: BTreeSet<Point> = seen.into_iter().chain(raised).collect();
    made.iter().any(|point| seen.contains(point))
}

/// The asker lists 0 to 11, the asked side 6 to 19. Each can tell of its own people, or there would
/// be no matching; of the other's alone it can tell nothing.
#[test]
fn nobody_can_test_a_number_that_they_had_not_listed() {
    let mut pair = Pair::new(list(0..12), list(6..20));
    pair.run();
    for person in 0..20 {
        assert_eq!(can_test(&pair, ASKER, person), person < 12, "{person}");
        assert_eq!(can_test(&pair, ASKED, person), person >= 6, "{person}");
    }
}

/// Nor is there anything of a number that could be looked up: not itself, and no digest.
#[test]
fn no_digest_of_a_number_crosses_the_wire() {
    let mut pair = Pair::new(list(0..12), list(6..20));
    pair.run();
    let wire = pair.messages.concat();
    for person in 0..20 {
        let number = number(person);
        let text = number.reveal().as_bytes();
        let digests = [Sha256::digest(text).to_vec(), Sha512::digest(text).to_vec()];
        for form in [&text[6..], &digests[0][..8], &digests[1][..8]] {
            assert!(!wire.windows(form.len()).any(|window| window == form), "{person}");
        }
    }
}

/// Neither the places of points nor a second run tell one person from another.
#[test]
fn places_and_runs_say_nothing() {
    let mut first = Pair::new(list(0..12), list(6..20));
    let chances = [chance(3), chance(4)];
    let mut second = Pair::with(list(0..12), list(6..20), chances);
    first.run();
    second.run();
    let [first, second] = [first, second].map(|pair| points(&pair.said()));
    let common = first.iter().filter(|point| second.contains(point));
    assert_eq!(common.count(), 0);
    let mut backward = list(0..12);
    backward.reverse();
    let mut turned = Pair::new(backward, list(6..20));
    turned.run();
    assert_eq!(points(&turned.said()), first);
}

//! One small comparison, message by message, and a second reader of it that knows `SPEC.md` alone.

use protocol::exchange::reconcile::frame::{Place, Stand};
use protocol::exchange::reconcile::position::{PositionKey, SketchKeys};
use protocol::exchange::reconcile::run::{Event, Outcome, Run, Snapshot};
use protocol::exchange::reconcile::sketch::Sketch;
use protocol::id::Incarnation;
use protocol::time::Timestamp;
use sha2::{Digest, Sha256};
use siphasher::sip128::SipHasher24;

/// The secret of the pair: bytes 0 to 31.
fn secret() -> [u8; 32] {
    std::array::from_fn(|place| place as u8)
}

/// Five positions; the last has one value here and another there, and the first is here alone.
fn positions(here: bool) -> Vec<(PositionKey, Vec<u8>)> {
    let key = |number: u8| PositionKey { kind: 1, id: Sha256::digest([number]).into() };
    let value = |number| if number == 4 && here { b"closed".to_vec() } else { b"issued".to_vec() };
    (u8::from(!here)..5).map(|number| (key(number), value(number))).collect()
}

fn snapshot(here: bool) -> Snapshot {
    let keys = SketchKeys::new(&secret());
    let mut sketch = Sketch::new(keys, 1_024);
    positions(here).iter().for_each(|(key, value)| sketch.insert(keys.item(key, value)));
    let place = |seq| Place { incarnation: Incarnation { counter: 0, random: 77 }, seq };
    let (own, applied) = if here { (300, 20) } else { (20, 300) };
    Snapshot { sketch, stand: Stand { own: place(own), applied: place(applied) } }
}

/// The messages in order, the first by the side that asks, and what it came to there.
pub fn transcript() -> (Vec<Vec<u8>>, Outcome) {
    let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
    let (mut asker, mut asked) =
        (Run::ask(snapshot(true), start), Run::answer(snapshot(false), start));
    let mut messages = Vec::new();
    loop {
        if let Some(message) = asker.poll_frame() {
            asked.handle_frame(&message).unwrap();
            messages.push(message);
        } else if let Some(message) = asked.poll_frame() {
            asker.handle_frame(&message).unwrap();
            messages.push(message);
        } else {
            break;
        }
    }
    match asker.poll_event() {
        Some(Event::Done(outcome)) => (messages, outcome),
        other => panic!("{other:?}"),
    }
}

/// The item of a position and the hash that spreads it, by.
fn item(key: &PositionKey, value: &[u8]) -> (u128, u128) {
    let (digest, spread): ([u8; 16], [u8; 16]) =
        (secret()[..16].try_into().unwrap(), secret()[16..].try_into().unwrap());
    let sip = |key: &[u8; 16], bytes: &[u8]| SipHasher24::new_with_key(key).hash(bytes).as_bytes();
    let hashed = sip(&digest, &[&[key.kind], &key.id[..], value].concat());
    // Eleven bytes, little-endian: five of the digest, then the locator turned round.
    let mut item = hashed[..5].to_vec();
    item.extend(key.id[..6].iter().rev());
    let spread = u128::from_le_bytes(sip(&spread, &item));
    item.resize(16, 0);
    (u128::from_le_bytes(item.try_into().unwrap()), spread)
}

/// The symbols under 48 that sum an item, by R-91.
fn places(spread: u128) -> Vec<u64> {
    let (mut state, mut place, mut places) = (spread as u64, 0u64, Vec::new());
    while place < 48 {
        places.push(place);
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = u128::from(((z ^ (z >> 31)) >> 32) + 1);
        let start = u128::from(place);
        let quotient = (((start + 1) * (start + 2)) << 32) / drawn;
        place = (place + 1..).find(|x| u128::from(x + 1) * u128::from(x + 2) > quotient).unwrap();
    }
    places
}

/// the symbols and the fingerprint of the asked side, put together by hand.
pub fn answer_by_hand() -> (Vec<u8>, [u8; 16]) {
    let mut symbols = vec![(0u128, 0u16); 48];
    let mut fingerprint = 0u128;
    for (key, value) in positions(false) {
        let (item, spread) = item(&key, &value);
        let check = (spread >> 64) & 0xFF_FFFF;
        for place in places(spread) {
            let (sum, count) = &mut symbols[place as usize];
            *sum ^= item | check << 88;
            *count += 1;
        }
        fingerprint = fingerprint.wrapping_add(spread);
    }
    let bytes =
        |(sum, count): &(u128, u16)| [&sum.to_le_bytes()[..14], &count.to_le_bytes()].concat();
    (symbols.iter().flat_map(bytes).collect(), fingerprint.to_le_bytes())
}

/// Locators of the two positions that differ, in order.
pub fn differing() -> Vec<u8> {
    let mut locators: Vec<[u8; 6]> =
        [0u8, 4].map(|number| Sha256::digest([number])[..6].try_into().unwrap()).to_vec();
    locators.sort_unstable();
    locators.concat()
}

//! A sketch: the first coded symbols over a set of items, and the set's fingerprint.
//!
//! Symbol *i* sums each item with probability 2 ⁄ (*i* + 2), so that the symbols of two sets,
//! subtracted, can be read as soon as there are about 1.36 of them for each difference, however
//! many that turns out to be. A sketch is a cache: whoever derives the positions can make it again.

use std::fmt;

use crate::codec::{Decode, Encode};
use crate::limits::SKETCH_SYMBOLS_MAX;

use super::position::{Item, SketchKeys};

/// A sum over some items: the items and their checks under XOR, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    pub(super) sum: u128,
    pub(super) count: u16,
}

const CHECK_BITS: u32 = 24;
const SUM_BYTES: usize = ((Item::BITS + CHECK_BITS) / 8) as usize;

impl Symbol {
    /// Its length on the wire.
    pub const BYTES: usize = SUM_BYTES + 2;

    /// The symbol as bytes.
    pub fn to_bytes(self) -> [u8; Symbol::BYTES] {
        let mut bytes = [0; Symbol::BYTES];
        bytes[..SUM_BYTES].copy_from_slice(&self.sum.to_le_bytes()[..SUM_BYTES]);
        bytes[SUM_BYTES..].copy_from_slice(&self.count.to_le_bytes());
        bytes
    }

    /// Reads [`Symbol::to_bytes`]; every value is a symbol.
    pub fn from_bytes(bytes: &[u8; Symbol::BYTES]) -> Symbol {
        let mut sum = [0; 16];
        sum[..SUM_BYTES].copy_from_slice(&bytes[..SUM_BYTES]);
        let count = u16::from_le_bytes([bytes[SUM_BYTES], bytes[SUM_BYTES + 1]]);
        Symbol { sum: u128::from_le_bytes(sum), count }
    }

    pub(super) fn minus(self, other: Symbol) -> Symbol {
        Symbol { sum: self.sum ^ other.sum, count: self.count.wrapping_sub(other.count) }
    }

    pub(super) fn apply(&mut self, coded: Coded, change: u16) {
        self.sum ^= coded.sum;
        self.count = self.count.wrapping_add(change);
    }
}

/// An item with its check, as symbols sum it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coded {
    pub(super) sum: u128,
    pub(super) spread: u128,
}

impl Coded {
    pub(super) fn new(keys: &SketchKeys, item: Item) -> Coded {
        let spread = keys.spread(item);
        let check = (spread >> 64) & ((1 << CHECK_BITS) - 1);
        Coded { sum: item.bits() | check << Item::BITS, spread }
    }

    /// The symbols that sum it, among the first `symbols`.
    pub(super) fn places(self, symbols: usize) -> Places {
        Places { state: self.spread as u64, next: Some(0), end: symbols as u64 }
    }
}

/// The places of one item: 0, and then each further symbol by the chance of R-91.
pub(super) struct Places {
    state: u64,
    next: Option<u64>,
    end: u64,
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let place = self.next.filter(|place| *place < self.end)?;
        // After place i, the chance that none comes up to x is (i+1)(i+2) ⁄ (x+1)(x+2): the next
        // is the first x at which it falls below a number drawn from (0, 1].
        let drawn = (splitmix(&mut self.state) >> 32) + 1;
        self.next = (place + 1 < SKETCH_SYMBOLS_MAX as u64).then(|| {
            let quotient = (((place + 1) * (place + 2)) << 32) / drawn;
            let root = quotient.isqrt();
            if root * (root + 1) > quotient { root - 1 } else { root }
        });
        Some(place as usize)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// A sum over a whole set, by which two sides know that their sets are the same.
#[derive(Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    pub(super) fn with(self, spread: u128) -> Fingerprint {
        Fingerprint(u128::from_le_bytes(self.0).wrapping_add(spread).to_le_bytes())
    }

    pub(super) fn without(self, spread: u128) -> Fingerprint {
        Fingerprint(u128::from_le_bytes(self.0).wrapping_sub(spread).to_le_bytes())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The first coded symbols over a set.
#[derive(Clone, Debug)]
pub struct Sketch {
    keys: SketchKeys,
    symbols: Vec<Symbol>,
    positions: u64,
    fingerprint: Fingerprint,
}

impl Sketch {
    /// The empty set, with `symbols` symbols, at most [`SKETCH_SYMBOLS_MAX`].
    pub fn new(keys: SketchKeys, symbols: usize) -> Sketch {
        let symbols = vec![Symbol::default(); symbols.min(SKETCH_SYMBOLS_MAX)];
        Sketch { keys, symbols, positions: 0, fingerprint: Fingerprint::default() }
    }

    /// Adds an item that the set does not hold.
    pub fn insert(&mut self, item: Item) {
        let coded = self.change(item, 1);
        self.positions = self.positions.wrapping_add(1);
        self.fingerprint = self.fingerprint.with(coded.spread);
    }

    /// Takes out an item that the set holds. Of one that it does not hold, the caller's belief and
    /// the sketch part: a comparison will show it, and the sketch is made again.
    pub fn remove(&mut self, item: Item) {
        let coded = self.change(item, u16::MAX);
        self.positions = self.positions.wrapping_sub(1);
        self.fingerprint = self.fingerprint.without(coded.spread);
    }

    fn change(&mut self, item: Item, change: u16) -> Coded {
        let coded = Coded::new(&self.keys, item);
        for place in coded.places(self.symbols.len()) {
            self.symbols[place].apply(coded, change);
        }
        coded
    }

    /// The keys it was made with.
    pub fn keys(&self) -> &SketchKeys {
        &self.keys
    }

    /// Its symbols.
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// How many items the set holds.
    pub fn positions(&self) -> u64 {
        self.positions
    }

    /// The fingerprint of the set.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

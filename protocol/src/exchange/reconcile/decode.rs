//! Reading the differences out of two sketches, and guessing how many there are.

use std::collections::BTreeSet;

use crate::limits::SKETCH_SYMBOLS_MAX;

use super::position::Item;
use super::sketch::{Coded, Fingerprint, Sketch, Symbol};

/// What only one of the two sides has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Items of my set alone, in order.
    pub mine: Vec<Item>,
    /// Items of the other's set alone, in order.
    pub theirs: Vec<Item>,
}

/// Why there is no difference to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// There are more differences than these symbols can show; about so many.
    More(u64),
    /// No set has symbols, a size and a fingerprint like these.
    False,
}

/// What the other side says of its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// How many items.
    pub positions: u64,
    /// Their fingerprint.
    pub fingerprint: Fingerprint,
}

/// The difference between my set and the one whose first symbols are `theirs`; of mine, as many
/// symbols are looked at. It takes time in proportion to the symbols, whatever they are: a peel is
/// an item that only one side has, so there are no more of them than symbols.
pub fn difference(mine: &Sketch, theirs: &[Symbol], claim: Claim) -> Result<Difference, Unread> {
    let rest: Vec<Symbol> =
        theirs.iter().zip(mine.symbols()).map(|(theirs, mine)| theirs.minus(*mine)).collect();
    let mut peeling = Peeling { mine, rest, found: Difference::default() };
    if !peeling.peel() {
        return Err(Unread::False);
    }
    let Peeling { rest, mut found, .. } = peeling;
    if rest.iter().any(|symbol| *symbol != Symbol::default()) {
        let surplus = claim.positions.wrapping_sub(mine.positions()) as i64;
        return Err(Unread::More(estimate(mine.symbols(), theirs, surplus)));
    }
    found.mine.sort_unstable();
    found.theirs.sort_unstable();
    if fits(mine, &found, claim) { Ok(found) } else { Err(Unread::False) }
}

/// Whether my set with these differences is the claimed one, and each was found once.
fn fits(mine: &Sketch, found: &Difference, claim: Claim) -> bool {
    let distinct: BTreeSet<Item> = found.mine.iter().chain(&found.theirs).copied().collect();
    let spread = |item: &Item| Coded::new(mine.keys(), *item).spread;
    let without = found.mine.iter().fold(mine.fingerprint(), |sum, item| sum.without(spread(item)));
    let with = found.theirs.iter().fold(without, |sum, item| sum.with(spread(item)));
    let (gone, come) = (found.mine.len() as u64, found.theirs.len() as u64);
    distinct.len() == found.mine.len() + found.theirs.len()
        && mine.positions().checked_sub(gone).and_then(|left| left.checked_add(come))
            == Some(claim.positions)
        && with == claim.fingerprint
}

struct Peeling<'a> {
    mine: &'a Sketch,
    rest: Vec<Symbol>,
    found: Difference,
}

impl Peeling<'_> {
    /// Takes out what stands alone in a symbol, until nothing does. False if that never ends.
    fn peel(&mut self) -> bool {
        let mut waiting: Vec<usize> = (0..self.rest.len()).rev().collect();
        while let Some(place) = waiting.pop() {
            let Some((coded, item)) = self.alone(place) else { continue };
            if self.found.mine.len() + self.found.theirs.len() == self.rest.len() {
                return false;
            }
            let count = self.rest[place].count;
            if count == 1 {
                self.found.theirs.push(item);
            } else {
                self.found.mine.push(item);
            }
            for place in coded.places(self.rest.len()) {
                self.rest[place].apply(coded, count.wrapping_neg());
                waiting.push(place);
            }
        }
        true
    }

    /// The one item of a symbol, if its check and its places say that there is just one.
    fn alone(&self, place: usize) -> Option<(Coded, Item)> {
        let symbol = self.rest[place];
        if !matches!(symbol.count, 1 | u16::MAX) {
            return None;
        }
        let item = Item::from_bits(symbol.sum);
        let coded = Coded::new(self.mine.keys(), item);
        let belongs = || coded.places(place + 1).any(|summed| summed == place);
        (coded.sum == symbol.sum && belongs()).then_some((coded, item))
    }
}

/// No guess is higher: so many are out of reach anyway, and a claimed size may be anything.
const ABOUT_MAX: u64 = 2 * SKETCH_SYMBOLS_MAX as u64;

/// How many differences there are, about: the counts of symbol *i* vary around what `surplus`
/// alone would give, by *d* ρ (1 − ρ). The error is about √(2 ⁄ symbols).
fn estimate(mine: &[Symbol], theirs: &[Symbol], surplus: i64) -> u64 {
    let counts = theirs.iter().zip(mine).map(|(theirs, mine)| theirs.minus(*mine).count);
    let mut sum = 0.0;
    for (place, count) in counts.enumerate().skip(1) {
        let chance = 2.0 / (place as f64 + 2.0);
        let expected = surplus as f64 * chance;
        // Counts are known modulo 2^16 only; they lie far closer to what is expected.
        let off = f64::from(count.wrapping_sub(expected.round() as i64 as u16) as i16)
            - (expected - expected.round());
        sum += off * off / (chance * (1.0 - chance));
    }
    let samples = theirs.len().min(mine.len()).saturating_sub(1).max(1);
    let about = (sum / samples as f64).round() as u64;
    about.max(surplus.unsigned_abs()).clamp(1, ABOUT_MAX)
}

//! All the chance of one run: a small generator whose sequence depends on the seed alone.

use std::ops::Range;

/// SplitMix64: variety, not secrets.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    pub fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.roll() % (range.end - range.start)
    }

    /// Whether something of this many thousandths comes to pass.
    pub fn permille(&mut self, thousandths: u64) -> bool {
        self.roll() % 1_000 < thousandths
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { Some(&from[self.below(from.len())]) }
    }

    /// A length of time whose order of magnitude is as likely as any other.
    pub fn span_ms(&mut self, longest: u64) -> u64 {
        let bits = u64::from(u64::BITS - longest.leading_zeros());
        let top = 1 << self.within(0..bits);
        self.within(0..top + 1).min(longest)
    }
}

//! Chance from a seed (SplitMix64).

/// A source of chance that repeats itself for the same seed.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed; `salt` tells several of one run apart.
    pub fn new(seed: u64, salt: u64) -> Dice {
        let mut dice = Dice(seed);
        Dice(dice.roll() ^ salt.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// One of some.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Puts in any order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

//! What one run measures, from the environment.

/// How much is measured.
pub struct Plan {
    /// `DUKOU_BENCH_LETTERS`: letters of the burst.
    pub letters: usize,
    /// `DUKOU_BENCH_SINGLES`: letters one at a time.
    pub singles: usize,
    /// `DUKOU_BENCH_ROSTERS`: for each number, separated by commas, a fresh pair whose rosters hold
    /// that many people who stay where they are.
    pub rosters: Vec<usize>,
}

impl Plan {
    /// Reads the environment; what is not set is as in `docs/performance.md`.
    pub fn from_environment() -> Plan {
        let set = |name: &str, otherwise: &str| {
            std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
        };
        let number = |name, otherwise| set(name, otherwise).parse().expect(name);
        let rosters = set("DUKOU_BENCH_ROSTERS", "1000,100000");
        Plan {
            letters: number("DUKOU_BENCH_LETTERS", "10000"),
            singles: number("DUKOU_BENCH_SINGLES", "500"),
            rosters: rosters.split(',').map(|size| size.trim().parse().expect(size)).collect(),
        }
    }

    /// Letters of one pair, those that warm it up included.
    pub fn letters_in_all(&self) -> usize {
        self.letters + self.singles + self.warming()
    }

    /// Letters of a burst that is not counted.
    pub fn warming(&self) -> usize {
        (self.letters / 20).max(1)
    }
}

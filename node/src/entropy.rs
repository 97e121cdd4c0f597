//! The only randomness of the node.
//!
//! A real node asks the operating system; a simulation gives a seed and gets the same bytes in the
//! same order, so that a run can be replayed bit by bit. Seeded bytes are for tests: nothing here
//! makes a key secret that came from a known seed.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// A source of random bytes that can be cloned and shared; clones of a seeded source continue one
/// sequence.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Sequence>),
}

struct Sequence {
    seed: u64,
    next_block: AtomicU64,
}

impl Entropy {
    /// The operating system's generator.
    pub fn system() -> Entropy {
        Entropy(Source::System)
    }

    /// A fixed sequence that depends on `seed` alone.
    pub fn seeded(seed: u64) -> Entropy {
        Entropy(Source::Seeded(Arc::new(Sequence { seed, next_block: AtomicU64::new(0) })))
    }

    /// Fills `target` with random bytes.
    ///
    /// # Panics
    /// If the operating system has no random bytes: a node that went on would sign with keys that
    /// can be guessed.
    pub fn fill(&self, target: &mut [u8]) {
        match &self.0 {
            Source::System => {
                getrandom::fill(target).expect("the operating system gives random bytes");
            }
            Source::Seeded(sequence) => sequence.fill(target),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random number, each with the same chance.
    pub fn u64(&self) -> u64 {
        u64::from_be_bytes(self.bytes())
    }
}

impl Sequence {
    fn fill(&self, target: &mut [u8]) {
        for chunk in target.chunks_mut(32) {
            let block = self.next_block.fetch_add(1, Ordering::Relaxed);
            let mut hash = Sha256::new_with_prefix(b"dukou seeded entropy");
            hash.update(self.seed.to_be_bytes());
            hash.update(block.to_be_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::System => f.write_str("Entropy(system)"),
            Source::Seeded(sequence) => write!(f, "Entropy(seed {})", sequence.seed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_sequence_that_clones_share() {
        let (one, two) = (Entropy::seeded(7), Entropy::seeded(7));
        let run: Vec<[u8; 40]> = (0..3).map(|_| one.bytes()).collect();
        let shared = two.clone();
        assert_eq!(run, [two.bytes::<40>(), shared.bytes(), two.bytes()]);
        assert_ne!(run[0], run[1]);
        assert_ne!(run[0], Entropy::seeded(8).bytes());
    }

    #[test]
    fn the_system_fills_every_byte() {
        let mut seen = [0u8; 67];
        for _ in 0..64 {
            let bytes: [u8; 67] = Entropy::system().bytes();
            seen.iter_mut().zip(bytes).for_each(|(all, byte)| *all |= byte);
        }
        assert!(seen.iter().all(|byte| *byte != 0));
        assert_ne!(Entropy::system().u64(), Entropy::system().u64());
    }
}

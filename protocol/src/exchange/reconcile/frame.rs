//! What two sides say in a comparison, and the bytes of it.

use crate::codec::{self, Decode, Encode};
use crate::id::Incarnation;
use crate::limits::{LOCATORS_IN_FRAME_MAX, SYMBOLS_IN_FRAME_MAX};
use crate::refusal::{Code, Refusal};

use super::decode::Claim;
use super::position::Locator;
use super::sketch::{Fingerprint, Symbol};

/// How far the positions of one side go: entries up to here, of both feeds, are in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Stand {
    /// The last entry of the sender's own feed.
    pub own: Place,
    /// The last entry that the sender has applied of the receiver's feed.
    pub applied: Place,
}

/// An entry's place in a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Place {
    /// Which life of the feed.
    pub incarnation: Incarnation,
    /// The entry's number; 0 before the first.
    pub seq: u64,
}

/// One side's set, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Summary {
    /// How far it goes.
    pub stand: Stand,
    /// How many positions it has.
    pub positions: u64,
    /// Their fingerprint.
    pub fingerprint: Fingerprint,
}

impl Summary {
    pub(super) fn claim(&self) -> Claim {
        Claim { positions: self.positions, fingerprint: self.fingerprint }
    }
}

/// Some coded symbols of the sender, in order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Symbols {
    /// The number of the first.
    pub from: u32,
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Whether the sender waits for an answer now.
    pub last: bool,
}

/// Where the two differ: one locator for each differing position, in order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Locators {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Whether these are the last ones.
    pub last: bool,
}

/// What one side says to the other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// Asks for a comparison.
    Open(Summary),
    /// The asked side's set; with its first symbols if it is another set than the asker's.
    Answer(Summary, Vec<u8>),
    /// The asker's symbols, for the asked side to read; and its set, which may have moved on.
    Symbols(Summary, Symbols),
    /// The asked side needs so many symbols in all, once.
    More(u32),
    /// The sender has read the difference against this set of its own.
    Differs(Summary, Locators),
    /// The sender goes no further, with the number of a code.
    Stop(u16),
}

/// A message and which side of the comparison sent it: both may ask at once, and the two
/// comparisons have nothing to do with each other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Said {
    /// Whether the sender is the one who asked for this comparison.
    pub by_asker: bool,
    /// What it says.
    pub message: Message,
}

impl Said {
    /// Reads what a peer sent.
    pub fn read(bytes: &[u8]) -> Result<Said, Refusal> {
        codec::decode(bytes).map_err(|_| broken("message"))
    }

    /// The message as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }
}

impl Symbols {
    /// Symbols as messages, each as long as may be.
    pub(super) fn split(symbols: &[Symbol], from: usize) -> Vec<Symbols> {
        let chunks: Vec<&[Symbol]> = symbols[from..].chunks(SYMBOLS_IN_FRAME_MAX).collect();
        let last = chunks.len().saturating_sub(1);
        let starts = (from..).step_by(SYMBOLS_IN_FRAME_MAX);
        chunks
            .into_iter()
            .zip(starts)
            .enumerate()
            .map(|(number, (chunk, start))| Symbols {
                from: start as u32,
                bytes: symbols_to_bytes(chunk),
                last: number == last,
            })
            .collect()
    }
}

/// Symbols one after the other.
pub(super) fn symbols_to_bytes(symbols: &[Symbol]) -> Vec<u8> {
    symbols.iter().flat_map(|symbol| symbol.to_bytes()).collect()
}

/// The reverse, of at most `most` and at least one symbol.
pub(super) fn symbols_from_bytes(bytes: &[u8], most: usize) -> Result<Vec<Symbol>, Refusal> {
    let (symbols, rest) = bytes.as_chunks::<{ Symbol::BYTES }>();
    if symbols.is_empty() || symbols.len() > most || !rest.is_empty() {
        return Err(broken("symbols"));
    }
    Ok(symbols.iter().map(Symbol::from_bytes).collect())
}

impl Locators {
    /// Locators as messages, at least one.
    pub(super) fn split(locators: &[Locator]) -> Vec<Locators> {
        let mut chunks: Vec<&[Locator]> = locators.chunks(LOCATORS_IN_FRAME_MAX).collect();
        if chunks.is_empty() {
            chunks.push(&[]);
        }
        let last = chunks.len() - 1;
        let bytes = |chunk: &[Locator]| chunk.iter().flat_map(|locator| locator.0).collect();
        let parts = chunks.into_iter().enumerate();
        parts
            .map(|(number, chunk)| Locators { bytes: bytes(chunk), last: number == last })
            .collect()
    }

    /// The locators behind `known`, each once and in order.
    pub(super) fn follow(&self, known: &mut Vec<Locator>) -> Result<(), Refusal> {
        let (locators, rest) = self.bytes.as_chunks::<{ Locator::BYTES }>();
        if locators.len() > LOCATORS_IN_FRAME_MAX || !rest.is_empty() {
            return Err(broken("locators"));
        }
        for locator in locators.iter().copied().map(Locator) {
            if known.last().is_some_and(|last| *last >= locator) {
                return Err(broken("locators"));
            }
            known.push(locator);
        }
        // Only the last may be short, so that an endless row of empty ones is none.
        if !self.last && locators.len() < LOCATORS_IN_FRAME_MAX {
            return Err(broken("locators"));
        }
        Ok(())
    }
}

pub(super) fn broken(what: &str) -> Refusal {
    Refusal::about(Code::ReconcileFrame, what)
}

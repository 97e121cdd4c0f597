//! Rows of comparisons with peers, and letters as their columns have them.

use protocol::time::{Day, Timestamp};
use protocol::transfer::state::State;

use super::{LetterRow, PeerId, Version};

/// A letter as its columns have it. The program goes by the set of statements; this is for who
/// compares the books.
#[derive(Clone, Debug)]
pub struct BookedLetter {
    /// The row.
    pub row: LetterRow,
    /// What the column of its state says.
    pub state: State,
    /// What the column of its last day says.
    pub valid_until: Day,
}

/// The last comparison with a peer, by who asked for it.
#[derive(Clone, Debug)]
pub struct ReconciliationRow {
    /// With whom.
    pub peer: PeerId,
    /// Whether this side asked.
    pub asked: bool,
    /// Whether both sides signed it. The last of these stays until the next one is done.
    pub done: bool,
    /// How often it was written.
    pub version: Version,
    /// Its name.
    pub run: [u8; 16],
    /// When it was written last.
    pub time: Timestamp,
    /// Our result, encoded; none before it is signed.
    pub mine: Option<Vec<u8>>,
    /// The peer's; none before it came.
    pub theirs: Option<Vec<u8>>,
    /// How many rounds it took; 0 as long as only the peer's result is here.
    pub rounds: u8,
    /// How many bytes, both ways.
    pub bytes: u64,
}

/// Something on which the books of two sides differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceRow {
    /// Which kind of thing.
    pub kind: u8,
    /// Which thing.
    pub id: [u8; 32],
    /// Our value, if we hold one.
    pub mine: Option<Vec<u8>>,
    /// The peer's, if it holds one.
    pub theirs: Option<Vec<u8>>,
    /// When it was first found.
    pub since: Timestamp,
    /// The comparison that found it last.
    pub run: [u8; 16],
}

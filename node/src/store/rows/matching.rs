//! Rows of matchings with peers.

use protocol::exchange::matching::frame::{Holds, Source};
use protocol::id::MemberRef;
use protocol::refusal::Code;
use protocol::time::Timestamp;

use super::PeerId;

/// The row number of a matching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchingId(pub i64);

/// A matching with a peer, whatever became of it.
#[derive(Clone, Debug)]
pub struct MatchingRow {
    /// The row; ignored in one that is written for the first time.
    pub id: MatchingId,
    /// The asker's nonce.
    pub run: [u8; 16],
    /// With whom.
    pub peer: PeerId,
    /// Whether this side asked.
    pub asked: bool,
    /// Which list the asker laid beside the other's.
    pub source: Source,
    /// When it began.
    pub time: Timestamp,
    /// How many people this side had listed.
    pub mine: u32,
    /// How many the other had.
    pub theirs: u32,
    /// How many both had, and the name of the result; none before it is done.
    pub result: Option<(u32, [u8; 32])>,
    /// Bytes, both ways.
    pub bytes: u64,
    /// Whether the other side was shown enough to read the result, also if this side has none.
    pub shown: bool,
    /// Why it ended without a result, if it did.
    pub code: Option<Code>,
}

/// Somebody on a list of this side.
#[derive(Clone, Debug)]
pub struct MatchedPersonRow {
    /// The place in the order of the result: whom both have listed first.
    pub place: u32,
    /// The row of the sheet.
    pub line: Option<u32>,
    /// Who stands on the roster.
    pub member: Option<MemberRef>,
    /// Anybody else, sealed.
    pub sealed: Option<Vec<u8>>,
    /// What this side is to them.
    pub here: Holds,
    /// What the other is; none if it has not listed them.
    pub there: Option<Holds>,
}

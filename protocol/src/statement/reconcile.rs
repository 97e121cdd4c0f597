//! What one side holds where a comparison found the two to differ, signed.

use crate::codec::{Decode, Encode};
use crate::id::Incarnation;
use crate::limits::{POSITION_BYTES_MAX, RESULT_POSITIONS_MAX};

use super::Body;
use super::kind::Kind;

/// One side's result of a comparison. The two sides' results together are the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReconcileResult {
    /// The comparison, named by what both sides said of their sets.
    pub run: [u8; 16],
    /// Whether the author asked for it.
    pub by_asker: bool,
    /// The last entry of the author's own feed that its set counts.
    pub own: FeedPlace,
    /// The last entry of the other's feed that its set counts.
    pub applied: FeedPlace,
    /// How many positions the author compared.
    pub positions: u64,
    /// Their fingerprint.
    pub fingerprint: [u8; 16],
    /// In how many places the two sets differ.
    pub differing: u32,
    /// What the author holds in those places.
    pub held: Vec<HeldPosition>,
}

/// An entry's place in a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FeedPlace {
    /// Which life of the feed.
    pub incarnation: Incarnation,
    /// The entry's number.
    pub seq: u64,
}

/// A position as its holder has it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct HeldPosition {
    /// Which kind of thing it is about.
    pub kind: u8,
    /// Which thing.
    pub id: [u8; 32],
    /// What the holder's books say of it.
    pub value: Vec<u8>,
    /// Whether the holder has an entry about it that neither set counts.
    pub later: bool,
}

impl ReconcileResult {
    /// Whether it keeps to its bounds.
    pub fn is_bounded(&self) -> bool {
        self.held.len() <= RESULT_POSITIONS_MAX
            && self.held.iter().all(|held| held.value.len() <= POSITION_BYTES_MAX)
    }
}

impl Body for ReconcileResult {
    const KIND: Kind = Kind::ReconcileResult;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;

    /// a result at its bounds fits into a statement, and one beyond is known.
    #[test]
    fn a_result_has_bounds() {
        let place = FeedPlace {
            incarnation: Incarnation { counter: u32::MAX, random: u32::MAX },
            seq: u64::MAX,
        };
        let held = HeldPosition {
            kind: 1,
            id: [255; 32],
            value: vec![0; POSITION_BYTES_MAX],
            later: true,
        };
        let mut result = ReconcileResult {
            run: [255; 16],
            by_asker: true,
            own: place,
            applied: place,
            positions: u64::MAX,
            fingerprint: [255; 16],
            differing: u32::MAX,
            held: vec![held; RESULT_POSITIONS_MAX],
        };
        assert!(result.is_bounded());
        assert!(codec::encode(&result).len() <= crate::limits::BODY_BYTES_MAX);
        result.held[0].value.push(0);
        assert!(!result.is_bounded());
    }
}

//! Statements about other statements: that one cannot be used, or that a new letter is wanted.

use crate::codec::{Decode, Encode};
use crate::id::EntryHash;
use crate::refusal::Code;

use super::Body;
use super::kind::Kind;

/// An authentic entry of the audience's feed cannot be used; the feed behind it goes on. An
/// Unusable is never answered with another, so that two nodes cannot talk for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Unusable {
    /// The entry.
    pub entry: EntryHash,
    /// [`Code::number`] of the reason; a later version may use numbers that this one lacks.
    pub code: u16,
}

impl Unusable {
    /// The reason, if this build knows it.
    pub fn reason(&self) -> Option<Code> {
        Code::from_number(self.code)
    }
}

impl Body for Unusable {
    const KIND: Kind = Kind::Unusable;
}

/// The destination met the member with a letter that cannot be accepted any more, and asks the
/// origin for a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReissueRequest {}

impl Body for ReissueRequest {
    const KIND: Kind = Kind::ReissueRequest;
}

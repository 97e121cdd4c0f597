//! What comparing with another region came to.

use serde::{Deserialize, Serialize};

/// A comparison that both sides signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The other region.
    pub region: String,
    /// Whether nothing differs that is not on its way.
    pub agreed: bool,
    /// How many positions this side compared.
    pub compared: u64,
    /// Positions that differed only because something about them was on its way.
    pub in_flight: u64,
    /// Positions that differ beyond those listed; the next comparison lists them.
    pub not_listed: u64,
    /// How far the compared books go.
    pub heads: Heads,
    /// What differs.
    pub differences: Vec<Difference>,
    /// Rounds of the comparison.
    pub rounds: u8,
    /// Its bytes, both ways.
    pub bytes: u64,
    /// The nodes that signed the result.
    pub signed_by: Vec<String>,
    /// When it was concluded here.
    pub at: String,
}

/// The ends of the two feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// Of ours.
    pub mine: FeedHead,
    /// Of the other's.
    pub theirs: FeedHead,
}

/// The end of one feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHead {
    /// Which life of it.
    pub incarnation: u32,
    /// Its last entry.
    pub seq: u64,
}

/// Something that the two sides have otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `letter`.
    pub kind: String,
    /// Its id.
    pub key: String,
    /// What we have; none if nothing.
    pub mine: Option<LetterBelief>,
    /// What the other has.
    pub theirs: Option<LetterBelief>,
    /// Statements that both sides name, by hash.
    pub evidence: Vec<String>,
}

/// What one side's books say of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterBelief {
    /// Its word.
    pub state: String,
    /// The member.
    pub member: String,
    /// The generation.
    pub generation: u32,
    /// The issuing organisation.
    pub from_org: String,
    /// The addressed organisation.
    pub to_org: String,
    /// The printed number.
    pub serial: String,
    /// When it was issued.
    pub issued_at: String,
    /// The last day on which it may be accepted.
    pub valid_until: String,
    /// Where the destination placed the member.
    pub branch: Option<String>,
    /// `AsTheWordSays`, `Missing` or `Otherwise`: the member's row beside the word.
    pub roster: String,
    /// Statements of the letter that the side no longer holds.
    pub statements_lost: u8,
}

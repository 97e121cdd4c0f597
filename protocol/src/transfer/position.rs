//! A letter as one side has it in its books, for comparing with the other side.

use crate::codec::{Decode, Encode};
use crate::id::{Generation, MemberRef, OrgCode, Serial};
use crate::time::{Day, Timestamp};

use super::state::{LetterSet, Side, State};

/// The kind of a letter's position.
pub const LETTER_KIND: u8 = 1;

/// What the books say of a letter, column by column. Where nothing was lost or changed behind the
/// program's back, both sides have the same.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LetterPosition {
    /// Its word.
    pub state: State,
    /// The member.
    pub member: MemberRef,
    /// The generation that it hands over.
    pub generation: Generation,
    /// The issuing organisation.
    pub from_org: OrgCode,
    /// The addressed organisation.
    pub to_org: OrgCode,
    /// The printed number.
    pub serial: Serial,
    /// When it was issued.
    pub issued: Timestamp,
    /// The last day on which it may be accepted.
    pub valid_until: Day,
    /// Where the destination placed the member.
    pub branch: Option<OrgCode>,
    /// Its statements.
    pub set: LetterSet,
    /// How the roster fits.
    pub roster: Roster,
    /// How many of its statements the side no longer holds.
    pub lost: u8,
}

/// What the roster of one side says beside a letter's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Roster {
    /// What the word says.
    AsTheWordSays,
    /// The member has no row.
    Missing,
    /// The row says something else.
    Otherwise,
}

/// What a roster has of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rostered {
    /// Hand-overs behind the membership.
    pub generation: Generation,
    /// What the side is to the member.
    pub hold: Hold,
}

/// What a side is to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The full holder, or the last one of a membership that ended.
    Own,
    /// Managing it provisionally.
    Provisional,
    /// Answering for it in transit.
    InTransit,
    /// It was handed over.
    Gone,
}

impl Roster {
    /// How the row of a letter's member on the roster of `side` fits the word.
    pub fn beside(
        side: Side,
        state: State,
        generation: Generation,
        row: Option<Rostered>,
    ) -> Roster {
        let asked: fn(Generation, Rostered) -> bool = match (side, state) {
            (Side::Origin, State::Issued | State::Accepted) => {
                |generation, row| row.generation == generation && row.hold == Hold::Own
            }
            (Side::Origin, State::Released) => {
                |generation, row| row.generation == generation && row.hold == Hold::InTransit
            }
            (Side::Origin, State::Received | State::Closed) => {
                // Whoever comes back is provisional before the generation is known here.
                |generation, row| {
                    row.generation > generation
                        || matches!(row.hold, Hold::Gone | Hold::Provisional)
                }
            }
            (Side::Destination, State::Accepted | State::Released) => {
                |_, row| row.hold == Hold::Provisional
            }
            (Side::Destination, State::Received | State::Closed) => {
                |generation, row| row.generation > generation
            }
            _ => return Roster::AsTheWordSays,
        };
        match row {
            None => Roster::Missing,
            Some(row) if asked(generation, row) => Roster::AsTheWordSays,
            Some(_) => Roster::Otherwise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// the row that each word asks for, at both ends of a hand-over and after it.
    #[test]
    fn the_roster_fits_the_word_or_not() {
        let row = |generation, hold| Some(Rostered { generation: Generation(generation), hold });
        let at = |side, state, row| Roster::beside(side, state, Generation(3), row);
        use Hold::{Gone, InTransit, Own, Provisional};
        use Side::{Destination, Origin};
        for (side, state, fits, not) in [
            (Origin, State::Issued, row(3, Own), row(3, Gone)),
            (Origin, State::Accepted, row(3, Own), row(4, Own)),
            (Origin, State::Released, row(3, InTransit), row(3, Own)),
            (Origin, State::Received, row(3, Gone), row(3, Own)),
            (Origin, State::Closed, row(5, Own), row(3, InTransit)),
            (Origin, State::Closed, row(3, Provisional), row(3, Own)),
            (Destination, State::Accepted, row(2, Provisional), row(3, Own)),
            (Destination, State::Released, row(3, Provisional), row(3, Gone)),
            (Destination, State::Received, row(4, Own), row(3, Own)),
            (Destination, State::Closed, row(4, Gone), row(3, Provisional)),
        ] {
            assert_eq!(at(side, state, fits), Roster::AsTheWordSays, "{side:?} {state:?}");
            assert_eq!(at(side, state, not), Roster::Otherwise, "{side:?} {state:?}");
            assert_eq!(at(side, state, None), Roster::Missing, "{side:?} {state:?}");
        }
        for (side, state) in [
            (Origin, State::Refused),
            (Origin, State::Voided),
            (Destination, State::Issued),
            (Destination, State::Refused),
        ] {
            assert_eq!(at(side, state, None), Roster::AsTheWordSays, "{side:?} {state:?}");
        }
    }
}

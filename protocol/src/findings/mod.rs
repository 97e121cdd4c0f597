//! What is due or wrong, worked out from facts and rules.
//!
//! Each finding is a function of the facts of one letter, member, stay or organisation and of the
//! rules of the region. The day on which it is raised depends on nothing else; *today* only selects
//! those whose day has come, so a list ordered by that day can be read from its beginning. Nothing
//! here is stored, ends by age, or judges a member: a finding names the organisation that has
//! something to do.

mod departure;
mod kind;
mod letter;
mod member;
mod organisation;
mod stay;

use crate::id::OrgCode;
use crate::time::Day;

pub use departure::{DepartureFacts, of_departure};
pub use kind::Kind;
pub use letter::{LetterFacts, of_letter};
pub use member::{MemberFacts, of_member};
pub use organisation::{OrgFacts, of_organisation};
pub use stay::{ResidenceFacts, StayFacts, StaySide, of_residence, of_stay};

/// Something due or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// The organisation that must act.
    pub org: OrgCode,
    /// The day from which it is counted.
    pub since: Day,
    /// The first day on which it stands in the list.
    pub raised: Day,
    /// The day by which it should be done; the day of `raised` for what was due from the start.
    pub due: Day,
}

impl Finding {
    /// Stands from the day on which it is due.
    fn when_due(kind: Kind, org: OrgCode, since: Day, due: Day) -> Finding {
        Finding { kind, org, since, raised: due, due }
    }

    /// Stands from the beginning, and is to be done by `due`.
    fn at_once(kind: Kind, org: OrgCode, since: Day, due: Day) -> Finding {
        Finding { kind, org, since, raised: since, due }
    }

    /// Something that two nodes see differently, or that a peer did wrong: to be cleared up from
    /// the day on which it was noted.
    pub fn noted(kind: Kind, org: OrgCode, on: Day) -> Finding {
        Finding::at_once(kind, org, on, on)
    }

    /// Whether it stands in the list of that day.
    pub fn stands_on(&self, today: Day) -> bool {
        self.raised <= today
    }

    /// Days since it should have been done; negative while there is time.
    pub fn days_over(&self, today: Day) -> i32 {
        today.days_since(self.due)
    }
}

#[cfg(test)]
mod tests;

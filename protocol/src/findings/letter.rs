//! Findings on letters: at the origin until the receipt is there, at the destination until the
//! member is received.

use crate::id::OrgCode;
use crate::rules::{Rule, Rules};
use crate::time::Day;
use crate::transfer::state::State;

use super::{Finding, Kind};

/// What counts of a letter that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterFacts {
    /// Whether this node issued it.
    pub own: bool,
    /// Its state.
    pub state: State,
    /// The day of the Offer.
    pub issued: Day,
    /// The last day on which it may be accepted.
    pub valid_until: Day,
    /// The day of the Accept.
    pub accepted: Option<Day>,
    /// The issuing organisation.
    pub from_org: OrgCode,
    /// The addressed organisation.
    pub to_org: OrgCode,
    /// Where the destination placed the member.
    pub branch: Option<OrgCode>,
    /// Whether the destination declared an entry of its roster to be the same person.
    pub same_as: bool,
    /// Whether it stands aside because its region offered more than its quota.
    pub parked: bool,
}

/// What is due or wrong about a letter.
pub fn of_letter(facts: &LetterFacts, rules: &Rules) -> Vec<Finding> {
    if facts.own { at_origin(facts, rules) } else { at_destination(facts, rules) }
}

fn at_origin(facts: &LetterFacts, rules: &Rules) -> Vec<Finding> {
    let org = facts.from_org;
    match (facts.state, facts.accepted) {
        (State::Issued, _) => {
            let over = facts.valid_until.plus_days(1);
            vec![Finding::when_due(Kind::Pocket, org, facts.issued, over)]
        }
        (State::Accepted | State::Released, Some(accepted)) => {
            let due = rules.due(Rule::Receipt, accepted);
            vec![Finding::when_due(Kind::Unreceipted, org, accepted, due)]
        }
        _ => Vec::new(),
    }
}

fn at_destination(facts: &LetterFacts, rules: &Rules) -> Vec<Finding> {
    let org = facts.branch.unwrap_or(facts.to_org);
    let mut found = Vec::new();
    match (facts.state, facts.accepted) {
        (State::Issued, _) => {
            let due = rules.due(Rule::Intake, facts.issued);
            found.push(Finding::when_due(Kind::InflowDue, facts.to_org, facts.issued, due));
            if facts.parked {
                found.push(Finding::at_once(Kind::Parked, facts.to_org, facts.issued, due));
            }
        }
        (State::Accepted | State::Released, Some(accepted)) => {
            let due = rules.due(Rule::Receipt, accepted);
            found.push(Finding::at_once(Kind::Provisional, org, accepted, due));
            if facts.state == State::Accepted {
                found.push(Finding::when_due(Kind::AwaitingRelease, org, accepted, due));
            }
            if facts.same_as {
                found.push(Finding::at_once(Kind::DoubleManaged, org, accepted, due));
            }
        }
        _ => {}
    }
    found
}

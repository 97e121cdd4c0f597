//! Findings on members who told their branch that they go away (外出报告), until they are back or
//! their stay is certified.

use crate::id::OrgCode;
use crate::rules::{Rule, Rules};
use crate::time::Day;

use super::{Finding, Kind};

/// What counts of a departure that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepartureFacts {
    /// The member's branch, which took the report.
    pub branch: OrgCode,
    /// The organisation above it, with which it is filed.
    pub above: OrgCode,
    /// The day of the report.
    pub reported: Day,
    /// The first day away.
    pub from: Day,
    /// The last day away, if it is known.
    pub until: Option<Day>,
    /// Whether it was filed.
    pub filed: bool,
}

/// What is due about a departure: it is to be filed before the member leaves, and once the days
/// are over that need no paper, or those that the member spoke of, somebody has to ask.
pub fn of_departure(facts: &DepartureFacts, rules: &Rules) -> Vec<Finding> {
    let mut found = Vec::new();
    if !facts.filed {
        let due = facts.reported.max(facts.from);
        found.push(Finding::at_once(Kind::FilingDue, facts.above, facts.reported, due));
    }
    let short = rules.due(Rule::Short, facts.from);
    let back = facts.until.map(|until| until.plus_days(1));
    let due = back.map_or(short, |back| back.min(short));
    found.push(Finding::when_due(Kind::AbsenceDue, facts.branch, facts.from, due));
    found
}

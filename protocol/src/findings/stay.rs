//! Findings on stays (流动) and on residents who are employed elsewhere (双报到): what the home
//! organisation and the one at the place owe the member and each other.

use crate::id::OrgCode;
use crate::rules::{Rule, Rules};
use crate::time::{Day, Month};

use super::{Finding, Kind};

/// On which side of a stay this node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaySide {
    /// The affiliation is here.
    Origin,
    /// The member lives or works here.
    Destination,
}

/// What counts of a stay that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StayFacts {
    /// Which side this node is.
    pub side: StaySide,
    /// The home organisation.
    pub home: OrgCode,
    /// The organisation at the place: addressed, or where the member was placed.
    pub host: OrgCode,
    /// The day of the notice, or of the report in.
    pub opened: Day,
    /// The first day away.
    pub from: Day,
    /// The day on which somebody recorded that the place is settled for good (户口 moved out).
    pub settled: Option<Day>,
    /// The day of the placement in a branch there.
    pub placed: Option<Day>,
    /// The last contact of the home contact person.
    pub contact: Option<Day>,
    /// The last report on participation.
    pub report: Option<Day>,
    /// 党费交至, as the notice or a report says.
    pub dues_paid_through: Option<Month>,
    /// The last review of the certificate.
    pub review: Option<Day>,
    /// Whether a letter of the member is under way.
    pub letter_open: bool,
}

/// What is due or wrong about a stay.
pub fn of_stay(facts: &StayFacts, rules: &Rules) -> Vec<Finding> {
    match facts.side {
        StaySide::Origin => at_origin(facts, rules),
        StaySide::Destination => at_destination(facts, rules),
    }
}

fn at_origin(facts: &StayFacts, rules: &Rules) -> Vec<Finding> {
    let home = facts.home;
    let mut found = Vec::new();
    let mut due = |kind, rule, since| {
        let due = rules.due(rule, since);
        found.push(Finding::when_due(kind, home, since, due));
        due
    };
    let heard = facts.contact.unwrap_or(facts.from);
    let contact = due(Kind::ContactOverdue, Rule::Contact, heard);
    due(Kind::LostContact, Rule::LostContact, last_sign(facts));
    due(Kind::ReportOverdue, Rule::Report, facts.report.unwrap_or(facts.from));
    due(Kind::ReviewOverdue, Rule::Review, facts.review.unwrap_or(facts.opened));
    match facts.settled {
        _ if facts.letter_open => {}
        Some(settled) => found.push(Finding::noted(Kind::TransferDue, home, settled)),
        None => {
            due(Kind::TransferDue, Rule::Mobile, facts.from);
        }
    }
    if facts.placed.is_none() {
        let both = contact.max(rules.due(Rule::Intake, facts.opened));
        found.push(Finding::when_due(Kind::Orphaned, home, heard, both));
    }
    found
}

/// The last day of any sign of the member, whichever office recorded it: that the contact person at
/// home is silent does not make a member lost who is reported on.
fn last_sign(facts: &StayFacts) -> Day {
    let dues = facts.dues_paid_through.map(Month::last_day);
    let signs = [facts.contact, facts.report, dues, facts.placed, facts.review];
    signs.into_iter().flatten().fold(facts.from, Day::max)
}

fn at_destination(facts: &StayFacts, rules: &Rules) -> Vec<Finding> {
    let host = facts.host;
    let (kind, rule, since) = match facts.placed {
        None => (Kind::InflowDue, Rule::Intake, facts.opened),
        Some(placed) => {
            (Kind::ReportOverdue, Rule::Report, facts.report.map_or(placed, |day| day.max(placed)))
        }
    };
    vec![Finding::when_due(kind, host, since, rules.due(rule, since))]
}

/// What counts of a resident who is a member elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResidenceFacts {
    /// The community, which reports.
    pub community: OrgCode,
    /// The day of the introduction.
    pub introduced: Day,
    /// The last yearly feedback.
    pub feedback: Option<Day>,
}

/// What is due about a resident, where the community is.
pub fn of_residence(facts: &ResidenceFacts, rules: &Rules) -> Vec<Finding> {
    let since = facts.feedback.unwrap_or(facts.introduced);
    let due = rules.due(Rule::Feedback, since);
    vec![Finding::when_due(Kind::ReviewOverdue, facts.community, since, due)]
}

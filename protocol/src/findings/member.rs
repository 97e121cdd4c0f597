//! Findings on people of the roster.
//!
//! They say what the office does not know of a person, never what the person did wrong.

use crate::id::OrgCode;
use crate::rules::{Rule, Rules};
use crate::time::{Day, Month};

use super::{Finding, Kind};

/// What counts of somebody on the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberFacts {
    /// Their branch.
    pub org: OrgCode,
    /// Whether this node is the full holder, and no letter is under way.
    pub settled: bool,
    /// The day on which they were entered or taken in here.
    pub entered: Day,
    /// Whether somebody here met them.
    pub met: bool,
    /// 党费交至.
    pub dues_paid_through: Option<Month>,
    /// The last day on which anybody noted contact with them.
    pub contact: Option<Day>,
    /// Whether a stay elsewhere is open: then its own findings stand.
    pub away: bool,
    /// Whether a phone number is on file.
    pub has_phone: bool,
    /// Whether a place of residence is on file.
    pub has_residence: bool,
    /// Whether a unit (employer, school) is on file.
    pub has_unit: bool,
    /// Issue and last day of the last letter, if it ran out without being presented.
    pub lapsed: Option<(Day, Day)>,
}

/// What is due or wrong about a person.
pub fn of_member(facts: &MemberFacts, rules: &Rules) -> Vec<Finding> {
    let org = facts.org;
    let mut found = Vec::new();
    if !facts.met {
        let due = rules.due(Rule::Intake, facts.entered);
        found.push(Finding::at_once(Kind::Unmet, org, facts.entered, due));
    }
    if !facts.settled {
        return found;
    }
    if let Some((issued, last)) = facts.lapsed {
        found.push(Finding::when_due(Kind::Pocket, org, issued, last.plus_days(1)));
    }
    if facts.away {
        return found;
    }
    let heard = last_sign(facts);
    let due = rules.due(Rule::LostContact, heard);
    found.push(Finding::when_due(Kind::Nominal, org, heard, due));
    if !(facts.has_phone || facts.has_residence || facts.has_unit) {
        found.push(Finding::when_due(Kind::FourNone, org, heard, due));
    }
    found
}

/// The last day from which the office has any sign of the person.
fn last_sign(facts: &MemberFacts) -> Day {
    let dues = facts.dues_paid_through.map(Month::last_day);
    let signs = [dues, facts.contact].into_iter().flatten();
    signs.max().unwrap_or(facts.entered)
}

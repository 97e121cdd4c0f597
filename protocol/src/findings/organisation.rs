//! Findings on organisations that have grown.

use crate::id::OrgCode;
use crate::rules::{Rule, Rules};
use crate::statement::directory::OrgKind;
use crate::time::Day;

use super::{Finding, Kind};

/// What counts of an organisation of this region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgFacts {
    /// Which.
    pub org: OrgCode,
    /// Its level.
    pub kind: OrgKind,
    /// When each of its own members was entered or taken in, the first as many as
    /// `general_branch_members` and one, in order.
    pub members: Vec<Day>,
    /// When each mobile member who is placed there now was placed, in order.
    pub guests: Vec<Day>,
}

/// What is due about an organisation: a level of its own.
pub fn of_organisation(facts: &OrgFacts, rules: &Rules) -> Vec<Finding> {
    let raised = |since: Day| Finding::noted(Kind::FormationDue, facts.org, since);
    let limit = usize::from(rules.value(Rule::GeneralBranch));
    if facts.kind == OrgKind::Branch
        && let Some(since) = facts.members.get(limit)
    {
        return vec![raised(*since)];
    }
    let enough = usize::from(rules.value(Rule::Formation));
    let founded = matches!(facts.kind, OrgKind::Temporary);
    facts
        .guests
        .get(enough - 1)
        .filter(|_| !founded)
        .map(|since| raised(*since))
        .into_iter()
        .collect()
}

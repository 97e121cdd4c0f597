//! Organisations that have grown: branches of many members, and those with several guests.

use protocol::findings::{Kind, OrgFacts, of_organisation};
use protocol::id::OrgCode;
use protocol::rules::Rule;
use protocol::statement::directory::OrgKind;
use protocol::time::Day;

use crate::office::decide::Stop;

use super::Reading;
use super::source::{Found, Place};

/// Organisations that are read at once.
const CHUNK_ORGS: u32 = 64;
/// Guests of one organisation that are counted.
const GUESTS_MAX: u32 = 1_000;

impl Reading<'_> {
    pub(super) fn branches(&self, begin: Place, limit: usize) -> Result<Vec<Found>, Stop> {
        let over = u32::from(self.rules.value(Rule::GeneralBranch));
        let (mut after, mut found) = (begin.at[0], Vec::new());
        while found.len() < limit {
            let orgs = self.snapshot.orgs_over(OrgKind::Branch, over, after, CHUNK_ORGS)?;
            let Some(last) = orgs.last() else { break };
            after = org_place(*last);
            for org in orgs {
                let members = self.entered_into(org, over + 1)?;
                let kind = OrgKind::Branch;
                let facts = OrgFacts { org, kind, members, guests: Vec::new() };
                found.extend(self.about_org(&facts, begin));
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    pub(super) fn hosts(&self, begin: Place, limit: usize) -> Result<Vec<Found>, Stop> {
        let enough = self.rules.value(Rule::Formation);
        // Whoever is placed here is reported on: the index knows how many there are.
        let owed = Kind::ReportOverdue;
        let (mut after, mut found) = (begin.at[0], Vec::new());
        while found.len() < limit {
            let orgs = self.snapshot.orgs_with_stays(owed, enough, after, CHUNK_ORGS)?;
            let Some(last) = orgs.last() else { break };
            after = org_place(*last);
            for org in orgs {
                let mut guests = Vec::new();
                for stay in self.snapshot.stays_owed(org, owed, GUESTS_MAX)? {
                    let row = self.snapshot.stay_by_row(stay)?.filter(|row| !row.own);
                    guests.extend(row.and_then(|row| row.core.placed_on()));
                }
                guests.sort();
                let Some(row) = self.snapshot.org(org)? else { continue };
                let facts = OrgFacts { org, kind: row.kind, members: Vec::new(), guests };
                found.extend(self.about_org(&facts, begin));
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// When the first members of an organisation came, in order.
    fn entered_into(&self, org: OrgCode, limit: u32) -> Result<Vec<Day>, Stop> {
        let mut days = Vec::new();
        for member in self.snapshot.first_members(org, limit)? {
            let row = self.snapshot.member(member)?;
            let entered = match row {
                Some(row) => self.office.entered(self.snapshot, &row)?,
                None => None,
            };
            days.push(entered.unwrap_or(self.today));
        }
        days.sort();
        Ok(days)
    }

    fn about_org(&self, facts: &OrgFacts, begin: Place) -> Option<Found> {
        let all = of_organisation(facts, &self.rules);
        let one = all.into_iter().find(|one| self.wants(one));
        one.map(|finding| Found {
            finding,
            subject: facts.org.to_string(),
            member: None,
            evidence: Vec::new(),
            next: begin.kind.next(),
            place: Place { at: [org_place(facts.org), 0, 0], ..begin },
        })
    }
}

/// A number by which organisations are ordered as the store orders them.
fn org_place(org: OrgCode) -> i64 {
    i64::from(org.region.number()) * 1_000_000 + i64::from(org.number.value())
}

//! 报告: counts for a superior, signed and dated, and what a superior sees of its regions.
//!
//! A region reports to whom a person named, at once and then each month; nothing is collected from
//! it. The reader adds up what was reported and names what was not: there is no count of nothing.
//! No name and no reference leaves a region this way.

mod meeting;

use std::collections::BTreeMap;

use protocol::findings::Kind as FindingKind;
use protocol::refusal::{Code, Refusal};
use protocol::statement::summary::{FindingCount, Summary};
use protocol::statement::{Draft, Statement};
use protocol::time::{Day, Timestamp};
use protocol::transfer::state::State;

use crate::store::rows::{Custody, PeerRow, PeerState};
use crate::store::summaries::SummaryRow;
use crate::store::{Change, Snapshot};

use super::decide::{Decision, Stop};
use super::{Office, view};

/// A month after a report, the next is due.
const DUE_MONTHS: i32 = 1;

impl Office {
    /// Reports to a region now, and from then on each month.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.paused` (it is not active), `node.recovering`.
    pub fn submit_report(&self, region: &str) -> Result<view::RegionReport, Refusal> {
        let (report, _) = self.decide(|decision| {
            let peer = decision.snapshot.named_peer(region)?;
            if peer.state != PeerState::Active {
                return Err(Refusal::about(Code::PeerPaused, peer.region).into());
            }
            let summary = decision.report_to(&peer)?;
            let me = decision.office.me();
            Ok(region_view(&me.region.to_string(), &me.name, decision.now, &summary, decision.now))
        })?;
        Ok(report)
    }

    /// Reports again where a report is a month old. Called by housekeeping.
    pub(super) fn report_each_month(&self) -> Result<(), Refusal> {
        self.decide(|decision| {
            let today = decision.now.day();
            for peer in decision.snapshot.peers()? {
                let last = decision.snapshot.summary(peer.id, true)?;
                let due = last.is_some_and(|last| is_due(last.time, today));
                if due && peer.state == PeerState::Active {
                    decision.report_to(&peer)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// What the regions reported, with our own counts of now: those of this region's prefecture or
    /// province, and whoever else reported.
    pub fn report_summary(&self) -> Result<view::ReportSummary, Refusal> {
        self.look(|office, snapshot| {
            let (me, now) = (office.me(), office.now());
            let own = office.summary_of(snapshot)?;
            let mut regions = vec![region_view(&me.region.to_string(), &me.name, now, &own, now)];
            let mut missing = Vec::new();
            for peer in snapshot.peers()? {
                let reported = snapshot.summary(peer.id, false)?;
                let read = reported.as_ref().and_then(|row| Some((row.time, body_of(row)?)));
                let code = peer.region.to_string();
                let late = read.as_ref().is_none_or(|(time, _)| is_due(*time, now.day()));
                if late && (read.is_some() || is_under(me.region.number(), peer.region.number())) {
                    missing.push(view::MissingRegion {
                        region: code.clone(),
                        name: peer.name.clone(),
                        last: read.as_ref().map(|(time, _)| time.to_string()),
                    });
                }
                if let Some((time, summary)) = read {
                    regions.push(region_view(&code, &peer.name, time, &summary, now));
                }
            }
            let total =
                total(regions.iter().filter(|region| {
                    missing.iter().all(|missing| missing.region != region.region)
                }));
            Ok(view::ReportSummary {
                as_of: now.to_string(),
                regions,
                missing_regions: missing,
                total,
            })
        })
    }

    /// The counts of this region now.
    fn summary_of(&self, snapshot: &Snapshot<'_>) -> Result<Summary, Stop> {
        let clamped = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let roster: Vec<(Custody, u64)> = snapshot.member_counts()?;
        let of = |custody| {
            let found = roster.iter().find(|(one, _)| *one == custody);
            found.map_or(0, |(_, count)| clamped(*count))
        };
        let mut open = [0, 0];
        let signed = snapshot.letter_counts()?.into_iter();
        for (own, state, count) in signed.chain(snapshot.paper_counts()?) {
            if !State::is_final(state) {
                open[usize::from(own)] += count;
            }
        }
        Ok(Summary {
            full: of(Custody::Here),
            provisional: of(Custody::Provisional),
            in_transit: of(Custody::InTransit),
            letters_out: clamped(open[1]),
            letters_in: clamped(open[0]),
            findings: self.finding_totals(snapshot)?,
        })
    }
}

impl Decision<'_> {
    fn report_to(&mut self, peer: &PeerRow) -> Result<Summary, Stop> {
        let summary = self.office.summary_of(self.snapshot)?;
        let signed = self.sign(peer, Draft::new(&summary), None)?;
        let statement = signed.statement.bytes().to_vec();
        let row = SummaryRow { peer: peer.id, own: true, time: self.now, statement };
        self.batch.push(Change::Summary(Box::new(row)));
        Ok(summary)
    }

    /// Keeps a peer's report; what is wrong with it, if it is no report.
    pub(super) fn take_summary(
        &mut self,
        peer: &PeerRow,
        statement: &Statement,
    ) -> Result<(), Code> {
        let summary: Summary = statement.body()?;
        if !summary.is_well_formed() {
            return Err(Code::StatementMalformed);
        }
        let (time, statement) = (statement.fields().time, statement.bytes().to_vec());
        let row = SummaryRow { peer: peer.id, own: false, time, statement };
        self.batch.push(Change::Summary(Box::new(row)));
        Ok(())
    }
}

fn body_of(row: &SummaryRow) -> Option<Summary> {
    Statement::read(&row.statement).ok()?.body().ok()
}

fn is_due(reported: Timestamp, today: Day) -> bool {
    reported.day().plus_months(DUE_MONTHS) <= today
}

/// Whether the second region belongs to the first by their codes: a prefecture ends in 00, a
/// province in 0000.
fn is_under(superior: u32, region: u32) -> bool {
    let within =
        |digits: u32| superior.is_multiple_of(digits) && superior / digits == region / digits;
    superior != region && (within(100) || within(10_000))
}

fn region_view(
    region: &str,
    name: &str,
    time: Timestamp,
    summary: &Summary,
    now: Timestamp,
) -> view::RegionReport {
    let findings = summary.findings.iter().map(|one| {
        let kind = FindingKind::from_number(one.kind);
        let name = kind.map_or_else(|| one.kind.to_string(), |kind| kind.name().to_owned());
        let FindingCount { count, oldest_days, .. } = *one;
        (name, view::FindingTotal { count: count.into(), oldest_days })
    });
    view::RegionReport {
        region: region.to_owned(),
        name: name.to_owned(),
        as_of: time.to_string(),
        days_old: now.day().days_since(time.day()),
        counts: view::ReportCounts {
            full: summary.full.into(),
            provisional: summary.provisional.into(),
            in_transit: summary.in_transit.into(),
            letters_out: summary.letters_out.into(),
            letters_in: summary.letters_in.into(),
        },
        findings: findings.collect(),
    }
}

fn total<'a>(regions: impl Iterator<Item = &'a view::RegionReport>) -> view::ReportTotal {
    let (mut covers, mut counts) = (Vec::new(), view::ReportCounts::default());
    let mut findings = BTreeMap::<String, view::FindingTotal>::new();
    for region in regions {
        covers.push(region.region.clone());
        counts.add(&region.counts);
        for (kind, one) in &region.findings {
            let sum = findings.entry(kind.clone()).or_default();
            sum.count += one.count;
            sum.oldest_days = sum.oldest_days.max(one.oldest_days);
        }
    }
    view::ReportTotal { covers, counts, findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_expects_its_counties_and_nobody_else() {
        assert!(is_under(610_900, 610_922) && is_under(610_900, 610_902));
        assert!(is_under(610_000, 610_922) && is_under(610_000, 610_900));
        for (superior, region) in
            [(610_922, 610_902), (610_900, 611_022), (610_900, 610_900), (610_922, 610_900)]
        {
            assert!(!is_under(superior, region), "{superior} {region}");
        }
    }
}

//! The index of what falls due about stays: each is followed in the commit that changes it.

use protocol::findings::{self, Kind, StayFacts, StaySide};
use protocol::id::OrgCode;
use protocol::refusal::Refusal;
use protocol::rules::Rules;
use protocol::stay::state::Word;

use crate::office::Office;
use crate::office::decide::{Decision, Stop};
use crate::store::findings::{About, FindingRow, FindingRows};
use crate::store::rows::{PeerState, StayRow, StayRowId};
use crate::store::{Change, Expected};

/// The kinds that a stay raises.
const KINDS: &[Kind] = &[
    Kind::ContactOverdue,
    Kind::LostContact,
    Kind::ReportOverdue,
    Kind::ReviewOverdue,
    Kind::TransferDue,
    Kind::Orphaned,
    Kind::InflowDue,
];
/// The setting that says up to which row stays were looked at again after a change of the rules.
const LOOKED: &str = "findings_stays";
/// Stays that are looked at in one commit.
const COMMIT_STAYS: u32 = 256;

impl Decision<'_> {
    /// Brings the index to what is known of this stay now.
    pub(in crate::office) fn follow_stay(&mut self, row: &StayRow) -> Result<(), Stop> {
        let mut open = facts_of(row);
        if let Some(facts) = open.as_mut().filter(|_| !row.own) {
            facts.host = self.who_acts(facts.host)?;
        }
        // What B proposed, nobody decides any more: B has done all that it can.
        if !row.own && row.core.proposal().is_some() {
            let peer = self.snapshot.peer(row.peer)?;
            open = open.filter(|_| peer.is_none_or(|peer| peer.state != PeerState::Revoked));
        }
        let certified = row.core.membership().filter(|_| row.own && open.is_some());
        let member = match certified {
            Some((member, _)) => self.member(member)?,
            None => None,
        };
        let letter_open = member.is_some_and(|member| member.open_letter.is_some());
        let facts = open.map(|facts| StayFacts { letter_open, ..facts });
        let rows = facts.map(|facts| rows_of(row, &facts, &self.office.rules()));
        let rows = rows.unwrap_or_default();
        let (about, subject, kinds) = (About::Stay, row.id.0, KINDS);
        self.batch.push(Change::Findings(Box::new(FindingRows { about, subject, kinds, rows })));
        Ok(())
    }

    /// The organisation of ours that must act for `org`: itself, or the one that took over; else,
    /// where a peer wrote to one that never was, the top of the region, so that somebody does.
    pub(in crate::office) fn who_acts(&mut self, org: OrgCode) -> Result<OrgCode, Stop> {
        match self.own_org(org) {
            Ok(org) => Ok(org),
            Err(Stop::Refused(_)) => Ok(self.snapshot.top_org()?.unwrap_or(org)),
            Err(stop) => Err(stop),
        }
    }

    /// The letter of somebody with this stay was issued or ended in this decision: what is due
    /// about the stay may be another thing now. Somebody who is not away costs nothing.
    pub(in crate::office) fn follow_letter_of(
        &mut self,
        away: Option<StayRowId>,
    ) -> Result<(), Stop> {
        let Some(away) = away else { return Ok(()) };
        let Some(stored) = self.snapshot.stay_by_row(away)? else { return Ok(()) };
        match self.stay(stored.core.id)? {
            Some(stay) => self.follow_stay(&stay),
            None => Ok(()),
        }
    }

    /// Lets every stay be followed again.
    pub(super) fn look_at_stays(&mut self) {
        self.batch.push(Change::Meta(LOOKED, 0));
    }
}

impl Office {
    /// Follows stays again after a change of the rules.
    pub(super) fn follow_stays(&self) -> Result<(), Refusal> {
        loop {
            let mut many = COMMIT_STAYS;
            let (more, _) = self.decide(|decision| {
                let after = StayRowId(decision.snapshot.meta(LOOKED)?.unwrap_or(0));
                let rows = decision.snapshot.stays_after(after, many)?;
                // Overtaken by somebody who changed one of them: fewer are soon looked at.
                many = (many / 2).max(1);
                let Some(last) = rows.last() else { return Ok(false) };
                decision.batch.expect(Expected::Meta(LOOKED, after.0));
                decision.batch.push(Change::Meta(LOOKED, last.id.0));
                for row in &rows {
                    decision.batch.expect(Expected::Stay(row.id, row.version));
                }
                rows.iter().try_for_each(|row| decision.follow_stay(row))?;
                Ok(true)
            })?;
            if !more {
                return Ok(());
            }
        }
    }
}

fn rows_of(row: &StayRow, facts: &StayFacts, rules: &Rules) -> Vec<FindingRow> {
    let found = findings::of_stay(facts, rules).into_iter();
    found
        .map(|finding| FindingRow {
            about: About::Stay,
            subject: row.id.0,
            finding,
            member: None,
            shown: Some(row.core.id.to_string()),
            evidence: vec![*row.core.id.as_bytes()],
        })
        .collect()
}

/// What the stay itself tells. None for a stay that ended, and at the origin for one that it has
/// not certified: the member is not known to be away.
fn facts_of(row: &StayRow) -> Option<StayFacts> {
    let core = &row.core;
    let open = match (core.word(), row.own) {
        (Word::Ended, _) | (Word::Reported, true) => false,
        (Word::Reported, false) | (Word::Noticed | Word::Placed, _) => true,
    };
    let host = core.destination_org().filter(|_| open)?;
    let home: OrgCode = core.origin_org().unwrap_or(host);
    Some(StayFacts {
        side: if row.own { StaySide::Origin } else { StaySide::Destination },
        home,
        host,
        opened: core.opened_on,
        from: core.from_day(),
        settled: row.kept.settled,
        placed: core.placed_on(),
        contact: core.last_contact_on(),
        report: core.last_report().map(|report| report.period.last_day()),
        dues_paid_through: core.dues_paid_through(),
        review: core.last_review_on(),
        letter_open: false,
    })
}

//! The index of what falls due about departures: each is followed in the commit that changes it.

use data_encoding::HEXLOWER;
use protocol::findings::{self, DepartureFacts, Kind};
use protocol::refusal::Refusal;

use crate::office::Office;
use crate::office::decide::{Decision, Stop};
use crate::store::findings::{About, FindingRow, FindingRows};
use crate::store::rows::{DepartureRow, DepartureRowId, MemberRow};
use crate::store::{Change, Expected};

/// The kinds that a departure raises.
const KINDS: &[Kind] = &[Kind::FilingDue, Kind::AbsenceDue];
/// The setting that says up to which row departures were looked at again after a change of the
/// rules.
const LOOKED: &str = "findings_departures";
/// Departures that are looked at in one commit.
const COMMIT_DEPARTURES: u32 = 256;

impl Decision<'_> {
    /// Brings the index to what is known of this departure now.
    pub(in crate::office) fn follow_departure(&mut self, row: &DepartureRow) -> Result<(), Stop> {
        let member = match row.word.is_open() {
            true => self.member(row.member)?,
            false => None,
        };
        let mut rows = Vec::new();
        if let Some(member) = member {
            let facts = DepartureFacts {
                branch: member.org,
                above: self.above(member.org)?,
                reported: row.reported_on,
                from: row.from,
                until: row.until,
                filed: row.filed.is_some(),
            };
            let found = findings::of_departure(&facts, &self.office.rules());
            rows.extend(found.into_iter().map(|finding| FindingRow {
                about: About::Departure,
                subject: row.id.0,
                finding,
                member: None,
                shown: Some(HEXLOWER.encode(&row.hash)),
                evidence: Vec::new(),
            }));
        }
        let (about, subject, kinds) = (About::Departure, row.id.0, KINDS);
        self.batch.push(Change::Findings(Box::new(FindingRows { about, subject, kinds, rows })));
        Ok(())
    }

    /// The member moved to another branch in this decision, which has to see to the departure now.
    pub(in crate::office) fn follow_departure_of(
        &mut self,
        member: &MemberRow,
    ) -> Result<(), Stop> {
        match self.snapshot.open_departure(member.member)? {
            Some(row) => self.follow_departure(&row),
            None => Ok(()),
        }
    }

    /// Lets every departure be followed again.
    pub(super) fn look_at_departures(&mut self) {
        self.batch.push(Change::Meta(LOOKED, 0));
    }
}

impl Office {
    /// Follows departures again after a change of the rules.
    pub(super) fn follow_departures(&self) -> Result<(), Refusal> {
        loop {
            let mut many = COMMIT_DEPARTURES;
            let (more, _) = self.decide(|decision| {
                let after = DepartureRowId(decision.snapshot.meta(LOOKED)?.unwrap_or(0));
                let rows = decision.snapshot.departures_after(after, many)?;
                // Overtaken by somebody who changed one of them: fewer are soon looked at.
                many = (many / 2).max(1);
                let Some(last) = rows.last() else { return Ok(false) };
                decision.batch.expect(Expected::Meta(LOOKED, after.0));
                decision.batch.push(Change::Meta(LOOKED, last.id.0));
                for row in &rows {
                    decision.batch.expect(Expected::Departure(row.id, row.version));
                }
                rows.iter().try_for_each(|row| decision.follow_departure(row))?;
                Ok(true)
            })?;
            if !more {
                return Ok(());
            }
        }
    }
}

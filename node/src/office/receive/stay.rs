//! Statements of stays as they arrive, on both sides: the one merge of the protocol, and the one
//! answer that an origin gives by itself.

use protocol::envelope::Entry;
use protocol::refusal::Code;
use protocol::statement::Statement;
use protocol::statement::kind::Kind;
use protocol::statement::mobility::Said;
use protocol::statement::mobility::particulars::check_block;
use protocol::stay::origin;
use protocol::stay::state::Stay;

use crate::store::Change;
use crate::store::rows::{StayKept, StayRow, Version};

use super::super::decide::{Decision, Stop};
use super::{Judged, Judging};

impl Decision<'_> {
    pub(super) fn take_of_stay(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let judged = self.judge_of_stay(arrival, entry, statement)?;
        let Some(id) = statement.stay().filter(|_| judged.unusable.is_none()) else {
            return Ok(judged);
        };
        let by = self.stay(id)?.and_then(|row| row.core.side_of(statement.fields().author));
        if let Some(by) = by {
            arrival.said.entry(id.opening()).or_default().by.insert(statement.hash(), by);
        }
        Ok(judged)
    }

    fn judge_of_stay(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let (Some(kind), Some(id)) = (statement.kind(), statement.stay()) else {
            return Ok(Judged::unusable(Code::StatementAntecedent));
        };
        if let Err(code) = check_block(kind, &entry.attachment) {
            return Ok(Judged::unusable(code));
        }
        if self.hides_what_is_due(statement) {
            return Ok(Judged::unusable(Code::StatementTime));
        }
        match self.stay(id)? {
            Some(row) => self.take_into(arrival, entry, statement, row),
            None if id.opening() == statement.hash() => self.open_received(arrival, statement),
            None => Ok(Judged::unusable(Code::StayUnknown)),
        }
    }

    /// Whether it is dated so far ahead that what it tells would hide for ever what falls due
    /// . An end hides nothing, and comes with what must not be refused.
    pub(super) fn hides_what_is_due(&self, statement: &Statement) -> bool {
        use Kind::{EndProposal, ResidenceEnded, StayEnded};
        let ends = matches!(statement.kind(), Some(EndProposal | StayEnded | ResidenceEnded));
        !ends && statement.is_ahead_of(self.now)
    }

    /// A StayNotice makes us the destination, a ReportIn the origin. A peer that opens stays
    /// without end, which nobody places or confirms, is stopped: it may open them later.
    fn open_received(
        &mut self,
        arrival: &mut Judging<'_>,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let many = self.office.shared.quotas.waiting_cases.saturating_sub(arrival.opened);
        if many == 0 || self.snapshot.has_stays_waiting(arrival.peer.id, many)? {
            return Ok(Judged::unusable(Code::CaseQuota));
        }
        let core = match Stay::open(statement, arrival.peer.region, self.office.me().region) {
            Ok(core) => core,
            Err(code) => return Ok(Judged::unusable(code)),
        };
        arrival.opened += 1;
        let row = StayRow {
            id: self.office.shared.store.new_stay_id(),
            version: Version::ABSENT,
            own: statement.kind() == Some(Kind::ReportIn),
            peer: arrival.peer.id,
            core,
            rejected: None,
            kept: StayKept::default(),
        };
        let id = row.id;
        self.put_stay(row)?;
        Ok(Judged::of_stay(id))
    }

    fn take_into(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
        mut row: StayRow,
    ) -> Result<Judged, Stop> {
        let case = (row.core.id.opening(), row.core.side_of(statement.fields().author));
        let known = Self::answers_what_was_said(arrival, statement, case, || self.said_in(&row))?;
        if !known {
            return Ok(Judged::unusable(Code::StatementAntecedent));
        }
        let before = row.core.clone();
        let said = match row.core.merge(statement) {
            Ok(said) => said,
            Err(code) => {
                if code == Code::StatementContradiction {
                    let entry = Box::new(entry.clone());
                    self.batch.push(Change::Fault(arrival.peer.id, code, self.now, None, entry));
                }
                return Ok(Judged::unusable(code));
            }
        };
        let id = row.id;
        // nobody here ever knew this stay, so there is nothing to weigh.
        let answer = match said {
            Said::Proposal(_) if row.own => origin::on_proposal(&row.core, self.now.day()),
            _ => None,
        };
        let answered = match answer {
            Some(draft) => self.answer_by_itself(&mut row, arrival.peer, draft)?,
            None => false,
        };
        if !answered && row.core != before {
            self.put_stay(row)?;
        }
        Ok(Judged::of_stay(id))
    }
}

//! Statements of residences as they arrive, on both sides: the one merge of the protocol. Nothing
//! is answered by itself.

use protocol::envelope::Entry;
use protocol::id::StatementHash;
use protocol::refusal::Code;
use protocol::residence::state::Residence;
use protocol::statement::Statement;
use protocol::statement::residence::check_block;
use protocol::stay::state::Side;

use crate::store::rows::{ResidenceRow, Version};

use super::super::attach::read;
use super::super::decide::{Decision, Stop};
use super::{Judged, Judging};

impl Decision<'_> {
    pub(super) fn take_of_residence(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let (Some(kind), Some(id)) = (statement.kind(), statement.residence()) else {
            return Ok(Judged::unusable(Code::StatementAntecedent));
        };
        if let Err(code) = check_block(kind, &entry.attachment) {
            return Ok(Judged::unusable(code));
        }
        if self.hides_what_is_due(statement) {
            return Ok(Judged::unusable(Code::StatementTime));
        }
        let judged = match self.residence(id)? {
            Some(row) if row.peer == Some(arrival.peer.id) => {
                self.add_to_residence(arrival, statement, row)?
            }
            None if id.opening() == statement.hash() => self.introduced_here(arrival, statement)?,
            _ => Judged::unusable(Code::ResidenceUnknown),
        };
        let core = self.residence(id)?.map(|row| row.core);
        let by = core.and_then(|core| core.side_of(statement).ok());
        if let Some(by) = by.filter(|_| judged.unusable.is_none()) {
            arrival.said.entry(id.opening()).or_default().by.insert(statement.hash(), by);
        }
        Ok(judged)
    }

    /// An introduction makes us the community. A peer that introduces people without end, who never
    /// report, is stopped: nothing depends on it, and it may introduce them later.
    fn introduced_here(
        &mut self,
        arrival: &mut Judging<'_>,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let peer = arrival.peer;
        let many = self.office.shared.quotas.waiting_cases.saturating_sub(arrival.opened);
        if many == 0 || self.snapshot.has_introductions(peer.id, many)? {
            return Ok(Judged::unusable(Code::CaseQuota));
        }
        let core = match Residence::open(statement, peer.region, self.office.me().region) {
            Ok(core) => core,
            Err(code) => return Ok(Judged::unusable(code)),
        };
        arrival.opened += 1;
        let id = self.office.shared.store.new_residence_id();
        self.put_residence(ResidenceRow {
            id,
            version: Version::ABSENT,
            own: false,
            peer: Some(peer.id),
            core,
            card: None,
            rejected: None,
        })?;
        Ok(Judged::of_residence(id))
    }

    fn add_to_residence(
        &mut self,
        arrival: &mut Judging<'_>,
        statement: &Statement,
        mut row: ResidenceRow,
    ) -> Result<Judged, Stop> {
        let case = (row.core.id.opening(), row.core.side_of(statement).ok());
        let known = Self::answers_what_was_said(arrival, statement, case, || self.said_of(&row))?;
        if !known {
            return Ok(Judged::unusable(Code::StatementAntecedent));
        }
        let before = row.core.clone();
        if let Err(code) = row.core.merge(statement) {
            return Ok(Judged::unusable(code));
        }
        let id = row.id;
        if row.core != before {
            self.settle_residence(row)?;
        }
        Ok(Judged::of_residence(id))
    }

    /// Every usable statement of a residence that is stored, with who said it.
    pub(in crate::office) fn said_of(
        &self,
        row: &ResidenceRow,
    ) -> Result<Vec<(StatementHash, Side)>, Stop> {
        let stored = self.snapshot.residence_statements(row, None, u32::MAX)?;
        let said = read(stored)
            .filter_map(|statement| Some((statement.hash(), row.core.side_of(&statement).ok()?)));
        Ok(said.collect())
    }
}

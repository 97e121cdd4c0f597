//! Statements of stays as they arrive, on both sides: the one merge of the protocol, and the one
//! answer that an origin gives by itself.

use protocol::envelope::Entry;
use protocol::refusal::Code;
use protocol::statement::Statement;
use protocol::statement::kind::Kind;
use protocol::statement::mobility::Said;
use protocol::statement::mobility::particulars::check_block;
use protocol::statement::notice::Unusable;
use protocol::stay::origin;
use protocol::stay::state::Stay;

use crate::store::Change;
use crate::store::rows::{StayRow, Version};

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
            arrival.said.entry(id).or_default().by.insert(statement.hash(), by);
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
        match self.stay(id)? {
            Some(row) => self.take_into(arrival, entry, statement, row),
            None if id.opening() == statement.hash() => self.open_received(arrival, statement),
            None => Ok(Judged::unusable(Code::StayUnknown)),
        }
    }

    /// A StayNotice makes us the destination, a ReportIn the origin.
    fn open_received(
        &mut self,
        arrival: &Judging<'_>,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        if statement.is_ahead_of(self.now) {
            return Ok(Judged::unusable(Code::StatementTime));
        }
        let core = match Stay::open(statement, arrival.peer.region, self.office.me().region) {
            Ok(core) => core,
            Err(code) => return Ok(Judged::unusable(code)),
        };
        let row = StayRow {
            id: self.office.shared.store.new_stay_id(),
            version: Version::ABSENT,
            own: statement.kind() == Some(Kind::ReportIn),
            peer: arrival.peer.id,
            core,
            rejected: None,
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
        if !self.answers_what_was_said(arrival, statement, &row)? {
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

    /// a Correction answers a statement of its author in this stay, a Reply one of either
    /// side. In one arrival the peer may say a thing and correct it. What is stored is read once in
    /// an arrival, however many of them it brings.
    fn answers_what_was_said(
        &self,
        arrival: &mut Judging<'_>,
        statement: &Statement,
        row: &StayRow,
    ) -> Result<bool, Stop> {
        let own_alone = match statement.kind() {
            Some(Kind::Correction) => true,
            Some(Kind::Reply) => false,
            _ => return Ok(true),
        };
        let fields = statement.fields();
        let Some(about) = fields.answers.get(1) else { return Ok(false) };
        let spoken = arrival.said.entry(row.core.id).or_default();
        if !spoken.loaded && !spoken.by.contains_key(about) {
            spoken.by.extend(self.said_in(row)?);
            spoken.loaded = true;
        }
        let author = row.core.side_of(fields.author);
        let by = spoken.by.get(about);
        Ok(by.is_some_and(|by| !own_alone || Some(*by) == author))
    }

    /// The peer could not use something that we said in a stay: whoever looks at it sees that.
    pub(super) fn take_unusable_of_stay(
        &mut self,
        arrival: &Judging<'_>,
        statement: &Statement,
        notice: &Unusable,
    ) -> Result<Judged, Stop> {
        let Some(opening) = statement.fields().answers.first() else {
            return Ok(Judged::fine(None));
        };
        let stay = protocol::id::StayId::of_opening(*opening);
        let Some(mut row) = self.stay(stay)?.filter(|row| row.peer == arrival.peer.id) else {
            return Ok(Judged::fine(None));
        };
        row.rejected = Some(notice.reason().unwrap_or(Code::StatementUnusable));
        let id = row.id;
        self.put_stay(row)?;
        Ok(Judged::of_stay(id))
    }
}

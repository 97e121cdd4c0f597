//! The members, letters, stays and residences that one decision touches, as they change step by
//! step: several statements about one person or letter may come in one arrival, and each must see
//! what the one before it did.

use std::collections::HashMap;

use protocol::id::{LetterId, MemberRef, ResidenceId, StayId};

use crate::store::rows::{LetterRow, MemberId, MemberRow, ResidenceRow, StayRow, Version};
use crate::store::{Batch, Change, Expected};

use super::decide::{Decision, Stop};

/// Rows that were read or written by one decision.
#[derive(Default)]
pub(super) struct Members {
    rows: HashMap<MemberRef, Touched>,
}

struct Touched {
    /// The row as the store has it.
    stored: Option<(MemberId, Version)>,
    row: Option<MemberRow>,
    changed: bool,
}

impl Decision<'_> {
    /// The letter as this decision has left it so far.
    pub(super) fn letter(&self, id: LetterId) -> Result<Option<LetterRow>, Stop> {
        match self.batch.letter(id) {
            Some(row) => Ok(Some(row.clone())),
            None => Ok(self.snapshot.letter(id)?),
        }
    }

    /// Writes the letter when the decision is committed.
    pub(super) fn put_letter(&mut self, row: LetterRow) {
        self.batch.push(Change::Letter(Box::new(row)));
    }

    /// The stay as this decision has left it so far.
    pub(super) fn stay(&self, id: StayId) -> Result<Option<StayRow>, Stop> {
        match self.batch.stay(id) {
            Some(row) => Ok(Some(row.clone())),
            None => Ok(self.snapshot.stay(id)?),
        }
    }

    /// Writes the stay when the decision is committed.
    pub(super) fn put_stay(&mut self, row: StayRow) -> Result<(), Stop> {
        self.follow_stay(&row)?;
        self.batch.push(Change::Stay(Box::new(row)));
        Ok(())
    }

    /// The residence as this decision has left it so far.
    pub(super) fn residence(&self, id: ResidenceId) -> Result<Option<ResidenceRow>, Stop> {
        match self.batch.residence(id) {
            Some(row) => Ok(Some(row.clone())),
            None => Ok(self.snapshot.residence(id)?),
        }
    }

    /// Writes the residence when the decision is committed.
    pub(super) fn put_residence(&mut self, row: ResidenceRow) -> Result<(), Stop> {
        self.follow_residence(&row)?;
        self.batch.push(Change::Residence(Box::new(row)));
        Ok(())
    }

    /// The member as this decision has left it so far. The decision holds only if nobody else
    /// changes the row meanwhile.
    pub(super) fn member(&mut self, member: MemberRef) -> Result<Option<MemberRow>, Stop> {
        if let Some(touched) = self.members.rows.get(&member) {
            return Ok(touched.row.clone());
        }
        let row = self.snapshot.member(member)?;
        let stored = row.as_ref().map(|row| (row.id, row.version));
        self.members.rows.insert(member, Touched { stored, row: row.clone(), changed: false });
        Ok(row)
    }

    /// Writes the row when the decision is committed.
    pub(super) fn put_member(&mut self, row: MemberRow) {
        let stored = (row.version != Version::ABSENT).then_some((row.id, row.version));
        let touched = Touched { stored, row: Some(row.clone()), changed: true };
        self.members.rows.insert(row.member, touched);
    }

    /// Removes the row when the decision is committed.
    pub(super) fn forget_member(&mut self, member: MemberRef) {
        if let Some(touched) = self.members.rows.get_mut(&member) {
            (touched.row, touched.changed) = (None, true);
        }
    }
}

impl Members {
    /// Who with this hash of an ID number was written by this decision and lives.
    pub(super) fn placed(&self, id_hmac: &[u8; 16]) -> Option<MemberRef> {
        let changed = self.rows.values().filter(|touched| touched.changed);
        let mut rows = changed.filter_map(|touched| touched.row.as_ref());
        rows.find(|row| row.id_hmac == *id_hmac && row.custody.is_living()).map(|row| row.member)
    }

    /// Adds what changed to the batch, one change for each member, and that nobody else changes
    /// what was only read; in the order of the rows, so that a table grows at its end, and the same
    /// decision always gives the same batch.
    pub(super) fn finish(self, batch: &mut Batch) {
        let mut rows: Vec<(MemberRef, Touched)> = self.rows.into_iter().collect();
        let id = |touched: &Touched| {
            let row = touched.row.as_ref().map(|row| row.id);
            row.or(touched.stored.map(|(id, _)| id))
        };
        rows.sort_by_key(|(_, touched)| id(touched));
        for (member, Touched { stored, row, changed }) in rows {
            match (row.filter(|_| changed), stored) {
                (Some(row), _) => {
                    batch.push(Change::Member(Box::new(row)));
                    continue;
                }
                (None, Some((id, version))) => batch.expect(Expected::Member(id, version)),
                (None, None) => batch.expect(Expected::NoMember(member)),
            };
            if let (true, Some((id, _))) = (changed, stored) {
                batch.push(Change::ForgetMember(id));
            }
        }
    }
}

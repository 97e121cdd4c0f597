//! What a letter's progress does to the roster row of its member: the one place where the
//! shared state becomes this node's custody.

use protocol::statement::custody::VoidReason;
use protocol::statement::mobility::EndedHow;
use protocol::transfer::state::{Holder, Letter, State};

use crate::store::rows::{Custody, EndReason, LetterRow, MemberRow};

use super::decide::{Decision, Stop};
use super::findings::index::News;

impl Decision<'_> {
    /// Brings the member's row to what the letter says now, on either side.
    pub(super) fn follow(&mut self, letter: &LetterRow, before: &Letter) -> Result<(), Stop> {
        let Some(mut row) = self.member(letter.core.member)? else { return Ok(()) };
        if row.open_letter != Some(letter.id) {
            return Ok(());
        }
        let was_here = row.nonce.is_some() || row.inbound.is_some();
        let kept = if letter.own {
            follow_as_origin(&mut row, letter);
            if row.custody == Custody::Transferred {
                self.end_stays_of(&mut row, EndedHow::Transferred, self.now.day())?;
            }
            true
        } else {
            follow_as_destination(&mut row, letter, before)
        };
        let arrived =
            letter.core.holder() == Holder::Destination && before.holder() != Holder::Destination;
        if kept {
            // The background looks at those who are new; one who came back has an old row.
            let back = !letter.own && arrived && was_here;
            let refused = letter.own && letter.core.state() == State::Refused;
            if back {
                self.follow_member(&row, None)?;
            } else if refused {
                self.follow_member(&row, Some(News::Ended(None)))?;
            }
            let away = row.away.filter(|_| letter.own);
            self.put_member(row);
            self.follow_letter_of(away)?;
        } else {
            self.drop_findings_of(row.id);
            self.forget_member(row.member);
        }
        if !letter.own && arrived {
            self.merge_duplicate(letter)?;
        }
        Ok(())
    }

    /// Once we are the full holder, the older reference of the same person becomes an alias.
    /// If it has moved on meanwhile, it stays as it is: the two are a finding for people.
    fn merge_duplicate(&mut self, letter: &LetterRow) -> Result<(), Stop> {
        let Some(older) = letter.same_as else { return Ok(()) };
        let Some(row) = self.member(older)?.filter(|row| row.custody == Custody::Here) else {
            return Ok(());
        };
        if let Some(mut open) = self.own_issued_letter(&row)? {
            self.void(&mut open, VoidReason::Ended)?;
        }
        self.end_paper(&row)?;
        let Some(mut row) = self.member(older)? else { return Ok(()) };
        self.end_stays_of(&mut row, EndedHow::MembershipEnded, self.now.day())?;
        row.custody = Custody::Ended;
        row.ended = Some((EndReason::Duplicate, self.now.day()));
        row.alias_of = Some(letter.core.member);
        row.open_letter = None;
        self.note(older, "ended", Some("duplicate".into()));
        self.put_member(row);
        Ok(())
    }

    /// The letter of ours about this member that nobody has accepted, if there is one.
    pub(super) fn own_issued_letter(&self, row: &MemberRow) -> Result<Option<LetterRow>, Stop> {
        let Some(open) = row.open_letter else { return Ok(None) };
        let Some(stored) = self.snapshot.letter_by_row(open)? else { return Ok(None) };
        let letter = self.letter(stored.core.id)?;
        Ok(letter.filter(|letter| letter.own && letter.core.state() == State::Issued))
    }
}

fn follow_as_origin(row: &mut MemberRow, letter: &LetterRow) {
    row.custody = match letter.core.holder() {
        Holder::Origin if row.custody == Custody::InTransit => Custody::Here,
        Holder::Origin => row.custody,
        Holder::InTransit => Custody::InTransit,
        Holder::Destination => Custody::Transferred,
    };
    if letter.core.state().is_final() {
        row.open_letter = None;
    }
}

/// Whether the row stays: somebody who was only provisional here is forgotten with the letter.
fn follow_as_destination(row: &mut MemberRow, letter: &LetterRow, before: &Letter) -> bool {
    let (was, state) = (before.holder(), letter.core.state());
    if letter.core.holder() == Holder::Destination && was != Holder::Destination {
        row.custody = Custody::Here;
        row.generation = letter.core.generation.next();
        row.inbound = Some(letter.id);
        row.ended = None;
    }
    if state.is_final() {
        row.open_letter = None;
        if state != State::Closed && row.custody == Custody::Provisional {
            row.custody = if row.ended.is_some() { Custody::Ended } else { Custody::Transferred };
            return row.nonce.is_some() || row.inbound.is_some();
        }
    }
    true
}

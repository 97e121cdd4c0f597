//! What a letter's progress does to the roster row of its member: the one place where the
//! shared state becomes this node's custody.

use protocol::id::OrgCode;
use protocol::refusal::Code;
use protocol::transfer::state::{Holder, Letter, State};

use crate::store::rows::{Custody, EndReason, LetterRow, MemberRow};
use crate::store::{Change, Expected};

use super::decide::{Decision, Stop};

impl Decision<'_> {
    /// Brings the member's row to what the letter says now, on either side.
    pub(super) fn follow(&mut self, letter: &LetterRow, before: &Letter) -> Result<(), Stop> {
        let Some(mut row) = self.snapshot.member(letter.core.member)? else { return Ok(()) };
        let version = row.version;
        let kept = if letter.own {
            follow_as_origin(&mut row, letter)
        } else {
            follow_as_destination(&mut row, letter, before)
        };
        if !letter.own && letter.core.holder() == Holder::Destination {
            self.merge_duplicate(letter, before)?;
        }
        self.batch.expect(Expected::Member(row.id, version));
        if kept {
            self.batch.push(Change::Member(Box::new(row)));
        } else {
            self.batch.push(Change::ForgetMember(row.id));
        }
        Ok(())
    }

    /// Once we are the full holder, the older reference of the same person becomes an alias.
    fn merge_duplicate(&mut self, letter: &LetterRow, before: &Letter) -> Result<(), Stop> {
        let Some(older) = letter.same_as.filter(|_| before.holder() != Holder::Destination) else {
            return Ok(());
        };
        let Some(mut row) = self.snapshot.member(older)? else { return Ok(()) };
        self.batch.expect(Expected::Member(row.id, row.version));
        row.custody = Custody::Ended;
        row.ended = Some((EndReason::Duplicate, self.now.day()));
        row.alias_of = Some(letter.core.member);
        row.open_letter = None;
        self.note(older, "ended", Some("duplicate".into()));
        self.batch.push(Change::Member(Box::new(row)));
        Ok(())
    }
}

fn follow_as_origin(row: &mut MemberRow, letter: &LetterRow) -> bool {
    if row.open_letter != Some(letter.id) && row.custody != Custody::InTransit {
        return true;
    }
    row.custody = match letter.core.holder() {
        Holder::Origin if row.custody == Custody::InTransit => Custody::Here,
        Holder::Origin => row.custody,
        Holder::InTransit => Custody::InTransit,
        Holder::Destination => Custody::Transferred,
    };
    if letter.core.state().is_final() {
        row.open_letter = None;
    }
    true
}

/// Whether the row stays: somebody who was only provisional here is forgotten with the letter.
fn follow_as_destination(row: &mut MemberRow, letter: &LetterRow, before: &Letter) -> bool {
    if row.open_letter != Some(letter.id) {
        return true;
    }
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

impl Decision<'_> {
    /// A living organisation of our own, to place somebody in.
    pub(super) fn own_org(&self, code: OrgCode) -> Result<OrgCode, Stop> {
        match self.snapshot.org(code)? {
            Some(org) if !org.closed => Ok(code),
            Some(org) => match org.successor {
                Some(successor) => self.own_org(successor),
                None => Err(unknown(code)),
            },
            None => Err(unknown(code)),
        }
    }
}

fn unknown(code: OrgCode) -> Stop {
    protocol::refusal::Refusal::about(Code::OrgUnknown, code).into()
}

//! 撤回、作废、改派、重开: what an origin office may do before it has released.

use protocol::id::{LetterId, OrgCode};
use protocol::refusal::{Code, Refusal};
use protocol::statement::custody::VoidReason;
use protocol::transfer::origin;
use protocol::transfer::state::State;

use crate::store::Change;
use crate::store::rows::{LetterRow, MemberRow};

use super::decide::{Decision, Stop};
use super::findings::index::{News, days_of};
use super::issue::Terms;
use super::{Office, text, view};

impl Office {
    /// Voids a letter before Release. With `rerouted`, `to` names the new destination, and the new
    /// letter is issued in the same commit and returned.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.not_own`, `letter.state`, `ground.unknown`, `redirect.missing`,
    /// and those of issuing.
    pub fn void(
        &self,
        letter: &str,
        reason: &str,
        to: Option<&str>,
    ) -> Result<view::Letter, Refusal> {
        let reason = VoidReason::from_name(reason)
            .ok_or_else(|| Refusal::about(Code::GroundUnknown, reason))?;
        if reason == VoidReason::Rerouted && to.is_none() {
            return Err(Refusal::about(Code::RedirectMissing, reason.name()));
        }
        if let Some(voided) = self.void_on_paper(letter, reason)? {
            return Ok(voided);
        }
        let (id, _) = self.decide(|decision| {
            let mut row = decision.outgoing(letter)?;
            decision.void(&mut row, reason)?;
            match to.filter(|_| reason == VoidReason::Rerouted) {
                Some(to) => decision.replace(&row, text::org_code(to)?),
                None => Ok(row.core.id),
            }
        })?;
        self.letter(&id.to_string())
    }

    /// Issues a new letter for one that was voided, refused or lost; an open one is voided in the
    /// same commit.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.not_own`, `letter.state`, and those of issuing.
    pub fn reissue(&self, letter: &str) -> Result<view::Letter, Refusal> {
        let (id, _) = self.decide(|decision| {
            let mut row = decision.outgoing(letter)?;
            match row.core.state() {
                State::Refused | State::Voided => {}
                State::Issued => {
                    let expired = decision.now >= row.core.valid_until.end();
                    let reason = if expired { VoidReason::Expired } else { VoidReason::Lost };
                    decision.void(&mut row, reason)?;
                }
                state => {
                    let refusal = Refusal::about(Code::LetterState, state.name());
                    return Err(refusal.allowing(origin::allowed(state)).into());
                }
            }
            decision.replace(&row, row.to_org)
        })?;
        self.letter(&id.to_string())
    }
}

impl Decision<'_> {
    fn outgoing(&self, letter: &str) -> Result<LetterRow, Stop> {
        let row = self.snapshot.named_letter(letter)?;
        if row.own { Ok(row) } else { Err(Refusal::about(Code::LetterNotOwn, row.core.id).into()) }
    }

    /// Signs the Offer that stands for `old`, which has ended in this same decision or before; a
    /// place in a batch goes over to it.
    pub(super) fn replace(&mut self, old: &LetterRow, to: OrgCode) -> Result<LetterId, Stop> {
        let member = self.member_of(old)?;
        let particulars = self.office.particulars_of(self.snapshot, old)?;
        let reason = particulars.map(|one| one.reason.clone()).unwrap_or_default();
        let dues = self.office.offer_of(self.snapshot, old)?.dues_paid_through;
        let terms = Terms {
            dues: dues.max(member.dues_paid_through),
            replaces: Some(old.core.id),
            batch: old.batch,
            ..Terms::new(to, reason)
        };
        let offered = self.offer(&member, &terms)?;
        if let Some(place) = old.batch {
            let (batch, index) = (place.batch, place.index);
            self.batch.push(Change::BatchLetter(batch, index, offered.row, to));
        }
        Ok(offered.letter)
    }

    fn member_of(&mut self, letter: &LetterRow) -> Result<MemberRow, Stop> {
        let member = self.member(letter.core.member)?;
        Ok(member.ok_or_else(|| Refusal::about(Code::MemberUnknown, letter.core.member))?)
    }

    /// Signs the Void of a letter of ours.
    pub(super) fn void(&mut self, row: &mut LetterRow, reason: VoidReason) -> Result<(), Stop> {
        let draft = origin::void(&row.core, reason)?;
        let peer = self.peer_of(row)?;
        self.add_own(row, &peer, draft)?;
        self.follow_void(row, reason)
    }

    /// The member is here again; a letter that ran out is not forgotten.
    pub(super) fn follow_void(&mut self, row: &LetterRow, reason: VoidReason) -> Result<(), Stop> {
        let Some(member) = self.member(row.core.member)? else { return Ok(()) };
        let lapsed = (reason == VoidReason::Expired).then(|| days_of(row));
        self.follow_member(&member, Some(News::Ended(lapsed)))
    }
}

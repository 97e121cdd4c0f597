//! Saying something in a stay, and what that does to the roster; and the end of a stay with its
//! membership.

use protocol::statement::Draft;
use protocol::statement::mobility::EndedHow;
use protocol::stay::origin;
use protocol::time::Day;

use crate::store::rows::{CaseRowId, MemberRow, PeerRow, StayRow};

use super::super::decide::{Decision, Stop};

impl Decision<'_> {
    /// Signs a statement of ours in a stay, takes it into the stay, and lets the roster follow.
    pub(in crate::office) fn say(
        &mut self,
        row: &mut StayRow,
        peer: &PeerRow,
        draft: Draft,
    ) -> Result<(), Stop> {
        // What the other side could not use before is said again now, or is past.
        row.rejected = None;
        self.sign_into(row, peer, draft)?;
        let Some((member, _)) = row.core.membership().filter(|_| row.own) else { return Ok(()) };
        let Some(mut member) = self.member(member)? else { return Ok(()) };
        let away = if row.core.word().is_away() {
            Some(row.id)
        } else {
            member.away.filter(|stay| *stay != row.id)
        };
        if member.away != away {
            member.away = away;
            if away.is_some() {
                self.end_departure_of(member.member, away, self.now.day())?;
            }
            self.follow_member(&member, None)?;
            self.put_member(member);
        }
        Ok(())
    }

    /// Says what nobody here decided, if it can be said at all: what the peer sent is taken either
    /// way, for a feed that stops at one proposal would bring nothing more.
    pub(in crate::office) fn answer_by_itself(
        &mut self,
        row: &mut StayRow,
        peer: &PeerRow,
        draft: Draft,
    ) -> Result<bool, Stop> {
        let parties = self.office.parties(peer.node);
        let trial = draft.clone().finish(&parties, self.now, Default::default());
        if let Err(code) = row.core.clone().merge(&trial.statement) {
            tracing::warn!(
                peer = %peer.region, stay = %row.core.id, code = code.text(),
                "a stay is left open, for its end cannot be signed"
            );
            return Ok(false);
        }
        self.say(row, peer, draft)?;
        Ok(true)
    }

    fn sign_into(&mut self, row: &mut StayRow, peer: &PeerRow, draft: Draft) -> Result<(), Stop> {
        let signed = self.sign_in(peer, draft, Some(CaseRowId::Stay(row.id)))?;
        row.core.merge(&signed.statement)?;
        self.put_stay(row.clone())
    }

    /// Ends the stay, the residence and the departure of a member whose membership leaves us in
    /// this decision. The caller writes the member's row.
    pub(in crate::office) fn end_stays_of(
        &mut self,
        member: &mut MemberRow,
        how: EndedHow,
        on: Day,
    ) -> Result<(), Stop> {
        self.end_residence_of(member, how, on)?;
        self.end_departure_of(member.member, None, on)?;
        let Some(away) = member.away.take() else { return Ok(()) };
        let Some(stored) = self.snapshot.stay_by_row(away)? else { return Ok(()) };
        let Some(mut row) = self.stay(stored.core.id)? else { return Ok(()) };
        let Some(peer) = self.snapshot.peer(row.peer)? else { return Ok(()) };
        match origin::on_membership_gone(&row.core, how, on) {
            Some(draft) => self.sign_into(&mut row, &peer, draft),
            None => Ok(()),
        }
    }
}

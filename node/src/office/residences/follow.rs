//! Opening a residence and saying something in it, what that does to the roster, and its end with
//! the membership.

use protocol::id::MemberRef;
use protocol::refusal::{Code, Refusal};
use protocol::residence::state::{Residence, Word};
use protocol::residence::unit;
use protocol::statement::Draft;
use protocol::statement::mobility::EndedHow;
use protocol::statement::residence::ResidenceEnd;
use protocol::time::Day;

use crate::store::rows::{MemberRow, PeerRow, ResidenceRow, ResidenceRowId, Version};

use super::super::decide::{Decision, Stop};
use super::Case;

impl Decision<'_> {
    /// States what opens a residence, and gives its id.
    pub(super) fn open_residence(
        &mut self,
        peer: Option<PeerRow>,
        draft: Draft,
    ) -> Result<String, Stop> {
        let id = self.office.shared.store.new_residence_id();
        let statement = self.state_in(id, peer.as_ref(), draft)?;
        let here = self.office.me().region;
        let there = peer.as_ref().map_or(here, |peer| peer.region);
        let core = Residence::open(&statement, here, there)?;
        let (shown, member) = (core.id.to_string(), core.member);
        let peer = peer.map(|peer| peer.id);
        let (card, rejected) = (None, None);
        let version = Version::ABSENT;
        self.put_residence(ResidenceRow { id, version, own: true, peer, core, card, rejected })?;
        self.resides(member, id, true)?;
        Ok(shown)
    }

    /// States something in a residence, takes it in, and gives the residence's id. What the other
    /// side could not use before is said again now, or is past.
    pub(in crate::office) fn say_in_residence(
        &mut self,
        case: Case,
        draft: Draft,
    ) -> Result<String, Stop> {
        let Case { mut row, peer } = case;
        let statement = self.state_in(row.id, peer.as_ref(), draft)?;
        row.core.merge(&statement)?;
        row.rejected = None;
        let shown = row.core.id.to_string();
        self.settle_residence(row)?;
        Ok(shown)
    }

    /// Writes a residence to which something was added, and lets the roster follow.
    pub(in crate::office) fn settle_residence(&mut self, row: ResidenceRow) -> Result<(), Stop> {
        if row.own {
            self.resides(row.core.member, row.id, row.core.word() != Word::Ended)?;
        }
        self.put_residence(row)
    }

    /// Marks whether that residence of a member of ours goes on.
    fn resides(
        &mut self,
        member: MemberRef,
        residence: ResidenceRowId,
        goes_on: bool,
    ) -> Result<(), Stop> {
        let Some(mut row) = self.member(member)? else { return Ok(()) };
        let resides = match goes_on {
            true => Some(residence),
            false => row.resides.filter(|held| *held != residence),
        };
        if row.resides != resides {
            row.resides = resides;
            self.put_member(row);
        }
        Ok(())
    }

    /// Ends the residence of a member whose membership leaves us in this decision. The caller
    /// writes the member's row. Somebody without one costs nothing.
    pub(in crate::office) fn end_residence_of(
        &mut self,
        member: &mut MemberRow,
        how: EndedHow,
        on: Day,
    ) -> Result<(), Stop> {
        let Some(resides) = member.resides.take() else { return Ok(()) };
        let Some(stored) = self.snapshot.residence_by_row(resides)? else { return Ok(()) };
        let Some(mut row) = self.residence(stored.core.id)? else { return Ok(()) };
        let how = match how {
            EndedHow::Transferred => ResidenceEnd::Transferred,
            _ => ResidenceEnd::MembershipEnded,
        };
        let Some(draft) = unit::on_membership_gone(&row.core, how, on) else { return Ok(()) };
        let peer = match row.peer {
            Some(peer) => {
                let found = self.snapshot.peer(peer)?;
                Some(found.ok_or_else(|| Refusal::about(Code::PeerUnknown, peer.0))?)
            }
            None => None,
        };
        let statement = self.state_in(row.id, peer.as_ref(), draft)?;
        row.core.merge(&statement)?;
        self.put_residence(row)
    }
}

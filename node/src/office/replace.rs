//! 更换对方节点: a peer that will not come back is replaced by its successor, on two persons' word.
//!
//! The old feeds are kept as evidence. Letters that nobody had accepted are voided and issued again
//! to the successor. Where nothing but a Receipt or an Ack is due from the old node, the successor
//! is handed the letter and may give it. All others stay as they are, and are named: only
//! the old node's own records could finish them.

use protocol::id::{LetterId, NodeId};
use protocol::member::is_name;
use protocol::refusal::{Code, Refusal};
use protocol::statement::custody::VoidReason;
use protocol::transfer::state::{Side, State};
use protocol::transfer::succession::succession;

use crate::store::rows::{LetterRow, PeerId, PeerRow, PeerState};
use crate::store::{Change, Expected};

use super::batches::ends_all;
use super::decide::{Decision, Stop};
use super::pairing::compare;
use super::receive::directory::put_listings;
use super::{Office, Wake, view};

/// Letters that are looked at in one go.
const LETTERS_MAX: u32 = 100_000;

impl Office {
    /// Replaces the peer `old` (region, or node id prefix) by `new`, which has accepted an
    /// invitation of ours and whose fingerprint two `persons` have compared.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.fingerprint`, `role.denied` (not two different persons),
    /// `peer.revoked`, `org.foreign` (the successor keeps another region), and those of the node
    /// itself. A letter that can neither be issued again nor handed on is named as waiting.
    pub fn replace_peer(
        &self,
        old: &str,
        new: &str,
        fingerprint: &str,
        persons: &[String],
    ) -> Result<view::Replaced, Refusal> {
        let two = matches!(persons, [one, other] if one != other && is_name(one) && is_name(other));
        if !two {
            return Err(Refusal::about(Code::RoleDenied, "--confirmed-by A --confirmed-by B"));
        }
        let ((gone, successor), _) =
            self.decide(|decision| decision.succeed(old, new, fingerprint))?;
        self.wake(Wake::Peers);
        self.wake(Wake::Sweep);
        let open = self.look(|_, snapshot| Ok(snapshot.open_letters_with(gone, LETTERS_MAX)?))?;
        let (mut reissued, mut succeeded, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        for letter in open {
            let id = letter.core.id.to_string();
            let tried = if letter.own && letter.core.state() == State::Issued {
                let again = self.decide(|decision| decision.readdress(&letter));
                again.map(|(again, _)| reissued.push(again.to_string()))
            } else {
                let handed_on = self.decide(|decision| decision.hand_on(&letter, successor));
                handed_on.map(|(handed_on, _)| {
                    let list = if handed_on { &mut succeeded } else { &mut waiting };
                    list.push(id.clone());
                })
            };
            match tried {
                Err(refusal) if ends_all(refusal.code) => return Err(refusal),
                // One letter that cannot go on keeps no other from it.
                Err(refusal) => {
                    tracing::warn!(letter = %id, code = refusal.code.text(), "a letter waits");
                    waiting.push(id);
                }
                Ok(()) => {}
            }
        }
        let peer = self.peer_by_row(successor)?;
        Ok(view::Replaced { peer, reissued, succeeded, waiting })
    }
}

impl Decision<'_> {
    fn succeed(
        &mut self,
        old: &str,
        new: &str,
        fingerprint: &str,
    ) -> Result<(PeerId, PeerId), Stop> {
        let successor = self.peer_by_node_or_region(new)?;
        compare(fingerprint, &successor.node, &successor.region)?;
        let mut gone = self.peer_by_node_or_region(old)?;
        if gone.id == successor.id {
            gone = self.replaced_before(&successor)?;
        }
        if successor.state == PeerState::Revoked {
            return Err(Refusal::about(Code::PeerUnknown, new).into());
        }
        if gone.region != successor.region {
            return Err(Refusal::about(Code::OrgForeign, successor.region).into());
        }
        self.batch.expect(Expected::Peer(gone.id, gone.state));
        if successor.directory_revision == 0 {
            let known = self.snapshot.peer_listings(gone.id)?;
            put_listings(&mut self.batch, successor.id, 0, known);
        }
        gone.state = PeerState::Revoked;
        let ids = (gone.id, successor.id);
        self.batch.push(Change::Peer(Box::new(gone)));
        self.make_active(successor)?;
        Ok(ids)
    }

    /// The peer that kept the region before, when the command comes again after it was cut short:
    /// what is left to do is done.
    fn replaced_before(&self, successor: &PeerRow) -> Result<PeerRow, Stop> {
        let of_region =
            |peer: &PeerRow| peer.region == successor.region && peer.state == PeerState::Revoked;
        let mut found = self.snapshot.peers()?.into_iter().filter(of_region);
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(Refusal::about(Code::PeerUnknown, successor.region).into()),
        }
    }

    /// A peer by its region, or by the beginning of its node id.
    fn peer_by_node_or_region(&self, text: &str) -> Result<PeerRow, Stop> {
        if text.len() < super::text::PREFIX_CHARS_MIN {
            return self.snapshot.named_peer(text);
        }
        let typed = text.to_ascii_lowercase();
        let named = |node: &NodeId| node.to_string().starts_with(&typed);
        let mut found = self.snapshot.peers()?.into_iter().filter(|peer| named(&peer.node));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            _ => self.snapshot.named_peer(text),
        }
    }

    /// Voids a letter to the node that is gone, and issues it to its successor.
    fn readdress(&mut self, letter: &LetterRow) -> Result<LetterId, Stop> {
        let Some(mut row) = self.snapshot.letter_by_row(letter.id)? else {
            return Err(Refusal::about(Code::LetterUnknown, letter.core.id).into());
        };
        self.void(&mut row, VoidReason::Rerouted)?;
        self.replace(&row, row.to_org)
    }
    /// Signs the Succession of a letter in which only a Receipt or an Ack is due from the node that
    /// is gone, for the node that keeps the same region now. Whether it could.
    fn hand_on(&mut self, letter: &LetterRow, successor: PeerId) -> Result<bool, Stop> {
        let row = self.snapshot.letter_by_row(letter.id)?;
        let peer = self.snapshot.peer(successor)?;
        let (Some(mut row), Some(peer)) = (row, peer) else { return Ok(false) };
        let gone = self.snapshot.peer(row.peer)?.filter(|gone| gone.region == peer.region);
        let other_side = if row.own { Side::Destination } else { Side::Origin };
        let owed = row.core.owed().filter(|owed| owed.by == other_side);
        let (Some(_), Some(owed)) = (gone, owed) else { return Ok(false) };
        let file = self.office.case_file_for(self.snapshot, &row, owed.by)?;
        let Some(draft) = succession(&row.core, &file) else { return Ok(false) };
        let signed = match self.sign(&peer, draft, Some(row.id)) {
            // The proof of very many hand-overs leaves no room for what goes with it.
            Err(Stop::Refused(refusal)) if refusal.code == Code::MemberHandOvers => {
                return Ok(false);
            }
            signed => signed?,
        };
        row.core.merge(&signed.statement);
        self.batch.push(Change::HandOn(row.id, peer.id));
        self.batch.push(Change::Letter(Box::new(row)));
        Ok(true)
    }
}

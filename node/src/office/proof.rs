//! Putting together the proof of how a membership came here, from what lies in the store.

use protocol::codec;
use protocol::envelope::Entry;
use protocol::refusal::{Code, Refusal};
use protocol::statement::keys::KeyCert;
use protocol::statement::kind::Kind;
use protocol::transfer::proof::{HandOverProof, Hop, ProofEntry};

use crate::store::rows::{LetterRow, MemberRow, PeerRow};
use crate::store::{GroupFault, GroupRows, Snapshot};

use super::Office;
use super::decide::Stop;

impl Office {
    /// The hand-overs behind a membership that we hold: those that came with its last Release, and
    /// that last one itself.
    pub(super) fn proof_of(
        &self,
        snapshot: &Snapshot<'_>,
        member: &MemberRow,
    ) -> Result<HandOverProof, Stop> {
        let Some(inbound) = member.inbound else { return Ok(HandOverProof::default()) };
        let missing = || Refusal::about(Code::Internal, "proof");
        let letter = snapshot.letter_by_row(inbound)?.ok_or_else(missing)?;
        let peer = snapshot.peer(letter.peer)?.ok_or_else(missing)?;
        let kinds = [Kind::Offer, Kind::Accept, Kind::Release, Kind::Receipt, Kind::Ack];
        let mut entries = Vec::with_capacity(kinds.len());
        for kind in kinds {
            entries.push(self.letter_entry(snapshot, &letter, &peer, kind)?);
        }
        let before = entries[2].attachment.block().ok_or_else(missing)?;
        let before = HandOverProof::from_block(before)?;
        let origin: KeyCert = codec::decode(&peer.cert).map_err(|_| missing())?;
        let entries: Vec<ProofEntry> = entries.iter().map(ProofEntry::from).collect();
        let entries = entries.try_into().map_err(|_| missing())?;
        let certs = vec![origin, self.me().cert.clone()];
        Ok(before.extended(Hop { certs, entries }))
    }

    /// The entry of one statement of a letter, complete with seal and block.
    pub(super) fn letter_entry(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
        peer: &PeerRow,
        kind: Kind,
    ) -> Result<Entry, Stop> {
        let missing = || Refusal::about(Code::StatementAntecedent, letter.core.id);
        let (feed, seq) = snapshot.letter_entry(letter.id, kind)?.ok_or_else(missing)?;
        let feed = snapshot.feed(feed)?.ok_or_else(missing)?;
        let own = feed.id == peer.own_feed.id;
        let (me, other) = (self.me().node, peer.node);
        let parties = if own { (me, other) } else { (other, me) };
        let group = snapshot.groups(&feed, parties, seq - 1, 1)?.into_iter().next();
        let entries = self.open_group(snapshot, group.ok_or_else(missing)?)?;
        let entry = entries.into_iter().find(|entry| entry.header.seq == seq);
        Ok(entry.ok_or_else(missing)?)
    }

    /// The entries of a stored group, with their private blocks opened.
    pub(super) fn open_group(
        &self,
        snapshot: &Snapshot<'_>,
        group: GroupRows,
    ) -> Result<Vec<Entry>, Stop> {
        let opened =
            group.entries(|statement, sealed| self.open_block(snapshot, statement, sealed));
        opened.map_err(|fault| match fault {
            GroupFault::Damaged => Refusal::about(Code::Internal, "a stored group").into(),
            GroupFault::Block(stop) => stop,
        })
    }

    fn open_block(
        &self,
        snapshot: &Snapshot<'_>,
        statement: &[u8],
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, Stop> {
        let statement = protocol::statement::Statement::read(statement)
            .map_err(|_| Refusal::about(Code::Internal, "a stored statement"))?;
        let Some(member) = statement.fields().member else { return Ok(None) };
        let plain = self.unseal(snapshot, member, statement.hash().as_bytes(), sealed)?;
        Ok(plain.map(|plain| plain.reveal().clone()))
    }
}

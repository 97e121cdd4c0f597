//! A letter as evidence: its entries with the certificates that they need, from our feeds and,
//! where this node stepped in for another, from the case file; and the proof of how a membership
//! came here.

use protocol::codec;
use protocol::envelope::Entry;
use protocol::id::{KeyId, NodeId, StatementHash};
use protocol::refusal::{Code, Refusal};
use protocol::statement::Statement;
use protocol::statement::attachment::Attachment;
use protocol::statement::keys::KeyCert;
use protocol::statement::kind::Kind;
use protocol::transfer::proof::{HandOverProof, Hop, ProofEntry};
use protocol::transfer::state::Side;
use protocol::transfer::succession::CaseFile;

use crate::store::rows::{LetterRow, MemberRow};
use crate::store::{FeedSide, GroupFault, GroupRows, Snapshot};

use super::Office;
use super::decide::Stop;

/// What carried a letter so far, in order.
struct Evidence {
    certs: Vec<KeyCert>,
    /// Without the Successions.
    entries: Vec<ProofEntry>,
    successions: Vec<ProofEntry>,
    /// Salt and block of the Offer.
    offer: Option<Attachment>,
    /// Those of the Release.
    release: Option<Attachment>,
}

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
        let Evidence { certs, entries, successions, release, .. } =
            self.evidence(snapshot, &letter)?;
        let release = release.ok_or_else(missing)?;
        let before = HandOverProof::from_block(release.block().ok_or_else(missing)?)?;
        let entries = entries.try_into().map_err(|_| missing())?;
        Ok(before.extended_by_successors(Hop { certs, entries }, successions))
    }

    /// What the successor of the other side needs to finish a letter. The block of the
    /// Release is for a new destination alone: it is that one who must check it.
    pub(super) fn case_file_for(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
        side: Side,
    ) -> Result<CaseFile, Stop> {
        let missing = || Refusal::about(Code::StatementAntecedent, letter.core.id);
        let Evidence { certs, entries, successions, offer, release } =
            self.evidence(snapshot, letter)?;
        let release = release.ok_or_else(missing)?;
        let release = match side {
            Side::Destination => release,
            Side::Origin => Attachment::erased(*release.salt()),
        };
        let offer = offer.ok_or_else(missing)?;
        let earlier = successions.into_iter().next();
        Ok(CaseFile { certs, entries, earlier, offer, release })
    }

    /// The case file by which this node stepped into a letter; none if it did not, or if it is
    /// erased.
    pub(super) fn case_file(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
    ) -> Result<Option<CaseFile>, Stop> {
        let Some(inherited) = letter.core.inherited_by(self.me().node) else { return Ok(None) };
        let entry = self.letter_entry(snapshot, letter, Kind::Succession, inherited.statement)?;
        let block = entry.as_ref().and_then(|entry| entry.attachment.block());
        Ok(block.map(CaseFile::from_block).transpose()?)
    }

    fn evidence(&self, snapshot: &Snapshot<'_>, letter: &LetterRow) -> Result<Evidence, Stop> {
        let missing = || Refusal::about(Code::StatementAntecedent, letter.core.id);
        let file = self.case_file(snapshot, letter)?;
        let (mut entries, mut successions) = (Vec::new(), Vec::new());
        let mut offer = file.as_ref().map(|file| file.offer.clone());
        let mut release = file.as_ref().map(|file| file.release.clone());
        for (kind, hash) in letter.core.way() {
            let entry = match self.letter_entry(snapshot, letter, kind, hash)? {
                Some(entry) => {
                    match kind {
                        Kind::Offer => offer = Some(entry.attachment.clone()),
                        Kind::Release => release = Some(entry.attachment.clone()),
                        _ => {}
                    }
                    ProofEntry::from(&entry)
                }
                None => {
                    let carried = file.as_ref().and_then(|file| file.entry(hash));
                    carried.cloned().ok_or_else(missing)?
                }
            };
            let list = if kind == Kind::Succession { &mut successions } else { &mut entries };
            list.push(entry);
        }
        let mut certs = Vec::new();
        for entry in entries.iter().chain(&successions) {
            let cert = self.cert_of(snapshot, file.as_ref(), entry.author(), entry.key())?;
            let cert = cert.ok_or_else(missing)?;
            if !certs.contains(&cert) {
                certs.push(cert);
            }
        }
        Ok(Evidence { certs, entries, successions, offer, release })
    }

    /// The certificate of the key by which `author` sealed: ours, a peer's, or a carried one.
    fn cert_of(
        &self,
        snapshot: &Snapshot<'_>,
        file: Option<&CaseFile>,
        author: NodeId,
        key: KeyId,
    ) -> Result<Option<KeyCert>, Stop> {
        let names = |cert: &KeyCert| cert.verified().is_ok_and(|keys| keys.names(&author, &key));
        if names(&self.me().cert) {
            return Ok(Some(self.me().cert.clone()));
        }
        if let Some(peer) = snapshot.peer_by_node(&author)? {
            let cert: KeyCert = codec::decode(&peer.cert)
                .map_err(|_| Refusal::about(Code::Internal, "a stored certificate"))?;
            if names(&cert) {
                return Ok(Some(cert));
            }
        }
        Ok(file.and_then(|file| file.certs.iter().find(|cert| names(cert))).cloned())
    }

    /// The entry of one statement of a letter in our feeds, complete with seal and block; none if
    /// it never came through one.
    pub(super) fn letter_entry(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
        kind: Kind,
        hash: StatementHash,
    ) -> Result<Option<Entry>, Stop> {
        for (feed, seq) in snapshot.letter_entries(letter.id, kind)? {
            let damaged = || Refusal::about(Code::Internal, "a feed");
            let (peer, side) = snapshot.feed_ends(feed)?.ok_or_else(damaged)?;
            let other = snapshot.peer(peer)?.ok_or_else(damaged)?.node;
            let feed = snapshot.feed(feed)?.ok_or_else(damaged)?;
            let me = self.me().node;
            let parties = if side == FeedSide::Own { (me, other) } else { (other, me) };
            let group = snapshot.groups(&feed, parties, seq - 1, 1)?.into_iter().next();
            let entries = self.open_group(snapshot, group.ok_or_else(damaged)?)?;
            let is_it = |entry: &Entry| {
                let statement = entry.content.statement().map(Statement::hash);
                entry.header.seq == seq && statement == Some(hash)
            };
            if let Some(entry) = entries.into_iter().find(is_it) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
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
        let statement = Statement::read(statement)
            .map_err(|_| Refusal::about(Code::Internal, "a stored statement"))?;
        let Some(member) = statement.fields().member else { return Ok(None) };
        let plain = self.unseal(snapshot, member, statement.hash().as_bytes(), sealed)?;
        Ok(plain.map(|plain| plain.reveal().clone()))
    }
}

//! Statements of letters as they arrive: the destination's side of an Offer, and both sides of
//! everything that follows it.

use protocol::envelope::Entry;
use protocol::id::{Generation, MemberRef, NodeId};
use protocol::refusal::Code;
use protocol::statement::custody::{Accept, Offer, Provenance, Receipt};
use protocol::statement::kind::Kind;
use protocol::statement::{Draft, Statement};
use protocol::transfer::offer::check_received;
use protocol::transfer::proof::{Claim, HandOverProof};
use protocol::transfer::state::{Letter, Merged};
use protocol::transfer::{destination, origin};

use crate::store::Change;
use crate::store::rows::{Custody, LetterRow, PeerRow, PeerState, Version};

use super::super::decide::{Decision, Stop};
use super::{Judged, Judging};

impl Decision<'_> {
    pub(super) fn take_offer(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let regions = (arrival.peer.region, self.office.me().region);
        let (core, offer) = match Letter::open(statement) {
            Ok(opened) => opened,
            Err(code) => return Ok(Judged::unusable(code)),
        };
        // What came on paper was judged then, and is the letter.
        if let Some(held) = self.letter(core.id)? {
            return Ok(Judged::fine(Some(held.id)));
        }
        let checked = check_received(statement, &offer, &entry.attachment, regions, self.now);
        if let Err(code) = checked {
            return Ok(Judged::unusable(code));
        }
        if let Err(code) = destination::check_generation(&core, self.held_generation(core.member)?)
        {
            return Ok(Judged::unusable(code));
        }
        let row = self.incoming_row(arrival.peer, core, &offer, entry);
        let row = self.park_beyond_quota(arrival, row)?;
        let id = row.id;
        self.put_letter(row);
        self.reach("offer-stored");
        Ok(Judged::fine(Some(id)))
    }

    /// The row of a letter that an Offer of the peer opens.
    pub(in crate::office) fn incoming_row(
        &self,
        peer: &PeerRow,
        core: Letter,
        offer: &Offer,
        entry: &Entry,
    ) -> LetterRow {
        let statement = entry.content.statement();
        let block = entry.attachment.block().map_or(0, <[u8]>::len);
        LetterRow {
            id: self.office.shared.store.new_letter_id(),
            version: Version::ABSENT,
            own: false,
            peer: peer.id,
            serial: offer.serial,
            from_org: offer.from_org,
            to_org: offer.to_org,
            issued_at: statement.map_or(self.now, |statement| statement.fields().time),
            branch: None,
            same_as: None,
            replaces: offer.replaces,
            reissue_requested: false,
            rejected: None,
            bytes: (entry.content.bytes().len() + block) as u64,
            parked: false,
            batch: offer.batch,
            stood: None,
            core,
        }
    }

    /// Offers beyond the quota of their peer are kept like the others, so that what follows them
    /// flows, but they stand aside until earlier ones are decided.
    fn park_beyond_quota(
        &self,
        arrival: &mut Judging<'_>,
        mut row: LetterRow,
    ) -> Result<LetterRow, Stop> {
        let undecided = match arrival.undecided_bytes {
            Some(bytes) => bytes,
            None => self.snapshot.undecided_bytes(arrival.peer.id)?,
        };
        row.parked = undecided + row.bytes > self.office.shared.quotas.undecided_offers_bytes;
        let counted = if row.parked { 0 } else { row.bytes };
        arrival.undecided_bytes = Some(undecided + counted);
        Ok(row)
    }

    pub(super) fn take_letter_statement(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let Some(id) = statement.fields().letter else {
            return Ok(Judged::unusable(Code::StatementMalformed));
        };
        let Some(mut row) = self.letter(id)? else {
            return match statement.kind() {
                Some(Kind::Succession) => self.take_succession(arrival, entry, statement),
                kind => {
                    if kind == Some(Kind::Receipt) {
                        self.note_stray_receipt(arrival.peer, statement)?;
                    }
                    Ok(Judged::unusable(Code::LetterUnknown))
                }
            };
        };
        let checked = row.core.check(statement).and_then(|kind| {
            branch_of(statement, kind, &row)?;
            Ok(kind)
        });
        let kind = match checked {
            Ok(kind) => kind,
            Err(code) => return Ok(self.refuse_statement(arrival, entry, &row, code)),
        };
        if kind == Kind::ReissueRequest {
            if row.reissue_requested {
                return Ok(Judged::fine(None));
            }
            row.reissue_requested = true;
        } else {
            let before = row.core.clone();
            match row.core.merge(statement) {
                // A repeated statement is kept in the feed, and nowhere else.
                Merged::Known => return Ok(Judged::fine(None)),
                Merged::Contradicts => {
                    let code = Code::StatementContradiction;
                    return Ok(self.refuse_statement(arrival, entry, &row, code));
                }
                Merged::Added => {
                    self.respond(arrival, entry, statement, kind, &mut row, &before)?
                }
            }
        }
        let letter = row.id;
        self.put_letter(row);
        Ok(Judged::fine(Some(letter)))
    }

    /// A statement that contradicts its own author is kept as signed proof.
    fn refuse_statement(
        &mut self,
        arrival: &Judging<'_>,
        entry: &Entry,
        row: &LetterRow,
        code: Code,
    ) -> Judged {
        if code == Code::StatementContradiction {
            let entry = Box::new(entry.clone());
            let fault = Change::Fault(arrival.peer.id, code, self.now, Some(row.id), entry);
            self.batch.push(fault);
        }
        Judged::unusable(code)
    }

    /// What this node signs by itself in answer to a statement that was just added, and what it
    /// does to the roster.
    fn respond(
        &mut self,
        arrival: &Judging<'_>,
        entry: &Entry,
        statement: &Statement,
        kind: Kind,
        row: &mut LetterRow,
        before: &Letter,
    ) -> Result<(), Stop> {
        let draft = match kind {
            Kind::Accept => {
                row.branch = statement.body::<Accept>().ok().map(|accept| accept.branch);
                self.answer_accept(row, statement)?
            }
            Kind::Release => self.answer_release(row, entry)?,
            Kind::Receipt => {
                row.branch = statement.body::<Receipt>().ok().map(|receipt| receipt.branch);
                origin::on_receipt(&row.core)
            }
            Kind::Ack => {
                self.reach("ack-stored");
                None
            }
            _ => None,
        };
        if let Some(draft) = draft {
            let signed = self.sign(arrival.peer, draft, Some(row.id))?;
            row.core.merge(&signed.statement);
        }
        self.follow(row, before)
    }

    /// The highest generation at which this node ever was the full holder: what the roster
    /// row keeps, unless the member was never more than provisional here.
    pub(in crate::office) fn held_generation(
        &mut self,
        member: MemberRef,
    ) -> Result<Option<Generation>, Stop> {
        let row = self.member(member)?;
        let held = row.filter(|row| row.nonce.is_some() || row.inbound.is_some());
        Ok(held.map(|row| row.generation))
    }

    fn answer_accept(
        &mut self,
        row: &LetterRow,
        accept: &Statement,
    ) -> Result<Option<Draft>, Stop> {
        let member = self.member(row.core.member)?;
        let member = member
            .filter(|member| member.custody == Custody::Here && member.open_letter == Some(row.id));
        let proof = match &member {
            Some(member) => match self.office.proof_of(self.snapshot, member) {
                Ok(proof) => Some(proof),
                // One letter whose evidence was lost here must not stop the feed behind it.
                Err(Stop::Refused(refusal)) => {
                    let (letter, code) = (row.core.id, refusal.code.text());
                    tracing::error!(%letter, code, "a member's proof is lost: not released");
                    None
                }
                Err(stop) => return Err(stop),
            },
            None => None,
        };
        let full = proof.is_some();
        Ok(origin::on_accept(&row.core, accept, full, || proof.unwrap_or_default()))
    }

    fn answer_release(
        &mut self,
        row: &mut LetterRow,
        entry: &Entry,
    ) -> Result<Option<Draft>, Stop> {
        // The branch of today: the office may have moved the person since the Accept.
        let placed = self.member(row.core.member)?.map(|member| member.org);
        let Some(branch) = placed.or(row.branch) else { return Ok(None) };
        row.branch = Some(branch);
        let block = entry.attachment.block().unwrap_or_default();
        let proven = match self.office.offer_of(self.snapshot, row) {
            Ok(offer) => self.check_proof(&row.core, offer.provenance, block)?,
            Err(Stop::Refused(refusal)) => Err(refusal.code),
            Err(stop) => return Err(stop),
        };
        Ok(destination::on_release(&row.core, branch, proven))
    }

    /// Whether what is handed over is not old, and the block of its Release proves how the
    /// origin came by it, without the word of a successor to a node that we trust still
    ///
    pub(super) fn check_proof(
        &mut self,
        letter: &Letter,
        provenance: Provenance,
        block: &[u8],
    ) -> Result<Result<(), Code>, Stop> {
        let claim = Claim {
            domain: self.office.me().domain,
            member: letter.member,
            generation: letter.generation,
            holder: letter.origin,
            provenance,
        };
        let held = self.held_generation(letter.member)?;
        let mut proven = destination::check_generation(letter, held)
            .and_then(|()| HandOverProof::from_block(block))
            .and_then(|proof| proof.verify(&claim).map(|()| proof));
        let predecessors: Vec<NodeId> =
            proven.as_ref().map(|proof| proof.predecessors().collect()).unwrap_or_default();
        for predecessor in predecessors {
            if self.is_trusted(predecessor)? {
                proven = Err(Code::StatementProof);
            }
        }
        if let Ok(proof) = &proven {
            self.note_origins(letter.member, proof.origins().collect())?;
        }
        let proven = proven.map(|_| ());
        if let Err(code) = proven {
            tracing::warn!(letter = %letter.id, code = code.text(), "a proof does not hold");
        }
        Ok(proven)
    }

    /// Whether a node is this one, or a peer that nobody here has revoked.
    pub(in crate::office) fn is_trusted(&self, node: NodeId) -> Result<bool, Stop> {
        let peer = self.snapshot.peer_by_node(&node)?;
        let living =
            peer.is_some_and(|peer| matches!(peer.state, PeerState::Active | PeerState::Paused));
        Ok(node == self.office.me().node || living)
    }
}

/// The branch where a destination places a member lies in its own region.
fn branch_of(statement: &Statement, kind: Kind, row: &LetterRow) -> Result<(), Code> {
    let region = row.to_org.region;
    let own = match kind {
        Kind::Accept => statement.body::<Accept>()?.branch.region == region,
        Kind::Receipt => statement.body::<Receipt>()?.branch.region == region,
        _ => true,
    };
    if own { Ok(()) } else { Err(Code::OrgForeign) }
}

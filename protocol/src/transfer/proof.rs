//! The proof of how a membership reached its holder: every hand-over since the minting node, each
//! by its five entries and both certificates, and by the Successions where a party's
//! place was taken. It travels in the private block of a Release, and holds no personal data: the
//! blocks of those entries stay where they are.

use crate::codec::{self, Decode, Encode};
use crate::envelope::{Entry, Header};
use crate::id::{Generation, KeyId, MemberRef, NodeId, StatementHash};
use crate::limits::{PROOF_CERTS_MAX, PROOF_HOPS_MAX};
use crate::refusal::Code;
use crate::seal::{self, Domain, Seal};
use crate::statement::Statement;
use crate::statement::custody::{Offer, Provenance, Succession};
use crate::statement::keys::{CertifiedKeys, KeyCert};
use crate::statement::kind::Kind;

use super::state::{Letter, Merged, State};

/// All hand-overs of one membership, oldest first; none for generation 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandOverProof {
    hops: Vec<Hop>,
    successions: Vec<HopSuccession>,
}

/// One closed letter, as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hop {
    /// Certify the keys of the entries, in any order: one of each node that wrote one, and one more
    /// for every key that was changed while the letter was open.
    pub certs: Vec<KeyCert>,
    /// Offer, Accept, Release, Receipt, Ack, in that order.
    pub entries: [ProofEntry; 5],
}

/// A Succession by which a hop came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct HopSuccession {
    /// Which hop, from 0.
    hop: u32,
    entry: ProofEntry,
}

/// An entry without its private block: still verifiable.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProofEntry {
    header: Header,
    statement: Vec<u8>,
    seal: Seal,
}

impl From<&Entry> for ProofEntry {
    fn from(entry: &Entry) -> ProofEntry {
        let statement = entry.content.bytes().to_vec();
        ProofEntry { header: entry.header, statement, seal: entry.seal.clone() }
    }
}

/// What a proof must prove.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// The federation.
    pub domain: Domain,
    /// The member.
    pub member: MemberRef,
    /// The generation that the claimant says it held.
    pub generation: Generation,
    /// The claimant: the author of the Offer and of the Release.
    pub holder: NodeId,
    /// What the Offer named.
    pub provenance: Provenance,
}

const ORDER: [Kind; 5] = [Kind::Offer, Kind::Accept, Kind::Release, Kind::Receipt, Kind::Ack];

impl HandOverProof {
    /// The proof with one more hand-over.
    #[must_use]
    pub fn extended(mut self, hop: Hop) -> HandOverProof {
        self.hops.push(hop);
        self
    }

    /// The proof with one more hand-over that successors brought to its end, by these Successions.
    #[must_use]
    pub fn extended_by_successors(
        self,
        hop: Hop,
        successions: impl IntoIterator<Item = ProofEntry>,
    ) -> HandOverProof {
        let at = u32::try_from(self.hops.len()).unwrap_or(u32::MAX);
        let mut proof = self.extended(hop);
        let placed = successions.into_iter().map(|entry| HopSuccession { hop: at, entry });
        proof.successions.extend(placed);
        proof
    }

    /// How many hand-overs it shows.
    pub fn len(&self) -> usize {
        self.hops.len()
    }

    /// Whether it shows none, as for a member who never moved.
    pub fn is_empty(&self) -> bool {
        self.hops.is_empty()
    }

    /// The private block that carries it: the hops, and the Successions only if there are any.
    pub fn to_block(&self) -> Vec<u8> {
        if self.successions.is_empty() {
            codec::encode(&self.hops)
        } else {
            codec::encode(&(&self.hops, &self.successions))
        }
    }

    /// Reads the private block of a Release.
    pub fn from_block(block: &[u8]) -> Result<HandOverProof, Code> {
        if let Ok(hops) = codec::decode(block) {
            return Ok(HandOverProof { hops, successions: Vec::new() });
        }
        // The second form, only where somebody's place was taken.
        match codec::decode::<(Vec<Hop>, Vec<HopSuccession>)>(block) {
            Ok((hops, successions)) if !successions.is_empty() => {
                Ok(HandOverProof { hops, successions })
            }
            _ => Err(Code::StatementProof),
        }
    }

    /// Whether the proof shows what `claim` says: as many hand-overs as generations, each
    /// closed, each by the holder that the one before left, from the minting node to the claimant.
    pub fn verify(&self, claim: &Claim) -> Result<(), Code> {
        let hops = u32::try_from(self.hops.len()).map_err(|_| Code::StatementProof)?;
        if self.hops.len() > PROOF_HOPS_MAX || hops != claim.generation.0 {
            return Err(Code::StatementProof);
        }
        let mut reached: Option<(NodeId, StatementHash)> = None;
        let mut used = 0;
        for (hop, number) in self.hops.iter().zip(0..) {
            let expected = Step { generation: Generation(number), reached };
            let placed = self.successions.iter().filter(|placed| placed.hop == number);
            let successions: Vec<&ProofEntry> = placed.map(|placed| &placed.entry).collect();
            used += successions.len();
            let verified = hop.verify(claim, &expected, &successions);
            reached = Some(verified.map_err(|_| Code::StatementProof)?);
        }
        if used != self.successions.len() || !self.successions.is_sorted_by_key(|one| one.hop) {
            return Err(Code::StatementProof);
        }
        match (reached, claim.provenance) {
            (None, Provenance::Minted(nonce)) => {
                let minted = MemberRef::mint(&claim.holder, &nonce) == claim.member;
                if minted { Ok(()) } else { Err(Code::StatementProof) }
            }
            (Some((holder, ack)), Provenance::Inbound(named)) => {
                let ends_here = holder == claim.holder && ack == named;
                if ends_here { Ok(()) } else { Err(Code::StatementProof) }
            }
            _ => Err(Code::StatementProof),
        }
    }

    /// Every node whose place another took, by the Successions: a reader that trusts one of them
    /// still does not take the proof.
    pub fn predecessors(&self) -> impl Iterator<Item = NodeId> + '_ {
        let bodies = self
            .successions
            .iter()
            .filter_map(|placed| placed.entry.statement()?.body::<Succession>().ok());
        bodies.map(|body| body.predecessor)
    }

    /// Every node that the membership passed through before the claimant, oldest first.
    pub fn origins(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.hops.iter().map(|hop| hop.entries[0].header.author)
    }
}

/// Where the walk along the proof stands.
struct Step {
    generation: Generation,
    /// The holder after the hop before, and the Ack that closed it.
    reached: Option<(NodeId, StatementHash)>,
}

impl Hop {
    /// Verifies one hand-over, and gives who holds the membership by it, and its Ack.
    fn verify(
        &self,
        claim: &Claim,
        step: &Step,
        successions: &[&ProofEntry],
    ) -> Result<(NodeId, StatementHash), Code> {
        let entries: Vec<&ProofEntry> = self.entries.iter().collect();
        let walked = walk(claim.domain, &self.certs, &entries, successions)?;
        let Walked { letter, offer, .. } = walked;
        let continues = match (step.reached, offer.provenance) {
            (None, Provenance::Minted(_)) => true,
            (Some((holder, ack)), Provenance::Inbound(named)) => {
                holder == letter.origin && ack == named
            }
            _ => false,
        };
        if !continues || letter.member != claim.member || letter.generation != step.generation {
            return Err(Code::StatementProof);
        }
        match letter.set.ack.filter(|_| letter.state() == State::Closed) {
            Some(ack) => Ok((letter.destination_now(), ack)),
            None => Err(Code::StatementProof),
        }
    }
}

/// A letter as its entries show it.
pub(super) struct Walked {
    /// With everything that they add to its set.
    pub(super) letter: Letter,
    /// What the Offer says.
    pub(super) offer: Offer,
    /// The statements, in the order of the entries; the Successions aside.
    pub(super) statements: Vec<Statement>,
}

/// Opens a letter from its entries (in order from the Offer on), each verified with one of `certs`,
/// and the Successions at the places where they belong.
pub(super) fn walk(
    domain: Domain,
    certs: &[KeyCert],
    entries: &[&ProofEntry],
    successions: &[&ProofEntry],
) -> Result<Walked, Code> {
    if entries.len() > ORDER.len() {
        return Err(Code::StatementProof);
    }
    let keys = needed_keys(certs, &[entries, successions].concat())?;
    let offer = entries.first().ok_or(Code::StatementProof)?;
    let offer = offer.verify(domain, &keys, Kind::Offer)?;
    let (mut letter, body) = Letter::open(&offer)?;
    let mut statements = vec![offer];
    let mut pending = successions.iter().peekable();
    for (entry, kind) in entries[1..].iter().zip(&ORDER[1..]) {
        let statement = entry.verify(domain, &keys, *kind)?;
        add(&mut letter, &statement)?;
        let hash = statement.hash();
        statements.push(statement);
        if let Some(next) = pending.next_if(|next| next.answers(hash)) {
            let succession = next.verify(domain, &keys, Kind::Succession)?;
            let before = (letter.origin_now(), letter.destination_now());
            add(&mut letter, &succession)?;
            check_regions(&keys, before, &letter)?;
        }
    }
    if pending.next().is_some() {
        return Err(Code::StatementProof);
    }
    Ok(Walked { letter, offer: body, statements })
}

fn add(letter: &mut Letter, statement: &Statement) -> Result<(), Code> {
    letter.check(statement)?;
    if letter.merge(statement) == Merged::Added { Ok(()) } else { Err(Code::StatementProof) }
}

/// What the certificates certify. One that no entry needs, or one twice, would only make the proof
/// grow until the member can move no further.
fn needed_keys<'a>(
    certs: &'a [KeyCert],
    entries: &[&ProofEntry],
) -> Result<Vec<&'a CertifiedKeys>, Code> {
    if certs.len() > PROOF_CERTS_MAX {
        return Err(Code::StatementProof);
    }
    let keys = certs.iter().map(KeyCert::verified).collect::<Result<Vec<_>, _>>()?;
    let needed = |keys: &CertifiedKeys| {
        entries.iter().any(|entry| keys.names(&entry.header.author, &entry.header.key))
    };
    let unique = keys.iter().enumerate().all(|(at, one)| !keys[..at].contains(one));
    if unique && keys.iter().all(|keys| needed(keys)) {
        Ok(keys)
    } else {
        Err(Code::StatementProof)
    }
}

/// A successor keeps the same region. One that has not written yet has no certificate here:
/// whoever reads knows its own region.
fn check_regions(
    keys: &[&CertifiedKeys],
    (origin, destination): (NodeId, NodeId),
    letter: &Letter,
) -> Result<(), Code> {
    let region = |node: NodeId| keys.iter().find(|keys| keys.node == node).map(|keys| keys.region);
    let moved = [(origin, letter.origin_now()), (destination, letter.destination_now())];
    let same = moved.iter().all(|(old, new)| match (region(*old), region(*new)) {
        (Some(old), Some(new)) => old == new,
        _ => true,
    });
    if same { Ok(()) } else { Err(Code::StatementParty) }
}

impl ProofEntry {
    /// Who sealed it.
    pub fn author(&self) -> NodeId {
        self.header.author
    }

    /// By which key.
    pub fn key(&self) -> KeyId {
        self.header.key
    }

    /// The statement, if it is one; nothing is verified.
    pub fn statement(&self) -> Option<Statement> {
        Statement::read(&self.statement).ok()
    }

    fn answers(&self, hash: StatementHash) -> bool {
        self.statement().is_some_and(|statement| statement.fields().answers.contains(&hash))
    }

    /// Verifies the entry with the certificate of its author that names its key, and gives the
    /// statement.
    fn verify(
        &self,
        domain: Domain,
        certified: &[&CertifiedKeys],
        kind: Kind,
    ) -> Result<Statement, Code> {
        let statement = Statement::read(&self.statement).map_err(|_| Code::StatementMalformed)?;
        let (header, fields) = (&self.header, statement.fields());
        let parties = (fields.author, fields.audience) == (header.author, header.audience)
            && fields.domain == domain;
        if !parties || statement.kind() != Some(kind) {
            return Err(Code::StatementParty);
        }
        let of_author = certified
            .iter()
            .find(|keys| keys.domain == domain && keys.names(&header.author, &header.key));
        let keys = of_author.ok_or(Code::FeedKey)?;
        let leaf = seal::leaf(&codec::encode(header), &self.statement);
        if self.seal.verifies(&keys.signing, domain, &leaf) {
            Ok(statement)
        } else {
            Err(Code::SealInvalid)
        }
    }
}

#[cfg(test)]
#[path = "proof/tests.rs"]
mod tests;

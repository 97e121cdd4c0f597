//! The proof of how a membership reached its holder: every hand-over since the minting node, each
//! by its five entries and both certificates. It travels in the private block of a Release,
//! and holds no personal data: the blocks of those entries stay where they are.

use crate::codec::{self, Decode, Encode};
use crate::envelope::{Entry, Header};
use crate::id::{Generation, MemberRef, NodeId, StatementHash};
use crate::limits::{PROOF_CERTS_MAX, PROOF_HOPS_MAX};
use crate::refusal::Code;
use crate::seal::{self, Domain, Seal};
use crate::statement::Statement;
use crate::statement::custody::Provenance;
use crate::statement::keys::{CertifiedKeys, KeyCert};
use crate::statement::kind::Kind;

use super::state::{Letter, Merged, State};

/// All hand-overs of one membership, oldest first; none for generation 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct HandOverProof {
    hops: Vec<Hop>,
}

/// One closed letter, as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hop {
    /// Certify the keys of the entries, in any order: one of each side, and one more for every key
    /// that was changed while the letter was open.
    pub certs: Vec<KeyCert>,
    /// Offer, Accept, Release, Receipt, Ack, in that order.
    pub entries: [ProofEntry; 5],
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

    /// How many hand-overs it shows.
    pub fn len(&self) -> usize {
        self.hops.len()
    }

    /// Whether it shows none, as for a member who never moved.
    pub fn is_empty(&self) -> bool {
        self.hops.is_empty()
    }

    /// The private block that carries it.
    pub fn to_block(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads the private block of a Release.
    pub fn from_block(block: &[u8]) -> Result<HandOverProof, Code> {
        codec::decode(block).map_err(|_| Code::StatementProof)
    }

    /// Whether the proof shows what `claim` says: as many hand-overs as generations, each
    /// closed, each by the holder that the one before left, from the minting node to the claimant.
    pub fn verify(&self, claim: &Claim) -> Result<(), Code> {
        let hops = u32::try_from(self.hops.len()).map_err(|_| Code::StatementProof)?;
        if self.hops.len() > PROOF_HOPS_MAX || hops != claim.generation.0 {
            return Err(Code::StatementProof);
        }
        let mut reached: Option<(NodeId, StatementHash)> = None;
        for (hop, generation) in self.hops.iter().zip(0..) {
            let expected = Step { generation: Generation(generation), reached };
            reached = Some(hop.verify(claim, &expected).map_err(|_| Code::StatementProof)?);
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
    /// Verifies one hand-over, and gives its destination and Ack.
    fn verify(&self, claim: &Claim, step: &Step) -> Result<(NodeId, StatementHash), Code> {
        if self.certs.len() > PROOF_CERTS_MAX {
            return Err(Code::StatementProof);
        }
        let keys = self.certs.iter().map(KeyCert::verified).collect::<Result<Vec<_>, _>>()?;
        // A certificate that no entry needs, or one twice, would only make the proof grow until
        // the member can move no further.
        let needed = |keys: &CertifiedKeys| {
            self.entries.iter().any(|entry| keys.names(&entry.header.author, &entry.header.key))
        };
        let unique = keys.iter().enumerate().all(|(at, one)| !keys[..at].contains(one));
        if !unique || !keys.iter().all(|keys| needed(keys)) {
            return Err(Code::StatementProof);
        }
        let mut statements = Vec::with_capacity(ORDER.len());
        for (entry, kind) in self.entries.iter().zip(ORDER) {
            statements.push(entry.verify(claim.domain, &keys, kind)?);
        }
        let (mut letter, offer) = Letter::open(&statements[0])?;
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
        for statement in &statements[1..] {
            let kind = letter.check(statement)?;
            if letter.merge(kind, statement.hash()) != Merged::Added {
                return Err(Code::StatementProof);
            }
        }
        if letter.state() == State::Closed {
            Ok((letter.destination, statements[4].hash()))
        } else {
            Err(Code::StatementProof)
        }
    }
}

impl ProofEntry {
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

//! What the origin A may do, and what it signs in answer: A alone decides between Void and
//! Release, so no clock and no network can make two holders (`SPEC.md` §4.2).

use crate::id::{Generation, LetterId, MemberRef, MintNonce, StatementHash};
use crate::limits::PROOF_HOPS_MAX;
use crate::refusal::{Code, Refusal};
use crate::statement::custody::{Ack, Offer, Provenance, Release, Void, VoidReason};
use crate::statement::{Draft, Statement};
use crate::time::Timestamp;

use super::proof::HandOverProof;
use super::state::{Letter, State};

/// What the roster knows of a membership that somebody wants to offer.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// The member.
    pub member: MemberRef,
    /// The generation held.
    pub generation: Generation,
    /// Whether this node is the full holder.
    pub full: bool,
    /// The member's open letter, if there is one.
    pub open: Option<LetterId>,
    /// Why this node holds the membership.
    pub source: Source,
}

/// Where a held membership came from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// Registered here first, with this nonce.
    Minted(MintNonce),
    /// Received by a letter; its Ack, once it has come.
    Inbound {
        /// The letter.
        letter: LetterId,
        /// The Ack that closed it.
        ack: Option<StatementHash>,
    },
}

/// Whether the membership may be offered now, and the provenance that the Offer must name
/// . One with more hand-overs behind it than a proof can show stays.
pub fn may_offer(holding: &Holding) -> Result<Provenance, Refusal> {
    if let Some(open) = holding.open {
        return Err(Refusal::about(Code::MemberOpenLetter, open));
    }
    if !holding.full {
        return Err(Refusal::about(Code::MemberNotFull, holding.member));
    }
    if holding.generation.0 as usize > PROOF_HOPS_MAX {
        return Err(Refusal::about(Code::MemberHandOvers, holding.member));
    }
    match holding.source {
        Source::Minted(nonce) => Ok(Provenance::Minted(nonce)),
        Source::Inbound { ack: Some(ack), .. } => Ok(Provenance::Inbound(ack)),
        Source::Inbound { letter, ack: None } => {
            Err(Refusal::about(Code::MemberOpenLetter, letter))
        }
    }
}

/// The Offer of a membership, with the particulars of the person as its private block.
pub fn offer(holding: &Holding, body: &Offer, particulars: Vec<u8>) -> Draft {
    Draft::new(body).about(holding.member, holding.generation).with_block(particulars)
}

/// What A signs when an Accept has just been added to the set: a Release; a Void if B
/// accepted after the last day, or if A no longer holds the membership; nothing if the letter had
/// already ended. `proof` shows how A came by the membership.
pub fn on_accept(
    letter: &Letter,
    accept: &Statement,
    full: bool,
    proof: impl FnOnce() -> HandOverProof,
) -> Option<Draft> {
    if letter.state() != State::Accepted {
        return None;
    }
    let in_time = accept.fields().time < letter.valid_until.end();
    let body = match (in_time, full) {
        (false, _) => return Some(void_draft(letter, VoidReason::Expired)),
        (true, false) => return Some(void_draft(letter, VoidReason::Ended)),
        (true, true) => Draft::new(&Release {}),
    };
    let draft = body
        .about(letter.member, letter.generation)
        .answering(letter.id, &[accept.hash()])
        .with_block(proof().to_block());
    Some(draft)
}

/// What A signs when a Receipt has just been added to the set.
pub fn on_receipt(letter: &Letter) -> Option<Draft> {
    let receipt = letter.set.receipt.filter(|_| letter.state() == State::Received)?;
    let draft = Draft::new(&Ack {})
        .about(letter.member, letter.generation)
        .answering(letter.id, &[receipt]);
    Some(draft)
}

/// The Void that a person asks for: before Release only.
pub fn void(letter: &Letter, reason: VoidReason) -> Result<Draft, Refusal> {
    match letter.state() {
        State::Issued => Ok(void_draft(letter, reason)),
        state => Err(Refusal::about(Code::LetterState, state.name()).allowing(allowed(state))),
    }
}

/// The Void of an expired letter, which a node gives by itself only once it has applied B's feed
/// up to a head dated after the last day: an acceptance made in time is never lost to a slow link
///
pub fn on_expiry(
    letter: &Letter,
    applied_head: Option<Timestamp>,
    now: Timestamp,
) -> Option<Draft> {
    let end = letter.valid_until.end();
    let heard = applied_head.is_some_and(|head| head >= end);
    let expired = letter.state() == State::Issued && now >= end && heard;
    expired.then(|| void_draft(letter, VoidReason::Expired))
}

/// What A's office may do with a letter in that state.
pub fn allowed(state: State) -> &'static [&'static str] {
    match state {
        State::Issued => &["void", "print"],
        State::Refused | State::Voided => &["reissue"],
        State::Accepted | State::Released | State::Received => &["show"],
        State::Closed => &["show", "evidence"],
    }
}

fn void_draft(letter: &Letter, reason: VoidReason) -> Draft {
    let answered = letter.set.accept.unwrap_or(letter.id.offer());
    Draft::new(&Void { reason })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[answered])
}

#[cfg(test)]
#[path = "origin/tests.rs"]
mod tests;

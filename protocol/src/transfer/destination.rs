//! What the destination B may do, and what it signs in answer: B alone decides between Receipt and
//! Refusal (`SPEC.md` §4.3).

use crate::id::{Generation, OrgCode};
use crate::limits::TEXT_CHARS_MAX;
use crate::member::is_plain_text;
use crate::refusal::{Code, Refusal as Refused};
use crate::statement::Draft;
use crate::statement::custody::{Accept, Ground, Receipt, Refusal};
use crate::statement::notice::ReissueRequest;
use crate::time::Timestamp;

use super::state::{Letter, State};

/// Refuses an Offer of a generation that this node has held itself, or of an earlier one:
/// whoever offers it gave the membership away before, and taking it would make a second holder.
/// `held` is the highest generation at which this node ever was the full holder of the member. To
/// be asked when the Offer comes, and again before Accept and Receipt: another letter may have
/// brought the member meanwhile.
pub fn check_generation(letter: &Letter, held: Option<Generation>) -> Result<(), Code> {
    let old = held.is_some_and(|held| letter.generation <= held);
    if old { Err(Code::StatementGeneration) } else { Ok(()) }
}

/// The Accept that a person asks for: of an open letter in time whose private block is
/// there; from then on B holds the member provisionally.
pub fn accept(
    letter: &Letter,
    branch: OrgCode,
    has_block: bool,
    now: Timestamp,
) -> Result<Draft, Refused> {
    match letter.state() {
        State::Issued => {}
        state => {
            return Err(Refused::about(Code::LetterState, state.name()).allowing(allowed(state)));
        }
    }
    if now >= letter.valid_until.end() {
        return Err(Refused::about(Code::LetterExpired, letter.valid_until));
    }
    if !has_block {
        return Err(Refused::about(Code::StatementErased, letter.id));
    }
    let draft = Draft::new(&Accept { branch })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[letter.id.offer()]);
    Ok(draft)
}

/// The Refusal that a person asks for, before Receipt only. `out_of_area` must name who will
/// accept the member; `note` is plain text of at most 500 characters.
pub fn refuse(
    letter: &Letter,
    ground: Ground,
    redirect: Option<OrgCode>,
    note: &str,
) -> Result<Draft, Refused> {
    match letter.state() {
        State::Issued | State::Accepted | State::Released => {}
        state => {
            return Err(Refused::about(Code::LetterState, state.name()).allowing(allowed(state)));
        }
    }
    if ground == Ground::OutOfArea && redirect.is_none() {
        return Err(Refused::about(Code::RedirectMissing, ground.name()));
    }
    if !is_plain_text(note, TEXT_CHARS_MAX) {
        return Err(Refused::about(Code::FieldInvalid, "note"));
    }
    Ok(refusal_draft(letter, ground, redirect, note))
}

/// What B signs when a Release has just been added to the set: the Receipt, or a Refusal if
/// the proof of the previous hand-overs does not hold; nothing if the letter had already ended.
pub fn on_release(letter: &Letter, branch: OrgCode, proof: Result<(), Code>) -> Option<Draft> {
    let release = letter.set.release.filter(|_| letter.state() == State::Released)?;
    if proof.is_err() {
        return Some(refusal_draft(letter, Ground::Malformed, None, ""));
    }
    let draft = Draft::new(&Receipt { branch })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[release]);
    Some(draft)
}

/// The Receipt that a person at a successor of B asks for: B accepted and A released, so
/// nothing but the Receipt is left to be given, whatever the date. The Offer's private block must
/// be there, because the person is placed now.
pub fn take_over(letter: &Letter, branch: OrgCode, has_block: bool) -> Result<Draft, Refused> {
    let release = letter.set.release.filter(|_| awaits_successor(letter));
    let Some(release) = release else {
        let state = letter.state();
        let refused = Refused::about(Code::LetterState, state.name());
        return Err(refused.allowing(allowed_now(letter)));
    };
    if !has_block {
        return Err(Refused::about(Code::StatementErased, letter.id));
    }
    let draft = Draft::new(&Receipt { branch })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[release]);
    Ok(draft)
}

/// Whether it is for people at B's successor to receive the member or to refuse.
pub fn awaits_successor(letter: &Letter) -> bool {
    letter.state() == State::Released && letter.set.new_destination.is_some()
}

/// Whether people may accept the letter, or receive it in another's place.
pub fn may_accept(letter: &Letter) -> bool {
    letter.state() == State::Issued || awaits_successor(letter)
}

/// Asks the origin for a new letter instead of one that cannot be accepted any more.
pub fn ask_reissue(letter: &Letter) -> Draft {
    Draft::new(&ReissueRequest {})
        .about(letter.member, letter.generation)
        .answering(letter.id, &[letter.id.offer()])
}

/// What B's office may do with a letter in that state.
pub fn allowed(state: State) -> &'static [&'static str] {
    match state {
        State::Issued => &["accept", "refuse"],
        State::Accepted | State::Released => &["refuse"],
        State::Received | State::Closed => &["show", "evidence"],
        State::Refused | State::Voided => &["show"],
    }
}

/// What B's office, or its successor's, may do with that letter.
pub fn allowed_now(letter: &Letter) -> &'static [&'static str] {
    if awaits_successor(letter) { &["accept", "refuse"] } else { allowed(letter.state()) }
}

fn refusal_draft(letter: &Letter, ground: Ground, redirect: Option<OrgCode>, note: &str) -> Draft {
    Draft::new(&Refusal { ground, redirect })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[letter.latest()])
        .with_block(note.as_bytes().to_vec())
}

#[cfg(test)]
#[path = "destination/tests.rs"]
mod tests;

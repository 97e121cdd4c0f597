//! What the member's unit may say: that the member lives there, what it did with a feedback, and
//! what it wants to know before it decides about the member (`SPEC.md` §10).

use crate::id::{Generation, MemberRef, ResidenceId};
use crate::refusal::{Code, Refusal};
use crate::statement::Draft;
use crate::statement::kind::Kind;
use crate::statement::mobility::particulars::Particulars;
use crate::statement::residence::{
    FeedbackResponse, Matter, OpinionRequest, ResidenceEnd, ResidenceEnded, ResidenceIntroduction,
    ResidentParticulars,
};
use crate::stay::origin::{note_block, past, text_block};
use crate::stay::state::Side;
use crate::time::Day;

use super::state::{Residence, Word};

/// What the roster knows of a member who is to be introduced.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// The member.
    pub member: MemberRef,
    /// The generation held.
    pub generation: Generation,
    /// Whether this node is the full holder.
    pub full: bool,
    /// The residence by which the member is known to a community already.
    pub introduced: Option<ResidenceId>,
}

/// Introduces a member to a community. Only the full holder does, and nobody lives at two places:
/// who moved house is introduced anew once the residence before has ended.
///
/// # Errors
/// `member.not_full`, `residence.open`, `field.invalid`.
pub fn introduce(
    membership: &Membership,
    introduction: ResidenceIntroduction,
    today: Day,
    particulars: &ResidentParticulars,
) -> Result<Draft, Refusal> {
    if !membership.full {
        return Err(Refusal::about(Code::MemberNotFull, membership.member));
    }
    if let Some(open) = membership.introduced {
        return Err(Refusal::about(Code::ResidenceOpen, open));
    }
    if !particulars.is_well_formed() {
        return Err(Refusal::about(Code::FieldInvalid, "particulars"));
    }
    past(introduction.on, today)?;
    let draft = Draft::new(&introduction);
    Ok(draft.about(membership.member, membership.generation).with_block(particulars.to_block()))
}

/// What was done with the feedback of the latest year; also after the end.
///
/// # Errors
/// `residence.no_feedback` when nothing waits for that, `field.invalid`.
pub fn respond(residence: &Residence, today: Day, text: &str) -> Result<Draft, Refusal> {
    let feedback = residence.open_feedback();
    let none = || Refusal::about(Code::ResidenceNoFeedback, residence.id);
    let feedback = feedback.ok_or_else(none)?;
    let revision = residence.next_revision(Side::Origin);
    let draft = Draft::new(&FeedbackResponse { revision, on: today });
    let block = text_block(Kind::FeedbackResponse, text, "text")?;
    Ok(residence.drafted(draft, Some(feedback)).with_block(block))
}

/// Asks for the community's opinion. One at a time, so that none is lost from its worklist.
///
/// # Errors
/// `residence.state` once it ended, `residence.opinion_open`, `field.invalid`.
pub fn ask(
    residence: &Residence,
    matter: Matter,
    today: Day,
    text: &str,
) -> Result<Draft, Refusal> {
    let residence = residence.going_on(Side::Origin)?;
    if let Some(open) = residence.open_opinion() {
        return Err(Refusal::about(Code::ResidenceOpinionOpen, open));
    }
    let revision = residence.next_revision(Side::Origin);
    let draft = Draft::new(&OpinionRequest { revision, matter, on: today });
    let block = text_block(Kind::OpinionRequest, text, "text")?;
    Ok(residence.drafted(draft, None).with_block(block))
}

/// That the residence ended, as either side saw it: nobody's membership hangs on it, so nobody need
/// decide.
///
/// # Errors
/// `residence.state` once that side said so, or for an end that is signed by itself;
/// `field.invalid`.
pub fn end(
    residence: &Residence,
    by: Side,
    (how, on): (ResidenceEnd, Day),
    today: Day,
    note: &str,
) -> Result<Draft, Refusal> {
    let residence = residence.going_on(by)?;
    let by_hand =
        matches!(how, ResidenceEnd::Moved | ResidenceEnd::Withdrawn | ResidenceEnd::NotHere);
    if !by_hand || (how == ResidenceEnd::Withdrawn && by == Side::Destination) {
        return Err(Refusal::about(Code::ResidenceNotOwn, how.name()));
    }
    let ending = ending(residence, by, how, past(on, today)?);
    Ok(ending.with_block(note_block(Kind::ResidenceEnded, note)?))
}

/// What the unit's node signs by itself in the commit by which the membership leaves it.
pub fn on_membership_gone(residence: &Residence, how: ResidenceEnd, on: Day) -> Option<Draft> {
    let open = residence.word() != Word::Ended;
    open.then(|| ending(residence, Side::Origin, how, on))
}

fn ending(residence: &Residence, by: Side, how: ResidenceEnd, on: Day) -> Draft {
    let revision = residence.next_revision(by);
    residence.drafted(Draft::new(&ResidenceEnded { revision, how, on }), None)
}

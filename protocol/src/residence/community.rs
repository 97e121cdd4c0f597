//! What the community may say about a member who lives there: that they reported, the facts of a
//! year, and its opinion when it was asked (`SPEC.md` §10).

use crate::id::OrgCode;
use crate::refusal::{Code, Refusal};
use crate::statement::Draft;
use crate::statement::kind::Kind;
use crate::statement::mobility::particulars::{ContactPerson, Duties, Particulars};
use crate::statement::residence::{AnnualFeedback, OpinionReply, ResidenceRegistered};
use crate::stay::origin::{past, text_block};
use crate::stay::state::Side;
use crate::time::Day;

use super::state::Residence;

/// The member reported and takes part in `org`; a later registration replaces this one.
///
/// # Errors
/// `residence.state` once it ended, `field.invalid`.
pub fn register(
    residence: &Residence,
    org: OrgCode,
    on: Day,
    today: Day,
    contact: &ContactPerson,
) -> Result<Draft, Refusal> {
    let residence = residence.going_on(Side::Destination)?;
    if !contact.is_well_formed() {
        return Err(Refusal::about(Code::FieldInvalid, "contact"));
    }
    let revision = residence.next_revision(Side::Destination);
    let draft = Draft::new(&ResidenceRegistered { revision, org, on: past(on, today)? });
    Ok(residence.drafted(draft, None).with_block(contact.to_block()))
}

/// The facts of a year; a later feedback of the same year replaces it. Also of somebody who never
/// reported: that is a fact as well. The revision in `feedback` is set here.
///
/// # Errors
/// `residence.state` once it ended, `field.invalid`.
pub fn feedback(
    residence: &Residence,
    feedback: AnnualFeedback,
    today: Day,
    duties: &Duties,
) -> Result<Draft, Refusal> {
    let residence = residence.going_on(Side::Destination)?;
    if feedback.attended > feedback.held {
        return Err(Refusal::about(Code::FieldInvalid, "attended"));
    }
    let first = residence.introduction.on.year();
    if !(first..=today.year()).contains(&feedback.year) {
        return Err(Refusal::about(Code::FieldInvalid, "year"));
    }
    if !duties.is_well_formed() {
        return Err(Refusal::about(Code::FieldInvalid, "note"));
    }
    let revision = residence.next_revision(Side::Destination);
    let draft = Draft::new(&AnnualFeedback { revision, on: past(feedback.on, today)?, ..feedback });
    Ok(residence.drafted(draft, None).with_block(duties.to_block()))
}

/// The opinion that the unit asked for; also after the end.
///
/// # Errors
/// `residence.no_request` when nothing waits for an answer, `field.invalid`.
pub fn answer(residence: &Residence, today: Day, text: &str) -> Result<Draft, Refusal> {
    let none = || Refusal::about(Code::ResidenceNoRequest, residence.id);
    let asked = residence.open_opinion().ok_or_else(none)?;
    let revision = residence.next_revision(Side::Destination);
    let draft = Draft::new(&OpinionReply { revision, on: today });
    let block = text_block(Kind::OpinionReply, text, "text")?;
    Ok(residence.drafted(draft, Some(asked)).with_block(block))
}

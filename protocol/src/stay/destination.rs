//! What the destination B may say about a member who stays there: that they came, where they take
//! part, what they did; and that it seems to have ended, which A decides (`SPEC.md` §7).

use crate::id::{MemberRef, OrgCode};
use crate::refusal::{Code, Refusal};
use crate::statement::Draft;
use crate::statement::kind::Kind;
use crate::statement::mobility::particulars::{ContactPerson, Duties, Particulars, ReportedPerson};
use crate::statement::mobility::{
    EndProposal, EndedHow, ParticipationReport, ReportIn, StayPlaced,
};
use crate::time::{Day, Quarter};

use super::origin::{drafted, note_block, past, refused};
use super::state::{Side, Stay, Word};

/// A person reported at B before A said anything. `subject` is B's reference for the person, or a
/// random one: A finds the member by the identity number in the block.
///
/// # Errors
/// `field.invalid`.
pub fn report_in(
    subject: MemberRef,
    org: OrgCode,
    on: Day,
    today: Day,
    person: &ReportedPerson,
) -> Result<Draft, Refusal> {
    let on = past(on, today)?;
    if !person.is_well_formed() {
        return Err(Refusal::about(Code::FieldInvalid, "person"));
    }
    Ok(Draft::new(&ReportIn { org, on }).concerning(subject).with_block(person.to_block()))
}

/// B takes the member into the life of `org`, also before A confirmed: a person who is there is
/// never kept waiting for a link. A later placement replaces this one.
///
/// # Errors
/// `stay.state` once it ended, `field.invalid`.
pub fn place(
    stay: &Stay,
    org: OrgCode,
    on: Day,
    today: Day,
    contact: &ContactPerson,
) -> Result<Draft, Refusal> {
    if stay.word() == Word::Ended {
        return Err(refused(Side::Destination, Word::Ended));
    }
    if !contact.is_well_formed() {
        return Err(Refusal::about(Code::FieldInvalid, "contact"));
    }
    let revision = stay.next_revision(Side::Destination);
    let draft = Draft::new(&StayPlaced { revision, org, on: past(on, today)? });
    Ok(drafted(stay, draft).with_block(contact.to_block()))
}

/// The facts of a quarter; a later report of the same quarter replaces it. The quarter in which a
/// stay ended may still be reported. The revision in `report` is set here.
///
/// # Errors
/// `stay.state` before the member was placed, `field.invalid`.
pub fn report(
    stay: &Stay,
    report: ParticipationReport,
    today: Day,
    duties: &Duties,
) -> Result<Draft, Refusal> {
    if stay.placed().is_none() {
        return Err(refused(Side::Destination, stay.word()));
    }
    if report.attended > report.held {
        return Err(Refusal::about(Code::FieldInvalid, "attended"));
    }
    if report.period > Quarter::of(today) {
        return Err(Refusal::about(Code::FieldInvalid, "period"));
    }
    if let Some(field) = report.too_far_ahead(today) {
        return Err(Refusal::about(Code::FieldInvalid, field));
    }
    if !duties.is_well_formed() {
        return Err(Refusal::about(Code::FieldInvalid, "note"));
    }
    let revision = stay.next_revision(Side::Destination);
    let draft = Draft::new(&ParticipationReport { revision, ..report });
    Ok(drafted(stay, draft).with_block(duties.to_block()))
}

/// That the stay seems to have ended; A decides.
///
/// # Errors
/// `stay.state` once it ended, `stay.not_own` for an end that only A can know, `field.invalid`.
pub fn propose_end(
    stay: &Stay,
    how: EndedHow,
    on: Day,
    today: Day,
    note: &str,
) -> Result<Draft, Refusal> {
    if stay.word() == Word::Ended {
        return Err(refused(Side::Destination, Word::Ended));
    }
    if !how.may_be_proposed() {
        return Err(Refusal::about(Code::StayNotOwn, how.name()));
    }
    let revision = stay.next_revision(Side::Destination);
    let draft = Draft::new(&EndProposal { revision, how, on: past(on, today)? });
    Ok(drafted(stay, draft).with_block(note_block(Kind::EndProposal, note)?))
}

/// What B's office may do.
pub fn allowed(word: Word) -> &'static [&'static str] {
    match word {
        Word::Reported => &["place", "end"],
        Word::Noticed => &["place", "ask", "end"],
        Word::Placed => &["place", "report", "ask", "end"],
        Word::Ended => &["show"],
    }
}

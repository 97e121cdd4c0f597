//! What the origin A may say about a member who is away: A alone confirms a stay and A alone ends
//! it, because A answers for the member all the time (`SPEC.md` §7).

use crate::id::{Generation, MemberRef, StayId};
use crate::refusal::{Code, Refusal};
use crate::statement::Draft;
use crate::statement::kind::Kind;
use crate::statement::mobility::particulars::{CertificateParticulars, Particulars, written};
use crate::statement::mobility::{
    Bulletin, CertificateReview, ContactNote, EndedHow, StayEnded, StayNotice,
};
use crate::time::Day;

use super::state::{Side, Stay, Word};

/// What the roster knows of a member who is to stay elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// The member.
    pub member: MemberRef,
    /// The generation held.
    pub generation: Generation,
    /// Whether this node is the full holder.
    pub full: bool,
    /// The stay by which the member is away already, if there is one.
    pub away: Option<StayId>,
}

/// The notice that opens a stay, or, given the stay, that confirms a ReportIn or replaces the
/// notice before. Only the full holder certifies, and no member is away twice: the certificate is
/// one paper, with one contact person, and a second destination would leave it open who manages
/// . The revision in `notice` is set here.
///
/// # Errors
/// `member.not_full`, `stay.open`, `stay.state`, `field.invalid`.
pub fn certify(
    stay: Option<&Stay>,
    membership: &Membership,
    notice: StayNotice,
    particulars: &CertificateParticulars,
) -> Result<Draft, Refusal> {
    if !membership.full {
        return Err(Refusal::about(Code::MemberNotFull, membership.member));
    }
    if let Some(open) = membership.away.filter(|open| Some(*open) != stay.map(|stay| stay.id)) {
        return Err(Refusal::about(Code::StayOpen, open));
    }
    if !particulars.is_well_formed() {
        return Err(Refusal::about(Code::FieldInvalid, "particulars"));
    }
    if notice.until.is_some_and(|until| until < notice.from) {
        return Err(Refusal::about(Code::FieldInvalid, "until"));
    }
    let revision = match stay {
        Some(stay) => going_on(stay)?.next_revision(Side::Origin),
        None => 0,
    };
    let draft = Draft::new(&StayNotice { revision, ..notice });
    let draft = match stay {
        Some(stay) => draft.in_case(stay.id.opening(), None),
        None => draft,
    };
    Ok(draft.about(membership.member, membership.generation).with_block(particulars.to_block()))
}

/// That the contact person had contact on that day.
///
/// # Errors
/// `stay.state` unless the member is away, `field.invalid` for a day to come.
pub fn note_contact(stay: &Stay, on: Day, today: Day) -> Result<Draft, Refusal> {
    let revision = away(stay)?.next_revision(Side::Origin);
    let on = past(on, today)?;
    Ok(drafted(stay, Draft::new(&ContactNote { revision, on })))
}

/// News of the home organisation for the member.
///
/// # Errors
/// `stay.state` unless the member is away, `field.invalid` for an empty or overlong text.
pub fn bulletin(stay: &Stay, today: Day, text: &str) -> Result<Draft, Refusal> {
    let revision = away(stay)?.next_revision(Side::Origin);
    let block = text_block(Kind::Bulletin, text, "text")?;
    Ok(drafted(stay, Draft::new(&Bulletin { revision, on: today })).with_block(block))
}

/// That the mobility certificate was checked on that day.
///
/// # Errors
/// `stay.state` unless the member is away, `field.invalid` for a day to come.
pub fn review(stay: &Stay, on: Day, today: Day) -> Result<Draft, Refusal> {
    let revision = away(stay)?.next_revision(Side::Origin);
    let on = past(on, today)?;
    Ok(drafted(stay, Draft::new(&CertificateReview { revision, on })))
}

/// The end that a person at A decides. What A never confirmed ends as `not_ours`, `duplicate` or
/// `transferred`, anything else in every way but `not_ours`. Another end corrects the first.
///
/// # Errors
/// `stay.state`, `field.invalid` for the note or a day to come.
pub fn end(stay: &Stay, how: EndedHow, on: Day, today: Day, note: &str) -> Result<Draft, Refusal> {
    let confirmed = stay.notice().is_some();
    let fits = match how {
        EndedHow::NotOurs => !confirmed,
        EndedHow::Duplicate | EndedHow::Transferred => true,
        _ => confirmed,
    };
    let repeated = stay.ended().is_some_and(|ended| (ended.how, ended.on) == (how, on));
    if !fits || repeated {
        return Err(refused(Side::Origin, stay.word()));
    }
    Ok(ending(stay, how, past(on, today)?).with_block(note_block(Kind::StayEnded, note)?))
}

/// What A signs by itself when a proposal has just been taken into a stay that A never confirmed:
/// nobody at A has anything to weigh, so it ends as proposed, by A's `today` at the latest: B's
/// clock may be ahead, and A signs no day to come.
pub fn on_proposal(stay: &Stay, today: Day) -> Option<Draft> {
    let proposal = stay.proposal().filter(|_| stay.word() == Word::Reported)?;
    Some(ending(stay, proposal.how, proposal.on.min(today)))
}

/// What A signs by itself in the commit by which the membership leaves it: at the Receipt of a
/// letter (`transferred`), or at the end of the membership.
pub fn on_membership_gone(stay: &Stay, how: EndedHow, on: Day) -> Option<Draft> {
    (stay.word() != Word::Ended).then(|| ending(stay, how, on))
}

/// What A's office may do.
pub fn allowed(word: Word) -> &'static [&'static str] {
    match word {
        Word::Reported => &["confirm", "end"],
        Word::Noticed | Word::Placed => {
            &["contact", "bulletin", "review", "ask", "confirm", "settle", "end", "transfer"]
        }
        Word::Ended => &["show"],
    }
}

pub(super) fn refused(side: Side, word: Word) -> Refusal {
    let allowed = match side {
        Side::Origin => allowed(word),
        Side::Destination => super::destination::allowed(word),
    };
    Refusal::about(Code::StayState, word.name()).allowing(allowed)
}

/// The block of a kind that is nothing but text.
pub(crate) fn text_block(kind: Kind, text: &str, field: &str) -> Result<Vec<u8>, Refusal> {
    let text = text.trim();
    if text.is_empty() || written(kind, text.as_bytes()).is_err() {
        return Err(Refusal::about(Code::FieldInvalid, field));
    }
    Ok(text.as_bytes().to_vec())
}

/// The block of a kind whose text may be missing.
pub(crate) fn note_block(kind: Kind, note: &str) -> Result<Vec<u8>, Refusal> {
    if note.trim().is_empty() { Ok(Vec::new()) } else { text_block(kind, note, "note") }
}

/// A day on which something was done.
pub(crate) fn past(on: Day, today: Day) -> Result<Day, Refusal> {
    if on <= today { Ok(on) } else { Err(Refusal::about(Code::FieldInvalid, "on")) }
}

pub(super) fn drafted(stay: &Stay, draft: Draft) -> Draft {
    draft.in_case(stay.id.opening(), None).concerning(stay.subject)
}

fn going_on(stay: &Stay) -> Result<&Stay, Refusal> {
    match stay.word() {
        Word::Ended => Err(refused(Side::Origin, Word::Ended)),
        _ => Ok(stay),
    }
}

fn away(stay: &Stay) -> Result<&Stay, Refusal> {
    let word = stay.word();
    if word.is_away() { Ok(stay) } else { Err(refused(Side::Origin, word)) }
}

fn ending(stay: &Stay, how: EndedHow, on: Day) -> Draft {
    let revision = stay.next_revision(Side::Origin);
    drafted(stay, Draft::new(&StayEnded { revision, how, on }))
}

//! What hangs on a statement of a letter, a stay or a residence: its author's correction, and the
//! member's own words about it. Neither changes what the case is; both travel with what they answer
//!

use crate::id::{LetterId, MemberRef, StatementHash};
use crate::refusal::{Code, Refusal};
use crate::statement::kind::Kind;
use crate::statement::mobility::{Correction, Reply};
use crate::statement::{Body, Draft};
use crate::stay::origin::text_block;
use crate::time::Day;

/// Where a statement stands that something is to hang on.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The case.
    pub case: Case,
    /// The reference that the case's statements name.
    pub member: MemberRef,
    /// The revision of what the author says next in the case.
    pub revision: u32,
    /// The statement.
    pub about: StatementHash,
    /// Whether it is the author's own.
    pub own: bool,
}

/// What a statement belongs to.
#[derive(Clone, Copy, Debug)]
pub enum Case {
    /// A letter.
    Letter(LetterId),
    /// The stay or residence with this opening.
    Opened(StatementHash),
}

/// Corrects in words what the author said before; a fact that has a field is corrected by saying it
/// again, and what a letter did cannot be undone by words. Only who said a thing corrects
/// it.
///
/// # Errors
/// `statement.not_own`, `field.invalid`.
pub fn correct(place: &Place, today: Day, text: &str) -> Result<Draft, Refusal> {
    if !place.own {
        return Err(Refusal::about(Code::StatementNotOwn, place.about));
    }
    attached(place, &Correction { revision: place.revision, on: today }, text)
}

/// The member's own words about a statement, taken down by the side to which they were said.
///
/// # Errors
/// `field.invalid`.
pub fn reply(place: &Place, today: Day, text: &str) -> Result<Draft, Refusal> {
    attached(place, &Reply { revision: place.revision, on: today }, text)
}

fn attached<B: Body>(place: &Place, body: &B, text: &str) -> Result<Draft, Refusal> {
    let draft = Draft::new(body).concerning(place.member);
    let draft = match place.case {
        Case::Letter(letter) => draft.answering(letter, &[place.about]),
        Case::Opened(opening) => draft.in_case(opening, Some(place.about)),
    };
    Ok(draft.with_block(text_block(Kind::Reply, text, "text")?))
}

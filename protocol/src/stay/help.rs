//! Asking the other side for help with the member's affairs, and answering: what both may say.

use crate::refusal::{Code, Refusal};
use crate::statement::Draft;
use crate::statement::kind::Kind;
use crate::statement::mobility::{HelpAnswer, HelpRequest};
use crate::time::Day;

use super::origin::{drafted, refused, text_block};
use super::state::{Side, Stay};

/// Asks the other side. One request at a time: a second one would hide the first from the worklist
/// of whoever must answer.
///
/// # Errors
/// `stay.state` unless the member is away, `stay.help_open`, `field.invalid`.
pub fn ask(stay: &Stay, by: Side, today: Day, text: &str) -> Result<Draft, Refusal> {
    if !stay.word().is_away() {
        return Err(refused(by, stay.word()));
    }
    if let Some((open, _)) = stay.open_request(by) {
        return Err(Refusal::about(Code::StayHelpOpen, open));
    }
    let revision = stay.next_revision(by);
    let block = text_block(Kind::HelpRequest, text, "text")?;
    Ok(drafted(stay, Draft::new(&HelpRequest { revision, on: today })).with_block(block))
}

/// Answers what the other side asked, also after the stay ended.
///
/// # Errors
/// `stay.no_request` when nothing waits for an answer of ours, `field.invalid`.
pub fn answer(stay: &Stay, by: Side, today: Day, text: &str) -> Result<Draft, Refusal> {
    let asker = match by {
        Side::Origin => Side::Destination,
        Side::Destination => Side::Origin,
    };
    let (request, _) =
        stay.open_request(asker).ok_or_else(|| Refusal::about(Code::StayNoRequest, stay.id))?;
    let revision = stay.next_revision(by);
    let block = text_block(Kind::HelpAnswer, text, "text")?;
    let draft =
        Draft::new(&HelpAnswer { revision, on: today }).in_case(stay.id.opening(), Some(request));
    Ok(draft.concerning(stay.subject).with_block(block))
}

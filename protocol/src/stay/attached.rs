//! What hangs on a statement of a stay: its author's correction, and the member's own words about
//! it. Neither changes what the stay is; both travel with what they answer.

use crate::id::StatementHash;
use crate::refusal::{Code, Refusal};
use crate::statement::Draft;
use crate::statement::kind::Kind;
use crate::statement::mobility::{Correction, Reply};
use crate::time::Day;

use super::origin::text_block;
use super::state::{Side, Stay};

/// Corrects in words what `author` said in the statement `about`; a fact that has a field is
/// corrected by saying it again. Only who said a thing corrects it.
///
/// # Errors
/// `stay.not_own`, `field.invalid`.
pub fn correct(
    stay: &Stay,
    by: Side,
    (about, author): (StatementHash, Side),
    today: Day,
    text: &str,
) -> Result<Draft, Refusal> {
    if author != by {
        return Err(Refusal::about(Code::StayNotOwn, about));
    }
    let revision = stay.next_revision(by);
    attached(stay, about, Draft::new(&Correction { revision, on: today }), Kind::Correction, text)
}

/// The member's own words about a statement, taken down by the side to which they were said.
///
/// # Errors
/// `field.invalid`.
pub fn reply(
    stay: &Stay,
    by: Side,
    about: StatementHash,
    today: Day,
    text: &str,
) -> Result<Draft, Refusal> {
    let revision = stay.next_revision(by);
    attached(stay, about, Draft::new(&Reply { revision, on: today }), Kind::Reply, text)
}

fn attached(
    stay: &Stay,
    about: StatementHash,
    draft: Draft,
    kind: Kind,
    text: &str,
) -> Result<Draft, Refusal> {
    let block = text_block(kind, text, "text")?;
    Ok(draft.in_stay(stay.id, Some(about)).concerning(stay.subject).with_block(block))
}

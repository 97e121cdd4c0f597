//! 整建制转接: one approval over many letters, each of which goes its own way.
//!
//! [`check`] reads the sheet, [`issue`] keeps the approval and issues its letters group by group,
//! so that a power cut costs at most a group that was not yet committed; [`accept`] takes what has
//! arrived of a peer's batch, [`show`] and [`list`] tell either end how far it is, and [`retry`]
//! tries again for those who were left without a letter.

mod accept;
mod check;
mod issue;
mod list;
mod retry;
mod show;

pub use issue::{BatchRequest, Outcome};
pub use retry::RetryRequest;

use protocol::id::BatchId;
use protocol::refusal::{Class, Code, Refusal};

use crate::store::Snapshot;
use crate::store::rows::{BatchRow, PeerId};

use super::decide::Stop;
use super::text::{PREFIX_CHARS_MIN, shown};

/// Letters that are issued or accepted in one commit.
const GROUP_LETTERS: u32 = 128;

/// Whether a refusal is about the node and not about one person, so that nobody can go on.
pub(super) fn ends_all(code: Code) -> bool {
    code.class() == Class::Internal
        || matches!(code, Code::NodeRecovering | Code::NodeFull | Code::NodeVault)
}

/// What of one person stops everybody; else that person's code.
fn of_one<T>(tried: Result<T, Stop>) -> Result<Result<T, Code>, Stop> {
    match tried {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(refusal)) if !ends_all(refusal.code) => Ok(Err(refusal.code)),
        Err(stop) => Err(stop),
    }
}

impl Snapshot<'_> {
    /// The batch of ours whose id begins with `text`.
    fn own_batch(&self, text: &str) -> Result<BatchRow, Stop> {
        let typed = prefix(text)?;
        one(self.batches_by_prefix(&typed)?, text)
    }

    /// The batch of a peer, of which letters arrived, whose id begins with `text`.
    fn received_batch(&self, text: &str) -> Result<(PeerId, BatchId), Stop> {
        let typed = prefix(text)?;
        one(self.received_batches_by_prefix(&typed)?, text)
    }
}

fn prefix(text: &str) -> Result<String, Stop> {
    let typed = text.to_ascii_lowercase();
    match typed.len() {
        PREFIX_CHARS_MIN..=32 => Ok(typed),
        _ => Err(Refusal::about(Code::BatchUnknown, shown(text)).into()),
    }
}

fn one<T>(mut found: Vec<T>, text: &str) -> Result<T, Stop> {
    match (found.pop(), found.pop()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Refusal::about(Code::BatchUnknown, shown(text)).into()),
        _ => Err(Refusal::about(Code::BatchAmbiguous, shown(text)).into()),
    }
}

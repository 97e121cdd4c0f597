//! What stands of what was said about one thing, whatever the order in which it came.

use crate::codec::{Decode, Encode};
use crate::id::StatementHash;

/// What stands: that with the highest revision. Two statements with one revision are a fault of
/// their author; the higher hash stands then, at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Latest<T> {
    pub revision: u32,
    pub statement: StatementHash,
    pub said: T,
}

/// Puts what was said into its place, unless something later stands there.
pub(crate) fn supersede<T>(
    slot: &mut Option<Latest<T>>,
    revision: u32,
    statement: StatementHash,
    said: T,
) {
    let held = slot.as_ref().map(|held| (held.revision, held.statement));
    if held < Some((revision, statement)) {
        *slot = Some(Latest { revision, statement, said });
    }
}

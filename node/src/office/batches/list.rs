//! All batches: those approved here, and those of which letters came in.

use protocol::id::BatchId;
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::Snapshot;
use crate::store::rows::{BatchRow, LetterRowId, PeerId};

use super::super::decide::Stop;
use super::super::view::Page;
use super::super::{Office, view};
use super::show::counts;

/// Where a list goes on: own batches come first, newest first, then the received ones.
enum Cursor {
    Own(Option<(Timestamp, BatchId)>),
    Received(Option<LetterRowId>),
}

impl Office {
    /// Batches with how far they are, newest first; `direction` is `out`, `in`, or both, own ones
    /// first.
    ///
    /// # Errors
    /// `field.invalid` (direction or cursor).
    pub fn batches(
        &self,
        direction: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<view::BatchSummary>, Refusal> {
        let (own, received) = match direction {
            None => (true, true),
            Some("out") => (true, false),
            Some("in") => (false, true),
            Some(_) => return Err(Refusal::about(Code::FieldInvalid, "direction")),
        };
        let from = after.map_or(Ok(Cursor::Own(None)), read_cursor)?;
        self.look(|_, snapshot| {
            let most = limit.saturating_add(1);
            let mut items = Vec::new();
            let first_received = match from {
                Cursor::Own(before) => {
                    for row in snapshot.batches_before(before, if own { most } else { 0 })? {
                        items.push(own_summary(snapshot, row)?);
                    }
                    None
                }
                Cursor::Received(before) => before,
            };
            let room = if received { most - items.len() as u32 } else { 0 };
            for found in snapshot.received_batches_before(first_received, room)? {
                items.push(received_summary(snapshot, found)?);
            }
            let page = Page::cut(items, limit, |(_, cursor)| cursor.clone());
            let items = page.items.into_iter().map(|(summary, _)| summary).collect();
            Ok(Page { items, next: page.next })
        })
    }
}

/// A batch in the list, and the cursor behind it.
fn own_summary(
    snapshot: &Snapshot<'_>,
    row: BatchRow,
) -> Result<(view::BatchSummary, String), Stop> {
    let summary = view::BatchSummary {
        id: row.id.to_string(),
        direction: "out".to_owned(),
        from_region: None,
        approved_at: Some(row.approved_at.to_string()),
        count: row.count,
        counts: counts(snapshot.batch_unissued(row.id)?, snapshot.batch_states(row.id)?),
    };
    Ok((summary, format!("out.{}.{}", row.approved_at.millis(), row.id)))
}

fn received_summary(
    snapshot: &Snapshot<'_>,
    (peer, batch, first): (PeerId, BatchId, LetterRowId),
) -> Result<(view::BatchSummary, String), Stop> {
    let count = snapshot.received_batch_count(peer, batch)?;
    let states = snapshot.received_batch_states(peer, batch)?;
    let arrived: u64 = states.iter().map(|(_, count)| count).sum();
    let summary = view::BatchSummary {
        id: batch.to_string(),
        direction: "in".to_owned(),
        from_region: snapshot.peer(peer)?.map(|peer| peer.region.to_string()),
        approved_at: None,
        count,
        counts: counts((u64::from(count).saturating_sub(arrived), 0), states),
    };
    Ok((summary, format!("in.{}", first.0)))
}

fn read_cursor(text: &str) -> Result<Cursor, Refusal> {
    let invalid = || Refusal::about(Code::FieldInvalid, "after");
    if let Some(row) = text.strip_prefix("in.") {
        return Ok(Cursor::Received(Some(LetterRowId(row.parse().map_err(|_| invalid())?))));
    }
    let (approved, id) =
        text.strip_prefix("out.").and_then(|rest| rest.split_once('.')).ok_or_else(invalid)?;
    let approved = approved.parse().ok().and_then(Timestamp::from_millis).ok_or_else(invalid)?;
    Ok(Cursor::Own(Some((approved, id.parse().map_err(|_| invalid())?))))
}

//! How far a batch is, at either end.

use protocol::id::BatchId;
use protocol::refusal::{Code, Refusal};

use crate::store::Snapshot;
use crate::store::rows::{BatchItemRow, BatchRow, LetterRow, LetterRowId, PeerId};

use super::super::decide::Stop;
use super::super::view::Page;
use super::super::{Office, view};

impl Office {
    /// A batch of ours, or what arrived of a peer's, with `limit` of its items.
    ///
    /// # Errors
    /// `batch.unknown`, `batch.ambiguous`, `field.invalid` (cursor).
    pub fn batch(
        &self,
        batch: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<view::Batch, Refusal> {
        let after = after.map(read_cursor).transpose()?;
        self.look(|office, snapshot| match snapshot.own_batch(batch) {
            Ok(row) => office.own_batch_view(snapshot, row, after, limit),
            Err(Stop::Refused(refusal)) if refusal.code == Code::BatchUnknown => {
                let (peer, id) = snapshot.received_batch(batch)?;
                office.received_batch_view(snapshot, peer, id, after, limit)
            }
            Err(stop) => Err(stop),
        })
    }

    fn own_batch_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: BatchRow,
        after: Option<(u32, LetterRowId)>,
        limit: u32,
    ) -> Result<view::Batch, Stop> {
        let from = after.map_or(0, |(place, _)| place + 1);
        let rows = snapshot.batch_items(row.id, from, limit.saturating_add(1))?;
        let page = Page::cut(rows, limit, |item| cursor(item.place, LetterRowId(0)));
        let items = page.items.iter().map(|item| item_view(snapshot, item));
        Ok(view::Batch {
            id: row.id.to_string(),
            direction: "out".to_owned(),
            from_region: None,
            approved_at: Some(row.approved_at.to_string()),
            count: row.count,
            counts: counts(snapshot.batch_unissued(row.id)?, snapshot.batch_states(row.id)?),
            items: items.collect::<Result<_, _>>()?,
            next: page.next,
        })
    }

    fn received_batch_view(
        &self,
        snapshot: &Snapshot<'_>,
        peer: PeerId,
        id: BatchId,
        after: Option<(u32, LetterRowId)>,
        limit: u32,
    ) -> Result<view::Batch, Stop> {
        let count = snapshot.received_batch_count(peer, id)?;
        let states = snapshot.received_batch_states(peer, id)?;
        let arrived: u64 = states.iter().map(|(_, count)| count).sum();
        let rows = snapshot.received_batch_letters(peer, id, after, limit.saturating_add(1))?;
        let page = Page::cut(rows, limit, |letter| cursor(place_of(letter), letter.id));
        let items = page.items.iter().map(|letter| {
            let person = self.particulars_of(snapshot, letter)?;
            Ok::<_, Stop>(view::BatchItem {
                place: place_of(letter) + 1,
                member: view::MemberName {
                    member: letter.core.member.to_string(),
                    name: person.map(|person| person.name.reveal().clone()),
                },
                to_org: letter.to_org.to_string(),
                letter: Some(letter.core.id.to_string()),
                state: letter.core.state().name().to_owned(),
                code: None,
            })
        });
        Ok(view::Batch {
            id: id.to_string(),
            direction: "in".to_owned(),
            from_region: snapshot.peer(peer)?.map(|peer| peer.region.to_string()),
            approved_at: None,
            count,
            counts: counts((u64::from(count).saturating_sub(arrived), 0), states),
            items: items.collect::<Result<_, _>>()?,
            next: page.next,
        })
    }
}

pub(super) fn place_of(letter: &LetterRow) -> u32 {
    letter.batch.map_or(0, |place| place.index)
}

fn item_view(snapshot: &Snapshot<'_>, item: &BatchItemRow) -> Result<view::BatchItem, Stop> {
    let name = snapshot.member(item.member)?.map(|row| row.name.reveal().clone());
    let letter = match item.letter {
        Some(id) => snapshot.letter_by_row(id)?,
        None => None,
    };
    let without = if item.code.is_some() { "failed" } else { "waiting" };
    let state = letter.as_ref().map_or(without, |letter| letter.core.state().name());
    Ok(view::BatchItem {
        place: item.place + 1,
        member: view::MemberName { member: item.member.to_string(), name },
        to_org: item.to_org.to_string(),
        state: state.to_owned(),
        letter: letter.map(|letter| letter.core.id.to_string()),
        code: item.code.map(|code| code.text().to_owned()),
    })
}

pub(super) fn counts(
    (waiting, failed): (u64, u64),
    states: Vec<(protocol::transfer::state::State, u64)>,
) -> view::BatchCounts {
    let letters = states.into_iter().map(|(state, count)| (state.name().to_owned(), count));
    view::BatchCounts { waiting, failed, letters: letters.collect() }
}

/// Two letters may claim one place, so the row stands in the cursor as well.
fn cursor(place: u32, row: LetterRowId) -> String {
    format!("{place}.{}", row.0)
}

fn read_cursor(text: &str) -> Result<(u32, LetterRowId), Refusal> {
    let invalid = || Refusal::about(Code::FieldInvalid, "after");
    let (place, row) = text.split_once('.').ok_or_else(invalid)?;
    let place = place.parse().ok().filter(|place| *place < u32::MAX).ok_or_else(invalid)?;
    Ok((place, LetterRowId(row.parse().map_err(|_| invalid())?)))
}

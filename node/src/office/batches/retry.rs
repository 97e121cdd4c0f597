//! Trying again: letters for whom none could be issued, and new letters for those that ended
//! without a hand-over, if the clerk wants that.

use protocol::refusal::{Code, Refusal};
use protocol::transfer::state::State;

use crate::store::Change;
use crate::store::rows::{BatchItemRow, BatchRow};

use super::super::decide::{Decision, Stop};
use super::super::{Office, lock, view};
use super::show::counts;
use super::{GROUP_LETTERS, of_one};

/// What a clerk wants to be tried again.
#[derive(Debug, Clone, Copy)]
pub struct RetryRequest<'a> {
    /// The batch, by id or unique prefix.
    pub batch: &'a str,
    /// Whether whoever's letter was refused is given a new one.
    pub refused: bool,
    /// Whether whoever's letter was voided is given a new one.
    pub voided: bool,
}

impl Office {
    /// Issues letters for those of a batch for whom none could be issued, and new ones as the
    /// request asks. A power cut in between is made up for by asking again.
    ///
    /// # Errors
    /// `batch.unknown`, `batch.ambiguous`, and those of the node itself. What stands against one
    /// person is in the answer.
    pub fn retry_batch(
        &self,
        request: &RetryRequest<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<view::BatchRetried, Refusal> {
        let working = lock(&self.shared.batches);
        let ((row, without), _) = self.decide(|decision| {
            let row = decision.snapshot.own_batch(request.batch)?;
            let (waiting, failed) = decision.snapshot.batch_unissued(row.id)?;
            if failed > 0 {
                decision.batch.push(Change::RetryBatch(row.id));
            }
            Ok((row, waiting + failed))
        })?;
        self.issue_waiting(row, progress)?;
        let mut items = self.look(|_, snapshot| Ok(snapshot.failed_batch_items(row.id)?))?;
        let issued = without - items.len() as u64;
        let mut reissued = 0;
        for (state, wanted) in [(State::Refused, request.refused), (State::Voided, request.voided)]
        {
            if wanted {
                reissued += self.reissue_ended(row, state, &mut items, progress)?;
            }
        }
        drop(working);
        self.look(|_, snapshot| {
            let unissued = snapshot.batch_unissued(row.id)?;
            Ok(view::BatchRetried {
                id: row.id.to_string(),
                issued,
                reissued,
                failed: items.len() as u64,
                counts: counts(unissued, snapshot.batch_states(row.id)?),
                items: items.iter().map(failed_item).collect(),
            })
        })
    }

    /// Gives everybody whose letter ended in that state another one, a group in one commit. Who
    /// could not be given one is added to `failed` with the reason. Tells how many were.
    fn reissue_ended(
        &self,
        batch: BatchRow,
        state: State,
        failed: &mut Vec<BatchItemRow>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, Refusal> {
        let states = self.look(|_, snapshot| Ok(snapshot.batch_states(batch.id)?))?;
        let total = states.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
        let (mut from, mut done, mut reissued) = (0, 0, 0);
        loop {
            let (tried, _) = self.decide(|decision| {
                let snapshot = decision.snapshot;
                let items = snapshot.batch_items_in(batch.id, state, from, GROUP_LETTERS)?;
                let mut tried = Vec::with_capacity(items.len());
                for mut item in items {
                    item.code = of_one(decision.reissue_item(&item))?.err();
                    tried.push(item);
                }
                Ok(tried)
            })?;
            let Some(last) = tried.last() else { return Ok(reissued) };
            from = last.place + 1;
            done += tried.len() as u64;
            let (not, given): (Vec<_>, Vec<_>) =
                tried.into_iter().partition(|item| item.code.is_some());
            reissued += given.len() as u64;
            failed.extend(not);
            progress(done, total.max(done));
        }
    }
}

impl Decision<'_> {
    fn reissue_item(&mut self, item: &BatchItemRow) -> Result<(), Stop> {
        let letter = match item.letter {
            Some(row) => self.snapshot.letter_by_row(row)?,
            None => None,
        };
        let letter = letter.ok_or_else(|| Refusal::about(Code::LetterUnknown, item.member))?;
        self.replace(&letter, item.to_org)?;
        Ok(())
    }
}

fn failed_item(item: &BatchItemRow) -> view::FailedItem {
    view::FailedItem {
        place: item.place + 1,
        member: item.member.to_string(),
        code: item.code.map(|code| code.text().to_owned()).unwrap_or_default(),
    }
}

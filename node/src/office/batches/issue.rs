//! The approval of a batch, and the letters that follow from it, group by group.

use std::path::Path;
use std::sync::TryLockError;

use protocol::id::{BatchId, MemberRef};
use protocol::private::Private;
use protocol::refusal::{Code, Lang, Refusal};
use protocol::statement::custody::BatchPlace;

use crate::store::Change;
use crate::store::rows::{BatchItemRow, BatchRow, LetterRowId};

use super::super::decide::{Decision, Stop};
use super::super::import::columns::ColumnChoice;
use super::super::import::sheet::Sheet;
use super::super::issue::Terms;
use super::super::{Office, lock, view};
use super::check::{Wanted, check_view};
use super::{GROUP_LETTERS, of_one};

/// What a clerk approves.
#[derive(Debug, Clone, Copy)]
pub struct BatchRequest<'a> {
    /// The sheet.
    pub file: &'a Path,
    /// How many letters the clerk expects to issue.
    pub confirm: u64,
    /// Whether rows with faults may be left out.
    pub only_valid: bool,
    /// Columns as the clerk matched them.
    pub columns: &'a [ColumnChoice],
    /// For the words of faults.
    pub lang: Lang,
}

/// What came of it.
pub enum Outcome {
    /// Rows have faults: nothing was written.
    Faulty(view::BatchCheck),
    /// The batch was approved, and issued as far as possible.
    Issued(view::BatchIssued),
}

impl Office {
    /// Approves the rows of a sheet as one batch, and issues a letter for each. `progress` is told
    /// rows read, and then letters issued, with their number in all.
    ///
    /// # Errors
    /// Those of reading a table; `batch.confirm` if another number of rows can be issued; those of
    /// the node itself, after which the batch goes on at the next start.
    pub fn issue_batch(
        &self,
        request: &BatchRequest<'_>,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Outcome, Refusal> {
        let working = lock(&self.shared.batches);
        let sheet = Sheet::open(request.file)?;
        // Whoever waits in a batch whose node died is offered first: a clerk who repeats an
        // approval whose answer was lost must find these letters, and not approve them again.
        self.finish_batches()?;
        let (checked, wanted) =
            self.wanted(&sheet, request.columns, &mut |done| progress(done, None))?;
        let check = check_view(&checked, request.lang);
        if !check.errors.is_empty() && (!request.only_valid || wanted.is_empty()) {
            return Ok(Outcome::Faulty(check));
        }
        if wanted.is_empty() || request.confirm != wanted.len() as u64 {
            return Err(Refusal::about(Code::BatchConfirm, wanted.len()));
        }
        let batch = self.approve_batch(&wanted)?;
        self.issue_waiting(batch, &mut |done, total| progress(done, Some(total)))?;
        drop(working);
        let (waiting, failed) = self.look(|_, snapshot| Ok(snapshot.batch_unissued(batch.id)?))?;
        Ok(Outcome::Issued(view::BatchIssued {
            id: batch.id.to_string(),
            rows: check.rows,
            skipped: check.rows - check.issuable,
            issued: u64::from(batch.count) - waiting - failed,
            failed,
            errors: check.errors,
            errors_not_listed: check.errors_not_listed,
        }))
    }

    /// Goes on with what an interruption left, unless somebody is at it.
    pub(in crate::office) fn go_on_with_batches(&self) -> Result<(), Refusal> {
        let _working = match self.shared.batches.try_lock() {
            Ok(working) => working,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        self.finish_batches()
    }

    fn finish_batches(&self) -> Result<(), Refusal> {
        let unfinished = self.look(|_, snapshot| Ok(snapshot.unfinished_batches()?))?;
        for id in unfinished {
            let found = self.look(|_, snapshot| Ok(snapshot.batch(id)?))?;
            let batch = found.ok_or_else(|| Refusal::about(Code::BatchUnknown, id))?;
            tracing::info!(batch = %id, "going on with a batch");
            self.issue_waiting(batch, &mut |_, _| {})?;
        }
        Ok(())
    }

    fn approve_batch(&self, wanted: &[Wanted]) -> Result<BatchRow, Refusal> {
        let id = BatchId::from_bytes(self.entropy().bytes());
        let count = u32::try_from(wanted.len())
            .map_err(|_| Refusal::about(Code::ImportTooLarge, wanted.len()))?;
        let (batch, _) = self.decide(|decision| {
            let batch = BatchRow { id, approved_at: decision.now, count };
            let mut items = Vec::with_capacity(wanted.len());
            for (place, one) in (0..).zip(wanted) {
                let reason = one.reason.as_ref().map(|text| text.reveal().as_bytes());
                let context = context(id, one.member);
                let sealed = reason.map(|text| decision.seal(one.member, &context, text));
                items.push(BatchItemRow {
                    place,
                    member: one.member,
                    to_org: one.to_org,
                    dues_paid_through: one.dues,
                    sealed_reason: sealed.transpose()?,
                    letter: None,
                    code: None,
                });
            }
            decision.batch.push(Change::ApproveBatch(batch, items));
            Ok(batch)
        })?;
        Ok(batch)
    }

    /// Issues for everybody who waits, a group in one commit.
    pub(super) fn issue_waiting(
        &self,
        batch: BatchRow,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Refusal> {
        let total = u64::from(batch.count);
        let (waiting, _) = self.look(|_, snapshot| Ok(snapshot.batch_unissued(batch.id)?))?;
        let mut done = total - waiting;
        loop {
            let (tried, _) = self.decide(|decision| {
                let items = decision.snapshot.waiting_batch_items(batch.id, GROUP_LETTERS)?;
                for item in &items {
                    let became = of_one(decision.issue_item(batch, item))?;
                    decision.batch.push(Change::BatchItem(batch.id, item.place, became));
                }
                Ok(items.len() as u64)
            })?;
            if tried == 0 {
                return Ok(());
            }
            done += tried;
            progress(done, total);
        }
    }
}

impl Decision<'_> {
    fn issue_item(&mut self, batch: BatchRow, item: &BatchItemRow) -> Result<LetterRowId, Stop> {
        let row = self.snapshot.member(item.member)?;
        let row = row.ok_or_else(|| Refusal::about(Code::MemberUnknown, item.member))?;
        let reason = match &item.sealed_reason {
            Some(sealed) => {
                let context = context(batch.id, item.member);
                let plain = self.office.unseal(self.snapshot, item.member, &context, sealed)?;
                let text = plain.and_then(|plain| String::from_utf8(plain.reveal().clone()).ok());
                text.map(Private::new).unwrap_or_default()
            }
            None => Private::default(),
        };
        let place = BatchPlace { batch: batch.id, index: item.place, count: batch.count };
        let terms = Terms {
            dues: item.dues_paid_through,
            batch: Some(place),
            ..Terms::new(item.to_org, reason)
        };
        Ok(self.offer(&row, &terms)?.row)
    }
}

/// Binds a sealed reason to its batch and person.
fn context(batch: BatchId, member: MemberRef) -> Vec<u8> {
    [&batch.as_bytes()[..], &member.as_bytes()[..]].concat()
}

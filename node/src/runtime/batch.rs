//! Carries out the commands about batches.

use protocol::refusal::{Lang, Refusal};

use super::execute::Executor;
use crate::control::command::BatchCommand;
use crate::control::execute::{Context, Failure, Progress, Reply};
use crate::office::batches::{BatchRequest, Outcome, RetryRequest};
use crate::office::import::columns::ColumnChoice;

/// The exit code of what was only partly done.
const PARTLY: u8 = 3;
/// The exit code of a check with faults.
const FAULTY: u8 = 6;

impl Executor {
    pub(super) fn batch(
        &self,
        command: BatchCommand,
        context: &Context,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Reply, Failure> {
        let (office, lang) = (&self.office, context.lang);
        let mut tell = |done, total, [en, zh]: [&str; 2]| {
            let what = if lang == Lang::Zh { zh } else { en };
            progress(Progress { done, total, what: what.to_owned() });
        };
        match command {
            BatchCommand::Check { file, annotated, columns } => {
                let mut tell = |done| tell(done, None, ["checking", "核对"]);
                let (annotated, columns) = (annotated.as_deref(), choices(&columns)?);
                let check = office.check_batch(&file, annotated, &columns, lang, &mut tell)?;
                let faulty = !check.errors.is_empty();
                let reply = Reply::of(&check)?;
                Ok(if faulty { reply.exit(FAULTY) } else { reply })
            }
            BatchCommand::Template { out } => Reply::of(&office.batch_template(&out, lang)?),
            BatchCommand::Issue { file, confirm, only_valid, columns } => {
                let mut tell = |done, total: Option<u64>| {
                    let reading = total.is_none();
                    let what = if reading { ["checking", "核对"] } else { ["issuing", "开具"] };
                    tell(done, total, what);
                };
                let columns = &choices(&columns)?;
                let request = BatchRequest { file: &file, confirm, only_valid, columns, lang };
                match office.issue_batch(&request, &mut tell)? {
                    Outcome::Faulty(check) => Ok(Reply::of(&check)?.exit(FAULTY)),
                    Outcome::Issued(issued) => {
                        let partly = issued.skipped > 0 || issued.failed > 0;
                        let next = format!("dukou batch show {}", &issued.id[..8]);
                        let reply = Reply::of(&issued)?.next(next);
                        Ok(if partly { reply.exit(PARTLY) } else { reply })
                    }
                }
            }
            BatchCommand::List { direction, paging } => {
                let (direction, after) = (direction.as_deref(), paging.after.as_deref());
                Reply::of(&office.batches(direction, after, paging.limit)?)
            }
            BatchCommand::Show { batch, paging } => {
                let after = paging.after.as_deref();
                Reply::of(&office.batch(&batch, after, paging.limit)?)
            }
            BatchCommand::Accept { batch, org, met } => {
                let mut tell = |done, total| tell(done, Some(total), ["accepting", "接收"]);
                let accepted = office.accept_batch(&batch, &org, &met, &mut tell)?;
                let partly = accepted.failed > 0;
                let reply = Reply::of(&accepted)?;
                Ok(if partly { reply.exit(PARTLY) } else { reply })
            }
            BatchCommand::Retry { batch, refused, voided } => {
                let mut tell = |done, total| tell(done, Some(total), ["issuing", "开具"]);
                let request = RetryRequest { batch: &batch, refused, voided };
                let retried = office.retry_batch(&request, &mut tell)?;
                let partly = retried.failed > 0;
                let reply = Reply::of(&retried)?;
                Ok(if partly { reply.exit(PARTLY) } else { reply })
            }
        }
    }
}

pub(super) fn choices(texts: &[String]) -> Result<Vec<ColumnChoice>, Refusal> {
    texts.iter().map(|text| ColumnChoice::parse(text)).collect()
}

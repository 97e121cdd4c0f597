//! Carries out the commands about batches.

use protocol::refusal::Lang;

use super::execute::Executor;
use crate::control::command::BatchCommand;
use crate::control::execute::{Context, Failure, Progress, Reply};
use crate::office::batches::{BatchRequest, Outcome};

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
            BatchCommand::Check { file, annotated } => {
                let mut tell = |done| tell(done, None, ["checking", "核对"]);
                let check = office.check_batch(&file, annotated.as_deref(), lang, &mut tell)?;
                let faulty = !check.errors.is_empty();
                let reply = Reply::of(&check)?;
                Ok(if faulty { reply.exit(FAULTY) } else { reply })
            }
            BatchCommand::Issue { file, confirm, only_valid } => {
                let mut tell = |done, total| tell(done, Some(total), ["issuing", "开具"]);
                let request = BatchRequest { file: &file, confirm, only_valid, lang };
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
            BatchCommand::Retry { batch } => {
                let mut tell = |done, total| tell(done, Some(total), ["issuing", "开具"]);
                let batch = office.retry_batch(&batch, &mut tell)?;
                let partly = batch.counts.failed > 0;
                let reply = Reply::of(&batch)?;
                Ok(if partly { reply.exit(PARTLY) } else { reply })
            }
        }
    }
}

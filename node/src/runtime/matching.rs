//! Commands about matchings of lists.

use std::time::Duration;

use protocol::limits::MATCH_WAIT_MS;
use protocol::refusal::{Code, Refusal};

use crate::control::command::{MatchCommand, MatchedList};
use crate::control::execute::{Context, Failure, Reply};
use crate::office::matching::{Asked, MatchList};

use super::batch::choices;
use super::execute::{Executor, SESSION_WAIT};

/// How long a matching may take.
const MATCH_WAIT: Duration = Duration::from_millis(MATCH_WAIT_MS);
/// The exit code of a finished check with faults.
const FAULTY: u8 = 6;

impl Executor {
    pub(super) fn matching(
        &self,
        command: MatchCommand,
        context: &Context,
    ) -> Result<Reply, Failure> {
        let (office, reveal) = (&self.office, context.reveal);
        match command {
            MatchCommand::With { region, list, limit } => {
                self.match_with(&region, &list, limit, context)
            }
            MatchCommand::List { region, paging } => {
                let after = paging.after.as_deref();
                Reply::of(&office.matchings(region.as_deref(), after, paging.limit)?)
            }
            MatchCommand::Show { matching, paging } => {
                let after = paging.after.as_deref();
                Reply::of(&office.matching(&matching, after, paging.limit, reveal)?)
            }
        }
    }

    fn match_with(
        &self,
        region: &str,
        list: &MatchedList,
        limit: u32,
        context: &Context,
    ) -> Result<Reply, Failure> {
        let running = self.needs_node("match")?;
        let office = &self.office;
        let node = office.node_of(region)?;
        let columns = match list {
            MatchedList::Sheet { columns, .. } => choices(columns)?,
            MatchedList::Outflow | MatchedList::Inflow => Vec::new(),
        };
        let list = match list {
            MatchedList::Outflow => MatchList::Outflow,
            MatchedList::Inflow => MatchList::Inflow,
            MatchedList::Sheet { file, .. } => MatchList::Sheet(file, &columns),
        };
        office.may_match_with(region)?;
        let link = running.link.clone();
        let opened = running.handle.block_on(async move {
            tokio::time::timeout(SESSION_WAIT, link.opened(node)).await.is_ok()
        });
        if !opened {
            return Err(Refusal::about(Code::PeerUnreachable, region).into());
        }
        match office.ask_matching(region, list, context.lang)? {
            Asked::Faulty(check) => Ok(Reply::of(&check)?.exit(FAULTY)),
            Asked::Begun => {
                let done = office.matched(region, MATCH_WAIT, limit, context.reveal)?;
                let double = done.matching.double > 0;
                let next = format!("dukou match show {}", &done.matching.id[..8]);
                let reply = Reply::of(&done)?.next(next);
                let found = "dukou finding list --kind DoubleManaged";
                Ok(if double { reply.next(found) } else { reply })
            }
        }
    }
}

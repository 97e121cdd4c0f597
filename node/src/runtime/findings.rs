//! Commands about rules, findings and reports.

use protocol::refusal::Lang;

use crate::control::command::{FindingCommand, ReportCommand, RuleCommand};
use crate::control::execute::{Failure, Reply};
use crate::office::findings::FindingQuery;
use crate::office::view::{Page, Tasks};

use super::execute::Executor;

impl Executor {
    pub(super) fn rule(&self, command: RuleCommand, lang: Lang) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            RuleCommand::List => Reply::of(&Page { items: office.rule_list(lang), next: None }),
            RuleCommand::Explain { kind } => Reply::of(&office.explain_rule(&kind, lang)?),
            RuleCommand::Set { key, value } => Reply::of(&office.set_rule(&key, value, lang)?),
        }
    }

    pub(super) fn report(&self, command: &ReportCommand) -> Result<Reply, Failure> {
        self.catch_up()?;
        match command {
            ReportCommand::Submit { region } => Reply::of(&self.office.submit_report(region)?),
            ReportCommand::Summary => Reply::of(&self.office.report_summary()?),
            ReportCommand::Meeting { region, quarter } => {
                Reply::of(&self.office.meeting_report(region, quarter)?)
            }
        }
    }

    pub(super) fn finding(&self, command: FindingCommand, lang: Lang) -> Result<Reply, Failure> {
        let (kind, org, overdue, paging) = match &command {
            FindingCommand::List { kind, org, paging } => (kind.as_deref(), org, false, paging),
            FindingCommand::Tasks { overdue, org, paging } => (None, org, *overdue, paging),
        };
        let (org, after) = (org.as_deref(), paging.after.as_deref());
        let query = FindingQuery { kind, org, overdue, after, limit: paging.limit, lang };
        self.catch_up()?;
        let found = self.office.findings(&query)?;
        match command {
            FindingCommand::List { .. } => Reply::of(&found),
            FindingCommand::Tasks { .. } => Reply::of(&Tasks(found)),
        }
    }
}

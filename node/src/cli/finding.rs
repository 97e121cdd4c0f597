//! `dukou rule …`, `dukou finding …` and `dukou task …`: what holds, what is due, and who must act.

use clap::Subcommand;

use super::arguments::{PageFlags, examples};
use super::ask::Question;
use crate::control::command::{Command, FindingCommand, RuleCommand};

#[derive(Subcommand)]
pub(crate) enum RuleVerb {
    /// List the rules with their sources · 列出规则与依据
    #[command(after_help = examples!("rule list"))]
    List,
    /// Which rules, facts and day make a finding · 某类事项的依据、事实与日期
    #[command(after_help = examples!("rule explain Pocket", "rule explain 口袋党员"))]
    Explain {
        /// The kind of finding · 事项类别
        kind: String,
    },
    /// Set one for this region · 设定本地区的规则
    #[command(after_help = examples!("rule set contact_months 2"))]
    Set {
        /// Its key · 键
        key: String,
        /// The new value · 新值
        value: i64,
    },
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// List what stands today, kind by kind, the longest first · 列出今日事项
    #[command(after_help = examples!(
        "finding list",
        "finding list --kind Unmet --org 610922-0001 --limit 50"
    ))]
    List {
        /// Only of this kind · 类别
        #[arg(long)]
        kind: Option<String>,
        /// Only what this organisation, or one under it, must do · 责任组织
        #[arg(long, value_name = "CODE")]
        org: Option<String>,
        #[command(flatten)]
        page: PageFlags,
    },
}

#[derive(Subcommand)]
pub(crate) enum TaskVerb {
    /// List what our organisations must do · 列出待办
    #[command(after_help = examples!("task list", "task list --overdue --org 610922-0007"))]
    List {
        /// Only what should have been done by now · 只列逾期
        #[arg(long)]
        overdue: bool,
        /// Only of this organisation and those under it · 组织
        #[arg(long, value_name = "CODE")]
        org: Option<String>,
        #[command(flatten)]
        page: PageFlags,
    },
}

impl RuleVerb {
    pub(super) fn question(self) -> Question {
        let command = match self {
            RuleVerb::List => RuleCommand::List,
            RuleVerb::Explain { kind } => RuleCommand::Explain { kind },
            RuleVerb::Set { key, value } => RuleCommand::Set { key, value },
        };
        Command::Rule(command).into()
    }
}

impl Verb {
    pub(super) fn question(self) -> Question {
        let Verb::List { kind, org, page } = self;
        Command::Finding(FindingCommand::List { kind, org, paging: page.into() }).into()
    }
}

impl TaskVerb {
    pub(super) fn question(self) -> Question {
        let TaskVerb::List { overdue, org, page } = self;
        Command::Finding(FindingCommand::Tasks { overdue, org, paging: page.into() }).into()
    }
}

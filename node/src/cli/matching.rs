//! `dukou match …`: lists that were kept apart, laid side by side.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use protocol::refusal::{Code, Refusal};

use super::arguments::{PageFlags, absolute, examples};
use super::ask::{Problem, Question};
use super::batch::ColumnFlags;
use crate::control::command::{Command, MatchCommand, MatchedList};

/// People that `match` itself shows; `match show` goes on.
const SHOWN: u32 = 100;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Match {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The other region's code · 对方地区代码
    #[arg(required = true)]
    region: Option<String>,
    #[command(flatten)]
    list: ListFlags,
    #[command(flatten)]
    columns: ColumnFlags,
    /// Most people to show · 最多显示人数
    #[arg(long, value_name = "N", default_value_t = SHOWN,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Show identity numbers in full; this is audited · 显示完整证件号(留痕)
    #[arg(long)]
    reveal: bool,
}

/// Which list.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ListFlags {
    /// A sheet with identity numbers, xlsx or csv · 名单文件
    file: Option<PathBuf>,
    /// Who went there, by our books · 本地区流出到对方的
    #[arg(long)]
    outflow: bool,
    /// Who came from there, by our books · 从对方流入本地区的
    #[arg(long)]
    inflow: bool,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Matchings so far, whoever asked for them · 历次比对
    #[command(after_help = examples!("match list", "match list --region 610902"))]
    List {
        /// Only with this region · 对方地区
        #[arg(long, value_name = "REGION")]
        region: Option<String>,
        #[command(flatten)]
        page: PageFlags,
    },
    /// One matching with its people · 一次比对的结果
    #[command(after_help = examples!("match show 1c0ffee0", "match show 1c0ffee0 --limit 50"))]
    Show {
        /// Its id, or a unique prefix of 8 or more · 比对编号
        id: String,
        /// Show identity numbers in full; this is audited · 显示完整证件号(留痕)
        #[arg(long)]
        reveal: bool,
        #[command(flatten)]
        page: PageFlags,
    },
}

impl Match {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let Match { verb, region, list, columns, limit, reveal } = self;
        let (command, reveal) = match verb {
            Some(Verb::List { region, page }) => {
                (MatchCommand::List { region, paging: page.into() }, false)
            }
            Some(Verb::Show { id, reveal, page }) => {
                (MatchCommand::Show { matching: id, paging: page.into() }, reveal)
            }
            None => {
                let missing = || Refusal::about(Code::Usage, "REGION");
                let region = region.ok_or_else(missing)?;
                let list = list.list(columns)?;
                (MatchCommand::With { region, list, limit }, reveal)
            }
        };
        Ok(Question::from(Command::Match(command)).revealing(reveal))
    }
}

impl ListFlags {
    fn list(self, columns: ColumnFlags) -> Result<MatchedList, Problem> {
        match self {
            ListFlags { file: Some(file), .. } => {
                let columns = columns.columns;
                Ok(MatchedList::Sheet { file: absolute(&file)?, columns })
            }
            ListFlags { outflow: true, .. } => Ok(MatchedList::Outflow),
            ListFlags { .. } => Ok(MatchedList::Inflow),
        }
    }
}

//! `dukou report …`: counts for a superior.

use clap::Subcommand;

use super::arguments::examples;
use super::ask::Question;
use crate::control::command::{Command, ReportCommand};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Report our counts to a region, now and then each month · 上报统计
    #[command(after_help = examples!("report submit 610900"))]
    Submit {
        /// The superior's region · 上级地区代码
        region: String,
    },
    /// What the regions reported, and which did not · 汇总各地区统计
    #[command(after_help = examples!("report summary --json"))]
    Summary,
    /// What to talk about with a region once a quarter, in numbers · 联席会议通报
    #[command(after_help = examples!("report meeting 610902 --quarter 2027-Q1"))]
    Meeting {
        /// The other region · 对方地区代码或名称
        region: String,
        /// The quarter · 季度
        #[arg(long, value_name = "YYYY-Qn")]
        quarter: String,
    },
}

impl Verb {
    pub(super) fn question(self) -> Question {
        let command = match self {
            Verb::Submit { region } => ReportCommand::Submit { region },
            Verb::Summary => ReportCommand::Summary,
            Verb::Meeting { region, quarter } => ReportCommand::Meeting { region, quarter },
        };
        Command::Report(command).into()
    }
}

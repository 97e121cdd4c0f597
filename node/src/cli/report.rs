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
}

impl Verb {
    pub(super) fn question(self) -> Question {
        let command = match self {
            Verb::Submit { region } => ReportCommand::Submit { region },
            Verb::Summary => ReportCommand::Summary,
        };
        Command::Report(command).into()
    }
}

//! `dukou correction file` and `dukou reply add`: what hangs on a statement of a stay.

use clap::{Args, Subcommand};

use super::arguments::examples;
use super::ask::Question;
use crate::control::command::stay::StayCommand;
use crate::control::command::{Command, PersonalText};

#[derive(Subcommand)]
pub(crate) enum CorrectionVerb {
    /// Correct in words what this node said in a stay · 更正本方文书
    #[command(after_help = examples!(
        "correction file --stay 1c0ffee0 --statement 5eed5eed --text 应为三月"
    ))]
    File(Words),
}

#[derive(Subcommand)]
pub(crate) enum ReplyVerb {
    /// Take down the member's own words about a statement · 登记本人说明
    #[command(after_help = examples!(
        "reply add --stay 1c0ffee0 --statement 5eed5eed --text 三月因病请假"
    ))]
    Add(Words),
}

#[derive(Args)]
pub(crate) struct Words {
    /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
    #[arg(long, value_name = "ID")]
    stay: String,
    /// The statement's hash, or its beginning, as in `stay show` · 文书校验值
    #[arg(long, value_name = "HASH")]
    statement: String,
    /// The words · 内容
    #[arg(long, value_name = "TEXT")]
    text: String,
}

impl CorrectionVerb {
    pub(super) fn question(self) -> Question {
        let CorrectionVerb::File(Words { stay, statement, text }) = self;
        let text = PersonalText::new(text);
        Command::Stay(StayCommand::Correct { stay, statement, text }).into()
    }
}

impl ReplyVerb {
    pub(super) fn question(self) -> Question {
        let ReplyVerb::Add(Words { stay, statement, text }) = self;
        let text = PersonalText::new(text);
        Command::Stay(StayCommand::Reply { stay, statement, text }).into()
    }
}

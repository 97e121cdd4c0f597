//! `dukou correction file` and `dukou reply add`: what hangs on a statement of a letter, a stay or
//! a residence.

use clap::{Args, Subcommand};

use super::arguments::examples;
use super::ask::Question;
use crate::control::command::residence::{AttachCase, AttachCommand};
use crate::control::command::{Command, PersonalText};

#[derive(Subcommand)]
pub(crate) enum CorrectionVerb {
    /// Correct in words what this node said · 更正本方文书
    #[command(after_help = examples!(
        "correction file --stay 1c0ffee0 --statement 5eed5eed --text 应为三月",
        "correction file --letter 1c0ffee0 --statement 5eed5eed --text 党费交至应为十月"
    ))]
    File(Words),
}

#[derive(Subcommand)]
pub(crate) enum ReplyVerb {
    /// Take down the member's own words about a statement · 登记本人说明
    #[command(after_help = examples!(
        "reply add --stay 1c0ffee0 --statement 5eed5eed --text 三月因病请假",
        "reply add --residence 1c0ffee0 --statement 5eed5eed --text 情况属实"
    ))]
    Add(Words),
}

#[derive(Args)]
pub(crate) struct Words {
    #[command(flatten)]
    case: CaseFlags,
    /// The statement's hash, or its beginning, as in `show` of the same · 文书校验值
    #[arg(long, value_name = "HASH")]
    statement: String,
    /// The words · 内容
    #[arg(long, value_name = "TEXT")]
    text: String,
}

/// What the statement belongs to.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct CaseFlags {
    /// A letter's id, or a unique prefix of 8 or more · 信件编号
    #[arg(long, value_name = "ID")]
    letter: Option<String>,
    /// A stay's id, or a unique prefix of 8 or more · 流动记录编号
    #[arg(long, value_name = "ID")]
    stay: Option<String>,
    /// A residence's id, or a unique prefix of 8 or more · 双报到编号
    #[arg(long, value_name = "ID")]
    residence: Option<String>,
}

impl Words {
    fn question(self, correction: bool) -> Question {
        let Words { case: CaseFlags { letter, stay, residence }, statement, text } = self;
        let (case, id) = match (letter, stay) {
            (Some(letter), _) => (AttachCase::Letter, letter),
            (None, Some(stay)) => (AttachCase::Stay, stay),
            (None, None) => (AttachCase::Residence, residence.unwrap_or_default()),
        };
        let text = PersonalText::new(text);
        Command::Attach(AttachCommand { case, id, correction, statement, text }).into()
    }
}

impl CorrectionVerb {
    pub(super) fn question(self) -> Question {
        let CorrectionVerb::File(words) = self;
        words.question(true)
    }
}

impl ReplyVerb {
    pub(super) fn question(self) -> Question {
        let ReplyVerb::Add(words) = self;
        words.question(false)
    }
}

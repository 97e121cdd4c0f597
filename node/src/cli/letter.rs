//! `dukou letter …`: letters between regions.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use super::arguments::{PageFlags, absolute, examples};
use super::ask::{Problem, Question};
use super::code::{self, Verify};
use super::member::RevealFlag;
use super::record;
use crate::control::command::{
    Command, DIRECTIONS, GROUNDS, LETTER_STATES, LetterCommand, PersonalText, VOID_REASONS,
};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Issue a letter · 开具介绍信
    #[command(after_help = examples!(
        "letter issue --member 7f3a90c1 --to 610902-0004",
        "letter issue --member 7f3a90c1 --to 610902-0004 --dues-through 2026-10 --days 30 --wait",
        "letter issue --member 7f3a90c1 --paper --to-name 某县委组织部"
    ))]
    Issue {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(long, value_name = "REF")]
        member: String,
        /// The destination organisation · 转往组织代码
        #[arg(long, value_name = "ORGCODE", required_unless_present = "to_name")]
        to: Option<String>,
        /// On paper alone, to an office without a node · 对方没有节点,只开纸质信
        #[arg(long, requires = "to_name", conflicts_with_all = ["to", "wait"])]
        paper: bool,
        /// What that office is called · 对方单位名称
        #[arg(long, value_name = "NAME", requires = "paper", conflicts_with = "to")]
        to_name: Option<String>,
        /// 事由
        #[arg(long)]
        reason: Option<String>,
        /// 党费交至, YYYY-MM; else as in the roster
        #[arg(long, value_name = "MONTH")]
        dues_through: Option<String>,
        /// Days of validity, 1 to 90 · 有效天数
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        days: Option<i64>,
        /// Wait until the other region durably holds it · 等待对方收妥
        #[arg(long)]
        wait: bool,
        /// How long to wait, in seconds · 最多等待秒数
        #[arg(long, value_name = "S", default_value_t = 30, requires = "wait",
              value_parser = clap::value_parser!(u64).range(..=86_400))]
        timeout: u64,
    },
    /// List letters, newest first · 列出
    #[command(after_help = examples!("letter list --direction in --state issued"))]
    List {
        /// Only in this direction · 转出或转入
        #[arg(long, value_parser = PossibleValuesParser::new(DIRECTIONS))]
        direction: Option<String>,
        /// Only in this state · 只看此状态
        #[arg(long, value_parser = PossibleValuesParser::new(LETTER_STATES))]
        state: Option<String>,
        #[command(flatten)]
        page: PageFlags,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Show one · 查看
    #[command(after_help = examples!("letter show 1c0ffee0"))]
    Show {
        /// The letter's id, or a unique prefix of 8 or more · 信件编号
        id: String,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Accept one into a branch · 接收
    #[command(after_help = examples!("letter accept 1c0ffee0 --org 610902-0012 --met"))]
    Accept {
        /// The letter's id, or a unique prefix of 8 or more · 信件编号
        id: String,
        /// The branch · 编入支部
        #[arg(long, value_name = "BRANCH")]
        org: String,
        /// The person was met · 已见到本人
        #[arg(long)]
        met: bool,
        /// The roster entry that is the same person · 与花名册上此人为同一人
        #[arg(long, value_name = "REF")]
        same_as: Option<String>,
    },
    /// Refuse one · 退回
    #[command(after_help = examples!(
        "letter refuse 1c0ffee0 --ground details_differ --note 身份证号不符",
        "letter refuse 1c0ffee0 --ground out_of_area --redirect 610921-0003"
    ))]
    Refuse {
        /// The letter's id, or a unique prefix of 8 or more · 信件编号
        id: String,
        /// Why · 理由
        #[arg(long, value_name = "CODE", help = grounds_help())]
        ground: String,
        /// The organisation that will accept the member · 应由此组织接收
        #[arg(long, value_name = "ORGCODE")]
        redirect: Option<String>,
        /// Free text for the origin · 说明
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Void one that is not released · 撤回
    #[command(after_help = examples!(
        "letter void 1c0ffee0 --reason withdrawn",
        "letter void 1c0ffee0 --reason rerouted --to 610921-0003"
    ))]
    Void {
        /// The letter's id, or a unique prefix of 8 or more · 信件编号
        id: String,
        /// Why · 原因
        #[arg(long, value_name = "CODE", help = reasons_help())]
        reason: String,
        /// The new destination of a rerouted one · 改派到
        #[arg(long, value_name = "ORGCODE")]
        to: Option<String>,
    },
    /// Print its code for paper · 二维码
    #[command(after_help = examples!(
        "letter qr 1c0ffee0 --png 1c0ffee0.png",
        "letter qr 1c0ffee0 --quiet"
    ))]
    Qr {
        /// The letter's id, or a unique prefix of 8 or more · 信件编号
        id: String,
        /// Draw it as PNG, to be printed at 45 mm · 写出 PNG
        #[arg(long, value_name = "FILE")]
        png: Option<PathBuf>,
        /// Draw it as SVG · 写出 SVG
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Take in a letter from its code on paper · 扫介绍信
    #[command(after_help = examples!("letter scan -", "letter scan photo.jpg"))]
    Scan {
        /// The text of the code, - for stdin, or a text or picture (PNG, JPEG) · 二维码
        #[arg(value_name = "TEXT|FILE|-")]
        code: String,
    },
    Verify(Verify),
    RecordReceipt(record::Receipt),
    RecordReturn(record::Return),
    RecordIn(Box<record::In>),
    /// Issue one again · 重开
    #[command(after_help = examples!("letter reissue 1c0ffee0"))]
    Reissue {
        /// The letter's id, or a unique prefix of 8 or more · 信件编号
        id: String,
    },
}

fn grounds_help() -> String {
    format!("Why · 理由: {} (out_of_area needs --redirect)", GROUNDS.join(", "))
}

fn reasons_help() -> String {
    format!("Why · 原因: {}", VOID_REASONS.join(", "))
}

impl Verb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let mut revealing = false;
        let command = match self {
            Verb::Issue {
                member,
                to,
                paper: _,
                to_name,
                reason,
                dues_through: dues_paid_through,
                days,
                wait,
                timeout,
            } => {
                let reason = reason.map(PersonalText::new);
                let wait_ms = wait.then_some(timeout * 1000);
                let to = to.unwrap_or_default();
                match to_name {
                    None => LetterCommand::Issue {
                        member,
                        to,
                        reason,
                        dues_paid_through,
                        days,
                        wait_ms,
                    },
                    Some(to_name) => LetterCommand::IssueOnPaper {
                        member,
                        to_name,
                        reason,
                        dues_paid_through,
                        days,
                    },
                }
            }
            Verb::RecordReceipt(record) => record.command()?,
            Verb::RecordReturn(record) => record.command()?,
            Verb::RecordIn(record) => record.command()?,
            Verb::List { direction, state, page, reveal } => {
                revealing = reveal.reveal;
                LetterCommand::List { direction, state, paging: page.into() }
            }
            Verb::Show { id, reveal } => {
                revealing = reveal.reveal;
                LetterCommand::Show { letter: id }
            }
            Verb::Accept { id, org, met, same_as } => {
                LetterCommand::Accept { letter: id, org, met, same_as }
            }
            Verb::Refuse { id, ground, redirect, note } => LetterCommand::Refuse {
                letter: id,
                ground,
                redirect,
                note: note.map(PersonalText::new),
            },
            Verb::Void { id, reason, to } => LetterCommand::Void { letter: id, reason, to },
            Verb::Qr { id, png, svg } => LetterCommand::Qr {
                letter: id,
                png: png.as_deref().map(absolute).transpose()?,
                svg: svg.as_deref().map(absolute).transpose()?,
            },
            Verb::Scan { code } => LetterCommand::Scan { code: code::read(&code)? },
            Verb::Verify(verify) => return verify.question(),
            Verb::Reissue { id } => LetterCommand::Reissue { letter: id },
        };
        Ok(Question::from(Command::Letter(command)).revealing(revealing))
    }
}

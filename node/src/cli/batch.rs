//! `dukou batch …`: one approval over many letters.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::arguments::{PageFlags, absolute, examples};
use super::ask::{Problem, Question};
use crate::control::command::{BatchCommand, Command};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Check a sheet of letters; nothing is written · 核对批量转接表
    #[command(after_help = concat!(
        "Columns in any order · 列(次序不限,带*必填):\n  公民身份号码/身份证号/证件号* · 姓名* · ",
        "转往组织/转往支部/去向* (代码或名称)\n  党费交至 (2026-10) · 事由\n",
        "  English · 英文: id_number* name* to_org* dues_paid_through reason\n",
        examples!(
            "batch check people.xlsx",
            "batch check people.xlsx --annotated faults.xlsx",
            "batch check people.xlsx --columns id_number=C,to_org=拟转入支部"
        )
    ))]
    Check {
        /// xlsx, or csv in UTF-8 or GB18030 · 批量转接表
        file: PathBuf,
        /// Write the table back with its faults marked · 写出标注了错误的表
        #[arg(long, value_name = "OUT.xlsx")]
        annotated: Option<PathBuf>,
        #[command(flatten)]
        columns: ColumnFlags,
    },
    /// Write an empty sheet to fill in · 写出空白的批量转接表
    #[command(after_help = examples!("batch template --out people.xlsx"))]
    Template {
        /// Where to · 写到哪里
        #[arg(long, value_name = "F.xlsx")]
        out: PathBuf,
    },
    /// Approve a sheet once, and issue one letter a person · 一次审批,一人一信
    #[command(after_help = examples!(
        "batch issue people.xlsx --confirm 348",
        "batch issue people.xlsx --confirm 340 --only-valid"
    ))]
    Issue {
        /// The sheet that was checked · 已核对的表
        file: PathBuf,
        /// How many letters will be issued: `issuable` of the check · 应开具的封数
        #[arg(long, value_name = "N")]
        confirm: u64,
        /// Leave rows with faults out · 先办无误的各行
        #[arg(long)]
        only_valid: bool,
        #[command(flatten)]
        columns: ColumnFlags,
    },
    /// All batches, own and received, with how far they are · 批次列表
    #[command(after_help = examples!("batch list", "batch list --direction in"))]
    List {
        /// Only in this direction · 转出或转入
        #[arg(long, value_parser = PossibleValuesParser::new(["out", "in"]))]
        direction: Option<String>,
        #[command(flatten)]
        page: PageFlags,
    },
    /// How far a batch is, at either end · 批次进度
    #[command(after_help = examples!("batch show 7f3a90c1"))]
    Show {
        /// The batch's id, or a unique prefix of 8 or more · 批次编号
        id: String,
        #[command(flatten)]
        page: PageFlags,
    },
    /// Accept what has arrived of a batch · 接收已到的各封
    #[command(after_help = examples!(
        "batch accept 7f3a90c1 --org 610902-0012",
        "batch accept 7f3a90c1 --org 610902-0012 --met 1c0ffee0,2c0ffee1"
    ))]
    Accept {
        /// The batch's id, or a unique prefix of 8 or more · 批次编号
        id: String,
        /// The branch · 编入支部
        #[arg(long, value_name = "BRANCH")]
        org: String,
        /// Those whom somebody met; the others stay to be met · 已见到本人的各位
        #[arg(long, value_name = "REF", value_delimiter = ',')]
        met: Vec<String>,
    },
    /// Try again for those without a letter · 重试未开具的
    #[command(after_help = examples!("batch retry 7f3a90c1", "batch retry 7f3a90c1 --refused"))]
    Retry {
        /// The batch's id, or a unique prefix of 8 or more · 批次编号
        id: String,
        /// Issue again whatever was refused · 重开被退回的
        #[arg(long)]
        refused: bool,
        /// Issue again whatever was voided · 重开已作废的
        #[arg(long)]
        voided: bool,
    },
}

#[derive(Args)]
pub(crate) struct ColumnFlags {
    /// Where the header does not say what a column is: its header or letter · 指定各列
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',')]
    pub(super) columns: Vec<String>,
}

impl Verb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let command = match self {
            Verb::Check { file, annotated, columns } => BatchCommand::Check {
                file: absolute(&file)?,
                annotated: annotated.as_deref().map(absolute).transpose()?,
                columns: columns.columns,
            },
            Verb::Template { out } => BatchCommand::Template { out: absolute(&out)? },
            Verb::Issue { file, confirm, only_valid, columns } => {
                let columns = columns.columns;
                BatchCommand::Issue { file: absolute(&file)?, confirm, only_valid, columns }
            }
            Verb::List { direction, page } => BatchCommand::List { direction, paging: page.into() },
            Verb::Show { id, page } => BatchCommand::Show { batch: id, paging: page.into() },
            Verb::Accept { id, org, met } => BatchCommand::Accept { batch: id, org, met },
            Verb::Retry { id, refused, voided } => {
                BatchCommand::Retry { batch: id, refused, voided }
            }
        };
        Ok(Question::from(Command::Batch(command)))
    }
}

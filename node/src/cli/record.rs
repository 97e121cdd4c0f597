//! `dukou letter record-…`: letters of neighbours without a node.

use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::{absolute, examples, personal_file};
use super::ask::Problem;
use super::member::MoreFields;
use crate::control::command::{GROUNDS, LetterCommand, MemberFields, PersonalText};

/// Record that the receipt of a paper letter came back · 登记纸质回执
#[derive(Args)]
#[command(after_help = examples!(
    "letter record-receipt 1c0ffee0 --on 2026-11-20 --scan receipt.jpg"
))]
pub(crate) struct Receipt {
    /// The letter's id, or a unique prefix of 8 or more · 信件编号
    id: String,
    /// The day on the receipt · 回执日期
    #[arg(long, value_name = "DAY")]
    on: String,
    /// A scan of it, up to 8 MiB · 扫描件
    #[arg(long, value_name = "FILE")]
    scan: Option<PathBuf>,
}

/// Record that a paper letter was returned · 登记纸质退回
#[derive(Args)]
#[command(after_help = examples!(
    "letter record-return 1c0ffee0 --on 2026-11-20 --ground not_arrived"
))]
pub(crate) struct Return {
    /// The letter's id, or a unique prefix of 8 or more · 信件编号
    id: String,
    /// The day · 日期
    #[arg(long, value_name = "DAY")]
    on: String,
    /// Why · 理由
    #[arg(long, value_name = "CODE", help = grounds_help())]
    ground: String,
    /// A scan of what came back, up to 8 MiB · 扫描件
    #[arg(long, value_name = "FILE")]
    scan: Option<PathBuf>,
}

/// Record a paper letter from an office without a node, and enter the person · 登记纸质来信
#[derive(Args)]
#[command(after_help = examples!(
    "letter record-in --from-name 某县委组织部 --name 赵以刚 --id-number-file id.txt \
     --standing full --org 610922-0007 --scan letter.jpg"
))]
pub(crate) struct In {
    /// What the office is called · 来信单位
    #[arg(long, value_name = "NAME")]
    from_name: String,
    /// The number on the letter · 来信编号
    #[arg(long, value_name = "TEXT")]
    serial: Option<String>,
    /// When it was handed in, else today · 收到日期
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// A scan of it, up to 8 MiB · 扫描件
    #[arg(long, value_name = "FILE")]
    scan: Option<PathBuf>,
    /// 姓名
    #[arg(long)]
    name: String,
    /// The branch, by code or unique name · 所在党支部
    #[arg(long, value_name = "CODE")]
    org: String,
    /// A file with the ID number, - for stdin · 公民身份号码所在文件
    #[arg(long, value_name = "FILE")]
    id_number_file: PathBuf,
    /// full or probationary · 正式党员或预备党员
    #[arg(long)]
    standing: String,
    #[command(flatten)]
    more: MoreFields,
}

fn grounds_help() -> String {
    format!("Why · 理由: {}", GROUNDS.join(", "))
}

fn file(path: Option<&Path>) -> Result<Option<PathBuf>, Problem> {
    path.map(absolute).transpose()
}

impl Receipt {
    pub(super) fn command(self) -> Result<LetterCommand, Problem> {
        let scan = file(self.scan.as_deref())?;
        Ok(LetterCommand::RecordReceipt { letter: self.id, on: self.on, scan })
    }
}

impl Return {
    pub(super) fn command(self) -> Result<LetterCommand, Problem> {
        let scan = file(self.scan.as_deref())?;
        let Return { id: letter, on, ground, .. } = self;
        Ok(LetterCommand::RecordReturn { letter, on, ground, scan })
    }
}

impl In {
    pub(super) fn command(self) -> Result<LetterCommand, Problem> {
        let scan = file(self.scan.as_deref())?;
        let member = MemberFields {
            name: Some(PersonalText::new(self.name)),
            id_number: Some(personal_file(&self.id_number_file)?),
            standing: Some(self.standing),
            org: Some(self.org),
            ..self.more.fields()?
        };
        let (from_name, serial, on) = (self.from_name, self.serial, self.on);
        Ok(LetterCommand::RecordIn { from_name, serial, on, scan, member: Box::new(member) })
    }
}

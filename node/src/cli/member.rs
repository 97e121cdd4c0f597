//! `dukou member …`: the roster.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::arguments::{PageFlags, absolute, examples, personal_file};
use super::ask::{Problem, Question};
use crate::control::command::{
    CUSTODIES, Command, END_REASONS, MemberCommand, MemberFields, PersonalText,
};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Check a roster file, and write it with --commit · 检查或导入花名册
    #[command(after_help = concat!(
        "Columns in any order · 列(次序不限,带*必填):\n  姓名* · 公民身份号码/身份证号* · ",
        "党员类别* (正式党员/预备党员) · 所在党支部/所在支部* (代码或名称)\n  性别 · 民族 · ",
        "入党日期 (2019-07-01) · 党费交至 (2026-10) · 联系电话/电话\n  English · 英文: name* ",
        "id_number* standing* org* sex ethnicity joined_on dues_paid_through phone\n",
        examples!("member import roster.xlsx", "member import roster.csv --commit",
                  "member import roster.xlsx --annotated faults.xlsx")
    ))]
    Import {
        /// xlsx, or csv in UTF-8 or GB18030 · 花名册文件
        file: PathBuf,
        /// Write it; without this nothing is written · 写入
        #[arg(long)]
        commit: bool,
        /// Write the table back with its faults marked · 写出标注了错误的表
        #[arg(long, value_name = "OUT.xlsx")]
        annotated: Option<PathBuf>,
    },
    /// Add one person · 新增一人
    #[command(after_help = examples!(
        "member add --name 赵以刚 --id-number-file id.txt --standing full --org 610922-0007"
    ))]
    Add {
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
    },
    /// Change fields of one · 更正
    #[command(after_help = examples!("member set 7f3a90c1 --dues-through 2026-10"))]
    Set {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(value_name = "REF")]
        member: String,
        /// 姓名
        #[arg(long)]
        name: Option<String>,
        /// A file with the ID number, - for stdin · 公民身份号码所在文件
        #[arg(long, value_name = "FILE")]
        id_number_file: Option<PathBuf>,
        /// full or probationary · 正式党员或预备党员
        #[arg(long)]
        standing: Option<String>,
        /// The branch, by code or unique name · 所在党支部
        #[arg(long, value_name = "CODE")]
        org: Option<String>,
        #[command(flatten)]
        more: MoreFields,
    },
    /// Move one to another branch of this region · 调整支部
    #[command(after_help = examples!("member move 7f3a90c1 --org 610922-0008"))]
    Move {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(value_name = "REF")]
        member: String,
        /// The branch · 调入支部
        #[arg(long, value_name = "CODE")]
        org: String,
    },
    /// End a membership · 终止
    #[command(after_help = examples!("member end 7f3a90c1 --reason deceased --on 2026-11-20"))]
    End {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(value_name = "REF")]
        member: String,
        /// Why: deceased, left, removed, duplicate · 原因
        #[arg(long, value_name = "CODE", help = reasons_help())]
        reason: String,
        /// The day · 日期
        #[arg(long, value_name = "DAY")]
        on: String,
    },
    /// List the roster · 花名册
    #[command(after_help = examples!(
        "member list --org 610922-0007",
        "member list --custody in_transit --json"
    ))]
    List {
        /// Only this organisation and those under it · 只看该组织及下级
        #[arg(long, value_name = "CODE")]
        org: Option<String>,
        /// Only with this custody · 只看此状态
        #[arg(long, value_parser = PossibleValuesParser::new(CUSTODIES))]
        custody: Option<String>,
        #[command(flatten)]
        page: PageFlags,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Show one · 查看
    #[command(after_help = examples!("member show 7f3a90c1"))]
    Show {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(value_name = "REF")]
        member: String,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Find by name, pinyin initials, or whole ID number · 查找
    #[command(after_help = examples!("member search 赵以刚", "member search zyg"))]
    Search {
        /// What to look for, - for stdin · 查找内容
        query: String,
        #[command(flatten)]
        page: PageFlags,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Note that somebody here met the person · 已见到本人
    #[command(after_help = examples!("member met 7f3a90c1"))]
    Met {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(value_name = "REF")]
        member: String,
    },
    /// What happened to one · 经历
    #[command(after_help = examples!("member history 7f3a90c1"))]
    History {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(value_name = "REF")]
        member: String,
        #[command(flatten)]
        page: PageFlags,
    },
}

#[derive(Args)]
pub(crate) struct RevealFlag {
    /// Show ID numbers and phones; this is audited · 显示证件号与电话(留痕)
    #[arg(long)]
    pub(super) reveal: bool,
}

#[derive(Args)]
pub(crate) struct MoreFields {
    /// female or male · 性别
    #[arg(long)]
    sex: Option<String>,
    /// 民族
    #[arg(long)]
    ethnicity: Option<String>,
    /// 入党日期, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    joined_on: Option<String>,
    /// 党费交至, YYYY-MM
    #[arg(long, value_name = "MONTH")]
    dues_through: Option<String>,
    /// A file with the phone number, - for stdin · 联系电话所在文件
    #[arg(long, value_name = "FILE")]
    phone_file: Option<PathBuf>,
    /// Where the member lives · 现居住地
    #[arg(long, value_name = "TEXT")]
    residence: Option<String>,
    /// Employer or school · 工作单位
    #[arg(long, value_name = "TEXT")]
    unit: Option<String>,
}

impl MoreFields {
    pub(super) fn fields(self) -> Result<MemberFields, Problem> {
        Ok(MemberFields {
            sex: self.sex.map(PersonalText::new),
            ethnicity: self.ethnicity.map(PersonalText::new),
            joined_on: self.joined_on,
            dues_paid_through: self.dues_through,
            phone: self.phone_file.as_deref().map(personal_file).transpose()?,
            residence: self.residence.map(PersonalText::new),
            unit: self.unit.map(PersonalText::new),
            ..MemberFields::default()
        })
    }
}

fn reasons_help() -> String {
    format!("Why · 原因: {}", END_REASONS.join(", "))
}

impl Verb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let mut revealing = false;
        let command = match self {
            Verb::Import { file, commit, annotated } => MemberCommand::Import {
                file: absolute(&file)?,
                commit,
                annotated: annotated.as_deref().map(absolute).transpose()?,
            },
            Verb::Add { name, org, id_number_file, standing, more } => {
                MemberCommand::Add(MemberFields {
                    name: Some(PersonalText::new(name)),
                    id_number: Some(personal_file(&id_number_file)?),
                    standing: Some(standing),
                    org: Some(org),
                    ..more.fields()?
                })
            }
            Verb::Set { member, name, id_number_file, standing, org, more } => {
                let id_number = id_number_file.as_deref().map(personal_file).transpose()?;
                let name = name.map(PersonalText::new);
                let fields = MemberFields { name, id_number, standing, org, ..more.fields()? };
                MemberCommand::Set { member, fields }
            }
            Verb::Move { member, org } => MemberCommand::Move { member, org },
            Verb::End { member, reason, on } => return Ok(end(member, reason, on)),
            Verb::List { org, custody, page, reveal } => {
                revealing = reveal.reveal;
                MemberCommand::List { org, custody, paging: page.into() }
            }
            Verb::Show { member, reveal } => {
                revealing = reveal.reveal;
                MemberCommand::Show { member }
            }
            Verb::Search { query, page, reveal } => {
                revealing = reveal.reveal;
                let query = match query.as_str() {
                    "-" => personal_file(Path::new("-"))?,
                    _ => PersonalText::new(query),
                };
                MemberCommand::Search { query, paging: page.into() }
            }
            Verb::Met { member } => MemberCommand::Met { member },
            Verb::History { member, page } => {
                MemberCommand::History { member, paging: page.into() }
            }
        };
        Ok(Question::from(Command::Member(command)).revealing(revealing))
    }
}

fn end(member: String, reason: String, on: String) -> Question {
    let (en, zh) = (
        format!("End the membership {member} ({reason})?"),
        format!("终止 {member} 的组织关系({reason})?"),
    );
    let command = MemberCommand::End { member, reason, on };
    Question::from(Command::Member(command)).confirmed_by(en, zh)
}

//! `dukou org …`: organisations.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use super::arguments::{PageFlags, absolute, examples};
use super::ask::{Problem, Question};
use crate::control::command::{Command, ORG_KINDS, OrgCommand};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Add an organisation · 登记组织
    #[command(after_help = examples!(
        "org add --code 610922-0001 --name 城关镇党委 --kind committee --may-transfer",
        "org add --code 610922-0007 --name 西街社区支部 --kind branch --parent 610922-0001"
    ))]
    Add {
        /// Its code, REGION-NNNN · 代码
        #[arg(long)]
        code: String,
        /// Its name · 名称
        #[arg(long)]
        name: String,
        /// Its kind · 类别
        #[arg(long, value_parser = PossibleValuesParser::new(ORG_KINDS))]
        kind: String,
        /// The code of the one above it · 上级代码
        #[arg(long, value_name = "CODE")]
        parent: Option<String>,
        /// It may transfer members · 有转接权限
        #[arg(long)]
        may_transfer: bool,
    },
    /// Import a table of organisations · 导入组织表
    #[command(after_help = concat!(
        "Written whole, or not at all if a cell is at fault; a known code is updated, and blanks ",
        "erase nothing.\n整表写入,有一处错误则全不写入;已有的代码按表更新,空白不抹去原值。\n\n",
        "Columns in any order · 列(次序不限,带*必填):\n  代码/组织代码* (610922-0007) · ",
        "名称/组织名称* · 类别* (党委/党总支/党支部/党小组/临时党组织)\n  上级/上级组织 ",
        "(代码或唯一名称,可在本表中) · 可转接/转接权限 (是/否)\n  English · 英文: code* name* ",
        "kind* (committee/general_branch/branch/group/temporary) parent may_transfer (yes/no)\n",
        examples!("org import organisations.xlsx")
    ))]
    Import {
        /// xlsx, or csv in UTF-8 or GB18030 · 组织表
        file: PathBuf,
    },
    /// List our own, or a peer's as received · 列出组织
    #[command(after_help = examples!("org list", "org list --region 610902 --json"))]
    List {
        /// A peer's region · 对方地区代码
        #[arg(long, value_name = "CODE")]
        region: Option<String>,
        #[command(flatten)]
        page: PageFlags,
    },
    /// Rename one; the old name stays as an alias · 更名
    #[command(after_help = examples!("org rename 610922-0007 --name 西街社区党支部"))]
    Rename {
        code: String,
        /// The new name · 新名称
        #[arg(long)]
        name: String,
    },
    /// Move everything of one into another · 合并
    #[command(after_help = examples!("org merge 610922-0007 --into 610922-0008"))]
    Merge {
        code: String,
        /// The code of the one that goes on · 并入
        #[arg(long, value_name = "CODE")]
        into: String,
    },
    /// Close an empty one · 撤销组织
    #[command(after_help = examples!("org close 610922-0007"))]
    Close { code: String },
}

impl Verb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let mut asked = None;
        let command = match self {
            Verb::Add { code, name, kind, parent, may_transfer } => {
                OrgCommand::Add { code, name, kind, parent, may_transfer }
            }
            Verb::Import { file } => OrgCommand::Import { file: absolute(&file)? },
            Verb::List { region, page } => OrgCommand::List { region, paging: page.into() },
            Verb::Rename { code, name } => OrgCommand::Rename { code, name },
            Verb::Merge { code, into } => {
                asked =
                    Some((format!("Merge {code} into {into}?"), format!("把 {code} 并入 {into}?")));
                OrgCommand::Merge { code, into }
            }
            Verb::Close { code } => {
                asked = Some((format!("Close {code}?"), format!("撤销组织 {code}?")));
                OrgCommand::Close { code }
            }
        };
        let question = Question::from(Command::Org(command));
        Ok(match asked {
            Some((en, zh)) => question.confirmed_by(en, zh),
            None => question,
        })
    }
}

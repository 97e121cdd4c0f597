//! `dukou user …`, `token …` and `audit …`.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use super::arguments::{PageFlags, absolute, examples, personal_file};
use super::ask::{Problem, Question};
use crate::control::command::{AuditCommand, Command, ROLES, TokenCommand, UserCommand};

#[derive(Subcommand)]
pub(crate) enum UserVerb {
    /// Add a user · 增加用户
    #[command(after_help = examples!(
        "user add wang.sw --role clerk --org 610922-0007 --password-file password.txt",
        "user add 赵以刚 --role admin --password-file -"
    ))]
    Add {
        /// The name to sign in with · 登录名
        name: String,
        /// The role · 角色
        #[arg(long, value_parser = PossibleValuesParser::new(ROLES))]
        role: String,
        /// Only this organisation and those under it, else the region · 限定组织
        #[arg(long, value_name = "CODE")]
        org: Option<String>,
        /// A file with the password, - for stdin · 密码所在文件
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// List the users · 列出用户
    #[command(after_help = examples!("user list"))]
    List {
        #[command(flatten)]
        page: PageFlags,
    },
    /// Give a user another role; ends their sessions · 调整角色
    #[command(after_help = examples!(
        "user role wang.sw --role approver", "user role wang.sw --role clerk --org 610922-0007"
    ))]
    Role {
        name: String,
        /// The role · 角色
        #[arg(long, value_parser = PossibleValuesParser::new(ROLES))]
        role: String,
        /// Only this organisation and those under it, else the region · 限定组织
        #[arg(long, value_name = "CODE")]
        org: Option<String>,
    },
    /// Set a user's password; ends their sessions · 重设密码
    #[command(after_help = examples!("user password wang.sw --password-file password.txt"))]
    Password {
        name: String,
        /// A file with the password, - for stdin · 密码所在文件
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// Let a user no longer sign in · 停用用户
    #[command(after_help = examples!("user disable wang.sw"))]
    Disable { name: String },
    /// Let a user sign in again · 启用用户
    #[command(after_help = examples!("user enable wang.sw"))]
    Enable { name: String },
}

impl UserVerb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        Ok(Command::User(match self {
            UserVerb::Add { name, role, org, password_file } => {
                UserCommand::Add { name, role, org, password: personal_file(&password_file)? }
            }
            UserVerb::List { page } => UserCommand::List(page.into()),
            UserVerb::Role { name, role, org } => UserCommand::Role { name, role, org },
            UserVerb::Password { name, password_file } => {
                UserCommand::Password { name, password: personal_file(&password_file)? }
            }
            UserVerb::Disable { name } => UserCommand::Disable { name, disabled: true },
            UserVerb::Enable { name } => UserCommand::Disable { name, disabled: false },
        })
        .into())
    }
}

#[derive(Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token; it is shown this once · 签发令牌
    #[command(after_help = examples!(
        "token create --role viewer --expires 90", "token create --role clerk --org 610922-0007"
    ))]
    Create {
        /// The role · 角色
        #[arg(long, value_parser = PossibleValuesParser::new(ROLES))]
        role: String,
        /// Only this organisation and those under it, else the region · 限定组织
        #[arg(long, value_name = "CODE")]
        org: Option<String>,
        /// Days until it ends, else never · 有效天数
        #[arg(long, value_name = "DAYS")]
        expires: Option<u32>,
    },
    /// List the tokens, without themselves · 列出令牌
    #[command(after_help = examples!("token list"))]
    List {
        #[command(flatten)]
        page: PageFlags,
    },
    /// Make a token useless · 撤销令牌
    #[command(after_help = examples!("token revoke 3"))]
    Revoke {
        /// Its number in the list · 令牌编号
        id: String,
    },
}

impl TokenVerb {
    pub(super) fn question(self) -> Question {
        Command::Token(match self {
            TokenVerb::Create { role, org, expires } => {
                TokenCommand::Create { role, org, expires_days: expires }
            }
            TokenVerb::List { page } => TokenCommand::List(page.into()),
            TokenVerb::Revoke { id } => TokenCommand::Revoke { id },
        })
        .into()
    }
}

#[derive(Subcommand)]
pub(crate) enum AuditVerb {
    /// List who did or saw what, newest first · 列出审计日志
    #[command(after_help = examples!("audit list --limit 50"))]
    List {
        #[command(flatten)]
        page: PageFlags,
    },
    /// Check that no line was changed or taken out · 核验审计日志
    #[command(after_help = examples!("audit verify"))]
    Verify,
    /// Write the log into a file, a JSON object a line · 导出审计日志
    #[command(after_help = examples!("audit export --out audit.jsonl"))]
    Export {
        /// Where to · 输出文件
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

impl AuditVerb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        Ok(Command::Audit(match self {
            AuditVerb::List { page } => AuditCommand::List(page.into()),
            AuditVerb::Verify => AuditCommand::Verify,
            AuditVerb::Export { out } => AuditCommand::Export { out: absolute(&out)? },
        })
        .into())
    }
}

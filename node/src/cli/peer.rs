//! `dukou peer …`: other regions.

use std::path::PathBuf;

use clap::Subcommand;

use super::arguments::{PageFlags, absolute, examples};
use super::ask::{Problem, Question};
use crate::control::command::{Command, PeerCommand};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Write an invitation for another region · 生成邀请文件
    #[command(after_help = examples!("peer invite --out shiquan.invite --expires 7"))]
    Invite {
        /// Where to write it · 写到
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Days until it expires · 有效天数
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=365))]
        expires: Option<u32>,
    },
    /// Accept an invitation · 接受邀请
    #[command(after_help = examples!(
        "peer accept shiquan.invite --fingerprint \"12345 12345 12345 12345 12345 12345\"",
        "peer accept shiquan.invite --fingerprint \"12345 …\" --out hanbin.reply"
    ))]
    Accept {
        /// The invitation · 邀请文件
        file: PathBuf,
        /// The inviter's fingerprint, read over the phone · 电话核对的对方校验码
        #[arg(long, value_name = "DIGITS")]
        fingerprint: String,
        /// With no network: write the reply here · 无网络时把回函写到
        #[arg(long, value_name = "REPLY")]
        out: Option<PathBuf>,
    },
    /// Approve a region that accepted our invitation · 同意结对
    #[command(after_help = examples!(
        "peer approve 610902 --fingerprint \"12345 12345 12345 12345 12345 12345\"",
        "peer approve --from hanbin.reply --fingerprint \"12345 …\""
    ))]
    Approve {
        /// The region's code · 地区代码
        #[arg(required_unless_present = "from", conflicts_with = "from")]
        region: Option<String>,
        /// With no network: its reply file · 无网络时用回函
        #[arg(long, value_name = "REPLY")]
        from: Option<PathBuf>,
        /// Its fingerprint, read over the phone · 电话核对的对方校验码
        #[arg(long, value_name = "DIGITS")]
        fingerprint: String,
    },
    /// List the regions · 列出结对地区
    #[command(after_help = examples!("peer list --json"))]
    List {
        #[command(flatten)]
        page: PageFlags,
    },
    /// Show one region · 查看
    #[command(after_help = examples!("peer show 610902"))]
    Show { region: String },
    /// Try to reach a region now · 测试连通
    #[command(after_help = examples!("peer test 610902"))]
    Test { region: String },
    /// Stop the exchange with a region for now · 暂停往来
    #[command(after_help = examples!("peer pause 610902"))]
    Pause { region: String },
    /// Go on with a paused region · 恢复往来
    #[command(after_help = examples!("peer resume 610902"))]
    Resume { region: String },
    /// End the trust in a region · 撤销结对
    #[command(after_help = examples!("peer revoke 610902 --yes"))]
    Revoke { region: String },
    /// Put a successor in the place of a dead node · 更换对方节点
    #[command(after_help = examples!(
        "peer replace 610902 4f3c2a1b --fingerprint \"12345 …\" --confirmed-by 王 --confirmed-by 李"
    ))]
    Replace {
        /// Region or node id of the one that is gone · 旧节点的地区代码或节点号
        old: String,
        /// Region or node id of its successor · 新节点的地区代码或节点号
        new: String,
        /// The successor's fingerprint, read over the phone · 电话核对的新节点校验码
        #[arg(long, value_name = "DIGITS")]
        fingerprint: String,
        /// Who stands for it; two persons · 两名核对人
        #[arg(long, value_name = "NAME", required = true)]
        confirmed_by: Vec<String>,
    },
}

impl Verb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let file = |path: Option<PathBuf>| path.as_deref().map(absolute).transpose();
        let command = match self {
            Verb::Invite { out, expires } => {
                PeerCommand::Invite { out: absolute(&out)?, expires_days: expires }
            }
            Verb::Accept { file: invitation, fingerprint, out } => {
                PeerCommand::Accept { file: absolute(&invitation)?, fingerprint, out: file(out)? }
            }
            Verb::Approve { region, from, fingerprint } => match from {
                Some(reply) => PeerCommand::ApproveReply { file: absolute(&reply)?, fingerprint },
                None => PeerCommand::Approve { region: region.unwrap_or_default(), fingerprint },
            },
            Verb::List { page } => PeerCommand::List(page.into()),
            Verb::Show { region } => PeerCommand::Show { region },
            Verb::Test { region } => PeerCommand::Test { region },
            Verb::Pause { region } => PeerCommand::Pause { region },
            Verb::Resume { region } => PeerCommand::Resume { region },
            Verb::Replace { old, new, fingerprint, confirmed_by } => {
                PeerCommand::Replace { old, new, fingerprint, confirmed_by }
            }
            Verb::Revoke { region } => {
                let (en, zh) =
                    (format!("Revoke the peer {region}?"), format!("撤销与 {region} 的结对?"));
                let command = Command::Peer(PeerCommand::Revoke { region });
                return Ok(Question::from(command).confirmed_by(en, zh));
            }
        };
        Ok(Command::Peer(command).into())
    }
}

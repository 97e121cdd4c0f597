//! The command table: the global flags, and which file knows each noun.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use protocol::refusal::{Code, Lang, Refusal};

use super::ask::{Problem, Question};
use super::attached::{CorrectionVerb, ReplyVerb};
use super::console::Settings;
use super::{
    batch, demo, departure, finding, letter, matching, member, node, org, peer, people, report,
    residence, stay,
};
use crate::control::command::{
    Command, END_REASONS, GROUNDS, PAGE_ROWS_MAX, Paging, PersonalText, VOID_REASONS,
};

/// Longest personal text read from a file or stdin, in bytes.
const PERSONAL_FILE_BYTES_MAX: u64 = 4096;

/// Where help lists the flags that every command takes.
const EVERYWHERE: &str = "Everywhere · 通用";

/// The help text of examples: one `dukou …` line each. A test parses every one of them.
macro_rules! examples {
    ($($line:literal),+) => {
        concat!("Example · 示例:" $(, "\n  dukou ", $line)+)
    };
}
pub(super) use examples;

/// 渡口: one region's node. It moves members between regions with signed letters.
#[derive(Parser)]
#[command(
    name = "dukou",
    bin_name = "dukou",
    version,
    about = "渡口 · one region's node: members move between regions with signed letters",
    long_about = None,
    after_help = codes_help()
)]
pub(super) struct Arguments {
    /// The node's data directory · 节点数据目录
    #[arg(long, global = true, env = "DUKOU_DATA", hide_env_values = true, value_name = "DIR",
          help_heading = EVERYWHERE)]
    data: Option<PathBuf>,
    /// Print one JSON object · 输出一个 JSON 对象
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    /// Language of texts, else by locale · 界面语言,默认随系统
    #[arg(long, global = true, value_name = "LANG", help_heading = EVERYWHERE,
          value_parser = PossibleValuesParser::new(["zh-CN", "en"]))]
    lang: Option<String>,
    /// No advice and no progress · 不显示提示与进度
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    quiet: bool,
    /// Do not ask for confirmation · 不再确认
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    yes: bool,
    #[command(subcommand)]
    pub(super) noun: Noun,
}

#[derive(Subcommand)]
pub(super) enum Noun {
    Init(node::Init),
    Serve(node::Serve),
    Demo(demo::Demo),
    /// The node at a glance · 节点概况
    #[command(after_help = examples!("status", "status --json --data ./shiquan"))]
    Status,
    /// Other regions · 结对地区
    #[command(subcommand, after_help = examples!("peer invite --out shiquan.invite"))]
    Peer(peer::Verb),
    /// Organisations · 组织
    #[command(subcommand, after_help = examples!("org list"))]
    Org(org::Verb),
    /// Members · 成员
    #[command(subcommand, after_help = examples!("member import roster.xlsx --commit"))]
    Member(member::Verb),
    /// Letters · 介绍信
    #[command(subcommand, after_help = examples!("letter list --direction in --state issued"))]
    Letter(letter::Verb),
    /// Batches of letters · 批量转接
    #[command(subcommand, after_help = examples!("batch check people.xlsx"))]
    Batch(batch::Verb),
    /// Compare the books with another region · 与对方地区对账
    #[command(after_help = examples!("reconcile 610902", "reconcile 610902 --json"))]
    Reconcile {
        /// The region's code · 地区代码
        region: String,
    },
    /// Find whom both regions list, without showing lists · 名单比对
    #[command(after_help = examples!(
        "match 610902 outflow.xlsx", "match 610902 --outflow", "match 610902 --inflow --json",
        "match list"
    ))]
    Match(matching::Match),
    /// Members who told that they go away · 外出报告
    #[command(subcommand, after_help = examples!("departure list --state reported"))]
    Departure(departure::Verb),
    /// Members who are away, and guests · 流动党员双向管理
    #[command(subcommand, after_help = examples!("stay list --direction out"))]
    Stay(stay::Verb),
    /// Members who work in one place and live in another · 双报到
    #[command(subcommand, after_help = examples!("residence list --direction in"))]
    Residence(residence::Verb),
    /// Opinions of communities, before units decide · 征求社区意见
    #[command(subcommand, after_help = examples!("opinion list --open"))]
    Opinion(residence::OpinionVerb),
    /// Corrections of what was said · 更正
    #[command(subcommand, after_help = examples!(
        "correction file --stay 1c0ffee0 --statement 5eed5eed --text 应为三月"
    ))]
    Correction(CorrectionVerb),
    /// The member's own words · 本人说明
    #[command(subcommand, after_help = examples!(
        "reply add --stay 1c0ffee0 --statement 5eed5eed --text 三月因病请假"
    ))]
    Reply(ReplyVerb),
    /// Rules of this region · 期限规则
    #[command(subcommand, after_help = examples!("rule explain Pocket"))]
    Rule(finding::RuleVerb),
    /// What is due or wrong · 督查事项
    #[command(subcommand, after_help = examples!("finding list --kind Pocket"))]
    Finding(finding::Verb),
    /// Counts for a superior · 统计报告
    #[command(subcommand, after_help = examples!("report summary"))]
    Report(report::Verb),
    /// What the offices of this region must do · 待办
    #[command(subcommand, after_help = examples!("task list --overdue"))]
    Task(finding::TaskVerb),
    /// Who may use this node · 用户
    #[command(subcommand, after_help = examples!("user list"))]
    User(people::UserVerb),
    /// What programs show in place of a password · 令牌
    #[command(subcommand, after_help = examples!("token create --role viewer --expires 90"))]
    Token(people::TokenVerb),
    /// Who did or saw what · 审计日志
    #[command(subcommand, after_help = examples!("audit list", "audit verify"))]
    Audit(people::AuditVerb),
    /// Rehearsals · 演练
    #[command(subcommand, after_help = examples!("rehearsal now 2027-03-01T00:00:00Z"))]
    Rehearsal(Rehearsal),
    /// Print the completion script of a shell · 输出命令补全脚本
    #[command(after_help = examples!("completion bash"))]
    Completion {
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a directory · 写出手册页
    #[command(after_help = examples!("manpage ./man"))]
    Manpage {
        dir: PathBuf,
    },
}

#[derive(Subcommand)]
pub(super) enum Rehearsal {
    /// Move the running rehearsal's clock forward · 把演练时钟拨到
    #[command(after_help = examples!("rehearsal now 2027-03-01T00:00:00Z"))]
    Now {
        /// RFC 3339
        time: String,
    },
}

/// Which part of a list.
#[derive(Args)]
pub(super) struct PageFlags {
    /// Most rows · 最多行数
    #[arg(long, value_name = "N", default_value_t = PAGE_ROWS_MAX,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE_ROWS_MAX)))]
    limit: u32,
    /// Go on after this cursor, the `next` of the part before · 接着上一页
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

impl From<PageFlags> for Paging {
    fn from(flags: PageFlags) -> Paging {
        Paging { limit: flags.limit, after: flags.after }
    }
}

impl Noun {
    /// What to ask a node; only for nouns that a node answers.
    pub(super) fn question(self) -> Result<Question, Problem> {
        match self {
            Noun::Status => Ok(Command::Status.into()),
            Noun::Rehearsal(Rehearsal::Now { time }) => Ok(Command::RehearsalNow { time }.into()),
            Noun::Peer(verb) => verb.question(),
            Noun::Org(verb) => verb.question(),
            Noun::Member(verb) => verb.question(),
            Noun::Letter(verb) => verb.question(),
            Noun::Batch(verb) => verb.question(),
            Noun::Reconcile { region } => Ok(Command::Reconcile { region }.into()),
            Noun::Match(ask) => ask.question(),
            Noun::Departure(verb) => verb.question(),
            Noun::Stay(verb) => verb.question(),
            Noun::Residence(verb) => verb.question(),
            Noun::Opinion(verb) => Ok(verb.question()),
            Noun::Correction(verb) => Ok(verb.question()),
            Noun::Reply(verb) => Ok(verb.question()),
            Noun::Rule(verb) => Ok(verb.question()),
            Noun::Finding(verb) => Ok(verb.question()),
            Noun::Report(verb) => Ok(verb.question()),
            Noun::Task(verb) => Ok(verb.question()),
            Noun::User(verb) => verb.question(),
            Noun::Token(verb) => Ok(verb.question()),
            Noun::Audit(verb) => verb.question(),
            Noun::Init(_)
            | Noun::Serve(_)
            | Noun::Demo(_)
            | Noun::Completion { .. }
            | Noun::Manpage { .. } => Err(Refusal::about(Code::Internal, "not a question").into()),
        }
    }
}

impl Arguments {
    /// Takes the flags over into `settings`.
    pub(super) fn set(&self, settings: &mut Settings) {
        settings.json = self.json;
        settings.quiet = self.quiet;
        settings.yes = self.yes;
        if let Some(tag) = &self.lang {
            settings.lang = lang_of(tag);
        }
    }

    /// The data directory: named, or the user's own.
    pub(super) fn data_dir(&self) -> Result<PathBuf, Problem> {
        if let Some(dir) = &self.data {
            return absolute(dir);
        }
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        variable("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".local/share")))
            .map(|base| base.join("dukou"))
            .ok_or_else(|| Refusal::about(Code::Usage, "--data DIR").into())
    }
}

/// Finds `--json` and `--lang` in words that could not be parsed.
pub(super) fn settings_in(words: &[OsString], settings: &mut Settings) {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    settings.json = words.contains(&"--json");
    let after = words.iter().rposition(|&word| word == "--lang").and_then(|at| words.get(at + 1));
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    if let Some(tag @ ("en" | "zh-CN")) = after.copied().or(joined) {
        settings.lang = lang_of(tag);
    }
}

/// The language of the locale; Chinese if none is set, English for one that is neither.
pub(super) fn locale(variable: impl Fn(&str) -> Option<String>) -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    match set.as_deref() {
        None | Some("C" | "POSIX") => Lang::Zh,
        Some(name) if name.starts_with("C.") || name.starts_with("zh") => Lang::Zh,
        Some(_) => Lang::En,
    }
}

fn lang_of(tag: &str) -> Lang {
    if tag == "en" { Lang::En } else { Lang::Zh }
}

/// `path` as the node will understand it, which may run in another directory.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, Problem> {
    std::path::absolute(path)
        .map_err(|fault| Refusal::about(Code::Usage, format!("{}: {fault}", path.display())).into())
}

/// One line of personal text from a file, or from stdin for `-`, so that it stands neither in the
/// shell's history nor in the list of processes.
pub(super) fn personal_file(path: &Path) -> Result<PersonalText, Problem> {
    use std::io::Read;
    let unreadable = |why: &str| {
        Problem::from(Refusal::about(Code::Usage, format!("{}: {why}", path.display())))
    };
    let mut text = zeroize::Zeroizing::new(String::new());
    let read = if path == Path::new("-") {
        std::io::stdin().take(PERSONAL_FILE_BYTES_MAX + 1).read_to_string(&mut text)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(PERSONAL_FILE_BYTES_MAX + 1).read_to_string(&mut text))
    };
    let bytes = read.map_err(|fault| unreadable(&fault.to_string()))?;
    if bytes as u64 > PERSONAL_FILE_BYTES_MAX {
        return Err(unreadable(&format!("> {PERSONAL_FILE_BYTES_MAX} B")));
    }
    Ok(PersonalText::new(text.trim_start_matches('\u{feff}').trim().to_owned()))
}

fn codes_help() -> String {
    format!(
        "Grounds of `letter refuse` · 退回理由:\n  {}\n\
         Reasons of `letter void` · 撤回原因:\n  {}\n\
         Reasons of `member end` · 终止原因:\n  {}\n\
         Exit codes · 退出码:\n  \
         0 done · 1 internal · 2 usage · 3 partly done · 4 not found · 5 state conflict\n  \
         6 validation · 7 not permitted · 8 peer unreachable · 9 signature or trust\n  \
         10 no data directory · 11 locked · 12 bad config · 13 doctor found faults · 130 \
         interrupted\n{}",
        GROUNDS.join(", "),
        VOID_REASONS.join(", "),
        END_REASONS.join(", "),
        examples!("init --data ./shiquan --region 610922 --name 石泉县", "demo --once"),
    )
}

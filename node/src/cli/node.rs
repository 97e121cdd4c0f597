//! `dukou init` and `serve`: the commands that make or run a node in this process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use protocol::id::RegionCode;
use protocol::refusal::{Code, Lang, Refusal};

use super::arguments::examples;
use super::ask::{Problem, must_exist};
use super::console::Console;
use crate::control::execute::Reply;
use crate::office::view::{Ready, Setup};
use crate::runtime::{self, InitRequest};

/// Create a node: keys, configuration, database · 建立节点
#[derive(Args)]
#[command(after_help = examples!(
    "init --data ./shiquan --region 610922 --name 石泉县",
    "init --data ./drill --region 610922 --name 石泉县 --listen 127.0.0.1:0 --rehearsal"
))]
pub(crate) struct Init {
    /// The region's GB/T 2260 code · 地区代码
    #[arg(long, value_name = "CODE", value_parser = region_code)]
    region: RegionCode,
    /// The region's name · 地区名称
    #[arg(long)]
    name: String,
    /// Address for other regions · 供其他地区连接的地址
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<SocketAddr>,
    /// Address of the pages · 网页地址
    #[arg(long, value_name = "IP:PORT")]
    http: Option<SocketAddr>,
    /// A rehearsal: movable clock, marked everywhere · 演练
    #[arg(long)]
    rehearsal: bool,
}

/// Run the node until Ctrl-C or SIGTERM · 运行节点
#[derive(Args)]
#[command(after_help = examples!("serve --data ./shiquan"))]
pub(crate) struct Serve {
    /// The process that started this one; the node is killed when that ends.
    #[arg(long, value_name = "PID", hide = true)]
    end_with: Option<i32>,
}

fn region_code(text: &str) -> Result<RegionCode, &'static str> {
    text.parse().map_err(|_| "six digits by GB/T 2260, such as 610922")
}

impl Init {
    pub(super) fn run(self, data_dir: PathBuf, console: &mut Console<'_>) -> Result<u8, Problem> {
        let serve = format!("dukou serve --data {}", data_dir.display());
        let Init { region, name, listen, http, rehearsal } = self;
        let request = InitRequest { data_dir, region, name, listen, http, rehearsal };
        let made = runtime::initialise(request)?;
        Ok(console.reply(&Reply::of(&made)?.next(serve)))
    }
}

impl Serve {
    /// Runs the node in `data_dir`; the line on stdout is for programs, the one on stderr for
    /// people.
    pub(super) fn run(self, data_dir: &Path, console: &mut Console<'_>) -> Result<u8, Problem> {
        must_exist(data_dir)?;
        if let Some(parent) = self.end_with {
            end_with(parent)?;
        }
        runtime::serve(data_dir, |ready: Ready, setup: Option<Setup>| {
            console.line(&ready);
            // On stdout alone: what is on stderr is often kept.
            setup.iter().for_each(|setup| console.line(setup));
            let (listen, http) = (&ready.listen, &ready.http);
            let text = match console.settings.lang {
                Lang::En => format!("Ready: regions {listen} · pages {http}"),
                Lang::Zh => format!("已就绪: 地区间 {listen} · 网页 {http}"),
            };
            console.advice(&text);
            if setup.is_some() {
                let (en, zh) = (
                    "No user yet: open the address above within 30 minutes, or `dukou user add`",
                    "还没有用户: 请在 30 分钟内打开上面的地址,或用 `dukou user add`",
                );
                console.advice(console.pick(en, zh));
            }
        })?;
        Ok(0)
    }
}

/// Has the system kill this process when the one that started it ends, however that happens.
fn end_with(parent: i32) -> Result<(), Refusal> {
    use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|fault| Refusal::about(Code::Internal, format!("--end-with: {fault}")))?;
    // It may have ended before the line above.
    if getppid().map(Pid::as_raw_pid) != Some(parent) {
        return Err(Refusal::about(Code::Usage, format!("--end-with {parent}")));
    }
    Ok(())
}

//! `dukou init`, `serve` and `demo`: the commands that make or run nodes in this process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use protocol::id::RegionCode;
use protocol::refusal::Lang;

use super::arguments::examples;
use super::ask::{Problem, must_exist};
use super::console::Console;
use crate::control::execute::Reply;
use crate::office::view::{Demo as DemoView, DemoStep, Ready};
use crate::runtime::{self, DemoEvent, DemoRequest, InitRequest};

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

/// Three regions on this machine, from sample rosters · 演示:三个地区、样例数据
#[derive(Args)]
#[command(after_help = examples!("demo", "demo --once --json", "demo --members 2000"))]
pub(crate) struct Demo {
    /// End after the steps · 演示完即结束
    #[arg(long)]
    once: bool,
    /// Sample members of all three regions together · 样例人数
    #[arg(long, value_name = "N", default_value_t = 579,
          value_parser = clap::value_parser!(u32).range(30..=1_000_000))]
    members: u32,
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

/// Runs the node in `data_dir`; the line on stdout is for programs, the one on stderr for people.
pub(super) fn serve(data_dir: &Path, console: &mut Console<'_>) -> Result<u8, Problem> {
    must_exist(data_dir)?;
    runtime::serve(data_dir, |ready: Ready| {
        console.line(&ready);
        let (listen, http) = (&ready.listen, &ready.http);
        let text = match console.settings.lang {
            Lang::En => format!("Ready: regions {listen} · pages {http}"),
            Lang::Zh => format!("已就绪: 地区间 {listen} · 网页 {http}"),
        };
        console.advice(&text);
    })?;
    Ok(0)
}

impl Demo {
    pub(super) fn run(self, console: &mut Console<'_>) -> Result<u8, Problem> {
        let Demo { once, members } = self;
        let mut meter = console.meter();
        let mut held = false;
        runtime::demo(DemoRequest { once, members }, &mut |event| match event {
            DemoEvent::Progress(progress) => meter.show(&progress),
            DemoEvent::Step(step) => {
                meter.clear();
                if !console.settings.json {
                    console.result(&step_line(&step));
                }
            }
            DemoEvent::Finished(demo) => {
                meter.clear();
                held = every_step_held(&demo);
                finished(&demo, once, console);
            }
        })?;
        Ok(if held { 0 } else { 1 })
    }
}

fn every_step_held(demo: &DemoView) -> bool {
    demo.lost == 0 && demo.duplicated == 0 && demo.steps.iter().all(|step| step.ok)
}

fn step_line(step: &DemoStep) -> String {
    format!("{} {}  {} ms", if step.ok { '✓' } else { '✗' }, step.name, step.ms)
}

fn finished(demo: &DemoView, once: bool, console: &mut Console<'_>) {
    if let Ok(reply) = Reply::of(demo) {
        console.reply(&reply);
    }
    if !once {
        let text = console.pick("Ctrl-C ends it and deletes the samples", "Ctrl-C 结束并删除样例");
        let text = text.to_owned();
        console.advice(&text);
    }
}

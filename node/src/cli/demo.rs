//! `dukou demo`: its steps as they end, and what to try while it stays up.

use clap::Args;
use protocol::refusal::Lang;

use super::arguments::examples;
use super::ask::Problem;
use super::console::{Console, INTERRUPTED};
use crate::control::execute::Reply;
use crate::demo::{self, DemoEnd, DemoEvent, DemoRequest};
use crate::office::view::{Demo as DemoView, DemoStep};

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

impl Demo {
    pub(super) fn run(self, console: &mut Console<'_>) -> Result<u8, Problem> {
        let Demo { once, members } = self;
        let lang = console.settings.lang;
        let mut meter = console.meter();
        let mut mishaps = Vec::new();
        let mut held = false;
        let end = demo::run(DemoRequest { once, members, lang }, &mut |event| match event {
            DemoEvent::Progress(progress) => meter.show(&progress),
            DemoEvent::Step { step, mishap } => {
                meter.clear();
                if !console.settings.json {
                    console.result(&step_text(&step, mishap.as_deref()));
                }
                mishaps.extend(mishap);
            }
            DemoEvent::Finished { demo, tries } => {
                meter.clear();
                held = every_step_held(&demo);
                finished(&demo, &mishaps, &tries, console);
            }
        })?;
        Ok(match end {
            DemoEnd::Interrupted => INTERRUPTED,
            DemoEnd::Finished if held => 0,
            DemoEnd::Finished => 1,
        })
    }
}

fn every_step_held(demo: &DemoView) -> bool {
    demo.lost == 0 && demo.duplicated == 0 && demo.steps.iter().all(|step| step.ok)
}

/// The step after its time, and under it where and why it did not hold.
fn step_text(step: &DemoStep, mishap: Option<&str>) -> String {
    let DemoStep { name, ok, ms } = step;
    let mut text = format!("{} {ms:>6} ms  {name}", if *ok { '✓' } else { '✗' });
    if let Some(mishap) = mishap {
        text.push_str(&format!("\n             {mishap}"));
    }
    text
}

fn finished(demo: &DemoView, mishaps: &[String], tries: &[String], console: &mut Console<'_>) {
    let Ok(mut reply) = Reply::of(demo) else { return };
    if console.settings.json {
        reply.warnings.extend_from_slice(mishaps);
        reply.next.extend_from_slice(tries);
        console.reply(&reply);
        return;
    }
    console.reply(&reply);
    if !tries.is_empty() {
        console.advice(&advice(tries, console.settings.lang));
    }
}

fn advice(tries: &[String], lang: Lang) -> String {
    let (before, after) = match lang {
        Lang::En => ("Try, in another terminal:", "Ctrl-C ends it and deletes all samples"),
        Lang::Zh => ("可在另一终端试试:", "Ctrl-C 结束并删除全部样例"),
    };
    let tries: String = tries.iter().map(|line| format!("  {line}\n")).collect();
    format!("\n{before}\n{tries}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, ok: bool, ms: u64) -> DemoStep {
        DemoStep { name: name.to_owned(), ok, ms }
    }

    #[test]
    fn times_stand_in_one_column() {
        let text = |name: &str, ms| step_text(&step(name, true, ms), None);
        assert_eq!(text("Three nodes", 7), "✓      7 ms  Three nodes");
        assert_eq!(text("三个节点", 1_234), "✓   1234 ms  三个节点");
    }

    #[test]
    fn a_step_that_failed_says_where_and_why() {
        let text = step_text(&step("撤回", false, 3), Some("汉滨区 letter.state: 不允许"));
        assert_eq!(text, "✗      3 ms  撤回\n             汉滨区 letter.state: 不允许");
    }

    #[test]
    fn one_fault_is_enough_for_the_exit_code() {
        let steps = vec![step("a", true, 1), step("b", true, 1)];
        let whole = DemoView { steps, ..DemoView::default() };
        assert!(every_step_held(&whole));
        assert!(!every_step_held(&DemoView { lost: 1, ..whole.clone() }));
        assert!(!every_step_held(&DemoView { duplicated: 1, ..whole.clone() }));
        assert!(!every_step_held(&DemoView { steps: vec![step("a", false, 1)], ..whole }));
    }
}

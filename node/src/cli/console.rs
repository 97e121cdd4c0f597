//! Where the command line speaks: results on stdout, advice, questions and progress on stderr.
//!
//! A reader that closes its end early (`| head`) is no fault: what is left is not written.

use std::io::{self, BufRead, Write};
use std::time::Duration;

use clap::error::ErrorKind;
use indicatif::{ProgressBar, ProgressStyle};
use protocol::refusal::{Code, Lang, Refusal};
use serde::Serialize;
use serde_json::{Value, json};

use super::render;
use crate::control::execute::{Fault, Progress, Reply};
use crate::office::view::View;

/// The exit code after Ctrl-C, or a question answered with no.
pub(super) const INTERRUPTED: u8 = 130;

/// How often work of unknown length shows that it goes on.
const TICK: Duration = Duration::from_millis(100);

/// How the console speaks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Settings {
    /// The language of texts.
    pub lang: Lang,
    /// One JSON object instead of text.
    pub json: bool,
    /// No advice, no progress.
    pub quiet: bool,
    /// No questions.
    pub yes: bool,
    /// Whether a person sits at stdin and stderr.
    pub interactive: bool,
    /// Whether Ctrl-C ends the run; else it is the embedding program's.
    pub interruptible: bool,
}

/// The streams and how to use them.
pub(super) struct Console<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    pub settings: Settings,
}

#[derive(Serialize)]
struct Envelope<'a> {
    schema: &'a str,
    data: &'a Value,
    warnings: &'a [String],
    next: &'a [String],
}

impl<'a> Console<'a> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
        settings: Settings,
    ) -> Console<'a> {
        Console { out, err, settings }
    }

    /// `en` or `zh`, whichever is spoken.
    pub(super) fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        render::pick(self.settings.lang, en, zh)
    }

    /// Prints an answer and gives its exit code.
    pub(super) fn reply(&mut self, reply: &Reply) -> u8 {
        if self.settings.json {
            let Reply { schema, data, warnings, next, .. } = reply;
            self.object(&Envelope { schema, data, warnings, next });
        } else {
            let text = render::reply(reply, self.settings.lang);
            self.result(&text);
            let warning = self.pick("Warning", "注意");
            for text in &reply.warnings {
                self.advice(&format!("{warning}: {text}"));
            }
            let next = self.pick("Next", "下一步");
            for text in &reply.next {
                self.advice(&format!("{next}: {text}"));
            }
        }
        reply.exit
    }

    /// Prints a fault and gives its exit code.
    pub(super) fn fault(&mut self, fault: &Fault) -> u8 {
        if self.settings.json {
            self.object(&json!({"schema": "dukou.error/1", "error": fault}));
        } else {
            let (fix, allowed) = (self.pick("Fix", "办法"), self.pick("Allowed", "可以"));
            let mut text = format!("{}: {}\n  {fix}: {}", fault.code, fault.detail, fault.fix);
            if !fault.allowed.is_empty() {
                text.push_str(&format!("\n  {allowed}: {}", fault.allowed.join(", ")));
            }
            for error in &fault.errors {
                text.push_str(&format!("\n  - {}", render::plain_error(error)));
            }
            self.trouble(&text);
        }
        fault.exit
    }

    /// Prints what clap says: help and version as results, the rest as a usage fault.
    pub(super) fn misunderstood(&mut self, error: &clap::Error) -> u8 {
        let text = error.render().to_string();
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            self.result(text.trim_end());
            return 0;
        }
        let usage = Refusal::about(Code::Usage, said(error, &text));
        let fault = Fault::of(&usage.into(), self.settings.lang);
        if self.settings.json {
            return self.fault(&fault);
        }
        self.trouble(text.trim_end());
        fault.exit
    }

    /// Prints one view as `--json` does, whatever the settings, and flushes.
    pub(super) fn line<V: View>(&mut self, view: &V) {
        self.object(&json!({"schema": V::SCHEMA, "data": view}));
    }

    /// Writes text that is a result.
    pub(super) fn result(&mut self, text: &str) {
        ignore_a_closed_end(writeln!(self.out, "{text}").and_then(|()| self.out.flush()));
    }

    /// Writes bytes that are a result.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        ignore_a_closed_end(self.out.write_all(bytes).and_then(|()| self.out.flush()));
    }

    /// Writes advice, unless quiet.
    pub(super) fn advice(&mut self, text: &str) {
        if !self.settings.quiet {
            self.trouble(text);
        }
    }

    fn trouble(&mut self, text: &str) {
        ignore_a_closed_end(writeln!(self.err, "{text}"));
    }

    fn object(&mut self, object: &impl Serialize) {
        match serde_json::to_string(object) {
            Ok(text) => self.result(&text),
            Err(fault) => self.trouble(&format!("json: {fault}")),
        }
    }

    /// Whether the person agrees. Scripts are not asked: their words are their will.
    pub(super) fn confirms(&mut self, en: &str, zh: &str) -> bool {
        if self.settings.yes || !self.settings.interactive {
            return true;
        }
        let question = self.pick(en, zh).to_owned();
        ignore_a_closed_end(write!(self.err, "{question} [y/N] ").and_then(|()| self.err.flush()));
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes" | "是")
    }

    /// A progress bar, shown only to a person.
    pub(super) fn meter(&self) -> Meter {
        Meter { bar: None, shown: self.settings.interactive && !self.settings.quiet }
    }
}

/// A progress bar that appears with the first step it is told.
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    shown: bool,
}

impl Meter {
    /// Shows how far it is.
    pub(super) fn show(&mut self, progress: &Progress) {
        if !self.shown {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {msg} {human_pos}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(TICK);
            bar
        });
        if let (Some(total), None) = (progress.total, bar.length()) {
            bar.set_length(total);
            let style =
                ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len} {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        }
        bar.set_message(progress.what.clone());
        bar.set_position(progress.done);
    }

    /// Takes it away.
    pub(super) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// The first paragraph of clap's complaint, on one line.
fn said(error: &clap::Error, text: &str) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a subcommand is missing".to_owned();
    }
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_start_matches("error: ").to_owned()
}

/// There is nobody left to tell about a stream that cannot be written.
fn ignore_a_closed_end(written: io::Result<()>) {
    drop(written);
}

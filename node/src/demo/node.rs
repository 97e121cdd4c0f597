//! One node of the demonstration: a child process of this same program, and how it is asked.
//!
//! Commands go over the node's control socket, typed, as the command line sends them. Which
//! commands make a story is not decided here.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use protocol::refusal::{Code, Lang, Refusal};
use protocol::time::Timestamp;
use serde_json::Value;

use super::children::{ChildId, Children};
use super::regions::DemoRegion;
use crate::clock::{Clock, NOW_VARIABLE};
use crate::control::client::Client;
use crate::control::command::Command;
use crate::control::execute::{Context, Failure, Fault, Progress};
use crate::failpoint::FAIL_VARIABLE;
use crate::office::view::{Initialised, Ready, View};

/// How long a node may take until it serves, and an effect at another node until it is seen.
pub(super) const WAIT_MS_MAX: u64 = 30_000;
/// Pauses between two questions whether something has happened at another node.
const PAUSE_MS: u64 = 1;
const PAUSE_MS_MAX: u64 = 16;

/// A region's node. It may be down.
pub(super) struct Node<'a> {
    /// What it is.
    pub region: &'static DemoRegion,
    /// Its data directory.
    pub data: PathBuf,
    /// What `init` said.
    pub identity: Initialised,
    /// Address of its pages, once it has served.
    pub http: String,
    child: Option<ChildId>,
    children: &'a Children,
    lang: Lang,
}

/// Why a step did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mishap {
    /// The region whose node it was; empty if it was this process.
    pub at: &'static str,
    /// The stable code.
    pub code: String,
    /// What happened, in the user's language.
    pub detail: String,
}

impl<'a> Node<'a> {
    /// `dukou init` of a rehearsal below `home`.
    pub(super) fn init(
        region: &'static DemoRegion,
        home: &Path,
        children: &'a Children,
        lang: Lang,
    ) -> Result<Node<'a>, Mishap> {
        let here = |fault: io::Error| Mishap::here(region.name, &fault, lang);
        let data = home.join(region.code().to_string());
        let code = region.code().to_string();
        let mut program = program(&data, lang).map_err(here)?;
        program.args(["init", "--region", &code, "--name", region.name, "--rehearsal"]);
        program.args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        let output = program.output().map_err(here)?;
        let said = String::from_utf8_lossy(&output.stdout);
        let identity: Initialised = answer(&said, region.name, lang)?;
        let http = identity.http.clone();
        Ok(Node { region, data, identity, http, child: None, children, lang })
    }

    /// Starts the process; [`Waiting::ready`] tells when it serves. To be called on the thread that
    /// lives as long as the demonstration: the system ends the node with it.
    pub(super) fn start(&mut self) -> Result<Waiting<'_, 'a>, Mishap> {
        let lang = self.lang;
        let here = |fault: io::Error| Mishap::here(self.region.name, &fault, lang);
        let log = self.data.with_extension("log");
        let log = OpenOptions::new().create(true).append(true).open(log).map_err(here)?;
        let mut program = program(&self.data, lang).map_err(here)?;
        program.args(["serve", "--end-with", &std::process::id().to_string()]);
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        // Ctrl-C is for the demonstration, which ends its children itself.
        program.process_group(0);
        let (child, line) = self.children.start(&mut program).map_err(here)?;
        self.child = Some(child);
        Ok(Waiting { node: self, line })
    }

    /// kill -9.
    pub(super) fn kill(&mut self) -> Result<(), Mishap> {
        let Some(child) = self.child.take() else { return Ok(()) };
        let killed = self.children.kill(child);
        killed.map_err(|fault| Mishap::here(self.region.name, &fault, self.lang))
    }

    /// Has a command carried out.
    pub(super) fn ask<V: View>(&self, command: Command) -> Result<V, Mishap> {
        self.ask_telling(command, &mut |_| {})
    }

    /// Has a command carried out that tells how far it is.
    pub(super) fn ask_telling<V: View>(
        &self,
        command: Command,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<V, Mishap> {
        let at = self.region.name;
        let client = Client::connect(&self.data).map_err(|fault| {
            self.mishap(Refusal::about(Code::NodeNotRunning, format!("{at}: {fault}")))
        })?;
        let context = Context { lang: self.lang, reveal: false, uid: 0 };
        let reply =
            client.execute(&command, &context, progress).map_err(|fault| told(at, *fault))?;
        V::deserialize(&reply.data).map_err(|fault| {
            self.mishap(Refusal::about(Code::Internal, format!("{}: {fault}", V::SCHEMA)))
        })
    }

    /// Asks until the answer is there, at most [`WAIT_MS_MAX`]; `what` names what is awaited.
    pub(super) fn until<T>(
        &self,
        what: &str,
        mut ask: impl FnMut() -> Result<Option<T>, Mishap>,
    ) -> Result<T, Mishap> {
        let watch = Watch::start();
        let mut pause_ms = PAUSE_MS;
        loop {
            if let Some(answer) = ask()? {
                return Ok(answer);
            }
            if self.children.ended() || watch.elapsed_ms() > WAIT_MS_MAX {
                return Err(self.mishap(Refusal::about(Code::PeerUnreachable, what)));
            }
            self.children.pause(pause_ms);
            pause_ms = (pause_ms * 2).min(PAUSE_MS_MAX);
        }
    }

    /// A refusal in this program that concerns the node.
    pub(super) fn mishap(&self, refusal: Refusal) -> Mishap {
        told(self.region.name, Fault::of(&Failure::from(refusal), self.lang))
    }

    /// The code of the organisation to which letters for this region are addressed.
    pub(super) fn committee(&self) -> String {
        self.region.org_code(self.region.committee()).to_string()
    }

    /// The code of a branch that takes people in.
    pub(super) fn branch(&self) -> String {
        let branch = self.region.branches().next().expect("every region has branches");
        self.region.org_code(branch).to_string()
    }

    /// Its region's code.
    pub(super) fn code(&self) -> String {
        self.region.code().to_string()
    }
}

/// A node that was started and does not serve yet.
pub(super) struct Waiting<'n, 'a> {
    node: &'n mut Node<'a>,
    line: Receiver<String>,
}

impl Waiting<'_, '_> {
    /// Waits until the node serves.
    pub(super) fn ready(self) -> Result<(), Mishap> {
        let Waiting { node, line } = self;
        let said = line
            .recv_timeout(Duration::from_millis(WAIT_MS_MAX))
            .map_err(|_| node.mishap(Refusal::about(Code::NodeNotRunning, log_tail(&node.data))))?;
        let ready: Ready = answer(&said, node.region.name, node.lang)?;
        node.http = ready.http;
        Ok(())
    }
}

impl Mishap {
    /// The system did not let us do something for the node of `at`.
    pub(super) fn here(at: &'static str, fault: &io::Error, lang: Lang) -> Mishap {
        told(at, Fault::of(&Refusal::about(Code::NodeFile, fault).into(), lang))
    }

    /// Whether the node refused with this code.
    pub(super) fn is(&self, code: Code) -> bool {
        self.code == code.text()
    }
}

/// The time since some moment, on a clock that nobody sets.
pub(super) struct Watch {
    clock: Clock,
    start: Timestamp,
}

impl Watch {
    /// From now.
    pub(super) fn start() -> Watch {
        let start = Clock::system().now();
        Watch { clock: Clock::rehearsal(start), start }
    }

    /// Until now.
    pub(super) fn elapsed_ms(&self) -> u64 {
        self.clock.now().millis_since(self.start)
    }
}

fn told(at: &'static str, fault: Fault) -> Mishap {
    Mishap { at, code: fault.code, detail: fault.detail }
}

/// This same program, asked for JSON, without what the user set for nodes of their own.
fn program(data: &Path, lang: Lang) -> io::Result<Program> {
    let mut program = Program::new(std::env::current_exe()?);
    for name in ["DUKOU_DATA", NOW_VARIABLE, FAIL_VARIABLE] {
        program.env_remove(name);
    }
    let tag = match lang {
        Lang::En => "en",
        Lang::Zh => "zh-CN",
    };
    program.args(["--json", "--lang", tag, "--data"]).arg(data);
    Ok(program)
}

/// What a line of `--json` says.
fn answer<V: View>(line: &str, at: &'static str, lang: Lang) -> Result<V, Mishap> {
    let object: Value = serde_json::from_str(line).unwrap_or_default();
    let error = &object["error"];
    if let (Some(code), Some(detail)) = (error["code"].as_str(), error["detail"].as_str()) {
        return Err(Mishap { at, code: code.to_owned(), detail: detail.to_owned() });
    }
    V::deserialize(&object["data"]).map_err(|fault| {
        let what = format!("{}: {fault}", V::SCHEMA);
        told(at, Fault::of(&Refusal::about(Code::Internal, what).into(), lang))
    })
}

/// The last line that a node logged; logs name nobody.
fn log_tail(data: &Path) -> String {
    let log = fs::read_to_string(data.with_extension("log")).unwrap_or_default();
    log.lines().last().unwrap_or("no line was logged").to_owned()
}

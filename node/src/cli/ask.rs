//! Puts a question to the node: over its socket while it runs, else by opening its directory.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use protocol::refusal::{Code, Lang, Refusal};

use super::console::{Console, INTERRUPTED};
use crate::control::client::Client;
use crate::control::command::Command;
use crate::control::execute::{Context, Execute, Failure, Fault, Progress, Reply};
use crate::runtime;

/// Tries for the socket and the lock while another command or a starting node holds the latter:
/// ten seconds in all.
const LOCK_TRIES_MAX: u32 = 200;
/// Pause between two tries.
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// Events that wait to be shown; more progress than that is skipped.
const EVENTS_MAX: usize = 16;

/// A command, and what the user is to be asked before it is sent.
pub(super) struct Question {
    command: Command,
    reveal: bool,
    confirm: Option<(String, String)>,
}

impl From<Command> for Question {
    fn from(command: Command) -> Question {
        Question { command, reveal: false, confirm: None }
    }
}

impl Question {
    /// The same, asking first: in English, in Chinese.
    pub(super) fn confirmed_by(mut self, en: String, zh: String) -> Question {
        self.confirm = Some((en, zh));
        self
    }

    /// The same, with ID numbers and phones shown if `reveal`.
    pub(super) fn revealing(mut self, reveal: bool) -> Question {
        self.reveal = reveal;
        self
    }

    #[cfg(test)]
    pub(super) fn parts(&self) -> (&Command, bool, bool) {
        (&self.command, self.reveal, self.confirm.is_some())
    }
}

/// Why a command line ended without an answer.
pub(super) enum Problem {
    /// Found on this side.
    Failed(Box<Failure>),
    /// Told by the node.
    Told(Box<Fault>),
}

impl Problem {
    /// As it is printed.
    pub(super) fn told(self, lang: Lang) -> Box<Fault> {
        match self {
            Problem::Failed(failure) => Box::new(Fault::of(&failure, lang)),
            Problem::Told(fault) => fault,
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        Problem::Failed(Box::new(failure))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Failure::from(refusal).into()
    }
}

impl From<Box<Fault>> for Problem {
    fn from(fault: Box<Fault>) -> Problem {
        Problem::Told(fault)
    }
}

/// Asks the node in `data_dir` and prints what it answers, unless Ctrl-C comes first: what a
/// running node was asked it finishes; what this process does itself ends like after a power cut.
pub(super) fn run(
    data_dir: PathBuf,
    question: Question,
    console: &mut Console<'_>,
) -> Result<u8, Problem> {
    let Question { command, reveal, confirm } = question;
    if let Some((en, zh)) = confirm
        && !console.confirms(&en, &zh)
    {
        return Ok(INTERRUPTED);
    }
    let context = Context { lang: console.settings.lang, reveal, uid: own_uid()? };
    let (tell, told) = sync_channel(EVENTS_MAX);
    if console.settings.interruptible {
        tell_of_interrupt(tell.clone())?;
    }
    spawn("ask", move || {
        let mut progress = |step| drop(tell.try_send(Event::Progress(step)));
        let answer = ask(&data_dir, &command, &context, &mut progress, runtime::open_local);
        drop(tell.send(Event::Answered(answer)));
    })?;
    let mut meter = console.meter();
    loop {
        match told.recv() {
            Ok(Event::Progress(step)) => meter.show(&step),
            Ok(Event::Answered(answer)) => {
                meter.clear();
                return Ok(console.reply(&answer?));
            }
            Ok(Event::Interrupted) => return Ok(INTERRUPTED),
            Err(_) => return Err(Refusal::about(Code::Internal, "no answer was given").into()),
        }
    }
}

/// What the thread that speaks with the person waits for.
enum Event {
    Progress(Progress),
    Answered(Result<Reply, Problem>),
    Interrupted,
}

/// Tells of Ctrl-C.
fn tell_of_interrupt(tell: SyncSender<Event>) -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|fault| failed("signal", &fault))?;
    spawn("interrupt", move || {
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            drop(tell.send(Event::Interrupted));
        }
    })
}

/// Starts a thread that nobody waits for: it ends with the process.
fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Problem> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(drop).map_err(|fault| failed(name, &fault))
}

fn failed(what: &str, fault: &io::Error) -> Problem {
    Refusal::about(Code::Internal, format!("{what}: {fault}")).into()
}

/// Asks whoever can answer: the running node, or this process under the directory's lock.
fn ask(
    data_dir: &Path,
    command: &Command,
    context: &Context,
    progress: &mut dyn FnMut(Progress),
    open: impl Fn(&Path) -> Result<Box<dyn Execute>, Failure>,
) -> Result<Reply, Problem> {
    must_exist(data_dir)?;
    let mut tries = 1;
    loop {
        match Client::connect(data_dir) {
            Ok(client) => return Ok(client.execute(command, context, progress)?),
            Err(fault) => none_serves(data_dir, &fault)?,
        }
        match open(data_dir) {
            Ok(node) => return Ok(node.execute(command.clone(), context, progress)?),
            // A node that starts holds the lock before it listens; a command holds it briefly.
            Err(failure) if failure.refusal.code == Code::NodeLocked && tries < LOCK_TRIES_MAX => {
                tries += 1;
                pause();
            }
            Err(failure) => return Err(failure.into()),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the lock of another process tells nobody")]
fn pause() {
    std::thread::sleep(LOCK_PAUSE);
}

/// Refuses a data directory that is not there.
pub(super) fn must_exist(data_dir: &Path) -> Result<(), Refusal> {
    if data_dir.is_dir() {
        return Ok(());
    }
    Err(Refusal::about(Code::NodeNoData, data_dir.display()))
}

fn none_serves(data_dir: &Path, fault: &io::Error) -> Result<(), Problem> {
    match fault.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Ok(()),
        io::ErrorKind::PermissionDenied => {
            Err(Refusal::about(Code::RoleDenied, data_dir.display()).into())
        }
        _ => Err(failed(&data_dir.display().to_string(), fault)),
    }
}

fn own_uid() -> Result<u32, Problem> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self")
        .map(|process| process.uid())
        .map_err(|fault| failed("/proc/self", &fault))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;

    use serde_json::json;

    use super::*;

    const ASKER: Context = Context { lang: Lang::En, reveal: false, uid: 0 };

    struct Resting;

    impl Execute for Resting {
        fn execute(
            &self,
            _command: Command,
            _context: &Context,
            _progress: &mut dyn FnMut(Progress),
        ) -> Result<Reply, Failure> {
            let schema = "dukou.status/1".into();
            Ok(Reply { schema, data: json!(1), warnings: vec![], next: vec![], exit: 0 })
        }
    }

    #[test]
    fn a_resting_node_is_opened_once_its_lock_is_free() {
        let home = tempfile::tempdir().unwrap();
        let tries = Cell::new(0);
        let open = |_: &Path| -> Result<Box<dyn Execute>, Failure> {
            tries.set(tries.get() + 1);
            if tries.get() < 3 { Err(Code::NodeLocked.into()) } else { Ok(Box::new(Resting)) }
        };
        let answer = ask(home.path(), &Command::Status, &ASKER, &mut |_| {}, open);
        assert!(answer.is_ok_and(|reply| reply.data == json!(1)));
        assert_eq!(tries.get(), 3);
    }

    #[test]
    fn a_missing_directory_is_told_without_opening_anything() {
        let home = tempfile::tempdir().unwrap();
        let open = |_: &Path| -> Result<Box<dyn Execute>, Failure> { panic!("opened") };
        let missing = home.path().join("none");
        let problem = ask(&missing, &Command::Status, &ASKER, &mut |_| {}, open).err().unwrap();
        assert_eq!(problem.told(Lang::En).exit, 10);
    }
}

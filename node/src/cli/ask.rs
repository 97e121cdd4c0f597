//! Puts a question to the node: over its socket while it runs, else by opening its directory.

use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use protocol::refusal::{Code, Lang, Refusal};

use super::console::Console;
use crate::control::client::Client;
use crate::control::command::Command;
use crate::control::execute::{Context, Execute, Failure, Fault, Progress, Reply};
use crate::runtime;

/// How long a command waits for another one, or for a starting node, to give way.
const LOCK_WAIT: Duration = Duration::from_secs(10);
/// Pause between two tries for the lock.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

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

/// Asks the node in `data_dir` and prints what it answers.
pub(super) fn run(
    data_dir: &Path,
    question: Question,
    console: &mut Console<'_>,
) -> Result<u8, Problem> {
    if let Some((en, zh)) = &question.confirm
        && !console.confirms(en, zh)
    {
        return Ok(super::console::INTERRUPTED);
    }
    if console.settings.owns_process {
        end_on_interrupt()?;
    }
    let lang = console.settings.lang;
    let context = Context { lang, reveal: question.reveal, uid: own_uid()? };
    let mut meter = console.meter();
    let told = &mut |progress| meter.show(&progress);
    let answer = ask(data_dir, &question.command, &context, told, runtime::open_local);
    meter.clear();
    Ok(console.reply(&answer?))
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
    let began = Instant::now();
    loop {
        match Client::connect(data_dir) {
            Ok(client) => return Ok(client.execute(command, context, progress)?),
            Err(fault) => none_serves(data_dir, &fault)?,
        }
        match open(data_dir) {
            Ok(node) => return Ok(node.execute(command.clone(), context, progress)?),
            // A node that starts holds the lock before it listens; a command holds it briefly.
            Err(failure)
                if failure.refusal.code == Code::NodeLocked && began.elapsed() < LOCK_WAIT =>
            {
                sleep(LOCK_PAUSE);
            }
            Err(failure) => return Err(failure.into()),
        }
    }
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
        _ => {
            let why = format!("{}: {fault}", data_dir.display());
            Err(Refusal::about(Code::Internal, why).into())
        }
    }
}

/// Ends the process with the code of an interruption on Ctrl-C. What a node was asked already it
/// finishes; what this process does itself is undone like after a power cut.
fn end_on_interrupt() -> Result<(), Problem> {
    let failed = |fault: io::Error| {
        Problem::from(Refusal::about(Code::Internal, format!("signal: {fault}")))
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    std::thread::Builder::new()
        .name("interrupt".into())
        .spawn(move || {
            if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
                std::process::exit(i32::from(super::console::INTERRUPTED));
            }
        })
        .map_err(failed)?;
    Ok(())
}

fn own_uid() -> Result<u32, Problem> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self")
        .map(|process| process.uid())
        .map_err(|fault| Refusal::about(Code::Internal, format!("/proc/self: {fault}")).into())
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

//! A running `dukou serve`, with the ways in which it can end.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::command::{self, Environment};
use crate::scratch::Scratch;

/// How long a node may take until it is ready, in seconds.
const READY_WAIT_S: u64 = 60;

/// A node that runs.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
    ready: Value,
    lines: Mutex<mpsc::Receiver<String>>,
}

/// A node that ended instead of getting ready.
#[derive(Debug)]
pub struct NotReady {
    /// How it ended; `None` if it had to be killed.
    pub status: Option<ExitStatus>,
    /// What it printed on stdout.
    pub stdout: String,
    /// What it logged.
    pub log: String,
}

/// What became of a node that was killed soon after its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It was not ready yet.
    Killed,
    /// It had just said that it was ready.
    KilledReady,
    /// It had ended by itself.
    Ended,
}

impl Daemon {
    /// Starts a node and waits until it says that it is ready.
    pub fn start(
        scratch: &Scratch,
        data: &Path,
        environment: &Environment,
    ) -> Result<Daemon, NotReady> {
        let (mut child, log, lines) = spawn(scratch, data, environment);
        let line = lines.recv_timeout(Duration::from_secs(READY_WAIT_S)).unwrap_or_default();
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        if ready["schema"] == "dukou.ready/1" {
            return Ok(Daemon { child, log, ready: ready["data"].clone(), lines: lines.into() });
        }
        let status = command::wait(&mut child);
        Err(NotReady { status, stdout: line, log: fs::read_to_string(&log).unwrap_or_default() })
    }

    /// Starts a node and kills it after a moment, whether it is ready by then or not.
    pub fn start_and_kill(
        scratch: &Scratch,
        data: &Path,
        environment: &Environment,
        after: Duration,
    ) -> Start {
        let (mut child, _, lines) = spawn(scratch, data, environment);
        // A node that is ready sooner is killed at that moment.
        let told = lines.recv_timeout(after);
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        match told {
            _ if ended => Start::Ended,
            Ok(_) => Start::KilledReady,
            Err(_) => Start::Killed,
        }
    }

    /// `data` of the ready line.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// The next line that it prints after the ready line.
    pub fn next_line(&self) -> String {
        let lines = self.lines.lock().unwrap();
        lines.recv_timeout(Duration::from_secs(READY_WAIT_S)).expect("it prints one more line")
    }

    /// The end of its log, for the report of a failure.
    pub fn log_tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let tail = &log[log.len().saturating_sub(4_000)..];
        String::from_utf8_lossy(tail).into_owned()
    }

    /// Memory that it takes, in KiB.
    pub fn resident_kib(&self) -> u64 {
        command::proc_number(&format!("/proc/{}/status", self.child.id()), "VmRSS:").unwrap()
    }

    /// The most memory that it ever took, in KiB.
    pub fn peak_kib(&self) -> u64 {
        command::peak_kib(self.child.id()).unwrap()
    }

    /// What it gave the system to write to disk, in bytes.
    pub fn written_bytes(&self) -> u64 {
        command::proc_number(&format!("/proc/{}/io", self.child.id()), "write_bytes:").unwrap()
    }

    /// Processor time that it used, in milliseconds.
    pub fn cpu_ms(&self) -> u64 {
        /// Linux counts in hundredths of a second here, whatever the machine.
        const TICK_MS: u64 = 10;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name in parentheses may hold blanks; user and system time come 12th after it.
        let after = stat.rsplit_once(") ").unwrap().1;
        let ticks = after.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap());
        ticks.sum::<u64>() * TICK_MS
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name (`TERM`, `INT`) and waits for the end.
    pub fn signal(mut self, name: &str) -> ExitStatus {
        let kill = format!("kill -s {name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success(), "{kill}");
        self.end()
    }

    /// Waits until it ends by itself, as at a fail point.
    pub fn wait_for_death(mut self) -> ExitStatus {
        self.end()
    }

    fn end(&mut self) -> ExitStatus {
        let status = command::wait(&mut self.child);
        status.unwrap_or_else(|| panic!("the node goes on:\n{}", self.log_tail()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may be dead already; all that matters is that nothing is left running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts `serve`: the process, its log, and the line that it prints when it is ready.
fn spawn(
    scratch: &Scratch,
    data: &Path,
    environment: &Environment,
) -> (Child, PathBuf, mpsc::Receiver<String>) {
    let log = scratch.log("serve");
    let mut command = command::command(Some(data), environment);
    command.arg("serve").stdin(Stdio::null());
    let stderr = OpenOptions::new().create(true).append(true).open(&log).unwrap();
    let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    let lines = lines(&mut child, log.clone());
    (child, log, lines)
}

/// The lines that the child prints. All but the first also go to the log, to be searched with it.
fn lines(child: &mut Child, log: PathBuf) -> mpsc::Receiver<String> {
    let stdout = BufReader::new(child.stdout.take().expect("piped above"));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut log = OpenOptions::new().append(true).open(log).unwrap();
        for (number, line) in stdout.lines().map_while(Result::ok).enumerate() {
            if number > 0 {
                writeln!(log, "{line}").unwrap();
            }
            // Who only wanted the first line is gone.
            let _ = sender.send(line);
        }
    });
    receiver
}

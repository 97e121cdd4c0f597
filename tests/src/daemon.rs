//! A running `dukou serve`, with the ways in which it can end.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
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

impl Daemon {
    /// Starts a node and waits until it says that it is ready.
    pub fn start(
        scratch: &Scratch,
        data: &Path,
        environment: &Environment,
    ) -> Result<Daemon, NotReady> {
        let log = scratch.log("serve");
        let mut command = command::command(Some(data), environment);
        command.arg("serve").stdin(Stdio::null());
        let stderr = OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let lines = lines(&mut child, log.clone());
        let line = lines.recv_timeout(Duration::from_secs(READY_WAIT_S)).unwrap_or_default();
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        if ready["schema"] == "dukou.ready/1" {
            return Ok(Daemon { child, log, ready: ready["data"].clone() });
        }
        let status = command::wait(&mut child);
        Err(NotReady { status, stdout: line, log: fs::read_to_string(&log).unwrap_or_default() })
    }

    /// `data` of the ready line.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// The end of its log, for the report of a failure.
    pub fn log_tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let tail = &log[log.len().saturating_sub(4_000)..];
        String::from_utf8_lossy(tail).into_owned()
    }

    /// Memory that it takes, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
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

/// The first line that the child prints. What follows goes to the log, to be searched with it.
fn lines(child: &mut Child, log: PathBuf) -> mpsc::Receiver<String> {
    let stdout = BufReader::new(child.stdout.take().expect("piped above"));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut log = OpenOptions::new().append(true).open(log).unwrap();
        for line in stdout.lines().map_while(Result::ok) {
            if sender.send(line.clone()).is_err() {
                writeln!(log, "{line}").unwrap();
            }
        }
    });
    receiver
}

//! The node processes of a demonstration, and Ctrl-C.
//!
//! No child outlives the demonstration: dropping [`Children`] kills them, so does a signal, and
//! each child asks the system to be killed with the thread that started it (`serve --end-with`).
//! What a node says and is asked is not known here.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdout, Command};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The children that run; all of them end with this.
#[derive(Default)]
pub(super) struct Children {
    shared: Arc<Shared>,
}

/// Names a child for as long as it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ChildId(u32);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    ended: bool,
    running: BTreeMap<ChildId, Child>,
}

impl Children {
    /// From now on Ctrl-C, SIGTERM and SIGHUP end the children, and not this process.
    pub(super) fn end_at_signals(&self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [mut interrupt, mut terminate, mut hangup] = {
            let _inside = runtime.enter();
            signals(kinds)?
        };
        let shared = Arc::clone(&self.shared);
        let wait = move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                    _ = hangup.recv() => {}
                }
            });
            shared.end();
        };
        thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
    }

    /// Starts a child whose stdout is piped; gives the first line that it will print there.
    pub(super) fn start(&self, command: &mut Command) -> io::Result<(ChildId, Receiver<String>)> {
        let mut state = self.shared.state();
        if state.ended {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let mut child = command.spawn()?;
        let stdout = child.stdout.take();
        let id = ChildId(child.id());
        state.running.insert(id, child);
        drop(state);
        let stdout = stdout.ok_or_else(|| io::Error::other("stdout is not piped"))?;
        Ok((id, first_line(stdout)?))
    }

    /// kill -9, and waits until the child is gone.
    pub(super) fn kill(&self, id: ChildId) -> io::Result<()> {
        let child = self.shared.state().running.remove(&id);
        child.map_or(Ok(()), end_child)
    }

    /// Whether everything was ended, as by Ctrl-C.
    pub(super) fn ended(&self) -> bool {
        self.shared.state().ended
    }

    /// Waits so long, or until everything is ended.
    pub(super) fn pause(&self, wait_ms: u64) {
        let state = self.shared.state();
        let wait = Duration::from_millis(wait_ms);
        drop(self.shared.ended.wait_timeout_while(state, wait, |state| !state.ended));
    }

    /// Waits until everything is ended.
    pub(super) fn wait(&self) {
        let state = self.shared.state();
        drop(self.shared.ended.wait_while(state, |state| !state.ended));
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        for child in std::mem::take(&mut state.running).into_values() {
            // It may be dead already; all that matters is that nothing is left running.
            drop(end_child(child));
        }
        self.ended.notify_all();
    }
}

fn end_child(mut child: Child) -> io::Result<()> {
    let killed = child.kill();
    child.wait()?;
    killed
}

fn signals(kinds: [SignalKind; 3]) -> io::Result<[Signal; 3]> {
    let [first, second, third] = kinds;
    Ok([signal(first)?, signal(second)?, signal(third)?])
}

/// The first line. What follows is read and left, so that the child never waits for a reader.
fn first_line(stdout: ChildStdout) -> io::Result<Receiver<String>> {
    let (sender, receiver) = sync_channel(1);
    thread::Builder::new().name("ready".to_owned()).spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        if stdout.read_line(&mut line).is_ok() {
            drop(sender.send(line));
        }
        drop(io::copy(&mut stdout, &mut io::sink()));
    })?;
    Ok(receiver)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::process::Stdio;

    use super::*;

    fn sleeper(children: &Children) -> (ChildId, Receiver<String>) {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$; exec sleep 600"]).stdout(Stdio::piped());
        children.start(&mut command).unwrap()
    }

    fn runs(pid: &str) -> bool {
        std::path::Path::new(&format!("/proc/{}", pid.trim())).exists()
    }

    #[test]
    fn a_killed_child_is_gone_and_the_others_end_with_the_demonstration() {
        let children = Children::default();
        let (first, line) = sleeper(&children);
        let first_pid = line.recv().unwrap();
        let second_pid = sleeper(&children).1.recv().unwrap();
        children.kill(first).unwrap();
        assert!(!runs(&first_pid) && runs(&second_pid));
        drop(children);
        assert!(!runs(&second_pid));
    }

    #[test]
    fn after_the_end_nothing_starts_and_nobody_waits() {
        let children = Children::default();
        let pid = sleeper(&children).1.recv().unwrap();
        let shared = Arc::clone(&children.shared);
        let ending = thread::spawn(move || shared.end());
        children.wait();
        ending.join().unwrap();
        children.pause(u64::from(u32::MAX));
        assert!(children.ended() && !runs(&pid));
        let late = children.start(&mut Command::new("true")).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::Interrupted);
    }
}

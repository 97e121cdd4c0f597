//! A region of a test: its data directory, its node when it runs, and its people.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dukou::demo::people::Person;
use dukou::demo::regions::DemoRegion;
use dukou::demo::roster;
use serde_json::Value;

use crate::command::{self, Environment, Reply};
use crate::daemon::{Daemon, NotReady, Start};
use crate::scratch::Scratch;

/// Whether a data directory is made for training and tests, or for the office itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 正式.
    Real,
    /// 演练: takes its time from `DUKOU_NOW` and has fail points.
    Rehearsal,
}

/// One region.
#[derive(Debug)]
pub struct Region {
    /// What it is.
    pub spec: &'static DemoRegion,
    /// Its data directory.
    pub data: PathBuf,
    /// `data` of its `init`.
    pub identity: Value,
    scratch: Arc<Scratch>,
    environment: Environment,
    daemon: Option<Daemon>,
    unused: Mutex<VecDeque<String>>,
}

impl Region {
    /// `dukou init` in a new directory, listening on ports that the system chooses.
    pub fn init(scratch: &Arc<Scratch>, spec: &'static DemoRegion, mode: Mode) -> Region {
        Region::init_at(scratch, spec, mode, &spec.code().to_string())
    }

    /// A new node for a region whose old one is gone, with organisations and without people, that
    /// runs.
    pub fn successor(scratch: &Arc<Scratch>, spec: &'static DemoRegion) -> Region {
        let directory = format!("{}-successor", spec.code());
        let mut region = Region::init_at(scratch, spec, Mode::Rehearsal, &directory);
        region.enter_orgs();
        region.start();
        region
    }

    fn init_at(
        scratch: &Arc<Scratch>,
        spec: &'static DemoRegion,
        mode: Mode,
        directory: &str,
    ) -> Region {
        let data = scratch.path(directory);
        let code = spec.code().to_string();
        let mut args = vec!["init", "--region", &code, "--name", spec.name];
        args.extend(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        if mode == Mode::Rehearsal {
            args.push("--rehearsal");
        }
        let environment = Environment::default();
        let identity = command::run(scratch, Some(&data), &environment, &args).expect_ok();
        let scratch = Arc::clone(scratch);
        let unused = Mutex::default();
        Region { spec, data, identity, scratch, environment, daemon: None, unused }
    }

    /// Sets the time at which its commands and its node start from now on, RFC 3339.
    pub fn set_now(&mut self, now: &str) {
        self.environment = self.environment.clone().with("DUKOU_NOW", now);
    }

    /// Its code.
    pub fn code(&self) -> String {
        self.spec.code().to_string()
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.spec.name
    }

    /// The fingerprint that `init` showed.
    pub fn fingerprint(&self) -> &str {
        self.identity["fingerprint"].as_str().unwrap()
    }

    /// The code of the committee to which letters are addressed.
    pub fn committee(&self) -> String {
        self.spec.org_code(self.spec.committee()).to_string()
    }

    /// The code of a branch under that committee.
    pub fn branch(&self) -> String {
        self.spec.org_code(self.spec.branches().next().unwrap()).to_string()
    }

    /// A path in the test's directory, as text for a command line.
    pub fn file(&self, name: &str) -> String {
        self.scratch.path(&format!("{}-{name}", self.code())).to_str().unwrap().to_owned()
    }

    /// Starts its node.
    pub fn start(&mut self) {
        self.try_start(&Environment::default()).unwrap_or_else(|died| panic!("{died:#?}"));
    }

    /// Starts its node with one fail point armed.
    pub fn start_failing_at(&mut self, point: &str) {
        let armed = Environment::default().with("DUKOU_FAIL_AT", point);
        self.try_start(&armed).unwrap_or_else(|died| panic!("{died:#?}"));
    }

    /// Starts its node with more variables.
    pub fn try_start(&mut self, more: &Environment) -> Result<(), NotReady> {
        assert!(self.daemon.is_none(), "{} runs already", self.name());
        let mut environment = self.environment.clone();
        environment.0.extend(more.0.clone());
        self.daemon = Some(Daemon::start(&self.scratch, &self.data, &environment)?);
        Ok(())
    }

    /// Starts its node and kills it after a moment, ready or not.
    pub fn start_and_kill(&mut self, after: Duration) -> Start {
        assert!(self.daemon.is_none(), "{} runs already", self.name());
        Daemon::start_and_kill(&self.scratch, &self.data, &self.environment, after)
    }

    /// Whether a node was started and not ended by this test.
    pub fn is_running(&self) -> bool {
        self.daemon.is_some()
    }

    /// `data` of the node's ready line.
    pub fn ready(&self) -> &Value {
        self.daemon.as_ref().expect("started before").ready()
    }

    /// The next line that its node prints after the ready line.
    pub fn next_line(&self) -> String {
        self.daemon.as_ref().expect("started before").next_line()
    }

    /// The end of its node's log.
    pub fn log_tail(&self) -> String {
        self.daemon.as_ref().map(Daemon::log_tail).unwrap_or_default()
    }

    /// Memory that its node takes, in KiB.
    pub fn resident_kib(&self) -> u64 {
        self.daemon.as_ref().expect("started before").resident_kib()
    }

    /// The most memory that its node ever took, in KiB.
    pub fn peak_kib(&self) -> u64 {
        self.daemon.as_ref().expect("started before").peak_kib()
    }

    /// What its node gave the system to write to disk, in bytes.
    pub fn written_bytes(&self) -> u64 {
        self.daemon.as_ref().expect("started before").written_bytes()
    }

    /// Processor time that its node used, in milliseconds.
    pub fn cpu_ms(&self) -> u64 {
        self.daemon.as_ref().expect("started before").cpu_ms()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.daemon.take().expect("started before").kill();
    }

    /// Ends the node in order.
    pub fn stop(&mut self) -> ExitStatus {
        self.daemon.take().expect("started before").signal("TERM")
    }

    /// Ends the node as Ctrl-C does.
    pub fn interrupt(&mut self) -> ExitStatus {
        self.daemon.take().expect("started before").signal("INT")
    }

    /// Waits until the node dies by itself.
    pub fn wait_for_death(&mut self) -> ExitStatus {
        self.daemon.take().expect("started before").wait_for_death()
    }

    /// Runs a command.
    pub fn run(&self, args: &[&str]) -> Reply {
        command::run(&self.scratch, Some(&self.data), &self.environment, args)
    }

    /// Runs a command that must be done, and gives its `data`.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Value {
        self.run(args).expect_ok()
    }

    /// Runs a command that must be refused with that code and exit code, and gives the `error`.
    #[track_caller]
    pub fn refused(&self, args: &[&str], code: &str, exit: i32) -> Value {
        self.run(args).expect_refused(code, exit)
    }

    /// All items of a list, page by page.
    #[track_caller]
    pub fn list(&self, args: &[&str]) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut page = args.to_vec();
            page.extend(["--limit", "1000"]);
            if let Some(cursor) = &cursor {
                page.extend(["--after", cursor]);
            }
            let (items, next) = self.run(&page).expect_list();
            all.extend(items);
            match next {
                Some(next) => {
                    assert_ne!(cursor.as_ref(), Some(&next), "the cursor stands still: {args:?}");
                    cursor = Some(next);
                }
                None => return all,
            }
        }
    }

    /// Enters the organisations of its tree.
    pub fn enter_orgs(&self) {
        for org in self.spec.orgs {
            let (code, parent) = (self.spec.org_code(org), self.spec.parent_code(org));
            let (code, parent) = (code.to_string(), parent.map(|parent| parent.to_string()));
            let mut args = vec!["org", "add", "--code", &code, "--name", org.name];
            args.extend(["--kind", org.kind]);
            if let Some(parent) = &parent {
                args.extend(["--parent", parent]);
            }
            if org.may_transfer {
                args.push("--may-transfer");
            }
            self.ok(&args);
        }
    }

    /// Imports invented people, whose data no log may show.
    pub fn enter_people(&self, people: impl Iterator<Item = Person>) {
        let path = self.scratch.path(&format!("{}-roster.xlsx", self.code()));
        roster::write_xlsx(&path, people.inspect(|person| self.scratch.plant(person))).unwrap();
        self.import(&path, true).expect_ok();
        let members = self.list(&["member", "list", "--custody", "here"]);
        let refs = members.iter().map(|member| member["ref"].as_str().unwrap().to_owned());
        self.unused.lock().unwrap().extend(refs);
    }

    /// `member import`, for certain or for a check.
    pub fn import(&self, file: &Path, commit: bool) -> Reply {
        let mut args = vec!["member", "import", file.to_str().unwrap()];
        if commit {
            args.push("--commit");
        }
        self.run(&args)
    }

    /// The ref of a member whom no other part of the test uses.
    pub fn fresh_member(&self) -> String {
        self.unused.lock().unwrap().pop_front().expect("the roster was made large enough")
    }

    /// A member as the node has it.
    #[track_caller]
    pub fn member(&self, member: &str) -> Value {
        self.ok(&["member", "show", member])
    }

    /// Issues a letter and waits until the peer has it; gives its id.
    #[track_caller]
    pub fn issue(&self, member: &str, to: &Region) -> String {
        let to = to.committee();
        let letter = self.ok(&["letter", "issue", "--member", member, "--to", &to, "--wait"]);
        assert_eq!(letter["delivery"], "delivered", "{letter:#}");
        letter["id"].as_str().unwrap().to_owned()
    }

    /// Accepts a letter into a branch.
    #[track_caller]
    pub fn accept(&self, letter: &str) -> Value {
        self.ok(&["letter", "accept", letter, "--org", &self.branch(), "--met"])
    }

    /// A letter as the node has it.
    #[track_caller]
    pub fn letter(&self, id: &str) -> Value {
        self.ok(&["letter", "show", id])
    }

    /// The state of a letter; `None` if the node does not know it.
    #[track_caller]
    pub fn letter_state(&self, id: &str) -> Option<String> {
        let reply = self.run(&["letter", "show", id]);
        if reply.code() == Some("letter.unknown") {
            return None;
        }
        reply.expect_ok()["state"].as_str().map(str::to_owned)
    }
}

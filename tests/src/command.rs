//! Runs one command with `--json` and holds its answer to the contract's form, whatever it is.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary;
use crate::scratch::Scratch;

/// How long any command may take before the test gives it up, in seconds.
const COMMAND_WAIT_S: u64 = 120;
/// Variables of the person who runs the tests that would change what is tested.
const FOREIGN: [&str; 4] = ["DUKOU_DATA", "DUKOU_NOW", "DUKOU_FAIL_AT", "DUKOU_LOG"];

/// Environment variables for a process.
#[derive(Clone, Debug, Default)]
pub struct Environment(pub BTreeMap<String, String>);

impl Environment {
    /// The same, with this variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Environment {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }
}

/// What a command answered.
pub struct Reply {
    line: String,
    exit: i32,
    json: Value,
    log: String,
}

/// Runs `dukou --json --lang en ARGS` on a data directory.
pub fn run(
    scratch: &Scratch,
    data: Option<&Path>,
    environment: &Environment,
    args: &[impl AsRef<OsStr>],
) -> Reply {
    let words: Vec<String> =
        args.iter().map(|arg| arg.as_ref().to_string_lossy().into_owned()).collect();
    let log = scratch.log(words.first().map_or("dukou", String::as_str));
    let out = log.with_extension("stdout");
    let mut command = command(data, environment);
    command.args(args).stdin(Stdio::null());
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    let line = format!("dukou {}", words.join(" "));
    let status = wait(&mut child).unwrap_or_else(|| panic!("{line} did not end"));
    let log = String::from_utf8(fs::read(&log).unwrap()).unwrap();
    let out = String::from_utf8(fs::read(&out).unwrap()).unwrap();
    let exit = status.code().unwrap_or_else(|| panic!("{line} was killed: {status}\n{log}"));
    let json = serde_json::from_str(&out)
        .unwrap_or_else(|fault| panic!("{line} exited {exit}, no JSON: {fault}\n{out}\n{log}"));
    let reply = Reply { line, exit, json, log };
    reply.assert_form();
    reply
}

/// `dukou --json --lang en` on a data directory, without the caller's own variables.
pub fn command(data: Option<&Path>, environment: &Environment) -> Command {
    let mut command = Command::new(binary::path());
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.envs(&environment.0).args(["--json", "--lang", "en"]);
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    command
}

/// The most memory that a process ever had resident, in KiB; none once it has ended.
pub fn peak_kib(pid: u32) -> Option<u64> {
    proc_number(&format!("/proc/{pid}/status"), "VmHWM:")
}

/// The number behind a name in a file of `/proc`.
pub(crate) fn proc_number(path: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Waits for the end of a child; `None` and a killed child after a time that no command takes.
#[expect(clippy::disallowed_methods, reason = "the end of a child can only be asked for again")]
pub fn wait(child: &mut Child) -> Option<ExitStatus> {
    let deadline = Instant::now() + Duration::from_secs(COMMAND_WAIT_S);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

impl Reply {
    /// The exit code.
    pub fn exit(&self) -> i32 {
        self.exit
    }

    /// `data` of an answer that is no `dukou.error/1`, whatever the exit code.
    pub fn data(&self) -> &Value {
        assert!(!self.is_error(), "{self:#?}");
        &self.json["data"]
    }

    /// The code of a `dukou.error/1`.
    pub fn code(&self) -> Option<&str> {
        self.json["error"]["code"].as_str()
    }

    /// `data` of a command that was done.
    #[track_caller]
    pub fn expect_ok(&self) -> Value {
        assert_eq!(self.exit, 0, "{self:#?}");
        self.data().clone()
    }

    /// The items of a list that was done, and the cursor for more.
    #[track_caller]
    pub fn expect_list(&self) -> (Vec<Value>, Option<String>) {
        let data = self.expect_ok();
        assert!(self.schema().ends_with("s/1"), "{self:#?}");
        let items = data["items"].as_array().unwrap_or_else(|| panic!("{self:#?}"));
        let next = &data["next"];
        assert!(next.is_null() || next.is_string(), "{self:#?}");
        (items.clone(), next.as_str().map(str::to_owned))
    }

    /// The `error` of a command that was refused with that code and exit code.
    #[track_caller]
    pub fn expect_refused(&self, code: &str, exit: i32) -> Value {
        assert_eq!((self.code(), self.exit), (Some(code), exit), "{self:#?}");
        self.json["error"].clone()
    }

    /// The faults of a finished check, exit 6: not an error of the command.
    #[track_caller]
    pub fn expect_faults(&self) -> Vec<Value> {
        assert_eq!(self.exit, 6, "{self:#?}");
        let errors = self.data()["errors"].as_array();
        errors.unwrap_or_else(|| panic!("{self:#?}")).clone()
    }

    fn schema(&self) -> &str {
        self.json["schema"].as_str().unwrap_or_default()
    }

    fn is_error(&self) -> bool {
        self.schema() == "dukou.error/1"
    }

    fn assert_form(&self) {
        let schema = self.schema();
        assert!(schema.starts_with("dukou.") && schema.ends_with("/1"), "{self:#?}");
        if self.is_error() {
            let error = &self.json["error"];
            let text = |key: &str| error[key].as_str().unwrap_or_default();
            let stable = text("code").bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b));
            assert!(stable && !text("code").is_empty(), "{self:#?}");
            assert!(!text("detail").is_empty() && !text("fix").is_empty(), "{self:#?}");
            assert!((1..=12).contains(&self.exit) && self.exit != 3, "{self:#?}");
        } else {
            assert!([0, 3, 6, 9, 13].contains(&self.exit), "{self:#?}");
            assert!(self.json.get("data").is_some(), "{self:#?}");
            let lists = ["warnings", "next"];
            assert!(lists.iter().all(|key| self.json[key].is_array()), "{self:#?}");
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} exited {}", self.line, self.exit)?;
        writeln!(f, "{:#}\n{}", self.json, self.log)
    }
}

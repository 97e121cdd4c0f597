//! The demonstration that a newcomer sees first, run as a newcomer runs it.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tests::binary;
use tests::waiting::until;

/// A demonstration with rosters of `members`, its temporary directory below `home`.
fn demo(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(binary::path());
    command.args(["demo", "--lang", "en", "--members", "60"]).args(args);
    command.env("TMPDIR", home).stdin(Stdio::null());
    command
}

#[test]
fn every_step_holds_and_nothing_is_left_behind() {
    let home = tempfile::tempdir().unwrap();
    let output = demo(home.path(), &["--once", "--json"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert!(output.status.success(), "{answer:#}");
    assert_eq!(answer["schema"], "dukou.demo/1");
    let data = &answer["data"];
    let keys: Vec<_> = data.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["steps", "regions", "letters", "lost", "duplicated"]);
    let steps = data["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 18, "{data:#}");
    assert!(steps.iter().all(|step| step["ok"] == true && step["ms"].is_u64()), "{data:#}");
    assert_eq!((&data["lost"], &data["duplicated"]), (&0.into(), &0.into()));
    let regions = data["regions"].as_array().unwrap();
    assert_eq!(regions.len(), 3);
    let full = |region: &Value| region["full"].as_u64().unwrap();
    assert_eq!(regions.iter().map(full).sum::<u64>(), 60, "{data:#}");
    assert!(data["letters"].as_u64().unwrap() >= 20, "{data:#}");
    assert_eq!(home.path().read_dir().unwrap().count(), 0, "the temporary directory stays");
}

#[test]
fn it_stays_up_until_it_is_ended_and_takes_its_nodes_with_it() {
    for signal in ["INT", "KILL"] {
        let home = tempfile::tempdir().unwrap();
        let log = home.path().join("stderr");
        let mut command = demo(home.path(), &[]);
        command.stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        until("up", &[], || fs::read_to_string(&log).unwrap().contains("Ctrl-C").then_some(()));
        let nodes = nodes_of(child.id());
        assert_eq!(nodes.len(), 3);
        let kill = format!("kill -s {signal} {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), (signal == "INT").then_some(0));
        until("gone", &[], || nodes.iter().all(|pid| !serves(pid)).then_some(()));
        if signal == "INT" {
            assert_eq!(home.path().read_dir().unwrap().count(), 1, "only the log stays");
        }
    }
}

/// The processes that `parent` started.
fn nodes_of(parent: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let pids = processes.map(|entry| entry.file_name().to_string_lossy().into_owned());
    pids.filter(|pid| stat(pid).is_some_and(|stat| stat[1] == parent.to_string())).collect()
}

/// Whether it runs; a process that only waits to be reaped does not.
fn serves(pid: &str) -> bool {
    stat(pid).is_some_and(|stat| stat[0] != "Z")
}

/// State, parent and so on: what follows the name in `/proc/PID/stat`.
fn stat(pid: &str) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

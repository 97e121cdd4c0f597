//! What scripts rely on: exit codes, the form of errors, languages, and safe files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use dukou::demo::regions::SHIQUAN;
use tests::command::{self, Environment};
use tests::region::{Mode, Region};
use tests::scratch::Scratch;

/// `dukou` as a person runs it, without `--json`.
fn plain(args: &[&str]) -> std::process::Output {
    std::process::Command::new(tests::binary::path()).args(args).output().unwrap()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn what_cannot_be_understood_is_a_usage_error() {
    let scratch = Scratch::new();
    let region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    let lines: [&[&str]; 6] = [
        &["no-such-command"],
        &["member", "no-such-command"],
        &["status", "--no-such-flag"],
        &["letter", "issue"],
        &["letter", "list", "--direction", "sideways"],
        &["member", "list", "--limit", "many"],
    ];
    for line in lines {
        region.refused(line, "usage", 2);
    }
}

#[test]
fn what_does_not_exist_is_not_found() {
    let scratch = Scratch::new();
    let region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    let (letter, member) = ("0123456789abcdef".repeat(4), "0123456789abcdef".repeat(2));
    region.refused(&["letter", "show", &letter], "letter.unknown", 4);
    region.refused(&["letter", "accept", &letter, "--org", "610922-0001"], "letter.unknown", 4);
    region.refused(&["member", "show", &member], "member.unknown", 4);
    region.refused(&["peer", "show", "610902"], "peer.unknown", 4);
}

#[test]
fn a_directory_without_a_node_and_a_second_init_are_told_apart() {
    let scratch = Scratch::new();
    let none = scratch.path("none");
    let environment = Environment::default();
    let run = |args: &[&str]| command::run(&scratch, Some(&none), &environment, args);
    for args in [["member", "list"].as_slice(), &["status"], &["serve"]] {
        run(args).expect_refused("node.no_data", 10);
    }
    assert!(!none.exists(), "asking creates nothing");
    let region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    let again = ["init", "--region", "610902", "--name", "汉滨区"];
    region.refused(&again, "node.exists", 5);
    assert_eq!(region.ok(&["status"])["region"], "610922");
}

#[test]
fn the_directory_can_come_from_the_environment() {
    let scratch = Scratch::new();
    let region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    let data = region.data.to_str().unwrap();
    let mut command = std::process::Command::new(tests::binary::path());
    let output = command.args(["--json", "status"]).env("DUKOU_DATA", data).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["data"]["name"], "石泉县");
    assert_eq!(answer["data"]["mode"], "normal");
}

#[test]
fn keys_are_readable_by_the_owner_alone() {
    let scratch = Scratch::new();
    let mut region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    region.start();
    region.stop();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&region.data), 0o700);
    let below = |path: &Path| path.strip_prefix(&region.data).unwrap().display().to_string();
    let mut keys = files(&region.data);
    keys.retain(|path| below(path).contains("key"));
    assert!(!keys.is_empty());
    for key in &keys {
        assert_eq!(mode(key), 0o600, "{}", key.display());
        fs::set_permissions(key, fs::Permissions::from_mode(0o640)).unwrap();
        region.refused(&["serve"], "node.keys", 9);
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    region.start();
}

#[test]
fn a_faulty_configuration_is_named_and_nothing_starts() {
    let scratch = Scratch::new();
    let region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    let all = files(&region.data);
    let config = all.iter().find(|path| path.extension().is_some_and(|e| e == "toml"));
    let config = config.expect("a configuration in TOML");
    let sound = fs::read_to_string(config).unwrap();
    fs::write(config, format!("no_such_key = 1\n{sound}")).unwrap();
    let error = region.refused(&["serve"], "config.invalid", 12);
    let text = error.to_string();
    assert!(text.contains("no_such_key"), "{text}");
    fs::write(config, sound).unwrap();
    region.ok(&["status"]);
}

#[test]
fn errors_come_in_two_languages_and_one_code() {
    let scratch = Scratch::new();
    let region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    let args = ["letter", "show", "0123456789abcdef"];
    let english = region.refused(&args, "letter.unknown", 4);
    let data = region.data.to_str().unwrap();
    let output = plain(&[&["--json", "--lang", "zh-CN", "--data", data], &args[..]].concat());
    assert_eq!(output.status.code(), Some(4));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let chinese = &answer["error"];
    assert_eq!(chinese["code"], english["code"]);
    assert_ne!(chinese["detail"], english["detail"]);
    assert!(chinese["fix"].as_str().unwrap().chars().any(|c| c as u32 > 0x4e00));
}

#[test]
fn every_command_explains_itself() {
    let commands = [
        "init",
        "serve",
        "demo",
        "status",
        "peer invite",
        "peer accept",
        "peer approve",
        "peer list",
        "org add",
        "org import",
        "org list",
        "member import",
        "member list",
        "member end",
        "letter issue",
        "letter list",
        "letter show",
        "letter accept",
        "letter refuse",
        "letter void",
        "letter reissue",
    ];
    for command in commands {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.push("--help");
        let output = plain(&args);
        assert!(output.status.success(), "{command}");
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains(&format!("dukou {command}")), "no example: {command}\n{help}");
    }
}

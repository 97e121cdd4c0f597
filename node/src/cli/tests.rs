//! The command line against a scripted node behind a real socket.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use clap::{Command as Table, CommandFactory};
use protocol::refusal::{Class, Code, Lang, Refusal};
use serde_json::{Value, json};

use super::arguments::{Arguments, locale};
use super::*;
use crate::control::command::{Command, PeerCommand};
use crate::control::execute::{Failure, Reply};
use crate::control::socket::scripted::{Served, reply, scripted};

mod words;

struct Run {
    exit: u8,
    out: String,
    err: String,
}

impl Run {
    fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one object: {}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }
}

fn dukou(words: &[&str]) -> Run {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = std::iter::once("dukou").chain(words.iter().copied()).map(OsString::from);
    let mut console = Console::new(&mut out, &mut err, Settings::default());
    let exit = run(words.collect(), &mut console);
    Run { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

fn at(served: &Served, words: &str) -> Run {
    let data = served.data.to_str().unwrap();
    dukou(&[&["--data", data], &*words.split(' ').collect::<Vec<_>>()].concat())
}

/// Visits every command that has none below it, with its words.
fn leaves(table: &Table, words: &str, visit: &mut dyn FnMut(&str, &Table)) {
    let mut below = table.get_subcommands().filter(|sub| sub.get_name() != "help").peekable();
    if below.peek().is_none() {
        visit(words, table);
    }
    for sub in below {
        leaves(sub, format!("{words} {}", sub.get_name()).trim_start(), visit);
    }
}

#[test]
fn every_command_has_help_in_both_languages_and_an_example_of_itself_that_parses() {
    let mut seen = 0;
    let mut table = Arguments::command();
    table.build();
    table.clone().debug_assert();
    leaves(&table, "", &mut |words, leaf| {
        let about = leaf.get_about().unwrap_or_else(|| panic!("{words}: no help")).to_string();
        assert!(about.contains(" · ") && !about.is_ascii(), "{words}: {about}");
        let help = leaf.get_after_help().unwrap_or_else(|| panic!("{words}: no example"));
        let own = format!("  dukou {words}");
        let help = help.to_string();
        let examples: Vec<&str> =
            help.lines().filter(|line| line.starts_with("  dukou ")).collect();
        assert!(!examples.is_empty(), "{words}");
        for example in examples {
            assert!(example.starts_with(&own), "{words}: {example}");
            let parsed = Arguments::try_parse_from(shell_words(example));
            assert!(parsed.is_ok(), "{example}: {}", parsed.err().unwrap());
            seen += 1;
        }
    });
    assert!(seen > 35, "{seen}");
}

fn shell_words(line: &str) -> Vec<String> {
    line.split('"')
        .enumerate()
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn an_answer_is_one_object_with_data_warnings_and_next() {
    let served = scripted(|_, context, _| {
        assert_eq!(context.lang, Lang::En);
        Ok(reply(json!({"b": 1, "a": null})).warning("look").next("dukou serve").exit(3))
    });
    for words in
        ["--json --lang en status", "status --lang en --json", "status --quiet --lang=en --json"]
    {
        let run = at(&served, words);
        let expected = concat!(
            r#"{"schema":"dukou.test/1","data":{"b":1,"a":null},"#,
            r#""warnings":["look"],"next":["dukou serve"]}"#,
            "\n"
        );
        assert_eq!((run.exit, run.out.as_str(), run.err.as_str()), (3, expected, ""));
    }
}

#[test]
fn text_is_on_stdout_and_advice_on_stderr_unless_quiet() {
    let served = scripted(|_, _, _| {
        let schema = "dukou.rehearsal/1".to_owned();
        let data = json!({"now": "2027-03-01T00:00:00.000Z"});
        let (warnings, next) = (vec!["看".into()], vec!["做".into()]);
        Ok(Reply { schema, data, warnings, next, exit: 0 })
    });
    let run = at(&served, "rehearsal now 2027-03-01T00:00:00Z");
    assert_eq!(run.out, "演练时间 2027-03-01 08:00\n");
    assert_eq!(run.err, "注意: 看\n下一步: 做\n");
    assert_eq!(at(&served, "--quiet rehearsal now x").err, "");
}

#[test]
fn a_refusal_is_an_error_object_on_stdout_and_its_class_is_the_exit_code() {
    let served = scripted(|command, _, _| {
        let Command::Peer(PeerCommand::Show { region }) = command else { panic!("{command:?}") };
        let code = Code::ALL.iter().find(|code| code.text() == region).unwrap();
        let refusal = Refusal::about(*code, "X").allowing(&["reissue"]);
        Err(Failure { refusal, errors: vec![json!({"row": 17})], class: None })
    });
    let run = at(&served, "--json --lang en peer show letter.state");
    assert_eq!(
        (run.exit, run.json()),
        (
            5,
            json!({"schema": "dukou.error/1", "error": {
                "code": "letter.state",
                "detail": "The letter's state does not allow this: X.",
                "fix": "Look at it again with `dukou letter show`.",
                "allowed": ["reissue"],
                "errors": [{"row": 17}],
            }})
        )
    );
    let exits = [
        (Class::Internal, 1),
        (Class::Usage, 2),
        (Class::NotFound, 4),
        (Class::State, 5),
        (Class::Validation, 6),
        (Class::NotPermitted, 7),
        (Class::Unreachable, 8),
        (Class::Trust, 9),
        (Class::NoData, 10),
        (Class::Locked, 11),
        (Class::Config, 12),
    ];
    for (class, exit) in exits {
        let code = Code::ALL.iter().find(|code| code.class() == class).unwrap();
        let run = at(&served, &format!("peer show {}", code.text()));
        assert_eq!((run.exit, run.out.as_str()), (exit, ""), "{code:?}");
        assert!(run.err.starts_with(code.text()) && run.err.contains("办法: "), "{}", run.err);
    }
}

#[test]
fn words_that_are_not_understood_are_usage_faults() {
    let wrong = [
        "letter issue --to 610902-0004",
        "letter list --direction up",
        "member list --limit 1001",
        "letter issue --member 7f --to x --timeout 5",
        "peer approve --fingerprint 1",
        "init --region 61092 --name x",
        "status --lang fr",
        "nonsense",
        "letter",
        "",
    ];
    for words in wrong {
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let run = dukou(&words);
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{words:?}");
        assert!(!run.err.is_empty());
        let run = dukou(&[&words[..], &["--json", "--lang", "en"]].concat());
        let object = run.json();
        assert_eq!((run.exit, &object["schema"]), (2, &json!("dukou.error/1")), "{words:?}");
        assert_eq!(object["error"]["code"], "usage");
        let detail = object["error"]["detail"].as_str().unwrap();
        assert!(detail.starts_with("The command line is not understood: "), "{detail}");
    }
}

#[test]
fn help_and_version_are_results_and_name_the_codes() {
    let help = dukou(&["help"]);
    assert_eq!((help.exit, help.err.as_str()), (0, ""));
    for code in ["member_declines", "rerouted", "duplicate", "--data", "DUKOU_DATA"] {
        assert!(help.out.contains(code), "{code}");
    }
    assert!(dukou(&["letter", "refuse", "--help"]).out.contains("out_of_area"));
    assert_eq!(dukou(&["--version"]).exit, 0);
}

#[test]
fn a_directory_that_is_not_there_is_exit_10_and_stays_away() {
    let home = tempfile::tempdir().unwrap();
    let missing = home.path().join("none");
    for word in ["status", "serve"] {
        let run = dukou(&[word, "--json", "--data", missing.to_str().unwrap()]);
        assert_eq!((run.exit, &run.json()["error"]["code"]), (10, &json!("node.no_data")));
    }
    assert!(!missing.exists());
}

#[test]
fn an_unreadable_personal_file_is_told_without_its_text() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("id");
    std::fs::write(&file, "11010519491231002X".repeat(300)).unwrap();
    let words = ["member", "set", "7f", "--json", "--data", "."];
    for path in [file.as_path(), Path::new("missing")] {
        let run = dukou(&[&words[..], &["--id-number-file", path.to_str().unwrap()]].concat());
        assert_eq!((run.exit, &run.json()["error"]["code"]), (2, &json!("usage")));
        assert!(!run.out.contains("110105"));
    }
}

#[test]
fn a_reader_that_left_is_no_fault() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let (mut out, mut err) = (Closed, Closed);
    let mut console = Console::new(&mut out, &mut err, Settings::default());
    assert_eq!(run(vec!["dukou".into(), "help".into()], &mut console), 0);
    assert_eq!(run(vec!["dukou".into(), "nonsense".into()], &mut console), 2);
}

#[test]
fn the_language_follows_the_locale() {
    let with = |set: &'static [(&str, &str)]| {
        locale(|name| set.iter().find(|(set, _)| *set == name).map(|(_, to)| to.to_string()))
    };
    for zh in [
        &[][..],
        &[("LANG", "C")],
        &[("LANG", "C.UTF-8")],
        &[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")],
        &[("LC_ALL", "POSIX"), ("LANG", "en_US.UTF-8")],
    ] {
        assert_eq!(with(zh), Lang::Zh, "{zh:?}");
    }
    for en in [&[("LANG", "en_GB.UTF-8")][..], &[("LC_ALL", "en_US"), ("LANG", "zh_CN")]] {
        assert_eq!(with(en), Lang::En, "{en:?}");
    }
}

#[test]
fn completion_and_manual_pages_are_generated() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("man");
    assert!(dukou(&["completion", "bash"]).out.contains("dukou__subcmd__letter"));
    assert_eq!(dukou(&["manpage", dir.to_str().unwrap()]).exit, 0);
    assert!(dir.join("dukou-letter-issue.1").exists());
}

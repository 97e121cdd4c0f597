//! `docs/coverage.md`, the page that says which parts of the domain the program covers: every row
//! is there, and what it names exists.

use std::collections::BTreeSet;
use std::process::Command;

use crate::assert_none;
use crate::source::{read, root};

const PAGE: &str = "docs/coverage.md";
/// Rows of the list of terms.
const ROWS: std::ops::RangeInclusive<u32> = 1..=51;

/// One row of the page.
struct Row<'a> {
    number: u32,
    state: &'a str,
    commands: Vec<&'a str>,
    tests: Vec<&'a str>,
    reason: bool,
}

fn rows(page: &str) -> impl Iterator<Item = Row<'_>> {
    page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
        let [number, _, state, commands, tests, ""] = cells[..] else { return None };
        Some(Row {
            number: number.parse().ok()?,
            state,
            commands: quoted(commands).filter(|text| is_command(text)).collect(),
            tests: quoted(tests).collect(),
            reason: !commands.is_empty(),
        })
    })
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Words of the command line; `InflowDue` and `short_months` are none.
fn is_command(text: &str) -> bool {
    text == "status" || text.contains(' ')
}

fn faults(
    page: &str,
    has_command: impl Fn(&str) -> bool,
    has_test: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows(page) {
        let mut fault = |what: String| faults.push(format!("{PAGE}, row {}: {what}", row.number));
        if !seen.insert(row.number) {
            fault("twice".to_owned());
        }
        match row.state {
            "works" if row.commands.is_empty() => fault("works, but by no command".to_owned()),
            "works" if row.tests.is_empty() => fault("works, but no test shows it".to_owned()),
            "open" | "not built" if !row.reason => fault("without a reason".to_owned()),
            "works" | "open" | "not built" => {}
            state => fault(format!("`{state}` is no state")),
        }
        row.commands
            .iter()
            .filter(|command| !has_command(command))
            .for_each(|command| fault(format!("no command `{command}`")));
        row.tests
            .iter()
            .filter(|test| !has_test(test))
            .for_each(|test| fault(format!("no test `{test}`")));
    }
    let missing = ROWS.filter(|number| !seen.contains(number));
    faults.extend(missing.map(|number| format!("{PAGE}: row {number} is missing")));
    faults
}

/// Whether the program knows these words.
fn has_command(words: &str) -> bool {
    let mut command = Command::new(tests::binary::path());
    let output = command.args(words.split(' ')).arg("--help").output().unwrap();
    output.status.success()
}

/// Whether the file has a test of that name.
fn has_test(test: &str) -> bool {
    let Some((path, name)) = test.split_once("::") else { return false };
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    let head = format!("fn {name}() {{");
    text.split("#[test]").skip(1).any(|after| {
        after.lines().map(str::trim).find(|line| line.starts_with("fn ")) == Some(head.as_str())
    })
}

#[test]
fn every_row_of_the_domain_is_covered_or_says_why_not() {
    assert_none(&faults(&read(PAGE), has_command, has_test));
}

#[test]
fn a_row_that_promises_what_is_not_there_is_found() {
    let page = read(PAGE);
    let found = |from: &str, to: &str| {
        let changed = page.replacen(from, to, 1);
        assert_ne!(changed, page, "{from}");
        faults(&changed, |command| command != "letter forge", |test| !test.contains("gone"))
    };
    assert_eq!(found("| 6 | ", "| 60 | "), ["docs/coverage.md: row 6 is missing"]);
    assert_eq!(found("| 6 | ", "| 5 | ").len(), 2);
    assert_eq!(found("`letter issue`, ", "`letter forge`, ").len(), 1);
    assert_eq!(found("::five_statements", "::gone").len(), 1);
    assert_eq!(found("| not built |", "| planned |").len(), 1);
    let reason = "| Classes and appraisal are opinions about a member; this program keeps facts \
                  only (domain §5) |";
    assert_eq!(found(reason, "| |").len(), 1);
    assert!(!has_command("letter forge") && !has_test("tests/tidy/coverage.rs::gone"));
    assert!(!has_test("tests/tidy/coverage.rs::has_test"), "a function is no test");
}

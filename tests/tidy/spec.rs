//! The rules of `protocol/SPEC.md`: each is cited by code that carries it out and by a test that
//! would notice if it did not, and nothing cites a rule that is not there.

use std::collections::{BTreeMap, BTreeSet};

use crate::assert_none;
use crate::source::{Source, read, workspace};

const SPEC: &str = "protocol/SPEC.md";
/// Pages whose citations must exist too.
const PAGES: &[&str] = &[SPEC, "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

/// Everything of the form `R-nn` in a line.
fn citations(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("R-").filter_map(|(at, _)| {
        let apart = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
        let digits = line[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
        let end = at + 2 + digits;
        let ended = !line[end..].starts_with(|c: char| c.is_alphabetic() || c == '_');
        (apart && ended && digits >= 2).then(|| &line[at..end])
    })
}

/// The rules that the page defines: the lines that begin with `**R-nn**`.
fn rules(spec: &str) -> Vec<&str> {
    spec.lines()
        .filter_map(|line| line.strip_prefix("**")?.split_once("**").map(|(rule, _)| rule))
        .filter(|rule| citations(rule).next() == Some(*rule))
        .collect()
}

fn faults(spec: &str, pages: &[(&str, &str)], sources: &[Source]) -> Vec<String> {
    let defined = rules(spec);
    let known: BTreeSet<&str> = defined.iter().copied().collect();
    let mut faults = Vec::new();
    if known.len() != defined.len() || known.is_empty() {
        faults.push(format!("{SPEC}: {} rules, {} different", defined.len(), known.len()));
    }
    let mut cited: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("tests/tidy/")) {
        for (number, line) in (1..).zip(source.text.lines()) {
            for rule in citations(line) {
                if !known.contains(rule) {
                    faults.push(format!("{}:{number}: {rule} is not in {SPEC}", source.path));
                }
                let (code, test) = cited.entry(rule).or_default();
                *(if source.is_test(number) { test } else { code }) = true;
            }
        }
    }
    for (page, text) in pages {
        let missing = text.lines().flat_map(citations).filter(|rule| !known.contains(rule));
        faults.extend(missing.map(|rule| format!("{page}: {rule} is not in {SPEC}")));
    }
    for rule in known {
        let (code, test) = cited.get(rule).copied().unwrap_or_default();
        if !code {
            faults.push(format!("{SPEC}: {rule} is cited by no code"));
        }
        if !test {
            faults.push(format!("{SPEC}: {rule} is cited by no test"));
        }
    }
    faults
}

#[test]
fn every_rule_is_kept_and_tested_and_every_citation_exists() {
    let pages: Vec<(&str, String)> = PAGES.iter().map(|page| (*page, read(page))).collect();
    let pages: Vec<(&str, &str)> =
        pages.iter().map(|(page, text)| (*page, text.as_str())).collect();
    assert_none(&faults(&read(SPEC), &pages, &workspace()));
}

const CODE: (&str, &str) = ("protocol/src/a.rs", "// R-01: bytes are exact.\n");
const TEST: (&str, &str) = ("tests/integration/a.rs", "// R-01\n");

fn planted(spec: &str, files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> = files.iter().map(|(path, text)| Source::parse(path, text)).collect();
    faults(spec, &[(SPEC, spec)], &sources)
}

#[test]
fn a_rule_needs_code_and_a_test() {
    let spec = "# Spec\n**R-01** Bytes are exact.\n";
    assert_eq!(planted(spec, &[CODE, TEST]), [""; 0]);
    let inline = ("protocol/src/b.rs", "#[cfg(test)]\nmod tests {\n // R-01\n}\n");
    assert_eq!(planted(spec, &[CODE, inline]), [""; 0]);
    assert_eq!(planted(spec, &[CODE]), ["protocol/SPEC.md: R-01 is cited by no test"]);
    assert_eq!(planted(spec, &[TEST]), ["protocol/SPEC.md: R-01 is cited by no code"]);
    let only_tidy = ("tests/tidy/a.rs", "// R-01 R-77\n");
    assert_eq!(planted(spec, &[CODE, only_tidy]).len(), 1);
}

#[test]
fn a_citation_needs_a_rule() {
    let spec = "**R-01** Bytes are exact, see R-09.\n";
    let cites = ("node/src/a.rs", "// (R-01, R-02) and FOR-44, R-3, R-05x\n");
    let found = planted(spec, &[CODE, TEST, cites]);
    let expected = [
        "node/src/a.rs:1: R-02 is not in protocol/SPEC.md",
        "protocol/SPEC.md: R-09 is not in protocol/SPEC.md",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_page_without_rules_or_with_one_twice_is_found() {
    assert_eq!(planted("# Spec\n", &[]).len(), 1);
    assert_eq!(planted("**R-01** A.\n**R-01** B.\n", &[CODE, TEST]).len(), 1);
}

//! Sizes: what one head can hold at a time.

use crate::assert_none;
use crate::source::{Fault, Source, Token, reads, workspace};

const FILE_LINES_MAX: usize = 600;
const INLINE_TEST_LINES_MAX: usize = 150;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_COLUMNS_MAX: usize = 100;

fn faults(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    let inline: usize = source.inline_tests.iter().map(|range| range.clone().count()).sum();
    let lines = source.text.lines().count() - inline;
    if lines > FILE_LINES_MAX {
        faults.push(source.fault(1, format!("{lines} lines, at most {FILE_LINES_MAX}")));
    }
    if inline > INLINE_TEST_LINES_MAX {
        let what = format!("{inline} lines of inline tests: move them to a sibling tests.rs");
        faults.push(source.fault(*source.inline_tests[0].start(), what));
    }
    for (number, line) in (1..).zip(source.text.lines()) {
        let columns = line.chars().count();
        if columns > LINE_COLUMNS_MAX {
            faults.push(source.fault(number, format!("{columns} columns")));
        }
    }
    for (name, line, lines) in functions(&source.tokens) {
        if lines > FUNCTION_LINES_MAX {
            let what = format!("`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}");
            faults.push(source.fault(line, what));
        }
    }
    faults
}

/// Every function with a body: its name, its line, and how many lines it takes.
fn functions(tokens: &[Token]) -> Vec<(&str, usize, usize)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "fn") {
        let name = at + if reads(tokens, at + 1, &["$"]) { 2 } else { 1 };
        let Some(name) = tokens.get(name).filter(|name| name.close.is_none()) else { continue };
        let end = &tokens[crate::source::item_end(tokens, at) - 1];
        if end.text == "}" {
            found.push((name.text.as_str(), token.line, end.line - token.line + 1));
        }
    }
    found
}

#[test]
fn the_tree_is_within_its_sizes() {
    let sources = workspace();
    assert_none(&sources.iter().flat_map(faults).collect::<Vec<_>>());
}

fn planted(text: &str) -> Vec<String> {
    faults(&Source::parse("node/src/a.rs", text)).iter().map(Fault::to_string).collect()
}

#[test]
fn a_long_file_is_found_and_inline_tests_count_apart() {
    let body = "//\n".repeat(600);
    assert_eq!(planted(&body), [""; 0]);
    assert_eq!(planted(&format!("{body}//\n")).len(), 1);
    let tests = |lines| format!("{body}#[cfg(test)]\nmod tests {{\n{}}}\n", "//\n".repeat(lines));
    assert_eq!(planted(&tests(147)), [""; 0]);
    let long = planted(&tests(148));
    assert!(long.len() == 1 && long[0].starts_with("node/src/a.rs:601: 151 lines"), "{long:?}");
}

#[test]
fn a_long_function_is_found_wherever_it_stands() {
    let long = |lines| format!("fn long(a: [u8; 2]) -> u8 {{\n{}}}", "a();\n".repeat(lines));
    assert_eq!(planted(&long(68)), [""; 0]);
    assert_eq!(planted(&long(69)), ["node/src/a.rs:1: `long` has 71 lines, at most 70"]);
    assert_eq!(planted(&format!("impl A {{ {} }}", long(69))).len(), 1);
    assert_eq!(planted(&format!("macro_rules! m {{ () => {{ {} }} }}", long(69))).len(), 1);
    let declared = format!("trait T {{ fn short(&self);\n{} }}", "//\n".repeat(90));
    assert_eq!(planted(&declared), [""; 0]);
}

#[test]
fn a_wide_line_is_found() {
    assert_eq!(planted(&format!("// {}", "字".repeat(97))), [""; 0]);
    assert_eq!(planted(&format!("// {}", "字".repeat(98))), ["node/src/a.rs:1: 101 columns"]);
}

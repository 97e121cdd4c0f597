//! `docs/codes.md`, the page that scripts and support desks look codes up in, is generated from
//! the refusal table and never edited.

use std::fmt::Write;

use protocol::refusal::{Class, Code, Lang};

use crate::source::{read, root};

const PAGE: &str = "docs/codes.md";

const HEAD: &str = "\
# Refusal codes 退回与错误代码

Generated from `protocol/src/refusal/table/` by `DUKOU_BLESS=1 cargo tidy`; do not edit.
A code and its number never change their meaning. `{}` stands for what it is about. *Exit* is the
exit code of the command line.

| Code | No. | Exit | What happened | What to do | 发生了什么 | 怎么办 |
|---|--:|--:|---|---|---|---|
";

/// The exit code that a class of refusals gives.
fn exit(class: Class) -> u8 {
    match class {
        Class::Internal => 1,
        Class::Usage => 2,
        Class::NotFound => 4,
        Class::State => 5,
        Class::Validation => 6,
        Class::NotPermitted => 7,
        Class::Unreachable => 8,
        Class::Trust => 9,
        Class::NoData => 10,
        Class::Locked => 11,
        Class::Config => 12,
    }
}

fn page(codes: &[Code]) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    codes.iter().fold(HEAD.to_owned(), |mut page, code| {
        let (text, number, exit) = (code.text(), code.number(), exit(code.class()));
        let [en, fix_en] = [code.message(Lang::En), code.fix(Lang::En)].map(cell);
        let [zh, fix_zh] = [code.message(Lang::Zh), code.fix(Lang::Zh)].map(cell);
        writeln!(page, "| `{text}` | {number} | {exit} | {en} | {fix_en} | {zh} | {fix_zh} |")
            .expect("writing to memory cannot fail");
        page
    })
}

/// The first line in which the two differ.
fn difference(page: &str, expected: &str) -> Option<String> {
    let longest = page.lines().count().max(expected.lines().count());
    let (mut page, mut expected) = (page.lines(), expected.lines());
    (1..=longest).find_map(|number| {
        let (is, should) = (page.next().unwrap_or_default(), expected.next().unwrap_or_default());
        (is != should).then(|| format!("{PAGE}:{number}\n  is     {is}\n  should {should}"))
    })
}

#[test]
fn the_page_of_codes_is_the_table() {
    let expected = page(Code::ALL);
    if std::env::var_os("DUKOU_BLESS").is_some() {
        std::fs::write(root().join(PAGE), &expected).unwrap();
    }
    if let Some(difference) = difference(&read(PAGE), &expected) {
        panic!("{difference}\nRegenerate it: DUKOU_BLESS=1 cargo tidy");
    }
}

#[test]
fn a_changed_missing_or_added_row_is_found() {
    let (all, fewer) = (page(Code::ALL), page(&Code::ALL[1..]));
    assert_eq!(difference(&all, &all), None);
    assert!(difference(&fewer, &all).is_some() && difference(&all, &fewer).is_some());
    let edited = all.replacen("`letter.state`", "`letter.stat`", 1);
    assert!(difference(&edited, &all).unwrap().contains("`letter.stat`"));
}

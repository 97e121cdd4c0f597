//! Words and names that do not occur, and the one file in which some others may.

use crate::assert_none;
use crate::source::{Fault, Source, Token, item_end, workspace};

/// Tokens that are a fault in the places that `applies` names.
struct Ban {
    /// A trailing `*` matches the rest of a token; `A|B` matches either.
    tokens: &'static [&'static str],
    applies: fn(&Place) -> bool,
    instead: &'static str,
}

/// Where a token stands.
struct Place<'a> {
    path: &'a str,
    test: bool,
}

impl Place<'_> {
    fn under(&self, prefixes: &[&str]) -> bool {
        prefixes.iter().any(|prefix| self.path.starts_with(prefix))
    }
}

const FILE_NAMES: &[&str] = &["util", "utils", "common", "misc", "helper", "helpers"];

const BANS: &[Ban] = &[
    Ban {
        tokens: &["todo|unimplemented", "!"],
        applies: |_| true,
        instead: "build it, or leave it out",
    },
    Ban { tokens: &["dbg", "!"], applies: |_| true, instead: "remove it" },
    Ban {
        tokens: &[".", "unwrap", "(", ")"],
        applies: |place| !place.test,
        instead: "handle it, or `expect` with the invariant as text",
    },
    Ban { tokens: &["fn", "get_*"], applies: |_| true, instead: "name what it returns" },
    Ban {
        tokens: &["println|print|eprintln|eprint", "!"],
        applies: |place| {
            !place.test && !place.under(&["node/src/cli/", "node/src/cli.rs", "node/src/main.rs"])
        },
        instead: "return it; only the command line prints",
    },
    Ban {
        tokens: &["Instant|SystemTime|Timestamp|Zoned", ":", ":", "now"],
        applies: |place| {
            place.under(&["protocol/src/", "node/src/"])
                && place.path != "node/src/clock.rs"
                && !place.under(&["node/src/link/", "node/src/demo/"])
        },
        instead: "take the time as an argument; only `clock` reads it, and `link` the deadlines \
                  of its sockets",
    },
    Ban {
        tokens: &["bincode"],
        applies: |place| place.path != "protocol/src/codec.rs",
        instead: "use `protocol::codec`",
    },
    Ban {
        tokens: &["ed25519_dalek"],
        applies: |place| {
            place.under(&["protocol/"])
                && !place.under(&["protocol/src/seal.rs", "protocol/src/seal/"])
        },
        instead: "use `protocol::seal`",
    },
    Ban {
        tokens: &["curve25519_dalek"],
        applies: |place| !place.test && place.path != "protocol/src/exchange/matching/group.rs",
        instead: "use `protocol::exchange::matching`",
    },
    Ban {
        tokens: &["rusqlite"],
        applies: |place| !place.test && !place.under(&["node/src/store/", "node/src/store.rs"]),
        instead: "go through the store",
    },
];

fn faults(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    if source.path.split(['/', '.']).any(|part| FILE_NAMES.contains(&part)) {
        faults.push(source.fault(1, "a name that says nothing: name what the file is for"));
    }
    if !source.text.starts_with("//!") {
        faults.push(source.fault(1, "open with a `//!` paragraph: what for, and what not"));
    }
    for at in 0..source.tokens.len() {
        let line = source.tokens[at].line;
        let place = Place { path: &source.path, test: source.is_test(line) };
        for ban in BANS.iter().filter(|ban| matches(&source.tokens[at..], ban.tokens)) {
            if (ban.applies)(&place) {
                faults.push(
                    source.fault(line, format!("`{}`: {}", ban.tokens.concat(), ban.instead)),
                );
            }
        }
        if !place.test && says_nothing(&source.tokens[at..]) {
            faults.push(source.fault(line, "`expect` without the invariant as text"));
        }
    }
    faults.extend(aliases(source, 0..source.tokens.len()));
    faults
}

fn matches(tokens: &[Token], pattern: &[&str]) -> bool {
    let fits = |word: &str, token: &str| match word.strip_suffix('*') {
        Some(start) => token.starts_with(start),
        None => word == token,
    };
    tokens.len() >= pattern.len()
        && pattern.iter().zip(tokens).all(|(p, t)| p.split('|').any(|word| fits(word, &t.text)))
}

/// `.expect("…")` with fewer than three words.
fn says_nothing(tokens: &[Token]) -> bool {
    matches(tokens, &[".", "expect", "(", "\"*", ")"])
        && tokens[3].text.split_whitespace().count() < 3
}

/// Type aliases outside traits and impls, where `type` names an associated type.
fn aliases(source: &Source, range: std::ops::Range<usize>) -> Vec<Fault> {
    let tokens = &source.tokens;
    let mut faults = Vec::new();
    let mut at = range.start;
    while at < range.end {
        match tokens[at].text.as_str() {
            "impl" | "trait" if begins_item(tokens, at) => at = item_end(tokens, at),
            "macro_rules" => at = item_end(tokens, at),
            "type" => {
                faults.push(source.fault(tokens[at].line, "a type alias: make it a type"));
                at += 1;
            }
            _ => at += 1,
        }
    }
    faults
}

/// Whether the keyword at `at` opens an item, unlike the `impl` of an argument or a result.
fn begins_item(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| &tokens[before].text);
    matches!(before, "" | "}" | "{" | ";" | "]" | ")" | "pub" | "unsafe")
}

#[test]
fn the_tree_uses_none_of_the_banned_words() {
    let sources = workspace();
    assert_none(&sources.iter().flat_map(faults).collect::<Vec<_>>());
}

fn planted(path: &str, code: &str) -> usize {
    faults(&Source::parse(path, &format!("//! What for.\n{code}"))).len()
}

#[test]
fn every_ban_finds_its_word_in_product_code() {
    for code in [
        "fn a() { todo!() }",
        "fn a() { unimplemented!(\"later\") }",
        "fn a() { dbg!(1); }",
        "fn a() { b().unwrap(); }",
        "fn get_name() {}",
        "fn a() { println!(\"x\") }",
        "fn a() { std::time::Instant::now(); }",
        "fn a() { b(SystemTime::now) }",
        "use bincode::Encode;",
        "use rusqlite::Connection;",
        "type Rows = Vec<u8>;",
        "fn a() -> impl Sized { type Rows = Vec<u8>; }",
        "fn a() { b().expect(\"failed\"); }",
    ] {
        assert_eq!(planted("node/src/office.rs", code), 1, "{code}");
    }
    assert_eq!(planted("protocol/src/id.rs", "use ed25519_dalek::Signature;"), 1);
}

#[test]
fn words_are_allowed_where_they_belong() {
    for (path, code) in [
        ("node/src/cli/status.rs", "fn a() { println!(\"x\") }"),
        ("node/src/clock.rs", "fn a() { Instant::now(); }"),
        ("tests/integration/link.rs", "fn a() { Instant::now(); b().unwrap(); }"),
        ("protocol/src/codec.rs", "use bincode::Encode;"),
        ("protocol/src/seal.rs", "use ed25519_dalek::Signature;"),
        ("node/src/keys.rs", "use ed25519_dalek::SigningKey;"),
        ("node/src/store/rows.rs", "use rusqlite::Connection;"),
        ("node/src/office.rs", "#[cfg(test)]\nmod tests { fn a() { b().unwrap(); } }"),
        ("node/src/office.rs", "impl T for A { type Item = u8; }\ntrait B { type C; }"),
        ("node/src/office.rs", "fn a() { b(\"todo!() bincode\"); } // .unwrap()"),
        ("node/src/office.rs", "fn a() { b().expect(\"checked when it was read\"); }"),
    ] {
        assert_eq!(planted(path, code), 0, "{path}: {code}");
    }
}

#[test]
fn names_that_say_nothing_and_files_without_a_purpose_are_found() {
    for path in ["node/src/store/util.rs", "node/src/helpers/mod.rs", "tests/integration/misc.rs"] {
        assert_eq!(planted(path, ""), 1, "{path}");
    }
    assert_eq!(faults(&Source::parse("node/src/lib.rs", "pub mod a;")).len(), 1);
}

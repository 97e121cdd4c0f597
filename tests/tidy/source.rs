//! A source file as the rules see it: its lines, its tokens, and which lines are test code.
//!
//! The tokens come from `proc-macro2`, the lexer that macros use. There is no syntax tree: the
//! rules need only names, brackets and lines, and these are also there inside macro bodies.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The root of the repository, asked for at run time: a target folder that several checkouts share
/// may hold the binary of another one.
pub fn root() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo names it to its tests");
    Path::new(&tests).join("..")
}

/// The text of a file, by its path from the root; a missing file is a failure.
#[track_caller]
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// Every Rust file of the workspace, in order of path.
pub fn workspace() -> Vec<Source> {
    let mut sources = Vec::new();
    for member in ["node", "protocol", "tests"] {
        collect(&root().join(member), member, &mut sources);
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    mark_outlined_tests(&mut sources);
    assert!(sources.len() > 10, "the walk found only {} files", sources.len());
    sources
}

fn collect(dir: &Path, name: &str, into: &mut Vec<Source>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &path, into);
        } else if path.ends_with(".rs") {
            into.push(Source::parse(&path, &std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// A file reached through `#[cfg(test)] mod name;` is test code, whatever it is called.
fn mark_outlined_tests(sources: &mut [Source]) {
    let prefixes: Vec<String> = sources.iter().flat_map(Source::outlined_tests).collect();
    for source in sources {
        let stem = source.path.trim_end_matches(".rs");
        let inside = |prefix: &String| {
            stem.strip_prefix(prefix.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('/'))
        };
        source.only_tests |= prefixes.iter().any(inside);
    }
}

/// One token; brackets are tokens of their own.
#[derive(Debug)]
pub struct Token {
    /// As written; a bracket is one character.
    pub text: String,
    /// The line where it begins, from 1.
    pub line: usize,
    /// For an opening bracket, the index of the closing one.
    pub close: Option<usize>,
}

/// A file.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The code, comments left out.
    pub tokens: Vec<Token>,
    /// Lines of the items under `#[cfg(test)]`.
    pub inline_tests: Vec<RangeInclusive<usize>>,
    only_tests: bool,
    outlined: Vec<String>,
}

impl Source {
    /// Reads `text` as if it stood in the file `path`.
    #[track_caller]
    pub fn parse(path: &str, text: &str) -> Source {
        let stream = TokenStream::from_str(text).unwrap_or_else(|fault| panic!("{path}: {fault}"));
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        let (inline_tests, outlined) = test_items(&tokens);
        let only_tests = path.starts_with("tests/")
            || path.ends_with("/tests.rs")
            || path.split('/').any(|part| part == "tests" || part == "benches");
        let (path, text) = (path.to_owned(), text.to_owned());
        Source { path, text, tokens, inline_tests, only_tests, outlined }
    }

    /// Whether that line is test code.
    pub fn is_test(&self, line: usize) -> bool {
        self.only_tests || self.inline_tests.iter().any(|range| range.contains(&line))
    }

    /// The file's name without its ending.
    pub fn stem(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// A fault of this file.
    pub fn fault(&self, line: usize, what: impl Into<String>) -> Fault {
        Fault::at(&self.path, line, what)
    }

    /// The paths, without ending, of the modules declared by `#[cfg(test)] mod name;`.
    fn outlined_tests(&self) -> Vec<String> {
        let stem = self.path.trim_end_matches(".rs");
        let dir = match self.stem() {
            "lib" | "main" | "mod" => stem.rsplit_once('/').map_or("", |(dir, _)| dir),
            _ => stem,
        };
        self.outlined.iter().map(|name| format!("{dir}/{name}")).collect()
    }
}

/// A broken rule and its place.
#[derive(Debug)]
pub struct Fault {
    path: String,
    line: usize,
    what: String,
}

impl Fault {
    /// A fault at that line of the file `path`.
    pub fn at(path: &str, line: usize, what: impl Into<String>) -> Fault {
        Fault { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

fn flatten(stream: TokenStream, into: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let TokenTree::Group(group) = tree else {
            into.push(Token { text: tree.to_string(), line, close: None });
            continue;
        };
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        let index = into.len();
        into.push(Token { text: open.to_owned(), line, close: None });
        flatten(group.stream(), into);
        into[index].close = Some(into.len());
        let line = group.span_close().end().line;
        into.push(Token { text: close.to_owned(), line, close: None });
    }
}

/// Whether the tokens from `at` on read `pattern`.
pub fn reads(tokens: &[Token], at: usize, pattern: &[&str]) -> bool {
    tokens.len() >= at + pattern.len()
        && pattern.iter().zip(&tokens[at..]).all(|(text, token)| token.text == *text)
}

/// The index after the item that begins at `at`: behind its `;` or its closing brace.
pub fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        match (token.text.as_str(), token.close) {
            (";", _) => return at + 1,
            ("{", Some(close)) => return close + 1,
            (_, Some(close)) => at = close + 1,
            _ => at += 1,
        }
    }
    tokens.len()
}

fn test_items(tokens: &[Token]) -> (Vec<RangeInclusive<usize>>, Vec<String>) {
    let (mut ranges, mut outlined) = (Vec::new(), Vec::new());
    for at in 0..tokens.len() {
        if !reads(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]"]) {
            continue;
        }
        let end = item_end(tokens, at + 7);
        ranges.push(tokens[at].line..=tokens[end - 1].line);
        if end > 3 && reads(tokens, end - 3, &["mod"]) && tokens[end - 1].text == ";" {
            outlined.push(tokens[end - 2].text.clone());
        }
    }
    (ranges, outlined)
}

#[test]
fn test_code_is_told_from_product_code() {
    let text =
        "//! x\nfn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n fn b() {}\n}\nfn c() {}\n";
    let source = Source::parse("node/src/a.rs", text);
    let tests: Vec<usize> = (1..=8).filter(|line| source.is_test(*line)).collect();
    assert_eq!(tests, [3, 4, 5, 6, 7]);
    assert!(Source::parse("node/src/store/tests.rs", text).is_test(2));
    assert!(Source::parse("tests/src/lib.rs", text).is_test(2));
}

#[test]
fn a_file_declared_under_cfg_test_is_test_code() {
    let parent = Source::parse("node/src/store.rs", "#[cfg(test)]\nmod faults;\nmod rows;\n");
    let child = Source::parse("node/src/store/faults.rs", "fn a() {}");
    let deeper = Source::parse("node/src/store/faults/disk.rs", "fn a() {}");
    let product = Source::parse("node/src/store/rows.rs", "fn a() {}");
    let mut sources = [parent, child, deeper, product];
    mark_outlined_tests(&mut sources);
    assert_eq!(sources.map(|source| source.is_test(1)), [true, true, true, false]);
}

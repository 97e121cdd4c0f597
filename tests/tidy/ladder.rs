//! The import ladder: modules import only from their own step or below, never in a circle, and
//! some never meet at all.
//!
//! Test code may look anywhere. A module that stands on no step is a fault, so that a new one is
//! placed on purpose.

use std::collections::{BTreeMap, BTreeSet};

use crate::assert_none;
use crate::source::{Fault, Source, Token, reads, workspace};

struct Ladder {
    /// The folder whose files and folders are the modules.
    root: &'static str,
    /// From the lowest step up.
    steps: &'static [&'static [&'static str]],
    /// No module on the left imports one on the right.
    apart: &'static [(&'static [&'static str], &'static [&'static str])],
}

const MEANING: &[&str] = &["rules", "transfer", "stay", "residence", "attached", "findings"];
const MOVEMENT: &[&str] = &["exchange"];

/// What the protocol stands on, then the two columns. The derives of `codec` are used by every
/// type with a byte form, so it lies at the bottom.
const PROTOCOL: Ladder = Ladder {
    root: "protocol/src/",
    steps: &[
        &["limits", "time", "codec", "base45"],
        &["id", "private", "refusal"],
        &["seal"],
        &["member", "statement"],
        &["envelope", "pairing", "paper"],
        &["rules", "exchange"],
        &["transfer", "stay", "residence", "attached"],
        &["findings"],
        &["lib"],
    ],
    apart: &[(MEANING, MOVEMENT), (MOVEMENT, MEANING)],
};

/// The shell: only `office` and what starts it up see the store.
const NODE: Ladder = Ladder {
    root: "node/src/",
    steps: &[
        &[
            "config",
            "clock",
            "keys",
            "telemetry",
            "vault",
            "entropy",
            "failpoint",
            "directory",
            "durable",
            "qr",
        ],
        &["store"],
        &["office"],
        &["link", "courier", "web", "control"],
        &["runtime", "demo"],
        &["cli"],
        &["main", "lib"],
    ],
    apart: &[
        (&["link"], &["courier", "web", "control"]),
        (&["courier"], &["link", "web", "control"]),
        (&["web"], &["link", "courier", "control"]),
        (&["control"], &["link", "courier", "web"]),
        (&["link", "courier", "web", "control", "demo", "cli"], &["store"]),
    ],
};

impl Ladder {
    fn step(&self, module: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.contains(&module))
    }

    fn faults(&self, sources: &[Source]) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for source in sources {
            let Some(inner) = source.path.strip_prefix(self.root) else { continue };
            let module = inner.split('/').next().unwrap_or_default().trim_end_matches(".rs");
            let Some(step) = self.step(module) else {
                faults.push(source.fault(1, format!("`{module}` stands on no step of the ladder")));
                continue;
            };
            for import in imports(source, depth(inner)) {
                if import.name == module || source.is_test(import.line) {
                    continue;
                }
                if let Some(why) = self.forbids(module, step, import.name) {
                    faults.push(source.fault(import.line, why));
                }
                below.entry(module).or_default().insert(import.name);
            }
        }
        if let Some(modules) = circle(below) {
            let what = format!("import each other in a circle: {}", modules.join(", "));
            faults.push(Fault::at(self.root, 1, what));
        }
        faults
    }

    fn forbids(&self, module: &str, step: usize, import: &str) -> Option<String> {
        let Some(below) = self.step(import) else {
            return Some(format!("`{module}` imports `{import}`, which stands on no step"));
        };
        let apart =
            |(from, to): &(&[&str], &[&str])| from.contains(&module) && to.contains(&import);
        if below > step {
            Some(format!("`{module}` (step {step}) imports upward from `{import}` (step {below})"))
        } else if self.apart.iter().any(apart) {
            Some(format!("`{module}` never imports `{import}`"))
        } else {
            None
        }
    }
}

struct Import<'a> {
    name: &'a str,
    line: usize,
}

/// How many modules a file lies below the crate's root.
fn depth(inner: &str) -> usize {
    match inner.trim_end_matches(".rs") {
        "lib" | "main" => 0,
        path => path.trim_end_matches("/mod").split('/').count(),
    }
}

/// The top-level modules that the file names, through `crate::` or enough of `super::`.
fn imports(source: &Source, depth: usize) -> Vec<Import<'_>> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    let mut inline: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        inline.retain(|close| *close > at);
        if tokens[at].text == "mod" && reads(tokens, at + 2, &["{"]) {
            inline.extend(tokens[at + 2].close);
        }
        let root = match tokens[at].text.as_str() {
            "crate" if reads(tokens, at + 1, &[":", ":"]) => Some(at + 3),
            "super" => supers(tokens, &mut at, depth + inline.len()),
            _ => None,
        };
        if let Some(root) = root {
            heads(tokens, root, &mut found);
        }
        at += 1;
    }
    found
}

/// Walks over `super::super::…`; the index behind it if it reached the crate's root.
fn supers(tokens: &[Token], at: &mut usize, depth: usize) -> Option<usize> {
    let mut climbed = 1;
    while reads(tokens, *at + 1, &[":", ":", "super"]) {
        *at += 3;
        climbed += 1;
    }
    (climbed >= depth && reads(tokens, *at + 1, &[":", ":"])).then_some(*at + 3)
}

/// The first name of the path at `at`, or of each path in the braces there.
fn heads<'a>(tokens: &'a [Token], at: usize, found: &mut Vec<Import<'a>>) {
    let Some(token) = tokens.get(at) else { return };
    let Some(close) = token.close else {
        if token.text != "*" {
            found.push(Import { name: &token.text, line: token.line });
        }
        return;
    };
    let mut next = at + 1;
    while next < close {
        heads(tokens, next, found);
        while next < close && tokens[next].text != "," {
            next = tokens[next].close.unwrap_or(next) + 1;
        }
        next += 1;
    }
}

/// The modules that import each other in a circle: those that stay when every module that
/// imports none of the rest is taken away.
fn circle<'a>(mut below: BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    loop {
        let rest: BTreeSet<&str> = below.keys().copied().collect();
        below.retain(|_, imports| !imports.is_disjoint(&rest));
        if below.len() == rest.len() {
            return (!rest.is_empty()).then(|| rest.into_iter().collect());
        }
    }
}

#[test]
fn the_tree_holds_the_ladder() {
    let sources = workspace();
    assert_none(&PROTOCOL.faults(&sources));
    assert_none(&NODE.faults(&sources));
}

/// How many faults the ladder finds in one file.
fn planted(ladder: &Ladder, path: &str, text: &str) -> usize {
    ladder.faults(&[Source::parse(path, text)]).len()
}

#[test]
fn an_import_upward_is_found_in_every_form() {
    for text in [
        "use crate::transfer::State;",
        "use crate::{limits::X, transfer::{State, origin}};",
        "use super::transfer;",
        "fn f() { crate::transfer::decide() }",
        "mod inner { use super::super::transfer::X; }",
        "macro_rules! m { () => { $crate::transfer::X } }",
    ] {
        assert_eq!(planted(&PROTOCOL, "protocol/src/envelope.rs", text), 1, "{text}");
    }
    let deep = "use super::super::exchange::Feed;";
    assert_eq!(planted(&PROTOCOL, "protocol/src/statement/custody.rs", deep), 1);
}

#[test]
fn what_lies_below_or_inside_may_be_imported() {
    let text = "use crate::seal::Seal; use super::limits::A; pub(crate) use self::x::Y;
        mod inner { use super::help; } // use crate::transfer::X;
        #[cfg(test)] mod tests { use crate::transfer::X; }";
    assert_eq!(planted(&PROTOCOL, "protocol/src/envelope.rs", text), 0);
    let inside = "use super::custody::X; use super::super::seal::Y; use crate::statement::Z;";
    assert_eq!(planted(&PROTOCOL, "protocol/src/statement/kind.rs", inside), 0);
}

#[test]
fn meaning_and_movement_and_the_doors_stay_apart() {
    assert_eq!(planted(&PROTOCOL, "protocol/src/exchange/feed.rs", "use crate::rules::X;"), 1);
    assert_eq!(planted(&PROTOCOL, "protocol/src/transfer/state.rs", "use crate::exchange::X;"), 1);
    assert_eq!(planted(&NODE, "node/src/web/mod.rs", "use crate::link::X;"), 1);
    assert_eq!(planted(&NODE, "node/src/cli/demo.rs", "use crate::store::X;"), 1);
    assert_eq!(planted(&NODE, "node/src/cli/demo.rs", "use crate::{link, control};"), 0);
    assert_eq!(planted(&NODE, "node/src/runtime.rs", "use crate::store::X;"), 0);
}

#[test]
fn a_module_without_a_step_and_a_circle_are_found() {
    assert_eq!(planted(&NODE, "node/src/novelty.rs", "//! x"), 1);
    assert_eq!(planted(&NODE, "node/src/office.rs", "use crate::novelty::X;"), 1);
    let circle = [
        Source::parse("node/src/keys.rs", "use crate::vault::X;"),
        Source::parse("node/src/vault.rs", "use crate::entropy::X;"),
        Source::parse("node/src/entropy.rs", "use crate::keys::X;"),
    ];
    let faults = NODE.faults(&circle);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].to_string().contains("entropy, keys, vault"), "{}", faults[0]);
}

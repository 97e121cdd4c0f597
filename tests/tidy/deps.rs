//! What may enter the dependency tree, checked against the lists of `deny.toml` without network.
//!
//! Sources are checked over the whole lock file; bans (with the version floors below which an
//! advisory applies) and licences over what the targets of `[graph]` really build. The advisory
//! database is not consulted here: that needs `cargo deny check` on a machine with network
//! (CONTRIBUTING.md).

use std::process::Command;

use semver::{Version, VersionReq};
use toml::Table;

use crate::assert_none;
use crate::source::{read, root};

/// What `protocol` does without, directly or through others: the outside world.
const IMPURE: &[&str] = &[
    "getrandom",
    "log",
    "mio",
    "quinn",
    "rand",
    "rusqlite",
    "rustls",
    "socket2",
    "tokio",
    "tracing",
];

fn deny() -> Table {
    read("deny.toml").parse().unwrap()
}

/// The entries of a list in `deny.toml`, such as `licenses.allow`; a missing list is a failure.
#[track_caller]
fn list<'a>(deny: &'a Table, section: &str, key: &str) -> &'a [toml::Value] {
    let found = deny.get(section).and_then(|section| section.get(key)).and_then(|v| v.as_array());
    found.unwrap_or_else(|| panic!("deny.toml has no list {section}.{key}"))
}

fn texts<'a>(deny: &'a Table, section: &str, key: &str) -> Vec<&'a str> {
    list(deny, section, key).iter().map(|text| text.as_str().unwrap()).collect()
}

/// What Cargo prints.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(std::env::var_os("CARGO").expect("cargo runs its tests"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Packages of the lock file that come from elsewhere than the allowed registries.
fn strangers(lock: &str, deny: &Table) -> Vec<String> {
    let allowed = texts(deny, "sources", "allow-registry");
    let lock: Table = lock.parse().unwrap();
    // Packages of this workspace have no source.
    let sources = lock["package"].as_array().unwrap().iter().filter_map(|p| p.get("source"));
    sources
        .map(|source| source.as_str().unwrap())
        .filter(|source| !allowed.iter().any(|a| source.strip_prefix("registry+") == Some(a)))
        .map(|source| format!("Cargo.lock: a package comes from {source}"))
        .collect()
}

/// What every line of `cargo tree` says, and what [`faults`] reads.
const FORMAT: &str = "{p};{l};";

/// The packages that are built for `target`, tools and tests among them, a line each.
fn tree(target: &str) -> Vec<String> {
    let printed = cargo(&[
        "tree",
        "--locked",
        "--workspace",
        "--target",
        target,
        "--prefix",
        "none",
        "-f",
        FORMAT,
    ]);
    let lines = printed.lines().filter(|line| !line.is_empty());
    let mut lines: Vec<String> =
        lines.map(|line| line.trim_end_matches(" (*)").to_owned()).collect();
    lines.sort();
    lines.dedup();
    lines
}

/// What is wrong with a package: that it is banned, or its licence.
fn faults(line: &str, deny: &Table) -> Vec<String> {
    let [package, licence, _] = line.split(';').collect::<Vec<_>>()[..] else {
        return vec![format!("not a package: {line}")];
    };
    let mut words = package.split(' ');
    let name = words.next().unwrap_or_default();
    let version: Version = words.next().and_then(|v| v.strip_prefix('v')?.parse().ok()).unwrap();
    let mut faults = Vec::new();
    for ban in list(deny, "bans", "deny") {
        let spec = ban["crate"].as_str().unwrap();
        let (banned, versions) = spec.split_once(':').unwrap_or((spec, "*"));
        if banned == name && VersionReq::parse(versions).unwrap().matches(&version) {
            faults.push(format!("{name} {version} is banned: {}", ban["reason"]));
        }
    }
    if !permitted(licence, &texts(deny, "licenses", "allow")) {
        faults.push(format!("{name} {version} has the licence `{licence}`"));
    }
    faults
}

/// Whether the licence expression can be met with the allowed ones alone.
fn permitted(licence: &str, allowed: &[&str]) -> bool {
    // Some manifests still separate alternatives with a slash.
    let mode = spdx::ParseMode { allow_slash_as_or_operator: true, ..spdx::ParseMode::STRICT };
    let allowed: Vec<_> = allowed.iter().map(|name| spdx::Licensee::parse(name).unwrap()).collect();
    spdx::Expression::parse_mode(licence, mode)
        .is_ok_and(|terms| terms.evaluate(|term| allowed.iter().any(|name| name.satisfies(term))))
}

/// The crates of the outside world in what `cargo tree --prefix none` prints.
fn impurities(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name);
    names.filter(|name| IMPURE.contains(name)).collect()
}

#[test]
fn the_tree_keeps_to_deny_toml() {
    let deny = deny();
    assert_none(&strangers(&read("Cargo.lock"), &deny));
    for target in texts(&deny, "graph", "targets") {
        let tree = tree(target);
        assert!(tree.len() > 50, "only {} packages for {target}", tree.len());
        assert_none(&tree.iter().flat_map(|line| faults(line, &deny)).collect::<Vec<_>>());
    }
}

#[test]
fn the_protocol_does_not_reach_the_outside_world() {
    let format = ["tree", "--locked", "-p", "dukou-protocol", "-e", "normal", "--prefix", "none"];
    let tree = cargo(&format);
    assert!(tree.lines().count() > 5, "{tree}");
    assert_none(&impurities(&tree));
}

#[test]
fn every_ban_and_exception_says_why_and_means_what_it_says() {
    let deny = deny();
    for ban in list(&deny, "bans", "deny") {
        let exact = ban["crate"].as_str().unwrap().contains('@');
        assert!(!exact, "cargo-deny reads `@` as one exact version, use `:` in {ban}");
    }
    for entry in list(&deny, "bans", "deny").iter().chain(list(&deny, "advisories", "ignore")) {
        let reason = entry.get("reason").and_then(|reason| reason.as_str()).unwrap_or_default();
        assert!(reason.len() > 10, "no reason: {entry}");
    }
}

#[test]
fn a_version_below_its_floor_is_found() {
    let found = |package: &str| faults(&format!("{package};MIT;"), &deny());
    assert_eq!(found("quinn-proto v0.11.15"), [""; 0]);
    let below = found("quinn-proto v0.11.14");
    assert!(below.len() == 1 && below[0].contains("RUSTSEC-2026-0037"), "{below:?}");
    assert_eq!(found("ring v0.17.14 (*)").len(), 1);
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    let found = |licence: &str| faults(&format!("a v1.0.0 (proc-macro);{licence};"), &deny()).len();
    for fine in ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(ISC OR MPL-2.0) AND Zlib"] {
        assert_eq!(found(fine), 0, "{fine}");
    }
    for foul in ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "Custom", ""] {
        assert_eq!(found(foul), 1, "{foul}");
    }
}

#[test]
fn a_package_from_elsewhere_is_found() {
    let found = |source: &str| {
        let lock = format!("[[package]]\nname = \"a\"\n[[package]]\nsource = \"{source}\"\n");
        strangers(&lock, &deny()).len()
    };
    assert_eq!(found("registry+https://github.com/rust-lang/crates.io-index"), 0);
    assert_eq!(found("registry+https://example.com/index"), 1);
    assert_eq!(found("git+https://example.com/quinn#0a1b"), 1);
}

#[test]
fn a_crate_of_the_outside_world_is_found() {
    let tree = "dukou-protocol v0.1.0 (/src)\nsha2 v0.11.1\ntokio v1.54.1 (*)\n";
    assert_eq!(impurities(tree), ["tokio"]);
}

//! What may enter the dependency tree, checked against the lists of `deny.toml` without network.
//!
//! Sources, bans (with the version floors below which an advisory applies) and licences are checked
//! over what the targets of `[graph]` use. The advisory database is not consulted here: that needs
//! `cargo deny check` on a machine with network (CONTRIBUTING.md).

use std::process::Command;

use semver::{Version, VersionReq};
use serde_json::Value;
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

/// The packages that `target` uses, ours among them.
fn packages(target: &str) -> Vec<Value> {
    let format = ["metadata", "--locked", "--format-version", "1", "--filter-platform", target];
    let mut metadata: Value = serde_json::from_str(&cargo(&format)).unwrap();
    serde_json::from_value(metadata["packages"].take()).unwrap()
}

/// What is wrong with a package: where it comes from, that it is banned, its licence.
fn faults(package: &Value, deny: &Table) -> Vec<String> {
    let text = |key: &str| package[key].as_str();
    let (name, version) = (text("name").unwrap(), text("version").unwrap());
    let mut faults = Vec::new();
    // Packages of this workspace have no source.
    if let Some(source) = text("source") {
        let allowed = texts(deny, "sources", "allow-registry");
        if !allowed.iter().any(|registry| source.strip_prefix("registry+") == Some(registry)) {
            faults.push(format!("{name} {version} comes from {source}"));
        }
    }
    let parsed: Version = version.parse().unwrap();
    for ban in list(deny, "bans", "deny") {
        let spec = ban["crate"].as_str().unwrap();
        let (banned, versions) = spec.split_once(':').unwrap_or((spec, "*"));
        if banned == name && VersionReq::parse(versions).unwrap().matches(&parsed) {
            faults.push(format!("{name} {version} is banned: {}", ban["reason"]));
        }
    }
    let licence = text("license").unwrap_or("no licence named");
    if !permitted(licence, &texts(deny, "licenses", "allow")) {
        faults.push(format!("{name} {version}: {licence}"));
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
    for target in texts(&deny, "graph", "targets") {
        let packages = packages(target);
        assert!(packages.len() > 50, "only {} packages for {target}", packages.len());
        assert_none(&packages.iter().flat_map(|p| faults(p, &deny)).collect::<Vec<_>>());
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

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// How many faults a package has.
fn planted(version: &str, source: &str, licence: &str) -> usize {
    let package = serde_json::json!({
        "name": "quinn-proto", "version": version, "source": source, "license": licence,
    });
    faults(&package, &deny()).len()
}

#[test]
fn a_version_below_its_floor_and_a_foreign_source_are_found() {
    assert_eq!(planted("0.11.15", CRATES_IO, "MIT"), 0);
    assert_eq!(planted("0.11.14", CRATES_IO, "MIT"), 1);
    assert_eq!(planted("0.11.15", "git+https://example.com/quinn", "MIT"), 1);
    assert_eq!(planted("0.11.15", "registry+https://example.com/index", "MIT"), 1);
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    for fine in ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(ISC OR MPL-2.0) AND Zlib"] {
        assert_eq!(planted("1.0.0", CRATES_IO, fine), 0, "{fine}");
    }
    for foul in ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "Custom", ""] {
        assert_eq!(planted("1.0.0", CRATES_IO, foul), 1, "{foul}");
    }
    let silent = serde_json::json!({"name": "a", "version": "1.0.0", "license": null});
    assert_eq!(faults(&silent, &deny()).len(), 1);
}

#[test]
fn a_crate_of_the_outside_world_is_found() {
    let tree = "dukou-protocol v0.1.0 (/src)\nsha2 v0.11.1\ntokio v1.54.1 (*)\n";
    assert_eq!(impurities(tree), ["tokio"]);
}

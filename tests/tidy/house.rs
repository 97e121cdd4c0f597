//! What the front door promises: the commands that a newcomer types, the steps that CI runs, and
//! that every link of the pages at the root leads somewhere.

use crate::assert_none;
use crate::source::{read, root};

/// On the README's first screen, each on a line of its own.
const README_COMMANDS: &[&str] = &["cargo run --release -- demo", "cargo test --workspace"];
const README_SCREEN_LINES: usize = 40;

/// The steps of `.ci/run` that no change may drop.
const CI_STEPS: &[&str] = &[
    "cargo fmt --all --check",
    "cargo clippy --workspace --all-targets --locked -- -D warnings",
    "cargo test --workspace --locked",
    "cargo sim --seeds 2000",
    "cargo run --release --locked -- demo --once",
];

/// Pages at the root whose links must lead somewhere.
const PAGES: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

const CHANGELOG_HEADING: &str = "## [Unreleased]";

fn readme_faults(readme: &str) -> Vec<String> {
    let screen: Vec<&str> = readme.lines().take(README_SCREEN_LINES).collect();
    let missing = README_COMMANDS
        .iter()
        .filter(|command| !screen.contains(command))
        .map(|command| format!("README.md: `{command}` is not on the first screen"));
    missing.collect()
}

/// The commands behind `step NAME --`, where the script runs them in any case.
fn steps(script: &str) -> Vec<&str> {
    let steps = script.lines().filter_map(|line| line.strip_prefix("step ")?.split_once(" -- "));
    steps.map(|(_, command)| command).collect()
}

fn ci_faults(script: &str) -> Vec<String> {
    let steps = steps(script);
    let missing = CI_STEPS.iter().filter(|step| !steps.contains(step));
    let mut faults: Vec<String> =
        missing.map(|step| format!(".ci/run: no step `{step}`")).collect();
    if !script.lines().any(|line| line == "set -euo pipefail") {
        faults.push(".ci/run: goes on after a failure".to_owned());
    }
    faults
}

/// Links of the form `](path)` to files that are not there.
fn broken_links<'a>(page: &'a str, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let paths = targets.map(|(path, _)| path).filter(|path| !path.starts_with("https://"));
    let broken = paths.filter(|path| !root().join(path).exists());
    broken.map(move |path| format!("{page}: {path} does not exist"))
}

#[test]
fn every_link_leads_somewhere() {
    let broken = |page: &&str| broken_links(page, &read(page)).collect::<Vec<_>>();
    assert_none(&PAGES.iter().flat_map(broken).collect::<Vec<_>>());
}

#[test]
fn a_broken_link_is_found() {
    let text = "[a](Cargo.toml) [b](https://example.com) [c](gone.md) [d](tests/tidy)";
    let broken: Vec<String> = broken_links("README.md", text).collect();
    assert_eq!(broken, ["README.md: gone.md does not exist"]);
}

#[test]
fn the_front_door_keeps_its_promises() {
    assert_none(&readme_faults(&read("README.md")));
    assert_none(&ci_faults(&read(".ci/run")));
    assert!(read(".github/workflows/ci.yml").contains("run: bash .ci/run"));
    assert!(read("CHANGELOG.md").lines().any(|line| line == CHANGELOG_HEADING));
}

#[test]
fn a_missing_command_and_a_missing_step_are_found() {
    let readme = "# x\ncargo run --release -- demo  # x\ncargo test --workspace\n";
    assert_eq!(readme_faults(readme).len(), 1);
    assert_eq!(readme_faults(&format!("{}{readme}", "\n".repeat(README_SCREEN_LINES))).len(), 2);
    let script = read(".ci/run");
    for step in CI_STEPS {
        let without = script.replace(step, "true");
        assert_eq!(ci_faults(&without), [format!(".ci/run: no step `{step}`")]);
        let conditional = script.replace("\nstep ", "\n    step ");
        assert_eq!(ci_faults(&conditional).len(), CI_STEPS.len());
    }
    assert_eq!(ci_faults(&script.replace("set -euo pipefail", "")).len(), 1);
}

//! What the front door promises: the commands that a newcomer types, and the steps that CI runs.

use crate::assert_none;
use crate::source::read;

/// On the README's first screen, each on a line of its own.
const README_COMMANDS: &[&str] = &["cargo run --release -- demo", "cargo test --workspace"];
const README_SCREEN_LINES: usize = 40;

/// The steps of `.ci/run` that no change may drop.
const CI_STEPS: &[&str] = &[
    "cargo fmt --all --check",
    "cargo clippy --workspace --all-targets --locked -- -D warnings",
    "cargo test --workspace --locked",
    "cargo run --release --locked -- demo --once",
];

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

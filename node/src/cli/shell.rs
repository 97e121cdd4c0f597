//! `dukou completion` and `dukou manpage`: what a package installs beside the program.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use protocol::refusal::{Code, Refusal};

use super::arguments::Arguments;
use super::ask::Problem;
use super::console::Console;

/// Prints the completion script for `shell`.
pub(super) fn completion(
    shell: clap_complete::Shell,
    console: &mut Console<'_>,
) -> Result<u8, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "dukou", &mut script);
    console.bytes(&script);
    Ok(0)
}

/// Writes one page for every command into `dir`, which is created.
pub(super) fn manpages(dir: &Path, console: &mut Console<'_>) -> Result<u8, Problem> {
    let written =
        fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(Arguments::command(), dir));
    written.map_err(|fault| Refusal::about(Code::Usage, format!("{}: {fault}", dir.display())))?;
    console.result(&dir.display().to_string());
    Ok(0)
}

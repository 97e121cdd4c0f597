//! What is asked on the command line: by a person, or by `cargo test` for every test binary.

use std::ops::Range;

/// How to ask.
pub const USAGE: &str = "cargo kill [--runs N] [--seed S] [--kills K]";

/// The name under which a filter of `cargo test NAME` finds this.
const NAME: &str = "letters_survive_kills";
/// Where seeds begin if nobody says.
const SEED: u64 = 1;
/// Kills of a run that somebody asks for.
const KILLS: usize = 24;
/// Kills of the short run of `cargo test`.
const KILLS_SHORT: usize = 8;

/// How much is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Runs, with one seed each.
    pub runs: u64,
    /// The first seed.
    pub seed: u64,
    /// Most kills of one run; fewer if all is quiet before.
    pub kills: usize,
}

/// What the arguments mean.
pub enum Asked {
    /// To run.
    Run(Options),
    /// A list, or other tests than this one.
    Nothing,
    /// Something else.
    Wrong(String),
}

impl Options {
    /// Reads the arguments behind the program's name. Those that every test binary is given
    /// (`--list`, a filter, flags of the test runner) are understood as far as they matter.
    pub fn from_arguments(arguments: impl Iterator<Item = String>) -> Asked {
        let mut short = Options { runs: 1, seed: SEED, kills: KILLS_SHORT };
        let arguments: Vec<String> = arguments.collect();
        let ours = ["--runs", "--seed", "--kills"];
        if !arguments.iter().any(|argument| ours.contains(&argument.as_str())) {
            let lists = arguments.iter().any(|argument| argument == "--list");
            let filters: Vec<&String> =
                arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
            let meant = filters.is_empty() || filters.iter().any(|filter| NAME.contains(*filter));
            return if lists || !meant { Asked::Nothing } else { Asked::Run(short) };
        }
        short.kills = KILLS;
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let value = arguments.next().and_then(|value| value.parse::<u64>().ok());
            match (name.as_str(), value) {
                ("--runs", Some(runs)) => short.runs = runs,
                ("--seed", Some(seed)) => short.seed = seed,
                ("--kills", Some(kills)) => short.kills = kills as usize,
                _ => return Asked::Wrong(format!("not understood: {name}")),
            }
        }
        Asked::Run(short)
    }

    /// The seeds of all runs.
    pub fn seeds(self) -> Range<u64> {
        self.seed..self.seed.saturating_add(self.runs)
    }
}

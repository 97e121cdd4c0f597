//! A works of 348 people moves while power cuts hit both offices: `cargo kill --runs 100 --seed 1`.
//!
//! Each run starts two real nodes, and clerks at both ends who issue, accept, refuse and withdraw
//! by command, while kill -9 ends either node, or both, at random moments, also while one starts.
//! Once everything is quiet, custody is counted over both nodes, both ends are compared letter by
//! letter, and whatever a command had answered must still hold. The seed fixes the plan and the
//! moments; what they hit depends on the machine, so a seed repeats a run in kind, not in detail.
//!
//! Without arguments, as `cargo test` runs it, one short run is made.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod audit;
mod clerks;
mod dice;
mod ledger;
mod options;
mod reaper;
mod report;
mod run;

use std::panic::catch_unwind;
use std::process::ExitCode;

use options::{Asked, Options};
use report::Totals;

fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Asked::Run(options) => options,
        Asked::Nothing => return ExitCode::SUCCESS,
        Asked::Wrong(what) => {
            println!("{what}\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    let mut totals = Totals::default();
    for seed in options.seeds() {
        match catch_unwind(|| run::run(seed, options.kills)) {
            Ok(outcome) => {
                println!("{}", report::line(seed, &outcome));
                totals.add(&outcome);
            }
            Err(_) => {
                println!("seed {seed} FAILED; to repeat: cargo kill --runs 1 --seed {seed}");
                totals.failed.push(seed);
            }
        }
    }
    println!("{totals}");
    if totals.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! Seeded, deterministic simulation: `cargo sim --seeds N --from S`, and `cargo sim --seed S
//! --trace` for one run again, bit by bit.
//!
//! What runs is the shipped code: the sessions of `protocol::exchange` and the whole of
//! `node::office` over real SQLite files. Replaced are the network ([`wire`]) and the clock; chance
//! is seeded. The QUIC link is not in it; [`talk`] stands in its place. A run has a safety phase,
//! in which people work while everything goes wrong, and a liveness phase, in which nothing goes
//! wrong any more and every letter must come to rest with the same word at both ends ([`run`]).
//!
//! After every commit, what the node durably has is read from its database file ([`disk`]) and
//! compared with a reference that knows the rules as sets of statements and nothing of the shipped
//! transitions ([`ledger`]); then all nodes together with the promises ([`judge`]). What was met on
//! the way is counted ([`sights`]): a fault that never happens tests nothing.
//!
//! `docs/simulation.md` says which guards were taken away to see the simulation fail.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod commits;
mod dice;
mod disk;
mod judge;
mod ledger;
mod node;
mod people;
mod race;
mod run;
mod search;
mod sights;
mod swarm;
mod talk;
mod template;
mod trouble;
mod wire;
mod world;

use std::process::ExitCode;

use search::{Found, search};

/// Seeds that once failed, for ever.
const REGRESSIONS: &str = include_str!("regressions.txt");

/// Seeds of a plain `cargo test`; `.ci/run` asks for more.
const SEEDS: u64 = 100;

/// One of the checks of a plain run, by name, as `cargo test NAME` chooses them.
struct Check(&'static str, fn() -> Result<(), String>);

const CHECKS: [Check; 4] = [
    Check("fixed_seeds_hold", fixed_seeds_hold),
    Check("seeds_that_once_failed_hold", seeds_that_once_failed_hold),
    Check("a_seed_replays_bit_by_bit", a_seed_replays_bit_by_bit),
    Check("a_withdraw_racing_an_accept_leaves_one_holder", race::leaves_one_holder),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| -> Option<u64> {
        let place = arguments.iter().position(|argument| argument == name)?;
        Some(arguments.get(place + 1)?.parse().expect("a number behind the option"))
    };
    if arguments.iter().any(|argument| argument == "--list") {
        CHECKS.iter().for_each(|Check(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    if let Some(seed) = number("--seed") {
        return replay(seed, arguments.iter().any(|argument| argument == "--trace"));
    }
    if let Some(seeds) = number("--seeds") {
        let found = search(number("--from").unwrap_or(0), seeds);
        return told(&found.report(), found.judged());
    }
    checks(&arguments)
}

fn told(report: &str, judged: Result<(), String>) -> ExitCode {
    println!("{report}");
    match judged {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("FAILED: {why}");
            ExitCode::FAILURE
        }
    }
}

fn replay(seed: u64, trace: bool) -> ExitCode {
    match search::outcome(seed, trace) {
        Ok(outcome) => {
            println!("seed {seed} holds: {} steps, log {:016x}", outcome.steps, outcome.hash);
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("seed {seed} FAILED: {why}");
            ExitCode::FAILURE
        }
    }
}

fn checks(arguments: &[String]) -> ExitCode {
    let names: Vec<&String> = arguments.iter().filter(|one| !one.starts_with('-')).collect();
    let chosen = |name: &str| names.is_empty() || names.iter().any(|one| name.contains(*one));
    let mut failed = false;
    for Check(name, check) in CHECKS.iter().filter(|Check(name, _)| chosen(name)) {
        let result = check();
        println!("check {name} ... {}", if result.is_ok() { "ok" } else { "FAILED" });
        if let Err(why) = result {
            println!("{why}");
            failed = true;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn fixed_seeds_hold() -> Result<(), String> {
    let found: Found = search(0, SEEDS);
    println!("{}", found.report());
    found.judged()
}

fn seeds_that_once_failed_hold() -> Result<(), String> {
    for line in REGRESSIONS.lines().filter(|line| !line.starts_with('#')) {
        let seed = line.split_whitespace().next().unwrap_or_default();
        let seed = seed.parse().expect("a seed in front of each line");
        search::outcome(seed, false).map_err(|why| format!("seed {seed}: {why}"))?;
    }
    Ok(())
}

fn a_seed_replays_bit_by_bit() -> Result<(), String> {
    let mut hashes = std::collections::BTreeSet::new();
    for seed in 1_000..1_012 {
        let once = search::outcome(seed, false)?;
        let again = search::outcome(seed, false)?;
        if once != again {
            return Err(format!("seed {seed}: {:016x} and {:016x}", once.hash, again.hash));
        }
        hashes.insert(once.hash);
    }
    if hashes.len() == 12 { Ok(()) } else { Err("two seeds have one log".to_owned()) }
}

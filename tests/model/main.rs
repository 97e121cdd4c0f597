//! The rules of `SPEC.md` §4 as a state machine, searched to the end by stateright: `cargo model`.
//!
//! What is searched is the shipped code. Every statement is made, hashed and (in proofs) sealed by
//! `protocol`; every decision is that of `protocol::transfer`; a state holds three bytes for each
//! ([`catalogue`]). Written here a second time is only what the office does around them
//! ([`rules`]), and which rows a roster has, read from the sets by R-54 ([`book`]).
//!
//! The network is everything that was ever signed: it may come now, later, twice, never, and in
//! any order ([`moves`]). That is more than feeds allow, so it covers paper, on which an Offer
//! comes before what precedes it. A statement that comes before the one it answers waits. A crash
//! loses nothing, for nothing is volatile, and so is a delay. Re-routing is a Void and an Offer; to
//! withdraw, to declare lost and to expire by hand is a Void at any time.
//!
//! What must hold is in [`promises`], what must have been met on the way in [`sights`], and what is
//! found when a guard is taken away in [`guard`]. Two guards are behind others, so that nothing
//! shows when they alone are gone: a Release only by the holder, and one Accept at a time. The
//! searches show that, and that something breaks when the guard before them is gone as well.
//!
//! In some searches a node is gone for good at any time, and others put a successor in its place
//! ([`succession`]). What it held is lost with it and not asked for: only what it owed.
//!
//! Not searched: restores from backup and new lives of a feed, the end of a membership, the
//! same person under two references, erased blocks, the feeds themselves (their order, seals
//! and forks: those are for `protocol`'s own tests), more than one member, four nodes, and a
//! malicious holder that hands one generation to two nodes, which no proof can show.
#![allow(clippy::unwrap_used)]

mod book;
mod catalogue;
mod guard;
mod malice;
mod moves;
mod promises;
mod rules;
mod sights;
mod sizes;
mod succession;
#[path = "../../protocol/tests/world/mod.rs"]
mod world;

use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use guard::{Guard, MUTANTS, Mutant, UNSEEN};
use moves::{HandOver, Size};
use promises::PROMISES;

/// Searches to the end; every promise holds in every state.
fn exhaust(size: Size, missing: &'static [Guard]) {
    let began = Instant::now();
    let checker = HandOver::new(size, missing).checker().spawn_bfs().join();
    report(size.name, &checker, began);
    let found = checker.discoveries();
    let broken: Vec<_> = PROMISES
        .iter()
        .filter_map(|promise| Some(format!("{}\n{:?}", promise.name, found.get(promise.name)?)))
        .collect();
    assert!(broken.is_empty(), "{}: {}", size.name, broken.join("\n"));
    assert!(checker.is_done(), "{}: not searched to the end", size.name);
    let unseen: Vec<_> = sights::expected(&size)
        .map(|one| one.name)
        .filter(|one| !found.contains_key(one))
        .collect();
    assert!(unseen.is_empty(), "{}: never came across {unseen:?}", size.name);
}

/// Finds the promise that the mutant breaks.
fn catch(mutant: &Mutant) -> bool {
    let began = Instant::now();
    let wanted = HasDiscoveries::AnyOf([mutant.broken].into());
    let model = HandOver::new(mutant.size, mutant.missing);
    let checker = model.checker().finish_when(wanted).spawn_bfs().join();
    report(mutant.name, &checker, began);
    let steps = checker.discovery(mutant.broken).map(|path| path.into_actions().len());
    match steps {
        Some(steps) => say(&format!("    caught in {steps} steps: {}", mutant.broken)),
        None => say("    NOT caught"),
    }
    steps.is_some()
}

fn report(name: &str, checker: &impl Checker<HandOver>, began: Instant) {
    let (generated, unique) = (checker.state_count(), checker.unique_state_count());
    let seconds = began.elapsed().as_secs_f64();
    let depth = checker.max_depth();
    say(&format!("{name}: {generated} generated, {unique} unique, depth {depth}, {seconds:.1} s"));
}

/// The counts are what the search is run for.
#[expect(clippy::print_stdout)]
fn say(line: &str) {
    println!("{line}");
}

macro_rules! exhausted {
    ($($(#[$attribute:meta])* $test:ident $size:ident;)*) => {
        $(#[test] $(#[$attribute])* fn $test() { exhaust(sizes::$size, &[]); })*
    };
}

exhausted! {
    pair_one_letter PAIR_ONE;
    pair_two_letters PAIR_TWO;
    pair_three_letters PAIR_THREE;
    trio_two_letters TRIO_TWO;
    trio_two_letters_to_the_last_day TRIO_TWO_CLOCKS;
    trio_three_letters TRIO_THREE;
    trio_onward_home_and_out_again TRIO_ROUND;
    destination_gone_and_succeeded NEW_DESTINATION;
    destination_gone_and_addressed_anew NEW_ADDRESSEE;
    origin_gone_and_succeeded NEW_ORIGIN;
    trio_two_letters_destination_gone TRIO_MORTAL;
    malicious_destination MALICE_PAIR;
    malicious_destination_offers_onward MALICE_TWO;
    malicious_destination_among_three_letters MALICE_THREE;
    malicious_destination_offers_again MALICE_AGAIN;
    malicious_destination_names_a_successor PUPPET;
    #[ignore = "a longer search"]
    pair_three_letters_to_the_last_day PAIR_THREE_CLOCKS;
    #[ignore = "a longer search"]
    pair_four_letters PAIR_FOUR;
}

#[test]
fn every_mutant_is_caught() {
    let missed: Vec<_> =
        MUTANTS.iter().filter(|mutant| !catch(mutant)).map(|mutant| mutant.name).collect();
    assert!(missed.is_empty(), "not caught: {missed:?}");
    assert!(guard::untested().is_empty(), "no mutant for {:?}", guard::untested());
}

#[test]
fn mutants_said_to_be_unseen_are() {
    UNSEEN.iter().for_each(|mutant| exhaust(mutant.size, mutant.missing));
}

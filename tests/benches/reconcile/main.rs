//! What comparing two sets of a million positions costs, beside the least that it could.
//!
//! `cargo bench --workspace --bench reconcile` plants differences, half of them as changed
//! positions (two differences each) and half as positions of one side alone, lets two runs talk in
//! the bytes of the wire, and checks that both sides name exactly what was planted. CPU is that of
//! the one thread that steps a side; scans count, and keeping the sketch up to date has a column of
//! its own. Nothing is asserted about times; `docs/performance.md` says how to read the figures.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod side;

use std::collections::BTreeSet;

use protocol::exchange::reconcile::run::{Event, Outcome};
use side::{Planted, Side, thread_ms};

const DIFFERENCES: [u64; 6] = [0, 1, 10, 100, 1_000, 10_000];

fn main() {
    let positions = std::env::var("DUKOU_RECONCILE_POSITIONS")
        .map_or(1_000_000, |number| number.parse().unwrap());
    println!("{positions} positions; kept {} KB a pair", side::kept_bytes() / 1_024);
    let start = thread_ms();
    let base = side::derive(positions, &Planted::default(), side::KEPT);
    println!("a scan of all positions takes {:.0} ms of CPU", thread_ms() - start);
    println!(
        "{:>7} {:>6} {:>9} {:>8} {:>7} {:>10} {:>10} {:>9}",
        "differ", "rounds", "bytes", "B/diff", "floor", "asker ms", "asked ms", "plant µs"
    );
    for differences in DIFFERENCES {
        let planted = Planted::new(positions, differences);
        let start = thread_ms();
        let asked = base.with(&planted);
        let plant_us = (thread_ms() - start) * 1_000.0 / (differences.max(1) as f64);
        // The kernel counts CPU in steps far longer than a short comparison takes.
        let repeats = if differences <= 100 { 1_000 } else { 1 };
        let talks: Vec<_> = (0..repeats)
            .map(|_| talk([Side::ask(&base), Side::answer(&asked, &planted)]))
            .collect();
        let mean =
            |side: usize| talks.iter().map(|ends| ends[side].0).sum::<f64>() / repeats as f64;
        let (asker_ms, asked_ms) = (mean(0), mean(1));
        let [asker, asked] = talks.into_iter().next_back().unwrap();
        for (_, outcome) in [&asker, &asked] {
            let found: BTreeSet<_> = outcome.locators.iter().copied().collect();
            assert_eq!(found, planted.locators(), "exactly what was planted");
        }
        let (bytes, rounds) = (asker.1.bytes, asker.1.rounds);
        println!(
            "{differences:>7} {rounds:>6} {bytes:>9} {:>8.1} {:>7.1} {:>10.3} {:>10.3} {:>9.2}",
            bytes as f64 / differences.max(1) as f64,
            floor_bytes(differences),
            asker_ms,
            asked_ms,
            plant_us,
        );
    }
    println!("most memory of both sides and their sets: {} MB", side::peak_mb());
}

/// Steps both sides to their end: CPU in milliseconds and what it came to, for each.
fn talk(mut sides: [Side; 2]) -> [(f64, Outcome); 2] {
    let mut ends = [(0.0, None), (0.0, None)];
    loop {
        let mut idle = true;
        for at in 0..2 {
            let start = thread_ms();
            while let Some(event) = sides[at].run.poll_event() {
                idle = false;
                match event {
                    Event::Scan => sides[at].scan(),
                    Event::Done(outcome) => ends[at].1 = Some(outcome),
                }
            }
            let frames: Vec<_> = std::iter::from_fn(|| sides[at].run.poll_frame()).collect();
            ends[at].0 += thread_ms() - start;
            let start = thread_ms();
            for frame in frames {
                idle = false;
                sides[1 - at].run.handle_frame(&frame).unwrap();
            }
            ends[1 - at].0 += thread_ms() - start;
        }
        if idle {
            return ends.map(|(ms, outcome)| (ms, outcome.expect("every comparison ends")));
        }
    }
}

/// The fewest bytes a difference that tell any set of so many 64-bit ids: log₂ C(2⁶⁴, d) ⁄ 8d.
fn floor_bytes(differences: u64) -> f64 {
    let d = differences as f64;
    let bits: f64 = (1..=differences).map(|k| 64.0 - (k as f64).log2()).sum();
    if differences == 0 { 0.0 } else { bits / 8.0 / d }
}

//! Many seeds, on every processor, and what they came to.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crate::ledger::Violation;
use crate::run::{Outcome, run};
use crate::sights::{Sight, Sights};

/// Failures after which a search gives up: the first ones are worth most.
const FAILURES_MAX: usize = 20;

/// From so many seeds on, the counts are asked for as well.
const SEEDS_JUDGED: u64 = 100;

/// What a search came to.
pub struct Found {
    from: u64,
    seeds: u64,
    steps: u64,
    seconds: f64,
    sights: Sights,
    failures: BTreeMap<u64, String>,
}

/// Runs one seed; a panic of the node is a failure like any other.
pub fn outcome(seed: u64, trace: bool) -> Result<Outcome, String> {
    match catch_unwind(AssertUnwindSafe(|| run(seed, trace))) {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(Violation(why))) => Err(why),
        Err(cause) => {
            let text = cause.downcast_ref::<String>().cloned();
            let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(format!("panicked: {}", text.unwrap_or_default()))
        }
    }
}

/// Runs the seeds from `from` on.
pub fn search(from: u64, seeds: u64) -> Found {
    let began = Instant::now();
    let next = AtomicU64::new(from);
    let found = Mutex::new(Found {
        from,
        seeds: 0,
        steps: 0,
        seconds: 0.0,
        sights: Sights::default(),
        failures: BTreeMap::new(),
    });
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        return;
                    }
                    let outcome = outcome(seed, false);
                    let mut found = found.lock().unwrap();
                    if found.failures.len() >= FAILURES_MAX {
                        return;
                    }
                    found.add(seed, outcome, began);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.seconds = began.elapsed().as_secs_f64();
    found
}

impl Found {
    fn add(&mut self, seed: u64, outcome: Result<Outcome, String>, began: Instant) {
        self.seeds += 1;
        match outcome {
            Ok(outcome) => {
                self.steps += outcome.steps;
                self.sights.merge(&outcome.sights);
            }
            Err(why) => {
                println!("seed {seed} FAILED: {why}\n    again: cargo sim --seed {seed} --trace");
                self.failures.insert(seed, why);
            }
        }
        if self.seeds.is_multiple_of(1_000) {
            let seconds = began.elapsed().as_secs_f64();
            println!("{} seeds, {} failed, {seconds:.0} s", self.seeds, self.failures.len());
        }
    }

    pub fn report(&self) -> String {
        let mut text = format!(
            "{} seeds from {}: {} steps, {:.1} s\n",
            self.seeds, self.from, self.steps, self.seconds
        );
        for sight in Sight::ALL {
            text.push_str(&format!("{:>9}  {}\n", self.sights.count(*sight), sight.text()));
        }
        text
    }

    /// That no seed failed, and in a search that is long enough, that every fault and every rare
    /// state was met.
    pub fn judged(&self) -> Result<(), String> {
        if !self.failures.is_empty() {
            let seeds: Vec<String> = self.failures.keys().map(u64::to_string).collect();
            return Err(format!("{} seeds: {}", seeds.len(), seeds.join(" ")));
        }
        let missing = self.sights.missing(self.seeds);
        if self.seeds >= SEEDS_JUDGED && !missing.is_empty() {
            return Err(format!("met too rarely: {}", missing.join("; ")));
        }
        Ok(())
    }
}

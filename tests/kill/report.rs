//! What runs came to, in lines for people.

use std::collections::BTreeMap;
use std::fmt;

use crate::reaper::{Kill, Phase};
use crate::run::Outcome;

/// One run.
pub fn line(seed: u64, outcome: &Outcome) -> String {
    format!(
        "seed {seed}: {}; {}; {} answers hold; {:.1} s",
        Kills::of(&outcome.kills),
        states(&outcome.states),
        outcome.acknowledged,
        outcome.took.as_secs_f64(),
    )
}

/// All runs.
#[derive(Debug, Default)]
pub struct Totals {
    /// Seeds of runs in which a promise was broken.
    pub failed: Vec<u64>,
    runs: usize,
    kills: Kills,
    states: BTreeMap<String, usize>,
    acknowledged: usize,
}

impl Totals {
    /// Counts a run in which every promise was kept.
    pub fn add(&mut self, outcome: &Outcome) {
        self.runs += 1;
        self.acknowledged += outcome.acknowledged;
        outcome.kills.iter().for_each(|kill| self.kills.add(kill));
        for (state, count) in &outcome.states {
            *self.states.entry(state.clone()).or_default() += count;
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters: usize = self.states.values().sum();
        write!(f, "{} runs with {letters} letters: lost 0, held twice 0, ", self.runs)?;
        write!(
            f,
            "the same word at both ends for each; {}; {}; ",
            self.kills,
            states(&self.states)
        )?;
        write!(f, "{} answers hold", self.acknowledged)?;
        if !self.failed.is_empty() {
            write!(f, "; FAILED: seeds {:?}", self.failed)?;
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Kills {
    origin: usize,
    destination: usize,
    both: usize,
    phases: BTreeMap<Phase, usize>,
}

impl Kills {
    fn of(kills: &[Kill]) -> Kills {
        let mut counted = Kills::default();
        kills.iter().for_each(|kill| counted.add(kill));
        counted
    }

    fn add(&mut self, kill: &Kill) {
        *match (kill.origin, kill.destination) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.origin,
            (false, _) => &mut self.destination,
        } += 1;
        *self.phases.entry(kill.phase).or_default() += 1;
    }
}

impl fmt::Display for Kills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Kills { origin, destination, both, .. } = self;
        let all = origin + destination + both;
        write!(f, "{all} kills (origin {origin}, destination {destination}, both {both};")?;
        for (index, (phase, count)) in self.phases.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let phase = match phase {
                Phase::Before => "before the first letter",
                Phase::Arriving => "letters arriving",
                Phase::Deciding => "letters to be decided",
                Phase::Settling => "letters under way",
                Phase::Ended => "all ended",
                Phase::Starting => "node starting",
            };
            write!(f, "{comma} {phase} {count}")?;
        }
        write!(f, ")")
    }
}

fn states(states: &BTreeMap<String, usize>) -> String {
    let counted: Vec<String> =
        states.iter().map(|(state, count)| format!("{state} {count}")).collect();
    counted.join(", ")
}

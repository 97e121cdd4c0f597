//! One side: a million invented positions, with some planted differences, and its run.

use std::collections::BTreeSet;
use std::fs;

use protocol::exchange::reconcile::frame::{Place, Stand};
use protocol::exchange::reconcile::position::{Locator, PositionKey, SketchKeys};
use protocol::exchange::reconcile::run::{Run, Snapshot};
use protocol::exchange::reconcile::sketch::{Sketch, Symbol};
use protocol::id::Incarnation;
use protocol::limits::{SKETCH_SYMBOLS_KEPT, SKETCH_SYMBOLS_MAX};
use protocol::time::Timestamp;
use sha2::{Digest, Sha256};

pub const KEPT: usize = SKETCH_SYMBOLS_KEPT;

/// Where the asked side differs: the first positions have another value, and some more follow.
#[derive(Clone, Copy, Default)]
pub struct Planted {
    common: u64,
    changed: u64,
    extra: u64,
}

impl Planted {
    pub fn new(common: u64, differences: u64) -> Planted {
        let changed = differences / 4;
        Planted { common, changed, extra: differences - 2 * changed }
    }

    fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.changed).chain(self.common..self.common + self.extra)
    }

    pub fn locators(&self) -> BTreeSet<Locator> {
        self.numbers().map(|number| key(number).locator()).collect()
    }
}

fn key(number: u64) -> PositionKey {
    PositionKey { kind: 1, id: Sha256::digest(number.to_be_bytes()).into() }
}

/// As long as what a letter's position says.
fn value(number: u64, other: bool) -> [u8; 64] {
    let mut value = [other as u8; 64];
    value[..8].copy_from_slice(&number.to_be_bytes());
    value
}

fn keys() -> SketchKeys {
    SketchKeys::new(&[7; 32])
}

/// A set and the sketch that is kept of it.
#[derive(Clone)]
pub struct Kept {
    positions: u64,
    sketch: Sketch,
}

/// Derives all positions into a sketch.
pub fn derive(positions: u64, planted: &Planted, symbols: usize) -> Kept {
    let keys = keys();
    let mut sketch = Sketch::new(keys, symbols);
    for number in 0..positions + planted.extra {
        sketch.insert(keys.item(&key(number), &value(number, number < planted.changed)));
    }
    Kept { positions, sketch }
}

impl Kept {
    /// The same with differences planted one by one, as commits would.
    pub fn with(&self, planted: &Planted) -> Kept {
        let mut kept = self.clone();
        for number in planted.numbers() {
            if number < planted.changed {
                kept.sketch.remove(keys().item(&key(number), &value(number, false)));
            }
            let other = number < planted.changed;
            kept.sketch.insert(keys().item(&key(number), &value(number, other)));
        }
        kept
    }

    fn snapshot(&self) -> Snapshot {
        let place =
            Place { incarnation: Incarnation { counter: 3, random: 1 << 31 }, seq: 1 << 20 };
        Snapshot { sketch: self.sketch.clone(), stand: Stand { own: place, applied: place } }
    }
}

pub struct Side {
    positions: u64,
    planted: Planted,
    pub run: Run,
}

impl Side {
    pub fn ask(kept: &Kept) -> Side {
        let run = Run::ask(kept.snapshot(), start());
        Side { positions: kept.positions, planted: Planted::default(), run }
    }

    pub fn answer(kept: &Kept, planted: &Planted) -> Side {
        let run = Run::answer(kept.snapshot(), start());
        Side { positions: kept.positions, planted: *planted, run }
    }

    pub fn scan(&mut self) {
        let scanned = derive(self.positions, &self.planted, SKETCH_SYMBOLS_MAX);
        self.run.handle_scanned(scanned.snapshot()).unwrap();
    }
}

fn start() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

/// CPU of this thread, in milliseconds.
pub fn thread_ms() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
}

pub fn kept_bytes() -> usize {
    KEPT * size_of::<Symbol>()
}

/// The most memory that this process ever had, in megabytes.
pub fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_024
}

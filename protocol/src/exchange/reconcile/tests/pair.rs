//! Two sides of a comparison and what goes between them.

use std::collections::BTreeMap;

use crate::exchange::reconcile::frame::{Place, Stand};
use crate::exchange::reconcile::position::{PositionKey, SketchKeys};
use crate::exchange::reconcile::run::{Event, Outcome, Run, Snapshot};
use crate::exchange::reconcile::sketch::Sketch;
use crate::id::Incarnation;
use crate::limits::{SKETCH_SYMBOLS_KEPT, SKETCH_SYMBOLS_MAX};
use crate::refusal::Code;
use crate::time::Timestamp;

pub fn keys() -> SketchKeys {
    SketchKeys::new(&std::array::from_fn(|place| place as u8))
}

/// The key of an invented letter.
pub fn key(number: u64) -> PositionKey {
    use sha2::{Digest, Sha256};
    PositionKey { kind: 1, id: Sha256::digest(number.to_be_bytes()).into() }
}

pub fn sketch(set: &BTreeMap<PositionKey, Vec<u8>>, symbols: usize) -> Sketch {
    let mut sketch = Sketch::new(keys(), symbols);
    set.iter().for_each(|(key, value)| sketch.insert(keys().item(key, value)));
    sketch
}

pub fn snapshot(set: &BTreeMap<PositionKey, Vec<u8>>, symbols: usize) -> Snapshot {
    let place = Place { incarnation: Incarnation { counter: 1, random: 7 }, seq: 5 };
    Snapshot { sketch: sketch(set, symbols), stand: Stand { own: place, applied: place } }
}

pub fn start() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

pub struct Pair<'a> {
    sets: [&'a BTreeMap<PositionKey, Vec<u8>>; 2],
    runs: [Run; 2],
    pub scans: [usize; 2],
}

impl<'a> Pair<'a> {
    pub fn new(
        asker: &'a BTreeMap<PositionKey, Vec<u8>>,
        asked: &'a BTreeMap<PositionKey, Vec<u8>>,
    ) -> Pair<'a> {
        let runs = [
            Run::ask(snapshot(asker, SKETCH_SYMBOLS_KEPT), start()),
            Run::answer(snapshot(asked, SKETCH_SYMBOLS_KEPT), start()),
        ];
        Pair { sets: [asker, asked], runs, scans: [0, 0] }
    }

    /// Carries messages to and fro until there are none; what each side made of it.
    fn carry(&mut self) -> [Result<Option<Outcome>, Code>; 2] {
        let mut ends = [Ok(None), Ok(None)];
        loop {
            let mut idle = true;
            for side in 0..2 {
                while let Some(event) = self.runs[side].poll_event() {
                    idle = false;
                    match event {
                        Event::Done(outcome) => ends[side] = Ok(Some(outcome)),
                        Event::Scan => {
                            self.scans[side] += 1;
                            let scanned = snapshot(self.sets[side], SKETCH_SYMBOLS_MAX);
                            if let Err(refusal) = self.runs[side].handle_scanned(scanned) {
                                ends[side] = Err(refusal.code);
                            }
                        }
                    }
                }
                while let Some(frame) = self.runs[side].poll_frame() {
                    idle = false;
                    if let Err(refusal) = self.runs[1 - side].handle_frame(&frame) {
                        ends[1 - side] = Err(refusal.code);
                    }
                }
            }
            if idle {
                return ends;
            }
        }
    }

    #[track_caller]
    pub fn run(&mut self) -> [Outcome; 2] {
        self.carry().map(|end| end.unwrap().expect("every comparison ends"))
    }

    pub fn refusals(&mut self) -> Vec<Code> {
        self.carry().into_iter().filter_map(Result::err).collect()
    }
}

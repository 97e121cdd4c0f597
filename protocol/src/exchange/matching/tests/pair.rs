//! Two sides of a matching and what goes between them.

use crate::exchange::matching::frame::{Holds, Said, Source};
use crate::exchange::matching::run::{Chance, Listed, Outcome, Parties, Run};
use crate::id::NodeId;
use crate::member::{IdNumber, check_character};
use crate::refusal::Code;
use crate::seal::Domain;
use crate::time::Timestamp;

pub fn start() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

pub fn parties() -> Parties {
    let [asker, asked] = [1, 2].map(|byte| NodeId::from_bytes([byte; 32]));
    Parties { domain: Domain::Rehearsal, asker, asked }
}

pub fn chance(byte: u8) -> Chance {
    Chance { nonce: [byte; 16], exponent: [byte; 64] }
}

/// The identity number of an invented person.
pub fn number(person: u32) -> IdNumber {
    let (day, order) = (person / 1_000, person % 1_000);
    let digits = format!(
        "999999{:04}{:02}{:02}{order:03}",
        1_950 + day / 300,
        1 + day / 25 % 12,
        1 + day % 25
    );
    let check = char::from(check_character(digits.as_bytes()));
    IdNumber::parse(&format!("{digits}{check}")).unwrap()
}

pub fn list(people: std::ops::Range<u32>) -> Vec<Listed> {
    people.map(|person| Listed { id_number: number(person), holds: Holds::Named }).collect()
}

pub struct Pair {
    /// The asker's and the asked side's.
    pub runs: [Run; 2],
    /// All messages so far, in order.
    pub messages: Vec<Vec<u8>>,
}

impl Pair {
    pub fn new(asker: Vec<Listed>, asked: Vec<Listed>) -> Pair {
        Pair::with(asker, asked, [chance(1), chance(2)])
    }

    pub fn with(asker: Vec<Listed>, asked: Vec<Listed>, chances: [Chance; 2]) -> Pair {
        let mut run = Run::ask(parties(), asker, Source::Sheet, &chances[0], start()).unwrap();
        let open = run.poll_frame().unwrap();
        let opened = (&Said::read(&open).unwrap(), open.len());
        let answer = Run::answer(parties(), opened, asked, &chances[1], start()).unwrap();
        Pair { runs: [run, answer], messages: vec![open] }
    }

    pub fn said(&self) -> Vec<Said> {
        self.messages.iter().map(|bytes| Said::read(bytes).unwrap()).collect()
    }

    /// Carries messages as long as there are any and none is refused.
    pub fn carry(&mut self) -> Result<(), Code> {
        loop {
            let mut idle = true;
            for side in [1, 0] {
                while let Some(frame) = self.runs[side].poll_frame() {
                    idle = false;
                    self.messages.push(frame.clone());
                    self.runs[1 - side].handle_frame(&frame).map_err(|refusal| refusal.code)?;
                }
            }
            if idle {
                return Ok(());
            }
        }
    }

    /// What both come to.
    #[track_caller]
    pub fn run(&mut self) -> [Outcome; 2] {
        self.carry().unwrap();
        self.runs.each_mut().map(|run| run.poll_outcome().expect("every matching ends"))
    }

    /// Carries messages until `side` has one for which `which` holds; that one is not carried.
    pub fn until(&mut self, side: usize, which: impl Fn(&Said) -> bool) -> Said {
        loop {
            let frame = self.runs[side].poll_frame();
            let Some(frame) = frame else {
                let frame = self.runs[1 - side].poll_frame().expect("it goes on");
                self.runs[side].handle_frame(&frame).unwrap();
                continue;
            };
            let said = Said::read(&frame).unwrap();
            if which(&said) {
                return said;
            }
            self.runs[1 - side].handle_frame(&frame).unwrap();
        }
    }
}

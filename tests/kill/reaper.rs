//! Kills nodes at random moments and starts them again.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tests::command::{self, Environment};
use tests::daemon::Start;
use tests::federation::Federation;
use tests::region::Region;

use crate::clerks::{Office, PEOPLE};
use crate::dice::Dice;

/// Of both nodes.
const SIDES: [usize; 2] = [0, 1];
/// The next kill comes within one of these, in milliseconds: some bursts, some pauses.
const WITHIN_MS: [u64; 4] = [5, 50, 200, 800];
/// Half of the kills wait until the node writes, and come within this after it.
const WRITING_WITHIN_MS: u64 = 40;
/// At most so long, in milliseconds.
const WRITING_WAIT_MS: u64 = 800;
/// A node that starts is killed within this, in milliseconds: about as long as it takes.
const STARTING_WITHIN_MS: u64 = 60;
/// Most kills of one node while it starts, in a row.
const STARTS_KILLED_MAX: u64 = 2;
/// `node.locked`: a clerk works in the directory, as one may while no node runs.
const LOCKED: i32 = 11;

/// How far the letters were when a node was killed, as its own disk tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It knew of no letter yet.
    Before,
    /// It knew of some letters, not of all.
    Arriving,
    /// Nobody had decided on some.
    Deciding,
    /// Every letter was decided, some were under way.
    Settling,
    /// All had come to their end.
    Ended,
    /// The node was starting.
    Starting,
}

/// One kill.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    /// Whether it hit the origin.
    pub origin: bool,
    /// Whether it hit the destination.
    pub destination: bool,
    /// How far the letters were for those that it hit; the least of two.
    pub phase: Phase,
}

/// Kills up to so many times, until the clerks are done. Both nodes run afterwards.
pub fn reap(federation: &mut Federation, office: &Office, seed: u64, kills: usize) -> Vec<Kill> {
    let mut dice = Dice::new(seed, 3);
    let mut done = Vec::new();
    while done.len() < kills {
        let mut hit =
            dice.pick(&[&SIDES[..1], &SIDES[..1], &SIDES[1..], &SIDES[1..], &SIDES]).to_vec();
        dice.shuffle(&mut hit);
        let within = dice.pick(&WITHIN_MS);
        wait(dice.below(within));
        if dice.below(2) == 0 {
            wait_for_writing(&federation[hit[0]]);
            wait(dice.below(WRITING_WITHIN_MS));
        }
        for side in &hit {
            federation[*side].kill();
        }
        let phase = hit.iter().map(|side| phase(federation, *side)).min().unwrap();
        done.push(Kill { origin: hit.contains(&0), destination: hit.contains(&1), phase });
        for side in hit {
            let more = dice.below(STARTS_KILLED_MAX + 2).saturating_sub(1);
            for _ in 0..more {
                let moment = Duration::from_millis(dice.below(STARTING_WITHIN_MS));
                if federation[side].start_and_kill(moment) == Start::Killed {
                    let (origin, destination) = (side == 0, side == 1);
                    done.push(Kill { origin, destination, phase: Phase::Starting });
                }
            }
            start(&mut federation[side], office);
        }
        if office.is_done() && phase >= Phase::Settling {
            break;
        }
    }
    done
}

/// Starts a node, after the clerk who works in its directory.
fn start(region: &mut Region, office: &Office) {
    while let Err(died) = region.try_start(&Environment::default()) {
        let code = died.status.and_then(|status| status.code());
        assert_eq!(code, Some(LOCKED), "{died:#?}");
        office.pause();
    }
}

/// What `status` says on a copy of the dead node's directory, which stays as it is.
fn phase(federation: &Federation, side: usize) -> Phase {
    let copy = federation.scratch.path("as-it-died");
    let (from, to) = (&federation[side].data, &copy);
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
    let status =
        command::run(&federation.scratch, Some(&copy), &Environment::default(), &["status"]);
    let phase = phase_of(&status.expect_ok()["letters"][["out", "in"][side]]);
    std::fs::remove_dir_all(&copy).unwrap();
    phase
}

fn phase_of(letters: &Value) -> Phase {
    let count = |state: &str| letters[state].as_u64().unwrap_or(0) as usize;
    let under_way = count("accepted") + count("released") + count("received");
    let ended = count("closed") + count("refused") + count("voided");
    match (count("issued"), under_way) {
        (0, 0) if ended == 0 => Phase::Before,
        (issued, under_way) if issued + under_way + ended < PEOPLE => Phase::Arriving,
        (0, 0) => Phase::Ended,
        (0, _) => Phase::Settling,
        _ => Phase::Deciding,
    }
}

/// Waits until a node writes to its log of changes, for a while.
fn wait_for_writing(region: &Region) {
    let log = region.data.join("dukou.db-wal");
    let written = || std::fs::metadata(&log).and_then(|meta| meta.modified()).ok();
    let before = written();
    for _ in 0..WRITING_WAIT_MS {
        if written() != before {
            return;
        }
        wait(1);
    }
}

#[expect(clippy::disallowed_methods, reason = "the moment of a kill is what is tried")]
fn wait(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

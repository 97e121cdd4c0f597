//! Matchings that are under way.

use std::collections::HashMap;

use protocol::exchange::matching::run::Run;
use protocol::limits::MATCH_WAIT_MS;
use protocol::refusal::Refusal;
use protocol::time::Timestamp;

use crate::store::rows::{MatchingRow, PeerId};

use super::people::Person;

/// Matchings that are under way, by peer and by whether this side asked.
#[derive(Default)]
pub(in crate::office) struct Matchings {
    open: HashMap<(PeerId, bool), Matching>,
    begun: u64,
}

/// One matching.
struct Matching {
    /// Tells it from the one that takes its place.
    number: u64,
    began: Timestamp,
    phase: Phase,
}

/// How far a matching is.
pub(super) enum Phase {
    /// Somebody prepares or steps it.
    Busy,
    /// It waits for the peer.
    Running(Box<Job>),
    /// It is done, and kept under this name.
    Done([u8; 16]),
    /// It ended without a result.
    Refused(Refusal),
}

/// A matching that goes on.
pub(super) struct Job {
    pub(super) run: Run,
    /// Who stands at the places of the run's list.
    pub(super) people: Vec<Person>,
    /// What was written down when it began.
    pub(super) row: MatchingRow,
}

impl Matchings {
    /// Begins a matching in the place of what there was, and gives its number, with what is cut
    /// short by that.
    pub(super) fn begin(&mut self, key: (PeerId, bool), now: Timestamp) -> (u64, Option<Box<Job>>) {
        self.begun += 1;
        let number = self.begun;
        let begun = Matching { number, began: now, phase: Phase::Busy };
        let before = self.open.insert(key, begun);
        let cut = before.and_then(|one| match one.phase {
            Phase::Running(job) => Some(job),
            _ => None,
        });
        (number, cut)
    }

    /// Takes the matching out for stepping it.
    pub(super) fn take(&mut self, key: (PeerId, bool)) -> Option<(u64, Box<Job>)> {
        let one = self.open.get_mut(&key)?;
        match std::mem::replace(&mut one.phase, Phase::Busy) {
            Phase::Running(job) => Some((one.number, job)),
            other => {
                one.phase = other;
                None
            }
        }
    }

    /// Puts down how a step ended, unless something took its place or gave it up meanwhile; then
    /// it is given back.
    pub(super) fn put(&mut self, key: (PeerId, bool), number: u64, phase: Phase) -> Option<Phase> {
        match self.open.get_mut(&key) {
            Some(one) if one.number == number && matches!(one.phase, Phase::Busy) => {
                one.phase = phase;
                None
            }
            _ => Some(phase),
        }
    }

    /// Whether a matching is still under way.
    pub(super) fn is_busy(&self, key: (PeerId, bool), now: Timestamp) -> bool {
        self.open.get(&key).is_some_and(|one| {
            matches!(one.phase, Phase::Busy | Phase::Running(_))
                && now >= one.began
                && now.millis_since(one.began) < MATCH_WAIT_MS
        })
    }

    /// How far a matching of ours with a peer is, for whoever waits for it.
    pub(super) fn phase(&self, peer: PeerId) -> Option<&Phase> {
        self.open.get(&(peer, true)).map(|one| &one.phase)
    }

    /// Gives up a matching for that reason; gives what was under way.
    pub(super) fn give_up(&mut self, key: (PeerId, bool), why: Refusal) -> Option<Box<Job>> {
        let one = self.open.get_mut(&key)?;
        match std::mem::replace(&mut one.phase, Phase::Refused(why)) {
            Phase::Running(job) => Some(job),
            Phase::Busy => None,
            ended @ (Phase::Done(_) | Phase::Refused(_)) => {
                one.phase = ended;
                None
            }
        }
    }

    /// Those for which there is no time left.
    pub(super) fn ran_out(&self, now: Timestamp) -> Vec<(PeerId, bool)> {
        let late = |phase: &Phase| matches!(phase, Phase::Running(job) if job.run.ran_out(now));
        let open = self.open.iter();
        open.filter(|(_, one)| late(&one.phase)).map(|(key, _)| *key).collect()
    }
}

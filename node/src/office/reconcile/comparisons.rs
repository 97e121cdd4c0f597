//! Comparisons that are under way, and how often a peer may ask for one.

use std::collections::HashMap;

use protocol::exchange::reconcile::frame::Place;
use protocol::exchange::reconcile::run::{Outcome, Run};
use protocol::limits::{RECONCILE_ASKS_MAX, RECONCILE_PAUSE_MS, RECONCILE_WAIT_MS};
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::rows::PeerId;

use super::result;

/// The same trouble with a peer is noted once in so many milliseconds.
const NOTED_PAUSE_MS: u64 = 60 * 60 * 1_000;

/// Comparisons that are under way, by peer and by whether this side asked.
#[derive(Default)]
pub(in crate::office) struct Comparisons {
    pub(super) open: HashMap<(PeerId, bool), Comparison>,
    begun: u64,
    asked: HashMap<PeerId, Asked>,
    noted: HashMap<(PeerId, Code), Timestamp>,
}

/// One comparison.
pub(super) struct Comparison {
    /// Tells it from the one that takes its place.
    pub(super) number: u64,
    pub(super) phase: Phase,
    pub(super) began: Timestamp,
    /// The last entry of the peer's feed that was applied before it was asked for. What this side
    /// asks for, the peer answers with no less.
    pub(super) applied: Option<Place>,
}

/// How far a comparison is.
pub(super) enum Phase {
    /// Somebody prepares or steps it.
    Busy,
    Running(Box<Run>),
    /// Done, and not signed until the peer's feed is applied far enough.
    Signing(Outcome),
    /// Signed here under this name; the peer's result may still be to come.
    Signed([u8; 16]),
    /// It ended without an outcome.
    Refused(Refusal),
}

/// What a peer asked for lately.
struct Asked {
    /// When it began to.
    since: Timestamp,
    times: u8,
}

/// Whether so much time is over since `last`. A clock that was set back does not make anybody wait.
pub(super) fn rested(now: Timestamp, last: Timestamp, pause_ms: u64) -> bool {
    now < last || now.millis_since(last) >= pause_ms
}

impl Comparisons {
    /// Begins a comparison in the place of what there was, and gives its number.
    pub(super) fn begin(&mut self, peer: PeerId, asked: bool, now: Timestamp) -> u64 {
        self.begun += 1;
        let number = self.begun;
        let begun = Comparison { number, phase: Phase::Busy, began: now, applied: None };
        self.open.insert((peer, asked), begun);
        number
    }

    /// The comparison of this number, if nothing took its place.
    pub(super) fn numbered(&mut self, key: (PeerId, bool), number: u64) -> Option<&mut Comparison> {
        self.open.get_mut(&key).filter(|one| one.number == number)
    }

    /// Takes the run out for stepping it.
    pub(super) fn take(&mut self, key: (PeerId, bool)) -> Option<(u64, Box<Run>)> {
        let comparison = self.open.get_mut(&key)?;
        match std::mem::replace(&mut comparison.phase, Phase::Busy) {
            Phase::Running(run) => Some((comparison.number, run)),
            other => {
                comparison.phase = other;
                None
            }
        }
    }

    /// Puts down how a step ended, unless something took its place or gave it up meanwhile.
    pub(super) fn put(&mut self, key: (PeerId, bool), number: u64, phase: Phase) {
        if let Some(one) = self.numbered(key, number)
            && matches!(one.phase, Phase::Busy)
        {
            one.phase = phase;
        }
    }

    /// Whether a comparison that this side asked for is still under way.
    pub(super) fn asks(&self, peer: PeerId, now: Timestamp) -> bool {
        self.open.get(&(peer, true)).is_some_and(|one| {
            !matches!(one.phase, Phase::Refused(_)) && !rested(now, one.began, RECONCILE_WAIT_MS)
        })
    }

    /// Whether a result of this name may come for what this side has in memory.
    pub(super) fn expects(&self, key: (PeerId, bool), run: [u8; 16]) -> bool {
        self.open.get(&key).is_some_and(|one| match &one.phase {
            // The peer may be done first; the name is known once this side is.
            Phase::Busy | Phase::Running(_) => true,
            Phase::Signing(outcome) => result::name(key.1, outcome) == run,
            Phase::Signed(name) => *name == run,
            Phase::Refused(_) => false,
        })
    }

    /// Lets a peer ask, as often as it may.
    pub(super) fn admit(&mut self, peer: PeerId, now: Timestamp) -> Result<(), Refusal> {
        match self.asked.get_mut(&peer) {
            Some(last) if !rested(now, last.since, RECONCILE_PAUSE_MS) => {
                if last.times == RECONCILE_ASKS_MAX {
                    let minutes = RECONCILE_PAUSE_MS / 60_000;
                    return Err(Refusal::about(Code::ReconcileTooOften, minutes));
                }
                last.times += 1;
            }
            _ => {
                self.asked.insert(peer, Asked { since: now, times: 1 });
            }
        }
        Ok(())
    }

    /// Ends what a peer asked for with its session, unless only its signature is missing.
    pub(super) fn cut_short(&mut self, peer: PeerId) {
        let key = (peer, false);
        if self.open.get(&key).is_some_and(|one| !matches!(one.phase, Phase::Signing(_))) {
            self.open.remove(&key);
        }
    }

    /// Whether trouble with a peer is worth a line.
    pub(super) fn is_news(&mut self, peer: PeerId, code: Code, now: Timestamp) -> bool {
        let last = self.noted.get(&(peer, code));
        let news = last.is_none_or(|last| rested(now, *last, NOTED_PAUSE_MS));
        if news {
            self.noted.insert((peer, code), now);
        }
        news
    }
}

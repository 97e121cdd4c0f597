//! Reconciliation (双向对账): comparing with a peer what each side has in its books.
//!
//! Positions are derived from the books in one consistent state, in the background ([`books`]); a
//! comparison is a [`Run`](protocol::exchange::reconcile::run::Run) that the link carries
//! ([`talk`]); what it came to is signed by both sides ([`result`]), and what stands is kept as
//! differences. Until both results are durable, nothing but the last outcome is known: a comparison
//! that is cut short at any moment leaves nothing behind and is done again.

mod books;
mod result;
mod talk;

use std::collections::HashMap;
use std::time::Duration;

use protocol::exchange::reconcile::run::{Outcome, Run};
use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::rows::{PeerId, PeerState};

use super::{Office, lock, view};

/// Time between two comparisons that one peer may ask for, in milliseconds: each costs a scan.
const ASKED_PAUSE_MS: u64 = 1_000;

/// Comparisons that are under way, by peer and by whether this side asked.
#[derive(Default)]
pub(super) struct Comparisons(HashMap<(PeerId, bool), Comparison>);

/// One comparison.
struct Comparison {
    /// None while somebody steps it, and once it is done.
    run: Option<Run>,
    /// What it came to, until the peer's feed is applied far enough to sign it.
    outcome: Option<Outcome>,
    /// Why it ended without an outcome.
    refused: Option<Refusal>,
    began: Timestamp,
}

impl Comparison {
    /// Whether it is signed here, and the peer's result is still to come.
    fn awaits_result(&self) -> bool {
        self.run.is_none() && self.outcome.is_none() && self.refused.is_none()
    }
}

impl Office {
    /// The nodes of active peers with whom no comparison was concluded for so long.
    ///
    /// # Errors
    /// Only a failure of the store.
    pub fn reconciliations_due(&self, pause: Duration) -> Result<Vec<NodeId>, Refusal> {
        let now = self.now();
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let due = self.look(|_, snapshot| {
            let mut due = Vec::new();
            for peer in snapshot.peers()? {
                let last = snapshot.reconciliation(peer.id, true)?;
                let old = |time: Timestamp| now.millis_since(time) >= pause_ms;
                if peer.state == PeerState::Active && last.is_none_or(|row| old(row.time)) {
                    due.push((peer.id, peer.node));
                }
            }
            Ok(due)
        })?;
        let comparisons = lock(&self.shared.comparisons);
        let rested = |peer: PeerId| {
            let last = comparisons.0.get(&(peer, true));
            last.is_none_or(|last| now.millis_since(last.began) >= pause_ms)
        };
        Ok(due.into_iter().filter(|(peer, _)| rested(*peer)).map(|(_, node)| node).collect())
    }

    /// Waits until the comparison that this side asked for is signed by both, and shows it.
    ///
    /// # Errors
    /// Why it ended without a result: a code of `reconcile.…`.
    pub fn reconciled(
        &self,
        region: &str,
        timeout: Duration,
    ) -> Result<view::Reconciliation, Refusal> {
        let node = self.node_of(region)?;
        let peer = self.peer_id(node)?;
        let mut seen = self.changes();
        let until = self.now().after_millis(timeout.as_millis() as u64);
        loop {
            let refused = lock(&self.shared.comparisons)
                .0
                .get(&(peer, true))
                .map(|comparison| comparison.refused.clone());
            match refused {
                Some(Some(refusal)) => return Err(refusal),
                Some(None) => {}
                None => return self.last_reconciliation(region),
            }
            if self.now() >= until {
                self.give_up(peer, Code::ReconcileTimeout);
                return Err(Code::ReconcileTimeout.into());
            }
            seen = self.wait_changes(seen, Duration::from_millis(200));
        }
    }

    /// The identity of a region's peer.
    ///
    /// # Errors
    /// `peer.unknown`.
    pub fn node_of(&self, region: &str) -> Result<NodeId, Refusal> {
        self.look(|_, snapshot| Ok(snapshot.named_peer(region)?.node))
    }

    /// A session with the peer ended, and with it what was being compared. What the peer asked for
    /// and was read is signed all the same.
    pub(super) fn end_comparisons(&self, peer: PeerId) {
        lock(&self.shared.comparisons).0.retain(|key, comparison| {
            *key != (peer, false) || (comparison.run.is_none() && comparison.outcome.is_some())
        });
        self.give_up(peer, Code::PeerUnreachable);
        self.note_change();
    }

    fn give_up(&self, peer: PeerId, code: Code) {
        let mut comparisons = lock(&self.shared.comparisons);
        if let Some(comparison) = comparisons.0.get_mut(&(peer, true))
            && comparison.refused.is_none()
        {
            (comparison.run, comparison.outcome) = (None, None);
            comparison.refused = Some(code.into());
        }
    }
}

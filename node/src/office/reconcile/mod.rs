//! Reconciliation (双向对账): comparing with a peer what each side has in its books.
//!
//! Positions are derived from the books in one consistent state, in the background ([`books`]); a
//! comparison is a [`Run`](protocol::exchange::reconcile::run::Run) that the link carries
//! ([`talk`]); what it came to is signed by both sides ([`result`]), and what stands is kept as
//! differences. Until both results are durable, nothing but the last outcome is known: a comparison
//! that is cut short at any moment leaves nothing behind and is done again.

mod books;
mod comparisons;
mod result;
mod talk;

use std::time::Duration;

use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};

use crate::store::rows::{PeerId, PeerState};

use super::{Office, lock, view};
use comparisons::{Phase, rested};

pub(super) use comparisons::Comparisons;

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
                let last = snapshot.reconciliation(peer.id, true, true)?;
                let old = last.is_none_or(|row| rested(now, row.time, pause_ms));
                if peer.state == PeerState::Active && old {
                    due.push((peer.id, peer.node));
                }
            }
            Ok(due)
        })?;
        let comparisons = lock(&self.shared.comparisons);
        let rested = |peer: PeerId| {
            let last = comparisons.open.get(&(peer, true));
            last.is_none_or(|last| rested(now, last.began, pause_ms))
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
            match lock(&self.shared.comparisons).open.get(&(peer, true)).map(|one| &one.phase) {
                Some(Phase::Refused(refusal)) => return Err(refusal.clone()),
                Some(_) => {}
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
        lock(&self.shared.comparisons).cut_short(peer);
        self.give_up(peer, Code::PeerUnreachable);
        self.note_change();
    }

    fn give_up(&self, peer: PeerId, code: Code) {
        let mut comparisons = lock(&self.shared.comparisons);
        if let Some(comparison) = comparisons.open.get_mut(&(peer, true))
            && !matches!(comparison.phase, Phase::Refused(_))
        {
            comparison.phase = Phase::Refused(code.into());
        }
    }
}

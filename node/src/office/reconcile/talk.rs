//! The conversation of a comparison: what is asked, what comes, and what goes out over the link.

use protocol::exchange::reconcile::frame::{Message, Said};
use protocol::exchange::reconcile::run::{Event, Run, Snapshot as Compared};
use protocol::id::NodeId;
use protocol::limits::{SKETCH_SYMBOLS_KEPT, SKETCH_SYMBOLS_MAX};
use protocol::refusal::{Code, Refusal};

use crate::store::rows::{EventRow, PeerId, PeerState};
use crate::store::{Batch, Change};

use super::super::{Office, Wake, lock, store_refusal};
use super::{ASKED_PAUSE_MS, Comparison, books};

impl Office {
    /// Asks a peer for a comparison; a session with it must be open. What was asked before is
    /// forgotten.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.paused`, `node.recovering`.
    pub fn ask_peer(&self, node: NodeId) -> Result<(), Refusal> {
        let peer = self.peer_id(node)?;
        let compared = self.compared(peer, SKETCH_SYMBOLS_KEPT)?;
        let run = Run::ask(compared, self.now());
        self.keep(peer, true, run);
        self.step(peer, node, true, |_| Ok(()))
    }

    /// A message of a comparison came from a peer. What is wrong with it ends the comparison, and
    /// not the session: it is told to the peer and noted.
    ///
    /// # Errors
    /// Only a failure of the store.
    pub fn hear_reconciliation(&self, node: NodeId, bytes: &[u8]) -> Result<(), Refusal> {
        let peer = self.peer_id(node)?;
        let said = match Said::read(bytes) {
            Ok(said) => said,
            Err(refusal) => return self.note_refused(peer, node, &refusal),
        };
        let asked = !said.by_asker;
        if said.by_asker && matches!(said.message, Message::Open(_)) {
            if let Err(refusal) = self.may_ask(peer) {
                let stop = Message::Stop(refusal.code.number());
                let bytes = Said { by_asker: false, message: stop }.to_bytes();
                self.wake(Wake::Say(node, bytes));
                return self.note_refused(peer, node, &refusal);
            }
            let run = match self.compared(peer, SKETCH_SYMBOLS_KEPT) {
                Ok(compared) => Run::answer(compared, self.now()),
                Err(refusal) => return self.note_refused(peer, node, &refusal),
            };
            self.keep(peer, false, run);
        }
        self.step(peer, node, asked, |run| run.handle_frame(bytes))
    }

    /// Ends comparisons that take too long.
    ///
    /// # Errors
    /// Only a failure of the store.
    pub(in crate::office) fn end_reconciliations(&self) -> Result<(), Refusal> {
        let now = self.now();
        let open: Vec<(PeerId, bool)> = {
            let comparisons = lock(&self.shared.comparisons);
            let open = comparisons.0.iter().filter(|(_, one)| one.run.is_some());
            open.map(|(key, _)| *key).collect()
        };
        for (peer, asked) in open {
            let row = self.look(|_, snapshot| Ok(snapshot.peer(peer)?))?;
            let Some(row) = row else { continue };
            self.step(peer, row.node, asked, |run| run.handle_timeout(now))?;
        }
        Ok(())
    }

    fn may_ask(&self, peer: PeerId) -> Result<(), Refusal> {
        let now = self.now();
        let comparisons = lock(&self.shared.comparisons);
        match comparisons.0.get(&(peer, false)) {
            Some(last) if now.millis_since(last.began) < ASKED_PAUSE_MS => {
                Err(Refusal::about(Code::ReconcileTooOften, ASKED_PAUSE_MS))
            }
            _ => Ok(()),
        }
    }

    fn keep(&self, peer: PeerId, asked: bool, run: Run) {
        let began = self.now();
        let comparison = Comparison { run: Some(run), outcome: None, refused: None, began };
        lock(&self.shared.comparisons).0.insert((peer, asked), comparison);
    }

    fn compared(&self, peer: PeerId, symbols: usize) -> Result<Compared, Refusal> {
        if self.is_recovering() {
            return Err(Refusal::about(Code::NodeRecovering, self.me().region));
        }
        self.look(|office, snapshot| {
            let row = snapshot.peer(peer)?.ok_or(Code::PeerUnknown)?;
            match row.state {
                PeerState::Active => books::derive(office, snapshot, &row, symbols),
                PeerState::Revoked => Err(Refusal::about(Code::PeerRevoked, row.region).into()),
                _ => Err(Refusal::about(Code::PeerPaused, row.region).into()),
            }
        })
    }

    /// Steps a comparison, outside the lock, and does what it asks for.
    fn step(
        &self,
        peer: PeerId,
        node: NodeId,
        asked: bool,
        first: impl FnOnce(&mut Run) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let taken =
            lock(&self.shared.comparisons).0.get_mut(&(peer, asked)).and_then(|one| one.run.take());
        // What comes to a comparison that is over, or never was, means nothing.
        let Some(mut run) = taken else { return Ok(()) };
        let mut stepped = first(&mut run);
        let mut outcome = None;
        while stepped.is_ok()
            && let Some(event) = run.poll_event()
        {
            match event {
                Event::Scan => {
                    let scanned = self.compared(peer, SKETCH_SYMBOLS_MAX);
                    stepped = scanned.and_then(|scanned| run.handle_scanned(scanned));
                }
                Event::Done(done) => outcome = Some(done),
            }
        }
        if let Err(refusal) = &stepped {
            run.stop(refusal.code);
        }
        while let Some(bytes) = run.poll_frame() {
            self.wake(Wake::Say(node, bytes));
        }
        let done = outcome.is_some();
        if let Some(comparison) = lock(&self.shared.comparisons).0.get_mut(&(peer, asked)) {
            comparison.run = (stepped.is_ok() && !done).then_some(run);
            comparison.outcome = outcome;
            comparison.refused = stepped.as_ref().err().cloned();
        }
        if done {
            self.sign_outcomes(peer)?;
        }
        match stepped {
            Ok(()) => Ok(()),
            Err(refusal) => self.note_refused(peer, node, &refusal),
        }
    }

    /// Says in the log and in the history of the node how a comparison ended badly.
    fn note_refused(&self, peer: PeerId, node: NodeId, refusal: &Refusal) -> Result<(), Refusal> {
        tracing::warn!(%node, code = refusal.code.text(), "a reconciliation was ended");
        let region = self.look(|_, snapshot| Ok(snapshot.peer(peer)?.map(|row| row.region)))?;
        let mut batch = Batch::new();
        batch.push(Change::Event(Box::new(EventRow {
            id: 0,
            time: self.now(),
            member: None,
            letter: None,
            kind: "reconcile_refused".to_owned(),
            org: None,
            by: region.map_or_else(|| node.to_string(), |region| region.to_string()),
            detail: Some(refusal.code.text().to_owned()),
        })));
        match self.shared.store.commit(batch) {
            Ok(_) | Err(crate::store::CommitFault::Stale) => self.note_change(),
            Err(crate::store::CommitFault::Store(fault)) => return Err(store_refusal(fault)),
        }
        Ok(())
    }
}

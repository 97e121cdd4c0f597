//! The conversation of a comparison: what is asked, what comes, and what goes out over the link.

use protocol::exchange::reconcile::frame::{Message, Said};
use protocol::exchange::reconcile::run::{Event, Run, Snapshot as Compared};
use protocol::id::NodeId;
use protocol::limits::{SKETCH_SYMBOLS_KEPT, SKETCH_SYMBOLS_MAX};
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::rows::{EventRow, PeerId, PeerState};
use crate::store::{Batch, Change};

use super::super::{Office, Wake, lock, store_refusal};
use super::books;
use super::comparisons::Phase;

impl Office {
    /// Asks a peer for a comparison; a session with it must be open. Whoever asks while one is
    /// under way waits for that one; what was asked before is forgotten.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.paused`, `node.recovering`.
    pub fn ask_peer(&self, node: NodeId) -> Result<(), Refusal> {
        let peer = self.peer_id(node)?;
        let number = {
            let mut comparisons = lock(&self.shared.comparisons);
            let now = self.now();
            if comparisons.asks(peer, now) {
                return Ok(());
            }
            comparisons.begin(peer, true, now)
        };
        self.begin(peer, true, number, Run::ask)?;
        self.step(peer, node, true, |_| Ok(()))
    }

    /// A message of a comparison came from a peer. What is wrong with it ends the comparison, and
    /// not the session: it is told to the peer and noted.
    ///
    /// # Errors
    /// `reconcile.frame` for bytes that are no message, which ends the session; else only a failure
    /// of the store.
    pub fn hear_reconciliation(&self, node: NodeId, bytes: &[u8]) -> Result<(), Refusal> {
        let peer = self.peer_id(node)?;
        let said = Said::read(bytes)?;
        let asked = !said.by_asker;
        if said.by_asker && matches!(said.message, Message::Open(_)) {
            let number = {
                let mut comparisons = lock(&self.shared.comparisons);
                let now = self.now();
                let admitted = comparisons.admit(peer, now);
                admitted.map(|()| comparisons.begin(peer, false, now))
            };
            let begun = number.and_then(|number| self.begin(peer, false, number, Run::answer));
            if let Err(refusal) = begun {
                let stop = Message::Stop(refusal.code.number());
                let bytes = Said { by_asker: false, message: stop }.to_bytes();
                self.wake(Wake::Say(node, bytes));
                // Who asks too often gets an answer and leaves no trace.
                return match refusal.code {
                    Code::ReconcileTooOften => Ok(()),
                    _ => self.note_refused(peer, node, &refusal),
                };
            }
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
            let open = comparisons.open.iter();
            // What comes meanwhile must find the others where they are.
            let open = open.filter(|(_, one)| match &one.phase {
                Phase::Running(run) => run.ran_out(now),
                _ => false,
            });
            open.map(|(key, _)| *key).collect()
        };
        for (peer, asked) in open {
            let row = self.look(|_, snapshot| Ok(snapshot.peer(peer)?))?;
            let Some(row) = row else { continue };
            self.step(peer, row.node, asked, |run| run.handle_timeout(now))?;
        }
        Ok(())
    }

    /// Derives the positions for a comparison that was begun, and makes it ready to be stepped.
    fn begin(
        &self,
        peer: PeerId,
        asked: bool,
        number: u64,
        run: fn(Compared, Timestamp) -> Run,
    ) -> Result<(), Refusal> {
        let compared = self.compared(peer, SKETCH_SYMBOLS_KEPT);
        let mut comparisons = lock(&self.shared.comparisons);
        let key = (peer, asked);
        let (phase, begun) = match compared {
            Ok(compared) => {
                if let Some(one) = comparisons.numbered(key, number) {
                    one.applied = asked.then_some(compared.stand.applied);
                }
                (Phase::Running(Box::new(run(compared, self.now()))), Ok(()))
            }
            Err(refusal) => (Phase::Refused(refusal.clone()), Err(refusal)),
        };
        comparisons.put(key, number, phase);
        begun
    }

    fn compared(&self, peer: PeerId, symbols: usize) -> Result<Compared, Refusal> {
        if self.is_recovering() {
            return Err(Refusal::about(Code::NodeRecovering, self.me().region));
        }
        let _one_at_a_time = lock(&self.shared.scans);
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
        let taken = lock(&self.shared.comparisons).take((peer, asked));
        // What comes to a comparison that is over, or never was, means nothing.
        let Some((number, mut run)) = taken else { return Ok(()) };
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
        let frames: Vec<_> = std::iter::from_fn(|| run.poll_frame()).collect();
        let done = stepped.is_ok() && outcome.is_some();
        let phase = match (&stepped, outcome) {
            (Err(refusal), _) => Phase::Refused(refusal.clone()),
            (Ok(()), Some(outcome)) => Phase::Signing(outcome),
            (Ok(()), None) => Phase::Running(run),
        };
        lock(&self.shared.comparisons).put((peer, asked), number, phase);
        // The answer may be here at once, and is for a comparison that nobody steps.
        frames.into_iter().for_each(|bytes| self.wake(Wake::Say(node, bytes)));
        if done {
            self.sign_outcomes(peer);
        }
        match stepped {
            Ok(()) => Ok(()),
            Err(refusal) => self.note_refused(peer, node, &refusal),
        }
    }

    /// Says in the log and in the history of the node how a comparison ended badly, unless that was
    /// said a short while ago.
    fn note_refused(&self, peer: PeerId, node: NodeId, refusal: &Refusal) -> Result<(), Refusal> {
        let now = self.now();
        if !lock(&self.shared.comparisons).is_news(peer, refusal.code, now) {
            self.note_change();
            return Ok(());
        }
        tracing::warn!(%node, code = refusal.code.text(), "a reconciliation was ended");
        let region = self.look(|_, snapshot| Ok(snapshot.peer(peer)?.map(|row| row.region)))?;
        let mut batch = Batch::new();
        batch.push(Change::Event(Box::new(EventRow {
            id: 0,
            time: now,
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

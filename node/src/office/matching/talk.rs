//! The conversation of a matching: what is asked, what comes, and what goes out over the link.

use protocol::exchange::matching::frame::{Message, Said, Source};
use protocol::exchange::matching::run::{Chance, EXPONENT_BYTES, Parties, Run};
use protocol::id::NodeId;
use protocol::limits::{MATCH_ASKS_MAX, MATCH_PAUSE_MS};
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::Change;
use crate::store::rows::{MatchingId, MatchingRow, PeerId, PeerState};

use super::super::{Office, Wake, lock};
use super::people::{Lister, Person};
use super::runs::{Job, Phase};

impl Office {
    /// A message of a matching came from a peer. What is wrong with it ends the matching, and not
    /// the session: it is told to the peer and written down.
    ///
    /// # Errors
    /// `match.frame` for bytes that are no message, which ends the session; else only a failure of
    /// the store.
    pub fn hear_matching(&self, node: NodeId, bytes: &[u8]) -> Result<(), Refusal> {
        let peer = self.peer_id(node)?;
        let said = Said::read(bytes)?;
        let Message::Open { source, rows } = said.message else {
            return self.step_matching(peer, node, !said.by_asker, |run| run.handle_frame(bytes));
        };
        if !said.by_asker {
            return Err(Refusal::about(Code::MatchFrame, "side"));
        }
        if let Err(refusal) = self.answer(peer, node, (&said, bytes.len()), source, rows) {
            let stop = Message::Stop(refusal.code.number());
            let told = Said { by_asker: false, run: said.run, message: stop };
            self.wake(Wake::Match(node, told.to_bytes()));
            tracing::info!(%node, code = refusal.code.text(), "a matching is not answered");
        }
        Ok(())
    }

    /// Ends matchings that take too long, and forgets the people of old ones.
    ///
    /// # Errors
    /// Only a failure of the store.
    pub(in crate::office) fn end_matchings(&self) -> Result<(), Refusal> {
        let now = self.now();
        let late = lock(&self.shared.matchings).ran_out(now);
        for key in late {
            self.give_up_matching(key, Code::MatchTimeout.into());
        }
        self.forget_matched_people(now)
    }

    /// A session with the peer ended, and with it what was being matched.
    pub(in crate::office) fn cut_matchings(&self, peer: PeerId) {
        for asked in [true, false] {
            self.give_up_matching((peer, asked), Code::PeerUnreachable.into());
        }
    }

    /// Whether this node may match lists with a peer now.
    pub(super) fn may_match(&self, peer: PeerId) -> Result<(), Refusal> {
        if self.is_recovering() {
            return Err(Refusal::about(Code::NodeRecovering, self.me().region));
        }
        self.look(|_, snapshot| {
            let row = snapshot.peer(peer)?.ok_or(Code::PeerUnknown)?;
            match row.state {
                PeerState::Active => Ok(()),
                PeerState::Revoked => Err(Refusal::about(Code::PeerRevoked, row.region).into()),
                _ => Err(Refusal::about(Code::PeerPaused, row.region).into()),
            }
        })
    }

    /// Begins a matching with these people, that this side asks for.
    pub(super) fn begin_asked(
        &self,
        peer: PeerId,
        node: NodeId,
        source: Source,
        people: Vec<Person>,
    ) -> Result<(), Refusal> {
        let key = (peer, true);
        let now = self.now();
        let number = {
            let mut matchings = lock(&self.shared.matchings);
            if matchings.is_busy(key, now) {
                return Err(Code::MatchBusy.into());
            }
            matchings.begin(key, now).0
        };
        let chance = self.chance();
        let listed = people.iter().map(Person::listed).collect();
        let run = Run::ask(self.match_parties(node, true), listed, source, &chance, now);
        let begun = run.and_then(|run| {
            let row = begun(&run, key, source, (people.len() as u32, 0), now);
            self.note_matching(&row)?;
            Ok(Box::new(Job { run, people, row }))
        });
        self.set_off(key, number, begun)?;
        self.step_matching(peer, node, true, |_| Ok(()))
    }

    /// Answers a matching that the peer asks for, if it may be.
    fn answer(
        &self,
        peer: PeerId,
        node: NodeId,
        opened: (&Said, usize),
        source: Source,
        rows: u32,
    ) -> Result<(), Refusal> {
        self.may_match(peer)?;
        if !self.shared.answers_matchings {
            return Err(Code::MatchOff.into());
        }
        let key = (peer, false);
        let now = self.now();
        let (number, cut) = lock(&self.shared.matchings).begin(key, now);
        if let Some(job) = cut {
            self.close_matching(&job, Code::MatchStopped);
        }
        let begun = self.answering(key, node, opened, source, rows);
        self.set_off(key, number, begun)?;
        self.step_matching(peer, node, false, |_| Ok(()))
    }

    /// Writes down that a peer asks, and makes ready what it is answered with.
    fn answering(
        &self,
        key: (PeerId, bool),
        node: NodeId,
        opened: (&Said, usize),
        source: Source,
        rows: u32,
    ) -> Result<Box<Job>, Refusal> {
        let now = self.now();
        let since = now.millis().saturating_sub(MATCH_PAUSE_MS);
        let since = Timestamp::from_millis(since).unwrap_or(Timestamp::MIN);
        let people = self.look(|office, snapshot| {
            if snapshot.matchings_asked(key.0, since)? >= MATCH_ASKS_MAX {
                return Err(Refusal::about(Code::MatchTooOften, MATCH_PAUSE_MS / 3_600_000).into());
            }
            // The nonce of a run is never taken twice, whoever says it again.
            if snapshot.matching(key.0, false, opened.0.run)?.is_some() {
                return Err(Refusal::about(Code::MatchFalse, "run").into());
            }
            let mut lister = Lister::new(office, snapshot);
            lister.answer(key.0, source, now)?;
            lister.finish()
        })?;
        let row = MatchingRow {
            id: MatchingId(0),
            run: opened.0.run,
            peer: key.0,
            asked: false,
            source,
            time: now,
            mine: people.len() as u32,
            theirs: rows,
            result: None,
            bytes: 0,
            shown: false,
            code: None,
        };
        self.note_matching(&row)?;
        let listed = people.iter().map(Person::listed).collect();
        let _one_at_a_time = lock(&self.shared.raising);
        let parties = self.match_parties(node, false);
        let run = Run::answer(parties, opened, listed, &self.chance(), now);
        let run = run.inspect_err(|refusal| self.end_row(&row, refusal.code))?;
        Ok(Box::new(Job { run, people, row }))
    }

    /// Lets a matching that was prepared run, or says why it cannot.
    fn set_off(
        &self,
        key: (PeerId, bool),
        number: u64,
        begun: Result<Box<Job>, Refusal>,
    ) -> Result<(), Refusal> {
        let (phase, begun) = match begun {
            Ok(job) => (Phase::Running(job), Ok(())),
            Err(refusal) => (Phase::Refused(refusal.clone()), Err(refusal)),
        };
        // The session may have ended meanwhile.
        let put = lock(&self.shared.matchings).put(key, number, phase);
        if let Some(Phase::Running(job)) = put {
            self.close_matching(&job, Code::PeerUnreachable);
        }
        begun
    }

    /// Steps a matching, outside the lock, and keeps what it comes to.
    fn step_matching(
        &self,
        peer: PeerId,
        node: NodeId,
        asked: bool,
        step: impl FnOnce(&mut Run) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let key = (peer, asked);
        let taken = lock(&self.shared.matchings).take(key);
        // What comes to a matching that is over, or never was, means nothing.
        let Some((number, mut job)) = taken else { return Ok(()) };
        let stepped = {
            let _one_at_a_time = lock(&self.shared.raising);
            step(&mut job.run)
        };
        let frames: Vec<_> = std::iter::from_fn(|| job.run.poll_frame()).collect();
        let (phase, kept) = match (stepped, job.run.poll_outcome()) {
            (Err(refusal), _) => {
                tracing::warn!(%node, code = refusal.code.text(), "a matching was ended");
                self.close_matching(&job, refusal.code);
                (Phase::Refused(refusal), Ok(()))
            }
            (Ok(()), None) => (Phase::Running(job), Ok(())),
            (Ok(()), Some(outcome)) => match self.keep_matching(&job, &outcome) {
                Ok(()) => (Phase::Done(job.row.run), Ok(())),
                Err(refusal) => (Phase::Refused(refusal.clone()), Err(refusal)),
            },
        };
        let put = lock(&self.shared.matchings).put(key, number, phase);
        if let Some(Phase::Running(job)) = put {
            self.close_matching(&job, Code::PeerUnreachable);
        }
        frames.into_iter().for_each(|bytes| self.wake(Wake::Match(node, bytes)));
        self.note_change();
        kept
    }

    /// Gives a matching up for that reason, and writes it down.
    pub(super) fn give_up_matching(&self, key: (PeerId, bool), why: Refusal) {
        let code = why.code;
        let given = lock(&self.shared.matchings).give_up(key, why);
        if let Some(mut job) = given {
            job.run.stop(code);
            let peer = self.look(|_, snapshot| Ok(snapshot.peer(key.0)?));
            if let Ok(Some(peer)) = peer {
                let frames: Vec<_> = std::iter::from_fn(|| job.run.poll_frame()).collect();
                frames.into_iter().for_each(|bytes| self.wake(Wake::Match(peer.node, bytes)));
            }
            self.close_matching(&job, code);
        }
        self.note_change();
    }

    /// Writes down that a matching ended without a result.
    fn close_matching(&self, job: &Job, code: Code) {
        let row = MatchingRow {
            theirs: job.run.theirs().max(job.row.theirs),
            shown: job.run.has_shown(),
            ..job.row.clone()
        };
        self.end_row(&row, code);
    }

    fn end_row(&self, row: &MatchingRow, code: Code) {
        let row = MatchingRow { code: Some(code), ..row.clone() };
        let ended = self.decide(|decision| {
            decision.batch.push(Change::EndMatching(Box::new(row.clone())));
            Ok(())
        });
        if let Err(refusal) = ended {
            // It reads as one that was cut short, which it was.
            tracing::warn!(code = refusal.code.text(), "the end of a matching is not noted");
        }
    }

    fn note_matching(&self, row: &MatchingRow) -> Result<(), Refusal> {
        self.decide(|decision| {
            decision.batch.push(Change::BeginMatching(Box::new(row.clone())));
            Ok(())
        })?;
        let asked = row.asked;
        tracing::info!(peer = row.peer.0, asked, mine = row.mine, "a matching began");
        Ok(())
    }

    fn chance(&self) -> Chance {
        let exponent: [u8; EXPONENT_BYTES] = self.entropy().bytes();
        Chance { nonce: self.entropy().bytes(), exponent }
    }

    fn match_parties(&self, node: NodeId, asked: bool) -> Parties {
        let me = self.me();
        let (asker, asked) = if asked { (me.node, node) } else { (node, me.node) };
        Parties { domain: me.domain, asker, asked }
    }
}

fn begun(
    run: &Run,
    key: (PeerId, bool),
    source: Source,
    (mine, theirs): (u32, u32),
    time: Timestamp,
) -> MatchingRow {
    MatchingRow {
        id: MatchingId(0),
        run: run.id(),
        peer: key.0,
        asked: key.1,
        source,
        time,
        mine,
        theirs,
        result: None,
        bytes: 0,
        shown: false,
        code: None,
    }
}

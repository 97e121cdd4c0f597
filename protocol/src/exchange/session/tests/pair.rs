//! Two sessions wired back to back, each with its log and its copy, stepped by hand.

use super::*;

pub(super) const LIFE: Incarnation = Incarnation { counter: 1, random: 7 };

pub(super) fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

/// A node, its log to the peer, its copy of the peer's, and its end of the session.
pub(super) struct Side {
    /// What was said in comparisons.
    pub(super) heard: Vec<Vec<u8>>,
    pub(super) seed: u8,
    pub(super) signer: Signer,
    pub(super) log: Vec<Entry>,
    pub(super) tip: Tip,
    pub(super) copy: Vec<Entry>,
    /// What was received and is not durable yet.
    pub(super) received: Vec<Group>,
    pub(super) wanted: Option<(u64, usize)>,
    pub(super) opened: bool,
    pub(super) acknowledged: u64,
    pub(super) control: VecDeque<Vec<u8>>,
    pub(super) data: VecDeque<Vec<u8>>,
}

pub(super) fn node(seed: u8) -> NodeId {
    NodeId::from_bytes([seed; 32])
}

pub(super) fn peer_of(seed: u8) -> u8 {
    3 - seed
}

pub(super) fn signer(seed: u8) -> Signer {
    Signer::from_seed(&[seed; 32])
}

impl Side {
    /// Node 1 or 2, the other being its peer.
    pub(super) fn new(seed: u8) -> Side {
        Side {
            heard: Vec::new(),
            seed,
            signer: signer(seed),
            log: Vec::new(),
            tip: Tip::start(LIFE),
            copy: Vec::new(),
            received: Vec::new(),
            wanted: None,
            opened: false,
            acknowledged: 0,
            control: VecDeque::new(),
            data: VecDeque::new(),
        }
    }

    pub(super) fn append(&mut self, count: usize, block_bytes: usize) {
        let parties = Parties {
            domain: Domain::Real,
            author: node(self.seed),
            audience: node(peer_of(self.seed)),
        };
        let draft = |_| {
            let draft = Draft::new(&ReissueRequest {}).with_block(vec![7; block_bytes]);
            draft.finish(&parties, now(), [9; 16])
        };
        let stated = (0..count).map(draft).collect();
        self.log.extend(seal_entries(&mut self.tip, &parties, &self.signer, stated));
    }

    pub(super) fn head(&self) -> SignedHead {
        let (author, audience) = (node(self.seed), node(peer_of(self.seed)));
        let head = Head { domain: Domain::Real, author, audience, tip: self.tip, time: now() };
        SignedHead::sign(head, &self.signer)
    }

    pub(super) fn start(&self) -> SessionStart {
        SessionStart {
            domain: Domain::Real,
            me: node(self.seed),
            peer: node(peer_of(self.seed)),
            my_keys: vec![self.signer.public()],
            peer_keys: vec![signer(peer_of(self.seed)).public()],
            mine: self.tip,
            head: self.head(),
            seen: self.copy.last().cloned(),
            seen_head: None,
            floating: Vec::new(),
            highest_floating: None,
            records: Vec::new(),
            nonce: [self.seed; 16],
            now: now(),
        }
    }

    pub(super) fn holds(&self, tip: &Tip) -> bool {
        let entry = self.log.iter().find(|entry| entry.header.seq == tip.seq);
        entry.is_some_and(|entry| entry.hash() == tip.hash && tip.incarnation == LIFE)
    }

    /// Whole groups from the one that holds the entry behind `after_seq`.
    pub(super) fn load(&self, after_seq: u64, bytes_max: usize) -> Vec<Group> {
        let (mut groups, mut bytes, mut rest) = (Vec::new(), 0, &self.log[..]);
        while let Some(first) = rest.first() {
            let (group, behind) = rest.split_at(usize::from(first.seal.size));
            rest = behind;
            if group.last().unwrap().header.seq > after_seq && bytes < bytes_max {
                groups.push(Group::of(group.to_vec()));
                bytes += codec::encode(groups.last().unwrap()).len();
            }
        }
        groups
    }

    pub(super) fn copy_tip(&self) -> Option<Tip> {
        let tip = |e: &Entry| Tip { incarnation: LIFE, seq: e.header.seq, hash: e.hash() };
        self.copy.last().map(tip)
    }

    /// Makes what was received durable, as one commit.
    pub(super) fn commit(&mut self, session: &mut Session) {
        for group in std::mem::take(&mut self.received) {
            let copy = FeedCopy {
                domain: Domain::Real,
                author: node(peer_of(self.seed)),
                audience: node(self.seed),
                key: signer(peer_of(self.seed)).public(),
                tip: self.copy_tip(),
            };
            let known = |seq: u64| self.copy.get(seq as usize - 1).map(Entry::hash);
            match copy.judge(group, known).unwrap() {
                Arrival::Continues(entries) => self.copy.extend(entries),
                Arrival::Known => {}
                Arrival::Gap => panic!("a gap"),
            }
        }
        if let Some(tip) = self.copy_tip() {
            session.handle_committed(tip);
        }
    }

    /// Does what the session asks for; loading and committing wait for their step.
    pub(super) fn drain(&mut self, session: &mut Session) -> Result<(), Refusal> {
        while let Some(event) = session.poll_event() {
            match event {
                Event::Check(claims) => {
                    let lacking = claims.into_iter().find(|claim| !self.holds(&claim.tip));
                    session.handle_checked(lacking)?;
                }
                Event::Opened { version, .. } => {
                    assert!(!self.opened && version == 1);
                    self.opened = true;
                }
                Event::Received(group) => self.received.push(group),
                Event::Load { after_seq, bytes_max } => {
                    assert!(self.wanted.is_none(), "one load at a time");
                    self.wanted = Some((after_seq, bytes_max));
                }
                Event::Acknowledged(tip) => {
                    assert!(self.holds(&tip) && tip.seq >= self.acknowledged);
                    self.acknowledged = tip.seq;
                }
                Event::PeerHead(_) => {}
                Event::Reconcile(message) | Event::Match(message) => self.heard.push(message),
                Event::SignHead => session.handle_head(self.head()),
            }
        }
        self.control.extend(std::iter::from_fn(|| session.poll_frame(Channel::Control)));
        self.data.extend(std::iter::from_fn(|| session.poll_frame(Channel::Data)));
        let bytes = session.outgoing.unacknowledged.bytes;
        assert!(bytes < UNACKNOWLEDGED_BYTES_MAX + FRAME_BYTES_MAX, "R-61: {bytes}");
        Ok(())
    }
}

/// Two sides and their sessions, wired back to back.
pub(super) struct Pair {
    pub(super) sides: [Side; 2],
    pub(super) sessions: [Session; 2],
}

impl Pair {
    pub(super) fn new(sides: [Side; 2]) -> Pair {
        let sessions = [0, 1].map(|i| Session::new(sides[i].start()));
        Pair { sides, sessions }
    }

    /// One thing that may happen at side `i`; whether anything did.
    pub(super) fn step(&mut self, i: usize, action: u8) -> Result<bool, Refusal> {
        let [a, b] = &mut self.sides;
        let (side, far) = if i == 0 { (a, b) } else { (b, a) };
        let session = &mut self.sessions[i];
        let happened = match action {
            0 => match far.control.pop_front() {
                Some(frame) => session.handle_frame(Channel::Control, &frame, now()).map(|()| true),
                None => Ok(false),
            },
            1 if side.opened => match far.data.pop_front() {
                Some(frame) => session.handle_frame(Channel::Data, &frame, now()).map(|()| true),
                None => Ok(false),
            },
            2 if !side.received.is_empty() => {
                side.commit(session);
                Ok(true)
            }
            3 => match side.wanted.take() {
                Some((after, bytes)) => {
                    session.handle_loaded(side.load(after, bytes)).map(|()| true)
                }
                None => Ok(false),
            },
            _ => Ok(false),
        };
        side.drain(session)?;
        happened
    }

    /// Lets everything happen until nothing does.
    pub(super) fn settle(&mut self) -> Result<(), Refusal> {
        loop {
            let mut happened = false;
            for (i, action) in [0, 1, 2, 3].into_iter().flat_map(|a| [(0, a), (1, a)]) {
                happened |= self.step(i, action)?;
            }
            if !happened {
                return Ok(());
            }
        }
    }

    pub(super) fn append(&mut self, i: usize, count: usize, block_bytes: usize) {
        let before = self.sides[i].tip.seq;
        self.sides[i].append(count, block_bytes);
        let groups = self.sides[i].load(before, block_bytes % 2 * usize::MAX);
        self.sessions[i].handle_appended(self.sides[i].tip, groups).unwrap();
    }

    pub(super) fn assert_equal(&self) {
        for (near, far) in [(0, 1), (1, 0)] {
            assert_eq!(self.sides[near].log, self.sides[far].copy);
            assert_eq!(self.sides[near].acknowledged, self.sides[near].tip.seq);
            assert_eq!(self.sessions[near].outgoing.unacknowledged.bytes, 0);
            assert_eq!(self.sessions[far].incoming.uncommitted.bytes, 0);
        }
    }
}

//! One conversation between two nodes that know each other, whatever carries it.
//!
//! Each side opens with a Hello, checks what the other claims to hold of its feed, then streams
//! what the other lacks and acknowledges what it durably holds. The shell drives it: it feeds in
//! what happened with the `handle_*` functions, then drains [`Session::poll_event`] and
//! [`Session::poll_frame`] until they are empty, and calls [`Session::handle_timeout`] when
//! [`Session::poll_timeout`] says. An error ends the session with its code. Whether received
//! entries continue the feed is [`super::feed`]'s question; nothing is stored or signed here.

use std::collections::VecDeque;

use crate::envelope::{Entry, Group, Head, SignedHead, Tip};
use crate::id::NodeId;
use crate::limits::{
    CLOCK_AHEAD_MS_MAX, FRAME_BYTES_MAX, HEAD_INTERVAL_MS, HELLO_WAIT_MS, LOAD_BYTES_MAX,
    UNACKNOWLEDGED_BYTES_MAX, VERSIONS,
};
use crate::refusal::{Code, Refusal};
use crate::seal::{Domain, PublicKey};
use crate::time::Timestamp;

use super::frame::{Channel, Frame, Hello, HelloBody};

/// What a session starts from.
#[derive(Clone, Debug)]
pub struct SessionStart {
    /// The federation.
    pub domain: Domain,
    /// This node.
    pub me: NodeId,
    /// The node at the other end.
    pub peer: NodeId,
    /// Every signing key that this node was ever certified for.
    pub my_keys: Vec<PublicKey>,
    /// The signing keys that the peer is certified for.
    pub peer_keys: Vec<PublicKey>,
    /// Where my feed to the peer ends.
    pub mine: Tip,
    /// The same, signed just now.
    pub head: SignedHead,
    /// The last entry of the peer's feed that I durably hold.
    pub seen: Option<Entry>,
    /// The newest head of the peer's feed that I hold.
    pub seen_head: Option<SignedHead>,
    /// Places above `seen` that I know from paper.
    pub floating: Vec<Tip>,
    /// The highest of them.
    pub highest_floating: Option<Entry>,
    /// The lives of peers that both know, as those peers signed them.
    pub records: Vec<SignedHead>,
    /// Random.
    pub nonce: [u8; 16],
    /// The time.
    pub now: Timestamp,
}

/// What the shell should do or know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Look up whether my log holds each of these, and answer with [`Session::handle_checked`].
    Check(Vec<Claim>),
    /// Both sides have introduced themselves and agree on what was said before.
    Opened {
        /// The version both speak.
        version: u16,
        /// How far the peer's clock is ahead of ours, in milliseconds.
        clock_skew_ms: i64,
        /// The lives of common peers, as those peers signed them; unverified.
        records: Vec<SignedHead>,
    },
    /// Judge and store this, then answer with [`Session::handle_committed`].
    Received(Group),
    /// Load whole groups of my feed from the one that holds the entry behind `after_seq`, about
    /// `bytes_max` of them and at least one, and answer with [`Session::handle_loaded`].
    Load {
        /// The last entry that is already on its way.
        after_seq: u64,
        /// How many bytes there is room for.
        bytes_max: usize,
    },
    /// The peer durably holds my feed up to here, it says: a claim to check like the first ones.
    Acknowledged(Tip),
    /// The peer signed that its feed ends here.
    PeerHead(SignedHead),
    /// Sign the head of my feed and answer with [`Session::handle_head`].
    SignHead,
    /// The peer says this in a comparison; nothing of it was read yet.
    Reconcile(Vec<u8>),
    /// The peer says this in a matching; nothing of it was read yet.
    Match(Vec<u8>),
}

/// What the peer says it holds of my feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The place.
    pub tip: Tip,
    /// Whether my own valid signature came with it: if my log lacks the entry, I was rolled back.
    /// Without it the peer proves nothing, and only this session ends.
    pub signed: bool,
}

/// Why [`Session::handle_timeout`] should be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeoutReason {
    /// The peer has not introduced itself.
    Hello,
    /// A fresh head is due.
    Head,
}

/// The conversation.
#[derive(Debug)]
pub struct Session {
    domain: Domain,
    me: NodeId,
    peer: NodeId,
    my_keys: Vec<PublicKey>,
    peer_keys: Vec<PublicKey>,
    nonce: [u8; 16],
    phase: Phase,
    head_due: Timestamp,
    outgoing: Outgoing,
    incoming: Incoming,
    control: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Phase {
    AwaitingHello { until: Timestamp },
    Checking(Box<Checking>),
    Open,
}

/// What waits until the peer's claims are looked up.
#[derive(Debug)]
struct Checking {
    opened: Event,
    seen: Option<Tip>,
}

/// My feed on its way to the peer.
#[derive(Debug)]
struct Outgoing {
    mine: Tip,
    sent_seq: u64,
    acknowledged: Option<Tip>,
    unacknowledged: Flight,
    loading: bool,
    /// The store had nothing more when it was last asked.
    drained: bool,
    frames: VecDeque<Vec<u8>>,
}

/// The peer's feed on its way to me.
#[derive(Debug, Default)]
struct Incoming {
    head: Option<Head>,
    uncommitted: Flight,
    ack_due: Option<Tip>,
}

impl Outgoing {
    /// Puts groups on their way as far as the window has room; the rest is loaded later.
    fn send(&mut self, groups: Vec<Group>) -> Result<(), Refusal> {
        for group in groups {
            let (first, last_seq) = (group.first, group.last_seq());
            if self.unacknowledged.bytes >= UNACKNOWLEDGED_BYTES_MAX {
                break;
            }
            // The peer may have acknowledged it meanwhile, from another carrier.
            if last_seq <= self.sent_seq {
                continue;
            }
            let follows = first.seq <= self.sent_seq.saturating_add(1)
                && first.incarnation == self.mine.incarnation;
            let frame = Frame::Group(group).to_bytes();
            if !follows || frame.len() > FRAME_BYTES_MAX {
                let place = format_args!("group {}, {} bytes", first.seq, frame.len());
                return Err(Refusal::about(Code::Internal, place));
            }
            self.sent_seq = last_seq;
            self.unacknowledged.push(last_seq, frame.len());
            self.frames.push_back(frame);
        }
        Ok(())
    }
}

/// Groups that were sent and not yet confirmed, in order.
#[derive(Debug, Default)]
struct Flight {
    groups: VecDeque<(u64, usize)>,
    bytes: usize,
}

impl Flight {
    fn push(&mut self, last_seq: u64, bytes: usize) {
        self.groups.push_back((last_seq, bytes));
        self.bytes += bytes;
    }

    fn confirm(&mut self, seq: u64) {
        while let Some((_, bytes)) = self.groups.pop_front_if(|(last_seq, _)| *last_seq <= seq) {
            self.bytes -= bytes;
        }
    }
}

impl Session {
    /// Begins, with our Hello ready to be sent.
    pub fn new(start: SessionStart) -> Session {
        let body = HelloBody {
            nonce: start.nonce,
            head: start.head,
            seen: start.seen.map(|entry| entry.without_block().to_bytes()),
            seen_head: start.seen_head,
            floating: start.floating,
            highest_floating: start.highest_floating.map(|entry| entry.without_block().to_bytes()),
            records: start.records,
            clock: start.now,
        };
        let hello = Frame::Hello(Box::new(Hello { versions: VERSIONS, body }));
        Session {
            domain: start.domain,
            me: start.me,
            peer: start.peer,
            my_keys: start.my_keys,
            peer_keys: start.peer_keys,
            nonce: start.nonce,
            phase: Phase::AwaitingHello { until: start.now.after_millis(HELLO_WAIT_MS) },
            head_due: start.now.after_millis(HEAD_INTERVAL_MS),
            outgoing: Outgoing {
                mine: start.mine,
                sent_seq: 0,
                acknowledged: None,
                unacknowledged: Flight::default(),
                loading: false,
                drained: false,
                frames: VecDeque::new(),
            },
            incoming: Incoming::default(),
            control: VecDeque::from([hello.to_bytes()]),
            events: VecDeque::new(),
        }
    }

    /// A frame came on `channel`. Nothing may be read from [`Channel::Data`] before
    /// [`Event::Opened`], because streams do not wait for one another.
    pub fn handle_frame(
        &mut self,
        channel: Channel,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let frame = Frame::read(bytes, VERSIONS)?;
        if frame.channel() != channel {
            return Err(Refusal::about(Code::SessionFrame, "channel"));
        }
        match (frame, &self.phase) {
            (Frame::Hello(hello), Phase::AwaitingHello { .. }) => self.hello(*hello, now),
            (Frame::Head(head), Phase::Checking(_) | Phase::Open) => self.head(head, now),
            (Frame::Ack(tip), Phase::Open) => self.ack(tip),
            (Frame::Reconcile(message), Phase::Checking(_) | Phase::Open) => {
                self.events.push_back(Event::Reconcile(message));
                Ok(())
            }
            (Frame::Match(message), Phase::Checking(_) | Phase::Open) => {
                self.events.push_back(Event::Match(message));
                Ok(())
            }
            (Frame::Group(group), Phase::Open) => self.group(group, bytes.len()),
            _ => Err(Refusal::about(Code::SessionFrame, "order")),
        }
    }

    /// The time that [`Session::poll_timeout`] named has come, or the clock was set.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if let Phase::AwaitingHello { until } = self.phase {
            let ran_out = now >= until || until.millis_since(now) > HELLO_WAIT_MS;
            return if ran_out { Err(Code::SessionTimeout.into()) } else { Ok(()) };
        }
        // A deadline too far ahead means that the clock was set back.
        if now >= self.head_due || self.head_due.millis_since(now) > HEAD_INTERVAL_MS {
            self.head_due = now.after_millis(HEAD_INTERVAL_MS);
            self.events.push_back(Event::SignHead);
        }
        Ok(())
    }

    /// The claims of [`Event::Check`] were looked up; `lacking` is one that my log does not hold
    ///
    pub fn handle_checked(&mut self, lacking: Option<Claim>) -> Result<(), Refusal> {
        if let Some(Claim { tip, signed }) = lacking {
            let code = if signed { Code::NodeRecovering } else { Code::SessionConflict };
            return Err(Refusal::about(code, format_args!("{} of {}", tip.seq, self.peer)));
        }
        match std::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Checking(checking) => {
                self.events.push_back(checking.opened);
                if let Some(tip) = checking.seen {
                    self.acknowledged(tip);
                }
                self.want_more();
            }
            other => self.phase = other,
        }
        Ok(())
    }

    /// My feed grew to `mine`; `groups` are its last ones, or none if they are to be loaded.
    pub fn handle_appended(&mut self, mine: Tip, groups: Vec<Group>) -> Result<(), Refusal> {
        let outgoing = &mut self.outgoing;
        // Older news that came late takes nothing back.
        if (mine.incarnation, mine.seq) > (outgoing.mine.incarnation, outgoing.mine.seq) {
            outgoing.mine = mine;
        }
        outgoing.drained = false;
        let next = groups
            .first()
            .is_some_and(|group| group.first.seq <= outgoing.sent_seq.saturating_add(1));
        if next && !outgoing.loading && matches!(self.phase, Phase::Open) {
            outgoing.send(groups)?;
        }
        self.want_more();
        Ok(())
    }

    /// The last entry of my feed that was put on its way, or is known to have arrived.
    pub fn sent_seq(&self) -> u64 {
        self.outgoing.sent_seq
    }

    /// The groups that [`Event::Load`] asked for; none if there are none behind it.
    pub fn handle_loaded(&mut self, groups: Vec<Group>) -> Result<(), Refusal> {
        let outgoing = &mut self.outgoing;
        outgoing.loading = false;
        outgoing.drained = groups.is_empty();
        outgoing.send(groups)?;
        self.want_more();
        Ok(())
    }

    /// My copy of the peer's feed is durable up to `tip`.
    pub fn handle_committed(&mut self, tip: Tip) {
        self.incoming.uncommitted.confirm(tip.seq);
        self.incoming.ack_due = Some(tip);
    }

    /// The head that [`Event::SignHead`] asked for.
    pub fn handle_head(&mut self, head: SignedHead) {
        self.control.push_back(Frame::Head(head).to_bytes());
    }

    /// Says something in a comparison; before the peer's Hello it is lost, and the comparison ends
    /// by the clock.
    pub fn handle_reconcile(&mut self, message: Vec<u8>) {
        if !matches!(self.phase, Phase::AwaitingHello { .. }) {
            self.control.push_back(Frame::Reconcile(message).to_bytes());
        }
    }

    /// Says something in a matching; before the peer's Hello it is lost, as in a comparison.
    pub fn handle_match(&mut self, message: Vec<u8>) {
        if !matches!(self.phase, Phase::AwaitingHello { .. }) {
            self.control.push_back(Frame::Match(message).to_bytes());
        }
    }

    /// The next frame to send on `channel`. Poll the control channel even while the data channel is
    /// held up.
    pub fn poll_frame(&mut self, channel: Channel) -> Option<Vec<u8>> {
        match channel {
            Channel::Control => self.control.pop_front().or_else(|| {
                let tip = self.incoming.ack_due.take()?;
                Some(Frame::Ack(tip).to_bytes())
            }),
            Channel::Data => self.outgoing.frames.pop_front(),
        }
    }

    /// The next thing for the shell to do or know.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`Session::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> (Timestamp, TimeoutReason) {
        match self.phase {
            Phase::AwaitingHello { until } => (until, TimeoutReason::Hello),
            Phase::Checking(_) | Phase::Open => (self.head_due, TimeoutReason::Head),
        }
    }

    fn hello(&mut self, hello: Hello, now: Timestamp) -> Result<(), Refusal> {
        let Hello { versions, body } = hello;
        if body.nonce == self.nonce {
            return Err(Refusal::about(Code::SessionFrame, "nonce"));
        }
        self.head(body.head, now)?;
        let seen = body.seen.map(|bytes| self.own_entry(&bytes)).transpose()?;
        let seen_head = body.seen_head.map(|head| self.own_head(&head)).transpose()?;
        // A set-back log has lost the highest of these places if it has lost any.
        let paper = body.highest_floating.map(|bytes| self.own_entry(&bytes)).transpose()?;
        let signed = [seen, seen_head, paper].into_iter().flatten();
        let mut claims: Vec<Claim> = signed.map(|tip| Claim { tip, signed: true }).collect();
        claims.extend(body.floating.into_iter().map(|tip| Claim { tip, signed: false }));
        // Of a dead life of my feed nothing is claimed: its fence has been agreed on.
        let life = self.outgoing.mine.incarnation.counter;
        claims.retain(|claim| claim.tip.incarnation.counter >= life && claim.tip.seq > 0);
        let opened = Event::Opened {
            version: versions.1.min(VERSIONS.1),
            clock_skew_ms: body.clock.millis() as i64 - now.millis() as i64,
            records: body.records,
        };
        self.phase = Phase::Checking(Box::new(Checking { opened, seen }));
        if claims.is_empty() {
            return self.handle_checked(None);
        }
        self.events.push_back(Event::Check(claims));
        Ok(())
    }

    /// The place of an entry that the peer says I wrote, if I did.
    fn own_entry(&self, bytes: &[u8]) -> Result<Tip, Refusal> {
        let forged = || Refusal::about(Code::SessionConflict, "entry");
        let entry = Entry::read(bytes).map_err(|_| Refusal::about(Code::SessionFrame, "entry"))?;
        let header = &entry.header;
        let mine = header.author == self.me
            && header.audience == self.peer
            && self.my_keys.iter().any(|key| entry.verifies(self.domain, key).is_ok());
        let tip = Tip { incarnation: header.incarnation, seq: header.seq, hash: entry.hash() };
        mine.then_some(tip).ok_or_else(forged)
    }

    /// The place of a head that the peer says I signed, if I did.
    fn own_head(&self, signed: &SignedHead) -> Result<Tip, Refusal> {
        let head = self.my_keys.iter().find_map(|key| signed.verified(key));
        head.filter(|head| {
            head.domain == self.domain && head.author == self.me && head.audience == self.peer
        })
        .map(|head| head.tip)
        .ok_or_else(|| Refusal::about(Code::SessionConflict, "head"))
    }

    fn head(&mut self, signed: SignedHead, now: Timestamp) -> Result<(), Refusal> {
        let head = *self
            .peer_keys
            .iter()
            .find_map(|key| signed.verified(key))
            .ok_or_else(|| Refusal::about(Code::FeedKey, "head"))?;
        if head.domain != self.domain {
            return Err(Refusal::about(Code::StatementDomain, "head"));
        }
        if head.author != self.peer || head.audience != self.me {
            return Err(Refusal::about(Code::StatementParty, "head"));
        }
        if head.time.millis_since(now) > CLOCK_AHEAD_MS_MAX {
            return Err(Refusal::about(Code::StatementTime, format_args!("head of {}", head.time)));
        }
        let backwards = self.incoming.head.is_some_and(|last| {
            (last.tip.incarnation, last.tip.seq) > (head.tip.incarnation, head.tip.seq)
        });
        if backwards {
            return Err(Refusal::about(Code::SessionFrame, "head"));
        }
        self.incoming.head = Some(head);
        self.events.push_back(Event::PeerHead(signed));
        Ok(())
    }

    fn ack(&mut self, tip: Tip) -> Result<(), Refusal> {
        let place = |tip: Tip| (tip.incarnation, tip.seq);
        if self.outgoing.acknowledged.is_some_and(|last| place(last) > place(tip)) {
            return Err(Refusal::about(Code::SessionFrame, "ack"));
        }
        self.acknowledged(tip);
        self.want_more();
        Ok(())
    }

    fn acknowledged(&mut self, tip: Tip) {
        let outgoing = &mut self.outgoing;
        outgoing.acknowledged = Some(tip);
        if tip.incarnation == outgoing.mine.incarnation {
            outgoing.unacknowledged.confirm(tip.seq);
            outgoing.sent_seq = outgoing.sent_seq.max(tip.seq);
        }
        self.events.push_back(Event::Acknowledged(tip));
    }

    fn group(&mut self, group: Group, bytes: usize) -> Result<(), Refusal> {
        if group.first.author != self.peer || group.first.audience != self.me {
            return Err(Refusal::about(Code::StatementParty, "group"));
        }
        // The sender stops below the bound, so it exceeds it by one frame at most.
        if self.incoming.uncommitted.bytes >= UNACKNOWLEDGED_BYTES_MAX {
            return Err(Refusal::about(Code::SessionFrame, "unacknowledged"));
        }
        self.incoming.uncommitted.push(group.last_seq(), bytes);
        self.events.push_back(Event::Received(group));
        Ok(())
    }

    /// Asks for more of my feed if the peer lacks some and there is room for it on the way.
    fn want_more(&mut self) {
        let outgoing = &mut self.outgoing;
        let room = UNACKNOWLEDGED_BYTES_MAX.saturating_sub(outgoing.unacknowledged.bytes);
        let lacks = outgoing.sent_seq < outgoing.mine.seq && !outgoing.drained;
        if matches!(self.phase, Phase::Open) && lacks && room > 0 && !outgoing.loading {
            outgoing.loading = true;
            let (after_seq, bytes_max) = (outgoing.sent_seq, room.min(LOAD_BYTES_MAX));
            self.events.push_back(Event::Load { after_seq, bytes_max });
        }
    }
}

#[cfg(test)]
mod tests;

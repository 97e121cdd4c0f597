//! One end of a conversation: the real session, and what it asks of the real office.
//!
//! It stands where `link::peer` stands in the node, with the same rules (everything that came is
//! handed over together, of acknowledgements and heads the last one counts) and no others. Each
//! job is a step of its own, so that jobs end in any order, as on threads.

use dukou::office::Office;
use dukou::store::Growth;
use protocol::envelope::{Group, SignedHead, Tip};
use protocol::exchange::frame::Channel;
use protocol::exchange::session::{Claim, Event, Session};
use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

/// One end of one connection.
pub struct Talk {
    pub connection: u64,
    pub opened: bool,
    session: Session,
    jobs: Vec<Job>,
    received: Vec<Group>,
    acknowledged: Option<Tip>,
    head: Option<SignedHead>,
}

/// What the session or the node asked for.
pub enum Job {
    Check(Vec<Claim>),
    Opened(i64),
    Receive,
    Load { after_seq: u64, bytes_max: usize },
    Acknowledge,
    Hear,
    SignHead,
    Grown(Tip, Vec<Group>),
}

impl Job {
    pub fn name(&self) -> &'static str {
        match self {
            Job::Check(_) => "check",
            Job::Opened(_) => "opened",
            Job::Receive => "receive",
            Job::Load { .. } => "load",
            Job::Acknowledge => "acknowledge",
            Job::Hear => "hear",
            Job::SignHead => "sign-head",
            Job::Grown(..) => "grown",
        }
    }
}

impl Talk {
    /// Begins a session of `office` with `peer`.
    pub fn begin(connection: u64, office: &Office, peer: NodeId) -> Result<Talk, Refusal> {
        let session = Session::new(office.session_start(peer)?);
        Ok(Talk {
            connection,
            opened: false,
            session,
            jobs: Vec::new(),
            received: Vec::new(),
            acknowledged: None,
            head: None,
        })
    }

    pub fn jobs(&self) -> usize {
        self.jobs.len()
    }

    pub fn take_job(&mut self, place: usize) -> Job {
        self.jobs.remove(place)
    }

    /// My feed to the peer has grown. Every other piece of news comes without what it grew by, as
    /// when too much waits, and jobs are done in any order.
    pub fn grown(&mut self, growth: Growth) {
        let Growth { tip, mut groups, .. } = growth;
        if tip.seq % 2 == 1 {
            groups.clear();
        }
        self.jobs.push(Job::Grown(tip, groups));
    }

    /// What came and waits for the office.
    pub fn waiting(&self) -> &[Group] {
        &self.received
    }

    pub fn hear(&mut self, channel: Channel, bytes: &[u8], now: Timestamp) -> Result<(), Refusal> {
        self.session.handle_frame(channel, bytes, now)?;
        self.take_events();
        Ok(())
    }

    pub fn is_due(&self, now: Timestamp) -> bool {
        let (deadline, _) = self.session.poll_timeout();
        now >= deadline || deadline.millis_since(now) > 120_000
    }

    pub fn timeout(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.session.handle_timeout(now)?;
        self.take_events();
        Ok(())
    }

    pub fn next_frame(&mut self, channel: Channel) -> Option<Vec<u8>> {
        self.session.poll_frame(channel)
    }

    /// Does one job. An error ends the session.
    pub fn run(&mut self, job: Job, office: &Office, peer: NodeId) -> Result<(), Refusal> {
        match job {
            Job::Check(claims) => {
                let lacking = office.lacking(peer, &claims)?;
                self.session.handle_checked(lacking)?;
            }
            Job::Opened(skew_ms) => office.session_opened(peer, skew_ms)?,
            Job::Receive => {
                let groups = std::mem::take(&mut self.received);
                let received = office.receive(office.peer_id(peer)?, &groups)?;
                if received.gap {
                    return Err(Code::FeedGap.into());
                }
                if let Some(tip) = received.tip {
                    self.session.handle_committed(tip);
                }
            }
            Job::Load { after_seq, bytes_max } => {
                self.session.handle_loaded(office.outgoing(peer, after_seq, bytes_max)?)?;
            }
            Job::Acknowledge => {
                if let Some(tip) = self.acknowledged.take() {
                    office.peer_holds(peer, tip)?;
                }
            }
            Job::Hear => {
                if let Some(head) = self.head.take() {
                    office.heard_head(peer, &head)?;
                }
            }
            Job::SignHead => self.session.handle_head(office.signed_head(peer)?),
            Job::Grown(tip, groups) => self.session.handle_appended(tip, groups)?,
        }
        self.take_events();
        Ok(())
    }

    fn take_events(&mut self) {
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Check(claims) => self.jobs.push(Job::Check(claims)),
                Event::Opened { clock_skew_ms, .. } => {
                    self.opened = true;
                    self.jobs.push(Job::Opened(clock_skew_ms));
                }
                Event::Received(group) => {
                    self.received.push(group);
                    self.ask(Job::Receive);
                }
                Event::Load { after_seq, bytes_max } => {
                    self.jobs.push(Job::Load { after_seq, bytes_max });
                }
                Event::Acknowledged(tip) => {
                    self.acknowledged = Some(tip);
                    self.ask(Job::Acknowledge);
                }
                Event::PeerHead(head) => {
                    self.head = Some(head);
                    self.ask(Job::Hear);
                }
                // Nobody compares books or lists here.
                Event::Reconcile(_) | Event::Match(_) => {}
                Event::SignHead => self.jobs.push(Job::SignHead),
            }
        }
    }

    /// Once is enough for what takes everything there is.
    fn ask(&mut self, job: Job) {
        if !self.jobs.iter().any(|one| one.name() == job.name()) {
            self.jobs.push(job);
        }
    }
}

//! Drives one session with a peer over one connection, from its first frame to its end.
//!
//! It moves bytes between the streams, the sans-IO session and the node's feeds, and waits for
//! whatever comes first. Everything that touches the disk runs on threads for blocking work. What
//! arrives while a commit is under way is handed over together in the next one, so that one sync
//! of the disk serves it all.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::envelope::{Group, SignedHead, Tip};
use protocol::exchange::frame::Channel;
use protocol::exchange::session::{Claim, Event, Session};
use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use quinn::{Connection, RecvStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::{JoinError, JoinSet};

use super::endpoint::{close, refusal_of};
use super::feeds::{Feeds, Opened};
use super::frames::FrameReader;
use super::limits::{HEARD_WAITING_MAX, RECEIVED_BYTES_MAX};
use super::registry::Registered;
use super::streams::{self, Batch};
use super::wake::{Aside, Grown};
use crate::clock::Clock;

/// Most ends of my feed that are remembered.
const KNOWN_TIPS_MAX: usize = 64;

/// One conversation with one peer.
pub(super) struct Conversation {
    peer: NodeId,
    feeds: Arc<dyn Feeds>,
    clock: Clock,
    /// Held on the blocking thread while the copy of this peer's feed is changed.
    receiving_lock: Arc<Mutex<()>>,
    registered: Registered,
    opened: bool,
    jobs: JoinSet<Result<Done, Refusal>>,
    received: Vec<Group>,
    /// Bytes in `received` and in the commit that is under way.
    received_bytes: usize,
    receiving: bool,
    acknowledged: Option<Tip>,
    acknowledging: bool,
    /// Where my feed ended after its last commits: what the peer acknowledges is mostly one of
    /// these, and then needs no look at the disk.
    grew_to: VecDeque<Tip>,
    head: Option<SignedHead>,
    hearing: bool,
    /// What the peer said beside the feeds, until the node hears it.
    heard: VecDeque<Aside>,
    answering: bool,
    /// The last entry of mine that was put on its way.
    sent: u64,
}

/// What there is to send, as it comes to be.
pub(super) struct News {
    /// What my feed grows by.
    pub grown: broadcast::Receiver<Arc<Grown>>,
    /// What is said beside the feeds.
    pub said: broadcast::Receiver<Aside>,
}

/// What a job on a thread for blocking work came to.
enum Done {
    Checked(Option<Claim>),
    Loaded(Vec<Group>),
    Received { tip: Option<Tip>, bytes: usize },
    Signed(SignedHead),
    Acknowledged,
    Heard,
    Answered,
    Noted,
}

impl Conversation {
    /// A conversation with `peer` that has not begun.
    pub fn new(
        peer: NodeId,
        feeds: Arc<dyn Feeds>,
        clock: Clock,
        receiving_lock: Arc<Mutex<()>>,
        registered: Registered,
    ) -> Conversation {
        Conversation {
            peer,
            feeds,
            clock,
            receiving_lock,
            registered,
            opened: false,
            jobs: JoinSet::new(),
            received: Vec::new(),
            received_bytes: 0,
            receiving: false,
            acknowledged: None,
            acknowledging: false,
            grew_to: VecDeque::with_capacity(KNOWN_TIPS_MAX),
            head: None,
            hearing: false,
            heard: VecDeque::new(),
            answering: false,
            sent: 0,
        }
    }

    /// Talks on `connection` until the session ends, and closes it. `news` tells what there
    /// is to send, `lives` when the endpoint died. Says why it ended, and whether it ever opened.
    pub async fn hold(
        mut self,
        connection: Connection,
        news: News,
        mut lives: watch::Receiver<u64>,
    ) -> (Refusal, bool) {
        let mut stop = self.registered.stop();
        let address = connection.remote_address();
        let mut ended = tokio::select! {
            ended = self.talk(&connection, news) => ended,
            error = connection.closed() => refusal_of(address, &error),
            stopped = stop.wait_for(Option::is_some) => {
                stopped.ok().and_then(|code| *code).unwrap_or(Code::SessionEnded).into()
            }
            _ = lives.changed() => Code::PeerUnreachable.into(),
        };
        // A broken stream says less than what the peer closed the connection with.
        if let (Code::PeerUnreachable, Some(error)) = (ended.code, connection.close_reason()) {
            ended = refusal_of(address, &error);
        }
        close(&connection, ended.code);
        // Work that began is finished before the session counts as over.
        while self.jobs.join_next().await.is_some() {}
        let (feeds, peer, why) = (Arc::clone(&self.feeds), self.peer, ended.clone());
        let _ = tokio::task::spawn_blocking(move || feeds.ended(peer, &why)).await;
        (ended, self.opened)
    }

    async fn talk(&mut self, connection: &Connection, news: News) -> Refusal {
        match self.try_talk(connection, news).await {
            Ok(()) => Code::SessionEnded.into(),
            Err(refusal) => refusal,
        }
    }

    async fn try_talk(
        &mut self,
        connection: &Connection,
        News { mut grown, mut said }: News,
    ) -> Result<(), Refusal> {
        let (feeds, peer) = (Arc::clone(&self.feeds), self.peer);
        let start = tokio::task::spawn_blocking(move || feeds.start(peer)).await;
        let mut session = Session::new(start.map_err(|_| Refusal::from(Code::Internal))??);
        let control_out = streams::open(connection, Channel::Control).await?;
        let data_out = streams::open(connection, Channel::Data).await?;
        let (streams_in, mut streams) = mpsc::channel(2);
        tokio::spawn(streams::accept(connection.clone(), streams_in));
        let (mut control_in, mut data_in) = (None, None);
        let (mut control, mut data) = (Batch::default(), Batch::default());
        loop {
            self.take_events(&mut session)?;
            self.tell_sent(&session);
            control.fill(&mut session, Channel::Control);
            data.fill(&mut session, Channel::Data);
            let reads_data = self.opened && self.received_bytes < RECEIVED_BYTES_MAX;
            let (deadline, _) = session.poll_timeout();
            tokio::select! {
                frame = next(&mut control_in) => match frame? {
                    Some(frame) => {
                        session.handle_frame(Channel::Control, &frame, self.clock.now())?;
                    }
                    None => return Ok(()),
                },
                frame = next(&mut data_in), if reads_data => match frame? {
                    Some(frame) => {
                        self.received_bytes += frame.len();
                        session.handle_frame(Channel::Data, &frame, self.clock.now())?;
                    }
                    None => return Ok(()),
                },
                Some(stream) = streams.recv() => match stream? {
                    (Channel::Control, frames) => control_in = Some(frames),
                    (Channel::Data, frames) => data_in = Some(frames),
                },
                Some(done) = self.jobs.join_next() => self.done(done, &mut session)?,
                news = grown.recv() => match news {
                    Ok(grown) => self.grow(grown, &mut session)?,
                    // What was missed is behind the next news, and is loaded then.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok(()),
                },
                // What was missed lets its comparison or matching end by the clock.
                Ok(aside) = said.recv() => match aside {
                    Aside::Reconcile(message) => session.handle_reconcile(message),
                    Aside::Match(message) => session.handle_match(message),
                },
                permit = control_out.reserve(), if !control.is_empty() => {
                    permit.map_err(|_| stuck())?.send(std::mem::take(&mut control));
                }
                permit = data_out.reserve(), if !data.is_empty() => {
                    permit.map_err(|_| stuck())?.send(std::mem::take(&mut data));
                }
                () = self.clock.wait_until(deadline) => {
                    session.handle_timeout(self.clock.now())?;
                }
            }
        }
    }

    /// Does what the session asks for.
    fn take_events(&mut self, session: &mut Session) -> Result<(), Refusal> {
        while let Some(event) = session.poll_event() {
            match event {
                Event::Check(claims) => {
                    self.run(move |feeds, peer| feeds.lacking(peer, &claims).map(Done::Checked));
                }
                Event::Opened { version, clock_skew_ms, records } => {
                    self.opened = true;
                    self.registered.opened();
                    tracing::info!(peer = %self.peer, version, clock_skew_ms, "a session opened");
                    let opened = Opened { version, clock_skew_ms, records };
                    self.run(move |feeds, peer| feeds.opened(peer, opened).map(|()| Done::Noted));
                }
                Event::Received(group) => self.received.push(group),
                Event::Load { after_seq, bytes_max } => self.run(move |feeds, peer| {
                    feeds.load(peer, after_seq, bytes_max).map(Done::Loaded)
                }),
                Event::Acknowledged(tip) => self.acknowledged = Some(tip),
                Event::PeerHead(head) => self.head = Some(head),
                Event::Reconcile(message) => self.listen(Aside::Reconcile(message))?,
                Event::Match(message) => self.listen(Aside::Match(message))?,
                Event::SignHead => self.run(|feeds, peer| feeds.head(peer).map(Done::Signed)),
            }
        }
        self.receive();
        self.acknowledge();
        self.hear();
        self.answer();
        Ok(())
    }

    /// The peer said something beside the feeds.
    fn listen(&mut self, aside: Aside) -> Result<(), Refusal> {
        if self.heard.len() == HEARD_WAITING_MAX {
            return Err(Refusal::about(Code::SessionFrame, "unheard"));
        }
        self.heard.push_back(aside);
        Ok(())
    }

    /// My feed grew.
    fn grow(&mut self, grown: Arc<Grown>, session: &mut Session) -> Result<(), Refusal> {
        let Grown { tip, groups } = Arc::unwrap_or_clone(grown);
        if self.grew_to.len() == KNOWN_TIPS_MAX {
            self.grew_to.pop_front();
        }
        self.grew_to.push_back(tip);
        session.handle_appended(tip, groups)
    }

    /// Notes the peer's newest head; those that came while one is being noted are skipped.
    fn hear(&mut self) {
        if !self.hearing
            && let Some(head) = self.head.take()
        {
            self.hearing = true;
            self.run(move |feeds, peer| feeds.heard(peer, head).map(|()| Done::Heard));
        }
    }

    /// Hands the next message beside the feeds to the node, one at a time.
    fn answer(&mut self) {
        if !self.answering
            && let Some(aside) = self.heard.pop_front()
        {
            self.answering = true;
            self.run(move |feeds, peer| {
                let heard = match aside {
                    Aside::Reconcile(message) => feeds.reconcile(peer, message),
                    Aside::Match(message) => feeds.matching(peer, message),
                };
                heard.map(|()| Done::Answered)
            });
        }
    }

    fn run(
        &mut self,
        job: impl FnOnce(&dyn Feeds, NodeId) -> Result<Done, Refusal> + Send + 'static,
    ) {
        let (feeds, peer) = (Arc::clone(&self.feeds), self.peer);
        self.jobs.spawn_blocking(move || job(&*feeds, peer));
    }

    /// Hands everything that came to the node, unless it is still busy with what came before.
    fn receive(&mut self) {
        if self.receiving || self.received.is_empty() {
            return;
        }
        self.receiving = true;
        let (groups, bytes) = (std::mem::take(&mut self.received), self.received_bytes);
        let lock = Arc::clone(&self.receiving_lock);
        self.run(move |feeds, peer| {
            let _one_at_a_time = lock.lock().unwrap_or_else(PoisonError::into_inner);
            feeds.receive(peer, groups).map(|tip| Done::Received { tip, bytes })
        });
    }

    /// Notes the last acknowledgement; those that came while one is being noted are skipped.
    fn acknowledge(&mut self) {
        if let Some(tip) = self.acknowledged.take_if(|tip| self.grew_to.contains(tip)) {
            self.feeds.confirmed(self.peer, tip);
        }
        if !self.acknowledging
            && let Some(tip) = self.acknowledged.take()
        {
            self.acknowledging = true;
            self.run(move |feeds, peer| feeds.acknowledged(peer, tip).map(|()| Done::Acknowledged));
        }
    }

    /// Tells how far my feed is on its way, once for each change.
    fn tell_sent(&mut self, session: &Session) {
        let sent = session.sent_seq();
        if sent > self.sent {
            self.sent = sent;
            self.feeds.sent(self.peer, sent);
        }
    }

    fn done(
        &mut self,
        done: Result<Result<Done, Refusal>, JoinError>,
        session: &mut Session,
    ) -> Result<(), Refusal> {
        match done.map_err(|_| Refusal::from(Code::Internal))?? {
            Done::Checked(lacking) => session.handle_checked(lacking)?,
            Done::Loaded(groups) => session.handle_loaded(groups)?,
            Done::Received { tip, bytes } => {
                self.receiving = false;
                self.received_bytes -= bytes;
                if let Some(tip) = tip {
                    session.handle_committed(tip);
                }
            }
            Done::Signed(head) => session.handle_head(head),
            Done::Acknowledged => self.acknowledging = false,
            Done::Heard => self.hearing = false,
            Done::Answered => self.answering = false,
            Done::Noted => {}
        }
        Ok(())
    }
}

/// A stream of ours takes nothing any more.
fn stuck() -> Refusal {
    Refusal::about(Code::PeerUnreachable, "stream")
}

/// The next frame of a stream that may not be there yet.
async fn next(stream: &mut Option<FrameReader<RecvStream>>) -> Result<Option<Vec<u8>>, Refusal> {
    match stream {
        Some(frames) => frames.next().await,
        None => pending().await,
    }
}

//! Whole links over loopback, with feeds in memory.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use protocol::codec;
use protocol::envelope::{Entry, Group, Head, SignedHead, Tip, seal_entries};
use protocol::exchange::feed::{Arrival as Judged, FeedCopy};
use protocol::exchange::session::{Claim, SessionStart};
use protocol::id::Incarnation;
use protocol::seal::{Domain, Signer};
use protocol::statement::notice::ReissueRequest;
use protocol::statement::{Draft, Parties};
use tokio::sync::watch;

use super::*;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::link::feeds::{Feeds, Opened};
use crate::link::wake::{Grown, Wakes};
use crate::link::{Link, LinkParts};

const LIFE: Incarnation = Incarnation { counter: 1, random: 7 };

/// The feeds of one node with one peer.
struct MemoryFeeds {
    me: u8,
    peer: u8,
    clock: Clock,
    signer: Signer,
    log: Mutex<Vec<Entry>>,
    copy: watch::Sender<Vec<Entry>>,
    acknowledged: watch::Sender<u64>,
    ends: watch::Sender<Vec<Code>>,
    receives: AtomicUsize,
    /// While somebody holds it, nothing is received.
    gate: Mutex<()>,
}

impl MemoryFeeds {
    fn new(me: u8, peer: u8) -> Arc<MemoryFeeds> {
        Arc::new(MemoryFeeds {
            me,
            peer,
            clock: Clock::system(),
            signer: signer(me),
            log: Mutex::default(),
            copy: watch::Sender::default(),
            acknowledged: watch::Sender::default(),
            ends: watch::Sender::default(),
            receives: AtomicUsize::new(0),
            gate: Mutex::default(),
        })
    }

    /// Grows the feed, and gives what it grew by.
    fn append(&self, count: usize, block_bytes: usize) -> Grown {
        let parties = Parties {
            domain: Domain::Rehearsal,
            author: node_id(self.me),
            audience: node_id(self.peer),
        };
        let draft = |_| {
            let draft = Draft::new(&ReissueRequest {}).with_block(vec![7; block_bytes]);
            draft.finish(&parties, self.clock.now(), [9; 16])
        };
        let mut log = self.log.lock().unwrap();
        let mut tip = tip_of(&log);
        let stated = (0..count).map(draft).collect();
        let before = tip.seq;
        log.extend(seal_entries(&mut tip, &parties, &self.signer, stated));
        drop(log);
        Grown { tip, groups: self.groups(before, usize::MAX) }
    }

    fn groups(&self, after_seq: u64, bytes_max: usize) -> Vec<Group> {
        let log = self.log.lock().unwrap();
        let (mut groups, mut bytes, mut rest) = (Vec::new(), 0, &log[..]);
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

    fn signed_head(&self) -> SignedHead {
        let tip = tip_of(&self.log.lock().unwrap());
        let (author, audience) = (node_id(self.me), node_id(self.peer));
        let head =
            Head { domain: Domain::Rehearsal, author, audience, tip, time: self.clock.now() };
        SignedHead::sign(head, &self.signer)
    }

    /// Waits until the copy is exactly what `author` wrote, and `author` knows it.
    async fn holds_all_of(&self, author: &MemoryFeeds) {
        let log = author.log.lock().unwrap().clone();
        soon(self.copy.subscribe().wait_for(|copy| *copy == log)).await.unwrap();
        let last = log.len() as u64;
        soon(author.acknowledged.subscribe().wait_for(|seq| *seq == last)).await.unwrap();
    }

    async fn ended_with(&self, code: Code) {
        soon(self.ends.subscribe().wait_for(|ends| ends.contains(&code))).await.unwrap();
    }
}

fn signer(seed: u8) -> Signer {
    Signer::from_seed(&[seed; 32])
}

fn tip_of(entries: &[Entry]) -> Tip {
    entries.last().map_or(Tip::start(LIFE), |entry| Tip {
        incarnation: LIFE,
        seq: entry.header.seq,
        hash: entry.hash(),
    })
}

impl Feeds for MemoryFeeds {
    fn start(&self, peer: NodeId) -> Result<SessionStart, Refusal> {
        assert_eq!(peer, node_id(self.peer));
        let mine = tip_of(&self.log.lock().unwrap());
        Ok(SessionStart {
            domain: Domain::Rehearsal,
            me: node_id(self.me),
            peer,
            my_keys: vec![self.signer.public()],
            peer_keys: vec![signer(self.peer).public()],
            mine,
            head: self.signed_head(),
            seen: self.copy.borrow().last().cloned(),
            seen_head: None,
            floating: Vec::new(),
            highest_floating: None,
            records: Vec::new(),
            nonce: Entropy::system().bytes(),
            now: self.clock.now(),
        })
    }

    fn head(&self, _: NodeId) -> Result<SignedHead, Refusal> {
        Ok(self.signed_head())
    }

    fn load(&self, _: NodeId, after_seq: u64, bytes_max: usize) -> Result<Vec<Group>, Refusal> {
        Ok(self.groups(after_seq, bytes_max))
    }

    fn sent(&self, _: NodeId, _: u64) {}

    fn reconcile(&self, _: NodeId, _: Vec<u8>) -> Result<(), Refusal> {
        Ok(())
    }

    fn matching(&self, _: NodeId, _: Vec<u8>) -> Result<(), Refusal> {
        Ok(())
    }

    fn lacking(&self, _: NodeId, claims: &[Claim]) -> Result<Option<Claim>, Refusal> {
        let log = self.log.lock().unwrap();
        let held = |tip: &Tip| {
            let entry = log.iter().find(|entry| entry.header.seq == tip.seq);
            entry.is_some_and(|entry| entry.hash() == tip.hash)
        };
        Ok(claims.iter().find(|claim| !held(&claim.tip)).copied())
    }

    fn acknowledged(&self, peer: NodeId, tip: Tip) -> Result<(), Refusal> {
        if self.lacking(peer, &[Claim { tip, signed: false }])?.is_some() {
            return Err(Code::SessionConflict.into());
        }
        self.acknowledged.send_modify(|seq| *seq = tip.seq.max(*seq));
        Ok(())
    }

    fn confirmed(&self, peer: NodeId, tip: Tip) {
        self.acknowledged(peer, tip).expect("the session knew the entry");
    }

    fn receive(&self, _: NodeId, groups: Vec<Group>) -> Result<Option<Tip>, Refusal> {
        self.receives.fetch_add(1, Ordering::SeqCst);
        let _open = self.gate.lock().unwrap();
        let mut copy = self.copy.borrow().clone();
        for group in groups {
            let feed = FeedCopy {
                domain: Domain::Rehearsal,
                author: node_id(self.peer),
                audience: node_id(self.me),
                key: signer(self.peer).public(),
                tip: (!copy.is_empty()).then(|| tip_of(&copy)),
            };
            let known = |seq: u64| copy.get(seq as usize - 1).map(Entry::hash);
            match feed.judge(group, known) {
                Ok(Judged::Continues(entries)) => copy.extend(entries),
                Ok(Judged::Known) => {}
                Ok(Judged::Gap) => return Err(Code::FeedGap.into()),
                Err(_) => return Err(Code::SealInvalid.into()),
            }
        }
        let tip = (!copy.is_empty()).then(|| tip_of(&copy));
        self.copy.send_replace(copy);
        Ok(tip)
    }

    fn heard(&self, _: NodeId, _: SignedHead) -> Result<(), Refusal> {
        Ok(())
    }

    fn opened(&self, _: NodeId, opened: Opened) -> Result<(), Refusal> {
        assert_eq!(opened.version, 1);
        Ok(())
    }

    fn ended(&self, _: NodeId, why: &Refusal) {
        self.ends.send_modify(|ends| ends.push(why.code));
    }
}

/// Knows one peer, whose state may change.
struct OnePeer {
    peer: u8,
    addresses: Mutex<Vec<String>>,
    refused: Mutex<Option<Code>>,
}

impl Pins for OnePeer {
    fn peer_of(&self, key: &TlsKey) -> Result<NodeId, Code> {
        if *key != identity(self.peer).key() {
            return Err(Code::PeerUnknown);
        }
        self.refused.lock().unwrap().map_or(Ok(node_id(self.peer)), Err)
    }

    fn known(&self) -> Result<Vec<KnownPeer>, Refusal> {
        Ok(vec![KnownPeer {
            peer: node_id(self.peer),
            keys: vec![identity(self.peer).key()],
            addresses: self.addresses.lock().unwrap().clone(),
        }])
    }
}

/// A node with its link and its feeds.
struct Node {
    link: Link,
    pins: Arc<OnePeer>,
    wakes: Wakes,
}

impl Node {
    async fn start(endpoint: Endpoint, feeds: &Arc<MemoryFeeds>, addresses: &[String]) -> Node {
        let pins = Arc::new(OnePeer {
            peer: feeds.peer,
            addresses: Mutex::new(addresses.to_vec()),
            refused: Mutex::new(None),
        });
        let wakes = Wakes::new();
        let parts = LinkParts {
            me: node_id(feeds.me),
            endpoint,
            pins: Arc::clone(&pins) as Arc<dyn Pins>,
            pairing: Arc::new(Mirror),
            feeds: Arc::clone(feeds) as Arc<dyn Feeds>,
            wakes: wakes.clone(),
            clock: Clock::system(),
            entropy: Entropy::system(),
        };
        Node { link: Link::start(parts).await.unwrap(), pins, wakes }
    }
}

fn bind(seed: u8) -> (Endpoint, Vec<String>) {
    let endpoint = Endpoint::bind(LOOPBACK, identity(seed)).unwrap();
    let address = endpoint.address().to_string();
    (endpoint, vec![address])
}

#[tokio::test]
async fn one_connection_serves_both_directions() {
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    one.append(100, 100);
    two.append(3, 0);
    let (at_one, at_two) = (bind(1), bind(2));
    let node_two = Node::start(at_two.0, &two, &[]).await;
    let node_one = Node::start(at_one.0, &one, &at_two.1).await;
    two.holds_all_of(&one).await;
    one.holds_all_of(&two).await;
    assert!(node_one.link.is_open(node_id(2)) && node_two.link.is_open(node_id(1)));

    node_two.wakes.appended(node_id(1), two.append(70, 5));
    one.holds_all_of(&two).await;
    // News that came late, or without what the feed grew by, is made up for from the feed.
    let late = one.append(1, 150 * 1024);
    node_one.wakes.appended(node_id(2), Grown { groups: Vec::new(), ..one.append(2, 10) });
    node_one.wakes.appended(node_id(2), late);
    two.holds_all_of(&one).await;
    soon(node_one.link.stop()).await;
    two.ended_with(Code::SessionEnded).await;
    soon(node_two.link.stop()).await;
}

#[tokio::test]
async fn a_peer_that_is_not_there_yet_is_reached_when_it_comes() {
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    one.append(1, 0);
    let (at_two, addresses) = bind(2);
    at_two.close().await;
    drop(at_two);
    let _one = Node::start(bind(1).0, &one, &addresses).await;
    one.ended_with(Code::PeerUnreachable).await;
    let at_two = Endpoint::bind(addresses[0].parse().unwrap(), identity(2)).unwrap();
    let _two = Node::start(at_two, &two, &[]).await;
    two.holds_all_of(&one).await;
}

#[tokio::test]
async fn of_two_connections_dialled_at_once_one_stays() {
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    one.append(50, 10);
    two.append(50, 10);
    let (at_one, at_two) = (bind(1), bind(2));
    let node_one = Node::start(at_one.0, &one, &at_two.1).await;
    let node_two = Node::start(at_two.0, &two, &at_one.1).await;
    two.holds_all_of(&one).await;
    one.holds_all_of(&two).await;
    for round in 0..20 {
        node_one.wakes.appended(node_id(2), one.append(1, round));
        node_two.wakes.appended(node_id(1), two.append(1, round));
        two.holds_all_of(&one).await;
        one.holds_all_of(&two).await;
    }
    let ends = [one.ends.borrow().clone(), two.ends.borrow().clone()].concat();
    assert!(ends.iter().all(|code| *code == Code::SessionReplaced), "{ends:?}");
    assert!(ends.len() <= 2, "one connection is given up, not one after the other: {ends:?}");
    assert!(node_one.link.is_open(node_id(2)) && node_two.link.is_open(node_id(1)));
}

#[test]
fn a_killed_peer_that_comes_back_gets_through_at_once() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    let (staying, dying) = (runtime(), runtime());
    let (node_two, addresses) = staying.block_on(async {
        let (at_two, addresses) = bind(2);
        (Node::start(at_two, &two, &[]).await, addresses)
    });
    one.append(3, 0);
    let node_one = dying.block_on(async {
        let node_one = Node::start(bind(1).0, &one, &addresses).await;
        two.holds_all_of(&one).await;
        node_one
    });
    // Nothing says goodbye: the tasks stop where they are, as after kill -9.
    dying.shutdown_timeout(PATIENCE);
    drop(node_one);
    assert!(node_two.link.is_open(node_id(1)), "the old session still looks alive");
    one.append(4, 0);
    staying.block_on(async {
        let _again = Node::start(bind(1).0, &one, &addresses).await;
        two.holds_all_of(&one).await;
        two.ended_with(Code::SessionReplaced).await;
        assert!(node_two.link.is_open(node_id(1)));
    });
}

/// The one that was dialled is killed, and its peer finds out with its next packet: well before
/// the old connection would have timed out.
#[test]
fn a_killed_node_that_is_started_again_resets_the_connections_of_before() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    let (staying, dying) = (runtime(), runtime());
    one.append(3, 0);
    let (node_two, addresses) = dying.block_on(async {
        let (at_two, addresses) = bind(2);
        (Node::start(at_two, &two, &[]).await, addresses)
    });
    let node_one = staying.block_on(async {
        let node_one = Node::start(bind(1).0, &one, &addresses).await;
        two.holds_all_of(&one).await;
        node_one
    });
    dying.shutdown_timeout(PATIENCE);
    drop(node_two);
    assert!(node_one.link.is_open(node_id(2)), "nothing is known of the death yet");
    let grown = one.append(4, 0);
    staying.block_on(async {
        let at_two = Endpoint::bind(addresses[0].parse().unwrap(), identity(2)).unwrap();
        let _again = Node::start(at_two, &two, &[]).await;
        node_one.wakes.appended(node_id(2), grown);
        two.holds_all_of(&one).await;
        one.ended_with(Code::PeerUnreachable).await;
    });
}

#[tokio::test]
async fn sessions_go_on_after_the_endpoint_died() {
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    one.append(3, 0);
    let brittle = Arc::new(super::hostile::Brittle(quinn::TokioRuntime));
    let at_two = Endpoint::bind_on(brittle, LOOPBACK, identity(2)).unwrap();
    let address = at_two.address();
    let _two = Node::start(at_two, &two, &[]).await;
    let node_one = Node::start(bind(1).0, &one, &[address.to_string()]).await;
    two.holds_all_of(&one).await;
    std::net::UdpSocket::bind(LOOPBACK).unwrap().send_to(b"fail", address).unwrap();
    two.ended_with(Code::PeerUnreachable).await;
    node_one.wakes.appended(node_id(2), one.append(3, 0));
    two.holds_all_of(&one).await;
}

/// While one commit is under way, what comes gathers for the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::await_holding_lock, reason = "only a blocking thread waits for it")]
async fn what_comes_during_a_commit_shares_the_next_one() {
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    for _ in 0..60 {
        one.append(1, 100);
    }
    let gate = two.gate.lock().unwrap();
    let (at_two, addresses) = bind(2);
    let _two = Node::start(at_two, &two, &[]).await;
    let node_one = Node::start(bind(1).0, &one, &addresses).await;
    soon(node_one.link.opened(node_id(2))).await;
    while two.receives.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    drop(gate);
    two.holds_all_of(&one).await;
    let commits = two.receives.load(Ordering::SeqCst);
    assert!(commits < 60, "{commits} commits for 60 groups");
}

#[tokio::test]
async fn a_revoked_peer_is_told_and_kept_out() {
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    let (at_two, addresses) = bind(2);
    let node_two = Node::start(at_two, &two, &[]).await;
    let _one = Node::start(bind(1).0, &one, &addresses).await;
    soon(node_two.link.opened(node_id(1))).await;
    *node_two.pins.refused.lock().unwrap() = Some(Code::PeerRevoked);
    node_two.link.reload().await.unwrap();
    one.ended_with(Code::PeerRevoked).await;
    let mut ends = one.ends.subscribe();
    soon(ends.wait_for(|ends| ends.len() >= 2)).await.unwrap();
    assert!(ends.borrow().iter().all(|code| *code == Code::PeerRevoked), "dialled again, refused");

    *node_two.pins.refused.lock().unwrap() = None;
    one.append(1, 0);
    two.holds_all_of(&one).await;
}

#[tokio::test]
async fn a_node_that_was_rolled_back_is_told_by_its_own_signature() {
    let (one, two) = (MemoryFeeds::new(1, 2), MemoryFeeds::new(2, 1));
    one.append(5, 0);
    two.copy.send_replace(one.log.lock().unwrap().clone());
    one.log.lock().unwrap().truncate(3);
    let (at_two, addresses) = bind(2);
    let _two = Node::start(at_two, &two, &[]).await;
    let _one = Node::start(bind(1).0, &one, &addresses).await;
    one.ended_with(Code::NodeRecovering).await;
    two.ended_with(Code::NodeRecovering).await;
    assert_eq!(two.copy.borrow().len(), 5);
}

#[tokio::test]
async fn a_peer_that_opens_other_streams_is_closed() {
    let (two, at_two) = (MemoryFeeds::new(2, 1), bind(2));
    let _two = Node::start(at_two.0, &two, &[]).await;
    let client = Endpoint::bind(LOOPBACK, identity(1)).unwrap();
    let address = at_two.1[0].parse().unwrap();
    for tags in [&[1, 2, 2][..], &[1, 1], &[3], &[]] {
        let expected = [identity(2).key()];
        let connect = client.connect(address, Purpose::Session, &expected);
        let connection = soon(connect).await.unwrap();
        let mut streams = Vec::new();
        for tag in tags {
            let mut stream = connection.open_uni().await.unwrap();
            stream.write_all(&[*tag]).await.unwrap();
            streams.push(stream);
        }
        if tags.is_empty() {
            connection.open_bi().await.unwrap().0.write_all(&[1]).await.unwrap();
        }
        let error = soon(connection.closed()).await;
        let refusal = crate::link::endpoint::refusal_of(address, &error);
        assert_eq!(refusal.code, Code::SessionFrame, "{tags:?}");
    }
}

#[tokio::test]
async fn a_stranger_is_heard_by_a_whole_link() {
    let two = MemoryFeeds::new(2, 1);
    let (at_two, addresses) = bind(2);
    let node_two = Node::start(at_two, &two, &[]).await;
    let stranger = Endpoint::bind(LOOPBACK, identity(9)).unwrap();
    let expected = [node_two.link.endpoint().key()];
    let answer = pair::present(&stranger, addresses[0].parse().unwrap(), &expected, vec![1, 2, 3]);
    assert_eq!(soon(answer).await, Ok(vec![3, 2, 1]));
}

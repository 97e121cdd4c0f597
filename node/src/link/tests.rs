//! The link over real QUIC on loopback: who gets in, and what strangers can and cannot do.

#![allow(clippy::unwrap_used)]

mod hostile;
mod sessions;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use protocol::id::NodeId;
use protocol::limits::FRAME_BYTES_MAX;
use protocol::refusal::{Code, Refusal};
use tokio::sync::mpsc;

use super::dial::KnownPeer;
use super::endpoint::{Arrival, Endpoint, Pins};
use super::frames::{FrameReader, write_frames};
use super::pair::{self, Pairing};
use super::tls::{Identity, Purpose, TlsKey};

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Longer than anything takes on loopback; a test that reaches it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

struct Pinned(HashMap<TlsKey, Result<NodeId, Code>>);

impl Pins for Pinned {
    fn peer_of(&self, key: &TlsKey) -> Result<NodeId, Code> {
        self.0.get(key).copied().unwrap_or(Err(Code::PeerUnknown))
    }

    fn known(&self) -> Result<Vec<KnownPeer>, Refusal> {
        Ok(Vec::new())
    }
}

fn identity(seed: u8) -> Identity {
    crate::telemetry::watch::watch();
    Identity::from_seed(&[seed; 32])
}

fn node_id(seed: u8) -> NodeId {
    NodeId::from_bytes([seed; 32])
}

/// A running endpoint that pins the TLS keys of `peers`.
fn serve(seed: u8, peers: &[u8]) -> (Endpoint, mpsc::Receiver<Arrival>) {
    let endpoint = Endpoint::bind(LOOPBACK, identity(seed)).unwrap();
    let arrivals = run(&endpoint, peers);
    (endpoint, arrivals)
}

fn run(endpoint: &Endpoint, peers: &[u8]) -> mpsc::Receiver<Arrival> {
    let pins = peers.iter().map(|seed| (identity(*seed).key(), Ok(node_id(*seed)))).collect();
    let (sender, arrivals) = mpsc::channel(16);
    let endpoint = endpoint.clone();
    tokio::spawn(async move { endpoint.run(Arc::new(Pinned(pins)), sender).await });
    arrivals
}

async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("this takes a moment on loopback")
}

async fn next_peer(arrivals: &mut mpsc::Receiver<Arrival>) -> (NodeId, quinn::Connection) {
    match soon(arrivals.recv()).await.unwrap() {
        Arrival::Peer(peer, _, connection) => (peer, connection),
        Arrival::Stranger(key, _) => panic!("{key:?} is a stranger"),
    }
}

/// Shows that the node still takes in a peer that it knows, and reads what it says.
async fn still_serves(node: &Endpoint, arrivals: &mut mpsc::Receiver<Arrival>, peer: u8) {
    let client = Endpoint::bind(LOOPBACK, identity(peer)).unwrap();
    let expected = [node.key()];
    let out = soon(client.connect(node.address(), Purpose::Session, &expected)).await.unwrap();
    let (id, into) = next_peer(arrivals).await;
    assert_eq!(id, node_id(peer));
    write_frames(&mut out.open_uni().await.unwrap(), &[b"still here".to_vec()]).await.unwrap();
    let mut frames = FrameReader::new(soon(into.accept_uni()).await.unwrap());
    assert_eq!(soon(frames.next()).await, Ok(Some(b"still here".to_vec())));
}

#[tokio::test]
async fn two_nodes_that_pin_each_other_get_a_session() {
    let (a, _) = serve(1, &[2]);
    let (b, mut at_b) = serve(2, &[1]);
    let out = soon(a.connect(b.address(), Purpose::Session, &[b.key()])).await.unwrap();
    let (peer, into) = next_peer(&mut at_b).await;
    assert_eq!(peer, node_id(1));

    let frames = vec![vec![7; FRAME_BYTES_MAX], vec![8]];
    let sent = frames.clone();
    let sending = tokio::spawn(async move {
        let mut stream = out.open_uni().await.unwrap();
        write_frames(&mut stream, &sent).await.unwrap();
        stream.finish().unwrap();
        stream.stopped().await.unwrap();
    });
    let mut reader = FrameReader::new(soon(into.accept_uni()).await.unwrap());
    for frame in frames {
        assert_eq!(soon(reader.next()).await, Ok(Some(frame)));
    }
    assert_eq!(soon(reader.next()).await, Ok(None));
    soon(sending).await.unwrap();
}

#[tokio::test]
async fn the_dialler_accepts_only_the_keys_it_expects() {
    let (b, _at_b) = serve(2, &[1]);
    let a = Endpoint::bind(LOOPBACK, identity(1)).unwrap();
    let wrong = soon(a.connect(b.address(), Purpose::Session, &[identity(3).key()])).await;
    assert_eq!(wrong.unwrap_err().code, Code::PeerFingerprint);
    let rotating = [identity(3).key(), identity(2).key()];
    soon(a.connect(b.address(), Purpose::Session, &rotating)).await.unwrap();
}

#[tokio::test]
async fn a_refused_peer_is_told_the_code() {
    let endpoint = Endpoint::bind(LOOPBACK, identity(2)).unwrap();
    let pins = HashMap::from([(identity(1).key(), Err(Code::PeerRevoked))]);
    let (sender, _arrivals) = mpsc::channel(1);
    let running = endpoint.clone();
    tokio::spawn(async move { running.run(Arc::new(Pinned(pins)), sender).await });

    let a = Endpoint::bind(LOOPBACK, identity(1)).unwrap();
    let out = soon(a.connect(endpoint.address(), Purpose::Session, &[endpoint.key()])).await;
    let error = soon(out.unwrap().closed()).await;
    assert_eq!(super::endpoint::refusal_of(LOOPBACK, &error).code, Code::PeerRevoked);
}

#[tokio::test]
async fn closing_ends_the_run_and_the_connections() {
    let endpoint = Endpoint::bind(LOOPBACK, identity(2)).unwrap();
    let (sender, mut arrivals) = mpsc::channel(1);
    let pins = Pinned(HashMap::from([(identity(1).key(), Ok(node_id(1)))]));
    let running = endpoint.clone();
    let run = tokio::spawn(async move { running.run(Arc::new(pins), sender).await });
    let a = Endpoint::bind(LOOPBACK, identity(1)).unwrap();
    let expected = [endpoint.key()];
    let out = soon(a.connect(endpoint.address(), Purpose::Session, &expected)).await.unwrap();
    next_peer(&mut arrivals).await;
    soon(endpoint.close()).await;
    soon(run).await.unwrap();
    soon(out.closed()).await;
}

/// Answers with what it was asked, backwards.
struct Mirror;

impl Pairing for Mirror {
    fn present(&self, _: TlsKey, _: SocketAddr, mut request: Vec<u8>) -> Vec<u8> {
        request.reverse();
        request
    }
}

/// A node that hears one stranger for at most `wait`.
fn pairing_node(wait: Duration) -> Endpoint {
    let (node, mut arrivals) = serve(2, &[]);
    tokio::spawn(async move {
        while let Some(Arrival::Stranger(key, connection)) = arrivals.recv().await {
            assert_eq!(key, identity(9).key());
            pair::answer(connection, key, Arc::new(Mirror), wait).await;
        }
    });
    node
}

#[tokio::test]
async fn a_stranger_may_pair_and_is_answered() {
    let node = pairing_node(PATIENCE);
    let stranger = Endpoint::bind(LOOPBACK, identity(9)).unwrap();
    let ask = |request: Vec<u8>| pair::present(&stranger, node.address(), &[], request);
    assert_eq!(soon(ask(vec![1])).await.unwrap_err().code, Code::PeerFingerprint);

    let expected = [node.key()];
    for request in [vec![1, 2, 3], vec![5; 4096]] {
        let mut expected_answer = request.clone();
        expected_answer.reverse();
        let answer = pair::present(&stranger, node.address(), &expected, request);
        assert_eq!(soon(answer).await, Ok(expected_answer));
    }
    let too_long = pair::present(&stranger, node.address(), &expected, vec![5; 4097]);
    assert_eq!(soon(too_long).await.unwrap_err().code, Code::SessionFrame);
}

#[tokio::test]
async fn a_stranger_who_says_too_much_or_nothing_is_closed() {
    let node = pairing_node(Duration::from_millis(200));
    let stranger = Endpoint::bind(LOOPBACK, identity(9)).unwrap();
    for (bytes, code) in [
        (&4097_u32.to_le_bytes()[..], Code::SessionFrame),
        (&[0; 4], Code::SessionFrame),
        (&[3, 0, 0, 0, 1], Code::SessionTimeout),
        (&[], Code::SessionTimeout),
    ] {
        let expected = [node.key()];
        let connect = stranger.connect(node.address(), Purpose::Pairing, &expected);
        let connection = soon(connect).await.unwrap();
        let (mut send, _receive) = connection.open_bi().await.unwrap();
        send.write_all(bytes).await.unwrap();
        let error = soon(connection.closed()).await;
        assert_eq!(super::endpoint::refusal_of(LOOPBACK, &error).code, code, "{bytes:?}");
    }
}

//! Frames on one long stream: the node's own endpoint and framing, with nothing behind them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dukou::link::dial::KnownPeer;
use dukou::link::endpoint::{Arrival, Endpoint, Pins};
use dukou::link::frames::{FrameReader, write_frames};
use dukou::link::tls::{Identity, Purpose, TlsKey};
use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use tokio::sync::mpsc;

/// Bytes of a frame: about a statement with its attachment.
const FRAME_BYTES: usize = 350;
/// Frames that are written together.
const WRITTEN_FRAMES: usize = 64;

/// Lets everybody in.
struct Open;

impl Pins for Open {
    fn peer_of(&self, _: &TlsKey) -> Result<NodeId, Code> {
        Ok(NodeId::from_bytes([1; 32]))
    }

    fn known(&self) -> Result<Vec<KnownPeer>, Refusal> {
        Ok(Vec::new())
    }
}

/// Frames a second, read one by one at the far end.
pub fn measure(measured: Duration) -> f64 {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run(measured))
}

async fn run(measured: Duration) -> f64 {
    let listen = "127.0.0.1:0".parse().unwrap();
    let bind = |seed| Endpoint::bind(listen, Identity::from_seed(&[seed; 32])).unwrap();
    let (near, far) = (bind(1), bind(2));
    let (sender, mut arrivals) = mpsc::channel(1);
    let accepting = far.clone();
    tokio::spawn(async move { accepting.run(Arc::new(Open), sender).await });
    let connected = near.connect(far.address(), Purpose::Session, &[far.key()]).await.unwrap();
    let Some(Arrival::Peer(_, _, arrived)) = arrivals.recv().await else { panic!("no session") };
    let mut outgoing = connected.open_uni().await.unwrap();
    let writing = tokio::spawn(async move {
        let frames = vec![vec![7; FRAME_BYTES]; WRITTEN_FRAMES];
        while write_frames(&mut outgoing, &frames).await.is_ok() {}
    });
    let mut frames = FrameReader::new(arrived.accept_uni().await.unwrap());
    let (start, mut read) = (Instant::now(), 0.0);
    while start.elapsed() < measured {
        frames.next().await.unwrap().unwrap();
        read += 1.0;
    }
    let rate = read / start.elapsed().as_secs_f64();
    writing.abort();
    near.close().await;
    far.close().await;
    rate
}

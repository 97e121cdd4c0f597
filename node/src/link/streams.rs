//! The streams of a session: each side opens one for control and one for data.
//!
//! The first byte of a stream says which it is. Anything else that a peer opens ends the
//! connection. What the frames mean is not known here.

use std::time::Duration;

use protocol::exchange::frame::Channel;
use protocol::exchange::session::Session;
use protocol::limits::HELLO_WAIT_MS;
use protocol::refusal::{Code, Refusal};
use quinn::{Connection, RecvStream, SendStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::frames::{FrameReader, write_frames};
use super::limits::WRITE_BYTES_MAX;

/// Frames that are written together.
#[derive(Default)]
pub(super) struct Batch {
    frames: Vec<Vec<u8>>,
    bytes: usize,
}

impl Batch {
    /// Takes frames from the session as long as there is room.
    pub fn fill(&mut self, session: &mut Session, channel: Channel) {
        while self.bytes < WRITE_BYTES_MAX
            && let Some(frame) = session.poll_frame(channel)
        {
            self.bytes += frame.len();
            self.frames.push(frame);
        }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

const CONTROL: u8 = 1;
const DATA: u8 = 2;

/// Opens our stream for `channel`; what is sent on the result is written to it, in order.
pub(super) async fn open(
    connection: &Connection,
    channel: Channel,
) -> Result<mpsc::Sender<Batch>, Refusal> {
    let gone = |_| Refusal::about(Code::PeerUnreachable, "stream");
    let stream = connection.open_uni().await.map_err(gone)?;
    // Control goes first whenever both have something to send.
    let _ = stream.set_priority(if channel == Channel::Control { 1 } else { 0 });
    let (sender, batches) = mpsc::channel(1);
    tokio::spawn(write(stream, channel, batches));
    Ok(sender)
}

async fn write(mut stream: SendStream, channel: Channel, mut batches: mpsc::Receiver<Batch>) {
    let tag = if channel == Channel::Control { CONTROL } else { DATA };
    if stream.write_all(&[tag]).await.is_err() {
        return;
    }
    while let Some(batch) = batches.recv().await {
        if write_frames(&mut stream, &batch.frames).await.is_err() {
            return;
        }
    }
}

/// Gives the peer's two streams as they come, and then an error if another one comes. Ends with the
/// connection.
pub(super) async fn accept(
    connection: Connection,
    streams: mpsc::Sender<Result<(Channel, FrameReader<RecvStream>), Refusal>>,
) {
    let broken = |what| Refusal::about(Code::SessionFrame, what);
    let mut missing = vec![Channel::Control, Channel::Data];
    loop {
        let accepted = tokio::select! {
            uni = connection.accept_uni() => uni.ok(),
            bidi = connection.accept_bi() => {
                if bidi.is_ok() {
                    let _ = streams.send(Err(broken("bidirectional stream"))).await;
                }
                return;
            }
        };
        let Some(mut stream) = accepted else { return };
        let mut tag = [0];
        let wait = Duration::from_millis(HELLO_WAIT_MS);
        let tagged = matches!(timeout(wait, stream.read_exact(&mut tag)).await, Ok(Ok(())));
        let channel = match tag {
            [CONTROL] if tagged => Channel::Control,
            [DATA] if tagged => Channel::Data,
            _ => {
                let _ = streams.send(Err(broken("stream"))).await;
                return;
            }
        };
        let Some(place) = missing.iter().position(|one| *one == channel) else {
            let _ = streams.send(Err(broken("second stream"))).await;
            return;
        };
        missing.swap_remove(place);
        if streams.send(Ok((channel, FrameReader::new(stream)))).await.is_err() {
            return;
        }
    }
}

//! One connection to the node, on which anything can be written.

use std::time::Duration;

use dukou::link::endpoint::Endpoint;
use dukou::link::frames::{FrameReader, write_frames};
use dukou::link::tls::{Purpose, TlsKey};
use protocol::exchange::frame::{Channel, Frame};
use protocol::limits::VERSIONS;
use protocol::refusal::Code;
use quinn::{Connection, ConnectionError, RecvStream, SendStream};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Longer than any answer takes on loopback, the node's longest patience included.
const PATIENCE: Duration = Duration::from_secs(90);

pub struct Wire {
    pub connection: Connection,
    /// None once the node has closed the connection.
    control: Option<SendStream>,
    data: Option<SendStream>,
    said: Receiver<Result<Frame, Code>>,
}

/// Waits for what a test cannot go on without.
pub async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("the node never answered")
}

/// Why the node ended a connection.
pub fn code_of(error: &ConnectionError) -> Code {
    match error {
        ConnectionError::ApplicationClosed(close) => {
            let number = u16::try_from(u64::from(close.error_code)).unwrap();
            Code::from_number(number).unwrap_or_else(|| panic!("no code has the number {number}"))
        }
        other => panic!("the connection ended otherwise: {other}"),
    }
}

impl Wire {
    /// Connects for a session and opens both streams; nothing is said yet.
    pub async fn connect(endpoint: &Endpoint, to: (std::net::SocketAddr, TlsKey)) -> Wire {
        let expected = [to.1];
        let connecting = endpoint.connect(to.0, Purpose::Session, &expected);
        let connection = soon(connecting).await.unwrap();
        // The node may have refused the connection already: that shows when it is waited for.
        let mut control = soon(connection.open_uni()).await.ok();
        let mut data = soon(connection.open_uni()).await.ok();
        for (stream, tag) in [(&mut control, 1), (&mut data, 2)] {
            if let Some(stream) = stream {
                let _ = stream.write_all(&[tag]).await;
            }
        }
        let (sender, said) = channel(64);
        tokio::spawn(listen(connection.clone(), sender));
        Wire { connection, control, data, said }
    }

    /// Writes whole frames; a connection that is closed meanwhile takes what it takes.
    pub async fn write(&mut self, channel: Channel, frames: &[Vec<u8>]) {
        if let Some(stream) = self.stream(channel) {
            let _ = soon(write_frames(stream, frames)).await;
        }
    }

    /// Writes bytes that need be no frame.
    pub async fn write_bytes(&mut self, channel: Channel, bytes: &[u8]) {
        if let Some(stream) = self.stream(channel) {
            let _ = soon(stream.write_all(bytes)).await;
        }
    }

    fn stream(&mut self, channel: Channel) -> Option<&mut SendStream> {
        match channel {
            Channel::Control => self.control.as_mut(),
            Channel::Data => self.data.as_mut(),
        }
    }

    /// The next frame from the node, or why it ended the connection.
    pub async fn next(&mut self) -> Result<Frame, Code> {
        soon(self.said.recv()).await.expect("it ends with the reason")
    }

    /// Why the node ends the connection; what it says before is dropped.
    pub async fn closed(&mut self) -> Code {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }
}

/// Reads both of the node's streams, and then says why the connection ended.
async fn listen(connection: Connection, said: Sender<Result<Frame, Code>>) {
    while let Ok(mut stream) = connection.accept_uni().await {
        let mut tag = [0];
        if stream.read_exact(&mut tag).await.is_err() {
            break;
        }
        tokio::spawn(read(stream, said.clone()));
    }
    let error = connection.closed().await;
    if matches!(error, ConnectionError::LocallyClosed) {
        return;
    }
    let code = code_of(&error);
    let _ = said.send(Err(code)).await;
}

async fn read(stream: RecvStream, said: Sender<Result<Frame, Code>>) {
    let mut frames = FrameReader::new(stream);
    while let Ok(Some(bytes)) = frames.next().await {
        let frame = Frame::read(&bytes, VERSIONS).unwrap();
        if said.send(Ok(frame)).await.is_err() {
            return;
        }
    }
}

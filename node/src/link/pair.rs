//! The pairing conversation: a stranger presents an invitation's secret and is answered, once.
//!
//! Bytes in, bytes out, both short, within seconds; nothing else of a stranger is read. What the
//! bytes mean, and whether the invitation holds, is the handler's to say.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::refusal::{Code, Refusal};
use quinn::{Connection, VarInt};
use tokio::time::timeout;

use super::endpoint::{Endpoint, close, refusal_of};
use super::frames::{FrameReader, write_frames};
use super::limits::{PAIRING_BYTES_MAX, PAIRING_WAIT};
use super::tls::{Purpose, TlsKey};

/// Who judges what strangers present.
pub trait Pairing: Send + Sync + 'static {
    /// The answer to `request`, 1 to [`PAIRING_BYTES_MAX`] bytes, for the holder of `key` at
    /// `from`. May block: it runs on a thread for blocking work.
    fn present(&self, key: TlsKey, from: SocketAddr, request: Vec<u8>) -> Vec<u8>;
}

/// Presents `request` to the inviter, who must hold one of the `expected` keys, and returns the
/// answer.
pub async fn present(
    endpoint: &Endpoint,
    inviter: SocketAddr,
    expected: &[TlsKey],
    request: Vec<u8>,
) -> Result<Vec<u8>, Refusal> {
    if request.is_empty() || request.len() > PAIRING_BYTES_MAX {
        return Err(Refusal::about(Code::SessionFrame, format_args!("length {}", request.len())));
    }
    let connection = endpoint.connect(inviter, Purpose::Pairing, expected).await?;
    let answer = timeout(2 * PAIRING_WAIT, ask(&connection, request)).await;
    connection.close(VarInt::from_u32(0), b"");
    match answer {
        Ok(Err(Refusal { code: Code::PeerUnreachable, .. })) => Err(connection
            .close_reason()
            .map_or_else(|| Code::PeerUnreachable.into(), |e| refusal_of(inviter, &e))),
        Ok(answer) => answer,
        Err(_) => Err(Refusal::about(Code::SessionTimeout, inviter)),
    }
}

async fn ask(connection: &Connection, request: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    let gone = || Refusal::about(Code::PeerUnreachable, "pairing");
    let (mut send, receive) = connection.open_bi().await.map_err(|_| gone())?;
    write_frames(&mut send, &[request]).await?;
    send.finish().map_err(|_| gone())?;
    FrameReader::bounded(receive, PAIRING_BYTES_MAX).next().await?.ok_or_else(gone)
}

/// Hears the stranger who holds `key` for at most `wait`, has it judged, answers, and closes.
pub(super) async fn answer(
    connection: Connection,
    key: TlsKey,
    pairing: Arc<dyn Pairing>,
    wait: Duration,
) {
    match timeout(wait, hear(&connection)).await {
        Ok(Ok((mut send, request))) => {
            let from = connection.remote_address();
            let judged = tokio::task::spawn_blocking(move || pairing.present(key, from, request));
            let Ok(answer) = judged.await else {
                return close(&connection, Code::Internal);
            };
            let told = async {
                write_frames(&mut send, &[answer]).await.ok()?;
                send.finish().ok()?;
                send.stopped().await.ok()
            };
            let _ = timeout(wait, told).await;
            connection.close(VarInt::from_u32(0), b"");
        }
        Ok(Err(refusal)) => close(&connection, refusal.code),
        Err(_) => close(&connection, Code::SessionTimeout),
    }
}

async fn hear(connection: &Connection) -> Result<(quinn::SendStream, Vec<u8>), Refusal> {
    let gone = || Refusal::about(Code::PeerUnreachable, "pairing");
    let (send, receive) = connection.accept_bi().await.map_err(|_| gone())?;
    let request = FrameReader::bounded(receive, PAIRING_BYTES_MAX).next().await?;
    Ok((send, request.ok_or_else(gone)?))
}

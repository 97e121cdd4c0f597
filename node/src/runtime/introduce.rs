//! Presenting ourselves to a node whose invitation we accepted, until it knows us.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::id::NodeId;
use protocol::refusal::{Class, Code, Refusal};
use tokio::sync::Notify;

use crate::link::endpoint::Endpoint;
use crate::link::pair;
use crate::link::tls::TlsKey;
use crate::office::Office;
use crate::office::peers::Neighbour;

/// Pause between rounds over inviters that were not reached.
const ROUND_PAUSE: Duration = Duration::from_secs(10);

/// Presents us to every inviter that does not know us yet: at once when `changed` rings, and again
/// from time to time.
pub(super) async fn keep_introducing(office: Office, endpoint: Endpoint, changed: Arc<Notify>) {
    loop {
        let reading = office.clone();
        let neighbours = tokio::task::spawn_blocking(move || reading.neighbours()).await;
        let waiting = neighbours.ok().and_then(Result::ok).unwrap_or_default();
        for neighbour in waiting.into_iter().filter(|one| one.to_introduce) {
            if let Err(refusal) = introduce(&office, &endpoint, &neighbour).await {
                tracing::info!(
                    peer = %neighbour.node, code = refusal.code.text(),
                    "an inviter does not know us yet"
                );
            }
        }
        tokio::select! {
            () = changed.notified() => {}
            () = tokio::time::sleep(ROUND_PAUSE) => {}
        }
    }
}

/// Presents us to one inviter. Refusals of the inviter end the attempt for good; not being reached
/// does not.
pub(super) async fn introduce(
    office: &Office,
    endpoint: &Endpoint,
    neighbour: &Neighbour,
) -> Result<(), Refusal> {
    let (reading, node) = (office.clone(), neighbour.node);
    let request = blocking(move || reading.introduction_for(node)).await?;
    let Some(request) = request else { return Ok(()) };
    let key = [TlsKey::from_bytes(neighbour.tls_key)];
    let mut last = Refusal::about(Code::PeerUnreachable, node);
    for address in &neighbour.addresses {
        let Ok(address) = address.parse::<SocketAddr>() else { continue };
        match pair::present(endpoint, address, &key, request.clone()).await {
            Ok(answer) => return heard(office, node, &answer).await,
            Err(refusal) => last = refusal,
        }
    }
    Err(last)
}

async fn heard(office: &Office, node: NodeId, answer: &[u8]) -> Result<(), Refusal> {
    let number = answer.try_into().map(u16::from_le_bytes);
    let number = number.map_err(|_| Refusal::about(Code::SessionFrame, "pairing"))?;
    let refused =
        (number != 0).then(|| Code::from_number(number).unwrap_or(Code::InvitationInvalid));
    // A fault of the inviter's machine passes; what it judged does not.
    if refused.is_none_or(|code| code.class() != Class::Internal) {
        let writing = office.clone();
        blocking(move || writing.introduced(node)).await?;
    }
    refused.map_or(Ok(()), |code| Err(Refusal::about(code, node)))
}

async fn blocking<T: Send + 'static>(
    body: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(body).await.map_err(|_| Refusal::from(Code::Internal))?
}

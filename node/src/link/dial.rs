//! Keeps reaching for a peer while there is no session with it: with back-off, jitter, and no end.
//!
//! The wait grows from half a second to a minute and starts over when a session lasted, whoever
//! dialled it: one that ends as soon as it opened, again and again, is no contact. A letter that
//! was just written does not wait for it. What is said in the session is not known here.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use quinn::Connection;
use tokio::time::{sleep, timeout};

use super::Inner;
use super::limits::{ADDRESSES_MAX, DIAL_WAIT_MAX, DIAL_WAIT_MIN, LOOKUP_WAIT, SESSION_STEADY};
use super::registry::Dialler;
use super::tls::{Purpose, TlsKey};

/// A peer that this node wants a session with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPeer {
    /// Who.
    pub peer: NodeId,
    /// The TLS keys that it may show: more than one while it rotates.
    pub keys: Vec<TlsKey>,
    /// Where it listens: `IP:PORT` or `NAME:PORT`, best first. A peer without any must dial us.
    pub addresses: Vec<String>,
}

/// Keeps a session with the peer, for ever.
pub(super) async fn keep(link: Arc<Inner>, known: KnownPeer) {
    let peer = known.peer;
    let mut backoff = Backoff::default();
    let mut changes = link.registry.changes();
    let mut grown = link.wakes.listen(peer);
    loop {
        let mut steady = pin!(sleep(SESSION_STEADY));
        while link.registry.is_open(peer) {
            tokio::select! {
                changed = changes.changed() => if changed.is_err() {
                    return;
                },
                () = steady.as_mut(), if !steady.is_elapsed() => backoff = Backoff::default(),
            }
        }
        let mut pause = pin!(sleep(DIAL_WAIT_MIN));
        grown.mark_unchanged();
        match reach(&link, &known).await {
            Ok((key, connection)) => {
                let session = link.converse(peer, key, connection, Dialler::Me);
                if lasts(session, SESSION_STEADY).await {
                    backoff = Backoff::default();
                }
            }
            Err(refusal) => {
                tracing::debug!(%peer, code = refusal.code.text(), "a peer is not reached");
                let feeds = Arc::clone(&link.feeds);
                let _ = tokio::task::spawn_blocking(move || feeds.ended(peer, &refusal)).await;
            }
        }
        let mut jitter = [0; 4];
        link.entropy.fill(&mut jitter);
        let wait = backoff.next(u32::from_le_bytes(jitter));
        tokio::select! {
            () = sleep(wait) => {}
            _ = grown.changed() => pause.as_mut().await,
            () = link.opened(peer) => {}
        }
    }
}

/// Holds a session to its end; whether it opened and lasted that long.
async fn lasts(session: impl Future<Output = bool>, steady: Duration) -> bool {
    let mut session = pin!(session);
    match timeout(steady, session.as_mut()).await {
        Ok(_) => false,
        Err(_) => session.await,
    }
}

/// Tries the peer's addresses in order; gives the connection and the key that the peer showed.
async fn reach(link: &Inner, known: &KnownPeer) -> Result<(TlsKey, Connection), Refusal> {
    let mut last = Refusal::about(Code::PeerUnreachable, known.peer);
    for address in resolve(&known.addresses).await {
        match link.endpoint.connect(address, Purpose::Session, &known.keys).await {
            Ok(connection) => match super::endpoint::identify(&connection) {
                Some((Purpose::Session, key)) => return Ok((key, connection)),
                _ => last = Refusal::about(Code::PeerFingerprint, address),
            },
            Err(refusal) => last = refusal,
        }
    }
    Err(last)
}

async fn resolve(names: &[String]) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for name in names {
        match timeout(LOOKUP_WAIT, tokio::net::lookup_host(name)).await {
            Ok(Ok(found)) => addresses.extend(found),
            _ => tracing::debug!(%name, "a name is not found"),
        }
    }
    addresses.truncate(ADDRESSES_MAX);
    addresses
}

/// Waits that double, within bounds, half of each random.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next wait, given a random number.
    fn next(&mut self, random: u32) -> Duration {
        let whole = DIAL_WAIT_MIN.saturating_mul(1 << self.failures.min(16)).min(DIAL_WAIT_MAX);
        self.failures = self.failures.saturating_add(1);
        whole / 2 + (whole / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_half_of_each_is_random() {
        let mut backoff = Backoff::default();
        for failures in 0..60 {
            let whole = DIAL_WAIT_MIN.saturating_mul(1 << failures.min(16)).min(DIAL_WAIT_MAX);
            let mut same = backoff;
            assert_eq!(same.next(0), whole / 2);
            assert_eq!(backoff.next(u32::MAX), whole);
        }
        assert_eq!(backoff.next(u32::MAX), DIAL_WAIT_MAX);
    }

    #[tokio::test]
    async fn a_session_that_ends_at_once_is_no_contact() {
        let (ever, once) = (Duration::from_secs(3_600), Duration::from_millis(1));
        assert!(!lasts(async { true }, ever).await, "opened, and ended before it was steady");
        let late = |opened| async move {
            sleep(once * 20).await;
            opened
        };
        assert!(lasts(late(true), once).await);
        assert!(!lasts(late(false), once).await, "a connection that never became a session");
    }

    #[tokio::test]
    async fn names_that_cannot_be_looked_up_are_passed_over() {
        let names = ["no such name".to_owned(), "127.0.0.1:7".to_owned()];
        assert_eq!(resolve(&names).await, ["127.0.0.1:7".parse().unwrap()]);
    }
}

//! The link: QUIC between nodes, and the conversations on it.
//!
//! It moves sealed bytes between this node and its peers, within bounds, whatever the network does.
//! It does not know what the bytes mean: `office` judges and stores them, through [`Feeds`],
//! [`Pins`] and [`Pairing`].

mod admission;
pub mod dial;
pub mod endpoint;
pub mod feeds;
pub mod frames;
pub mod limits;
pub mod pair;
mod peer;
mod registry;
mod reset;
mod streams;
pub mod tls;
pub mod wake;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use quinn::Connection;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use self::dial::KnownPeer;
use self::endpoint::{Arrival, Endpoint, Pins, close};
use self::feeds::Feeds;
use self::pair::Pairing;
use self::peer::{Conversation, News};
use self::registry::{Dialler, Registry};
use self::tls::TlsKey;
use self::wake::Wakes;
use crate::clock::Clock;
use crate::entropy::Entropy;

/// What a link is made of.
pub struct LinkParts {
    /// This node.
    pub me: NodeId,
    /// The endpoint, bound to its port.
    pub endpoint: Endpoint,
    /// Who is known.
    pub pins: Arc<dyn Pins>,
    /// Who judges invitations.
    pub pairing: Arc<dyn Pairing>,
    /// The feeds to exchange.
    pub feeds: Arc<dyn Feeds>,
    /// Rung by whoever lets my feeds grow.
    pub wakes: Wakes,
    /// The time.
    pub clock: Clock,
    /// Jitter.
    pub entropy: Entropy,
}

/// The running link of a node. Clones are handles on the same one.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

pub(crate) struct Inner {
    endpoint: Endpoint,
    pins: Arc<dyn Pins>,
    feeds: Arc<dyn Feeds>,
    wakes: Wakes,
    clock: Clock,
    entropy: Entropy,
    registry: Registry,
    receiving: Mutex<HashMap<NodeId, Arc<Mutex<()>>>>,
    diallers: Mutex<HashMap<NodeId, (KnownPeer, AbortHandle)>>,
}

impl Link {
    /// Starts letting peers in and dialling those that are known. Needs a Tokio runtime.
    pub async fn start(parts: LinkParts) -> Result<Link, Refusal> {
        let inner = Arc::new(Inner {
            endpoint: parts.endpoint,
            pins: parts.pins,
            feeds: parts.feeds,
            wakes: parts.wakes,
            clock: parts.clock,
            entropy: parts.entropy,
            registry: Registry::new(parts.me),
            receiving: Mutex::default(),
            diallers: Mutex::default(),
        });
        let (sender, arrivals) = mpsc::channel(limits::HANDSHAKES_MAX);
        let (endpoint, pins) = (inner.endpoint.clone(), Arc::clone(&inner.pins));
        tokio::spawn(async move { endpoint.run(pins, sender).await });
        tokio::spawn(Arc::clone(&inner).let_in(arrivals, parts.pairing));
        let link = Link(inner);
        link.reload().await?;
        Ok(link)
    }

    /// The endpoint, to pair with and to know its address.
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// Whether a session with `peer` is open.
    pub fn is_open(&self, peer: NodeId) -> bool {
        self.0.registry.is_open(peer)
    }

    /// Waits until a session with `peer` is open.
    pub async fn opened(&self, peer: NodeId) {
        self.0.opened(peer).await;
    }

    /// Takes over who is known and how they are reached: call it after pairing, revoking, pausing,
    /// or a change of keys or addresses. Sessions whose key is pinned no more are ended.
    pub async fn reload(&self) -> Result<(), Refusal> {
        let inner = &self.0;
        let pins = Arc::clone(&inner.pins);
        let known = tokio::task::spawn_blocking(move || pins.known()).await;
        let known = known.map_err(|_| Refusal::from(Code::Internal))??;
        inner.registry.stop_where(|peer, key| match inner.pins.peer_of(key) {
            Ok(now) if now == peer => None,
            Ok(_) => Some(Code::PeerUnknown),
            Err(code) => Some(code),
        });
        let mut diallers = inner.diallers.lock().unwrap_or_else(PoisonError::into_inner);
        diallers.retain(|_, (before, task)| {
            let stays = known.contains(before) && !task.is_finished();
            if !stays {
                task.abort();
            }
            stays
        });
        for known in known {
            if !known.addresses.is_empty() && !diallers.contains_key(&known.peer) {
                let task = tokio::spawn(dial::keep(Arc::clone(inner), known.clone()));
                diallers.insert(known.peer, (known, task.abort_handle()));
            }
        }
        Ok(())
    }

    /// Ends every session in order, tells the peers, and closes the port.
    pub async fn stop(&self) {
        self.0.stop_dialling();
        self.0.registry.stop_where(|_, _| Some(Code::SessionEnded));
        let emptied = || timeout(limits::STOP_WAIT, self.0.registry.emptied());
        let _ = emptied().await;
        self.0.endpoint.close().await;
        // A session that began meanwhile has lost its connection now.
        if emptied().await.is_err() {
            tracing::warn!("sessions were cut off");
        }
    }
}

impl Inner {
    async fn let_in(
        self: Arc<Self>,
        mut arrivals: mpsc::Receiver<Arrival>,
        judge: Arc<dyn Pairing>,
    ) {
        let pairings = Arc::new(Semaphore::new(limits::PAIRINGS_MAX));
        while let Some(arrival) = arrivals.recv().await {
            match arrival {
                Arrival::Peer(peer, key, connection) => {
                    let link = Arc::clone(&self);
                    tokio::spawn(async move {
                        link.converse(peer, key, connection, Dialler::Peer).await
                    });
                }
                Arrival::Stranger(key, connection) => {
                    let Ok(permit) = Arc::clone(&pairings).try_acquire_owned() else {
                        close(&connection, Code::SessionEnded);
                        continue;
                    };
                    let judge = Arc::clone(&judge);
                    tokio::spawn(async move {
                        pair::answer(connection, key, judge, limits::PAIRING_WAIT).await;
                        drop(permit);
                    });
                }
            }
        }
    }

    /// Holds one session; says whether it ever opened. It goes on when the caller goes away.
    async fn converse(
        &self,
        peer: NodeId,
        key: TlsKey,
        connection: Connection,
        dialler: Dialler,
    ) -> bool {
        let registered = self.registry.enter(peer, dialler, key);
        let lock = Arc::clone(
            self.receiving.lock().unwrap_or_else(PoisonError::into_inner).entry(peer).or_default(),
        );
        let (feeds, clock) = (Arc::clone(&self.feeds), self.clock.clone());
        let conversation = Conversation::new(peer, feeds, clock, lock, registered);
        let news = News { grown: self.wakes.follow(peer), said: self.wakes.said(peer) };
        let held = tokio::spawn(conversation.hold(connection, news, self.endpoint.lives()));
        match held.await {
            Ok((ended, opened)) => {
                tracing::info!(%peer, code = ended.code.text(), opened, "a session ended");
                opened
            }
            Err(error) => {
                tracing::error!(%peer, %error, "a session failed");
                false
            }
        }
    }

    fn stop_dialling(&self) {
        let mut diallers = self.diallers.lock().unwrap_or_else(PoisonError::into_inner);
        diallers.drain().for_each(|(_, (_, task))| task.abort());
    }

    async fn opened(&self, peer: NodeId) {
        let mut changes = self.registry.changes();
        while !self.registry.is_open(peer) && changes.changed().await.is_ok() {}
    }
}

#[cfg(test)]
mod tests;

//! The sessions that are alive, and which of two with the same peer stays.
//!
//! When both nodes dialled at once, the connection that the higher NodeId dialled is closed by its
//! own dialler, once the other one has opened: both ends agree on that without a word. Otherwise
//! the newer one stays: a peer that was killed and comes back gets through at once, however alive
//! its old connection still looks from here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use protocol::id::NodeId;
use protocol::refusal::Code;
use tokio::sync::watch;

use super::limits::CONNECTIONS_PER_PEER_MAX;
use super::tls::TlsKey;

/// Who dialled a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialler {
    /// This node.
    Me,
    /// The node at the other end.
    Peer,
}

/// All sessions of this node; clones are handles on the same ones.
#[derive(Clone)]
pub(super) struct Registry(Arc<Inner>);

struct Inner {
    me: NodeId,
    next_id: AtomicU64,
    peers: Mutex<HashMap<NodeId, Vec<Live>>>,
    changes: watch::Sender<()>,
}

struct Live {
    id: u64,
    dialler: Dialler,
    key: TlsKey,
    opened: bool,
    stop: watch::Sender<Option<Code>>,
}

/// One session's place in the registry; dropping it leaves.
pub(super) struct Registered {
    registry: Registry,
    peer: NodeId,
    id: u64,
    stop: watch::Receiver<Option<Code>>,
}

impl Registry {
    /// A registry of the node `me`.
    pub fn new(me: NodeId) -> Registry {
        let (changes, _) = watch::channel(());
        let (next_id, peers) = (AtomicU64::new(0), Mutex::default());
        Registry(Arc::new(Inner { me, next_id, peers, changes }))
    }

    /// Takes in a new connection with `peer`, whose TLS key is `key`. If there are too many with
    /// it, the oldest is stopped.
    pub fn enter(&self, peer: NodeId, dialler: Dialler, key: TlsKey) -> Registered {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let (stop, stopped) = watch::channel(None);
        self.with(|peers| {
            let sessions = peers.entry(peer).or_default();
            let going = |live: &&Live| live.stop.borrow().is_none();
            if sessions.iter().filter(going).count() >= CONNECTIONS_PER_PEER_MAX
                && let Some(oldest) = sessions.iter().find(going)
            {
                oldest.stop.send_replace(Some(Code::SessionReplaced));
            }
            sessions.push(Live { id, dialler, key, opened: false, stop });
        });
        Registered { registry: self.clone(), peer, id, stop: stopped }
    }

    /// Whether a session with `peer` is open.
    pub fn is_open(&self, peer: NodeId) -> bool {
        self.with(|peers| {
            peers.get(&peer).is_some_and(|sessions| {
                sessions.iter().any(|live| live.opened && live.stop.borrow().is_none())
            })
        })
    }

    /// Rings whenever a session opens or ends.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.0.changes.subscribe()
    }

    /// Stops the sessions of which `refused` gives a code.
    pub fn stop_where(&self, refused: impl Fn(NodeId, &TlsKey) -> Option<Code>) {
        self.with(|peers| {
            for (peer, sessions) in peers {
                for live in sessions {
                    if let Some(code) = refused(*peer, &live.key) {
                        live.stop.send_replace(Some(code));
                    }
                }
            }
        });
    }

    /// Waits until no session is left.
    pub async fn emptied(&self) {
        let mut changes = self.changes();
        while self.with(|peers| !peers.is_empty()) && changes.changed().await.is_ok() {}
    }

    fn opened(&self, peer: NodeId, id: u64) {
        let i_am_higher = self.0.me > peer;
        self.with(|peers| {
            let Some(sessions) = peers.get_mut(&peer) else { return };
            let Some(new) = sessions.iter_mut().find(|live| live.id == id) else { return };
            new.opened = true;
            let dialler = new.dialler;
            for other in sessions.iter().filter(|live| live.id != id) {
                let replaced = match (dialler, other.dialler) {
                    // The same side dialled again, so it knows nothing of the older one.
                    (Dialler::Me, Dialler::Me) | (Dialler::Peer, Dialler::Peer) => other.id < id,
                    (Dialler::Peer, Dialler::Me) => i_am_higher,
                    (Dialler::Me, Dialler::Peer) => false,
                };
                if replaced {
                    other.stop.send_replace(Some(Code::SessionReplaced));
                }
            }
            let lower_stays = i_am_higher
                && dialler == Dialler::Me
                && sessions.iter().any(|live| live.opened && live.dialler == Dialler::Peer);
            if lower_stays && let Some(new) = sessions.iter().find(|live| live.id == id) {
                new.stop.send_replace(Some(Code::SessionReplaced));
            }
        });
        self.0.changes.send_replace(());
    }

    fn leave(&self, peer: NodeId, id: u64) {
        self.with(|peers| {
            if let Some(sessions) = peers.get_mut(&peer) {
                sessions.retain(|live| live.id != id);
                if sessions.is_empty() {
                    peers.remove(&peer);
                }
            }
        });
        self.0.changes.send_replace(());
    }

    fn with<T>(&self, body: impl FnOnce(&mut HashMap<NodeId, Vec<Live>>) -> T) -> T {
        body(&mut self.0.peers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Registered {
    /// The session opened: decides which of several with this peer stay.
    pub fn opened(&self) {
        self.registry.opened(self.peer, self.id);
    }

    /// Gives the code with which this session should end, once it should.
    pub fn stop(&self) -> watch::Receiver<Option<Code>> {
        self.stop.clone()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.registry.leave(self.peer, self.id);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const KEY: TlsKey = TlsKey::from_bytes([7; 32]);

    fn node(number: u8) -> NodeId {
        NodeId::from_bytes([number; 32])
    }

    fn is_stopped(session: &Registered) -> bool {
        session.stop.borrow().is_some()
    }

    /// Both dialled: whichever opens first, the one that node 2 dialled goes, and node 2 ends it.
    #[test]
    fn of_two_crossing_connections_both_ends_keep_the_same() {
        for higher_opens_first in [false, true] {
            for (me, peer) in [(1, 2), (2, 1)] {
                let registry = Registry::new(node(me));
                let mine = registry.enter(node(peer), Dialler::Me, KEY);
                let theirs = registry.enter(node(peer), Dialler::Peer, KEY);
                let (of_2, of_1) = if me == 2 { (&mine, &theirs) } else { (&theirs, &mine) };
                let order = if higher_opens_first { [of_2, of_1] } else { [of_1, of_2] };
                order[0].opened();
                order[1].opened();
                assert!(!is_stopped(of_1));
                assert_eq!(is_stopped(of_2), me == 2, "its own dialler closes it");
            }
        }
    }

    #[test]
    fn a_peer_that_comes_back_replaces_its_old_connection() {
        let registry = Registry::new(node(1));
        let zombie = registry.enter(node(2), Dialler::Peer, KEY);
        zombie.opened();
        let fresh = registry.enter(node(2), Dialler::Peer, KEY);
        assert!(!is_stopped(&zombie), "not before the new one has opened");
        fresh.opened();
        assert!(is_stopped(&zombie) && !is_stopped(&fresh));
        assert!(registry.is_open(node(2)));
        drop(fresh);
        assert!(!registry.is_open(node(2)), "a stopped session does not count");
    }

    #[test]
    fn a_third_connection_of_a_peer_ends_the_oldest() {
        let registry = Registry::new(node(1));
        let sessions: Vec<Registered> =
            (0..4).map(|_| registry.enter(node(2), Dialler::Peer, KEY)).collect();
        let stopped: Vec<bool> = sessions.iter().map(is_stopped).collect();
        assert_eq!(stopped, [true, true, false, false]);
        let other = registry.enter(node(3), Dialler::Peer, KEY);
        assert!(!is_stopped(&other) && !is_stopped(&sessions[2]));
    }

    #[tokio::test]
    async fn a_refused_peer_is_stopped_and_the_registry_empties() {
        let registry = Registry::new(node(1));
        let revoked = registry.enter(node(2), Dialler::Peer, KEY);
        let kept = registry.enter(node(3), Dialler::Me, KEY);
        registry.stop_where(|peer, _| (peer == node(2)).then_some(Code::PeerRevoked));
        assert_eq!(*revoked.stop().borrow(), Some(Code::PeerRevoked));
        assert!(!is_stopped(&kept));
        drop((revoked, kept));
        registry.emptied().await;
    }
}

//! Wakes the conversation with a peer when this node's feed to it has grown.
//!
//! It exists before the link does, so that whoever commits can hold it. A wake says nothing but
//! "look again"; many in a row are one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::id::NodeId;
use tokio::sync::watch;

/// One bell for each peer; clones share them.
#[derive(Clone, Default)]
pub struct Wakes(Arc<Mutex<HashMap<NodeId, watch::Sender<()>>>>);

impl Wakes {
    /// Bells that nobody listens to yet.
    pub fn new() -> Wakes {
        Wakes::default()
    }

    /// My feed to `peer` has grown, durably.
    pub fn appended(&self, peer: NodeId) {
        self.with(peer, |bell| bell.send_replace(()));
    }

    /// What rings when the feed to `peer` grows from now on.
    pub(super) fn listen(&self, peer: NodeId) -> watch::Receiver<()> {
        self.with(peer, watch::Sender::subscribe)
    }

    fn with<T>(&self, peer: NodeId, body: impl FnOnce(&watch::Sender<()>) -> T) -> T {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body(bells.entry(peer).or_insert_with(|| watch::Sender::new(())))
    }
}

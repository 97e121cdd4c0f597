//! Tells the conversation with a peer what this node's feed to it grew by, as it is committed.
//!
//! It exists before the link does, so that whoever commits can hold it. What is told here saves the
//! way to the disk and back; a conversation that missed something loads it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::envelope::{Group, Tip};
use protocol::id::NodeId;
use tokio::sync::{broadcast, watch};

use super::limits::{GROWN_BYTES_MAX, GROWN_WAITING_MAX, SAID_WAITING_MAX};

/// What a feed grew by.
#[derive(Clone, Debug)]
pub struct Grown {
    /// Where it ends now.
    pub tip: Tip,
    /// Its last groups, in order; none if they are to be loaded.
    pub groups: Vec<Group>,
}

/// What is said to a peer beside the feeds.
#[derive(Clone, Debug)]
pub enum Aside {
    /// In a comparison.
    Reconcile(Vec<u8>),
    /// In a matching.
    Match(Vec<u8>),
}

/// One bell for each peer; clones share them.
#[derive(Clone, Default)]
pub struct Wakes(Arc<Mutex<HashMap<NodeId, Bell>>>);

struct Bell {
    rung: watch::Sender<()>,
    grown: broadcast::Sender<Arc<Grown>>,
    said: broadcast::Sender<Aside>,
}

impl Wakes {
    /// Bells that nobody listens to yet.
    pub fn new() -> Wakes {
        Wakes::default()
    }

    /// My feed to `peer` has grown, durably.
    pub fn appended(&self, peer: NodeId, mut grown: Grown) {
        let bytes: usize = grown.groups.iter().map(Group::bytes).sum();
        if bytes > GROWN_BYTES_MAX {
            grown.groups = Vec::new();
        }
        self.with(peer, |bell| {
            bell.rung.send_replace(());
            // Nobody listens while there is no session.
            let _ = bell.grown.send(Arc::new(grown));
        });
    }

    /// Says something to `peer` beside the feeds; without a session it is lost.
    pub fn say(&self, peer: NodeId, aside: Aside) {
        let _ = self.with(peer, |bell| bell.said.send(aside));
    }

    /// What is said to `peer` from now on.
    pub(super) fn said(&self, peer: NodeId) -> broadcast::Receiver<Aside> {
        self.with(peer, |bell| bell.said.subscribe())
    }

    /// What rings when the feed to `peer` grows from now on.
    pub(super) fn listen(&self, peer: NodeId) -> watch::Receiver<()> {
        self.with(peer, |bell| bell.rung.subscribe())
    }

    /// What the feed to `peer` grows by from now on.
    pub(super) fn follow(&self, peer: NodeId) -> broadcast::Receiver<Arc<Grown>> {
        self.with(peer, |bell| bell.grown.subscribe())
    }

    fn with<T>(&self, peer: NodeId, body: impl FnOnce(&Bell) -> T) -> T {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Bell {
            rung: watch::Sender::new(()),
            grown: broadcast::Sender::new(GROWN_WAITING_MAX),
            said: broadcast::Sender::new(SAID_WAITING_MAX),
        };
        body(bells.entry(peer).or_insert_with(new))
    }
}

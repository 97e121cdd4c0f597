//! Who is told of commits: the link what our feeds grew by, and a simulation both sides of each.

use std::sync::OnceLock;

use protocol::envelope::{Group, Tip};
use protocol::id::NodeId;

use super::rows::PeerId;

/// What a commit added to our feed for one peer.
#[derive(Clone, Debug)]
pub struct Growth {
    /// For whom.
    pub peer: PeerId,
    /// The same, by identity.
    pub audience: NodeId,
    /// Where the feed ends now.
    pub tip: Tip,
    /// What it grew by, whole and in order, private parts in the clear.
    pub groups: Vec<Group>,
}

/// The two sides of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// It was decided, and nothing of it is durable yet.
    Before,
    /// It is durable if it was `committed`; else nothing was written.
    After {
        /// Whether the batch held.
        committed: bool,
    },
}

/// At most one watcher of each; a second one is not heard.
#[derive(Default)]
pub(super) struct Watchers {
    growth: OnceLock<Box<dyn Fn(Growth) + Send + Sync>>,
    commits: OnceLock<Box<dyn Fn(Boundary) + Send + Sync>>,
}

impl Watchers {
    pub(super) fn watch_growth(&self, watch: Box<dyn Fn(Growth) + Send + Sync>) {
        let _ = self.growth.set(watch);
    }

    pub(super) fn watch_commits(&self, watch: Box<dyn Fn(Boundary) + Send + Sync>) {
        let _ = self.commits.set(watch);
    }

    pub(super) fn grew(&self, growth: Growth) {
        if let Some(watch) = self.growth.get() {
            watch(growth);
        }
    }

    pub(super) fn reached(&self, boundary: Boundary) {
        if let Some(watch) = self.commits.get() {
            watch(boundary);
        }
    }
}

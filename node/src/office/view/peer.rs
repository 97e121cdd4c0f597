//! Other regions' nodes as this node knows them.

use serde::{Deserialize, Serialize};

/// A peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// The region's code.
    pub region: String,
    /// The region's name.
    pub name: String,
    /// Its identity key, hex.
    pub node_id: String,
    /// Its fingerprint, six groups of five digits.
    pub fingerprint: String,
    /// `pending`, `active`, `paused` or `revoked`.
    pub state: String,
    /// When bytes of it last arrived.
    pub last_contact: Option<String>,
    /// How far its clock runs ahead of ours, in milliseconds, at the last contact.
    pub clock_skew_ms: Option<i64>,
    /// Entries for it that were never sent.
    pub to_send: u64,
    /// Entries sent and not yet acknowledged as durable.
    pub awaiting_ack: u64,
    /// Entries of it that are durable here.
    pub received: u64,
}

/// A peer that took the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The successor, active now.
    pub peer: Peer,
    /// Letters that nobody had accepted: voided, and issued again under these ids.
    pub reissued: Vec<String>,
    /// Letters that only wanted a receipt or its filing: handed on to the successor.
    pub succeeded: Vec<String>,
    /// Letters under way that only the old node's records could finish.
    pub waiting: Vec<String>,
}

/// An invitation that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Where it was written, an absolute path.
    pub file: String,
    /// This node's own fingerprint, to be read out over the phone.
    pub fingerprint: String,
    /// The last moment at which it may be used.
    pub expires_at: String,
}

/// What a test connection found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerProbe {
    /// The region's code.
    pub region: String,
    /// Whether it answered as the node it should be.
    pub reachable: bool,
    /// The address that answered, or was tried last.
    pub address: Option<String>,
    /// Time for one round trip, in milliseconds.
    pub round_trip_ms: Option<u64>,
    /// How far its clock runs ahead of ours, in milliseconds.
    pub clock_skew_ms: Option<i64>,
}

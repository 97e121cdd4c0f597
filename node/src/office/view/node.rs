//! The node itself: what `init`, `serve`, `status`, `demo` and `rehearsal now` answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Peer;

/// A data directory that was just created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initialised {
    /// The identity key, hex.
    pub node_id: String,
    /// The region's GB/T 2260 code.
    pub region: String,
    /// The region's name.
    pub name: String,
    /// This node's own fingerprint, six groups of five digits.
    pub fingerprint: String,
    /// Address for other regions, IP:PORT; port 0 until the first `serve`.
    pub listen: String,
    /// Address of the pages, a URL; port 0 until the first `serve`.
    pub http: String,
    /// Whether this is a rehearsal (演练).
    pub rehearsal: bool,
}

/// A node that serves now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The identity key, hex.
    pub node_id: String,
    /// Address for other regions, IP:PORT, resolved.
    pub listen: String,
    /// Address of the pages, a URL, resolved.
    pub http: String,
}

/// The node at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The region's code.
    pub region: String,
    /// The region's name.
    pub name: String,
    /// The identity key, hex.
    pub node_id: String,
    /// This node's own fingerprint.
    pub fingerprint: String,
    /// Members by custody.
    pub roster: RosterCounts,
    /// Letters by direction and state.
    pub letters: LetterCounts,
    /// Every peer.
    pub peers: Vec<Peer>,
    /// Open findings by kind.
    pub findings: BTreeMap<String, u64>,
    /// The database.
    pub store: StoreSize,
    /// `normal`, `recovering` or `maintenance`.
    pub mode: String,
    /// Whether this is a rehearsal (演练).
    pub rehearsal: bool,
    /// The node's own time.
    pub now: String,
    /// Address for other regions, while it serves.
    pub listen: Option<String>,
    /// Address of the pages, while it serves.
    pub http: Option<String>,
    /// The program's version.
    pub version: String,
}

/// Members by custody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterCounts {
    /// Full here, those away included.
    pub full: u64,
    /// Accepted here, not yet released by the origin.
    pub provisional: u64,
    /// Released by this node, receipt outstanding.
    pub in_transit: u64,
    /// On a stay elsewhere, still full here.
    pub away: u64,
}

/// Signed letters by direction, then by state; states without a letter are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterCounts {
    /// Issued by this node.
    pub out: BTreeMap<String, u64>,
    /// Addressed to this node.
    #[serde(rename = "in")]
    pub incoming: BTreeMap<String, u64>,
    /// Letters to and from offices without a node, counted apart.
    #[serde(default)]
    pub paper: PaperCounts,
}

/// Letters on paper alone, by direction, then by state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCounts {
    /// Issued here.
    pub out: BTreeMap<String, u64>,
    /// Recorded here.
    #[serde(rename = "in")]
    pub incoming: BTreeMap<String, u64>,
}

/// The database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSize {
    /// Size on disk, in bytes.
    pub bytes: u64,
    /// Version of its schema.
    pub schema: u32,
}

/// The clock of a running rehearsal after it was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RehearsalClock {
    /// The node's time now.
    pub now: String,
}

/// How the demo went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demo {
    /// What was done, in order.
    pub steps: Vec<DemoStep>,
    /// The regions at the end.
    pub regions: Vec<DemoRegion>,
    /// Letters issued.
    pub letters: u64,
    /// Members that no region holds, counted over all regions.
    pub lost: u64,
    /// Members that two regions hold as full.
    pub duplicated: u64,
}

/// One step of the demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoStep {
    /// What it shows.
    pub name: String,
    /// Whether it held.
    pub ok: bool,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// One region of the demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoRegion {
    /// Its code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Address of its pages.
    pub http: String,
    /// Members held in full.
    pub full: u64,
    /// Members held provisionally.
    pub provisional: u64,
    /// Members on their way out.
    pub in_transit: u64,
}

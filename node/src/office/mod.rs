//! Use cases: load, decide, commit state and outbox in one transaction, wake whoever waits.
//!
//! Only here are meaning (`protocol::transfer`, `protocol::stay`) and movement
//! (`protocol::exchange`) joined. Every entrance (link, pages, command line) comes through an
//! [`Office`], which holds no state of its own that could differ from the store's, and blocks:
//! callers in async code use a blocking thread.

pub mod accept;
pub mod attach;
pub mod audit;
pub mod batches;
mod decide;
pub mod deliver;
pub mod departures;
pub mod file;
pub mod findings;
pub mod history;
pub mod import;
pub mod issue;
mod keyring;
pub mod letters;
mod lookups;
pub mod matching;
pub mod members;
pub mod membership;
mod org_import;
pub mod orgs;
pub mod pairing;
pub mod paper;
pub mod peers;
pub mod people;
mod proof;
pub mod receive;
pub mod reconcile;
pub mod register;
pub mod replace;
pub mod report;
pub mod residences;
pub mod rules;
mod search;
pub mod status;
pub mod stays;
pub mod sweep;
pub mod text;
pub mod view;
pub mod void;
mod working;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use protocol::id::{NodeId, RegionCode, Serial};
use protocol::refusal::{Code, Refusal};
use protocol::seal::{Domain, Signer};
use protocol::statement::Parties;
use protocol::statement::keys::{CertifiedKeys, KeyCert};
use protocol::time::Timestamp;

use crate::clock::Clock;
use crate::config::RuleBook;
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::rows::{FeedId, PeerId};
use crate::store::{Batch, Growth, Snapshot, Store, StoreFault};
use crate::vault::Vault;
use findings::index::SeenUpTo;

/// One region's office: its roster, its letters and its peers. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    shared: Arc<Shared>,
    /// What somebody does through this handle, for the audit log.
    act: Option<Arc<audit::Act>>,
}

struct Shared {
    store: Store,
    me: Identity,
    keys: Keys,
    signer: Arc<Signer>,
    vault: Vault,
    clock: Clock,
    entropy: Entropy,
    serials: Mutex<(u16, u32)>,
    live: Mutex<HashMap<PeerId, Live>>,
    /// The rows of peers by identity: a row is never given to another.
    rows: Mutex<HashMap<NodeId, PeerId>>,
    /// Certificates of peers as they are stored, with what they certify: verified once.
    certified: Mutex<HashMap<PeerId, (Vec<u8>, CertifiedKeys)>>,
    moved: Condvar,
    changes: Mutex<u64>,
    changed: Condvar,
    listener: Mutex<Option<Listener>>,
    addresses: Mutex<Vec<String>>,
    quotas: Quotas,
    rules: Mutex<RuleBook>,
    /// How far the index of findings has followed the roster.
    seen: Mutex<Option<SeenUpTo>>,
    recovering: AtomicBool,
    /// Held by whoever issues the letters of batches.
    batches: Mutex<()>,
    comparisons: Mutex<reconcile::Comparisons>,
    /// Held by whoever derives positions for a comparison, so that peers cannot busy every core.
    scans: Mutex<()>,
    matchings: Mutex<matching::Matchings>,
    /// Held by whoever computes for a matching, for the same reason.
    raising: Mutex<()>,
    /// Whether peers' matchings are answered.
    answers_matchings: bool,
    sign_ins: Mutex<people::SignIns>,
}

/// Told after a commit what there is to send, and when housekeeping has work.
struct Listener(Arc<dyn Fn(Wake) + Send + Sync>);

/// What a commit made necessary.
#[derive(Clone, Debug)]
pub enum Wake {
    /// There are new entries for a peer.
    Send(Growth),
    /// A message of a comparison for a peer.
    Say(NodeId, Vec<u8>),
    /// A message of a matching for a peer.
    Match(NodeId, Vec<u8>),
    /// A peer was added, changed or removed: whom to dial is different now.
    Peers,
    /// [`Office::sweep`] has something to do.
    Sweep,
}

/// Who this node is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The federation.
    pub domain: Domain,
    /// The identity key.
    pub node: NodeId,
    /// The region that it keeps.
    pub region: RegionCode,
    /// The region's name.
    pub name: String,
    /// The certificate of its working keys.
    pub cert: KeyCert,
    /// What that certifies.
    pub certified: CertifiedKeys,
}

/// What an office is opened with.
pub struct OfficeParts {
    /// The database.
    pub store: Store,
    /// Who this node is.
    pub me: Identity,
    /// The secret keys.
    pub keys: Keys,
    /// The signing key, shared with the store's writer.
    pub signer: Arc<Signer>,
    /// The only "now".
    pub clock: Clock,
    /// The only randomness.
    pub entropy: Entropy,
    /// Where peers may dial this node.
    pub addresses: Vec<String>,
    /// How much of this node peers may fill.
    pub quotas: Quotas,
    /// What the region set for itself.
    pub rules: RuleBook,
    /// Whether matchings that peers ask for are answered.
    pub answers_matchings: bool,
}

/// How much of this node peers may fill.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Bytes of undecided Offers of one peer beyond which they are parked.
    pub undecided_offers_bytes: u64,
    /// Stays that a peer opened and nobody placed or confirmed, and residents that it introduced
    /// and who have not reported: beyond this, of each, no more are taken.
    pub waiting_cases: u32,
    /// With a larger database nothing more is read from peers.
    pub database_bytes: u64,
}

/// What is known of a peer only while the node runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Live {
    /// When bytes of it last arrived.
    pub last_contact: Option<Timestamp>,
    /// How far its clock runs ahead of ours, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// Our feed for it, since its last session began.
    pub own_feed: Option<FeedId>,
    /// The last entry of ours that was sent.
    pub sent: u64,
    /// Whether it claims entries of ours that we do not have, without our signature.
    pub claims_falsely: bool,
}

impl Office {
    /// Opens the office over its store.
    pub fn open(parts: OfficeParts) -> Result<Office, Refusal> {
        let year = parts.clock.now().day().year();
        let highest =
            parts.store.read(|snapshot| snapshot.highest_serial(year)).map_err(store_refusal)?;
        let vault = Vault::new(parts.keys.vault_key());
        let rolled_back = parts.store.was_rolled_back();
        if rolled_back {
            tracing::error!("the database is older than the count beside it: recovering");
        }
        let shared = Shared {
            vault,
            store: parts.store,
            me: parts.me,
            keys: parts.keys,
            signer: parts.signer,
            clock: parts.clock,
            entropy: parts.entropy,
            serials: Mutex::new((year, highest)),
            live: Mutex::new(HashMap::new()),
            rows: Mutex::new(HashMap::new()),
            certified: Mutex::new(HashMap::new()),
            moved: Condvar::new(),
            changes: Mutex::new(0),
            changed: Condvar::new(),
            listener: Mutex::new(None),
            addresses: Mutex::new(parts.addresses),
            quotas: parts.quotas,
            rules: Mutex::new(parts.rules),
            seen: Mutex::new(None),
            recovering: AtomicBool::new(rolled_back),
            batches: Mutex::new(()),
            comparisons: Mutex::default(),
            scans: Mutex::default(),
            matchings: Mutex::default(),
            raising: Mutex::default(),
            answers_matchings: parts.answers_matchings,
            sign_ins: Mutex::default(),
        };
        Ok(Office { shared: Arc::new(shared), act: None })
    }

    /// Who this node is.
    pub fn me(&self) -> &Identity {
        &self.shared.me
    }

    /// The node's clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The node's secret keys, for the link.
    pub fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    /// The time by the node's clock.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Random bits, for back-off jitter and nonces.
    pub fn entropy(&self) -> &Entropy {
        &self.shared.entropy
    }

    /// Calls `listener` after every commit that somebody should act on. It must not block. Only the
    /// first one hears of growth.
    pub fn listen(&self, listener: impl Fn(Wake) + Send + Sync + 'static) {
        let listener = Arc::new(listener);
        let told = Arc::clone(&listener);
        self.shared.store.watch_growth(move |growth| told(Wake::Send(growth)));
        *lock(&self.shared.listener) = Some(Listener(listener));
    }

    /// Where peers may dial this node, once its port is known.
    pub fn set_addresses(&self, addresses: Vec<String>) {
        *lock(&self.shared.addresses) = addresses;
    }

    /// Stops signing: this node is behind what it signed before.
    pub fn enter_recovery(&self) {
        self.shared.recovering.store(true, Ordering::SeqCst);
        let mut batch = Batch::new();
        batch.push(Store::rolled_back());
        if let Err(fault) = self.shared.store.commit(batch) {
            tracing::error!(%fault, "the recovery is not remembered over a restart");
        }
    }

    /// Whether this node refuses to sign.
    pub fn is_recovering(&self) -> bool {
        self.shared.recovering.load(Ordering::SeqCst)
    }

    /// Ends the store's writer after what waits was committed.
    pub fn close(&self) -> Result<(), Refusal> {
        self.shared.store.close().map_err(store_refusal)
    }

    fn wake(&self, wake: Wake) {
        if let Some(Listener(listen)) = &*lock(&self.shared.listener) {
            listen(wake);
        }
    }

    fn parties(&self, peer: NodeId) -> Parties {
        Parties { domain: self.shared.me.domain, author: self.shared.me.node, audience: peer }
    }

    /// The next serial of this year; a number that is not used in the end leaves a gap.
    fn next_serial(&self, snapshot: &Snapshot<'_>, now: Timestamp) -> Result<Serial, StoreFault> {
        let mut serials = lock(&self.shared.serials);
        let year = now.day().year();
        if serials.0 != year {
            *serials = (year, snapshot.highest_serial(year)?);
        }
        serials.1 += 1;
        Ok(Serial { region: self.shared.me.region, year, number: serials.1 })
    }

    /// What is known of a peer while the node runs.
    pub fn live(&self, peer: PeerId) -> Live {
        lock(&self.shared.live).get(&peer).copied().unwrap_or_default()
    }

    /// Changes what is known of a peer while the node runs, and wakes those who wait for it.
    pub fn update_live(&self, peer: PeerId, change: impl FnOnce(&mut Live)) {
        change(lock(&self.shared.live).entry(peer).or_default());
        self.shared.moved.notify_all();
    }

    /// Remembers that the peer holds our feed durably up to `seq`.
    pub fn acknowledged(&self, peer: PeerId, feed: FeedId, seq: u64) {
        self.shared.store.remember_acked(feed, seq);
        self.update_live(peer, |live| live.sent = live.sent.max(seq));
    }

    /// How many decisions this office has committed since it was opened.
    pub fn changes(&self) -> u64 {
        *lock(&self.shared.changes)
    }

    /// Waits until more than `seen` decisions are committed, or until `timeout` passes; gives the
    /// count of then. Whoever reads first and waits for the count of before misses nothing.
    pub fn wait_changes(&self, seen: u64, timeout: Duration) -> u64 {
        let changes = lock(&self.shared.changes);
        let waited = self.shared.changed.wait_timeout_while(changes, timeout, |now| *now <= seen);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn note_change(&self) {
        *lock(&self.shared.changes) += 1;
        self.shared.changed.notify_all();
    }

    /// Waits until the peer holds our feed durably up to `seq`; false if `timeout` passes first.
    pub fn wait_acknowledged(&self, feed: FeedId, seq: u64, timeout: Duration) -> bool {
        let live = lock(&self.shared.live);
        let behind = |_: &mut HashMap<PeerId, Live>| self.shared.store.acked(feed, 0) < seq;
        let waited = self.shared.moved.wait_timeout_while(live, timeout, behind);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A failed store as a refusal: the text names tables and codes, never content.
pub(crate) fn store_refusal(fault: StoreFault) -> Refusal {
    match fault {
        StoreFault::NewerSchema(schema) => Refusal::about(Code::NodeSchema, schema),
        fault => Refusal::about(Code::Internal, fault),
    }
}

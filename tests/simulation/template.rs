//! The state before any seed: four paired nodes with their organisations and people, made once in
//! a process and copied for each run. The keys are the same in every run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use dukou::clock::Clock;
use dukou::config::RuleBook;
use dukou::entropy::Entropy;
use dukou::failpoint::Failpoints;
use dukou::keys::Keys;
use dukou::office::orgs::OrgRequest;
use dukou::office::register::MemberRequest;
use dukou::office::{Identity, Office, OfficeParts, Quotas};
use dukou::store::{Store, StoreOptions};
use protocol::id::NodeId;
use protocol::member::check_character;
use protocol::private::Private;
use protocol::seal::{Domain, PublicKey, Signer};
use protocol::statement::keys::{CertifiedKeys, KeyCert};
use protocol::time::Timestamp;
use tempfile::TempDir;

/// Most nodes of a run.
pub const NODES_MAX: usize = 4;
/// People whom each node mints before a run.
pub const PEOPLE: usize = 3;

const REGIONS: [(u32, &str); NODES_MAX] =
    [(610_922, "石泉县"), (610_902, "汉滨区"), (610_102, "新城区"), (440_305, "南山区")];

/// What every run starts from.
pub struct Template {
    dir: TempDir,
}

/// The one of this process.
pub fn template() -> &'static Template {
    static MADE: OnceLock<Template> = OnceLock::new();
    MADE.get_or_init(Template::make)
}

pub fn start_time() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

pub fn region(node: usize) -> u32 {
    REGIONS[node].0
}

/// The committee that letters to a node are addressed to.
pub fn committee(node: usize) -> String {
    format!("{}-0001", REGIONS[node].0)
}

/// One of the two branches where a node places people.
pub fn branch(node: usize, which: usize) -> String {
    format!("{}-{:04}", REGIONS[node].0, 2 + which % 2)
}

/// Invented: no region's number begins with 99.
pub fn id_number(node: usize, number: usize) -> String {
    let digits = format!("9999991970{:02}{:02}{:03}", node + 1, 1 + number % 28, number / 28);
    format!("{digits}{}", char::from(check_character(digits.as_bytes())))
}

pub fn member_request(node: usize, number: usize) -> MemberRequest {
    MemberRequest {
        name: Some(Private::new(format!("甲乙{number}"))),
        id_number: Some(Private::new(id_number(node, number))),
        standing: Some("full".to_owned()),
        org: Some(branch(node, number)),
        ..MemberRequest::default()
    }
}

/// A place for databases: in memory if the machine has one, because each commit is synced.
pub fn scratch() -> TempDir {
    let shared = Path::new("/dev/shm");
    let parent = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("dukou-sim-").tempdir_in(parent).unwrap()
}

/// Opens the node over the database at `file`.
pub fn open(node: usize, file: &Path, clock: &Clock, entropy: &Entropy) -> (Office, Store) {
    open_with(node, &template().keys(node), file, clock, entropy)
}

fn open_with(
    node: usize,
    keys: &Path,
    file: &Path,
    clock: &Clock,
    entropy: &Entropy,
) -> (Office, Store) {
    let keys = Keys::load(keys, None).unwrap();
    let identity = Signer::from_seed(keys.identity_seed().reveal());
    let public = |bytes: [u8; 32]| PublicKey::from_bytes(&bytes).unwrap();
    let certified = CertifiedKeys {
        domain: Domain::Rehearsal,
        node: NodeId::from_bytes(*identity.public().as_bytes()),
        region: REGIONS[node].0.to_string().parse().unwrap(),
        region_name: REGIONS[node].1.to_owned(),
        signing: public(keys.signing_public()),
        tls: public(keys.tls_public()),
        agreement: keys.agreement_public(),
        valid_from: start_time(),
    };
    let signer = Arc::new(Signer::from_seed(keys.signing_seed().reveal()));
    let failpoints = Failpoints::none();
    let options = StoreOptions { signer: Arc::clone(&signer), readers: 2, failpoints };
    let me = Identity {
        domain: certified.domain,
        node: certified.node,
        region: certified.region,
        name: certified.region_name.clone(),
        cert: KeyCert::issue(certified.clone(), &identity),
        certified,
    };
    let store = Store::open(file, options).unwrap();
    let office = Office::open(OfficeParts {
        store: store.clone(),
        me,
        keys,
        signer,
        clock: clock.clone(),
        entropy: entropy.clone(),
        addresses: Vec::new(),
        quotas: Quotas {
            undecided_offers_bytes: 1 << 26,
            waiting_cases: 10_000,
            database_bytes: 1 << 30,
        },
        rules: RuleBook::defaults(),
        answers_matchings: true,
    });
    (office.unwrap(), store)
}

impl Template {
    fn make() -> Template {
        let made = Template { dir: scratch() };
        let clock = Clock::manual(start_time());
        let offices: Vec<Office> = (0..NODES_MAX).map(|node| made.fresh(node, &clock)).collect();
        for (inviter, host) in offices.iter().enumerate() {
            for guest in &offices[inviter + 1..] {
                pair(made.dir.path(), host, guest);
            }
        }
        made
    }

    fn fresh(&self, node: usize, clock: &Clock) -> Office {
        let entropy = Entropy::seeded(node as u64);
        let keys = Keys::generate(&self.keys(node), &entropy, None).unwrap();
        drop(keys);
        let (office, _) = open_with(node, &self.keys(node), &self.database(node), clock, &entropy);
        for (number, kind) in [(1, "committee"), (2, "branch"), (3, "branch")] {
            let request = OrgRequest {
                code: format!("{}-{number:04}", REGIONS[node].0),
                name: format!("{}第{number}组织", REGIONS[node].1),
                kind: kind.to_owned(),
                parent: (number > 1).then(|| committee(node)),
                may_transfer: number == 1,
            };
            office.add_org(&request).unwrap();
        }
        for number in 0..PEOPLE {
            office.add_member(&member_request(node, number)).unwrap();
        }
        office
    }

    fn keys(&self, node: usize) -> PathBuf {
        self.dir.path().join(format!("keys-{node}"))
    }

    /// The database file of a node, closed.
    pub fn database(&self, node: usize) -> PathBuf {
        self.dir.path().join(format!("{node}.db"))
    }
}

/// With no network: by the two files.
fn pair(dir: &Path, host: &Office, guest: &Office) {
    let (invitation, reply) = (dir.join("invitation"), dir.join("reply"));
    let invited = host.invite(&invitation, None).unwrap();
    guest.accept_invitation(&invitation, &invited.fingerprint, Some(&reply)).unwrap();
    host.approve_reply(&reply, &guest.me().node.fingerprint()).unwrap();
    guest.introduced(host.me().node).unwrap();
}

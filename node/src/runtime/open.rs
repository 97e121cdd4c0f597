//! From a data directory to an office: lock, configuration, keys, database, in this order.

use std::sync::Arc;

use protocol::id::NodeId;
use protocol::limits::WAITING_CASES_MAX;
use protocol::refusal::{Code, Refusal};
use protocol::seal::{Domain, PublicKey, Signer};
use protocol::statement::keys::{CertifiedKeys, KeyCert};
use protocol::time::Timestamp;

use crate::clock::Clock;
use crate::config::{Config, RuleBook};
use crate::control::execute::Failure;
use crate::directory::{DataDirectory, DirectoryLock};
use crate::entropy::Entropy;
use crate::failpoint::Failpoints;
use crate::keys::{self, Keys};
use crate::office::view::Initialised;
use crate::office::{Identity, Office, OfficeParts, Quotas};
use crate::store::{Store, StoreOptions};
use crate::telemetry;

use super::InitRequest;

/// The database file inside the data directory.
const DATABASE: &str = "dukou.db";

/// An opened data directory. The lock is released last.
pub(super) struct Opened {
    pub(super) office: Office,
    pub(super) config: Config,
    pub(super) directory: DataDirectory,
    _lock: DirectoryLock,
}

/// Creates keys, configuration and database; an interrupted attempt can be repeated, because the
/// configuration, by which a directory counts as a node, is written last.
pub(super) fn create(request: InitRequest) -> Result<Initialised, Failure> {
    let mut config = Config::new(request.region, &request.name)?;
    config.rehearsal = request.rehearsal;
    config.listen = request.listen.unwrap_or(config.listen);
    config.http = request.http.unwrap_or(config.http);
    config.check()?;
    let (directory, _lock) = DataDirectory::create(&request.data_dir)?;
    let keys = match Keys::generate(&directory.keys(), &Entropy::system(), None) {
        Err(refusal) if refusal.code == Code::NodeExists => Keys::load(&directory.keys(), None)?,
        other => other?,
    };
    let clock = Clock::from_environment(config.rehearsal)?;
    clock.check_after_build()?;
    let me = identity(&config, &keys, clock.now())?;
    let store = open_store(&directory, &config, &keys, Failpoints::none())?;
    store.close().map_err(|fault| Refusal::about(Code::Internal, fault))?;
    config.write(&directory.config_file())?;
    Ok(Initialised {
        node_id: me.node.to_string(),
        region: config.region.to_string(),
        name: config.name.clone(),
        fingerprint: me.node.fingerprint(),
        listen: config.listen.to_string(),
        http: format!("http://{}", config.http),
        rehearsal: config.rehearsal,
    })
}

/// Opens an existing node under its lock.
pub(super) fn open(directory: DataDirectory) -> Result<Opened, Failure> {
    let lock = directory.lock()?;
    let config = Config::load(&directory.config_file())?;
    let clock = Clock::from_environment(config.rehearsal)?;
    clock.check_after_build()?;
    telemetry::start(&config.log(), &clock)?;
    keys::forbid_core_files()?;
    let failpoints = Failpoints::from_environment(config.rehearsal)?;
    let passphrase = config.passphrase_file.as_deref().map(keys::read_passphrase).transpose()?;
    let keys = Keys::load(&directory.keys(), passphrase.as_ref())?;
    let me = identity(&config, &keys, clock.now())?;
    let store = open_store(&directory, &config, &keys, failpoints)?;
    let signer = Arc::new(Signer::from_seed(keys.signing_seed().reveal()));
    let office = Office::open(OfficeParts {
        store,
        me,
        keys,
        signer,
        clock,
        entropy: Entropy::system(),
        addresses: config.dial_addresses(),
        quotas: Quotas {
            waiting_cases: WAITING_CASES_MAX,
            undecided_offers_bytes: config.undecided_offers_bytes,
            database_bytes: config.database_bytes,
        },
        rules: RuleBook::load(&directory.rules_file())?,
        answers_matchings: config.answers_matchings,
    })?;
    Ok(Opened { office, config, directory, _lock: lock })
}

fn open_store(
    directory: &DataDirectory,
    config: &Config,
    keys: &Keys,
    failpoints: Failpoints,
) -> Result<Store, Refusal> {
    let options = StoreOptions {
        signer: Arc::new(Signer::from_seed(keys.signing_seed().reveal())),
        readers: config.store_readers,
        failpoints,
    };
    let path = directory.path().join(DATABASE);
    Store::open(&path, options).map_err(crate::office::store_refusal)
}

/// Who the node is: the identity key certifies the working keys.
fn identity(config: &Config, keys: &Keys, now: Timestamp) -> Result<Identity, Refusal> {
    let domain = if config.rehearsal { Domain::Rehearsal } else { Domain::Real };
    let public = |bytes: [u8; 32]| {
        PublicKey::from_bytes(&bytes).ok_or_else(|| Refusal::about(Code::NodeKeys, "public key"))
    };
    let identity = Signer::from_seed(keys.identity_seed().reveal());
    let certified = CertifiedKeys {
        domain,
        node: NodeId::from_bytes(*identity.public().as_bytes()),
        region: config.region,
        region_name: config.name.clone(),
        signing: public(keys.signing_public())?,
        tls: public(keys.tls_public())?,
        agreement: keys.agreement_public(),
        valid_from: now,
    };
    let cert = KeyCert::issue(certified.clone(), &identity);
    Ok(Identity {
        domain,
        node: certified.node,
        region: config.region,
        name: config.name.clone(),
        cert,
        certified,
    })
}

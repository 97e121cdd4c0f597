//! The node's secret keys, the only secrets it has, in `keys/` of the data directory.
//!
//! Five files, one for each key, 0600 in a directory 0700, encrypted when a passphrase is given.
//! Each names the node it belongs to. What the keys sign is decided elsewhere; the keys of members
//! are in the database, wrapped by `vault`.

mod file;
mod permission;

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use protocol::id::NodeId;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::directory::file_refusal;
use crate::durable;
use crate::entropy::Entropy;
use file::{KeyFile, Kind, Opener, Sealer};

/// Shortest passphrase for new keys, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 12;

/// Longest passphrase file, in bytes.
const PASSPHRASE_BYTES_MAX: u64 = 1024;

/// The secret keys of one node. Wiped from memory when dropped; prints as the node's id.
pub struct Keys {
    node_id: NodeId,
    identity: Private<[u8; 32]>,
    signing: Private<[u8; 32]>,
    tls: Private<[u8; 32]>,
    agreement: Private<[u8; 32]>,
    vault: Private<[u8; 32]>,
}

impl Keys {
    /// Makes the keys of a new node and writes them into `folder`, which is created if need be.
    /// The identity is written last: without it there is no node, and what an interrupted attempt
    /// left is written over.
    ///
    /// # Errors
    /// `node.exists` if there is an identity already, `node.keys` if others may read the folder or
    /// the passphrase is shorter than [`PASSPHRASE_CHARS_MIN`], `node.file`.
    pub fn generate(
        folder: &Path,
        entropy: &Entropy,
        passphrase: Option<&Private<String>>,
    ) -> Result<Keys, Refusal> {
        if passphrase.is_some_and(|text| text.reveal().chars().count() < PASSPHRASE_CHARS_MIN) {
            let text = format!("a passphrase has at least {PASSPHRASE_CHARS_MIN} characters");
            return Err(Refusal::about(Code::NodeKeys, text));
        }
        if !folder.exists() {
            let created = DirBuilder::new().mode(0o700).create(folder);
            created.map_err(|error| file_refusal(folder, &error))?;
        }
        permission::check_folder(folder)?;
        if fs::symlink_metadata(folder.join(Kind::Identity.file_name())).is_ok() {
            return Err(Refusal::about(Code::NodeExists, folder.display()));
        }
        let secret = || Private::new(entropy.bytes());
        let keys = Keys::of(secret(), secret(), secret(), secret(), secret());
        keys.write(folder, &Sealer::new(passphrase, entropy)?, entropy)?;
        Ok(keys)
    }

    fn of(
        identity: Private<[u8; 32]>,
        signing: Private<[u8; 32]>,
        tls: Private<[u8; 32]>,
        agreement: Private<[u8; 32]>,
        vault: Private<[u8; 32]>,
    ) -> Keys {
        let node_id = NodeId::from_bytes(ed25519_public(&identity));
        Keys { node_id, identity, signing, tls, agreement, vault }
    }

    fn write(&self, folder: &Path, sealer: &Sealer, entropy: &Entropy) -> Result<(), Refusal> {
        for kind in Kind::ALL {
            let text = sealer.text(kind, self.node_id, self.secret(kind), entropy);
            let path = folder.join(kind.file_name());
            durable::replace(&path, text.as_bytes(), 0o600)
                .map_err(|error| file_refusal(&path, &error))?;
        }
        Ok(())
    }

    /// Reads the keys in `folder`.
    ///
    /// # Errors
    /// `node.keys` if the folder or a file is missing, is a link, belongs to somebody else or may
    /// be read by others (with the `chmod` to run), is damaged, belongs to another node, or does
    /// not open with this passphrase. A passphrase for keys that are not encrypted is refused too,
    /// because its owner believes that they are.
    pub fn load(folder: &Path, passphrase: Option<&Private<String>>) -> Result<Keys, Refusal> {
        permission::check_folder(folder)?;
        let mut opener = Opener::new(passphrase);
        let mut read = |kind: Kind| -> Result<(NodeId, Private<[u8; 32]>), Refusal> {
            let path = folder.join(kind.file_name());
            let fault = |text: String| key_refusal(&path, text);
            let text = permission::read_private(&path, file::FILE_BYTES_MAX)?;
            let file = KeyFile::parse(kind, text.reveal()).map_err(fault)?;
            let secret = opener.open(&file).map_err(fault)?;
            Ok((file.node_id(), secret))
        };
        let [identity, signing, tls, agreement, vault] = [
            read(Kind::Identity)?,
            read(Kind::Signing)?,
            read(Kind::Tls)?,
            read(Kind::Agreement)?,
            read(Kind::Vault)?,
        ];
        let owners = [identity.0, signing.0, tls.0, agreement.0, vault.0];
        let keys = Keys::of(identity.1, signing.1, tls.1, agreement.1, vault.1);
        let kinds = [Kind::Identity, Kind::Signing, Kind::Tls, Kind::Agreement, Kind::Vault];
        for (kind, owner) in kinds.into_iter().zip(owners) {
            if owner != keys.node_id {
                let text = format!("it belongs to node {owner}, not to {}", keys.node_id);
                return Err(key_refusal(&folder.join(kind.file_name()), text));
            }
        }
        Ok(keys)
    }

    fn secret(&self, kind: Kind) -> &Private<[u8; 32]> {
        match kind {
            Kind::Identity => &self.identity,
            Kind::Signing => &self.signing,
            Kind::Tls => &self.tls,
            Kind::Agreement => &self.agreement,
            Kind::Vault => &self.vault,
        }
    }

    /// The node's identity: the public half of the identity key.
    pub fn node_id(&self) -> NodeId {
        self.node_id
    }

    /// The Ed25519 seed of the identity key, which certifies the others and signs nothing else.
    pub fn identity_seed(&self) -> &Private<[u8; 32]> {
        &self.identity
    }

    /// The Ed25519 seed of the key that signs statements.
    pub fn signing_seed(&self) -> &Private<[u8; 32]> {
        &self.signing
    }

    /// The Ed25519 public key that statements verify with.
    pub fn signing_public(&self) -> [u8; 32] {
        ed25519_public(&self.signing)
    }

    /// The Ed25519 seed of the key that QUIC sessions are authenticated with.
    pub fn tls_seed(&self) -> &Private<[u8; 32]> {
        &self.tls
    }

    /// The Ed25519 public key that peers pin.
    pub fn tls_public(&self) -> [u8; 32] {
        ed25519_public(&self.tls)
    }

    /// The X25519 public key that carried files are encrypted to.
    pub fn agreement_public(&self) -> [u8; 32] {
        PublicKey::from(&StaticSecret::from(*self.agreement.reveal())).to_bytes()
    }

    /// The key that wraps members' keys and finds identity numbers: for `vault::Vault::new`.
    pub fn vault_key(&self) -> &Private<[u8; 32]> {
        &self.vault
    }

    /// The secret that this node shares with `peer` and nobody else: HKDF-SHA256 over the X25519
    /// agreement, bound to both identities in byte order, so that both sides get the same. `None`
    /// if the peer's key is of low order, so that the secret would be known to all.
    pub fn pair_secret(
        &self,
        peer_agreement: &[u8; 32],
        peer: &NodeId,
    ) -> Option<Private<[u8; 32]>> {
        let own = StaticSecret::from(*self.agreement.reveal());
        let shared = own.diffie_hellman(&PublicKey::from(*peer_agreement));
        if !shared.was_contributory() {
            return None;
        }
        let (low, high) =
            if self.node_id < *peer { (&self.node_id, peer) } else { (peer, &self.node_id) };
        let info = [b"dukou/1 pair secret".as_slice(), low.as_bytes(), high.as_bytes()];
        let mut secret = [0; 32];
        Hkdf::<Sha256>::new(None, shared.as_bytes())
            .expand_multi_info(&info, &mut secret)
            .expect("32 bytes are within what HKDF gives");
        Some(Private::new(secret))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.node_id)
    }
}

/// Reads a passphrase from a file that only the node's user may read. One line end is cut off.
///
/// # Errors
/// `node.keys` if the file is missing, empty, readable by others, or no UTF-8 text.
pub fn read_passphrase(path: &Path) -> Result<Private<String>, Refusal> {
    let text = permission::read_private(path, PASSPHRASE_BYTES_MAX)?;
    let line = text.reveal().strip_suffix('\n').unwrap_or(text.reveal());
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(key_refusal(path, "the passphrase file is empty".to_owned()));
    }
    Ok(Private::new(line.to_owned()))
}

/// Keeps the secrets in memory out of core files: sets the size limit of those to 0.
///
/// # Errors
/// `node.keys` if the system does not allow it.
pub fn forbid_core_files() -> Result<(), Refusal> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .map_err(|error| Refusal::about(Code::NodeKeys, format_args!("core files: {error}")))
}

fn ed25519_public(seed: &Private<[u8; 32]>) -> [u8; 32] {
    SigningKey::from_bytes(seed.reveal()).verifying_key().to_bytes()
}

fn key_refusal(path: &Path, fault: String) -> Refusal {
    Refusal::about(Code::NodeKeys, format_args!("{}: {fault}", path.display()))
}

#[cfg(test)]
mod tests;

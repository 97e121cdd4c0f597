//! The text of one key file, version 1: six lines, of which the last is a checksum of the others.
//!
//! ```text
//! dukou-key/1
//! kind signing
//! node <64 hex digits>
//! seal none | argon2id <KiB> <passes> <lanes> <salt, 32 hex digits>
//! secret <64 hex digits> | <nonce and XChaCha20-Poly1305 box, 144 hex digits>
//! check <first 8 bytes of SHA-256 of the lines above, 16 hex digits>
//! ```
//!
//! The first four lines are the associated data of the box, so that a sealed key cannot be passed
//! off as one of another kind or node. The checksum finds damage and tells it from a wrong
//! passphrase; it is no protection against an enemy.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use protocol::id::NodeId;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::entropy::Entropy;

/// Longest key file, in bytes.
pub(super) const FILE_BYTES_MAX: u64 = 4096;

const VERSION_LINE: &str = "dukou-key/1";
const NONCE_BYTES: usize = 24;

/// Cost of new seals: the low-memory recommendation of RFC 9106, on one lane.
const NEW_COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/// Least cost that is accepted.
const LEAST_COST: Cost = Cost { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
/// Highest cost that is accepted, so that a damaged file cannot take the machine's memory.
const HIGHEST_COST: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

/// Which of the five keys a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Identity,
    Signing,
    Tls,
    Agreement,
    Vault,
}

impl Kind {
    /// In the order of writing: the identity, which makes a node of the others, comes last.
    pub(super) const ALL: [Kind; 5] =
        [Kind::Signing, Kind::Tls, Kind::Agreement, Kind::Vault, Kind::Identity];

    fn name(self) -> &'static str {
        match self {
            Kind::Identity => "identity",
            Kind::Signing => "signing",
            Kind::Tls => "tls",
            Kind::Agreement => "agreement",
            Kind::Vault => "vault",
        }
    }

    pub(super) fn file_name(self) -> String {
        format!("{}.key", self.name())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    fn is_acceptable(self) -> bool {
        let parts = |cost: Cost| [cost.memory_kib, cost.passes, cost.lanes];
        let bounds = parts(LEAST_COST).into_iter().zip(parts(HIGHEST_COST));
        parts(self).into_iter().zip(bounds).all(|(cost, (low, high))| low <= cost && cost <= high)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    cost: Cost,
    salt: [u8; 16],
}

impl Stretch {
    fn key(&self, passphrase: &Private<String>) -> Result<Private<[u8; 32]>, String> {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let mut key = Zeroizing::new([0; 32]);
        Params::new(memory_kib, passes, lanes, Some(32))
            .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
            .and_then(|argon| {
                let text = passphrase.reveal().as_bytes();
                argon.hash_password_into(text, &self.salt, key.as_mut())
            })
            .map_err(|error| format!("the passphrase cannot be stretched: {error}"))?;
        Ok(Private::new(*key))
    }
}

/// Writes key files, all under one stretched passphrase or all plain.
pub(super) struct Sealer(Option<(Stretch, Private<[u8; 32]>)>);

impl Sealer {
    pub(super) fn new(
        passphrase: Option<&Private<String>>,
        entropy: &Entropy,
    ) -> Result<Sealer, Refusal> {
        let Some(passphrase) = passphrase else { return Ok(Sealer(None)) };
        let stretch = Stretch { cost: NEW_COST, salt: entropy.bytes() };
        let key = stretch.key(passphrase).map_err(|text| Refusal::about(Code::NodeKeys, text))?;
        Ok(Sealer(Some((stretch, key))))
    }

    pub(super) fn text(
        &self,
        kind: Kind,
        node: NodeId,
        secret: &Private<[u8; 32]>,
        entropy: &Entropy,
    ) -> Zeroizing<String> {
        let head = |seal: &str| {
            format!("{VERSION_LINE}\nkind {}\nnode {node}\nseal {seal}\n", kind.name())
        };
        let mut text = Zeroizing::new(match &self.0 {
            None => {
                let hex = Zeroizing::new(HEXLOWER.encode(secret.reveal()));
                format!("{}secret {}\n", head("none"), hex.as_str())
            }
            Some((Stretch { cost, salt }, key)) => {
                let Cost { memory_kib, passes, lanes } = cost;
                let salt = HEXLOWER.encode(salt);
                let head = head(&format!("argon2id {memory_kib} {passes} {lanes} {salt}"));
                let nonce: [u8; NONCE_BYTES] = entropy.bytes();
                let sealed = XChaCha20Poly1305::new(key.reveal().into())
                    .encrypt(
                        &XNonce::from(nonce),
                        Payload { msg: secret.reveal(), aad: head.as_bytes() },
                    )
                    .expect("32 bytes are within what the cipher takes");
                format!("{head}secret {}{}\n", HEXLOWER.encode(&nonce), HEXLOWER.encode(&sealed))
            }
        });
        let check = checksum(&text);
        text.push_str(&format!("check {check}\n"));
        text
    }
}

/// A parsed key file, still sealed if it is.
pub(super) struct KeyFile<'t> {
    node: NodeId,
    head: &'t str,
    stretch: Option<Stretch>,
    secret: Zeroizing<Vec<u8>>,
}

impl<'t> KeyFile<'t> {
    /// Reads the text of a file that should hold a key of this kind.
    pub(super) fn parse(kind: Kind, text: &'t str) -> Result<KeyFile<'t>, String> {
        let version = text.lines().next().unwrap_or_default();
        if version != VERSION_LINE {
            return Err(format!("its first line is not {VERSION_LINE}"));
        }
        let damaged = || "it is damaged: restore it from a backup".to_owned();
        let (body, check) = text.rsplit_once("check ").ok_or_else(damaged)?;
        if check.trim_end() != checksum(body) {
            return Err(damaged());
        }
        let (head, secret) = body.split_once("secret ").ok_or_else(damaged)?;
        let fields: Option<Vec<&str>> = head
            .lines()
            .skip(1)
            .zip(["kind ", "node ", "seal "])
            .map(|(line, name)| line.strip_prefix(name))
            .collect();
        let Some([found, node, seal]) = fields.as_deref() else { return Err(damaged()) };
        if *found != kind.name() {
            return Err(format!("it holds a key of kind {found}, not {}", kind.name()));
        }
        let secret = HEXLOWER.decode(secret.trim_end().as_bytes()).map_err(|_| damaged())?;
        Ok(KeyFile {
            node: node.parse().map_err(|_| damaged())?,
            head,
            stretch: parse_seal(seal).ok_or_else(damaged)?,
            secret: Zeroizing::new(secret),
        })
    }

    /// The node that the file names as its owner.
    pub(super) fn node_id(&self) -> NodeId {
        self.node
    }
}

fn parse_seal(text: &str) -> Option<Option<Stretch>> {
    if text == "none" {
        return Some(None);
    }
    let mut parts = text.strip_prefix("argon2id ")?.split(' ');
    let mut number = || parts.next()?.parse().ok();
    let cost = Cost { memory_kib: number()?, passes: number()?, lanes: number()? };
    let salt = HEXLOWER.decode(parts.next()?.as_bytes()).ok()?;
    let stretch = Stretch { cost, salt: salt.try_into().ok()? };
    (cost.is_acceptable() && parts.next().is_none()).then_some(Some(stretch))
}

/// Opens key files; files under one salt cost one stretching.
pub(super) struct Opener<'p> {
    passphrase: Option<&'p Private<String>>,
    stretched: Option<(Stretch, Private<[u8; 32]>)>,
}

impl<'p> Opener<'p> {
    pub(super) fn new(passphrase: Option<&'p Private<String>>) -> Opener<'p> {
        Opener { passphrase, stretched: None }
    }

    pub(super) fn open(&mut self, file: &KeyFile<'_>) -> Result<Private<[u8; 32]>, String> {
        let bytes = match (file.stretch, self.passphrase) {
            (None, None) => file.secret.clone(),
            (None, Some(_)) => {
                return Err("it is not encrypted, although a passphrase is given".to_owned());
            }
            (Some(_), None) => {
                return Err("it is encrypted and no passphrase is given: set \
                            keys.passphrase_file"
                    .to_owned());
            }
            (Some(stretch), Some(passphrase)) => {
                let (nonce, sealed) = file
                    .secret
                    .split_first_chunk::<NONCE_BYTES>()
                    .ok_or_else(|| "its secret is too short".to_owned())?;
                let payload = Payload { msg: sealed, aad: file.head.as_bytes() };
                let opened = XChaCha20Poly1305::new(self.key(stretch, passphrase)?.reveal().into())
                    .decrypt(&XNonce::from(*nonce), payload)
                    .map_err(|_| "the passphrase does not open it".to_owned())?;
                Zeroizing::new(opened)
            }
        };
        let secret = <[u8; 32]>::try_from(bytes.as_slice());
        secret.map(Private::new).map_err(|_| "its secret has not 32 bytes".to_owned())
    }

    fn key(
        &mut self,
        stretch: Stretch,
        passphrase: &Private<String>,
    ) -> Result<Private<[u8; 32]>, String> {
        match &self.stretched {
            Some((known, key)) if *known == stretch => Ok(key.clone()),
            _ => {
                let key = stretch.key(passphrase)?;
                self.stretched = Some((stretch, key.clone()));
                Ok(key)
            }
        }
    }
}

fn checksum(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..8])
}

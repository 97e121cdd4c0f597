//! Signatures: the only file that names ed25519, and the only one that knows how a seal is made.
//!
//! Entries committed together are sealed together: their leaf hashes form a Merkle tree (RFC 6962
//! hashing), and one Ed25519 signature covers its size and root. An entry keeps the
//! signature and its own path, so it verifies alone. It does not decide whose key counts: that is
//! [`crate::statement::keys`] and the feed.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::codec::{Decode, Encode, decode_checked};
use crate::id::{EntryHash, KeyId};
use crate::limits::{GROUP_ENTRIES_MAX, PATH_NODES_MAX};

/// Which federation bytes belong to. Nothing signed in one is ever valid in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// The real one: `dukou/1`.
    Real,
    /// Exercises and tests: `dukou-rehearsal/1`.
    Rehearsal,
}

impl Domain {
    /// The tag that opens every statement and every signed message.
    pub fn tag(self) -> &'static str {
        match self {
            Domain::Real => "dukou/1",
            Domain::Rehearsal => "dukou-rehearsal/1",
        }
    }

    fn from_tag(tag: String) -> Option<Domain> {
        [Domain::Real, Domain::Rehearsal].into_iter().find(|domain| domain.tag() == tag)
    }
}

decode_checked!(encode_as | domain | domain.tag(), Domain, String, Domain::from_tag);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Signature([u8; 64]);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}

/// An Ed25519 public key that is not of small order: weak keys are never represented.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key with these bytes, unless they are no key or a weak one.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<PublicKey> {
        VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()).map(PublicKey)
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The name of the key inside entries.
    pub fn id(&self) -> KeyId {
        let digest = Sha256::digest(self.as_bytes());
        KeyId::try_from(&digest[..16]).expect("sixteen of thirty-two bytes")
    }

    /// Whether `signature` over `message` for `purpose` is by this key, strictly.
    pub fn verifies(
        &self,
        domain: Domain,
        purpose: Purpose,
        message: &[u8],
        signature: &Signature,
    ) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(&signed_bytes(domain, purpose, message), &signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

decode_checked!(encode_as | key | key.as_bytes(), PublicKey, [u8; 32], |bytes| {
    PublicKey::from_bytes(&bytes)
});

/// What a signature is for; the purposes' messages can never be taken for one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The root of a group of entries.
    Seal,
    /// The head of a feed.
    Head,
    /// An identity key certifying the other keys.
    KeyCert,
    /// An invitation to pair, or the reply to one.
    Pairing,
    /// A node's directory of organisations outside a feed, inside an invitation.
    Directory,
}

impl Purpose {
    fn tag(self) -> &'static str {
        match self {
            Purpose::Seal => " seal",
            Purpose::Head => " head",
            Purpose::KeyCert => " keycert",
            Purpose::Pairing => " pairing",
            Purpose::Directory => " directory",
        }
    }
}

fn signed_bytes(domain: Domain, purpose: Purpose, message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32 + message.len());
    bytes.extend_from_slice(domain.tag().as_bytes());
    bytes.extend_from_slice(purpose.tag().as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(message);
    bytes
}

/// A secret Ed25519 key with its public half at hand.
pub struct Signer {
    key: SigningKey,
    public: PublicKey,
}

impl Signer {
    /// The key that this seed of 32 random bytes stands for.
    pub fn from_seed(seed: &[u8; 32]) -> Signer {
        let seed = Zeroizing::new(*seed);
        let key = SigningKey::from_bytes(&seed);
        let public = PublicKey(key.verifying_key());
        Signer { key, public }
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs `message` for `purpose`.
    pub fn sign(&self, domain: Domain, purpose: Purpose, message: &[u8]) -> Signature {
        Signature(self.key.sign(&signed_bytes(domain, purpose, message)).to_bytes())
    }

    /// One signature over a group of entries, given by their leaf hashes.
    ///
    /// # Panics
    /// If `leaves` is empty or longer than [`GROUP_ENTRIES_MAX`].
    pub fn seal_group(&self, domain: Domain, leaves: &[EntryHash]) -> Signature {
        assert!((1..=GROUP_ENTRIES_MAX).contains(&leaves.len()), "a group is bounded");
        self.sign(domain, Purpose::Seal, &root_message(leaves.len(), &root(leaves)))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public.id())
    }
}

/// Whether `signature` seals exactly these leaves.
pub fn verify_group(
    key: &PublicKey,
    domain: Domain,
    leaves: &[EntryHash],
    signature: &Signature,
) -> bool {
    (1..=GROUP_ENTRIES_MAX).contains(&leaves.len())
        && key.verifies(
            domain,
            Purpose::Seal,
            &root_message(leaves.len(), &root(leaves)),
            signature,
        )
}

/// What one entry keeps of its group's seal: enough to verify it alone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Seal {
    /// Over the group's size and root.
    pub signature: Signature,
    /// How many entries the group has.
    pub size: u8,
    /// The entry's place in it, from 0.
    pub index: u8,
    /// The Merkle path from the leaf to the root, lowest node first; empty for a lone entry.
    pub path: Vec<[u8; 32]>,
}

impl Seal {
    /// The seals of all entries of a group, in order.
    pub fn of_group(signature: Signature, leaves: &[EntryHash]) -> Vec<Seal> {
        let size = u8::try_from(leaves.len()).expect("a group is bounded far below 256");
        let mut paths = vec![Vec::with_capacity(PATH_NODES_MAX); leaves.len()];
        grow(leaves, &mut paths);
        let seals = (0..size).zip(paths);
        seals.map(|(index, path)| Seal { signature, size, index, path }).collect()
    }

    /// Whether this seals the entry with that leaf hash under `key`.
    pub fn verifies(&self, key: &PublicKey, domain: Domain, leaf: &EntryHash) -> bool {
        let size = usize::from(self.size);
        let bounded = size <= GROUP_ENTRIES_MAX
            && self.index < self.size
            && self.path.len() <= PATH_NODES_MAX;
        bounded
            && root_from_path(leaf, usize::from(self.index), size, &self.path).is_some_and(|root| {
                let message = root_message(size, &root);
                key.verifies(domain, Purpose::Seal, &message, &self.signature)
            })
    }
}

/// The Merkle leaf over an entry's header bytes and statement bytes.
pub fn leaf(header: &[u8], statement: &[u8]) -> EntryHash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(header);
    hash.update(statement);
    EntryHash::from_bytes(hash.finalize().into())
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

fn root_message(size: usize, root: &[u8; 32]) -> [u8; 40] {
    let mut message = [0; 40];
    message[..8].copy_from_slice(&(size as u64).to_be_bytes());
    message[8..].copy_from_slice(root);
    message
}

fn root(leaves: &[EntryHash]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf.as_bytes(),
        _ => {
            let (left, right) = leaves.split_at(left_size(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The largest power of two smaller than `size` (at least 2 leaves).
fn left_size(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// The root of the leaves; writes each leaf's path to it on the way up, each node hashed once.
fn grow(leaves: &[EntryHash], paths: &mut [Vec<[u8; 32]>]) -> [u8; 32] {
    if leaves.len() < 2 {
        return root(leaves);
    }
    let split = left_size(leaves.len());
    let (left_paths, right_paths) = paths.split_at_mut(split);
    let (left, right) = (grow(&leaves[..split], left_paths), grow(&leaves[split..], right_paths));
    left_paths.iter_mut().for_each(|path| path.push(right));
    right_paths.iter_mut().for_each(|path| path.push(left));
    node(&left, &right)
}

fn root_from_path(
    leaf: &EntryHash,
    index: usize,
    size: usize,
    path: &[[u8; 32]],
) -> Option<[u8; 32]> {
    if size < 2 {
        return (size == 1 && path.is_empty()).then_some(*leaf.as_bytes());
    }
    let (sibling, below) = path.split_last()?;
    let split = left_size(size);
    if index < split {
        Some(node(&root_from_path(leaf, index, split, below)?, sibling))
    } else {
        Some(node(sibling, &root_from_path(leaf, index - split, size - split, below)?))
    }
}

#[cfg(test)]
#[path = "seal/tests.rs"]
mod tests;

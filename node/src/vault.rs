//! Sealing of personal data at rest, and finding it again without reading it.
//!
//! Each member has a key of their own, stored wrapped by a key that never lies in the database;
//! erasing the wrapped key erases all that was sealed with it, in every backup too. Identity
//! numbers and phones are found by a keyed hash. It does not decide what is sealed nor where it
//! lies: the store does.

use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::entropy::Entropy;

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const WRAPPED_BYTES: usize = NONCE_BYTES + 32 + TAG_BYTES;

/// How many bytes longer a sealed text is than the plain one.
pub const SEAL_BYTES: usize = NONCE_BYTES + TAG_BYTES;

/// The keys that everything personal rests under. Derived once; each use costs a few microseconds.
pub struct Vault {
    wrapping: XChaCha20Poly1305,
    id_numbers: Hmac<Sha256>,
    phones: Hmac<Sha256>,
}

/// A member's key as the database holds it: nonce, then the sealed key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WrappedKey([u8; WRAPPED_BYTES]);

impl Vault {
    /// The vault under `vault_key`, that of `keys::Keys`.
    pub fn new(vault_key: &Private<[u8; 32]>) -> Vault {
        let derive = |label: &[u8]| {
            let mut key = Zeroizing::new([0; 32]);
            Hkdf::<Sha256>::new(None, vault_key.reveal())
                .expand(label, key.as_mut())
                .expect("32 bytes are within what HKDF gives");
            key
        };
        let hmac = |label| {
            Hmac::<Sha256>::new_from_slice(&*derive(label)).expect("HMAC takes keys of any length")
        };
        Vault {
            wrapping: XChaCha20Poly1305::new((&*derive(b"dukou/1 member keys")).into()),
            id_numbers: hmac(b"dukou/1 identity numbers"),
            phones: hmac(b"dukou/1 phones"),
        }
    }

    /// A new random key for one member.
    pub fn new_member_key(&self, entropy: &Entropy) -> WrappedKey {
        let key = Zeroizing::new(entropy.bytes::<32>());
        let sealed = seal_with(&self.wrapping, b"", key.as_slice(), entropy);
        WrappedKey(sealed.try_into().expect("nonce, key and tag have that length"))
    }

    /// The cipher under a member's key, for several uses in a row.
    ///
    /// # Errors
    /// `node.vault` if the key was wrapped by another vault or is damaged.
    pub fn unwrap_key(&self, key: &WrappedKey) -> Result<MemberCipher, Refusal> {
        let opened = open_with(&self.wrapping, b"", &key.0)
            .ok_or_else(|| Refusal::about(Code::NodeVault, "a member's key"))?;
        let key = XChaCha20Poly1305::new_from_slice(opened.reveal());
        key.map(MemberCipher).map_err(|_| Refusal::about(Code::NodeVault, "a member's key"))
    }

    /// Seals `plain` under a member's key. `context` names the place where it will lie (a column
    /// and row, a statement hash), so that it cannot be moved to another.
    ///
    /// # Errors
    /// As [`Vault::unwrap_key`].
    pub fn seal(
        &self,
        key: &WrappedKey,
        context: &[u8],
        plain: &[u8],
        entropy: &Entropy,
    ) -> Result<Vec<u8>, Refusal> {
        Ok(self.unwrap_key(key)?.seal(context, plain, entropy))
    }

    /// Opens what [`Vault::seal`] sealed.
    ///
    /// # Errors
    /// `node.vault` if the key, the context or the bytes are not those of the sealing.
    pub fn open(
        &self,
        key: &WrappedKey,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Private<Vec<u8>>, Refusal> {
        self.unwrap_key(key)?.open(context, sealed)
    }

    /// Seals a secret of the node itself, such as that of a pair.
    pub fn seal_secret(&self, secret: &[u8; 32], entropy: &Entropy) -> Vec<u8> {
        seal_with(&self.wrapping, b"secret", secret, entropy)
    }

    /// Opens what [`Vault::seal_secret`] sealed.
    ///
    /// # Errors
    /// `node.vault` if it was sealed by another vault or is damaged.
    pub fn open_secret(&self, sealed: &[u8]) -> Result<Private<Vec<u8>>, Refusal> {
        open_with(&self.wrapping, b"secret", sealed)
            .ok_or_else(|| Refusal::about(Code::NodeVault, "a secret of the node"))
    }

    /// Seals what a sheet says of somebody who has no key of their own here.
    pub fn seal_listed(&self, plain: &[u8], entropy: &Entropy) -> Vec<u8> {
        seal_with(&self.wrapping, b"listed", plain, entropy)
    }

    /// Opens what [`Vault::seal_listed`] sealed.
    ///
    /// # Errors
    /// `node.vault` if it was sealed by another vault or is damaged.
    pub fn open_listed(&self, sealed: &[u8]) -> Result<Private<Vec<u8>>, Refusal> {
        open_with(&self.wrapping, b"listed", sealed)
            .ok_or_else(|| Refusal::about(Code::NodeVault, "somebody on a sheet"))
    }

    /// What an identity number is found by.
    pub fn id_hmac(&self, number: &IdNumber) -> [u8; 32] {
        let mac = self.id_numbers.clone().chain_update(number.reveal());
        mac.finalize().into_bytes().into()
    }

    /// What a phone number is found by: of its digits alone, without the prefix of the country, so
    /// that `+86 138-0000-0000` is found by `13800000000`.
    pub fn phone_hmac(&self, phone: &str) -> [u8; 32] {
        let digits = Zeroizing::new(phone.chars().filter(char::is_ascii_digit).collect::<String>());
        let mobile = |rest: &&str| rest.len() == 11 && rest.starts_with('1');
        let prefixed = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
        let number = prefixed.filter(mobile).unwrap_or(&digits);
        self.phones.clone().chain_update(number).finalize().into_bytes().into()
    }
}

/// A member's cipher, unwrapped. Wiped when dropped.
pub struct MemberCipher(XChaCha20Poly1305);

impl MemberCipher {
    /// As [`Vault::seal`]: a random nonce, then the box.
    pub fn seal(&self, context: &[u8], plain: &[u8], entropy: &Entropy) -> Vec<u8> {
        seal_with(&self.0, context, plain, entropy)
    }

    /// As [`Vault::open`].
    ///
    /// # Errors
    /// `node.vault`.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Private<Vec<u8>>, Refusal> {
        open_with(&self.0, context, sealed)
            .ok_or_else(|| Refusal::about(Code::NodeVault, "a sealed field"))
    }
}

impl WrappedKey {
    /// The bytes that the database keeps.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for WrappedKey {
    type Error = Refusal;

    fn try_from(bytes: &[u8]) -> Result<Self, Refusal> {
        let fault = |_| Refusal::about(Code::NodeVault, "a member's key");
        bytes.try_into().map(WrappedKey).map_err(fault)
    }
}

fn seal_with(
    cipher: &XChaCha20Poly1305,
    context: &[u8],
    plain: &[u8],
    entropy: &Entropy,
) -> Vec<u8> {
    let nonce: [u8; NONCE_BYTES] = entropy.bytes();
    let mut sealed = Vec::with_capacity(SEAL_BYTES + plain.len());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = cipher
        .encrypt_inout_detached(
            &XNonce::from(nonce),
            context,
            InOutBuf::from(&mut sealed[NONCE_BYTES..]),
        )
        .expect("texts in memory are within what the cipher takes");
    sealed.extend_from_slice(&tag);
    sealed
}

fn open_with(
    cipher: &XChaCha20Poly1305,
    context: &[u8],
    sealed: &[u8],
) -> Option<Private<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: sealed, aad: context };
    cipher.decrypt(&XNonce::from(*nonce), payload).ok().map(Private::new)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn vault_of(byte: u8) -> Vault {
        Vault::new(&Private::new([byte; 32]))
    }

    #[test]
    fn a_sealed_text_opens_only_where_it_was_sealed() {
        let (vault, entropy) = (vault_of(1), Entropy::seeded(1));
        let key = vault.new_member_key(&entropy);
        let plain = "11010519491231002X".as_bytes();
        let sealed = vault.seal(&key, b"member 1", plain, &entropy).unwrap();
        assert_eq!(sealed.len(), plain.len() + SEAL_BYTES);
        assert!(!sealed.windows(6).any(|part| part == &plain[..6]));
        assert_eq!(vault.open(&key, b"member 1", &sealed).unwrap().reveal(), plain);
        assert_ne!(vault.seal(&key, b"member 1", plain, &entropy).unwrap(), sealed);

        let stranger = vault.new_member_key(&entropy);
        let refused = [
            vault.open(&key, b"member 2", &sealed),
            vault.open(&stranger, b"member 1", &sealed),
            vault_of(2).open(&key, b"member 1", &sealed),
        ];
        for refusal in refused {
            assert_eq!(refusal.unwrap_err().code, Code::NodeVault);
        }
    }

    #[test]
    fn a_changed_or_cut_text_does_not_open() {
        let (vault, entropy) = (vault_of(1), Entropy::seeded(1));
        let key = vault.new_member_key(&entropy);
        let sealed = vault.seal(&key, b"", b"13800000000", &entropy).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open(&key, b"", &changed).is_err(), "byte {at}");
            assert!(vault.open(&key, b"", &sealed[..at]).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn a_wrapped_key_comes_back_from_the_database() {
        let (vault, entropy) = (vault_of(1), Entropy::seeded(1));
        let key = vault.new_member_key(&entropy);
        let sealed = vault.seal(&key, b"", b"text", &entropy).unwrap();
        let read = WrappedKey::try_from(key.as_bytes()).unwrap();
        assert_eq!(vault.open(&read, b"", &sealed).unwrap().reveal(), b"text");
        assert!(WrappedKey::try_from(&key.as_bytes()[1..]).is_err());
        let mut changed = *key.as_bytes().first_chunk::<WRAPPED_BYTES>().unwrap();
        changed[40] ^= 1;
        assert!(vault.unwrap_key(&WrappedKey(changed)).is_err());
    }

    #[test]
    fn numbers_are_found_by_a_keyed_hash() {
        let vault = vault_of(1);
        let number = |text| IdNumber::parse(text).unwrap();
        let id = vault.id_hmac(&number("11010519491231002X"));
        assert_eq!(id, vault.id_hmac(&number("11010519491231002x")));
        assert_ne!(id, vault_of(2).id_hmac(&number("11010519491231002X")));
        assert_ne!(id, vault.phone_hmac("11010519491231002X"), "labels keep the two apart");

        let phone = vault.phone_hmac("13800000000");
        for text in ["138 0000 0000", "+86 138-0000-0000", "008613800000000"] {
            assert_eq!(vault.phone_hmac(text), phone, "{text}");
        }
        assert_ne!(vault.phone_hmac("8613800000"), vault.phone_hmac("13800000"));
        assert_ne!(vault.phone_hmac("13800000001"), phone);
    }
}

//! Lets a node that was started again tell its peers that their old connections are dead.
//!
//! A QUIC endpoint answers packets of a connection it does not know with a reset that only it can
//! make (RFC 9000 §10.3). The key of these resets comes from the node's TLS key, so it outlives the
//! process and the endpoint: a peer that still talks to the old process learns of the new one with
//! its next packet, instead of after half a minute of silence.

use std::fmt;
use std::time::Duration;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use quinn::crypto::{CryptoError, HmacKey};
use quinn::{ConnectionId, ConnectionIdGenerator};
use sha2::Sha256;

use crate::entropy::Entropy;

/// Makes the resets of one node.
#[derive(Clone)]
pub(super) struct ResetKey([u8; 32]);

impl ResetKey {
    /// The key that belongs to a TLS secret.
    pub fn of_tls_seed(seed: &[u8; 32]) -> ResetKey {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, seed)
            .expand(b"dukou/1 stateless reset", &mut key)
            .expect("32 bytes are few enough for HKDF");
        ResetKey(key)
    }

    fn mac(&self, data: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(data);
        mac
    }
}

impl fmt::Debug for ResetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResetKey(***)")
    }
}

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        let tag = self.mac(data).finalize().into_bytes();
        signature_out.copy_from_slice(&tag);
    }

    fn signature_len(&self) -> usize {
        32
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        self.mac(data).verify_slice(signature).map_err(|_| CryptoError)
    }
}

/// Random connection ids. The library's own carry a check under a key of each process, by which an
/// endpoint ignores packets of connections from before its start; these carry none.
pub(super) struct PlainIds(Entropy);

impl PlainIds {
    const LEN: usize = 8;

    /// Ids from the operating system's generator.
    pub fn new() -> PlainIds {
        PlainIds(Entropy::system())
    }
}

impl ConnectionIdGenerator for PlainIds {
    fn generate_cid(&mut self) -> ConnectionId {
        ConnectionId::new(&self.0.bytes::<{ Self::LEN }>())
    }

    fn cid_len(&self) -> usize {
        Self::LEN
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

//! Which keys speak for a node: the certificate that the identity key gives the working keys.

use crate::codec::{self, Decode, Encode};
use crate::id::{KeyId, NodeId, RegionCode};
use crate::member::is_name;
use crate::refusal::Code;
use crate::seal::{Domain, PublicKey, Purpose, Signature, Signer};
use crate::time::Timestamp;

use super::Body;
use super::kind::Kind;

/// What the identity key certifies.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CertifiedKeys {
    /// The federation that the keys are for.
    pub domain: Domain,
    /// The identity key itself.
    pub node: NodeId,
    /// The region that the node keeps.
    pub region: RegionCode,
    /// The region's name.
    pub region_name: String,
    /// Seals entries and heads.
    pub signing: PublicKey,
    /// The key that a connection must show: the pin.
    pub tls: PublicKey,
    /// X25519, for the secret of a pair and for courier files.
    pub agreement: [u8; 32],
    /// From when on.
    pub valid_from: Timestamp,
}

impl CertifiedKeys {
    /// Whether these are the keys by which `author` seals under `key`.
    pub fn names(&self, author: &NodeId, key: &KeyId) -> bool {
        self.node == *author && self.signing.id() == *key
    }
}

/// 密钥证书: seq 1 of every feed, and part of every invitation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeyCert {
    keys: CertifiedKeys,
    signature: Signature,
}

impl KeyCert {
    /// Certifies `keys` with the identity key, which must be that of `keys.node`.
    pub fn issue(keys: CertifiedKeys, identity: &Signer) -> KeyCert {
        let signature = identity.sign(keys.domain, Purpose::KeyCert, &codec::encode(&keys));
        KeyCert { keys, signature }
    }

    /// The parts, for a form that says them in another order.
    pub(crate) fn parts(&self) -> (&CertifiedKeys, &Signature) {
        (&self.keys, &self.signature)
    }

    /// Puts a certificate together again. Whether it holds, [`KeyCert::verified`] says.
    pub(crate) fn from_parts(keys: CertifiedKeys, signature: Signature) -> KeyCert {
        KeyCert { keys, signature }
    }

    /// The certified keys, if the identity key that they name really signed them.
    pub fn verified(&self) -> Result<&CertifiedKeys, Code> {
        let keys = &self.keys;
        let identity = PublicKey::from_bytes(keys.node.as_bytes()).ok_or(Code::FeedKey)?;
        let message = codec::encode(keys);
        let signed = identity.verifies(keys.domain, Purpose::KeyCert, &message, &self.signature);
        if signed && is_name(&keys.region_name) { Ok(keys) } else { Err(Code::FeedKey) }
    }
}

impl Body for KeyCert {
    const KIND: Kind = Kind::KeyCert;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(identity: &Signer) -> CertifiedKeys {
        CertifiedKeys {
            domain: Domain::Real,
            node: NodeId::from_bytes(*identity.public().as_bytes()),
            region: "610922".parse().unwrap(),
            region_name: "石泉县".into(),
            signing: Signer::from_seed(&[2; 32]).public(),
            tls: Signer::from_seed(&[3; 32]).public(),
            agreement: [4; 32],
            valid_from: "2026-11-22T00:00:00Z".parse().unwrap(),
        }
    }

    /// only the named identity certifies, and only what it signed.
    #[test]
    fn a_certificate_holds_only_under_its_own_identity() {
        let (identity, other) = (Signer::from_seed(&[1; 32]), Signer::from_seed(&[9; 32]));
        let cert = KeyCert::issue(keys(&identity), &identity);
        assert_eq!(cert.verified().map(|keys| keys.region.number()), Ok(610_922));
        assert_eq!(KeyCert::issue(keys(&identity), &other).verified(), Err(Code::FeedKey));
        let mut moved = cert;
        moved.keys.region = "610902".parse().unwrap();
        assert_eq!(moved.verified(), Err(Code::FeedKey));
    }
}

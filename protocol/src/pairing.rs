//! How two nodes are introduced: the invitation that one writes, and the introduction that the
//! other answers with. Trust comes from two people comparing fingerprints; these bytes only carry
//! keys and addresses, and never personal data.

use crate::codec::{self, Decode, Encode};
use crate::limits::{INVITED_ADDRESSES_MAX, INVITED_ORGS_MAX};
use crate::refusal::Code;
use crate::seal::{Purpose, Signature, Signer};
use crate::statement::directory::OrgListing;
use crate::statement::keys::{CertifiedKeys, KeyCert};
use crate::time::Timestamp;

/// What an inviter offers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invitation {
    /// The inviter's keys.
    pub cert: KeyCert,
    /// Where it may be dialled, `IP:PORT`.
    pub addresses: Vec<String>,
    /// Shown once by whoever accepts.
    pub secret: [u8; 32],
    /// Until when it may be used.
    pub expires: Timestamp,
    /// The inviter's organisations, so that letters can be addressed before the first contact.
    pub orgs: Vec<OrgListing>,
}

/// What the accepting node answers, over the network or in a file.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Introduction {
    /// Its keys.
    pub cert: KeyCert,
    /// Where it may be dialled, `IP:PORT`.
    pub addresses: Vec<String>,
    /// The secret of the invitation that it accepted.
    pub secret: [u8; 32],
    /// Its organisations; empty over the network, where the feed brings them.
    pub orgs: Vec<OrgListing>,
}

/// Either of the two, signed by the signing key that its certificate names.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedPairing<T> {
    content: T,
    signature: Signature,
}

/// What both carry.
pub trait Pairing: Encode + Decode<()> {
    /// The keys of whoever signed.
    fn cert(&self) -> &KeyCert;
    /// Where it may be dialled.
    fn addresses(&self) -> &[String];
    /// Its organisations.
    fn orgs(&self) -> &[OrgListing];
}

impl Pairing for Invitation {
    fn cert(&self) -> &KeyCert {
        &self.cert
    }
    fn addresses(&self) -> &[String] {
        &self.addresses
    }
    fn orgs(&self) -> &[OrgListing] {
        &self.orgs
    }
}

impl Pairing for Introduction {
    fn cert(&self) -> &KeyCert {
        &self.cert
    }
    fn addresses(&self) -> &[String] {
        &self.addresses
    }
    fn orgs(&self) -> &[OrgListing] {
        &self.orgs
    }
}

impl<T: Pairing> SignedPairing<T> {
    /// Signs `content` with the signing key that its certificate names, and gives the bytes.
    pub fn sign(content: T, keys: &CertifiedKeys, signer: &Signer) -> Vec<u8> {
        let message = codec::encode(&content);
        let signature = signer.sign(keys.domain, Purpose::Pairing, &message);
        codec::encode(&SignedPairing { content, signature })
    }

    /// Reads the bytes, and checks the certificate, the signature and every bound.
    pub fn read(bytes: &[u8]) -> Result<(T, CertifiedKeys), Code> {
        let signed: SignedPairing<T> = codec::decode(bytes).map_err(|_| Code::InvitationInvalid)?;
        let content = signed.content;
        let keys = content.cert().verified().map_err(|_| Code::InvitationInvalid)?.clone();
        let message = codec::encode(&content);
        let bounded = content.addresses().len() <= INVITED_ADDRESSES_MAX
            && content.addresses().iter().all(|address| address.len() <= 64)
            && content.orgs().len() <= INVITED_ORGS_MAX
            && content.orgs().iter().all(|org| org.code.region == keys.region)
            && content.orgs().iter().all(OrgListing::is_well_formed);
        let signed =
            keys.signing.verifies(keys.domain, Purpose::Pairing, &message, &signed.signature);
        if bounded && signed { Ok((content, keys)) } else { Err(Code::InvitationInvalid) }
    }
}

#[cfg(test)]
#[path = "pairing/tests.rs"]
mod tests;

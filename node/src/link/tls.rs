//! TLS 1.3 with raw public keys (RFC 7250) at both ends: the only TLS that nodes speak.
//!
//! A node proves that it holds its Ed25519 TLS key; there are no names, no dates and no authorities
//! to check. The client end accepts only the keys it was told to expect. The server end accepts any
//! sound key, because a stranger may be pairing: who the key belongs to is decided by the endpoint,
//! right after the handshake and before a byte of a stream is read. Nothing is resumed, so nothing
//! can be replayed.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::{Signer as _, VerifyingKey};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime, alg_id};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::{CertifiedKey, Signer, SigningKey, public_key_to_spki};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error,
    PeerIncompatible, ServerConfig, SignatureAlgorithm, SignatureScheme,
};

use super::reset::ResetKey;

/// The public TLS key of a node: what a peer is pinned to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TlsKey([u8; 32]);

impl TlsKey {
    /// Wraps the bytes of an Ed25519 public key.
    pub const fn from_bytes(bytes: [u8; 32]) -> TlsKey {
        TlsKey(bytes)
    }

    /// The bytes of the Ed25519 public key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key inside a SubjectPublicKeyInfo, if it is Ed25519, on the curve and not of small
    /// order.
    pub(super) fn from_spki(spki: &[u8]) -> Option<TlsKey> {
        let key =
            VerifyingKey::from_bytes(spki.strip_prefix(SPKI_PREFIX)?.try_into().ok()?).ok()?;
        (!key.is_weak()).then(|| TlsKey(key.to_bytes()))
    }
}

impl fmt::Debug for TlsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TlsKey({})", data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// DER before the 32 key bytes: a sequence of the algorithm 1.3.101.112 and a bit string.
const SPKI_PREFIX: &[u8] = &[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

/// What a connection is for. The dialler chooses; the two never mix on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A session between two peers that know each other.
    Session,
    /// A stranger who presents an invitation.
    Pairing,
}

impl Purpose {
    const ALL: [Purpose; 2] = [Purpose::Session, Purpose::Pairing];

    /// The name that TLS negotiates (ALPN).
    pub fn alpn(self) -> &'static [u8] {
        match self {
            Purpose::Session => b"dukou/1",
            Purpose::Pairing => b"dukou-pair/1",
        }
    }

    /// The purpose that TLS negotiated.
    pub(super) fn from_alpn(alpn: &[u8]) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| purpose.alpn() == alpn)
    }
}

/// This node's TLS key, ready for handshakes.
#[derive(Clone)]
pub struct Identity {
    key: TlsKey,
    certified: Arc<CertifiedKey>,
    reset: ResetKey,
    provider: Arc<CryptoProvider>,
}

impl Identity {
    /// The identity whose Ed25519 secret key is `seed`.
    pub fn from_seed(seed: &[u8; 32]) -> Identity {
        let secret = Arc::new(ed25519_dalek::SigningKey::from_bytes(seed));
        let key = TlsKey(secret.verifying_key().to_bytes());
        let spki = public_key_to_spki(&alg_id::ED25519, key.0);
        let chain = vec![CertificateDer::from(spki.to_vec())];
        let certified = CertifiedKey::new(chain, Arc::new(Ed25519 { secret }));
        let (certified, provider) = (Arc::new(certified), Arc::new(provider()));
        Identity { key, certified, reset: ResetKey::of_tls_seed(seed), provider }
    }

    /// The public half.
    pub fn key(&self) -> TlsKey {
        self.key
    }

    /// The key of this node's stateless resets.
    pub(super) fn reset_key(&self) -> ResetKey {
        self.reset.clone()
    }

    /// The server end: any sound key but our own, for either purpose.
    pub(super) fn server(&self) -> Result<ServerConfig, Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(self.verifier(Accepted::AllBut(self.key)))
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(Arc::clone(
                &self.certified,
            ))));
        config.alpn_protocols = Purpose::ALL.iter().map(|p| p.alpn().to_vec()).collect();
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.max_early_data_size = 0;
        Ok(config)
    }

    /// The client end: only the `expected` keys, for one purpose.
    pub(super) fn client(
        &self,
        purpose: Purpose,
        expected: &[TlsKey],
    ) -> Result<ClientConfig, Error> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(self.verifier(Accepted::Only(expected.to_vec())))
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(
                Arc::clone(&self.certified),
            )));
        config.alpn_protocols = vec![purpose.alpn().to_vec()];
        config.resumption = Resumption::disabled();
        config.enable_early_data = false;
        config.enable_sni = false;
        Ok(config)
    }

    fn verifier(&self, accepted: Accepted) -> Arc<RawKeyVerifier> {
        let algorithms = self.provider.signature_verification_algorithms;
        Arc::new(RawKeyVerifier { algorithms, accepted })
    }
}

/// Key exchange is post-quantum hybrid first, plain X25519 second, and nothing else.
fn provider() -> CryptoProvider {
    CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768, aws_lc_rs::kx_group::X25519],
        ..aws_lc_rs::default_provider()
    }
}

/// The secret key, in the form that rustls asks for; there is no second copy of it.
struct Ed25519 {
    secret: Arc<ed25519_dalek::SigningKey>,
}

impl fmt::Debug for Ed25519 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519(***)")
    }
}

impl SigningKey for Ed25519 {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let secret = Arc::clone(&self.secret);
        offered
            .contains(&SignatureScheme::ED25519)
            .then(|| Box::new(Ed25519 { secret }) as Box<dyn Signer>)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(public_key_to_spki(&alg_id::ED25519, self.secret.verifying_key().to_bytes()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for Ed25519 {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.secret.sign(message).to_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// Which keys the far end may have.
#[derive(Debug)]
enum Accepted {
    Only(Vec<TlsKey>),
    AllBut(TlsKey),
}

/// Judges the key of the far end, at either end.
#[derive(Debug)]
struct RawKeyVerifier {
    algorithms: WebPkiSupportedAlgorithms,
    accepted: Accepted,
}

impl RawKeyVerifier {
    fn judge(&self, spki: &[u8], chain: &[CertificateDer<'_>]) -> Result<(), Error> {
        let key = TlsKey::from_spki(spki).filter(|_| chain.is_empty());
        let key = key.ok_or(CertificateError::BadEncoding)?;
        let accepted = match &self.accepted {
            Accepted::Only(keys) => keys.contains(&key),
            Accepted::AllBut(own) => key != *own,
        };
        if accepted { Ok(()) } else { Err(CertificateError::ApplicationVerificationFailure.into()) }
    }

    fn verify_signature(
        &self,
        message: &[u8],
        spki: &[u8],
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if signed.scheme != SignatureScheme::ED25519 {
            return Err(CertificateError::BadSignature.into());
        }
        let spki = SubjectPublicKeyInfoDer::from(spki);
        verify_tls13_signature_with_raw_key(message, &spki, signed, &self.algorithms)
    }
}

/// What rustls asks of a verifier in the same words on either side of a connection.
macro_rules! of_either_side {
    () => {
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Err(PeerIncompatible::Tls12NotOffered.into())
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.verify_signature(message, cert, signed)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ED25519]
        }

        fn requires_raw_public_keys(&self) -> bool {
            true
        }
    };
}

impl ServerCertVerifier for RawKeyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end_entity, intermediates).map(|()| ServerCertVerified::assertion())
    }

    of_either_side!();
}

impl ClientCertVerifier for RawKeyVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(end_entity, intermediates).map(|()| ClientCertVerified::assertion())
    }

    of_either_side!();
}

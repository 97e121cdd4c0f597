//! A QUIC client that is no node of ours: whatever ALPN, certificate and key it likes.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use protocol::seal::Signer;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ConnectionError, TransportConfig};
use rustls::client::AlwaysResolvesClientRawPublicKeys;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::{self, sign::any_eddsa_type};
use rustls::pki_types::{
    CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime, alg_id,
};
use rustls::sign::{CertifiedKey, public_key_to_spki};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use super::wire::soon;

/// What the client shows of itself.
pub enum Shown {
    /// No certificate at all.
    Nothing,
    /// The public key of one seed, with the signatures of another.
    Key { public: [u8; 32], secret: [u8; 32] },
    /// Bytes instead of a raw public key.
    Certificate(Vec<u8>),
}

/// Connects with this ALPN, or with none if it is empty, and gives the error of the handshake or
/// that with which the connection ends.
pub async fn connect(to: SocketAddr, alpn: &[u8], shown: Shown) -> ConnectionError {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody));
    let mut tls = match shown {
        Shown::Nothing => builder.with_no_client_auth(),
        Shown::Key { public, secret } => {
            let public = Signer::from_seed(&public).public();
            let spki = public_key_to_spki(&alg_id::ED25519, public.as_bytes());
            builder.with_client_cert_resolver(certified(spki.to_vec(), secret))
        }
        Shown::Certificate(bytes) => builder.with_client_cert_resolver(certified(bytes, [1; 32])),
    };
    tls.alpn_protocols = if alpn.is_empty() { Vec::new() } else { vec![alpn.to_vec()] };
    let crypto = QuicClientConfig::try_from(tls).unwrap();
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(TransportConfig::default()));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let runtime = Arc::new(quinn::TokioRuntime);
    let endpoint = quinn::Endpoint::new(quinn::EndpointConfig::default(), None, socket, runtime);
    let connecting = endpoint.unwrap().connect_with(config, to, "dukou").unwrap();
    let connection = match soon(connecting).await {
        Ok(connection) => connection,
        Err(error) => return error,
    };
    // A server refuses a client's certificate after the client believes that it is connected.
    soon(connection.closed()).await
}

fn certified(spki: Vec<u8>, seed: [u8; 32]) -> Arc<AlwaysResolvesClientRawPublicKeys> {
    let header = data_encoding::HEXLOWER.decode(b"302e020100300506032b657004220420").unwrap();
    let pkcs8 = PrivatePkcs8KeyDer::from([&header[..], &seed].concat());
    let key = any_eddsa_type(&pkcs8).unwrap();
    let certified = CertifiedKey::new(vec![CertificateDer::from(spki)], key);
    Arc::new(AlwaysResolvesClientRawPublicKeys::new(Arc::new(certified)))
}

/// Trusts every server.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("there is no TLS 1.2 in QUIC".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        rustls::crypto::verify_tls13_signature_with_raw_key(message, &key, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

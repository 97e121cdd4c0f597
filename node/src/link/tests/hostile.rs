//! Adversaries of `safety.md` §3, items 33 to 43, against a running endpoint.

use std::io::{self, IoSliceMut};
use std::net::UdpSocket;
use std::pin::Pin;
use std::task::{Context, Poll};

use quinn::crypto::rustls::QuicClientConfig;
use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncTimer, AsyncUdpSocket, Connection, ConnectionError, Runtime, UdpPoller};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, ResolvesClientCert};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{AlertDescription, ClientConfig, PeerIncompatible, SignatureScheme};

use super::*;
use crate::link::limits::UNI_STREAMS_MAX;

/// What a client that speaks `tls` meets at `node`: its connection, or the alert.
async fn dial(node: &Endpoint, tls: ClientConfig) -> Result<Connection, AlertDescription> {
    let crypto = QuicClientConfig::try_from(tls).unwrap();
    let config = quinn::ClientConfig::new(Arc::new(crypto));
    let client = quinn::Endpoint::client(LOOPBACK).unwrap();
    let connecting = client.connect_with(config, node.address(), "dukou").unwrap();
    soon(connecting).await.map_err(alert)
}

/// How `node` ends a connection with a client that speaks `tls`: a client may believe it is in
/// before the server has judged its key.
async fn refused(node: &Endpoint, tls: ClientConfig) -> AlertDescription {
    match dial(node, tls).await {
        Ok(connection) => alert(soon(connection.closed()).await),
        Err(alert) => alert,
    }
}

fn alert(error: ConnectionError) -> AlertDescription {
    match error {
        ConnectionError::ConnectionClosed(close) => {
            AlertDescription::from((u64::from(close.error_code) & 0xff) as u8)
        }
        other => panic!("{other}"),
    }
}

/// The TLS of the node with this seed, dialling node 2 for a session.
fn client_of(seed: u8) -> ClientConfig {
    identity(seed).client(Purpose::Session, &[identity(2).key()]).unwrap()
}

#[tokio::test]
async fn an_unknown_key_is_closed_before_anything_of_it_is_read() {
    let (node, mut arrivals) = serve(2, &[1]);
    let connection = dial(&node, client_of(9)).await.unwrap();
    if let Ok(mut stream) = connection.open_uni().await {
        let _ = stream.write_all(&[0; 4]).await;
    }
    let error = soon(connection.closed()).await;
    assert_eq!(crate::link::endpoint::refusal_of(LOOPBACK, &error).code, Code::PeerUnknown);
    assert!(arrivals.try_recv().is_err(), "nobody was let in");
    still_serves(&node, &mut arrivals, 1).await;
}

#[tokio::test]
async fn a_wrong_protocol_name_is_refused() {
    let (node, mut arrivals) = serve(2, &[1]);
    for alpn in [vec![b"h3".to_vec()], vec![b"dukou/2".to_vec()], vec![]] {
        let mut tls = client_of(1);
        tls.alpn_protocols = alpn;
        assert_eq!(refused(&node, tls).await, AlertDescription::NoApplicationProtocol);
    }
    still_serves(&node, &mut arrivals, 1).await;
}

/// Presents whatever it was given, as a raw key or as a certificate.
#[derive(Debug)]
struct Presents {
    certified: Option<Arc<CertifiedKey>>,
    raw: bool,
}

impl ResolvesClientCert for Presents {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.certified.clone()
    }

    fn only_raw_public_keys(&self) -> bool {
        self.raw
    }

    fn has_certs(&self) -> bool {
        self.certified.is_some()
    }
}

#[tokio::test]
async fn a_client_without_a_key_is_refused() {
    let (node, mut arrivals) = serve(2, &[1]);
    let mut tls = client_of(1);
    tls.client_auth_cert_resolver = Arc::new(Presents { certified: None, raw: true });
    assert_eq!(refused(&node, tls).await, AlertDescription::CertificateRequired);
    still_serves(&node, &mut arrivals, 1).await;
}

/// A self-signed X.509 certificate and its Ed25519 key, made with OpenSSL.
const CERTIFICATE: &str = "3082012e3081e1a00302010202141a800b77ea4b024ca1d42b493d505d5d47c728e93005\
    06032b6570300c310a300806035504030c01783020170d3236313132323033303730335a180f323132363130323930\
    33303730335a300c310a300806035504030c0178302a300506032b65700321006d7c61c51d5266a43b40491fb16f9e\
    c1215d0528dcd04f9646aa660c70852c3ea3533051301d0603551d0e041604146495e25107b37dee7a111c7f47facb\
    f45374a994301f0603551d230418301680146495e25107b37dee7a111c7f47facbf45374a994300f0603551d130101\
    ff040530030101ff300506032b65700341009f2a1441668542ef836b2ceedadc1fad184ca85fe3355cf8f88a7563f3\
    bea4012814c918f8ad8e49c477c8bd78cdc367752110cdba7945c0990ff371ea675707";
const CERTIFICATE_KEY: &str = "302e020100300506032b65700422042078afba16eb3174347b6bdaf61654db4a98d0\
    90e627b1c7de8f833322a3b947f5";

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

#[tokio::test]
async fn a_certificate_is_no_raw_key() {
    let (node, mut arrivals) = serve(2, &[1]);
    let key = PrivateKeyDer::try_from(hex(CERTIFICATE_KEY)).unwrap();
    let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
    let certified =
        Some(Arc::new(CertifiedKey::new(vec![CertificateDer::from(hex(CERTIFICATE))], key)));
    for (raw, expected) in
        [(false, AlertDescription::HandshakeFailure), (true, AlertDescription::BadCertificate)]
    {
        let mut tls = client_of(1);
        tls.client_auth_cert_resolver = Arc::new(Presents { certified: certified.clone(), raw });
        assert_eq!(refused(&node, tls).await, expected, "called a raw key: {raw}");
    }
    still_serves(&node, &mut arrivals, 1).await;
}

#[tokio::test]
async fn a_key_without_its_secret_proves_nothing() {
    let (node, mut arrivals) = serve(2, &[1]);
    let spki = |seed| {
        rustls::sign::public_key_to_spki(
            &rustls::pki_types::alg_id::ED25519,
            identity(seed).key().as_bytes(),
        )
        .to_vec()
    };
    let secret_of_9 = client_of(9).client_auth_cert_resolver.resolve(&[], &[]).unwrap().key.clone();
    let swapped = |chain: Vec<Vec<u8>>| {
        let chain = chain.into_iter().map(CertificateDer::from).collect();
        let certified = Arc::new(CertifiedKey::new(chain, Arc::clone(&secret_of_9)));
        let mut tls = client_of(9);
        tls.client_auth_cert_resolver = Arc::new(AlwaysResolvesClientRawPublicKeys::new(certified));
        tls
    };
    let mut small_order = spki(1);
    small_order[12..].fill(0);
    let mut cut_short = spki(1);
    cut_short.pop();
    for (chain, expected) in [
        (vec![spki(1)], AlertDescription::DecryptError),
        (vec![spki(2)], AlertDescription::AccessDenied),
        (vec![spki(9), spki(1)], AlertDescription::BadCertificate),
        (vec![small_order], AlertDescription::BadCertificate),
        (vec![cut_short], AlertDescription::BadCertificate),
    ] {
        assert_eq!(refused(&node, swapped(chain.clone())).await, expected, "{chain:?}");
    }
    assert_eq!(refused(&node, client_of(2)).await, AlertDescription::AccessDenied, "our own key");
    still_serves(&node, &mut arrivals, 1).await;
}

#[tokio::test]
async fn nothing_is_resumed_and_nothing_is_sent_early() {
    let (node, _arrivals) = serve(2, &[1]);
    let mut tls = client_of(1);
    tls.resumption = rustls::client::Resumption::in_memory_sessions(8);
    tls.enable_early_data = true;
    let crypto = Arc::new(QuicClientConfig::try_from(tls).unwrap());
    let client = quinn::Endpoint::client(LOOPBACK).unwrap();
    for _ in 0..3 {
        let config = quinn::ClientConfig::new(Arc::clone(&crypto) as _);
        let connecting = client.connect_with(config, node.address(), "dukou").unwrap();
        let connecting = connecting.into_0rtt().err().expect("there is no ticket to go early with");
        soon(connecting).await.unwrap();
    }
}

#[test]
fn tls_1_2_is_not_spoken() {
    let server = Arc::new(identity(2).server().unwrap());
    let mut server =
        rustls::quic::ServerConnection::new(server, rustls::quic::Version::V1, vec![]).unwrap();
    // A ClientHello of TLS 1.2: version 3.3, 32 random bytes, no session, one suite, no
    // compression, the group X25519, the signature Ed25519.
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    hello.extend([0, 16, 0, 10, 0, 4, 0, 2, 0, 29, 0, 13, 0, 4, 0, 2, 8, 7]);
    let mut handshake = vec![1, 0, 0, hello.len() as u8];
    handshake.extend(hello);
    let error = server.read_hs(&handshake).unwrap_err();
    assert_eq!(error, PeerIncompatible::Tls13RequiredForQuic.into());
    assert_eq!(server.alert(), Some(AlertDescription::ProtocolVersion));
}

#[tokio::test]
async fn a_forged_length_and_a_stalled_frame_end_the_stream() {
    let (node, mut arrivals) = serve(2, &[1]);
    let out = dial(&node, client_of(1)).await.unwrap();
    let (_, into) = next_peer(&mut arrivals).await;
    for (bytes, code) in [
        (&u32::MAX.to_le_bytes()[..], Code::SessionFrame),
        (&(FRAME_BYTES_MAX as u32 + 1).to_le_bytes(), Code::SessionFrame),
        (&[9, 0, 0, 0, 1, 2, 3], Code::SessionTimeout),
        (&[9], Code::SessionTimeout),
    ] {
        let mut stream = out.open_uni().await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let reader = FrameReader::new(soon(into.accept_uni()).await.unwrap());
        let mut reader = reader.with_wait(Duration::from_millis(50));
        assert_eq!(soon(reader.next()).await.unwrap_err().code, code, "{bytes:?}");
    }
}

#[tokio::test]
async fn ten_thousand_streams_are_bounded() {
    let (node, mut arrivals) = serve(2, &[1]);
    let out = dial(&node, client_of(1)).await.unwrap();
    let (_, into) = next_peer(&mut arrivals).await;
    let mut held = Vec::new();
    for _ in 0..10_000 {
        let stream = tokio::select! {
            biased;
            stream = out.open_uni() => Some(stream.unwrap()),
            () = std::future::ready(()) => None,
        };
        if let Some(mut stream) = stream {
            stream.write_all(&[1]).await.unwrap();
            held.push(stream);
        }
    }
    assert_eq!(held.len(), UNI_STREAMS_MAX as usize);
    drop(into);
    still_serves(&node, &mut arrivals, 1).await;
}

#[tokio::test]
async fn a_connection_does_not_move_to_another_address() {
    let (node, mut arrivals) = serve(2, &[1]);
    let crypto = QuicClientConfig::try_from(client_of(1)).unwrap();
    let client = quinn::Endpoint::client(LOOPBACK).unwrap();
    let config = quinn::ClientConfig::new(Arc::new(crypto));
    let connect = || client.connect_with(config.clone(), node.address(), "dukou").unwrap();
    let moved = soon(connect()).await.unwrap();
    let (_, at_node) = next_peer(&mut arrivals).await;
    let before = at_node.remote_address();

    client.rebind(UdpSocket::bind(LOOPBACK).unwrap()).unwrap();
    moved.open_uni().await.unwrap().write_all(b"from elsewhere").await.unwrap();
    // Packets keep their order on loopback, so what came from elsewhere came before this.
    let _fresh = soon(connect()).await.unwrap();
    let (_, fresh_at_node) = next_peer(&mut arrivals).await;
    assert_ne!(fresh_at_node.remote_address(), before);
    assert_eq!(at_node.remote_address(), before);
    let nothing = tokio::time::timeout(Duration::from_millis(50), at_node.accept_uni()).await;
    assert!(nothing.is_err(), "the moved connection is not heard");
}

#[tokio::test]
async fn garbage_and_cut_packets_do_not_stop_the_endpoint() {
    let (node, mut arrivals) = serve(2, &[1]);
    let socket = UdpSocket::bind(LOOPBACK).unwrap();
    let initial = recorded_initial().await;
    for cut in (0..initial.len()).step_by(7) {
        socket.send_to(&initial[..cut], node.address()).unwrap();
        let mut flipped = initial.clone();
        flipped[cut] ^= 0x55;
        socket.send_to(&flipped, node.address()).unwrap();
    }
    let mut state = 1_u32;
    for length in 0..1200 {
        let noise: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        socket.send_to(&noise, node.address()).unwrap();
    }
    still_serves(&node, &mut arrivals, 1).await;
}

/// The first datagram of an honest handshake.
async fn recorded_initial() -> Vec<u8> {
    let trap = tokio::net::UdpSocket::bind(LOOPBACK).await.unwrap();
    let crypto = QuicClientConfig::try_from(client_of(1)).unwrap();
    let client = quinn::Endpoint::client(LOOPBACK).unwrap();
    let config = quinn::ClientConfig::new(Arc::new(crypto));
    let address = trap.local_addr().unwrap();
    let _connecting = client.connect_with(config, address, "dukou").unwrap();
    let mut datagram = vec![0; 2048];
    let (length, _) = soon(trap.recv_from(&mut datagram)).await.unwrap();
    datagram.truncate(length);
    datagram
}

/// A runtime whose sockets fail when they receive `b"fail"`.
#[derive(Debug)]
pub(super) struct Brittle(pub quinn::TokioRuntime);

impl Runtime for Brittle {
    fn new_timer(&self, at: std::time::Instant) -> Pin<Box<dyn AsyncTimer>> {
        self.0.new_timer(at)
    }

    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.spawn(future);
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        Ok(Arc::new(BrittleSocket(self.0.wrap_udp_socket(socket)?)))
    }
}

#[derive(Debug)]
struct BrittleSocket(Arc<dyn AsyncUdpSocket>);

impl AsyncUdpSocket for BrittleSocket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Arc::clone(&self.0).create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        self.0.try_send(transmit)
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.0.poll_recv(context, buffers, meta);
        let count = if let Poll::Ready(Ok(count)) = received { count } else { 0 };
        if buffers[..count].iter().any(|buffer| buffer.starts_with(b"fail")) {
            return Poll::Ready(Err(io::Error::other("the datagram that this test sent")));
        }
        received
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

#[tokio::test]
async fn an_endpoint_that_died_is_started_again_on_its_port() {
    let node = Endpoint::bind_on(Arc::new(Brittle(quinn::TokioRuntime)), LOOPBACK, identity(2));
    let node = node.unwrap();
    let mut arrivals = run(&node, &[1]);
    still_serves(&node, &mut arrivals, 1).await;
    for life in 2..4 {
        let mut lives = node.lives();
        lives.mark_unchanged();
        let socket = UdpSocket::bind(LOOPBACK).unwrap();
        socket.send_to(b"fail", node.address()).unwrap();
        soon(lives.changed()).await.unwrap();
        assert_eq!(*lives.borrow(), life);
        still_serves(&node, &mut arrivals, 1).await;
    }
}

#[test]
fn the_versions_with_known_holes_are_not_locked() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"));
    let lock = lock.unwrap();
    let locked = |name: &str| -> Vec<Vec<u32>> {
        let entry = format!("name = \"{name}\"\nversion = \"");
        lock.split(entry.as_str())
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .map(|version| version.split(['.', '-']).filter_map(|n| n.parse().ok()).collect())
            .collect()
    };
    // RUSTSEC-2026-0037 and -0185; RUSTSEC-2024-0336; RUSTSEC-2026-0104; RUSTSEC-2022-0093.
    for (name, floor) in [
        ("quinn-proto", [0, 11, 15]),
        ("rustls", [0, 23, 5]),
        ("rustls-webpki", [0, 103, 13]),
        ("ed25519-dalek", [2, 0, 0]),
    ] {
        let versions = locked(name);
        assert!(!versions.is_empty(), "{name} is in the lock file");
        assert!(versions.iter().all(|v| v.as_slice() >= &floor[..]), "{name}: {versions:?}");
    }
}

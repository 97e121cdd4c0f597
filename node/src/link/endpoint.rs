//! The one QUIC endpoint of a node: bounded, and started again when it dies.
//!
//! It dials out and lets in on the same UDP port. Each connection that completes its handshake is
//! judged by its TLS key before a byte of a stream is read: a known peer gets a session, a stranger
//! may only pair. What travels on a connection is not known here.
//!
//! The endpoint's task dies of socket errors, and is then started again on the same port. A panic
//! inside the QUIC library (RUSTSEC-2026-0037 was one) is another matter: it poisons a lock that
//! the library takes again while unwinding, which aborts the process. Nothing is lost then, because
//! everything acknowledged is on disk; whatever started the process starts it again.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use quinn::crypto::rustls::{HandshakeData, QuicClientConfig, QuicServerConfig};
use quinn::{
    Connection, ConnectionError, EndpointConfig, Incoming, Runtime, TransportConfig,
    TransportErrorCode, VarInt,
};
use rustls::pki_types::CertificateDer;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::admission::{Admission, Ticket, Verdict};
use super::dial::KnownPeer;
use super::limits;
use super::reset::PlainIds;
use super::tls::{Identity, Purpose, TlsKey};

/// Who may have a session.
pub trait Pins: Send + Sync + 'static {
    /// The peer that is pinned to `key`, or why its holder gets no session: `peer.unknown`,
    /// `peer.revoked`, `peer.paused`. The holder is told the code. Must answer at once.
    fn peer_of(&self, key: &TlsKey) -> Result<NodeId, Code>;

    /// The peers to keep a session with. May block.
    fn known(&self) -> Result<Vec<KnownPeer>, Refusal>;
}

/// A connection that completed its handshake.
pub enum Arrival {
    /// From a peer that is pinned to the key, for a session.
    Peer(NodeId, TlsKey, Connection),
    /// From whoever holds the key, for a pairing conversation.
    Stranger(TlsKey, Connection),
}

/// The endpoint. Clones are handles on the same one.
#[derive(Clone)]
pub struct Endpoint(Arc<Inner>);

struct Inner {
    identity: Identity,
    runtime: Arc<dyn Runtime>,
    socket: UdpSocket,
    address: SocketAddr,
    current: Mutex<quinn::Endpoint>,
    lives: watch::Sender<u64>,
    closing: AtomicBool,
    admission: Admission,
}

impl Endpoint {
    /// Opens the UDP port `listen` (0 lets the system choose) for the holder of `identity`. Needs a
    /// Tokio runtime around it.
    pub fn bind(listen: SocketAddr, identity: Identity) -> io::Result<Endpoint> {
        Self::bind_on(Arc::new(quinn::TokioRuntime), listen, identity)
    }

    pub(super) fn bind_on(
        runtime: Arc<dyn Runtime>,
        listen: SocketAddr,
        identity: Identity,
    ) -> io::Result<Endpoint> {
        let socket = UdpSocket::bind(listen)?;
        let address = socket.local_addr()?;
        let current = Mutex::new(start(&runtime, &socket, &identity)?);
        let (lives, _) = watch::channel(1);
        Ok(Endpoint(Arc::new(Inner {
            identity,
            runtime,
            socket,
            address,
            current,
            lives,
            closing: AtomicBool::new(false),
            admission: Admission::default(),
        })))
    }

    /// The address that peers reach, with the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// This node's own public TLS key.
    pub fn key(&self) -> TlsKey {
        self.0.identity.key()
    }

    /// How often the endpoint has been started. When it changes, connections of before are dead.
    pub fn lives(&self) -> watch::Receiver<u64> {
        self.0.lives.subscribe()
    }

    /// Connects to `address`, whose holder must have one of the `expected` keys. The far end may
    /// still refuse: it is known only when it sends something.
    pub async fn connect(
        &self,
        address: SocketAddr,
        purpose: Purpose,
        expected: &[TlsKey],
    ) -> Result<Connection, Refusal> {
        let internal = |error: &dyn std::fmt::Display| Refusal::about(Code::Internal, error);
        let tls = self.0.identity.client(purpose, expected).map_err(|e| internal(&e))?;
        let crypto = QuicClientConfig::try_from(tls).map_err(|e| internal(&e))?;
        let mut config = quinn::ClientConfig::new(Arc::new(crypto));
        config.transport_config(Arc::new(transport()));
        let connecting = self
            .current()
            .connect_with(config, address, "dukou")
            .map_err(|_| Refusal::about(Code::PeerUnreachable, address))?;
        match timeout(limits::HANDSHAKE_WAIT, connecting).await {
            Ok(Ok(connection)) => {
                connection.set_receive_window(limits::RECEIVE_WINDOW_BYTES.into());
                Ok(connection)
            }
            Ok(Err(error)) => Err(refusal_of(address, &error)),
            Err(_) => Err(Refusal::about(Code::PeerUnreachable, address)),
        }
    }

    /// Lets connections in until [`Endpoint::close`], and starts the endpoint again when it dies.
    pub async fn run(&self, pins: Arc<dyn Pins>, arrivals: mpsc::Sender<Arrival>) {
        loop {
            self.accept(&pins, &arrivals).await;
            loop {
                if self.0.closing.load(Ordering::Acquire) {
                    return;
                }
                match self.restart() {
                    Ok(()) => break,
                    Err(error) => tracing::error!(%error, "the QUIC endpoint does not start"),
                }
                tokio::time::sleep(limits::RESTART_WAIT).await;
            }
            tokio::time::sleep(limits::RESTART_WAIT).await;
        }
    }

    /// Closes every connection in order, and the endpoint; waits until the far ends were told, or
    /// for a second.
    pub async fn close(&self) {
        self.0.closing.store(true, Ordering::Release);
        let current = self.current();
        current.close(VarInt::from_u32(0), b"");
        let _ = timeout(Duration::from_secs(1), current.wait_idle()).await;
    }

    fn current(&self) -> quinn::Endpoint {
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn restart(&self) -> io::Result<()> {
        let inner = &*self.0;
        let next = start(&inner.runtime, &inner.socket, &inner.identity)?;
        *inner.current.lock().unwrap_or_else(PoisonError::into_inner) = next;
        inner.lives.send_modify(|lives| *lives += 1);
        tracing::error!(lives = *inner.lives.borrow(), "the QUIC endpoint was started again");
        Ok(())
    }

    async fn accept(&self, pins: &Arc<dyn Pins>, arrivals: &mpsc::Sender<Arrival>) {
        let endpoint = self.current();
        while let Some(incoming) = endpoint.accept().await {
            let validated = incoming.remote_address_validated();
            let address = incoming.remote_address().ip();
            match self.0.admission.judge(address, validated, endpoint.open_connections()) {
                Verdict::Proceed(ticket) => {
                    let arriving = arrive(incoming, Arc::clone(pins), arrivals.clone(), ticket);
                    tokio::spawn(arriving);
                }
                Verdict::Retry => {
                    if let Err(error) = incoming.retry() {
                        error.into_incoming().refuse();
                    }
                }
                Verdict::Refuse => incoming.refuse(),
            }
        }
    }
}

/// Tells the far end `code` and ends the connection.
pub(super) fn close(connection: &Connection, code: Code) {
    connection.close(VarInt::from_u32(code.number().into()), b"");
}

/// Why a connection to or from `address` ended, as a refusal.
pub(super) fn refusal_of(address: SocketAddr, error: &ConnectionError) -> Refusal {
    let wrong_key = TransportErrorCode::crypto(u8::from(rustls::AlertDescription::AccessDenied));
    let code = match error {
        ConnectionError::ApplicationClosed(close) => u16::try_from(u64::from(close.error_code))
            .ok()
            .and_then(Code::from_number)
            .unwrap_or(Code::PeerUnreachable),
        ConnectionError::TransportError(error) if error.code == wrong_key => Code::PeerFingerprint,
        _ => Code::PeerUnreachable,
    };
    Refusal::about(code, address)
}

/// Completes one handshake and hands the connection on, if its key may have what it asks for.
async fn arrive(
    incoming: Incoming,
    pins: Arc<dyn Pins>,
    arrivals: mpsc::Sender<Arrival>,
    ticket: Ticket,
) {
    let address = incoming.remote_address();
    let handshake = async { incoming.accept()?.await };
    let connection = match timeout(limits::HANDSHAKE_WAIT, handshake).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return tracing::debug!(%address, %error, "a handshake failed"),
        Err(_) => return tracing::debug!(%address, "a handshake took too long"),
    };
    drop(ticket);
    let arrival = match identify(&connection) {
        Some((Purpose::Session, key)) => match pins.peer_of(&key) {
            Ok(peer) => {
                connection.set_receive_window(limits::RECEIVE_WINDOW_BYTES.into());
                Arrival::Peer(peer, key, connection)
            }
            Err(code) => {
                tracing::info!(%address, ?key, code = code.text(), "a connection was refused");
                return close(&connection, code);
            }
        },
        Some((Purpose::Pairing, key)) => Arrival::Stranger(key, connection),
        None => return close(&connection, Code::PeerUnknown),
    };
    // The receiver is gone only when the node is stopping, and then so is the connection.
    let _ = arrivals.send(arrival).await;
}

/// What the far end came for, or was dialled for, and its TLS key.
pub(super) fn identify(connection: &Connection) -> Option<(Purpose, TlsKey)> {
    let handshake = connection.handshake_data()?.downcast::<HandshakeData>().ok()?;
    let purpose = Purpose::from_alpn(handshake.protocol.as_deref()?)?;
    let chain = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    let [spki] = chain.as_slice() else { return None };
    Some((purpose, TlsKey::from_spki(spki)?))
}

fn start(
    runtime: &Arc<dyn Runtime>,
    socket: &UdpSocket,
    identity: &Identity,
) -> io::Result<quinn::Endpoint> {
    let tls = identity.server().map_err(io::Error::other)?;
    let crypto = QuicServerConfig::try_from(tls).map_err(io::Error::other)?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    config
        .transport_config(Arc::new(transport()))
        .migration(false)
        .max_incoming(limits::INCOMING_MAX)
        .incoming_buffer_size(limits::INCOMING_BYTES_MAX)
        .incoming_buffer_size_total(limits::INCOMING_BYTES_TOTAL_MAX);
    let (socket, runtime) = (socket.try_clone()?, Arc::clone(runtime));
    let mut endpoint = EndpointConfig::new(Arc::new(identity.reset_key()));
    endpoint.cid_generator(|| Box::new(PlainIds::new()));
    quinn::Endpoint::new(endpoint, Some(config), socket, runtime)
}

fn transport() -> TransportConfig {
    let idle = limits::IDLE_WAIT.try_into().expect("half a minute fits a QUIC timeout");
    let mut config = TransportConfig::default();
    config
        .max_concurrent_bidi_streams(limits::BIDI_STREAMS_MAX.into())
        .max_concurrent_uni_streams(limits::UNI_STREAMS_MAX.into())
        .receive_window(limits::STRANGER_WINDOW_BYTES.into())
        .stream_receive_window(limits::STREAM_WINDOW_BYTES.into())
        .send_window(limits::SEND_WINDOW_BYTES)
        .max_idle_timeout(Some(idle))
        .keep_alive_interval(Some(limits::KEEP_ALIVE_INTERVAL))
        .datagram_receive_buffer_size(None);
    config
}

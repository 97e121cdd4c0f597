//! Every bound of the link, in one place: streams, bytes, connections and waits.
//!
//! What both ends of a link must agree on lives in `protocol::limits`; these bind one node alone.

use std::time::Duration;

/// Streams in both directions that a peer may have open at once.
pub const BIDI_STREAMS_MAX: u32 = 16;
/// Streams in one direction that a peer may have open at once.
pub const UNI_STREAMS_MAX: u32 = 8;
/// Bytes on their way to us on one connection that we have not read yet.
pub const RECEIVE_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// The same until the far end has been recognised, so that strangers cost little memory.
pub const STRANGER_WINDOW_BYTES: u32 = 16 * 1024;
/// Bytes on their way to us on one stream that we have not read yet.
pub const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// Bytes on their way out on one connection that are not acknowledged yet.
pub const SEND_WINDOW_BYTES: u64 = 4 * 1024 * 1024;
/// Arriving connections that may wait for us to look at them.
pub const INCOMING_MAX: usize = 256;
/// Early packets kept for one arriving connection, in bytes.
pub const INCOMING_BYTES_MAX: u64 = 64 * 1024;
/// Early packets kept for all arriving connections together, in bytes.
pub const INCOMING_BYTES_TOTAL_MAX: u64 = 8 * 1024 * 1024;
/// Handshakes under way whose source address is not proven; beyond them the address must be
/// proven first (QUIC Retry).
pub const UNVALIDATED_MAX: usize = 32;
/// Handshakes under way from one proven address.
pub const HANDSHAKES_PER_ADDRESS_MAX: usize = 16;
/// Handshakes under way altogether.
pub const HANDSHAKES_MAX: usize = 256;
/// Connections altogether.
pub const CONNECTIONS_MAX: usize = 512;
/// Connections of one peer: the one in use, and one that is taking over or still dying.
pub const CONNECTIONS_PER_PEER_MAX: usize = 2;
/// Pairing conversations under way.
pub const PAIRINGS_MAX: usize = 8;
/// Time for a handshake.
pub const HANDSHAKE_WAIT: Duration = Duration::from_secs(5);
/// Time for a stranger to present its invitation once connected, and to take the answer.
pub const PAIRING_WAIT: Duration = Duration::from_secs(5);
/// Longest request and longest answer of a pairing conversation, in bytes.
pub const PAIRING_BYTES_MAX: usize = 4 * 1024;
/// Silence after which a connection counts as dead.
pub const IDLE_WAIT: Duration = Duration::from_secs(30);
/// Interval at which an unused connection is kept alive.
pub const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// Bytes of one frame that must move within [`protocol::limits::FRAME_WAIT_MS`]. A byte a second
/// does not hold a stream, and a slow line is not taken for an attack.
pub const FRAME_PIECE_BYTES: usize = 16 * 1024;
/// Wait before an endpoint that died is started again.
pub const RESTART_WAIT: Duration = Duration::from_millis(200);
/// Frames of a session that are written together, in bytes.
pub const WRITE_BYTES_MAX: usize = 256 * 1024;
/// Received bytes of one session that wait for the disk before its stream is left unread.
pub const RECEIVED_BYTES_MAX: usize = 1024 * 1024;
/// Shortest wait between two attempts to reach a peer.
pub const DIAL_WAIT_MIN: Duration = Duration::from_millis(500);
/// Longest wait between two attempts to reach a peer.
pub const DIAL_WAIT_MAX: Duration = Duration::from_secs(60);
/// Addresses tried for one peer in one attempt.
pub const ADDRESSES_MAX: usize = 8;
/// Time for a name to be looked up.
pub const LOOKUP_WAIT: Duration = Duration::from_secs(5);
/// Time for the sessions to end when the node stops.
pub const STOP_WAIT: Duration = Duration::from_secs(5);

/// News of one feed that wait for a conversation; who misses some loads them from the disk.
pub const GROWN_WAITING_MAX: usize = 8;
/// Bytes of groups that go with one piece of news; more are loaded from the disk.
pub const GROWN_BYTES_MAX: usize = 512 * 1024;
/// How long a session lasts before the next wait to dial starts over.
pub const SESSION_STEADY: Duration = Duration::from_secs(5);
/// Messages beside the feeds that wait to be sent to one peer: all of one side of two comparisons
/// and two matchings.
pub const SAID_WAITING_MAX: usize =
    2 * (protocol::limits::RECONCILE_FRAMES_MAX + protocol::limits::MATCH_FRAMES_MAX);
/// Messages beside the feeds from one peer that wait to be heard.
pub const HEARD_WAITING_MAX: usize = SAID_WAITING_MAX;

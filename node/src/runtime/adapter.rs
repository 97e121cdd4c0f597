//! The office as the link sees it: feeds, pins and pairing, by identity instead of by row.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{PoisonError, RwLock};

use protocol::envelope::{Group, SignedHead, Tip};
use protocol::exchange::session::{Claim, SessionStart};
use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};

use crate::link::dial::KnownPeer;
use crate::link::endpoint::Pins;
use crate::link::feeds::{Feeds, Opened};
use crate::link::pair::Pairing;
use crate::link::tls::TlsKey;
use crate::office::Office;
use crate::store::rows::PeerState;

/// The office behind the link.
pub(super) struct Adapter {
    office: Office,
    /// Who is pinned to which key, so that a handshake is judged without the disk.
    pins: RwLock<HashMap<TlsKey, (NodeId, PeerState)>>,
}

impl Adapter {
    pub(super) fn new(office: Office) -> Adapter {
        Adapter { office, pins: RwLock::new(HashMap::new()) }
    }
}

impl Pins for Adapter {
    fn peer_of(&self, key: &TlsKey) -> Result<NodeId, Code> {
        let pins = self.pins.read().unwrap_or_else(PoisonError::into_inner);
        match pins.get(key) {
            Some((node, PeerState::Active)) => Ok(*node),
            Some((_, PeerState::Pending)) => Err(Code::PeerPending),
            Some((_, PeerState::Paused)) => Err(Code::PeerPaused),
            Some((_, PeerState::Revoked)) => Err(Code::PeerRevoked),
            None => Err(Code::PeerUnknown),
        }
    }

    fn known(&self) -> Result<Vec<KnownPeer>, Refusal> {
        let neighbours = self.office.neighbours()?;
        let pin = |tls_key: [u8; 32]| TlsKey::from_bytes(tls_key);
        let pins = neighbours.iter().map(|one| (pin(one.tls_key), (one.node, one.state)));
        *self.pins.write().unwrap_or_else(PoisonError::into_inner) = pins.collect();
        let known = neighbours.into_iter().filter(|one| one.state == PeerState::Active);
        let known = known.map(|one| KnownPeer {
            peer: one.node,
            keys: vec![pin(one.tls_key)],
            addresses: one.addresses,
        });
        Ok(known.collect())
    }
}

impl Pairing for Adapter {
    /// The answer is the number of a refusal's code, or zero.
    fn present(&self, key: TlsKey, _from: SocketAddr, request: Vec<u8>) -> Vec<u8> {
        let number = match self.office.introduce(key.as_bytes(), &request) {
            Ok(()) => 0,
            Err(refusal) => {
                tracing::warn!(code = refusal.code.text(), "an introduction was refused");
                refusal.code.number()
            }
        };
        number.to_le_bytes().to_vec()
    }
}

impl Feeds for Adapter {
    fn start(&self, peer: NodeId) -> Result<SessionStart, Refusal> {
        // Known from now on, so that [`Feeds::sent`] does not have to look.
        self.office.peer_id(peer)?;
        self.office.session_start(peer)
    }

    fn head(&self, peer: NodeId) -> Result<SignedHead, Refusal> {
        self.office.signed_head(peer)
    }

    fn load(&self, peer: NodeId, after_seq: u64, bytes_max: usize) -> Result<Vec<Group>, Refusal> {
        self.office.outgoing(peer, after_seq, bytes_max)
    }

    fn lacking(&self, peer: NodeId, claims: &[Claim]) -> Result<Option<Claim>, Refusal> {
        self.office.lacking(peer, claims)
    }

    fn acknowledged(&self, peer: NodeId, tip: Tip) -> Result<(), Refusal> {
        self.office.peer_holds(peer, tip)
    }

    fn confirmed(&self, peer: NodeId, tip: Tip) {
        self.office.peer_confirmed(peer, tip.seq);
    }

    fn sent(&self, peer: NodeId, seq: u64) {
        self.office.sent(peer, seq);
    }

    fn receive(&self, peer: NodeId, groups: Vec<Group>) -> Result<Option<Tip>, Refusal> {
        let row = self.office.peer_id(peer)?;
        let received = self.office.receive(row, &groups)?;
        // The next session starts where our copy ends.
        if received.gap { Err(Refusal::about(Code::FeedGap, peer)) } else { Ok(received.tip) }
    }

    fn reconcile(&self, peer: NodeId, message: Vec<u8>) -> Result<(), Refusal> {
        self.office.hear_reconciliation(peer, &message)
    }

    fn matching(&self, peer: NodeId, message: Vec<u8>) -> Result<(), Refusal> {
        self.office.hear_matching(peer, &message)
    }

    fn heard(&self, peer: NodeId, head: SignedHead) -> Result<(), Refusal> {
        self.office.heard_head(peer, &head)
    }

    fn opened(&self, peer: NodeId, opened: Opened) -> Result<(), Refusal> {
        self.office.session_opened(peer, opened.clock_skew_ms)
    }

    fn ended(&self, peer: NodeId, why: &Refusal) {
        tracing::debug!(%peer, code = why.code.text(), "no session");
        if let Err(refusal) = self.office.session_ended(peer) {
            tracing::debug!(code = refusal.code.text(), "the end of a session is not noted");
        }
    }
}

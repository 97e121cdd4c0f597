//! Other regions: who they are, how far they are trusted, and what is on its way to them.

use protocol::codec;
use protocol::id::NodeId;
use protocol::refusal::{Code, Refusal};
use protocol::statement::keys::{CertifiedKeys, KeyCert};

use crate::store::rows::{PeerId, PeerRow, PeerState};
use crate::store::{Change, Expected};

use super::decide::Stop;
use super::{Office, Wake, view};

/// A peer that the link should keep a session with.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// Its identity.
    pub node: NodeId,
    /// The key that its connections must show.
    pub tls_key: [u8; 32],
    /// Where it may be dialled.
    pub addresses: Vec<String>,
    /// How far it is trusted.
    pub state: PeerState,
    /// Whether it does not know yet that we accepted its invitation.
    pub to_introduce: bool,
}

impl Office {
    /// Every peer, by region.
    pub fn peers(&self) -> Result<Vec<view::Peer>, Refusal> {
        self.look(|office, snapshot| {
            Ok(snapshot.peers()?.iter().map(|row| office.peer_view(row)).collect())
        })
    }

    /// One peer, by the region's code or name.
    ///
    /// # Errors
    /// `peer.unknown`.
    pub fn peer(&self, region: &str) -> Result<view::Peer, Refusal> {
        self.look(|office, snapshot| Ok(office.peer_view(&snapshot.named_peer(region)?)))
    }

    /// Stops the exchange with a peer for now.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.pending`, `peer.revoked`.
    pub fn pause_peer(&self, region: &str) -> Result<view::Peer, Refusal> {
        self.move_peer(region, PeerState::Paused)
    }

    /// Goes on with a paused peer.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.pending`, `peer.revoked`.
    pub fn resume_peer(&self, region: &str) -> Result<view::Peer, Refusal> {
        self.move_peer(region, PeerState::Active)
    }

    /// Ends the trust in a peer; its open letters stay as they are and are listed by the caller.
    ///
    /// # Errors
    /// `peer.unknown`.
    pub fn revoke_peer(&self, region: &str) -> Result<view::Peer, Refusal> {
        self.move_peer(region, PeerState::Revoked)
    }

    /// The ids of letters with a peer that have not ended, oldest first, at most a thousand.
    ///
    /// # Errors
    /// `peer.unknown`.
    pub fn open_letters_with(&self, region: &str) -> Result<Vec<String>, Refusal> {
        self.look(|_, snapshot| {
            let peer = snapshot.named_peer(region)?;
            let open = snapshot.open_letters_with(peer.id, 1_000)?;
            Ok(open.into_iter().map(|letter| letter.core.id.to_string()).collect())
        })
    }

    fn move_peer(&self, region: &str, to: PeerState) -> Result<view::Peer, Refusal> {
        let (id, _) = self.decide(|decision| {
            let mut row = decision.snapshot.named_peer(region)?;
            match (row.state, to) {
                (PeerState::Revoked, PeerState::Revoked) => {}
                (PeerState::Revoked, _) => {
                    return Err(Refusal::about(Code::PeerRevoked, row.region).into());
                }
                (PeerState::Pending, PeerState::Paused | PeerState::Active) => {
                    return Err(Refusal::about(Code::PeerPending, row.region).into());
                }
                _ => {}
            }
            decision.batch.expect(Expected::Peer(row.id, row.state));
            row.state = to;
            let id = row.id;
            decision.batch.push(Change::Peer(Box::new(row)));
            Ok(id)
        })?;
        self.wake(Wake::Peers);
        self.peer_by_row(id)
    }

    pub(super) fn peer_by_row(&self, id: PeerId) -> Result<view::Peer, Refusal> {
        self.look(|office, snapshot| {
            let row = snapshot.peer(id)?.ok_or(Code::PeerUnknown)?;
            Ok(office.peer_view(&row))
        })
    }

    /// The peers that the link should know.
    pub fn neighbours(&self) -> Result<Vec<Neighbour>, Refusal> {
        self.look(|_, snapshot| {
            let neighbour = |row: PeerRow| Neighbour {
                node: row.node,
                tls_key: row.tls_key,
                addresses: row.addresses,
                state: row.state,
                to_introduce: row.introduction.is_some(),
            };
            Ok(snapshot.peers()?.into_iter().map(neighbour).collect())
        })
    }

    /// The row of a peer that the link names by its identity. Remembered, because everything that
    /// comes asks.
    pub fn peer_id(&self, node: NodeId) -> Result<PeerId, Refusal> {
        if let Some(peer) = super::lock(&self.shared.rows).get(&node) {
            return Ok(*peer);
        }
        let peer = self.look(|_, snapshot| {
            let row = snapshot.peer_by_node(&node)?;
            Ok(row.ok_or_else(|| Refusal::about(Code::PeerUnknown, node))?.id)
        })?;
        super::lock(&self.shared.rows).insert(node, peer);
        Ok(peer)
    }

    /// What the stored certificate of a peer certifies.
    pub(super) fn certified(&self, peer: &PeerRow) -> Result<CertifiedKeys, Stop> {
        let mut known = super::lock(&self.shared.certified);
        if let Some((_, keys)) = known.get(&peer.id).filter(|(cert, _)| *cert == peer.cert) {
            return Ok(keys.clone());
        }
        let cert: KeyCert = codec::decode(&peer.cert)
            .map_err(|_| Refusal::about(Code::Internal, "a stored certificate"))?;
        let keys = cert.verified()?.clone();
        known.insert(peer.id, (peer.cert.clone(), keys.clone()));
        Ok(keys)
    }

    /// How many peers claim entries of ours that we do not have.
    pub(super) fn false_claims(&self) -> u64 {
        let live = super::lock(&self.shared.live);
        live.values().filter(|live| live.claims_falsely).count() as u64
    }

    /// A session with the peer ended: what was sent and not acknowledged is to be sent again.
    pub fn session_ended(&self, node: NodeId) -> Result<(), Refusal> {
        let peer = self.peer_id(node)?;
        self.update_live(peer, |live| live.sent = 0);
        self.end_comparisons(peer);
        self.cut_matchings(peer);
        Ok(())
    }

    pub(super) fn peer_view(&self, row: &PeerRow) -> view::Peer {
        let live = self.live(row.id);
        let acked = self.shared.store.acked(row.own_feed.id, row.own_feed.acked);
        // What is acknowledged can be newer than the row that was read.
        let end = row.own_feed.seq.max(acked);
        let sent = live.sent.clamp(acked, end);
        view::Peer {
            region: row.region.to_string(),
            name: row.name.clone(),
            node_id: row.node.to_string(),
            fingerprint: row.node.fingerprint(),
            state: row.state.name().to_owned(),
            last_contact: live.last_contact.or(row.last_contact).map(|time| time.to_string()),
            clock_skew_ms: live.clock_skew_ms.or(row.clock_skew_ms),
            to_send: end - sent,
            awaiting_ack: sent - acked,
            received: row.peer_feed.map_or(0, |feed| feed.seq),
        }
    }
}

/// A peer whose trust allows letters to be written for it.
pub(super) fn writable(row: &PeerRow) -> Result<(), Stop> {
    match row.state {
        PeerState::Active | PeerState::Paused => Ok(()),
        PeerState::Pending => Err(Refusal::about(Code::PeerPending, row.region).into()),
        PeerState::Revoked => Err(Refusal::about(Code::PeerRevoked, row.region).into()),
    }
}

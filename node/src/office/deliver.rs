//! What the link moves: our feeds for it to send, and what the peer says of them.

use protocol::codec;
use protocol::envelope::{Entry, Group, Head, SignedHead, Tip};
use protocol::exchange::session::{Claim, SessionStart};
use protocol::id::NodeId;
use protocol::limits::HELLO_FLOATING_MAX;
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::rows::{FeedRow, PeerRow, PeerState};
use crate::store::{Batch, Change, CommitFault, Snapshot, StoreFault};

use super::decide::Stop;
use super::{Office, Wake, store_refusal};

impl Office {
    /// What a session with an active peer starts from, with a head signed now.
    pub fn session_start(&self, node: NodeId) -> Result<SessionStart, Refusal> {
        self.look(|office, snapshot| {
            let peer = active(snapshot, node)?;
            let mine = tip_of(&peer.own_feed);
            office.update_live(peer.id, |live| live.own_feed = Some(peer.own_feed.id));
            Ok(SessionStart {
                domain: office.me().domain,
                me: office.me().node,
                peer: node,
                my_keys: vec![office.shared.signer.public()],
                peer_keys: vec![office.certified(&peer)?.signing],
                mine,
                head: office.sign_head(node, mine),
                seen: office.last_received(snapshot, &peer)?,
                seen_head: held_head(&peer),
                floating: snapshot.floating_tips(peer.id, HELLO_FLOATING_MAX)?,
                highest_floating: snapshot.highest_floating(peer.id)?,
                records: Vec::new(),
                nonce: office.entropy().bytes(),
                now: office.now(),
            })
        })
    }

    /// The head of our feed for the peer, signed now.
    pub fn signed_head(&self, node: NodeId) -> Result<SignedHead, Refusal> {
        let tip = self.look(|_, snapshot| Ok(tip_of(&active(snapshot, node)?.own_feed)))?;
        Ok(self.sign_head(node, tip))
    }

    fn sign_head(&self, node: NodeId, tip: Tip) -> SignedHead {
        let me = self.me();
        let (domain, author, time) = (me.domain, me.node, self.now());
        SignedHead::sign(Head { domain, author, audience: node, tip, time }, &self.shared.signer)
    }

    /// Whole groups of our feed for the peer, from the one behind `after_seq` on.
    pub fn outgoing(
        &self,
        node: NodeId,
        after_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<Group>, Refusal> {
        self.look(|office, snapshot| {
            let peer = active(snapshot, node)?;
            let parties = (office.me().node, node);
            let groups = snapshot.groups(&peer.own_feed, parties, after_seq, bytes_max)?;
            let open = |group| Ok(Group::of(office.open_group(snapshot, group)?));
            groups.into_iter().map(open).collect()
        })
    }

    /// Our feed for the peer is on its way up to the entry `seq`.
    pub fn sent(&self, node: NodeId, seq: u64) {
        // A peer whose row cannot be read now has no session that could send.
        if let Ok(peer) = self.peer_id(node) {
            self.update_live(peer, |live| live.sent = live.sent.max(seq));
        }
    }

    /// The first of the peer's claims about our feed that our log does not hold. A signed one means
    /// that this node was rolled back, and it signs nothing more.
    pub fn lacking(&self, node: NodeId, claims: &[Claim]) -> Result<Option<Claim>, Refusal> {
        let (peer, lacking) = self.look(|_, snapshot| {
            let peer = active(snapshot, node)?;
            for claim in claims {
                if !holds(snapshot, &peer.own_feed, &claim.tip)? {
                    return Ok((peer.id, Some(*claim)));
                }
            }
            Ok((peer.id, None))
        })?;
        self.update_live(peer, |live| {
            live.claims_falsely = lacking.is_some_and(|claim| !claim.signed);
        });
        if lacking.is_some_and(|claim| claim.signed) {
            tracing::error!("a peer holds our own signature for what our log lacks: recovering");
            self.enter_recovery();
        }
        Ok(lacking)
    }

    /// The peer says that it holds our feed durably up to `tip`.
    ///
    /// # Errors
    /// `session.conflict` if we have no such entry.
    pub fn peer_holds(&self, node: NodeId, tip: Tip) -> Result<(), Refusal> {
        let (peer, held) = self.look(|_, snapshot| {
            let peer = active(snapshot, node)?;
            let held = holds(snapshot, &peer.own_feed, &tip)?;
            Ok((peer, held))
        })?;
        if !held {
            return Err(Refusal::about(Code::SessionConflict, tip.seq));
        }
        self.acknowledged(peer.id, peer.own_feed.id, tip.seq);
        Ok(())
    }

    /// The peer holds our feed durably up to an entry that we know to be ours without looking.
    pub fn peer_confirmed(&self, node: NodeId, seq: u64) {
        let Ok(peer) = self.peer_id(node) else { return };
        if let Some(feed) = self.live(peer).own_feed {
            self.acknowledged(peer, feed, seq);
        }
    }

    /// The peer signed that its feed ends at a head: kept once we hold the feed up to there, which
    /// is what an expiry waits for.
    pub fn heard_head(&self, node: NodeId, signed: &SignedHead) -> Result<(), Refusal> {
        let heard = self.look(|office, snapshot| {
            let peer = active(snapshot, node)?;
            let key = office.certified(&peer)?.signing;
            let head = *signed.verified(&key).ok_or(Code::SealInvalid)?;
            let applied = match &peer.peer_feed {
                Some(feed) => holds(snapshot, feed, &head.tip)?,
                None => head.tip.seq == 0,
            };
            // A second is fine enough for an expiry, and bounds the commits that heads can cause.
            let newer = |(_, held): &(Vec<u8>, Timestamp)| head.time.millis_since(*held) >= 1_000;
            let newer = peer.head.as_ref().is_none_or(newer);
            Ok((applied && newer).then_some((peer.id, head.time)))
        })?;
        let Some((peer, time)) = heard else { return Ok(()) };
        let mut batch = Batch::new();
        batch.push(Change::PeerHead(peer, codec::encode(signed), time));
        match self.shared.store.commit(batch) {
            Ok(_) | Err(CommitFault::Stale) => {}
            Err(CommitFault::Store(fault)) => return Err(store_refusal(fault)),
        }
        self.wake(Wake::Sweep);
        Ok(())
    }

    /// A session with the peer opened.
    pub fn session_opened(&self, node: NodeId, clock_skew_ms: i64) -> Result<(), Refusal> {
        let peer = self.look(|_, snapshot| active(snapshot, node))?;
        let now = self.now();
        self.update_live(peer.id, |live| {
            live.last_contact = Some(now);
            live.clock_skew_ms = Some(clock_skew_ms);
        });
        let mut batch = Batch::new();
        let row = PeerRow {
            last_contact: Some(now),
            clock_skew_ms: Some(clock_skew_ms),
            introduction: None,
            ..peer
        };
        batch.expect(crate::store::Expected::Peer(row.id, row.state));
        batch.push(Change::Peer(Box::new(row)));
        match self.shared.store.commit(batch) {
            Ok(_) | Err(CommitFault::Stale) => Ok(()),
            Err(CommitFault::Store(fault)) => Err(store_refusal(fault)),
        }
    }

    /// Reads without deciding anything.
    pub(super) fn look<T>(
        &self,
        body: impl FnOnce(&Office, &Snapshot<'_>) -> Result<T, Stop>,
    ) -> Result<T, Refusal> {
        let read = self.shared.store.read(|snapshot| Ok(body(self, snapshot)));
        match read {
            Ok(result) => result.map_err(Refusal::from),
            Err(fault) => Err(store_refusal(fault)),
        }
    }

    /// The last entry of the peer's feed that we hold: in a Hello it proves to the peer what it
    /// signed.
    fn last_received(
        &self,
        snapshot: &Snapshot<'_>,
        peer: &PeerRow,
    ) -> Result<Option<Entry>, Stop> {
        let Some(feed) = peer.peer_feed.filter(|feed| feed.seq > 0) else { return Ok(None) };
        let parties = (peer.node, self.me().node);
        let group = snapshot.groups(&feed, parties, feed.seq - 1, 1)?.into_iter().next();
        let Some(group) = group else { return Err(StoreFault::Damaged("entry").into()) };
        Ok(self.open_group(snapshot, group)?.pop())
    }
}

fn active(snapshot: &Snapshot<'_>, node: NodeId) -> Result<PeerRow, Stop> {
    let peer =
        snapshot.peer_by_node(&node)?.ok_or_else(|| Refusal::about(Code::PeerUnknown, node))?;
    let code = match peer.state {
        PeerState::Active => return Ok(peer),
        PeerState::Pending => Code::PeerPending,
        PeerState::Paused => Code::PeerPaused,
        PeerState::Revoked => Code::PeerRevoked,
    };
    Err(Refusal::about(code, peer.region).into())
}

fn tip_of(feed: &FeedRow) -> Tip {
    Tip { incarnation: feed.incarnation, seq: feed.seq, hash: feed.hash }
}

fn holds(snapshot: &Snapshot<'_>, feed: &FeedRow, tip: &Tip) -> Result<bool, Stop> {
    let here = tip.incarnation == feed.incarnation && tip.seq <= feed.seq;
    Ok(here && snapshot.entry_hash(feed.id, tip.seq)? == Some(tip.hash))
}

fn held_head(peer: &PeerRow) -> Option<SignedHead> {
    peer.head.as_ref().and_then(|(head, _)| codec::decode(head).ok())
}

//! 结对: how two nodes are introduced. Two people compare fingerprints over a phone that they
//! already had; files and connections only carry keys.

use std::path::Path;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use protocol::codec;
use protocol::envelope::Tip;
use protocol::id::{Incarnation, NodeId, RegionCode};
use protocol::pairing::{Introduction, Invitation, Pairing, SignedPairing};
use protocol::refusal::{Code, Refusal};
use protocol::seal::Domain;
use protocol::statement::Draft;
use protocol::statement::directory::OrgListing;
use protocol::statement::keys::{CertifiedKeys, KeyCert};

use crate::durable;
use crate::store::rows::{FeedId, FeedRow, PeerId, PeerRow, PeerState};
use crate::store::{Change, Expected, FeedSide};

use super::decide::{Decision, Stop};
use super::receive::directory::put_listings;
use super::{Office, Wake, view};

/// Days that an invitation may be used unless the inviter says otherwise.
pub const INVITATION_DAYS: u32 = 14;
/// Most days that it may be used.
pub const INVITATION_DAYS_MAX: u32 = 365;
/// Longest invitation or reply file, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// An invitation or a reply as a file that people can read; only `data` counts.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PairingFile {
    schema: String,
    region: String,
    name: String,
    rehearsal: bool,
    addresses: Vec<String>,
    data: String,
}

const INVITATION: &str = "dukou.invitation/1";
const REPLY: &str = "dukou.reply/1";

impl Office {
    /// Writes an invitation that one other node may use once within `days`.
    ///
    /// # Errors
    /// `field.invalid` if `days` is not 1 to 365, `node.file`.
    pub fn invite(&self, out: &Path, days: Option<u32>) -> Result<view::Invited, Refusal> {
        let days = days.unwrap_or(INVITATION_DAYS);
        if !(1..=INVITATION_DAYS_MAX).contains(&days) {
            return Err(Refusal::about(Code::FieldInvalid, "expires"));
        }
        let secret: [u8; 32] = self.entropy().bytes();
        let expires = self.now().after_millis(u64::from(days) * 86_400_000);
        self.decide(|decision| {
            decision.batch.push(Change::Invitation(Sha256::digest(secret).into(), expires));
            Ok(())
        })?;
        let content = Invitation {
            cert: self.me().cert.clone(),
            addresses: super::lock(&self.shared.addresses).clone(),
            secret,
            expires,
            orgs: self.invited_listings()?,
        };
        let data = SignedPairing::sign(content, &self.me().certified, &self.shared.signer);
        self.write_pairing(INVITATION, out, &data)?;
        let fingerprint = self.me().node.fingerprint();
        let file = out.display().to_string();
        Ok(view::Invited { file, fingerprint, expires_at: expires.to_string() })
    }

    /// Accepts another node's invitation after its fingerprint was compared; with `out`, also
    /// writes the reply that stands for the network.
    ///
    /// # Errors
    /// `invitation.invalid`, `invitation.expired`, `peer.self`, `peer.rehearsal`,
    /// `peer.fingerprint` (nothing is stored), `peer.region_taken`, `node.file`.
    pub fn accept_invitation(
        &self,
        file: &Path,
        fingerprint: &str,
        out: Option<&Path>,
    ) -> Result<view::Peer, Refusal> {
        let data = read_pairing(INVITATION, file)?;
        let (invitation, keys) = SignedPairing::<Invitation>::read(&data)
            .map_err(|code| Refusal::about(code, file.display()))?;
        if keys.node == self.me().node {
            return Err(Refusal::about(Code::PeerSelf, file.display()));
        }
        compare(fingerprint, &keys.node, &keys.region)?;
        if self.now() >= invitation.expires {
            return Err(Refusal::about(Code::InvitationExpired, invitation.expires.day()));
        }
        let (id, _) = self.decide(|decision| {
            let sealed = decision.office.seal_secret(&invitation.secret);
            let id =
                decision.pair(&invitation, &keys, PeerState::Active, Joined::Accepted(sealed))?;
            Ok(id)
        })?;
        self.wake(Wake::Peers);
        self.wake(Wake::Sweep);
        if let Some(out) = out {
            let orgs = self.invited_listings()?;
            let data = self.introduction(invitation.secret, orgs);
            self.write_pairing(REPLY, out, &data)?;
        }
        self.peer_by_row(id)
    }

    /// Approves a node that used our invitation, after its fingerprint was compared.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.fingerprint` (nothing changes), `peer.revoked`.
    pub fn approve(&self, region: &str, fingerprint: &str) -> Result<view::Peer, Refusal> {
        let (id, _) = self.decide(|decision| {
            let row = decision.snapshot.named_peer(region)?;
            compare(fingerprint, &row.node, &row.region)?;
            decision.activate(row)
        })?;
        self.wake(Wake::Peers);
        self.wake(Wake::Sweep);
        self.peer_by_row(id)
    }

    /// Approves a node by the reply file that it wrote, with no network.
    ///
    /// # Errors
    /// Those of [`Office::approve`] and of [`Office::introduce`].
    pub fn approve_reply(&self, file: &Path, fingerprint: &str) -> Result<view::Peer, Refusal> {
        let data = read_pairing(REPLY, file)?;
        let (introduction, keys) = SignedPairing::<Introduction>::read(&data)
            .map_err(|code| Refusal::about(code, file.display()))?;
        compare(fingerprint, &keys.node, &keys.region)?;
        let (id, _) = self.decide(|decision| {
            decision.check_invited(&introduction, &keys)?;
            let id =
                decision.pair(&introduction, &keys, PeerState::Active, joined(&introduction))?;
            Ok(id)
        })?;
        self.wake(Wake::Peers);
        self.wake(Wake::Sweep);
        self.peer_by_row(id)
    }

    /// A node presents itself over the network with the secret of our invitation: it becomes
    /// `pending`, and nothing else of it is read until somebody approves it.
    ///
    /// # Errors
    /// `invitation.invalid`, `invitation.used`, `invitation.expired`, `peer.self`,
    /// `peer.rehearsal`, `peer.region_taken`.
    pub fn introduce(&self, tls_key: &[u8; 32], data: &[u8]) -> Result<(), Refusal> {
        let (introduction, keys) =
            SignedPairing::<Introduction>::read(data).map_err(Refusal::from)?;
        if keys.tls.as_bytes() != tls_key {
            return Err(Code::InvitationInvalid.into());
        }
        self.decide(|decision| {
            let known = decision.snapshot.peer_by_node(&keys.node)?;
            if known.is_some_and(|row| matches!(row.state, PeerState::Active | PeerState::Paused)) {
                return Ok(());
            }
            decision.check_invited(&introduction, &keys)?;
            decision.pair(&introduction, &keys, PeerState::Pending, joined(&introduction))?;
            Ok(())
        })?;
        // So that the link tells its holder to wait, and not that nobody knows it.
        self.wake(Wake::Peers);
        tracing::info!(region = %keys.region, "a region used an invitation and waits for approval");
        Ok(())
    }

    /// What this node presents to an inviter who does not know it yet, and when.
    ///
    /// # Errors
    /// `peer.unknown`.
    pub fn introduction_for(&self, node: NodeId) -> Result<Option<Vec<u8>>, Refusal> {
        let sealed = self.look(|_, snapshot| {
            let peer = snapshot.peer_by_node(&node)?.ok_or(Code::PeerUnknown)?;
            Ok(peer.introduction)
        })?;
        let Some(sealed) = sealed else { return Ok(None) };
        let secret = self.open_secret(&sealed)?;
        Ok(Some(self.introduction(secret, Vec::new())))
    }

    /// The inviter knows us now, or will not hear us: there is nothing to present any more.
    pub fn introduced(&self, node: NodeId) -> Result<(), Refusal> {
        self.decide(|decision| {
            let Some(mut row) = decision.snapshot.peer_by_node(&node)? else { return Ok(()) };
            if row.introduction.take().is_some() {
                decision.batch.expect(Expected::Peer(row.id, row.state));
                decision.batch.push(Change::Peer(Box::new(row)));
            }
            Ok(())
        })?;
        Ok(())
    }

    fn introduction(&self, secret: [u8; 32], orgs: Vec<OrgListing>) -> Vec<u8> {
        let content = Introduction {
            cert: self.me().cert.clone(),
            addresses: super::lock(&self.shared.addresses).clone(),
            secret,
            orgs,
        };
        SignedPairing::sign(content, &self.me().certified, &self.shared.signer)
    }

    fn write_pairing(&self, schema: &str, out: &Path, data: &[u8]) -> Result<(), Refusal> {
        let me = self.me();
        let file = PairingFile {
            schema: schema.to_owned(),
            region: me.region.to_string(),
            name: me.name.clone(),
            rehearsal: me.domain == Domain::Rehearsal,
            addresses: super::lock(&self.shared.addresses).clone(),
            data: BASE64.encode(data),
        };
        let mut text = serde_json::to_string_pretty(&file)
            .map_err(|_| Refusal::about(Code::Internal, schema))?;
        text.push('\n');
        durable::replace(out, text.as_bytes(), 0o600)
            .map_err(|error| crate::directory::file_refusal(out, &error))
    }
}

fn read_pairing(schema: &str, path: &Path) -> Result<Vec<u8>, Refusal> {
    let invalid = || Refusal::about(Code::InvitationInvalid, path.display());
    let failed = |error| crate::directory::file_refusal(path, &error);
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES_MAX {
        return Err(invalid());
    }
    let text = std::fs::read(path).map_err(failed)?;
    let file: PairingFile = serde_json::from_slice(&text).map_err(|_| invalid())?;
    if file.schema != schema {
        return Err(invalid());
    }
    BASE64.decode(file.data.as_bytes()).map_err(|_| invalid())
}

/// Compares what was read over the phone with what the file or the connection said: digits only.
pub(super) fn compare(typed: &str, node: &NodeId, region: &RegionCode) -> Result<(), Refusal> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if digits(typed) == digits(&node.fingerprint()) {
        Ok(())
    } else {
        Err(Refusal::about(Code::PeerFingerprint, region))
    }
}

impl Decision<'_> {
    /// Whether the secret is that of a living invitation of ours, not used by another node.
    fn check_invited(&self, introduction: &Introduction, keys: &CertifiedKeys) -> Result<(), Stop> {
        let hash = Sha256::digest(introduction.secret).into();
        let Some(invitation) = self.snapshot.invitation(&hash)? else {
            return Err(Refusal::about(Code::InvitationUsed, keys.region).into());
        };
        let known = self.snapshot.peer_by_node(&keys.node)?;
        let revoked = known.is_some_and(|row| row.state == PeerState::Revoked);
        match invitation.used_by {
            // A node whose trust was ended needs a new invitation to ask again.
            Some(node) if node != keys.node || revoked => {
                Err(Refusal::about(Code::InvitationUsed, keys.region).into())
            }
            _ if self.now >= invitation.expires => {
                Err(Refusal::about(Code::InvitationExpired, invitation.expires.day()).into())
            }
            _ => Ok(()),
        }
    }

    /// Writes the peer, with our feed for it started and its organisations as far as they came.
    fn pair<T: Pairing>(
        &mut self,
        content: &T,
        keys: &CertifiedKeys,
        state: PeerState,
        how: Joined,
    ) -> Result<PeerId, Stop> {
        let me = self.office.me();
        if keys.domain != me.domain {
            return Err(Refusal::about(Code::PeerRehearsal, keys.region).into());
        }
        if keys.node == me.node || keys.region == me.region {
            return Err(Refusal::about(Code::PeerSelf, keys.region).into());
        }
        if state == PeerState::Active {
            self.check_region_free(&keys.node, keys.region)?;
        }
        let introduction = match how {
            Joined::Accepted(sealed) => Some(sealed),
            Joined::Invited(secret_hash) => {
                self.batch.push(Change::UseInvitation(secret_hash, keys.node));
                None
            }
        };
        let known = self.snapshot.peer_by_node(&keys.node)?;
        if let Some(row) = &known {
            self.batch.expect(Expected::Peer(row.id, row.state));
        }
        let store = &self.office.shared.store;
        let fresh = known.is_none();
        let own_feed = known
            .as_ref()
            .map_or_else(|| new_feed(self.office, store.new_feed_id()), |row| row.own_feed);
        let secret = self.office.keys().pair_secret(&keys.agreement, &keys.node);
        let secret = secret.ok_or(Code::InvitationInvalid)?;
        let row = PeerRow {
            id: known.as_ref().map_or_else(|| store.new_peer_id(), |row| row.id),
            node: keys.node,
            region: keys.region,
            name: keys.region_name.clone(),
            state,
            tls_key: *keys.tls.as_bytes(),
            cert: codec::encode::<KeyCert>(content.cert()),
            addresses: content.addresses().to_vec(),
            pair_secret: self.office.seal_secret(secret.reveal()),
            last_contact: known.as_ref().and_then(|row| row.last_contact),
            clock_skew_ms: known.as_ref().and_then(|row| row.clock_skew_ms),
            own_feed,
            peer_feed: known.as_ref().and_then(|row| row.peer_feed),
            head: None,
            introduction,
            directory_revision: known.as_ref().map_or(0, |row| row.directory_revision),
            directory_sent: known.as_ref().map_or(0, |row| row.directory_sent),
        };
        let id = row.id;
        self.batch.push(Change::Peer(Box::new(row.clone())));
        if fresh {
            self.batch.push(Change::StartFeed(id, own_feed, FeedSide::Own));
        }
        if row.directory_revision == 0 {
            put_listings(&mut self.batch, id, 0, content.orgs().to_vec());
        }
        if state == PeerState::Active && own_feed.seq == 0 {
            self.sign(&row, Draft::new(&me.cert), None)?;
        }
        Ok(id)
    }

    /// A region has one living peer; another node may only wait until it replaces that one.
    fn check_region_free(&self, node: &NodeId, region: RegionCode) -> Result<(), Stop> {
        let living = self.snapshot.peer_by_region(region)?;
        let taken = living.is_some_and(|row| {
            row.node != *node && matches!(row.state, PeerState::Active | PeerState::Paused)
        });
        if taken { Err(Refusal::about(Code::PeerRegionTaken, region).into()) } else { Ok(()) }
    }

    /// Makes an approved peer active, if its region is free.
    fn activate(&mut self, row: PeerRow) -> Result<PeerId, Stop> {
        self.check_region_free(&row.node, row.region)?;
        self.make_active(row)
    }

    /// Makes a peer active; its feed from us starts with our certificate.
    pub(super) fn make_active(&mut self, mut row: PeerRow) -> Result<PeerId, Stop> {
        if row.state == PeerState::Revoked {
            return Err(Refusal::about(Code::PeerRevoked, row.region).into());
        }
        let id = row.id;
        if row.state == PeerState::Pending {
            self.batch.expect(Expected::Peer(id, PeerState::Pending));
            row.state = PeerState::Active;
            if row.own_feed.seq == 0 {
                self.sign(&row, Draft::new(&self.office.me().cert), None)?;
            }
            self.batch.push(Change::Peer(Box::new(row)));
        }
        Ok(id)
    }
}

/// On which side of an invitation this node stands.
enum Joined {
    /// We accepted it, and keep its sealed secret until the inviter knows us.
    Accepted(Vec<u8>),
    /// We wrote it: its secret, hashed, is used up.
    Invited([u8; 32]),
}

fn joined(introduction: &Introduction) -> Joined {
    Joined::Invited(Sha256::digest(introduction.secret).into())
}

fn new_feed(office: &Office, id: FeedId) -> FeedRow {
    let random = u32::from_le_bytes(office.entropy().bytes());
    let start = Tip::start(Incarnation { counter: 1, random });
    FeedRow { id, incarnation: start.incarnation, seq: 0, hash: start.hash, acked: 0 }
}

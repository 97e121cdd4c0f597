//! Peers and the positions of their feeds.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::envelope::Tip;
use protocol::id::{EntryHash, Incarnation, NodeId, RegionCode};
use protocol::time::Timestamp;

use super::events::stored_time;
use super::rows::{FeedId, FeedRow, PeerId, PeerRow, PeerState};
use super::{FeedSide, Snapshot, StoreFault, written_once};

fn state_number(state: PeerState) -> i64 {
    PeerState::ALL.iter().position(|one| *one == state).map_or(0, |index| index as i64)
}

pub(super) fn state(
    connection: &Connection,
    peer: PeerId,
) -> Result<Option<PeerState>, StoreFault> {
    let number: Option<u8> = connection
        .prepare_cached("SELECT state FROM peer WHERE id = ?1")?
        .query_row([peer.0], |row| row.get(0))
        .optional()?;
    Ok(number.and_then(|number| PeerState::ALL.get(usize::from(number)).copied()))
}

pub(super) fn put(connection: &Connection, row: &PeerRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO peer (id, node, region, name, state, tls_key, cert, addresses,
                               pair_secret, last_contact, clock_skew, own_feed, introduction,
                               sent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                     ?14)
             ON CONFLICT (id) DO UPDATE SET
                 name = excluded.name, state = excluded.state, tls_key = excluded.tls_key,
                 cert = excluded.cert, addresses = excluded.addresses,
                 pair_secret = excluded.pair_secret, last_contact = excluded.last_contact,
                 clock_skew = excluded.clock_skew, introduction = excluded.introduction,
                 sent = excluded.sent",
        )?
        .execute(params![
            row.id.0,
            row.node.as_bytes(),
            row.region.number(),
            row.name,
            state_number(row.state),
            row.tls_key,
            row.cert,
            row.addresses.join("\n"),
            row.pair_secret,
            row.last_contact.map(|time| time.millis() as i64),
            row.clock_skew_ms,
            row.own_feed.id.0,
            row.introduction,
            row.directory_sent as i64
        ])?;
    Ok(())
}

pub(super) fn start_feed(
    connection: &Connection,
    peer: PeerId,
    feed: &FeedRow,
    side: FeedSide,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO feed (id, peer, own, counter, random, seq, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            feed.id.0,
            peer.0,
            side == FeedSide::Own,
            feed.incarnation.counter,
            feed.incarnation.random,
            feed.seq as i64,
            feed.hash.as_bytes()
        ])?;
    let column = match side {
        FeedSide::Own => "UPDATE peer SET own_feed = ?2 WHERE id = ?1",
        FeedSide::Peer => "UPDATE peer SET peer_feed = ?2 WHERE id = ?1",
    };
    connection.prepare_cached(column)?.execute(params![peer.0, feed.id.0])?;
    Ok(())
}

pub(super) fn move_feed(connection: &Connection, feed: FeedId, tip: &Tip) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE feed SET seq = ?2, hash = ?3 WHERE id = ?1")?
        .execute(params![feed.0, tip.seq as i64, tip.hash.as_bytes()])?;
    Ok(())
}

pub(super) fn own_feed(connection: &Connection, peer: PeerId) -> Result<FeedRow, StoreFault> {
    connection
        .prepare_cached(
            "SELECT feed.* FROM peer JOIN feed ON feed.id = peer.own_feed WHERE peer.id = ?1",
        )?
        .query_row([peer.0], feed)
        .map_err(StoreFault::from)
}

pub(super) fn current_peer_feed(connection: &Connection, peer: PeerId) -> rusqlite::Result<FeedId> {
    connection
        .prepare_cached("SELECT peer_feed FROM peer WHERE id = ?1")?
        .query_row([peer.0], |row| row.get(0).map(FeedId))
}

pub(super) fn peer_feed_seq(connection: &Connection, peer: PeerId) -> Result<u64, StoreFault> {
    let seq: Option<i64> = connection
        .prepare_cached(
            "SELECT feed.seq FROM peer JOIN feed ON feed.id = peer.peer_feed WHERE peer.id = ?1",
        )?
        .query_row([peer.0], |row| row.get(0))
        .optional()?;
    Ok(seq.map_or(0, i64::unsigned_abs))
}

pub(super) fn invite(
    connection: &Connection,
    secret_hash: &[u8; 32],
    expires: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO invitation (secret_hash, expires) VALUES (?1, ?2)")?
        .execute(params![secret_hash, expires.millis() as i64])?;
    Ok(())
}

pub(super) fn use_invitation(
    connection: &Connection,
    secret_hash: &[u8; 32],
    node: &NodeId,
) -> rusqlite::Result<()> {
    let used = connection
        .prepare_cached(
            "UPDATE invitation SET used_by = ?2
             WHERE secret_hash = ?1 AND (used_by IS NULL OR used_by = ?2)",
        )?
        .execute(params![secret_hash, node.as_bytes()])?;
    written_once(used)
}

pub(super) fn put_head(
    connection: &Connection,
    peer: PeerId,
    head: &[u8],
    time: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE peer SET head = ?2, head_time = ?3 WHERE id = ?1")?
        .execute(params![peer.0, head, time.millis() as i64])?;
    Ok(())
}

/// Writes what the peers acknowledged, once, when the store closes.
pub(super) fn keep_acked(path: &Path, acked: &HashMap<FeedId, u64>) -> Result<(), StoreFault> {
    let mut connection = Connection::open(path)?;
    let transaction = connection.transaction()?;
    for (feed, seq) in acked {
        transaction.execute(
            "UPDATE feed SET acked = max(acked, ?2) WHERE id = ?1",
            params![feed.0, *seq as i64],
        )?;
    }
    transaction.commit()?;
    // The readers, which close last, cannot write the log back; a copy of the file alone, taken
    // after an orderly end, is then a whole one.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

fn feed(row: &Row<'_>) -> rusqlite::Result<FeedRow> {
    Ok(FeedRow {
        id: FeedId(row.get("id")?),
        incarnation: Incarnation { counter: row.get("counter")?, random: row.get("random")? },
        seq: row.get::<_, i64>("seq")?.unsigned_abs(),
        hash: EntryHash::from_bytes(row.get("hash")?),
        acked: row.get::<_, i64>("acked")?.unsigned_abs(),
    })
}

/// An invitation of ours.
#[derive(Clone, Debug)]
pub struct InvitationRow {
    /// Until when it may be used.
    pub expires: Timestamp,
    /// The node that used it.
    pub used_by: Option<NodeId>,
}

impl Snapshot<'_> {
    /// Every peer, by region, the living before the revoked.
    pub fn peers(&self) -> Result<Vec<PeerRow>, StoreFault> {
        self.peer_rows("ORDER BY state = 3, region, id", &[])
    }

    /// The peer in this row.
    pub fn peer(&self, id: PeerId) -> Result<Option<PeerRow>, StoreFault> {
        Ok(self.peer_rows("WHERE id = ?1", &[&id.0])?.into_iter().next())
    }

    /// The peer with this identity.
    pub fn peer_by_node(&self, node: &NodeId) -> Result<Option<PeerRow>, StoreFault> {
        Ok(self.peer_rows("WHERE node = ?1", &[node.as_bytes()])?.into_iter().next())
    }

    /// The peer that keeps this region, the living one first.
    pub fn peer_by_region(&self, region: RegionCode) -> Result<Option<PeerRow>, StoreFault> {
        let sql = "WHERE region = ?1 ORDER BY state IN (1, 2) DESC, state, id DESC";
        let rows = self.peer_rows(sql, &[&region.number()])?;
        Ok(rows.into_iter().next())
    }

    fn peer_rows(
        &self,
        condition: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<PeerRow>, StoreFault> {
        let sql = format!("SELECT * FROM peer {condition}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(self.peer_row(row)?);
        }
        Ok(found)
    }

    fn peer_row(&self, row: &Row<'_>) -> Result<PeerRow, StoreFault> {
        let damaged = || StoreFault::Damaged("peer");
        let addresses: String = row.get("addresses")?;
        let last_contact: Option<i64> = row.get("last_contact")?;
        let head: (Option<Vec<u8>>, Option<i64>) = (row.get("head")?, row.get("head_time")?);
        let head = match head {
            (Some(head), Some(time)) => Some((head, stored_time(time, "peer")?)),
            _ => None,
        };
        let peer_feed: Option<i64> = row.get("peer_feed")?;
        Ok(PeerRow {
            id: PeerId(row.get("id")?),
            node: NodeId::from_bytes(row.get("node")?),
            region: RegionCode::new(row.get("region")?).ok_or_else(damaged)?,
            name: row.get("name")?,
            state: *PeerState::ALL
                .get(usize::from(row.get::<_, u8>("state")?))
                .ok_or_else(damaged)?,
            tls_key: row.get("tls_key")?,
            cert: row.get("cert")?,
            addresses: addresses.lines().map(str::to_owned).collect(),
            pair_secret: row.get("pair_secret")?,
            last_contact: last_contact.map(|time| stored_time(time, "peer")).transpose()?,
            clock_skew_ms: row.get("clock_skew")?,
            own_feed: self.feed(FeedId(row.get("own_feed")?))?.ok_or_else(damaged)?,
            peer_feed: match peer_feed {
                Some(id) => self.feed(FeedId(id))?,
                None => None,
            },
            head,
            introduction: row.get("introduction")?,
            directory_sent: row.get::<_, i64>("sent")?.unsigned_abs(),
            directory_revision: row.get::<_, i64>("directory")?.unsigned_abs(),
        })
    }

    /// A feed's position.
    pub fn feed(&self, id: FeedId) -> Result<Option<FeedRow>, StoreFault> {
        Ok(self
            .connection
            .prepare_cached("SELECT * FROM feed WHERE id = ?1")?
            .query_row([id.0], feed)
            .optional()?)
    }

    /// Between which peer and us a feed runs, and whether we sign it.
    pub fn feed_ends(&self, id: FeedId) -> Result<Option<(PeerId, FeedSide)>, StoreFault> {
        Ok(self
            .connection
            .prepare_cached("SELECT peer, own FROM feed WHERE id = ?1")?
            .query_row([id.0], |row| {
                let side = if row.get(1)? { FeedSide::Own } else { FeedSide::Peer };
                Ok((PeerId(row.get(0)?), side))
            })
            .optional()?)
    }

    /// An invitation of ours, by the hash of its secret.
    pub fn invitation(&self, secret_hash: &[u8; 32]) -> Result<Option<InvitationRow>, StoreFault> {
        let row: Option<(i64, Option<[u8; 32]>)> = self
            .connection
            .prepare_cached("SELECT expires, used_by FROM invitation WHERE secret_hash = ?1")?
            .query_row([secret_hash], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((expires, used_by)) = row else { return Ok(None) };
        let expires = stored_time(expires, "invitation")?;
        Ok(Some(InvitationRow { expires, used_by: used_by.map(NodeId::from_bytes) }))
    }
}

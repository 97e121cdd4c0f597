//! Reports of counts, the latest on each side of each pair.

use rusqlite::{Connection, OptionalExtension, params};

use protocol::time::Timestamp;

use super::events::stored_time;
use super::rows::PeerId;
use super::{Snapshot, StoreFault};

/// A report.
#[derive(Clone, Debug)]
pub struct SummaryRow {
    /// Whom it was written for, or by.
    pub peer: PeerId,
    /// Whether it is ours.
    pub own: bool,
    /// When it was signed.
    pub time: Timestamp,
    /// The signed statement's bytes.
    pub statement: Vec<u8>,
}

pub(super) fn put(connection: &Connection, row: &SummaryRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO summary (peer, own, time, statement) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (peer, own) DO UPDATE SET
                 time = excluded.time, statement = excluded.statement",
        )?
        .execute(params![row.peer.0, row.own, row.time.millis() as i64, row.statement])?;
    Ok(())
}

impl Snapshot<'_> {
    /// The latest report of ours for a peer, or of it for us.
    pub fn summary(&self, peer: PeerId, own: bool) -> Result<Option<SummaryRow>, StoreFault> {
        let found: Option<(i64, Vec<u8>)> = self
            .connection
            .prepare_cached("SELECT time, statement FROM summary WHERE peer = ?1 AND own = ?2")?
            .query_row(params![peer.0, own], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let read = |(time, statement)| {
            Ok(SummaryRow { peer, own, time: stored_time(time, "summary")?, statement })
        };
        found.map(read).transpose()
    }
}

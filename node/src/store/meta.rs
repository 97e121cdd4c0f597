//! Settings of the node itself: single values by name.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Snapshot, StoreFault};

pub(super) fn put(connection: &Connection, key: &str, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![key, value])?;
    Ok(())
}

pub(super) fn value(connection: &Connection, key: &str) -> Result<Option<i64>, StoreFault> {
    Ok(connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

/// The highest row numbers in use.
pub(super) struct HighestIds {
    pub(super) member: i64,
    pub(super) letter: i64,
    pub(super) peer: i64,
    pub(super) feed: i64,
}

impl Snapshot<'_> {
    /// A setting, if it was ever written.
    pub fn meta(&self, key: &str) -> Result<Option<i64>, StoreFault> {
        value(self.connection, key)
    }

    pub(super) fn highest_ids(&self) -> Result<HighestIds, StoreFault> {
        let top = |table: &str| {
            let sql = format!("SELECT coalesce(max(id), 0) FROM {table}");
            self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0))
        };
        Ok(HighestIds {
            member: top("member")?,
            letter: ["letter", "paper_letter", "stay", "residence", "departure"]
                .into_iter()
                .try_fold(0, |highest, table| top(table).map(|id| id.max(highest)))?,
            peer: top("peer")?,
            feed: top("feed")?,
        })
    }
}

//! The audit log: lines that are only added, each over the hash of the one before it.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use protocol::time::Timestamp;

use super::events::stored_time;
use super::people::PeopleChange;
use super::rows::AuditRow;
use super::{Batch, Change, Snapshot, StoreFault};

/// Most objects that one line names; of more it says how many.
const OBJECTS_MAX: usize = 1_000;

/// Adds a line behind the last one.
pub(super) fn put(connection: &Connection, row: &AuditRow) -> rusqlite::Result<()> {
    let last: Option<(i64, [u8; 32])> = connection
        .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, before) = last.map_or((1, [0; 32]), |(seq, hash)| (seq + 1, hash));
    let hash = AuditRow { seq, ..row.clone() }.hash_after(&before);
    connection
        .prepare_cached(
            "INSERT INTO audit (seq, time, who, what, objects, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![seq, row.time.millis() as i64, row.who, row.what, row.objects, hash])?;
    Ok(())
}

impl AuditRow {
    /// A line about `objects`, which is numbered when it is written.
    pub fn new(time: Timestamp, who: &str, what: &str, objects: &[String]) -> AuditRow {
        let mut text = objects[..objects.len().min(OBJECTS_MAX)].join(" ");
        if objects.len() > OBJECTS_MAX {
            text.push_str(&format!(" +{}", objects.len() - OBJECTS_MAX));
        }
        let (who, what) = (who.to_owned(), what.to_owned());
        AuditRow { seq: 0, time, who, what, objects: text, hash: [0; 32] }
    }

    /// The hash of this line behind one with the hash `before`; 32 zeros before the first.
    pub fn hash_after(&self, before: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(b"dukou audit 1\n");
        hash.update(before);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.time.millis().to_be_bytes());
        for text in [&self.who, &self.what, &self.objects] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }
}

impl Batch {
    /// What this batch changes, as the audit log names it, each once.
    pub fn objects(&self) -> Vec<String> {
        let mut objects: Vec<String> = Vec::new();
        for change in &self.changes {
            let object = match change {
                Change::Member(row) => format!("member:{}", row.member),
                Change::Letter(row) => format!("letter:{}", row.core.id),
                Change::PaperLetter(row) => {
                    format!("letter:{}", data_encoding::HEXLOWER.encode(&row.hash))
                }
                Change::Stay(row) => format!("stay:{}", row.core.id),
                Change::Residence(row) => format!("residence:{}", row.core.id),
                Change::Departure(row) => {
                    format!("departure:{}", data_encoding::HEXLOWER.encode(&row.hash))
                }
                Change::Org(row) => format!("org:{}", row.code),
                Change::Peer(row) => format!("peer:{}", row.region),
                Change::ApproveBatch(row, _) => format!("batch:{}", row.id),
                Change::People(PeopleChange::User(row)) => format!("user:{}", row.name),
                Change::People(PeopleChange::AddToken(row)) => format!("token:{}", row.id),
                Change::People(PeopleChange::RevokeToken(id)) => format!("token:{id}"),
                Change::Event(row) => match row.member {
                    Some(member) => format!("member:{member}"),
                    None => continue,
                },
                _ => continue,
            };
            if objects.last() != Some(&object) {
                objects.push(object);
            }
        }
        objects.sort_unstable();
        objects.dedup();
        objects
    }
}

fn line(row: &Row<'_>) -> Result<AuditRow, StoreFault> {
    Ok(AuditRow {
        seq: row.get(0)?,
        time: stored_time(row.get(1)?, "audit")?,
        who: row.get(2)?,
        what: row.get(3)?,
        objects: row.get(4)?,
        hash: row.get(5)?,
    })
}

impl Snapshot<'_> {
    /// Lines before the one numbered `before`, newest first.
    pub fn audit_before(&self, before: i64, limit: u32) -> Result<Vec<AuditRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, time, who, what, objects, hash FROM audit
             WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![before, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(line(row)?);
        }
        Ok(found)
    }

    /// Gives every line to `take`, oldest first, until it fails.
    pub fn audit_lines<E: From<StoreFault>>(
        &self,
        mut take: impl FnMut(AuditRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let fault = |error: rusqlite::Error| E::from(StoreFault::from(error));
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, time, who, what, objects, hash FROM audit ORDER BY seq")
            .map_err(fault)?;
        let mut rows = statement.query([]).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            take(line(row)?)?;
        }
        Ok(())
    }
}

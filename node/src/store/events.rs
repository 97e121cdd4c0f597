//! What happened, as lines that people read: the history of a member.

use rusqlite::{Connection, params};

use protocol::id::{MemberRef, OrgCode};
use protocol::time::Timestamp;

use super::rows::{EventRow, LetterRowId};
use super::{Snapshot, StoreFault, orgs};

pub(super) fn put(connection: &Connection, row: &EventRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO event (time, member, letter, kind, org, by, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            row.time.millis() as i64,
            row.member.map(|member| *member.as_bytes()),
            row.letter.map(|letter| letter.0),
            row.kind,
            row.org.map(orgs::number_of),
            row.by,
            row.detail
        ])?;
    Ok(())
}

impl Snapshot<'_> {
    /// Lines about a member after `after`, oldest first.
    pub fn member_events(
        &self,
        member: MemberRef,
        after: i64,
        limit: u32,
    ) -> Result<Vec<EventRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, time, letter, kind, org, by, detail FROM event
             WHERE member = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        )?;
        let rows = statement.query_map(params![member.as_bytes(), after, limit], |row| {
            Ok((
                row.get(1)?,
                row.get(4)?,
                EventRow {
                    id: row.get(0)?,
                    time: Timestamp::MIN,
                    member: Some(member),
                    letter: row.get::<_, Option<i64>>(2)?.map(LetterRowId),
                    kind: row.get(3)?,
                    org: None,
                    by: row.get(5)?,
                    detail: row.get(6)?,
                },
            ))
        })?;
        rows.map(|row| {
            let (time, org, event): (i64, Option<i64>, EventRow) = row?;
            let time = stored_time(time, "event")?;
            let org = org.map(stored_org).transpose()?;
            Ok(EventRow { time, org, ..event })
        })
        .collect()
    }
}

pub(super) fn stored_time(millis: i64, table: &'static str) -> Result<Timestamp, StoreFault> {
    u64::try_from(millis).ok().and_then(Timestamp::from_millis).ok_or(StoreFault::Damaged(table))
}

fn stored_org(number: i64) -> Result<OrgCode, StoreFault> {
    orgs::code_of(number).ok_or(StoreFault::Damaged("event"))
}

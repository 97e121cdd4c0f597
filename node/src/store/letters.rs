//! Letters at rest.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::codec;
use protocol::id::{BatchId, LetterId, MemberRef, StatementHash};
use protocol::refusal::Code;
use protocol::statement::custody::BatchPlace;
use protocol::statement::kind::Kind;
use protocol::transfer::state::State;

use super::columns::{LETTER, place};
use super::events::stored_time;
use super::orgs::{code_of, number_of};
use super::rows::{LetterRow, LetterRowId, PeerId, Standing, Version};
use super::{Snapshot, StoreFault, prefix_range, written_once};

pub(super) fn version(connection: &Connection, id: LetterRowId) -> Result<Version, StoreFault> {
    let version = connection
        .prepare_cached("SELECT version FROM letter WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(version.map_or(Version::ABSENT, Version))
}

pub(super) fn state_number(state: State) -> i64 {
    State::ALL.iter().position(|one| *one == state).map_or(0, |index| index as i64)
}

fn standing_number(standing: Standing) -> i64 {
    Standing::ALL.iter().position(|one| *one == standing).map_or(0, |index| index as i64)
}

pub(super) fn put(connection: &Connection, row: &LetterRow) -> rusqlite::Result<()> {
    if row.version == Version::ABSENT { insert(connection, row) } else { update(connection, row) }
}

fn insert(connection: &Connection, row: &LetterRow) -> rusqlite::Result<()> {
    let core = &row.core;
    connection
        .prepare_cached(
            "INSERT INTO letter
                 (id, hash, version, own, peer, state, member, generation, core, serial,
                  from_org, to_org, issued, valid_until, branch, same_as, replaces, reissue,
                  rejected, bytes, stands, batch, batch_place, batch_count, inherited)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                     ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
        )?
        .execute(params![
            row.id.0,
            core.id.as_bytes(),
            row.version.0 + 1,
            row.own,
            row.peer.0,
            state_number(core.state()),
            core.member.as_bytes(),
            core.generation.0,
            codec::encode(core),
            row.serial.to_string(),
            number_of(row.from_org),
            number_of(row.to_org),
            row.issued_at.millis() as i64,
            core.valid_until.number(),
            row.branch.map(number_of),
            row.same_as.map(|member| *member.as_bytes()),
            row.replaces.map(|letter| *letter.as_bytes()),
            row.reissue_requested,
            row.rejected.map(Code::number),
            i64::try_from(row.bytes).unwrap_or(i64::MAX),
            standing_number(row.standing()),
            row.batch.map(|place| *place.batch.as_bytes()),
            row.batch.map(|place| place.index),
            row.batch.map(|place| place.count),
            row.own && core.set.new_origin.is_some()
        ])?;
    Ok(())
}

/// What the Offer fixed never changes. How it stands is set apart, for the same reason as the
/// indexed columns of a member.
fn update(connection: &Connection, row: &LetterRow) -> rusqlite::Result<()> {
    let core = &row.core;
    let updated = connection
        .prepare_cached(
            "UPDATE letter SET version = ?2, state = ?3, core = ?4, branch = ?5, same_as = ?6,
                 reissue = ?7, rejected = ?8
             WHERE id = ?1 AND version = ?2 - 1",
        )?
        .execute(params![
            row.id.0,
            row.version.0 + 1,
            state_number(core.state()),
            codec::encode(core),
            row.branch.map(number_of),
            row.same_as.map(|member| *member.as_bytes()),
            row.reissue_requested,
            row.rejected.map(Code::number),
        ])?;
    written_once(updated)?;
    let standing = row.standing();
    if row.stood != Some(standing) {
        connection
            .prepare_cached("UPDATE letter SET stands = ?2 WHERE id = ?1")?
            .execute(params![row.id.0, standing_number(standing)])?;
    }
    Ok(())
}

/// The other side of a letter is another node from now on.
pub(super) fn hand_on(
    connection: &Connection,
    letter: LetterRowId,
    successor: PeerId,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE letter SET peer = ?2 WHERE id = ?1")?
        .execute(params![letter.0, successor.0])?;
    Ok(())
}

pub(super) fn decide(
    connection: &Connection,
    letter: LetterRowId,
    kind: Kind,
) -> rusqlite::Result<()> {
    let slot = match kind {
        Kind::Void | Kind::Release => 1,
        Kind::Receipt | Kind::Refusal => 2,
        _ => return Ok(()),
    };
    connection
        .prepare_cached("INSERT INTO own_decision (letter, slot, kind) VALUES (?1, ?2, ?3)")?
        .execute(params![letter.0, slot, kind.number().0])?;
    Ok(())
}

pub(super) fn letter(row: &Row<'_>) -> Result<LetterRow, StoreFault> {
    let damaged = || StoreFault::Damaged("letter");
    let stands: u8 = row.get(const { place(LETTER, "stands") })?;
    let stood = *Standing::ALL.get(usize::from(stands)).ok_or_else(damaged)?;
    let serial: String = row.get(const { place(LETTER, "serial") })?;
    let core: Vec<u8> = row.get(const { place(LETTER, "core") })?;
    let branch: Option<i64> = row.get(const { place(LETTER, "branch") })?;
    let same_as: Option<[u8; 16]> = row.get(const { place(LETTER, "same_as") })?;
    let replaces: Option<[u8; 32]> = row.get(const { place(LETTER, "replaces") })?;
    let replaces = replaces.map(|hash| LetterId::of_offer(StatementHash::from_bytes(hash)));
    Ok(LetterRow {
        id: LetterRowId(row.get(const { place(LETTER, "id") })?),
        version: Version(row.get(const { place(LETTER, "version") })?),
        own: row.get(const { place(LETTER, "own") })?,
        peer: PeerId(row.get(const { place(LETTER, "peer") })?),
        core: codec::decode(&core).map_err(|_| damaged())?,
        serial: serial.parse().map_err(|_| damaged())?,
        from_org: code_of(row.get(const { place(LETTER, "from_org") })?).ok_or_else(damaged)?,
        to_org: code_of(row.get(const { place(LETTER, "to_org") })?).ok_or_else(damaged)?,
        issued_at: stored_time(row.get(const { place(LETTER, "issued") })?, "letter")?,
        branch: branch.and_then(code_of),
        same_as: same_as.map(MemberRef::from_bytes),
        replaces,
        reissue_requested: row.get(const { place(LETTER, "reissue") })?,
        rejected: row
            .get::<_, Option<u16>>(const { place(LETTER, "rejected") })?
            .and_then(Code::from_number),
        bytes: row.get::<_, i64>(const { place(LETTER, "bytes") })?.unsigned_abs(),
        parked: stood == Standing::Parked,
        batch: batch_place(row)?,
        stood: Some(stood),
    })
}

fn batch_place(row: &Row<'_>) -> rusqlite::Result<Option<BatchPlace>> {
    let batch: Option<[u8; 16]> = row.get(const { place(LETTER, "batch") })?;
    batch
        .map(|batch| {
            Ok(BatchPlace {
                batch: BatchId::from_bytes(batch),
                index: row.get(const { place(LETTER, "batch_place") })?,
                count: row.get(const { place(LETTER, "batch_count") })?,
            })
        })
        .transpose()
}

/// Which letters a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct LetterFilter {
    /// Only own (issued here), or only others'.
    pub own: Option<bool>,
    /// Only in this state.
    pub state: Option<State>,
}

impl Snapshot<'_> {
    /// The letter with this id.
    pub fn letter(&self, id: LetterId) -> Result<Option<LetterRow>, StoreFault> {
        self.one_letter("SELECT * FROM letter WHERE hash = ?1", params![id.as_bytes()])
    }

    /// The letter in this row.
    pub fn letter_by_row(&self, id: LetterRowId) -> Result<Option<LetterRow>, StoreFault> {
        self.one_letter("SELECT * FROM letter WHERE id = ?1", params![id.0])
    }

    fn one_letter(
        &self,
        sql: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Option<LetterRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(letter).transpose()
    }

    /// Up to two letters whose id begins with this hexadecimal text.
    pub fn letters_by_prefix(&self, prefix: &str) -> Result<Vec<LetterRow>, StoreFault> {
        let Some((first, last)) = prefix_range(prefix) else { return Ok(Vec::new()) };
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM letter WHERE hash BETWEEN ?1 AND ?2 LIMIT 2")?;
        let mut rows = statement.query(params![first, last])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// Letters before `before`, newest first.
    pub fn letters(
        &self,
        filter: LetterFilter,
        before: Option<LetterRowId>,
        limit: u32,
    ) -> Result<Vec<LetterRow>, StoreFault> {
        // With both named, the index on them leads straight to the newest.
        let condition = match (filter.own, filter.state) {
            (Some(_), Some(_)) => "own = ?2 AND state = ?3",
            (Some(_), None) => "own = ?2 AND ?3 IS NULL",
            (None, Some(_)) => "?2 IS NULL AND state = ?3",
            (None, None) => "?2 IS NULL AND ?3 IS NULL",
        };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT * FROM letter WHERE {condition} AND id < ?1 ORDER BY id DESC LIMIT ?4"
        ))?;
        let mut rows = statement.query(params![
            before.map_or(i64::MAX, |row| row.0),
            filter.own,
            filter.state.map(state_number),
            limit
        ])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// Our own letters that expired before `today` without an answer, and whose peer has signed a
    /// head since, oldest first.
    pub fn expired_letters(&self, today: i32, limit: u32) -> Result<Vec<LetterRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT letter.* FROM letter JOIN peer ON peer.id = letter.peer
             WHERE letter.own = 1 AND letter.state = 0 AND letter.valid_until < ?1
               AND peer.head_time >= (letter.valid_until + 1) * 86400000 - 28800000
             ORDER BY letter.id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![today, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// Letters with a peer, in either direction, that have not ended, oldest first.
    pub fn open_letters_with(
        &self,
        peer: PeerId,
        limit: u32,
    ) -> Result<Vec<LetterRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM letter WHERE stands > 0 AND peer = ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![peer.0, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// The letters about a member, oldest first.
    pub fn letters_of(&self, member: MemberRef) -> Result<Vec<LetterRow>, StoreFault> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM letter WHERE member = ?1 ORDER BY id")?;
        let mut rows = statement.query([member.as_bytes()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// How many letters there are, by direction (own first) and state.
    pub fn letter_counts(&self) -> Result<Vec<(bool, State, u64)>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT own, state, count(*) FROM letter GROUP BY own, state ORDER BY own DESC, state",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, u8>(1)?, row.get::<_, i64>(2)?))
        })?;
        rows.map(|row| {
            let (own, state, count) = row?;
            let state =
                State::ALL.get(usize::from(state)).copied().ok_or(StoreFault::Damaged("letter"))?;
            Ok((own, state, count.unsigned_abs()))
        })
        .collect()
    }

    /// Bytes of the Offers of a peer that nobody has decided yet, the parked ones aside.
    pub fn undecided_bytes(&self, peer: PeerId) -> Result<u64, StoreFault> {
        let bytes: i64 = self
            .connection
            .prepare_cached(
                "SELECT coalesce(sum(bytes), 0) FROM letter
                 WHERE stands = 2 AND peer = ?1",
            )?
            .query_row([peer.0], |row| row.get(0))?;
        Ok(bytes.unsigned_abs())
    }

    /// Parked letters of a peer that nobody has decided, oldest first.
    pub fn parked_letters(&self, peer: PeerId, limit: u32) -> Result<Vec<LetterRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM letter WHERE stands = 3 AND peer = ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![peer.0, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// How many undecided letters are parked.
    pub fn parked_count(&self) -> Result<u64, StoreFault> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM letter WHERE stands = 3")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The highest running number of our serials in a year.
    pub fn highest_serial(&self, year: u16) -> Result<u32, StoreFault> {
        let pattern = format!("______-{year:04}-%");
        let highest: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT max(CAST(substr(serial, 13) AS INTEGER)) FROM
                     (SELECT serial FROM letter
                         WHERE own = 1 AND inherited = 0 AND serial LIKE ?1
                      UNION ALL
                      SELECT serial FROM paper_letter WHERE own = 1 AND serial LIKE ?1)",
            )?
            .query_row([pattern], |row| row.get(0))?;
        Ok(highest.and_then(|number| u32::try_from(number).ok()).unwrap_or(0))
    }
}

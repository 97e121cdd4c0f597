//! The roster at rest. Names rest clear so that search works; ID numbers and phones are sealed.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::id::{Generation, MemberRef, MintNonce, OrgCode};
use protocol::member::{Sex, Standing};
use protocol::private::Private;
use protocol::time::{Day, Month};

use super::columns::{MEMBER, place};
use super::orgs::{code_of, number_of};
use super::rows::{
    Custody, EndReason, LetterRowId, MemberId, MemberRow, ResidenceRowId, StayRowId, Version,
};
use super::{Snapshot, StoreFault, written_once};

pub(super) fn version(connection: &Connection, id: MemberId) -> Result<Version, StoreFault> {
    let version = connection
        .prepare_cached("SELECT version FROM member WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(version.map_or(Version::ABSENT, Version))
}

pub(super) fn exists(connection: &Connection, member: MemberRef) -> Result<bool, StoreFault> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM member WHERE ref = ?1)")?
        .query_row([member.as_bytes()], |row| row.get(0))?)
}

/// How many rows that have not ended carry this ID number.
pub(super) fn with_id(connection: &Connection, hmac: &[u8; 16]) -> Result<usize, StoreFault> {
    let count: u32 = connection
        .prepare_cached("SELECT count(*) FROM member WHERE id_hmac = ?1 AND custody <> 3")?
        .query_row([hmac], |row| row.get(0))?;
    Ok(count as usize)
}

pub(super) fn forget(connection: &Connection, id: MemberId) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM member WHERE id = ?1")?.execute([id.0])?;
    Ok(())
}

pub(super) fn put_key(
    connection: &Connection,
    member: MemberRef,
    wrapped: &[u8],
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO member_key (ref, wrapped) VALUES (?1, ?2)")?
        .execute(params![member.as_bytes(), wrapped])?;
    Ok(())
}

fn position<T: PartialEq>(all: &[T], one: T) -> i64 {
    all.iter().position(|other| *other == one).map_or(0, |index| index as i64)
}

pub(super) fn put(connection: &Connection, row: &MemberRow) -> rusqlite::Result<()> {
    if row.version == Version::ABSENT { insert(connection, row) } else { update(connection, row) }
}

fn insert(connection: &Connection, row: &MemberRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO member
                 (id, ref, version, custody, standing, org, name, search, generation, nonce,
                  inbound, open_letter, dues, joined, sex, ethnicity, id_hmac, sealed,
                  end_reason, end_day, alias_of, met, away, resides)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                     ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
        )?
        .execute(params![
            row.id.0,
            row.member.as_bytes(),
            row.version.0 + 1,
            position(Custody::ALL, row.custody),
            row.standing == Standing::Probationary,
            number_of(row.org),
            row.name.reveal(),
            row.search.reveal(),
            row.generation.0,
            row.nonce.map(|nonce| *nonce.as_bytes()),
            row.inbound.map(|letter| letter.0),
            row.open_letter.map(|letter| letter.0),
            row.dues_paid_through.map(Month::number),
            row.joined_on.map(Day::number),
            row.sex.map(|sex| sex == Sex::Male),
            row.ethnicity.as_ref().map(Private::reveal),
            row.id_hmac,
            row.sealed,
            row.ended.map(|(reason, _)| position(EndReason::ALL, reason)),
            row.ended.map(|(_, day)| day.number()),
            row.alias_of.map(|member| *member.as_bytes()),
            row.met,
            row.away.map(|stay| stay.0),
            row.resides.map(|residence| residence.0)
        ])?;
    Ok(())
}

/// Columns that stand in an index are only set where they change, because SQLite moves the entries
/// of every index on a column that is set. The reference and the nonce of a row never change.
fn update(connection: &Connection, row: &MemberRow) -> rusqlite::Result<()> {
    let updated = connection
        .prepare_cached(
            "UPDATE member SET version = ?2, standing = ?3, name = ?4, search = ?5,
                 generation = ?6, inbound = ?7, open_letter = ?8, dues = ?9, joined = ?10,
                 sex = ?11, ethnicity = ?12, sealed = ?13, end_reason = ?14, end_day = ?15,
                 alias_of = ?16, away = ?17, resides = ?18
             WHERE id = ?1 AND version = ?2 - 1",
        )?
        .execute(params![
            row.id.0,
            row.version.0 + 1,
            row.standing == Standing::Probationary,
            row.name.reveal(),
            row.search.reveal(),
            row.generation.0,
            row.inbound.map(|letter| letter.0),
            row.open_letter.map(|letter| letter.0),
            row.dues_paid_through.map(Month::number),
            row.joined_on.map(Day::number),
            row.sex.map(|sex| sex == Sex::Male),
            row.ethnicity.as_ref().map(Private::reveal),
            row.sealed,
            row.ended.map(|(reason, _)| position(EndReason::ALL, reason)),
            row.ended.map(|(_, day)| day.number()),
            row.alias_of.map(|member| *member.as_bytes()),
            row.away.map(|stay| stay.0),
            row.resides.map(|residence| residence.0),
        ])?;
    written_once(updated)?;
    let (was, is) = (row.indexed, row.to_index());
    if was.is_none_or(|was| (was.custody, was.met) != (is.custody, is.met)) {
        connection
            .prepare_cached("UPDATE member SET custody = ?2, met = ?3 WHERE id = ?1")?
            .execute(params![row.id.0, position(Custody::ALL, is.custody), is.met])?;
    }
    if was.is_none_or(|was| (was.org, was.id_hmac) != (is.org, is.id_hmac)) {
        connection
            .prepare_cached("UPDATE member SET org = ?2, id_hmac = ?3 WHERE id = ?1")?
            .execute(params![row.id.0, number_of(is.org), is.id_hmac])?;
    }
    Ok(())
}

fn member(row: &Row<'_>) -> Result<MemberRow, StoreFault> {
    let damaged = || StoreFault::Damaged("member");
    let end: (Option<u8>, Option<i32>) = (
        row.get(const { place(MEMBER, "end_reason") })?,
        row.get(const { place(MEMBER, "end_day") })?,
    );
    let ended = match end {
        (Some(reason), Some(day)) => Some((
            *EndReason::ALL.get(usize::from(reason)).ok_or_else(damaged)?,
            Day::from_number(day).ok_or_else(damaged)?,
        )),
        _ => None,
    };
    let month = |number: Option<u16>| number.and_then(Month::from_number);
    let day = |number: Option<i32>| number.and_then(Day::from_number);
    let male: Option<bool> = row.get(const { place(MEMBER, "sex") })?;
    let letter = |number: Option<i64>| number.map(LetterRowId);
    let mut row = MemberRow {
        id: MemberId(row.get(const { place(MEMBER, "id") })?),
        version: Version(row.get(const { place(MEMBER, "version") })?),
        member: MemberRef::from_bytes(row.get(const { place(MEMBER, "ref") })?),
        custody: *Custody::ALL
            .get(usize::from(row.get::<_, u8>(const { place(MEMBER, "custody") })?))
            .ok_or_else(damaged)?,
        standing: if row.get(const { place(MEMBER, "standing") })? {
            Standing::Probationary
        } else {
            Standing::Full
        },
        org: code_of(row.get(const { place(MEMBER, "org") })?).ok_or_else(damaged)?,
        name: Private::new(row.get(const { place(MEMBER, "name") })?),
        search: Private::new(row.get(const { place(MEMBER, "search") })?),
        generation: Generation(row.get(const { place(MEMBER, "generation") })?),
        nonce: row
            .get::<_, Option<[u8; 16]>>(const { place(MEMBER, "nonce") })?
            .map(MintNonce::from_bytes),
        inbound: letter(row.get(const { place(MEMBER, "inbound") })?),
        open_letter: letter(row.get(const { place(MEMBER, "open_letter") })?),
        dues_paid_through: month(row.get(const { place(MEMBER, "dues") })?),
        joined_on: day(row.get(const { place(MEMBER, "joined") })?),
        sex: male.map(|male| if male { Sex::Male } else { Sex::Female }),
        ethnicity: row
            .get::<_, Option<String>>(const { place(MEMBER, "ethnicity") })?
            .map(Private::new),
        id_hmac: row.get(const { place(MEMBER, "id_hmac") })?,
        sealed: row.get(const { place(MEMBER, "sealed") })?,
        ended,
        alias_of: row
            .get::<_, Option<[u8; 16]>>(const { place(MEMBER, "alias_of") })?
            .map(MemberRef::from_bytes),
        met: row.get(const { place(MEMBER, "met") })?,
        away: row.get::<_, Option<i64>>(const { place(MEMBER, "away") })?.map(StayRowId),
        resides: row.get::<_, Option<i64>>(const { place(MEMBER, "resides") })?.map(ResidenceRowId),
        indexed: None,
    };
    row.indexed = Some(row.to_index());
    Ok(row)
}

/// Which members a list shows.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// Only of these branches.
    pub orgs: Option<Vec<OrgCode>>,
    /// Only with this custody.
    pub custody: Option<Custody>,
    /// Only who is away, or only who is not.
    pub away: Option<bool>,
    /// Only whose searchable text contains this, in lower case.
    pub text: Option<Private<String>>,
}

impl Snapshot<'_> {
    /// The member with this reference.
    pub fn member(&self, member_ref: MemberRef) -> Result<Option<MemberRow>, StoreFault> {
        let rows = self.member_rows("ref = ?1 LIMIT 1", &[member_ref.as_bytes()])?;
        Ok(rows.into_iter().next())
    }

    /// Up to two members whose reference begins with this hexadecimal text.
    pub fn members_by_prefix(&self, prefix: &str) -> Result<Vec<MemberRow>, StoreFault> {
        let range = super::prefix_range(prefix).filter(|_| prefix.len() <= 32);
        let Some((first, last)) = range else { return Ok(Vec::new()) };
        self.member_rows("ref BETWEEN ?1 AND ?2 LIMIT 2", &[&&first[..16], &&last[..16]])
    }

    /// The members with this ID number, living ones first.
    pub fn members_by_id(&self, id_hmac: &[u8; 16]) -> Result<Vec<MemberRow>, StoreFault> {
        self.member_rows("id_hmac = ?1 ORDER BY custody, id LIMIT 16", &[id_hmac])
    }

    fn member_rows(
        &self,
        condition: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<MemberRow>, StoreFault> {
        let sql = format!("SELECT * FROM member WHERE {condition}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(member(row)?);
        }
        Ok(found)
    }

    /// Members after `after`, in the order in which they were entered.
    pub fn members(
        &self,
        filter: &MemberFilter,
        after: MemberId,
        limit: u32,
    ) -> Result<Vec<MemberRow>, StoreFault> {
        let mut condition = String::from("id > ?1");
        if let Some(orgs) = &filter.orgs {
            let numbers: Vec<String> =
                orgs.iter().map(|code| number_of(*code).to_string()).collect();
            condition += &format!(" AND org IN ({})", numbers.join(","));
        }
        if let Some(custody) = filter.custody {
            condition += &format!(" AND custody = {}", position(Custody::ALL, custody));
        }
        match filter.away {
            // The partial index knows who is away; everybody else is most of a roster.
            Some(true) => {
                condition += " AND ref IN (SELECT member FROM stay WHERE own = 1 \
                              AND word IN (1, 2))";
            }
            Some(false) => condition += " AND away IS NULL",
            None => {}
        }
        let text = filter.text.as_ref().map_or("", |text| text.reveal().as_str());
        condition += " AND (?2 = '' OR instr(search, ?2) > 0) ORDER BY id LIMIT ?3";
        self.member_rows(&condition, &[&after.0, &text, &limit])
    }

    /// How many members there are, by custody.
    pub fn member_counts(&self) -> Result<Vec<(Custody, u64)>, StoreFault> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT custody, count(*) FROM member GROUP BY custody")?;
        let rows =
            statement.query_map([], |row| Ok((row.get::<_, u8>(0)?, row.get::<_, i64>(1)?)))?;
        rows.map(|row| {
            let (custody, count) = row?;
            let custody =
                Custody::ALL.get(usize::from(custody)).ok_or(StoreFault::Damaged("member"))?;
            Ok((*custody, count.unsigned_abs()))
        })
        .collect()
    }

    /// How many people who live on this roster nobody here has met.
    pub fn unmet_count(&self) -> Result<u64, StoreFault> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM member WHERE met = 0 AND custody < 3")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The wrapped key of a member's private data, unless it was erased.
    pub fn member_key(&self, member: MemberRef) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self
            .connection
            .prepare_cached("SELECT wrapped FROM member_key WHERE ref = ?1")?
            .query_row([member.as_bytes()], |row| row.get(0))
            .optional()?)
    }
}

//! The index of what falls due, and the questions that findings ask of the other tables.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::findings::{Finding, Kind};
use protocol::id::{MemberRef, OrgCode};
use protocol::refusal::Code;
use protocol::statement::directory::OrgKind;
use protocol::time::{Day, Timestamp};
use protocol::transfer::state::State;

use super::events::stored_time;
use super::letters::{letter, state_number};
use super::orgs::{code_of, kind_number, number_of};
use super::rows::{LetterRow, LetterRowId, MemberId, PeerId, StayRowId};
use super::{Snapshot, StoreFault};

/// Whose row a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A member; the finding stands only while the member is here and no letter is under way.
    Member,
    /// A stay.
    Stay,
    /// An organisation.
    Org,
    /// Something that a peer signed.
    Peer,
}

impl About {
    const ALL: &'static [About] = &[About::Member, About::Stay, About::Org, About::Peer];
}

/// A row of the index.
#[derive(Clone, Debug)]
pub struct FindingRow {
    /// Whose row.
    pub about: About,
    /// The number of that row.
    pub subject: i64,
    /// What is due, since when, and who must act.
    pub finding: Finding,
    /// The member, if it is about one.
    pub member: Option<MemberId>,
    /// The subject as people name it; none for a member, who has a reference.
    pub shown: Option<String>,
    /// Hashes of the statements that it rests on.
    pub evidence: Vec<[u8; 32]>,
}

/// All that the index holds of some kinds about one subject, from now on.
#[derive(Clone, Debug)]
pub struct FindingRows {
    /// Whose row.
    pub about: About,
    /// The number of that row.
    pub subject: i64,
    /// Rows of these kinds are replaced.
    pub kinds: &'static [Kind],
    /// By these.
    pub rows: Vec<FindingRow>,
}

/// Where a page of the index begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingPlace {
    /// The day of the row before.
    pub raised: i32,
    /// Whose row it was about, as a number.
    pub about: u8,
    /// The number of that row.
    pub subject: i64,
}

/// What a page of the index shows.
#[derive(Clone, Copy, Debug)]
pub struct FindingFilter<'a> {
    /// The kind.
    pub kind: Kind,
    /// Raised by this day.
    pub today: Day,
    /// Only what should have been done by `today`.
    pub overdue: bool,
    /// Only these organisations.
    pub orgs: Option<&'a [OrgCode]>,
    /// Whether they are so few that their own rows are looked up one organisation at a time.
    pub few: bool,
}

/// Which letters a kind of finding may be about.
#[derive(Clone, Copy, Debug)]
pub struct StandingFilter {
    /// Own (issued here), or others'.
    pub own: bool,
    /// In these states.
    pub states: &'static [State],
    /// Issued before the end of this day.
    pub issued_by: Day,
    /// Whose last day is before this one.
    pub valid_before: Option<Day>,
}

/// Hashes that one finding keeps as evidence; what comes after them is the same again.
const EVIDENCE_MAX: usize = 16;

/// A new finding, or more evidence of the one that is there, up to [`EVIDENCE_MAX`].
pub(super) fn add(connection: &Connection, row: &FindingRow) -> rusqlite::Result<()> {
    let more = format!(
        "ON CONFLICT DO UPDATE SET evidence = CAST(evidence || excluded.evidence AS BLOB)
         WHERE length(evidence) < {}",
        EVIDENCE_MAX * 32
    );
    insert(connection, &more, row)
}

pub(super) fn put(connection: &Connection, all: &FindingRows) -> rusqlite::Result<()> {
    let about = place(all.about);
    for kind in all.kinds {
        connection
            .prepare_cached("DELETE FROM finding WHERE about = ?1 AND subject = ?2 AND kind = ?3")?
            .execute(params![about, all.subject, kind.number()])?;
    }
    all.rows.iter().try_for_each(|row| insert(connection, "", row))
}

fn insert(connection: &Connection, otherwise: &str, row: &FindingRow) -> rusqlite::Result<()> {
    let Finding { kind, org, since, raised, due } = row.finding;
    connection
        .prepare_cached(&format!(
            "INSERT INTO finding
                 (about, subject, kind, raised, since, due, org, member, shown, evidence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) {otherwise}"
        ))?
        .execute(params![
            place(row.about),
            row.subject,
            kind.number(),
            raised.number(),
            since.number(),
            due.number(),
            number_of(org),
            row.member.map(|member| member.0),
            row.shown,
            row.evidence.concat(),
        ])?;
    Ok(())
}

/// Gives another organisation what one has to do about members.
pub(super) fn hand_on(connection: &Connection, from: OrgCode, to: OrgCode) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE finding SET org = ?2 WHERE org = ?1 AND about = ?3")?
        .execute(params![number_of(from), number_of(to), place(About::Member)])?;
    Ok(())
}

fn place(about: About) -> u8 {
    About::ALL.iter().position(|one| *one == about).map_or(0, |place| place as u8)
}

fn finding(row: &Row<'_>) -> Result<FindingRow, StoreFault> {
    let damaged = || StoreFault::Damaged("finding");
    let day = |number: i32| Day::from_number(number).ok_or_else(damaged);
    let evidence: Vec<u8> = row.get("evidence")?;
    let (evidence, _) = evidence.as_chunks::<32>();
    Ok(FindingRow {
        about: *About::ALL.get(usize::from(row.get::<_, u8>("about")?)).ok_or_else(damaged)?,
        subject: row.get("subject")?,
        finding: Finding {
            kind: Kind::from_number(row.get("kind")?).ok_or_else(damaged)?,
            org: code_of(row.get("org")?).ok_or_else(damaged)?,
            since: day(row.get("since")?)?,
            raised: day(row.get("raised")?)?,
            due: day(row.get("due")?)?,
        },
        member: row.get::<_, Option<i64>>("member")?.map(MemberId),
        shown: row.get("shown")?,
        evidence: evidence.to_vec(),
    })
}

impl FindingRow {
    /// Where the page after this row begins.
    pub fn place(&self) -> FindingPlace {
        let raised = self.finding.raised.number();
        FindingPlace { raised, about: place(self.about), subject: self.subject }
    }
}

/// Findings about members stand only for those who are here with no letter under way: a hand-over
/// changes that by itself.
const STANDS: &str = "(finding.about <> 0 OR (member.custody = 0 AND member.open_letter IS NULL))";

impl Snapshot<'_> {
    /// What the index holds of one kind from `after` on, the longest raised first.
    pub fn findings(
        &self,
        filter: &FindingFilter<'_>,
        after: FindingPlace,
        limit: u32,
    ) -> Result<Vec<FindingRow>, StoreFault> {
        if !self.stands_any(filter.kind, filter.today)? {
            return Ok(Vec::new());
        }
        // One statement for every list of organisations, however many: they come as one parameter.
        let numbers = filter.orgs.map(|orgs| {
            let numbers: Vec<String> = orgs.iter().map(|org| number_of(*org).to_string()).collect();
            format!("[{}]", numbers.join(","))
        });
        let (index, orgs) = match (&numbers, filter.few) {
            (None, _) => ("finding_day", "AND ?7 IS NULL"),
            (Some(_), few) => (
                if few { "finding_org" } else { "finding_day" },
                "AND finding.org IN (SELECT value FROM json_each(?7))",
            ),
        };
        let overdue = if filter.overdue { "AND finding.due <= ?2" } else { "" };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT finding.* FROM finding INDEXED BY {index}
             LEFT JOIN member ON member.id = finding.member
             WHERE finding.kind = ?1 AND finding.raised <= ?2
               AND (finding.raised, finding.about, finding.subject) > (?3, ?4, ?5)
               {orgs} {overdue} AND {STANDS}
             ORDER BY finding.raised, finding.about, finding.subject LIMIT ?6"
        ))?;
        let mut rows = statement.query(params![
            filter.kind.number(),
            filter.today.number(),
            after.raised,
            after.about,
            after.subject,
            limit,
            numbers
        ])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(finding(row)?);
        }
        Ok(found)
    }

    fn stands_any(&self, kind: Kind, today: Day) -> Result<bool, StoreFault> {
        let found: Option<i64> = self
            .connection
            .prepare_cached("SELECT 1 FROM finding WHERE kind = ?1 AND raised <= ?2 LIMIT 1")?
            .query_row(params![kind.number(), today.number()], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }

    /// How many rows of one kind stand on that day: those of the index, which is read alone, less
    /// those of members who are on their way or have left, who are looked up one by one.
    pub fn finding_count(&self, kind: Kind, today: Day) -> Result<u64, StoreFault> {
        let count = |sql: &str| -> Result<i64, StoreFault> {
            let mut statement = self.connection.prepare_cached(sql)?;
            Ok(statement.query_row(params![kind.number(), today.number()], |row| row.get(0))?)
        };
        let all = count("SELECT count(*) FROM finding WHERE kind = ?1 AND raised <= ?2")?;
        if all == 0 {
            return Ok(0);
        }
        let gone = count(
            "SELECT count(*) FROM member INDEXED BY member_custody
             JOIN finding ON finding.about = 0 AND finding.subject = member.id
             WHERE member.custody IN (1, 2, 3, 4) AND finding.kind = ?1 AND finding.raised <= ?2",
        )?;
        let on_the_way = count(
            "SELECT count(*) FROM letter INDEXED BY letter_unfinished
             JOIN member ON member.ref = letter.member AND member.open_letter = letter.id
             JOIN finding ON finding.about = 0 AND finding.subject = member.id
             WHERE letter.stands > 0 AND member.custody = 0
               AND finding.kind = ?1 AND finding.raised <= ?2",
        )?;
        let on_paper = count(
            "SELECT count(*) FROM paper_letter INDEXED BY paper_letter_open
             JOIN member ON member.ref = paper_letter.member
                 AND member.open_letter = paper_letter.id
             JOIN finding ON finding.about = 0 AND finding.subject = member.id
             WHERE paper_letter.own = 1 AND paper_letter.state < 4 AND member.custody = 0
               AND finding.kind = ?1 AND finding.raised <= ?2",
        )?;
        Ok(all.saturating_sub(gone + on_the_way + on_paper).unsigned_abs())
    }

    /// The earliest day from which one that stands on that day is counted.
    pub fn finding_oldest(&self, kind: Kind, today: Day) -> Result<Option<Day>, StoreFault> {
        let oldest: Option<i32> = self
            .connection
            .prepare_cached(&format!(
                "SELECT min(finding.since) FROM finding INDEXED BY finding_day
                 LEFT JOIN member ON member.id = finding.member
                 WHERE finding.kind = ?1 AND finding.raised <= ?2 AND {STANDS}"
            ))?
            .query_row(params![kind.number(), today.number()], |row| row.get(0))?;
        oldest.map(|day| Day::from_number(day).ok_or(StoreFault::Damaged("finding"))).transpose()
    }

    /// Open letters with a peer that a finding may be about, oldest first.
    pub fn standing_letters(
        &self,
        filter: &StandingFilter,
        peer: PeerId,
        after: LetterRowId,
        limit: u32,
    ) -> Result<Vec<LetterRow>, StoreFault> {
        let states: Vec<String> =
            filter.states.iter().map(|state| state_number(*state).to_string()).collect();
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT * FROM letter INDEXED BY letter_unfinished
             WHERE stands > 0 AND peer = ?1 AND id > ?2 AND own = ?3 AND state IN ({})
               AND issued < ?4 AND valid_until < ?5
             ORDER BY id LIMIT ?6",
            states.join(",")
        ))?;
        let valid_before = filter.valid_before.map_or(i32::MAX, Day::number);
        let mut rows = statement.query(params![
            peer.0,
            after.0,
            filter.own,
            filter.issued_by.end().millis() as i64,
            valid_before,
            limit
        ])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(letter(row)?);
        }
        Ok(found)
    }

    /// Members of ours whom nobody here has met, after `after`.
    pub fn unmet_members(&self, after: MemberId, limit: u32) -> Result<Vec<MemberRef>, StoreFault> {
        self.refs(
            "SELECT ref FROM member WHERE met = 0 AND custody < 3 AND id > ?1 ORDER BY id LIMIT ?2",
            params![after.0, limit],
        )
    }

    /// Everybody who was ever entered, after `after`, in the order in which they were.
    pub fn member_refs(&self, after: MemberId, limit: u32) -> Result<Vec<MemberRef>, StoreFault> {
        self.refs(
            "SELECT ref FROM member WHERE id > ?1 ORDER BY id LIMIT ?2",
            params![after.0, limit],
        )
    }

    fn refs(
        &self,
        sql: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<MemberRef>, StoreFault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, |row| row.get::<_, [u8; 16]>(0))?;
        rows.map(|row| Ok(MemberRef::from_bytes(row?))).collect()
    }

    /// The member in this row.
    pub fn member_ref(&self, id: MemberId) -> Result<Option<MemberRef>, StoreFault> {
        let mut found = self.refs("SELECT ref FROM member WHERE id = ?1", params![id.0])?;
        Ok(found.pop())
    }

    /// Living organisations of that level, after `after`, with more than `limit` members of their
    /// own on the roster.
    pub fn orgs_over(
        &self,
        kind: OrgKind,
        members: u32,
        after: i64,
        limit: u32,
    ) -> Result<Vec<OrgCode>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number FROM org WHERE number > ?1 AND kind = ?2 AND closed = 0
               AND EXISTS (SELECT 1 FROM member WHERE member.org = org.number
                           ORDER BY member.id LIMIT 1 OFFSET ?3)
             ORDER BY number LIMIT ?4",
        )?;
        let rows = statement
            .query_map(params![after, kind_number(kind), members, limit], |row| {
                row.get::<_, i64>(0)
            })?;
        rows.map(|number| code_of(number?).ok_or(StoreFault::Damaged("org"))).collect()
    }

    /// Living organisations after `after` that owe at least so many stays something.
    pub fn orgs_with_stays(
        &self,
        kind: Kind,
        stays: u16,
        after: i64,
        limit: u32,
    ) -> Result<Vec<OrgCode>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number FROM org WHERE number > ?1 AND closed = 0
               AND EXISTS (SELECT 1 FROM finding INDEXED BY finding_org
                           WHERE finding.org = org.number AND finding.kind = ?2
                             AND finding.about = 1 LIMIT 1 OFFSET ?3)
             ORDER BY number LIMIT ?4",
        )?;
        let before_last = stays.saturating_sub(1);
        let rows = statement
            .query_map(params![after, kind.number(), before_last, limit], |row| {
                row.get::<_, i64>(0)
            })?;
        rows.map(|number| code_of(number?).ok_or(StoreFault::Damaged("org"))).collect()
    }

    /// The rows of the stays that an organisation owes something of that kind.
    pub fn stays_owed(
        &self,
        org: OrgCode,
        kind: Kind,
        limit: u32,
    ) -> Result<Vec<StayRowId>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT subject FROM finding INDEXED BY finding_org
             WHERE org = ?1 AND kind = ?2 AND about = 1 LIMIT ?3",
        )?;
        let rows = statement.query_map(params![number_of(org), kind.number(), limit], |row| {
            row.get(0).map(StayRowId)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first members of an organisation of ours who are here, in order.
    pub fn first_members(&self, org: OrgCode, limit: u32) -> Result<Vec<MemberRef>, StoreFault> {
        self.refs(
            "SELECT ref FROM member WHERE org = ?1 AND custody = 0 ORDER BY id LIMIT ?2",
            params![number_of(org), limit],
        )
    }

    /// When something of that kind was last noted about a member; of any kind, first.
    pub fn event_time(
        &self,
        member: MemberRef,
        kind: Option<&str>,
    ) -> Result<Option<Timestamp>, StoreFault> {
        let (order, kind) = if kind.is_some() { ("DESC", kind) } else { ("ASC", None) };
        let time: Option<i64> = self
            .connection
            .prepare_cached(&format!(
                "SELECT time FROM event WHERE member = ?1 AND (?2 IS NULL OR kind = ?2)
                 ORDER BY id {order} LIMIT 1"
            ))?
            .query_row(params![member.as_bytes(), kind], |row| row.get(0))
            .optional()?;
        time.map(|time| stored_time(time, "event")).transpose()
    }

    /// Proven faults of peers after `after`: row, peer, time, statement.
    pub fn faults(&self, after: i64, limit: u32) -> Result<Vec<FaultRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, peer, code, time, hash FROM fault WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![after, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(FaultRow {
                id: row.get(0)?,
                peer: PeerId(row.get(1)?),
                code: Code::from_number(row.get(2)?),
                time: stored_time(row.get(3)?, "fault")?,
                hash: row.get(4)?,
            });
        }
        Ok(found)
    }

    /// The organisation at the top of this region's tree, the first if there are several.
    pub fn top_org(&self) -> Result<Option<OrgCode>, StoreFault> {
        let number: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT number FROM org WHERE parent IS NULL AND closed = 0
                 ORDER BY number LIMIT 1",
            )?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(number.and_then(code_of))
    }

    /// How many organisations this region has.
    pub fn org_count(&self) -> Result<u64, StoreFault> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM org")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

/// Signed proof of a peer's fault.
#[derive(Clone, Copy, Debug)]
pub struct FaultRow {
    /// Orders them.
    pub id: i64,
    /// Whose fault.
    pub peer: PeerId,
    /// Which.
    pub code: Option<Code>,
    /// When it was kept.
    pub time: Timestamp,
    /// The entry that proves it.
    pub hash: [u8; 32],
}

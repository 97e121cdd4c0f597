//! The index of what falls due.

mod facts;

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::findings::{Finding, Kind};
use protocol::id::OrgCode;
use protocol::time::Day;

use super::orgs::{code_of, number_of};
use super::rows::MemberId;
use super::{Snapshot, StoreFault};

pub use facts::{FaultRow, StandingFilter};

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
    /// A residence.
    Residence,
    /// A departure.
    Departure,
}

impl About {
    const ALL: &'static [About] =
        &[About::Member, About::Stay, About::Org, About::Peer, About::Residence, About::Departure];
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
}

//! Where each kind of finding is read from, and how a page of it goes on.

use std::fmt;

use data_encoding::HEXLOWER;
use protocol::findings::{Finding, Kind, LetterFacts, of_letter, of_member};
use protocol::id::MemberRef;
use protocol::refusal::Refusal;
use protocol::time::Day;
use protocol::transfer::state::State;

use crate::office::decide::Stop;
use crate::store::findings::{About, FindingFilter, FindingPlace, FindingRow, StandingFilter};
use crate::store::rows::{
    DepartureRowId, LetterRow, LetterRowId, MemberId, PeerId, ResidenceRowId, StayRowId,
};

use super::index::accepted_on;
use super::{Reading, wrong_cursor};

/// Rows that are read at once.
const CHUNK_ROWS: u32 = 1_000;
/// Shortest month: what a period of one month or more makes due is at least that old.
const SHORTEST_MONTH_DAYS: i32 = 28;

/// Where a list goes on: the kind, its source, and a place in that source's own order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) source: usize,
    pub(super) at: [i64; 3],
}

impl Place {
    pub(super) fn read(text: &str) -> Result<Place, Refusal> {
        let parts: Result<Vec<i64>, _> = text.split('.').map(str::parse).collect();
        let parts: [i64; 5] =
            parts.ok().and_then(|parts| parts.try_into().ok()).ok_or_else(wrong_cursor)?;
        let [kind, source, at @ ..] = parts;
        let kind = u8::try_from(kind).ok().and_then(Kind::from_number).ok_or_else(wrong_cursor)?;
        let source = usize::try_from(source).map_err(|_| wrong_cursor())?;
        Ok(Place { kind, source, at })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.at;
        write!(f, "{}.{}.{a}.{b}.{c}", self.kind.number(), self.source)
    }
}

/// A finding with what it is about.
pub(super) struct Found {
    pub(super) finding: Finding,
    pub(super) subject: String,
    pub(super) member: Option<MemberRef>,
    pub(super) evidence: Vec<String>,
    /// Commands that help.
    pub(super) next: &'static [&'static str],
    pub(super) place: Place,
}

/// What helps where a community owes its yearly feedback.
const FEEDBACK: &[&str] = &["residence feedback {}", "residence show {}"];

/// A place that a kind is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Open letters, with their peers.
    Letters,
    /// Members whom nobody has met.
    Unmet,
    /// The index.
    Index,
    /// Proven faults of peers.
    Faults,
    /// Branches that have grown.
    Branches,
    /// Organisations with guests.
    Hosts,
}

impl Source {
    /// The sources of a kind, in the order in which they are read.
    pub(super) fn of(kind: Kind) -> &'static [Source] {
        match kind {
            Kind::Pocket | Kind::DoubleManaged | Kind::InflowDue => {
                &[Source::Letters, Source::Index]
            }
            Kind::Unreceipted | Kind::Provisional | Kind::AwaitingRelease | Kind::Parked => {
                &[Source::Letters]
            }
            Kind::Unmet => &[Source::Unmet],
            Kind::Conflict => &[Source::Faults, Source::Index],
            Kind::FormationDue => &[Source::Branches, Source::Hosts],
            Kind::Orphaned
            | Kind::ReceiptWithoutLetter
            | Kind::Nominal
            | Kind::FourNone
            | Kind::LostContact
            | Kind::ContactOverdue
            | Kind::ReportOverdue
            | Kind::ReviewOverdue
            | Kind::TransferDue
            | Kind::FilingDue
            | Kind::AbsenceDue
            | Kind::ProvenanceUnverified => &[Source::Index],
        }
    }

    /// How many of that kind stand, over all organisations.
    pub(super) fn count(self, reading: &Reading<'_>, kind: Kind) -> Result<u64, Stop> {
        let snapshot = reading.snapshot;
        Ok(match (self, kind) {
            (Source::Index, _) => snapshot.finding_count(kind, reading.today)?,
            (Source::Unmet, _) => snapshot.unmet_count()?,
            (Source::Faults, _) => snapshot.fault_count()?,
            (Source::Letters, Kind::Parked) => snapshot.parked_count()?,
            (Source::Letters | Source::Branches | Source::Hosts, _) => {
                let mut count = 0;
                self.each(reading, kind, |_| count += 1)?;
                count
            }
        })
    }

    /// The earliest day from which one of that kind is counted.
    pub(super) fn oldest(self, reading: &Reading<'_>, kind: Kind) -> Result<Option<Day>, Stop> {
        let mut oldest = None::<Day>;
        let mut earlier = |day: Day| oldest = Some(oldest.map_or(day, |held| held.min(day)));
        match self {
            Source::Index => return Ok(reading.snapshot.finding_oldest(kind, reading.today)?),
            // In the order in which they were entered; only who came back has an older row.
            Source::Unmet => {
                let begin = Place { kind, source: 0, at: [0; 3] };
                let first = self.page(reading, begin, CHUNK_ROWS as usize)?;
                first.iter().for_each(|one| earlier(one.finding.since));
            }
            Source::Letters | Source::Faults | Source::Branches | Source::Hosts => {
                self.each(reading, kind, |one| earlier(one.finding.since))?;
            }
        }
        Ok(oldest)
    }

    /// Goes through all of that kind, page by page.
    fn each(
        self,
        reading: &Reading<'_>,
        kind: Kind,
        mut with: impl FnMut(&Found),
    ) -> Result<(), Stop> {
        let mut begin = Place { kind, source: 0, at: [0; 3] };
        loop {
            let page = self.page(reading, begin, CHUNK_ROWS as usize)?;
            page.iter().for_each(&mut with);
            match page.last() {
                Some(last) if page.len() >= CHUNK_ROWS as usize => begin = last.place,
                _ => return Ok(()),
            }
        }
    }

    /// Up to `limit` findings after `begin`.
    pub(super) fn page(
        self,
        reading: &Reading<'_>,
        begin: Place,
        limit: usize,
    ) -> Result<Vec<Found>, Stop> {
        match self {
            Source::Letters => reading.letters(begin, limit),
            Source::Unmet => reading.unmet(begin, limit),
            Source::Index => reading.indexed(begin, limit),
            Source::Faults => reading.faults(begin, limit),
            Source::Branches => reading.branches(begin, limit),
            Source::Hosts => reading.hosts(begin, limit),
        }
    }
}

/// Which letters may raise a finding of that kind today.
fn standing(kind: Kind, today: Day) -> StandingFilter {
    let month_ago = today.plus_days(-SHORTEST_MONTH_DAYS);
    let filter =
        |own, states, issued_by| StandingFilter { own, states, issued_by, valid_before: None };
    const ISSUED: &[State] = &[State::Issued];
    const TAKEN: &[State] = &[State::Accepted, State::Released];
    match kind {
        Kind::Pocket => StandingFilter { valid_before: Some(today), ..filter(true, ISSUED, today) },
        Kind::Unreceipted => filter(true, TAKEN, month_ago),
        Kind::InflowDue => filter(false, ISSUED, month_ago),
        Kind::Parked => filter(false, ISSUED, today),
        Kind::AwaitingRelease => filter(false, &[State::Accepted], month_ago),
        _ => filter(false, TAKEN, today),
    }
}

impl Reading<'_> {
    fn letters(&self, begin: Place, limit: usize) -> Result<Vec<Found>, Stop> {
        let filter = standing(begin.kind, self.today);
        let (from, mut after) = (begin.at[0], LetterRowId(begin.at[1]));
        let mut found = Vec::new();
        for peer in self.snapshot.peers()?.into_iter().filter(|peer| peer.id.0 >= from) {
            if peer.id.0 > from {
                after = LetterRowId(0);
            }
            loop {
                let rows = self.snapshot.standing_letters(&filter, peer.id, after, CHUNK_ROWS)?;
                let Some(last) = rows.last() else { break };
                after = last.id;
                for row in &rows {
                    found.extend(self.about_letter(row, begin)?);
                    if found.len() >= limit {
                        return Ok(found);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The days from which findings of a kind about letters with a peer are counted.
    pub(super) fn letters_of(&self, kind: Kind, peer: PeerId) -> Result<Vec<Day>, Stop> {
        let filter = standing(kind, self.today);
        let (begin, mut after) = (Place { kind, source: 0, at: [0; 3] }, LetterRowId(0));
        let mut since = Vec::new();
        loop {
            let rows = self.snapshot.standing_letters(&filter, peer, after, CHUNK_ROWS)?;
            let Some(last) = rows.last() else { return Ok(since) };
            after = last.id;
            for row in &rows {
                since.extend(self.about_letter(row, begin)?.map(|one| one.finding.since));
            }
        }
    }

    fn about_letter(&self, row: &LetterRow, begin: Place) -> Result<Option<Found>, Stop> {
        let facts = LetterFacts {
            own: row.own,
            state: row.core.state(),
            issued: row.issued_at.day(),
            valid_until: row.core.valid_until,
            accepted: match row.core.state() {
                State::Issued => None,
                _ => accepted_on(self.snapshot, row.id)?,
            },
            from_org: row.from_org,
            to_org: row.to_org,
            branch: row.branch,
            same_as: row.same_as.is_some(),
            parked: row.parked,
        };
        let all = of_letter(&facts, &self.rules);
        let one = all.into_iter().find(|one| one.kind == begin.kind && self.wants(one));
        let set = &row.core.set;
        let hashes = [Some(row.core.id.offer()), set.accept, set.release];
        Ok(one.map(|finding| Found {
            finding,
            subject: row.core.id.to_string(),
            member: Some(row.core.member),
            evidence: hashes.into_iter().flatten().map(|hash| hash.to_string()).collect(),
            next: begin.kind.next(),
            place: Place { at: [row.peer.0, row.id.0, 0], ..begin },
        }))
    }

    fn unmet(&self, begin: Place, limit: usize) -> Result<Vec<Found>, Stop> {
        let (mut after, mut found) = (MemberId(begin.at[0]), Vec::new());
        loop {
            let refs = self.snapshot.unmet_members(after, CHUNK_ROWS)?;
            let begun = after;
            for member in refs {
                let Some(row) = self.snapshot.member(member)? else { continue };
                after = row.id;
                let facts = self.office.open_facts(self.snapshot, &row, self.office.now())?;
                let all = of_member(&facts, &self.rules);
                let one = all.into_iter().find(|one| one.kind == Kind::Unmet && self.wants(one));
                found.extend(one.map(|finding| Found {
                    finding,
                    subject: member.to_string(),
                    member: Some(member),
                    evidence: Vec::new(),
                    next: begin.kind.next(),
                    place: Place { at: [row.id.0, 0, 0], ..begin },
                }));
                if found.len() >= limit {
                    return Ok(found);
                }
            }
            if after == begun {
                return Ok(found);
            }
        }
    }

    fn indexed(&self, begin: Place, limit: usize) -> Result<Vec<Found>, Stop> {
        let [raised, about, subject] = begin.at;
        let number = |number: i64| i32::try_from(number).map_err(|_| wrong_cursor());
        // Before the first day there is: a list begins below every row.
        let raised = if begin.at == [0; 3] { i32::MIN } else { number(raised)? };
        let about = u8::try_from(about).map_err(|_| wrong_cursor())?;
        let filter = FindingFilter {
            kind: begin.kind,
            today: self.today,
            overdue: self.overdue,
            orgs: self.orgs.as_deref(),
            few: self.few,
        };
        let place = FindingPlace { raised, about, subject };
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let rows = self.snapshot.findings(&filter, place, limit)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let member = self.member_of(&row)?;
            let FindingPlace { raised, about, subject } = row.place();
            let of_resident = row.about == About::Residence;
            let shown = row.shown.or_else(|| member.map(|member| member.to_string()));
            found.push(Found {
                finding: row.finding,
                subject: shown.unwrap_or_default(),
                member,
                evidence: row.evidence.iter().map(|hash| HEXLOWER.encode(hash)).collect(),
                next: if of_resident { FEEDBACK } else { begin.kind.next() },
                place: Place { at: [raised.into(), about.into(), subject], ..begin },
            });
        }
        Ok(found)
    }

    fn faults(&self, begin: Place, limit: usize) -> Result<Vec<Found>, Stop> {
        let Some(org) = self.snapshot.top_org()? else { return Ok(Vec::new()) };
        let (mut after, mut found) = (begin.at[0], Vec::new());
        while found.len() < limit {
            let rows = self.snapshot.faults(after, CHUNK_ROWS)?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in rows {
                let finding = Finding::noted(Kind::Conflict, org, row.time.day());
                found.extend(self.wants(&finding).then(|| Found {
                    finding,
                    subject: self.region_of(row.peer),
                    member: None,
                    evidence: vec![HEXLOWER.encode(&row.hash)],
                    next: begin.kind.next(),
                    place: Place { at: [row.id, 0, 0], ..begin },
                }));
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    fn region_of(&self, peer: PeerId) -> String {
        let row = self.snapshot.peer(peer).ok().flatten();
        row.map_or_else(String::new, |peer| peer.region.to_string())
    }

    /// Whom a row is about: by their row, or by their stay.
    fn member_of(&self, row: &FindingRow) -> Result<Option<MemberRef>, Stop> {
        Ok(match (row.member, row.about) {
            (Some(member), _) => self.snapshot.member_ref(member)?,
            (None, About::Stay) => {
                let stay = self.snapshot.stay_by_row(StayRowId(row.subject))?;
                stay.and_then(|stay| stay.core.membership()).map(|(member, _)| member)
            }
            (None, About::Residence) => {
                let residence = self.snapshot.residence_by_row(ResidenceRowId(row.subject))?;
                residence.map(|residence| residence.core.member)
            }
            (None, About::Departure) => {
                let departure = self.snapshot.departure(DepartureRowId(row.subject))?;
                departure.map(|departure| departure.member)
            }
            (None, _) => None,
        })
    }
}

//! What is due or wrong today, and which organisation must act.
//!
//! A list goes kind by kind; each kind is read from one or two sources in the order of its own
//! index, and a page ends where it is full. So the first page of a million costs what it shows.

mod departures;
mod formation;
pub(crate) mod index;
mod noted;
mod residences;
mod source;
mod stays;

use std::collections::BTreeMap;

use protocol::findings::Kind;
use protocol::id::OrgCode;
use protocol::refusal::{Code, Lang, Refusal};
use protocol::rules::Rules;
use protocol::statement::summary::FindingCount;
use protocol::time::Day;

use super::decide::Stop;
use super::members::subtree;
use super::rules::finding_kind;
use super::{Office, text, view};
use crate::store::Snapshot;
use crate::store::rows::PeerId;

use source::{Found, Place, Source};

/// Below this share of all organisations, each is looked up by itself.
const FEW_ORGS_SHARE: u64 = 8;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct FindingQuery<'a> {
    /// Only of this kind.
    pub kind: Option<&'a str>,
    /// Only what this organisation of ours, or one under it, must do.
    pub org: Option<&'a str>,
    /// Only what should have been done by now.
    pub overdue: bool,
    /// Where the page before ended.
    pub after: Option<&'a str>,
    /// Most rows.
    pub limit: u32,
    /// The language of the steps.
    pub lang: Lang,
}

/// One list as it is being read.
struct Reading<'a> {
    office: &'a Office,
    snapshot: &'a Snapshot<'a>,
    rules: Rules,
    today: Day,
    overdue: bool,
    orgs: Option<Vec<OrgCode>>,
    few: bool,
}

impl Office {
    /// What stands today, kind by kind.
    ///
    /// # Errors
    /// `rule.unknown` (the kind), `org.unknown`, `field.invalid` (the cursor).
    pub fn findings(&self, query: &FindingQuery<'_>) -> Result<view::Page<view::Finding>, Refusal> {
        let kind = query.kind.map(finding_kind).transpose()?;
        let org = query.org.map(text::org_code).transpose()?;
        let after = query.after.map(Place::read).transpose()?;
        self.look(|office, snapshot| {
            let mut reading = office.reading(snapshot, org)?;
            reading.overdue = query.overdue;
            let limit = query.limit as usize;
            // One more than the page tells whether there is another.
            let mut found = reading.page(kind, after, limit + 1)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|one| one.place.to_string());
            let items = found.iter().map(|one| reading.view(one, query.lang));
            Ok(view::Page { items: items.collect::<Result<_, _>>()?, next })
        })
    }

    /// How many stand today, by kind; kinds with none are left out.
    pub(super) fn finding_counts(
        &self,
        snapshot: &Snapshot<'_>,
    ) -> Result<BTreeMap<String, u64>, Stop> {
        let reading = self.reading(snapshot, None)?;
        let mut counts = BTreeMap::new();
        for kind in Kind::ALL {
            let mut count = reading.count(*kind)?;
            if *kind == Kind::Conflict {
                count += self.false_claims();
            }
            if count > 0 {
                counts.insert(kind.name().to_owned(), count);
            }
        }
        Ok(counts)
    }

    /// The same for a report, by the numbers of the kinds, with the days since the earliest
    /// beginning of any.
    pub(super) fn finding_totals(
        &self,
        snapshot: &Snapshot<'_>,
    ) -> Result<Vec<FindingCount>, Stop> {
        let reading = self.reading(snapshot, None)?;
        let mut totals = Vec::new();
        for kind in Kind::ALL {
            let count = reading.count(*kind)?;
            if count > 0 {
                let mut since = reading.today;
                for source in Source::of(*kind) {
                    since = source.oldest(&reading, *kind)?.map_or(since, |day| day.min(since));
                }
                let oldest = reading.today.days_since(since);
                totals.push(FindingCount {
                    kind: kind.number(),
                    count: u32::try_from(count).unwrap_or(u32::MAX),
                    oldest_days: u32::try_from(oldest).unwrap_or(0),
                });
            }
        }
        totals.sort_by_key(|one| one.kind);
        Ok(totals)
    }

    /// What stands today about letters with a peer: kind, how many, and the earliest day from which
    /// one is counted.
    pub(super) fn letter_findings_with(
        &self,
        snapshot: &Snapshot<'_>,
        peer: PeerId,
    ) -> Result<Vec<(Kind, u64, Day)>, Stop> {
        let reading = self.reading(snapshot, None)?;
        let mut found = Vec::new();
        for kind in Kind::ALL.iter().filter(|kind| Source::of(**kind).contains(&Source::Letters)) {
            let since = reading.letters_of(*kind, peer)?;
            if let Some(oldest) = since.iter().min() {
                found.push((*kind, since.len() as u64, *oldest));
            }
        }
        Ok(found)
    }

    fn reading<'a>(
        &'a self,
        snapshot: &'a Snapshot<'a>,
        org: Option<OrgCode>,
    ) -> Result<Reading<'a>, Stop> {
        let mut orgs = org.map(|org| subtree(snapshot, org)).transpose()?;
        let few = match &mut orgs {
            Some(orgs) => {
                orgs.sort();
                orgs.len() as u64 * FEW_ORGS_SHARE <= snapshot.org_count()?
            }
            None => false,
        };
        let (rules, today) = (self.rules(), self.now().day());
        Ok(Reading { office: self, snapshot, rules, today, overdue: false, orgs, few })
    }
}

impl Reading<'_> {
    fn count(&self, kind: Kind) -> Result<u64, Stop> {
        let mut count = 0;
        for source in Source::of(kind) {
            count += source.count(self, kind)?;
        }
        Ok(count)
    }

    /// The findings from `after` on, as many as `limit`.
    fn page(
        &self,
        only: Option<Kind>,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<Found>, Stop> {
        let mut found = Vec::new();
        for kind in Kind::ALL.iter().filter(|kind| only.is_none_or(|only| only == **kind)) {
            for (number, source) in (0..).zip(Source::of(*kind)) {
                let begin = Place { kind: *kind, source: number, at: [0; 3] };
                let begin = match after {
                    Some(after) if (after.kind, after.source) > (*kind, number) => continue,
                    Some(after) if (after.kind, after.source) == (*kind, number) => after,
                    _ => begin,
                };
                let room = limit - found.len();
                found.extend(source.page(self, begin, room)?);
                if found.len() >= limit {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// Whether a finding belongs into this list.
    fn wants(&self, finding: &protocol::findings::Finding) -> bool {
        let asked = |orgs: &Vec<OrgCode>| orgs.binary_search(&finding.org).is_ok();
        finding.stands_on(self.today)
            && (!self.overdue || finding.due <= self.today)
            && self.orgs.as_ref().is_none_or(asked)
    }

    fn view(&self, found: &Found, lang: Lang) -> Result<view::Finding, Stop> {
        let Found { finding, .. } = found;
        let kind = finding.kind;
        let row = found.member.map(|member| self.snapshot.member(member)).transpose()?.flatten();
        let member = found.member.map(|member| view::MemberName {
            member: member.to_string(),
            name: row.map(|row| row.name.reveal().clone()),
        });
        let subject = &found.subject;
        let next = found.next.iter().map(|next| next.replace("{}", subject));
        Ok(view::Finding {
            kind: kind.name().to_owned(),
            name: kind.chinese().to_owned(),
            subject: subject.clone(),
            member,
            org: finding.org.to_string(),
            org_name: self.snapshot.org(finding.org)?.map(|org| org.name),
            since: finding.since.to_string(),
            due: finding.due.to_string(),
            days_over: finding.days_over(self.today),
            step: kind.step(lang).to_owned(),
            next: next.collect(),
            evidence: found.evidence.clone(),
        })
    }
}

/// The refusal for a cursor that no list gave.
fn wrong_cursor() -> Refusal {
    Refusal::about(Code::FieldInvalid, "after")
}

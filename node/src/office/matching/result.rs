//! What a matching came to: kept in one commit, with what it says of members here.

use std::collections::HashMap;

use protocol::exchange::matching::frame::Holds;
use protocol::exchange::matching::run::Outcome;
use protocol::findings::{Finding, Kind};
use protocol::id::MemberRef;
use protocol::refusal::{Code, Refusal};

use crate::store::Change;
use crate::store::findings::{About, FindingFilter, FindingPlace, FindingRow, FindingRows};
use crate::store::rows::{
    Custody, EventRow, MatchedPersonRow, MatchingRow, MemberId, MemberRow, PeerRow,
};

use super::super::Office;
use super::super::decide::{Decision, Stop};
use super::runs::Job;

/// Findings that are read at once.
const CHUNK_FINDINGS: u32 = 1_000;
const DOUBLE: &[Kind] = &[Kind::DoubleManaged];

impl Office {
    /// Keeps what a matching came to.
    pub(super) fn keep_matching(&self, job: &Job, outcome: &Outcome) -> Result<(), Refusal> {
        self.decide(|decision| decision.keep_matching(job, outcome))?;
        let (both, bytes) = (outcome.matched.len(), outcome.bytes);
        tracing::info!(peer = job.row.peer.0, both, bytes, "a matching is done");
        Ok(())
    }
}

impl Decision<'_> {
    fn keep_matching(&mut self, job: &Job, outcome: &Outcome) -> Result<(), Stop> {
        let begun = self.snapshot.matching(job.row.peer, job.row.asked, job.row.run)?;
        let begun = begun.ok_or_else(|| Refusal::about(Code::Internal, "no matching began"))?;
        let peer = self.snapshot.peer(begun.peer)?.ok_or(Code::PeerUnknown)?;
        let row = MatchingRow {
            theirs: outcome.theirs,
            result: Some((outcome.matched.len() as u32, outcome.name)),
            bytes: outcome.bytes,
            shown: true,
            ..begun
        };
        let people = self.people(job, outcome);
        let held = self.doubles()?;
        for person in people.iter().filter(|person| person.there.is_some()) {
            let Some(member) = person.member else { continue };
            self.note_matched(member, &peer, &row);
            if let Some(member) = self.snapshot.member(member)? {
                let double = [Some(person.here), person.there] == [Some(Holds::Full); 2];
                self.follow_double(&member, double, &peer, outcome.name, &held)?;
            }
        }
        self.batch.push(Change::EndMatching(Box::new(row.clone())));
        self.batch.push(Change::MatchedPeople(Box::new(row), people));
        self.reach("matching-kept");
        Ok(())
    }

    /// Whom both have listed, full members of both first; and, for the side that asked, the rest of
    /// its own list.
    fn people(&self, job: &Job, outcome: &Outcome) -> Vec<MatchedPersonRow> {
        let there: HashMap<usize, Holds> =
            outcome.matched.iter().map(|one| (one.place, one.theirs)).collect();
        let kept = job.people.iter().enumerate().map(|(place, person)| (person, there.get(&place)));
        let mut kept: Vec<_> = kept.filter(|(_, there)| there.is_some() || job.row.asked).collect();
        let full = Holds::Full;
        kept.sort_by_key(|(person, there)| match there {
            Some(there) if person.here == full && **there == full => 0,
            Some(_) => 1,
            None => 2,
        });
        let office = self.office;
        let seal = |plain: Vec<u8>| office.shared.vault.seal_listed(&plain, office.entropy());
        let rows = (0..).zip(kept).map(|(place, (person, there))| MatchedPersonRow {
            place,
            line: person.line,
            member: person.member,
            sealed: person.to_seal().map(seal),
            here: person.here,
            there: there.copied(),
        });
        rows.collect()
    }

    /// The other region has learnt that this member is listed here: the member's history says so.
    fn note_matched(&mut self, member: MemberRef, peer: &PeerRow, row: &MatchingRow) {
        self.batch.push(Change::Event(Box::new(EventRow {
            id: 0,
            time: self.now,
            member: Some(member),
            letter: None,
            kind: "matched".to_owned(),
            org: None,
            by: peer.region.to_string(),
            detail: Some(super::show::hex(&row.run)),
        })));
    }

    /// Double memberships that earlier matchings found, by the row of the member.
    fn doubles(&self) -> Result<HashMap<MemberId, FindingRow>, Stop> {
        let filter = FindingFilter {
            kind: Kind::DoubleManaged,
            today: self.now.day(),
            overdue: false,
            orgs: None,
            few: false,
        };
        let mut begin = FindingPlace { raised: i32::MIN, ..FindingPlace::default() };
        let mut found = HashMap::new();
        loop {
            let page = self.snapshot.findings(&filter, begin, CHUNK_FINDINGS)?;
            let Some(last) = page.last() else { return Ok(found) };
            begin = last.place();
            found.extend(page.into_iter().filter_map(|row| Some((row.member?, row))));
        }
    }

    /// Two regions hold one person in full, or do not any more. What matchings with others found of
    /// the same member stays.
    fn follow_double(
        &mut self,
        member: &MemberRow,
        double: bool,
        peer: &PeerRow,
        result: [u8; 32],
        held: &HashMap<MemberId, FindingRow>,
    ) -> Result<(), Stop> {
        let before = held.get(&member.id);
        let mut evidence = Vec::new();
        for name in before.iter().flat_map(|row| &row.evidence) {
            if self.snapshot.matched_with(name)? != Some(peer.id) {
                evidence.push(*name);
            }
        }
        if double && member.custody == Custody::Here {
            evidence.push(result);
        }
        if before.is_none() && evidence.is_empty() {
            return Ok(());
        }
        let today = self.now.day();
        let noted = || Finding::noted(Kind::DoubleManaged, member.org, today);
        let row = FindingRow {
            about: About::Member,
            subject: member.id.0,
            finding: before.map_or_else(noted, |row| row.finding),
            member: Some(member.id),
            shown: None,
            evidence,
        };
        let (about, subject) = (row.about, row.subject);
        let rows = Some(row).filter(|row| !row.evidence.is_empty()).into_iter().collect();
        let rows = FindingRows { about, subject, kinds: DOUBLE, rows };
        self.batch.push(Change::Findings(Box::new(rows)));
        Ok(())
    }
}

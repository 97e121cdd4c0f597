//! Matchings as people read them: at both ends, whoever asked.

use data_encoding::HEXLOWER;
use protocol::exchange::matching::frame::{Holds, Source};
use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;

use crate::store::rows::{MatchedPersonRow, MatchingId, MatchingRow, PeerId};
use crate::store::{Change, Snapshot};

use super::super::decide::Stop;
use super::super::members::cursor;
use super::super::text::PREFIX_CHARS_MIN;
use super::super::{Office, view};
use super::{PEOPLE_DAYS, days_before};

impl Office {
    /// Matchings, newest first, with one region or with all.
    ///
    /// # Errors
    /// `peer.unknown`, `field.invalid` (the cursor).
    pub fn matchings(
        &self,
        region: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<view::Page<view::MatchingSummary>, Refusal> {
        let before = cursor(after)?;
        let before = MatchingId(if before == 0 { i64::MAX } else { before });
        self.look(|office, snapshot| {
            let peer = region.map(|region| snapshot.named_peer(region)).transpose()?;
            let peer = peer.map(|peer| peer.id);
            let rows = snapshot.matchings(peer, before, limit.saturating_add(1))?;
            let page = view::Page::cut(rows, limit, |row| row.id.0.to_string());
            let items = page.items.iter().map(|row| office.matching_summary(snapshot, row));
            Ok(view::Page { items: items.collect::<Result<_, _>>()?, next: page.next })
        })
    }

    /// One matching with its people, by id or unique prefix.
    ///
    /// # Errors
    /// `match.unknown`, `field.invalid` (the cursor).
    pub fn matching(
        &self,
        id: &str,
        after: Option<&str>,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Matching, Refusal> {
        let from = u32::try_from(cursor(after)?);
        let from = from.map_err(|_| Refusal::about(Code::FieldInvalid, "after"))?;
        self.look(|office, snapshot| {
            let unknown = || Refusal::about(Code::MatchUnknown, id);
            let prefix = id.len() >= PREFIX_CHARS_MIN;
            let mut found = if prefix { snapshot.matchings_by_prefix(id)? } else { Vec::new() };
            match (found.pop(), found.pop()) {
                (Some(row), None) => office.matching_view(snapshot, &row, from, limit, reveal),
                _ => Err(unknown().into()),
            }
        })
    }

    /// A matching that this side asked for.
    pub(super) fn matching_of(
        &self,
        peer: PeerId,
        run: [u8; 16],
        limit: u32,
        reveal: bool,
    ) -> Result<view::Matching, Refusal> {
        self.look(|office, snapshot| {
            let row = snapshot.matching(peer, true, run)?;
            let row = row.ok_or_else(|| Refusal::about(Code::MatchUnknown, hex(&run)))?;
            office.matching_view(snapshot, &row, 0, limit, reveal)
        })
    }

    /// Forgets the people of matchings that are old; that they took place is kept.
    pub(super) fn forget_matched_people(&self, now: Timestamp) -> Result<(), Refusal> {
        let old = days_before(now, PEOPLE_DAYS);
        if !self.look(|_, snapshot| Ok(snapshot.keeps_people_before(old)?))? {
            return Ok(());
        }
        self.decide(|decision| {
            decision.batch.push(Change::ForgetMatchedPeople(old));
            Ok(())
        })?;
        Ok(())
    }

    fn matching_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MatchingRow,
        from: u32,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Matching, Stop> {
        let rows = snapshot.matched_people(row.id, from, limit.saturating_add(1))?;
        let page = view::Page::cut(rows, limit, |row| (row.place + 1).to_string());
        let items = page.items.iter().map(|row| self.person_view(snapshot, row, reveal));
        let people = view::Page { items: items.collect::<Result<_, _>>()?, next: page.next };
        Ok(view::Matching { matching: self.matching_summary(snapshot, row)?, people })
    }

    fn matching_summary(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MatchingRow,
    ) -> Result<view::MatchingSummary, Stop> {
        let peer = snapshot.peer(row.peer)?.ok_or(Code::PeerUnknown)?;
        let (me, region) = (self.me().region.to_string(), peer.region.to_string());
        let state = match (row.result, row.code) {
            (Some(_), _) => "done",
            (None, Some(_)) => "ended",
            (None, None) => "begun",
        };
        let both = row.result.map(|(both, _)| both);
        let (double, neither) = snapshot.held_by_both_and_neither(row.id)?;
        Ok(view::MatchingSummary {
            id: hex(&row.run),
            region: region.clone(),
            asked_by: if row.asked { me } else { region },
            list: match row.source {
                Source::Sheet => "sheet",
                Source::Outflow => "outflow",
                Source::Inflow => "inflow",
            }
            .to_owned(),
            at: row.time.to_string(),
            state: state.to_owned(),
            code: row.code.map(|code| code.text().to_owned()),
            shown: row.shown,
            mine: row.mine,
            theirs: row.theirs,
            both,
            only_mine: both.map(|both| row.mine.saturating_sub(both)),
            only_theirs: both.map(|both| row.theirs.saturating_sub(both)),
            double,
            neither,
            bytes: row.bytes,
            result: row.result.map(|(_, name)| hex(&name)),
        })
    }

    fn person_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MatchedPersonRow,
        reveal: bool,
    ) -> Result<view::MatchedPerson, Stop> {
        let person = self.matched_person(snapshot, row)?;
        let number = person.as_ref().map(
            |(id, _)| {
                if reveal { id.reveal().to_owned() } else { id.masked() }
            },
        );
        let name = person.map(|(_, name)| name.reveal().clone());
        Ok(view::MatchedPerson {
            found: if row.there.is_some() { "both" } else { "only_mine" }.to_owned(),
            id_number: number,
            name: name.filter(|name| !name.is_empty()),
            member: row.member.map(|member| member.to_string()),
            row: row.line,
            here: word(row.here).to_owned(),
            there: row.there.map(|there| word(there).to_owned()),
        })
    }
}

fn word(holds: Holds) -> &'static str {
    match holds {
        Holds::Full => "full",
        Holds::Guest => "guest",
        Holds::Gone => "gone",
        Holds::Named => "named",
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

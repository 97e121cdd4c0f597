//! What happened to a member here: changes of the roster, and every statement about them.

use protocol::id::MemberRef;
use protocol::refusal::Refusal;
use protocol::statement::Statement;
use protocol::stay::state::Side;

use crate::store::Snapshot;
use crate::store::rows::{LetterRow, ResidenceRow, StayRow};

use super::decide::Stop;
use super::members::cursor;
use super::{Office, view};

impl Office {
    /// A member's history, oldest first.
    ///
    /// # Errors
    /// `member.unknown`, `member.ambiguous`, `field.invalid` (cursor).
    pub fn member_history(
        &self,
        member: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<view::Page<view::MemberEvent>, Refusal> {
        let skip = usize::try_from(cursor(after)?).unwrap_or(usize::MAX);
        self.look(|office, snapshot| {
            let row = snapshot.named_member(member)?;
            let events = office.events_about(snapshot, row.member)?;
            let total = events.len();
            let items: Vec<_> = events.into_iter().skip(skip).take(limit as usize).collect();
            let end = skip.saturating_add(items.len());
            Ok(view::Page { items, next: (end < total).then(|| end.to_string()) })
        })
    }

    /// Everything that happened to a member, oldest first.
    pub(super) fn events_about(
        &self,
        snapshot: &Snapshot<'_>,
        member: MemberRef,
    ) -> Result<Vec<view::MemberEvent>, Stop> {
        let mut events = Vec::new();
        for event in snapshot.member_events(member, 0, u32::MAX)? {
            events.push(view::MemberEvent {
                at: event.time.to_string(),
                kind: event.kind,
                org: event.org.map(|org| org.to_string()),
                letter: None,
                stay: None,
                residence: None,
                by: event.by,
                detail: event.detail,
            });
        }
        for letter in snapshot.letters_of(member)? {
            events.extend(self.events_of(snapshot, &letter)?);
        }
        for stay in snapshot.stays_of(member)? {
            events.extend(said_in(snapshot, &stay)?);
        }
        for residence in snapshot.residences_of(member)? {
            events.extend(said_of_resident(snapshot, &residence)?);
        }
        // The sort is stable: what one commit did keeps its order.
        events.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(events)
    }

    fn events_of(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
    ) -> Result<Vec<view::MemberEvent>, Stop> {
        let peer = snapshot.peer(letter.peer)?.map(|peer| peer.region.to_string());
        let (me, other) = (self.me().region.to_string(), peer.unwrap_or_default());
        let mut events = Vec::new();
        let file = self.case_file(snapshot, letter)?;
        let said = self.statements_of(snapshot, letter, file.as_ref())?;
        for one in said.into_iter().chain(snapshot.letter_notes(letter.id)?) {
            let Ok(statement) = Statement::read(&one.statement) else { continue };
            let by_origin = letter.core.is_of_origin(statement.fields().author);
            events.push(view::MemberEvent {
                at: statement.fields().time.to_string(),
                kind: one.kind.name().to_ascii_lowercase(),
                org: Some(if by_origin { letter.from_org } else { letter.to_org }.to_string()),
                letter: Some(letter.core.id.to_string()),
                stay: None,
                residence: None,
                by: if by_origin == letter.own { me.clone() } else { other.clone() },
                detail: one.unusable.map(|code| code.text().to_owned()),
            });
        }
        Ok(events)
    }
}

/// Every statement of a stay, both sides'.
fn said_in(snapshot: &Snapshot<'_>, stay: &StayRow) -> Result<Vec<view::MemberEvent>, Stop> {
    let core = &stay.core;
    let said = snapshot.stay_statements(stay.id, u32::MAX)?.into_iter().rev();
    let events = said.filter_map(|one| {
        let statement = Statement::read(&one.statement).ok()?;
        let by_origin = statement.fields().author == core.origin.node;
        let (party, org) = match by_origin {
            true => (core.origin, core.origin_org()),
            false => (core.destination, core.destination_org()),
        };
        Some(view::MemberEvent {
            at: statement.fields().time.to_string(),
            kind: one.kind.name().to_ascii_lowercase(),
            org: org.map(|org| org.to_string()),
            letter: None,
            stay: Some(core.id.to_string()),
            residence: None,
            by: party.region.to_string(),
            detail: one.unusable.map(|code| code.text().to_owned()),
        })
    });
    Ok(events.collect())
}

/// Every statement of a residence, both sides'.
fn said_of_resident(
    snapshot: &Snapshot<'_>,
    residence: &ResidenceRow,
) -> Result<Vec<view::MemberEvent>, Stop> {
    let core = &residence.core;
    let said = snapshot.residence_statements(residence, None, u32::MAX)?.into_iter().rev();
    let events = said.filter_map(|one| {
        let statement = Statement::read(&one.statement).ok()?;
        let (party, org) = match core.side_of(&statement).ok()? {
            Side::Origin => (core.origin, core.introduction.from_org),
            Side::Destination => (core.destination, core.community()),
        };
        Some(view::MemberEvent {
            at: statement.fields().time.to_string(),
            kind: one.kind.name().to_ascii_lowercase(),
            org: Some(org.to_string()),
            letter: None,
            stay: None,
            residence: Some(core.id.to_string()),
            by: party.region.to_string(),
            detail: one.unusable.map(|code| code.text().to_owned()),
        })
    });
    Ok(events.collect())
}

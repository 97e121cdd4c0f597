//! Departures as people read them.

use data_encoding::HEXLOWER;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};

use crate::store::Snapshot;
use crate::store::rows::{DepartureRow, DepartureRowId, DepartureWord};

use super::super::decide::Stop;
use super::super::members::{cursor, shown_phone};
use super::super::{Office, view};
use super::{Told, allowed, told_context};

impl Office {
    /// One departure, by id or unique prefix.
    ///
    /// # Errors
    /// `departure.unknown`, `departure.ambiguous`.
    pub fn departure(&self, departure: &str) -> Result<view::Departure, Refusal> {
        self.departure_revealed(departure, false)
    }

    /// The same, with phones in full if `reveal`.
    ///
    /// # Errors
    /// `departure.unknown`, `departure.ambiguous`.
    pub fn departure_revealed(
        &self,
        departure: &str,
        reveal: bool,
    ) -> Result<view::Departure, Refusal> {
        self.look(|office, snapshot| {
            let row = snapshot.named_departure(departure)?;
            office.departure_view(snapshot, &row, reveal)
        })
    }

    /// Departures, newest first.
    ///
    /// # Errors
    /// `field.invalid` (state or cursor).
    pub fn departures(
        &self,
        state: Option<&str>,
        after: Option<&str>,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Page<view::Departure>, Refusal> {
        let invalid = || Refusal::about(Code::FieldInvalid, "state");
        let word = state.map(|name| DepartureWord::from_name(name).ok_or_else(invalid));
        let word = word.transpose()?;
        let before = Some(cursor(after)?).filter(|row| *row != 0).map(DepartureRowId);
        self.look(|office, snapshot| {
            let rows = snapshot.departures(word, before, limit.saturating_add(1))?;
            let page = view::Page::cut(rows, limit, |row| row.id.0.to_string());
            let items = page.items.iter().map(|row| office.departure_view(snapshot, row, reveal));
            Ok(view::Page { items: items.collect::<Result<_, _>>()?, next: page.next })
        })
    }

    pub(in crate::office) fn departure_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &DepartureRow,
        reveal: bool,
    ) -> Result<view::Departure, Stop> {
        let member = snapshot.member(row.member)?;
        let told = self.told(snapshot, row)?;
        let said = |of: fn(&Told) -> &Private<String>| {
            let text = told.as_ref().map(|told| of(told).reveal().clone());
            text.filter(|text| !text.is_empty())
        };
        let stay = row.stay.map(|stay| snapshot.stay_by_row(stay)).transpose()?.flatten();
        Ok(view::Departure {
            id: HEXLOWER.encode(&row.hash),
            state: row.word.name().to_owned(),
            member: view::MemberName {
                member: row.member.to_string(),
                name: member.as_ref().map(|member| member.name.reveal().clone()),
            },
            org: member.as_ref().map(|member| member.org.to_string()),
            standing: member.map(|member| member.standing.name().to_owned()),
            reported_on: row.reported_on.to_string(),
            from: row.from.to_string(),
            until: row.until.map(|until| until.to_string()),
            reason: said(|told| &told.reason),
            place: said(|told| &told.place),
            activity: said(|told| &told.activity),
            phone: told.as_ref().and_then(|told| shown_phone(told.phone.reveal(), reveal)),
            contact: told.as_ref().and_then(|told| told.contact.as_ref()).map(|contact| {
                let phone = shown_phone(contact.phone.reveal(), reveal);
                view::StayContact { name: contact.name.reveal().clone(), phone }
            }),
            filed: row.filed.map(|(org, on)| view::DepartureFiling {
                org: org.to_string(),
                on: on.to_string(),
            }),
            ended_on: row.ended_on.map(|on| on.to_string()),
            stay: stay.map(|stay| stay.core.id.to_string()),
            next: allowed(row.word).iter().map(|act| (*act).to_owned()).collect(),
        })
    }

    /// What the member told; none once erased.
    pub(super) fn told(
        &self,
        snapshot: &Snapshot<'_>,
        row: &DepartureRow,
    ) -> Result<Option<Told>, Stop> {
        let plain = self.unseal(snapshot, row.member, &told_context(row), &row.told)?;
        Ok(plain.and_then(|plain| Told::from_bytes(plain.reveal())))
    }
}

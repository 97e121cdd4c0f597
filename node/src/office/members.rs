//! The roster as people read it: lists, one member, search.

use data_encoding::HEXLOWER;
use protocol::id::OrgCode;
use protocol::member::{IdNumber, Sex};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};

use crate::store::Snapshot;
use crate::store::members::MemberFilter;
use crate::store::rows::{Custody, MemberId, MemberRow};

use super::decide::Stop;
use super::{Office, text, view};

impl Office {
    /// One member, by reference or unique prefix.
    ///
    /// # Errors
    /// `member.unknown`, `member.ambiguous`.
    pub fn member(&self, member: &str, reveal: bool) -> Result<view::Member, Refusal> {
        self.look(|office, snapshot| {
            let row = snapshot.named_member(member)?;
            office.member_view(snapshot, &row, reveal)
        })
    }

    /// The roster, in the order in which people were entered: of one organisation and those under
    /// it, or with one custody.
    ///
    /// # Errors
    /// `org.unknown`, `field.invalid` (custody or cursor).
    pub fn members(
        &self,
        org: Option<&str>,
        custody: Option<&str>,
        after: Option<&str>,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Page<view::Member>, Refusal> {
        let org = org.map(text::org_code).transpose()?;
        // Who is away is full here all the same, and shown apart.
        let (custody, away) = match custody {
            Some("away") => (Some("here"), Some(true)),
            Some("here") => (Some("here"), Some(false)),
            other => (other, None),
        };
        let custody = custody.map(named_custody).transpose()?;
        self.look(|office, snapshot| {
            let orgs = org.map(|org| subtree(snapshot, org)).transpose()?;
            let filter = MemberFilter { orgs, custody, away, text: None };
            office.member_page(snapshot, &filter, after, limit, reveal)
        })
    }

    /// Finds by name, pinyin, initials, reference, or a whole ID number.
    ///
    /// # Errors
    /// `field.invalid` (cursor).
    pub fn search_members(
        &self,
        query: &Private<String>,
        after: Option<&str>,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Page<view::Member>, Refusal> {
        let typed = query.reveal().trim().to_lowercase();
        self.look(|office, snapshot| {
            let found = match IdNumber::parse(&typed) {
                Ok(id) => Some(snapshot.members_by_id(&office.id_hmac(&id))?),
                Err(_) if typed.len() == 32 => Some(snapshot.members_by_prefix(&typed)?),
                Err(_) => None,
            };
            if let Some(rows) = found.filter(|rows| !rows.is_empty()) {
                let items = rows.iter().map(|row| office.member_view(snapshot, row, reveal));
                return Ok(view::Page { items: items.collect::<Result<_, _>>()?, next: None });
            }
            if typed.is_empty() {
                return Ok(view::Page { items: Vec::new(), next: None });
            }
            let text = Some(Private::new(typed.clone()));
            let filter = MemberFilter { text, ..MemberFilter::default() };
            office.member_page(snapshot, &filter, after, limit, reveal)
        })
    }

    fn member_page(
        &self,
        snapshot: &Snapshot<'_>,
        filter: &MemberFilter,
        after: Option<&str>,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Page<view::Member>, Stop> {
        let after = cursor(after)?;
        let mut rows = snapshot.members(filter, MemberId(after), limit.saturating_add(1))?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.0.to_string());
        let items = rows.iter().map(|row| self.member_view(snapshot, row, reveal));
        Ok(view::Page { items: items.collect::<Result<_, _>>()?, next })
    }

    pub(super) fn member_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MemberRow,
        reveal: bool,
    ) -> Result<view::Member, Stop> {
        let secrets = self.secrets(snapshot, row)?;
        let id = IdNumber::parse(secrets.id_number.reveal()).ok();
        let letter = match row.open_letter {
            Some(letter) => snapshot.letter_by_row(letter)?,
            None => None,
        };
        let paper = match (row.open_letter, &letter) {
            (Some(open), None) => snapshot.paper_letter(open)?,
            _ => None,
        };
        let open_letter = letter.as_ref().map(|letter| letter.core.id.to_string());
        let org = snapshot.org(row.org)?;
        let (custody_org, provisional_org) = match row.custody {
            Custody::Here | Custody::InTransit => (Some(row.org), None),
            Custody::Provisional => (letter.as_ref().map(|letter| letter.from_org), Some(row.org)),
            Custody::Ended | Custody::Transferred => (None, None),
        };
        Ok(view::Member {
            member: row.member.to_string(),
            name: row.name.reveal().clone(),
            id_number: id.map_or_else(String::new, |id| {
                if reveal { id.reveal().to_owned() } else { id.masked() }
            }),
            standing: row.standing.name().to_owned(),
            org: row.org.to_string(),
            org_name: org.map_or_else(String::new, |org| org.name),
            custody: match (row.custody, row.away) {
                (Custody::Here, Some(_)) => "away",
                (custody, _) => custody.name(),
            }
            .to_owned(),
            custody_org: custody_org.map(|org| org.to_string()),
            provisional_org: provisional_org.map(|org| org.to_string()),
            generation: row.generation.0,
            dues_paid_through: row.dues_paid_through.map(|month| month.to_string()),
            joined_on: row.joined_on.map(|day| day.to_string()),
            sex: row.sex.map(|sex| if sex == Sex::Male { "male" } else { "female" }.to_owned()),
            ethnicity: row.ethnicity.as_ref().map(|text| text.reveal().clone()),
            phone: shown_phone(secrets.phone.reveal(), reveal),
            residence: shown_place(secrets.residence.reveal(), reveal),
            unit: shown_place(secrets.unit.reveal(), reveal),
            open_letter: open_letter.or(paper.map(|letter| HEXLOWER.encode(&letter.hash))),
            ended: row.ended.map(|(reason, on)| view::EndOfMembership {
                reason: reason.name().to_owned(),
                on: on.to_string(),
            }),
            met: row.met,
            stay: match row.away {
                Some(stay) => snapshot.stay_by_row(stay)?.map(|row| row.core.id.to_string()),
                None => None,
            },
            same_as: row.alias_of.map(|member| member.to_string()),
        })
    }
}

/// A place as it is shown: masked, where it begins. None if there is none.
fn shown_place(place: &str, reveal: bool) -> Option<String> {
    let masked = || place.chars().take(2).chain("***".chars()).collect();
    (!place.is_empty()).then(|| if reveal { place.to_owned() } else { masked() })
}

/// A phone as it is shown; none if there is none.
pub(super) fn shown_phone(phone: &str, reveal: bool) -> Option<String> {
    let shown = || if reveal { phone.to_owned() } else { masked_phone(phone) };
    (!phone.is_empty()).then(shown)
}

pub(super) fn masked_phone(phone: &str) -> String {
    let count = phone.chars().count();
    let keep = |place: usize| place < 3 || place + 2 >= count;
    phone.chars().enumerate().map(|(place, c)| if keep(place) { c } else { '*' }).collect()
}

fn named_custody(name: &str) -> Result<Custody, Refusal> {
    let found = Custody::ALL.iter().copied().find(|custody| custody.name() == name);
    found.ok_or_else(|| Refusal::about(Code::FieldInvalid, "custody"))
}

pub(super) fn cursor(after: Option<&str>) -> Result<i64, Refusal> {
    let invalid = |_| Refusal::about(Code::FieldInvalid, "after");
    after.map_or(Ok(0), |text| text.parse().map_err(invalid))
}

/// An organisation and everything below it.
pub(super) fn subtree(snapshot: &Snapshot<'_>, top: OrgCode) -> Result<Vec<OrgCode>, Stop> {
    if snapshot.org(top)?.is_none() {
        return Err(Refusal::about(Code::OrgUnknown, top).into());
    }
    Ok(snapshot.orgs_under(top)?)
}

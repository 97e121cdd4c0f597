//! 外出报告 and 备案: a member tells the branch before leaving, and the organisation above takes note.
//!
//! Nothing is signed and nobody outside the region is told. Whoever stays away long goes on as a
//! stay, to which the report gives what it has.

mod show;

use protocol::codec;
use protocol::id::{MemberRef, OrgCode};
use protocol::limits::{PHONE_CHARS_MAX, STAY_AHEAD_DAYS_MAX};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::mobility::particulars::ContactPerson;
use protocol::time::Day;

use crate::store::Change;
use crate::store::rows::{
    Custody, DepartureRow, DepartureWord, MemberRow, OrgRow, StayRowId, Version,
};

use super::decide::{Decision, Stop};
use super::findings::index::News;
use super::stays::{ContactRequest, NoticeRequest, prose};
use super::{Office, text, view};

/// What a member tells, as typed.
#[derive(Debug, Clone, Default)]
pub struct DepartureRequest {
    /// 事由.
    pub reason: Private<String>,
    /// 地点.
    pub place: Private<String>,
    /// 外出期间从事的活动, may be empty.
    pub activity: Private<String>,
    /// The first day away.
    pub from: String,
    /// The last day away, if it is known.
    pub until: Option<String>,
    /// 联系电话 while away, may be empty.
    pub phone: Private<String>,
    /// 联系人 of the branch, if one was named.
    pub contact: Option<ContactRequest>,
}

/// The same, as it rests sealed.
struct Told {
    reason: Private<String>,
    place: Private<String>,
    activity: Private<String>,
    phone: Private<String>,
    contact: Option<ContactPerson>,
}

impl Told {
    fn read(request: &DepartureRequest) -> Result<Told, Refusal> {
        let told = Told {
            reason: prose(&request.reason, "reason")?,
            place: prose(&request.place, "place")?,
            activity: prose(&request.activity, "activity")?,
            phone: text::free_text(request.phone.reveal().trim(), "phone", PHONE_CHARS_MAX)?,
            contact: request.contact.as_ref().map(ContactRequest::read).transpose()?,
        };
        let missing = |field: &str| Refusal::about(Code::FieldMissing, field);
        match () {
            () if told.reason.reveal().is_empty() => Err(missing("reason")),
            () if told.place.reveal().is_empty() => Err(missing("place")),
            () => Ok(told),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Told { reason, place, activity, phone, contact } = self;
        codec::encode(&(
            (reason.clone(), place.clone()),
            (activity.clone(), phone.clone()),
            contact.clone(),
        ))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Told> {
        let ((reason, place), (activity, phone), contact) = codec::decode(bytes).ok()?;
        Some(Told { reason, place, activity, phone, contact })
    }
}

/// Binds what was told to its departure.
fn told_context(row: &DepartureRow) -> Vec<u8> {
    [&b"departure"[..], &row.hash].concat()
}

impl Office {
    /// Takes down that a member of ours goes away. Told again while it is open, it replaces what
    /// was told before, and is to be filed again.
    ///
    /// # Errors
    /// `member.unknown`, `member.ambiguous`, `member.not_full`, `stay.open` (certified already),
    /// `date.invalid`, `field.missing`, `field.invalid`.
    pub fn report_departure(
        &self,
        member: &str,
        request: &DepartureRequest,
    ) -> Result<view::Departure, Refusal> {
        let told = Told::read(request)?;
        let from = text::day(&request.from)?;
        let until = request.until.as_deref().map(text::day).transpose()?;
        if until.is_some_and(|until| until < from) {
            return Err(Refusal::about(Code::FieldInvalid, "until"));
        }
        let (hash, _) = self.decide(|decision| {
            let named = decision.snapshot.named_member(member)?.member;
            let member = decision.departing(named)?;
            let today = decision.now.day();
            if from > today.plus_days(STAY_AHEAD_DAYS_MAX) {
                return Err(Refusal::about(Code::FieldInvalid, "from").into());
            }
            let open = decision.snapshot.open_departure(member.member)?;
            let (id, hash, version) = match &open {
                Some(open) => (open.id, open.hash, open.version),
                None => {
                    let id = decision.office.shared.store.new_departure_id();
                    (id, decision.office.entropy().bytes(), Version::ABSENT)
                }
            };
            let mut row = DepartureRow {
                id,
                hash,
                version,
                word: DepartureWord::Reported,
                member: member.member,
                reported_on: today,
                from,
                until,
                filed: None,
                ended_on: None,
                stay: None,
                told: Vec::new(),
            };
            row.told = decision.seal(member.member, &told_context(&row), &told.to_bytes())?;
            decision.note(member.member, "departure_reported", None);
            decision.heard_of(&member)?;
            decision.put_departure(row)?;
            Ok(hash)
        })?;
        self.departure(&data_encoding::HEXLOWER.encode(&hash))
    }

    /// Files a departure with the organisation above the member's branch.
    ///
    /// # Errors
    /// `departure.unknown`, `departure.ambiguous`, `departure.state`.
    pub fn file_departure(&self, departure: &str) -> Result<view::Departure, Refusal> {
        self.change_departure(departure, |decision, row| {
            if row.word != DepartureWord::Reported {
                return Err(state(row).into());
            }
            let member = decision.departing(row.member)?;
            let above = decision.above(member.org)?;
            row.word = DepartureWord::Filed;
            row.filed = Some((above, decision.now.day()));
            decision.note(row.member, "departure_filed", None);
            Ok(())
        })
    }

    /// Records that the member is back.
    ///
    /// # Errors
    /// `departure.unknown`, `departure.ambiguous`, `departure.state`, `date.invalid`,
    /// `field.invalid` for a day to come or before the member left.
    pub fn return_departed(
        &self,
        departure: &str,
        on: Option<&str>,
    ) -> Result<view::Departure, Refusal> {
        let on = on.map(text::day).transpose()?;
        self.change_departure(departure, |decision, row| {
            if !row.word.is_open() {
                return Err(state(row).into());
            }
            let today = decision.now.day();
            let on = on.unwrap_or(today);
            // Whoever did not leave after all is back on a day before the first.
            if on > today || on < row.reported_on.min(row.from) {
                return Err(Refusal::about(Code::FieldInvalid, "on").into());
            }
            (row.word, row.ended_on) = (DepartureWord::Returned, Some(on));
            decision.note(row.member, "departure_returned", None);
            let member = decision.departing(row.member)?;
            decision.heard_of(&member)
        })
    }

    fn change_departure(
        &self,
        departure: &str,
        mut change: impl FnMut(&mut Decision<'_>, &mut DepartureRow) -> Result<(), Stop>,
    ) -> Result<view::Departure, Refusal> {
        let (hash, _) = self.decide(|decision| {
            let mut row = decision.snapshot.named_departure(departure)?;
            change(decision, &mut row)?;
            let hash = row.hash;
            decision.put_departure(row)?;
            Ok(hash)
        })?;
        self.departure(&data_encoding::HEXLOWER.encode(&hash))
    }
}

fn state(row: &DepartureRow) -> Refusal {
    Refusal::about(Code::DepartureState, row.word.name()).allowing(allowed(row.word))
}

fn allowed(word: DepartureWord) -> &'static [&'static str] {
    match word {
        DepartureWord::Reported => &["file", "return", "open_stay"],
        DepartureWord::Filed => &["return", "open_stay"],
        DepartureWord::Returned | DepartureWord::Stay | DepartureWord::Left => &["show"],
    }
}

impl Decision<'_> {
    /// A member of ours in full who is not certified to be away.
    fn departing(&mut self, member: MemberRef) -> Result<MemberRow, Stop> {
        let unknown = || Refusal::about(Code::MemberUnknown, member);
        let row = self.member(member)?.ok_or_else(unknown)?;
        if row.custody != Custody::Here {
            return Err(Refusal::about(Code::MemberNotFull, member).into());
        }
        if let Some(away) = row.away {
            let stay = self.snapshot.stay_by_row(away)?;
            let stay = stay.map_or_else(|| member.to_string(), |stay| stay.core.id.to_string());
            return Err(Refusal::about(Code::StayOpen, stay).into());
        }
        Ok(row)
    }

    /// The living organisation above one of ours, or itself at the top.
    pub(super) fn above(&mut self, org: OrgCode) -> Result<OrgCode, Stop> {
        let row: Option<OrgRow> = self.snapshot.org(org)?;
        match row.and_then(|row| row.parent) {
            Some(parent) => self.who_acts(parent),
            None => Ok(org),
        }
    }

    /// Who tells the branch something is no member without a sign.
    fn heard_of(&mut self, member: &MemberRow) -> Result<(), Stop> {
        self.follow_member(member, Some(News::Met))
    }

    /// Writes the departure when the decision is committed.
    pub(super) fn put_departure(&mut self, row: DepartureRow) -> Result<(), Stop> {
        self.follow_departure(&row)?;
        self.batch.push(Change::Departure(Box::new(row)));
        Ok(())
    }

    /// Ends the departure of a member who is certified to be away from now on, or whose membership
    /// leaves us.
    pub(super) fn end_departure_of(
        &mut self,
        member: MemberRef,
        stay: Option<StayRowId>,
        on: Day,
    ) -> Result<(), Stop> {
        let Some(mut row) = self.snapshot.open_departure(member)? else { return Ok(()) };
        row.word = if stay.is_some() { DepartureWord::Stay } else { DepartureWord::Left };
        (row.stay, row.ended_on) = (stay, Some(on));
        self.put_departure(row)
    }

    /// The member of an open departure, whose report fills what the request for a stay leaves
    /// empty.
    pub(super) fn departed(
        &mut self,
        departure: &str,
        request: &mut NoticeRequest,
    ) -> Result<MemberRow, Stop> {
        let row = self.snapshot.named_departure(departure)?;
        if !row.word.is_open() {
            return Err(state(&row).into());
        }
        let member = self.departing(row.member)?;
        request.from.get_or_insert_with(|| row.from.to_string());
        if request.until.is_none() {
            request.until = row.until.map(|until| until.to_string());
        }
        if let Some(told) = self.office.told(self.snapshot, &row)? {
            request.fill(&told.reason, &told.place, told.contact.as_ref());
        }
        Ok(member)
    }
}

//! Carries out the commands about stays.

use protocol::refusal::{Code, Refusal};

use super::execute::{Executor, text};
use crate::control::command::PersonalText;
use crate::control::command::stay::{NoticeFields, StayCommand};
use crate::control::execute::{Failure, Reply};
use crate::office::stays::{
    ContactRequest, EndRequest, Goer, NoticeRequest, PlaceRequest, ReportInRequest, ReportRequest,
};
use crate::office::view::Stay;

impl Executor {
    pub(super) fn stay(&self, command: StayCommand, reveal: bool) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            StayCommand::Open { member, departure, to, notice } => {
                let who = goer(member.as_deref(), departure.as_deref())?;
                with_next(office.open_stay(who, &to, &notice_request(notice))?)
            }
            StayCommand::ReportIn { name, id_number, phone, place, from_region, org } => {
                let (name, id_number) = (name.0, id_number.0);
                let (phone, place) = (prose(phone), prose(place));
                let request = ReportInRequest { name, id_number, phone, place, from_region, org };
                with_next(office.report_in(&request)?)
            }
            StayCommand::Confirm { stay, member, notice } => {
                let notice = notice_request(notice);
                Reply::of(&office.confirm_stay(&stay, member.as_deref(), &notice)?)
            }
            StayCommand::Place { stay, org, contact, contact_phone, intake, mode } => {
                let contact = ContactRequest { name: contact.0, phone: prose(contact_phone) };
                let request = PlaceRequest { org, contact, intake, management: mode };
                Reply::of(&office.place_stay(&stay, &request)?)
            }
            StayCommand::Settle { stay, on } => {
                Reply::of(&office.settle_stay(&stay, on.as_deref())?)
            }
            StayCommand::Report {
                stay,
                period,
                attended,
                held,
                dues_paid_through,
                duties,
                note,
            } => {
                let (duties, note) = (prose(duties), prose(note));
                let request =
                    ReportRequest { period, attended, held, dues_paid_through, duties, note };
                Reply::of(&office.report_stay(&stay, &request)?)
            }
            StayCommand::Contact { stay, on } => {
                Reply::of(&office.note_contact(&stay, on.as_deref())?)
            }
            StayCommand::Bulletin { stay, text } => {
                Reply::of(&office.send_bulletin(&stay, &text.0)?)
            }
            StayCommand::Review { stay, on } => {
                Reply::of(&office.review_stay(&stay, on.as_deref())?)
            }
            StayCommand::Ask { stay, text } => Reply::of(&office.ask_help(&stay, &text.0)?),
            StayCommand::Answer { stay, text } => Reply::of(&office.answer_help(&stay, &text.0)?),
            StayCommand::End { stay, how, on, note } => {
                let request = EndRequest { how, on, note: prose(note) };
                Reply::of(&office.end_stay(&stay, &request)?)
            }
            StayCommand::Transfer { stay, reason, days } => {
                let letter = office.transfer_stay(&stay, &prose(reason), days)?;
                let next = format!("dukou letter show {}", &letter.id[..8]);
                Ok(Reply::of(&letter)?.next(next))
            }
            StayCommand::List { direction, state, paging } => {
                let (direction, state) = (direction.as_deref(), state.as_deref());
                let after = paging.after.as_deref();
                Reply::of(&office.stays(direction, state, after, paging.limit, reveal)?)
            }
            StayCommand::Show { stay } => Reply::of(&office.stay_revealed(&stay, reveal)?),
        }
    }
}

/// Who goes: whoever is named, or reported the departure.
fn goer<'a>(member: Option<&'a str>, departure: Option<&'a str>) -> Result<Goer<'a>, Refusal> {
    let departed = departure.map(Goer::Departed);
    let missing = || Refusal::about(Code::FieldMissing, "member");
    departed.or(member.map(Goer::Member)).ok_or_else(missing)
}

fn with_next(stay: Stay) -> Result<Reply, Failure> {
    let next = format!("dukou stay show {}", &stay.id[..8]);
    Ok(Reply::of(&stay)?.next(next))
}

fn prose(personal: Option<PersonalText>) -> protocol::private::Private<String> {
    text(personal).unwrap_or_default()
}

fn notice_request(fields: NoticeFields) -> NoticeRequest {
    NoticeRequest {
        reason: prose(fields.reason),
        place: prose(fields.place),
        from: fields.from,
        until: fields.until,
        contact: ContactRequest { name: prose(fields.contact), phone: prose(fields.contact_phone) },
    }
}

//! Carries out the commands about residences, opinions, and what hangs on statements.

use super::execute::{Executor, text};
use crate::control::command::PersonalText;
use crate::control::command::residence::{AttachCase, AttachCommand, ResidenceCommand};
use crate::control::execute::{Failure, Reply};
use crate::office::attach::AttachRequest;
use crate::office::residences::{CardRequest, FeedbackRequest, IntroductionRequest};
use crate::office::stays::{ContactRequest, EndRequest};

impl Executor {
    pub(super) fn residence(
        &self,
        command: ResidenceCommand,
        reveal: bool,
    ) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            ResidenceCommand::Introduce { member, to, address, on, contact, contact_phone } => {
                let (address, contact) = (prose(address), person(contact, contact_phone));
                let request = IntroductionRequest { to, address, on, contact };
                let residence = office.introduce_resident(&member, &request)?;
                let next = format!("dukou residence show {}", &residence.id[..8]);
                Ok(Reply::of(&residence)?.next(next))
            }
            ResidenceCommand::Register {
                residence,
                org,
                contact,
                contact_phone,
                occupation,
                wishes,
                free_time,
            } => {
                let (occupation, wishes) = (prose(occupation), prose(wishes));
                let card = CardRequest { occupation, wishes, free_time: prose(free_time) };
                let contact = person(contact, contact_phone);
                Reply::of(&office.register_resident(&residence, &org, &contact, &card)?)
            }
            ResidenceCommand::Feedback { residence, year, attended, held, duties, note } => {
                let (duties, note) = (prose(duties), prose(note));
                let request = FeedbackRequest { year, attended, held, duties, note };
                Reply::of(&office.feed_back(&residence, &request)?)
            }
            ResidenceCommand::Respond { residence, text } => {
                Reply::of(&office.respond_to_feedback(&residence, &text.0)?)
            }
            ResidenceCommand::End { residence, how, on, note } => {
                let request = EndRequest { how, on, note: prose(note) };
                Reply::of(&office.end_residence(&residence, &request)?)
            }
            ResidenceCommand::List { direction, state, paging } => {
                let (direction, state) = (direction.as_deref(), state.as_deref());
                let after = paging.after.as_deref();
                Reply::of(&office.residences(direction, state, after, paging.limit, reveal)?)
            }
            ResidenceCommand::Show { residence } => {
                Reply::of(&office.residence_revealed(&residence, reveal)?)
            }
            ResidenceCommand::Ask { residence, matter, text } => {
                Reply::of(&office.ask_opinion(&residence, &matter, &text.0)?)
            }
            ResidenceCommand::Answer { residence, text } => {
                Reply::of(&office.answer_opinion(&residence, &text.0)?)
            }
            ResidenceCommand::Opinions { direction, open, paging } => {
                let (direction, after) = (direction.as_deref(), paging.after.as_deref());
                Reply::of(&office.opinions(direction, open, after, paging.limit)?)
            }
        }
    }

    pub(super) fn attach(&self, command: AttachCommand) -> Result<Reply, Failure> {
        let AttachCommand { case, id, correction, statement, text } = command;
        let request = AttachRequest { correction, statement, text: text.0 };
        match case {
            AttachCase::Letter => Reply::of(&self.office.attach_to_letter(&id, &request)?),
            AttachCase::Stay => Reply::of(&self.office.attach_to_stay(&id, &request)?),
            AttachCase::Residence => Reply::of(&self.office.attach_to_residence(&id, &request)?),
        }
    }
}

fn prose(personal: Option<PersonalText>) -> protocol::private::Private<String> {
    text(personal).unwrap_or_default()
}

fn person(name: PersonalText, phone: Option<PersonalText>) -> ContactRequest {
    ContactRequest { name: name.0, phone: prose(phone) }
}

//! Carries out the commands about departures.

use super::execute::{Executor, text};
use crate::control::command::departure::DepartureCommand;
use crate::control::execute::{Failure, Reply};
use crate::office::departures::DepartureRequest;
use crate::office::stays::ContactRequest;

impl Executor {
    pub(super) fn departure(
        &self,
        command: DepartureCommand,
        reveal: bool,
    ) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            DepartureCommand::Report {
                member,
                reason,
                place,
                activity,
                from,
                until,
                phone,
                contact,
                contact_phone,
            } => {
                let contact_phone = text(contact_phone).unwrap_or_default();
                let request = DepartureRequest {
                    reason: reason.0,
                    place: place.0,
                    activity: text(activity).unwrap_or_default(),
                    from,
                    until,
                    phone: text(phone).unwrap_or_default(),
                    contact: contact
                        .map(|name| ContactRequest { name: name.0, phone: contact_phone }),
                };
                let departure = office.report_departure(&member, &request)?;
                let next = format!("dukou departure file {}", &departure.id[..8]);
                Ok(Reply::of(&departure)?.next(next))
            }
            DepartureCommand::File { departure } => Reply::of(&office.file_departure(&departure)?),
            DepartureCommand::Return { departure, on } => {
                Reply::of(&office.return_departed(&departure, on.as_deref())?)
            }
            DepartureCommand::List { state, paging } => {
                let (state, after) = (state.as_deref(), paging.after.as_deref());
                Reply::of(&office.departures(state, after, paging.limit, reveal)?)
            }
            DepartureCommand::Show { departure } => {
                Reply::of(&office.departure_revealed(&departure, reveal)?)
            }
        }
    }
}

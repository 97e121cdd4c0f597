//! What is said while a stay lasts: placement, reports, contacts, news, reviews, help, and its end.

use protocol::limits::{NEWS_CHARS_MAX, TEXT_CHARS_MAX};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::Draft;
use protocol::statement::mobility::particulars::Duties;
use protocol::statement::mobility::{EndedHow, ParticipationReport};
use protocol::stay::modes::{IntakeMode, ManagementMode};
use protocol::stay::state::{Side, Stay};
use protocol::stay::{destination, help, origin};
use protocol::time::{Day, Quarter};

use super::super::{Office, text, view};
use super::{ContactRequest, prose};

/// Where a guest takes part, as typed.
#[derive(Debug, Clone, Default)]
pub struct PlaceRequest {
    /// The branch or group.
    pub org: String,
    /// 联系人 there.
    pub contact: ContactRequest,
    /// A name of [`IntakeMode`]; else as it was.
    pub intake: Option<String>,
    /// A name of [`ManagementMode`]; else as it was.
    pub management: Option<String>,
}

/// The facts of a quarter, as typed.
#[derive(Debug, Clone, Default)]
pub struct ReportRequest {
    /// `YYYY-Qn`.
    pub period: String,
    /// Meetings and activities attended.
    pub attended: u16,
    /// Meetings and activities held.
    pub held: u16,
    /// 党费交至, a month.
    pub dues_paid_through: Option<String>,
    /// 承担工作.
    pub duties: Private<String>,
    /// 备注.
    pub note: Private<String>,
}

/// How a stay ended, as typed.
#[derive(Debug, Clone, Default)]
pub struct EndRequest {
    /// A name of [`EndedHow`].
    pub how: String,
    /// The last day of the stay; else today.
    pub on: Option<String>,
    /// 备注.
    pub note: Private<String>,
}

impl Office {
    /// Takes a guest into an organisation of ours, or into another one.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.not_own`, `stay.state`, `org.unknown`, `field.invalid`.
    pub fn place_stay(&self, stay: &str, request: &PlaceRequest) -> Result<view::Stay, Refusal> {
        let (org, contact) = (text::org_code(&request.org)?, request.contact.read()?);
        let invalid = |field: &str| Refusal::about(Code::FieldInvalid, field);
        let intake = request.intake.as_deref();
        let intake =
            intake.map(|name| IntakeMode::from_name(name).ok_or_else(|| invalid("intake")));
        let management = request.management.as_deref();
        let management =
            management.map(|name| ManagementMode::from_name(name).ok_or_else(|| invalid("mode")));
        let (intake, management) = (intake.transpose()?, management.transpose()?);
        let (id, _) = self.decide(|decision| {
            let (mut row, peer) = decision.stay_of(stay, false)?;
            let (org, today) = (decision.own_org(org)?, decision.now.day());
            let draft = destination::place(&row.core, org, today, today, &contact)?;
            row.kept.intake = intake.or(row.kept.intake);
            row.kept.management = management.or(row.kept.management);
            decision.say(&mut row, &peer, draft)?;
            Ok(row.core.id)
        })?;
        self.stay(&id.to_string())
    }

    /// Notes at the origin since when a member is settled where they stay (户口迁出), so that the
    /// transfer is due from that day; or, without a day, that they are not. The other side is not
    /// told: the transfer is the origin's to urge.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.not_own`, `stay.state` unless the member is away, `date.invalid`,
    /// `field.invalid` for a day to come.
    pub fn settle_stay(&self, stay: &str, on: Option<&str>) -> Result<view::Stay, Refusal> {
        let on = on.map(text::day).transpose()?;
        let (id, _) = self.decide(|decision| {
            let (mut row, _) = decision.stay_of(stay, true)?;
            let word = row.core.word();
            let (true, Some((member, _))) = (word.is_away(), row.core.membership()) else {
                let refused = Refusal::about(Code::StayState, word.name());
                return Err(refused.allowing(origin::allowed(word)).into());
            };
            if on.is_some_and(|on| on > decision.now.day()) {
                return Err(Refusal::about(Code::FieldInvalid, "on").into());
            }
            let id = row.core.id;
            if row.kept.settled != on {
                row.kept.settled = on;
                let kind = if on.is_some() { "settled" } else { "settled_withdrawn" };
                decision.note(member, kind, None);
                decision.put_stay(row)?;
            }
            Ok(id)
        })?;
        self.stay(&id.to_string())
    }

    /// Reports the facts of a quarter about a guest.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.not_own`, `stay.state`, `date.invalid`, `field.invalid`.
    pub fn report_stay(&self, stay: &str, request: &ReportRequest) -> Result<view::Stay, Refusal> {
        let period = request.period.parse::<Quarter>();
        let period = period.map_err(|_| Refusal::about(Code::DateInvalid, &request.period))?;
        let report = ParticipationReport {
            revision: 0,
            period,
            attended: request.attended,
            held: request.held,
            dues_paid_through: request.dues_paid_through.as_deref().map(text::month).transpose()?,
        };
        let duties = Duties {
            duties: prose(&request.duties, "duties")?,
            note: prose(&request.note, "note")?,
        };
        self.say_as(stay, Side::Destination, |core, today| {
            destination::report(core, report, today, &duties)
        })
    }

    /// Notes that a member's contact person had contact.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.not_own`, `stay.state`, `date.invalid`, `field.invalid`.
    pub fn note_contact(&self, stay: &str, on: Option<&str>) -> Result<view::Stay, Refusal> {
        let on = on.map(text::day).transpose()?;
        self.say_as(stay, Side::Origin, |core, today| {
            origin::note_contact(core, on.unwrap_or(today), today)
        })
    }

    /// Sends news of the home organisation.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.not_own`, `stay.state`, `field.invalid`.
    pub fn send_bulletin(&self, stay: &str, news: &Private<String>) -> Result<view::Stay, Refusal> {
        let news = text::free_text(news.reveal(), "text", NEWS_CHARS_MAX)?;
        self.say_as(stay, Side::Origin, |core, today| origin::bulletin(core, today, news.reveal()))
    }

    /// Notes that the mobility certificate was checked.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.not_own`, `stay.state`, `date.invalid`, `field.invalid`.
    pub fn review_stay(&self, stay: &str, on: Option<&str>) -> Result<view::Stay, Refusal> {
        let on = on.map(text::day).transpose()?;
        self.say_as(stay, Side::Origin, |core, today| {
            origin::review(core, on.unwrap_or(today), today)
        })
    }

    /// Asks the other side for help with the member's affairs.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.state`, `stay.help_open`, `field.invalid`.
    pub fn ask_help(&self, stay: &str, what: &Private<String>) -> Result<view::Stay, Refusal> {
        let what = text::free_text(what.reveal(), "text", TEXT_CHARS_MAX)?;
        self.say_in(stay, |core, side, today| help::ask(core, side, today, what.reveal()))
    }

    /// Answers what the other side asked.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.no_request`, `field.invalid`.
    pub fn answer_help(&self, stay: &str, answer: &Private<String>) -> Result<view::Stay, Refusal> {
        let answer = text::free_text(answer.reveal(), "text", TEXT_CHARS_MAX)?;
        self.say_in(stay, |core, side, today| help::answer(core, side, today, answer.reveal()))
    }

    /// Ends a stay of a member of ours, or proposes it for a guest. The end needs no peer
    /// that is still trusted; a proposal does.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.state`, `stay.not_own`, `ground.unknown`, `date.invalid`,
    /// `field.invalid`.
    pub fn end_stay(&self, stay: &str, request: &EndRequest) -> Result<view::Stay, Refusal> {
        let how = EndedHow::from_name(&request.how);
        let how = how.ok_or_else(|| Refusal::about(Code::GroundUnknown, &request.how))?;
        let on = request.on.as_deref().map(text::day).transpose()?;
        let note = prose(&request.note, "note")?;
        let note = note.reveal();
        let (id, _) = self.decide(|decision| {
            let (mut row, peer) = decision.stay_to_end(stay)?;
            let (core, today) = (&row.core, decision.now.day());
            let on = on.unwrap_or(today);
            let draft = match row.side() {
                Side::Origin => origin::end(core, how, on, today, note)?,
                Side::Destination => destination::propose_end(core, how, on, today, note)?,
            };
            decision.say(&mut row, &peer, draft)?;
            Ok(row.core.id)
        })?;
        self.stay(&id.to_string())
    }

    fn say_as(
        &self,
        stay: &str,
        side: Side,
        draft: impl Fn(&Stay, Day) -> Result<Draft, Refusal>,
    ) -> Result<view::Stay, Refusal> {
        self.say_in(stay, |core, ours, today| {
            if ours != side {
                return Err(Refusal::about(Code::StayNotOwn, core.id));
            }
            draft(core, today)
        })
    }

    fn say_in(
        &self,
        stay: &str,
        draft: impl Fn(&Stay, Side, Day) -> Result<Draft, Refusal>,
    ) -> Result<view::Stay, Refusal> {
        let (id, _) = self.decide(|decision| {
            let (mut row, peer) = decision.stay_to_change(stay)?;
            let draft = draft(&row.core, row.side(), decision.now.day())?;
            decision.say(&mut row, &peer, draft)?;
            Ok(row.core.id)
        })?;
        self.stay(&id.to_string())
    }
}

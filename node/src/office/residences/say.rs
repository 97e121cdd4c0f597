//! What unit and community say in a residence.

use protocol::id::OrgCode;
use protocol::limits::TEXT_CHARS_MAX;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::residence::state::Residence;
use protocol::residence::{community, unit};
use protocol::statement::Draft;
use protocol::statement::mobility::particulars::Duties;
use protocol::statement::residence::{
    AnnualFeedback, Matter, ResidenceEnd, ResidenceIntroduction, ResidentParticulars,
};
use protocol::stay::state::Side;
use protocol::time::Day;

use crate::store::rows::{Custody, MemberRow, PeerRow};

use super::super::decide::{Decision, Stop};
use super::super::stays::{ContactRequest, EndRequest, prose};
use super::super::{Office, text, view};
use super::Case;
use super::show::{Told, card_context};

/// What a clerk of the unit fills in.
#[derive(Debug, Clone, Default)]
pub struct IntroductionRequest {
    /// The community's organisation.
    pub to: String,
    /// 居住地址; else what the roster says.
    pub address: Private<String>,
    /// When; else today.
    pub on: Option<String>,
    /// 单位联系人.
    pub contact: ContactRequest,
}

/// What the resident tells the community. It stays there.
#[derive(Debug, Clone, Default)]
pub struct CardRequest {
    /// 职业.
    pub occupation: Private<String>,
    /// 服务意愿.
    pub wishes: Private<String>,
    /// 空闲时间.
    pub free_time: Private<String>,
}

/// The facts of a year, as typed.
#[derive(Debug, Clone, Default)]
pub struct FeedbackRequest {
    /// The calendar year.
    pub year: u16,
    /// Activities attended.
    pub attended: u16,
    /// Activities held.
    pub held: u16,
    /// 承担工作.
    pub duties: Private<String>,
    /// 备注.
    pub note: Private<String>,
}

impl Office {
    /// Introduces a member of ours to the community where they live, in another region or in this
    /// one.
    ///
    /// # Errors
    /// `member.unknown`, `member.not_full`, `residence.open`, `org.unknown`, `peer.revoked`,
    /// `date.invalid`, `field.invalid`.
    pub fn introduce_resident(
        &self,
        member: &str,
        request: &IntroductionRequest,
    ) -> Result<view::Residence, Refusal> {
        let to = text::org_code(&request.to)?;
        let on = request.on.as_deref().map(text::day).transpose()?;
        let address = prose(&request.address, "address")?;
        let (id, _) = self.decide(|decision| {
            let member = decision.snapshot.named_member(member)?;
            let particulars = decision.resident(&member, &address, &request.contact)?;
            let today = decision.now.day();
            let (peer, to_org) = decision.community(to)?;
            let introduction = ResidenceIntroduction {
                from_org: member.org,
                to_org,
                standing: member.standing,
                on: on.unwrap_or(today),
            };
            let membership = decision.residing(&member)?;
            let draft = unit::introduce(&membership, introduction, today, &particulars)?;
            decision.open_residence(peer, draft)
        })?;
        self.residence(&id)
    }

    /// Notes that a resident reported, and keeps what they told. What is left empty of the card
    /// stays as it was.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.not_own`, `residence.state`, `org.unknown`,
    /// `field.invalid`.
    pub fn register_resident(
        &self,
        residence: &str,
        org: &str,
        contact: &ContactRequest,
        card: &CardRequest,
    ) -> Result<view::Residence, Refusal> {
        let (org, contact) = (text::org_code(org)?, contact.read()?);
        let (id, _) = self.decide(|decision| {
            let mut case = decision.residence_to_change(residence)?;
            case.speaks_for(Side::Destination)?;
            let (org, today) = (decision.own_org(org)?, decision.now.day());
            let draft = community::register(&case.row.core, org, today, today, &contact)?;
            case.row.card = decision.card_of(&case, card)?;
            decision.say_in_residence(case, draft)
        })?;
        self.residence(&id)
    }

    /// Tells the unit the facts of a year.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.not_own`, `residence.state`, `field.invalid`.
    pub fn feed_back(
        &self,
        residence: &str,
        request: &FeedbackRequest,
    ) -> Result<view::Residence, Refusal> {
        let FeedbackRequest { year, attended, held, .. } = *request;
        let (duties, note) = (prose(&request.duties, "duties")?, prose(&request.note, "note")?);
        let duties = Duties { duties, note };
        self.say_for(residence, Side::Destination, |core, today| {
            let feedback = AnnualFeedback { revision: 0, year, attended, held, on: today };
            community::feedback(core, feedback, today, &duties)
        })
    }

    /// Tells the community what was done with its feedback.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.not_own`, `residence.no_feedback`, `field.invalid`.
    pub fn respond_to_feedback(
        &self,
        residence: &str,
        response: &Private<String>,
    ) -> Result<view::Residence, Refusal> {
        let response = text::free_text(response.reveal(), "text", TEXT_CHARS_MAX)?;
        self.say_for(residence, Side::Origin, |core, today| {
            unit::respond(core, today, response.reveal())
        })
    }

    /// Asks the community for its opinion.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.not_own`, `residence.state`, `residence.opinion_open`,
    /// `field.invalid`.
    pub fn ask_opinion(
        &self,
        residence: &str,
        matter: &str,
        question: &Private<String>,
    ) -> Result<view::Residence, Refusal> {
        let known = Matter::from_name(matter);
        let matter = known.ok_or_else(|| Refusal::about(Code::FieldInvalid, "matter"))?;
        let question = text::free_text(question.reveal(), "text", TEXT_CHARS_MAX)?;
        self.say_for(residence, Side::Origin, |core, today| {
            unit::ask(core, matter, today, question.reveal())
        })
    }

    /// Gives the opinion that the unit asked for.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.not_own`, `residence.no_request`, `field.invalid`.
    pub fn answer_opinion(
        &self,
        residence: &str,
        answer: &Private<String>,
    ) -> Result<view::Residence, Refusal> {
        let answer = text::free_text(answer.reveal(), "text", TEXT_CHARS_MAX)?;
        self.say_for(residence, Side::Destination, |core, today| {
            community::answer(core, today, answer.reveal())
        })
    }

    /// Notes that a residence ended, as this side saw it.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.state`, `residence.not_own`, `ground.unknown`,
    /// `date.invalid`, `field.invalid`.
    pub fn end_residence(
        &self,
        residence: &str,
        request: &EndRequest,
    ) -> Result<view::Residence, Refusal> {
        let how = ResidenceEnd::from_name(&request.how);
        let how = how.ok_or_else(|| Refusal::about(Code::GroundUnknown, &request.how))?;
        let on = request.on.as_deref().map(text::day).transpose()?;
        let note = prose(&request.note, "note")?;
        let (id, _) = self.decide(|decision| {
            let case = decision.residence_to_change(residence)?;
            let today = decision.now.day();
            let by = if case.row.own { Side::Origin } else { Side::Destination };
            let end = (how, on.unwrap_or(today));
            let draft = unit::end(&case.row.core, by, end, today, note.reveal())?;
            decision.say_in_residence(case, draft)
        })?;
        self.residence(&id)
    }

    fn say_for(
        &self,
        residence: &str,
        side: Side,
        draft: impl Fn(&Residence, Day) -> Result<Draft, Refusal>,
    ) -> Result<view::Residence, Refusal> {
        let (id, _) = self.decide(|decision| {
            let case = decision.residence_to_change(residence)?;
            case.speaks_for(side)?;
            let draft = draft(&case.row.core, decision.now.day())?;
            decision.say_in_residence(case, draft)
        })?;
        self.residence(&id)
    }
}

impl Decision<'_> {
    /// The community with that code: of a peer, or of our own.
    fn community(&mut self, code: OrgCode) -> Result<(Option<PeerRow>, OrgCode), Stop> {
        if code.region == self.office.me().region {
            return Ok((None, self.own_org(code)?));
        }
        let addressee = self.addressee(code)?;
        let (peer, target) = &*addressee;
        Ok((Some(peer.clone()), target.code))
    }

    fn resident(
        &mut self,
        member: &MemberRow,
        address: &Private<String>,
        contact: &ContactRequest,
    ) -> Result<ResidentParticulars, Stop> {
        let secrets = self.secrets(member)?;
        let typed = !address.reveal().is_empty();
        Ok(ResidentParticulars {
            name: member.name.clone(),
            sex: member.sex,
            phone: secrets.phone,
            address: if typed { address.clone() } else { secrets.residence },
            contact: contact.read()?,
        })
    }

    fn residing(&mut self, row: &MemberRow) -> Result<unit::Membership, Stop> {
        let introduced = match row.resides {
            Some(residence) => self.snapshot.residence_by_row(residence)?.map(|row| row.core.id),
            None => None,
        };
        let (member, generation) = (row.member, row.generation);
        let full = row.custody == Custody::Here;
        Ok(unit::Membership { member, generation, full, introduced })
    }

    /// The card with what was told now, sealed.
    fn card_of(&mut self, case: &Case, card: &CardRequest) -> Result<Option<Vec<u8>>, Stop> {
        let held = self.office.card_held(self.snapshot, &case.row)?.unwrap_or_default();
        let keep = |told: &Private<String>, field, held: Private<String>| {
            let told = prose(told, field)?;
            Ok::<_, Refusal>(if told.reveal().is_empty() { held } else { told })
        };
        let told = Told {
            occupation: keep(&card.occupation, "occupation", held.occupation)?,
            wishes: keep(&card.wishes, "wishes", held.wishes)?,
            free_time: keep(&card.free_time, "free_time", held.free_time)?,
        };
        let (member, context) = (case.row.core.member, card_context(&case.row));
        Ok(Some(self.seal(member, &context, &told.to_bytes())?))
    }
}

//! The statements of a residence (双报到, `SPEC.md` §10): a member is employed in one place and lives
//! in another, and unit and community tell each other what they must. What they mean together is
//! `residence`; here is what they say.
//!
//! There is no mark, grade or score, and none may be added. Names, addresses and free text lie in
//! the private block. Every body but that of the introduction begins with a *revision*, which its
//! author raises with everything it says in the residence.

use crate::codec::{Decode, Encode};
use crate::id::{OrgCode, ResidenceId};
use crate::limits::{PHONE_CHARS_MAX, TEXT_CHARS_MAX};
use crate::member::{Sex, Standing, is_name, is_plain_text};
use crate::private::Private;
use crate::refusal::Code;
use crate::time::{Day, Month};

use super::attachment::Attachment;
use super::kind::Kind;
use super::mobility::particulars::{ContactPerson, Duties, Particulars, written};
use super::mobility::{Correction, Reply};
use super::named::named;
use super::{Body, Statement};

/// 住社区党员身份介绍函: a member of A's organisation lives in B's community. Nothing is transferred.
/// The identity number is not told: nobody needs it to welcome a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ResidenceIntroduction {
    /// The organisation of A that the member belongs to.
    pub from_org: OrgCode,
    /// The community's organisation.
    pub to_org: OrgCode,
    /// Full or on probation.
    pub standing: Standing,
    /// When.
    pub on: Day,
}

/// 社区报到登记: the member reported at the community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ResidenceRegistered {
    /// Counts what its author said in this residence.
    pub revision: u32,
    /// The branch or group that the member takes part in.
    pub org: OrgCode,
    /// When.
    pub on: Day,
}

/// 社区党员表现情况反馈函: the facts of a year; duties and notes are in the private block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AnnualFeedback {
    /// Counts what its author said in this residence.
    pub revision: u32,
    /// The calendar year.
    pub year: u16,
    /// Activities that the member attended.
    pub attended: u16,
    /// Activities that were held; not fewer.
    pub held: u16,
    /// When this was written.
    pub on: Day,
}

/// 征求意见函: what is asked is in the private block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpinionRequest {
    /// Counts what its author said in this residence.
    pub revision: u32,
    /// What the unit is about to decide.
    pub matter: Matter,
    /// When.
    pub on: Day,
}

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
        pub struct $name {
            /// Counts what its author said in this residence.
            pub revision: u32,
            /// When.
            pub on: Day,
        }
    )*};
}

answers! {
    /// 反馈办理情况回复: what was done with a feedback is in the private block.
    FeedbackResponse
    /// 意见回复: the opinion is in the private block.
    OpinionReply
}

/// 双报到终止.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ResidenceEnded {
    /// Counts what its author said in this residence.
    pub revision: u32,
    /// How it ended.
    pub how: ResidenceEnd,
    /// The last day of it.
    pub on: Day,
}

named! {
    /// What a unit is about to decide when it asks for the community's opinion.
    Matter {
        /// 评先评优.
        Award "award",
        /// 民主评议.
        Appraisal "appraisal",
        /// 提拔任用.
        Promotion "promotion",
        /// 发展入党.
        Admission "admission",
    }
}

named! {
    /// How a residence ended.
    ResidenceEnd {
        /// 迁居.
        Moved "moved",
        /// 误开: the introduction was a mistake.
        Withdrawn "withdrawn",
        /// 不在此居住: the community does not find the member.
        NotHere "not_here",
        /// 组织关系已转出.
        Transferred "transferred",
        /// 组织关系终止.
        MembershipEnded "membership_ended",
    }
}

macro_rules! bodies {
    ($($name:ident)*) => {
        $(impl Body for $name {
            const KIND: Kind = Kind::$name;
        })*
    };
}

bodies! {
    ResidenceIntroduction ResidenceRegistered AnnualFeedback FeedbackResponse OpinionRequest
    OpinionReply ResidenceEnded
}

/// What a ResidenceIntroduction says of the person.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ResidentParticulars {
    /// 姓名.
    pub name: Private<String>,
    /// 性别, if known.
    pub sex: Option<Sex>,
    /// 本人电话, may be empty.
    pub phone: Private<String>,
    /// 居住地址.
    pub address: Private<String>,
    /// 单位联系人.
    pub contact: ContactPerson,
}

impl Particulars for ResidentParticulars {
    fn is_well_formed(&self) -> bool {
        is_name(self.name.reveal())
            && is_plain_text(self.phone.reveal(), PHONE_CHARS_MAX)
            && is_plain_text(self.address.reveal(), TEXT_CHARS_MAX)
            && self.contact.is_well_formed()
    }
}

/// Refuses a block that is present and not that of a residence's statement of this kind.
///
/// # Errors
/// `statement.malformed`.
pub fn check_block(kind: Kind, attachment: &Attachment) -> Result<(), Code> {
    let Some(block) = attachment.block() else { return Ok(()) };
    match kind {
        Kind::ResidenceIntroduction => ResidentParticulars::from_block(block).map(drop),
        Kind::ResidenceRegistered => ContactPerson::from_block(block).map(drop),
        Kind::AnnualFeedback => Duties::from_block(block).map(drop),
        Kind::ResidenceEnded => written(kind, block).map(drop),
        _ => match written(kind, block)?.reveal().trim().is_empty() {
            true => Err(Code::StatementMalformed),
            false => Ok(()),
        },
    }
}

/// What a statement of a residence says, whatever its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The member lives at the destination.
    Introduction(ResidenceIntroduction),
    /// The member reported there.
    Registered(ResidenceRegistered),
    /// The facts of a year.
    Feedback(AnnualFeedback),
    /// What was done with them.
    Response(FeedbackResponse),
    /// An opinion was asked for.
    Opinion(OpinionRequest),
    /// And given.
    OpinionReply(OpinionReply),
    /// It ended.
    Ended(ResidenceEnded),
    /// Something was corrected in words.
    Correction(Correction),
    /// The member replied to something.
    Reply(Reply),
}

impl Said {
    /// Reads the public fields of a statement of a residence, within their ranges.
    ///
    /// # Errors
    /// `statement.unusable` for a kind of another family, `statement.malformed` for other fields
    /// than those of its kind, `statement.time` for something done after the day of the statement.
    pub fn read(statement: &Statement) -> Result<Said, Code> {
        let said = match statement.kind().ok_or(Code::StatementUnknownKind)? {
            Kind::ResidenceIntroduction => Said::Introduction(statement.body()?),
            Kind::ResidenceRegistered => Said::Registered(statement.body()?),
            Kind::AnnualFeedback => Said::Feedback(statement.body()?),
            Kind::FeedbackResponse => Said::Response(statement.body()?),
            Kind::OpinionRequest => Said::Opinion(statement.body()?),
            Kind::OpinionReply => Said::OpinionReply(statement.body()?),
            Kind::ResidenceEnded => Said::Ended(statement.body()?),
            Kind::Correction => Said::Correction(statement.body()?),
            Kind::Reply => Said::Reply(statement.body()?),
            _ => return Err(Code::StatementUnusable),
        };
        let today = statement.fields().time.day();
        if let Said::Feedback(feedback) = said {
            if feedback.attended > feedback.held || Month::new(feedback.year, 1).is_none() {
                return Err(Code::StatementMalformed);
            }
            if feedback.year > today.year() {
                return Err(Code::StatementTime);
            }
        }
        if said.on() > today { Err(Code::StatementTime) } else { Ok(said) }
    }

    /// The day of what it tells.
    pub fn on(&self) -> Day {
        match self {
            Said::Introduction(said) => said.on,
            Said::Registered(said) => said.on,
            Said::Feedback(said) => said.on,
            Said::Response(said) => said.on,
            Said::Opinion(said) => said.on,
            Said::OpinionReply(said) => said.on,
            Said::Ended(said) => said.on,
            Said::Correction(said) => said.on,
            Said::Reply(said) => said.on,
        }
    }

    /// Whether it answers a further statement of the residence, besides the introduction.
    pub fn answers_further(&self) -> bool {
        use Said::{Correction, OpinionReply, Reply, Response};
        matches!(self, Response(_) | OpinionReply(_) | Correction(_) | Reply(_))
    }

    /// Its author's count; 0 for the introduction, which is always the first.
    pub fn revision(&self) -> u32 {
        match self {
            Said::Introduction(_) => 0,
            Said::Registered(said) => said.revision,
            Said::Feedback(said) => said.revision,
            Said::Response(said) => said.revision,
            Said::Opinion(said) => said.revision,
            Said::OpinionReply(said) => said.revision,
            Said::Ended(said) => said.revision,
            Said::Correction(said) => said.revision,
            Said::Reply(said) => said.revision,
        }
    }
}

impl Statement {
    /// The residence that it belongs to, if it can be of one: the one that it opens, or that whose
    /// introduction it answers first. A Correction or Reply may be of a stay as well.
    pub fn residence(&self) -> Option<ResidenceId> {
        let opening = match self.kind()? {
            Kind::ResidenceIntroduction => self.hash(),
            kind if kind.is_of_residence() => self.fields().answers.first().copied()?,
            _ => return None,
        };
        Some(ResidenceId::of_opening(opening))
    }
}

impl Kind {
    /// Whether it is a kind of a residence's statements.
    pub fn is_of_residence(self) -> bool {
        (Kind::ResidenceIntroduction..=Kind::ResidenceEnded).contains(&self) || self.is_attached()
    }

    /// Whether it hangs on another statement, of a letter, a stay or a residence.
    pub fn is_attached(self) -> bool {
        matches!(self, Kind::Correction | Kind::Reply)
    }
}

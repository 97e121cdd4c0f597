//! The statements of a stay (`SPEC.md` §7). What they mean together is `stay`; here is what they
//! say.
//!
//! Every body but that of the ReportIn begins with a *revision*, which its author raises with every
//! statement it makes about the stay, so that of two statements about one thing it is plain which
//! stands. Names, phones and free text are never here: they lie in the private block
//! ([`particulars`]).

pub mod particulars;

use crate::codec::{Decode, Encode};
use crate::id::{OrgCode, StayId};
use crate::limits::{DUES_AHEAD_MONTHS_MAX, STAY_AHEAD_DAYS_MAX};
use crate::member::Standing;
use crate::refusal::Code;
use crate::time::{Day, Month, Quarter};

use super::kind::Kind;
use super::named::named;
use super::{Body, Statement};

/// 流动党员活动证: A's member stays at B. Who, why, where exactly and with which contact person is
/// in the private block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StayNotice {
    /// Counts what its author said in this stay.
    pub revision: u32,
    /// The organisation of A that the member belongs to.
    pub from_org: OrgCode,
    /// The organisation of B that the notice is addressed to.
    pub to_org: OrgCode,
    /// Full or on probation.
    pub standing: Standing,
    /// The last month paid for, if known.
    pub dues_paid_through: Option<Month>,
    /// The first day away.
    pub from: Day,
    /// The last day away, if it is known; never before the first.
    pub until: Option<Day>,
}

/// 报到登记: somebody who says to be A's member reported at B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReportIn {
    /// The organisation of B where the person reported.
    pub org: OrgCode,
    /// When.
    pub on: Day,
}

/// 编入支部: B takes the member into an organisation's life, with the contact named in the private
/// block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StayPlaced {
    /// Counts what its author said in this stay.
    pub revision: u32,
    /// The branch or group of B.
    pub org: OrgCode,
    /// Since when.
    pub on: Day,
}

/// 参加组织生活情况反馈: the facts of a quarter. There is no mark, grade or score, and none may be
/// added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ParticipationReport {
    /// Counts what its author said in this stay.
    pub revision: u32,
    /// The quarter.
    pub period: Quarter,
    /// Meetings and activities that the member attended.
    pub attended: u16,
    /// Meetings and activities that were held; not fewer.
    pub held: u16,
    /// The last month paid for, if dues are paid at B.
    pub dues_paid_through: Option<Month>,
}

macro_rules! day_notes {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
        pub struct $name {
            /// Counts what its author said in this stay.
            pub revision: u32,
            /// The day it was done.
            pub on: Day,
        }

        impl Body for $name {
            const KIND: Kind = Kind::$name;
        }
    )*};
}

day_notes! {
    /// 联系记录: that the member's contact person had contact, not what was said.
    ContactNote
    /// 组织情况通报: news of the home organisation, in the private block.
    Bulletin
    /// 活动证查验: the mobility certificate was checked.
    CertificateReview
    /// 协助请求: what is asked of the other side is in the private block.
    HelpRequest
    /// 协助答复: the answer is in the private block.
    HelpAnswer
    /// 更正: what its author says instead of an earlier statement is in the private block.
    Correction
    /// 本人说明: the member's own words about a statement are in the private block.
    Reply
}

macro_rules! ends {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
        pub struct $name {
            /// Counts what its author said in this stay.
            pub revision: u32,
            /// How the stay ended.
            pub how: EndedHow,
            /// The last day of it.
            pub on: Day,
        }

        impl Body for $name {
            const KIND: Kind = Kind::$name;
        }
    )*};
}

ends! {
    /// 终止建议: B saw the stay end; A decides.
    EndProposal
    /// 流动终止: the stay has ended.
    StayEnded
}

named! {
    /// How a stay ended.
    EndedHow {
        /// 返回.
        Returned "returned",
        /// 转为组织关系转接.
        Transferred "transferred",
        /// 转往他处.
        Moved "moved",
        /// 失去联系.
        LostContact "lost_contact",
        /// 组织关系终止.
        MembershipEnded "membership_ended",
        /// 非本地成员: A does not know the person that reported.
        NotOurs "not_ours",
        /// 重复: another stay of the same member is open.
        Duplicate "duplicate",
    }
}

impl EndedHow {
    /// Whether the destination can see that and propose it.
    pub fn may_be_proposed(self) -> bool {
        use EndedHow::{LostContact, Moved, Returned, Transferred};
        matches!(self, Returned | Transferred | Moved | LostContact)
    }
}

impl Body for StayNotice {
    const KIND: Kind = Kind::StayNotice;
}
impl Body for ReportIn {
    const KIND: Kind = Kind::ReportIn;
}
impl Body for StayPlaced {
    const KIND: Kind = Kind::StayPlaced;
}
impl Body for ParticipationReport {
    const KIND: Kind = Kind::ParticipationReport;
}

impl StayNotice {
    /// The field that lies further ahead of `today` than it may.
    pub fn too_far_ahead(&self, today: Day) -> Option<&'static str> {
        if self.from > today.plus_days(STAY_AHEAD_DAYS_MAX) {
            return Some("from");
        }
        are_dues_too_far_ahead(self.dues_paid_through, today)
    }
}

impl ParticipationReport {
    /// The field that lies further ahead of `today` than it may.
    pub fn too_far_ahead(&self, today: Day) -> Option<&'static str> {
        are_dues_too_far_ahead(self.dues_paid_through, today)
    }
}

fn are_dues_too_far_ahead(paid: Option<Month>, today: Day) -> Option<&'static str> {
    let latest = today.plus_months(DUES_AHEAD_MONTHS_MAX).month();
    paid.filter(|paid| *paid > latest).map(|_| "dues_paid_through")
}

/// What a statement of a stay says, whatever its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The member stays at the destination.
    Notice(StayNotice),
    /// A person reported at the destination.
    ReportIn(ReportIn),
    /// The member was placed.
    Placed(StayPlaced),
    /// The facts of a quarter.
    Report(ParticipationReport),
    /// There was contact.
    Contact(ContactNote),
    /// News was sent.
    Bulletin(Bulletin),
    /// The certificate was checked.
    Review(CertificateReview),
    /// Help was asked for.
    Help(HelpRequest),
    /// And given.
    HelpAnswer(HelpAnswer),
    /// The end was proposed.
    Proposal(EndProposal),
    /// And decided.
    Ended(StayEnded),
    /// Something was corrected in words.
    Correction(Correction),
    /// The member replied to something.
    Reply(Reply),
}

impl Said {
    /// Reads the public fields of a statement of a stay, within their ranges.
    ///
    /// # Errors
    /// `statement.unusable` for a kind of another family, `statement.malformed` for other fields
    /// than those of its kind, or fields that contradict each other, `statement.time` for something
    /// done after the day of the statement that tells it.
    pub fn read(statement: &Statement) -> Result<Said, Code> {
        let said = match statement.kind().ok_or(Code::StatementUnknownKind)? {
            Kind::StayNotice => Said::Notice(statement.body()?),
            Kind::ReportIn => Said::ReportIn(statement.body()?),
            Kind::StayPlaced => Said::Placed(statement.body()?),
            Kind::ParticipationReport => Said::Report(statement.body()?),
            Kind::ContactNote => Said::Contact(statement.body()?),
            Kind::Bulletin => Said::Bulletin(statement.body()?),
            Kind::CertificateReview => Said::Review(statement.body()?),
            Kind::HelpRequest => Said::Help(statement.body()?),
            Kind::HelpAnswer => Said::HelpAnswer(statement.body()?),
            Kind::EndProposal => Said::Proposal(statement.body()?),
            Kind::StayEnded => Said::Ended(statement.body()?),
            Kind::Correction => Said::Correction(statement.body()?),
            Kind::Reply => Said::Reply(statement.body()?),
            _ => return Err(Code::StatementUnusable),
        };
        let today = statement.fields().time.day();
        match () {
            () if !said.is_consistent() => Err(Code::StatementMalformed),
            () if !said.is_past(today) => Err(Code::StatementTime),
            () => Ok(said),
        }
    }

    /// Whether what it tells had been done by that day, or may lie ahead of it: the latest of such
    /// days counts, so one in the future would hide what is due for ever.
    fn is_past(&self, today: Day) -> bool {
        match self {
            Said::Notice(said) => said.too_far_ahead(today).is_none(),
            Said::ReportIn(said) => said.on <= today,
            Said::Placed(said) => said.on <= today,
            Said::Report(said) => {
                said.period <= Quarter::of(today) && said.too_far_ahead(today).is_none()
            }
            Said::Contact(said) => said.on <= today,
            Said::Bulletin(said) => said.on <= today,
            Said::Review(said) => said.on <= today,
            Said::Help(said) => said.on <= today,
            Said::HelpAnswer(said) => said.on <= today,
            Said::Proposal(said) => said.on <= today,
            Said::Ended(said) => said.on <= today,
            Said::Correction(said) => said.on <= today,
            Said::Reply(said) => said.on <= today,
        }
    }

    fn is_consistent(&self) -> bool {
        match self {
            Said::Notice(notice) => notice.until.is_none_or(|until| until >= notice.from),
            Said::Report(report) => report.attended <= report.held,
            Said::Proposal(proposal) => proposal.how.may_be_proposed(),
            _ => true,
        }
    }

    /// Whether it answers a further statement of the stay, besides the opening.
    pub fn answers_further(&self) -> bool {
        matches!(self, Said::HelpAnswer(_) | Said::Correction(_) | Said::Reply(_))
    }

    /// Its author's count; 0 for the ReportIn, which is always the first.
    pub fn revision(&self) -> u32 {
        match self {
            Said::Notice(said) => said.revision,
            Said::ReportIn(_) => 0,
            Said::Placed(said) => said.revision,
            Said::Report(said) => said.revision,
            Said::Contact(said) => said.revision,
            Said::Bulletin(said) => said.revision,
            Said::Review(said) => said.revision,
            Said::Help(said) => said.revision,
            Said::HelpAnswer(said) => said.revision,
            Said::Proposal(said) => said.revision,
            Said::Ended(said) => said.revision,
            Said::Correction(said) => said.revision,
            Said::Reply(said) => said.revision,
        }
    }
}

impl Statement {
    /// The stay that it belongs to, if it is of one: the one that it opens, or that whose opening
    /// it answers first.
    pub fn stay(&self) -> Option<StayId> {
        let answered = self.fields().answers.first().copied();
        let opening = match self.kind()? {
            Kind::ReportIn => self.hash(),
            Kind::StayNotice => answered.unwrap_or(self.hash()),
            kind if kind.is_of_stay() => answered?,
            _ => return None,
        };
        Some(StayId::of_opening(opening))
    }
}

impl Kind {
    /// Whether it is a kind of a stay's statements.
    pub fn is_of_stay(self) -> bool {
        (Kind::StayNotice..=Kind::Reply).contains(&self)
    }
}

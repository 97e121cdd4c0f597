//! Residences (双报到): a member who is employed in one place and lives in another.

use serde::{Deserialize, Serialize};

use super::{MemberName, StayContact, StayEnd};

/// A residence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residence {
    /// Its id: the hash of the introduction, hex.
    pub id: String,
    /// `out`: a member of ours lives elsewhere; `in`: somebody else's lives here; `local`: both
    /// organisations are ours.
    pub direction: String,
    /// `introduced`, `registered` or `ended`.
    pub state: String,
    /// Who it is about.
    pub member: Resident,
    /// The region of the unit.
    pub from_region: String,
    /// The unit's organisation, that the member belongs to.
    pub from_org: String,
    /// Its name.
    pub from_org_name: Option<String>,
    /// The region of the community.
    pub to_region: String,
    /// The organisation of the community that must act.
    pub to_org: String,
    /// Its name.
    pub to_org_name: Option<String>,
    /// `full` or `probationary`.
    pub standing: String,
    /// The day of the introduction.
    pub introduced_on: String,
    /// 居住地址; none if it was not told, or once erased.
    pub address: Option<String>,
    /// 单位联系人.
    pub contact: Option<StayContact>,
    /// That the member reported.
    pub registered: Option<ResidenceRegistration>,
    /// What the resident told the community; only where the community is.
    pub card: Option<ResidentCard>,
    /// The feedback of the latest year.
    pub feedback: Option<ResidenceFeedback>,
    /// The opinion that was asked for last.
    pub opinion: Option<OpinionState>,
    /// How and when it ended: `moved`, `withdrawn`, `not_here`, `transferred` or
    /// `membership_ended`.
    pub ended: Option<StayEnd>,
    /// `queued` until the other side durably holds everything that we said, then `delivered`;
    /// `rejected` if it could not use what we said last.
    pub delivery: String,
    /// Why it could not, a stable code.
    pub rejected: Option<String>,
    /// What was said, newest first; in a list none.
    pub statements: Vec<ResidenceStatement>,
    /// What this node may do now.
    pub next: Vec<String>,
}

/// Who lives there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    /// The member's reference.
    #[serde(rename = "ref")]
    pub member: String,
    /// 姓名; none once erased.
    pub name: Option<String>,
    /// 联系电话, masked unless revealing was asked for.
    pub phone: Option<String>,
}

/// That a resident reported.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidenceRegistration {
    /// The branch or group.
    pub org: String,
    /// When.
    pub on: String,
    /// 社区联系人; none once erased.
    pub contact: Option<StayContact>,
}

/// 社区党员登记卡: what the resident told; it is sent to nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentCard {
    /// 职业.
    pub occupation: Option<String>,
    /// 服务意愿.
    pub wishes: Option<String>,
    /// 空闲时间.
    pub free_time: Option<String>,
}

/// The facts of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidenceFeedback {
    /// The calendar year.
    pub year: u16,
    /// Activities attended.
    pub attended: u16,
    /// Activities held.
    pub held: u16,
    /// When it was written.
    pub on: String,
}

/// How far an opinion is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionState {
    /// `award`, `appraisal`, `promotion` or `admission`.
    pub matter: String,
    /// When it was asked for.
    pub asked_on: String,
    /// Whether it was given.
    pub answered: bool,
}

/// One statement of a residence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidenceStatement {
    /// Its kind, such as `annualfeedback`.
    pub kind: String,
    /// The code of the region that said it.
    pub by: String,
    /// The stated time.
    pub at: String,
    /// The statement's hash, hex.
    pub hash: String,
    /// Its number among what its author said: of what says the same thing again, the highest
    /// stands.
    pub revision: u32,
    /// The hash of the statement that it answers, corrects or replies to.
    pub answers: Option<String>,
    /// The facts of a feedback.
    pub feedback: Option<ResidenceFeedback>,
    /// What an opinion is about.
    pub matter: Option<String>,
    /// What was written; none if nothing was, or once erased.
    pub text: Option<String>,
}

/// A question to a community, and its opinion.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// The residence.
    pub residence: String,
    /// Who it is about.
    pub member: MemberName,
    /// `award`, `appraisal`, `promotion` or `admission`.
    pub matter: String,
    /// The unit that asks.
    pub from_org: String,
    /// The community that is asked.
    pub to_org: String,
    /// When.
    pub asked_on: String,
    /// The question; none once erased.
    pub question: Option<String>,
    /// When it was answered.
    pub answered_on: Option<String>,
    /// The opinion.
    pub answer: Option<String>,
}

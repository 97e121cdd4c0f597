//! Stays (双向管理): a member who is away, as this node sees it.

use serde::{Deserialize, Serialize};

/// A stay.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// The stay's id: the hash of the statement that opened it, hex.
    pub id: String,
    /// `out`: a member of ours is away; `in`: somebody else's member stays here.
    pub direction: String,
    /// `reported`, `noticed`, `placed` or `ended`.
    pub state: String,
    /// `notice` or `report_in`.
    pub opened_by: String,
    /// The day it was opened.
    pub opened_on: String,
    /// Who it is about.
    pub member: StayMember,
    /// The region of origin.
    pub from_region: String,
    /// The organisation that the member belongs to, and that answers for them; none before the
    /// origin confirmed.
    pub from_org: Option<String>,
    /// The region where the member stays.
    pub to_region: String,
    /// The organisation there that must act.
    pub to_org: Option<String>,
    /// Its name.
    pub to_org_name: Option<String>,
    /// `full` or `probationary`.
    pub standing: Option<String>,
    /// The first day away.
    pub from: String,
    /// The last day away, if it was foreseen.
    pub until: Option<String>,
    /// Since when the member is settled there (户口迁出); only at the origin that noted it.
    #[serde(default)]
    pub settled: Option<String>,
    /// 事由.
    pub reason: Option<String>,
    /// 地点.
    pub place: Option<String>,
    /// 联系人 of the home organisation.
    pub contact: Option<StayContact>,
    /// Where the member was placed.
    pub placed: Option<StayPlacement>,
    /// 接收方式: `embedded`, `attached` or `by_industry`; only at the place that noted it.
    #[serde(default)]
    pub intake: Option<String>,
    /// 管理方式: `direct`, `assisted`, `participatory` or `joint`; only at the place that noted it.
    #[serde(default)]
    pub mode: Option<String>,
    /// The report of the latest quarter.
    pub last_report: Option<StayReport>,
    /// When the contact person last had contact.
    pub last_contact: Option<String>,
    /// When news was last sent.
    pub last_bulletin: Option<String>,
    /// When the certificate was last checked.
    pub last_review: Option<String>,
    /// 党费交至, a month.
    pub dues_paid_through: Option<String>,
    /// What one side asked the other and has no answer yet.
    pub requests: Vec<StayRequest>,
    /// What the destination proposes; the origin decides.
    pub proposal: Option<StayEnd>,
    /// How and when it ended.
    pub ended: Option<StayEnd>,
    /// `queued` until the other side durably holds everything that we said, then `delivered`;
    /// `rejected` if it could not use something.
    pub delivery: String,
    /// Why it could not, a stable code.
    pub rejected: Option<String>,
    /// What was said, newest first; in a list none.
    pub statements: Vec<StayStatement>,
    /// What this node may do now.
    pub next: Vec<String>,
}

/// Who a stay is about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayMember {
    /// The member's reference; none before the origin confirmed.
    #[serde(rename = "ref")]
    pub member: Option<String>,
    /// 姓名; none once erased.
    pub name: Option<String>,
    /// 公民身份号码, masked unless revealing was asked for.
    pub id_number: Option<String>,
    /// 联系电话, masked unless revealing was asked for.
    pub phone: Option<String>,
}

/// Somebody to call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayContact {
    /// 姓名.
    pub name: String,
    /// 电话.
    pub phone: Option<String>,
}

/// Where the destination placed the member.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayPlacement {
    /// The branch or group.
    pub org: String,
    /// Since when.
    pub on: String,
    /// 联系人 there; none once erased.
    pub contact: Option<StayContact>,
}

/// The facts of a quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayReport {
    /// `YYYY-Qn`.
    pub period: String,
    /// Meetings and activities attended.
    pub attended: u16,
    /// Meetings and activities held.
    pub held: u16,
    /// 党费交至, a month.
    pub dues_paid_through: Option<String>,
}

/// A request that waits for an answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayRequest {
    /// The code of the region that asked.
    pub by: String,
    /// When.
    pub on: String,
}

/// The end of a stay, decided or proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayEnd {
    /// `returned`, `transferred`, `moved`, `lost_contact`, `membership_ended`, `not_ours` or
    /// `duplicate`.
    pub how: String,
    /// The last day.
    pub on: String,
}

/// One signed statement of a stay.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayStatement {
    /// Its kind, such as `participationreport`.
    pub kind: String,
    /// The code of the signing region.
    pub by: String,
    /// The signed time.
    pub at: String,
    /// The statement's hash, hex.
    pub hash: String,
    /// Its number among what its author said in the stay: of what says the same thing again, the
    /// highest stands.
    pub revision: u32,
    /// The hash of the statement that it corrects, replies to or answers.
    pub answers: Option<String>,
    /// The quarter of a report.
    pub report: Option<StayReport>,
    /// What was written; none if nothing was, or once erased.
    pub text: Option<String>,
}

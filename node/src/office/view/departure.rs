//! Departures: members who told their branch that they go away.

use serde::{Deserialize, Serialize};

use super::{MemberName, StayContact};

/// 外出报告. Nobody outside the region receives it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Its id, hex.
    pub id: String,
    /// `reported`, `filed`, `returned`, `stay` (a certificate was issued) or `left` (the membership
    /// left the region, or ended).
    pub state: String,
    /// Who.
    pub member: MemberName,
    /// The member's branch now.
    pub org: Option<String>,
    /// `full` or `probationary`.
    pub standing: Option<String>,
    /// When it was told.
    pub reported_on: String,
    /// The first day away.
    pub from: String,
    /// The last day away, if it was foreseen.
    pub until: Option<String>,
    /// 事由; none once erased.
    pub reason: Option<String>,
    /// 地点.
    pub place: Option<String>,
    /// 从事活动.
    pub activity: Option<String>,
    /// 外出期间联系电话, masked unless revealing was asked for.
    pub phone: Option<String>,
    /// 联系人 of the branch.
    pub contact: Option<StayContact>,
    /// 备案.
    pub filed: Option<DepartureFiling>,
    /// When it ended.
    pub ended_on: Option<String>,
    /// The stay that it became.
    pub stay: Option<String>,
    /// What may be done now.
    pub next: Vec<String>,
}

/// Who took note of a departure, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartureFiling {
    /// The organisation.
    pub org: String,
    /// The day.
    pub on: String,
}

//! What is asked about stays.

use serde::{Deserialize, Serialize};

use super::{Paging, PersonalText};

/// What is asked about members who are away, and about those of others who stay here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StayCommand {
    /// Certifies that a member stays elsewhere.
    Open {
        /// The member, or a unique prefix; else whoever reported the departure.
        member: Option<String>,
        /// The departure, or a unique prefix, whose report fills what is left empty.
        departure: Option<String>,
        /// The organisation there.
        to: String,
        /// Why, where, how long, and whom to call.
        notice: NoticeFields,
    },
    /// Takes down that somebody else's member reported here.
    ReportIn {
        /// 姓名.
        name: PersonalText,
        /// 公民身份号码.
        id_number: PersonalText,
        /// 联系电话.
        phone: Option<PersonalText>,
        /// 现住址或单位.
        place: Option<PersonalText>,
        /// The region of origin.
        from_region: String,
        /// Our organisation where the person reported.
        org: String,
    },
    /// Confirms that who reported elsewhere is a member of ours, or certifies a stay anew.
    Confirm {
        /// The stay, or a unique prefix.
        stay: String,
        /// The member, where the identity number does not tell.
        member: Option<String>,
        /// Why, where, how long, and whom to call.
        notice: NoticeFields,
    },
    /// Takes a guest into an organisation of ours.
    Place {
        /// The stay, or a unique prefix.
        stay: String,
        /// The branch or group.
        org: String,
        /// 联系人.
        contact: PersonalText,
        /// Their phone.
        contact_phone: Option<PersonalText>,
        /// One of [`INTAKES`].
        intake: Option<String>,
        /// One of [`MANAGEMENTS`].
        mode: Option<String>,
    },
    /// Notes since when a member of ours is settled where they stay; without a day, that they are
    /// not.
    Settle {
        /// The stay, or a unique prefix.
        stay: String,
        /// The day.
        on: Option<String>,
    },
    /// Reports the facts of a quarter.
    Report {
        /// The stay, or a unique prefix.
        stay: String,
        /// `YYYY-Qn`.
        period: String,
        /// Meetings and activities attended.
        attended: u16,
        /// Meetings and activities held.
        held: u16,
        /// 党费交至, a month.
        dues_paid_through: Option<String>,
        /// 承担工作.
        duties: Option<PersonalText>,
        /// 备注.
        note: Option<PersonalText>,
    },
    /// Notes that the contact person had contact.
    Contact {
        /// The stay, or a unique prefix.
        stay: String,
        /// The day; else today.
        on: Option<String>,
    },
    /// Sends news of the home organisation.
    Bulletin {
        /// The stay, or a unique prefix.
        stay: String,
        /// The news.
        text: PersonalText,
    },
    /// Notes that the mobility certificate was checked.
    Review {
        /// The stay, or a unique prefix.
        stay: String,
        /// The day; else today.
        on: Option<String>,
    },
    /// Asks the other side for help.
    Ask {
        /// The stay, or a unique prefix.
        stay: String,
        /// What is asked.
        text: PersonalText,
    },
    /// Answers what the other side asked.
    Answer {
        /// The stay, or a unique prefix.
        stay: String,
        /// The answer.
        text: PersonalText,
    },
    /// Ends a stay of a member of ours, or proposes it for a guest.
    End {
        /// The stay, or a unique prefix.
        stay: String,
        /// One of [`STAY_ENDS`].
        how: String,
        /// The last day; else today.
        on: Option<String>,
        /// 备注.
        note: Option<PersonalText>,
    },
    /// Issues the letter that a stay turns into.
    Transfer {
        /// The stay, or a unique prefix.
        stay: String,
        /// 事由.
        reason: Option<PersonalText>,
        /// Days of validity; else what the rules say.
        days: Option<i64>,
    },
    /// Lists them, newest first.
    List {
        /// One of [`DIRECTIONS`](super::DIRECTIONS).
        direction: Option<String>,
        /// One of [`STAY_STATES`].
        state: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Shows one with everything that was said.
    Show {
        /// The stay, or a unique prefix.
        stay: String,
    },
}

/// What the origin says about a stay when it certifies it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeFields {
    /// 事由.
    pub reason: Option<PersonalText>,
    /// 地点.
    pub place: Option<PersonalText>,
    /// The first day away.
    pub from: Option<String>,
    /// The last day away, if it is known.
    pub until: Option<String>,
    /// 联系人.
    pub contact: Option<PersonalText>,
    /// Their phone.
    pub contact_phone: Option<PersonalText>,
}

/// How a place takes a guest in.
pub const INTAKES: &[&str] = &["embedded", "attached", "by_industry"];
/// How much of the managing the place does.
pub const MANAGEMENTS: &[&str] = &["direct", "assisted", "participatory", "joint"];
/// States of stays.
pub const STAY_STATES: &[&str] = &["reported", "noticed", "placed", "ended"];
/// How a stay can end by hand; the last two only by the origin.
pub const STAY_ENDS: &[&str] =
    &["returned", "transferred", "moved", "lost_contact", "not_ours", "duplicate"];

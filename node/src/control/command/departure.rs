//! What is asked about departures.

use serde::{Deserialize, Serialize};

use super::{Paging, PersonalText};

/// What is asked about members who told their branch that they go away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DepartureCommand {
    /// Takes one down.
    Report {
        /// The member, or a unique prefix.
        member: String,
        /// 事由.
        reason: PersonalText,
        /// 地点.
        place: PersonalText,
        /// 从事活动.
        activity: Option<PersonalText>,
        /// The first day away.
        from: String,
        /// The last day away, if it is known.
        until: Option<String>,
        /// 联系电话 while away.
        phone: Option<PersonalText>,
        /// 联系人.
        contact: Option<PersonalText>,
        /// Their phone.
        contact_phone: Option<PersonalText>,
    },
    /// Files one with the organisation above.
    File {
        /// The departure, or a unique prefix.
        departure: String,
    },
    /// Records that the member is back.
    Return {
        /// The departure, or a unique prefix.
        departure: String,
        /// The day; else today.
        on: Option<String>,
    },
    /// Lists them, newest first.
    List {
        /// One of [`DEPARTURE_STATES`].
        state: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Shows one.
    Show {
        /// The departure, or a unique prefix.
        departure: String,
    },
}

/// States of departures.
pub const DEPARTURE_STATES: &[&str] = &["reported", "filed", "returned", "stay", "left"];

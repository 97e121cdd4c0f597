//! What is asked about residents who are employed elsewhere, and about what hangs on statements.

use serde::{Deserialize, Serialize};

use super::{Paging, PersonalText};

/// What is asked about residences and opinions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ResidenceCommand {
    /// Introduces a member to the community where they live.
    Introduce {
        /// The member, or a unique prefix.
        member: String,
        /// The community's organisation.
        to: String,
        /// 居住地址; else what the roster says.
        address: Option<PersonalText>,
        /// The day; else today.
        on: Option<String>,
        /// 单位联系人.
        contact: PersonalText,
        /// Their phone.
        contact_phone: Option<PersonalText>,
    },
    /// Notes that a resident reported, with what they told.
    Register {
        /// The residence, or a unique prefix.
        residence: String,
        /// The branch or group.
        org: String,
        /// 社区联系人.
        contact: PersonalText,
        /// Their phone.
        contact_phone: Option<PersonalText>,
        /// 职业.
        occupation: Option<PersonalText>,
        /// 服务意愿.
        wishes: Option<PersonalText>,
        /// 空闲时间.
        free_time: Option<PersonalText>,
    },
    /// Tells the unit the facts of a year.
    Feedback {
        /// The residence, or a unique prefix.
        residence: String,
        /// The calendar year.
        year: u16,
        /// Activities attended.
        attended: u16,
        /// Activities held.
        held: u16,
        /// 承担工作.
        duties: Option<PersonalText>,
        /// 备注.
        note: Option<PersonalText>,
    },
    /// Tells the community what was done with its feedback.
    Respond {
        /// The residence, or a unique prefix.
        residence: String,
        /// What was done.
        text: PersonalText,
    },
    /// Notes that a residence ended.
    End {
        /// The residence, or a unique prefix.
        residence: String,
        /// One of [`RESIDENCE_ENDS`].
        how: String,
        /// The last day; else today.
        on: Option<String>,
        /// 备注.
        note: Option<PersonalText>,
    },
    /// Lists them, newest first.
    List {
        /// One of [`DIRECTIONS`](super::DIRECTIONS).
        direction: Option<String>,
        /// One of [`RESIDENCE_STATES`].
        state: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Shows one with everything that was said.
    Show {
        /// The residence, or a unique prefix.
        residence: String,
    },
    /// Asks the community for its opinion.
    Ask {
        /// The residence, or a unique prefix.
        residence: String,
        /// One of [`MATTERS`].
        matter: String,
        /// The question.
        text: PersonalText,
    },
    /// Gives the opinion that was asked for.
    Answer {
        /// The residence, or a unique prefix.
        residence: String,
        /// The opinion.
        text: PersonalText,
    },
    /// Lists the last question in each residence.
    Opinions {
        /// One of [`DIRECTIONS`](super::DIRECTIONS).
        direction: Option<String>,
        /// Only those that wait for an answer.
        open: bool,
        /// Which part.
        paging: Paging,
    },
}

/// A correction of, or the member's own words about, a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachCommand {
    /// What the statement belongs to.
    pub case: AttachCase,
    /// Its id, or a unique prefix.
    pub id: String,
    /// Whether it is a correction; else the member's own words.
    pub correction: bool,
    /// The statement, by its hash or the beginning of it.
    pub statement: String,
    /// The words.
    pub text: PersonalText,
}

/// What a statement belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachCase {
    /// A letter.
    Letter,
    /// A stay.
    Stay,
    /// A residence.
    Residence,
}

/// States of residences.
pub const RESIDENCE_STATES: &[&str] = &["introduced", "registered", "ended"];
/// How a residence can end by hand; `withdrawn` only by the unit.
pub const RESIDENCE_ENDS: &[&str] = &["moved", "not_here", "withdrawn"];
/// What a unit asks a community about.
pub const MATTERS: &[&str] = &["award", "appraisal", "promotion", "admission"];

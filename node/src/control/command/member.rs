//! What is asked about members.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Paging, PersonalText};

/// What is asked about members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MemberCommand {
    /// Checks a roster file, and writes it with `commit`.
    Import {
        /// xlsx or csv.
        file: PathBuf,
        /// Whether to write.
        commit: bool,
        /// Where to write the table back with its faults marked.
        annotated: Option<PathBuf>,
    },
    /// Adds one person; name, ID number, standing and organisation are needed.
    Add(MemberFields),
    /// Changes the given fields of one.
    Set {
        /// The member, or a unique prefix.
        member: String,
        /// What changes.
        fields: MemberFields,
    },
    /// Moves one to another branch of this region.
    Move {
        /// The member, or a unique prefix.
        member: String,
        /// The branch.
        org: String,
    },
    /// Ends a membership.
    End {
        /// The member, or a unique prefix.
        member: String,
        /// One of [`END_REASONS`](super::END_REASONS).
        reason: String,
        /// The day.
        on: String,
    },
    /// Lists the roster.
    List {
        /// Only of this organisation and those under it.
        org: Option<String>,
        /// Only with this custody, one of [`CUSTODIES`](super::CUSTODIES).
        custody: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Shows one.
    Show {
        /// The member, or a unique prefix.
        member: String,
    },
    /// Finds by name, pinyin initials, or a whole ID number.
    Search {
        /// What to look for.
        query: PersonalText,
        /// Which part.
        paging: Paging,
    },
    /// Notes that somebody here met the person.
    Met {
        /// The member, or a unique prefix.
        member: String,
    },
    /// Shows everything about one on five cards.
    File {
        /// The member, or a unique prefix; a guest's whole reference.
        member: String,
    },
    /// Writes everything that is held about one into a file for them.
    Export {
        /// The member, or a unique prefix; a guest's whole reference.
        member: String,
        /// Where to.
        out: PathBuf,
    },
    /// Lists who received something about one.
    SeenBy {
        /// The member, or a unique prefix; a guest's whole reference.
        member: String,
        /// Which part.
        paging: Paging,
    },
    /// Writes the ledger of members away, or of guests.
    Ledger {
        /// One of [`DIRECTIONS`](super::DIRECTIONS).
        direction: String,
        /// Where to, xlsx.
        out: PathBuf,
    },
    /// Lists what happened to one.
    History {
        /// The member, or a unique prefix.
        member: String,
        /// Which part.
        paging: Paging,
    },
}

/// The fields of a member that can be given or changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberFields {
    /// 姓名.
    pub name: Option<PersonalText>,
    /// 公民身份号码.
    pub id_number: Option<PersonalText>,
    /// 党员类别, in any of the spellings of a roster file.
    pub standing: Option<String>,
    /// The branch, by code or unique name.
    pub org: Option<String>,
    /// 性别.
    pub sex: Option<PersonalText>,
    /// 民族.
    pub ethnicity: Option<PersonalText>,
    /// 入党日期, a day.
    pub joined_on: Option<String>,
    /// 党费交至, a month.
    pub dues_paid_through: Option<String>,
    /// 联系电话.
    pub phone: Option<PersonalText>,
    /// 现居住地.
    pub residence: Option<PersonalText>,
    /// 工作单位.
    pub unit: Option<PersonalText>,
}

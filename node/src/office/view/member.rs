//! Members, what happened to them, and how the import of a roster went.

use serde::{Deserialize, Serialize};

/// A member. ID number and phone are masked unless revealing was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The member's reference, hex; it travels with the member.
    #[serde(rename = "ref")]
    pub member: String,
    /// 姓名.
    pub name: String,
    /// 公民身份号码.
    pub id_number: String,
    /// `full` or `probationary`.
    pub standing: String,
    /// The code of the branch that the roster names.
    pub org: String,
    /// That branch's name.
    pub org_name: String,
    /// `here`, `provisional`, `in_transit`, `away`, `ended` or `transferred`.
    pub custody: String,
    /// The organisation that answers for the member; none once ended or transferred.
    pub custody_org: Option<String>,
    /// Where the member is placed before the origin's release.
    pub provisional_org: Option<String>,
    /// Hand-overs behind this membership.
    pub generation: u32,
    /// 党费交至, a month.
    pub dues_paid_through: Option<String>,
    /// 入党日期, a day.
    pub joined_on: Option<String>,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// 民族.
    pub ethnicity: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
    /// 现居住地, masked unless revealing was asked for.
    #[serde(default)]
    pub residence: Option<String>,
    /// 工作单位, masked unless revealing was asked for.
    #[serde(default)]
    pub unit: Option<String>,
    /// The letter that is open for this member.
    pub open_letter: Option<String>,
    /// How the membership ended.
    pub ended: Option<EndOfMembership>,
    /// Whether somebody here met the person.
    pub met: bool,
    /// The stay by which the member is away.
    #[serde(default)]
    pub stay: Option<String>,
    /// The reference under which the same person goes on.
    pub same_as: Option<String>,
}

/// How a membership ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndOfMembership {
    /// `deceased`, `left`, `removed` or `duplicate`.
    pub reason: String,
    /// The day.
    pub on: String,
}

/// One thing that happened to a member, oldest first in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberEvent {
    /// When.
    pub at: String,
    /// `added`, `changed`, `moved`, `ended`, or the kind of a statement.
    pub kind: String,
    /// The organisation concerned.
    pub org: Option<String>,
    /// The letter concerned.
    pub letter: Option<String>,
    /// The stay concerned.
    #[serde(default)]
    pub stay: Option<String>,
    /// The residence concerned.
    #[serde(default)]
    pub residence: Option<String>,
    /// Who acted: a region's code, or a user of this node.
    pub by: String,
    /// Field names or a coded reason; never a personal value.
    pub detail: Option<String>,
}

/// How the import of a table went; also the table check of a batch.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows below the header.
    pub rows: u64,
    /// Rows without an error.
    pub ok: u64,
    /// What is worth a look; it stops nothing.
    pub warnings: Vec<ImportWarning>,
    /// Cells that stop the import.
    pub errors: Vec<CellFault>,
    /// Faults beyond the listed ones.
    pub errors_not_listed: u64,
    /// Whether anything was written.
    pub committed: bool,
}

/// A fault in one cell of a table.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// The row as the spreadsheet numbers it; the header is usually row 1.
    pub row: u64,
    /// The column's letter, such as `C`.
    pub column: String,
    /// The field, such as `id_number`.
    pub field: String,
    /// A stable code.
    pub code: String,
    /// What stands there; ID numbers and phones masked.
    pub value: String,
    /// What to do, in the caller's language.
    pub fix: String,
}

/// Something about a table that is worth a look.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportWarning {
    /// A stable code.
    pub code: String,
    /// What it is, in the caller's language.
    pub detail: String,
}

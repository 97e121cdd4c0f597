//! Matchings of lists with another region.

use serde::{Deserialize, Serialize};

use super::{CellFault, ColumnMatch, ImportWarning, Page};

/// A matching, whatever became of it. Its numbers are as this side sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchingSummary {
    /// Its id, hex, the same at both ends.
    pub id: String,
    /// The other region.
    pub region: String,
    /// The region that asked for it.
    pub asked_by: String,
    /// The list that was laid beside the other's: `sheet`, `outflow` or `inflow` of who asked.
    pub list: String,
    /// When it began.
    pub at: String,
    /// `done`, `ended` without a result, or `begun`: it is under way, or the node was cut off.
    pub state: String,
    /// Why it ended.
    pub code: Option<String>,
    /// Whether the other region was shown enough to read the result.
    pub shown: bool,
    /// People on our list.
    pub mine: u32,
    /// People on the other's.
    pub theirs: u32,
    /// People on both.
    pub both: Option<u32>,
    /// People on ours alone.
    pub only_mine: Option<u32>,
    /// People on the other's alone: their number is all that is known.
    pub only_theirs: Option<u32>,
    /// People on both lists whom both sides have as full members.
    pub double: u64,
    /// People on both lists who are a full member of neither (两不管).
    pub neither: u64,
    /// Bytes, both ways.
    pub bytes: u64,
    /// The name of the result, hex, the same at both ends.
    pub result: Option<String>,
}

/// A matching with its people, as long as they are kept.
#[derive(Clone, Serialize, Deserialize)]
pub struct Matching {
    /// What it came to.
    #[serde(flatten)]
    pub matching: MatchingSummary,
    /// Whom both have listed; then, for the side that asked, the rest of its own list.
    pub people: Page<MatchedPerson>,
}

/// Somebody on our list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedPerson {
    /// `both` or `only_mine`.
    pub found: String,
    /// The identity number, masked unless revealed; none once erased.
    pub id_number: Option<String>,
    /// The name, of the roster or the sheet.
    pub name: Option<String>,
    /// Who it is on the roster.
    #[serde(rename = "ref")]
    pub member: Option<String>,
    /// The row of the sheet.
    pub row: Option<u32>,
    /// What this side is to them: `full`, `guest`, `gone`, or `named` on a sheet alone.
    pub here: String,
    /// The same of the other side, if both have listed them.
    pub there: Option<String>,
}

/// A sheet with faults. Nothing was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchCheck {
    /// Rows below the header.
    pub rows: u64,
    /// Rows without a fault.
    pub ok: u64,
    /// What is worth a look; it stops nothing.
    pub warnings: Vec<ImportWarning>,
    /// Cells at fault.
    pub errors: Vec<CellFault>,
    /// Faults beyond the listed ones.
    pub errors_not_listed: u64,
    /// Which column of the sheet was read as what.
    pub columns: Vec<ColumnMatch>,
}

//! Batches (整建制转接): one approval over many letters, as either end sees it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CellFault, ImportWarning, MemberName};

/// What could be issued from a sheet. Nothing was written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchCheck {
    /// Rows below the header.
    pub rows: u64,
    /// Rows for which a letter can be issued: the number to confirm.
    pub issuable: u64,
    /// What is worth a look; it stops nothing.
    pub warnings: Vec<ImportWarning>,
    /// Cells that keep their row from being issued.
    pub errors: Vec<CellFault>,
    /// Faults beyond the listed ones.
    pub errors_not_listed: u64,
    /// Which column of the sheet was read as what.
    pub columns: Vec<ColumnMatch>,
}

/// A column of a clerk's sheet, and what it was read as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMatch {
    /// The column, as a spreadsheet program shows it.
    pub column: String,
    /// Its header in the sheet.
    pub header: String,
    /// The English identifier of what it is.
    pub field: String,
}

/// An empty sheet that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchTemplate {
    /// Where.
    pub file: String,
}

/// What was issued at one approval.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchIssued {
    /// The batch, hex.
    pub id: String,
    /// Rows below the header.
    pub rows: u64,
    /// Rows with faults, which were left out.
    pub skipped: u64,
    /// Letters that were issued.
    pub issued: u64,
    /// Persons for whom none could be issued after all; see the batch's items.
    pub failed: u64,
    /// The faults of the rows that were left out.
    pub errors: Vec<CellFault>,
    /// Faults beyond the listed ones.
    pub errors_not_listed: u64,
}

/// A batch: what was approved here, or what arrived of one that a peer approved.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The batch, hex.
    pub id: String,
    /// `out` or `in`.
    pub direction: String,
    /// The region that approved it, if another one did.
    pub from_region: Option<String>,
    /// When it was approved; only where it was.
    pub approved_at: Option<String>,
    /// How many persons it has.
    pub count: u32,
    /// How far they are.
    pub counts: BatchCounts,
    /// The persons, by place.
    pub items: Vec<BatchItem>,
    /// The cursor for `--after`, if there are more items.
    pub next: Option<String>,
}

/// A batch in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchSummary {
    /// The batch, hex.
    pub id: String,
    /// `out` or `in`.
    pub direction: String,
    /// The region that approved it, if another one did.
    pub from_region: Option<String>,
    /// When it was approved; only where it was.
    pub approved_at: Option<String>,
    /// How many persons it has.
    pub count: u32,
    /// How far they are.
    pub counts: BatchCounts,
}

/// What came of trying again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRetried {
    /// The batch, hex.
    pub id: String,
    /// Persons who were given their first letter now.
    pub issued: u64,
    /// Persons who were given another letter for one that was refused or voided.
    pub reissued: u64,
    /// Persons for whom none could be issued.
    pub failed: u64,
    /// How far the batch is now.
    pub counts: BatchCounts,
    /// For whom none could be issued.
    pub items: Vec<FailedItem>,
}

/// A person of a batch for whom no letter could be issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedItem {
    /// The number in the batch, from 1.
    pub place: u32,
    /// The member's reference.
    #[serde(rename = "ref")]
    pub member: String,
    /// Why, a stable code.
    pub code: String,
}

/// How far the persons of a batch are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchCounts {
    /// At the origin: no letter yet. At the destination: not arrived, or addressed elsewhere.
    pub waiting: u64,
    /// No letter could be issued.
    pub failed: u64,
    /// Persons by the state of their letter, the latest one if it was issued again.
    pub letters: BTreeMap<String, u64>,
}

/// One person of a batch.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchItem {
    /// The number in the batch, from 1.
    pub place: u32,
    /// Whom it is about.
    pub member: MemberName,
    /// The addressed organisation.
    pub to_org: String,
    /// The letter, once issued.
    pub letter: Option<String>,
    /// The letter's state; `waiting` or `failed` without a letter.
    pub state: String,
    /// Why no letter could be issued, a stable code.
    pub code: Option<String>,
}

/// What became of the letters of a batch that were accepted at once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAccepted {
    /// The batch, hex.
    pub id: String,
    /// Letters that were accepted now.
    pub accepted: u64,
    /// Letters that could not be accepted.
    pub failed: u64,
    /// Every letter that was tried, by place.
    pub items: Vec<AcceptedItem>,
}

/// What became of one letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedItem {
    /// The number in the batch, from 1.
    pub place: u32,
    /// The letter.
    pub letter: String,
    /// The member's reference.
    #[serde(rename = "ref")]
    pub member: String,
    /// Why it could not be accepted, a stable code; none if it was.
    pub code: Option<String>,
}

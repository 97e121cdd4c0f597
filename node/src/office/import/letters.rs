//! The columns of a batch of letters, and one pass over such a sheet.
//!
//! Whether a row fits the roster and a peer's directory is asked of a [`LettersSink`]; nothing is
//! issued here.

use protocol::id::OrgCode;
use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::time::Month;

use super::cell;
use super::columns::{Column, ColumnChoice};
use super::fault::{Checked, Objection};
use super::limits::LETTERS_MAX;
use super::sheet::Sheet;
use super::table::{self, Record, SeenIds, Visitor};

/// A row of the sheet without a fault.
#[derive(Debug)]
pub struct LettersRow {
    /// 公民身份号码.
    pub id_number: IdNumber,
    /// 姓名.
    pub name: Private<String>,
    /// 去向.
    pub to_org: OrgCode,
    /// 党费交至.
    pub dues_paid_through: Option<Month>,
    /// 事由.
    pub reason: Option<Private<String>>,
}

/// Who takes the rows, and knows the roster and the peers.
pub trait LettersSink {
    /// The organisation of a peer with that code, unique name or former name.
    ///
    /// # Errors
    /// An [`Objection`] to the cell, such as `org.unknown` about `to_org`, or the end of the pass.
    fn to_org(&mut self, text: &str) -> Result<OrgCode, Objection>;

    /// Looks a person up. Asked also where the destination is at fault, so that the clerk sees
    /// everything at once.
    ///
    /// # Errors
    /// An [`Objection`] to one of the cells, or the end of the pass.
    fn person(&mut self, id: &IdNumber, name: &Private<String>) -> Result<(), Objection>;

    /// Takes a row without a fault.
    ///
    /// # Errors
    /// An [`Objection`] to one of its cells, or the end of the pass.
    fn row(&mut self, row: LettersRow) -> Result<(), Objection>;

    /// How many rows are done, now and then and at the end.
    fn progress(&mut self, _rows_done: u64) {}
}

/// The columns, in any order in the sheet.
pub const COLUMNS: &[Column] = &[
    Column {
        name: "id_number",
        headers: &[
            "公民身份号码",
            "身份证号",
            "证件号",
            "身份证",
            "身份证号码",
            "公民身份证号码",
            "证件号码",
        ],
        required: true,
        masked: true,
        form: ["请以文本录入全部十八位。", "Enter all eighteen characters as text."],
    },
    Column {
        name: "name",
        headers: &["姓名", "党员姓名"],
        required: true,
        masked: false,
        form: ["请填写花名册上的姓名。", "Write the name as it stands on the roster."],
    },
    Column {
        name: "to_org",
        headers: &["转往组织", "转往支部", "去向", "转往党组织", "转往党支部"],
        required: true,
        masked: false,
        form: [
            "请写对方组织的代码或唯一的名称。",
            "Write the code or the unique name of the other region's organisation.",
        ],
    },
    Column {
        name: "dues_paid_through",
        headers: &["党费交至", "党费缴至"],
        required: false,
        masked: false,
        form: ["如 2026-03。", "For example 2026-03."],
    },
    Column {
        name: "reason",
        headers: &["事由", "转接事由", "转接原因"],
        required: false,
        masked: false,
        form: ["不超过500字,或留空。", "Up to 500 characters, or leave it blank."],
    },
];

const ID_NUMBER: usize = 0;
const NAME: usize = 1;
const TO_ORG: usize = 2;
const DUES_PAID_THROUGH: usize = 3;
const REASON: usize = 4;

/// Passes once over a sheet of letters to be issued, with columns as a clerk matched them.
///
/// # Errors
/// Those of [`table::read`], `import.too_large` for more than [`LETTERS_MAX`] rows, and those with
/// which the sink ends the pass.
pub fn read(
    sheet: &Sheet,
    choices: &[ColumnChoice],
    sink: &mut dyn LettersSink,
) -> Result<Checked, Refusal> {
    let mut pass = Pass { file: sheet.name(), rows: 0, seen: SeenIds::default(), sink };
    table::read(sheet, COLUMNS, choices, &mut pass)
}

struct Pass<'a> {
    file: &'a str,
    rows: usize,
    seen: SeenIds,
    sink: &'a mut dyn LettersSink,
}

impl Visitor for Pass<'_> {
    fn row(&mut self, record: &mut Record<'_>) -> Result<(), Refusal> {
        self.rows += 1;
        if self.rows > LETTERS_MAX {
            let subject = format!("{}: > {LETTERS_MAX}", self.file);
            return Err(Refusal::about(Code::ImportTooLarge, subject));
        }
        if let Some(row) = self.values(record)? {
            record.heed(self.sink.row(row))?;
        }
        Ok(())
    }

    fn progress(&mut self, rows_done: u64) {
        self.sink.progress(rows_done);
    }
}

impl Pass<'_> {
    /// The values of a row, if none is at fault. Every cell is read, so that every fault is
    /// reported.
    fn values(&mut self, record: &mut Record<'_>) -> Result<Option<LettersRow>, Refusal> {
        let id_number = record.required(ID_NUMBER, cell::id_number);
        let id_number = id_number.and_then(|id| self.seen.unique(record, ID_NUMBER, id));
        let name = record.required(NAME, cell::name);
        let known = match (&id_number, &name) {
            (Some(id), Some(name)) => record.heed(self.sink.person(id, name))?,
            _ => None,
        };
        let to_org = match record.required(TO_ORG, cell::organisation) {
            Some(text) => record.heed(self.sink.to_org(&text))?,
            None => None,
        };
        let dues_paid_through = record.optional(DUES_PAID_THROUGH, cell::month);
        let reason = record.optional(REASON, cell::text);
        let complete = || {
            known?;
            Some(LettersRow {
                id_number: id_number?,
                name: name?,
                to_org: to_org?,
                dues_paid_through: dues_paid_through?,
                reason: reason?,
            })
        };
        Ok(complete())
    }
}

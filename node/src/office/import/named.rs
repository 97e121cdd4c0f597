//! The columns of a list of people to be matched, and one pass over such a sheet.

use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::Refusal;

use super::cell;
use super::columns::{Column, ColumnChoice};
use super::fault::Checked;
use super::sheet::Sheet;
use super::table::{self, Record, SeenIds, Visitor};

/// A row of the sheet without a fault.
#[derive(Debug)]
pub struct NamedRow {
    /// The row as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// 公民身份号码.
    pub id_number: IdNumber,
    /// 姓名, which stays here.
    pub name: Option<Private<String>>,
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
        required: false,
        masked: false,
        form: ["不超过100字,或留空。", "Up to 100 characters, or leave it blank."],
    },
];

const ID_NUMBER: usize = 0;
const NAME: usize = 1;

/// Passes once over a sheet of people, with columns as a clerk matched them; rows without a fault
/// go to `take`.
///
/// # Errors
/// Those of [`table::read`].
pub fn read(
    sheet: &Sheet,
    choices: &[ColumnChoice],
    take: &mut dyn FnMut(NamedRow),
) -> Result<Checked, Refusal> {
    table::read(sheet, COLUMNS, choices, &mut Pass { seen: SeenIds::default(), take })
}

struct Pass<'a> {
    seen: SeenIds,
    take: &'a mut dyn FnMut(NamedRow),
}

impl Visitor for Pass<'_> {
    fn row(&mut self, record: &mut Record<'_>) -> Result<(), Refusal> {
        let id_number = record.required(ID_NUMBER, cell::id_number);
        let id_number = id_number.and_then(|id| self.seen.unique(record, ID_NUMBER, id));
        let name = record.optional(NAME, cell::name);
        if let (Some(id_number), Some(name)) = (id_number, name) {
            (self.take)(NamedRow { row: record.number(), id_number, name });
        }
        Ok(())
    }
}

//! The columns of `member import`, and one pass over such a sheet.
//!
//! Whether an organisation exists and whether a row fits the roster is asked of a [`RosterSink`].
//! The same function checks and writes: only the sink differs. A writing sink must not make its
//! work final before the pass has returned.

use protocol::id::OrgCode;
use protocol::member::{IdNumber, Sex, Standing};
use protocol::private::Private;
use protocol::refusal::Refusal;
use protocol::time::{Day, Month};

use super::cell;
use super::columns::Column;
use super::fault::{Checked, Objection, Warning};
use super::sheet::Sheet;
use super::table::{self, Record, SeenIds, Visitor};

/// A row of the sheet without a fault. What is left blank is `None` and erases nothing.
#[derive(Debug)]
pub struct RosterRow {
    /// The row as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// 姓名.
    pub name: Private<String>,
    /// 公民身份号码.
    pub id_number: IdNumber,
    /// 党员类别.
    pub standing: Standing,
    /// 所在党支部.
    pub org: OrgCode,
    /// 性别.
    pub sex: Option<Sex>,
    /// 民族.
    pub ethnicity: Option<Private<String>>,
    /// 入党日期.
    pub joined_on: Option<Day>,
    /// 党费交至.
    pub dues_paid_through: Option<Month>,
    /// 联系电话.
    pub phone: Option<Private<String>>,
}

/// Who takes the rows, and knows the roster.
pub trait RosterSink {
    /// The organisation with that code or unique name.
    ///
    /// # Errors
    /// An [`Objection`] to the cell, such as `org.unknown` about `org`, or the end of the pass.
    fn org(&mut self, text: &str) -> Result<OrgCode, Objection>;

    /// Takes a row without a fault.
    ///
    /// # Errors
    /// An [`Objection`] to one of its cells, or the end of the pass.
    fn row(&mut self, row: RosterRow) -> Result<(), Objection>;

    /// How many rows are done, now and then and at the end.
    fn progress(&mut self, _rows_done: u64) {}
}

/// The columns, in any order in the sheet.
pub const COLUMNS: &[Column] = &[
    Column {
        name: "name",
        headers: &["姓名"],
        required: true,
        masked: false,
        form: [
            "请填写姓名,不超过100字,不以 = + - @ 开头。",
            "Write the name, up to 100 characters, not beginning with = + - @.",
        ],
    },
    Column {
        name: "id_number",
        headers: &["公民身份号码", "身份证号"],
        required: true,
        masked: true,
        form: ["请以文本录入全部十八位。", "Enter all eighteen characters as text."],
    },
    Column {
        name: "standing",
        headers: &["党员类别"],
        required: true,
        masked: false,
        form: ["请写 正式党员 或 预备党员。", "Write full or probationary."],
    },
    Column {
        name: "org",
        headers: &["所在党支部", "所在支部"],
        required: true,
        masked: false,
        form: ["请写支部的代码或唯一的名称。", "Write the code or the unique name of the branch."],
    },
    Column {
        name: "sex",
        headers: &["性别"],
        required: false,
        masked: false,
        form: ["请写 男 或 女,或留空。", "Write male or female, or leave it blank."],
    },
    Column {
        name: "ethnicity",
        headers: &["民族"],
        required: false,
        masked: false,
        form: ["请写民族名称,或留空。", "Write the ethnicity, or leave it blank."],
    },
    Column {
        name: "joined_on",
        headers: &["入党日期"],
        required: false,
        masked: false,
        form: ["如 2026-03-31。", "For example 2026-03-31."],
    },
    Column {
        name: "dues_paid_through",
        headers: &["党费交至"],
        required: false,
        masked: false,
        form: ["如 2026-03。", "For example 2026-03."],
    },
    Column {
        name: "phone",
        headers: &["联系电话", "电话"],
        required: false,
        masked: true,
        form: [
            "只写数字、+、- 和空格,至少5位数字。",
            "Write digits, +, - and blanks only, five digits at least.",
        ],
    },
];

const NAME: usize = 0;
const ID_NUMBER: usize = 1;
const STANDING: usize = 2;
const ORG: usize = 3;
const SEX: usize = 4;
const ETHNICITY: usize = 5;
const JOINED_ON: usize = 6;
const DUES_PAID_THROUGH: usize = 7;
const PHONE: usize = 8;

/// Passes once over a roster sheet.
///
/// # Errors
/// Those of [`table::read`], and those with which the sink ends the pass.
pub fn read(sheet: &Sheet, sink: &mut dyn RosterSink) -> Result<Checked, Refusal> {
    table::read(sheet, COLUMNS, &[], &mut Pass { seen: SeenIds::default(), sink })
}

struct Pass<'a> {
    seen: SeenIds,
    sink: &'a mut dyn RosterSink,
}

impl Visitor for Pass<'_> {
    fn row(&mut self, record: &mut Record<'_>) -> Result<(), Refusal> {
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
    fn values(&mut self, record: &mut Record<'_>) -> Result<Option<RosterRow>, Refusal> {
        let name = record.required(NAME, cell::name);
        let id_number = record.required(ID_NUMBER, cell::id_number);
        let id_number = id_number.and_then(|id| self.seen.unique(record, ID_NUMBER, id));
        let standing = record.required(STANDING, cell::standing);
        let org = match record.required(ORG, cell::organisation) {
            Some(text) => record.heed(self.sink.org(&text))?,
            None => None,
        };
        let sex = record.optional(SEX, cell::sex);
        let ethnicity = record.optional(ETHNICITY, cell::ethnicity);
        let joined_on = record.optional(JOINED_ON, cell::day);
        let dues_paid_through = record.optional(DUES_PAID_THROUGH, cell::month);
        let phone = record.optional(PHONE, cell::phone);
        if let (Some(id), Some(Some(sex))) = (&id_number, &sex)
            && id.sex() != *sex
        {
            record.warn(Warning::SexDiffers { row: record.number() });
        }
        let complete = || {
            Some(RosterRow {
                row: record.number(),
                name: name?,
                id_number: id_number?,
                standing: standing?,
                org: org?,
                sex: sex?,
                ethnicity: ethnicity?,
                joined_on: joined_on?,
                dues_paid_through: dues_paid_through?,
                phone: phone?,
            })
        };
        Ok(complete())
    }
}

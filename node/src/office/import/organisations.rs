//! The columns of `org import`, and one pass over such a sheet.
//!
//! Only the sheet is known here. Whether a code or a parent fits the region's tree is for a judge
//! to say, who sees every row, also one with faults: a part must not be blamed for what is wrong
//! in the row of its parent.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use protocol::id::OrgCode;
use protocol::refusal::{Code, Refusal};
use protocol::statement::directory::OrgKind;

use super::cell;
use super::columns::Column;
use super::fault::{Checked, Objection, Problem};
use super::limits::ORGANISATIONS_MAX;
use super::sheet::Sheet;
use super::table::{self, Record, Visitor};

/// A row of the sheet, as far as it can be read.
#[derive(Clone, Debug)]
pub struct OrganisationRow {
    /// The row as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// 代码; none if at fault.
    pub code: Option<OrgCode>,
    /// 名称; none if at fault.
    pub name: Option<String>,
    /// 类别; none if at fault.
    pub kind: Option<OrgKind>,
    /// 上级, a code or a name; none if blank or at fault.
    pub parent: Option<String>,
    /// 可转接; none if blank or at fault.
    pub may_transfer: Option<bool>,
}

/// The columns, in any order in the sheet.
pub const COLUMNS: &[Column] = &[
    Column {
        name: "code",
        headers: &["代码", "组织代码"],
        required: true,
        masked: false,
        form: [
            "请写 地区代码-编号,如 610922-0007。",
            "Write the region's code and a number, for example 610922-0007.",
        ],
    },
    Column {
        name: "name",
        headers: &["名称", "组织名称"],
        required: true,
        masked: false,
        form: [
            "请填写名称,不超过100字,不以 = + - @ 开头。",
            "Write the name, up to 100 characters, not beginning with = + - @.",
        ],
    },
    Column {
        name: "kind",
        headers: &["类别"],
        required: true,
        masked: false,
        form: [
            "请写 党委、党总支、党支部、党小组 或 临时党组织。",
            "Write committee, general_branch, branch, group or temporary.",
        ],
    },
    Column {
        name: "parent",
        headers: &["上级", "上级组织"],
        required: false,
        masked: false,
        form: [
            "请写上级的代码或唯一的名称,或留空。",
            "Write the code or the unique name of the one above it, or leave it blank.",
        ],
    },
    Column {
        name: "may_transfer",
        headers: &["可转接", "转接权限"],
        required: false,
        masked: false,
        form: ["请写 是 或 否,或留空。", "Write yes or no, or leave it blank."],
    },
];

const CODE: usize = 0;
const NAME: usize = 1;
const KIND: usize = 2;
const PARENT: usize = 3;
const MAY_TRANSFER: usize = 4;

/// Passes once over a table of organisations. The judge says what is to be objected to in a row
/// beyond its cells, and may keep the row.
///
/// # Errors
/// Those of [`table::read`], `import.too_large` for more than [`ORGANISATIONS_MAX`] rows, and an
/// [`Objection::Stop`] of the judge.
pub fn read(
    sheet: &Sheet,
    judge: &mut dyn FnMut(OrganisationRow) -> Vec<Objection>,
) -> Result<Checked, Refusal> {
    table::read(
        sheet,
        COLUMNS,
        &[],
        &mut Pass { file: sheet.name(), rows: 0, seen: HashMap::new(), judge },
    )
}

struct Pass<'a> {
    file: &'a str,
    rows: usize,
    /// In which row a code stood first.
    seen: HashMap<OrgCode, u32>,
    judge: &'a mut dyn FnMut(OrganisationRow) -> Vec<Objection>,
}

impl Visitor for Pass<'_> {
    fn row(&mut self, record: &mut Record<'_>) -> Result<(), Refusal> {
        self.rows += 1;
        if self.rows > ORGANISATIONS_MAX {
            let subject = format!("{}: > {ORGANISATIONS_MAX}", self.file);
            return Err(Refusal::about(Code::ImportTooLarge, subject));
        }
        let code = record.required(CODE, cell::org_code);
        if let Some(code) = code {
            self.report_duplicate(record, code);
        }
        let row = OrganisationRow {
            row: record.number(),
            code,
            name: record.required(NAME, cell::name).map(|name| name.reveal().clone()),
            kind: record.required(KIND, cell::org_kind),
            parent: record.optional(PARENT, cell::organisation).flatten(),
            may_transfer: record.optional(MAY_TRANSFER, cell::yes_no).flatten(),
        };
        for objection in (self.judge)(row) {
            record.heed::<()>(Err(objection))?;
        }
        Ok(())
    }
}

impl Pass<'_> {
    /// Every row but the first with a code is a duplicate, and names the first cell.
    fn report_duplicate(&mut self, record: &mut Record<'_>, code: OrgCode) {
        match self.seen.entry(code) {
            Entry::Vacant(place) => {
                place.insert(record.number());
            }
            Entry::Occupied(first) => {
                let address = record.address(CODE, *first.get());
                record.report(CODE, Problem::new(Code::OrgDuplicate).about(address));
            }
        }
    }
}

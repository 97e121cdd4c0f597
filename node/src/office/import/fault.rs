//! What is wrong with a table, cell by cell, in words for the clerk who typed it.
//!
//! Values are repeated as they were typed, so a report is for the clerk's eyes alone: it is no log,
//! and identity and phone numbers are masked in it all the same.

use protocol::private::Private;
use protocol::refusal::{Code, Lang, Refusal};

use super::columns::Column;
use super::sheet::column_letters;

/// What one pass over a table found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// Rows without a fault.
    pub ok: u64,
    /// What may be as meant, but should be looked at.
    pub warnings: Vec<Warning>,
    /// Warnings beyond the listed ones.
    pub warnings_not_listed: u64,
    /// What keeps a row from being taken, from the top.
    pub faults: Vec<CellFault>,
    /// Faults beyond the listed ones.
    pub faults_not_listed: u64,
    /// Columns of the widest row.
    pub width: usize,
    /// The columns that were read: place from 0, header, and identifier.
    pub columns: Vec<(usize, String, &'static str)>,
}

impl Checked {
    /// Whether every row can be taken.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

/// One fault in one cell.
#[derive(Clone, Debug)]
pub struct CellFault {
    /// The row as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// The column, counted from 0.
    pub column: usize,
    /// The English identifier of the column.
    pub field: &'static str,
    /// What is wrong.
    pub code: Code,
    /// The value as typed, shortened; identity and phone numbers masked.
    pub value: Private<String>,
    subject: Private<String>,
    advice: Advice,
    of: &'static Column,
}

impl CellFault {
    /// The column as a spreadsheet program shows it.
    pub fn column_letters(&self) -> String {
        column_letters(self.column)
    }

    /// What the clerk calls the column: its usual header in Chinese, the identifier in English.
    pub fn heading(&self, lang: Lang) -> &'static str {
        match (lang, self.of.headers.first()) {
            (Lang::Zh, Some(header)) => header,
            _ => self.field,
        }
    }

    /// What is wrong, in one sentence.
    pub fn message(&self, lang: Lang) -> String {
        self.code.message(lang).replace("{}", self.subject.reveal())
    }

    /// What to do about it.
    pub fn fix(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self.advice {
            Advice::OfCode => self.code.fix(lang).to_owned(),
            Advice::Form => self.of.form(lang).to_owned(),
            Advice::CheckCharacter(expected) if zh => {
                format!("第18位应为 {expected};请对照身份证,也可能是前面的数字有误。")
            }
            Advice::CheckCharacter(expected) => format!(
                "The 18th character should be {expected}; compare with the identity card, as an \
                 earlier digit may be wrong instead."
            ),
            Advice::Apostrophe if zh => "请删去开头的撇号。".to_owned(),
            Advice::Apostrophe => "Delete the apostrophe at the start.".to_owned(),
            Advice::OneOrTen if zh => "1月写作 2026-01,10月写作 2026-10。".to_owned(),
            Advice::OneOrTen => "Write January as 2026-01, October as 2026-10.".to_owned(),
        }
    }
}

/// What is wrong with a value, before it is known in which cell it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    subject: Option<Private<String>>,
    advice: Advice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Advice {
    OfCode,
    Form,
    CheckCharacter(char),
    Apostrophe,
    OneOrTen,
}

impl Problem {
    /// The problem of that code; its fix is the code's.
    pub fn new(code: Code) -> Problem {
        Problem { code, subject: None, advice: Advice::OfCode }
    }

    /// The problem of that code; its fix says how the column is written.
    pub fn of_form(code: Code) -> Problem {
        Problem { code, subject: None, advice: Advice::Form }
    }

    /// The same, about `subject` instead of the cell itself.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Problem {
        self.subject = Some(Private::new(subject.into()));
        self
    }

    /// A wrong check character of an identity number.
    pub fn check_character(expected: char) -> Problem {
        Problem { code: Code::IdChecksum, subject: None, advice: Advice::CheckCharacter(expected) }
    }

    /// An identity number behind an apostrophe.
    pub fn apostrophe() -> Problem {
        Problem { code: Code::IdShape, subject: None, advice: Advice::Apostrophe }
    }

    /// A month `2026.1`, which may have been `2026.10` before a spreadsheet took it for a number.
    pub fn one_or_ten() -> Problem {
        Problem { code: Code::DateInvalid, subject: None, advice: Advice::OneOrTen }
    }

    /// The fault that this is in the cell at `row` and `column`.
    pub fn in_cell(
        self,
        row: u32,
        column: usize,
        of: &'static Column,
        value: Private<String>,
    ) -> CellFault {
        let address = || Private::new(format!("{}{row}", column_letters(column)));
        let subject = self.subject.unwrap_or_else(address);
        let (code, advice) = (self.code, self.advice);
        CellFault { row, column, field: of.name, code, value, subject, advice, of }
    }
}

/// What a sink says against a value or a row.
#[derive(Clone, Debug)]
pub enum Objection {
    /// One cell is at fault: it is reported, and the pass goes on.
    Fault {
        /// The identifier of the column, such as `org`.
        field: &'static str,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The pass cannot go on.
    Stop(Refusal),
}

impl Objection {
    /// The cell of `field` is at fault; its fix is the code's.
    pub fn fault(field: &'static str, code: Code, subject: impl Into<String>) -> Objection {
        Objection::Fault { field, problem: Problem::new(code).about(subject) }
    }
}

impl From<Refusal> for Objection {
    fn from(refusal: Refusal) -> Objection {
        Objection::Stop(refusal)
    }
}

/// Something to look at that keeps no row from being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The column is not one that is read.
    ColumnIgnored {
        /// Counted from 0.
        column: usize,
        /// As it stands in the sheet.
        header: String,
    },
    /// The workbook has a further visible sheet, which was not read.
    SheetIgnored {
        /// Its name.
        name: String,
    },
    /// The sex stated is not the one that the identity number contains.
    SexDiffers {
        /// The row, from 1.
        row: u32,
    },
}

impl Warning {
    /// The stable text for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Warning::ColumnIgnored { .. } => "import.column_ignored",
            Warning::SheetIgnored { .. } => "import.sheet_ignored",
            Warning::SexDiffers { .. } => "import.sex_differs",
        }
    }

    /// The warning in one sentence.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Warning::ColumnIgnored { column, header }, Lang::Zh) => {
                format!("{} 列“{header}”不读取。", column_letters(*column))
            }
            (Warning::ColumnIgnored { column, header }, Lang::En) => {
                format!("Column {} ({header}) is not read.", column_letters(*column))
            }
            (Warning::SheetIgnored { name }, Lang::Zh) => {
                format!("只读取第一张可见的工作表,未读取“{name}”。")
            }
            (Warning::SheetIgnored { name }, Lang::En) => {
                format!("Only the first visible sheet is read, not {name}.")
            }
            (Warning::SexDiffers { row }, Lang::Zh) => {
                format!("第{row}行的性别与身份证号不一致。")
            }
            (Warning::SexDiffers { row }, Lang::En) => {
                format!("The sex in row {row} is not the one in the ID number.")
            }
        }
    }
}

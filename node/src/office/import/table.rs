//! One pass over a table: its header, then every row, with all faults collected.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use sha2::{Digest, Sha256};

use super::columns::{Column, ColumnChoice, Header};
use super::fault::{Checked, Objection, Problem, Warning};
use super::limits::{
    FAULTS_LISTED_MAX, PROGRESS_ROWS, VALUE_CHARS_LISTED_MAX, WARNINGS_LISTED_MAX,
};
use super::sheet::{Cell, Row, Sheet};

/// Digits from which on a value is taken for an identity or phone number, whatever its column.
const NUMBER_DIGITS_MIN: usize = 11;
/// Characters of a masked value that are shown.
const MASK_KEEPS_CHARS: usize = 6;

/// Who looks at the rows of one pass.
pub trait Visitor {
    /// Looks at a row that is not blank, and reports its faults to the record.
    ///
    /// # Errors
    /// What ends the pass.
    fn row(&mut self, record: &mut Record<'_>) -> Result<(), Refusal>;

    /// How many rows are done, now and then and at the end.
    fn progress(&mut self, _rows_done: u64) {}
}

/// Reads the rows of `sheet` by that set of columns, matched by `choices` before headers. The first
/// row that is not blank is the header.
///
/// # Errors
/// `import.header`; those of [`Sheet::rows`]; what the visitor returns. Rows may have been visited
/// before.
pub fn read(
    sheet: &Sheet,
    columns: &'static [Column],
    choices: &[ColumnChoice],
    visitor: &mut dyn Visitor,
) -> Result<Checked, Refusal> {
    let mut checked = Checked::default();
    let mut header: Option<Header> = None;
    let overview = sheet.rows(&mut |row| {
        checked.width = checked.width.max(row.cells().len());
        let Some(header) = &header else {
            let (found, warnings) = Header::read(sheet.name(), row, columns, choices)?;
            let matched = found.matched();
            checked.columns =
                matched.map(|(at, title, of)| (at, title.to_owned(), of.name)).collect();
            warnings.into_iter().for_each(|warning| checked.warn(warning));
            header = Some(found);
            return Ok(());
        };
        let faults_before = checked.faults_in_all();
        visitor.row(&mut Record { row, header, checked: &mut checked })?;
        checked.rows += 1;
        checked.ok += u64::from(checked.faults_in_all() == faults_before);
        if checked.rows.is_multiple_of(PROGRESS_ROWS) {
            visitor.progress(checked.rows);
        }
        Ok(())
    })?;
    if header.is_none() {
        return Err(Header::absent(sheet.name()));
    }
    for name in overview.sheets_ignored {
        checked.warn(Warning::SheetIgnored { name });
    }
    visitor.progress(checked.rows);
    Ok(checked)
}

/// One row under a header. Faults that it reports are collected.
pub struct Record<'a> {
    row: &'a Row,
    header: &'a Header,
    checked: &'a mut Checked,
}

impl Record<'_> {
    /// The row as a spreadsheet program shows it, from 1.
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// Reads the cell of a required column; a blank or faulty one is reported, and gives nothing.
    pub fn required<T>(
        &mut self,
        index: usize,
        read: impl FnOnce(&Cell) -> Result<T, Problem>,
    ) -> Option<T> {
        match self.cell(index) {
            Cell::Blank => {
                self.report(index, Problem::new(Code::FieldMissing));
                None
            }
            cell => read(cell).map_err(|problem| self.report(index, problem)).ok(),
        }
    }

    /// Reads the cell of an optional column; a blank one is `Some(None)`, a faulty one is reported,
    /// and gives nothing.
    pub fn optional<T>(
        &mut self,
        index: usize,
        read: impl FnOnce(&Cell) -> Result<T, Problem>,
    ) -> Option<Option<T>> {
        match self.cell(index) {
            Cell::Blank => Some(None),
            cell => read(cell).map(Some).map_err(|problem| self.report(index, problem)).ok(),
        }
    }

    /// Reports a problem with the cell of that column.
    pub fn report(&mut self, index: usize, problem: Problem) {
        let column = self.header.column(index);
        let value = listed(self.cell(index), column.masked);
        let place = self.header.place(index).unwrap_or_default();
        let fault = problem.in_cell(self.row.number, place, column, value);
        if self.checked.faults.len() < FAULTS_LISTED_MAX {
            self.checked.faults.push(fault);
        } else {
            self.checked.faults_not_listed += 1;
        }
    }

    /// Reports a warning.
    pub fn warn(&mut self, warning: Warning) {
        self.checked.warn(warning);
    }

    /// Reports what a sink objects to, or gives what it answered.
    ///
    /// # Errors
    /// The refusal, where the sink cannot go on.
    pub fn heed<T>(&mut self, answer: Result<T, Objection>) -> Result<Option<T>, Refusal> {
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(Objection::Stop(refusal)) => Err(refusal),
            Err(Objection::Fault { field, problem }) => {
                self.report(self.header.index_of(field).unwrap_or_default(), problem);
                Ok(None)
            }
        }
    }

    /// The cell of that column in another row, as a spreadsheet program names it.
    pub fn address(&self, index: usize, row: u32) -> String {
        let place = self.header.place(index).unwrap_or_default();
        format!("{}{row}", super::sheet::column_letters(place))
    }

    fn cell(&self, index: usize) -> &Cell {
        self.header.place(index).map_or(&Cell::Blank, |place| self.row.cell(place))
    }
}

/// The identity numbers of a sheet by a digest, so that a long sheet costs few bytes for each.
#[derive(Debug, Default)]
pub struct SeenIds {
    rows: HashMap<[u8; 16], u32>,
}

impl SeenIds {
    /// Passes an identity number on the first time that it is seen; later it is reported as a
    /// duplicate in the column with that index, naming the first cell.
    pub fn unique(
        &mut self,
        record: &mut Record<'_>,
        index: usize,
        id: IdNumber,
    ) -> Option<IdNumber> {
        let digest = Sha256::digest(id.reveal());
        let key = digest[..16].try_into().expect("sixteen of thirty-two bytes");
        match self.rows.entry(key) {
            Entry::Vacant(place) => {
                place.insert(record.number());
                Some(id)
            }
            Entry::Occupied(first) => {
                let address = record.address(index, *first.get());
                record.report(index, Problem::new(Code::IdDuplicate).about(address));
                None
            }
        }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("row", &self.row.number).finish_non_exhaustive()
    }
}

impl Checked {
    fn faults_in_all(&self) -> u64 {
        self.faults.len() as u64 + self.faults_not_listed
    }

    fn warn(&mut self, warning: Warning) {
        if self.warnings.len() < WARNINGS_LISTED_MAX {
            self.warnings.push(warning);
        } else {
            self.warnings_not_listed += 1;
        }
    }
}

/// A value as a fault repeats it.
fn listed(cell: &Cell, masked: bool) -> Private<String> {
    let shown = Private::new(cell.shown());
    let chars = shown.reveal().chars();
    let digits = chars.clone().filter(|c| c.is_numeric()).count();
    // A number in scientific notation shows six digits, no more than the mask.
    let masked = match cell {
        Cell::Number(_) => masked && !shown.reveal().contains('E'),
        _ => masked || digits >= NUMBER_DIGITS_MIN,
    };
    let listed = chars
        .enumerate()
        .take(VALUE_CHARS_LISTED_MAX)
        .map(|(place, c)| if masked && place >= MASK_KEEPS_CHARS { '*' } else { c });
    Private::new(listed.collect())
}

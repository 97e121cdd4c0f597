//! The first visible worksheet of an xlsx, cell by cell.
//!
//! Declared dimensions are not used: they may be wrong, and must never make anything allocate.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use protocol::refusal::{Code, Refusal};

use super::{Cell, DateCell, Overview, Row};
use crate::office::import::limits::ROWS_MAX;

/// Days between the epochs of the two date systems.
const DAYS_1900_TO_1904: f64 = 1_462.0;

/// Hands over the rows of the first visible worksheet.
pub fn rows(
    name: &str,
    bytes: &[u8],
    each: &mut dyn FnMut(&Row) -> Result<(), Refusal>,
) -> Result<Overview, Refusal> {
    let broken = || Refusal::about(Code::ImportFile, name);
    let mut workbook: Xlsx<_> = shielded(|| Xlsx::new(Cursor::new(bytes))).ok_or_else(broken)?;
    let days_off = if workbook.has_1904_epoch() { DAYS_1900_TO_1904 } else { 0.0 };
    let mut visible = workbook.sheets_metadata().iter().filter(|sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    });
    let first = visible.next().ok_or_else(broken)?.name.clone();
    let overview = Overview { sheets_ignored: visible.map(|sheet| sheet.name.clone()).collect() };
    let mut cells = shielded(|| workbook.worksheet_cells_reader(&first)).ok_or_else(broken)?;

    let mut row = Row::default();
    loop {
        let next = shielded(|| cells.next_cell());
        let next = next.ok_or_else(|| at_row(Code::ImportFile, name, row.number))?;
        let Some(found) = next else { break };
        let (line, column) = found.get_position();
        let number = line.saturating_add(1);
        if number != row.number {
            if !row.cells().is_empty() {
                each(&row)?;
            }
            if number < row.number {
                return Err(at_row(Code::ImportFile, name, row.number));
            }
            row.restart(number);
        }
        let cell = typed(found.get_value(), days_off);
        if cell != Cell::Blank && number > ROWS_MAX {
            return Err(at_row(Code::ImportTooLarge, name, number));
        }
        row.put(name, column as usize, cell)?;
    }
    if !row.cells().is_empty() {
        each(&row)?;
    }
    Ok(overview)
}

fn typed(value: &DataRef<'_>, days_off: f64) -> Cell {
    match value {
        DataRef::Empty => Cell::Blank,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(date) if date.is_datetime() => {
            Cell::Date(DateCell(date.as_f64() + days_off))
        }
        DataRef::DateTime(duration) => Cell::Number(duration.as_f64()),
        DataRef::DateTimeIso(text) => Cell::text(text.strip_suffix("T00:00:00").unwrap_or(text)),
        DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

/// What the reader answers, or nothing if it fails or panics: cell addresses beyond 2^32 overflow
/// inside it, and a hostile file must not end the node.
fn shielded<T>(read: impl FnOnce() -> Result<T, XlsxError>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

fn at_row(code: Code, name: &str, row: u32) -> Refusal {
    Refusal::about(code, format!("{name}:{row}"))
}

//! An empty table with a set of columns, for a clerk who has no sheet yet.
//!
//! Every column is text, so that a spreadsheet program shortens no identity number; what each
//! column takes stands in a note on its header.

use std::path::Path;

use protocol::refusal::{Code, Lang, Refusal};
use rust_xlsxwriter::{Format, Note, Workbook, XlsxError};

use super::annotate::save;
use super::columns::Column;

const COLUMN_WIDTH_CHARS: f64 = 24.0;

/// Writes the empty table to `out`, replacing a file there.
///
/// # Errors
/// `file.write`.
pub fn write(columns: &[Column], lang: Lang, out: &Path) -> Result<(), Refusal> {
    let mut workbook =
        table(columns, lang).map_err(|_| Refusal::about(Code::FileWrite, out.display()))?;
    save(&mut workbook, out)
}

fn table(columns: &[Column], lang: Lang) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let text = Format::new().set_num_format("@");
    let title = Format::new().set_num_format("@").set_bold();
    for (place, column) in (0..).zip(columns) {
        sheet.set_column_width(place, COLUMN_WIDTH_CHARS)?;
        sheet.set_column_format(place, &text)?;
        let header = match (lang, column.headers.first()) {
            (Lang::Zh, Some(header)) => header,
            _ => column.name,
        };
        let star = if column.required { "*" } else { "" };
        sheet.write_string_with_format(0, place, format!("{header}{star}"), &title)?;
        sheet.insert_note(0, place, &Note::new(column.form(lang)).add_author_prefix(false))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(workbook)
}

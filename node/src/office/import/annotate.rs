//! The clerk's own table back, with faulty cells red and a last column that says what to do.
//!
//! Text stays text, so nothing in it is ever taken for a formula, and what is typed into a red cell
//! stays text as well. Colours and widths of the original are not kept.

use std::fs;
use std::path::{Path, PathBuf};

use protocol::refusal::{Code, Lang, Refusal};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};
use tempfile::NamedTempFile;

use super::columns::{PROBLEM_HEADER, is_problem_header};
use super::fault::{CellFault, Checked};
use super::sheet::{Cell, Row, Sheet};

const PROBLEM_COLUMN_WIDTH_CHARS: f64 = 80.0;

/// Writes the annotated table of a finished check to `out`, replacing a file there only once the
/// new one is whole. The file is readable by its owner alone.
///
/// # Errors
/// `file.write` if `out` cannot be written or is the very file that was checked; those of
/// [`Sheet::rows`].
pub fn annotate(sheet: &Sheet, checked: &Checked, lang: Lang, out: &Path) -> Result<(), Refusal> {
    let refuse = || Refusal::about(Code::FileWrite, out.display());
    if sheet.path().is_some_and(|source| is_same_file(source, out)) {
        return Err(refuse());
    }
    let mut workbook = Workbook::new();
    // What the writer spools is personal data: it stays in the directory that the clerk chose.
    workbook.set_tempdir(directory_of(out)).map_err(|_| refuse())?;
    let worksheet = workbook.add_worksheet_with_constant_memory().map_err(|_| refuse())?;
    worksheet.set_name("Sheet1").map_err(|_| refuse())?;

    let mut page = Page { worksheet, formats: Formats::new(), column: None };
    let mut faults = checked.faults.as_slice();
    sheet.rows(&mut |row| {
        let count = faults.iter().take_while(|fault| fault.row <= row.number).count();
        let (of_row, later) = faults.split_at(count);
        faults = later;
        page.write(row, of_row, checked.width, lang).map_err(|_| refuse())
    })?;
    save(&mut workbook, out)
}

/// Writes a workbook to `out`, replacing a file there only once the new one is whole. The file is
/// readable by its owner alone.
///
/// # Errors
/// `file.write`.
pub(in crate::office) fn save(workbook: &mut Workbook, out: &Path) -> Result<(), Refusal> {
    let refuse = || Refusal::about(Code::FileWrite, out.display());
    let mut file = NamedTempFile::new_in(directory_of(out)).map_err(|_| refuse())?;
    workbook.save_to_writer(file.as_file_mut()).map_err(|_| refuse())?;
    file.as_file().sync_all().map_err(|_| refuse())?;
    file.persist(out).map_err(|_| refuse())?;
    Ok(())
}

fn directory_of(out: &Path) -> PathBuf {
    match out.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

struct Page<'a> {
    worksheet: &'a mut Worksheet,
    formats: Formats,
    /// Where the problems are written; known from the header row on.
    column: Option<usize>,
}

struct Formats {
    text: Format,
    day: Format,
    moment: Format,
    time: Format,
    faulty: Format,
    wrapped: Format,
}

impl Formats {
    fn new() -> Formats {
        let red = Format::new().set_background_color(Color::RGB(0xFF_C7CE));
        Formats {
            text: Format::new().set_num_format("@"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            time: Format::new().set_num_format("hh:mm"),
            faulty: red.set_font_color(Color::RGB(0x9C_0006)).set_num_format("@"),
            wrapped: Format::new().set_num_format("@").set_text_wrap(),
        }
    }
}

impl Page<'_> {
    fn write(
        &mut self,
        row: &Row,
        faults: &[CellFault],
        width: usize,
        lang: Lang,
    ) -> Result<(), XlsxError> {
        let line = row.number - 1;
        let Some(problems) = self.column else {
            return self.write_header(row, width, lang);
        };
        for column in 0..row.cells().len().max(width) {
            let cell = row.cell(column);
            let is_faulty = faults.iter().any(|fault| fault.column == column);
            if column != problems && (is_faulty || *cell != Cell::Blank) {
                self.write_cell(line, column, cell, is_faulty)?;
            }
        }
        let text = |fault: &CellFault| {
            let (heading, message, fix) =
                (fault.heading(lang), fault.message(lang), fault.fix(lang));
            match lang {
                Lang::Zh => format!("{heading}:{message}{fix}"),
                Lang::En => format!("{heading}: {message} {fix}"),
            }
        };
        let texts: Vec<String> = faults.iter().map(text).collect();
        if !texts.is_empty() {
            let (at, text) = (place(problems), texts.join("\n"));
            self.worksheet.write_string_with_format(line, at, text, &self.formats.wrapped)?;
        }
        Ok(())
    }

    fn write_header(&mut self, row: &Row, width: usize, lang: Lang) -> Result<(), XlsxError> {
        let problems = row.cells().iter().position(is_problem_header).unwrap_or(width);
        self.column = Some(problems);
        self.worksheet.set_column_width(place(problems), PROBLEM_COLUMN_WIDTH_CHARS)?;
        let line = row.number - 1;
        for (column, cell) in row.cells().iter().enumerate() {
            if column != problems && *cell != Cell::Blank {
                self.write_cell(line, column, cell, false)?;
            }
        }
        let title = PROBLEM_HEADER[usize::from(lang == Lang::En)];
        self.worksheet.write_string_with_format(
            line,
            place(problems),
            title,
            &self.formats.text,
        )?;
        Ok(())
    }

    fn write_cell(
        &mut self,
        line: u32,
        column: usize,
        cell: &Cell,
        is_faulty: bool,
    ) -> Result<(), XlsxError> {
        let (sheet, formats, at) = (&mut *self.worksheet, &self.formats, place(column));
        let text = if is_faulty { &formats.faulty } else { &formats.text };
        match cell {
            Cell::Blank => sheet.write_blank(line, at, text)?,
            Cell::Text(value) => sheet.write_string_with_format(line, at, value.reveal(), text)?,
            Cell::Number(number) if is_faulty => {
                sheet.write_number_with_format(line, at, *number, text)?
            }
            Cell::Number(number) => sheet.write_number(line, at, *number)?,
            Cell::Date(_) if is_faulty => {
                sheet.write_string_with_format(line, at, cell.shown(), text)?
            }
            Cell::Date(date) => {
                let format = match date.0 {
                    serial if serial < 1.0 => &formats.time,
                    serial if serial.fract() == 0.0 => &formats.day,
                    _ => &formats.moment,
                };
                sheet.write_number_with_format(line, at, date.0, format)?
            }
            Cell::Bool(value) if !is_faulty => sheet.write_boolean(line, at, *value)?,
            Cell::Bool(_) | Cell::Error(_) => {
                sheet.write_string_with_format(line, at, cell.shown(), text)?
            }
        };
        Ok(())
    }
}

fn place(column: usize) -> u16 {
    u16::try_from(column).expect("a row has at most COLUMNS_MAX columns")
}

fn is_same_file(source: &Path, out: &Path) -> bool {
    match (fs::canonicalize(source), fs::canonicalize(out)) {
        (Ok(source), Ok(out)) => source == out,
        _ => false,
    }
}

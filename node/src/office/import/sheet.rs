//! A table file: what it is, whether it can be read safely, and its rows as typed cells.
//!
//! The file is read once into memory and never again, so that a checking and a writing pass see the
//! same bytes whatever happens to it on disk. The decoded table is never held: rows stream. What a
//! file is comes from its first bytes, never from its name. This module knows no columns.

mod parts;
mod text;
mod xlsx;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::time::Day;
use sha2::{Digest, Sha256};

use super::limits::{CELL_CHARS_MAX, COLUMNS_MAX, FILE_BYTES_MAX};

/// A table file, held as it was when it was opened.
#[derive(Debug)]
pub struct Sheet {
    name: String,
    path: Option<PathBuf>,
    bytes: Private<Vec<u8>>,
    format: Format,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Xlsx,
    Csv(text::Charset),
}

/// What one pass found beside the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Visible sheets of the workbook that were not read: only the first is.
    pub sheets_ignored: Vec<String>,
}

/// One row that is not blank.
#[derive(Debug, Default)]
pub struct Row {
    /// Its number as a spreadsheet program shows it, from 1.
    pub number: u32,
    cells: Vec<Cell>,
}

/// One cell, before anything is decided about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing was entered.
    #[default]
    Blank,
    /// Text, as entered.
    Text(Private<String>),
    /// A number.
    Number(f64),
    /// A number shown as a date or time.
    Date(DateCell),
    /// A truth value.
    Bool(bool),
    /// A formula that failed, such as `#N/A`.
    Error(String),
}

/// A date cell: days and fractions of a day in the 1900 system of spreadsheets, also where the
/// workbook counts from 1904.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DateCell(pub f64);

impl Sheet {
    /// Reads the ordinary file at `path`, following symbolic links to it.
    ///
    /// # Errors
    /// `import.not_a_file`, `import.too_large`, `import.changed`, and those of
    /// [`Sheet::from_bytes`].
    pub fn open(path: &Path) -> Result<Sheet, Refusal> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let bytes = read_file(path)?;
        let mut sheet = Sheet::from_bytes(&name, bytes)?;
        sheet.path = Some(path.to_owned());
        Ok(sheet)
    }

    /// Takes the content of a file called `name`.
    ///
    /// # Errors
    /// `import.legacy`, `import.encoding`, `import.file` and `import.too_large`, naming the file.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Sheet, Refusal> {
        let bytes = Private::new(bytes);
        let refuse = |code| Err(Refusal::about(code, name));
        let format = match bytes.reveal().as_slice() {
            content if content.len() as u64 > FILE_BYTES_MAX => {
                return refuse(Code::ImportTooLarge);
            }
            content if content.starts_with(b"\xd0\xcf\x11\xe0") => {
                return refuse(Code::ImportLegacy);
            }
            content if content.starts_with(b"PK") => {
                parts::check(name, content)?;
                Format::Xlsx
            }
            content => Format::Csv(text::detect(name, content)?),
        };
        Ok(Sheet { name: name.to_owned(), path: None, bytes, format })
    }

    /// The file's name, without its directory.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the file was, if it came from the disk.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// SHA-256 of the content, to see whether a file that is given again is the one that was
    /// checked.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.bytes.reveal()).into()
    }

    /// Hands over every row that is not blank, from the top.
    ///
    /// # Errors
    /// What `each` returns; `import.file`, `import.encoding`, `import.quote` and
    /// `import.too_large` about the file and, where it is known, the row.
    pub fn rows(
        &self,
        each: &mut dyn FnMut(&Row) -> Result<(), Refusal>,
    ) -> Result<Overview, Refusal> {
        match self.format {
            Format::Xlsx => xlsx::rows(&self.name, self.bytes.reveal(), each),
            Format::Csv(charset) => text::rows(&self.name, self.bytes.reveal(), charset, each),
        }
    }
}

impl Row {
    /// The cell in that column, counted from 0.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Blank)
    }

    /// The cells up to the last that is not blank.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    fn restart(&mut self, number: u32) {
        self.number = number;
        self.cells.clear();
    }

    /// Puts `cell` into `column`, unless it is blank.
    fn put(&mut self, name: &str, column: usize, cell: Cell) -> Result<(), Refusal> {
        if cell == Cell::Blank {
            return Ok(());
        }
        let place = || format!("{name}:{}{}", column_letters(column), self.number);
        if column >= COLUMNS_MAX {
            return Err(Refusal::about(Code::ImportTooLarge, place()));
        }
        if let Cell::Text(text) = &cell
            && text.reveal().len() > CELL_CHARS_MAX
            && text.reveal().chars().count() > CELL_CHARS_MAX
        {
            return Err(Refusal::about(Code::ImportTooLarge, place()));
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Blank);
        }
        self.cells[column] = cell;
        Ok(())
    }
}

impl Cell {
    /// The cell of that text; one of nothing but blanks is blank.
    pub fn text(text: &str) -> Cell {
        match text.trim() {
            "" => Cell::Blank,
            _ => Cell::Text(text.into()),
        }
    }

    /// What a spreadsheet program shows for it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Text(text) => text.reveal().clone(),
            Cell::Number(number) => shown_number(*number),
            Cell::Date(date) => {
                date.day().map_or_else(|| date.0.to_string(), |day| day.to_string())
            }
            Cell::Bool(value) => value.to_string().to_uppercase(),
            Cell::Error(text) => text.clone(),
        }
    }
}

impl DateCell {
    /// The day that it shows. Day 60 of the 1900 system, the 29th of February 1900, never was.
    pub fn day(self) -> Option<Day> {
        let serial = self.0.floor();
        let before_1970 = if serial < 60.0 { 25_568.0 } else { 25_569.0 };
        let real = serial >= 1.0 && serial != 60.0 && serial < 1e6;
        if real { Day::from_number((serial - before_1970) as i32) } else { None }
    }
}

/// The letters above a column, counted from 0: A, B … Z, AA.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

fn read_file(path: &Path) -> Result<Vec<u8>, Refusal> {
    let not_a_file = || Refusal::about(Code::ImportNotAFile, path.display());
    // Asked before opening, because opening a FIFO waits for its writer.
    if !fs::metadata(path).is_ok_and(|meta| meta.is_file()) {
        return Err(not_a_file());
    }
    let mut file = File::open(path).map_err(|_| not_a_file())?;
    let before = file.metadata().map_err(|_| not_a_file())?;
    if !before.is_file() {
        return Err(not_a_file());
    }
    if before.len() > FILE_BYTES_MAX {
        return Err(Refusal::about(Code::ImportTooLarge, path.display()));
    }
    let mut bytes = Vec::with_capacity(before.len() as usize + 1);
    let read = (&mut file).take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    let after = file.metadata();
    let unchanged = matches!((read, after), (Ok(count), Ok(after))
        if count as u64 == before.len()
            && after.len() == before.len()
            && after.modified().ok() == before.modified().ok());
    if unchanged { Ok(bytes) } else { Err(Refusal::about(Code::ImportChanged, path.display())) }
}

fn shown_number(number: f64) -> String {
    if number.abs() < 1e11 {
        return number.to_string();
    }
    let text = format!("{number:.5e}");
    match text.split_once('e') {
        Some((digits, power)) => {
            format!("{}E+{power}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        None => text,
    }
}

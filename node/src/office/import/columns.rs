//! A set of columns, and where they stand in a clerk's header row.
//!
//! Columns may come in any order and among others. A header fits exactly or not at all, apart from
//! blanks, full-width letters and the star of required columns.

use protocol::refusal::{Code, Lang, Refusal};

use super::fault::Warning;
use super::sheet::{Cell, Row};

/// One column of a set.
#[derive(Debug)]
pub struct Column {
    /// The English identifier, also accepted as header.
    pub name: &'static str,
    /// The Chinese headers, the usual one first.
    pub headers: &'static [&'static str],
    /// Whether the sheet must have it and no row may leave it blank.
    pub required: bool,
    /// Whether its values are shown masked.
    pub masked: bool,
    /// How a value is written, in Chinese and in English: the fix for one that does not fit.
    pub form: [&'static str; 2],
}

impl Column {
    /// How a value is written.
    pub fn form(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.form[0],
            Lang::En => self.form[1],
        }
    }
}

/// The header of the column that [`super::annotate`] adds; it is no column of the clerk's.
pub const PROBLEM_HEADER: [&str; 2] = ["问题", "problems"];

/// Whether a header cell is that of the problem column of an earlier annotation.
pub fn is_problem_header(cell: &Cell) -> bool {
    PROBLEM_HEADER.contains(&normalised(&cell.shown()).as_str())
}

/// Where the columns of a set stand in one sheet.
#[derive(Debug)]
pub struct Header {
    columns: &'static [Column],
    places: Vec<Option<usize>>,
}

impl Header {
    /// Reads the header row, and warns of columns that are not of the set.
    ///
    /// # Errors
    /// `import.header`, naming every column that is missing or stands there twice.
    pub fn read(
        file: &str,
        row: &Row,
        columns: &'static [Column],
    ) -> Result<(Header, Vec<Warning>), Refusal> {
        let mut places = vec![None; columns.len()];
        let (mut doubled, mut warnings) = (Vec::new(), Vec::new());
        for (place, cell) in row.cells().iter().enumerate() {
            let text = normalised(&cell.shown());
            match columns.iter().position(|column| fits(column, &text)) {
                Some(index) if places[index].is_some() => doubled.push(&columns[index]),
                Some(index) => places[index] = Some(place),
                None if text.is_empty() || is_problem_header(cell) => {}
                None => warnings.push(Warning::ColumnIgnored {
                    column: place,
                    header: cell.shown().trim().to_owned(),
                }),
            }
        }
        let absent =
            |(column, place): &(&Column, &Option<usize>)| column.required && place.is_none();
        let missing: Vec<&Column> =
            columns.iter().zip(&places).filter(absent).map(|(column, _)| column).collect();
        if missing.is_empty() && doubled.is_empty() {
            return Ok((Header { columns, places }, warnings));
        }
        let faults = [listed("缺少 missing", &missing), listed("重复 doubled", &doubled)];
        let faults: Vec<String> = faults.into_iter().flatten().collect();
        let subject = format!("{file}:{}: {}", row.number, faults.join("; "));
        Err(Refusal::about(Code::ImportHeader, subject))
    }

    /// The refusal of a sheet that has no row at all.
    pub fn absent(file: &str) -> Refusal {
        Refusal::about(Code::ImportHeader, format!("{file}: 空表 empty"))
    }

    /// The column with that index in the set.
    pub fn column(&self, index: usize) -> &'static Column {
        &self.columns[index]
    }

    /// The index in the set of the column with that identifier.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Where that column stands in the sheet, counted from 0, if it does.
    pub fn place(&self, index: usize) -> Option<usize> {
        self.places[index]
    }
}

fn fits(column: &Column, text: &str) -> bool {
    column.name == text || column.headers.contains(&text)
}

fn listed(what: &str, columns: &[&Column]) -> Option<String> {
    let title = |column: &&Column| match column.headers.first() {
        Some(header) => format!("{header} {}", column.name),
        None => column.name.to_owned(),
    };
    let titles: Vec<String> = columns.iter().map(title).collect();
    if titles.is_empty() { None } else { Some(format!("{what}: {}", titles.join(", "))) }
}

/// Without blanks and stars, full-width ASCII made plain, lower case.
fn normalised(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    text.chars()
        .map(plain)
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '\u{feff}'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

//! A set of columns, and where they stand in a clerk's header row.
//!
//! Columns may come in any order and among others. A header fits exactly or not at all, apart from
//! blanks, full-width letters and the star of required columns.

use protocol::refusal::{Code, Lang, Refusal};

use super::fault::Warning;
use super::sheet::{Cell, Row, column_letters};

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

/// A column that a clerk names, because its header does not say what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChoice {
    /// What it is, by identifier or usual header.
    field: String,
    /// Its header in the sheet, or its letters.
    column: String,
}

impl ColumnChoice {
    /// Reads `FIELD=COLUMN`.
    ///
    /// # Errors
    /// `import.header`, naming the text.
    pub fn parse(text: &str) -> Result<ColumnChoice, Refusal> {
        let (field, column) = text.split_once('=').unwrap_or_default();
        let (field, column) = (normalised(field), normalised(column));
        if field.is_empty() || column.is_empty() {
            return Err(Refusal::about(Code::ImportHeader, text));
        }
        Ok(ColumnChoice { field, column })
    }

    /// What is meant, by index in the set and place in the sheet, if both exist.
    fn meant(&self, columns: &[Column], header: &[String]) -> Option<(usize, usize)> {
        let index = columns.iter().position(|column| fits(column, &self.field))?;
        let by_header = header.iter().position(|text| *text == self.column);
        let by_letters = || {
            (0..header.len())
                .find(|place| self.column.eq_ignore_ascii_case(&column_letters(*place)))
        };
        Some((index, by_header.or_else(by_letters)?))
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
    titles: Vec<String>,
}

impl Header {
    /// Reads the header row, and warns of columns that are not read. What a clerk has chosen
    /// counts before what a header says.
    ///
    /// # Errors
    /// `import.header`, naming every column that is missing or stands there twice, or the choice
    /// that names none.
    pub fn read(
        file: &str,
        row: &Row,
        columns: &'static [Column],
        choices: &[ColumnChoice],
    ) -> Result<(Header, Vec<Warning>), Refusal> {
        let mut places = vec![None; columns.len()];
        let (mut doubled, mut warnings) = (Vec::new(), Vec::new());
        let titles: Vec<String> =
            row.cells().iter().map(|cell| cell.shown().trim().to_owned()).collect();
        let texts: Vec<String> = titles.iter().map(|title| normalised(title)).collect();
        for choice in choices {
            let Some((index, place)) = choice.meant(columns, &texts) else {
                let subject = format!("{file}: {}={}", choice.field, choice.column);
                return Err(Refusal::about(Code::ImportHeader, subject));
            };
            if places[index].is_some() || places.contains(&Some(place)) {
                doubled.push(&columns[index]);
            }
            places[index] = Some(place);
        }
        let chosen = places.clone();
        for (place, text) in texts.iter().enumerate().filter(|(at, _)| !chosen.contains(&Some(*at)))
        {
            match columns.iter().position(|column| fits(column, text)) {
                Some(index) if chosen[index].is_none() && places[index].is_some() => {
                    doubled.push(&columns[index]);
                }
                Some(index) if chosen[index].is_none() => places[index] = Some(place),
                _ if text.is_empty() || is_problem_header(row.cell(place)) => {}
                _ => warnings
                    .push(Warning::ColumnIgnored { column: place, header: titles[place].clone() }),
            }
        }
        let absent =
            |(column, place): &(&Column, &Option<usize>)| column.required && place.is_none();
        let missing: Vec<&Column> =
            columns.iter().zip(&places).filter(absent).map(|(column, _)| column).collect();
        if missing.is_empty() && doubled.is_empty() {
            return Ok((Header { columns, places, titles }, warnings));
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

    /// Every column that is read: where it stands, counted from 0, its header, and what it is.
    pub fn matched(&self) -> impl Iterator<Item = (usize, &str, &'static Column)> {
        let found = self.columns.iter().zip(&self.places);
        found.filter_map(|(column, place)| {
            place.map(|place| (place, self.titles[place].as_str(), column))
        })
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

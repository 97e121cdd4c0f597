//! Roster files with whatever cells a test wants, right or wrong.

use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use dukou::demo::people::Person;
use dukou::demo::roster::HEADERS;
use protocol::member::Standing;
use rust_xlsxwriter::Workbook;

use crate::scratch::Scratch;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number, as a spreadsheet makes of digits.
    Number(f64),
}

/// A table whose first row is its header.
#[derive(Clone, Debug)]
pub struct Sheet {
    rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A sheet with these headers.
    pub fn with_headers(headers: &[&str]) -> Sheet {
        Sheet { rows: vec![headers.iter().map(|header| text(header)).collect()] }
    }

    /// A sound roster.
    pub fn of(people: impl Iterator<Item = Person>) -> Sheet {
        let mut sheet = Sheet::with_headers(&HEADERS);
        sheet.rows.extend(people.map(|person| row(&person)));
        sheet
    }

    /// Replaces the cell below a header; row 2 is the first below the headers, as a spreadsheet
    /// counts.
    #[must_use]
    pub fn with(mut self, row: usize, header: &str, cell: Cell) -> Sheet {
        let column = self.column(header);
        self.rows[row - 1][column] = cell;
        self
    }

    /// The text below a header.
    pub fn text(&self, row: usize, header: &str) -> String {
        match &self.rows[row - 1][self.column(header)] {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
        }
    }

    /// Adds a copy of a row at the end, and gives its number.
    pub fn repeat(&mut self, row: usize) -> usize {
        self.rows.push(self.rows[row - 1].clone());
        self.rows.len()
    }

    /// Adds a row of texts.
    pub fn push(&mut self, texts: &[&str]) {
        self.rows.push(texts.iter().map(|t| text(t)).collect());
    }

    /// Removes a column.
    #[must_use]
    pub fn without(mut self, header: &str) -> Sheet {
        let column = self.column(header);
        for row in &mut self.rows {
            row.remove(column);
        }
        self
    }

    /// Renames a header.
    #[must_use]
    pub fn renamed(self, from: &str, to: &str) -> Sheet {
        self.with(1, from, text(to))
    }

    /// Puts the last column first, the second last second, and so on.
    #[must_use]
    pub fn mirrored(mut self) -> Sheet {
        for row in &mut self.rows {
            row.reverse();
        }
        self
    }

    /// How many rows there are, headers included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is not even a header.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes it as xlsx.
    pub fn xlsx(&self, scratch: &Scratch, name: &str) -> PathBuf {
        let path = scratch.path(name);
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in (0u32..).zip(&self.rows) {
            for (column, cell) in (0u16..).zip(cells) {
                match cell {
                    Cell::Text(text) => sheet.write_string(row, column, text).unwrap(),
                    Cell::Number(number) => sheet.write_number(row, column, *number).unwrap(),
                };
            }
        }
        book.save(&path).unwrap();
        path
    }

    /// Writes it as csv in UTF-8. No cell may need quoting.
    pub fn csv(&self, scratch: &Scratch, name: &str) -> PathBuf {
        let path = scratch.path(name);
        let line = |row: &Vec<Cell>| row.iter().map(plain).collect::<Vec<_>>().join(",") + "\r\n";
        std::fs::write(&path, self.rows.iter().map(line).collect::<String>()).unwrap();
        path
    }

    fn column(&self, header: &str) -> usize {
        let column = self.rows[0].iter().position(|cell| *cell == text(header));
        column.unwrap_or_else(|| panic!("no column {header}"))
    }
}

/// A text cell.
pub fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// Reads the first sheet of a file that another program wrote, every cell as text.
pub fn read_xlsx(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => {
            assert!(!text.contains([',', '"', '\n', '\r']));
            text.clone()
        }
        Cell::Number(number) => number.to_string(),
    }
}

fn row(person: &Person) -> Vec<Cell> {
    let standing = match person.standing {
        Standing::Full => "正式",
        Standing::Probationary => "预备",
    };
    let dues = person.dues_paid_through.map(|month| month.to_string()).unwrap_or_default();
    let sex = match person.sex {
        protocol::member::Sex::Female => "女",
        protocol::member::Sex::Male => "男",
    };
    vec![
        text(person.name.reveal()),
        text(sex),
        text(person.ethnicity),
        text(person.id_number.reveal()),
        text(standing),
        text(person.branch.name),
        text(&person.joined_on.to_string()),
        text(&dues),
        text(person.phone.reveal()),
    ]
}

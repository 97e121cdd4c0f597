//! Writes invented people as the roster files that offices really have: xlsx, or csv in UTF-8 or
//! GB 18030, with the Chinese headers that the import takes.
//!
//! Rows are written as they come and not kept, so a file of any length costs the same memory. It
//! writes no faults; tests that need some write their own sheets.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use encoding_rs::GB18030;
use protocol::member::{Sex, Standing};
use rust_xlsxwriter::Workbook;

use super::people::Person;

/// The headers, in the order in which [`write_xlsx`] and [`write_csv`] write them.
pub const HEADERS: [&str; 9] = [
    "姓名",
    "性别",
    "民族",
    "公民身份号码",
    "党员类别",
    "所在党支部",
    "入党日期",
    "党费交至",
    "联系电话",
];

/// The most people that fit on one sheet of an xlsx file.
pub const XLSX_PEOPLE_MAX: usize = 1_048_575;

/// How the text of a csv file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a mark.
    Utf8,
    /// UTF-8 that begins with a byte order mark, as Excel writes it.
    Utf8WithMark,
    /// GB 18030, as older office programs write it.
    Gb18030,
}

/// Writes `people` as an xlsx file, every cell as text. More than [`XLSX_PEOPLE_MAX`] is an error.
pub fn write_xlsx(path: &Path, people: impl Iterator<Item = Person>) -> io::Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(io::Error::other)?;
    let header = HEADERS.map(str::to_owned);
    let rows = std::iter::once(header).chain(people.map(|person| cells(&person)));
    for (row, cells) in (0u32..).zip(rows) {
        for (column, text) in (0u16..).zip(&cells) {
            sheet.write_string(row, column, text).map_err(io::Error::other)?;
        }
    }
    workbook.save(path).map_err(io::Error::other)
}

/// Writes `people` as a csv file in that encoding.
pub fn write_csv(
    path: &Path,
    encoding: Encoding,
    people: impl Iterator<Item = Person>,
) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    if encoding == Encoding::Utf8WithMark {
        file.write_all("\u{feff}".as_bytes())?;
    }
    let mut writer = csv::Writer::from_writer(file);
    let header = HEADERS.map(str::to_owned);
    for cells in std::iter::once(header).chain(people.map(|person| cells(&person))) {
        match encoding {
            // Neither a comma nor a quote occurs inside a GB 18030 character, so the encoded
            // fields can be quoted as they are.
            Encoding::Gb18030 => writer.write_record(cells.iter().map(|c| GB18030.encode(c).0))?,
            Encoding::Utf8 | Encoding::Utf8WithMark => writer.write_record(&cells)?,
        }
    }
    writer.into_inner().map_err(|failed| failed.into_error())?.flush()
}

fn cells(person: &Person) -> [String; 9] {
    [
        person.name.reveal().clone(),
        match person.sex {
            Sex::Female => "女".to_owned(),
            Sex::Male => "男".to_owned(),
        },
        person.ethnicity.to_owned(),
        person.id_number.reveal().to_owned(),
        match person.standing {
            Standing::Full => "正式党员".to_owned(),
            Standing::Probationary => "预备党员".to_owned(),
        },
        person.branch.name.to_owned(),
        person.joined_on.to_string(),
        person.dues_paid_through.map(|month| month.to_string()).unwrap_or_default(),
        person.phone.reveal().clone(),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use calamine::{Reader, Xlsx, open_workbook};

    use super::super::people::Crowd;
    use super::super::regions::SHIQUAN;
    use super::*;

    fn people() -> impl Iterator<Item = Person> {
        Crowd::new(11, 300).of(&SHIQUAN)
    }

    fn expected() -> Vec<Vec<String>> {
        let header = HEADERS.map(str::to_owned).to_vec();
        std::iter::once(header).chain(people().map(|p| cells(&p).to_vec())).collect()
    }

    #[test]
    fn an_xlsx_file_reads_back_as_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("名册.xlsx");
        write_xlsx(&path, people()).unwrap();
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let text = |row: &[calamine::Data]| {
            row.iter()
                .map(|cell| match cell {
                    calamine::Data::String(text) => text.clone(),
                    calamine::Data::Empty => String::new(),
                    other => panic!("not text: {other:?}"),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(sheet.rows().map(text).collect::<Vec<_>>(), expected());
    }

    #[test]
    fn csv_files_read_back_in_every_encoding() {
        let dir = tempfile::tempdir().unwrap();
        for encoding in [Encoding::Utf8, Encoding::Utf8WithMark, Encoding::Gb18030] {
            let path = dir.path().join("名册.csv");
            write_csv(&path, encoding, people()).unwrap();
            let bytes = fs::read(&path).unwrap();
            let text = match encoding {
                Encoding::Gb18030 => {
                    let whole = GB18030.decode_without_bom_handling_and_without_replacement(&bytes);
                    whole.unwrap().into_owned()
                }
                Encoding::Utf8 => String::from_utf8(bytes).unwrap(),
                Encoding::Utf8WithMark => {
                    String::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').unwrap().to_owned()
                }
            };
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let rows: Vec<Vec<String>> = reader
                .records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect())
                .collect();
            assert_eq!(rows, expected(), "{encoding:?}");
        }
    }
}

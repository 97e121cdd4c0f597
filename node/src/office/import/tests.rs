//! The reader of roster files, over real files in temporary directories.
#![allow(clippy::unwrap_used)]

mod annotated;
mod cells;
mod csv_files;
mod faults;
mod hostile;
mod letters;
mod other_columns;
mod scale;
mod xlsx_files;

use std::io::{Cursor, Read, Write};

use protocol::id::OrgCode;
use protocol::member::check_character;
use protocol::refusal::{Code, Refusal};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::fault::{Checked, Objection};
use super::roster::{self, RosterRow, RosterSink};
use super::sheet::Sheet;

/// The usual headers, in the order of the contract.
const HEADERS: [&str; 9] = [
    "姓名",
    "公民身份号码",
    "党员类别",
    "所在党支部",
    "性别",
    "民族",
    "入党日期",
    "党费交至",
    "联系电话",
];

/// Knows two branches, and keeps the rows that it is given.
#[derive(Default)]
struct Desk {
    rows: Vec<RosterRow>,
    progress: Vec<u64>,
    /// Rows that it objects to, as a roster would to a member in transit.
    in_transit: Vec<u32>,
    /// The row at which it can no longer go on.
    stops_at: Option<u32>,
}

impl RosterSink for Desk {
    fn org(&mut self, text: &str) -> Result<OrgCode, Objection> {
        match text {
            "610922-0007" | "缫丝厂支部" => Ok("610922-0007".parse().unwrap()),
            "西街社区" => Err(Objection::fault("org", Code::OrgAmbiguous, text)),
            _ => Err(Objection::fault("org", Code::OrgUnknown, text)),
        }
    }

    fn row(&mut self, row: RosterRow) -> Result<(), Objection> {
        if self.stops_at == Some(row.row) {
            return Err(Objection::Stop(Refusal::about(Code::Internal, "store")));
        }
        if self.in_transit.contains(&row.row) {
            return Err(Objection::fault("id_number", Code::MemberInTransit, "A1B2C3D4"));
        }
        self.rows.push(row);
        Ok(())
    }

    fn progress(&mut self, rows_done: u64) {
        self.progress.push(rows_done);
    }
}

/// An identity number of nobody: area code 99 is not issued.
fn id(serial: u32) -> String {
    let (day, order) = (serial / 500, serial % 500 * 2 + 1);
    let digits = format!("99{:04}19{:02}0101{order:03}", day % 10_000, 40 + day / 10_000 % 50);
    let last = char::from(check_character(digits.as_bytes()));
    format!("{digits}{last}")
}

/// A complete row without a fault.
fn person(serial: u32) -> [String; 9] {
    let texts = ["缫丝厂支部", "男", "汉族", "2001-07-01", "2026-03", "0915-6321000"];
    let [org, sex, ethnicity, joined, dues, phone] = texts.map(str::to_owned);
    [
        format!("赵以{serial}"),
        id(serial),
        "正式党员".into(),
        org,
        sex,
        ethnicity,
        joined,
        dues,
        phone,
    ]
}

/// The row with one cell changed.
fn person_with(serial: u32, column: usize, text: &str) -> [String; 9] {
    let mut row = person(serial);
    row[column] = text.to_owned();
    row
}

/// A csv of the usual headers and these rows.
fn csv(rows: &[[String; 9]]) -> String {
    let mut text = HEADERS.join(",");
    for row in rows {
        text.push('\n');
        text.push_str(&row.join(","));
    }
    text
}

/// An xlsx of the usual headers and these rows, as text; `change` may do more to the sheet.
fn xlsx(rows: &[[String; 9]], change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADERS).unwrap();
    for (line, row) in (1..).zip(rows) {
        sheet.write_row(line, 0, row).unwrap();
    }
    change(sheet);
    workbook.save_to_buffer().unwrap()
}

fn day_format() -> Format {
    Format::new().set_num_format("yyyy/m/d")
}

/// The archive with every part passed through `change`.
fn repacked(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        new.start_file(name.clone(), zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(change(&name, text).as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

fn check(bytes: impl Into<Vec<u8>>) -> Result<(Checked, Desk), Refusal> {
    crate::telemetry::watch::watch();
    let mut desk = Desk::default();
    let checked = roster::read(&Sheet::from_bytes("名册", bytes.into())?, &mut desk)?;
    Ok((checked, desk))
}

/// Why the whole table is refused.
fn refused(bytes: impl Into<Vec<u8>>) -> (Code, String) {
    let refusal = check(bytes).err().unwrap();
    (refusal.code, refusal.subject)
}

/// Every fault as row, column, field and code.
fn faults(checked: &Checked) -> Vec<(u32, String, &'static str, &'static str)> {
    let listed = |fault: &super::fault::CellFault| {
        (fault.row, fault.column_letters(), fault.field, fault.code.text())
    };
    checked.faults.iter().map(listed).collect()
}

/// The names of the rows that were handed over.
fn names(desk: &Desk) -> Vec<&str> {
    desk.rows.iter().map(|row| row.name.reveal().as_str()).collect()
}

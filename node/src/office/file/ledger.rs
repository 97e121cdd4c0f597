//! 流出、流入台账: the ledgers as workbooks, rows straight from the stays.
//!
//! Every cell is text, so nothing in it is ever taken for a formula. Identity numbers are not in a
//! ledger, and phones are masked; they stand in the member's file.

use std::path::Path;

use protocol::refusal::{Code, Lang, Refusal};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::super::import::annotate::save;
use super::super::{Office, view};

/// Rows that are read at a time.
const PAGE_ROWS: u32 = 500;
/// Rows of one sheet: what a spreadsheet program opens, the header aside.
const ROWS_MAX: u32 = 1_048_575;
const COLUMN_WIDTH_CHARS: f64 = 18.0;

const COLUMNS: &[(&str, &str)] = &[
    ("姓名", "name"),
    ("党员类别", "standing"),
    ("状态", "state"),
    ("流出组织", "from_org"),
    ("流入组织", "to_org"),
    ("外出日期", "from"),
    ("预计返回", "until"),
    ("编入日期", "placed_on"),
    ("接收方式", "intake"),
    ("管理方式", "mode"),
    ("定居日期", "settled"),
    ("事由", "reason"),
    ("地点", "place"),
    ("流出地联系人", "contact_home"),
    ("流入地联系人", "contact_there"),
    ("最近联系", "last_contact"),
    ("最近反馈", "last_report"),
    ("党费交至", "dues_paid_through"),
    ("终止日期", "ended_on"),
    ("终止方式", "ended_how"),
    ("流动记录", "stay"),
];

impl Office {
    /// Writes the ledger of members who are away (`out`) or of guests (`in`), ended stays included,
    /// to a workbook that its owner alone may read.
    ///
    /// # Errors
    /// `field.invalid` (direction), `file.write`.
    pub fn export_ledger(
        &self,
        direction: &str,
        lang: Lang,
        out: &Path,
    ) -> Result<view::Ledger, Refusal> {
        let refuse = |_: XlsxError| Refusal::about(Code::FileWrite, out.display());
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        header(sheet, lang).map_err(refuse)?;
        let (mut rows, mut after) = (0, None);
        loop {
            let page = self.stays(Some(direction), None, after.as_deref(), PAGE_ROWS, false)?;
            for stay in page.items {
                if rows == ROWS_MAX {
                    return Err(Refusal::about(Code::FileWrite, out.display()));
                }
                rows += 1;
                row(sheet, rows, &stay).map_err(refuse)?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if direction == "out" {
            rows = self.departure_rows(sheet, rows, out)?;
        }
        save(&mut workbook, out)?;
        let (file, direction) = (out.display().to_string(), direction.to_owned());
        Ok(view::Ledger { file, direction, rows: rows.into() })
    }
}

impl Office {
    /// Below the stays: who told the branch of going away, without a stay. Those that became one
    /// stand above.
    fn departure_rows(
        &self,
        sheet: &mut Worksheet,
        mut rows: u32,
        out: &Path,
    ) -> Result<u32, Refusal> {
        let refuse = || Refusal::about(Code::FileWrite, out.display());
        let mut after = None;
        loop {
            let page = self.departures(None, after.as_deref(), PAGE_ROWS, false)?;
            for departure in page.items.iter().filter(|one| one.stay.is_none()) {
                if rows == ROWS_MAX {
                    return Err(refuse());
                }
                rows += 1;
                departure_row(sheet, rows, departure).map_err(|_| refuse())?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(rows),
            }
        }
    }
}

fn header(sheet: &mut Worksheet, lang: Lang) -> Result<(), XlsxError> {
    let (text, title) = (Format::new().set_num_format("@"), Format::new().set_bold());
    for (place, (zh, en)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(place, COLUMN_WIDTH_CHARS)?;
        sheet.set_column_format(place, &text)?;
        let header = if lang == Lang::Zh { zh } else { en };
        sheet.write_string_with_format(0, place, *header, &title)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn person(contact: Option<&view::StayContact>) -> Option<String> {
    contact.map(|one| format!("{} {}", one.name, one.phone.as_deref().unwrap_or_default()))
}

fn row(sheet: &mut Worksheet, number: u32, stay: &view::Stay) -> Result<(), XlsxError> {
    let placed = stay.placed.as_ref();
    let report = stay.last_report.as_ref();
    let ended = stay.ended.as_ref();
    let cells = [
        ("name", stay.member.name.clone()),
        ("standing", stay.standing.clone()),
        ("state", Some(stay.state.clone())),
        ("from_org", stay.from_org.clone().or(Some(stay.from_region.clone()))),
        ("to_org", stay.to_org.clone()),
        ("from", Some(stay.from.clone())),
        ("until", stay.until.clone()),
        ("placed_on", placed.map(|placed| placed.on.clone())),
        ("intake", stay.intake.clone()),
        ("mode", stay.mode.clone()),
        ("settled", stay.settled.clone()),
        ("reason", stay.reason.clone()),
        ("place", stay.place.clone()),
        ("contact_home", person(stay.contact.as_ref())),
        ("contact_there", person(placed.and_then(|placed| placed.contact.as_ref()))),
        ("last_contact", stay.last_contact.clone()),
        ("last_report", report.map(|one| format!("{} {}/{}", one.period, one.attended, one.held))),
        ("dues_paid_through", stay.dues_paid_through.clone()),
        ("ended_on", ended.map(|ended| ended.on.clone())),
        ("ended_how", ended.map(|ended| ended.how.clone())),
        ("stay", Some(stay.id.clone())),
    ];
    write(sheet, number, cells)
}

fn departure_row(
    sheet: &mut Worksheet,
    number: u32,
    departure: &view::Departure,
) -> Result<(), XlsxError> {
    let ended = departure.ended_on.as_ref().map(|_| departure.state.clone());
    let cells = [
        ("name", departure.member.name.clone()),
        ("standing", departure.standing.clone()),
        ("state", Some(departure.state.clone())),
        ("from_org", departure.org.clone()),
        ("from", Some(departure.from.clone())),
        ("until", departure.until.clone()),
        ("reason", departure.reason.clone()),
        ("place", departure.place.clone()),
        ("contact_home", person(departure.contact.as_ref())),
        ("ended_on", departure.ended_on.clone()),
        ("ended_how", ended),
        ("stay", Some(departure.id.clone())),
    ];
    write(sheet, number, cells)
}

/// Writes each text into the column of that name.
fn write<const N: usize>(
    sheet: &mut Worksheet,
    number: u32,
    cells: [(&str, Option<String>); N],
) -> Result<(), XlsxError> {
    for (name, text) in cells {
        let place = (0..).zip(COLUMNS).find(|(_, (_, column))| *column == name);
        if let (Some((place, _)), Some(text)) = (place, text) {
            sheet.write_string(number, place, text.trim())?;
        }
    }
    Ok(())
}

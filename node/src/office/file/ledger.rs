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
        save(&mut workbook, out)?;
        let (file, direction) = (out.display().to_string(), direction.to_owned());
        Ok(view::Ledger { file, direction, rows: rows.into() })
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

fn row(sheet: &mut Worksheet, number: u32, stay: &view::Stay) -> Result<(), XlsxError> {
    let contact = |contact: Option<&view::StayContact>| {
        contact.map(|one| format!("{} {}", one.name, one.phone.as_deref().unwrap_or_default()))
    };
    let placed = stay.placed.as_ref();
    let report = stay.last_report.as_ref();
    let cells = [
        stay.member.name.clone(),
        stay.standing.clone(),
        Some(stay.state.clone()),
        stay.from_org.clone().or(Some(stay.from_region.clone())),
        stay.to_org.clone(),
        Some(stay.from.clone()),
        stay.until.clone(),
        placed.map(|placed| placed.on.clone()),
        stay.reason.clone(),
        stay.place.clone(),
        contact(stay.contact.as_ref()),
        contact(placed.and_then(|placed| placed.contact.as_ref())),
        stay.last_contact.clone(),
        report.map(|one| format!("{} {}/{}", one.period, one.attended, one.held)),
        stay.dues_paid_through.clone(),
        stay.ended.as_ref().map(|ended| ended.on.clone()),
        stay.ended.as_ref().map(|ended| ended.how.clone()),
        Some(stay.id.clone()),
    ];
    for (place, cell) in (0..).zip(cells) {
        if let Some(text) = cell {
            sheet.write_string(number, place, text.trim())?;
        }
    }
    Ok(())
}

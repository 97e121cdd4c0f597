//! The annotated workbook that goes back to the clerk.

use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use protocol::refusal::Lang;

use super::super::annotate::annotate;
use super::*;

/// Checks a file, annotates it into `out`, and reads that back.
fn annotated(bytes: Vec<u8>, out: &Path) -> (Checked, calamine::Range<Data>) {
    let sheet = Sheet::from_bytes("名册", bytes).unwrap();
    let checked = roster::read(&sheet, &mut Desk::default()).unwrap();
    annotate(&sheet, &checked, Lang::Zh, out).unwrap();
    (checked, cells(out))
}

fn cells(path: &Path) -> calamine::Range<Data> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    workbook.worksheet_range("Sheet1").unwrap()
}

/// Whether the cell of an annotated file is red.
fn is_red(path: &Path, row: u32, column: u32) -> bool {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let styles = workbook.worksheet_style("Sheet1").unwrap();
    styles
        .get((row, column))
        .is_some_and(|style| style.fill.as_ref().is_some_and(|fill| fill.is_visible()))
}

#[test]
fn the_clerks_table_comes_back_with_its_faults() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("批注.xlsx");
    let bytes = xlsx(&[person_with(1, 2, "群众"), person(2), person_with(3, 0, "")], |sheet| {
        sheet.write_string(0, 9, "备注").unwrap();
        sheet.write_string(1, 9, "=HYPERLINK(\"http://x\")").unwrap();
        sheet.write_number(2, 9, 3.5).unwrap();
        sheet.write_number_with_format(2, 6, 46_112.0, &day_format()).unwrap();
        sheet.write_number(3, 1, 612_422_197_803_051_000.0).unwrap();
    });
    let (checked, range) = annotated(bytes, &out);
    assert_eq!(checked.faults.len(), 3);
    let text = |row: u32, column: u32| range.get_value((row, column)).unwrap().to_string();
    assert_eq!((text(0, 9), text(0, 10)), ("备注".to_owned(), "问题".to_owned()));
    assert_eq!(range.get_value((1, 9)), Some(&Data::String("=HYPERLINK(\"http://x\")".into())));
    assert_eq!(range.get_value((2, 1)), Some(&Data::String(id(2))));
    assert_eq!(range.get_value((2, 9)), Some(&Data::Float(3.5)));
    assert!(matches!(range.get_value((2, 6)), Some(Data::DateTime(_))));
    assert_eq!(range.get_value((3, 1)), Some(&Data::Float(612_422_197_803_051_000.0)));
    assert!(text(1, 10).contains("正式党员") && text(3, 10).contains("不能推算"));
    assert_eq!(text(2, 10), "");
    let lines = text(3, 10);
    assert!(lines.starts_with("姓名:A4 为空。请填写。\n公民身份号码:"), "{lines}");
    for (row, column, red) in [(1, 2, true), (3, 0, true), (3, 1, true), (1, 0, false)] {
        assert_eq!(is_red(&out, row, column), red, "{row} {column}");
    }
}

#[test]
fn a_corrected_annotation_can_be_imported_and_annotated_again() {
    let dir = tempfile::tempdir().unwrap();
    let (once, twice) = (dir.path().join("1.xlsx"), dir.path().join("2.xlsx"));
    let (first, _) = annotated(csv(&[person_with(1, 2, "群众")]).into_bytes(), &once);
    let (second, range) = annotated(std::fs::read(&once).unwrap(), &twice);
    assert_eq!(faults(&first), faults(&second));
    assert!(second.warnings.is_empty());
    assert_eq!((range.width(), cells(&once)), (10, cells(&twice)));
}

#[test]
fn rows_keep_their_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.xlsx");
    let text = csv(&[person(1)]).replace('\n', "\n\n\n");
    let (_, range) = annotated(format!("\n{text}").into_bytes(), &out);
    assert_eq!(range.get_value((4, 1)), Some(&Data::String(id(1))));
}

#[test]
fn only_the_path_asked_for_is_replaced_and_never_the_source() {
    let dir = tempfile::tempdir().unwrap();
    let (source, out) = (dir.path().join("名册.csv"), dir.path().join("out.xlsx"));
    std::fs::write(&source, csv(&[person_with(1, 2, "群众")])).unwrap();
    std::fs::write(&out, "old").unwrap();
    let sheet = Sheet::open(&source).unwrap();
    let checked = roster::read(&sheet, &mut Desk::default()).unwrap();
    annotate(&sheet, &checked, Lang::En, &out).unwrap();
    assert_eq!(cells(&out).get_value((0, 9)), Some(&Data::String("problems".into())));
    for place in [source.as_path(), &dir.path().join("no/such/place.xlsx"), dir.path()] {
        let refusal = annotate(&sheet, &checked, Lang::En, place).unwrap_err();
        assert_eq!(refusal.code, Code::FileWrite);
    }
    let mut left: Vec<_> =
        std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["out.xlsx", "名册.csv"]);
}

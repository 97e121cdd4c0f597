//! Real xlsx files: cells, dates, sheets.

use super::super::fault::Warning;
use super::*;

const DATED: [&str; 2] = ["joined", "dues"];

fn dates(bytes: Vec<u8>) -> [String; DATED.len()] {
    let (checked, desk) = check(bytes).unwrap();
    assert!(checked.is_clean(), "{:?}", faults(&checked));
    let row = &desk.rows[0];
    [row.joined_on.unwrap().to_string(), row.dues_paid_through.unwrap().to_string()]
}

#[test]
fn text_and_date_cells_are_read() {
    let bytes = xlsx(&[person(1)], |sheet| {
        sheet.write_number_with_format(1, 6, 46_112.0, &day_format()).unwrap();
        sheet.write_number_with_format(1, 7, 46_096.75, &day_format()).unwrap();
    });
    assert_eq!(dates(bytes), ["2026-03-31", "2026-03"]);
}

#[test]
fn both_date_systems_are_read() {
    let bytes = xlsx(&[person(1)], |sheet| {
        sheet.write_number_with_format(1, 6, 46_112.0 - 1_462.0, &day_format()).unwrap();
        sheet.write_number_with_format(1, 7, 61.0, &day_format()).unwrap();
    });
    let since_1904 = repacked(&bytes, |name, text| match name {
        "xl/workbook.xml" => text.replace("<workbookPr ", "<workbookPr date1904=\"1\" "),
        _ => text,
    });
    assert_eq!(dates(bytes), ["2022-03-30", "1900-03"]);
    assert_eq!(dates(since_1904), ["2026-03-31", "1904-03"]);
}

#[test]
fn the_day_that_never_was_is_a_fault() {
    let bytes = xlsx(&[person(1), person(2)], |sheet| {
        sheet.write_number_with_format(1, 6, 60.0, &day_format()).unwrap();
        sheet.write_number_with_format(2, 6, 59.0, &day_format()).unwrap();
    });
    let (checked, desk) = check(bytes).unwrap();
    assert_eq!(faults(&checked), [(2, "G".to_owned(), "joined_on", "date.invalid")]);
    assert_eq!(desk.rows[0].joined_on.unwrap().to_string(), "1900-02-28");
}

#[test]
fn numbers_are_good_for_phones_and_dates_but_never_for_id_numbers() {
    let bytes = xlsx(&[person(1)], |sheet| {
        sheet.write_number(1, 1, 612_422_197_803_051_000.0).unwrap();
        sheet.write_number(1, 6, 20_010_701.0).unwrap();
        sheet.write_number(1, 7, 202_603.0).unwrap();
        sheet.write_number(1, 8, 13_900_000_000.0).unwrap();
    });
    let (checked, _) = check(bytes).unwrap();
    assert_eq!(faults(&checked), [(2, "B".to_owned(), "id_number", "id.numeric_cell")]);
    assert_eq!(checked.faults[0].value.reveal(), "6.12422E+17");
    assert!(checked.faults[0].fix(Default::default()).contains("不能推算"));
}

#[test]
fn only_the_first_visible_sheet_is_read() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("隐藏").unwrap().set_hidden(true);
    let sheet = workbook.add_worksheet().set_name("名册").unwrap().set_active(true);
    sheet.write_row(2, 1, HEADERS).unwrap();
    sheet.write_row(4, 1, person(1)).unwrap();
    sheet.write_row(5, 1, person_with(2, 2, "群众")).unwrap();
    workbook.add_worksheet().set_name("说明").unwrap();
    let (checked, desk) = check(workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!((names(&desk), desk.rows[0].row), (vec!["赵以1"], 5));
    assert_eq!(faults(&checked), [(6, "D".to_owned(), "standing", "standing.unknown")]);
    assert_eq!(checked.warnings, [Warning::SheetIgnored { name: "说明".to_owned() }]);
}

#[test]
fn formulas_count_by_their_last_value() {
    let bytes = xlsx(&[person(1), person(2)], |sheet| {
        let name = rust_xlsxwriter::Formula::new("=A9").set_result("周四");
        sheet.write_formula(1, 0, name).unwrap();
        let failed = rust_xlsxwriter::Formula::new("=A9").set_result("#N/A");
        sheet.write_formula(2, 0, failed).unwrap();
    });
    let (checked, desk) = check(bytes).unwrap();
    assert_eq!(names(&desk), ["周四"]);
    assert_eq!(faults(&checked), [(3, "A".to_owned(), "name", "field.invalid")]);
    assert_eq!(checked.faults[0].value.reveal(), "#N/A");
}

#[test]
fn both_passes_see_the_same_bytes_whatever_happens_to_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("名册.xlsx");
    std::fs::write(&path, xlsx(&[person(1), person(2)], |_| {})).unwrap();
    let sheet = Sheet::open(&path).unwrap();
    let mut first = Desk::default();
    roster::read(&sheet, &mut first).unwrap();
    std::fs::write(&path, b"PK").unwrap();
    let mut second = Desk::default();
    roster::read(&sheet, &mut second).unwrap();
    assert_eq!((names(&first), names(&first)), (names(&second), vec!["赵以1", "赵以2"]));
    let other = Sheet::from_bytes("名册", csv(&[person(1)]).into_bytes()).unwrap();
    assert_ne!(other.fingerprint(), sheet.fingerprint());
}

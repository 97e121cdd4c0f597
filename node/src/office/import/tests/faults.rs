//! Every fault of a roster, by row, column, code and fix.

use protocol::refusal::Lang;

use super::super::fault::Warning;
use super::super::limits::FAULTS_LISTED_MAX;
use super::*;

/// The only fault of a row with that cell in that column: code, value and fix.
fn fault(column: usize, text: &str) -> (&'static str, String, String) {
    let (checked, desk) = check(csv(&[person_with(1, column, text)])).unwrap();
    let [fault] = checked.faults.as_slice() else { panic!("{text}: {:?}", faults(&checked)) };
    assert_eq!((fault.row, fault.column, checked.ok), (2, column, 0), "{text}");
    assert!(desk.rows.is_empty());
    (fault.code.text(), fault.value.reveal().clone(), fault.fix(Lang::Zh))
}

#[test]
fn faults_of_id_numbers_are_told_apart_and_masked() {
    let good = id(1);
    let last = if good.ends_with('4') { '5' } else { '4' };
    let (code, value, fix) = fault(1, &format!("{}{last}", &good[..17]));
    assert_eq!((code, value.as_str()), ("id.checksum", "990000************"));
    assert!(fix.starts_with(&format!("第18位应为 {}", &good[17..])), "{fix}");

    assert_eq!(fault(1, "6.12422E+17").0, "id.numeric_cell");
    assert_eq!(fault(1, "6E17").0, "id.numeric_cell");
    assert_eq!(fault(1, "990000194013010014").0, "id.birth_date");
    let full_width: String =
        good.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    for text in [full_width, format!(" {good}"), good[..15].to_owned(), "无".to_owned()] {
        assert_eq!(fault(1, &text).0, "id.shape", "{text}");
    }
    let (code, _, fix) = fault(1, &format!("'{good}"));
    assert_eq!((code, fix.as_str()), ("id.shape", "请删去开头的撇号。"));
}

#[test]
fn faults_of_the_other_columns_name_their_code() {
    let long = "长".repeat(101);
    let cases: &[(usize, &str, &str)] = &[
        (0, "=cmd|' /C calc'!A0", "field.invalid"),
        (0, "@SUM(A1)", "field.invalid"),
        (0, "+1", "field.invalid"),
        (0, "赵\u{202e}以", "field.invalid"),
        (0, "\u{3000}", "field.missing"),
        (0, &long, "field.invalid"),
        (2, "群众", "standing.unknown"),
        (2, "", "field.missing"),
        (3, "西街社区", "org.ambiguous"),
        (3, "东街社区", "org.unknown"),
        (4, "未知", "field.invalid"),
        (5, "=1+1", "field.invalid"),
        (6, "2026-02-30", "date.invalid"),
        (6, "26-3-31", "date.invalid"),
        (7, "2026.13", "date.invalid"),
        (7, "2026.1", "date.invalid"),
        (8, "(0915)6321000", "field.invalid"),
        (8, "123", "field.invalid"),
    ];
    for (column, text, code) in cases {
        assert_eq!(fault(*column, text).0, *code, "{text}");
    }
    assert_eq!(fault(7, "2026.13").2, "如 2026-03。");
    assert_eq!(fault(7, "2026.1").2, "1月写作 2026-01,10月写作 2026-10。");
    // The value is repeated, but not at any length.
    assert_eq!(fault(0, &long).1.chars().count(), 64);
}

#[test]
fn messages_name_the_cell_or_the_value() {
    let (checked, _) =
        check(csv(&[person_with(1, 3, "东街社区"), person_with(2, 6, "x")])).unwrap();
    let messages: Vec<String> =
        checked.faults.iter().map(|fault| fault.message(Lang::En)).collect();
    assert_eq!(messages[0], "No organisation 东街社区.");
    assert!(messages[1].contains("G3"), "{}", messages[1]);
}

#[test]
fn an_id_number_that_stands_in_the_wrong_column_is_masked_as_well() {
    let (code, value, _) = fault(4, &id(1));
    assert_eq!((code, value), ("field.invalid", format!("{}************", &id(1)[..6])));
}

#[test]
fn every_fault_of_every_row_is_reported_in_order() {
    let mut two = person_with(2, 1, "1");
    two[8] = "x".to_owned();
    let (checked, desk) = check(csv(&[person_with(1, 0, ""), two, person(3)])).unwrap();
    let expected = [
        (2, "A".to_owned(), "name", "field.missing"),
        (3, "B".to_owned(), "id_number", "id.shape"),
        (3, "I".to_owned(), "phone", "field.invalid"),
    ];
    assert_eq!(faults(&checked), expected);
    assert_eq!((checked.rows, checked.ok, names(&desk)), (3, 1, vec!["赵以3"]));
}

#[test]
fn the_second_row_with_an_id_number_names_the_first() {
    // The first is counted even where the rest of its row is at fault.
    let rows = [person_with(1, 0, ""), person(2), person_with(3, 1, &id(1))];
    let (checked, _) = check(csv(&rows)).unwrap();
    assert_eq!(checked.faults[1].code, Code::IdDuplicate);
    assert_eq!((checked.faults[1].row, checked.faults.len()), (4, 2));
    assert_eq!(checked.faults[1].message(Lang::Zh), "同一身份证号还出现在B2。");
}

#[test]
fn a_lower_case_x_is_the_same_id_number() {
    let with_x = (1..).map(id).find(|id| id.ends_with('X')).unwrap();
    let rows = [person_with(1, 1, &with_x), person_with(2, 1, &with_x.to_lowercase())];
    let (checked, _) = check(csv(&rows)).unwrap();
    assert_eq!(checked.faults[0].code, Code::IdDuplicate);
}

#[test]
fn what_the_roster_objects_to_is_a_fault_of_its_cell() {
    let sheet = Sheet::from_bytes("名册", csv(&[person(1), person(2)]).into_bytes()).unwrap();
    let mut desk = Desk { in_transit: vec![3], ..Desk::default() };
    let checked = roster::read(&sheet, &mut desk).unwrap();
    assert_eq!(faults(&checked), [(3, "B".to_owned(), "id_number", "member.in_transit")]);
    assert_eq!((checked.ok, desk.progress), (1, vec![2]));
}

#[test]
fn a_sink_that_cannot_go_on_ends_the_pass() {
    let sheet = Sheet::from_bytes("名册", csv(&[person(1), person(2), person(3)]).into()).unwrap();
    let mut desk = Desk { stops_at: Some(3), ..Desk::default() };
    assert_eq!(roster::read(&sheet, &mut desk).unwrap_err().code, Code::Internal);
    assert_eq!(names(&desk), ["赵以1"]);
}

#[test]
fn a_sex_that_contradicts_the_id_number_is_a_warning() {
    let (checked, _) = check(csv(&[person_with(1, 4, "女")])).unwrap();
    assert_eq!((checked.ok, checked.warnings), (1, vec![Warning::SexDiffers { row: 2 }]));
}

#[test]
fn missing_and_doubled_headers_are_named() {
    let header = |text: &str| refused(text.to_owned()).1;
    assert_eq!(refused("").0, Code::ImportHeader);
    assert_eq!(refused("石泉县党员名册\n姓名,身份证号\n").0, Code::ImportHeader);
    assert_eq!(
        header("姓名,所在支部"),
        "名册:1: 缺少 missing: 公民身份号码 id_number, 党员类别 standing"
    );
    let doubled = "姓名,身份证号,公民身份号码,党员类别,所在支部,电话,联系电话";
    assert_eq!(header(doubled), "名册:1: 重复 doubled: 公民身份号码 id_number, 联系电话 phone");
}

#[test]
fn faults_beyond_the_listed_ones_are_counted() {
    let rows: Vec<[String; 9]> =
        (0..FAULTS_LISTED_MAX as u32 + 5).map(|n| person_with(n, 2, "群众")).collect();
    let (checked, _) = check(csv(&rows)).unwrap();
    assert_eq!((checked.faults.len(), checked.faults_not_listed), (FAULTS_LISTED_MAX, 5));
    assert_eq!((checked.rows, checked.ok), (FAULTS_LISTED_MAX as u64 + 5, 0));
}

#[test]
fn nothing_personal_is_printed_by_debug() {
    let bytes = csv(&[person_with(1, 4, "群众丙"), person(2), person_with(3, 3, "钱丁")]);
    let sheet = Sheet::from_bytes("名册", bytes.clone().into_bytes()).unwrap();
    let (checked, desk) = check(bytes).unwrap();
    let printed = format!("{sheet:?} {checked:?} {:?}", desk.rows);
    for personal in ["赵以", "群众丙", "钱丁", "9900", "6321000"] {
        assert!(!printed.contains(personal), "{personal}");
    }
}

//! Real csv files: encodings, delimiters, quotes.

use encoding_rs::GB18030;

use super::*;

#[test]
fn every_encoding_reads_the_same() {
    let text = csv(&[person_with(1, 0, "买买提·艾力"), person_with(2, 0, "王𱁬")]);
    let with_bom = format!("\u{feff}{text}");
    let (gb18030, _, lossy) = GB18030.encode(&text);
    assert!(!lossy);
    for bytes in [text.as_bytes(), with_bom.as_bytes(), &gb18030] {
        let (checked, desk) = check(bytes).unwrap();
        assert_eq!((checked.rows, checked.ok), (2, 2), "{:?}", faults(&checked));
        assert_eq!(names(&desk), ["买买提·艾力", "王𱁬"]);
    }
}

#[test]
fn a_good_row_is_handed_over_whole() {
    let (_, desk) = check(csv(&[person(7)])).unwrap();
    let row = &desk.rows[0];
    assert_eq!((row.row, row.name.reveal().as_str()), (2, "赵以7"));
    assert_eq!(row.id_number.reveal(), id(7));
    assert_eq!((row.standing.name(), row.org.to_string().as_str()), ("full", "610922-0007"));
    assert_eq!(row.sex, Some(protocol::member::Sex::Male));
    assert_eq!(row.ethnicity.as_ref().unwrap().reveal(), "汉族");
    assert_eq!(row.joined_on.unwrap().to_string(), "2001-07-01");
    assert_eq!(row.dues_paid_through.unwrap().to_string(), "2026-03");
    assert_eq!(row.phone.as_ref().unwrap().reveal(), "0915-6321000");
}

#[test]
fn blank_optional_cells_erase_nothing() {
    let text =
        format!("姓名,身份证号,党员类别,所在支部,电话\n钱二,{},预备,610922-0007,  \n", id(1));
    let (checked, desk) = check(text).unwrap();
    assert!(checked.is_clean());
    let row = &desk.rows[0];
    assert_eq!((&row.phone, row.joined_on, row.sex), (&None, None, None));
}

#[test]
fn headers_come_in_any_order_language_and_delimiter() {
    for delimiter in [',', '\t', ';'] {
        let lines = ["org,Standing,备注,id_number,＊姓 名*".to_owned(), {
            format!("610922-0007,probationary,随便,{},孙三", id(3))
        }];
        let text = lines.join("\r\n").replace(',', &delimiter.to_string());
        let (checked, desk) = check(text).unwrap();
        assert_eq!((checked.ok, names(&desk)), (1, vec!["孙三"]));
        let [warning] = checked.warnings.as_slice() else { panic!("{:?}", checked.warnings) };
        assert_eq!(warning.code(), "import.column_ignored");
        assert_eq!(warning.message(Default::default()), "C 列“备注”不读取。");
    }
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    let bad = |serial| person_with(serial, 2, "群众").join(",");
    let quoted = person_with(3, 5, "\"汉\n\n族\"").join(",");
    for end in ["\n", "\r\n", "\r"] {
        let lines = ["", "  ", &HEADERS.join(","), "", &bad(1), ",,,,,,,,", &quoted, &bad(2), ""];
        let (checked, _) = check(lines.join(end)).unwrap();
        let rows: Vec<u32> = checked.faults.iter().map(|fault| fault.row).collect();
        assert_eq!((rows, checked.rows), (vec![5, 7, 8], 3), "{end:?}");
    }
}

#[test]
fn what_is_no_text_of_either_encoding_is_refused_with_its_row() {
    let text = csv(&[person(1), person(2), person(3)]);
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let refusal = |bytes: Vec<u8>| refused(bytes);
    let encoding = |subject: &str| (Code::ImportEncoding, subject.to_owned());
    assert_eq!(refusal([b"\xff\xfe", &utf_16[..]].concat()), encoding("名册:UTF-16"));
    assert_eq!(refusal(utf_16), encoding("名册:1"));
    // One byte of a UTF-8 file is damaged: it must not be read as GB18030.
    let mut damaged = text.clone().into_bytes();
    let place = text.find("赵以2").unwrap();
    damaged[place] = b'x';
    assert_eq!(refusal(damaged), encoding("名册:3"));
    // A broken GB18030 file.
    let (gb18030, _, _) = GB18030.encode(&text);
    let (head, _, _) = GB18030.encode(&text[..place]);
    let mut broken = gb18030.into_owned();
    broken.splice(head.len()..head.len() + 2, [0xff, 0xff]);
    assert_eq!(refusal(broken), encoding("名册:3"));
}

#[test]
fn an_unclosed_quotation_mark_is_named_by_its_row() {
    for later in [2, 40] {
        let mut rows: Vec<[String; 9]> = (1..=later).map(person).collect();
        rows[1][0] = "\"钱二".to_owned();
        assert_eq!(refused(csv(&rows)), (Code::ImportQuote, "名册:3".to_owned()));
    }
    // Too far to the end of the file: the row is too long before the end is seen.
    let mut rows: Vec<[String; 9]> = (1..=15_000).map(person).collect();
    rows[1][0] = "\"钱二".to_owned();
    assert_eq!(refused(csv(&rows)), (Code::ImportTooLarge, "名册:3".to_owned()));
}

#[test]
fn a_row_of_the_end_mark_hides_nothing() {
    let text = [csv(&[person(1)]), "\u{1}".to_owned(), person(2).join(",")].join("\n");
    assert_eq!(refused(text).0, Code::ImportFile);
}

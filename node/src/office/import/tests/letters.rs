//! The sheet of a batch of letters.

use protocol::member::IdNumber;
use protocol::private::Private;

use super::super::letters::{self, LettersRow, LettersSink};
use super::*;

/// Knows everybody but 李四, and one organisation.
#[derive(Default)]
struct Counter {
    rows: Vec<LettersRow>,
}

impl LettersSink for Counter {
    fn to_org(&mut self, text: &str) -> Result<OrgCode, Objection> {
        match text {
            "610902-0001" | "汉滨区委" => Ok("610902-0001".parse().unwrap()),
            _ => Err(Objection::fault("to_org", Code::OrgUnknown, text)),
        }
    }

    fn person(&mut self, _id: &IdNumber, name: &Private<String>) -> Result<(), Objection> {
        match name.reveal().as_str() {
            "李四" => Err(Objection::fault("name", Code::MemberDetailsDiffer, "name")),
            _ => Ok(()),
        }
    }

    fn row(&mut self, row: LettersRow) -> Result<(), Objection> {
        self.rows.push(row);
        Ok(())
    }
}

fn passed(lines: &[String]) -> (Result<Checked, Refusal>, Vec<LettersRow>) {
    let sheet = Sheet::from_bytes("批次", lines.join("\n").into_bytes()).unwrap();
    let mut counter = Counter::default();
    (letters::read(&sheet, &[], &mut counter), counter.rows)
}

#[test]
fn a_sheet_of_letters_is_read_and_every_fault_of_a_row_is_named() {
    let (checked, rows) = passed(&[
        "事由,去向,姓名,证件号,党费交至".to_owned(),
        format!("改制,汉滨区委,张三,{},2026-02", id(1)),
        format!(",610902-0001,王五,{},", id(2)),
        format!(",别处,李四,{},2026.13", id(3)),
        format!(",610902-0001,赵六,{},", id(1)),
    ]);
    let checked = checked.unwrap();
    let expected = [
        (4, "C".to_owned(), "name", "member.details_differ"),
        (4, "B".to_owned(), "to_org", "org.unknown"),
        (4, "E".to_owned(), "dues_paid_through", "date.invalid"),
        (5, "D".to_owned(), "id_number", "id.duplicate"),
    ];
    assert_eq!(faults(&checked), expected);
    assert!(checked.faults.iter().all(|fault| !fault.value.reveal().contains(&id(1))), "masked");
    assert_eq!((checked.rows, checked.ok, rows.len()), (4, 2, 2));
    assert_eq!(rows[0].reason.as_ref().unwrap().reveal(), "改制");
    assert_eq!(rows[0].dues_paid_through.unwrap().to_string(), "2026-02");
    assert!(rows[1].reason.is_none() && rows[1].dues_paid_through.is_none());
}

#[test]
fn a_sheet_of_letters_needs_its_columns_and_has_an_end() {
    let refused = |lines: &[String]| passed(lines).0.unwrap_err().code;
    assert_eq!(refused(&["姓名,证件号".to_owned()]), Code::ImportHeader);
    let row = ",,".to_owned() + "x";
    let header = "姓名,证件号,去向".to_owned();
    let many = vec![row; super::super::limits::LETTERS_MAX + 1];
    assert_eq!(refused(&[vec![header], many].concat()), Code::ImportTooLarge);
}

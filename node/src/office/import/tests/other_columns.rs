//! The same reader over another set of columns.

use super::super::cell;
use super::super::columns::Column;
use super::super::table::{self, Record, SeenIds, Visitor};
use super::*;

const fn column(name: &'static str, headers: &'static [&'static str], required: bool) -> Column {
    Column { name, headers, required, masked: false, form: ["", ""] }
}

/// The columns of a batch of letters.
const COLUMNS: &[Column] = &[
    column("id_number", &["身份证号"], true),
    column("to_org", &["转往支部"], true),
    column("reason", &["事由"], false),
];

#[derive(Default)]
struct Batch {
    seen: SeenIds,
    reasons: Vec<Option<String>>,
}

impl Visitor for Batch {
    fn row(&mut self, record: &mut Record<'_>) -> Result<(), Refusal> {
        let id = record.required(0, cell::id_number);
        let id = id.and_then(|id| self.seen.unique(record, 0, id));
        let org = record.required(1, cell::organisation);
        if let (Some(_), Some(_), Some(reason)) = (id, org, record.optional(2, cell::text)) {
            self.reasons.push(reason.map(|text| text.reveal().clone()));
        }
        Ok(())
    }
}

#[test]
fn another_set_of_columns_is_read_by_the_same_pass() {
    let lines = [
        "事由,转往支部,身份证号".to_owned(),
        format!("工作调动,610902-0001,{}", id(1)),
        format!(",610902-0001,{}", id(2)),
        format!("搬迁,,{}", id(1)),
    ];
    let sheet = Sheet::from_bytes("批次", lines.join("\n").into_bytes()).unwrap();
    let mut batch = Batch::default();
    let checked = table::read(&sheet, COLUMNS, &[], &mut batch).unwrap();
    assert_eq!(batch.reasons, [Some("工作调动".to_owned()), None]);
    let expected = [
        (4, "C".to_owned(), "id_number", "id.duplicate"),
        (4, "B".to_owned(), "to_org", "field.missing"),
    ];
    assert_eq!(faults(&checked), expected);
}

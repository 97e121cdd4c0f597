//! Tables of organisations over trees, from real files in memory.
#![allow(clippy::unwrap_used)]

use protocol::statement::directory::OrgKind;
use rust_xlsxwriter::Workbook;

use super::super::import::limits::ORGANISATIONS_MAX;
use super::*;

const HEADERS: &str = "代码,名称,类别,上级,可转接";

fn code(number: u32) -> OrgCode {
    OrgCode::new(region(), number).unwrap()
}

fn region() -> RegionCode {
    RegionCode::new(610_922).unwrap()
}

fn branch(number: u32, name: &str, parent: Option<u32>) -> OrgRow {
    OrgRow {
        code: code(number),
        name: name.to_owned(),
        kind: OrgKind::Branch,
        parent: parent.map(code),
        may_transfer: true,
        closed: false,
        successor: None,
        aliases: Vec::new(),
    }
}

/// Faults as row, field and code, and what would be written.
struct Outcome {
    faults: Vec<(u32, &'static str, &'static str)>,
    subjects: Vec<String>,
    changes: Vec<OrgRow>,
}

/// Both passes over `bytes`, with the office between them left out.
fn laid_over(orgs: &[OrgRow], bytes: impl Into<Vec<u8>>) -> Outcome {
    crate::telemetry::watch::watch();
    let sheet = Sheet::from_bytes("组织", bytes.into()).unwrap();
    let tree = orgs.iter().map(|org| (org.code, org.clone())).collect();
    let mut rows = Vec::new();
    organisations::read(&sheet, &mut |row| {
        rows.push(row);
        Vec::new()
    })
    .unwrap();
    let proposal = Proposal::new(region(), &tree, &rows);
    let mut objections = proposal.objections();
    let judge = &mut |row: OrganisationRow| objections.remove(&row.row).unwrap_or_default();
    let checked = organisations::read(&sheet, judge).unwrap();
    let faults = &checked.faults;
    assert!(faults.iter().all(|fault| !fault.fix(Lang::Zh).is_empty()));
    Outcome {
        faults: faults.iter().map(|one| (one.row, one.field, one.code.text())).collect(),
        subjects: faults.iter().map(|one| one.message(Lang::En)).collect(),
        changes: if checked.is_clean() { proposal.changes() } else { Vec::new() },
    }
}

fn csv(lines: &[&str]) -> String {
    format!("{HEADERS}\n{}", lines.join("\n"))
}

#[test]
fn rows_come_in_any_order_and_parents_are_written_first() {
    let orgs = [branch(1, "城关镇党委", None)];
    let outcome = laid_over(
        &orgs,
        csv(&[
            "610922-0004,第一小组,党小组,西街支部,",
            "610922-0003,西街支部,支部,610922-0002,否",
            "610922-0002,缫丝厂总支,党总支,城关镇党委,是",
            "610922-0005,防汛突击队,临时,,",
        ]),
    );
    assert_eq!(outcome.faults, []);
    let written = |org: &OrgRow| (org.code, org.kind, org.parent, org.may_transfer);
    let expected = [
        (code(2), OrgKind::GeneralBranch, Some(code(1)), true),
        (code(3), OrgKind::Branch, Some(code(2)), false),
        (code(4), OrgKind::Group, Some(code(3)), false),
        (code(5), OrgKind::Temporary, None, false),
    ];
    assert_eq!(outcome.changes.iter().map(written).collect::<Vec<_>>(), expected);
}

#[test]
fn a_workbook_with_english_headers_and_its_own_truth_values_is_read() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let headers = ["May_Transfer", "parent", "kind*", "备注", "name", "code"];
    sheet.write_row(0, 0, headers).unwrap();
    let names = ["Committee", "general_branch", "BRANCH", "group", "temporary"];
    for (line, kind) in (1u32..).zip(names) {
        sheet.write_string(line, 2, kind).unwrap();
        sheet.write_string(line, 4, format!("组织{line}")).unwrap();
        sheet.write_string(line, 5, code(line).to_string()).unwrap();
    }
    sheet.write_boolean(1, 0, true).unwrap();
    sheet.write_boolean(2, 0, false).unwrap();
    sheet.write_number(3, 0, 1).unwrap();
    sheet.write_number(4, 0, 0).unwrap();
    let outcome = laid_over(&[], workbook.save_to_buffer().unwrap());
    assert_eq!(outcome.faults, []);
    let read: Vec<_> = outcome.changes.iter().map(|org| (org.kind, org.may_transfer)).collect();
    let rights = [true, false, true, false, false];
    assert_eq!(read, OrgKind::ALL.iter().copied().zip(rights).collect::<Vec<_>>());
}

#[test]
fn what_is_known_is_updated_and_blanks_erase_nothing() {
    let orgs = [branch(1, "党委", None), branch(2, "旧名", Some(1)), branch(3, "丙", Some(1))];
    let table = csv(&[
        "610922-0002,新名,党总支,,",
        "610922-0003,丙,支部,新名,否",
        "610922-0001,党委,支部,,",
    ]);
    let outcome = laid_over(&orgs, table.clone());
    assert_eq!(outcome.faults, []);
    let [renamed, moved] = outcome.changes.as_slice() else { panic!("{:?}", outcome.changes) };
    assert_eq!((renamed.name.as_str(), renamed.aliases.concat()), ("新名", "旧名".to_owned()));
    assert_eq!((renamed.kind, renamed.parent), (OrgKind::GeneralBranch, Some(code(1))));
    assert!(renamed.may_transfer);
    assert_eq!((moved.parent, moved.may_transfer), (Some(code(2)), false));

    let again = laid_over(&[orgs[0].clone(), renamed.clone(), moved.clone()], table);
    assert_eq!((again.faults, again.changes), (vec![], vec![]));
}

#[test]
fn every_cell_at_fault_is_named() {
    let mut closed = branch(90, "撤销支部", None);
    closed.closed = true;
    let orgs =
        [closed, branch(1, "同名", None), branch(2, "同名", None), branch(3, "改名前", None)];
    let outcome = laid_over(
        &orgs,
        csv(&[
            "0011,甲,支部,,",
            "610902-0012,乙,支部,610902-0001,",
            "610922-0013,,联合会,没有这个组织,也许",
            "610922-0014,=丁,支部,同名,",
            "610922-0090,戊,支部,,",
            "610922-0015,己,支部,610922-0090,",
            "610922-0016,庚,支部,610922-0077,",
            "610922-0013,辛,支部,,",
            "610922-0003,改名后,支部,,",
            "610922-0017,壬,支部,改名前,",
        ]),
    );
    let mut faults = outcome.faults;
    faults.sort_unstable();
    let mut expected = vec![
        (2, "code", "field.invalid"),
        (3, "code", "org.foreign"),
        (3, "parent", "org.foreign"),
        (4, "name", "field.missing"),
        (4, "kind", "field.invalid"),
        (4, "parent", "org.unknown"),
        (4, "may_transfer", "field.invalid"),
        (5, "name", "field.invalid"),
        (5, "parent", "org.ambiguous"),
        (6, "code", "org.closed"),
        (8, "parent", "org.unknown"),
        (9, "code", "org.duplicate"),
        (11, "parent", "org.unknown"),
    ];
    expected.sort_unstable();
    assert_eq!(faults, expected);
    assert!(outcome.subjects.iter().any(|text| text.contains("stands in A4")));
}

#[test]
fn a_part_is_not_blamed_for_the_row_of_its_parent() {
    let table = csv(&["610922-0002,乙,支部,甲,", "0001,甲,党委,,", "610922-0003,丙,支部,乙,"]);
    assert_eq!(laid_over(&[], table).faults, [(3, "code", "field.invalid")]);
}

#[test]
fn a_circle_is_named_in_every_row_that_closes_it() {
    let alone = csv(&["610922-0001,甲,支部,甲,"]);
    assert_eq!(laid_over(&[], alone).faults, [(2, "parent", "org.circle")]);

    let among_rows = csv(&[
        "610922-0001,甲,支部,丙,",
        "610922-0002,乙,支部,甲,",
        "610922-0003,丙,支部,乙,",
        "610922-0004,丁,支部,丙,",
    ]);
    let expected = [2, 3, 4].map(|row| (row, "parent", "org.circle"));
    assert_eq!(laid_over(&[], among_rows).faults, expected);

    let tree = [branch(1, "甲", None), branch(2, "乙", Some(1)), branch(3, "丙", Some(2))];
    let through_the_tree = csv(&["610922-0002,乙,支部,,", "610922-0001,甲,支部,610922-0003,"]);
    assert_eq!(laid_over(&tree, through_the_tree).faults, [(3, "parent", "org.circle")]);
    let turned_round = csv(&["610922-0002,乙,支部,丙,", "610922-0003,丙,支部,610922-0001,"]);
    assert_eq!(laid_over(&tree, turned_round).faults, []);
}

#[test]
fn a_table_of_the_largest_size_is_read_and_a_larger_one_refused() {
    let chain = |number: usize| format!("610922-{number:04},组织{number},支部,组织{},", number - 1);
    let mut lines = vec!["610922-0001,组织1,党委,,".to_owned()];
    lines.extend((2..=ORGANISATIONS_MAX).map(chain));
    let table = format!("{HEADERS}\n{}", lines.join("\n"));
    let outcome = laid_over(&[], table.clone());
    assert_eq!((outcome.faults.len(), outcome.changes.len()), (0, ORGANISATIONS_MAX));

    let larger = format!("{table}\n{}", chain(ORGANISATIONS_MAX + 1));
    let sheet = Sheet::from_bytes("组织", larger.into_bytes()).unwrap();
    let refused = organisations::read(&sheet, &mut |_| Vec::new()).unwrap_err();
    assert_eq!(refused.code, Code::ImportTooLarge);
}

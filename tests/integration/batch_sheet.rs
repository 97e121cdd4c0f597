//! The sheet of a batch on its way between office and clerk: any headers, the annotated table that
//! comes back corrected, and an empty table to start with.

use tests::sheet::{Sheet, read_xlsx};

use crate::batch::{DESTINATION, ORIGIN, args, federation, people, sheet};

const MEMBERS: usize = 40;

#[test]
fn a_clerk_says_what_the_columns_are_where_the_headers_do_not() {
    let federation = federation(MEMBERS);
    let origin = &federation[ORIGIN];
    let foreign = sheet(&federation, MEMBERS, 5)
        .renamed("证件号", "号码")
        .renamed("去向", "拟去何处")
        .renamed("事由", "姓名(曾用)");
    let file = foreign.xlsx(&federation.scratch, "foreign.xlsx");
    let refused = origin.refused(&args("check", &file, &[]), "import.header", 6);
    assert!(refused["detail"].as_str().unwrap().contains("id_number"), "{refused:#}");
    let wrong = args("check", &file, &["--columns", "id_number=Z"]);
    origin.refused(&wrong, "import.header", 6);
    let twice = args("check", &file, &["--columns", "id_number=A,to_org=A"]);
    origin.refused(&twice, "import.header", 6);

    // By letter, and by header.
    let columns = ["--columns", "id_number=a,to_org=拟去何处"];
    let checked = origin.ok(&args("check", &file, &columns));
    assert_eq!((&checked["rows"], &checked["issuable"]), (&5.into(), &5.into()));
    let read: Vec<(&str, &str, &str)> = (checked["columns"].as_array().unwrap().iter())
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap();
            (text("column"), text("header"), text("field"))
        })
        .collect();
    assert_eq!(
        read,
        [
            ("A", "号码", "id_number"),
            ("B", "姓名", "name"),
            ("C", "拟去何处", "to_org"),
            ("D", "党费交至", "dues_paid_through"),
        ]
    );
    let issue = [&["--confirm", "5"], &columns[..]].concat();
    assert_eq!(origin.ok(&args("issue", &file, &issue))["issued"], 5);
}

#[test]
fn an_annotated_sheet_comes_back_corrected_and_is_matched_again() {
    let federation = federation(MEMBERS);
    let origin = &federation[ORIGIN];
    let sound = sheet(&federation, MEMBERS, 8);
    let faulty = sound.clone().with(3, "姓名", tests::sheet::text("另一个人")).with(
        5,
        "去向",
        tests::sheet::text("没有这个支部"),
    );
    let file = faulty.xlsx(&federation.scratch, "faulty.xlsx");
    let out = federation.scratch.path("annotated.xlsx");
    let check = args("check", &file, &["--annotated", out.to_str().unwrap()]);
    assert_eq!(origin.run(&check).expect_faults().len(), 2);
    // Given back as it is, it has the same faults: the column of problems is no column of ours.
    assert_eq!(origin.run(&args("check", &out, &[])).expect_faults().len(), 2);

    // The clerk sorts the rows, mends both cells and leaves the column of problems standing.
    let rows = read_xlsx(&out);
    let headers: Vec<&str> = rows[0].iter().map(String::as_str).collect();
    assert_eq!(headers.last(), Some(&"problems"));
    let mut mended = Sheet::with_headers(&headers);
    for row in rows[1..].iter().rev() {
        let mut row = row.clone();
        let right = (2..10).find(|at| sound.text(*at, "证件号") == row[0]).unwrap();
        row[1] = sound.text(right, "姓名");
        row[2] = sound.text(right, "去向");
        mended.push(&row.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let file = mended.xlsx(&federation.scratch, "mended.xlsx");
    let issued = origin.ok(&args("issue", &file, &["--confirm", "8"]));
    assert_eq!((&issued["issued"], &issued["skipped"]), (&8.into(), &0.into()));
}

#[test]
fn the_empty_sheet_has_the_columns_that_are_read() {
    let federation = federation(MEMBERS);
    let origin = &federation[ORIGIN];
    let out = federation.scratch.path("empty.xlsx");
    let written = origin.ok(&["batch", "template", "--out", out.to_str().unwrap()]);
    assert_eq!(written["file"], out.to_str().unwrap());
    let rows = read_xlsx(&out);
    let headers: Vec<&str> = rows[0].iter().map(String::as_str).collect();
    assert_eq!(rows.len(), 1);
    let mut filled = Sheet::with_headers(&headers);
    let person = people(origin, MEMBERS).next().unwrap();
    let to = federation[DESTINATION].committee();
    filled.push(&[person.id_number.reveal(), person.name.reveal(), &to, "2026-02", "改派"]);
    let file = filled.xlsx(&federation.scratch, "filled.xlsx");
    let checked = origin.ok(&args("check", &file, &[]));
    assert_eq!(checked["issuable"], 1);
    assert_eq!(checked["columns"].as_array().unwrap().len(), headers.len());
}

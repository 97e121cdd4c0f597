//! Trees of organisations from tables: written whole or not at all.

use std::path::Path;
use std::sync::Arc;

use dukou::demo::regions::{HANBIN, SHIQUAN};
use serde_json::{Value, json};
use tests::command::Reply;
use tests::region::{Mode, Region};
use tests::scratch::Scratch;
use tests::sheet::{Sheet, text};

const HEADERS: [&str; 5] = ["组织代码", "组织名称", "类别", "上级组织", "转接权限"];

fn region(scratch: &Arc<Scratch>) -> Region {
    Region::init(scratch, &SHIQUAN, Mode::Rehearsal)
}

fn import(region: &Region, file: &Path) -> Reply {
    region.run(&["org", "import", file.to_str().unwrap()])
}

/// The tree of 石泉县 from its last branch up, parents by name.
fn tree() -> Sheet {
    let mut sheet = Sheet::with_headers(&HEADERS);
    for org in SHIQUAN.orgs.iter().rev() {
        let parent = SHIQUAN.parent_code(org);
        let parent = SHIQUAN.orgs.iter().find(|one| Some(SHIQUAN.org_code(one)) == parent);
        let right = if org.may_transfer { "是" } else { "" };
        let code = SHIQUAN.org_code(org).to_string();
        sheet.push(&[&code, org.name, org.kind, parent.map_or("", |one| one.name), right]);
    }
    sheet
}

#[test]
fn a_table_gives_the_tree_that_single_commands_give() {
    let (scratch, other) = (Scratch::new(), Scratch::new());
    let by_commands = region(&other);
    by_commands.enter_orgs();
    let expected = by_commands.list(&["org", "list"]);

    let by_table = region(&scratch);
    for file in [tree().xlsx(&scratch, "tree.xlsx"), tree().csv(&scratch, "tree.csv")] {
        let done = import(&by_table, &file).expect_ok();
        let rows = SHIQUAN.orgs.len();
        assert_eq!(done["rows"], rows);
        assert_eq!(done["ok"], rows);
        assert_eq!(done["committed"], true);
        assert_eq!(by_table.list(&["org", "list"]), expected);
    }
}

#[test]
fn one_faulty_cell_keeps_the_whole_table_out() {
    let scratch = Scratch::new();
    let region = region(&scratch);
    let foreign = HANBIN.org_code(HANBIN.committee()).to_string();
    let sheet = tree()
        .with(2, "组织代码", text(&foreign))
        .with(3, "上级组织", text("没有这个组织"))
        .with(4, "类别", text("联合会"));
    let reply = import(&region, &sheet.xlsx(&scratch, "faulty.xlsx"));
    let cell =
        |fault: &Value| json!([fault["row"], fault["column"], fault["field"], fault["code"]]);
    let found: Vec<Value> = reply.expect_faults().iter().map(cell).collect();
    let expected = [
        json!([2, "A", "code", "org.foreign"]),
        json!([3, "D", "parent", "org.unknown"]),
        json!([4, "C", "kind", "field.invalid"]),
    ];
    assert_eq!(found, expected);
    assert_eq!(reply.data()["committed"], false);
    assert!(region.list(&["org", "list"]).is_empty());

    let headless = tree().without("类别").xlsx(&scratch, "headless.xlsx");
    import(&region, &headless).expect_refused("import.header", 6);
}

#[test]
fn a_later_table_changes_what_it_names_while_the_node_runs() {
    let scratch = Scratch::new();
    let mut region = region(&scratch);
    region.enter_orgs();
    region.start();
    let branch = SHIQUAN.branches().next().unwrap();
    let code = SHIQUAN.org_code(branch).to_string();
    let before = region.list(&["org", "list"]);

    let mut sheet = Sheet::with_headers(&HEADERS[..3]);
    sheet.push(&[&code, "石泉县缫丝厂党支部", "党支部"]);
    import(&region, &sheet.csv(&scratch, "later.csv")).expect_ok();
    let mut expected = before;
    let renamed = expected.iter_mut().find(|org| org["code"] == code.as_str()).unwrap();
    renamed["name"] = "石泉县缫丝厂党支部".into();
    assert_eq!(region.list(&["org", "list"]), expected);
}

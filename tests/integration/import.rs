//! Rosters as offices have them: every file that can be read is, every fault is named by its cell,
//! and nothing is written unasked.

use dukou::demo::people::{Crowd, Person};
use dukou::demo::regions::{HANBIN, SHIQUAN};
use dukou::demo::roster::{self, Encoding};
use serde_json::Value;
use tests::region::{Mode, Region};
use tests::scratch::Scratch;
use tests::sheet::{Cell, Sheet, read_xlsx, text};

const PEOPLE: usize = 50;

/// The people of 石泉县 among [`PEOPLE`].
fn people() -> impl ExactSizeIterator<Item = Person> {
    Crowd::new(610_922, PEOPLE).of(&SHIQUAN)
}

/// A region with organisations and nobody in them. No node runs: the commands open the directory.
fn empty_region(scratch: &std::sync::Arc<Scratch>) -> Region {
    let region = Region::init(scratch, &SHIQUAN, Mode::Rehearsal);
    region.enter_orgs();
    people().for_each(|person| scratch.plant(&person));
    region
}

fn members(region: &Region) -> Vec<Value> {
    region.list(&["member", "list"])
}

/// The member with that name, whole.
fn named(region: &Region, name: &str) -> Value {
    let found = region.list(&["member", "search", name]);
    let found = found.iter().find(|member| member["name"] == name);
    region.member(found.unwrap()["ref"].as_str().unwrap())
}

/// Someone whose name nobody else here has.
fn unmistakable() -> (usize, Person) {
    let names: Vec<String> = people().map(|person| person.name.reveal().clone()).collect();
    let alone = |name: &String| names.iter().filter(|other| other.contains(name)).count() == 1;
    people().enumerate().find(|(_, person)| alone(person.name.reveal())).unwrap()
}

#[test]
fn a_roster_is_read_in_every_form_that_offices_have() {
    let scratch = Scratch::new();
    let forms = [
        ("xlsx", None),
        ("utf8.csv", Some(Encoding::Utf8)),
        ("bom.csv", Some(Encoding::Utf8WithMark)),
        ("gb.csv", Some(Encoding::Gb18030)),
    ];
    for (form, encoding) in forms {
        let scratch_of_form = Scratch::new();
        let region = empty_region(&scratch_of_form);
        let file = scratch.path(form);
        match encoding {
            None => roster::write_xlsx(&file, people()).unwrap(),
            Some(encoding) => roster::write_csv(&file, encoding, people()).unwrap(),
        }
        let done = region.import(&file, true).expect_ok();
        assert_eq!(done["rows"], people().len(), "{form}: {done:#}");
        assert_eq!(done["ok"], people().len(), "{form}: {done:#}");
        assert_eq!(done["committed"], true, "{form}: {done:#}");
        assert_eq!(done["errors"].as_array().unwrap().len(), 0, "{form}: {done:#}");
        assert_eq!(members(&region).len(), people().len(), "{form}");

        let (_, person) = unmistakable();
        let member = named(&region, person.name.reveal());
        assert_eq!(member["standing"], person.standing.name(), "{form}: {member:#}");
        assert_eq!(member["org"], region.spec.org_code(person.branch).to_string(), "{form}");
        assert_eq!(member["joined_on"], person.joined_on.to_string(), "{form}: {member:#}");
        assert_eq!(member["id_number"], person.id_number.masked(), "{form}: {member:#}");
        assert_eq!(member["generation"], 0, "{form}: {member:#}");
        let dues = person.dues_paid_through.map(|month| month.to_string());
        assert_eq!(member["dues_paid_through"].as_str(), dues.as_deref(), "{form}: {member:#}");
    }
}

#[test]
fn headers_come_in_any_order_and_in_two_languages() {
    let scratch = Scratch::new();
    let english = [
        ("姓名", "name"),
        ("性别", "sex"),
        ("民族", "ethnicity"),
        ("公民身份号码", "id_number"),
        ("党员类别", "standing"),
        ("所在党支部", "org"),
        ("入党日期", "joined_on"),
        ("党费交至", "dues_paid_through"),
        ("联系电话", "phone"),
    ];
    let sound = Sheet::of(people());
    let in_english = english.iter().fold(sound.clone(), |sheet, (zh, en)| sheet.renamed(zh, en));
    let other_words =
        [("公民身份号码", "身份证号"), ("所在党支部", "所在支部"), ("联系电话", "电话")];
    let in_other_words =
        other_words.iter().fold(sound, |sheet, (word, other)| sheet.renamed(word, other));
    for (sheet, name) in [(in_english, "english"), (in_other_words, "other")] {
        let region_scratch = Scratch::new();
        let region = empty_region(&region_scratch);
        let file = sheet.mirrored().xlsx(&scratch, &format!("{name}.xlsx"));
        region.import(&file, true).expect_ok();
        assert_eq!(members(&region).len(), people().len(), "{name}");
    }
}

#[test]
fn organisations_are_given_by_code_too() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let sheet = Sheet::of(people()).with(2, "所在党支部", text(&region.branch()));
    let name = sheet.text(2, "姓名");
    region.import(&sheet.xlsx(&scratch, "codes.xlsx"), true).expect_ok();
    let found = region.list(&["member", "search", &name]);
    assert!(found.iter().any(|member| member["org"] == region.branch().as_str()));
}

#[test]
fn a_check_writes_nothing() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let file = Sheet::of(people()).xlsx(&scratch, "roster.xlsx");
    let checked = region.import(&file, false).expect_ok();
    assert_eq!(checked["ok"], people().len());
    assert_eq!(checked["committed"], false);
    assert_eq!(members(&region).len(), 0);
}

/// One sheet with one fault of each kind, and where it is.
fn faulty() -> (Sheet, Vec<(usize, &'static str, &'static str)>) {
    let mut sheet = Sheet::of(people());
    let id = |sheet: &Sheet, row| sheet.text(row, "公民身份号码");
    let check = |id: &str| if id.ends_with('X') { "1" } else { "X" };
    let checksum = format!("{}{}", &id(&sheet, 2)[..17], check(&id(&sheet, 2)));
    let wide = id(&sheet, 4).replacen('9', "９", 1);
    let digits: f64 = id(&sheet, 3)[..17].parse::<f64>().unwrap() * 10.0;
    sheet = sheet
        .with(2, "公民身份号码", text(&checksum))
        .with(3, "公民身份号码", Cell::Number(digits))
        .with(4, "公民身份号码", text(&wide))
        .with(5, "姓名", text(""))
        .with(6, "党员类别", text("积极分子"))
        .with(7, "所在党支部", text("没有这个支部"))
        .with(8, "入党日期", text("1999年13月"))
        .with(9, "党费交至", text("2026.13"))
        .with(10, "姓名", text("赵\u{202e}以刚"))
        .with(11, "公民身份号码", text(""))
        .with(12, "公民身份号码", text("99999919990101"));
    let repeated = sheet.repeat(20);
    let faults = vec![
        (2, "id_number", "id.checksum"),
        (3, "id_number", "id.numeric_cell"),
        (4, "id_number", "id.shape"),
        (5, "name", "field.missing"),
        (6, "standing", "standing.unknown"),
        (7, "org", "org.unknown"),
        (8, "joined_on", "date.invalid"),
        (9, "dues_paid_through", "date.invalid"),
        (10, "name", "field.invalid"),
        (11, "id_number", "field.missing"),
        (12, "id_number", "id.shape"),
        (repeated, "id_number", "id.duplicate"),
    ];
    (sheet, faults)
}

#[test]
fn every_fault_is_named_by_its_cell_and_stops_the_whole_import() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let (sheet, expected) = faulty();
    let file = sheet.xlsx(&scratch, "faulty.xlsx");
    for commit in [false, true] {
        let reply = region.import(&file, commit);
        let faults = reply.expect_faults();
        // The first of two rows with one number may be named as well.
        let also = (20, "id_number", "id.duplicate");
        let mut found: Vec<_> = faults.iter().map(cell).filter(|cell| *cell != also).collect();
        found.sort_unstable();
        let mut wanted: Vec<(u64, &str, &str)> =
            expected.iter().map(|(row, field, code)| (*row as u64, *field, *code)).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        assert!(faults.iter().all(|fault| !fault["fix"].as_str().unwrap().is_empty()));
        assert_eq!(reply.data()["rows"], sheet.len() - 1);
        assert_eq!(reply.data()["committed"], false);
        assert_eq!(members(&region).len(), 0);
        let id_faults = faults.iter().filter(|fault| fault["field"] == "id_number");
        for fault in id_faults {
            let value = fault["value"].as_str().unwrap_or_default();
            assert!(!sheet_ids(&sheet).any(|id| value.contains(&id)), "unmasked: {fault:#}");
        }
    }
}

fn cell(fault: &Value) -> (u64, &str, &str) {
    let (field, code) = (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap());
    (fault["row"].as_u64().unwrap(), field, code)
}

fn sheet_ids(sheet: &Sheet) -> impl Iterator<Item = String> {
    (2..=sheet.len()).map(|row| sheet.text(row, "公民身份号码")).filter(|id| id.len() == 18)
}

#[test]
fn the_annotated_file_is_their_own_sheet_with_the_faults_written_in() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let (sheet, expected) = faulty();
    let file = sheet.xlsx(&scratch, "faulty.xlsx");
    let out = scratch.path("annotated.xlsx");
    let args = ["member", "import", file.to_str().unwrap(), "--annotated", out.to_str().unwrap()];
    region.run(&args).expect_faults();
    let annotated = read_xlsx(&out);
    assert_eq!(annotated.len(), sheet.len());
    let width = read_xlsx(&file)[0].len();
    for (number, row) in (1..).zip(&annotated).skip(1) {
        let note: String = row[width..].concat();
        let faulty = expected.iter().any(|(row, ..)| *row == number);
        // The first of two rows with one number may carry a note as well.
        assert!(faulty != note.is_empty() || number == 20, "row {number}: {row:?}");
        assert_eq!(row[4], sheet.text(number, "党员类别"), "their own cells stay");
    }
}

#[test]
fn a_sheet_whose_header_does_not_fit_is_refused_whole() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let sound = Sheet::of(people());
    let required = ["姓名", "公民身份号码", "党员类别", "所在党支部"];
    for (number, header) in required.iter().enumerate() {
        let name = format!("{number}.xlsx");
        let file = sound.clone().without(header).xlsx(&scratch, &name);
        region.import(&file, true).expect_refused("import.header", 6);
    }
    let twice = sound.renamed("民族", "姓名").xlsx(&scratch, "twice.xlsx");
    region.import(&twice, true).expect_refused("import.header", 6);
    assert_eq!(members(&region).len(), 0);
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let utf16: Vec<u8> =
        "姓名,公民身份号码\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let neither = scratch.path("neither.csv");
    std::fs::write(&neither, [b"\xff\xff\x80\xff".as_slice(), &utf16].concat()).unwrap();
    region.import(&neither, true).expect_refused("import.encoding", 6);

    let whole = Sheet::of(people()).xlsx(&scratch, "whole.xlsx");
    let bytes = std::fs::read(whole).unwrap();
    let cut = scratch.path("cut.xlsx");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    region.import(&cut, true).expect_refused("import.file", 6);
    let absent = scratch.path("absent.xlsx");
    assert_ne!(region.import(&absent, true).exit(), 0);
    assert_eq!(members(&region).len(), 0);
}

#[test]
fn a_second_import_updates_by_id_number_and_blanks_erase_nothing() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let (place, person) = unmistakable();
    let row = place + 2;
    let first = Sheet::of(people()).with(row, "党费交至", text("2026-01"));
    region.import(&first.xlsx(&scratch, "first.xlsx"), true).expect_ok();
    let before = named(&region, person.name.reveal());

    let mut second =
        Sheet::with_headers(&["姓名", "公民身份号码", "党员类别", "所在党支部", "党费交至"]);
    let id = person.id_number.reveal();
    let renamed = format!("{}改", person.name.reveal());
    second.push(&[&renamed, id, "预备党员", "石泉县明星村支部", ""]);
    region.import(&second.csv(&scratch, "second.csv"), true).expect_ok();

    assert_eq!(members(&region).len(), people().len());
    let after = region.member(before["ref"].as_str().unwrap());
    assert_eq!(after["name"], renamed.as_str());
    assert_eq!(after["standing"], "probationary");
    assert_ne!(after["org"], before["org"]);
    assert_eq!(after["dues_paid_through"], "2026-01");
    assert_eq!(after["joined_on"], before["joined_on"]);
}

#[test]
fn lists_are_paged_and_identity_numbers_masked_unless_asked_for() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    region.import(&Sheet::of(people()).xlsx(&scratch, "roster.xlsx"), true).expect_ok();
    let all: Vec<Value> = members(&region).iter().map(|member| member["ref"].clone()).collect();
    let mut paged = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut args = vec!["member", "list", "--limit", "7"];
        if let Some(cursor) = &cursor {
            args.extend(["--after", cursor]);
        }
        let (items, next) = region.run(&args).expect_list();
        assert!(items.len() == 7 || next.is_none());
        paged.extend(items.iter().map(|member| member["ref"].clone()));
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(paged, all);

    let member = all[0].as_str().unwrap();
    let id = |args: &[&str]| region.ok(args)["id_number"].as_str().unwrap().to_owned();
    let shown = id(&["member", "show", member]);
    let revealed = id(&["member", "show", member, "--reveal"]);
    assert!(shown.contains("***********"), "{shown}");
    assert!(people().any(|person| person.id_number.reveal() == revealed));
}

#[test]
fn members_are_found_by_characters_and_by_pinyin() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let mut sheet = Sheet::with_headers(&["姓名", "公民身份号码", "党员类别", "所在党支部"]);
    let person = people().next().unwrap();
    sheet.push(&["赵以刚", person.id_number.reveal(), "正式", person.branch.name]);
    region.import(&sheet.csv(&scratch, "one.csv"), true).expect_ok();
    for query in ["赵以刚", "以刚", "赵", "zyg", "zhaoyigang"] {
        let found = region.list(&["member", "search", query]);
        assert_eq!(found.len(), 1, "{query}");
    }
    assert_eq!(region.list(&["member", "search", "王"]).len(), 0);
}

#[test]
fn a_member_of_another_regions_organisation_is_not_imported() {
    let scratch = Scratch::new();
    let region = empty_region(&scratch);
    let foreign = HANBIN.org_code(HANBIN.committee()).to_string();
    let sheet = Sheet::of(people()).with(2, "所在党支部", text(&foreign));
    let reply = region.import(&sheet.xlsx(&scratch, "foreign.xlsx"), true);
    let faults = reply.expect_faults();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!((&faults[0]["row"], &faults[0]["field"]), (&2.into(), &"org".into()));
    assert_eq!(members(&region).len(), 0);
}

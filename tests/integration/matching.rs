//! Matching lists between real nodes: whom both regions list is found by both, and nobody else;
//! whoever is held twice is named at both ends until the right office acts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use dukou::demo::people::{Crowd, Person};
use dukou::demo::regions::SHIQUAN;
use rusqlite::Connection;
use serde_json::Value;
use tests::federation::{Federation, PAIR};
use tests::region::Region;
use tests::sheet::{Sheet, text};
use tests::waiting::until;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// People who are on no roster.
fn strangers(count: usize) -> Vec<Person> {
    Crowd::new(404, 2 * count).of(&SHIQUAN).take(count).collect()
}

/// A sheet of these people, whose data no log may show.
fn sheet(pair: &Federation, people: &[Person], name: &str) -> PathBuf {
    let mut sheet = Sheet::with_headers(&["序号", "身份证号", "姓名"]);
    for (number, person) in people.iter().enumerate() {
        pair.scratch.plant(person);
        sheet.push(&[&number.to_string(), person.id_number.reveal(), person.name.reveal()]);
    }
    sheet.xlsx(&pair.scratch, name)
}

/// `match`, with this list.
#[track_caller]
fn matched(pair: &Federation, side: usize, list: &str) -> Value {
    let region = &pair[side];
    let args = ["match", &pair[1 - side].code(), list, "--limit", "1000", "--reveal"];
    let reply = region.run(&args);
    assert_eq!(reply.exit(), 0, "{reply:#?}\n{}", region.log_tail());
    reply.data().clone()
}

#[track_caller]
fn with_sheet(pair: &Federation, side: usize, people: &[Person], name: &str) -> Value {
    matched(pair, side, sheet(pair, people, name).to_str().unwrap())
}

fn people(data: &Value) -> Vec<Value> {
    data["people"]["items"].as_array().unwrap().clone()
}

/// The numbers of whom both have listed.
fn both(data: &Value) -> BTreeSet<String> {
    let found = people(data).into_iter().filter(|person| person["found"] == "both");
    found.map(|person| person["id_number"].as_str().unwrap().to_owned()).collect()
}

fn numbers(people: &[Person]) -> BTreeSet<String> {
    people.iter().map(|person| person.id_number.reveal().to_owned()).collect()
}

fn counts(data: &Value) -> [&Value; 5] {
    ["mine", "theirs", "both", "only_mine", "only_theirs"].map(|field| &data[field])
}

/// two sheets of twenty with six people in common, whichever office brings its own
/// last.
#[test]
fn two_sheets_of_twenty_share_exactly_those_six() {
    let pair = Federation::start(PAIR);
    let all = strangers(34);
    let (outflow, inflow) = (&all[..20], &all[14..]);

    let first = with_sheet(&pair, DESTINATION, inflow, "inflow.xlsx");
    assert_eq!(counts(&first), [20, 0, 0, 20, 0], "the origin lists nobody yet: {first:#}");
    let second = with_sheet(&pair, ORIGIN, outflow, "outflow.xlsx");
    assert_eq!(counts(&second), [20, 20, 6, 14, 14]);
    assert_eq!(both(&second), numbers(&all[14..20]));
    assert_eq!((&second["double"], &second["neither"]), (&0.into(), &6.into()), "all on sheets");
    let alone: Vec<Value> =
        people(&second).into_iter().filter(|one| one["found"] == "only_mine").collect();
    assert_eq!(alone.len(), 14);
    assert!(alone.iter().all(|one| one["there"].is_null() && one["here"] == "named"));
    assert_eq!(people(&second)[0]["name"], all[14].name.reveal().as_str(), "the sheet's name");

    let third = with_sheet(&pair, DESTINATION, inflow, "inflow.xlsx");
    assert_eq!(
        (counts(&third), both(&third)),
        ([20, 20, 6, 14, 14].map(Value::from).each_ref(), numbers(&all[14..20]))
    );

    // The side that was asked has the same result, with the six and nobody else.
    let id = second["id"].as_str().unwrap();
    let seen = pair[DESTINATION].ok(&["match", "show", &id[..8], "--reveal"]);
    assert_eq!((&seen["result"], &seen["bytes"]), (&second["result"], &second["bytes"]));
    assert_eq!((both(&seen), people(&seen).len()), (numbers(&all[14..20]), 6));
    assert_eq!((&seen["asked_by"], &seen["list"]), (&pair[ORIGIN].code().into(), &"sheet".into()));
    for side in [ORIGIN, DESTINATION] {
        let runs = pair[side].list(&["match", "list", "--region", &pair[1 - side].code()]);
        assert_eq!(runs.len(), 3, "{side}: {runs:#?}");
        assert!(runs.iter().all(|run| run["state"] == "done"));
        assert_at_rest(&pair[side], &all);
    }
    let page = pair[ORIGIN].ok(&["match", "show", id, "--limit", "7"]);
    let cursor = page["people"]["next"].as_str().unwrap();
    let rest = pair[ORIGIN].ok(&["match", "show", id, "--after", cursor]);
    assert_eq!((people(&page).len(), people(&rest).len()), (7, 13));
    let masked = people(&page)[0]["id_number"].as_str().unwrap().to_owned();
    assert!(masked.contains("****"), "{masked}");
}

/// The database holds none of the numbers and names in the clear.
fn assert_at_rest(region: &Region, people: &[Person]) {
    for file in ["dukou.db", "dukou.db-wal"] {
        let bytes = std::fs::read(region.data.join(file)).unwrap();
        for person in people {
            for text in [person.id_number.reveal(), person.name.reveal().as_str()] {
                let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
                assert!(!found, "{file} of {}", region.name());
            }
        }
    }
}

/// by the books of both sides, without a sheet.
#[test]
fn outflow_and_inflow_by_the_books_are_the_same_people() {
    let pair = Federation::start(PAIR);
    let [away, sent] = [(); 2].map(|()| pair[ORIGIN].fresh_member());
    let to = pair[DESTINATION].committee();
    let open = [
        "stay",
        "open",
        "--member",
        &away,
        "--to",
        &to,
        "--reason",
        "务工",
        "--place",
        "某处",
        "--from",
        "2026-01-10",
        "--contact",
        "王五",
    ];
    let stay = pair[ORIGIN].ok(&open)["id"].as_str().unwrap().to_owned();
    let letter = pair[ORIGIN].issue(&sent, &pair[DESTINATION]);
    pair.until_state(&letter, "issued", ORIGIN, DESTINATION);
    until("the stay", &[&pair[DESTINATION]], || {
        (pair[DESTINATION].run(&["stay", "show", &stay]).exit() == 0).then_some(())
    });
    for (side, list) in [(ORIGIN, "--outflow"), (DESTINATION, "--inflow")] {
        let found = matched(&pair, side, list);
        assert_eq!(counts(&found), [2, 2, 2, 0, 0], "{found:#}");
        let holds: Vec<_> =
            people(&found).iter().map(|one| (one["here"].clone(), one["there"].clone())).collect();
        let (here, there) = if side == ORIGIN { ("full", "guest") } else { ("guest", "full") };
        assert_eq!(holds, vec![(here.into(), there.into()); 2]);
    }
    // The member's file says that the other region learnt of it.
    let history = pair[ORIGIN].list(&["member", "history", &away]);
    let told = history.iter().filter(|event| event["kind"] == "matched");
    assert_eq!(
        told.map(|event| event["by"].clone()).collect::<Vec<_>>(),
        vec![Value::from(pair[DESTINATION].code()); 2]
    );
    pair[ORIGIN].refused(&["match", &pair[DESTINATION].code(), "--inflow"], "match.nobody", 6);
}

#[test]
fn a_sheet_with_a_fault_is_not_sent() {
    let pair = Federation::start(PAIR);
    let people = strangers(3);
    let mut faulty = Sheet::with_headers(&["姓名", "公民身份号码"]);
    for person in &people {
        faulty.push(&[person.name.reveal(), person.id_number.reveal()]);
        pair.scratch.plant(person);
    }
    faulty.repeat(2);
    let number = people[1].id_number.reveal();
    let faulty = faulty.with(3, "公民身份号码", text(&number[..17]));
    let file = faulty.csv(&pair.scratch, "faulty.csv");
    let code = pair[DESTINATION].code();
    let faults = pair[ORIGIN].run(&["match", &code, file.to_str().unwrap()]).expect_faults();
    let places: Vec<_> =
        faults.iter().map(|f| (f["row"].clone(), f["column"].clone(), f["code"].clone())).collect();
    let place = |row: u64, code: &str| (row.into(), "B".into(), code.into());
    assert_eq!(places, [place(3, "id.shape"), place(5, "id.duplicate")]);
    assert_eq!(pair[DESTINATION].list(&["match", "list"]), Vec::<Value>::new());

    // The columns that the clerk matches count before the headers.
    let mut odd = Sheet::with_headers(&["甲", "乙"]);
    odd.push(&[people[0].id_number.reveal(), "x"]);
    let file = odd.csv(&pair.scratch, "odd.csv");
    let args = ["match", &code, file.to_str().unwrap()];
    pair[ORIGIN].refused(&args, "import.header", 6);
    let columns = ["--columns", "id_number=A"];
    let found = pair[ORIGIN].ok(&[&args[..], &columns[..]].concat());
    assert_eq!(found["mine"], 1);
}

/// The findings of the kind DoubleManaged: subject, and evidence.
fn doubles(region: &Region) -> Vec<(String, Vec<Value>)> {
    let found = region.list(&["finding", "list", "--kind", "DoubleManaged"]);
    let shown = |one: &Value| {
        (one["subject"].as_str().unwrap().to_owned(), one["evidence"].as_array().unwrap().clone())
    };
    found.iter().map(shown).collect()
}

/// one person with a record in full in both regions, and no letter between them.
#[test]
fn a_double_membership_stands_at_both_ends_until_one_of_them_ends_it() {
    let pair = Federation::start(PAIR);
    let five = strangers(5);
    pair[ORIGIN].enter_people(five.clone().into_iter());
    let twice = &five[2];
    let mut roster = Sheet::with_headers(&["姓名", "公民身份号码", "党员类别", "所在党支部"]);
    let (name, id) = (twice.name.reveal(), twice.id_number.reveal());
    roster.push(&[name, id, "正式", &pair[DESTINATION].branch()]);
    pair[DESTINATION].import(&roster.csv(&pair.scratch, "roster.csv"), true).expect_ok();

    with_sheet(&pair, DESTINATION, &five[1..4], "came.xlsx");
    let found = with_sheet(&pair, ORIGIN, &five, "went.xlsx");
    let sums = ["both", "double", "neither"].map(|field| found[field].as_u64().unwrap());
    assert_eq!(sums, [3, 1, 0], "{found:#}");
    let first = &people(&found)[0];
    assert_eq!(
        (first["id_number"].as_str(), &first["here"], &first["there"]),
        (Some(id), &"full".into(), &"full".into())
    );
    let result = found["result"].clone();
    let [here, there] = [ORIGIN, DESTINATION].map(|side| doubles(&pair[side]));
    for found in [&here, &there] {
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, std::slice::from_ref(&result), "the result that both have");
    }
    assert_ne!(here[0].0, there[0].0, "each region knows the person by its own ref");

    // It stays through another matching, and the destination ends its record.
    let again = with_sheet(&pair, ORIGIN, &five, "went.xlsx");
    assert_eq!(doubles(&pair[ORIGIN])[0].1, [again["result"].clone()]);
    let end = ["member", "end", &there[0].0, "--reason", "duplicate", "--on", "2026-03-01"];
    pair[DESTINATION].ok(&end);
    assert_eq!(doubles(&pair[DESTINATION]), []);
    let last = with_sheet(&pair, ORIGIN, &five, "went.xlsx");
    assert_eq!((&last["both"], &last["double"]), (&3.into(), &0.into()));
    assert_eq!(doubles(&pair[ORIGIN]), []);
}

/// sizes, and how often.
#[test]
fn lists_that_are_too_long_and_wishes_too_often_are_refused() {
    let pair = Federation::start(PAIR);
    let code = pair[DESTINATION].code();
    let mut long = Sheet::with_headers(&["公民身份号码"]);
    for number in 0..=protocol::limits::MATCH_ROWS_MAX {
        let digits = format!(
            "999999{:04}{:02}{:02}{:03}",
            1950 + number / 28_000,
            1 + number / 2_500 % 12,
            1 + number / 100 % 25,
            number % 100
        );
        let check = char::from(protocol::member::check_character(digits.as_bytes()));
        long.push(&[&format!("{digits}{check}")]);
    }
    let file = long.csv(&pair.scratch, "long.csv");
    pair[ORIGIN].refused(&["match", &code, file.to_str().unwrap()], "match.too_large", 6);
    assert_eq!(pair[DESTINATION].list(&["match", "list"]), Vec::<Value>::new());

    let file = sheet(&pair, &strangers(2), "few.xlsx");
    let again = ["match", &code, file.to_str().unwrap()];
    for _ in 0..protocol::limits::MATCH_ASKS_MAX {
        pair[ORIGIN].ok(&again);
    }
    pair[ORIGIN].refused(&again, "match.too_often", 5);
    assert_eq!(pair[DESTINATION].list(&["match", "list"]).len(), 8);
    // The other side has its own count.
    with_sheet(&pair, DESTINATION, &strangers(2), "few.xlsx");
}

#[test]
fn a_paused_or_closed_office_is_not_matched_with() {
    let mut pair = Federation::start(PAIR);
    let (here, there) = (pair[ORIGIN].code(), pair[DESTINATION].code());
    let file = sheet(&pair, &strangers(2), "few.xlsx");
    let ask = ["match", &there, file.to_str().unwrap()];
    pair[ORIGIN].ok(&["peer", "pause", &there]);
    pair[ORIGIN].refused(&ask, "peer.paused", 5);
    pair[ORIGIN].ok(&["peer", "resume", &there]);
    pair[ORIGIN].refused(&["match", "610999", "--outflow"], "peer.unknown", 4);

    pair[DESTINATION].stop();
    let config = pair[DESTINATION].data.join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let closed = text.replace("answer = true", "answer = false");
    assert_ne!(closed, text);
    std::fs::write(&config, closed).unwrap();
    pair[DESTINATION].start();
    until("a session", &[&pair[ORIGIN]], || {
        (pair[ORIGIN].run(&["peer", "test", &there]).exit() == 0).then_some(())
    });
    pair[ORIGIN].refused(&ask, "match.off", 7);
    let ended = &pair[ORIGIN].list(&["match", "list"])[0];
    assert_eq!((&ended["state"], &ended["shown"]), (&"ended".into(), &false.into()));
    assert_eq!(pair[DESTINATION].list(&["match", "list"]), Vec::<Value>::new());
    // It may ask all the same.
    with_sheet(&pair, DESTINATION, &strangers(2), "few.xlsx");

    pair[DESTINATION].ok(&["peer", "revoke", &here, "--yes"]);
    pair[DESTINATION].refused(&["match", &here, "--outflow"], "peer.revoked", 9);
}

/// Rows of people that a node keeps of matchings.
fn kept(region: &Region) -> u32 {
    let connection = Connection::open(region.data.join("dukou.db")).unwrap();
    let count = "SELECT count(*) FROM matching_person";
    connection.query_row(count, [], |row| row.get(0)).unwrap()
}

/// whoever dies, before its result is durable or after: that there was a matching is on
/// record, nothing else is, and the next one comes to the same.
#[test]
fn a_node_that_dies_during_a_matching_leaves_no_half_result() {
    let mut pair = Federation::start(PAIR);
    let all = strangers(8);
    with_sheet(&pair, DESTINATION, &all[3..], "came.xlsx");
    let file = sheet(&pair, &all[..6], "went.xlsx");
    let ask = ["match", &pair[DESTINATION].code(), file.to_str().unwrap()];
    for side in [ORIGIN, DESTINATION] {
        for moment in ["before", "after"] {
            let before = kept(&pair[side]);
            pair[side].stop();
            pair[side].start_failing_at(&format!("matching-kept.{moment}"));
            connected(&pair);
            // Whatever this says: one of the two dies while it is under way.
            let _ = pair[ORIGIN].run(&ask);
            assert!(!pair[side].wait_for_death().success(), "{side} {moment}");
            pair[side].start();
            connected(&pair);
            let last = &pair[side].list(&["match", "list"])[0];
            let state = if moment == "before" { "begun" } else { "done" };
            assert_eq!(last["state"], state, "{side} {moment}: {last:#}");
            if moment == "before" {
                assert_eq!(kept(&pair[side]), before, "{side}");
            }
            let found = matched(&pair, ORIGIN, file.to_str().unwrap());
            assert_eq!(both(&found), numbers(&all[3..6]), "{side} {moment}");
        }
    }
}

/// Waits until the two hear each other.
fn connected(pair: &Federation) {
    let ends = [&pair[ORIGIN], &pair[DESTINATION]];
    until("a session", &ends, || {
        let reached = pair[ORIGIN].run(&["peer", "test", &pair[DESTINATION].code()]);
        (reached.exit() == 0).then_some(())
    });
}

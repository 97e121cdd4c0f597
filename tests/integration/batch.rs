//! 整建制转接: a works of 348 people moves at one approval, and each person goes alone.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use dukou::demo::people::{Crowd, Person};
use protocol::member::Standing;
use serde_json::Value;
use tests::command::{self, Environment};
use tests::federation::{Federation, PAIR, Plan, replace};
use tests::region::{Mode, Region};
use tests::sheet::{Sheet, read_xlsx, text};
use tests::waiting::until;

pub const ORIGIN: usize = 0;
pub const DESTINATION: usize = 1;
/// So many live in all regions that the first has the 348 of the story.
const MEMBERS: usize = 600;
const PEOPLE: usize = 348;
const PLANTED: usize = 8;
const SOUND: usize = PEOPLE - PLANTED;

const HEADERS: [&str; 5] = ["证件号", "姓名", "去向", "党费交至", "事由"];

pub fn federation(members: usize) -> Federation {
    Federation::start(Plan { members, mode: Mode::Rehearsal, ..PAIR })
}

/// People of the first region, as the federation entered them.
pub fn people(region: &Region, members: usize) -> impl Iterator<Item = Person> {
    Crowd::new(20_260_301, members).of(region.spec)
}

/// A sound sheet of the first `count` people, addressed to the other region's committee.
pub fn sheet(federation: &Federation, members: usize, count: usize) -> Sheet {
    let to = federation[DESTINATION].committee();
    let mut sheet = Sheet::with_headers(&HEADERS);
    for person in people(&federation[ORIGIN], members).take(count) {
        let (id, name) = (person.id_number.reveal(), person.name.reveal());
        assert!(matches!(person.standing, Standing::Full | Standing::Probationary));
        sheet.push(&[id, name, &to, "2026-02", "改制移交"]);
    }
    assert_eq!(sheet.len(), count + 1, "the crowd is large enough");
    sheet
}

/// The sheet with eight faults, and where they are.
fn faulty(federation: &Federation) -> (Sheet, Vec<(u64, &'static str, &'static str)>) {
    let sound = sheet(federation, MEMBERS, PEOPLE);
    let id = |row| sound.text(row, "证件号");
    let check = |id: &str| if id.ends_with('X') { "1" } else { "X" };
    let checksum = format!("{}{}", &id(2)[..17], check(&id(2)));
    let stranger = Crowd::new(7, 50).of(federation[ORIGIN].spec).next().unwrap();
    let open = people(&federation[ORIGIN], MEMBERS).nth(10).unwrap();
    let found = federation[ORIGIN].list(&["member", "search", open.id_number.reveal()]);
    let member = found[0]["ref"].as_str().unwrap().to_owned();
    federation[ORIGIN].issue(&member, &federation[DESTINATION]);
    let (first, twin) = (id(20), 21);
    let faulty = sound
        .with(2, "证件号", text(&checksum))
        .with(3, "姓名", text("另一个人"))
        .with(4, "去向", text("没有这个支部"))
        .with(5, "去向", text("440305-0001"))
        .with(6, "党费交至", text("2026.13"))
        .with(7, "证件号", text(stranger.id_number.reveal()))
        .with(twin, "证件号", text(&first));
    let faults = vec![
        (2, "id_number", "id.checksum"),
        (3, "name", "member.details_differ"),
        (4, "to_org", "org.unknown"),
        (5, "to_org", "org.unknown"),
        (6, "dues_paid_through", "date.invalid"),
        (7, "id_number", "member.unknown"),
        (12, "id_number", "member.open_letter"),
        (21, "id_number", "id.duplicate"),
    ];
    (faulty, faults)
}

fn places(faults: &[Value]) -> Vec<(u64, &str, &str)> {
    let mut places: Vec<_> = faults
        .iter()
        .map(|fault| {
            let (field, code) = (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap());
            (fault["row"].as_u64().unwrap(), field, code)
        })
        .collect();
    places.sort_unstable();
    places
}

pub fn items(region: &Region, batch: &str) -> Vec<Value> {
    let shown = region.ok(&["batch", "show", batch]);
    assert_eq!(shown["next"], Value::Null);
    shown["items"].as_array().unwrap().clone()
}

pub fn count(region: &Region, batch: &str, state: &str) -> u64 {
    let reply = region.run(&["batch", "show", batch, "--limit", "1"]);
    if reply.code() == Some("batch.unknown") {
        return 0;
    }
    reply.expect_ok()["counts"]["letters"][state].as_u64().unwrap_or(0)
}

pub fn until_all(federation: &Federation, batch: &str, state: &str, wanted: usize) {
    let ends = [&federation[ORIGIN], &federation[DESTINATION]];
    until(&format!("{wanted} {state} at both ends"), &ends, || {
        let all = ends.iter().all(|end| count(end, batch, state) == wanted as u64);
        all.then_some(())
    });
}

pub fn args<'a>(verb: &'a str, file: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    [&["batch", verb, file.to_str().unwrap()], more].concat()
}

/// The fifth letter says what the sheet said.
#[track_caller]
fn assert_tells_its_place(one: &Value, batch: &str) {
    assert_eq!((&one["batch"]["index"], &one["batch"]["count"]), (&5.into(), &SOUND.into()));
    assert_eq!(one["batch"]["id"], batch);
    assert_eq!(
        (&one["reason"], &one["dues_paid_through"]),
        (&"改制移交".into(), &"2026-02".into())
    );
}

#[test]
fn a_works_of_348_people_moves_at_one_approval_and_nobody_is_lost() {
    let federation = federation(MEMBERS);
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    let (sheet, planted) = faulty(&federation);
    let file = sheet.xlsx(&federation.scratch, "works.xlsx");

    let out = federation.scratch.path("annotated.xlsx");
    let check = args("check", &file, &["--annotated", out.to_str().unwrap()]);
    let checked = origin.run(&check);
    assert_eq!(places(&checked.expect_faults()), planted);
    assert_eq!(checked.data()["rows"], PEOPLE);
    assert_eq!(checked.data()["issuable"], SOUND);
    let width = HEADERS.len();
    let annotated = read_xlsx(&out);
    let noted = annotated.iter().skip(1).filter(|row| !row[width..].concat().is_empty());
    assert_eq!(noted.count(), PLANTED);

    let letters = || origin.list(&["letter", "list"]).len();
    assert_eq!(letters(), 1, "only the one that was open before");
    let whole = origin.run(&args("issue", &file, &["--confirm", "340"]));
    assert_eq!(whole.expect_faults().len(), PLANTED);
    let other = args("issue", &file, &["--confirm", "348", "--only-valid"]);
    let refused = origin.refused(&other, "batch.confirm", 2);
    assert!(refused["detail"].as_str().unwrap().contains("340"), "{refused:#}");
    assert_eq!(letters(), 1);

    let issue = args("issue", &file, &["--confirm", "340", "--only-valid"]);
    let issued = origin.run(&issue);
    assert_eq!(issued.exit(), 3, "{issued:#?}");
    let issued = issued.data();
    assert_eq!((&issued["issued"], &issued["failed"]), (&SOUND.into(), &0.into()));
    assert_eq!(issued["skipped"], PLANTED);
    let batch = issued["id"].as_str().unwrap();
    until_all(&federation, batch, "issued", SOUND);
    let sent = items(origin, batch);
    let numbers: Vec<u64> = sent.iter().map(|item| item["place"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=SOUND as u64).collect::<Vec<_>>());
    let key =
        |item: &Value| (item["place"].clone(), item["letter"].clone(), item["member"].clone());
    let arrived = items(destination, batch);
    assert_eq!(
        arrived.iter().map(key).collect::<Vec<_>>(),
        sent.iter().map(key).collect::<Vec<_>>()
    );
    assert_tells_its_place(&destination.letter(arrived[4]["letter"].as_str().unwrap()), batch);

    let again = origin.run(&issue);
    assert_eq!(again.exit(), 6, "{again:#?}");
    let open = again.expect_faults();
    let open = open.iter().filter(|fault| fault["code"] == "member.open_letter");
    assert_eq!(open.count(), SOUND + 1);
    assert_eq!(letters(), SOUND + 1);

    let seen = arrived[7]["member"]["ref"].as_str().unwrap();
    let branch = destination.branch();
    let accept = ["batch", "accept", &batch[..8], "--org", &branch, "--met", seen];
    let accepted = destination.ok(&accept);
    assert_eq!((&accepted["accepted"], &accepted["failed"]), (&SOUND.into(), &0.into()));
    until_all(&federation, batch, "closed", SOUND);
    federation.assert_whole();
    assert_eq!(destination.member(seen)["met"], true);
    let unseen = arrived[8]["member"]["ref"].as_str().unwrap();
    assert_eq!(destination.member(unseen)["met"], false);
    assert_eq!(destination.ok(&accept[..5])["accepted"], 0, "a second time there is nothing to do");
}

#[test]
fn a_letter_that_cannot_be_accepted_stops_no_other() {
    const MANY: usize = 12;
    let federation = federation(40);
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    let file = sheet(&federation, 40, MANY).csv(&federation.scratch, "some.csv");
    let issued = origin.ok(&args("issue", &file, &["--confirm", "12"]));
    let batch = issued["id"].as_str().unwrap();
    until_all(&federation, batch, "issued", MANY);

    // Somebody registers the fourth at the destination meanwhile.
    let person = people(origin, 40).nth(3).unwrap();
    let id = federation.scratch.path("id.txt");
    std::fs::write(&id, person.id_number.reveal()).unwrap();
    let branch = destination.branch();
    let add = ["member", "add", "--name", person.name.reveal(), "--id-number-file"];
    let add = [&add[..], &[id.to_str().unwrap(), "--standing", "full", "--org", &branch]].concat();
    destination.ok(&add);

    destination.refused(&["batch", "accept", batch, "--org", "610902-9999"], "org.unknown", 6);
    let stranger = ["batch", "accept", batch, "--org", &branch, "--met", "abcdabcd"];
    destination.refused(&stranger, "member.unknown", 4);
    let accepted = destination.run(&["batch", "accept", batch, "--org", &branch]);
    assert_eq!(accepted.exit(), 3, "{accepted:#?}");
    assert_eq!(accepted.data()["accepted"], MANY - 1);
    let items = accepted.data()["items"].as_array().unwrap();
    let failed: Vec<_> = items.iter().filter(|item| !item["code"].is_null()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (&failed[0]["place"], &failed[0]["code"]),
        (&4.into(), &"member.already_here".into())
    );
    until_all(&federation, batch, "closed", MANY - 1);
}

/// Everybody has one letter of the batch, whoever died when.
#[track_caller]
fn assert_completed_once(federation: &Federation) {
    let origin = &federation[ORIGIN];
    let letters = || origin.list(&["letter", "list"]);
    let first = letters()[0]["batch"]["id"].clone();
    let batch = first.as_str().unwrap();
    until_all(federation, batch, "issued", PEOPLE);
    let sent = items(origin, batch);
    let members: BTreeSet<_> = sent.iter().map(|i| i["member"]["ref"].to_string()).collect();
    let ids: BTreeSet<_> = sent.iter().map(|item| item["letter"].to_string()).collect();
    assert_eq!((members.len(), ids.len()), (PEOPLE, PEOPLE));
    assert_eq!(letters().len(), PEOPLE, "nothing was issued twice");
    for _ in 0..2 {
        let retried = origin.ok(&["batch", "retry", batch]);
        assert_eq!(retried["counts"]["letters"]["issued"], PEOPLE);
    }
    assert_eq!(letters().len(), PEOPLE, "and a retry issues nothing again");
    federation.assert_whole();
}

#[test]
fn a_batch_whose_node_dies_between_two_groups_completes_by_itself() {
    let mut federation = federation(MEMBERS);
    let file = sheet(&federation, MEMBERS, PEOPLE).xlsx(&federation.scratch, "works.xlsx");
    federation[ORIGIN].stop();
    federation[ORIGIN].start_failing_at("offer-signed.before:2");
    let issue = args("issue", &file, &["--confirm", "348"]);
    assert_ne!(federation[ORIGIN].run(&issue).exit(), 0, "the node died under this command");
    assert!(!federation[ORIGIN].wait_for_death().success());
    let issued = federation[ORIGIN].list(&["letter", "list"]).len();
    assert!(0 < issued && issued < PEOPLE, "{issued} were durable");
    federation[ORIGIN].start();
    assert_completed_once(&federation);
}

#[test]
fn a_clerk_who_repeats_an_approval_whose_answer_was_lost_approves_nothing_twice() {
    let mut federation = federation(MEMBERS);
    let file = sheet(&federation, MEMBERS, PEOPLE).xlsx(&federation.scratch, "works.xlsx");
    federation[ORIGIN].stop();
    federation[ORIGIN].start_failing_at("offer-signed.before");
    let issue = args("issue", &file, &["--confirm", "348"]);
    assert_ne!(federation[ORIGIN].run(&issue).exit(), 0, "the node died under this command");
    assert!(!federation[ORIGIN].wait_for_death().success());
    // No node runs: the command works in the directory itself, before any housekeeping.
    let again = federation[ORIGIN].run(&issue).expect_faults();
    assert!(again.iter().all(|fault| fault["code"] == "member.open_letter"));
    assert_eq!(again.len(), PEOPLE);
    federation[ORIGIN].start();
    assert_completed_once(&federation);
}

#[test]
fn a_batch_that_kill_9_interrupts_anywhere_completes_by_itself() {
    let mut federation = federation(MEMBERS);
    let file = sheet(&federation, MEMBERS, PEOPLE).xlsx(&federation.scratch, "works.xlsx");
    let (scratch, data) = (Arc::clone(&federation.scratch), federation[ORIGIN].data.clone());
    let issuing = std::thread::spawn(move || {
        let issue = args("issue", &file, &["--confirm", "348"]);
        // It may be done or not when the node dies: both must end alike.
        drop(command::run(&scratch, Some(&data), &Environment::default(), &issue));
    });
    until("the first group is issued", &[&federation[ORIGIN]], || {
        (federation[ORIGIN].ok(&["status"])["letters"]["out"]["issued"].as_u64()? > 0).then_some(())
    });
    federation[ORIGIN].kill();
    issuing.join().unwrap();
    federation[ORIGIN].start();
    assert_completed_once(&federation);
}

/// The node of the destination dies of the first Release: its successor receives them all at once.
#[test]
fn a_batch_that_was_under_way_to_a_dead_node_is_received_by_its_successor() {
    const MANY: usize = 12;
    let mut federation = federation(40);
    let file = sheet(&federation, 40, MANY).csv(&federation.scratch, "some.csv");
    let issued = federation[ORIGIN].ok(&args("issue", &file, &["--confirm", "12"]));
    let batch = issued["id"].as_str().unwrap();
    until_all(&federation, batch, "issued", MANY);
    federation[ORIGIN].stop();
    let branch = federation[DESTINATION].branch();
    federation[DESTINATION].ok(&["batch", "accept", batch, "--org", &branch]);
    federation[DESTINATION].stop();
    federation[DESTINATION].start_failing_at("receipt-signed.before");
    federation[ORIGIN].start();
    federation[DESTINATION].wait_for_death();
    let released = || (count(&federation[ORIGIN], batch, "released") == 12).then_some(());
    until("all released", &[&federation[ORIGIN]], released);
    let successor = Region::successor(&federation.scratch, federation[DESTINATION].spec);
    let replaced = replace(&federation[ORIGIN], &successor);
    assert_eq!(replaced["succeeded"].as_array().unwrap().len(), MANY, "{replaced:#}");
    federation.regions[DESTINATION] = successor;
    until_all(&federation, batch, "released", MANY);
    let accepted = federation[DESTINATION].ok(&["batch", "accept", batch, "--org", &branch]);
    assert_eq!((&accepted["accepted"], &accepted["failed"]), (&MANY.into(), &0.into()));
    until_all(&federation, batch, "closed", MANY);
    let here = federation[DESTINATION].list(&["member", "list", "--custody", "here"]);
    assert_eq!(here.len(), MANY);
}

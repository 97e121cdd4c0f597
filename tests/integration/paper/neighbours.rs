//! Neighbours without Dukou: letters that go out and come in on paper alone.

use std::sync::Arc;

use dukou::demo::people::{Crowd, Person};
use dukou::demo::regions::{HANBIN, SHIQUAN};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::federation::{Federation, PAIR};
use tests::region::{Mode, Region};
use tests::scratch::Scratch;

const OFFICE: &str = "某某县委组织部";
const NOW: &str = "2027-03-02T01:00:00Z";

fn region(scratch: &Arc<Scratch>) -> Region {
    let mut region = Region::init(scratch, &SHIQUAN, Mode::Rehearsal);
    region.set_now(NOW);
    region.enter_orgs();
    region.enter_people(Crowd::new(5, 40).of(&SHIQUAN));
    region
}

fn issue(region: &Region, member: &str) -> Value {
    let reason = ["--reason", "随军迁移", "--days", "30"];
    let words = ["letter", "issue", "--member", member, "--paper", "--to-name", OFFICE];
    region.ok(&[&words[..], &reason].concat())
}

fn id(letter: &Value) -> &str {
    letter["id"].as_str().unwrap()
}

/// Somebody who lives elsewhere, as `letter record-in` is told of them.
fn stranger(scratch: &Scratch) -> (Person, String) {
    let person = Crowd::new(77, 20).of(&HANBIN).next().unwrap();
    scratch.plant(&person);
    let file = scratch.path("id-number");
    std::fs::write(&file, person.id_number.reveal()).unwrap();
    (person, file.to_str().unwrap().to_owned())
}

fn record_in<'a>(person: &'a Person, file: &'a str, branch: &'a str) -> Vec<&'a str> {
    let words = ["letter", "record-in", "--from-name", OFFICE, "--serial", "组转〔2027〕18号"];
    let about = ["--name", person.name.reveal(), "--id-number-file", file, "--standing", "full"];
    [&words[..], &about, &["--org", branch]].concat()
}

#[test]
fn a_letter_on_paper_is_closed_by_its_recorded_receipt() {
    let scratch = Scratch::new();
    let region = region(&scratch);
    let member = region.fresh_member();
    let letter = issue(&region, &member);
    assert_eq!((&letter["evidence"], &letter["state"]), (&"paper".into(), &"issued".into()));
    assert_eq!((&letter["to_org_name"], &letter["to_org"]), (&OFFICE.into(), &"".into()));
    assert_eq!(
        (&letter["reason"], &letter["valid_until"]),
        (&"随军迁移".into(), &"2027-04-01".into())
    );
    assert_eq!(letter["custody_org"], letter["from_org"], "the origin still answers");
    let shown = region.member(&member);
    assert_eq!((&shown["custody"], &shown["open_letter"]), (&"here".into(), &letter["id"]));
    // One open letter, of whatever kind.
    let again = ["letter", "issue", "--member", &member, "--paper", "--to-name", "别处"];
    region.refused(&again, "member.open_letter", 5);
    let signed = ["letter", "issue", "--member", &member, "--to", "610902-0001"];
    region.refused(&signed, "member.open_letter", 5);
    for words in [["letter", "qr", id(&letter)], ["letter", "reissue", id(&letter)]] {
        region.refused(&words, "letter.on_paper", 5);
    }
    let counts = region.ok(&["status"])["letters"].clone();
    assert_eq!(counts["paper"], json!({"out": {"issued": 1}, "in": {}}));
    assert_eq!((&counts["out"], &counts["in"]), (&json!({}), &json!({})), "counted apart");

    let (scan, full) =
        (region.file("receipt.jpg"), region.ok(&["status"])["roster"]["full"].clone());
    std::fs::write(&scan, b"the receipt as it was photographed").unwrap();
    let record = |on: &'static str| {
        ["letter", "record-receipt", &id(&letter)[..10], "--on", on, "--scan", &scan]
            .map(str::to_owned)
    };
    let words = |words: &[String; 7]| -> Vec<String> { words.to_vec() };
    for day in ["2027-03-03", "2027-03-01", "soon"] {
        let words = words(&record(day));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        region.refused(&words, "date.invalid", 6);
    }
    let words = words(&record("2027-03-02"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let closed = region.ok(&words);
    assert_eq!((&closed["state"], &closed["custody_org"]), (&"closed".into(), &OFFICE.into()));
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(std::fs::read(&scan).unwrap()));
    assert_eq!(closed["paper"]["scan_sha256"], hash.as_str());
    assert_eq!(region.member(&member)["custody"], "transferred");
    assert_eq!(region.ok(&["status"])["roster"]["full"], full.as_u64().unwrap() - 1);
    region.refused(&words, "letter.state", 5);
    region.refused(&again, "member.not_full", 5);
    // What was filed is there, and not to be read from the file.
    let database = std::fs::read(region.data.join("dukou.db")).unwrap();
    let plain = b"as it was photographed";
    assert!(!database.windows(plain.len()).any(|window| window == plain));
}

#[test]
fn a_letter_on_paper_that_comes_back_leaves_the_member_here() {
    let scratch = Scratch::new();
    let region = region(&scratch);
    let member = region.fresh_member();
    let letter = issue(&region, &member);
    let back = ["letter", "record-return", id(&letter), "--on", "2027-03-02", "--ground"];
    region.refused(&[&back[..], &["no_reason"]].concat(), "ground.unknown", 6);
    let returned = region.ok(&[&back[..], &["not_arrived"]].concat());
    assert_eq!(
        (&returned["state"], &returned["refusal"]["ground"]),
        (&"refused".into(), &"not_arrived".into())
    );
    assert_eq!(region.member(&member)["open_letter"], Value::Null);

    let second = issue(&region, &member);
    assert_ne!(second["serial"], letter["serial"]);
    let voided = region.ok(&["letter", "void", id(&second), "--reason", "withdrawn"]);
    assert_eq!((&voided["state"], &voided["void_reason"]), (&"voided".into(), &"withdrawn".into()));
    region.refused(
        &["letter", "record-receipt", id(&second), "--on", "2027-03-02"],
        "letter.state",
        5,
    );

    let third = issue(&region, &member);
    region.ok(&["--yes", "member", "end", &member, "--reason", "left", "--on", "2027-03-02"]);
    assert_eq!(region.letter(id(&third))["void_reason"], "ended", "its letter ends with it");
    let letters = region.list(&["letter", "list", "--direction", "out"]);
    let states: Vec<_> = letters.iter().map(|letter| letter["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["voided", "voided", "refused"], "newest first");
    let history = region.list(&["member", "history", &member]);
    let times = |kind: &str| history.iter().filter(|event| event["kind"] == kind).count();
    let told = ["paper_issued", "paper_refused", "paper_voided", "ended"].map(times);
    assert_eq!(told, [3, 1, 1, 1], "{history:#?}");
}

#[test]
fn who_came_in_on_paper_goes_on_by_signed_letter() {
    let pair = Federation::start(PAIR);
    let origin = &pair[0];
    let (person, file) = stranger(&pair.scratch);
    let branch = origin.branch();
    let words = record_in(&person, &file, &branch);
    let letter = origin.ok(&words);
    assert_eq!((&letter["state"], &letter["evidence"]), (&"closed".into(), &"paper".into()));
    assert_eq!(
        (&letter["direction"], &letter["serial"]),
        (&"in".into(), &"组转〔2027〕18号".into())
    );
    assert_eq!(
        (&letter["from_org_name"], &letter["custody_org"]),
        (&OFFICE.into(), &branch.as_str().into())
    );
    origin.refused(&words, "member.already_here", 5);
    let member = letter["member"]["ref"].as_str().unwrap();
    let shown = origin.member(member);
    assert_eq!((&shown["custody"], &shown["generation"]), (&"here".into(), &0.into()));
    let signed = pair.hand_over(member, 0, 1);
    origin.refused(
        &["letter", "record-receipt", &signed, "--on", "2027-03-02"],
        "letter.signed",
        5,
    );
    assert_eq!(pair[1].member(member)["generation"], 1);
    let counts = origin.ok(&["status"])["letters"].clone();
    assert_eq!(counts["paper"], json!({"out": {}, "in": {"closed": 1}}));
    assert_eq!(counts["out"], json!({"closed": 1}), "the signed ones are counted without it");
}

#[test]
fn who_left_on_paper_may_come_back_on_paper() {
    let scratch = Scratch::new();
    let region = region(&scratch);
    let (person, file) = stranger(&scratch);
    let branch = region.branch();
    let words = record_in(&person, &file, &branch);
    let first = region.ok(&words);
    let member = first["member"]["ref"].as_str().unwrap();
    let out = issue(&region, member);
    region.ok(&["letter", "record-receipt", id(&out), "--on", "2027-03-02"]);
    let second = region.ok(&words);
    let again = second["member"]["ref"].as_str().unwrap();
    assert_ne!(again, member, "another membership");
    assert_eq!(region.member(again)["custody"], "here");
    assert_eq!(region.member(member)["custody"], "transferred");
    region.refused(&words, "member.already_here", 5);
}

#[test]
fn a_scan_is_an_ordinary_file_of_bounded_size() {
    let scratch = Scratch::new();
    let region = region(&scratch);
    let letter = issue(&region, &region.fresh_member());
    let large = region.file("large.tif");
    std::fs::write(&large, vec![0; 8 * 1024 * 1024 + 1]).unwrap();
    let folder = region.file("");
    for file in [large.as_str(), "/dev/zero", &folder, "/nowhere/at/all"] {
        let words = ["letter", "record-receipt", id(&letter), "--on", "2027-03-02", "--scan", file];
        region.refused(&words, "file.unreadable", 6);
    }
    assert_eq!(region.letter(id(&letter))["state"], "issued", "nothing was recorded");
}

//! One file for each member, and what the member may have of it.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use tests::federation::Federation;
use tests::region::Region;
use tests::waiting::until;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// A member of the origin, placed at the destination and reported on once; with the stay.
fn reported(pair: &Federation) -> (String, String) {
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let now: protocol::time::Timestamp =
        origin.ok(&["status"])["now"].as_str().unwrap().parse().unwrap();
    let (day, quarter) = (now.day(), protocol::time::Quarter::of(now.day()));
    let (day, quarter, to) = (day.to_string(), quarter.to_string(), destination.committee());
    let mut args = vec!["stay", "open", "--member", &member, "--to", &to, "--reason", "务工"];
    args.extend(["--place", "江北", "--from", &day, "--contact", "钱守成"]);
    let stay = origin.ok(&args)["id"].as_str().unwrap().to_owned();
    let ends = [origin, destination];
    until("arrived", &ends, || known(destination, &stay));
    let branch = destination.branch();
    destination.ok(&["stay", "place", &stay, "--org", &branch, "--contact", "孙长河"]);
    for attended in ["2", "3"] {
        let mut report = vec!["stay", "report", &stay, "--period", &quarter, "--of", "4"];
        report.extend(["--attended", attended, "--dues-through", "2026-09"]);
        destination.ok(&report);
    }
    origin.ok(&["stay", "bulletin", &stay, "--text", "支部换届完成"]);
    let count = |region: &Region| {
        region.ok(&["stay", "show", &stay])["statements"].as_array().unwrap().len()
    };
    until("all said", &ends, || (count(origin) == 5 && count(destination) == 5).then_some(()));
    (member, stay)
}

fn known(region: &Region, stay: &str) -> Option<()> {
    (region.run(&["stay", "show", stay]).exit() == 0).then_some(())
}

#[test]
fn one_file_holds_what_every_card_shows_at_both_ends() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let (member, stay) = reported(&pair);
    let (ours, theirs) =
        (origin.ok(&["member", "file", &member]), destination.ok(&["member", "file", &member]));
    assert_eq!(ours["member"]["ref"], member.as_str());
    assert_eq!(theirs["member"], json!(null), "a guest stands on another's roster");
    for card in ["participation", "education", "contacts"] {
        assert_eq!(ours[card], theirs[card], "{card}");
    }
    let [quarter] = &ours["participation"].as_array().unwrap()[..] else { panic!("{ours:#}") };
    assert_eq!(quarter["report"]["attended"], 3, "the later report of a quarter stands");
    assert_eq!(ours["education"][0]["text"], "支部换届完成");
    assert_eq!(ours["contacts"][0]["there"]["name"], "孙长河");
    let dues = ours["dues"].as_array().unwrap();
    assert!(dues.iter().any(|one| one["source"] == "report" && one["paid_through"] == "2026-09"));
    assert_eq!(ours["stays"][0]["id"], stay.as_str());
    let text = ["member", "file", "0000000000000000000000000000ffff"];
    destination.refused(&text, "member.unknown", 4);
}

#[test]
fn a_member_is_given_everything_that_is_held_and_who_received_it() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let (member, stay) = reported(&pair);
    let out = origin.file(&format!("{member}.json"));
    let exported = origin.ok(&["member", "export", &member, "--out", &out]);
    assert_eq!((&exported["stays"], &exported["recipients"]), (&json!(1), &json!(1)));
    let mode = std::fs::metadata(&out).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "for its owner alone");
    let file: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(file["schema"], "dukou.member_data/1");
    let data = &file["data"];
    let person = origin.ok(&["member", "show", &member, "--reveal"]);
    assert_eq!(data["file"]["member"], person, "with the identity number in full");
    assert_eq!(data["file"]["stays"][0]["id"], stay.as_str());
    let [received] = &data["received_by"].as_array().unwrap()[..] else { panic!("{data:#}") };
    assert_eq!(received["region"], destination.code());
    assert_eq!(received["kinds"], json!(["bulletin", "staynotice"]));
    assert_eq!(origin.list(&["member", "seen-by", &member]), std::slice::from_ref(received));
    let history = origin.list(&["member", "history", &member]);
    assert_eq!(history.last().unwrap()["kind"], "exported");
    let untold = origin.fresh_member();
    assert_eq!(origin.list(&["member", "seen-by", &untold]), [json!(null); 0]);
}

#[test]
fn the_ledgers_of_both_sides_list_the_stay() {
    let pair = Federation::shared();
    let (_, stay) = reported(&pair);
    for (side, direction) in [(ORIGIN, "out"), (DESTINATION, "in")] {
        let region = &pair[side];
        let out = region.file(&format!("{direction}-{}.xlsx", &stay[..8]));
        let ledger = region.ok(&["member", "ledger", "--direction", direction, "--out", &out]);
        let listed = region.list(&["stay", "list", "--direction", direction]).len();
        assert!(ledger["rows"].as_u64().unwrap() >= 1 && listed >= 1);
        let bytes = std::fs::read(&out).unwrap();
        assert!(bytes.starts_with(b"PK"), "a workbook");
        assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o077, 0);
    }
}

/// What a region corrected no longer leads: neither the facts of the quarter stand uncommented, nor
/// the month of the dues on top.
#[test]
fn a_corrected_report_and_its_dues_are_marked_at_both_ends() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let (member, stay) = reported(&pair);
    origin.ok(&["member", "set", &member, "--dues-through", "2026-08"]);
    let shown = destination.ok(&["stay", "show", &stay]);
    let said = shown["statements"].as_array().unwrap();
    let report = said.iter().find(|one| one["report"]["attended"] == 3).unwrap();
    let hash = report["hash"].as_str().unwrap();
    let file = |region: &Region| region.ok(&["member", "file", &member]);
    assert_eq!(file(origin)["dues"][0]["paid_through"], "2026-09");
    let about = ["--stay", &stay, "--statement", &hash[..12]];
    for text in ["党费应为八月", "党费应为七月"] {
        destination.ok(&[&["correction", "file"], &about[..], &["--text", text]].concat());
    }
    origin.ok(&[&["reply", "add"], &about[..], &["--text", "本人无异议"]].concat());
    let corrected = |region: &Region| {
        let file = file(region);
        let correction = &file["participation"][0]["correction"];
        (correction["text"] == "党费应为七月").then_some(file)
    };
    let ends = [origin, destination];
    let ours = until("corrected at home", &ends, || corrected(origin));
    let theirs = until("corrected there", &ends, || corrected(destination));
    let dues = ours["dues"].as_array().unwrap();
    let [first, last] = &dues[..] else { panic!("{dues:#?}") };
    assert_eq!((&first["source"], &first["corrected"]), (&json!("roster"), &json!(false)));
    assert_eq!((&last["paid_through"], &last["corrected"]), (&json!("2026-09"), &json!(true)));
    assert_eq!(theirs["dues"][0]["corrected"], json!(true));
}

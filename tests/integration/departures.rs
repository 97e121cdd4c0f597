//! 外出报告 and 备案: a member tells the branch before leaving; the organisation above takes note; and
//! whoever is neither back nor certified when the days are over is asked for. The clock is a
//! rehearsal's.

use serde_json::{Value, json};
use tests::federation::{Federation, PAIR, Plan};
use tests::region::Region;
use tests::waiting::until;

/// 09:00 in Shanghai on the first day.
const BEGUN: &str = "2027-03-02T01:00:00Z";
const HOME: usize = 0;
const PLACE: usize = 1;

fn begun() -> Federation {
    Federation::start(Plan { now: Some(BEGUN), ..PAIR })
}

fn report(region: &Region, member: &str, more: &[&str]) -> Value {
    let told = ["departure", "report", "--member", member, "--reason", "务工", "--place", "西安"];
    region.ok(&[&told[..], more].concat())
}

fn about(region: &Region, kind: &str, subject: &str) -> Option<Value> {
    let all = region.list(&["finding", "list", "--kind", kind]);
    all.into_iter().find(|one| one["subject"] == subject)
}

fn id_of(departure: &Value) -> String {
    departure["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_departure_is_reported_filed_and_ends_with_the_return() {
    let pair = begun();
    let home = &pair[HOME];
    let member = home.fresh_member();
    let branch = home.member(&member)["org"].clone();
    let orgs = home.list(&["org", "list"]);
    let above = orgs.iter().find(|org| org["code"] == branch).unwrap()["parent"].clone();
    let told = ["--from", "2027-03-10", "--until", "2027-03-20", "--activity", "建筑"];
    let reported = report(home, &member, &[&told[..], &["--contact", "钱守成"]].concat());
    let id = id_of(&reported);
    assert_eq!((&reported["state"], &reported["org"]), (&json!("reported"), &branch));
    let unfiled = about(home, "FilingDue", &id).unwrap();
    assert_eq!((&unfiled["org"], &unfiled["due"]), (&above, &json!("2027-03-10")));
    assert_eq!(unfiled["member"]["ref"], member.as_str());
    let filed = home.ok(&["departure", "file", &id]);
    assert_eq!(filed["filed"], json!({ "org": above, "on": "2027-03-02" }));
    assert_eq!(about(home, "FilingDue", &id), None);
    home.refused(&["departure", "file", &id], "departure.state", 5);

    home.ok(&["rehearsal", "now", "2027-03-20T15:59:50Z"]);
    assert_eq!(
        about(home, "AbsenceDue", &id),
        None,
        "the day on which the member wants to be back"
    );
    home.ok(&["rehearsal", "now", "2027-03-20T16:00:00Z"]);
    let due = about(home, "AbsenceDue", &id).unwrap();
    assert_eq!((&due["org"], &due["since"]), (&branch, &json!("2027-03-10")));
    // The member rings: it takes longer. That is to be filed again.
    let longer = report(home, &member, &["--from", "2027-03-10", "--until", "2027-07-01"]);
    assert_eq!((&longer["id"], &longer["state"]), (&json!(id), &json!("reported")));
    assert_eq!(about(home, "AbsenceDue", &id), None);
    home.ok(&["departure", "file", &id]);
    home.ok(&["rehearsal", "now", "2027-06-09T15:59:50Z"]);
    assert_eq!(about(home, "AbsenceDue", &id), None);
    home.ok(&["rehearsal", "now", "2027-06-09T16:00:00Z"]);
    assert!(about(home, "AbsenceDue", &id).is_some(), "three months are over, whatever was told");
    home.refused(&["departure", "return", &id, "--on", "2027-06-11"], "field.invalid", 6);
    let back = home.ok(&["departure", "return", &id]);
    assert_eq!((&back["state"], &back["ended_on"]), (&json!("returned"), &json!("2027-06-10")));
    assert_eq!(about(home, "AbsenceDue", &id), None);
    let file = home.ok(&["member", "file", &member]);
    assert_eq!(file["departures"][0]["id"], id.as_str());
    let history = home.list(&["member", "history", &member]);
    let kinds: Vec<&str> = history.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    let told = ["departure_reported", "departure_filed"];
    assert_eq!(kinds, [&["added"], &told[..], &told, &["departure_returned"]].concat());
    assert_eq!(home.member(&member)["custody"], "here", "nothing moved");
    assert_eq!(home.list(&["member", "seen-by", &member]), [json!(null); 0], "nobody was told");
}

#[test]
fn a_departure_that_lasts_becomes_a_stay_with_what_was_told() {
    let pair = begun();
    let (home, there) = (&pair[HOME], &pair[PLACE]);
    let member = home.fresh_member();
    let told = ["--from", "2027-03-01", "--contact", "钱守成"];
    let id = id_of(&report(home, &member, &told));
    let to = there.committee();
    let stay = home.ok(&["stay", "open", "--departure", &id[..8], "--to", &to]);
    assert_eq!((&stay["from"], &stay["place"]), (&json!("2027-03-01"), &json!("西安")));
    assert_eq!((&stay["reason"], &stay["contact"]["name"]), (&json!("务工"), &json!("钱守成")));
    let gone_on = home.ok(&["departure", "show", &id]);
    assert_eq!((&gone_on["state"], &gone_on["stay"]), (&json!("stay"), &stay["id"]));
    assert_eq!(about(home, "FilingDue", &id), None);
    let stay = stay["id"].as_str().unwrap();
    let shown = until("known there", &[home, there], || {
        let shown = there.run(&["stay", "show", stay]);
        (shown.exit() == 0).then(|| shown.data().clone())
    });
    assert_eq!(shown["place"], "西安");
    home.ok(&["rehearsal", "now", "2027-06-01T00:00:00Z"]);
    assert_eq!(about(home, "AbsenceDue", &id), None);
    home.refused(&["stay", "open", "--departure", &id, "--to", &to], "departure.state", 5);
    let again = ["departure", "report", "--member", &member, "--reason", "务工", "--place", "西安"];
    home.refused(&[&again[..], &["--from", "2027-06-02"]].concat(), "stay.open", 5);
    let out = home.file("outgoing.xlsx");
    let listed = ["member", "ledger", "--direction", "out", "--out", &out];
    assert_eq!(home.ok(&listed)["rows"], 1, "the departure stands in it as its stay");
    report(home, &home.fresh_member(), &["--from", "2027-06-02"]);
    assert_eq!(home.ok(&listed)["rows"], 2);
}

#[test]
fn a_departure_follows_the_member_and_ends_with_the_membership() {
    let pair = begun();
    let (home, there) = (&pair[HOME], &pair[PLACE]);
    let (moved, left) = (home.fresh_member(), home.fresh_member());
    let ids = [&moved, &left].map(|one| id_of(&report(home, one, &["--from", "2027-03-03"])));
    let new_branch = format!("{}-0901", home.code());
    let new = ["org", "add", "--code", &new_branch, "--name", "新支部", "--kind", "branch"];
    home.ok(&[&new[..], &["--parent", &home.committee()]].concat());
    home.ok(&["member", "move", &moved, "--org", &new_branch]);
    pair.hand_over(&left, HOME, PLACE);
    assert_eq!(home.ok(&["departure", "show", &ids[1]])["state"], "left");
    for region in [home, there] {
        region.ok(&["rehearsal", "now", "2027-06-03T01:00:00Z"]);
    }
    assert_eq!(about(home, "AbsenceDue", &ids[0]).unwrap()["org"], new_branch.as_str());
    assert_eq!(about(home, "AbsenceDue", &ids[1]), None);
    home.ok(&["rule", "set", "short_months", "4"]);
    until("followed again", &[home], || about(home, "AbsenceDue", &ids[0]).is_none().then_some(()));
    home.refused(&["departure", "show", "00000000"], "departure.unknown", 4);
}

/// A sign of the member is a sign, also for who looks for members without one.
#[test]
fn whoever_reports_a_departure_is_heard_of() {
    let pair = begun();
    let home = &pair[HOME];
    let (silent, heard) = (home.fresh_member(), home.fresh_member());
    for member in [&silent, &heard] {
        home.ok(&["member", "set", member, "--dues-through", "2027-02"]);
    }
    home.ok(&["rehearsal", "now", "2027-08-01T01:00:00Z"]);
    report(home, &heard, &["--from", "2027-08-02"]);
    home.ok(&["rehearsal", "now", "2027-09-01T01:00:00Z"]);
    until("looked at", &[home], || about(home, "Nominal", &silent));
    assert_eq!(about(home, "Nominal", &heard), None);
}

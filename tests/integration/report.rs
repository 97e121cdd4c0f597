//! Counts for a superior: signed, dated, without a name, and never a silent zero.

use dukou::demo::regions::{ANKANG, REGIONS};
use serde_json::{Value, json};
use tests::federation::{Federation, PAIR, Plan, pair};
use tests::region::{Mode, Region};
use tests::waiting::until;

const BEGUN: &str = "2027-03-02T01:00:00Z";

fn of<'a>(summary: &'a Value, region: &Region) -> Option<&'a Value> {
    let regions = summary["regions"].as_array().unwrap();
    regions.iter().find(|one| one["region"] == region.code().as_str())
}

fn missing(summary: &Value) -> Vec<String> {
    let missing = summary["missing_regions"].as_array().unwrap();
    missing.iter().map(|one| one["region"].as_str().unwrap().to_owned()).collect()
}

///
#[test]
fn a_city_adds_up_what_its_counties_report_and_names_those_that_do_not() {
    let federation = Federation::start(Plan { now: Some(BEGUN), ..PAIR });
    let [shiquan, hanbin] = [0, 1].map(|region| &federation[region]);
    let mut city = Region::init(&federation.scratch, &ANKANG, Mode::Rehearsal);
    city.set_now(BEGUN);
    city.enter_orgs();
    city.start();
    let city = &city;
    for county in [shiquan, hanbin] {
        pair(city, county);
    }
    let nothing = city.ok(&["report", "summary"]);
    assert_eq!(missing(&nothing).len(), 2);
    assert!(of(&nothing, shiquan).is_none(), "no count where nothing was reported");
    assert_eq!(nothing["total"]["covers"], Value::from(vec![city.code()]));

    let letter = shiquan.issue(&shiquan.fresh_member(), hanbin);
    hanbin.ok(&["letter", "accept", &letter, "--org", &hanbin.branch()]);
    federation.until_state(&letter, "closed", 0, 1);
    hanbin.ok(&["report", "submit", &city.code()]);
    let summary = until("the report", &[city, hanbin], || {
        let summary = city.ok(&["report", "summary"]);
        of(&summary, hanbin).is_some().then_some(summary)
    });
    assert_eq!(missing(&summary), [shiquan.code()]);
    let report = of(&summary, hanbin).unwrap();
    let status = hanbin.ok(&["status"]);
    assert_eq!(report["counts"]["full"], status["roster"]["full"]);
    assert_eq!(report["findings"]["Unmet"]["count"], 1);
    assert_eq!(summary["total"]["covers"].as_array().unwrap().len(), 2);
    let full = |region: &Region| region.ok(&["status"])["roster"]["full"].as_u64().unwrap();
    assert_eq!(summary["total"]["counts"]["full"], full(hanbin) + full(city));
    for member in hanbin.list(&["member", "list"]) {
        for personal in ["name", "ref"] {
            let text = member[personal].as_str().unwrap();
            assert!(!summary.to_string().contains(text), "a report names nobody");
        }
    }
    assert!(of(&shiquan.ok(&["report", "summary"]), hanbin).is_none(), "it went to the city alone");

    // A month later it comes by itself; without it, the region is named and not counted.
    let day = |region: &Region, time: &str| drop(region.ok(&["rehearsal", "now", time]));
    day(city, "2027-04-01T16:00:00Z");
    let late = city.ok(&["report", "summary"]);
    assert_eq!(missing(&late).len(), 2);
    assert_eq!(of(&late, hanbin).unwrap()["days_old"], 31);
    assert_eq!(late["total"]["covers"], Value::from(vec![city.code()]));
    day(hanbin, "2027-04-01T16:00:00Z");
    until("the next report", &[city, hanbin], || {
        let summary = city.ok(&["report", "summary"]);
        (missing(&summary) == [shiquan.code()]).then_some(())
    });
}

#[test]
fn a_county_on_its_own_sees_its_own_counts() {
    let scratch = tests::scratch::Scratch::new();
    let mut county = Region::init(&scratch, &REGIONS[0], Mode::Rehearsal);
    county.enter_orgs();
    county.start();
    let mut other = Region::init(&scratch, &REGIONS[1], Mode::Rehearsal);
    other.enter_orgs();
    other.start();
    pair(&county, &other);
    let summary = county.ok(&["report", "summary"]);
    assert_eq!(missing(&summary), [""; 0], "a neighbour owes no report");
    assert_eq!(summary["regions"].as_array().unwrap().len(), 1);
    county.refused(&["report", "submit", "440305"], "peer.unknown", 4);
}

/// What two regions talk about once a quarter: their own numbers, and nobody's name.
#[test]
fn a_meeting_has_the_numbers_of_the_quarter_and_what_is_open() {
    let pair = Federation::start(Plan { now: Some(BEGUN), ..PAIR });
    let [home, there] = [0, 1].map(|region| &pair[region]);
    let moved = home.fresh_member();
    pair.hand_over(&moved, 0, 1);
    home.issue(&home.fresh_member(), there);
    let stays = [(); 2].map(|()| {
        let (member, to) = (home.fresh_member(), there.committee());
        let mut args = vec!["stay", "open", "--member", &member, "--to", &to, "--reason", "务工"];
        args.extend(["--place", "江北", "--from", "2027-03-02", "--contact", "钱守成"]);
        home.ok(&args)["id"].as_str().unwrap().to_owned()
    });
    let branch = there.branch();
    until("the stays there", &[home, there], || {
        stays.iter().all(|id| there.run(&["stay", "show", id]).exit() == 0).then_some(())
    });
    there.ok(&["stay", "place", &stays[0], "--org", &branch, "--contact", "孙长河"]);
    let report = ["stay", "report", &stays[0], "--period", "2027-Q1", "--attended", "1"];
    there.ok(&[&report[..], &["--of", "2"]].concat());
    home.ok(&["stay", "contact", &stays[1]]);
    home.ok(&["reconcile", &there.code()]);
    let meeting = |region: &Region, with: &Region, quarter: &str| {
        region.ok(&["report", "meeting", &with.code(), "--quarter", quarter])
    };
    let ours = until("reported on at home", &[home, there], || {
        let ours = meeting(home, there, "2027-Q1");
        (ours["stays_out"]["reported"] == 1).then_some(ours)
    });
    let letters = json!({ "issued": 2, "received": 1, "refused": 0, "voided": 0, "open": 1 });
    assert_eq!(ours["letters_out"], letters);
    let stays_out = json!({
        "opened": 2, "ended": 0, "open": 2, "placed": 1, "reported": 1, "contacted": 1
    });
    assert_eq!(ours["stays_out"], stays_out);
    assert_eq!((&ours["letters_in"]["issued"], &ours["stays_in"]["open"]), (&json!(0), &json!(0)));
    assert_eq!(ours["reconciliation"]["differences"], 0);
    let theirs = meeting(there, home, "2027-Q1");
    assert_eq!((&theirs["letters_in"]["issued"], &theirs["stays_in"]), (&json!(2), &stays_out));
    assert_eq!(theirs["findings"], json!({}));
    for member in home.list(&["member", "list"]) {
        for personal in ["name", "ref"] {
            let text = member[personal].as_str().unwrap();
            assert!(!ours.to_string().contains(text), "a meeting names nobody");
        }
    }
    assert_eq!(meeting(home, there, "2026-Q4")["letters_out"]["issued"], 0);
    let region = there.code();
    let ask = |quarter| vec!["report", "meeting", &region, "--quarter", quarter];
    home.refused(&ask("2027-Q2"), "field.invalid", 6);
    home.refused(&ask("2027-03"), "date.invalid", 6);

    // A month later what nobody placed or received is due there.
    for node in [home, there] {
        node.ok(&["rehearsal", "now", "2027-04-02T01:00:00Z"]);
    }
    let due = meeting(there, home, "2027-Q1");
    assert_eq!(due["findings"]["InflowDue"], json!({ "count": 2, "oldest_days": 31 }));
    assert_eq!(due["stays_in"]["open"], 2, "as it was at the end of the quarter");
}

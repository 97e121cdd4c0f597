//! Counts for a superior: signed, dated, without a name, and never a silent zero.

use dukou::demo::regions::{ANKANG, REGIONS};
use serde_json::Value;
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

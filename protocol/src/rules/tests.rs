//! The defaults are the law's, nothing leaves its range, and months end where the calendar says.

use std::collections::BTreeSet;

use super::*;
use crate::time::Timestamp;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn due(rule: Rule, since: &str) -> String {
    Rules::default().due(rule, day(since)).to_string()
}

#[test]
fn every_default_is_inside_its_range_and_every_rule_has_a_source() {
    let keys: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.key()).collect();
    assert_eq!(keys.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        assert!(rule.range().contains(&rule.default_value()), "{rule:?}");
        assert_eq!(Rule::from_key(rule.key()), Some(*rule));
        assert!(!rule.source().is_empty() && !rule.about(Lang::Zh).is_empty());
    }
}

/// no office makes a letter valid for longer than the protocol allows.
#[test]
fn a_value_outside_the_range_is_not_set() {
    let mut rules = Rules::default();
    assert!(rules.set(Rule::Contact, 1) && rules.value(Rule::Contact) == 1);
    assert!(!rules.set(Rule::ValidityNation, 91));
    assert!(!rules.set(Rule::LostContact, 5));
    assert_eq!(rules.value(Rule::ValidityNation), 90);
    assert_eq!(rules.value(Rule::LostContact), 6);
}

#[test]
fn validity_grows_with_distance() {
    let region = |number| RegionCode::new(number).unwrap();
    let days = |to| Rules::default().validity_days(region(610_922), region(to));
    assert_eq!((days(610_902), days(610_102), days(440_305)), (10, 30, 90));
}

#[test]
fn a_period_from_the_31st_ends_with_a_shorter_month() {
    assert_eq!(due(Rule::Contact, "2026-11-30"), "2027-02-28");
    assert_eq!(due(Rule::Receipt, "2027-01-31"), "2027-02-28");
    assert_eq!(due(Rule::Receipt, "2028-01-31"), "2028-02-29");
    assert_eq!(due(Rule::Mobile, "2027-08-31"), "2028-02-29");
    assert_eq!(due(Rule::Mobile, "2027-08-29"), "2028-02-29");
    assert_eq!(due(Rule::Intake, "2027-03-31"), "2027-04-30");
}

#[test]
fn a_year_from_the_29th_of_february_ends_on_the_28th() {
    assert_eq!(due(Rule::Review, "2028-02-29"), "2029-02-28");
    assert_eq!(due(Rule::Feedback, "2027-02-28"), "2028-02-28");
}

/// A period of months that starts later never ends earlier: what is due can be read in order.
#[test]
fn due_days_keep_the_order_of_their_beginnings() {
    let rules = Rules::default();
    for rule in Rule::ALL.iter().filter(|rule| rule.unit() == Unit::Months) {
        let (start, end) = (day("2027-01-01").number(), day("2029-03-02").number());
        let mut last = Day::from_number(start).unwrap();
        for number in start..end {
            let due = rules.due(*rule, Day::from_number(number).unwrap());
            assert!(due >= last, "{rule:?} {number}");
            last = due;
        }
    }
}

#[test]
fn what_happens_at_midnight_in_shanghai_belongs_to_the_new_day() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap().day();
    // 23:59:59.999 on the 30th of November, and the first moment of December.
    let (before, after) = (at("2026-11-30T15:59:59.999Z"), at("2026-11-30T16:00:00.000Z"));
    let rules = Rules::default();
    assert_eq!(rules.due(Rule::Receipt, before), day("2026-12-30"));
    assert_eq!(rules.due(Rule::Receipt, after), day("2027-01-01"));
}

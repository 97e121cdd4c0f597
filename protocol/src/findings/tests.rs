//! Each kind stands from its day on, not the day before, names who must act, and is gone with its
//! cause.

use std::collections::BTreeSet;

use super::*;
use crate::refusal::Lang;
use crate::rules::{Rule, Rules};
use crate::statement::directory::OrgKind;
use crate::transfer::state::State;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn org(text: &str) -> OrgCode {
    text.parse().unwrap()
}

const HOME: &str = "610922-0007";
const HOST: &str = "610902-0031";

/// The one finding of the kind; that it stands from `raised` on is checked on both days.
#[track_caller]
fn one(found: &[Finding], kind: Kind, raised: &str) -> Finding {
    let of_kind: Vec<&Finding> = found.iter().filter(|one| one.kind == kind).collect();
    assert_eq!(of_kind.len(), 1, "{kind:?} in {found:#?}");
    let (finding, raised) = (*of_kind[0], day(raised));
    assert!(!finding.stands_on(raised.plus_days(-1)), "{finding:?} stood the day before");
    assert!(finding.stands_on(raised), "{finding:?} did not stand on {raised}");
    finding
}

#[track_caller]
fn none(found: &[Finding], kind: Kind) {
    assert!(found.iter().all(|one| one.kind != kind), "{found:#?}");
}

fn letter(own: bool, state: State) -> LetterFacts {
    let accepted = (state != State::Issued).then(|| day("2027-01-31"));
    LetterFacts {
        own,
        state,
        issued: day("2027-01-15"),
        valid_until: day("2027-02-28"),
        accepted,
        from_org: org(HOME),
        to_org: org("610902-0001"),
        branch: accepted.map(|_| org(HOST)),
        same_as: false,
        parked: false,
    }
}

#[test]
fn a_letter_becomes_pocket_the_day_after_its_last_day() {
    let found = of_letter(&letter(true, State::Issued), &Rules::default());
    let pocket = one(&found, Kind::Pocket, "2027-03-01");
    assert_eq!((pocket.org, pocket.since), (org(HOME), day("2027-01-15")));
    assert_eq!(pocket.days_over(day("2027-03-04")), 3);
}

#[test]
fn a_receipt_is_overdue_a_calendar_month_after_the_acceptance() {
    for state in [State::Accepted, State::Released] {
        let found = of_letter(&letter(true, state), &Rules::default());
        assert_eq!(one(&found, Kind::Unreceipted, "2027-02-28").org, org(HOME));
    }
    for state in [State::Received, State::Closed, State::Refused, State::Voided] {
        for own in [true, false] {
            assert_eq!(of_letter(&letter(own, state), &Rules::default()), []);
        }
    }
}

#[test]
fn the_destination_sees_what_waits_for_it_and_what_waits_for_the_origin() {
    let rules = Rules::default();
    let waiting = of_letter(&letter(false, State::Issued), &rules);
    assert_eq!(one(&waiting, Kind::InflowDue, "2027-02-15").org, org("610902-0001"));
    none(&waiting, Kind::Parked);
    let parked = LetterFacts { parked: true, ..letter(false, State::Issued) };
    one(&of_letter(&parked, &rules), Kind::Parked, "2027-01-15");
    let accepted = of_letter(&letter(false, State::Accepted), &rules);
    let provisional = one(&accepted, Kind::Provisional, "2027-01-31");
    assert_eq!((provisional.org, provisional.due), (org(HOST), day("2027-02-28")));
    one(&accepted, Kind::AwaitingRelease, "2027-02-28");
    none(&accepted, Kind::DoubleManaged);
    none(&of_letter(&letter(false, State::Released), &rules), Kind::AwaitingRelease);
    let same = LetterFacts { same_as: true, ..letter(false, State::Released) };
    one(&of_letter(&same, &rules), Kind::DoubleManaged, "2027-01-31");
}

fn member() -> MemberFacts {
    MemberFacts {
        org: org(HOME),
        settled: true,
        entered: day("2026-12-01"),
        met: true,
        dues_paid_through: "2027-08".parse().ok(),
        contact: None,
        away: false,
        has_phone: true,
        has_residence: false,
        has_unit: false,
        lapsed: None,
    }
}

#[test]
fn nobody_was_met_until_somebody_says_so() {
    let found = of_member(&MemberFacts { met: false, ..member() }, &Rules::default());
    let unmet = one(&found, Kind::Unmet, "2026-12-01");
    assert_eq!(unmet.days_over(day("2026-12-20")), -12, "a month to do it");
    none(&of_member(&member(), &Rules::default()), Kind::Unmet);
}

#[test]
fn silence_counts_from_the_last_sign_of_a_member() {
    let rules = Rules::default();
    // Dues to the 31st of August: the last day of the sixth month after, in a leap year.
    one(&of_member(&member(), &rules), Kind::Nominal, "2028-02-29");
    none(&of_member(&member(), &rules), Kind::FourNone);
    let heard = MemberFacts { contact: Some(day("2027-11-05")), ..member() };
    one(&of_member(&heard, &rules), Kind::Nominal, "2028-05-05");
    let nothing = MemberFacts { has_phone: false, dues_paid_through: None, ..member() };
    one(&of_member(&nothing, &rules), Kind::FourNone, "2027-06-01");
    for field in 0..2 {
        let known = MemberFacts { has_residence: field == 0, has_unit: field == 1, ..nothing };
        none(&of_member(&known, &rules), Kind::FourNone);
    }
}

#[test]
fn whoever_is_away_or_on_the_way_is_not_nominal() {
    let rules = Rules::default();
    assert_eq!(of_member(&MemberFacts { away: true, ..member() }, &rules), []);
    assert_eq!(of_member(&MemberFacts { settled: false, ..member() }, &rules), []);
}

#[test]
fn a_letter_that_ran_out_stays_a_finding_of_its_member() {
    let lapsed = Some((day("2027-01-15"), day("2027-02-28")));
    let found = of_member(&MemberFacts { lapsed, ..member() }, &Rules::default());
    let pocket = one(&found, Kind::Pocket, "2027-03-01");
    assert_eq!(pocket.days_over(day("2045-03-01")), 6_575, "and never ages out");
}

fn stay(side: StaySide) -> StayFacts {
    StayFacts {
        side,
        home: org(HOME),
        host: org(HOST),
        opened: day("2027-03-01"),
        from: day("2027-03-31"),
        settled: None,
        placed: None,
        contact: None,
        report: None,
        dues_paid_through: None,
        review: None,
        letter_open: false,
    }
}

#[test]
fn home_owes_contact_reports_review_and_in_the_end_a_letter() {
    let found = of_stay(&stay(StaySide::Origin), &Rules::default());
    for (kind, raised) in [
        (Kind::ContactOverdue, "2027-06-30"),
        (Kind::LostContact, "2027-09-30"),
        (Kind::ReportOverdue, "2027-09-30"),
        (Kind::ReviewOverdue, "2028-03-01"),
        (Kind::TransferDue, "2027-09-30"),
        (Kind::Orphaned, "2027-06-30"),
    ] {
        assert_eq!(one(&found, kind, raised).org, org(HOME));
    }
    assert_eq!(found.len(), 6);
}

#[test]
fn what_is_done_counts_from_then_on() {
    let done = StayFacts {
        placed: Some(day("2027-04-10")),
        contact: Some(day("2027-06-29")),
        report: Some(day("2027-09-29")),
        review: Some(day("2027-08-29")),
        settled: Some(day("2027-05-05")),
        ..stay(StaySide::Origin)
    };
    let found = of_stay(&done, &Rules::default());
    one(&found, Kind::ContactOverdue, "2027-09-29");
    one(&found, Kind::LostContact, "2028-03-29");
    one(&found, Kind::ReportOverdue, "2028-03-29");
    one(&found, Kind::ReviewOverdue, "2028-08-29");
    one(&found, Kind::TransferDue, "2027-05-05");
    none(&found, Kind::Orphaned);
}

#[test]
fn nobody_is_lost_of_whom_either_office_has_a_sign() {
    let rules = Rules::default();
    let silent = stay(StaySide::Origin);
    let sign = Some(day("2027-07-15"));
    for heard in [
        StayFacts { contact: sign, ..silent },
        StayFacts { report: sign, ..silent },
        StayFacts { placed: sign, ..silent },
        StayFacts { review: sign, ..silent },
    ] {
        one(&of_stay(&heard, &rules), Kind::LostContact, "2028-01-15");
    }
    let paid = StayFacts { dues_paid_through: Some("2027-07".parse().unwrap()), ..silent };
    let found = of_stay(&paid, &rules);
    one(&found, Kind::LostContact, "2028-01-31");
    one(&found, Kind::ContactOverdue, "2027-06-30");
    let before = StayFacts { dues_paid_through: Some("2027-01".parse().unwrap()), ..silent };
    one(&of_stay(&before, &rules), Kind::LostContact, "2027-09-30");
}

#[test]
fn a_letter_under_way_is_the_transfer_that_was_due() {
    let away = stay(StaySide::Origin);
    for settled in [None, Some(day("2027-05-05"))] {
        let asked = StayFacts { settled, letter_open: true, ..away };
        none(&of_stay(&asked, &Rules::default()), Kind::TransferDue);
    }
}

#[test]
fn a_member_is_orphaned_only_when_both_sides_are_late() {
    let rules = Rules::default();
    let heard = StayFacts { contact: Some(day("2027-05-10")), ..stay(StaySide::Origin) };
    one(&of_stay(&heard, &rules), Kind::Orphaned, "2027-08-10");
    let late = StayFacts { opened: day("2027-08-31"), ..stay(StaySide::Origin) };
    one(&of_stay(&late, &rules), Kind::Orphaned, "2027-09-30");
}

#[test]
fn the_place_owes_intake_and_then_reports() {
    let rules = Rules::default();
    let waiting = of_stay(&stay(StaySide::Destination), &rules);
    assert_eq!(one(&waiting, Kind::InflowDue, "2027-04-01").org, org(HOST));
    let placed = StayFacts { placed: Some(day("2027-04-30")), ..stay(StaySide::Destination) };
    let found = of_stay(&placed, &rules);
    assert_eq!(one(&found, Kind::ReportOverdue, "2027-10-30").org, org(HOST));
    none(&found, Kind::InflowDue);
}

#[test]
fn a_community_reports_every_year() {
    let facts =
        ResidenceFacts { community: org(HOST), introduced: day("2028-02-29"), feedback: None };
    one(&of_residence(&facts, &Rules::default()), Kind::ReviewOverdue, "2029-02-28");
    let told = ResidenceFacts { feedback: Some(day("2029-01-10")), ..facts };
    one(&of_residence(&told, &Rules::default()), Kind::ReviewOverdue, "2030-01-10");
}

#[test]
fn an_organisation_is_due_with_the_third_guest_or_the_fifty_first_member() {
    let rules = Rules::default();
    let days = |count: i32| (0..count).map(|n| day("2027-01-01").plus_days(n)).collect::<Vec<_>>();
    let facts = |kind, members, guests| OrgFacts {
        org: org(HOST),
        kind,
        members: days(members),
        guests: days(guests),
    };
    assert_eq!(of_organisation(&facts(OrgKind::Branch, 50, 2), &rules), []);
    one(&of_organisation(&facts(OrgKind::Branch, 4, 3), &rules), Kind::FormationDue, "2027-01-03");
    let grown = of_organisation(&facts(OrgKind::Branch, 51, 0), &rules);
    one(&grown, Kind::FormationDue, "2027-02-20");
    assert_eq!(of_organisation(&facts(OrgKind::GeneralBranch, 200, 0), &rules), []);
    assert_eq!(of_organisation(&facts(OrgKind::Temporary, 0, 9), &rules), [], "it is one already");
}

#[test]
fn a_region_may_set_other_periods() {
    let mut rules = Rules::default();
    assert!(rules.set(Rule::Contact, 1));
    one(&of_stay(&stay(StaySide::Origin), &rules), Kind::ContactOverdue, "2027-04-30");
}

#[test]
fn the_table_is_complete() {
    let numbers: BTreeSet<u8> = Kind::ALL.iter().map(|kind| kind.number()).collect();
    assert_eq!(numbers.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        assert_eq!(Kind::from_number(kind.number()), Some(*kind));
        assert_eq!(Kind::from_name(kind.name()), Some(*kind));
        for lang in [Lang::Zh, Lang::En] {
            let texts = [kind.about(lang), kind.facts(lang), kind.day(lang), kind.step(lang)];
            assert!(texts.iter().all(|text| !text.is_empty()), "{kind:?}");
        }
    }
    assert_eq!(Kind::from_name("contact_overdue"), Some(Kind::ContactOverdue));
    assert_eq!(Kind::from_name("口袋党员"), Some(Kind::Pocket));
    assert_eq!(Kind::from_name("score"), None);
}

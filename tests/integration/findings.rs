//! What falls due stands from its day on and not the day before, in the list of whoever must act,
//! and is gone once the right office acted. The clock is a rehearsal's.

use serde_json::Value;
use tests::federation::{Federation, PAIR, Plan};
use tests::region::Region;
use tests::sheet::Sheet;
use tests::waiting::until;

/// 09:00 in Shanghai on the first day.
const BEGUN: &str = "2027-03-02T01:00:00Z";

fn begun() -> Federation {
    Federation::start(Plan { now: Some(BEGUN), ..PAIR })
}

/// Moves the clocks of running nodes to the last second of a Shanghai day.
fn end_of_day(regions: &[&Region], day: &str) {
    regions.iter().for_each(|region| {
        region.ok(&["rehearsal", "now", &format!("{day}T15:59:50Z")]);
    });
}

/// Moves the clocks of running nodes to the first moment after a Shanghai day.
fn after_midnight(regions: &[&Region], day: &str) {
    regions.iter().for_each(|region| {
        region.ok(&["rehearsal", "now", &format!("{day}T16:00:00Z")]);
    });
}

/// The findings of one kind about one subject.
#[track_caller]
fn about(region: &Region, kind: &str, subject: &str) -> Vec<Value> {
    let all = region.list(&["finding", "list", "--kind", kind]);
    all.into_iter().filter(|one| one["subject"] == subject).collect()
}

#[track_caller]
fn stands(region: &Region, kind: &str, subject: &str) -> Value {
    let mut found = about(region, kind, subject);
    assert_eq!(found.len(), 1, "{kind} {subject}: {found:#?}");
    found.remove(0)
}

#[track_caller]
fn is_clear(region: &Region, kind: &str, subject: &str) {
    assert_eq!(about(region, kind, subject), Vec::<Value>::new(), "{kind}");
}

/// Waits for what the node finds in the background.
#[track_caller]
fn until_stands(region: &Region, kind: &str, subject: &str) -> Value {
    until(&format!("{kind} {subject}"), &[region], || about(region, kind, subject).pop())
}

fn issue(from: &Region, to: &Region, days: &str) -> (String, String) {
    let (member, to) = (from.fresh_member(), to.committee());
    let issue = ["letter", "issue", "--member", &member, "--to", &to, "--days", days, "--wait"];
    let letter = from.ok(&issue)["id"].as_str().unwrap().to_owned();
    (member, letter)
}

#[test]
fn a_letter_that_nobody_presented_is_pocket_until_the_member_is_found() {
    let mut pair = begun();
    let (member, letter) = issue(&pair[0], &pair[1], "10");
    pair[1].stop();
    end_of_day(&[&pair[0]], "2027-03-12");
    is_clear(&pair[0], "Pocket", &letter);
    after_midnight(&[&pair[0]], "2027-03-12");
    let pocket = stands(&pair[0], "Pocket", &letter);
    assert_eq!(pocket["org"], pair[0].letter(&letter)["from_org"], "{pocket:#}");
    assert_eq!((&pocket["since"], &pocket["due"]), (&"2027-03-02".into(), &"2027-03-13".into()));
    assert_eq!(pocket["days_over"], 0);
    assert_eq!(pocket["evidence"], Value::from(vec![letter.clone()]));
    assert_eq!(pair[0].ok(&["status"])["findings"]["Pocket"], 1);

    // The destination is back, the node voids the letter by itself, and nothing is forgotten.
    pair[1].set_now("2027-03-14T01:00:00Z");
    pair[1].start();
    pair[0].ok(&["rehearsal", "now", "2027-03-14T01:00:00Z"]);
    pair.until_state(&letter, "voided", 0, 1);
    is_clear(&pair[0], "Pocket", &letter);
    let pocket = until_stands(&pair[0], "Pocket", &member);
    assert_eq!((&pocket["due"], &pocket["days_over"]), (&"2027-03-13".into(), &1.into()));
    after_midnight(&[&pair[0], &pair[1]], "2031-03-12");
    assert_eq!(stands(&pair[0], "Pocket", &member)["days_over"], 4 * 365 + 1);

    let again = pair[0].ok(&["letter", "reissue", &letter])["id"].as_str().unwrap().to_owned();
    is_clear(&pair[0], "Pocket", &member);
    pair.until_state(&again, "issued", 0, 1);
    pair[1].accept(&again);
    pair.until_state(&again, "closed", 0, 1);
    is_clear(&pair[0], "Pocket", &member);
    is_clear(&pair[0], "Pocket", &again);
}

#[test]
fn whoever_was_found_at_home_is_no_longer_pocket() {
    let pair = begun();
    let (member, letter) = issue(&pair[0], &pair[1], "10");
    after_midnight(&[&pair[1], &pair[0]], "2027-03-12");
    pair.until_state(&letter, "voided", 0, 1);
    until_stands(&pair[0], "Pocket", &member);
    pair[0].ok(&["member", "met", &member]);
    is_clear(&pair[0], "Pocket", &member);
}

#[test]
fn a_letter_that_was_presented_and_refused_is_not_in_a_pocket() {
    let pair = begun();
    let (member, letter) = issue(&pair[0], &pair[1], "10");
    after_midnight(&[&pair[1], &pair[0]], "2027-03-12");
    pair.until_state(&letter, "voided", 0, 1);
    until_stands(&pair[0], "Pocket", &member);
    let again = pair[0].ok(&["letter", "reissue", &letter])["id"].as_str().unwrap().to_owned();
    pair.until_state(&again, "issued", 0, 1);
    pair[1].ok(&["letter", "refuse", &again, "--ground", "not_arrived"]);
    pair.until_state(&again, "refused", 0, 1);
    is_clear(&pair[0], "Pocket", &member);
}

#[test]
fn whoever_comes_back_is_looked_at_in_the_new_branch() {
    let pair = begun();
    let (home, there) = (&pair[0], &pair[1]);
    let (member, letter) = issue(home, there, "30");
    let old = home.member(&member)["org"].as_str().unwrap().to_owned();
    there.accept(&letter);
    pair.until_state(&letter, "closed", 0, 1);
    let orgs = home.list(&["org", "list"]);
    let mut branches = orgs.iter().filter(|org| org["kind"] == "branch");
    let new = branches.find(|org| org["code"] != old.as_str()).unwrap()["code"].clone();
    let (to, branch) = (home.committee(), new.as_str().unwrap());
    let back = there.ok(&["letter", "issue", "--member", &member, "--to", &to, "--wait"]);
    let back = back["id"].as_str().unwrap().to_owned();
    home.ok(&["letter", "accept", &back, "--org", branch, "--met"]);
    pair.until_state(&back, "closed", 1, 0);
    after_midnight(&[home], "2029-12-31");
    assert_eq!(until_stands(home, "Nominal", &member)["org"], new);
}

#[test]
fn a_letter_without_an_answer_is_due_a_month_after_it_was_issued() {
    let pair = begun();
    let (_, letter) = issue(&pair[0], &pair[1], "60");
    let both = [&pair[0], &pair[1]];
    end_of_day(&both, "2027-04-01");
    is_clear(&pair[1], "InflowDue", &letter);
    after_midnight(&both, "2027-04-01");
    let due = stands(&pair[1], "InflowDue", &letter);
    assert_eq!((&due["org"], &due["due"]), (&pair[1].committee().into(), &"2027-04-02".into()));
    is_clear(&pair[0], "InflowDue", &letter);

    let branch = pair[1].branch();
    pair[1].ok(&["letter", "accept", &letter, "--org", &branch]);
    is_clear(&pair[1], "InflowDue", &letter);
    pair.until_state(&letter, "closed", 0, 1);
}

#[test]
fn a_member_on_the_roster_whom_nobody_met_is_unmet_until_somebody_does() {
    let pair = begun();
    let (member, letter) = issue(&pair[0], &pair[1], "10");
    let branch = pair[1].branch();
    pair[1].ok(&["letter", "accept", &letter, "--org", &branch]);
    pair.until_state(&letter, "closed", 0, 1);
    let unmet = stands(&pair[1], "Unmet", &member);
    assert_eq!((&unmet["org"], &unmet["since"]), (&branch.into(), &"2027-03-02".into()));
    assert_eq!((&unmet["due"], &unmet["days_over"]), (&"2027-04-02".into(), &(-31).into()));
    let overdue = || {
        let tasks = pair[1].list(&["task", "list", "--overdue"]);
        tasks.iter().any(|task| task["subject"] == member.as_str() && task["kind"] == "Unmet")
    };
    assert!(!overdue());
    after_midnight(&[&pair[1]], "2027-04-01");
    assert!(overdue());
    pair[1].ok(&["member", "met", &member]);
    is_clear(&pair[1], "Unmet", &member);
}

#[test]
fn a_member_whom_the_origin_has_not_released_stands_at_the_destination() {
    let mut pair = begun();
    let (_, unreleased) = issue(&pair[0], &pair[1], "60");
    pair[0].stop();
    pair[1].accept(&unreleased);
    let provisional = stands(&pair[1], "Provisional", &unreleased);
    assert_eq!(provisional["org"], pair[1].branch().as_str());
    end_of_day(&[&pair[1]], "2027-04-01");
    is_clear(&pair[1], "AwaitingRelease", &unreleased);
    after_midnight(&[&pair[1]], "2027-04-01");
    let waiting = stands(&pair[1], "AwaitingRelease", &unreleased);
    assert_eq!(waiting["days_over"], 0);

    pair[0].set_now("2027-04-02T01:00:00Z");
    pair[0].start();
    pair.until_state(&unreleased, "closed", 0, 1);
    for kind in ["Provisional", "AwaitingRelease"] {
        is_clear(&pair[1], kind, &unreleased);
    }
}

#[test]
fn a_receipt_that_does_not_come_is_the_origins_task_after_a_month() {
    let mut pair = begun();
    let (_, letter) = issue(&pair[0], &pair[1], "10");
    pair[1].stop();
    pair[1].start_failing_at("receipt-signed.before");
    pair[1].accept(&letter);
    pair[1].wait_for_death();
    until("released", &[&pair[0]], || (pair[0].letter_state(&letter)? == "released").then_some(()));
    end_of_day(&[&pair[0]], "2027-04-01");
    is_clear(&pair[0], "Unreceipted", &letter);
    after_midnight(&[&pair[0]], "2027-04-01");
    let due = stands(&pair[0], "Unreceipted", &letter);
    assert_eq!(due["org"], pair[0].letter(&letter)["from_org"], "{due:#}");
    assert_eq!(due["evidence"].as_array().unwrap().len(), 3, "Offer, Accept and Release");
    pair[1].set_now("2027-04-02T01:00:00Z");
    pair[1].start();
    pair.until_state(&letter, "closed", 0, 1);
    is_clear(&pair[0], "Unreceipted", &letter);
}

#[test]
fn months_without_a_sign_are_told_to_the_branch_and_never_to_the_member() {
    let pair = begun();
    let here = &pair[0];
    let member = here.fresh_member();
    here.ok(&["member", "set", &member, "--dues-through", "2027-08"]);
    end_of_day(&[here], "2028-02-28");
    is_clear(here, "Nominal", &member);
    // Six months after the 31st of August, in a leap year.
    after_midnight(&[here], "2028-02-28");
    let nominal = stands(here, "Nominal", &member);
    assert_eq!((&nominal["since"], &nominal["due"]), (&"2027-08-31".into(), &"2028-02-29".into()));
    assert_eq!(nominal["org"], here.member(&member)["org"]);
    assert_eq!(here.member(&member)["custody"], "here", "nothing follows by itself");
    here.ok(&["member", "set", &member, "--dues-through", "2028-01"]);
    is_clear(here, "Nominal", &member);
    after_midnight(&[here], "2028-07-30");
    stands(here, "Nominal", &member);
    here.ok(&["member", "met", &member]);
    is_clear(here, "Nominal", &member);
}

#[test]
fn somebody_with_nothing_to_be_found_by_is_told_of_until_one_thing_is_known() {
    let pair = begun();
    let here = &pair[0];
    let id = here.file("nobody.txt");
    std::fs::write(&id, "11010519491231002X").unwrap();
    let branch = here.branch();
    let add = ["member", "add", "--name", "四无", "--standing", "full", "--org", &branch];
    let member = here.ok(&[&add[..], &["--id-number-file", &id]].concat())["ref"]
        .as_str()
        .unwrap()
        .to_owned();
    until("followed", &[here], || {
        after_midnight(&[here], "2027-09-01");
        about(here, "FourNone", &member).pop()
    });
    here.ok(&["member", "set", &member, "--residence", "城关镇西街 7 号"]);
    is_clear(here, "FourNone", &member);
}

#[test]
fn a_branch_of_more_than_fifty_is_to_become_a_general_branch() {
    let federation = Federation::start(Plan { members: 200, now: Some(BEGUN), ..PAIR });
    let here = &federation[0];
    let orgs = here.list(&["org", "list"]);
    let branches: Vec<&str> = orgs
        .iter()
        .filter(|org| org["kind"] == "branch")
        .map(|org| org["code"].as_str().unwrap())
        .collect();
    let in_branch = |code: &str| here.list(&["member", "list", "--org", code]).len();
    let into = branches[0];
    is_clear(here, "FormationDue", into);
    for branch in &branches[1..] {
        if in_branch(into) > 50 {
            break;
        }
        here.ok(&["org", "merge", branch, "--into", into, "--yes"]);
    }
    let moved = in_branch(into);
    assert!(moved > 50, "the roster was made large enough");
    let due = stands(here, "FormationDue", into);
    assert_eq!((&due["org"], &due["since"]), (&into.into(), &"2027-03-02".into()));
}

#[test]
fn a_merged_branch_leaves_what_it_had_to_do_to_the_other() {
    let pair = begun();
    let here = &pair[0];
    after_midnight(&[here], "2028-12-31");
    let of = |org: &str| here.list(&["finding", "list", "--kind", "Nominal", "--org", org]).len();
    let all = || here.list(&["finding", "list", "--kind", "Nominal"]).len();
    let orgs = here.list(&["org", "list"]);
    let branches = orgs.iter().filter(|org| org["kind"] == "branch");
    let branches: Vec<&str> = branches.map(|org| org["code"].as_str().unwrap()).collect();
    let (from, into) = (branches[0], branches[1]);
    let before = until("both are followed", &[here], || {
        let (ends, goes_on) = (of(from), of(into));
        (ends > 0 && goes_on > 0).then_some((all(), ends + goes_on))
    });
    here.ok(&["org", "merge", from, "--into", into, "--yes"]);
    assert_eq!((all(), of(into)), before);
}

#[test]
fn one_person_under_two_references_is_told_of_while_both_are_held() {
    let mut pair = begun();
    let (travelling, letter) = issue(&pair[0], &pair[1], "30");
    let person = pair[0].ok(&["member", "show", &travelling, "--reveal"]);
    let mut sheet = Sheet::with_headers(&["姓名", "公民身份号码", "党员类别", "所在党支部"]);
    let (name, id) = (person["name"].as_str().unwrap(), person["id_number"].as_str().unwrap());
    sheet.push(&[name, id, "正式", &pair[1].branch()]);
    pair[1].import(&sheet.csv(&pair.scratch, "twice.csv"), true).expect_ok();
    let found = pair[1].list(&["member", "search", name]);
    let masked = pair[0].member(&travelling)["id_number"].clone();
    let resident = found.iter().find(|one| one["id_number"] == masked).unwrap();
    let resident = resident["ref"].as_str().unwrap().to_owned();
    pair[0].stop();
    let branch = pair[1].branch();
    pair[1].ok(&["letter", "accept", &letter, "--org", &branch, "--met", "--same-as", &resident]);
    let double = stands(&pair[1], "DoubleManaged", &letter);
    assert_eq!(double["org"], branch.as_str());
    pair[0].start();
    pair.until_state(&letter, "closed", 0, 1);
    is_clear(&pair[1], "DoubleManaged", &letter);
}

#[test]
fn a_list_shows_what_an_organisation_and_those_under_it_must_do_page_by_page() {
    let pair = begun();
    let here = &pair[0];
    after_midnight(&[here], "2028-12-31");
    let all = until("everybody is nominal by now", &[here], || {
        let all = here.list(&["finding", "list"]);
        (all.len() == 24).then_some(all)
    });
    let roots = here.list(&["org", "list"]).into_iter().filter(|org| org["parent"].is_null());
    let under = roots
        .map(|root| here.list(&["finding", "list", "--org", root["code"].as_str().unwrap()]).len());
    assert_eq!(under.sum::<usize>(), all.len(), "everybody's branch is under one of the tops");
    let branch = here.branch();
    let of_branch = here.list(&["task", "list", "--org", &branch]);
    assert!(!of_branch.is_empty() && of_branch.len() < all.len());
    assert!(of_branch.iter().all(|one| one["org"] == branch.as_str()));
    let mut paged = Vec::new();
    let mut cursor = None::<String>;
    loop {
        let mut args = vec!["finding", "list", "--limit", "5"];
        args.extend(cursor.iter().flat_map(|cursor| ["--after", cursor.as_str()]));
        let (items, next) = here.run(&args).expect_list();
        assert!(items.len() <= 5);
        paged.extend(items);
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(paged, all);
    here.refused(&["finding", "list", "--after", "none"], "field.invalid", 6);
    here.refused(&["finding", "list", "--kind", "score"], "rule.unknown", 4);
}

#[test]
fn a_region_sets_its_own_rules_and_every_kind_is_explained() {
    let mut pair = begun();
    let (rules, _) = pair[0].run(&["rule", "list"]).expect_list();
    assert!(rules.iter().all(|rule| !rule["source"].as_str().unwrap().is_empty()));
    let (_, letter) = issue(&pair[0], &pair[1], "60");
    after_midnight(&[&pair[0], &pair[1]], "2027-04-15");
    stands(&pair[1], "InflowDue", &letter);
    pair[1].ok(&["rule", "set", "intake_months", "2"]);
    is_clear(&pair[1], "InflowDue", &letter);
    pair[1].refused(&["rule", "set", "intake_months", "9"], "rule.value", 6);
    pair[1].refused(&["rule", "set", "conduct_score", "9"], "rule.unknown", 4);

    let explained = pair[1].ok(&["rule", "explain", "InflowDue"]);
    assert_eq!(explained["rules"][0]["key"], "intake_months");
    assert_eq!(
        (&explained["rules"][0]["value"], &explained["rules"][0]["default"]),
        (&2.into(), &1.into())
    );
    for kind in protocol::findings::Kind::ALL {
        let explained = pair[0].ok(&["rule", "explain", kind.name()]);
        assert_eq!(explained["kind"], kind.name());
    }

    pair[1].stop();
    let file = pair[1].data.join("rules.toml");
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.lines().any(|line| line == "intake_months = 2"), "{kept}");
    std::fs::write(&file, "intake_months = 9\nreport_month = 3\n").unwrap();
    let refused = pair[1].refused(&["status"], "config.invalid", 12);
    let detail = refused["detail"].as_str().unwrap();
    for part in ["1:17: intake_months", "2:1: report_month: unknown key"] {
        assert!(detail.contains(part), "{detail}");
    }
    std::fs::write(&file, "").unwrap();
    pair[1].set_now("2027-04-16T01:00:00Z");
    pair[1].start();
    stands(&pair[1], "InflowDue", &letter);
}

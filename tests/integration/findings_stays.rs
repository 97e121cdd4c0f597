//! What falls due while a member is away: home and the place each see their part, on the day, until
//! they act. The clock is a rehearsal's.

use serde_json::Value;
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

fn open(pair: &Federation) -> (String, String) {
    let (member, to) = (pair[HOME].fresh_member(), pair[PLACE].committee());
    let mut args = vec!["stay", "open", "--member", &member, "--to", &to, "--reason", "务工"];
    args.extend(["--place", "江北工业园", "--from", "2027-03-02", "--contact", "钱守成"]);
    let id = pair[HOME].ok(&args)["id"].as_str().unwrap().to_owned();
    until_state(pair, &id, "noticed");
    (member, id)
}

/// Waits until both ends call the stay so.
#[track_caller]
fn until_state(pair: &Federation, id: &str, state: &str) {
    let ends = [&pair[HOME], &pair[PLACE]];
    until(&format!("{state} at both ends"), &ends, || {
        let said = |end: &&Region| {
            let shown = end.run(&["stay", "show", id]);
            shown.exit() == 0 && shown.data()["state"] == state
        };
        ends.iter().all(said).then_some(())
    });
}

fn place(pair: &Federation, id: &str) {
    let branch = pair[PLACE].branch();
    pair[PLACE].ok(&["stay", "place", id, "--org", &branch, "--contact", "孙长河"]);
    until_state(pair, id, "placed");
}

fn about(region: &Region, kind: &str, subject: &str) -> Option<Value> {
    let all = region.list(&["finding", "list", "--kind", kind]);
    let mut found = all.into_iter().filter(|one| one["subject"] == subject);
    let one = found.next();
    assert!(found.next().is_none(), "{kind} twice");
    one
}

/// The finding stands from the day after `eve` on, and not before, in the list of `org`.
#[track_caller]
fn raised_after(region: &Region, eve: &str, kind: &str, subject: &str) -> Value {
    region.ok(&["rehearsal", "now", &format!("{eve}T15:59:50Z")]);
    assert_eq!(about(region, kind, subject), None, "{kind} on the eve");
    region.ok(&["rehearsal", "now", &format!("{eve}T16:00:00Z")]);
    let raised = about(region, kind, subject).unwrap_or_else(|| panic!("{kind} on the day"));
    assert_eq!(raised["days_over"], 0, "{raised:#}");
    raised
}

#[test]
fn home_and_the_place_each_owe_their_part_of_a_stay() {
    let pair = begun();
    let (home, there) = (&pair[HOME], &pair[PLACE]);
    let (member, id) = open(&pair);
    let branch = home.member(&member)["org"].clone();

    let intake = raised_after(there, "2027-04-01", "InflowDue", &id);
    assert_eq!(intake["org"], there.committee().as_str());
    let contact = raised_after(home, "2027-06-01", "ContactOverdue", &id);
    assert_eq!((&contact["org"], &contact["member"]["ref"]), (&branch, &member.clone().into()));
    assert!(contact["member"]["name"].is_string());
    assert_eq!(about(home, "Orphaned", &id).unwrap()["org"], branch, "neither side has the member");
    there.ok(&["rehearsal", "now", "2027-06-02T01:00:00Z"]);
    place(&pair, &id);
    assert_eq!(about(there, "InflowDue", &id), None);
    assert_eq!(about(home, "Orphaned", &id), None);
    home.ok(&["stay", "contact", &id]);
    assert_eq!(about(home, "ContactOverdue", &id), None);

    for kind in ["ReportOverdue", "TransferDue"] {
        home.ok(&["rehearsal", "now", "2027-06-02T02:00:00Z"]);
        raised_after(home, "2027-09-01", kind, &id);
    }
    // Six months after the contact and the placement of the 2nd of June.
    let lost = raised_after(home, "2027-12-01", "LostContact", &id);
    assert_eq!(lost["org"], branch);
    assert_eq!(home.member(&member)["custody"], "away", "a flag, and nothing follows by itself");
    // At the place the report counts from the placement of the 2nd of June.
    let owed = raised_after(there, "2027-12-01", "ReportOverdue", &id);
    assert_eq!(owed["org"], there.branch().as_str());
    let report = ["stay", "report", &id, "--period", "2027-Q3", "--attended", "2", "--of", "3"];
    there.ok(&report);
    assert_eq!(about(there, "ReportOverdue", &id), None);
    until("the report at home", &[home, there], || {
        about(home, "ReportOverdue", &id).is_none().then_some(())
    });
    assert_eq!(about(home, "LostContact", &id), None, "whoever is reported on is not lost");
    assert!(about(home, "ContactOverdue", &id).is_some(), "the contact person is still silent");
    let to = there.committee();
    assert!(about(home, "TransferDue", &id).is_some());
    let letter = home.ok(&["letter", "issue", "--member", &member, "--to", &to]);
    assert_eq!(about(home, "TransferDue", &id), None, "the letter is under way");
    home.ok(&["letter", "void", letter["id"].as_str().unwrap(), "--reason", "withdrawn"]);
    assert!(about(home, "TransferDue", &id).is_some());
    raised_after(home, "2028-03-01", "ReviewOverdue", &id);
    home.ok(&["stay", "review", &id]);
    assert_eq!(about(home, "ReviewOverdue", &id), None);
    assert_eq!(about(home, "Nominal", &member), None, "whoever is away is not nominal");

    // Both clocks go on together: a head from the future is not believed.
    there.ok(&["rehearsal", "now", "2028-03-01T16:00:00Z"]);
    home.ok(&["stay", "end", &id, "--how", "returned"]);
    until_state(&pair, &id, "ended");
    for region in [home, there] {
        let all = region.list(&["finding", "list"]);
        assert!(all.iter().all(|one| one["subject"] != id.as_str()), "{all:#?}");
    }
}

#[test]
fn another_period_counts_for_stays_that_are_open_already() {
    let pair = begun();
    let home = &pair[HOME];
    let (_, id) = open(&pair);
    home.ok(&["rehearsal", "now", "2027-05-01T16:00:00Z"]);
    assert_eq!(about(home, "ContactOverdue", &id), None);
    home.ok(&["rule", "set", "contact_months", "2"]);
    let raised = until("followed again", &[home], || about(home, "ContactOverdue", &id));
    assert_eq!((&raised["since"], &raised["due"]), (&"2027-03-02".into(), &"2027-05-02".into()));
}

#[test]
fn the_third_guest_of_a_branch_makes_a_group_due() {
    let pair = begun();
    let there = &pair[PLACE];
    let branch = there.branch();
    for guest in 0..3 {
        assert_eq!(about(there, "FormationDue", &branch), None, "{guest} guests");
        let (_, id) = open(&pair);
        place(&pair, &id);
    }
    let due = about(there, "FormationDue", &branch).unwrap();
    assert_eq!((&due["org"], &due["since"]), (&branch.into(), &"2027-03-02".into()));
}

#[test]
fn whoever_is_settled_is_to_be_transferred_from_that_day_on() {
    let pair = begun();
    let (home, there) = (&pair[HOME], &pair[PLACE]);
    let (member, id) = open(&pair);
    home.ok(&["rehearsal", "now", "2027-03-20T01:00:00Z"]);
    assert_eq!(about(home, "TransferDue", &id), None, "six months are not over");
    let settled = home.ok(&["stay", "settle", &id, "--on", "2027-03-18"]);
    assert_eq!(settled["settled"], "2027-03-18");
    let due = about(home, "TransferDue", &id).unwrap();
    assert_eq!((&due["since"], &due["days_over"]), (&"2027-03-18".into(), &2.into()));
    home.refused(&["stay", "settle", &id, "--on", "2027-03-21"], "field.invalid", 6);
    there.refused(&["stay", "settle", &id, "--on", "2027-03-18"], "stay.not_own", 7);
    assert_eq!(there.ok(&["stay", "show", &id])["settled"], Value::Null, "the other is not told");
    home.ok(&["stay", "settle", &id, "--withdraw"]);
    assert_eq!(about(home, "TransferDue", &id), None);
    home.ok(&["stay", "settle", &id, "--on", "2027-03-19"]);
    home.ok(&["stay", "transfer", &id]);
    assert_eq!(about(home, "TransferDue", &id), None, "the letter is under way");
    let history = home.list(&["member", "history", &member]);
    let noted = |kind: &str| history.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!((noted("settled"), noted("settled_withdrawn")), (2, 1));
}

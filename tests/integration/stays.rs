//! Two-way management between two regions: a member who is away is known, placed, reported and
//! brought home, and their membership stays where it is until a letter moves it.

use serde_json::{Value, json};
use tests::federation::{Federation, PAIR};
use tests::region::Region;
use tests::waiting::until;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// What both ends must say alike.
const SHARED: &[&str] = &[
    "id",
    "state",
    "opened_by",
    "opened_on",
    "member",
    "from_region",
    "from_org",
    "to_region",
    "to_org",
    "to_org_name",
    "standing",
    "from",
    "until",
    "reason",
    "place",
    "contact",
    "placed",
    "last_report",
    "last_contact",
    "last_bulletin",
    "last_review",
    "dues_paid_through",
    "requests",
    "proposal",
    "ended",
    "statements",
];

fn stay(region: &Region, id: &str) -> Value {
    region.ok(&["stay", "show", id])
}

fn shared(region: &Region, id: &str) -> Value {
    let shown = stay(region, id);
    SHARED.iter().map(|field| ((*field).to_owned(), shown[*field].clone())).collect::<Value>()
}

/// Waits until both ends know the stay and say the same of it, and gives what they say.
#[track_caller]
fn agreed(pair: &Federation, id: &str, state: &str) -> Value {
    let ends = [&pair[ORIGIN], &pair[DESTINATION]];
    until(&format!("{state} at both ends: {id}"), &ends, || {
        let known = ends.iter().all(|end| end.run(&["stay", "show", id]).exit() == 0);
        let [here, there] = known.then(|| ends.map(|end| shared(end, id)))?;
        (here == there && here["state"] == state).then_some(here)
    })
}

/// Certifies that the member is away, at the committee of the destination.
#[track_caller]
fn open(pair: &Federation, member: &str, from: &str) -> String {
    let to = pair[DESTINATION].committee();
    let mut args = vec!["stay", "open", "--member", member, "--to", &to, "--reason", "务工"];
    args.extend(["--place", "江北工业园", "--from", from, "--contact", "钱守成"]);
    let opened = pair[ORIGIN].ok(&args);
    assert_eq!(opened["state"], "noticed", "{opened:#}");
    opened["id"].as_str().unwrap().to_owned()
}

/// A member of the origin reports at the destination, who has only name and number.
#[track_caller]
fn report_in(pair: &Federation, member: &str) -> String {
    let person = pair[ORIGIN].ok(&["member", "show", member, "--reveal"]);
    let file = pair[DESTINATION].file(&format!("{member}-number"));
    std::fs::write(&file, person["id_number"].as_str().unwrap()).unwrap();
    let (from, org) = (pair[ORIGIN].code(), pair[DESTINATION].branch());
    let name = person["name"].as_str().unwrap();
    let mut args = vec!["stay", "report-in", "--name", name, "--id-number-file", &file];
    args.extend(["--from-region", &from, "--org", &org, "--place", "江北工业园三栋"]);
    let reported = pair[DESTINATION].ok(&args);
    assert_eq!(
        (&reported["state"], &reported["member"]["ref"]),
        (&json!("reported"), &json!(null))
    );
    reported["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn place(region: &Region, id: &str) {
    let args = ["stay", "place", id, "--org", &region.branch(), "--contact", "孙长河"];
    region.ok(&args);
}

/// A day and quarter that have come by the node's clock.
fn today(region: &Region) -> (String, String) {
    let status = region.ok(&["status"]);
    let now: protocol::time::Timestamp = status["now"].as_str().unwrap().parse().unwrap();
    (now.day().to_string(), protocol::time::Quarter::of(now.day()).to_string())
}

#[test]
fn a_stay_is_opened_placed_reported_and_ended_with_the_same_word_at_both_ends() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let before = origin.member(&member);
    let (day, quarter) = today(origin);
    let id = open(&pair, &member, &day);

    let noticed = agreed(&pair, &id, "noticed");
    assert_eq!(noticed["member"]["name"], before["name"]);
    assert_eq!((&noticed["from_org"], &noticed["place"]), (&before["org"], &json!("江北工业园")));
    let away = origin.member(&member);
    assert_eq!((&away["custody"], &away["stay"]), (&json!("away"), &json!(id)));
    for unmoved in ["org", "custody_org", "generation", "open_letter"] {
        assert_eq!(away[unmoved], before[unmoved], "{unmoved}");
    }
    let listed = origin.list(&["member", "list", "--custody", "away"]);
    assert!(listed.iter().any(|one| one["ref"] == member.as_str()));
    let here = origin.list(&["member", "list", "--custody", "here"]);
    assert!(here.iter().all(|one| one["ref"] != member.as_str()));

    place(destination, &id);
    let report = ["stay", "report", &id, "--period", &quarter, "--attended", "3", "--of", "4"];
    destination.ok(&[&report[..], &["--dues-through", "2026-09", "--duties", "联络员"]].concat());
    agreed(&pair, &id, "placed");
    origin.ok(&["stay", "contact", &id]);
    origin.ok(&["stay", "bulletin", &id, "--text", "支部换届完成"]);
    origin.ok(&["stay", "review", &id]);
    destination.ok(&["stay", "ask", &id, "--text", "请协助补办手续"]);
    let asked = agreed(&pair, &id, "placed");
    assert_eq!(asked["requests"][0]["by"], destination.code());
    assert!(stay(origin, &id)["next"].as_array().unwrap().contains(&json!("answer")));
    origin.ok(&["stay", "answer", &id, "--text", "已办妥"]);
    destination.ok(&["stay", "end", &id, "--how", "returned"]);
    let proposed = agreed(&pair, &id, "placed");
    assert_eq!(
        (&proposed["proposal"]["how"], &proposed["requests"]),
        (&json!("returned"), &json!([]))
    );
    let facts =
        json!({ "period": quarter, "attended": 3, "held": 4, "dues_paid_through": "2026-09" });
    assert_eq!((&proposed["last_report"], &proposed["last_contact"]), (&facts, &json!(day)));

    let said = proposed["statements"].as_array().unwrap();
    let reported = said.iter().find(|one| one["kind"] == "participationreport").unwrap();
    let about = ["--stay", &id, "--statement", &reported["hash"].as_str().unwrap()[..12]];
    let words = |verb: [&'static str; 2], text| [&verb[..], &about, &["--text", text]].concat();
    origin.refused(&words(["correction", "file"], "不对"), "statement.not_own", 7);
    destination.ok(&words(["correction", "file"], "应为十月"));
    destination.ok(&words(["reply", "add"], "三月因病请假"));
    origin.ok(&words(["reply", "add"], "已向联系人说明"));
    let attached = agreed(&pair, &id, "placed");
    let answers = attached["statements"].as_array().unwrap().iter();
    let about = answers.filter(|one| one["answers"] == reported["hash"]);
    let texts: Vec<&str> = about.map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 3, "{attached:#}");
    assert!(texts.contains(&"三月因病请假"), "the member's words reach the other side");

    origin.ok(&["stay", "end", &id, "--how", "returned"]);
    let ended = agreed(&pair, &id, "ended");
    assert_eq!(ended["ended"], json!({ "how": "returned", "on": day }));
    assert_eq!(ended["statements"].as_array().unwrap().len(), 13);
    let home = origin.member(&member);
    assert_eq!((&home["custody"], &home["stay"]), (&json!("here"), &json!(null)));
    let history = origin.list(&["member", "history", &member]);
    let said = history.iter().filter(|event| event["stay"] == id.as_str()).count();
    assert_eq!(said, 13, "{history:#?}");
}

#[test]
fn a_member_who_reports_first_is_placed_while_the_origin_is_away_and_confirmed_later() {
    let mut pair = Federation::start(PAIR);
    let member = pair[ORIGIN].fresh_member();
    let (_, quarter) = today(&pair[ORIGIN]);
    pair[ORIGIN].stop();
    let id = report_in(&pair, &member);
    place(&pair[DESTINATION], &id);
    pair[DESTINATION].ok(&[
        "stay",
        "report",
        &id,
        "--period",
        &quarter,
        "--attended",
        "1",
        "--of",
        "1",
    ]);
    assert_eq!(stay(&pair[DESTINATION], &id)["delivery"], "queued");
    pair[DESTINATION].kill();
    pair[DESTINATION].start();
    pair[ORIGIN].start();
    let reported = agreed(&pair, &id, "reported");
    assert_eq!(
        (&reported["opened_by"], &reported["from_org"]),
        (&json!("report_in"), &json!(null))
    );

    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    assert_eq!(origin.member(&member)["custody"], "here", "nobody has confirmed");
    origin.ok(&["stay", "confirm", &id, "--contact", "钱守成"]);
    let placed = agreed(&pair, &id, "placed");
    assert_eq!(placed["member"]["ref"], member.as_str());
    assert_eq!(placed["place"], "江北工业园三栋", "as the destination wrote it down");
    assert_eq!(placed["last_report"]["attended"], 1);
    assert_eq!(origin.member(&member)["stay"], id.as_str());
    until("delivered", &[origin, destination], || {
        (stay(destination, &id)["delivery"] == "delivered").then_some(())
    });
    assert_eq!(origin.ok(&["status"])["roster"]["away"], 1);
    pair.assert_whole();
}

#[test]
fn somebody_unknown_who_reports_is_not_ours_and_a_withdrawn_report_ends_by_itself() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let file = destination.file("stranger");
    std::fs::write(&file, "11010519491231002X").unwrap();
    let (from, org) = (origin.code(), destination.branch());
    let mut args = vec!["stay", "report-in", "--name", "赵以刚", "--id-number-file", &file];
    args.extend(["--from-region", &from, "--org", &org]);
    let reported = || destination.ok(&args)["id"].as_str().unwrap().to_owned();
    let (unknown, withdrawn) = (reported(), reported());
    for id in [&unknown, &withdrawn] {
        agreed(&pair, id, "reported");
    }
    origin.refused(&["stay", "confirm", &unknown, "--contact", "钱守成"], "member.unknown", 4);
    origin.ok(&["stay", "end", &unknown, "--how", "not_ours", "--note", "查无此人"]);
    assert_eq!(agreed(&pair, &unknown, "ended")["ended"]["how"], "not_ours");
    destination.ok(&["stay", "end", &withdrawn, "--how", "moved"]);
    assert_eq!(agreed(&pair, &withdrawn, "ended")["ended"]["how"], "moved");
}

#[test]
fn a_stay_turns_into_a_transfer_in_one_step_and_ends_by_itself() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let (day, _) = today(origin);
    let id = open(&pair, &member, &day);
    agreed(&pair, &id, "noticed");
    place(destination, &id);
    agreed(&pair, &id, "placed");
    let letter = origin.ok(&["stay", "transfer", &id, "--reason", "已在当地定居"]);
    assert_eq!(letter["to_org"], destination.branch().as_str(), "to where the member stays");
    let letter = letter["id"].as_str().unwrap();
    assert_eq!(stay(origin, &id)["state"], "placed", "a letter on its way changes nothing");
    until("arrived", &[origin, destination], || destination.letter_state(letter));
    destination.accept(letter);
    pair.until_state(letter, "closed", ORIGIN, DESTINATION);
    assert_eq!(agreed(&pair, &id, "ended")["ended"]["how"], "transferred");
    assert_eq!(origin.member(&member)["custody"], "transferred");
    assert_eq!(destination.member(&member)["custody"], "here");
}

#[test]
fn who_may_say_what_is_refused_by_name_and_changes_nothing() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let (day, quarter) = today(origin);
    let id = open(&pair, &member, &day);
    let before = agreed(&pair, &id, "noticed");
    let to = destination.committee();
    let mut again = vec!["stay", "open", "--member", &member, "--to", &to, "--reason", "务工"];
    again.extend(["--place", "江北", "--from", &day, "--contact", "钱守成"]);
    assert!(origin.refused(&again, "stay.open", 5)["detail"].as_str().unwrap().contains(&id[..8]));
    let report = ["stay", "report", &id, "--period", &quarter, "--attended", "1", "--of", "1"];
    destination.refused(&report, "stay.state", 5);
    origin.refused(&report, "stay.not_own", 7);
    destination.refused(&["stay", "contact", &id], "stay.not_own", 7);
    destination.refused(&["stay", "transfer", &id], "stay.not_own", 7);
    destination.refused(&["stay", "end", &id, "--how", "not_ours"], "stay.not_own", 7);
    origin.refused(&["stay", "end", &id, "--how", "vanished"], "ground.unknown", 6);
    origin.refused(&["stay", "contact", &id, "--on", "2199-01-01"], "field.invalid", 6);
    origin.refused(&["stay", "answer", &id, "--text", "好"], "stay.no_request", 5);
    origin.refused(&["stay", "show", "00000000"], "stay.unknown", 4);
    destination.ok(&["stay", "ask", &id, "--text", "请协助"]);
    destination.refused(&["stay", "ask", &id, "--text", "再请"], "stay.help_open", 5);
    let after = agreed(&pair, &id, "noticed");
    assert_eq!(after["statements"].as_array().unwrap().len(), 2);
    assert_eq!(after["member"], before["member"]);
}

#[test]
fn a_stay_ends_with_the_membership() {
    let pair = Federation::shared();
    let origin = &pair[ORIGIN];
    let member = origin.fresh_member();
    let (day, _) = today(origin);
    let id = open(&pair, &member, &day);
    agreed(&pair, &id, "noticed");
    origin.ok(&["member", "end", &member, "--reason", "left", "--on", &day]);
    let ended = agreed(&pair, &id, "ended");
    assert_eq!(ended["ended"], json!({ "how": "membership_ended", "on": day }));
    assert_eq!(origin.member(&member)["custody"], "ended");
}

#[test]
fn a_place_notes_how_it_takes_a_guest_in_and_tells_nobody() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let (day, _) = today(origin);
    let id = open(&pair, &member, &day);
    agreed(&pair, &id, "noticed");
    let branch = destination.branch();
    let to = ["stay", "place", &id, "--org", &branch, "--contact", "孙长河"];
    let modes = ["--intake", "by_industry", "--mode", "joint"];
    let placed = destination.ok(&[&to[..], &modes].concat());
    assert_eq!((&placed["intake"], &placed["mode"]), (&json!("by_industry"), &json!("joint")));
    agreed(&pair, &id, "placed");
    let again = destination.ok(&[&to[..], &["--mode", "direct"]].concat());
    assert_eq!((&again["intake"], &again["mode"]), (&json!("by_industry"), &json!("direct")));
    let there = agreed(&pair, &id, "placed");
    assert_eq!(there["statements"].as_array().unwrap().len(), 3);
    let home = stay(origin, &id);
    assert_eq!((&home["intake"], &home["mode"]), (&json!(null), &json!(null)));
    let wrong = destination.run(&[&to[..], &["--mode", "remote"]].concat());
    assert_eq!(wrong.exit(), 2, "one of the four words");
}

//! 双报到 between two regions: a member who is employed in one and lives in the other is known to
//! both, reported on once a year, and asked about before anything is decided; and words that hang
//! on a letter.

use serde_json::{Value, json};
use tests::federation::Federation;
use tests::region::Region;
use tests::waiting::until;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// What both ends must say alike.
const SHARED: &[&str] = &[
    "id",
    "state",
    "member",
    "from_region",
    "from_org",
    "to_region",
    "to_org",
    "standing",
    "introduced_on",
    "address",
    "contact",
    "registered",
    "feedback",
    "opinion",
    "ended",
    "statements",
];

fn shared(region: &Region, id: &str) -> Value {
    let shown = region.ok(&["residence", "show", id]);
    SHARED.iter().map(|field| ((*field).to_owned(), shown[*field].clone())).collect::<Value>()
}

/// Waits until both ends hold so many statements and say the same, and gives what they say.
#[track_caller]
fn agreed(pair: &Federation, id: &str, said: usize) -> Value {
    let ends = [&pair[ORIGIN], &pair[DESTINATION]];
    until(&format!("{said} statements at both ends: {id}"), &ends, || {
        let known = ends.iter().all(|end| end.run(&["residence", "show", id]).exit() == 0);
        let [here, there] = known.then(|| ends.map(|end| shared(end, id)))?;
        let all = here["statements"].as_array().unwrap().len() == said;
        (here == there && all).then_some(here)
    })
}

/// A member of the origin's, introduced to the destination's committee.
#[track_caller]
fn introduced(pair: &Federation, member: &str) -> String {
    let to = pair[DESTINATION].committee();
    let mut args = vec!["residence", "introduce", "--member", member, "--to", &to];
    args.extend(["--address", "滨江社区三栋", "--contact", "钱守成"]);
    let introduced = pair[ORIGIN].ok(&args);
    assert_eq!(introduced["direction"], "out", "{introduced:#}");
    introduced["id"].as_str().unwrap().to_owned()
}

/// The member reports, and the community tells of the year; gives the beginning of the hash of the
/// feedback once both ends have it.
#[track_caller]
fn reported(pair: &Federation, id: &str) -> String {
    let (destination, branch) = (&pair[DESTINATION], pair[DESTINATION].branch());
    let mut register = vec!["residence", "register", id, "--org", &branch, "--contact", "孙长河"];
    register.extend(["--occupation", "教师", "--wishes", "楼栋巡查", "--free-time", "周末"]);
    let registered = destination.ok(&register);
    let year = &registered["introduced_on"].as_str().unwrap()[..4];
    let mut feedback = vec!["residence", "feedback", id, "--year", year];
    feedback.extend(["--attended", "5", "--of", "6", "--duties", "楼栋长"]);
    destination.ok(&feedback);
    let reported = agreed(pair, id, 3);
    assert_eq!((&reported["state"], &reported["to_org"]), (&json!("registered"), &json!(branch)));
    let facts = &reported["feedback"];
    assert_eq!((&facts["attended"], &facts["held"]), (&json!(5), &json!(6)));
    let mut said = reported["statements"].as_array().unwrap().iter();
    let letter = said.find(|one| one["kind"] == "annualfeedback").unwrap();
    assert_eq!(letter["text"], "楼栋长");
    letter["hash"].as_str().unwrap()[..12].to_owned()
}

#[test]
fn unit_and_community_tell_each_other_what_they_must() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let before = origin.member(&member);
    let id = introduced(&pair, &member);
    let known = agreed(&pair, &id, 1);
    assert_eq!(known["member"]["name"], before["name"]);
    assert_eq!(
        (&known["state"], &known["address"]),
        (&json!("introduced"), &json!("滨江社区三栋"))
    );
    let person = origin.ok(&["member", "show", &member, "--reveal"]);
    let there = destination.ok(&["residence", "show", &id, "--reveal"]).to_string();
    let number = person["id_number"].as_str().unwrap();
    assert!(!there.contains(number), "nobody needs it to welcome a neighbour");

    let hash = reported(&pair, &id);
    let about = ["--residence", &id, "--statement", &hash, "--text"];
    destination.ok(&[&["reply", "add"][..], &about, &["情况属实"]].concat());
    let foreign = [&["correction", "file"][..], &about, &["不对"]].concat();
    origin.refused(&foreign, "statement.not_own", 7);
    agreed(&pair, &id, 4);
    origin.ok(&["residence", "respond", &id, "--text", "已在支部通报"]);
    let again = ["residence", "respond", &id, "--text", "再报"];
    origin.refused(&again, "residence.no_feedback", 5);

    let (ours, theirs) =
        (origin.ok(&["member", "file", &member]), destination.ok(&["member", "file", &member]));
    assert_eq!(ours["residences"][0]["feedback"], theirs["residences"][0]["feedback"]);
    assert_eq!(theirs["resident_cards"][0]["card"]["wishes"], "楼栋巡查");
    assert_eq!(ours["resident_cards"][0]["card"], json!(null), "what was told there stays there");
    let told = origin.list(&["member", "seen-by", &member]);
    assert_eq!(told[0]["region"], destination.code());
    for unmoved in ["org", "custody", "custody_org", "generation"] {
        assert_eq!(origin.member(&member)[unmoved], before[unmoved], "{unmoved}");
    }
    agreed(&pair, &id, 5);
    destination.ok(&["residence", "end", &id, "--how", "moved"]);
    assert_eq!(agreed(&pair, &id, 6)["ended"]["how"], "moved");
    origin.refused(&["residence", "end", &id, "--how", "moved"], "residence.state", 5);
    let history = origin.list(&["member", "history", &member]);
    assert_eq!(history.iter().filter(|event| event["residence"] == id.as_str()).count(), 6);
}

#[test]
fn a_unit_asks_the_community_before_it_decides() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let id = introduced(&pair, &origin.fresh_member());
    let text = ["--text", "拟推荐评优,请提出意见"];
    origin.ok(&[&["opinion", "ask", &id, "--matter", "award"][..], &text].concat());
    let again = [&["opinion", "ask", &id, "--matter", "promotion"][..], &text].concat();
    origin.refused(&again, "residence.opinion_open", 5);
    agreed(&pair, &id, 2);
    let asked = destination.list(&["opinion", "list", "--direction", "in", "--open"]);
    let asked = asked.iter().find(|one| one["residence"] == id.as_str()).unwrap();
    assert_eq!((&asked["matter"], &asked["question"]), (&json!("award"), &json!(text[1])));
    origin.refused(&["opinion", "answer", &id, "--text", "好"], "residence.not_own", 7);
    destination.ok(&["opinion", "answer", &id, "--text", "无不同意见"]);
    assert_eq!(agreed(&pair, &id, 3)["opinion"]["answered"], true);
    let answers = origin.list(&["opinion", "list", "--direction", "out"]);
    let answer = answers.iter().find(|one| one["residence"] == id.as_str()).unwrap();
    assert_eq!(answer["answer"], "无不同意见");
    let open = destination.list(&["opinion", "list", "--open"]);
    assert!(open.iter().all(|one| one["residence"] != id.as_str()));
}

#[test]
fn two_organisations_of_one_region_keep_the_same_papers() {
    let pair = Federation::shared();
    let origin = &pair[ORIGIN];
    let member = origin.fresh_member();
    let (to, branch) = (origin.committee(), origin.branch());
    let mut args = vec!["residence", "introduce", "--member", &member, "--to", &to];
    args.extend(["--contact", "钱守成"]);
    let id = origin.ok(&args)["id"].as_str().unwrap().to_owned();
    origin.refused(&args, "residence.open", 5);
    origin.ok(&["residence", "register", &id, "--org", &branch, "--contact", "孙长河"]);
    let shown = origin.ok(&["residence", "show", &id]);
    assert_eq!((&shown["direction"], &shown["delivery"]), (&json!("local"), &json!("delivered")));
    let next = shown["next"].as_array().unwrap();
    assert!(next.contains(&json!("feedback")) && next.contains(&json!("ask_opinion")));
    for direction in ["out", "in"] {
        let listed = origin.list(&["residence", "list", "--direction", direction]);
        assert!(listed.iter().any(|one| one["id"] == id.as_str()), "{direction}");
    }
    let told = origin.list(&["member", "seen-by", &member]);
    assert_eq!(told, [json!(null); 0], "nobody outside was told");
    origin.ok(&["residence", "end", &id, "--how", "withdrawn"]);
    assert_eq!(origin.ok(&["residence", "show", &id])["state"], "ended");
}

#[test]
fn words_on_a_letter_reach_the_other_side_and_change_nothing() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let id = pair.hand_over(&member, ORIGIN, DESTINATION);
    let closed = destination.letter(&id);
    let offer = closed["statements"][0]["hash"].as_str().unwrap().to_owned();
    let about = ["--letter", &id[..12], "--statement", &offer[..12], "--text"];
    let words = |verb: [&'static str; 2], text| [&verb[..], &about, &[text]].concat();
    origin.ok(&words(["correction", "file"], "党费交至应为十月"));
    destination.refused(&words(["correction", "file"], "不对"), "statement.not_own", 7);
    destination.ok(&words(["reply", "add"], "本人并未改名"));
    let noted = until("noted at both ends", &[origin, destination], || {
        let [here, there] = [origin, destination].map(|end| end.letter(&id));
        let both = here["notes"].as_array()?.len() == 2 && here["notes"] == there["notes"];
        both.then_some(there)
    });
    for unmoved in ["state", "custody_org", "statements", "generation"] {
        assert_eq!(noted[unmoved], closed[unmoved], "{unmoved}");
    }
    let file = destination.ok(&["member", "file", &member]);
    assert_eq!(file["letters"][0]["notes"], noted["notes"]);
    let out = destination.file(&format!("{member}-notes.json"));
    destination.ok(&["member", "export", &member, "--out", &out]);
    let exported = std::fs::read_to_string(&out).unwrap();
    assert!(exported.contains("本人并未改名") && exported.contains("党费交至应为十月"));
}

//! A letter between two regions: to its receipt, back with a ground, withdrawn, issued again.
//!
//! These tests share one running pair; each has members of its own and stops no node.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::federation::Federation;
use tests::region::Region;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// The kinds of a letter's statements, in the order of the list.
fn kinds(letter: &Value) -> Vec<String> {
    let statements = letter["statements"].as_array().unwrap();
    statements.iter().map(|s| s["kind"].as_str().unwrap().to_owned()).collect()
}

fn hashes(letter: &Value) -> BTreeSet<String> {
    let statements = letter["statements"].as_array().unwrap();
    statements.iter().map(|s| s["hash"].as_str().unwrap().to_owned()).collect()
}

fn letters_of(region: &Region, member: &str) -> Vec<Value> {
    let letters = region.list(&["letter", "list"]);
    letters.into_iter().filter(|letter| letter["member"]["ref"] == member).collect()
}

#[test]
fn five_statements_close_a_letter_with_the_same_word_and_proof_at_both_ends() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let before = origin.member(&member);
    let id = origin.issue(&member, destination);

    let issued = origin.letter(&id);
    assert_eq!(issued["state"], "issued");
    assert_eq!(issued["generation"], 0);
    assert_eq!(issued["evidence"], "signed");
    assert_eq!(issued["to_org"], destination.committee().as_str());
    assert_eq!(issued["custody_org"], issued["from_org"]);
    assert_eq!(issued["member"]["ref"], member.as_str());
    assert_eq!(kinds(&issued), ["offer"]);
    let arrived = destination.letter(&id);
    assert_eq!(arrived["state"], "issued");
    assert_eq!(arrived["member"]["name"], before["name"], "the letter names the person");
    assert_eq!(arrived["serial"], issued["serial"]);
    assert_eq!(arrived["valid_until"], issued["valid_until"]);

    destination.accept(&id);
    pair.until_state(&id, "closed", ORIGIN, DESTINATION);
    let (sent, received) = (origin.letter(&id), destination.letter(&id));
    for letter in [&sent, &received] {
        let kinds: BTreeSet<String> = kinds(letter).into_iter().collect();
        let five = ["accept", "ack", "offer", "receipt", "release"];
        assert_eq!(kinds, five.map(str::to_owned).into());
        assert_eq!(letter["custody_org"], destination.branch().as_str());
    }
    assert_eq!(hashes(&sent), hashes(&received), "both hold the same signed statements");
    assert_eq!(origin.member(&member)["custody"], "transferred");
    let here = destination.member(&member);
    assert_eq!(here["custody"], "here");
    assert_eq!(here["generation"], 1);
    assert_eq!(here["org"], destination.branch().as_str());
    assert_eq!(here["name"], before["name"]);
    assert_eq!(here["id_number"], before["id_number"]);
    assert_eq!(here["standing"], before["standing"]);
}

#[test]
fn a_serial_is_of_the_issuing_region_and_no_other_letter() {
    let pair = Federation::shared();
    let origin = &pair[ORIGIN];
    let mut serials = BTreeSet::new();
    for _ in 0..3 {
        let id = origin.issue(&origin.fresh_member(), &pair[DESTINATION]);
        let serial = origin.letter(&id)["serial"].as_str().unwrap().to_owned();
        assert!(serial.starts_with(&format!("{}-", origin.code())), "{serial}");
        assert!(serial.parse::<protocol::id::Serial>().is_ok(), "{serial}");
        assert!(serials.insert(serial));
    }
}

#[test]
fn a_letter_is_known_by_the_beginning_of_its_id() {
    let pair = Federation::shared();
    let origin = &pair[ORIGIN];
    let id = origin.issue(&origin.fresh_member(), &pair[DESTINATION]);
    assert_eq!(id.len(), 64);
    assert_eq!(origin.letter(&id[..8])["id"], id.as_str());
    assert_eq!(pair[DESTINATION].letter(&id[..12])["id"], id.as_str());
    let short = origin.run(&["letter", "show", &id[..7]]);
    assert!([4, 6].contains(&short.exit()), "{short:#?}");
    let nobodys = "0123456789abcdef".repeat(4);
    origin.refused(&["letter", "show", &nobodys], "letter.unknown", 4);
}

#[test]
fn a_member_has_one_open_letter_at_most() {
    let pair = Federation::shared();
    let origin = &pair[ORIGIN];
    let member = origin.fresh_member();
    let first = origin.issue(&member, &pair[DESTINATION]);
    let to = pair[DESTINATION].committee();
    let again = ["letter", "issue", "--member", &member, "--to", &to];
    origin.refused(&again, "member.open_letter", 5);
    assert_eq!(letters_of(origin, &member).len(), 1);
    origin.ok(&["letter", "void", &first, "--reason", "withdrawn"]);
    let second = origin.issue(&member, &pair[DESTINATION]);
    assert_ne!(first, second);
}

#[test]
fn a_refusal_needs_a_known_ground_and_where_it_says_so_a_redirect() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let id = origin.issue(&member, destination);
    let refuse = |ground| ["letter", "refuse", &id, "--ground", ground].map(str::to_owned);
    let unknown = refuse("do_not_like_it");
    let unknown = destination.run(&unknown.each_ref().map(String::as_str));
    unknown.expect_refused("ground.unknown", 6);
    let bare = refuse("out_of_area");
    destination.refused(&bare.each_ref().map(String::as_str), "redirect.missing", 6);
    assert_eq!(destination.letter_state(&id).as_deref(), Some("issued"));

    let redirect = destination.spec.org_code(destination.spec.orgs.last().unwrap()).to_string();
    let mut whole = bare.to_vec();
    whole.extend(["--redirect".to_owned(), redirect]);
    destination.ok(&whole.iter().map(String::as_str).collect::<Vec<_>>());
    pair.until_state(&id, "refused", ORIGIN, DESTINATION);
    let back = origin.member(&member);
    assert_eq!((&back["custody"], &back["generation"]), (&"here".into(), &0.into()));
    assert_eq!(origin.letter(&id)["custody_org"], origin.letter(&id)["from_org"]);
    // Refused is not open: the member can be sent again.
    pair.hand_over(&member, ORIGIN, DESTINATION);
}

#[test]
fn an_acceptance_can_be_taken_back_only_before_the_receipt() {
    let pair = Federation::shared();
    let member = pair[ORIGIN].fresh_member();
    let id = pair.hand_over(&member, ORIGIN, DESTINATION);
    let refuse = ["letter", "refuse", &id, "--ground", "not_arrived"];
    pair[DESTINATION].refused(&refuse, "letter.state", 5);
    assert_eq!(pair[DESTINATION].letter_state(&id).as_deref(), Some("closed"));
}

#[test]
fn a_void_letter_cannot_be_accepted_nor_a_closed_one_voided() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let id = origin.issue(&member, destination);
    origin.ok(&["letter", "void", &id, "--reason", "withdrawn"]);
    pair.until_state(&id, "voided", ORIGIN, DESTINATION);
    let branch = destination.branch();
    let accept = ["letter", "accept", &id, "--org", &branch, "--met"];
    destination.refused(&accept, "letter.state", 5);
    assert_eq!(origin.member(&member)["custody"], "here");

    let id = pair.hand_over(&member, ORIGIN, DESTINATION);
    let void = ["letter", "void", &id, "--reason", "withdrawn"];
    let error = origin.refused(&void, "letter.state", 5);
    assert!(error["allowed"].is_array(), "what is allowed instead: {error:#}");
    assert_eq!(origin.letter_state(&id).as_deref(), Some("closed"));
}

#[test]
fn each_side_acts_only_in_its_own_part() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let id = origin.issue(&origin.fresh_member(), destination);
    let void = ["letter", "void", &id, "--reason", "withdrawn"];
    destination.refused(&void, "letter.not_own", 7);
    let branch = origin.branch();
    let accept = ["letter", "accept", &id, "--org", &branch, "--met"];
    origin.refused(&accept, "letter.not_own", 7);
    let refuse = ["letter", "refuse", &id, "--ground", "not_arrived"];
    origin.refused(&refuse, "letter.not_own", 7);
    for end in [origin, destination] {
        assert_eq!(end.letter_state(&id).as_deref(), Some("issued"));
    }
}

#[test]
fn a_repeated_acceptance_changes_nothing() {
    let pair = Federation::shared();
    let member = pair[ORIGIN].fresh_member();
    let id = pair.hand_over(&member, ORIGIN, DESTINATION);
    let before = pair[DESTINATION].letter(&id);
    let branch = pair[DESTINATION].branch();
    let again = ["letter", "accept", &id, "--org", &branch, "--met"];
    let reply = pair[DESTINATION].run(&again);
    assert!([0, 5].contains(&reply.exit()), "{reply:#?}");
    assert_eq!(hashes(&pair[DESTINATION].letter(&id)), hashes(&before));
}

#[test]
fn a_letter_is_accepted_into_an_organisation_of_the_destination() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let id = origin.issue(&origin.fresh_member(), destination);
    for org in ["610902-9999", &origin.branch()] {
        let reply = destination.run(&["letter", "accept", &id, "--org", org, "--met"]);
        assert_eq!(reply.exit(), 6, "{reply:#?}");
    }
    assert_eq!(destination.letter_state(&id).as_deref(), Some("issued"));
}

#[test]
fn a_voided_letter_is_issued_again_with_another_serial() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let lost = origin.issue(&member, destination);
    origin.ok(&["letter", "void", &lost, "--reason", "lost"]);
    let again = origin.ok(&["letter", "reissue", &lost]);
    let id = again["id"].as_str().unwrap();
    assert_ne!(id, lost);
    assert_eq!(again["member"]["ref"], member.as_str());
    assert_ne!(again["serial"], origin.letter(&lost)["serial"]);
    pair.until_state(id, "issued", ORIGIN, DESTINATION);
    destination.accept(id);
    pair.until_state(id, "closed", ORIGIN, DESTINATION);
    pair.until_state(&lost, "voided", ORIGIN, DESTINATION);
}

///
#[test]
fn a_death_voids_the_open_letter() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let member = origin.fresh_member();
    let id = origin.issue(&member, destination);
    let day = &origin.letter(&id)["issued_at"].as_str().unwrap()[..10].to_owned();
    origin.ok(&["member", "end", &member, "--reason", "deceased", "--on", day]);
    pair.until_state(&id, "voided", ORIGIN, DESTINATION);
    assert_eq!(origin.member(&member)["custody"], "ended");
    let to = destination.committee();
    let issue = ["letter", "issue", "--member", &member, "--to", &to];
    assert_eq!(origin.run(&issue).exit(), 5);
    let branch = destination.branch();
    let accept = ["letter", "accept", &id, "--org", &branch, "--met"];
    destination.refused(&accept, "letter.state", 5);
}

#[test]
fn only_the_full_holder_ends_a_membership() {
    let pair = Federation::shared();
    let member = pair[ORIGIN].fresh_member();
    pair.hand_over(&member, ORIGIN, DESTINATION);
    let end = ["member", "end", &member, "--reason", "left", "--on", "2026-01-01"];
    pair[ORIGIN].refused(&end, "member.not_full", 5);
    let to = pair[DESTINATION].committee();
    let issue = ["letter", "issue", "--member", &member, "--to", &to];
    pair[ORIGIN].refused(&issue, "member.not_full", 5);
    assert_eq!(pair[DESTINATION].member(&member)["custody"], "here");
}

#[test]
fn a_letter_goes_to_an_organisation_that_the_peer_has_named() {
    let pair = Federation::shared();
    let origin = &pair[ORIGIN];
    let member = origin.fresh_member();
    for to in ["610902-9999", "610924-0001"] {
        let issue = ["letter", "issue", "--member", &member, "--to", to];
        origin.refused(&issue, "org.unknown", 6);
    }
    let nobody = "f".repeat(32);
    let to = pair[DESTINATION].committee();
    let issue = ["letter", "issue", "--member", &nobody, "--to", &to];
    origin.refused(&issue, "member.unknown", 4);
    let issue = ["letter", "issue", "--member", &member, "--to", &to, "--days", "91"];
    origin.refused(&issue, "letter.validity", 6);
    assert_eq!(letters_of(origin, &member).len(), 0);
}

#[test]
fn a_branch_with_no_right_above_it_cannot_issue() {
    let pair = Federation::shared();
    let origin = &pair[ORIGIN];
    let (committee, branch) = ("610922-0900", "610922-0901");
    let add = |code, name, kind| ["org", "add", "--code", code, "--name", name, "--kind", kind];
    origin.ok(&add(committee, "石泉县新设党委", "committee"));
    let mut below = add(branch, "石泉县新设支部", "branch").to_vec();
    below.extend(["--parent", committee]);
    origin.ok(&below);
    let member = origin.fresh_member();
    origin.ok(&["member", "move", &member, "--org", branch]);
    let to = pair[DESTINATION].committee();
    let issue = ["letter", "issue", "--member", &member, "--to", &to];
    origin.refused(&issue, "org.no_transfer_right", 6);
    assert_eq!(origin.member(&member)["custody"], "here");
}

#[test]
fn lists_are_narrowed_by_direction_and_state() {
    let pair = Federation::shared();
    let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
    let id = origin.issue(&origin.fresh_member(), destination);
    let has = |region: &Region, args: &[&str]| {
        let letters = region.list(&[&["letter", "list"], args].concat());
        letters.iter().any(|letter| letter["id"] == id.as_str())
    };
    assert!(has(origin, &["--direction", "out"]) && !has(origin, &["--direction", "in"]));
    assert!(has(destination, &["--direction", "in"]) && !has(destination, &["--direction", "out"]));
    assert!(has(origin, &["--state", "issued"]) && !has(origin, &["--state", "closed"]));
    let letters = origin.list(&["letter", "list", "--state", "closed"]);
    assert!(letters.iter().all(|letter| letter["state"] == "closed"));
}

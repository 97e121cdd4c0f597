//! A node is gone for good in the middle of a hand-over: its successor gives the Receipt, or the
//! Ack, that it owed, and what it signs is proof enough for a third region.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::census::Census;
use tests::federation::{Federation, PAIR, Plan, confirm_replaced, replace, until_paired};
use tests::region::Region;
use tests::waiting::until;

fn three() -> Federation {
    Federation::start(Plan { regions: 3, ..PAIR })
}

fn custody(region: &Region, member: &str) -> String {
    region.member(member)["custody"].as_str().unwrap().to_owned()
}

fn listed(value: &Value) -> BTreeSet<String> {
    let ids = value.as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn kinds(region: &Region, letter: &str) -> Vec<String> {
    let letter = region.letter(letter);
    let statements = letter["statements"].as_array().unwrap().iter();
    statements.map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

/// Those of `members` whom no node, or more than one, holds or has in transit.
fn astray(federation: &Federation, members: &BTreeSet<String>) -> BTreeSet<String> {
    let census = Census::of(&federation.regions);
    census.lost(members).union(&census.duplicated()).cloned().collect()
}

fn roster(region: &Region) -> BTreeSet<String> {
    let members = region.list(&["member", "list", "--custody", "here"]);
    members.iter().map(|member| member["ref"].as_str().unwrap().to_owned()).collect()
}

/// Two letters that the destination accepted and the origin released before the destination died,
/// and one each way that nobody had accepted.
struct Stranded {
    moving: String,
    declining: String,
    unanswered: String,
    inward: String,
}

impl Stranded {
    fn at_the_death_of_the_destination(three: &mut Federation) -> Stranded {
        let issued = |to: &Federation| to[0].issue(&to[0].fresh_member(), &to[1]);
        let [moving, declining, unanswered] = [(); 3].map(|()| issued(three));
        let inward = three[1].issue(&three[1].fresh_member(), &three[0]);
        // Both Accepts reach the origin at once, and the node dies of what comes back.
        three[0].stop();
        for letter in [&moving, &declining] {
            three[1].accept(letter);
        }
        three[1].stop();
        three[1].start_failing_at("receipt-signed.before");
        three[0].start();
        three[1].wait_for_death();
        for letter in [&moving, &declining] {
            let released = || (three[0].letter_state(letter)? == "released").then_some(());
            until("released", &[&three[0]], released);
        }
        Stranded { moving, declining, unanswered, inward }
    }

    /// What the origin says when two persons there replace the destination.
    fn assert_replaced(&self, origin: &Region, replaced: &Value) {
        let handed_on = [&self.moving, &self.declining].into_iter().cloned().collect();
        assert_eq!(listed(&replaced["succeeded"]), handed_on, "{replaced:#}");
        assert_eq!(listed(&replaced["waiting"]), BTreeSet::from([self.inward.clone()]));
        assert_eq!(replaced["reissued"].as_array().unwrap().len(), 1);
        assert_eq!(origin.letter_state(&self.unanswered).as_deref(), Some("voided"));
    }
}

fn member_of(region: &Region, letter: &str) -> String {
    region.letter(letter)["member"]["ref"].as_str().unwrap().to_owned()
}

#[test]
fn the_successor_of_a_destination_gives_the_receipt_and_its_members_move_on() {
    let mut three = three();
    let mut people = roster(&three[0]);
    people.extend(roster(&three[2]));
    let stranded = Stranded::at_the_death_of_the_destination(&mut three);
    let (moving, declining) = (&stranded.moving, &stranded.declining);
    let [moved, declined] = [moving, declining].map(|letter| member_of(&three[0], letter));

    let successor = Region::successor(&three.scratch, three[1].spec);
    let replaced = replace(&three[0], &successor);
    stranded.assert_replaced(&three[0], &replaced);
    // The same command again, as after a power cut in the middle of it, does nothing twice.
    let node = successor.identity["node_id"].as_str().unwrap();
    let again = confirm_replaced(&three[0], &successor, node);
    assert_eq!((listed(&again["succeeded"]), &again["reissued"]), (BTreeSet::new(), &json!([])));
    assert_eq!(again["waiting"], replaced["waiting"]);
    let dead = std::mem::replace(&mut three.regions[1], successor);
    assert_eq!(custody(&three[0], &moved), "in_transit", "until somebody receives");
    assert_eq!(astray(&three, &people), BTreeSet::new());
    for letter in [moving, declining] {
        three.until_state(letter, "released", 0, 1);
    }
    let letter = three[1].letter(moving);
    assert_eq!(letter["next"], json!(["accept", "refuse"]), "{letter:#}");
    assert_eq!(letter["member"]["name"], three[0].member(&moved)["name"]);
    assert_eq!(letter["successions"][0]["predecessor"], dead.identity["node_id"]);
    assert_eq!(letter["successions"], three[0].letter(moving)["successions"]);
    let incoming = three[1].list(&["letter", "list", "--direction", "in", "--state", "released"]);
    assert_eq!(incoming.len(), 2);
    three[1].refused(&["member", "show", &moved], "member.unknown", 4);

    three[1].accept(moving);
    three.until_state(moving, "closed", 0, 1);
    let way = ["offer", "accept", "release", "succession", "receipt", "ack"];
    assert_eq!(kinds(&three[0], moving), way);
    assert_eq!(kinds(&three[1], moving), way);
    assert_eq!(custody(&three[0], &moved), "transferred");
    assert_eq!(three[1].member(&moved)["generation"], 1);
    three[1].ok(&["letter", "refuse", declining, "--ground", "not_arrived"]);
    three.until_state(declining, "refused", 0, 1);
    assert_eq!(custody(&three[0], &declined), "here");
    assert_eq!(astray(&three, &people), BTreeSet::new());
    let history = three[1].list(&["member", "history", &moved]);
    let succession = history.iter().filter(|event| event["kind"] == "succession");
    assert_eq!(succession.count(), 1, "{history:#?}");

    // The third region knew the node that is gone, and takes the word of its successor once people
    // there have replaced it as well.
    let nothing = replace(&three[2], &three[1]);
    assert_eq!(listed(&nothing["succeeded"]), BTreeSet::new());
    until_paired(&three[1], &three[2]);
    three.hand_over(&moved, 1, 2);
    three.hand_over(&moved, 2, 0);
    assert_eq!(three[0].member(&moved)["generation"], 3);
    assert_eq!(astray(&three, &people), BTreeSet::new());
}

#[test]
fn the_successor_of_an_origin_files_the_receipt_and_the_member_moves_on() {
    let mut three = three();
    let mut people = roster(&three[1]);
    people.extend(roster(&three[2]));
    let member = three[0].fresh_member();
    people.insert(member.clone());
    let letter = three[0].issue(&member, &three[1]);
    three[0].stop();
    three[0].start_failing_at("ack-signed.before");
    three[1].accept(&letter);
    three[0].wait_for_death();
    let received = || (three[1].letter_state(&letter)? == "received").then_some(());
    until("received", &[&three[1]], received);

    // The successor dies as well, in the commit by which it steps in, and comes back.
    let mut successor = Region::successor(&three.scratch, three[0].spec);
    successor.stop();
    successor.start_failing_at("ack-signed.before");
    let replaced = replace(&three[1], &successor);
    assert_eq!(listed(&replaced["succeeded"]), BTreeSet::from([letter.clone()]), "{replaced:#}");
    successor.wait_for_death();
    successor.start();
    three.regions[0] = successor;
    three.until_state(&letter, "closed", 0, 1);
    let shown = three[0].letter(&letter);
    assert_eq!((&shown["direction"], &shown["next"]), (&"out".into(), &json!([])));
    let way = ["offer", "accept", "release", "receipt", "succession", "ack"];
    assert_eq!(kinds(&three[0], &letter), way);
    assert_eq!(kinds(&three[1], &letter), way);
    assert_eq!(astray(&three, &people), BTreeSet::new());

    // Whoever still trusts the node that is said to be gone does not take another's word for it.
    let early = three[1].issue(&member, &three[2]);
    three[2].accept(&early);
    three.until_state(&early, "refused", 1, 2);
    assert_eq!(three[1].letter(&early)["refusal"]["ground"], "malformed");
    assert_eq!(custody(&three[1], &member), "here");
    replace(&three[2], &three[0]);
    three.hand_over(&member, 1, 2);
    until_paired(&three[0], &three[2]);
    three.hand_over(&member, 2, 0);
    assert_eq!(three[0].member(&member)["generation"], 3);
    assert_eq!(astray(&three, &people), BTreeSet::new());
    // The successor numbers its own letters from one, as the node that is gone did.
    three.hand_over(&member, 0, 1);
}

/// First the destination goes, then the origin: each of the four nodes signed its part.
#[test]
fn both_nodes_of_a_letter_may_be_replaced() {
    let mut three = three();
    let member = three[0].fresh_member();
    let letter = three[0].issue(&member, &three[1]);
    three[1].stop();
    three[1].start_failing_at("receipt-signed.after");
    three[1].run(&["letter", "accept", &letter, "--org", &three[1].branch(), "--met"]);
    three[1].wait_for_death();
    three[0].stop();
    three[0].start_failing_at("ack-signed.before");
    let destination = Region::successor(&three.scratch, three[1].spec);
    replace(&three[0], &destination);
    three.regions[1] = destination;
    let arrived = || (three[1].letter_state(&letter)? == "released").then_some(());
    until("handed on", &[&three[1]], arrived);
    three[1].accept(&letter);
    three[0].wait_for_death();
    let origin = Region::successor(&three.scratch, three[0].spec);
    let replaced = replace(&three[1], &origin);
    assert_eq!(listed(&replaced["succeeded"]), BTreeSet::from([letter.clone()]), "{replaced:#}");
    three.regions[0] = origin;
    three.until_state(&letter, "closed", 0, 1);
    let way = ["offer", "accept", "release", "succession", "receipt", "succession", "ack"];
    assert_eq!(kinds(&three[0], &letter), way);
    assert_eq!(kinds(&three[1], &letter), way);
    replace(&three[2], &three[0]);
    replace(&three[2], &three[1]);
    until_paired(&three[1], &three[2]);
    three.hand_over(&member, 1, 2);
    assert_eq!(three[2].member(&member)["generation"], 2);
    let census = Census::of(&three.regions);
    assert_eq!(census.duplicated(), BTreeSet::new());
    assert_eq!(census.full[&member], BTreeSet::from([three[2].code()]));
}

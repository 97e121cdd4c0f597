//! Members who move on: to a third region, and back to where they came from.

use std::collections::BTreeMap;

use tests::federation::{Federation, PAIR, Plan};
use tests::region::Region;
use tests::waiting::until;

fn custody(region: &Region, member: &str) -> String {
    region.member(member)["custody"].as_str().unwrap().to_owned()
}

#[test]
fn a_member_moves_on_to_a_third_region_and_home_again() {
    let three = Federation::start(Plan { regions: 3, ..PAIR });
    let member = three[0].fresh_member();
    for (generation, (from, to)) in (0..).zip([(0, 1), (1, 2), (2, 0)]) {
        let letter = three.hand_over(&member, from, to);
        assert_eq!(three[from].letter(&letter)["generation"], generation);
        assert_eq!(three[to].member(&member)["generation"], generation + 1);
        assert_eq!(custody(&three[from], &member), "transferred");
        assert_eq!(custody(&three[to], &member), "here");
        three.assert_whole();
    }
    let refused = three[0].issue(&three[0].fresh_member(), &three[2]);
    three[2].ok(&["letter", "refuse", &refused, "--ground", "not_arrived"]);
    three.until_state(&refused, "refused", 0, 2);
    for region in &three.regions {
        let counts = region.ok(&["status"])["letters"].clone();
        for direction in ["out", "in"] {
            let letters = region.list(&["letter", "list", "--direction", direction]);
            let mut listed = BTreeMap::new();
            for letter in &letters {
                *listed.entry(letter["state"].as_str().unwrap().to_owned()).or_insert(0) += 1;
            }
            let counted: BTreeMap<String, u64> =
                serde_json::from_value(counts[direction].clone()).unwrap();
            assert_eq!(counted, listed, "{} {direction}", region.name());
        }
    }
}

#[test]
fn a_member_returns_to_the_region_that_sent_them() {
    let pair = Federation::start(PAIR);
    let member = pair[0].fresh_member();
    pair.hand_over(&member, 0, 1);
    pair.hand_over(&member, 1, 0);
    assert_eq!(pair[0].member(&member)["generation"], 2);
    assert_eq!(custody(&pair[0], &member), "here");
    assert_eq!(custody(&pair[1], &member), "transferred");
    pair.hand_over(&member, 0, 1);
    assert_eq!(pair[1].member(&member)["generation"], 3);
    pair.assert_whole();
}

#[test]
fn nobody_moves_on_before_the_origin_has_filed_the_receipt() {
    let mut three = Federation::start(Plan { regions: 3, ..PAIR });
    let member = three[0].fresh_member();
    let letter = three[0].issue(&member, &three[1]);
    three[0].stop();
    three[0].start_failing_at("ack-signed.before");
    three[1].accept(&letter);
    three[0].wait_for_death();
    let received = || (three[1].letter_state(&letter).as_deref() == Some("received")).then_some(());
    until("received", &[&three[1]], received);
    assert_eq!(custody(&three[1], &member), "here");
    let to = three[2].committee();
    let onward = ["letter", "issue", "--member", &member, "--to", &to];
    let reply = three[1].run(&onward);
    assert_eq!(reply.exit(), 5, "{reply:#?}");

    three[0].start();
    three.until_state(&letter, "closed", 0, 1);
    three.hand_over(&member, 1, 2);
    three.assert_whole();
}

/// A letter is voided and re-routed while its first addressee is cut off; the late answer of that
/// addressee comes just when the second letter has been released. Nobody becomes a second holder.
#[test]
fn a_late_answer_to_a_voided_letter_does_not_touch_the_one_that_stands_for_it() {
    let mut three = Federation::start(Plan { regions: 3, ..PAIR });
    for answer in ["accept", "refuse"] {
        let member = three[0].fresh_member();
        let first = three[0].issue(&member, &three[1]);
        three.until_state(&first, "issued", 0, 1);
        three[0].stop();
        let branch = three[1].branch();
        match answer {
            "accept" => three[1].ok(&["letter", "accept", &first, "--org", &branch, "--met"]),
            _ => three[1].ok(&["letter", "refuse", &first, "--ground", "not_arrived"]),
        };
        three[1].stop();
        three[0].start();
        let to = three[2].committee();
        let void = ["letter", "void", &first, "--reason", "rerouted", "--to", &to];
        let second = three[0].ok(&void)["id"].as_str().unwrap().to_owned();
        three.until_state(&second, "issued", 0, 2);
        three[2].stop();
        three[2].start_failing_at("receipt-signed.before");
        let branch = three[2].branch();
        three[2].ok(&["letter", "accept", &second, "--org", &branch, "--met"]);
        three[2].wait_for_death();
        assert_eq!(custody(&three[0], &member), "in_transit");
        three[1].start();
        three.until_state(&first, "voided", 0, 1);
        let answered = || {
            let letter = three[0].letter(&first);
            letter["statements"].as_array().unwrap().len().ge(&3).then_some(())
        };
        until("the late answer has come", &[&three[0], &three[1]], answered);
        assert_eq!(custody(&three[0], &member), "in_transit", "after a late {answer}");
        three[2].start();
        three.until_state(&second, "closed", 0, 2);
        assert_eq!(custody(&three[0], &member), "transferred");
        assert_eq!(custody(&three[2], &member), "here");
        three.assert_whole();
    }
}

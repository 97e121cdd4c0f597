//! A region whose node is gone for good: its successor takes its place on two persons' word.

use tests::federation::{Federation, PAIR};
use tests::region::{Mode, Region};
use tests::scratch::Scratch;
use tests::waiting::until;

#[test]
fn a_dead_node_is_replaced_and_its_unanswered_letters_are_issued_again() {
    let mut pair = Federation::start(PAIR);
    let waiting = pair.regions[0].fresh_member();
    let old = pair.regions.pop().unwrap();
    let origin = &pair.regions[0];
    let letter = origin.issue(&waiting, &old);
    let old_fingerprint = old.fingerprint().to_owned();
    drop(old);

    let elsewhere = Scratch::new();
    let mut successor = Region::init(&elsewhere, &dukou::demo::regions::HANBIN, Mode::Rehearsal);
    successor.enter_orgs();
    successor.start();
    let invitation = origin.file("successor.invitation");
    origin.ok(&["peer", "invite", "--out", &invitation]);
    successor.ok(&["peer", "accept", &invitation, "--fingerprint", origin.fingerprint()]);
    let code = successor.code();
    let pending = || {
        let peers = origin.list(&["peer", "list"]);
        let found = peers.into_iter().find(|peer| peer["state"] == "pending")?;
        Some(found["node_id"].as_str().unwrap().to_owned())
    };
    let node = until("the successor waits", &[origin, &successor], pending);

    let by = ["--confirmed-by", "王善武", "--confirmed-by", "李敏"];
    let replace = |fingerprint: &str, by: &[&str]| {
        let mut args = vec!["peer", "replace", &code, &node, "--fingerprint", fingerprint];
        args.extend(by);
        origin.run(&args)
    };
    replace(&old_fingerprint, &by).expect_refused("peer.fingerprint", 9);
    replace(successor.fingerprint(), &by[..2]).expect_refused("role.denied", 7);
    let alone = ["--confirmed-by", "李敏", "--confirmed-by", "李敏"];
    replace(successor.fingerprint(), &alone).expect_refused("role.denied", 7);
    assert_eq!(origin.letter_state(&letter).as_deref(), Some("issued"));

    let replaced = replace(successor.fingerprint(), &by).expect_ok();
    assert_eq!(replaced["peer"]["state"], "active");
    assert_eq!(replaced["peer"]["node_id"], node);
    assert_eq!(replaced["waiting"].as_array().unwrap().len(), 0);
    assert_eq!(origin.letter_state(&letter).as_deref(), Some("voided"));
    let again = replaced["reissued"][0].as_str().unwrap().to_owned();
    assert_eq!(origin.letter(&again)["replaces"], letter);
    let arrived = || (successor.letter_state(&again)? == "issued").then_some(());
    until("the letter reaches the successor", &[origin, &successor], arrived);
    successor.accept(&again);
    let closed = || (origin.letter_state(&again)? == "closed").then_some(());
    until("the letter is closed", &[origin, &successor], closed);
    assert_eq!(successor.member(&waiting)["custody"], "here");
    assert_eq!(origin.member(&waiting)["custody"], "transferred");
}

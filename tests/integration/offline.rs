//! With and without a running node: the lock, the socket, the end in order and the end without.

use std::sync::Arc;

use dukou::demo::people::Crowd;
use dukou::demo::regions::SHIQUAN;
use tests::command::Environment;
use tests::region::{Mode, Region};
use tests::scratch::Scratch;

fn region(scratch: &Arc<Scratch>) -> Region {
    let region = Region::init(scratch, &SHIQUAN, Mode::Rehearsal);
    region.enter_orgs();
    region.enter_people(Crowd::new(3, 20).of(&SHIQUAN));
    region
}

#[test]
fn commands_answer_the_same_with_and_without_a_node() {
    let scratch = Scratch::new();
    let mut region = region(&scratch);
    let ask = |region: &Region| {
        let orgs = region.list(&["org", "list"]);
        assert_eq!(orgs.len(), SHIQUAN.orgs.len());
        let roster = region.ok(&["status"])["roster"].clone();
        (orgs, region.list(&["member", "list"]), roster, region.list(&["letter", "list"]))
    };
    let without = ask(&region);
    region.start();
    assert_eq!(ask(&region), without);
    let member = region.fresh_member();
    let branch = region.branch();
    region.ok(&["member", "move", &member, "--org", &branch]);
    region.stop();
    assert_eq!(region.member(&member)["org"], branch.as_str());
}

#[test]
fn one_directory_has_one_node() {
    let scratch = Scratch::new();
    let mut first = region(&scratch);
    first.start();
    let second = first.run(&["serve"]);
    second.expect_refused("node.locked", 11);
    first.ok(&["status"]);
}

#[test]
fn a_node_ends_in_order_when_asked() {
    let scratch = Scratch::new();
    let mut region = region(&scratch);
    for end in [Region::stop, Region::interrupt] {
        region.start();
        let status = end(&mut region);
        assert_eq!(status.code(), Some(0), "{status}");
    }
}

#[test]
fn addresses_chosen_by_the_system_are_kept() {
    let scratch = Scratch::new();
    let mut region = region(&scratch);
    region.start();
    let first = region.ready().clone();
    assert_eq!(first["node_id"], region.identity["node_id"]);
    let listen: std::net::SocketAddr = first["listen"].as_str().unwrap().parse().unwrap();
    assert_ne!(listen.port(), 0);
    assert!(first["http"].as_str().unwrap().starts_with("http"), "{first:#}");
    region.stop();
    region.start();
    assert_eq!(*region.ready(), first);
}

#[test]
fn a_killed_node_leaves_nothing_in_the_way() {
    let scratch = Scratch::new();
    let mut region = region(&scratch);
    region.start();
    let before = region.list(&["member", "list"]);
    region.kill();
    assert_eq!(region.list(&["member", "list"]), before);
    region.start();
    assert_eq!(region.list(&["member", "list"]), before);
}

#[test]
fn a_time_that_cannot_be_read_starts_nothing() {
    let scratch = Scratch::new();
    let mut region = region(&scratch);
    let wrong = Environment::default().with("DUKOU_NOW", "no time at all");
    let refused = region.try_start(&wrong).unwrap_err();
    assert!(refused.status.is_some_and(|status| !status.success()), "{refused:#?}");
    region.start();
}

#[test]
fn a_real_node_does_not_start_with_a_fail_point() {
    let scratch = Scratch::new();
    let mut real = Region::init(&scratch, &SHIQUAN, Mode::Real);
    let armed = Environment::default().with("DUKOU_FAIL_AT", "offer-signed.before");
    let refused = real.try_start(&armed).unwrap_err();
    assert!(refused.stdout.contains("node.not_rehearsal"), "{refused:#?}");
    real.start();
}

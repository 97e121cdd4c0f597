//! Letters that run out: the last day is inclusive, and a late acceptance is never lost in silence.

use tests::federation::{Federation, PAIR, Plan};

/// 09:00 in Shanghai on the first day.
const ISSUED: &str = "2027-03-02T01:00:00Z";

/// Starts a stopped region at another time. Both ends move together, as their real clocks would: a
/// statement from another day's future is not believed.
fn start_at(federation: &mut Federation, region: usize, now: &str) {
    federation[region].set_now(now);
    federation[region].start();
}

#[test]
fn a_letter_is_valid_to_the_end_of_its_last_day_and_no_longer() {
    let mut pair = Federation::start(Plan { now: Some(ISSUED), ..PAIR });
    let [in_time, late] = [pair[0].fresh_member(), pair[0].fresh_member()];
    let to = pair[1].committee();
    let letters = [&in_time, &late].map(|member| {
        let issue = ["letter", "issue", "--member", member, "--to", &to, "--days", "10", "--wait"];
        let letter = pair[0].ok(&issue);
        assert_eq!(letter["valid_until"], "2027-03-12");
        letter["id"].as_str().unwrap().to_owned()
    });

    pair[0].stop();
    pair[1].stop();
    // 23:00 in Shanghai on the last day.
    start_at(&mut pair, 1, "2027-03-12T15:00:00Z");
    pair[1].accept(&letters[0]);
    pair[1].stop();
    // The morning after.
    start_at(&mut pair, 1, "2027-03-13T01:00:00Z");
    let branch = pair[1].branch();
    let accept = ["letter", "accept", &letters[1], "--org", &branch, "--met"];
    pair[1].refused(&accept, "letter.expired", 5);

    start_at(&mut pair, 0, "2027-03-13T01:00:00Z");
    pair.until_state(&letters[0], "closed", 0, 1);
    // Having heard the destination up to a later day, the origin voids by itself.
    pair.until_state(&letters[1], "voided", 0, 1);
    assert_eq!(pair[0].member(&late)["custody"], "here");

    let again = pair[0].ok(&["letter", "reissue", &letters[1]]);
    let again = again["id"].as_str().unwrap().to_owned();
    pair.until_state(&again, "issued", 0, 1);
    pair[1].accept(&again);
    pair.until_state(&again, "closed", 0, 1);
    pair.assert_whole();
}

#[test]
fn an_acceptance_made_in_time_counts_however_late_it_arrives() {
    let mut pair = Federation::start(Plan { now: Some(ISSUED), ..PAIR });
    let member = pair[0].fresh_member();
    let to = pair[1].committee();
    let issue = ["letter", "issue", "--member", &member, "--to", &to, "--days", "10", "--wait"];
    let letter = pair[0].ok(&issue)["id"].as_str().unwrap().to_owned();
    pair[0].stop();
    pair[1].accept(&letter);
    pair[1].stop();
    // The origin comes back a month later, and first. Its own clock alone must not void.
    start_at(&mut pair, 0, "2027-04-20T01:00:00Z");
    assert_eq!(pair[0].letter_state(&letter).as_deref(), Some("issued"));
    start_at(&mut pair, 1, "2027-04-20T01:00:00Z");
    pair.until_state(&letter, "closed", 0, 1);
    pair.assert_whole();
}

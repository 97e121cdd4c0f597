//! A batch after the first try: letters that are issued again keep their place, `retry` does what
//! it is asked, and `list` finds every batch.

use serde_json::Value;
use tests::federation::Federation;
use tests::region::Region;
use tests::waiting::until;

use crate::batch::{DESTINATION, ORIGIN, args, federation, items, sheet, until_all};

const MEMBERS: usize = 40;
const MANY: usize = 6;

/// Issues a batch of the first few and waits until all have arrived.
fn issued(federation: &Federation) -> String {
    let file = sheet(federation, MEMBERS, MANY).csv(&federation.scratch, "some.csv");
    let issued = federation[ORIGIN].ok(&args("issue", &file, &["--confirm", "6"]));
    let batch = issued["id"].as_str().unwrap().to_owned();
    until_all(federation, &batch, "issued", MANY);
    batch
}

fn letter_at(region: &Region, batch: &str, place: usize) -> String {
    let items = items(region, batch);
    assert_eq!(items[place - 1]["place"], place);
    items[place - 1]["letter"].as_str().unwrap().to_owned()
}

fn until_state(federation: &Federation, letter: &str, state: &str) {
    federation.until_state(letter, state, ORIGIN, DESTINATION);
}

fn letters_of(shown: &Value) -> u64 {
    let letters = shown["counts"]["letters"].as_object().unwrap();
    letters.values().map(|count| count.as_u64().unwrap()).sum()
}

#[test]
fn a_letter_that_is_issued_again_keeps_its_place_at_both_ends() {
    let federation = federation(MEMBERS);
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    let batch = issued(&federation);
    let refused = letter_at(origin, &batch, 2);
    destination.ok(&["letter", "refuse", &refused, "--ground", "details_differ"]);
    until_state(&federation, &refused, "refused");
    let again = origin.ok(&["letter", "reissue", &refused]);
    assert_eq!(again["batch"], origin.letter(&refused)["batch"]);
    assert_eq!(again["dues_paid_through"], "2026-02", "as the sheet said");
    // One that was lost on the way is voided and issued again by one command.
    let lost = origin.ok(&["letter", "reissue", &letter_at(origin, &batch, 3)]);
    let new = [(2, again["id"].as_str().unwrap()), (3, lost["id"].as_str().unwrap())];
    for (place, letter) in new {
        until_state(&federation, letter, "issued");
        for end in [origin, destination] {
            assert_eq!(letter_at(end, &batch, place), letter);
            let shown = end.ok(&["batch", "show", &batch]);
            assert_eq!((shown["items"].as_array().unwrap().len(), letters_of(&shown)), (6, 6));
            assert_eq!(shown["counts"]["waiting"], 0);
        }
    }
    let accepted = destination.ok(&["batch", "accept", &batch, "--org", &destination.branch()]);
    assert_eq!((&accepted["accepted"], &accepted["failed"]), (&MANY.into(), &0.into()));
    until_all(&federation, &batch, "closed", MANY);
    federation.assert_whole();
}

#[test]
fn a_letter_that_is_rerouted_stays_with_its_person_in_the_batch() {
    let federation = federation(MEMBERS);
    let origin = &federation[ORIGIN];
    let batch = issued(&federation);
    let (old, branch) = (letter_at(origin, &batch, 1), federation[DESTINATION].branch());
    let new = origin.ok(&["letter", "void", &old, "--reason", "rerouted", "--to", &branch]);
    let shown = &items(origin, &batch)[0];
    assert_eq!((&shown["letter"], &shown["to_org"]), (&new["id"], &branch.as_str().into()));
    until_all(&federation, &batch, "issued", MANY);
}

#[test]
fn a_retry_issues_again_what_was_refused_or_voided_if_it_is_asked_to() {
    let federation = federation(MEMBERS);
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    let batch = issued(&federation);
    let letters: Vec<String> = (1..=4).map(|place| letter_at(origin, &batch, place)).collect();
    for letter in &letters[..3] {
        destination.ok(&["letter", "refuse", letter, "--ground", "not_arrived"]);
        until_state(&federation, letter, "refused");
    }
    origin.ok(&["letter", "void", &letters[3], "--reason", "withdrawn"]);
    let gone = items(origin, &batch)[2]["member"]["ref"].as_str().unwrap().to_owned();
    origin.ok(&["member", "end", &gone, "--reason", "left", "--on", "2026-01-31"]);

    let plain = origin.ok(&["batch", "retry", &batch]);
    assert_eq!((&plain["issued"], &plain["reissued"]), (&0.into(), &0.into()));
    assert_eq!(plain["counts"]["letters"]["refused"], 3);
    let refused = origin.run(&["batch", "retry", &batch, "--refused"]);
    assert_eq!(refused.exit(), 3, "{refused:#?}");
    let refused = refused.data();
    assert_eq!((&refused["reissued"], &refused["failed"]), (&2.into(), &1.into()));
    let failed = &refused["items"][0];
    assert_eq!((&failed["place"], &failed["ref"]), (&3.into(), &gone.as_str().into()));
    assert_eq!(failed["code"], "member.not_full");
    assert_eq!(refused["counts"]["letters"]["voided"], 1, "nobody asked about this one");
    let voided = origin.ok(&["batch", "retry", &batch, "--voided"]);
    assert_eq!((&voided["reissued"], &voided["failed"]), (&1.into(), &0.into()));
    let again = origin.run(&["batch", "retry", &batch, "--voided", "--refused"]);
    assert_eq!(again.data()["reissued"], 0, "a second time there is nothing to do");

    until("all arrived", &[origin, destination], || {
        let shown = destination.ok(&["batch", "show", &batch]);
        (shown["counts"]["letters"]["issued"] == MANY - 1).then_some(())
    });
    destination.ok(&["batch", "accept", &batch, "--org", &destination.branch()]);
    until_all(&federation, &batch, "closed", MANY - 1);
}

#[test]
fn every_batch_is_listed_at_both_ends_with_how_far_it_is() {
    let federation = federation(MEMBERS);
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    assert_eq!(origin.list(&["batch", "list"]).len(), 0);
    let first = issued(&federation);
    destination.ok(&["batch", "accept", &first, "--org", &destination.branch()]);
    until_all(&federation, &first, "closed", MANY);
    let all = sheet(&federation, MEMBERS, MANY + 2);
    let file = all.csv(&federation.scratch, "more.csv");
    let second = args("issue", &file, &["--confirm", "2", "--only-valid"]);
    let second = origin.run(&second).data()["id"].as_str().unwrap().to_owned();
    until_all(&federation, &second, "issued", 2);

    for (end, direction, from) in
        [(origin, "out", Value::Null), (destination, "in", origin.code().into())]
    {
        let other = if direction == "out" { "in" } else { "out" };
        assert_eq!(end.list(&["batch", "list", "--direction", other]).len(), 0);
        for args in [&["batch", "list"][..], &["batch", "list", "--direction", direction]] {
            let listed = end.list(args);
            let ids: Vec<&str> = listed.iter().map(|one| one["id"].as_str().unwrap()).collect();
            assert_eq!(ids, [&second, &first], "newest first");
            assert_eq!(listed[0]["counts"]["letters"]["issued"], 2);
            assert_eq!(listed[1]["counts"]["letters"]["closed"], MANY);
            assert!(listed.iter().all(|one| one["direction"] == direction));
            assert!(listed.iter().all(|one| one["from_region"] == from), "{listed:#?}");
        }
        let (page, next) = end.run(&["batch", "list", "--limit", "1"]).expect_list();
        assert_eq!(page[0]["id"], second.as_str());
        let next = next.expect("there is one more");
        let rest = end.run(&["batch", "list", "--limit", "1", "--after", &next]).expect_list();
        assert_eq!((&rest.0[0]["id"], rest.1), (&first.as_str().into(), None));
        end.refused(&["batch", "list", "--after", "x"], "field.invalid", 6);
    }
}

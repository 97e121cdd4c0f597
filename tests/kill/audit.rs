//! Counts and compares once all is quiet: nobody lost, nobody held twice, one truth at both ends,
//! and every answer that was given still true.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde_json::Value;
use tests::federation::Federation;
use tests::region::Region;
use tests::waiting::until;

use crate::clerks::{Office, PEOPLE};

/// The states in which nothing more happens by itself.
const ENDS: [&str; 3] = ["closed", "refused", "voided"];

/// Waits until nothing moves, and judges. Gives letters by state, and how many acknowledged
/// statements were found again. Both nodes are stopped afterwards.
pub fn audit(federation: &mut Federation, office: &Office) -> (BTreeMap<String, usize>, usize) {
    let ends = [&federation[0], &federation[1]];
    let letters = until("quiet: every letter at its end", &ends, || {
        let letters = ends.map(letters);
        let ended = |letter: &Value| ENDS.contains(&state(letter));
        let quiet = letters.iter().all(|of| of.len() == PEOPLE && of.values().all(ended));
        (quiet && letters[0].keys().eq(letters[1].keys())).then_some(letters)
    });
    let mut states = BTreeMap::new();
    let mut members = BTreeSet::new();
    for (id, at_origin) in &letters[0] {
        let at_destination = &letters[1][id];
        assert_eq!(state(at_origin), state(at_destination), "{at_origin:#}\n{at_destination:#}");
        assert_eq!(hashes(at_origin), hashes(at_destination), "{id}");
        let made = |kind: &str| hashes(at_origin).iter().any(|(one, _)| one == kind);
        assert!(!(made("void") && made("release")), "{at_origin:#}");
        assert!(!(made("receipt") && made("refusal")), "{at_origin:#}");
        members.insert(at_origin["member"]["ref"].to_string());
        *states.entry(state(at_origin).to_owned()).or_default() += 1;
    }
    assert_eq!(members.len(), PEOPLE, "one letter a person");
    federation.assert_whole();
    assert_custody_follows_the_letters(federation, &letters[0]);
    let acknowledged = assert_answers_hold(office, &letters);
    assert_batch_is_whole(federation, office);
    for side in 0..2 {
        assert!(federation[side].stop().success(), "an orderly end");
        assert_sound(&federation[side]);
    }
    (states, acknowledged)
}

fn letters(region: &Region) -> BTreeMap<String, Value> {
    let letters = region.list(&["letter", "list"]).into_iter();
    letters.map(|letter| (letter["id"].as_str().unwrap().to_owned(), letter)).collect()
}

fn state(letter: &Value) -> &str {
    letter["state"].as_str().unwrap()
}

/// The statements of a letter, by kind and hash.
fn hashes(letter: &Value) -> BTreeSet<(String, String)> {
    let statements = letter["statements"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    statements.map(|one| (text(&one["kind"]), text(&one["hash"]))).collect()
}

/// Whoever's letter is closed is with the destination, everybody else with the origin.
fn assert_custody_follows_the_letters(federation: &Federation, letters: &BTreeMap<String, Value>) {
    let here = |side: usize| -> BTreeSet<String> {
        let members = federation[side].list(&["member", "list", "--custody", "here"]);
        members.iter().map(|member| member["ref"].as_str().unwrap().to_owned()).collect()
    };
    let (origin, destination) = (here(0), here(1));
    for letter in letters.values() {
        let member = letter["member"]["ref"].as_str().unwrap();
        let moved = state(letter) == "closed";
        assert_eq!(destination.contains(member), moved, "{letter:#}");
        assert_eq!(origin.contains(member), !moved, "{letter:#}");
    }
}

fn assert_answers_hold(office: &Office, letters: &[BTreeMap<String, Value>; 2]) -> usize {
    let signed = office.ledger.all_signed();
    for one in &signed {
        for end in letters {
            let letter = &end[&one.letter];
            let kept = hashes(letter).iter().any(|(kind, _)| kind == one.kind);
            // A refusal and an acceptance of one letter may both have been answered; both stand.
            assert!(kept, "answered, and gone: {one:?}\n{letter:#}");
        }
        if one.kind == "void" {
            assert_eq!(state(&letters[0][&one.letter]), "voided", "{one:?}");
        }
    }
    signed.len()
}

fn assert_batch_is_whole(federation: &Federation, office: &Office) {
    let any = federation[0].list(&["letter", "list"]);
    let batch = any[0]["batch"]["id"].as_str().unwrap();
    if let Some(answered) = office.ledger.batch() {
        assert_eq!(answered, batch);
    }
    for side in 0..2 {
        let shown = federation[side].ok(&["batch", "show", batch]);
        let counts = &shown["counts"];
        assert_eq!((&counts["waiting"], &counts["failed"]), (&0.into(), &0.into()), "{counts:#}");
        let letters = counts["letters"].as_object().unwrap().values();
        assert_eq!(letters.map(|count| count.as_u64().unwrap()).sum::<u64>(), PEOPLE as u64);
    }
}

/// The file itself is whole.
fn assert_sound(region: &Region) {
    let database = Connection::open(region.data.join("dukou.db")).unwrap();
    let verdict: String =
        database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "{}", region.name());
}

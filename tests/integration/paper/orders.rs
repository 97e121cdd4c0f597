//! The code and the feed in every order, with deaths between: always one letter, one holder, and
//! the same word at both ends.

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tests::federation::{Federation, PAIR, Plan};
use tests::region::Region;
use tests::waiting::until;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// Issues a letter that no network carries: the destination is down, and then the origin is.
fn carried_by_hand(pair: &mut Federation) -> (String, String, String) {
    pair[DESTINATION].stop();
    let member = pair[ORIGIN].fresh_member();
    let to = pair[DESTINATION].committee();
    let letter = pair[ORIGIN].ok(&["letter", "issue", "--member", &member, "--to", &to]);
    let letter = letter["id"].as_str().unwrap().to_owned();
    let code = pair[ORIGIN].ok(&["letter", "qr", &letter]);
    pair[ORIGIN].stop();
    pair[DESTINATION].start();
    (member, letter, code["text"].as_str().unwrap().to_owned())
}

fn scan(region: &Region, code: &str) -> Value {
    region.ok(&["letter", "scan", code])
}

fn read<T: rusqlite::types::FromSql>(region: &Region, sql: &str) -> T {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = Connection::open_with_flags(region.data.join("dukou.db"), flags).unwrap();
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn floating(region: &Region) -> i64 {
    read(region, "SELECT count(*) FROM floating")
}

/// the code is the Offer itself, and what comes later by the feed is the same.
#[test]
fn a_walk_in_is_accepted_while_the_origin_is_away_and_all_completes_by_itself() {
    let mut pair = Federation::start(PAIR);
    let (member, letter, code) = carried_by_hand(&mut pair);
    let scanned = scan(&pair[DESTINATION], &code);
    assert_eq!((&scanned["id"], &scanned["state"]), (&letter.as_str().into(), &"issued".into()));
    assert_eq!(scanned["floating"], true);
    let verdict = pair[DESTINATION].ok(&["letter", "verify", &code]);
    assert_eq!(
        (&verdict["verdict"], &verdict["confirmed_with_origin"]),
        (&"valid".into(), &false.into())
    );
    let accepted = pair[DESTINATION].accept(&letter);
    assert_eq!(accepted["state"], "accepted");
    assert_eq!(accepted["custody_org"], accepted["from_org"], "the origin still answers");
    assert_eq!(pair[DESTINATION].member(&member)["custody"], "provisional");
    let hash: Vec<u8> = read(&pair[DESTINATION], "SELECT hash FROM floating");

    // Once more, before and after a restart: the same letter, already accepted.
    assert_eq!(scan(&pair[DESTINATION], &code)["state"], "accepted");
    pair[DESTINATION].kill();
    pair[DESTINATION].start();
    assert_eq!(scan(&pair[DESTINATION], &code)["id"], letter.as_str());
    assert_eq!(pair[DESTINATION].list(&["letter", "list"]).len(), 1);

    pair[ORIGIN].start();
    pair.until_state(&letter, "closed", ORIGIN, DESTINATION);
    assert_eq!(floating(&pair[DESTINATION]), 0, "the feed brought it");
    let offer: Vec<u8> = read(&pair[DESTINATION], "SELECT hash FROM entry WHERE kind = 16");
    assert_eq!(offer, hash, "the very same entry");
    let verdict = pair[DESTINATION].ok(&["letter", "verify", &code]);
    assert_eq!(
        (&verdict["verdict"], &verdict["confirmed_with_origin"]),
        (&"superseded".into(), &true.into())
    );
    let shown = scan(&pair[DESTINATION], &code);
    assert_eq!((&shown["state"], &shown["floating"]), (&"closed".into(), &false.into()));
    pair.assert_whole();
}

#[test]
fn the_electronic_letter_after_the_paper_is_the_same_one() {
    let mut pair = Federation::start(PAIR);
    let (member, letter, code) = carried_by_hand(&mut pair);
    let (paper, statements) = {
        let paper = scan(&pair[DESTINATION], &code);
        let statements = paper["statements"].clone();
        (paper, statements)
    };
    pair[ORIGIN].start();
    let settled = || (!pair[DESTINATION].letter(&letter)["floating"].as_bool()?).then_some(());
    until("the feed brings it", &[&pair[ORIGIN], &pair[DESTINATION]], settled);
    let shown = pair[DESTINATION].letter(&letter);
    assert_eq!(shown["statements"], statements);
    assert_eq!(shown["member"], paper["member"], "the particulars open as before");
    assert_eq!(pair[DESTINATION].list(&["letter", "list"]).len(), 1);
    pair[DESTINATION].accept(&letter);
    pair.until_state(&letter, "closed", ORIGIN, DESTINATION);
    assert_eq!(pair[DESTINATION].member(&member)["custody"], "here");
    pair.assert_whole();
}

#[test]
fn a_letter_that_was_withdrawn_before_brings_nobody_over() {
    let mut pair = Federation::start(PAIR);
    let (member, letter, code) = carried_by_hand(&mut pair);
    // Withdrawn by a command, while no node of the origin runs.
    pair[ORIGIN].ok(&["letter", "void", &letter, "--reason", "withdrawn"]);
    scan(&pair[DESTINATION], &code);
    pair[DESTINATION].accept(&letter);
    pair[ORIGIN].start();
    pair.until_state(&letter, "voided", ORIGIN, DESTINATION);
    assert_eq!(pair[ORIGIN].member(&member)["custody"], "here");
    pair[DESTINATION].refused(&["member", "show", &member], "member.unknown", 4);
    let verdict = pair[DESTINATION].ok(&["letter", "verify", &code]);
    assert_eq!(verdict["verdict"], "superseded");
    pair.assert_whole();
}

#[test]
fn a_letter_that_came_on_paper_can_be_refused() {
    let mut pair = Federation::start(PAIR);
    let (member, letter, code) = carried_by_hand(&mut pair);
    scan(&pair[DESTINATION], &code);
    pair[DESTINATION].ok(&["letter", "refuse", &letter, "--ground", "details_differ"]);
    pair[ORIGIN].start();
    pair.until_state(&letter, "refused", ORIGIN, DESTINATION);
    assert_eq!(pair[ORIGIN].member(&member)["custody"], "here");
    pair.assert_whole();
}

#[test]
fn the_destination_dies_around_a_scan() {
    let mut pair = Federation::start(PAIR);
    for moment in ["before", "after"] {
        let (member, letter, code) = carried_by_hand(&mut pair);
        pair[DESTINATION].stop();
        pair[DESTINATION].start_failing_at(&format!("offer-scanned.{moment}"));
        let first = pair[DESTINATION].run(&["letter", "scan", &code]);
        assert_ne!(first.exit(), 0, "the node died under this command: {first:?}");
        assert!(!pair[DESTINATION].wait_for_death().success());
        pair[DESTINATION].start();
        let durable = pair[DESTINATION].letter_state(&letter).is_some();
        assert_eq!(durable, moment == "after");
        scan(&pair[DESTINATION], &code);
        pair[DESTINATION].accept(&letter);
        pair[DESTINATION].kill();
        pair[ORIGIN].start();
        pair[DESTINATION].start();
        pair.until_state(&letter, "closed", ORIGIN, DESTINATION);
        assert_eq!(pair[DESTINATION].member(&member)["custody"], "here");
        assert_eq!(floating(&pair[DESTINATION]), 0);
        pair.assert_whole();
    }
}

#[test]
fn letters_of_a_batch_come_by_hand_one_by_one_and_in_any_order() {
    let mut pair = Federation::start(PAIR);
    pair[DESTINATION].stop();
    let to = pair[DESTINATION].committee();
    let mut letters = Vec::new();
    for _ in 0..5 {
        let member = pair[ORIGIN].fresh_member();
        let letter = pair[ORIGIN].ok(&["letter", "issue", "--member", &member, "--to", &to]);
        let letter = letter["id"].as_str().unwrap().to_owned();
        let code = pair[ORIGIN].ok(&["letter", "qr", &letter]);
        letters.push((letter, code["text"].as_str().unwrap().to_owned()));
    }
    pair[ORIGIN].stop();
    pair[DESTINATION].start();
    for place in [3, 0, 4] {
        scan(&pair[DESTINATION], &letters[place].1);
        pair[DESTINATION].accept(&letters[place].0);
    }
    assert_eq!(floating(&pair[DESTINATION]), 3);
    pair[ORIGIN].start();
    for place in [3, 0, 4] {
        pair.until_state(&letters[place].0, "closed", ORIGIN, DESTINATION);
    }
    for place in [1, 2] {
        pair.until_state(&letters[place].0, "issued", ORIGIN, DESTINATION);
        pair[DESTINATION].accept(&letters[place].0);
        pair.until_state(&letters[place].0, "closed", ORIGIN, DESTINATION);
    }
    assert_eq!(floating(&pair[DESTINATION]), 0);
    pair.assert_whole();
}

#[test]
fn a_paused_issuer_is_believed_and_a_revoked_one_is_not() {
    let mut pair = Federation::start(PAIR);
    let (_, letter, code) = carried_by_hand(&mut pair);
    let origin = pair[ORIGIN].code();
    pair[DESTINATION].ok(&["peer", "pause", &origin]);
    scan(&pair[DESTINATION], &code);
    pair[DESTINATION].accept(&letter);
    pair[DESTINATION].ok(&["peer", "resume", &origin]);
    pair[ORIGIN].start();
    pair.until_state(&letter, "closed", ORIGIN, DESTINATION);
    pair.assert_whole();

    let (member, letter, code) = carried_by_hand(&mut pair);
    pair[DESTINATION].ok(&["--yes", "peer", "revoke", &origin]);
    pair[DESTINATION].refused(&["letter", "scan", &code], "peer.revoked", 9);
    assert_eq!(pair[DESTINATION].letter_state(&letter), None);
    pair[ORIGIN].start();
    assert_eq!(pair[ORIGIN].member(&member)["custody"], "here");
}

#[test]
fn an_expired_code_asks_for_a_new_letter_once() {
    let now = Some("2027-03-02T01:00:00Z");
    let mut pair = Federation::start(Plan { now, ..PAIR });
    let (member, letter, code) = carried_by_hand(&mut pair);
    pair[DESTINATION].stop();
    pair[DESTINATION].set_now("2027-03-20T01:00:00Z");
    pair[DESTINATION].start();
    for _ in 0..2 {
        pair[DESTINATION].refused(&["letter", "scan", &code], "letter.expired", 5);
    }
    let branch = pair[DESTINATION].branch();
    let accept = ["letter", "accept", &letter, "--org", &branch, "--met"];
    pair[DESTINATION].refused(&accept, "letter.expired", 5);
    let requests = "SELECT count(*) FROM entry WHERE kind = 23";
    assert_eq!(read::<i64>(&pair[DESTINATION], requests), 1, "asked once");
    pair[ORIGIN].set_now("2027-03-20T01:05:00Z");
    pair[ORIGIN].start();
    let asked =
        || pair[ORIGIN].letter(&letter)["reissue_requested"].as_bool().filter(|asked| *asked);
    until("asked for a new letter", &[&pair[ORIGIN], &pair[DESTINATION]], asked);
    let again = pair[ORIGIN].ok(&["letter", "reissue", &letter]);
    let again = again["id"].as_str().unwrap().to_owned();
    pair.until_state(&letter, "voided", ORIGIN, DESTINATION);
    pair.until_state(&again, "issued", ORIGIN, DESTINATION);
    pair[DESTINATION].accept(&again);
    pair.until_state(&again, "closed", ORIGIN, DESTINATION);
    assert_eq!(pair[DESTINATION].member(&member)["custody"], "here");
    pair.assert_whole();
}

/// a code that was shown is as good as sent. An origin that was set back to before it
/// learns so from the destination, by its own seal, before it gives the place to another letter.
#[test]
fn an_origin_that_lost_a_letter_which_is_on_paper_stops_signing() {
    let mut pair = Federation::start(PAIR);
    pair[ORIGIN].stop();
    let old = pair.scratch.path("old.db");
    let database = pair[ORIGIN].data.join("dukou.db");
    std::fs::copy(&database, &old).unwrap();
    pair[ORIGIN].start();
    let (_, letter, code) = carried_by_hand(&mut pair);
    // Database and count alike, as when a whole machine is set back in silence.
    for name in ["dukou.db-wal", "dukou.db-shm", "dukou.head"] {
        let _ = std::fs::remove_file(pair[ORIGIN].data.join(name));
    }
    std::fs::copy(&old, &database).unwrap();
    scan(&pair[DESTINATION], &code);
    pair[DESTINATION].accept(&letter);
    pair[ORIGIN].start();
    let told = || (pair[ORIGIN].ok(&["status"])["mode"] == "recovering").then_some(());
    until("told that it was set back", &[&pair[ORIGIN], &pair[DESTINATION]], told);
    let member = pair[ORIGIN].fresh_member();
    let to = pair[DESTINATION].committee();
    let issue = ["letter", "issue", "--member", &member, "--to", &to];
    pair[ORIGIN].refused(&issue, "node.recovering", 5);
    let paper = ["letter", "issue", "--member", &member, "--paper", "--to-name", "别处"];
    pair[ORIGIN].refused(&paper, "node.recovering", 5);
}

//! Reconciliation between real nodes: what feeds cannot find is found in the books of either side,
//! by both, and a comparison that is cut short leaves nothing behind.

use rusqlite::Connection;
use serde_json::Value;
use tests::federation::{Federation, PAIR};
use tests::region::Region;
use tests::waiting::until;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// Two regions with one letter of each end: closed, refused, voided, open, and one on its way back.
struct Books {
    pair: Federation,
    closed: String,
    issued: String,
    moved: String,
}

impl Books {
    fn new() -> Books {
        let pair = Federation::start(PAIR);
        let (origin, destination) = (&pair[ORIGIN], &pair[DESTINATION]);
        let moved = origin.fresh_member();
        let closed = pair.hand_over(&moved, ORIGIN, DESTINATION);
        let back = destination.fresh_member();
        pair.hand_over(&back, DESTINATION, ORIGIN);
        pair.hand_over(&back, ORIGIN, DESTINATION);
        let refused = origin.issue(&origin.fresh_member(), destination);
        pair.until_state(&refused, "issued", ORIGIN, DESTINATION);
        destination.ok(&["letter", "refuse", &refused, "--ground", "not_arrived"]);
        let voided = origin.issue(&origin.fresh_member(), destination);
        origin.ok(&["letter", "void", &voided, "--reason", "withdrawn"]);
        let issued = origin.issue(&origin.fresh_member(), destination);
        pair.until_state(&refused, "refused", ORIGIN, DESTINATION);
        pair.until_state(&voided, "voided", ORIGIN, DESTINATION);
        pair.until_state(&issued, "issued", ORIGIN, DESTINATION);
        Books { pair, closed, issued, moved }
    }

    /// Changes the database of one side while its node rests.
    fn edit(&mut self, side: usize, sql: &str, id: &str) {
        let region = &mut self.pair[side];
        region.stop();
        let connection = Connection::open(region.data.join("dukou.db")).unwrap();
        let bytes = data_encoding::HEXLOWER.decode(id.as_bytes()).unwrap();
        assert_eq!(connection.execute(sql, [bytes]).unwrap(), 1, "{sql}");
        drop(connection);
        region.start();
    }

    /// What a comparison asked for by each side says; they say the same.
    fn differences(&self) -> Vec<Value> {
        let mine = reconcile(&self.pair, ORIGIN, 3);
        let theirs = reconcile(&self.pair, DESTINATION, 3);
        let (mine, theirs) = (differences(&mine), differences(&theirs));
        let turned = |one: &Value| [one["key"].clone(), one["theirs"].clone(), one["mine"].clone()];
        let straight =
            |one: &Value| [one["key"].clone(), one["mine"].clone(), one["theirs"].clone()];
        let turned: Vec<_> = theirs.iter().map(turned).collect();
        assert_eq!(mine.iter().map(straight).collect::<Vec<_>>(), turned);
        mine
    }
}

fn differences(data: &Value) -> Vec<Value> {
    data["differences"].as_array().unwrap().clone()
}

#[track_caller]
fn reconcile(pair: &Federation, side: usize, exit: i32) -> Value {
    let region = &pair[side];
    let reply = region.run(&["reconcile", &pair[1 - side].code()]);
    assert_eq!(reply.exit(), exit, "{reply:#?}\n{}", region.log_tail());
    reply.data().clone()
}

/// books that nobody touched agree, whatever became of the letters in them.
#[test]
fn untouched_books_agree_at_both_ends() {
    let books = Books::new();
    for side in [ORIGIN, DESTINATION] {
        let data = reconcile(&books.pair, side, 0);
        assert_eq!((&data["agreed"], &data["compared"]), (&true.into(), &6.into()));
        assert_eq!(data["rounds"], 1);
        assert!(data["bytes"].as_u64().unwrap() <= 200, "{data}");
        assert_eq!(data["signed_by"].as_array().unwrap().len(), 2);
        assert_eq!(differences(&data), Vec::<Value>::new());
    }
}

#[test]
fn a_record_that_one_side_lost_is_found_by_both() {
    let mut books = Books::new();
    let issued = books.issued.clone();
    books.edit(DESTINATION, "DELETE FROM letter WHERE hash = ?1", &issued);
    let [one] = books.differences().try_into().expect("one difference");
    assert_eq!((&one["key"], &one["theirs"]), (&issued.into(), &Value::Null));
    assert_eq!(one["mine"]["state"], "issued");
}

#[test]
fn a_member_who_was_deleted_is_found_by_both() {
    let mut books = Books::new();
    let moved = books.moved.clone();
    books.edit(DESTINATION, "DELETE FROM member WHERE ref = ?1", &moved);
    let [one] = books.differences().try_into().expect("one difference");
    assert_eq!(one["key"], books.closed.as_str());
    assert_eq!(
        (&one["mine"]["roster"], &one["theirs"]["roster"]),
        (&"AsTheWordSays".into(), &"Missing".into(),)
    );
    assert_eq!(one["evidence"].as_array().unwrap().len(), 4);
}

#[test]
fn a_word_a_date_and_a_statement_that_were_changed_are_found_by_both() {
    let mut books = Books::new();
    let (closed, issued) = (books.closed.clone(), books.issued.clone());
    books.edit(ORIGIN, "UPDATE letter SET state = 3 WHERE hash = ?1", &closed);
    books.edit(ORIGIN, "UPDATE letter SET valid_until = valid_until + 9 WHERE hash = ?1", &issued);
    let lost = "DELETE FROM entry WHERE kind = 19
                AND letter = (SELECT id FROM letter WHERE hash = ?1)";
    books.edit(DESTINATION, lost, &closed);
    let found = books.differences();
    let of = |key: &str| found.iter().find(|one| one["key"] == key).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(of(&closed)["mine"]["state"], "received");
    assert_eq!(of(&closed)["theirs"]["state"], "closed");
    assert_eq!(of(&closed)["theirs"]["statements_lost"], 1);
    assert_ne!(of(&issued)["mine"]["valid_until"], of(&issued)["theirs"]["valid_until"]);
}

/// whoever dies, at its own result or the other's, before it is durable or after: the next
/// comparison comes to the same, and nothing is left of the one that was cut short.
#[test]
fn a_node_that_dies_during_a_reconciliation_leaves_no_half_state() {
    let mut books = Books::new();
    let issued = books.issued.clone();
    books.edit(DESTINATION, "DELETE FROM letter WHERE hash = ?1", &issued);
    for side in [ORIGIN, DESTINATION] {
        for point in ["reconcile-signed", "reconcile-stored"] {
            for moment in ["before", "after"] {
                let pair = &mut books.pair;
                // A node that was started anew has not been asked lately.
                for one in [ORIGIN, DESTINATION] {
                    pair[one].stop();
                }
                pair[side].start_failing_at(&format!("{point}.{moment}"));
                pair[1 - side].start();
                connected(pair);
                // Whatever this says: one of the two dies while it is under way.
                let _ = pair[ORIGIN].run(&["reconcile", &pair[DESTINATION].code()]);
                assert!(!pair[side].wait_for_death().success(), "{side} {point}.{moment}");
                pair[1 - side].stop();
                for one in [ORIGIN, DESTINATION] {
                    pair[one].start();
                }
                connected(pair);
                for asker in [ORIGIN, DESTINATION] {
                    let found = differences(&reconcile(pair, asker, 3));
                    assert_eq!(found.len(), 1, "{side} {point}.{moment}: {found:?}");
                    assert_eq!(found[0]["key"], issued.as_str());
                }
                assert_eq!(kept(&pair[ORIGIN]), kept(&pair[DESTINATION]));
            }
        }
    }
}

/// Waits until the two hear each other.
fn connected(pair: &Federation) {
    let ends = [&pair[ORIGIN], &pair[DESTINATION]];
    until("a session", &ends, || {
        let reached = pair[ORIGIN].run(&["peer", "test", &pair[DESTINATION].code()]);
        (reached.exit() == 0).then_some(())
    });
}

/// The differences that a node keeps, without what is its own.
fn kept(region: &Region) -> Vec<(u8, Vec<u8>)> {
    let connection = Connection::open(region.data.join("dukou.db")).unwrap();
    let mut statement = connection.prepare("SELECT kind, id FROM difference ORDER BY id").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

//! A node dies between any two commits of a hand-over: after its restart the hand-over completes,
//! nobody is lost, nobody is held twice, and both ends use the same word.

use tests::federation::{Federation, PAIR};
use tests::region::Region;
use tests::waiting::until;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// The letters of one member, newest or not.
fn letters_of(region: &Region, member: &str) -> Vec<String> {
    let letters = region.list(&["letter", "list"]);
    let of_member = letters.iter().filter(|letter| letter["member"]["ref"] == member);
    of_member.map(|letter| letter["id"].as_str().unwrap().to_owned()).collect()
}

/// One hand-over during which the node of one side dies at one of its commits.
struct Trial<'a> {
    pair: &'a mut Federation,
    side: usize,
    commit: &'static str,
    /// `before` the commit is durable, or `after`.
    moment: &'static str,
    died: bool,
}

impl Trial<'_> {
    fn run(mut self) {
        let member = self.pair[ORIGIN].fresh_member();
        self.pair[self.side].stop();
        let point = format!("{}.{}", self.commit, self.moment);
        self.pair[self.side].start_failing_at(&point);
        let letter = self.issue(&member);
        self.accept(&letter);
        if !self.died {
            self.die_and_restart();
        }
        self.pair.until_state(&letter, "closed", ORIGIN, DESTINATION);
        assert_eq!(self.pair[DESTINATION].member(&member)["custody"], "here", "{point}");
        assert_eq!(letters_of(&self.pair[ORIGIN], &member), [letter], "{point}");
        self.pair.assert_whole();
    }

    fn issue(&mut self, member: &str) -> String {
        let to = self.pair[DESTINATION].committee();
        let issue = ["letter", "issue", "--member", member, "--to", &to];
        let first = self.pair[ORIGIN].run(&issue);
        match self.commit {
            "offer-signed" => {
                assert_ne!(first.exit(), 0, "the node died under this command: {first:#?}");
                self.die_and_restart();
                let durable = letters_of(&self.pair[ORIGIN], member).len();
                assert_eq!(durable, usize::from(self.moment == "after"));
                if durable == 0 {
                    self.pair[ORIGIN].ok(&issue);
                }
            }
            "offer-stored" => {
                first.expect_ok();
                self.die_and_restart();
            }
            _ => drop(first.expect_ok()),
        }
        let [letter] = letters_of(&self.pair[ORIGIN], member).try_into().expect("one letter");
        self.pair.until_state(&letter, "issued", ORIGIN, DESTINATION);
        letter
    }

    fn accept(&mut self, letter: &str) {
        let branch = self.pair[DESTINATION].branch();
        let accept = ["letter", "accept", letter, "--org", &branch, "--met"];
        let first = self.pair[DESTINATION].run(&accept);
        if self.commit == "accept-signed" {
            assert_ne!(first.exit(), 0, "the node died under this command: {first:#?}");
            self.die_and_restart();
            let state = self.pair[DESTINATION].letter_state(letter);
            let durable = state.as_deref() != Some("issued");
            assert_eq!(durable, self.moment == "after", "{state:?}");
            if !durable {
                self.pair[DESTINATION].ok(&accept);
            }
        } else if self.side == ORIGIN || self.died {
            first.expect_ok();
        }
        // Else the Release may be here, and the node dead of its Receipt, before the command has
        // its answer: whatever it says, the acceptance is durable.
    }

    fn die_and_restart(&mut self) {
        let status = self.pair[self.side].wait_for_death();
        assert!(!status.success(), "{}.{}: {status}", self.commit, self.moment);
        self.pair[self.side].start();
        self.died = true;
    }
}

fn survive_all(side: usize, commits: &[&'static str]) {
    let mut pair = Federation::start(PAIR);
    for commit in commits {
        for moment in ["before", "after"] {
            Trial { pair: &mut pair, side, commit, moment, died: false }.run();
        }
    }
}

#[test]
fn the_origin_dies_at_any_of_its_commits() {
    survive_all(ORIGIN, &["offer-signed", "release-signed", "ack-signed"]);
}

#[test]
fn the_destination_dies_at_any_of_its_commits() {
    survive_all(DESTINATION, &["offer-stored", "accept-signed", "receipt-signed", "ack-stored"]);
}

#[test]
fn both_ends_are_killed_in_the_middle_of_many_letters() {
    let mut pair = Federation::start(PAIR);
    let mut letters = Vec::new();
    for round in 0..3 {
        for _ in 0..4 {
            let member = pair[ORIGIN].fresh_member();
            letters.push(pair[ORIGIN].issue(&member, &pair[DESTINATION]));
        }
        for letter in &letters[round * 4..] {
            pair[DESTINATION].accept(letter);
        }
        let victim = round % 2;
        pair[victim].kill();
        pair[victim].start();
    }
    for letter in &letters {
        pair.until_state(letter, "closed", ORIGIN, DESTINATION);
    }
    pair.assert_whole();
}

#[test]
fn what_was_issued_while_the_other_side_was_down_arrives() {
    let mut pair = Federation::start(PAIR);
    pair[DESTINATION].kill();
    let member = pair[ORIGIN].fresh_member();
    let to = pair[DESTINATION].committee();
    let issue = ["letter", "issue", "--member", &member, "--to", &to];
    let patient = [&issue[..], &["--wait", "--timeout", "1"]].concat();
    pair[ORIGIN].refused(&patient, "peer.unreachable", 8);
    let [letter] = letters_of(&pair[ORIGIN], &member).try_into().expect("it stays queued");
    assert_eq!(pair[ORIGIN].letter(&letter)["delivery"], "queued");
    pair[DESTINATION].start();
    let delivered = || (pair[ORIGIN].letter(&letter)["delivery"] == "delivered").then_some(());
    until("delivered", &[&pair[ORIGIN], &pair[DESTINATION]], delivered);

    // The other way round: the destination never waits for the origin to be useful.
    pair[ORIGIN].kill();
    pair[DESTINATION].accept(&letter);
    let accepted = pair[DESTINATION].letter(&letter);
    assert_eq!(accepted["state"], "accepted");
    assert_eq!(accepted["provisional_org"], pair[DESTINATION].branch().as_str());
    assert_eq!(accepted["custody_org"], accepted["from_org"], "the origin still answers");
    assert_eq!(pair[DESTINATION].ok(&["status"])["roster"]["provisional"], 1);
    pair[ORIGIN].start();
    pair.until_state(&letter, "closed", ORIGIN, DESTINATION);
    assert_eq!(pair[DESTINATION].ok(&["status"])["roster"]["provisional"], 0);
    pair.assert_whole();
}

//! The origin withdraws while the destination accepts: exactly one of the two counts, whoever was
//! first, and both ends say the same.

use std::collections::BTreeSet;
use std::thread;

use tests::federation::{Federation, PAIR};
use tests::waiting::until;

const ROUNDS: usize = 12;

fn kinds(letter: &serde_json::Value) -> BTreeSet<String> {
    let statements = letter["statements"].as_array().unwrap();
    statements.iter().map(|s| s["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_void_and_an_acceptance_at_the_same_moment_leave_exactly_one_decision() {
    let pair = Federation::start(PAIR);
    let (origin, destination) = (&pair[0], &pair[1]);
    let branch = destination.branch();
    for round in 0..ROUNDS {
        let member = origin.fresh_member();
        let letter = origin.issue(&member, destination);
        let void = ["letter", "void", &letter, "--reason", "withdrawn"];
        let accept = ["letter", "accept", &letter, "--org", &branch, "--met"];
        // Every other time the acceptance is already on its way when the void begins, so that the
        // rounds are not all decided alike.
        let (voided, accepted) = if round % 2 == 0 {
            thread::scope(|scope| {
                let accepted = scope.spawn(|| destination.run(&accept));
                (origin.run(&void), accepted.join().unwrap())
            })
        } else {
            let accepted = destination.run(&accept);
            (origin.run(&void), accepted)
        };
        assert!([0, 5].contains(&accepted.exit()), "{accepted:#?}");
        let state = until("decided", &[origin, destination], || {
            let [here, there] = [origin, destination].map(|end| end.letter_state(&letter));
            let decided = ["voided", "closed"].iter().any(|end| here.as_deref() == Some(end));
            (decided && here == there).then_some(here).flatten()
        });
        match voided.exit() {
            0 => assert_eq!(state, "voided"),
            _ => {
                voided.expect_refused("letter.state", 5);
                assert_eq!(state, "closed");
            }
        }
        for end in [origin, destination] {
            let kinds = kinds(&end.letter(&letter));
            assert!(kinds.contains("void") != kinds.contains("release"), "{kinds:?}");
            assert_eq!(kinds.contains("void"), state == "voided");
        }
    }
    pair.assert_whole();
}

#[test]
fn a_refusal_and_an_acceptance_at_the_same_moment_leave_exactly_one_answer() {
    let pair = Federation::start(PAIR);
    let (origin, destination) = (&pair[0], &pair[1]);
    let branch = destination.branch();
    for _ in 0..ROUNDS / 2 {
        let letter = origin.issue(&origin.fresh_member(), destination);
        let refuse = ["letter", "refuse", &letter, "--ground", "not_arrived"];
        let accept = ["letter", "accept", &letter, "--org", &branch, "--met"];
        thread::scope(|scope| {
            scope.spawn(|| destination.run(&accept));
            scope.spawn(|| destination.run(&refuse));
        });
        let state = until("decided", &[origin, destination], || {
            let [here, there] = [origin, destination].map(|end| end.letter_state(&letter));
            let decided = ["refused", "closed"].iter().any(|end| here.as_deref() == Some(end));
            (decided && here == there).then_some(here).flatten()
        });
        for end in [origin, destination] {
            let kinds = kinds(&end.letter(&letter));
            assert!(kinds.contains("refusal") != kinds.contains("receipt"), "{kinds:?}");
            assert_eq!(kinds.contains("refusal"), state == "refused");
        }
    }
    pair.assert_whole();
}

#[test]
fn many_clerks_issue_for_one_member_and_one_letter_results() {
    let pair = Federation::start(PAIR);
    let origin = &pair[0];
    let (member, to) = (origin.fresh_member(), pair[1].committee());
    let issue = ["letter", "issue", "--member", &member, "--to", &to];
    let replies: Vec<_> = thread::scope(|scope| {
        let clerks: Vec<_> = (0..4).map(|_| scope.spawn(|| origin.run(&issue))).collect();
        clerks.into_iter().map(|clerk| clerk.join().unwrap()).collect()
    });
    let done = replies.iter().filter(|reply| reply.exit() == 0).count();
    assert_eq!(done, 1, "{replies:#?}");
    for reply in replies.iter().filter(|reply| reply.exit() != 0) {
        reply.expect_refused("member.open_letter", 5);
    }
    let letters = origin.list(&["letter", "list"]);
    assert_eq!(letters.iter().filter(|l| l["member"]["ref"] == member.as_str()).count(), 1);
}

#[test]
fn a_void_and_an_acceptance_that_crossed_on_the_way_leave_the_void() {
    let mut pair = Federation::start(PAIR);
    for resting in [0, 1] {
        let member = pair[0].fresh_member();
        let letter = pair[0].issue(&member, &pair[1]);
        // With one node at rest neither side can have heard of the other's decision.
        pair[resting].stop();
        pair[0].ok(&["letter", "void", &letter, "--reason", "withdrawn"]);
        pair[1].accept(&letter);
        assert_eq!(pair[0].letter_state(&letter).as_deref(), Some("voided"));
        assert_eq!(pair[1].letter_state(&letter).as_deref(), Some("accepted"));
        pair[resting].start();
        pair.until_state(&letter, "voided", 0, 1);
        for end in [0, 1] {
            assert!(!kinds(&pair[end].letter(&letter)).contains("release"));
        }
        assert_eq!(pair[0].member(&member)["custody"], "here");
        assert_eq!(pair[1].ok(&["status"])["roster"]["provisional"], 0);
        pair.assert_whole();
        // The member is free for another letter.
        pair.hand_over(&member, 0, 1);
    }
}

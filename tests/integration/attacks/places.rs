//! Entries at places where they do not belong: 26 and 30 of the plan.

use protocol::envelope::{Header, Tip, seal_entries};
use protocol::exchange::frame::{Channel, Frame};
use protocol::id::{EntryHash, Incarnation};
use protocol::refusal::Code;

use super::evil::{Evil, frame_of};
use super::letters::{case_of, offer};

#[test]
fn attack_26_replay_from_an_old_incarnation() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    let (bytes, place) = (offer.statement.bytes().to_vec(), evil.place());
    let held = place.incarnation;
    for incarnation in [
        Incarnation { counter: 0, ..held },
        Incarnation { random: held.random + 1, ..held },
        Incarnation { counter: held.counter + 1, ..held },
        Incarnation { counter: u32::MAX, random: u32::MAX },
    ] {
        for seq in [1, place.seq] {
            let header = Header { incarnation, seq, ..place };
            let entry = evil.seal(header, bytes.clone(), offer.attachment.clone());
            assert_eq!(evil.refused_entry(entry), Code::FeedIncarnation);
        }
    }
    // Nor by the feed's head alone.
    let dead = Tip { incarnation: Incarnation { counter: 0, ..held }, ..evil.tip };
    evil.open();
    let head = Frame::Head(evil.head(dead)).to_bytes();
    evil.send(Channel::Control, head);
    assert_eq!(evil.closed(), Code::SessionFrame, "a head never goes backwards");
    let case = case_of(&offer);
    assert_eq!(evil.state_of(&case), None);
    evil.say(offer);
    evil.assert_state(&case, "issued");
    evil.still_heard();
}

#[test]
fn attack_30_sequence_gap() {
    let mut evil = Evil::guest();
    let (first, second) = (offer(&evil, 1), offer(&evil, 2));
    let mut tip = evil.tip;
    let stated = vec![first.clone()];
    let one = seal_entries(&mut tip, &evil.parties(), &evil.signing, stated);
    let two = seal_entries(&mut tip, &evil.parties(), &evil.signing, vec![second.clone()]);
    assert_eq!(evil.refused(frame_of(two.clone())), Code::FeedGap);
    let far = Header { seq: 1 << 40, ..evil.place() };
    let far = evil.seal(far, first.statement.bytes().to_vec(), first.attachment.clone());
    assert_eq!(evil.refused_entry(far), Code::FeedGap);
    let last = Header { seq: u64::MAX, ..evil.place() };
    let last = evil.seal(last, first.statement.bytes().to_vec(), first.attachment.clone());
    assert_eq!(evil.refused_entry(last), Code::SessionFrame);
    let zero = Header { seq: 0, ..evil.place() };
    let zero = evil.seal(zero, first.statement.bytes().to_vec(), first.attachment.clone());
    assert_eq!(evil.refused_entry(zero), Code::SessionFrame);
    for stated in [&first, &second] {
        assert_eq!(evil.state_of(&case_of(stated)), None);
    }
    // In their order they are taken.
    evil.take(one);
    evil.take(two);
    for stated in [&first, &second] {
        evil.assert_state(&case_of(stated), "issued");
    }
    evil.still_heard();
}

#[test]
fn attack_30_fork_at_the_same_sequence() {
    let mut evil = Evil::guest();
    let case = evil.offered(1);
    let (last, conflicts) = (evil.last.clone().unwrap(), evil.stage.findings("Conflict"));
    let other = offer(&evil, 2);
    let bytes = other.statement.bytes().to_vec();
    // Another entry at the place of the last one, and one that continues what never was.
    let beside = evil.seal(last.header, bytes.clone(), other.attachment.clone());
    assert_eq!(evil.refused_entry(beside.clone()), Code::FeedFork);
    let prev = EntryHash::from_bytes([5; 32]);
    let header = Header { prev, ..evil.place() };
    let behind = evil.seal(header, bytes, other.attachment.clone());
    assert_eq!(evil.refused_entry(behind), Code::FeedFork);
    assert_eq!(evil.state_of(&case_of(&other)), None);
    evil.assert_state(&case, "issued");
    assert!(evil.stage.findings("Conflict") > conflicts, "a fork is kept as signed proof");
    // The first entry still stands, and what honestly continues it is taken.
    evil.still_heard();
}

#[test]
fn forks_over_and_over_are_kept_as_one_proof() {
    let mut evil = Evil::guest();
    evil.offered(1);
    let last = evil.last.clone().unwrap();
    for number in [2, 2, 3, 4] {
        let other = offer(&evil, number);
        let bytes = other.statement.bytes().to_vec();
        let beside = evil.seal(last.header, bytes, other.attachment.clone());
        assert_eq!(evil.refused_entry(beside), Code::FeedFork);
    }
    assert_eq!(evil.stage.faults_of(&evil.region.to_string()), 1, "a disk is not filled so");
    evil.still_heard();
}

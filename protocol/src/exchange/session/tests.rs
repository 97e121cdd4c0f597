//! Sessions wired back to back, and what each refuses. The carriers are tested in the node.

mod pair;

use proptest::prelude::*;

use super::*;
use crate::codec;
use crate::envelope::seal_entries;
use crate::exchange::feed::{Arrival, FeedCopy};
use crate::id::Incarnation;
use crate::limits::{HELLO_FLOATING_MAX, HELLO_RECORDS_MAX};
use crate::seal::Signer;
use crate::statement::notice::ReissueRequest;
use crate::statement::{Draft, Parties};

use pair::*;

fn code(result: Result<(), Refusal>) -> Code {
    result.expect_err("it is refused").code
}

/// What `receiver` says to node 1's Hello made from `start`.
fn hello_of(start: SessionStart, receiver: &Side) -> Result<(), Refusal> {
    let frame = Session::new(start).poll_frame(Channel::Control).unwrap();
    let mut session = Session::new(receiver.start());
    session.handle_frame(Channel::Control, &frame, now())?;
    match session.poll_event() {
        Some(Event::PeerHead(_)) => {}
        other => panic!("{other:?}"),
    }
    match session.poll_event() {
        Some(Event::Check(claims)) => {
            session.handle_checked(claims.into_iter().find(|claim| !receiver.holds(&claim.tip)))
        }
        _ => Ok(()),
    }
}

#[test]
fn each_side_gets_what_it_lacks_and_says_so() {
    let mut sides = [Side::new(1), Side::new(2)];
    sides[0].append(130, 0);
    sides[1].append(1, 0);
    let mut pair = Pair::new(sides);
    pair.settle().unwrap();
    pair.assert_equal();
    pair.append(1, 3, 10);
    pair.settle().unwrap();
    pair.assert_equal();

    let mut again = Pair::new(pair.sides.map(|side| Side { opened: false, ..side }));
    again.settle().unwrap();
    again.assert_equal();
    assert!(again.sides.iter().all(|side| side.acknowledged > 0), "a Hello acknowledges");
}

/// bytes on their way are bounded, and go on as they become durable.
#[test]
fn a_receiver_that_commits_slowly_is_not_flooded() {
    let mut sides = [Side::new(1), Side::new(2)];
    for _ in 0..80 {
        sides[0].append(1, 150 * 1024);
    }
    let mut pair = Pair::new(sides);
    let mut pushed = 0;
    while [(0, 0), (1, 0), (0, 3), (1, 1)].into_iter().any(|(i, a)| pair.step(i, a).unwrap()) {
        pushed += 1;
    }
    assert!(pushed > 50 && pair.sides[1].received.len() < 60);
    pair.settle().unwrap();
    pair.assert_equal();
}

#[test]
fn a_sender_that_ignores_the_bound_is_refused() {
    let mut sides = [Side::new(1), Side::new(2)];
    for _ in 0..80 {
        sides[0].append(1, 150 * 1024);
    }
    let frames: Vec<_> = sides[0].load(0, usize::MAX).into_iter().map(Frame::Group).collect();
    let empty = Side { log: Vec::new(), tip: Tip::start(LIFE), ..Side::new(1) };
    let mut pair = Pair::new([empty, Side::new(2)]);
    pair.settle().unwrap();
    let received = &mut pair.sessions[1];
    let refused = frames
        .into_iter()
        .find_map(|frame| received.handle_frame(Channel::Data, &frame.to_bytes(), now()).err());
    assert_eq!(refused.map(|refusal| refusal.code), Some(Code::SessionFrame));
}

/// What another carrier delivered meanwhile is not sent again, and a late load does no harm.
#[test]
fn an_acknowledgement_ahead_of_what_was_sent_moves_on() {
    let mut pair = Pair::new([Side::new(1), Side::new(2)]);
    pair.settle().unwrap();
    pair.append(0, 5, 0);
    pair.sides[0].drain(&mut pair.sessions[0]).unwrap();
    assert_eq!(pair.sides[0].wanted, Some((0, LOAD_BYTES_MAX)));
    pair.sides[1].copy = pair.sides[0].log.clone();
    pair.sides[1].commit(&mut pair.sessions[1]);
    for (i, action) in [(1, 9), (0, 0), (0, 3)] {
        pair.step(i, action).unwrap();
    }
    assert!(pair.sides[0].data.is_empty());
    pair.settle().unwrap();
    pair.assert_equal();
}

/// a fresh head in every interval.
#[test]
fn heads_are_signed_again_in_time_even_when_the_clock_is_set_back() {
    let mut pair = Pair::new([Side::new(1), Side::new(2)]);
    assert_eq!(pair.sessions[0].poll_timeout().1, TimeoutReason::Hello);
    pair.settle().unwrap();
    let session = &mut pair.sessions[0];
    let due = session.poll_timeout();
    assert_eq!(due, (now().after_millis(HEAD_INTERVAL_MS), TimeoutReason::Head));
    session.handle_timeout(now()).unwrap();
    assert_eq!(session.poll_event(), None, "too early");
    session.handle_timeout(due.0).unwrap();
    assert_eq!(session.poll_event(), Some(Event::SignHead));
    session.handle_head(pair.sides[0].head());
    session.handle_timeout(now()).unwrap();
    assert_eq!(session.poll_event(), Some(Event::SignHead), "an hour back is soon enough");
    let frame = session.poll_frame(Channel::Control).unwrap();
    pair.sessions[1].handle_frame(Channel::Control, &frame, now()).unwrap();
    assert_eq!(pair.sessions[1].poll_event(), Some(Event::PeerHead(pair.sides[0].head())));
}

/// the Hello comes in time, or the session ends.
#[test]
fn a_peer_that_does_not_introduce_itself_is_given_up() {
    let mut session = Session::new(Side::new(1).start());
    let (until, reason) = session.poll_timeout();
    assert_eq!((until, reason), (now().after_millis(HELLO_WAIT_MS), TimeoutReason::Hello));
    session.handle_timeout(now()).unwrap();
    assert_eq!(code(session.handle_timeout(until)), Code::SessionTimeout);
}

/// item 44, and the rest of what a Hello may not say.
#[test]
fn a_hello_that_cannot_be_is_refused() {
    let (one, two) = (Side::new(1), Side::new(2));
    let refused = |change: &dyn Fn(&mut SessionStart)| {
        let mut start = one.start();
        change(&mut start);
        code(hello_of(start, &two))
    };
    let signed = |author: u8, audience: u8, domain, time: Timestamp, by: &Signer| {
        let (author, audience) = (node(author), node(audience));
        SignedHead::sign(Head { domain, author, audience, tip: Tip::start(LIFE), time }, by)
    };
    let by = &one.signer;
    let future = now().after_millis(CLOCK_AHEAD_MS_MAX + 1);
    for (head, expected) in [
        (signed(1, 2, Domain::Real, future, by), Code::StatementTime),
        (signed(1, 2, Domain::Rehearsal, now(), by), Code::StatementDomain),
        (signed(1, 3, Domain::Real, now(), by), Code::StatementParty),
        (signed(2, 1, Domain::Real, now(), by), Code::StatementParty),
        (signed(1, 2, Domain::Real, now(), &signer(9)), Code::FeedKey),
    ] {
        assert_eq!(refused(&|start| start.head = head), expected, "{head:?}");
    }
    let almost = signed(1, 2, Domain::Real, now().after_millis(CLOCK_AHEAD_MS_MAX), by);
    hello_of(SessionStart { head: almost, ..one.start() }, &two).unwrap();

    let place = Tip::start(LIFE);
    let many = |count| move |start: &mut SessionStart| start.floating = vec![place; count];
    assert_eq!(refused(&many(HELLO_FLOATING_MAX + 1)), Code::SessionFrame);
    let many = |start: &mut SessionStart| start.records = vec![one.head(); HELLO_RECORDS_MAX + 1];
    assert_eq!(refused(&many), Code::SessionFrame);
    assert_eq!(refused(&|start| start.nonce = [2; 16]), Code::SessionFrame, "our own Hello");
    assert_eq!(refused(&|start| start.seen_head = Some(one.head())), Code::SessionConflict);
    let paper = Tip { seq: 1, ..place };
    assert_eq!(refused(&|start| start.floating = vec![paper]), Code::SessionConflict);
}

/// only my own signature over what my log lacks shows that I was rolled back.
#[test]
fn a_claim_counts_as_much_as_the_signature_under_it() {
    let (mut one, mut two) = (Side::new(1), Side::new(2));
    two.append(3, 10);
    let fourth = |side: &mut Side| side.append(1, 0);
    let mut ahead = Side { log: two.log.clone(), tip: two.tip, ..Side::new(2) };
    fourth(&mut ahead);
    one.copy = ahead.log.clone();
    assert_eq!(code(hello_of(one.start(), &two)), Code::NodeRecovering, "an entry I sealed");
    assert_eq!(hello_of(one.start(), &ahead), Ok(()));

    one.copy.pop();
    let with_head = SessionStart { seen_head: Some(ahead.head()), ..one.start() };
    assert_eq!(code(hello_of(with_head.clone(), &two)), Code::NodeRecovering, "a head I signed");
    assert_eq!(hello_of(with_head, &ahead), Ok(()));

    let on_paper = SessionStart { highest_floating: ahead.log.last().cloned(), ..one.start() };
    assert_eq!(code(hello_of(on_paper, &two)), Code::NodeRecovering, "a code of mine");
    let mut fork = Side::new(2);
    fork.append(4, 99);
    one.copy = fork.log;
    assert_eq!(code(hello_of(one.start(), &ahead)), Code::NodeRecovering, "a fork of mine");

    // Sealed by somebody else: proves nothing.
    one.copy = Side { signer: signer(9), ..Side::new(2) }.with_log(4);
    assert_eq!(code(hello_of(one.start(), &two)), Code::SessionConflict);

    // What the peer holds of a dead life of my feed is not a claim on this one.
    let mut old = Side { tip: Tip::start(Incarnation { counter: 0, random: 7 }), ..Side::new(2) };
    old.append(9, 0);
    one.copy = old.log;
    assert_eq!(hello_of(one.start(), &two), Ok(()));
}

impl Side {
    fn with_log(mut self, count: usize) -> Vec<Entry> {
        self.append(count, 0);
        self.log
    }
}

#[test]
fn the_evidence_in_a_hello_has_no_private_part() {
    let mut one = Side::new(1);
    let mut two = Side::new(2);
    two.append(1, 0);
    let secret = b"\xe8\xb5\xb5\xe4\xbb\xa5\xe5\x88\x9a".repeat(20);
    let parties = Parties { domain: Domain::Real, author: node(2), audience: node(1) };
    let draft = Draft::new(&ReissueRequest {}).with_block(secret.clone());
    let stated = vec![draft.finish(&parties, now(), [9; 16])];
    one.copy = seal_entries(&mut two.tip, &parties, &two.signer, stated);
    let hello = Session::new(one.start()).poll_frame(Channel::Control).unwrap();
    assert!(!hello.windows(9).any(|window| secret.starts_with(window)));
}

#[test]
fn frames_in_the_wrong_place_are_refused() {
    let mut one = Side::new(1);
    one.append(1, 0);
    let group = Frame::Group(one.load(0, 1).remove(0)).to_bytes();
    let ack = |seq| Frame::Ack(Tip { seq, ..Tip::start(LIFE) }).to_bytes();
    let foreign = Frame::Group(Group::of(Side::new(2).with_log(1))).to_bytes();
    let hello = Session::new(Side::new(1).start()).poll_frame(Channel::Control).unwrap();
    let opened = || {
        let mut pair = Pair::new([Side::new(1), Side::new(2)]);
        pair.settle().unwrap();
        pair.sessions.into_iter().next_back().unwrap()
    };
    let new = || Session::new(Side::new(2).start());
    let mut with_ack = opened();
    with_ack.handle_frame(Channel::Control, &ack(5), now()).unwrap();
    for (session, channel, frame, expected) in [
        (new(), Channel::Data, &group, Code::SessionFrame),
        (new(), Channel::Control, &ack(0), Code::SessionFrame),
        (new(), Channel::Data, &hello, Code::SessionFrame),
        (opened(), Channel::Control, &hello, Code::SessionFrame),
        (opened(), Channel::Control, &group, Code::SessionFrame),
        (opened(), Channel::Data, &foreign, Code::StatementParty),
        (with_ack, Channel::Control, &ack(4), Code::SessionFrame),
    ] {
        let mut session = session;
        assert_eq!(code(session.handle_frame(channel, frame, now())), expected, "{frame:?}");
    }
}

#[test]
fn versions_are_compared_before_anything_else_is_read() {
    let hello = Session::new(Side::new(1).start()).poll_frame(Channel::Control).unwrap();
    let with = |lowest: u16, highest: u16, rest: &[u8]| {
        let mut frame = vec![0];
        frame.extend(lowest.to_le_bytes());
        frame.extend(highest.to_le_bytes());
        frame.extend(rest);
        Session::new(Side::new(2).start()).handle_frame(Channel::Control, &frame, now())
    };
    assert_eq!(with(1, 1, &hello[5..]), Ok(()));
    assert_eq!(with(1, 255, &hello[5..]), Ok(()));
    assert_eq!(code(with(2, 255, b"of another shape")), Code::SessionVersion);
    assert_eq!(code(with(0, 0, &hello[5..])), Code::SessionFrame);
    assert_eq!(code(with(0, 255, &hello[5..])), Code::SessionFrame);
    assert_eq!(code(with(2, 1, &hello[5..])), Code::SessionFrame);
}

/// no other bytes are a frame.
#[test]
fn bytes_that_are_no_frame_are_refused() {
    let hello = Session::new(Side::new(1).start()).poll_frame(Channel::Control).unwrap();
    let mut trailing = hello.clone();
    trailing.push(0);
    for bytes in [&[][..], &[4], &[255; 40], &vec![0; FRAME_BYTES_MAX + 1], &trailing] {
        let mut session = Session::new(Side::new(2).start());
        assert_eq!(code(session.handle_frame(Channel::Control, bytes, now())), Code::SessionFrame);
    }
    for cut in 0..hello.len() {
        let mut session = Session::new(Side::new(2).start());
        session.handle_frame(Channel::Control, &hello[..cut], now()).unwrap_err();
    }
}

#[test]
fn the_largest_entry_fits_the_evidence_of_a_hello() {
    let mut one = Side::new(1);
    let mut two = Side::new(2);
    two.append(1, 0);
    one.copy = two.log.clone();
    let start = SessionStart {
        floating: vec![Tip { seq: u64::MAX, ..two.tip }; HELLO_FLOATING_MAX],
        records: vec![one.head(); HELLO_RECORDS_MAX],
        ..one.start()
    };
    let hello = Session::new(start).poll_frame(Channel::Control).unwrap();
    assert!(hello.len() + crate::limits::STATEMENT_BYTES_MAX < FRAME_BYTES_MAX);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// However frames of the two streams interleave, and however late loads and commits are, each
    /// side ends with exactly what the other wrote, and is told so.
    #[test]
    fn every_interleaving_converges(
        before in (0_usize..90, 0_usize..90),
        steps in proptest::collection::vec((0_usize..2, 0_u8..6), 0..300),
    ) {
        let mut sides = [Side::new(1), Side::new(2)];
        sides[0].append(before.0, 1);
        sides[1].append(before.1, 1);
        let mut pair = Pair::new(sides);
        for (i, action) in steps {
            if action > 3 {
                pair.append(i, usize::from(action), 20);
            }
            pair.step(i, action).unwrap();
        }
        pair.settle().unwrap();
        pair.assert_equal();
    }

    /// No bytes make a session panic.
    #[test]
    fn a_session_survives_any_bytes(
        opened in any::<bool>(),
        data in any::<bool>(),
        kind in 0_u8..6,
        mut bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut pair = Pair::new([Side::new(1), Side::new(2)]);
        if opened {
            pair.settle().unwrap();
        }
        bytes.insert(0, kind);
        let channel = if data { Channel::Data } else { Channel::Control };
        let _ = pair.sessions[1].handle_frame(channel, &bytes, now());
    }
}

/// what is said in a comparison or a matching crosses an open session as it is, in
/// order, and on the control stream alone.
#[test]
fn what_is_said_beside_the_feeds_crosses_an_open_session() {
    let mut pair = Pair::new([Side::new(1), Side::new(2)]);
    pair.sessions[0].handle_reconcile(vec![1]);
    pair.settle().unwrap();
    assert!(pair.sides[1].heard.is_empty(), "no Hello had come");
    pair.sessions[0].handle_reconcile(vec![2; 9]);
    pair.sessions[0].handle_match(vec![3]);
    pair.settle().unwrap();
    assert_eq!(pair.sides[1].heard, [vec![2; 9], vec![3]]);
    for frame in [Frame::Reconcile(vec![4]), Frame::Match(vec![5])] {
        let wrong = pair.sessions[1].handle_frame(Channel::Data, &frame.to_bytes(), now());
        assert_eq!(code(wrong), Code::SessionFrame);
    }
}

#[test]
fn a_loaded_group_that_does_not_follow_is_our_own_fault() {
    let mut pair = Pair::new([Side::new(1), Side::new(2)]);
    pair.settle().unwrap();
    pair.sides[0].append(1, 0);
    pair.append(0, 1, 0);
    let behind = pair.sides[0].load(1, 1);
    assert_eq!(code(pair.sessions[0].handle_loaded(behind)), Code::Internal);
}

//! What the origin may do and signs, to the millisecond where time counts.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::id::OrgCode;
use crate::statement::Stated;
use crate::statement::custody::Ground;
use crate::statement::kind::Kind;
use crate::time::Day;
use crate::transfer::destination;
use crate::transfer::state::{Custodian, Holder};
use crate::transfer::world::{self, Membership, Node, hand_over, issue, opened, take};

fn last_day() -> Day {
    world::start().day().plus_days(30)
}

/// 24:00 of the last day in Shanghai, spelled out, and the millisecond before it.
fn midnight() -> (Timestamp, Timestamp) {
    assert_eq!(last_day().to_string(), "2026-12-22");
    ("2026-12-22T15:59:59.999Z".parse().unwrap(), "2026-12-22T16:00:00.000Z".parse().unwrap())
}

fn story() -> (Node, Node, Letter) {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let letter = opened(&issue(&a, &b, &Membership::minted(&a)).statement);
    (a, b, letter)
}

fn accepted(a: &Node, b: &Node, letter: &mut Letter, time: Timestamp) -> Stated {
    let draft = destination::accept(letter, b.org(7), true, world::start()).unwrap();
    let accept = b.state(a, draft, time);
    take(letter, &accept);
    accept
}

fn void_reason(a: &Node, b: &Node, draft: Draft) -> VoidReason {
    a.state(b, draft, world::start()).statement.body::<Void>().unwrap().reason
}

/// a whole hand-over through both offices ends in the same set and word.
#[test]
fn both_sides_end_a_hand_over_in_the_same_set() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let done = hand_over(&a, &b, &Membership::minted(&a));
    assert_eq!(done.at_origin, done.at_destination);
    assert_eq!(done.at_origin.state(), State::Closed);
    assert_eq!(done.at_origin.holder(), Holder::Destination);
    assert_eq!(done.at_origin.custodian(), Custodian::Destination);
    let kinds = done.stated.each_ref().map(|stated| stated.statement.kind().unwrap());
    let all = [Kind::Offer, Kind::Accept, Kind::Release, Kind::Receipt, Kind::Ack];
    assert_eq!(kinds, all);
    let back = hand_over(&b, &a, &done.membership);
    assert_eq!(back.membership.holding.generation, Generation(2));
}

/// only the full holder offers, one letter at a time, and onward only after the Ack.
#[test]
fn a_membership_is_offered_once_and_onward_after_the_ack() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let minted = Membership::minted(&a).holding;
    assert!(matches!(may_offer(&minted), Ok(Provenance::Minted(_))));
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let refused = |holding: Holding| may_offer(&holding).unwrap_err().code;
    let open = Some(done.letter());
    assert_eq!(refused(Holding { open, ..minted }), Code::MemberOpenLetter);
    assert_eq!(refused(Holding { full: false, ..minted }), Code::MemberNotFull);
    let inbound = done.membership.holding;
    let ack = done.stated[4].statement.hash();
    assert_eq!(may_offer(&inbound), Ok(Provenance::Inbound(ack)));
    let source = Source::Inbound { letter: done.letter(), ack: None };
    let waiting = may_offer(&Holding { source, ..inbound }).unwrap_err();
    let expected = (Code::MemberOpenLetter, done.letter().to_string());
    assert_eq!((waiting.code, waiting.subject), expected);
}

/// what no proof could show any more is not offered, rather than refused by every addressee.
#[test]
fn a_membership_past_the_bound_of_proofs_is_not_offered() {
    let a = Node::shiquan();
    let done = hand_over(&a, &Node::hanbin(), &Membership::minted(&a)).membership.holding;
    let at = |hops| Holding { generation: Generation(hops), ..done };
    let bound = u32::try_from(PROOF_HOPS_MAX).unwrap();
    assert!(may_offer(&at(bound)).is_ok());
    assert_eq!(may_offer(&at(bound + 1)).unwrap_err().code, Code::MemberHandOvers);
}

/// the last millisecond of the last day in Shanghai is in time, the next is not.
#[test]
fn an_accept_counts_to_midnight_in_shanghai() {
    let (in_time, late) = midnight();
    for (time, releases) in [(in_time, true), (late, false)] {
        let (a, b, mut letter) = story();
        let accept = accepted(&a, &b, &mut letter, time);
        let draft = on_accept(&letter, &accept.statement, true, HandOverProof::default).unwrap();
        if releases {
            assert_eq!(draft.kind(), Kind::Release);
        } else {
            assert_eq!(void_reason(&a, &b, draft.clone()), VoidReason::Expired);
        }
        take(&mut letter, &a.state(&b, draft, time));
        let expected = if releases { State::Released } else { State::Voided };
        assert_eq!(letter.state(), expected);
    }
}

/// an Accept of a membership that is not held any more is voided; of a letter that had ended,
/// it is stored and answered by nothing.
#[test]
fn an_accept_that_comes_too_late_for_the_letter_releases_nothing() {
    let (a, b, mut letter) = story();
    let accept = accepted(&a, &b, &mut letter, world::start());
    let draft = on_accept(&letter, &accept.statement, false, HandOverProof::default).unwrap();
    assert_eq!(void_reason(&a, &b, draft), VoidReason::Ended);
    let (a, b, mut letter) = story();
    let before = letter.clone();
    let voided = void(&letter, VoidReason::Withdrawn).unwrap();
    take(&mut letter, &a.state(&b, voided, world::start()));
    let draft = destination::accept(&before, b.org(7), true, world::start()).unwrap();
    let accept = b.state(&a, draft, world::start());
    take(&mut letter, &accept);
    let proof = HandOverProof::default;
    assert!(on_accept(&letter, &accept.statement, true, proof).is_none());
    assert_eq!((letter.state(), letter.holder()), (State::Voided, Holder::Origin));
}

/// by hand until the Release, never after it, nor after the letter's end.
#[test]
fn nothing_is_voided_after_release() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let mut letter = opened(&done.stated[0].statement);
    assert!(void(&letter, VoidReason::Lost).is_ok());
    for stated in &done.stated[1..] {
        take(&mut letter, stated);
        let refused = void(&letter, VoidReason::Lost).unwrap_err();
        assert_eq!(refused.code, Code::LetterState);
        assert_eq!(refused.allowed, allowed(letter.state()));
    }
    assert!(on_receipt(&letter).is_none(), "acknowledged already");
}

/// a node voids an expired letter by itself only after it heard the other side out.
#[test]
fn expiry_waits_for_a_head_dated_after_the_last_day() {
    let (in_time, late) = midnight();
    let (a, b, mut letter) = story();
    assert!(on_expiry(&letter, None, late).is_none());
    assert!(on_expiry(&letter, Some(in_time), late).is_none());
    assert!(on_expiry(&letter, Some(late), in_time).is_none());
    let draft = on_expiry(&letter, Some(late), late).unwrap();
    assert_eq!(void_reason(&a, &b, draft), VoidReason::Expired);
    accepted(&a, &b, &mut letter, world::start());
    assert!(on_expiry(&letter, Some(late), late).is_none(), "accepted in time");
}

/// a Refusal after the Release gives the membership back, and what B then says
/// otherwise is neither counted nor acknowledged.
#[test]
fn a_refusal_after_release_returns_the_membership() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let mut letter = opened(&done.stated[0].statement);
    done.stated[1..3].iter().for_each(|stated| take(&mut letter, stated));
    let elsewhere: OrgCode = "610924-0003".parse().unwrap();
    let draft = destination::refuse(&letter, Ground::OutOfArea, Some(elsewhere), "").unwrap();
    take(&mut letter, &b.state(&a, draft, world::start()));
    assert_eq!((letter.state(), letter.holder()), (State::Refused, Holder::Origin));
    let receipt = &done.stated[3].statement;
    assert_eq!(letter.check(receipt), Ok(Kind::Receipt));
    let merged = letter.merge(receipt);
    assert_eq!(merged, crate::transfer::state::Merged::Contradicts);
    assert!(on_receipt(&letter).is_none());
    assert_eq!(letter.holder(), Holder::Origin);
}

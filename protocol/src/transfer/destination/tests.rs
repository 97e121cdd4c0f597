//! What the destination may do and signs, driven against real statements of the origin.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::statement::Stated;
use crate::statement::custody::VoidReason;
use crate::statement::kind::Kind;
use crate::transfer::origin;
use crate::transfer::state::Merged;
use crate::transfer::world::{self, HandOver, Membership, Node, hand_over, opened, take};

fn story() -> (Node, Node, HandOver) {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let done = hand_over(&a, &b, &Membership::minted(&a));
    (a, b, done)
}

/// The letter after the first `held` statements of the hand-over.
fn letter_after(done: &HandOver, held: usize) -> Letter {
    let mut letter = opened(&done.stated[0].statement);
    done.stated[1..held].iter().for_each(|stated| take(&mut letter, stated));
    letter
}

fn ground(b: &Node, a: &Node, draft: Draft) -> Refusal {
    b.state(a, draft, world::start()).statement.body().unwrap()
}

/// to 24:00 in Shanghai, with the private block, and only once.
#[test]
fn a_letter_is_accepted_in_time_and_with_its_block() {
    let (_, b, done) = story();
    let letter = letter_after(&done, 1);
    let code = |has_block, now: &str| {
        accept(&letter, b.org(7), has_block, now.parse().unwrap()).map_err(|refused| refused.code)
    };
    assert!(code(true, "2026-12-22T15:59:59.999Z").is_ok());
    let late = code(true, "2026-12-22T16:00:00Z").unwrap_err();
    assert_eq!(late, Code::LetterExpired);
    assert_eq!(code(false, "2026-12-01T00:00:00Z").unwrap_err(), Code::StatementErased);
    for held in 2..=5 {
        let letter = letter_after(&done, held);
        let refused = accept(&letter, b.org(7), true, world::start()).unwrap_err();
        assert_eq!(refused.code, Code::LetterState);
        assert_eq!(refused.allowed, allowed(letter.state()));
    }
    assert_eq!(ask_reissue(&letter).kind(), Kind::ReissueRequest);
}

/// before the Receipt in every state, never after it; with a redirect where the ground is
/// that the person lives elsewhere; with a note that people can read.
#[test]
fn a_letter_is_refused_until_the_receipt() {
    let (a, b, done) = story();
    for held in 1..=3 {
        let letter = letter_after(&done, held);
        let draft = refuse(&letter, Ground::NotArrived, None, "电话无人接听").unwrap();
        let stated = b.state(&a, draft, world::start());
        assert_eq!(stated.attachment.block(), Some("电话无人接听".as_bytes()));
        assert_eq!(stated.statement.fields().answers, [done.stated[held - 1].statement.hash()]);
        assert_eq!(letter.check(&stated.statement), Ok(Kind::Refusal));
    }
    for held in 4..=5 {
        let refused = refuse(&letter_after(&done, held), Ground::NotArrived, None, "").unwrap_err();
        assert_eq!(refused.code, Code::LetterState);
    }
    let letter = letter_after(&done, 1);
    let code = |ground, redirect, note: &str| {
        refuse(&letter, ground, redirect, note).map(|draft| draft.kind()).map_err(|r| r.code)
    };
    assert_eq!(code(Ground::OutOfArea, None, ""), Err(Code::RedirectMissing));
    assert_eq!(code(Ground::OutOfArea, Some(a.org(3)), ""), Ok(Kind::Refusal));
    assert_eq!(code(Ground::NotArrived, None, "a\u{202e}b"), Err(Code::FieldInvalid));
    let long = "字".repeat(TEXT_CHARS_MAX + 1);
    assert_eq!(code(Ground::NotArrived, None, &long), Err(Code::FieldInvalid));
}

/// a Release is answered once, with the Receipt or, if its proof does not hold, with a
/// Refusal; a letter that had ended is not answered.
#[test]
fn a_release_is_answered_by_receipt_or_refusal() {
    let (a, b, done) = story();
    let letter = letter_after(&done, 3);
    assert_eq!(on_release(&letter, b.org(7), Ok(())).unwrap().kind(), Kind::Receipt);
    let unproven = on_release(&letter, b.org(7), Err(Code::StatementProof)).unwrap();
    let expected = Refusal { ground: Ground::Malformed, redirect: None };
    assert_eq!(ground(&b, &a, unproven), expected);
    assert!(on_release(&letter_after(&done, 4), b.org(7), Ok(())).is_none());
    let mut refused = letter_after(&done, 2);
    let draft = refuse(&refused, Ground::Deceased, None, "").unwrap();
    take(&mut refused, &b.state(&a, draft, world::start()));
    take(&mut refused, &done.stated[2]);
    assert!(on_release(&refused, b.org(7), Ok(())).is_none(), "refused before the Release came");
}

/// at B a Release that follows its author's Void is proof of a fault, and makes no holder.
#[test]
fn a_release_after_a_void_makes_no_holder() {
    let (a, b, done) = story();
    let mut letter = letter_after(&done, 1);
    let void: Stated =
        a.state(&b, origin::void(&letter, VoidReason::Withdrawn).unwrap(), world::start());
    take(&mut letter, &done.stated[1]);
    take(&mut letter, &void);
    assert_eq!(letter.merge(&done.stated[2].statement), Merged::Contradicts);
    assert!(on_release(&letter, b.org(7), Ok(())).is_none());
}

/// what this node held before, or an earlier hand-over of it, is not taken again; a return
/// trip has a higher generation.
#[test]
fn an_old_generation_is_not_taken() {
    let (a, b, there) = story();
    let back = hand_over(&b, &a, &there.membership);
    let again = hand_over(&a, &b, &back.membership);
    let old = Err(Code::StatementGeneration);
    assert_eq!(check_generation(&there.at_destination, None), Ok(()));
    assert_eq!(check_generation(&there.at_destination, Some(Generation(1))), old);
    assert_eq!(check_generation(&back.at_destination, Some(Generation(0))), Ok(()));
    assert_eq!(check_generation(&again.at_destination, Some(Generation(1))), Ok(()));
    assert_eq!(check_generation(&again.at_destination, Some(Generation(2))), old);
    assert_eq!(check_generation(&again.at_destination, Some(Generation(3))), old);
}

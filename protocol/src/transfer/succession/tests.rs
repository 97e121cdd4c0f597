//! Letters that a successor brings to their end, and every way in which nobody may.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::id::Generation;
use crate::limits::BLOCK_BYTES_MAX;
use crate::statement::Stated;
use crate::statement::custody::Ground;
use crate::statement::kind::Kind;
use crate::transfer::state::{Holder, State};
use crate::transfer::world::{
    HandOver, Membership, Node, by_new_destination, by_new_origin, case_file, hand_over, opened,
    start, succeed, take,
};
use crate::transfer::{destination, origin};

struct World {
    a: Node,
    b: Node,
    c: Node,
    a2: Node,
    b2: Node,
}

fn world() -> World {
    let (a, b, c) = (Node::shiquan(), Node::hanbin(), Node::ziyang());
    World { a, b, c, a2: Node::new_shiquan(), b2: Node::new_hanbin() }
}

/// The letter after its first `count` statements.
fn after(done: &HandOver, count: usize) -> Letter {
    let mut letter = opened(&done.stated[0].statement);
    done.stated[1..count].iter().for_each(|stated| take(&mut letter, stated));
    letter
}

/// B is gone after its Accept; its successor reads the case file and receives, and
/// what it holds then is proven for the next one.
#[test]
fn the_successor_of_a_destination_receives() {
    let World { a, b, c, b2, .. } = world();
    let minted = Membership::minted(&a);
    let done = hand_over(&a, &b, &minted);
    let letter = after(&done, 3);
    let file = case_file(&[&a, &b], &done.entries.each_ref()[..3]);
    let stated = succeed(&a, &b2, &letter, &file);
    let read = CaseFile::from_block(stated.attachment.block().unwrap()).unwrap();
    let inherited = read.open(Domain::Real, &stated.statement).unwrap();
    assert_eq!((inherited.side, inherited.predecessor), (Side::Destination, b.id));
    assert_eq!(
        (inherited.letter.state(), inherited.letter.holder()),
        (State::Released, Holder::InTransit)
    );
    assert_eq!(inherited.letter.destination_now(), b2.id);
    assert_eq!((inherited.branch, inherited.offered.hash()), (b.org(7), letter.id.offer()));
    assert!(destination::awaits_successor(&inherited.letter));
    assert!(!destination::awaits_successor(&letter));
    destination::take_over(&inherited.letter, b2.org(7), false).unwrap_err();
    destination::take_over(&letter, b.org(7), true).unwrap_err();

    let ended = by_new_destination(&a, &b, &b2, &minted);
    assert_eq!((ended.letter.state(), ended.letter.holder()), (State::Closed, Holder::Destination));
    let proof = &ended.membership.proof;
    assert_eq!(proof.verify(&ended.membership.claim(&b2)), Ok(()));
    assert_eq!(proof.verify(&ended.membership.claim(&b)), Err(Code::StatementProof));
    assert_eq!(proof.predecessors().collect::<Vec<_>>(), [b.id]);
    let onward = hand_over(&b2, &c, &ended.membership);
    assert_eq!(onward.membership.proof.verify(&onward.membership.claim(&c)), Ok(()));
    let home = by_new_destination(&c, &a, &Node::new_shiquan(), &onward.membership);
    let claim = home.membership.claim(&Node::new_shiquan());
    assert_eq!(home.membership.proof.verify(&claim), Ok(()), "two hops with a successor each");
    assert_eq!(home.membership.proof.predecessors().collect::<Vec<_>>(), [b.id, a.id]);
}

/// A is gone before its Ack; its successor gives it.
#[test]
fn the_successor_of_an_origin_files_the_receipt() {
    let World { a, b, c, a2, .. } = world();
    let minted = Membership::minted(&a);
    let done = hand_over(&a, &b, &minted);
    let mut file = case_file(&[&a, &b], &done.entries.each_ref()[..4]);
    file.release = Attachment::erased([0; 16]);
    let stated = succeed(&b, &a2, &after(&done, 4), &file);
    let inherited = file.open(Domain::Real, &stated.statement).unwrap();
    assert_eq!((inherited.side, inherited.predecessor), (Side::Origin, a.id));
    assert_eq!(inherited.letter.state(), State::Received);
    let ack = origin::on_receipt(&inherited.letter).unwrap();
    let mut letter = inherited.letter;
    take(&mut letter, &a2.state(&b, ack, start()));
    assert_eq!(letter.state(), State::Closed);

    let ended = by_new_origin(&a, &a2, &b, &minted);
    let proof = &ended.membership.proof;
    assert_eq!(proof.verify(&ended.membership.claim(&b)), Ok(()));
    assert_eq!(proof.predecessors().collect::<Vec<_>>(), [a.id]);
    let onward = hand_over(&b, &c, &ended.membership);
    assert_eq!(onward.membership.proof.verify(&onward.membership.claim(&c)), Ok(()));
}

/// first B goes, then A.
#[test]
fn both_parties_may_be_succeeded() {
    let World { a, b, a2, b2, .. } = world();
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let mut letter = after(&done, 3);
    let entries = done.entries.each_ref();
    let first = succeed(&a, &b2, &letter, &case_file(&[&a, &b], &entries[..3]));
    take(&mut letter, &first);
    let receipt = destination::take_over(&letter, b2.org(7), true).unwrap();
    let receipt = b2.state(&a, receipt, start());
    take(&mut letter, &receipt);
    let first = a.feed(&b2).seal_one(first);
    let received = b2.feed(&a).seal_one(receipt);
    let shown = [entries[0], entries[1], entries[2], &received];
    let mut file = case_file(&[&a, &b, &b2], &shown);
    file.earlier = Some((&first).into());
    let second = succeed(&b2, &a2, &letter, &file);
    let inherited = file.open(Domain::Real, &second.statement).unwrap();
    take(&mut letter, &second);
    assert_eq!(inherited.letter, letter);
    assert_eq!((letter.origin_now(), letter.destination_now()), (a2.id, b2.id));
    let ack = a2.state(&b2, origin::on_receipt(&letter).unwrap(), start());
    take(&mut letter, &ack);
    assert_eq!((letter.state(), letter.way().len()), (State::Closed, 7));
    let mut without = file.clone();
    without.earlier = None;
    assert!(without.open(Domain::Real, &second.statement).is_err(), "who is b2?");
}

/// once the Succession is durable at A, B decides nothing there any more; what it said
/// before counts, and then nothing is owed.
#[test]
fn the_predecessors_word_counts_until_the_succession_and_not_after() {
    let World { a, b, b2, .. } = world();
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let mut letter = after(&done, 3);
    let late = &done.stated[3].statement;
    let refusal = destination::refuse(&letter, Ground::NotArrived, None, "").unwrap();
    let refusal = b.state(&a, refusal, start());
    assert_eq!(letter.check(late), Ok(Kind::Receipt), "before");
    let file = case_file(&[&a, &b], &done.entries.each_ref()[..3]);
    let stated = succeed(&a, &b2, &letter, &file);
    take(&mut letter, &stated);
    for late in [late, &refusal.statement, &done.stated[1].statement] {
        assert_eq!(letter.check(late), Err(Code::StatementContradiction));
    }
    assert_eq!(letter.state(), State::Released);
    let refused = destination::refuse(&letter, Ground::NotArrived, None, "").unwrap();
    let mut returned = letter.clone();
    take(&mut returned, &b2.state(&a, refused, start()));
    assert_eq!((returned.state(), returned.holder()), (State::Refused, Holder::Origin));

    let closed = after(&done, 5);
    assert!(succession(&closed, &file).is_none());
}

fn forged(
    author: &Node,
    audience: &Node,
    letter: &Letter,
    gone: &Node,
    to: usize,
    done: &HandOver,
) -> Stated {
    let draft = Draft::new(&Succession { predecessor: gone.id })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[done.stated[to].statement.hash()]);
    author.state(audience, draft, start())
}

/// nobody but the party that is left, for nobody but the other, once, and only where a
/// Receipt or an Ack is due.
#[test]
fn a_succession_is_refused_where_it_has_no_place() {
    let World { a, b, c, a2, b2 } = world();
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let released = after(&done, 3);
    let file = case_file(&[&a, &b], &done.entries.each_ref()[..3]);
    for count in [1, 2, 5] {
        let letter = after(&done, count);
        assert!(succession(&letter, &file).is_none(), "nothing is owed after {count}");
        let to = count.min(3) - 1;
        let claim = forged(&a, &b2, &letter, &b, to, &done);
        assert_eq!(letter.check(&claim.statement), Err(Code::StatementAntecedent), "{count}");
    }
    let refused = |author, audience, gone, to| {
        released.check(&forged(author, audience, &released, gone, to, &done).statement).unwrap_err()
    };
    assert_eq!(refused(&c, &b2, &b, 2), Code::StatementParty, "a third node");
    assert_eq!(refused(&a, &b2, &c, 2), Code::StatementParty, "a forged predecessor");
    assert_eq!(refused(&a, &b2, &a, 2), Code::StatementParty, "its own place");
    assert_eq!(refused(&a, &b, &b, 2), Code::StatementParty, "to the one that is gone");
    assert_eq!(refused(&a, &b2, &b, 1), Code::StatementAntecedent, "another answer");
    assert_eq!(refused(&b, &a2, &a, 2), Code::StatementAntecedent, "no Ack is due yet");
    let mut other = released.clone();
    other.generation = Generation(1);
    let claim = forged(&a, &b2, &released, &b, 2, &done);
    assert_eq!(other.check(&claim.statement), Err(Code::StatementGeneration));

    let mut letter = released.clone();
    take(&mut letter, &claim);
    assert_eq!(
        (letter.check(&claim.statement), letter.merge(&claim.statement)),
        (Ok(Kind::Succession), Merged::Known)
    );
    let second = forged(&a, &Node::new(13, "610902", "汉滨区"), &letter, &b, 2, &done);
    assert_eq!(letter.check(&second.statement), Err(Code::StatementContradiction));
    assert_eq!(letter.merge(&second.statement), Merged::Contradicts);
    assert!(succession(&letter, &file).is_none());
}

/// a case file of which any part is exchanged, missing or too much hands nothing on.
#[test]
fn a_case_file_with_any_part_exchanged_is_refused() {
    let World { a, b, c, b2, .. } = world();
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let other = hand_over(&a, &c, &Membership::minted(&a));
    let letter = after(&done, 3);
    let entries = done.entries.each_ref();
    let file = case_file(&[&a, &b], &entries[..3]);
    let stated = succeed(&a, &b2, &letter, &file);
    let open = |file: &CaseFile| file.open(Domain::Real, &stated.statement).map(|_| ()).is_ok();
    let changed = |change: &dyn Fn(&mut CaseFile)| {
        let mut file = file.clone();
        change(&mut file);
        open(&file)
    };
    assert!(open(&file));
    assert!(file.open(Domain::Rehearsal, &stated.statement).is_err());
    for count in [0, 1, 2, 4, 5] {
        let some = || entries[..count].iter().map(|entry| (*entry).into()).collect();
        assert!(!changed(&|file| file.entries = some()), "{count} entries");
    }
    for at in 0..3 {
        assert!(!changed(&|file| file.entries[at] = (&other.entries[at]).into()), "{at}");
    }
    assert!(!changed(&|file| file.entries.swap(0, 1)));
    assert!(!changed(&|file| file.certs.push(c.cert.clone())), "a certificate too many");
    assert!(!changed(&|file| drop(file.certs.pop())));
    assert!(!changed(&|file| file.earlier = Some((&a.feed(&b2).seal_one(stated.clone())).into())));
    assert!(!changed(&|file| file.offer = Attachment::new([1; 16], Vec::new())));
    assert!(!changed(&|file| file.release = other.entries[1].attachment.clone()));
    assert!(changed(&|file| file.offer = Attachment::erased([0; 16])), "erased is no forgery");
    let foreign = Node::new(14, "610924", "紫阳县");
    let far = hand_over(&a, &foreign, &Membership::minted(&a));
    assert!(!changed(&|file| file.entries[1] = (&far.entries[1]).into()));
    assert_eq!(CaseFile::from_block(b"file"), Err(Code::StatementProof));
}

/// the largest proof that a Release can carry leaves room for the case file around it.
#[test]
fn a_case_file_fits_into_a_block() {
    let World { a, b, .. } = world();
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let mut file = case_file(&[&a, &b], &done.entries.each_ref()[..4]);
    file.release = Attachment::new([0; 16], vec![0; BLOCK_BYTES_MAX / 10 * 9]);
    assert!(codec::encode(&file).len() < BLOCK_BYTES_MAX);
}

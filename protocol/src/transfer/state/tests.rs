//! The set and its word: exhaustively, because everything else stands on them.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::statement::Draft;
use crate::statement::custody::{Ground, VoidReason};
use crate::transfer::world::{self, HandOver, Membership, Node, hand_over};

const KINDS: [Kind; 6] =
    [Kind::Accept, Kind::Release, Kind::Receipt, Kind::Ack, Kind::Refusal, Kind::Void];

fn hash(kind: Kind, number: u8) -> StatementHash {
    let mut bytes = [number; 32];
    bytes[0] = u8::try_from(kind.number().0).unwrap();
    StatementHash::from_bytes(bytes)
}

fn open_letter() -> Letter {
    let a = Node::shiquan();
    world::opened(&world::issue(&a, &Node::hanbin(), &Membership::minted(&a)).statement)
}

/// the word of each of the 64 subsets, in the order of the bits Accept, Release, Receipt,
/// Ack, Refusal, Void; first letters, `r` released, `R` received, `c` closed, `f` refused, `v`
/// voided.
#[test]
fn every_subset_has_its_word() {
    let words = "iarrRRRRcccccccc".to_owned() + &"f".repeat(16) + &"v".repeat(32);
    for (subset, word) in words.chars().enumerate() {
        let mut letter = open_letter();
        for (bit, kind) in KINDS.into_iter().enumerate().filter(|(bit, _)| subset >> bit & 1 == 1) {
            *letter.set.slot(kind).unwrap() = Some(hash(kind, u8::try_from(bit).unwrap()));
        }
        let expected = match word {
            'i' => State::Issued,
            'a' => State::Accepted,
            'r' => State::Released,
            'R' => State::Received,
            'c' => State::Closed,
            'f' => State::Refused,
            _ => State::Voided,
        };
        assert_eq!(letter.state(), expected, "{subset:06b}");
        assert_eq!(State::from_name(expected.name()), Some(expected));
    }
}

/// who holds, who answers and who manages, by state; nobody holds only in transit, and the
/// custodian is never nobody.
#[test]
fn custody_follows_the_word() {
    use {Custodian as C, Holder as H};
    let table = [
        (None, H::Origin, C::Origin, false, false),
        (Some(Kind::Accept), H::Origin, C::Origin, true, false),
        (Some(Kind::Release), H::InTransit, C::Origin, true, false),
        (Some(Kind::Receipt), H::Destination, C::Destination, false, false),
        (Some(Kind::Ack), H::Destination, C::Destination, false, true),
    ];
    let mut letter = open_letter();
    for (kind, holder, custodian, provisional, last) in table {
        if let Some(kind) = kind {
            assert_eq!(letter.put(kind, hash(kind, 1)), Merged::Added);
        }
        assert_eq!((letter.holder(), letter.custodian()), (holder, custodian));
        assert_eq!((letter.is_provisional(), letter.state().is_final()), (provisional, last));
    }
    for ended in [Kind::Refusal, Kind::Void] {
        let mut letter = open_letter();
        letter.put(Kind::Accept, hash(Kind::Accept, 1));
        letter.put(ended, hash(ended, 1));
        assert_eq!((letter.holder(), letter.custodian()), (H::Origin, C::Origin));
        assert!(!letter.is_provisional() && letter.state().is_final());
    }
}

fn permutations(kinds: &[Kind]) -> Vec<Vec<Kind>> {
    if kinds.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, kind) in kinds.iter().enumerate() {
        let rest = [&kinds[..at], &kinds[at + 1..]].concat();
        all.extend(permutations(&rest).into_iter().map(|tail| [&[*kind], &tail[..]].concat()));
    }
    all
}

/// every set that honest nodes can make, and every part of it, gives one set and one
/// word, in every order and with every statement coming twice.
#[test]
fn no_order_of_an_honest_set_changes_set_or_word() {
    use Kind::{Accept, Ack, Receipt, Refusal, Release, Void};
    let honest: [&[Kind]; 5] = [
        &[Accept, Release, Receipt, Ack],
        &[Accept, Release, Refusal],
        &[Accept, Refusal, Void],
        &[Refusal, Void],
        &[Accept, Void],
    ];
    let mut orders = 0;
    for whole in honest {
        for subset in 0..1 << whole.len() {
            let part: Vec<Kind> = (0..whole.len())
                .filter(|bit| subset >> bit & 1 == 1)
                .map(|bit| whole[bit])
                .collect();
            let mut first: Option<Letter> = None;
            for order in permutations(&part) {
                let mut letter = open_letter();
                for kind in &order {
                    assert_eq!(letter.put(*kind, hash(*kind, 1)), Merged::Added);
                    assert_eq!(letter.put(*kind, hash(*kind, 1)), Merged::Known);
                }
                for kind in order {
                    assert_eq!(letter.put(kind, hash(kind, 1)), Merged::Known);
                }
                let first = first.get_or_insert_with(|| letter.clone());
                assert_eq!((&letter, letter.state()), (&*first, first.state()));
                orders += 1;
            }
        }
    }
    assert_eq!(orders, 65 + 16 + 16 + 5 + 5);
}

/// of {Void, Release} and of {Receipt, Refusal} the first counts, at either end and in either
/// order; the other, and a second statement of one kind, contradict and change nothing.
#[test]
fn the_first_decision_counts() {
    let rivals = [
        (&[Kind::Accept][..], Kind::Void, Kind::Release),
        (&[Kind::Accept, Kind::Release], Kind::Receipt, Kind::Refusal),
    ];
    for (before, one, other) in rivals {
        for (first, second) in [(one, other), (other, one)] {
            let mut letter = open_letter();
            before.iter().for_each(|kind| {
                letter.put(*kind, hash(*kind, 1));
            });
            assert_eq!(letter.put(first, hash(first, 1)), Merged::Added);
            let decided = letter.clone();
            assert_eq!(letter.put(second, hash(second, 1)), Merged::Contradicts);
            assert_eq!(letter.put(first, hash(first, 2)), Merged::Contradicts);
            assert_eq!(letter.put(first, hash(first, 1)), Merged::Known);
            assert_eq!(letter, decided);
        }
    }
}

fn closed() -> (Node, Node, HandOver) {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let closed = hand_over(&a, &b, &Membership::minted(&a));
    (a, b, closed)
}

/// each kind is written by its side only, about this member and generation only.
#[test]
fn a_statement_of_the_wrong_party_or_member_does_not_belong() {
    let (a, b, closed) = closed();
    let letter = &closed.at_origin;
    for stated in &closed.stated[1..] {
        let right = stated.statement.fields().clone();
        let kind = stated.statement.kind().unwrap();
        assert_eq!(letter.check(&stated.statement), Ok(kind));
        let checked = |change: &dyn Fn(&mut crate::statement::Fields)| {
            let mut fields = right.clone();
            change(&mut fields);
            letter.check(&Statement::new(fields))
        };
        let party = Err(Code::StatementParty);
        let generation = Err(Code::StatementGeneration);
        let antecedent = Err(Code::StatementAntecedent);
        assert_eq!(checked(&|f| std::mem::swap(&mut f.author, &mut f.audience)), party);
        assert_eq!(checked(&|f| f.author = Node::ziyang().id), party);
        assert_eq!(checked(&|f| f.audience = Node::ziyang().id), party);
        assert_eq!(checked(&|f| f.generation = Some(Generation(1))), generation);
        assert_eq!(checked(&|f| f.generation = None), generation);
        assert_eq!(checked(&|f| f.member = Some(MemberRef::from_bytes([9; 16]))), generation);
        assert_eq!(checked(&|f| f.letter = None), generation);
        assert_eq!(checked(&|f| f.answers.clear()), antecedent);
        assert_eq!(checked(&|f| f.answers.push(letter.id.offer())), antecedent);
        assert_eq!(checked(&|f| f.answers = vec![f.answers[0]; 2]), antecedent);
        assert_eq!(checked(&|f| f.body.push(0)), Err(Code::StatementMalformed));
        let unknown = crate::statement::kind::KindNumber(4711);
        assert_eq!(checked(&|f| f.kind = unknown), Err(Code::StatementUnknownKind));
    }
    let other = a.state(&b, Draft::new(&a.cert), world::start()).statement;
    assert_eq!(letter.check(&other), Err(Code::StatementUnusable));
    assert_eq!(letter.check(&closed.stated[0].statement), Err(Code::StatementGeneration));
}

/// what each kind may answer, against every prefix of a hand-over.
#[test]
fn a_statement_answers_what_its_kind_answers() {
    let (a, b, closed) = closed();
    let drafts = [
        (Draft::new(&Accept { branch: b.org(7) }), &[0][..]),
        (Draft::new(&Release {}), &[1]),
        (Draft::new(&Receipt { branch: b.org(7) }), &[2]),
        (Draft::new(&Ack {}), &[3]),
        (Draft::new(&Refusal { ground: Ground::NotArrived, redirect: None }), &[0, 1, 2]),
        (Draft::new(&Void { reason: VoidReason::Withdrawn }), &[0, 1]),
        (Draft::new(&ReissueRequest {}), &[0]),
    ];
    for held in 0..5 {
        let mut letter = world::opened(&closed.stated[0].statement);
        closed.stated[1..=held].iter().for_each(|stated| world::take(&mut letter, stated));
        for (draft, answerable) in drafts.clone() {
            for (at, antecedent) in closed.stated.iter().enumerate() {
                let draft = draft
                    .clone()
                    .about(letter.member, letter.generation)
                    .answering(letter.id, &[antecedent.statement.hash()]);
                let by_origin = draft.kind().writer() == Writer::Origin;
                let (author, audience) = if by_origin { (&a, &b) } else { (&b, &a) };
                let stated = author.state(audience, draft, world::start());
                let fits = at <= held && answerable.contains(&at);
                assert_eq!(letter.check(&stated.statement).is_ok(), fits, "{held} {at}");
            }
        }
    }
}

//! What continues a feed, what repeats it, and what proves a fault.

use super::*;
use crate::envelope::seal_entries;
use crate::id::Incarnation;
use crate::seal::Signer;
use crate::statement::notice::Unusable;
use crate::statement::{Draft, Parties, Stated};

struct Author {
    signer: Signer,
    tip: Tip,
    parties: Parties,
}

impl Author {
    fn new() -> Author {
        let signer = Signer::from_seed(&[3; 32]);
        let parties = Parties {
            domain: Domain::Real,
            author: NodeId::from_bytes([1; 32]),
            audience: NodeId::from_bytes([2; 32]),
        };
        Author { signer, tip: Tip::start(Incarnation { counter: 1, random: 7 }), parties }
    }

    fn stated(&self, number: u8) -> Stated {
        let body = Unusable { entry: EntryHash::from_bytes([number; 32]), code: 1 };
        let time = "2026-11-22T08:00:00Z".parse().unwrap();
        Draft::new(&body).finish(&self.parties, time, [number; 16])
    }

    fn group(&mut self, numbers: std::ops::Range<u8>) -> Vec<Entry> {
        let stated = numbers.map(|number| self.stated(number)).collect();
        seal_entries(&mut self.tip, &self.parties, &self.signer, stated)
    }

    fn copy(&self, held: &[Entry]) -> FeedCopy {
        let tip = held.last().map(|entry| Tip {
            incarnation: entry.header.incarnation,
            seq: entry.header.seq,
            hash: entry.hash(),
        });
        FeedCopy {
            domain: Domain::Real,
            author: self.parties.author,
            audience: self.parties.audience,
            key: self.signer.public(),
            tip,
        }
    }
}

fn known(held: &[Entry]) -> impl Fn(u64) -> Option<EntryHash> + '_ {
    |seq| held.get(usize::try_from(seq).unwrap().checked_sub(1)?).map(Entry::hash)
}

/// the next group continues, a repeated one is known, one from further on is a gap.
#[test]
fn groups_continue_repeat_or_leave_a_gap() {
    let mut author = Author::new();
    let (one, two) = (author.group(0..3), author.group(3..5));
    let nothing = author.copy(&[]);
    let judged = nothing.judge(Group::of(one.clone()), known(&[]));
    assert_eq!(judged, Ok(Arrival::Continues(one.clone())));
    assert_eq!(nothing.judge(Group::of(two.clone()), known(&[])), Ok(Arrival::Gap));
    let after_one = author.copy(&one);
    assert_eq!(after_one.judge(Group::of(one.clone()), known(&one)), Ok(Arrival::Known));
    let half = author.copy(&one[..2]);
    let fault = half.judge(Group::of(one.clone()), known(&one[..2]));
    assert_eq!(
        fault,
        Err(FeedFault::Inauthentic(Code::SessionFrame)),
        "sealed anew across the tip"
    );
    assert_eq!(after_one.judge(Group::of(two.clone()), known(&one)), Ok(Arrival::Continues(two)));
}

/// two sealed entries for one place are proof of a fault, wherever they differ.
#[test]
fn a_fork_is_proven_by_the_entry_that_differs() {
    let mut author = Author::new();
    let held = author.group(0..3);
    let mut clone = Author::new();
    let other = clone.group(7..9);
    let fault = author.copy(&held).judge(Group::of(other.clone()), known(&held));
    assert_eq!(fault, Err(FeedFault::Fork(Box::new(other[0].clone()))));
    let later = clone.group(9..10);
    let fault = author.copy(&held[..2]).judge(Group::of(later.clone()), known(&held[..2]));
    assert_eq!(fault, Err(FeedFault::Fork(Box::new(later[0].clone()))));
}

/// other lives, other parties and other keys are not this feed.
#[test]
fn what_is_not_of_this_feed_is_refused() {
    let mut author = Author::new();
    let held = author.group(0..3);
    let mut restored = Author::new();
    restored.tip.incarnation.random = 8;
    let fault = author.copy(&held).judge(Group::of(restored.group(0..1)), known(&held));
    assert_eq!(fault, Err(FeedFault::Incarnation));
    let mut stranger = Author::new();
    stranger.signer = Signer::from_seed(&[4; 32]);
    let fault = author.copy(&[]).judge(Group::of(stranger.group(0..1)), known(&[]));
    assert_eq!(fault, Err(FeedFault::Inauthentic(Code::FeedKey)));
    let mut misaddressed = Author::new();
    misaddressed.parties.audience = NodeId::from_bytes([9; 32]);
    let fault = author.copy(&[]).judge(Group::of(misaddressed.group(0..1)), known(&[]));
    assert_eq!(fault, Err(FeedFault::Inauthentic(Code::StatementParty)));
}

/// a lone entry above the tip floats, and the gap must be filled with the same entry.
#[test]
fn a_floating_entry_must_be_reproduced_when_the_gap_is_filled() {
    let mut author = Author::new();
    let all = author.group(0..5);
    let copy = author.copy(&all[..1]);
    assert_eq!(copy.judge_alone(&all[4], known(&all[..1])), Ok(Alone::Floats));
    assert_eq!(copy.judge_alone(&all[0], known(&all[..1])), Ok(Alone::Known));
    let floated = |seq| (seq == 5).then(|| all[4].hash());
    assert_eq!(FeedCopy::fill(&all[1..], floated), Ok(()));
    let mut clone = Author::new();
    let other = clone.group(10..15);
    assert!(matches!(FeedCopy::fill(&other, floated), Err(FeedFault::Fork(_))));
}

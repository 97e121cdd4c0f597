//! Matchings in memory: lists against plain set intersections, what crosses the wire, and peers
//! that lie.

mod liar;
mod pair;
mod secrecy;

use std::collections::BTreeSet;

use super::frame::{Holds, Message, Said, Source};
use super::run::{Matched, Run};
use crate::limits::{MATCH_ROWS_MAX, MATCH_WAIT_MS, POINTS_IN_FRAME_MAX};
use crate::refusal::Code;

use pair::{Pair, chance, list, parties, start};

/// whom both have listed, by the definition, at both ends; across frames as well.
#[test]
fn a_matching_finds_whom_both_have_listed_and_nobody_else() {
    let frames = POINTS_IN_FRAME_MAX as u32;
    for (mine, theirs) in [
        (0..1, 0..1),
        (0..40, 20..60),
        (0..40, 40..80),
        (0..7, 0..7),
        (0..frames + 1, frames..frames + 30),
    ] {
        let expected: BTreeSet<u32> = mine
            .clone()
            .collect::<BTreeSet<_>>()
            .intersection(&theirs.clone().collect())
            .copied()
            .collect();
        let mut pair = Pair::new(list(mine.clone()), list(theirs.clone()));
        let [asker, asked] = pair.run();
        let people = |matched: &[Matched], first: u32| -> BTreeSet<u32> {
            matched.iter().map(|one| first + one.place as u32).collect()
        };
        assert_eq!(people(&asker.matched, mine.start), expected);
        assert_eq!(people(&asked.matched, theirs.start), expected);
        assert_eq!((asker.name, asker.bytes), (asked.name, asked.bytes));
        assert_eq!((asker.theirs as usize, asked.theirs as usize), (theirs.len(), mine.len()));
    }
}

/// each learns what the other is to those whom both have listed.
#[test]
fn what_each_is_to_them_is_told() {
    let (mut mine, mut theirs) = (list(0..4), list(2..6));
    (mine[2].holds, mine[3].holds) = (Holds::Full, Holds::Gone);
    (theirs[0].holds, theirs[1].holds) = (Holds::Full, Holds::Guest);
    let [asker, asked] = Pair::new(mine, theirs).run();
    let told = |place, theirs| Matched { place, theirs };
    assert_eq!(asker.matched, [told(2, Holds::Full), told(3, Holds::Guest)]);
    assert_eq!(asked.matched, [told(0, Holds::Full), told(1, Holds::Gone)]);
}

/// sizes are agreed on before there is a point, and an empty answer ends it there.
#[test]
fn sizes_come_first_and_are_bounded() {
    let ask = |list| Run::ask(parties(), list, Source::Sheet, &chance(1), start());
    assert_eq!(ask(Vec::new()).unwrap_err().code, Code::MatchNobody);

    let mut pair = Pair::new(list(0..3), Vec::new());
    let [asker, asked] = pair.run();
    assert_eq!((asker.theirs, asker.matched, asked.matched), (0, Vec::new(), Vec::new()));
    let shown = |said: &Said| matches!(said.message, Message::Points(_) | Message::Raised(_));
    assert!(!pair.said().iter().any(shown) && pair.said().len() == 2);

    let rows = MATCH_ROWS_MAX as u32 + 1;
    let message = Message::Open { source: Source::Sheet, rows };
    let said = Said { by_asker: true, run: [1; 16], message };
    let answered = Run::answer(parties(), (&said, 9), list(0..1), &chance(2), start());
    assert_eq!(answered.unwrap_err().code, Code::MatchTooLarge);
    let mut run = ask(list(0..2)).unwrap();
    let message = Message::Answer { nonce: [2; 16], rows };
    let said = Said { by_asker: false, run: run.id(), message }.to_bytes();
    assert_eq!(run.handle_frame(&said).unwrap_err().code, Code::MatchTooLarge);
}

/// it ends by the clock, also by one that was set back.
#[test]
fn a_matching_does_not_last() {
    let run = Run::ask(parties(), list(0..2), Source::Sheet, &chance(1), start()).unwrap();
    assert!(!run.ran_out(start().after_millis(MATCH_WAIT_MS - 1)));
    assert!(run.ran_out(start().after_millis(MATCH_WAIT_MS)));
    assert!(run.ran_out("2026-11-24T07:59:59Z".parse().unwrap()));
}

/// what is left on its way of a run that ended changes nothing in the next.
#[test]
fn the_rest_of_another_run_is_passed_over() {
    let mut pair = Pair::new(list(0..3), list(1..4));
    let other = Said { by_asker: true, run: [9; 16], message: Message::Stop(1) }.to_bytes();
    pair.runs[1].handle_frame(&other).unwrap();
    assert_eq!(pair.run()[0].matched.len(), 2);
}

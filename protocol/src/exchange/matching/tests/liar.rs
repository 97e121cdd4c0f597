//! Peers that lie: each is told which rule it broke, and the matching is over.

use super::pair::{Pair, list};
use crate::exchange::matching::frame::{Found, Holds, Message, Points, Said};
use crate::limits::MATCH_FRAMES_MAX;
use crate::refusal::Code;

/// The message of `side` for which `which` holds is replaced by `lie`; what the other makes of it,
/// and the code that it tells.
fn lied(side: usize, which: fn(&Message) -> bool, lie: impl FnOnce(Message) -> Message) -> Code {
    let mut pair = Pair::new(list(0..9), list(4..20));
    let said = pair.until(side, |said| which(&said.message));
    let said = Said { message: lie(said.message), ..said };
    let refused = pair.runs[1 - side].handle_frame(&said.to_bytes()).unwrap_err().code;
    let told = std::iter::from_fn(|| pair.runs[1 - side].poll_frame()).last().unwrap();
    assert_eq!(Said::read(&told).unwrap().message, Message::Stop(refused.number()));
    assert_eq!(pair.runs[1 - side].poll_outcome(), None);
    refused
}

fn is_points(message: &Message) -> bool {
    matches!(message, Message::Points(_))
}

fn is_raised(message: &Message) -> bool {
    matches!(message, Message::Raised(_))
}

fn is_found(message: &Message) -> bool {
    matches!(message, Message::Found(_))
}

/// The same points with a change of their bytes.
fn changed(message: Message, change: impl FnOnce(&mut Vec<[u8; 32]>)) -> Message {
    let (Message::Points(points) | Message::Raised(points)) = &message else { panic!() };
    let mut all = points.bytes.as_chunks().0.to_vec();
    change(&mut all);
    let points = Points { bytes: all.concat(), last: points.last };
    if is_points(&message) { Message::Points(points) } else { Message::Raised(points) }
}

/// the identity, bytes that are no point, and a point twice or out of order.
#[test]
fn points_that_are_none_are_refused() {
    for side in [0, 1] {
        let identity = |all: &mut Vec<[u8; 32]>| all[0] = [0; 32];
        let no_point = |all: &mut Vec<[u8; 32]>| all[8] = [0xff; 32];
        let twice = |all: &mut Vec<[u8; 32]>| all[1] = all[0];
        let order = |all: &mut Vec<[u8; 32]>| all.swap(2, 5);
        for lie in [identity, no_point, twice, order] {
            assert_eq!(lied(side, is_points, |one| changed(one, lie)), Code::MatchFalse);
        }
        let twice = |one| changed(one, |all| all[1] = all[0]);
        assert_eq!(lied(side, is_raised, twice), Code::MatchFalse);
    }
}

/// One's own points, thrown back as the other's.
#[test]
fn a_mirror_is_refused() {
    let mut pair = Pair::new(list(0..16), list(0..16));
    let mine = pair.until(1, |said| is_points(&said.message));
    pair.runs[0].handle_frame(&mine.to_bytes()).unwrap();
    let said = pair.until(0, |said| is_points(&said.message));
    let mirrored = Said { message: mine.message, ..said };
    let refused = pair.runs[1].handle_frame(&mirrored.to_bytes()).unwrap_err();
    assert_eq!(refused.code, Code::MatchFalse);
}

#[test]
fn more_or_fewer_points_than_were_said_are_refused() {
    for which in [is_points, is_raised] {
        for side in [0, 1] {
            let more = |all: &mut Vec<[u8; 32]>| all.push([0x7e; 32]);
            let fewer = |all: &mut Vec<[u8; 32]>| all.truncate(all.len() - 1);
            let none = |all: &mut Vec<[u8; 32]>| all.clear();
            for lie in [more, fewer, none] {
                assert_eq!(lied(side, which, |one| changed(one, lie)), Code::MatchFrame);
            }
            let never_last = |message| match message {
                Message::Points(part) => Message::Points(Points { last: false, ..part }),
                Message::Raised(part) => Message::Raised(Points { last: false, ..part }),
                other => other,
            };
            assert_eq!(lied(side, which, never_last), Code::MatchFrame);
        }
    }
}

/// whoever hides a match, or makes one up, does not come to the same result.
#[test]
fn a_false_result_is_refused() {
    for side in [0, 1] {
        // Those whom both have listed are among the other's points, whichever they are.
        let hidden = |one| {
            changed(one, |all| {
                all.iter_mut().zip(1..).for_each(|(point, number)| *point = [number; 32]);
            })
        };
        let mut pair = Pair::new(list(0..9), list(4..20));
        let said = pair.until(side, |said| is_raised(&said.message));
        let said = Said { message: hidden(said.message), ..said };
        pair.runs[1 - side].handle_frame(&said.to_bytes()).unwrap();
        assert_eq!(pair.carry(), Err(Code::MatchFalse), "{side}");

        let more =
            |found: Found| Found { holds: [found.holds, vec![Holds::Full]].concat(), ..found };
        let other = |found: Found| Found { name: [7; 32], ..found };
        for lie in [more, other] {
            let lie = |message| match message {
                Message::Found(found) => Message::Found(lie(found)),
                other => other,
            };
            assert_eq!(lied(side, is_found, lie), Code::MatchFalse);
        }
    }
}

#[test]
fn what_comes_out_of_order_or_without_end_is_refused() {
    let stray = |_| Message::Answer { nonce: [1; 16], rows: 3 };
    assert_eq!(lied(0, is_points, stray), Code::MatchFrame);
    assert_eq!(lied(1, is_found, stray), Code::MatchFrame);

    let mut pair = Pair::new(list(0..3), list(0..3));
    let run = pair.runs[0].id();
    let own = Said { by_asker: true, run, message: Message::Stop(1) }.to_bytes();
    assert_eq!(pair.runs[0].handle_frame(&own).unwrap_err().code, Code::MatchFrame);

    let mut pair = Pair::new(list(0..3), list(0..3));
    pair.carry().unwrap();
    let late = Said { by_asker: true, run, message: Message::Stop(1) }.to_bytes();
    let refused = (0..MATCH_FRAMES_MAX).find_map(|_| pair.runs[1].handle_frame(&late).err());
    assert_eq!(refused.map(|refusal| refusal.code), Some(Code::MatchFrame));
}

/// Points of one run say nothing in another, whoever throws them back.
#[test]
fn points_of_an_old_run_match_nobody() {
    let mut old = Pair::new(list(0..9), list(4..20));
    let kept = old.until(0, |said| is_points(&said.message)).message;
    let chances = [super::chance(1), super::chance(3)];
    let mut next = Pair::with(list(0..9), list(4..20), chances);
    let said = next.until(0, |said| is_points(&said.message));
    let replayed = Said { message: kept, ..said };
    next.runs[1].handle_frame(&replayed.to_bytes()).unwrap();
    let raised = next.until(0, |said| is_raised(&said.message));
    next.runs[1].handle_frame(&raised.to_bytes()).unwrap();
    let found = next.until(1, |said| is_found(&said.message));
    let Message::Found(found) = found.message else { panic!() };
    assert_eq!(found.holds, []);
}

//! Peers that lie: each is told which rule it broke, and the comparison is over.

use std::collections::BTreeMap;

use super::pair::{snapshot, start};
use super::{pair, set};
use crate::exchange::reconcile::frame::{Locators, Message, Said, Summary, Symbols};
use crate::exchange::reconcile::position::PositionKey;
use crate::exchange::reconcile::run::Run;
use crate::exchange::reconcile::sketch::Symbol;
use crate::limits::{RECONCILE_FRAMES_MAX, RECONCILE_WAIT_MS, SKETCH_SYMBOLS_KEPT};
use crate::refusal::Code;

fn mine() -> BTreeMap<PositionKey, Vec<u8>> {
    set((0..500).map(|n| (n, 0)))
}

/// A side that was asked, with its answer to another set already given.
fn asked() -> Run {
    let mut run = Run::answer(snapshot(&mine(), SKETCH_SYMBOLS_KEPT), start());
    run.handle_frame(&by(true, Message::Open(summary(7)))).unwrap();
    run
}

/// A side that asks.
fn asker() -> Run {
    Run::ask(snapshot(&mine(), SKETCH_SYMBOLS_KEPT), start())
}

/// The same, with symbols sent and the reading awaited.
fn waiting() -> Run {
    let theirs = set((0..500).map(|n| (n, u8::from(n < 60))));
    let mut other = Run::answer(snapshot(&theirs, SKETCH_SYMBOLS_KEPT), start());
    let mut run = asker();
    other.handle_frame(&run.poll_frame().unwrap()).unwrap();
    run.handle_frame(&other.poll_frame().unwrap()).unwrap();
    run
}

fn summary(positions: u64) -> Summary {
    let snapshot = snapshot(&set([(1, 1)]), 8);
    let fingerprint = snapshot.sketch.fingerprint();
    Summary { stand: snapshot.stand, positions, fingerprint }
}

fn by(by_asker: bool, message: Message) -> Vec<u8> {
    Said { by_asker, message }.to_bytes()
}

/// What the run says to a message, and the code that it tells the peer with its last frame.
fn told(run: &mut Run, frame: &[u8]) -> (Code, Option<Code>) {
    let code = run.handle_frame(frame).unwrap_err().code;
    let last = std::iter::from_fn(|| run.poll_frame()).last().map(|bytes| Said::read(&bytes));
    match last.map(|said| said.unwrap().message) {
        Some(Message::Stop(number)) => (code, Code::from_number(number)),
        _ => (code, None),
    }
}

fn locators(numbers: std::ops::Range<u64>, last: bool) -> Locators {
    let mut all: Vec<[u8; 6]> = numbers.map(|n| pair::key(n).locator().0).collect();
    all.sort_unstable();
    Locators { bytes: all.concat(), last }
}

#[test]
fn a_claim_that_its_symbols_do_not_fit_is_false() {
    let theirs = set((0..510).map(|n| (n, 0)));
    let honest = snapshot(&theirs, SKETCH_SYMBOLS_KEPT);
    let probe: Vec<u8> =
        honest.sketch.symbols()[..48].iter().flat_map(|symbol| symbol.to_bytes()).collect();
    let (code, sent) = told(&mut asker(), &by(false, Message::Answer(summary(510), probe)));
    assert_eq!((code, sent), (Code::ReconcileFalse, Some(Code::ReconcileFalse)));
}

#[test]
fn more_differences_than_could_be_read_are_invented() {
    let far = by(false, Message::Differs(summary(9), locators(0..9_000, true)));
    assert_eq!(told(&mut waiting(), &far).1, Some(Code::ReconcileInvented));
    let near = by(true, Message::Differs(summary(9), locators(0..49, true)));
    assert_eq!(told(&mut asked(), &near).1, Some(Code::ReconcileInvented));
}

#[test]
fn a_second_wish_for_more_and_endless_frames_are_refused() {
    let mut run = waiting();
    run.handle_frame(&by(false, Message::More(900))).unwrap();
    assert_eq!(told(&mut run, &by(false, Message::More(1_000))).1, Some(Code::ReconcileRounds));

    let mut run = asked();
    let again = |last| {
        let bytes = Symbol::default().to_bytes().repeat(8);
        by(true, Message::Symbols(summary(7), Symbols { from: 0, bytes, last }))
    };
    let refused = (0..=RECONCILE_FRAMES_MAX).find_map(|_| run.handle_frame(&again(false)).err());
    assert_eq!(refused.map(|refusal| refusal.code), Some(Code::ReconcileRounds));
}

#[test]
fn symbols_that_never_show_a_difference_are_given_up() {
    let theirs = set((0..500).map(|n| (n, u8::from(n < 100))));
    let honest = snapshot(&theirs, SKETCH_SYMBOLS_KEPT);
    // Counts of a set, and sums of none.
    let noise = |symbol: &Symbol| {
        let mut bytes = symbol.to_bytes();
        bytes[0] ^= 0x55;
        bytes
    };
    let noise: Vec<u8> = honest.sketch.symbols().iter().flat_map(noise).collect();
    let part = |from: usize, to: usize| {
        let bytes = noise[from * Symbol::BYTES..to * Symbol::BYTES].to_vec();
        let symbols = Symbols { from: from as u32, bytes, last: true };
        by(true, Message::Symbols(summary(500), symbols))
    };
    let mut run = asked();
    run.handle_frame(&part(0, 150)).unwrap();
    let wants = std::iter::from_fn(|| run.poll_frame()).last().map(|bytes| Said::read(&bytes));
    let Some(Message::More(symbols)) = wants.map(|said| said.unwrap().message) else {
        panic!("nothing stands alone in such symbols");
    };
    let (code, sent) = told(&mut run, &part(150, symbols as usize));
    assert_eq!((code, sent), (Code::ReconcileUndecoded, Some(Code::ReconcileUndecoded)));
}

#[test]
fn messages_out_of_order_of_the_wrong_side_or_shape_are_refused() {
    let symbols = |from: u32, bytes: usize| {
        let part = Symbols { from, bytes: vec![0; bytes], last: true };
        by(true, Message::Symbols(summary(7), part))
    };
    let unsorted = Locators { bytes: [[2; 6], [1; 6]].concat(), last: true };
    let short = Locators { bytes: vec![1; 6], last: false };
    for (mut run, frame) in [
        (asked(), by(true, Message::Open(summary(7)))),
        (asked(), by(false, Message::Open(summary(7)))),
        (asked(), symbols(1, 16)),
        (asked(), symbols(0, 17)),
        (asked(), symbols(0, 0)),
        (asked(), by(true, Message::Differs(summary(7), unsorted))),
        (asked(), by(true, Message::Differs(summary(7), short))),
        (asker(), by(false, Message::Answer(summary(7), Vec::new()))),
        (asker(), by(false, Message::Answer(summary(7), vec![0; 49 * 16]))),
        (asker(), by(false, Message::More(5))),
        (waiting(), by(false, Message::More(1))),
    ] {
        assert_eq!(told(&mut run, &frame).1, Some(Code::ReconcileFrame));
    }
    let (code, _) = told(&mut waiting(), &by(false, Message::More(1 << 20)));
    assert_eq!(code, Code::ReconcileTooMany);
}

#[test]
fn a_silent_peer_ends_a_comparison_by_the_clock() {
    let mut run = waiting();
    run.handle_timeout(start()).unwrap();
    assert_eq!(run.poll_timeout(), start().after_millis(RECONCILE_WAIT_MS));
    assert_eq!(run.handle_timeout(run.poll_timeout()).unwrap_err().code, Code::ReconcileTimeout);
    // Over is over: nothing more is said or done, whatever comes.
    while run.poll_frame().is_some() {}
    run.handle_frame(&by(false, Message::More(900))).unwrap();
    run.handle_timeout(start().after_millis(10 * RECONCILE_WAIT_MS)).unwrap();
    assert_eq!((run.poll_frame(), run.poll_event()), (None, None));
}

#[test]
fn a_peer_that_stops_says_why() {
    let stop = by(false, Message::Stop(Code::NodeRecovering.number()));
    let refusal = waiting().handle_frame(&stop).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.subject.as_str()),
        (Code::ReconcileStopped, "node.recovering")
    );
}

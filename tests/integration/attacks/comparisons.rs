//! Peers that lie in a reconciliation: each lie ends the comparison with its name, is noted, and
//! harms neither the session nor the node.

use protocol::exchange::frame::{Channel, Frame};
use protocol::exchange::reconcile::frame::{
    Locators, Message, Place, Said, Stand, Summary, Symbols,
};
use protocol::exchange::reconcile::sketch::{Fingerprint, Symbol};
use protocol::id::Incarnation;
use protocol::limits::RECONCILE_FRAMES_MAX;
use protocol::refusal::Code;

use super::evil::Evil;

/// A set that is not the node's, which has no letter with this guest.
fn summary() -> Summary {
    let place = Place { incarnation: Incarnation { counter: 0, random: 0 }, seq: 0 };
    let stand = Stand { own: place, applied: place };
    Summary { stand, positions: 7, fingerprint: Fingerprint::default() }
}

fn say(evil: &mut Evil, message: Message) {
    let said = Said { by_asker: true, message }.to_bytes();
    evil.send(Channel::Control, Frame::Reconcile(said).to_bytes());
}

/// What the node says next in a comparison.
fn told(evil: &mut Evil) -> Message {
    loop {
        match evil.next().unwrap() {
            Frame::Reconcile(bytes) => return Said::read(&bytes).unwrap().message,
            other => evil.note(other),
        }
    }
}

/// Opens a comparison and goes on with `lies`; the code with which the node ends it.
fn ended(lies: impl IntoIterator<Item = Message>) -> Code {
    let mut evil = Evil::guest();
    evil.open();
    say(&mut evil, Message::Open(summary()));
    let Message::Answer(node, _) = told(&mut evil) else { panic!("the node answers") };
    assert_eq!(node.positions, 0);
    lies.into_iter().for_each(|lie| say(&mut evil, lie));
    let Message::Stop(number) = told(&mut evil) else { panic!("the node ends it") };
    evil.still_heard();
    Code::from_number(number).unwrap()
}

/// wrong digests, invented positions, endless rounds.
#[test]
fn lies_in_a_comparison_are_named_and_end_nothing_else() {
    let invented = (0..49u8).flat_map(|number| [number; 6]).collect();
    let invented = Message::Differs(summary(), Locators { bytes: invented, last: true });
    assert_eq!(ended([invented]), Code::ReconcileInvented);

    // Nothing is left when nothing is subtracted, and yet seven positions are claimed.
    let symbols = |last| {
        let bytes = Symbol::default().to_bytes().repeat(8);
        Message::Symbols(summary(), Symbols { from: 0, bytes, last })
    };
    assert_eq!(ended([symbols(true)]), Code::ReconcileFalse);
    let endless = std::iter::repeat_with(|| symbols(false)).take(RECONCILE_FRAMES_MAX);
    assert_eq!(ended(endless), Code::ReconcileRounds);
    assert_eq!(ended([Message::More(5)]), Code::ReconcileFrame);
}

#[test]
fn comparisons_without_a_pause_are_refused() {
    let mut evil = Evil::guest();
    evil.open();
    say(&mut evil, Message::Open(summary()));
    say(&mut evil, Message::Open(summary()));
    assert!(matches!(told(&mut evil), Message::Answer(..)));
    let refused = Message::Stop(Code::ReconcileTooOften.number());
    assert_eq!(told(&mut evil), refused);
    evil.still_heard();
}

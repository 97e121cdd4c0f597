//! Peers that lie in a reconciliation: each lie ends the comparison with its name, is noted, and
//! harms neither the session nor the node.

use protocol::exchange::frame::{Channel, Frame};
use protocol::exchange::reconcile::frame::{
    Locators, Message, Place, Said, Stand, Summary, Symbols,
};
use protocol::exchange::reconcile::sketch::{Fingerprint, Symbol};
use protocol::id::Incarnation;
use protocol::limits::{RECONCILE_ASKS_MAX, RECONCILE_FRAMES_MAX};
use protocol::refusal::Code;
use protocol::statement::Draft;
use protocol::statement::kind::Kind;
use protocol::statement::reconcile::{FeedPlace, ReconcileResult};
use rusqlite::Connection;

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
    for _ in 0..RECONCILE_ASKS_MAX {
        say(&mut evil, Message::Open(summary()));
        assert!(matches!(told(&mut evil), Message::Answer(..)));
    }
    say(&mut evil, Message::Open(summary()));
    let refused = Message::Stop(Code::ReconcileTooOften.number());
    assert_eq!(told(&mut evil), refused);
    evil.still_heard();
}

/// what is no message ends the session, so that it cannot be said without end.
#[test]
fn bytes_that_are_no_message_end_the_session() {
    let mut evil = Evil::guest();
    evil.open();
    evil.send(Channel::Control, Frame::Reconcile(vec![0xff; 9]).to_bytes());
    assert_eq!(evil.closed(), Code::ReconcileFrame);
}

/// An empty set, as the node has it with this guest.
fn nothing(evil: &Evil, applied: Place) -> Summary {
    let own = Place { incarnation: evil.tip.incarnation, seq: evil.tip.seq };
    Summary { stand: Stand { own, applied }, positions: 0, fingerprint: Fingerprint::default() }
}

/// Comparisons that a node keeps under this name, done or not.
fn kept(evil: &Evil, run: [u8; 16]) -> u32 {
    let connection = Connection::open(evil.stage.region.data.join("dukou.db")).unwrap();
    let query = "SELECT count(*) FROM reconciliation WHERE run = ?1";
    connection.query_row(query, [run], |row| row.get(0)).unwrap()
}

/// what a peer claims to have applied of the feed of the node is in it, or nothing is signed.
#[test]
fn a_result_is_signed_only_for_stands_that_can_be() {
    let signed = |evil: &Evil| {
        let connection = Connection::open(evil.stage.region.data.join("dukou.db")).unwrap();
        let query = "SELECT count(*) FROM reconciliation AS kept JOIN peer ON peer.id = kept.peer
                     WHERE peer.node = ?1 AND kept.mine IS NOT NULL";
        let node = *evil.id.as_bytes();
        connection.query_row(query, [node], |row| row.get::<_, u32>(0)).unwrap()
    };
    let ask = |evil: &mut Evil, applied| {
        evil.open();
        let summary = nothing(evil, applied);
        say(evil, Message::Open(summary));
        let Message::Answer(node, _) = told(evil) else { panic!("the node answers") };
        assert_eq!(node.positions, 0);
    };
    let incarnation = Incarnation { counter: 0, random: 0 };
    let mut honest = Evil::guest();
    ask(&mut honest, Place { incarnation, seq: 0 });
    honest.hear(|statement| statement.kind() == Some(Kind::ReconcileResult));
    assert_eq!(signed(&honest), 1);

    let mut evil = Evil::guest();
    let incarnation = Incarnation { counter: u32::MAX, random: 0 };
    ask(&mut evil, Place { incarnation, seq: 1 });
    evil.still_heard();
    assert_eq!(signed(&evil), 0);
}

/// a result of no comparison is passed over, and displaces nothing.
#[test]
fn a_result_that_nobody_asked_for_is_not_kept() {
    let mut evil = Evil::guest();
    evil.open();
    let place = FeedPlace { incarnation: evil.tip.incarnation, seq: 0 };
    for by_asker in [true, false] {
        let result = ReconcileResult {
            run: [9; 16],
            by_asker,
            own: place,
            applied: place,
            positions: 0,
            fingerprint: [0; 16],
            differing: 0,
            held: Vec::new(),
        };
        let stated = evil.state(Draft::new(&result));
        evil.say(stated);
    }
    evil.still_heard();
    assert_eq!(kept(&evil, [9; 16]), 0);
}

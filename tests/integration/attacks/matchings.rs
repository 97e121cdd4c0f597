//! Peers that lie in a matching: each lie ends it with its name, is written down, and harms neither
//! the session nor the node.

use protocol::exchange::frame::{Channel, Frame};
use protocol::exchange::matching::frame::{Holds, Message, Points, Said, Source};
use protocol::exchange::matching::run::{Chance, Listed, Outcome, Parties, Run};
use protocol::limits::{MATCH_ASKS_MAX, MATCH_ROWS_MAX};
use protocol::member::IdNumber;
use protocol::refusal::Code;
use rusqlite::Connection;

use super::evil::{Evil, REHEARSAL, now};
use super::letters::id_number;

const NUMBER: &str = "999999198805120013";

fn say(evil: &mut Evil, run: u8, message: Message) {
    let said = Said { by_asker: true, run: [run; 16], message }.to_bytes();
    evil.send(Channel::Control, Frame::Match(said).to_bytes());
}

/// What the node says next in a matching.
fn told(evil: &mut Evil) -> Vec<u8> {
    loop {
        match evil.next().unwrap() {
            Frame::Match(bytes) => return bytes,
            other => evil.note(other),
        }
    }
}

fn message(evil: &mut Evil) -> Message {
    Said::read(&told(evil)).unwrap().message
}

fn code(message: &Message) -> Code {
    let Message::Stop(number) = message else { panic!("the node ends it: {message:?}") };
    Code::from_number(*number).unwrap()
}

/// The matchings that the node has on record with this guest: what the node listed, and the code.
fn recorded(evil: &Evil) -> Vec<(u32, Option<u16>)> {
    let connection = Connection::open(evil.stage.region.data.join("dukou.db")).unwrap();
    let query = "SELECT matching.mine, matching.code FROM matching
                 JOIN peer ON peer.id = matching.peer WHERE peer.node = ?1 ORDER BY matching.id";
    let mut statement = connection.prepare(query).unwrap();
    let rows = statement.query_map([*evil.id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// A side that asks as an honest guest would, with these numbers.
fn asker(evil: &Evil, chance: u8, numbers: &[String]) -> Run {
    let listed = numbers
        .iter()
        .map(|number| Listed { id_number: IdNumber::parse(number).unwrap(), holds: Holds::Full });
    let parties = Parties { domain: REHEARSAL, asker: evil.id, asked: evil.node.keys.node };
    let chance = Chance { nonce: [chance; 16], exponent: [chance; 64] };
    Run::ask(parties, listed.collect(), Source::Outflow, &chance, now()).unwrap()
}

/// Carries messages to the end, or until the guest would say what `stop` names.
fn carry(evil: &mut Evil, run: &mut Run, stop: fn(&Message) -> bool) -> Result<Outcome, Message> {
    loop {
        while let Some(frame) = run.poll_frame() {
            let message = Said::read(&frame).unwrap().message;
            if stop(&message) {
                return Err(message);
            }
            evil.send(Channel::Control, Frame::Match(frame).to_bytes());
        }
        if let Some(outcome) = run.poll_outcome() {
            return Ok(outcome);
        }
        run.handle_frame(&told(evil)).unwrap();
    }
}

fn never(_: &Message) -> bool {
    false
}

fn is_points(message: &Message) -> bool {
    matches!(message, Message::Points(_))
}

/// a guest that the node has nothing with is answered with nobody, whatever it lists.
#[test]
fn whoever_has_no_part_in_the_roster_learns_nothing_of_it() {
    let mut evil = Evil::guest();
    evil.open();
    let mut run = asker(&evil, 1, &[NUMBER.to_owned()]);
    let outcome = carry(&mut evil, &mut run, never).unwrap();
    assert_eq!((outcome.theirs, outcome.matched), (0, Vec::new()));
    assert_eq!(recorded(&evil), [(0, None)]);

    // The same run once more is not taken.
    let open = asker(&evil, 1, &[NUMBER.to_owned()]).poll_frame().unwrap();
    evil.send(Channel::Control, Frame::Match(open).to_bytes());
    assert_eq!(code(&message(&mut evil)), Code::MatchFalse);
    evil.still_heard();
    assert_eq!(recorded(&evil).len(), 1);
}

/// the identity, a point twice, more points than were said, and the node's own ones;
/// and points of a run that is over find nobody in the next.
#[test]
fn false_points_are_named_and_end_nothing_else() {
    let mut evil = Evil::guest();
    evil.open();
    // The node has one person of this guest: whom it offers.
    evil.offered(1);
    let numbers = [id_number(&evil, 1), id_number(&evil, 2)];
    let mut honest = asker(&evil, 1, &numbers);
    let Err(Message::Points(kept)) = carry(&mut evil, &mut honest, is_points) else { panic!() };
    say(&mut evil, 1, Message::Points(kept.clone()));
    let outcome = carry(&mut evil, &mut honest, never).unwrap();
    assert_eq!((outcome.theirs, outcome.matched.len()), (1, 1));

    let points = |all: &[&[u8]]| Points { bytes: all.concat(), last: true };
    let (one, two) = kept.bytes.split_at(32);
    let lies = [
        (points(&[&[0; 32], one]), Code::MatchFalse),
        (points(&[one, one]), Code::MatchFalse),
        (points(&[one, &[0xfe; 32]]), Code::MatchFalse),
        (points(&[one, two, two]), Code::MatchFrame),
    ];
    for (run, (lie, named)) in (2..).zip(lies) {
        let mut liar = asker(&evil, run, &numbers);
        carry(&mut evil, &mut liar, is_points).unwrap_err();
        say(&mut evil, run, Message::Points(lie));
        assert_eq!(code(&message(&mut evil)), named, "{run}");
    }
    let mut mirror = asker(&evil, 6, &numbers[..1]);
    let open = mirror.poll_frame().unwrap();
    evil.send(Channel::Control, Frame::Match(open).to_bytes());
    let Message::Answer { rows: 1, .. } = message(&mut evil) else { panic!() };
    let Message::Points(own) = message(&mut evil) else { panic!() };
    say(&mut evil, 6, Message::Points(own));
    assert_eq!(code(&message(&mut evil)), Code::MatchFalse);

    let mut replay = asker(&evil, 7, &numbers);
    carry(&mut evil, &mut replay, is_points).unwrap_err();
    say(&mut evil, 7, Message::Points(kept));
    let refused = loop {
        // Its own points are raised, and found to be among nobody's.
        match replay.poll_frame() {
            Some(frame) => evil.send(Channel::Control, Frame::Match(frame).to_bytes()),
            None => match message(&mut evil) {
                Message::Raised(_) => {}
                other => break other,
            },
        }
    };
    assert!(matches!(refused, Message::Found(found) if found.holds.is_empty()));
    evil.still_heard();
    let codes: Vec<_> = recorded(&evil).into_iter().map(|(_, code)| code).collect();
    let [wrong, long] = [Code::MatchFalse, Code::MatchFrame].map(|code| Some(code.number()));
    assert_eq!(codes[..6], [None, wrong, wrong, wrong, long, wrong]);
}

/// sizes, and how often.
#[test]
fn a_matching_has_bounds_whoever_asks() {
    let mut evil = Evil::guest();
    evil.open();
    let open = |rows| Message::Open { source: Source::Inflow, rows };
    say(&mut evil, 1, open(MATCH_ROWS_MAX as u32 + 1));
    assert_eq!(code(&message(&mut evil)), Code::MatchTooLarge);
    say(&mut evil, 2, open(0));
    assert_eq!(code(&message(&mut evil)), Code::MatchFrame);
    for run in 3..=MATCH_ASKS_MAX as u8 {
        say(&mut evil, run, open(9));
        assert!(matches!(message(&mut evil), Message::Answer { rows: 0, .. }));
    }
    say(&mut evil, 99, open(9));
    assert_eq!(code(&message(&mut evil)), Code::MatchTooOften);
    evil.still_heard();
    let codes: Vec<_> = recorded(&evil).into_iter().map(|(_, code)| code).collect();
    let refused = [Code::MatchTooLarge, Code::MatchFrame].map(|code| Some(code.number()));
    assert_eq!((&codes[..2], codes.len() as u64), (&refused[..], MATCH_ASKS_MAX));
}

/// what belongs to no matching is passed over; what is no message ends the session.
#[test]
fn strays_are_passed_over_and_noise_ends_the_session() {
    let mut evil = Evil::guest();
    evil.open();
    let points = Points { bytes: vec![0; 32], last: true };
    say(&mut evil, 5, Message::Points(points));
    evil.still_heard();
    evil.send(Channel::Control, Frame::Match(vec![0xff; 9]).to_bytes());
    assert_eq!(evil.closed(), Code::MatchFrame);
}

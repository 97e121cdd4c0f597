//! One small matching, message by message, and a second reader of it that knows `SPEC.md` alone.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use protocol::exchange::matching::frame::{Holds, Said, Source};
use protocol::exchange::matching::run::{Chance, Listed, Outcome, Parties, Run};
use protocol::id::NodeId;
use protocol::member::IdNumber;
use protocol::seal::Domain;
use protocol::time::Timestamp;
use sha2::{Digest, Sha256, Sha512};

/// The asker's and the other's people; two of them are the same.
const ASKER: [&str; 3] = ["999999198805120013", "999999194901010019", "999999197003150021"];
const ASKED: [&str; 4] =
    ["999999197003150021", "999999200001010038", "999999198805120013", "999999196512310041"];

pub fn parties() -> Parties {
    let [asker, asked] = [0xA1, 0xB2].map(|byte| NodeId::from_bytes([byte; 32]));
    Parties { domain: Domain::Real, asker, asked }
}

fn chance(byte: u8) -> Chance {
    Chance { nonce: [byte; 16], exponent: std::array::from_fn(|place| byte ^ place as u8) }
}

fn list(numbers: &[&str], holds: Holds) -> Vec<Listed> {
    let listed = |number: &&str| Listed { id_number: IdNumber::parse(number).unwrap(), holds };
    numbers.iter().map(listed).collect()
}

/// The messages in order, the first by the side that asks, and what it came to there.
pub fn transcript() -> (Vec<Vec<u8>>, Outcome) {
    let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
    let mine = list(&ASKER, Holds::Full);
    let mut asker = Run::ask(parties(), mine, Source::Outflow, &chance(7), start).unwrap();
    let mut messages = vec![asker.poll_frame().unwrap()];
    let opened = (&Said::read(&messages[0]).unwrap(), messages[0].len());
    let theirs = list(&ASKED, Holds::Guest);
    let mut asked = Run::answer(parties(), opened, theirs, &chance(9), start).unwrap();
    loop {
        if let Some(message) = asked.poll_frame() {
            asker.handle_frame(&message).unwrap();
            messages.push(message);
        } else if let Some(message) = asker.poll_frame() {
            asked.handle_frame(&message).unwrap();
            messages.push(message);
        } else {
            break;
        }
    }
    (messages, asker.poll_outcome().unwrap())
}

/// What is in the messages besides sizes, put together by hand.
pub struct ByHand {
    pub asked_points: Vec<u8>,
    pub asker_points: Vec<u8>,
    pub asked_raised: Vec<u8>,
    pub asker_raised: Vec<u8>,
    pub name: [u8; 32],
}

/// points, points under both exponents in the order of the first, and the name.
pub fn by_hand() -> ByHand {
    let parts: [&[u8]; 5] = [b"dukou/1 match\0", &[0xA1; 32], &[0xB2; 32], &[7; 16], &[9; 16]];
    let context = parts.concat();
    let exponent = |byte| Scalar::from_bytes_mod_order_wide(&chance(byte).exponent);
    let under = |numbers: &[&str], first: Scalar, second: Scalar| {
        let point = |number: &&str| {
            let digest: [u8; 64] =
                Sha512::digest([&context[..], number.as_bytes()].concat()).into();
            let point = RistrettoPoint::from_uniform_bytes(&digest) * first;
            (point.compress().to_bytes(), (point * second).compress().to_bytes())
        };
        let mut points: Vec<([u8; 32], [u8; 32])> = numbers.iter().map(point).collect();
        points.sort_unstable();
        let (once, twice): (Vec<[u8; 32]>, Vec<[u8; 32]>) = points.into_iter().unzip();
        (once.concat(), twice)
    };
    let (asker_points, asker_raised) = under(&ASKER, exponent(7), exponent(9));
    let (asked_points, asked_raised) = under(&ASKED, exponent(9), exponent(7));
    let mut both = asker_raised.clone();
    both.retain(|point| asked_raised.contains(point));
    both.sort_unstable();
    assert_eq!(both.len(), 2);
    let tag = b"dukou/1 match result\0";
    let name = Sha256::digest([&tag[..], &context, &both.concat()].concat()).into();
    ByHand {
        asked_points,
        asker_points,
        asked_raised: asked_raised.concat(),
        asker_raised: asker_raised.concat(),
        name,
    }
}

//! The code on paper: it verifies with the issuer's NodeId alone, and nothing that differs from it
//! by one bit does.
#![allow(clippy::unwrap_used)]

mod world;

use proptest::prelude::*;
use protocol::codec;
use protocol::envelope::Entry;
use protocol::limits::CODE_CHARS_MAX;
use protocol::paper::{PREFIX, PaperCode};
use protocol::refusal::Code;
use protocol::seal::Domain;
use protocol::statement::attachment::Attachment;
use protocol::statement::{Draft, Stated};
use protocol::transfer::origin;
use world::{Membership, Node, issue, offer_body, person, start};

/// An Offer of the first node, alone in its group.
fn single() -> (Node, Entry) {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let mut feed = a.feed(&b);
    feed.seal_one(a.state(&b, Draft::new(&a.cert), start()));
    let entry = feed.seal_one(issue(&a, &b, &Membership::minted(&a)));
    (a, entry)
}

/// The same Offer among seven others, as a batch commits them.
fn of_eight() -> (Node, Vec<Entry>) {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let offers: Vec<Stated> = (0..8).map(|_| issue(&a, &b, &Membership::minted(&a))).collect();
    let entries = a.feed(&b).seal(offers);
    (a, entries)
}

fn text_of(a: &Node, entry: &Entry) -> String {
    PaperCode::of(entry.clone(), a.cert.clone()).unwrap().to_text()
}

/// Whether a reader that knows the issuer takes the text for genuine.
fn genuine(text: &str, issuer: &Node) -> bool {
    PaperCode::read(text).is_ok_and(|code| code.issuer() == issuer.id && code.verified().is_ok())
}

/// what is printed is read back to the same entry, and verifies.
#[test]
fn a_code_brings_the_entry_back_whole() {
    let (a, entry) = single();
    let text = text_of(&a, &entry);
    assert!(text.starts_with(PREFIX) && text.len() < CODE_CHARS_MAX);
    let code = PaperCode::read(&text).unwrap();
    assert_eq!((code.entry(), code.issuer()), (&entry, a.id));
    assert_eq!(code.entry().to_bytes(), entry.to_bytes());
    let (keys, statement) = code.verified().unwrap();
    assert_eq!((keys, Some(statement)), (a.cert.verified().unwrap(), entry.content.statement()));
    assert_eq!(code.to_text(), text);
    let carried = format!(" {}\r\n{}\n", &text[..90], &text[90..]);
    assert_eq!(PaperCode::read(&carried).unwrap(), code, "a carrier may wrap the line");
}

/// each letter of a group of eight has a code, with a path of three.
#[test]
fn every_letter_of_a_batch_has_its_code() {
    let (a, entries) = of_eight();
    for entry in &entries {
        assert_eq!(entry.seal.path.len(), 3);
        let code = PaperCode::read(&text_of(&a, entry)).unwrap();
        assert!(code.verified().is_ok() && code.entry() == entry);
    }
}

/// every bit counts.
#[test]
fn one_flipped_bit_anywhere_is_found() {
    let (a, entries) = of_eight();
    let text = text_of(&a, &entries[5]);
    assert!(genuine(&text, &a));
    for at in 0..text.len() {
        for bit in 0..7 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(!genuine(&changed, &a), "character {at}, bit {bit}");
        }
        assert!(!genuine(&text[..at], &a), "cut after {at}");
    }
    for more in ["0", "00", "000", &text] {
        assert!(!genuine(&format!("{text}{more}"), &a));
    }
}

/// other keys, other blocks, other kinds, other groups.
#[test]
fn what_the_issuer_did_not_seal_is_no_code() {
    let (a, entry) = single();
    let refused = |entry: Entry, node: &Node| PaperCode::of(entry, node.cert.clone()).err();
    assert_eq!(refused(entry.clone(), &Node::hanbin()), Some(Code::FeedKey));
    let stolen = Node { cert: a.cert.clone(), ..Node::new(9, "610922", "石泉县") };
    let b = Node::hanbin();
    let own = issue(&stolen, &b, &Membership::minted(&stolen));
    assert_eq!(refused(stolen.feed(&b).seal_one(own), &a), Some(Code::FeedKey));

    let mut other = entry.clone();
    other.attachment = Attachment::new(
        *entry.attachment.salt(),
        codec::encode(&{
            let mut person = person();
            person.name = "赵以明".into();
            person
        }),
    );
    assert_eq!(refused(other, &a), Some(Code::SealInvalid));
    let mut erased = entry.clone();
    erased.attachment = Attachment::erased(*entry.attachment.salt());
    assert_eq!(refused(erased, &a), Some(Code::StatementErased));
    let cert = a.feed(&b).seal_one(a.state(&b, Draft::new(&a.cert), start()));
    assert_eq!(refused(cert, &a), Some(Code::StatementMalformed));
}

/// a rehearsal's code is one of the rehearsal, and never becomes another.
#[test]
fn a_rehearsal_stays_one() {
    let a = Node::in_domain(Domain::Rehearsal, 1, "610922", "石泉县");
    let (_, entry) = single();
    assert_eq!(PaperCode::of(entry, a.cert).err(), Some(Code::SealInvalid));
}

/// what no QR code holds is refused before it is printed.
#[test]
fn a_letter_that_is_too_long_has_no_code() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let membership = Membership::minted(&a);
    let sized = |chars: usize| {
        let mut person = person();
        person.reason = "长".repeat(chars).as_str().into();
        let body = offer_body(&a, &b, membership.provenance());
        let draft = origin::offer(&membership.holding, &body, codec::encode(&person));
        let entry = a.feed(&b).seal_one(a.state(&b, draft, start()));
        PaperCode::of(entry, a.cert.clone())
    };
    assert!(sized(500).is_ok(), "the longest reason alone fits");
    let mut person = person();
    for field in [&mut person.reason, &mut person.addressee, &mut person.sender] {
        *field = "长".repeat(500).as_str().into();
    }
    let body = offer_body(&a, &b, membership.provenance());
    let draft = origin::offer(&membership.holding, &body, codec::encode(&person));
    let entry = a.feed(&b).seal_one(a.state(&b, draft, start()));
    assert_eq!(PaperCode::of(entry, a.cert).err(), Some(Code::PaperTooLarge));
}

/// a hundred thousand texts that are no code, and none that makes the reader work or panic.
#[test]
fn junk_is_no_code() {
    let (a, entry) = single();
    let real = text_of(&a, &entry).into_bytes();
    // A small generator of its own: the texts are the same in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for round in 0..100_000 {
        let mut text = if round % 2 == 0 {
            let len = next() % 300;
            let body = (0..len).map(|_| alphabet[next() % 45]);
            [PREFIX.as_bytes(), &body.collect::<Vec<_>>()].concat()
        } else {
            let mut text = real.clone();
            for _ in 0..1 + next() % 3 {
                let at = next() % text.len();
                text[at] = alphabet[next() % 45];
            }
            text
        };
        if text == real {
            text.pop();
        }
        assert!(!genuine(std::str::from_utf8(&text).unwrap(), &a), "round {round}");
    }
    assert_eq!(PaperCode::read(&"A".repeat(1 << 20)).err(), Some(Code::PaperUnreadable));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..Default::default()
    })]

    /// any text at all is read or refused.
    #[test]
    fn no_text_panics(text in "(DK1:)?\\PC{0,200}") {
        if let Ok(code) = PaperCode::read(&text) {
            let _ = code.verified();
        }
    }
}

//! Hellos that claim what is not so: 44 of the plan. No unproven claim of a peer stops a node.

use protocol::envelope::{Entry, Head, SignedHead, Tip};
use protocol::exchange::frame::{Channel, Frame, Hello};
use protocol::id::EntryHash;
use protocol::limits::{HELLO_FLOATING_MAX, HELLO_RECORDS_MAX};
use protocol::refusal::Code;
use protocol::seal::Domain;

use super::evil::{Evil, REHEARSAL, now, without_block};

/// Says a changed Hello, and gives the code with which the node ends the session.
fn refused(evil: &mut Evil, change: impl FnOnce(&mut Hello)) -> Code {
    let mut hello = evil.hello();
    change(&mut hello);
    evil.open_with(&Frame::Hello(Box::new(hello)).to_bytes());
    evil.closed()
}

#[test]
fn attack_44_head_in_the_future_and_huge_lists() {
    let mut evil = Evil::guest();
    evil.hang_up();
    let (id, node, tip) = (evil.id, evil.node.keys.node, evil.tip);
    let head = |evil: &Evil, change: &dyn Fn(&mut Head)| {
        let mut head = Head { domain: REHEARSAL, author: id, audience: node, tip, time: now() };
        change(&mut head);
        SignedHead::sign(head, &evil.signing)
    };
    let later = now().after_millis(25 * 60 * 60 * 1000);
    for (head, code) in [
        (head(&evil, &|head| head.time = later), Code::StatementTime),
        (head(&evil, &|head| head.domain = Domain::Real), Code::StatementDomain),
        (head(&evil, &|head| head.author = node), Code::StatementParty),
        (head(&evil, &|head| head.audience = id), Code::StatementParty),
    ] {
        assert_eq!(refused(&mut evil, |hello| hello.body.head = head), code);
    }
    let stranger = protocol::seal::Signer::from_seed(&[77; 32]);
    let parties = evil.parties();
    let forged =
        Head { domain: REHEARSAL, author: parties.author, audience: node, tip, time: now() };
    let forged = SignedHead::sign(forged, &stranger);
    assert_eq!(refused(&mut evil, |hello| hello.body.head = forged), Code::FeedKey);

    let records = vec![evil.head(tip); HELLO_RECORDS_MAX + 1];
    assert_eq!(refused(&mut evil, |hello| hello.body.records = records), Code::SessionFrame);
    let floating = vec![tip; HELLO_FLOATING_MAX + 1];
    assert_eq!(refused(&mut evil, |hello| hello.body.floating = floating), Code::SessionFrame);
    let garbage = Some(vec![0xff; 100 * 1024]);
    assert_eq!(refused(&mut evil, |hello| hello.body.seen = garbage), Code::SessionFrame);
    evil.still_heard();
}

#[test]
fn attack_44_the_same_hello_back() {
    let mut evil = Evil::guest();
    evil.open();
    // A session in which the node's own nonce comes back is one with a mirror.
    let silent = Frame::Hello(Box::new(evil.hello())).to_bytes();
    evil.open_with(&silent[..1]);
    assert_eq!(evil.closed(), Code::SessionFrame);
    evil.still_heard();
}

#[test]
fn a_claim_without_the_nodes_signature_ends_the_session_and_nothing_else() {
    let mut evil = Evil::guest();
    evil.hang_up();
    let last = evil.heard.last().unwrap().clone();
    // An entry in the node's name that the evil peer sealed itself.
    let mut header = last.header;
    header.seq += 5;
    let forged = evil.seal(header, last.content.bytes().to_vec(), last.attachment.clone());
    let forged = without_block(&forged);
    let code = refused(&mut evil, |hello| hello.body.seen = Some(forged));
    assert_eq!(code, Code::SessionConflict);
    // The node's own entry moved to a later place: its seal does not hold there.
    let content = last.content.bytes().to_vec();
    let moved = Entry::from_parts(header, content, last.attachment.clone(), last.seal.clone());
    let moved = without_block(&moved);
    let code = refused(&mut evil, |hello| hello.body.seen = Some(moved));
    assert_eq!(code, Code::SessionConflict);
    // A head in the node's name.
    let head = Head {
        domain: REHEARSAL,
        author: evil.node.keys.node,
        audience: evil.id,
        tip: Tip { seq: 1_000_000, ..tip_of(&last) },
        time: now(),
    };
    let head = SignedHead::sign(head, &evil.signing);
    let code = refused(&mut evil, |hello| hello.body.seen_head = Some(head));
    assert_eq!(code, Code::SessionConflict);
    // Places on paper that nobody can show.
    let place = Tip { seq: 1_000_000, hash: EntryHash::from_bytes([1; 32]), ..tip_of(&last) };
    let code = refused(&mut evil, |hello| hello.body.floating = vec![place]);
    assert_eq!(code, Code::SessionConflict);
    // What the node never sent, acknowledged.
    for number in [1, 2] {
        // Once something was acknowledged, both sides have let each other in.
        evil.offered(number);
        let held = tip_of(evil.heard.last().unwrap());
        let wrong = Tip { hash: EntryHash::from_bytes([2; 32]), ..held };
        let ack = if number == 1 { place } else { wrong };
        evil.send(Channel::Control, Frame::Ack(ack).to_bytes());
        assert_eq!(evil.closed(), Code::SessionConflict);
    }

    assert_eq!(evil.stage.mode(), "normal");
    evil.issued();
    evil.still_heard();
}

/// the session ends, the finding stays until the peer says something else.
#[test]
fn a_false_claim_is_a_finding() {
    let mut evil = Evil::of(std::sync::Arc::new(super::stage::Stage::own()));
    evil.hang_up();
    let place = Tip { seq: 1_000_000, ..tip_of(evil.heard.last().unwrap()) };
    let code = refused(&mut evil, |hello| hello.body.floating = vec![place]);
    assert_eq!(code, Code::SessionConflict);
    assert!(evil.stage.findings("Conflict") > 0);
}

fn tip_of(entry: &Entry) -> Tip {
    let header = &entry.header;
    Tip { incarnation: header.incarnation, seq: header.seq, hash: entry.hash() }
}

#[test]
fn a_hello_that_forgets_what_it_had_is_sent_it_again() {
    let mut evil = Evil::guest();
    let case = evil.issued();
    let heard = std::mem::take(&mut evil.heard);
    evil.open();
    let again = evil.hear(|statement| statement.letter() == Some(case.letter));
    assert!(heard.iter().any(|entry| entry.hash() == again.hash()), "the same bytes");
    evil.still_heard();
}

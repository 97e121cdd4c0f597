//! Bytes that are not what they claim to be: 1 to 13 of the plan.

use protocol::codec;
use protocol::envelope::{Entry, Header};
use protocol::exchange::frame::{Channel, Frame};
use protocol::limits::{FRAME_BYTES_MAX, GROUP_ENTRIES_MAX};
use protocol::refusal::Code;
use protocol::seal::{Domain, PublicKey, Seal, Signature, Signer, leaf};
use protocol::statement::attachment::Attachment;
use protocol::statement::kind::KindNumber;
use protocol::statement::{Draft, Stated, Statement};

use super::evil::{Evil, REHEARSAL, changed, frame_of, seal_with};
use super::letters::{case_of, offer};
use super::stage::Stage;

/// Bytes that an evil peer seals as its next entry: authentic, whatever they are.
fn authentic(evil: &mut Evil, bytes: Vec<u8>, attachment: Attachment) -> Entry {
    let entry = evil.seal(evil.place(), bytes, attachment);
    evil.take(vec![entry.clone()]);
    entry
}

/// Bytes that are no statement: sealed, taken, and answered with the reason.
fn unreadable(evil: &mut Evil, bytes: Vec<u8>) {
    assert!(Statement::read(&bytes).is_err(), "the test means bytes that cannot be read");
    let entry = authentic(evil, bytes, Attachment::new([7; 16], Vec::new()));
    evil.complained_of(&entry, Code::StatementMalformed);
}

/// The honest bytes are taken once nobody changes them.
fn then_honest(evil: &mut Evil, stated: Stated) {
    let case = case_of(&stated);
    assert_eq!(evil.state_of(&case), None, "nothing was stored before");
    evil.say(stated);
    evil.assert_state(&case, "issued");
    evil.still_heard();
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..place], to, &bytes[place + from.len()..]].concat()
}

#[test]
fn attack_01_one_bit_flipped_anywhere() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    let frame = frame_of(vec![evil.sealed(&offer)]);
    let answers = [Code::SessionFrame, Code::SealInvalid, Code::StatementParty, Code::FeedKey];
    // A prime step lands in every field and in every bit of a byte.
    for place in (0..frame.len()).step_by(37) {
        let mut flipped = frame.clone();
        flipped[place] ^= 1 << (place % 8);
        let code = evil.refused(flipped);
        assert!(answers.contains(&code), "byte {place} of {}: {}", frame.len(), code.text());
    }
    then_honest(&mut evil, offer);
}

/// The order of the group of Ed25519, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The same signature with S + L for S: equal to a lenient verifier.
fn stretched(signature: Signature) -> Signature {
    let mut bytes = codec::encode(&signature);
    let mut carry = 0;
    for (byte, add) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    assert_eq!(carry, 0);
    codec::decode(&bytes).unwrap()
}

#[test]
fn attack_02_non_canonical_signature_and_small_order_key() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    let entry = evil.sealed(&offer);
    let seal = Seal { signature: stretched(entry.seal.signature), ..entry.seal.clone() };
    let bytes = entry.content.bytes().to_vec();
    let lenient = Entry::from_parts(entry.header, bytes, entry.attachment.clone(), seal);
    assert_eq!(evil.refused_entry(lenient), Code::SealInvalid);
    then_honest(&mut evil, offer);

    // A key of small order verifies anything: it is not even read.
    let mut weak = [0; 32];
    weak[0] = 1;
    assert!(PublicKey::from_bytes(&weak).is_none());
    let stranger = Evil::stranger(Stage::shared());
    let introduction = stranger.introduction();
    let signing = *stranger.signing.public().as_bytes();
    let weakened = replaced(&introduction, &signing, &weak);
    assert_eq!(stranger.introduce(weakened), Some(Code::InvitationInvalid));
    assert_eq!(stranger.introduce(introduction), None, "the invitation was not used up");
}

#[test]
fn attack_03_wrong_domain_tag() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    let tag = REHEARSAL.tag().as_bytes();
    for wrong in ["dukou-rehearsal/2", "Dukou-rehearsal/1"] {
        unreadable(&mut evil, replaced(offer.statement.bytes(), tag, wrong.as_bytes()));
    }
    then_honest(&mut evil, offer);
}

#[test]
fn attack_04_other_federation() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    let real = changed(&offer, |fields| fields.domain = Domain::Real);
    evil.complained(real.clone(), Code::StatementDomain);
    let bytes = offer.statement.bytes().to_vec();
    let sealed =
        seal_with(&evil.signing, Domain::Real, evil.place(), bytes, offer.attachment.clone());
    assert_eq!(evil.refused_entry(sealed), Code::SealInvalid);
    then_honest(&mut evil, offer);
}

#[test]
fn attack_05_session_peer_is_not_the_signer() {
    let (mut evil, mut third) = (Evil::guest(), Evil::guest());
    let offer = offer(&evil, 1);
    let (place, bytes) = (evil.place(), offer.statement.bytes().to_vec());
    // Signed by a third node, under its own key and under the name of ours.
    let named = Header { key: third.signing.public().id(), ..place };
    for (header, code) in [(named, Code::FeedKey), (place, Code::SealInvalid)] {
        let attachment = offer.attachment.clone();
        let entry = seal_with(&third.signing, REHEARSAL, header, bytes.clone(), attachment);
        assert_eq!(evil.refused_entry(entry), code);
    }
    // Our own good entry, brought by a third node.
    assert_eq!(third.refused_entry(evil.sealed(&offer)), Code::StatementParty);
    third.still_heard();
    then_honest(&mut evil, offer);
}

#[test]
fn attack_06_addressed_to_another() {
    let (mut evil, third) = (Evil::guest(), Evil::guest());
    let offer = offer(&evil, 1);
    let header = Header { audience: third.id, ..evil.place() };
    let bytes = offer.statement.bytes().to_vec();
    let entry = evil.seal(header, bytes, offer.attachment.clone());
    assert_eq!(evil.refused_entry(entry), Code::StatementParty);
    let inside = changed(&offer, |fields| fields.audience = third.id);
    evil.complained(inside, Code::StatementParty);
    then_honest(&mut evil, offer);
}

#[test]
fn attack_07_from_equals_to() {
    let mut evil = Evil::guest();
    let (offer, node) = (offer(&evil, 1), evil.node.keys.node);
    for party in [evil.id, node] {
        let itself = changed(&offer, |fields| (fields.author, fields.audience) = (party, party));
        evil.complained(itself, Code::StatementParty);
        let header = Header { author: party, audience: party, ..evil.place() };
        let bytes = offer.statement.bytes().to_vec();
        let entry = evil.seal(header, bytes, offer.attachment.clone());
        assert_eq!(evil.refused_entry(entry), Code::StatementParty);
    }
    then_honest(&mut evil, offer);
}

#[test]
fn attack_08_trailing_bytes() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    unreadable(&mut evil, [offer.statement.bytes(), &[0]].concat());
    let longer = changed(&offer, |fields| fields.body.push(0));
    evil.complained(longer, Code::StatementMalformed);
    let frame = frame_of(vec![evil.sealed(&offer)]);
    assert_eq!(evil.refused([&frame[..], &[0]].concat()), Code::SessionFrame);
    assert_eq!(evil.refused(frame[..frame.len() - 1].to_vec()), Code::SessionFrame);
    then_honest(&mut evil, offer);
}

#[test]
fn attack_09_non_canonical_encoding() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    // The kind, 16, once more as a number of two bytes.
    let tagged = [&[17], REHEARSAL.tag().as_bytes(), &[16]].concat();
    let longer = [&[17], REHEARSAL.tag().as_bytes(), &[251, 16, 0]].concat();
    unreadable(&mut evil, replaced(offer.statement.bytes(), &tagged, &longer));
    then_honest(&mut evil, offer);
}

/// A data frame that claims a number of entries and goes on with `rest`.
fn group_claiming(evil: &Evil, entries: u64, rest: &[u8]) -> Vec<u8> {
    let place = codec::encode(&evil.place());
    let signature = evil.signing.seal_group(REHEARSAL, &[leaf(&place, &[])]);
    let count = codec::encode(&entries);
    [&[1], &place[..], &codec::encode(&signature), &count, rest].concat()
}

#[test]
fn attack_10_length_of_2_to_the_63() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    for length in [1 << 63, u64::MAX, u64::from(u32::MAX)] {
        let frame = group_claiming(&evil, length, &[]);
        assert_eq!(evil.refused(frame), Code::SessionFrame);
        let hash = codec::encode(&offer.statement.fields().commitment);
        let fields = offer.statement.fields();
        let (head, tail) = (fields.body.len() as u64, codec::encode(&fields.body));
        assert_eq!(u64::from(tail[0]), head);
        let claimed = [&codec::encode(&length)[..], &fields.body, &hash].concat();
        let honest = [&tail[..], &hash].concat();
        unreadable(&mut evil, replaced(offer.statement.bytes(), &honest, &claimed));
    }
    // A frame that is longer than any may be is refused by its length alone.
    for length in [0, FRAME_BYTES_MAX as u32 + 1, u32::MAX] {
        evil.open();
        evil.send_bytes(Channel::Data, &length.to_le_bytes());
        assert_eq!(evil.closed(), Code::SessionFrame);
    }
    then_honest(&mut evil, offer);
}

#[test]
fn attack_11_nested_list_bomb() {
    let mut evil = Evil::guest();
    // As many empty entries as a frame holds.
    let item = [&[0][..], &[0; 16], &[0, 0]].concat();
    let items = (FRAME_BYTES_MAX - 512) / item.len();
    let bomb = group_claiming(&evil, items as u64, &item.repeat(items));
    assert!(items > 100 * GROUP_ENTRIES_MAX);
    assert_eq!(evil.refused(bomb), Code::SessionFrame);
    let empty = group_claiming(&evil, 0, &[]);
    assert_eq!(evil.refused(empty), Code::SessionFrame);
    evil.still_heard();
}

#[test]
fn attack_12_unknown_variants() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    for kind in [0, 2, 200, 999, u16::MAX] {
        let unknown = changed(&offer, |fields| fields.kind = KindNumber(kind));
        evil.complained(unknown, Code::StatementUnknownKind);
    }
    let other = Draft::new(&evil.cert).finish(&evil.parties(), super::evil::now(), [1; 16]);
    let misread = changed(&other, |fields| fields.kind = offer.statement.fields().kind);
    evil.complained(misread, Code::StatementMalformed);
    for kind in [4, 77, 255] {
        let mut frame = frame_of(vec![evil.sealed(&offer)]);
        frame[0] = kind;
        assert_eq!(evil.refused(frame), Code::SessionFrame);
    }
    then_honest(&mut evil, offer);
}

#[test]
fn attack_13_version_0_and_255() {
    let mut evil = Evil::guest();
    evil.hang_up();
    for (versions, code) in [
        ((0, 0), Code::SessionFrame),
        ((0, 255), Code::SessionFrame),
        ((255, 1), Code::SessionFrame),
        ((255, 255), Code::SessionVersion),
        ((2, 300), Code::SessionVersion),
    ] {
        let mut hello = evil.hello();
        hello.versions = versions;
        evil.open_with(&Frame::Hello(Box::new(hello)).to_bytes());
        assert_eq!(evil.closed(), code, "{versions:?}");
    }
    // A later version that still speaks ours is let in.
    let mut hello = evil.hello();
    hello.versions = (1, 255);
    evil.open_with(&Frame::Hello(Box::new(hello)).to_bytes());
    evil.still_heard();
}

#[test]
fn a_frame_on_the_wrong_stream_or_in_the_wrong_order_ends_the_session() {
    let mut evil = Evil::guest();
    let group = frame_of(vec![evil.sealed(&offer(&evil, 1))]);
    let hello = Frame::Hello(Box::new(evil.hello())).to_bytes();
    evil.open();
    evil.send(Channel::Control, group.clone());
    assert_eq!(evil.closed(), Code::SessionFrame);
    evil.open();
    evil.send(Channel::Control, hello.clone());
    assert_eq!(evil.closed(), Code::SessionFrame, "a second Hello");
    evil.open();
    evil.send(Channel::Data, hello);
    assert_eq!(evil.closed(), Code::SessionFrame);
    evil.open_with(&group);
    assert_eq!(evil.closed(), Code::SessionFrame, "a group instead of a Hello");
    evil.still_heard();
}

#[test]
fn a_signature_of_another_key_for_the_certificate_does_not_pair() {
    let stranger = Evil::stranger(Stage::shared());
    let keys = stranger.cert.verified().unwrap();
    let content = protocol::pairing::Introduction {
        cert: stranger.cert.clone(),
        addresses: Vec::new(),
        secret: stranger.node.secret,
        orgs: Vec::new(),
    };
    let other = Signer::from_seed(&[99; 32]);
    let forged = protocol::pairing::SignedPairing::sign(content, keys, &other);
    assert_eq!(stranger.introduce(forged), Some(Code::InvitationInvalid));
    assert_eq!(stranger.introduce(vec![0; 4096]), Some(Code::InvitationInvalid));
    // Somebody who overheard the introduction does not hold the TLS key that it names.
    let thief = Evil::stranger(Stage::shared());
    assert_eq!(thief.introduce(stranger.introduction()), Some(Code::InvitationInvalid));
    assert_eq!(stranger.introduce(stranger.introduction()), None);
}

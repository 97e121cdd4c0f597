//! Each adversarial input of the attack plan that reaches the protocol, as a named test.
//!
//! The number in a name is that of the plan. What a session, an import or a page must withstand is
//! tested where it lives.
#![allow(clippy::unwrap_used)]

mod world;

use protocol::codec::{self, Malformed};
use protocol::envelope::{Entry, Group, Head, SignedHead};
use protocol::exchange::feed::{Alone, Arrival, FeedCopy, FeedFault, keys_of_first};
use protocol::id::{EntryHash, Generation, LetterId};
use protocol::limits::{BLOCK_BYTES_MAX, FRAME_BYTES_MAX};
use protocol::member::{IdNumber, IdNumberFault, PersonalParticulars};
use protocol::refusal::Code;
use protocol::seal::{self, Domain, PublicKey, Seal};
use protocol::statement::attachment::Attachment;
use protocol::statement::custody::{Ground, Offer, Receipt, Refusal, Release, Void, VoidReason};
use protocol::statement::directory::{OrgDirectory, OrgKind, OrgListing};
use protocol::statement::keys::KeyCert;
use protocol::statement::kind::{Kind, KindNumber};
use protocol::statement::{Draft, Fields, Parties, Stated, Statement};
use protocol::time::{Day, Timestamp};
use protocol::transfer::proof::HandOverProof;
use protocol::transfer::state::{Holder, Letter, Merged, State};
use protocol::transfer::{destination, offer, origin};
use world::{HandOver, Membership, Node, hand_over, hop, issue, opened, start, take};

fn pair() -> (Node, Node) {
    (Node::shiquan(), Node::hanbin())
}

fn offered() -> (Node, Node, Stated) {
    let (a, b) = pair();
    let offer = issue(&a, &b, &Membership::minted(&a));
    (a, b, offer)
}

fn closed() -> (Node, Node, HandOver) {
    let (a, b) = pair();
    let done = hand_over(&a, &b, &Membership::minted(&a));
    (a, b, done)
}

/// The letter after the first `held` statements of the hand-over.
fn letter_after(done: &HandOver, held: usize) -> Letter {
    let mut letter = opened(&done.stated[0].statement);
    done.stated[1..held].iter().for_each(|stated| take(&mut letter, stated));
    letter
}

fn changed(statement: &Statement, change: impl Fn(&mut Fields)) -> Statement {
    let mut fields = statement.fields().clone();
    change(&mut fields);
    Statement::new(fields)
}

/// `bytes` with the one occurrence of `from` replaced.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

fn none(_: u64) -> Option<EntryHash> {
    None
}

/// no bit of an entry or of its private block may change.
#[test]
fn attack_01_one_bit_flipped_anywhere() {
    let (a, b, stated) = offered();
    let entry = a.feed(&b).seal_one(stated);
    let (bytes, key) = (entry.to_bytes(), a.signing.public());
    assert_eq!(entry.verifies(Domain::Real, &key), Ok(()));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let taken = Entry::read(&flipped).is_ok_and(|e| e.verifies(Domain::Real, &key).is_ok());
        assert!(!taken, "bit {bit}");
    }
}

/// S + L verifies under lax rules, and a small-order key under any signature.
#[test]
fn attack_02_non_canonical_signature_and_small_order_key() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (a, b, stated) = offered();
    let entry = a.feed(&b).seal_one(stated);
    let signature = codec::encode(&entry.seal.signature);
    let mut malleated = signature.clone();
    let mut carry = 0;
    for (byte, add) in malleated[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    let forged = Entry::read(&replaced(&entry.to_bytes(), &signature, &malleated)).unwrap();
    let verdict = forged.verifies(Domain::Real, &a.signing.public());
    assert_eq!(verdict, Err(Code::SealInvalid));

    let neutral: [u8; 32] = std::array::from_fn(|at| u8::from(at == 0));
    for weak in [neutral, [0; 32]] {
        assert!(PublicKey::from_bytes(&weak).is_none());
        let cert = replaced(&codec::encode(&a.cert), a.signing.public().as_bytes(), &weak);
        assert_eq!(codec::decode::<KeyCert>(&cert), Err(Malformed::Unreadable));
    }
}

/// a tag of another length or spelling is no statement at all.
#[test]
fn attack_03_wrong_domain_tag() {
    let (_, _, offer) = offered();
    for tag in ["dukou/2", "Dukou/1", "dukou-1", "\0ukou/1"] {
        let bytes = replaced(offer.statement.bytes(), b"dukou/1", tag.as_bytes());
        assert_eq!(Statement::read(&bytes), Err(Malformed::Unreadable), "{tag}");
    }
}

/// what an exercise signs counts for nothing in the real federation, whichever
/// layer carries it.
#[test]
fn attack_04_other_federation() {
    let (a, b, offer) = offered();
    let rehearsal = Node::in_domain(Domain::Rehearsal, 1, "610922", "石泉县");
    let exercise = Parties { domain: Domain::Rehearsal, ..a.to(&b) };
    let draft = Draft::new(&rehearsal.cert);
    let mut feed = a.feed(&b);
    let inside = feed.seal_one(draft.clone().finish(&exercise, start(), [0; 16]));
    assert_eq!(inside.verifies(Domain::Real, &a.signing.public()), Ok(()));
    assert_eq!(inside.usable(Domain::Real).unwrap_err(), Code::StatementDomain);
    let certified = keys_of_first(&Group::of(vec![inside]), Domain::Real, &a.id);
    assert_eq!(certified.unwrap_err(), Code::StatementDomain);

    let mut feed = a.feed(&b);
    feed.parties = exercise;
    let entries = feed.seal(vec![offer]);
    let copy = FeedCopy { domain: Domain::Real, ..feed.copy(&[]) };
    let fault = Err(FeedFault::Inauthentic(Code::SealInvalid));
    assert_eq!(copy.judge(Group::of(entries), none), fault);

    let Parties { domain, author, audience } = exercise;
    let head = Head { domain, author, audience, tip: feed.tip, time: start() };
    let signed = SignedHead::sign(head, &a.signing);
    let read = signed.verified(&a.signing.public()).unwrap();
    assert_eq!(read.domain, Domain::Rehearsal, "signed for no other");
    let relabelled = replaced(&codec::encode(&signed), b"\x11dukou-rehearsal/1", b"\x07dukou/1");
    let relabelled: SignedHead = codec::decode(&relabelled).unwrap();
    assert!(relabelled.verified(&a.signing.public()).is_none());
}

/// the peer at the other end of a session cannot speak for a third node.
#[test]
fn attack_05_session_peer_is_not_the_signer() {
    let (a, b, offer) = offered();
    let c = Node::ziyang();
    let entries = a.feed(&b).seal(vec![offer.clone()]);
    let copy_of_c = c.feed(&b).copy(&[]);
    let fault = FeedFault::Inauthentic(Code::StatementParty);
    assert_eq!(copy_of_c.judge(Group::of(entries.clone()), none), Err(fault.clone()));
    assert_eq!(copy_of_c.judge_alone(&entries[0], none), Err(fault));
    let relayed = c.feed(&b).seal_one(offer);
    assert_eq!(relayed.usable(Domain::Real).unwrap_err(), Code::StatementParty);
    assert!(keys_of_first(&Group::of(entries), Domain::Real, &c.id).is_err());
}

/// neither an entry nor a statement that is addressed to another node acts here.
#[test]
fn attack_06_addressed_to_another() {
    let (a, b, offer) = offered();
    let c = Node::ziyang();
    let entry = a.feed(&b).seal_one(offer.clone());
    let at_c = a.feed(&c).copy(&[]);
    let fault = Err(FeedFault::Inauthentic(Code::StatementParty));
    assert_eq!(at_c.judge_alone(&entry, none), fault);
    let forwarded = a.feed(&c).seal_one(offer);
    assert_eq!(at_c.judge_alone(&forwarded, none), Ok(Alone::Floats));
    assert_eq!(forwarded.usable(Domain::Real).unwrap_err(), Code::StatementParty);
}

/// a node has nothing to state to itself.
#[test]
fn attack_07_from_equals_to() {
    let (a, _, offer) = offered();
    let itself = changed(&offer.statement, |fields| fields.audience = fields.author);
    assert_eq!(Letter::open(&itself).unwrap_err(), Code::StatementMalformed);
    let stated = Stated { statement: itself, attachment: offer.attachment };
    let entry = a.feed(&a).seal_one(stated);
    assert_eq!(entry.usable(Domain::Real).unwrap_err(), Code::StatementParty);
}

/// nothing may follow a value, at any layer.
#[test]
fn attack_08_trailing_bytes() {
    let (a, b, offer) = offered();
    let more = |bytes: &[u8]| [bytes, &[0]].concat();
    let statement = more(offer.statement.bytes());
    assert_eq!(Statement::read(&statement), Err(Malformed::Trailing));
    let long_body = changed(&offer.statement, |fields| fields.body.push(0));
    assert_eq!(long_body.body::<Offer>(), Err(Code::StatementMalformed));
    let block = more(offer.attachment.block().unwrap());
    assert_eq!(offer::particulars(&block), Err(Code::StatementMalformed));
    let entry = a.feed(&b).seal_one(offer);
    assert_eq!(Entry::read(&more(&entry.to_bytes())), Err(Malformed::Trailing));
    let group = more(&codec::encode(&Group::of(vec![entry])));
    assert_eq!(codec::decode::<Group>(&group).unwrap_err(), Malformed::Trailing);
}

/// the same meaning in longer numbers is another text, and refused.
#[test]
fn attack_09_non_canonical_encoding() {
    let (_, _, offer) = offered();
    let (bytes, tag) = (offer.statement.bytes(), b"dukou/1\x10");
    for kind in [&b"dukou/1\xfb\x10\x00"[..], b"dukou/1\xfc\x10\x00\x00\x00"] {
        assert!(Statement::read(&replaced(bytes, tag, kind)).is_err());
    }
    let long = replaced(bytes, tag, b"dukou/1\xfb\x10\x00");
    assert_eq!(Statement::read(&long), Err(Malformed::NotCanonical));
}

/// a forged length is refused before anything is allocated for it.
#[test]
fn attack_10_length_of_2_to_the_63() {
    let (_, _, offer) = offered();
    let body = &offer.statement.fields().body;
    let plain = [&[u8::try_from(body.len()).unwrap()], &body[..]].concat();
    for length in [1_u64 << 63, u64::MAX, 1 << 32] {
        let forged = [&[253], &length.to_le_bytes()[..], body].concat();
        let bytes = replaced(offer.statement.bytes(), &plain, &forged);
        assert_eq!(Statement::read(&bytes), Err(Malformed::Unreadable));
    }
}

/// lists in lists are bounded by what came, not by what they claim.
#[test]
fn attack_11_nested_list_bomb() {
    let (many, claim) = (250_000_u32.to_le_bytes(), [252]);
    let bomb = [&[0, 0, 1][..], &claim, &many, &[0; 64], &claim, &many].concat();
    assert_eq!(codec::decode::<OrgDirectory>(&bomb), Err(Malformed::Unreadable));
    let answers = [&[252][..], &many, &[0; 4096]].concat();
    assert_eq!(HandOverProof::from_block(&answers), Err(Code::StatementProof));
    let empty_items = vec![0; 250_000];
    assert!(codec::decode::<Group>(&empty_items).is_err());
}

/// an unknown variant is unreadable; an unknown kind is stored and judged later.
#[test]
fn attack_12_unknown_variants() {
    assert!(codec::decode::<Void>(&[4]).is_ok());
    assert_eq!(codec::decode::<Void>(&[5]), Err(Malformed::Unreadable));
    assert_eq!(codec::decode::<Refusal>(&[10, 0]), Err(Malformed::Unreadable));
    assert_eq!(codec::decode::<Refusal>(&[0, 2]), Err(Malformed::Unreadable));
    assert_eq!(codec::decode::<OrgKind>(&[5]), Err(Malformed::Unreadable));
    let (a, b, done) = closed();
    let unknown = changed(&done.stated[2].statement, |f| f.kind = KindNumber(40_000));
    assert_eq!(letter_after(&done, 2).check(&unknown), Err(Code::StatementUnknownKind));
    let attachment = done.stated[2].attachment.clone();
    let mut feed = a.feed(&b);
    let copy = feed.copy(&[]);
    let later = Stated { statement: unknown, attachment };
    let entries = feed.seal(vec![later, done.stated[4].clone()]);
    let judged = copy.judge(Group::of(entries.clone()), none);
    assert_eq!(judged, Ok(Arrival::Continues(entries)));
}

/// a version is part of the tag, and no other one is spoken.
#[test]
fn attack_13_version_0_and_255() {
    let (_, _, offer) = offered();
    for tag in [&b"\x07dukou/0"[..], b"\x09dukou/255", b"\x06dukou/", b"\x07dukou/\xff"] {
        let bytes = replaced(offer.statement.bytes(), b"\x07dukou/1", tag);
        assert_eq!(Statement::read(&bytes), Err(Malformed::Unreadable));
    }
}

/// a letter that ended before it began opens nothing.
#[test]
fn attack_14_valid_until_before_issue() {
    let (_, _, stated) = offered();
    let mut body: Offer = stated.statement.body().unwrap();
    body.valid_until = start().day().plus_days(-1);
    let bytes = codec::encode(&body);
    let statement = changed(&stated.statement, |fields| fields.body.clone_from(&bytes));
    assert_eq!(Letter::open(&statement).unwrap_err(), Code::StatementTime);
}

/// times outside 2000 to 2200 and days outside 1900 to 2200 are not representable.
#[test]
fn attack_15_year_9999_and_negative_time() {
    for millis in [0, 253_402_300_799_000, u64::MAX, 7_258_118_400_001] {
        let bytes = codec::encode(&millis);
        assert_eq!(codec::decode::<Timestamp>(&bytes), Err(Malformed::Unreadable), "{millis}");
    }
    for day in [i32::MIN, -25_568, 84_007, 2_932_896, i32::MAX] {
        let bytes = codec::encode(&day);
        assert_eq!(codec::decode::<Day>(&bytes), Err(Malformed::Unreadable), "{day}");
    }
    let (_, _, offer) = offered();
    let long_ago = "2026-11-21T07:59:59Z".parse().unwrap();
    assert!(offer.statement.is_ahead_of(long_ago));
}

/// a letter is named by its own bytes, so another body is another letter, and what was
/// said of the one is not said of the other.
#[test]
fn attack_16_same_letter_id_other_body() {
    let (_, b, done) = closed();
    let mut body: Offer = done.stated[0].statement.body().unwrap();
    body.to_org = b.org(99);
    let bytes = codec::encode(&body);
    let other = changed(&done.stated[0].statement, |fields| fields.body.clone_from(&bytes));
    let letter = opened(&other);
    assert_ne!(letter.id, done.letter());
    let accept = &done.stated[1].statement;
    assert_eq!(letter.check(accept), Err(Code::StatementGeneration));
    let renamed = changed(accept, |fields| fields.letter = Some(letter.id));
    assert_eq!(letter.check(&renamed), Err(Code::StatementAntecedent));
}

/// a Receipt binds the very Release that it answers.
#[test]
fn attack_17_receipt_for_another_release() {
    let (_, _, done) = closed();
    let other = LetterId::of_offer(done.stated[1].statement.hash()).offer();
    let receipt = changed(&done.stated[3].statement, |fields| fields.answers = vec![other]);
    assert_eq!(letter_after(&done, 3).check(&receipt), Err(Code::StatementAntecedent));
    let early = letter_after(&done, 2).check(&done.stated[3].statement);
    assert_eq!(early, Err(Code::StatementAntecedent));
}

/// only the addressee confirms.
#[test]
fn attack_18_receipt_by_a_third_node() {
    let (a, _, done) = closed();
    let c = Node::ziyang();
    let letter = letter_after(&done, 3);
    let draft = Draft::new(&Receipt { branch: c.org(1) })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[done.stated[2].statement.hash()]);
    let receipt = c.state(&a, draft, start());
    assert_eq!(letter.check(&receipt.statement), Err(Code::StatementParty));
}

/// nobody can be handed over before they were accepted.
#[test]
fn attack_19_release_without_accept() {
    let (a, b, done) = closed();
    let letter = letter_after(&done, 1);
    assert_eq!(letter.check(&done.stated[2].statement), Err(Code::StatementAntecedent));
    let draft = Draft::new(&Release {})
        .about(letter.member, letter.generation)
        .answering(letter.id, &[letter.id.offer()]);
    let release = a.state(&b, draft, start());
    assert_eq!(letter.check(&release.statement), Err(Code::StatementAntecedent));
    assert!(destination::on_release(&letter, b.org(7), Ok(())).is_none());
}

/// whoever voided cannot release.
#[test]
fn attack_20_release_after_own_void() {
    let (a, b, done) = closed();
    let mut letter = letter_after(&done, 1);
    let void = origin::void(&letter, VoidReason::Withdrawn).unwrap();
    take(&mut letter, &done.stated[1]);
    take(&mut letter, &a.state(&b, void, start()));
    let release = &done.stated[2].statement;
    assert_eq!(letter.check(release), Ok(Kind::Release));
    assert_eq!(letter.merge(release), Merged::Contradicts);
    assert_eq!((letter.state(), letter.holder()), (State::Voided, Holder::Origin));
    assert!(destination::on_release(&letter, b.org(7), Ok(())).is_none());
}

fn refusal(letter: &Letter, a: &Node, b: &Node) -> Stated {
    let draft = destination::refuse(letter, Ground::NotArrived, None, "").unwrap();
    b.state(a, draft, start())
}

/// whoever confirmed cannot refuse.
#[test]
fn attack_21_refusal_after_receipt() {
    let (a, b, done) = closed();
    let refusal = refusal(&letter_after(&done, 3), &a, &b);
    for held in [4, 5] {
        let mut letter = letter_after(&done, held);
        assert_eq!(letter.check(&refusal.statement), Ok(Kind::Refusal));
        let merged = letter.merge(&refusal.statement);
        assert_eq!((merged, letter.holder()), (Merged::Contradicts, Holder::Destination));
    }
}

/// whoever refused cannot confirm: the membership went back, and is not given twice.
#[test]
fn attack_22_receipt_after_refusal() {
    let (a, b, done) = closed();
    let mut letter = letter_after(&done, 3);
    let refusal = refusal(&letter, &a, &b);
    take(&mut letter, &refusal);
    let receipt = &done.stated[3].statement;
    assert_eq!(letter.merge(receipt), Merged::Contradicts);
    assert_eq!((letter.state(), letter.holder()), (State::Refused, Holder::Origin));
    assert!(origin::on_receipt(&letter).is_none());
}

/// a Release whose proof lacks an Ack is answered with a Refusal, and the membership
/// is the origin's again.
#[test]
fn attack_23_release_with_a_proof_that_lacks_an_ack() {
    let (a, b, done) = closed();
    let c = Node::ziyang();
    let entries = [0, 1, 2, 3, 3].map(|at| &done.entries[at]);
    let unfinished = HandOverProof::default().extended(hop(&a, &b, entries));
    let cut = done.membership.proof.to_block();
    let cut = HandOverProof::from_block(&cut[..cut.len() - 64]);
    assert_eq!(cut, Err(Code::StatementProof), "a hop cut short");
    let (membership, claim) = (&done.membership, done.membership.claim(&b));
    let mut letter = opened(&issue(&b, &c, membership).statement);
    let draft = destination::accept(&letter, c.org(2), true, start()).unwrap();
    let accept = c.state(&b, draft, start());
    take(&mut letter, &accept);
    let release = origin::on_accept(&letter, &accept.statement, true, || unfinished).unwrap();
    let release = b.state(&c, release, start());
    take(&mut letter, &release);
    let proof = HandOverProof::from_block(release.attachment.block().unwrap()).unwrap();
    let answer = destination::on_release(&letter, c.org(2), proof.verify(&claim)).unwrap();
    let answer = c.state(&b, answer, start());
    let ground = answer.statement.body::<Refusal>().unwrap().ground;
    assert_eq!(ground, Ground::Malformed);
    take(&mut letter, &answer);
    assert_eq!(letter.holder(), Holder::Origin);
}

/// neither the block, nor its count, nor the walk grows with what is claimed.
#[test]
fn attack_24_proof_of_100_000_hops() {
    let (a, b, done) = closed();
    let block = done.membership.proof.to_block();
    let mut endless = [&[252][..], &100_000_u32.to_le_bytes()].concat();
    while endless.len() < FRAME_BYTES_MAX {
        endless.extend_from_slice(&block[1..]);
    }
    assert_eq!(HandOverProof::from_block(&endless), Err(Code::StatementProof));
    let bomb = Attachment::new([1; 16], vec![0; BLOCK_BYTES_MAX + 1]);
    assert!(!bomb.fits(&bomb.commitment()));
    let hop = hop(&a, &b, done.entries.each_ref());
    let proof = (0..1_000).fold(HandOverProof::default(), |proof, _| proof.extended(hop.clone()));
    let mut claim = done.membership.claim(&b);
    for generation in [1_000, 100_000, u32::MAX] {
        claim.generation = Generation(generation);
        assert_eq!(proof.verify(&claim), Err(Code::StatementProof));
    }
}

/// generations grow by one with each hand-over, and never again from below.
#[test]
fn attack_25_generation_skip() {
    let (a, b, done) = closed();
    let mut skipped = done.membership.clone();
    skipped.holding.generation = Generation(2);
    let claim = skipped.claim(&b);
    assert_eq!(done.membership.proof.verify(&claim), Err(Code::StatementProof));
    let accept =
        changed(&done.stated[1].statement, |fields| fields.generation = Some(Generation(1)));
    assert_eq!(letter_after(&done, 1).check(&accept), Err(Code::StatementGeneration));
    let again = opened(&issue(&a, &b, &Membership::minted(&a)).statement);
    let held = Some(done.membership.holding.generation);
    assert_eq!(destination::check_generation(&again, held), Err(Code::StatementGeneration));
}

/// a dead life of a feed neither continues it nor floats above it.
#[test]
fn attack_26_replay_from_an_old_incarnation() {
    let (a, b, done) = closed();
    let [offer, _, release, _, _] = done.stated.clone();
    let old = a.feed(&b).seal(vec![offer.clone()]);
    let mut feed = a.feed(&b);
    feed.tip.incarnation.counter += 1;
    let held = feed.seal(vec![offer]);
    let copy = feed.copy(&held);
    let known = |seq| (seq == 1).then(|| held[0].hash());
    assert_eq!(copy.judge(Group::of(old.clone()), known), Err(FeedFault::Incarnation));
    assert_eq!(copy.judge_alone(&old[0], known), Err(FeedFault::Incarnation));
    let mut rolled_back = a.feed(&b);
    rolled_back.tip.seq = 8;
    let paper = rolled_back.seal_one(release);
    assert_eq!(copy.judge_alone(&paper, known), Err(FeedFault::Incarnation));
}

/// a gap waits, a fork is proof, and there is no entry 0.
#[test]
fn attack_30_gap_and_fork() {
    let (a, b, done) = closed();
    let [offer, _, release, _, ack] = done.stated.clone();
    let mut feed = a.feed(&b);
    let held = feed.seal(vec![offer.clone()]);
    let copy = feed.copy(&held);
    let known = |seq| (seq == 1).then(|| held[0].hash());
    feed.seal(vec![release.clone()]);
    let third = feed.seal(vec![ack.clone()]);
    assert_eq!(copy.judge(Group::of(third), known), Ok(Arrival::Gap));
    let other = a.feed(&b).seal(vec![release]);
    let fork = FeedFault::Fork(Box::new(other[0].clone()));
    assert_eq!(copy.judge(Group::of(other.clone()), known), Err(fork.clone()));
    assert_eq!(copy.judge_alone(&other[0], known), Err(fork));
    let mut last = a.feed(&b);
    last.tip.seq = u64::MAX - 1;
    let last = last.seal(vec![offer]);
    assert_eq!(copy.judge(Group::of(last), known), refused_frame());
    let zero = sealed_at_zero(&a, &b, ack);
    assert_eq!(copy.judge_alone(&zero, known).map(|_| ()), refused_frame().map(|_| ()));
    assert_eq!(copy.judge(Group::of(vec![zero]), known), refused_frame());
}

fn refused_frame() -> Result<Arrival, FeedFault> {
    Err(FeedFault::Inauthentic(Code::SessionFrame))
}

/// An entry that its author really sealed under the number 0.
fn sealed_at_zero(a: &Node, b: &Node, stated: Stated) -> Entry {
    let mut header = a.feed(b).seal_one(stated.clone()).header;
    header.seq = 0;
    let leaf = seal::leaf(&codec::encode(&header), stated.statement.bytes());
    let seals = Seal::of_group(a.signing.seal_group(Domain::Real, &[leaf]), &[leaf]);
    let bytes = stated.statement.bytes().to_vec();
    Entry::from_parts(header, bytes, stated.attachment, seals[0].clone())
}

/// names are bounded, visible text; rare characters are ordinary text.
#[test]
fn attack_31_hostile_names() {
    let particulars = |name: &str| {
        let mut person = world::person();
        person.name = name.into();
        offer::particulars(&codec::encode(&person)).map(|_| ())
    };
    let listing = |name: &str| {
        let (code, kind) = (Node::shiquan().org(1), OrgKind::Branch);
        let org = OrgListing {
            code,
            name: name.to_owned(),
            kind,
            parent: None,
            may_transfer: true,
            aliases: Vec::new(),
        };
        OrgDirectory { revision: 1, part: 0, parts: 1, orgs: vec![org] }.is_well_formed()
    };
    let certified = |name: &str| Node::new(1, "610922", name).cert.verified().is_ok();
    for good in ["赵以刚", "𰻝𰻞", "买买提·艾力", "ئەلى"] {
        assert!(particulars(good).is_ok() && listing(good) && certified(good), "{good}");
    }
    let long = "字".repeat(101);
    for bad in ["", " ", "赵\0", "赵\u{202e}以", "赵\u{2066}以", "赵\u{61c}", "赵\n", &long]
    {
        assert_eq!(particulars(bad), Err(Code::StatementMalformed), "{bad:?}");
        assert!(!listing(bad) && !certified(bad), "{bad:?}");
    }
    let mebibyte = "字".repeat(1 << 20);
    assert_eq!(particulars(&mebibyte), Err(Code::StatementMalformed));
    let plain = codec::encode(&world::person());
    let surrogate = replaced(&plain, "赵以刚".as_bytes(), b"\xed\xa0\x80\xed\xa0\x80\xed\xa0\x80");
    assert_eq!(codec::decode::<PersonalParticulars>(&surrogate), Err(Malformed::Unreadable));
}

/// an identity number has its right check character, in ASCII, in one spelling.
#[test]
fn attack_32_identity_numbers() {
    let wrong = IdNumber::parse("110105194912310021").unwrap_err();
    assert_eq!(wrong, IdNumberFault::Checksum { expected: 'X' });
    let bad =
        ["110105194912310021", "1１010519491231002X", "11010519491231002x", "1.1010519491231e17"];
    for number in bad {
        let mut person = world::person();
        person.id_number = number.into();
        let read = offer::particulars(&codec::encode(&person));
        assert_eq!(read, Err(Code::StatementMalformed), "{number}");
    }
}

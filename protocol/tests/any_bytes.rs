//! Whatever bytes come: nothing panics, and what is read encodes to the very same bytes.
//!
//! Random bytes seldom read as anything, so most cases start from real bytes and damage them.
#![allow(clippy::unwrap_used)]

mod world;

use proptest::prelude::*;
use protocol::codec::{self, Decode, Encode};
use protocol::envelope::{Content, Entry, Group, Head, SignedHead};
use protocol::exchange::feed::keys_of_first;
use protocol::member::PersonalParticulars;
use protocol::seal::Domain;
use protocol::statement::attachment::Attachment;
use protocol::statement::custody::{
    Accept, Ack, Offer, Receipt, Refusal, Release, Succession, Void,
};
use protocol::statement::directory::OrgDirectory;
use protocol::statement::keys::KeyCert;
use protocol::statement::kind::Kind;
use protocol::statement::mobility::particulars::{
    CertificateParticulars, ContactPerson, Duties, Particulars, ReportedPerson, check_block,
};
use protocol::statement::mobility::{
    ContactNote, EndProposal, HelpRequest, ParticipationReport, ReportIn, StayEnded, StayNotice,
    StayPlaced,
};
use protocol::statement::notice::{ReissueRequest, Unusable};
use protocol::statement::summary::Summary;
use protocol::statement::{Draft, Statement};
use protocol::stay::state::Stay;
use protocol::transfer::offer;
use protocol::transfer::proof::HandOverProof;
use protocol::transfer::state::Letter;
use protocol::transfer::succession::CaseFile;
use world::stays::{Away, certificate, contact, reported};
use world::{Membership, Node, by_new_destination, hand_over, start};

/// Real bytes of every type that is read from others.
fn real() -> Vec<Vec<u8>> {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let done = hand_over(&a, &b, &Membership::minted(&a));
    let mut feed = a.feed(&b);
    let cert = a.state(&b, Draft::new(&a.cert), start());
    let entries = feed.seal(vec![cert, done.stated[0].clone(), done.stated[4].clone()]);
    let (domain, tip) = (Domain::Real, feed.tip);
    let head = Head { domain, author: a.id, audience: b.id, tip, time: start() };
    let mut all = vec![
        codec::encode(&SignedHead::sign(head, &a.signing)),
        codec::encode(&a.cert),
        codec::encode(&world::person()),
        done.membership.proof.to_block(),
        entries[1].to_bytes(),
        codec::encode(&Group::of(entries)),
    ];
    let succeeded = by_new_destination(&a, &b, &Node::new_hanbin(), &Membership::minted(&a));
    all.push(succeeded.membership.proof.to_block());
    all.push(succeeded.succession.to_bytes());
    all.push(succeeded.succession.attachment.block().unwrap().to_vec());
    let away = Away::noticed(&a, &b).year().said;
    for stated in done.stated.iter().chain(&away).chain(&Away::reported(&a, &b).said) {
        all.push(stated.statement.bytes().to_vec());
        all.push(stated.statement.fields().body.clone());
    }
    all.extend([certificate().to_block(), reported().to_block(), contact().to_block()]);
    all
}

#[derive(Clone, Debug)]
enum Damage {
    Change(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Cut(prop::sample::Index),
    Lengthen(prop::sample::Index),
}

impl Damage {
    fn any() -> impl Strategy<Value = Damage> {
        let at = any::<prop::sample::Index>;
        prop_oneof![
            (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Change(at, byte)),
            (at(), prop_oneof![Just(0), Just(1), any::<u8>()])
                .prop_map(|(at, byte)| Damage::Insert(at, byte)),
            at().prop_map(Damage::Remove),
            at().prop_map(Damage::Cut),
            at().prop_map(Damage::Lengthen),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>) {
        let len = bytes.len();
        match self {
            _ if len == 0 => {}
            Damage::Change(at, byte) => bytes[at.index(len)] = *byte,
            Damage::Insert(at, byte) => bytes.insert(at.index(len), *byte),
            Damage::Remove(at) => drop(bytes.remove(at.index(len))),
            Damage::Cut(at) => bytes.truncate(at.index(len)),
            Damage::Lengthen(at) => {
                // The same small number in its three-byte form.
                let at = at.index(len);
                let number = bytes[at];
                bytes.splice(at..=at, [251, number, 0]);
            }
        }
    }
}

fn same<T: Encode + Decode<()>>(bytes: &[u8]) -> bool {
    match codec::decode::<T>(bytes) {
        Ok(value) => {
            assert_eq!(codec::encode(&value), bytes, "{}", std::any::type_name::<T>());
            true
        }
        Err(_) => false,
    }
}

fn same_proof(bytes: &[u8]) -> bool {
    let read = HandOverProof::from_block(bytes);
    read.map(|proof| assert_eq!(proof.to_block(), bytes)).is_ok()
}

fn read_as_of_a_stay(bytes: &[u8]) -> [bool; 13] {
    for kind in Kind::ALL {
        let _ = check_block(*kind, &Attachment::new([0; 16], bytes.to_vec()));
    }
    [
        same::<StayNotice>(bytes),
        same::<ReportIn>(bytes),
        same::<StayPlaced>(bytes),
        same::<ParticipationReport>(bytes),
        same::<ContactNote>(bytes),
        same::<HelpRequest>(bytes),
        same::<EndProposal>(bytes),
        same::<StayEnded>(bytes),
        same::<CertificateParticulars>(bytes),
        same::<ReportedPerson>(bytes),
        same::<ContactPerson>(bytes),
        same::<Duties>(bytes),
        same::<Stay>(bytes),
    ]
}

/// Reads `bytes` as everything; says how many types they are.
fn read_as_everything(bytes: &[u8]) -> usize {
    let key = Node::shiquan().signing.public();
    let mut read = [
        same::<Group>(bytes),
        same::<SignedHead>(bytes),
        same_proof(bytes),
        same::<CaseFile>(bytes),
        same::<Succession>(bytes),
        same::<PersonalParticulars>(bytes),
        same::<KeyCert>(bytes),
        same::<OrgDirectory>(bytes),
        same::<Summary>(bytes),
        same::<Unusable>(bytes),
        same::<Offer>(bytes),
        same::<Accept>(bytes),
        same::<Release>(bytes),
        same::<Receipt>(bytes),
        same::<Ack>(bytes),
        same::<Refusal>(bytes),
        same::<Void>(bytes),
        same::<ReissueRequest>(bytes),
    ]
    .into_iter()
    .chain(read_as_of_a_stay(bytes))
    .filter(|read| *read)
    .count();
    if let Ok(statement) = Statement::read(bytes) {
        assert_eq!(Statement::new(statement.fields().clone()), statement);
        let _ = Letter::open(&statement);
        let region = Node::shiquan().region;
        let _ = (statement.stay(), Stay::open(&statement, region, region));
        read += 1;
    }
    if let Ok(entry) = Entry::read(bytes) {
        assert_eq!(entry.to_bytes(), bytes);
        let _ = (entry.verifies(Domain::Real, &key), entry.usable(Domain::Real));
        read += 1;
    }
    if let Ok(group) = codec::decode::<Group>(bytes) {
        let _ = keys_of_first(&group, Domain::Real, &Node::shiquan().id);
        let _ = (group.last_seq(), group.len(), group.is_empty());
        let _ = group.open(Domain::Real, &key);
    }
    if let Ok(head) = codec::decode::<SignedHead>(bytes) {
        let _ = head.verified(&key);
    }
    if let Ok(proof) = HandOverProof::from_block(bytes) {
        let a = Node::shiquan();
        let _ = proof.verify(&Membership::minted(&a).claim(&a));
    }
    if let Ok(file) = CaseFile::from_block(bytes) {
        let (a, b, b2) = (Node::shiquan(), Node::hanbin(), Node::new_hanbin());
        let succeeded = by_new_destination(&a, &b, &b2, &Membership::minted(&a));
        let statement = succeeded.succession.content.statement().unwrap();
        let _ = file.open(Domain::Real, statement);
    }
    let _ = offer::particulars(bytes);
    assert_eq!(Content::read(bytes.to_vec()).bytes(), bytes);
    read
}

/// every real value is read as at least itself, so that the properties below mean something.
#[test]
fn real_bytes_are_read() {
    for (number, bytes) in real().iter().enumerate() {
        assert!(read_as_everything(bytes) > 0, "{number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..Default::default()
    })]

    /// random bytes.
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_as_everything(&bytes);
    }

    /// few small numbers, as lengths, tags and options are.
    #[test]
    fn small_numbers_never_panic(bytes in prop::collection::vec(0_u8..4, 0..256)) {
        read_as_everything(&bytes);
    }

    /// real bytes, damaged.
    #[test]
    fn damaged_bytes_never_panic(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(Damage::any(), 1..4),
    ) {
        thread_local!(static REAL: Vec<Vec<u8>> = real());
        let mut bytes = REAL.with(|real| which.get(real).clone());
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        read_as_everything(&bytes);
    }
}

//! Groups and heads, to the bit.

use super::*;
use crate::id::StatementHash;
use crate::id::{LetterId, MintNonce};
use crate::member::Standing;
use crate::statement::Draft;
use crate::statement::Parties;
use crate::statement::custody::{Ack, Offer, Provenance};

fn parties() -> Parties {
    Parties {
        domain: Domain::Real,
        author: NodeId::from_bytes([1; 32]),
        audience: NodeId::from_bytes([2; 32]),
    }
}

fn ack(number: u8) -> Stated {
    let time = "2026-11-22T08:00:00Z".parse().unwrap();
    let hash = StatementHash::from_bytes([number; 32]);
    Draft::new(&Ack {}).answering(LetterId::of_offer(hash), &[hash]).finish(
        &parties(),
        time,
        [number; 16],
    )
}

fn offer() -> Stated {
    let time = "2026-11-22T08:00:00Z".parse().unwrap();
    let body = Offer {
        from_org: "610922-0001".parse().unwrap(),
        to_org: "610902-0031".parse().unwrap(),
        serial: crate::id::Serial { region: "610922".parse().unwrap(), year: 2026, number: 1 },
        valid_until: "2026-12-22".parse().unwrap(),
        dues_paid_through: None,
        standing: Standing::Full,
        batch: None,
        provenance: Provenance::Minted(MintNonce::from_bytes([5; 16])),
        replaces: None,
    };
    Draft::new(&body).finish(&parties(), time, [9; 16])
}

fn start() -> Tip {
    Tip::start(Incarnation { counter: 1, random: 7 })
}

/// groups are bounded, smaller where an Offer rides along, and every entry verifies alone.
#[test]
fn statements_committed_together_share_few_seals() {
    let signer = Signer::from_seed(&[3; 32]);
    let mut tip = start();
    let entries = seal_entries(&mut tip, &parties(), &signer, (0..130).map(ack).collect());
    assert_eq!((tip.seq, tip.hash), (130, entries[129].hash()));
    let sizes: Vec<u8> = entries.iter().map(|entry| entry.seal.size).collect();
    assert_eq!((sizes[0], sizes[64], sizes[128]), (64, 64, 2));
    let with_offers = (0..20).map(|i| if i == 3 { offer() } else { ack(i) }).collect();
    let sizes: Vec<u8> = seal_entries(&mut tip, &parties(), &signer, with_offers)
        .iter()
        .map(|e| e.seal.size)
        .collect();
    assert_eq!((sizes[0], sizes[8]), (8, 12));
    for entry in &entries {
        assert_eq!(entry.verifies(Domain::Real, &signer.public()), Ok(()));
        assert_eq!(Entry::read(&entry.to_bytes()).as_ref(), Ok(entry));
    }
}

/// a group fits into a frame however long the blocks are, so that no commit can block its own
/// feed.
#[test]
fn a_group_never_outgrows_a_frame() {
    let signer = Signer::from_seed(&[3; 32]);
    let with_block = |number, bytes: usize| {
        let Stated { statement, .. } = ack(number);
        let (hash, time) = (StatementHash::from_bytes([number; 32]), statement.fields().time);
        let draft = Draft::new(&Ack {}).answering(LetterId::of_offer(hash), &[hash]);
        draft.with_block(vec![7; bytes]).finish(&parties(), time, [number; 16])
    };
    for block_bytes in [0, 1, 250, 3_500, 3_700, 40_000, BLOCK_BYTES_MAX] {
        let stated = (0..70).map(|number| with_block(number, block_bytes)).collect();
        let entries = seal_entries(&mut start(), &parties(), &signer, stated);
        assert_eq!(entries.len(), 70);
        let mut rest = &entries[..];
        while let Some(first) = rest.first() {
            let (group, behind) = rest.split_at(usize::from(first.seal.size));
            let bytes = codec::encode(&Group::of(group.to_vec()));
            assert!(bytes.len() <= GROUP_BYTES_MAX, "{block_bytes}: {}", bytes.len());
            let read: Group = codec::decode(&bytes).unwrap();
            assert_eq!(read.open(Domain::Real, &signer.public()).as_deref(), Ok(group));
            rest = behind;
        }
    }
}

/// what travels as a group is what was sealed, to the byte.
#[test]
fn a_group_opens_to_the_entries_that_were_sealed() {
    let signer = Signer::from_seed(&[3; 32]);
    let entries = seal_entries(&mut start(), &parties(), &signer, (0..5).map(ack).collect());
    let group = Group::of(entries.clone());
    let bytes = codec::encode(&group);
    let received: Group = codec::decode(&bytes).unwrap();
    assert_eq!(received.clone().open(Domain::Real, &signer.public()), Ok(entries));
    let other = Signer::from_seed(&[4; 32]).public();
    assert_eq!(received.clone().open(Domain::Real, &other), Err(Code::FeedKey));
    assert_eq!(received.open(Domain::Rehearsal, &signer.public()), Err(Code::SealInvalid));
}

/// no bit of a group may change.
#[test]
fn a_group_with_any_bit_flipped_is_refused() {
    let signer = Signer::from_seed(&[3; 32]);
    let entries = seal_entries(&mut start(), &parties(), &signer, vec![ack(1), ack(2)]);
    let bytes = codec::encode(&Group::of(entries.clone()));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let opened = codec::decode::<Group>(&flipped)
            .map_err(|_| Code::SessionFrame)
            .and_then(|group| group.open(Domain::Real, &signer.public()));
        assert!(opened.is_err(), "bit {bit}");
    }
}

/// a head is valid only as signed.
#[test]
fn a_head_holds_only_under_its_key() {
    let signer = Signer::from_seed(&[3; 32]);
    let time = "2026-11-22T08:00:00Z".parse().unwrap();
    let Parties { domain, author, audience } = parties();
    let signed = SignedHead::sign(Head { domain, author, audience, tip: start(), time }, &signer);
    assert!(signed.verified(&signer.public()).is_some());
    assert!(signed.verified(&Signer::from_seed(&[4; 32]).public()).is_none());
    let mut later = signed;
    later.head.tip.seq += 1;
    assert!(later.verified(&signer.public()).is_none());
}

/// an authentic entry may carry bytes that are no statement, or one that does not belong
/// there; the entries behind it verify all the same.
#[test]
fn an_authentic_entry_may_be_unusable() {
    let signer = Signer::from_seed(&[3; 32]);
    let mut foreign = parties();
    foreign.audience = NodeId::from_bytes([8; 32]);
    let time = "2026-11-22T08:00:00Z".parse().unwrap();
    let body = crate::statement::notice::ReissueRequest {};
    let misaddressed = Draft::new(&body).finish(&foreign, time, [1; 16]);
    let stated = vec![misaddressed, ack(2)];
    let entries = seal_entries(&mut start(), &parties(), &signer, stated);
    let opened = Group::of(entries).open(Domain::Real, &signer.public()).unwrap();
    assert_eq!(opened[0].usable(Domain::Real), Err(Code::StatementParty));
    assert!(opened[1].usable(Domain::Real).is_ok());
    assert_eq!(opened[1].usable(Domain::Rehearsal), Err(Code::StatementDomain));
    let garbage = Content::read(b"no statement".to_vec());
    assert_eq!((garbage.statement(), garbage.bytes()), (None, &b"no statement"[..]));
}

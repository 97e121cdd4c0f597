//! What opens a letter, and every single thing that keeps one from opening.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::id::{BatchId, MintNonce, StatementHash};
use crate::limits::CLOCK_AHEAD_MS_MAX;
use crate::statement::custody::BatchPlace;
use crate::statement::{Draft, Fields, Stated};
use crate::time::Day;
use crate::transfer::world::{self, Membership, Node};

fn issued() -> Stated {
    let a = Node::shiquan();
    world::issue(&a, &Node::hanbin(), &Membership::minted(&a))
}

fn opened(change: impl Fn(&mut Fields, &mut Offer)) -> Result<Letter, Code> {
    let statement = issued().statement;
    let (mut fields, mut offer) = (statement.fields().clone(), statement.body().unwrap());
    change(&mut fields, &mut offer);
    fields.body = codec::encode(&offer);
    Letter::open(&Statement::new(fields)).map(|(letter, _)| letter)
}

/// an Offer names one member and generation, no letter and no antecedent, and two parties.
#[test]
fn an_offer_opens_one_letter() {
    let statement = issued().statement;
    let letter = opened(|_, _| {}).unwrap();
    assert_eq!(letter.id, LetterId::of_offer(statement.hash()));
    assert_eq!((letter.origin, letter.destination), (Node::shiquan().id, Node::hanbin().id));
    let malformed = Err(Code::StatementMalformed);
    assert_eq!(opened(|fields, _| fields.member = None), malformed);
    assert_eq!(opened(|fields, _| fields.generation = None), malformed);
    assert_eq!(opened(|fields, _| fields.letter = Some(letter.id)), malformed);
    assert_eq!(opened(|fields, _| fields.answers = vec![letter.id.offer()]), malformed);
    assert_eq!(opened(|fields, _| fields.audience = fields.author), malformed);
    assert_eq!(opened(|_, offer| offer.serial.region = Node::hanbin().region), malformed);
    assert_eq!(opened(|_, offer| offer.serial.number = 0), malformed);
    assert_eq!(opened(|_, offer| offer.serial.year = 10_000), malformed);
    let place =
        |index, count| Some(BatchPlace { batch: BatchId::from_bytes([1; 16]), index, count });
    assert_eq!(opened(|_, offer| offer.batch = place(3, 3)), malformed);
    assert!(opened(|_, offer| offer.batch = place(2, 3)).is_ok());
}

/// the last day lies 0 to 90 days after the day of issue in Shanghai.
#[test]
fn validity_is_bounded() {
    let issued_on = world::start().day();
    for (days, valid) in [(-1, false), (0, true), (30, true), (90, true), (91, false)] {
        let letter = opened(|_, offer| offer.valid_until = issued_on.plus_days(days));
        assert_eq!(letter.is_ok(), valid, "{days}");
        assert!(valid || letter == Err(Code::StatementTime));
    }
    let far = Day::from_number(84_006).unwrap();
    assert_eq!(opened(|_, offer| offer.valid_until = far), Err(Code::StatementTime));
}

/// generation 0 is the minter's alone; later ones name an Ack; a generation that no
/// proof can reach opens nothing.
#[test]
fn provenance_fits_the_generation() {
    let proof = Err(Code::StatementProof);
    let inbound = Provenance::Inbound(StatementHash::from_bytes([1; 32]));
    assert_eq!(opened(|_, offer| offer.provenance = inbound), proof);
    assert_eq!(opened(|fields, _| fields.generation = Some(Generation(1))), proof);
    assert_eq!(opened(|fields, _| fields.author = Node::ziyang().id), proof);
    let nonce = Provenance::Minted(MintNonce::from_bytes([6; 16]));
    assert_eq!(opened(|_, offer| offer.provenance = nonce), proof);
    let at = |number| {
        opened(move |fields, offer| {
            (fields.generation, offer.provenance) = (Some(Generation(number)), inbound);
        })
    };
    let bound = u32::try_from(PROOF_HOPS_MAX).unwrap();
    assert!(at(1).is_ok() && at(bound).is_ok());
    assert_eq!(at(bound + 1), Err(Code::StatementGeneration));
    assert_eq!(at(u32::MAX), Err(Code::StatementGeneration));
}

/// the addressee checks regions, clock and the description of the person.
#[test]
fn an_offer_received_is_checked_for_its_addressee() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let Stated { statement, attachment } = issued();
    let offer: Offer = statement.body().unwrap();
    let check = |attachment: &Attachment, regions, now| {
        check_received(&statement, &offer, attachment, regions, now)
    };
    let (regions, now) = ((a.region, b.region), world::start());
    assert_eq!(check(&attachment, regions, now), Ok(()));
    assert_eq!(check(&attachment, (b.region, a.region), now), Err(Code::OrgForeign));
    let day_before = Timestamp::from_millis(now.millis() - CLOCK_AHEAD_MS_MAX).unwrap();
    assert_eq!(check(&attachment, regions, day_before), Ok(()));
    let earlier = Timestamp::from_millis(day_before.millis() - 1).unwrap();
    assert_eq!(check(&attachment, regions, earlier), Err(Code::StatementTime));
    assert_eq!(check(&Attachment::erased([1; 16]), regions, now), Ok(()));
    let block = |block: Vec<u8>| check(&Attachment::new([1; 16], block), regions, now);
    assert_eq!(block(Vec::new()), Err(Code::StatementMalformed));
    let mut person = world::person();
    person.id_number = "110105194912310021".into();
    assert_eq!(block(codec::encode(&person)), Err(Code::StatementMalformed));
    assert_eq!(particulars(attachment.block().unwrap()), Ok(world::person()));
    let other = Draft::new(&a.cert).finish(&a.to(&b), now, [1; 16]);
    assert_eq!(Letter::open(&other.statement).unwrap_err(), Code::StatementMalformed);
}

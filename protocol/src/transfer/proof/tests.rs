//! Proofs of real journeys, and each way to break one; nothing is mocked.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::id::LetterId;
use crate::limits::BLOCK_BYTES_MAX;
use crate::seal::Signer;
use crate::statement::{Fields, Stated};
use crate::transfer::world::{self, HandOver, Membership, Node, collude, hand_over, hop};

struct Journey {
    a: Node,
    b: Node,
    c: Node,
    there: HandOver,
    back: HandOver,
    onward: HandOver,
}

/// A → B → A → C, with real seals.
fn journey() -> Journey {
    let (a, b, c) = (Node::shiquan(), Node::hanbin(), Node::ziyang());
    let there = hand_over(&a, &b, &Membership::minted(&a));
    let back = hand_over(&b, &a, &there.membership);
    let onward = hand_over(&a, &c, &back.membership);
    Journey { a, b, c, there, back, onward }
}

const WRONG: Result<(), Code> = Err(Code::StatementProof);

fn of(hops: impl IntoIterator<Item = Hop>) -> HandOverProof {
    hops.into_iter().fold(HandOverProof::default(), HandOverProof::extended)
}

/// a return trip and an onward transfer are proven, by the bytes that a Release carries.
#[test]
fn every_hand_over_of_a_journey_is_proven() {
    let Journey { a, b, c, there, back, onward } = journey();
    let minted = Membership::minted(&a);
    assert_eq!(minted.proof.verify(&minted.claim(&a)), Ok(()));
    for (number, (at, holder)) in (1..).zip([(&there, &b), (&back, &a), (&onward, &c)]) {
        let proof = HandOverProof::from_block(&at.membership.proof.to_block()).unwrap();
        assert_eq!((proof.len(), proof.is_empty()), (number, false));
        assert_eq!(proof.verify(&at.membership.claim(holder)), Ok(()));
    }
    let origins: Vec<NodeId> = onward.membership.proof.origins().collect();
    assert_eq!(origins, [a.id, b.id, a.id]);
}

/// a proof proves one claim and no other.
#[test]
fn a_proof_proves_its_own_claim_only() {
    let Journey { a, b, there, back, .. } = journey();
    let (proof, claim) = (&back.membership.proof, back.membership.claim(&a));
    assert_eq!(proof.verify(&claim), Ok(()));
    let other = MemberRef::from_bytes([9; 16]);
    assert_eq!(proof.verify(&Claim { member: other, ..claim }), WRONG, "foreign member");
    assert_eq!(proof.verify(&Claim { holder: b.id, ..claim }), WRONG, "another holder");
    assert_eq!(proof.verify(&Claim { domain: Domain::Rehearsal, ..claim }), WRONG);
    for generation in [Generation(1), Generation(3), Generation(u32::MAX)] {
        assert_eq!(proof.verify(&Claim { generation, ..claim }), WRONG, "generation skip");
    }
    let provenance = there.membership.provenance();
    assert_eq!(proof.verify(&Claim { provenance, ..claim }), WRONG, "the Ack of another hop");
    let provenance = Membership::minted(&a).provenance();
    assert_eq!(proof.verify(&Claim { provenance, ..claim }), WRONG);
    let nothing = HandOverProof::default();
    assert_eq!(nothing.verify(&claim), WRONG, "no proof");
    let zero = Claim { generation: Generation(0), ..claim };
    assert_eq!(nothing.verify(&zero), WRONG, "inbound needs a hop");
    let minted = Membership::minted(&a).claim(&a);
    assert_eq!(nothing.verify(&Claim { holder: b.id, ..minted }), WRONG, "not the minter");
}

/// hops and entries must be whole, in order, and each under its own key.
#[test]
fn a_proof_with_any_part_exchanged_is_refused() {
    let Journey { a, b, c, there, back, .. } = journey();
    let claim = back.membership.claim(&a);
    let [first, second] = [0, 1].map(|at| back.membership.proof.hops[at].clone());
    assert_eq!(of([first.clone(), second.clone()]).verify(&claim), Ok(()));
    assert_eq!(of([second.clone(), first.clone()]).verify(&claim), WRONG, "swapped hops");
    assert_eq!(of([first.clone(), first.clone()]).verify(&claim), WRONG);
    assert_eq!(of([second.clone()]).verify(&claim), WRONG, "without its first hop");
    for one in 0..5 {
        for other in 0..5 {
            let entries =
                [0, 1, 2, 3, 4].map(|at| &back.entries[if at == one { other } else { at }]);
            let exchanged = of([first.clone(), hop(&b, &a, entries)]).verify(&claim);
            assert_eq!(exchanged.is_ok(), one == other, "{other} in place of {one}");
        }
        let mut mixed = second.clone();
        mixed.entries[one] = ProofEntry::from(&there.entries[one]);
        assert_eq!(of([first.clone(), mixed]).verify(&claim), WRONG, "entry of another letter");
    }
    for certs in [(&a, &c), (&b, &c), (&c, &a)] {
        let entries = back.entries.each_ref();
        let foreign = of([first.clone(), hop(certs.0, certs.1, entries)]);
        assert_eq!(foreign.verify(&claim), WRONG, "wrong certificates");
    }
}

/// the key must be the certified one, and the certificate the identity's own.
#[test]
fn a_proof_under_a_wrong_key_is_refused() {
    let Journey { a, b, there, .. } = journey();
    let claim = there.membership.claim(&b);
    assert_eq!(there.membership.proof.verify(&claim), Ok(()));
    for (at, author) in [&a, &b, &a, &b, &a].into_iter().enumerate() {
        let audience = if author.id == a.id { &b } else { &a };
        let mut clone = Node::new(1, "610922", "石泉县");
        clone.id = author.id;
        clone.signing = Signer::from_seed(&[77; 32]);
        let forged = clone.feed(audience).seal_one(there.stated[at].clone());
        let mut entries = there.entries.each_ref();
        entries[at] = &forged;
        assert_eq!(of([hop(&a, &b, entries)]).verify(&claim), WRONG, "entry {at}");
    }
    let mut hop = there.membership.proof.hops[0].clone();
    let rehearsal = Node::in_domain(Domain::Rehearsal, 1, "610922", "石泉县");
    hop.certs[0] = rehearsal.cert;
    assert_eq!(of([hop]).verify(&claim), WRONG, "certified for the other federation");
}

/// The hand-over stated and sealed again, with one statement changed and all behind it fitted to
/// the change, so that only the changed rule is broken.
fn restated(
    (a, b): (&Node, &Node),
    there: &HandOver,
    at: usize,
    change: &dyn Fn(&mut Fields),
) -> (HandOverProof, Provenance) {
    let (mut entries, mut before) = (Vec::new(), None);
    for (number, stated) in there.stated.iter().enumerate() {
        let mut fields = stated.statement.fields().clone();
        if let Some((offer, answered)) = before {
            (fields.letter, fields.answers) = (Some(offer), vec![answered]);
        }
        if number == at {
            change(&mut fields);
        }
        let statement = Statement::new(fields);
        let offer = before.map_or(LetterId::of_offer(statement.hash()), |(offer, _)| offer);
        before = Some((offer, statement.hash()));
        let (author, audience) = if number.is_multiple_of(2) { (a, b) } else { (b, a) };
        let stated = Stated { statement, attachment: stated.attachment.clone() };
        entries.push(author.feed(audience).seal_one(stated));
    }
    let hop = hop(a, b, [0, 1, 2, 3, 4].map(|number| &entries[number]));
    (of([hop]), Provenance::Inbound(before.unwrap().1))
}

/// what is sealed by the right key but breaks a rule proves nothing.
#[test]
fn a_proof_of_a_hand_over_against_the_rules_is_refused() {
    let Journey { a, b, there, .. } = journey();
    let with = |at: usize, change: &dyn Fn(&mut Fields)| {
        let (proof, provenance) = restated((&a, &b), &there, at, change);
        proof.verify(&Claim { provenance, ..there.membership.claim(&b) })
    };
    let later = world::start().after_millis(1_000_000);
    for at in 0..5 {
        assert_eq!(with(at, &|f| f.time = later), Ok(()), "{at} restated");
        assert_eq!(with(at, &|f| f.generation = Some(Generation(1))), WRONG, "{at}");
        assert_eq!(with(at, &|f| f.member = Some(MemberRef::from_bytes([9; 16]))), WRONG, "{at}");
        assert_eq!(with(at, &|f| f.answers.push(StatementHash::from_bytes([9; 32]))), WRONG);
        assert_eq!(with(at, &|f| f.body.push(1)), WRONG, "{at}");
        assert_eq!(with(at, &|f| f.domain = Domain::Rehearsal), WRONG, "{at}");
        assert_eq!(with(at, &|f| f.audience = Node::ziyang().id), WRONG, "{at}");
        assert_eq!(with(at, &|f| f.kind = Kind::Void.number()), WRONG, "{at}");
    }
    let mut mislabelled = there.membership.proof.hops[0].clone();
    let entry = &mut mislabelled.entries[4];
    entry.header.key = b.signing.public().id();
    let leaf = seal::leaf(&codec::encode(&entry.header), &entry.statement);
    let signature = a.signing.seal_group(Domain::Real, &[leaf]);
    entry.seal = Seal::of_group(signature, &[leaf]).remove(0);
    assert_eq!(of([mislabelled]).verify(&there.membership.claim(&b)), WRONG, "key of another");
}

/// nodes that conspire can sign what they like, but each hop must continue the one before.
#[test]
fn hops_that_do_not_continue_each_other_are_refused() {
    let Journey { a, b, c, there, .. } = journey();
    let stranger = collude(&c, &a, &there.membership).membership;
    assert_eq!(stranger.proof.verify(&stranger.claim(&a)), WRONG, "C never held the member");

    let elsewhere = Node { region: "610921".parse().unwrap(), ..Node::hanbin() };
    let twice = hand_over(&a, &elsewhere, &Membership::minted(&a));
    assert_ne!(twice.letter(), there.letter());
    let back = hand_over(&b, &a, &twice.membership).membership;
    assert_eq!(back.proof.verify(&back.claim(&a)), Ok(()));
    let [_, second] = [0, 1].map(|at| back.proof.hops[at].clone());
    let first = there.membership.proof.hops[0].clone();
    assert_eq!(of([first, second]).verify(&back.claim(&a)), WRONG, "by another letter's Ack");

    let mut skipping = there.membership.clone();
    skipping.holding.generation = Generation(2);
    let skipped = collude(&b, &a, &skipping).membership;
    let claim = Claim { generation: Generation(2), ..skipped.claim(&a) };
    assert_eq!(skipped.proof.verify(&claim), WRONG, "from 0 to 2");
}

/// no bit of a proof may change.
#[test]
fn a_proof_with_any_byte_changed_is_refused() {
    let Journey { b, there, .. } = journey();
    let (block, claim) = (there.membership.proof.to_block(), there.membership.claim(&b));
    for at in 0..block.len() {
        let mut changed = block.clone();
        changed[at] ^= 1 << (at % 8);
        let verdict = HandOverProof::from_block(&changed).and_then(|proof| proof.verify(&claim));
        assert_eq!(verdict, WRONG, "byte {at}");
    }
}

/// the longest proof fits into the block of a Release, and what is longer costs nothing.
#[test]
fn proofs_are_bounded() {
    let name = "𱁬".repeat(100);
    let nodes = [Node::new(1, "610922", &name), Node::new(2, "610902", &name)];
    let mut membership = Membership::minted(&nodes[0]);
    for hops in 0..PROOF_HOPS_MAX {
        membership = hand_over(&nodes[hops % 2], &nodes[(hops + 1) % 2], &membership).membership;
    }
    let holder = &nodes[PROOF_HOPS_MAX % 2];
    let (block, claim) = (membership.proof.to_block(), membership.claim(holder));
    // Entries in full groups have paths of six nodes; these have paths of none or one.
    assert!(block.len() + PROOF_HOPS_MAX * 5 * 6 * 32 <= BLOCK_BYTES_MAX, "{}", block.len());
    assert_eq!(HandOverProof::from_block(&block).unwrap().verify(&claim), Ok(()));
    let next = &nodes[(PROOF_HOPS_MAX + 1) % 2];
    let beyond = hand_over(holder, next, &membership);
    let claim = Claim {
        generation: claim.generation.next(),
        holder: next.id,
        provenance: Provenance::Inbound(beyond.stated[4].statement.hash()),
        ..claim
    };
    assert_eq!(beyond.membership.proof.len(), PROOF_HOPS_MAX + 1);
    assert_eq!(beyond.membership.proof.verify(&claim), WRONG, "genuine, but too long");
    let mut forged = vec![252];
    forged.extend(100_000_u32.to_le_bytes());
    assert_eq!(HandOverProof::from_block(&forged), Err(Code::StatementProof));
}

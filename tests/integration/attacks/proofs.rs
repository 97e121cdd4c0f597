//! Releases whose proof of the hand-overs before does not hold: 23 and 24 of the plan. The node has
//! accepted the member by then, so it refuses by itself, and holds nobody.

use protocol::codec;
use protocol::envelope::{Entry, Header, Tip};
use protocol::id::{Generation, Incarnation, MemberRef, StatementHash};
use protocol::statement::custody::{Accept, Ack, Ground, Provenance, Receipt, Refusal, Release};
use protocol::statement::kind::Kind;
use protocol::statement::{Draft, Parties, Stated};
use protocol::transfer::proof::{HandOverProof, Hop};

use super::evil::{Evil, REHEARSAL, now, seal_with};
use super::letters::{Case, case_of, nonce, offer_body, particulars};
use super::stage::Stage;

/// An accepted Offer of a member who, it says, came to the peer by a letter that this Ack closed.
pub(super) fn inbound(
    evil: &mut Evil,
    number: u32,
    member: MemberRef,
    ack: StatementHash,
) -> (Case, StatementHash) {
    let mut body = offer_body(evil, number);
    body.provenance = Provenance::Inbound(ack);
    let block = codec::encode(&particulars(evil, number));
    let offer = evil.state(Draft::new(&body).about(member, Generation(1)).with_block(block));
    let case = case_of(&offer);
    evil.say(offer);
    evil.stage.region.accept(&case.letter.to_string());
    let accept = evil.heard_of(&case, Kind::Accept);
    (case, accept)
}

pub(super) fn release(evil: &mut Evil, case: &Case, accept: StatementHash, block: Vec<u8>) {
    let release = evil.state(case.draft(&Release {}, accept).with_block(block));
    evil.say(release);
}

/// Releases with such a proof, and asserts that the node refuses the member by itself.
fn unproven(evil: &mut Evil, number: u32, chain: &Chain, block: Vec<u8>) {
    let (case, accept) = inbound(evil, number, chain.member, chain.ack());
    release(evil, &case, accept, block);
    let refused = evil.heard_of(&case, Kind::Refusal);
    let entry = evil.hear(|statement| statement.hash() == refused);
    let body: Refusal = entry.content.statement().unwrap().body().unwrap();
    assert_eq!(body.ground, Ground::Malformed);
    evil.assert_state(&case, "refused");
    let member = case.member.to_string();
    let shown = evil.stage.region.run(&["member", "show", &member]);
    assert!(shown.code() == Some("member.unknown") || shown.data()["custody"] != "here");
}

/// The closed letter by which a member came from a third node to the evil one.
struct Chain {
    minter: Evil,
    member: MemberRef,
    entries: [Entry; 5],
}

impl Chain {
    fn to(evil: &Evil) -> Chain {
        let minter = Evil::stranger(Stage::shared());
        let member = MemberRef::mint(&minter.id, &nonce(1));
        let mut body = offer_body(&minter, 1);
        body.to_org = evil.org();
        let about = |draft: Draft| draft.about(member, Generation(0));
        let out = Parties { domain: REHEARSAL, author: minter.id, audience: evil.id };
        let back = Parties { author: evil.id, audience: minter.id, ..out };
        let state = |draft, parties: &Parties| about(draft).finish(parties, now(), [5; 16]);
        let offer = state(Draft::new(&body), &out);
        let letter = offer.statement.letter().unwrap();
        let answer = |draft: Draft, to: &Stated, parties: &Parties| {
            state(draft.answering(letter, &[to.statement.hash()]), parties)
        };
        let accept = answer(Draft::new(&Accept { branch: evil.org() }), &offer, &back);
        let release = answer(Draft::new(&Release {}), &accept, &out);
        let receipt = answer(Draft::new(&Receipt { branch: evil.org() }), &release, &back);
        let ack = answer(Draft::new(&Ack {}), &receipt, &out);
        let entries = [offer, accept, release, receipt, ack].map(|stated| {
            let author = if stated.statement.fields().author == evil.id { evil } else { &minter };
            placed(author, &stated)
        });
        Chain { minter, member, entries }
    }

    fn ack(&self) -> StatementHash {
        self.entries[4].content.statement().unwrap().hash()
    }

    /// The proof with these entries.
    fn proof(&self, evil: &Evil, entries: &[Entry; 5]) -> Vec<u8> {
        let certs = vec![self.minter.cert.clone(), evil.cert.clone()];
        let entries = entries.each_ref().map(Into::into);
        HandOverProof::default().extended(Hop { certs, entries }).to_block()
    }
}

/// The statement at some place of its author's feed.
fn placed(author: &Evil, stated: &Stated) -> Entry {
    let fields = stated.statement.fields();
    let tip = Tip::start(Incarnation { counter: 1, random: 1 });
    let header = Header {
        author: fields.author,
        audience: fields.audience,
        key: author.signing.public().id(),
        incarnation: tip.incarnation,
        seq: 2,
        prev: tip.hash,
    };
    let bytes = stated.statement.bytes().to_vec();
    seal_with(&author.signing, REHEARSAL, header, bytes, stated.attachment.clone())
}

#[test]
fn attack_23_release_with_a_proof_that_lacks_an_ack() {
    let mut evil = Evil::guest();
    let chain = Chain::to(&evil);
    let honest = chain.entries.clone();
    let mut lacking = honest.clone();
    lacking[4] = honest[3].clone();
    // An Ack that the evil peer signed in the other's name.
    let mut forged = honest.clone();
    let ack = &honest[4];
    let header = Header { key: evil.signing.public().id(), ..ack.header };
    let bytes = ack.content.bytes().to_vec();
    forged[4] = evil.seal(header, bytes, ack.attachment.clone());
    let proofs = [
        chain.proof(&evil, &lacking),
        chain.proof(&evil, &forged),
        HandOverProof::default().to_block(),
        Vec::new(),
    ];
    for (proof, number) in proofs.into_iter().zip(1..) {
        unproven(&mut evil, number, &chain, proof);
    }
    // The whole proof is what the others lack: with it the node takes the member.
    let (case, accept) = inbound(&mut evil, 9, chain.member, chain.ack());
    let proof = chain.proof(&evil, &honest);
    release(&mut evil, &case, accept, proof);
    let receipt = evil.heard_of(&case, Kind::Receipt);
    evil.tell(&case, &Ack {}, receipt);
    evil.assert_state(&case, "closed");
    assert_eq!(evil.custody(&case), "here");
    evil.still_heard();
}

#[test]
fn attack_24_proof_of_100_000_hops() {
    let mut evil = Evil::guest();
    let chain = Chain::to(&evil);
    let mut bomb = codec::encode(&100_000u64);
    bomb.resize(180 * 1024, 0);
    unproven(&mut evil, 1, &chain, bomb);
    unproven(&mut evil, 2, &chain, codec::encode(&(1u64 << 63)));
    // As many whole hops as fit, of a member who made one.
    let one = chain.proof(&evil, &chain.entries);
    let hops = 180 * 1024 / (one.len() - 1);
    let many = [&codec::encode(&(hops as u64))[..], &one[1..].repeat(hops)].concat();
    unproven(&mut evil, 3, &chain, many);
    evil.still_heard();
}

//! Places that an evil peer gives away: of nodes that never were, of letters that owe nothing, in
//! another's name. A person has the last word about a member, and a proof convinces nobody who
//! trusts the node that is said to be gone.

use protocol::codec;
use protocol::envelope::{Entry, Header, Tip};
use protocol::id::{Generation, Incarnation, MemberRef, NodeId, OrgCode, RegionCode};
use protocol::refusal::Code;
use protocol::seal::Signer;
use protocol::statement::attachment::Attachment;
use protocol::statement::custody::{Accept, Ack, Offer, Receipt, Release, Succession};
use protocol::statement::keys::{CertifiedKeys, KeyCert};
use protocol::statement::kind::Kind;
use protocol::statement::{Draft, Parties, Stated};
use protocol::transfer::proof::{HandOverProof, Hop};
use protocol::transfer::succession::CaseFile;

use super::evil::{Evil, REHEARSAL, changed, now, seal_with};
use super::letters::{Case, nonce, offer_body, particulars};
use super::proofs::{inbound, release};
use super::stage::Stage;

/// A node that signs: the evil peer, or one that it invented.
struct Pen {
    id: NodeId,
    signing: Signer,
    cert: KeyCert,
}

impl Pen {
    /// A node that nobody ever met.
    fn invented(region: RegionCode, seed: u8) -> Pen {
        let (identity, signing) = (Signer::from_seed(&[seed; 32]), Signer::from_seed(&[!seed; 32]));
        let id = NodeId::from_bytes(*identity.public().as_bytes());
        let keys = CertifiedKeys {
            domain: REHEARSAL,
            node: id,
            region,
            region_name: "虚构县".into(),
            signing: signing.public(),
            tls: signing.public(),
            agreement: [seed; 32],
            valid_from: now(),
        };
        Pen { id, signing, cert: KeyCert::issue(keys, &identity) }
    }

    /// The hand of a peer.
    fn of(evil: &Evil) -> Pen {
        let mut seed = [2; 32];
        seed[..4].copy_from_slice(&evil.region.number().to_le_bytes());
        Pen { id: evil.id, signing: Signer::from_seed(&seed), cert: evil.cert.clone() }
    }

    fn state(&self, audience: NodeId, draft: Draft) -> Stated {
        draft.finish(&Parties { domain: REHEARSAL, author: self.id, audience }, now(), [8; 16])
    }

    fn seal(&self, stated: &Stated) -> Entry {
        let fields = stated.statement.fields();
        let tip = Tip::start(Incarnation { counter: 1, random: 1 });
        let header = Header {
            author: fields.author,
            audience: fields.audience,
            key: self.signing.public().id(),
            incarnation: tip.incarnation,
            seq: 2,
            prev: tip.hash,
        };
        let bytes = stated.statement.bytes().to_vec();
        seal_with(&self.signing, REHEARSAL, header, bytes, stated.attachment.clone())
    }
}

/// A letter from `a` to `b` up to its Ack, each statement by whom it should be.
struct Told {
    case: Case,
    stated: [Stated; 5],
}

fn told(a: &Pen, b: &Pen, member: MemberRef, body: &Offer, block: Vec<u8>) -> Told {
    let about = |draft: Draft| draft.about(member, Generation(0));
    let offer = a.state(b.id, about(Draft::new(body)).with_block(block));
    let letter = offer.statement.letter().unwrap();
    let answer = |pen: &Pen, to: &Pen, draft: Draft, answered: &Stated| {
        pen.state(to.id, about(draft).answering(letter, &[answered.statement.hash()]))
    };
    let branch = OrgCode::new(body.to_org.region, 7).unwrap();
    let accept = answer(b, a, Draft::new(&Accept { branch }), &offer);
    let proof = HandOverProof::default().to_block();
    let release = answer(a, b, Draft::new(&Release {}).with_block(proof), &accept);
    let receipt = answer(b, a, Draft::new(&Receipt { branch }), &release);
    let ack = answer(a, b, Draft::new(&Ack {}), &receipt);
    let case = Case { letter, member, generation: Generation(0) };
    Told { case, stated: [offer, accept, release, receipt, ack] }
}

/// A member whom the evil peer says that it released to a node of the region that is attacked.
struct Claim {
    gone: Pen,
    told: Told,
    file: CaseFile,
}

fn claim(evil: &Evil, number: u32) -> Claim {
    let region: RegionCode = evil.stage.region.code().parse().unwrap();
    claim_of(evil, number, Pen::invented(region, 40), region)
}

fn claim_of(evil: &Evil, number: u32, gone: Pen, to: RegionCode) -> Claim {
    evil.stage.scratch.plant_text("欧阳试探");
    let pen = Pen::of(evil);
    let mut body = offer_body(evil, number);
    body.to_org = OrgCode::new(to, 1).unwrap();
    let block = codec::encode(&particulars(evil, number));
    let told = told(&pen, &gone, MemberRef::mint(&evil.id, &nonce(number)), &body, block);
    let file = file(&pen, &gone, &told, 3);
    Claim { gone, told, file }
}

fn file(a: &Pen, b: &Pen, told: &Told, count: usize) -> CaseFile {
    let seal = |stated: &Stated| {
        let by_a = stated.statement.fields().author == a.id;
        (&if by_a { a } else { b }.seal(stated)).into()
    };
    CaseFile {
        certs: vec![a.cert.clone(), b.cert.clone()],
        entries: told.stated[..count].iter().map(seal).collect(),
        earlier: None,
        offer: told.stated[0].attachment.clone(),
        release: told.stated[2].attachment.clone(),
    }
}

impl Claim {
    fn succession(&self, evil: &Evil) -> Stated {
        let body = Succession { predecessor: self.gone.id };
        let draft = self.told.case.draft(&body, self.told.stated[2].statement.hash());
        evil.state(draft.with_block(codec::encode(&self.file)))
    }
}

#[test]
fn attack_succession_that_nobody_confirmed() {
    let mut evil = Evil::guest();
    let claim = claim(&evil, 1);
    let (case, letter) = (claim.told.case, claim.told.case.letter.to_string());
    let stated = claim.succession(&evil);
    evil.say(stated.clone());
    evil.assert_state(&case, "released");
    let shown = evil.stage.region.letter(&letter);
    assert_eq!(shown["successions"][0]["predecessor"], claim.gone.id.to_string());
    let member = case.member.to_string();
    let unknown = evil.stage.region.run(&["member", "show", &member]);
    unknown.expect_refused("member.unknown", 4);
    assert_eq!(evil.kinds(&case), ["offer", "accept", "release", "succession"]);

    // Again, in the same words and in others.
    evil.say(stated.clone());
    let other = changed(&stated, |fields| fields.time = fields.time.after_millis(1));
    evil.complained(other, Code::StatementContradiction);
    assert_eq!(evil.stage.faults_of(&evil.region.to_string()), 1, "kept as proof");
    evil.stage.region.ok(&["letter", "refuse", &letter, "--ground", "not_this_person"]);
    evil.heard_of(&case, Kind::Refusal);
    evil.say(stated);
    evil.assert_state(&case, "refused");
    evil.tell(&case, &Succession { predecessor: claim.gone.id }, case.offer());
    evil.assert_state(&case, "refused");
    let unknown = evil.stage.region.run(&["member", "show", &member]);
    unknown.expect_refused("member.unknown", 4);
    evil.still_heard();
}

#[test]
fn attack_succession_with_anything_forged() {
    let mut evil = Evil::guest();
    let pen = Pen::of(&evil);
    let home: RegionCode = evil.stage.region.code().parse().unwrap();
    let far: RegionCode = "610924".parse().unwrap();
    let cases = |number: u32, claim: Claim, code: Code, evil: &mut Evil| {
        let stated = claim.succession(evil);
        evil.complained(stated, code);
        assert_eq!(evil.state_of(&claim.told.case), None, "{number}");
    };
    let foreign = claim_of(&evil, 1, Pen::invented(far, 41), far);
    cases(1, foreign, Code::OrgForeign, &mut evil);
    let foreign_key = claim_of(&evil, 2, Pen::invented(far, 41), home);
    cases(2, foreign_key, Code::OrgForeign, &mut evil);
    for (number, count) in [(3, 2), (4, 5)] {
        let mut owing_nothing = claim(&evil, number);
        owing_nothing.file = file(&pen, &owing_nothing.gone, &owing_nothing.told, count);
        cases(number, owing_nothing, Code::StatementAntecedent, &mut evil);
    }
    let mut nobody_accepted = claim(&evil, 5);
    nobody_accepted.file = file(&pen, &pen, &nobody_accepted.told, 3);
    nobody_accepted.file.certs.truncate(1);
    cases(5, nobody_accepted, Code::FeedKey, &mut evil);
    let mut another_person = claim(&evil, 6);
    another_person.file.offer = Attachment::new([8; 16], codec::encode(&particulars(&evil, 7)));
    cases(6, another_person, Code::StatementProof, &mut evil);
    let mut forged_name = claim(&evil, 7);
    forged_name.gone = Pen::invented(home, 42);
    cases(7, forged_name, Code::StatementParty, &mut evil);

    let erased = claim(&evil, 8);
    let mut stated = erased.succession(&evil);
    stated.attachment = Attachment::erased([7; 16]);
    evil.complained(stated, Code::StatementErased);
    assert_eq!(evil.state_of(&erased.told.case), None);

    // The place of a party cannot be given to the other party.
    let (case, accept) = evil.accepted(9);
    let release = case.draft(&Release {}, accept).with_block(HandOverProof::default().to_block());
    let release = evil.state(release);
    let hash = release.statement.hash();
    evil.say(release);
    let receipt = evil.heard_of(&case, Kind::Receipt);
    let body = Succession { predecessor: evil.node.keys.node };
    evil.provoke(&case, &body, hash, Code::StatementParty);
    evil.provoke(&case, &Succession { predecessor: evil.id }, receipt, Code::StatementParty);
    evil.assert_state(&case, "received");
    evil.still_heard();
}

/// What is not proven goes back by itself, as from any Release.
#[test]
fn attack_succession_of_a_member_who_is_not_proven() {
    let mut evil = Evil::guest();
    let mut claim = claim(&evil, 1);
    let release = &claim.told.stated[2].statement;
    let unproven = Attachment::new([8; 16], b"trust me".to_vec());
    let commitment = unproven.commitment();
    let stated = changed(&claim.told.stated[2], |fields| fields.commitment = commitment);
    assert_ne!(stated.statement.hash(), release.hash());
    claim.told.stated[2] = Stated { attachment: unproven, ..stated };
    claim.file = file(&Pen::of(&evil), &claim.gone, &claim.told, 3);
    let stated = claim.succession(&evil);
    evil.say(stated);
    evil.heard_of(&claim.told.case, Kind::Refusal);
    evil.assert_state(&claim.told.case, "refused");
    evil.still_heard();
}

/// A peer never wanted the Ack of a living origin, and has it from a node of its own making.
#[test]
fn attack_proof_by_the_successor_of_a_node_that_lives() {
    let mut evil = Evil::guest();
    let living = Evil::guest();
    let stranger = Evil::stranger(Stage::shared());
    for (minter, number, taken) in [(&living, 1, false), (&stranger, 2, true)] {
        let (a, b) = (Pen::of(minter), Pen::of(&evil));
        let puppet = Pen::invented(minter.region, 43);
        let member = MemberRef::mint(&a.id, &nonce(1));
        let mut body = offer_body(minter, 1);
        body.to_org = evil.org();
        let told = told(&a, &b, member, &body, Vec::new());
        let receipt = told.stated[3].statement.hash();
        let succession = told.case.draft(&Succession { predecessor: a.id }, receipt);
        let succession = b.state(puppet.id, succession);
        let ack = puppet.state(b.id, told.case.draft(&Ack {}, receipt));
        let [offer, accept, released, received, _] = &told.stated;
        let entries = [(&a, offer), (&b, accept), (&a, released), (&b, received), (&puppet, &ack)];
        let entries = entries.map(|(pen, stated)| (&pen.seal(stated)).into());
        let certs = vec![a.cert.clone(), b.cert.clone(), puppet.cert.clone()];
        let proof = HandOverProof::default()
            .extended_by_successors(Hop { certs, entries }, [(&b.seal(&succession)).into()]);
        let (case, accept) = inbound(&mut evil, number, member, ack.statement.hash());
        release(&mut evil, &case, accept, proof.to_block());
        evil.heard_of(&case, if taken { Kind::Receipt } else { Kind::Refusal });
    }
    evil.still_heard();
}

//! Statements of letters that are signed by whom they should be and say what they should not:
//! 16 to 26 of the plan, and their like. Also what an evil peer needs to have a letter at all.

use protocol::codec;
use protocol::envelope::Entry;
use protocol::id::{Generation, LetterId, MemberRef, MintNonce, Serial, StatementHash};
use protocol::member::{PersonalParticulars, Standing, check_character};
use protocol::refusal::Code;
use protocol::statement::custody::{
    Accept, Ack, Ground, Offer, Provenance, Receipt, Refusal, Release, Void, VoidReason,
};
use protocol::statement::kind::Kind;
use protocol::statement::{Body, Draft, Stated};
use protocol::transfer::proof::HandOverProof;
use serde_json::Value;

use super::evil::{Evil, changed, now};

/// A letter between the node and an evil peer.
#[derive(Clone, Copy)]
pub struct Case {
    pub letter: LetterId,
    pub member: MemberRef,
    pub generation: Generation,
}

impl Case {
    /// A statement of this letter that answers another.
    pub fn draft<B: Body>(&self, body: &B, answered: StatementHash) -> Draft {
        let draft = Draft::new(body).about(self.member, self.generation);
        draft.answering(self.letter, &[answered])
    }

    pub fn offer(&self) -> StatementHash {
        self.letter.offer()
    }
}

/// An identity number of an area that was never issued, different for each evil peer and number.
pub fn id_number(evil: &Evil, number: u32) -> String {
    let digits = format!("990{:03}19800101{:03}", evil.region.number() % 1_000, number);
    let check = char::from(check_character(digits.as_bytes()));
    format!("{digits}{check}")
}

pub fn particulars(evil: &Evil, number: u32) -> PersonalParticulars {
    PersonalParticulars {
        name: "欧阳试探".into(),
        id_number: id_number(evil, number).as_str().into(),
        sex: None,
        ethnicity: "汉".into(),
        age: 46,
        phone: "13900009999".into(),
        reason: "随子女居住".into(),
        addressee: "石泉县城关镇党委".into(),
        sender: "恶邻党委".into(),
    }
}

pub fn offer_body(evil: &Evil, number: u32) -> Offer {
    Offer {
        from_org: evil.org(),
        to_org: evil.stage.region.committee().parse().unwrap(),
        serial: Serial { region: evil.region, year: 2026, number },
        valid_until: now().day().plus_days(30),
        dues_paid_through: None,
        standing: Standing::Full,
        batch: None,
        provenance: Provenance::Minted(nonce(number)),
        replaces: None,
    }
}

pub fn nonce(number: u32) -> MintNonce {
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    MintNonce::from_bytes(bytes)
}

/// An Offer as the evil peer would make it, of a generation and with any block.
pub fn offer_of(evil: &Evil, number: u32, body: &Offer, generation: u32, block: Vec<u8>) -> Stated {
    let scratch = &evil.stage.scratch;
    scratch.plant_text("欧阳试探");
    scratch.plant_text(&id_number(evil, number));
    let member = MemberRef::mint(&evil.id, &nonce(number));
    evil.state(Draft::new(body).about(member, Generation(generation)).with_block(block))
}

/// A good Offer.
pub fn offer(evil: &Evil, number: u32) -> Stated {
    let block = codec::encode(&particulars(evil, number));
    offer_of(evil, number, &offer_body(evil, number), 0, block)
}

pub fn case_of(offer: &Stated) -> Case {
    let fields = offer.statement.fields();
    Case {
        letter: offer.statement.letter().unwrap(),
        member: fields.member.unwrap(),
        generation: fields.generation.unwrap(),
    }
}

impl Evil {
    /// Offers a member of its own, and asserts that the node has the letter.
    pub fn offered(&mut self, number: u32) -> Case {
        let offer = offer(self, number);
        let case = case_of(&offer);
        self.say(offer);
        assert_eq!(self.state_of(&case).as_deref(), Some("issued"));
        case
    }

    /// The same, accepted at the node; with the hash of its Accept.
    pub fn accepted(&mut self, number: u32) -> (Case, StatementHash) {
        let case = self.offered(number);
        self.stage.region.accept(&case.letter.to_string());
        let accept = self.heard_of(&case, Kind::Accept);
        (case, accept)
    }

    /// The node issues a letter to this peer.
    pub fn issued(&mut self) -> Case {
        let region = &self.stage.region;
        let (member, to) = (region.fresh_member(), self.org().to_string());
        let letter = region.ok(&["letter", "issue", "--member", &member, "--to", &to]);
        let letter = letter["id"].as_str().unwrap().parse().unwrap();
        self.hear(|statement| statement.letter() == Some(letter));
        Case { letter, member: member.parse().unwrap(), generation: Generation(0) }
    }

    /// The same, accepted by this peer and released by the node; with the hash of the Release.
    pub fn released(&mut self) -> (Case, StatementHash) {
        let case = self.issued();
        self.tell(&case, &Accept { branch: self.org() }, case.offer());
        let release = self.heard_of(&case, Kind::Release);
        (case, release)
    }

    /// The hash of the node's statement of this kind about a letter.
    pub fn heard_of(&mut self, case: &Case, kind: Kind) -> StatementHash {
        let letter = Some(case.letter);
        let entry =
            self.hear(|statement| statement.kind() == Some(kind) && statement.letter() == letter);
        entry.content.statement().unwrap().hash()
    }

    /// States something of a letter that the node can use.
    pub fn tell<B: Body>(
        &mut self,
        case: &Case,
        body: &B,
        answered: StatementHash,
    ) -> StatementHash {
        let stated = self.state(case.draft(body, answered));
        let hash = stated.statement.hash();
        self.say(stated);
        hash
    }

    /// States something of a letter that the node cannot use.
    pub fn provoke<B: Body>(&mut self, case: &Case, body: &B, answered: StatementHash, code: Code) {
        let stated = self.state(case.draft(body, answered));
        self.complained(stated, code);
    }

    pub fn state_of(&self, case: &Case) -> Option<String> {
        self.stage.region.letter_state(&case.letter.to_string())
    }

    #[track_caller]
    pub fn assert_state(&self, case: &Case, state: &str) {
        assert_eq!(self.state_of(case).as_deref(), Some(state));
    }

    pub fn custody(&self, case: &Case) -> Value {
        self.stage.region.member(&case.member.to_string())["custody"].clone()
    }

    /// The feed goes on: a good Offer behind whatever came before is taken.
    pub fn still_heard(&mut self) {
        self.offered(900);
    }

    /// The kinds of statements that count for a letter at the node.
    pub fn kinds(&self, case: &Case) -> Vec<String> {
        let letter = self.stage.region.letter(&case.letter.to_string());
        let kinds = letter["statements"].as_array().unwrap().iter();
        kinds.map(|statement| statement["kind"].as_str().unwrap().to_owned()).collect()
    }
}

fn refusal() -> Refusal {
    Refusal { ground: Ground::NotArrived, redirect: None }
}

fn withdrawn() -> Void {
    Void { reason: VoidReason::Withdrawn }
}

#[test]
fn attack_16_same_letter_id_other_body() {
    let mut evil = Evil::guest();
    let case = evil.issued();
    let accept = evil.state(case.draft(&Accept { branch: evil.org() }, case.offer()));
    let other = MemberRef::from_bytes([3; 16]);
    let moved = changed(&accept, |fields| fields.member = Some(other));
    evil.complained(moved, Code::StatementGeneration);
    // The Offer once more with another body is another letter, and the Accept of one says nothing
    // of the other.
    let offer = offer(&evil, 1);
    let mut body = offer_body(&evil, 1);
    body.standing = Standing::Probationary;
    let twin = changed(&offer, |fields| fields.body = codec::encode(&body));
    let (one, two) = (case_of(&offer), case_of(&twin));
    evil.say(offer);
    evil.say(twin);
    assert_ne!(one.letter, two.letter);
    let stolen = Case { letter: two.letter, ..one };
    evil.provoke(&stolen, &withdrawn(), one.offer(), Code::StatementAntecedent);
    evil.assert_state(&two, "issued");
    evil.assert_state(&case, "issued");
    assert_eq!(evil.custody(&case), "here");
    evil.still_heard();
}

#[test]
fn attack_17_receipt_for_another_release() {
    let mut evil = Evil::guest();
    let ((one, first), (two, second)) = (evil.released(), evil.released());
    let receipt = Receipt { branch: evil.org() };
    evil.provoke(&one, &receipt, second, Code::StatementAntecedent);
    evil.provoke(&two, &receipt, two.offer(), Code::StatementAntecedent);
    for case in [&one, &two] {
        evil.assert_state(case, "released");
        assert_eq!(evil.custody(case), "in_transit");
    }
    evil.tell(&one, &receipt, first);
    evil.heard_of(&one, Kind::Ack);
    evil.assert_state(&one, "closed");
    evil.assert_state(&two, "released");
    evil.still_heard();
}

#[test]
fn attack_18_receipt_by_a_third_node() {
    let (mut evil, mut third) = (Evil::guest(), Evil::guest());
    let case = evil.issued();
    third.provoke(&case, &Accept { branch: third.org() }, case.offer(), Code::StatementParty);
    evil.assert_state(&case, "issued");
    let accept = Accept { branch: evil.org() };
    evil.tell(&case, &accept, case.offer());
    let release = evil.heard_of(&case, Kind::Release);
    third.provoke(&case, &Receipt { branch: third.org() }, release, Code::StatementParty);
    third.provoke(&case, &refusal(), release, Code::StatementParty);
    evil.assert_state(&case, "released");
    third.still_heard();
    // Nor does an unknown letter come into being by being answered.
    let unknown = Case { letter: LetterId::of_offer(release), ..case };
    third.provoke(&unknown, &accept, release, Code::LetterUnknown);
    assert_eq!(third.state_of(&unknown), None);
}

#[test]
fn attack_19_release_without_accept() {
    let mut evil = Evil::guest();
    let case = evil.offered(1);
    evil.provoke(&case, &Release {}, case.offer(), Code::StatementAntecedent);
    evil.provoke(&case, &Ack {}, case.offer(), Code::StatementAntecedent);
    evil.assert_state(&case, "issued");
    let member = case.member.to_string();
    assert_eq!(evil.stage.region.run(&["member", "show", &member]).code(), Some("member.unknown"));
    evil.still_heard();
}

#[test]
fn attack_20_release_after_own_void() {
    let mut evil = Evil::guest();
    let (case, accept) = evil.accepted(1);
    assert_eq!(evil.custody(&case), "provisional");
    evil.tell(&case, &withdrawn(), accept);
    evil.assert_state(&case, "voided");
    let before = evil.stage.findings("Conflict");
    let proof = HandOverProof::default().to_block();
    let release = evil.state(case.draft(&Release {}, accept).with_block(proof));
    evil.complained(release, Code::StatementContradiction);
    evil.assert_state(&case, "voided");
    assert!(!evil.kinds(&case).contains(&"receipt".to_owned()));
    assert!(evil.stage.findings("Conflict") > before, "kept as signed proof");
    evil.still_heard();
}

#[test]
fn attack_21_refusal_after_receipt() {
    let mut evil = Evil::guest();
    let (case, release) = evil.released();
    evil.tell(&case, &Receipt { branch: evil.org() }, release);
    evil.heard_of(&case, Kind::Ack);
    let before = evil.stage.findings("Conflict");
    evil.provoke(&case, &refusal(), release, Code::StatementContradiction);
    evil.assert_state(&case, "closed");
    assert_eq!(evil.custody(&case), "transferred");
    assert!(evil.stage.findings("Conflict") > before, "kept as signed proof");
    evil.still_heard();
}

#[test]
fn attack_22_receipt_after_refusal() {
    let mut evil = Evil::guest();
    let (case, release) = evil.released();
    evil.tell(&case, &refusal(), release);
    evil.assert_state(&case, "refused");
    assert_eq!(evil.custody(&case), "here");
    let before = evil.stage.findings("Conflict");
    evil.provoke(&case, &Receipt { branch: evil.org() }, release, Code::StatementContradiction);
    evil.assert_state(&case, "refused");
    assert_eq!(evil.custody(&case), "here");
    assert!(evil.stage.findings("Conflict") > before, "kept as signed proof");
    evil.still_heard();
}

#[test]
fn attack_25_generation_skip() {
    let mut evil = Evil::guest();
    let case = evil.issued();
    let accept = evil.state(case.draft(&Accept { branch: evil.org() }, case.offer()));
    let later = changed(&accept, |fields| fields.generation = Some(Generation(1)));
    evil.complained(later, Code::StatementGeneration);
    evil.assert_state(&case, "issued");
    let block = codec::encode(&particulars(&evil, 1));
    let minted = offer_of(&evil, 1, &offer_body(&evil, 1), 1, block.clone());
    evil.complained(minted, Code::StatementProof);
    let mut body = offer_body(&evil, 2);
    body.provenance = Provenance::Inbound(case.offer());
    let far = offer_of(&evil, 2, &body, u32::MAX, block.clone());
    evil.complained(far, Code::StatementGeneration);
    let first = offer_of(&evil, 2, &body, 0, block);
    evil.complained(first, Code::StatementProof);
    evil.still_heard();
}

#[test]
fn a_branch_of_another_region_is_no_answer() {
    let mut evil = Evil::guest();
    let case = evil.issued();
    let theirs = evil.stage.region.branch().parse().unwrap();
    evil.provoke(&case, &Accept { branch: theirs }, case.offer(), Code::OrgForeign);
    evil.assert_state(&case, "issued");
    evil.tell(&case, &Accept { branch: evil.org() }, case.offer());
    evil.heard_of(&case, Kind::Release);
    evil.still_heard();
}

#[test]
fn an_offer_of_a_member_that_the_node_holds_takes_nobody_away() {
    let mut evil = Evil::guest();
    let member: MemberRef = evil.stage.region.fresh_member().parse().unwrap();
    let stolen = changed(&offer(&evil, 1), |fields| fields.member = Some(member));
    evil.complained(stolen, Code::StatementProof);
    let shown = evil.stage.region.member(&member.to_string());
    assert_eq!(shown["custody"], "here");
    evil.still_heard();
}

#[test]
fn a_decision_repeated_word_for_word_changes_nothing() {
    let mut evil = Evil::guest();
    let (case, release) = evil.released();
    let receipt = evil.state(case.draft(&Receipt { branch: evil.org() }, release));
    evil.say(receipt.clone());
    evil.heard_of(&case, Kind::Ack);
    let region = evil.region.to_string();
    let faults = evil.stage.faults_of(&region);
    for _ in 0..3 {
        evil.say(receipt.clone());
    }
    evil.still_heard();
    // The node's feed goes on behind them, and has nothing more about the letter.
    let next = evil.issued();
    assert!(evil.heard.iter().any(|entry| {
        entry.content.statement().is_some_and(|one| one.letter() == Some(next.letter))
    }));
    let about = |entry: &&Entry| {
        let statement = entry.content.statement();
        statement.is_some_and(|one| one.letter() == Some(case.letter))
    };
    assert_eq!(evil.heard.iter().filter(about).count(), 3, "Offer, Release and Ack, once each");
    evil.assert_state(&case, "closed");
    assert_eq!(evil.stage.faults_of(&region), faults);
}

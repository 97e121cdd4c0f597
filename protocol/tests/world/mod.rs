//! Nodes, feeds and whole hand-overs made from fixed seeds, for the tests of this crate.
//!
//! Everything is signed for real and driven through the functions that a node calls; nothing here
//! decides anything. Both the unit tests and the integration tests build on it.
#![allow(dead_code, clippy::unwrap_used)]

pub mod residences;
pub mod stays;

use protocol::envelope::{Entry, Tip, seal_entries};
use protocol::exchange::feed::FeedCopy;
use protocol::id::{
    Generation, Incarnation, LetterId, MemberRef, MintNonce, NodeId, OrgCode, RegionCode, Serial,
};
use protocol::member::{PersonalParticulars, Sex, Standing};
use protocol::refusal::Code;
use protocol::seal::{Domain, Signer};
use protocol::statement::custody::{Offer, Provenance};
use protocol::statement::keys::{CertifiedKeys, KeyCert};
use protocol::statement::{Draft, Parties, Stated, Statement};
use protocol::time::Timestamp;
use protocol::transfer::origin::{Holding, Source};
use protocol::transfer::proof::{Claim, HandOverProof, Hop};
use protocol::transfer::state::{Letter, Merged};
use protocol::transfer::succession::{CaseFile, succession};
use protocol::transfer::{destination, origin};

/// The first moment of every story.
pub fn start() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

/// One region's node.
pub struct Node {
    pub identity: Signer,
    pub signing: Signer,
    pub id: NodeId,
    pub region: RegionCode,
    pub cert: KeyCert,
}

impl Node {
    /// A node whose keys follow from `seed`.
    pub fn new(seed: u8, region: &str, region_name: &str) -> Node {
        Node::in_domain(Domain::Real, seed, region, region_name)
    }

    pub fn in_domain(domain: Domain, seed: u8, region: &str, region_name: &str) -> Node {
        let identity = Signer::from_seed(&[seed; 32]);
        let signing = Signer::from_seed(&[seed + 100; 32]);
        let id = NodeId::from_bytes(*identity.public().as_bytes());
        let region: RegionCode = region.parse().unwrap();
        let keys = CertifiedKeys {
            domain,
            node: id,
            region,
            region_name: region_name.to_owned(),
            signing: signing.public(),
            tls: Signer::from_seed(&[seed + 50; 32]).public(),
            agreement: [seed; 32],
            valid_from: start(),
        };
        let cert = KeyCert::issue(keys, &identity);
        Node { identity, signing, id, region, cert }
    }

    pub fn shiquan() -> Node {
        Node::new(1, "610922", "石泉县")
    }

    pub fn hanbin() -> Node {
        Node::new(2, "610902", "汉滨区")
    }

    pub fn ziyang() -> Node {
        Node::new(3, "610924", "紫阳县")
    }

    /// The node that takes the place of [`Node::shiquan`].
    pub fn new_shiquan() -> Node {
        Node::new(11, "610922", "石泉县")
    }

    /// The node that takes the place of [`Node::hanbin`].
    pub fn new_hanbin() -> Node {
        Node::new(12, "610902", "汉滨区")
    }

    pub fn org(&self, number: u32) -> OrgCode {
        OrgCode::new(self.region, number).unwrap()
    }

    pub fn to(&self, audience: &Node) -> Parties {
        Parties { domain: Domain::Real, author: self.id, audience: audience.id }
    }

    /// The draft as this node states it to `audience`.
    pub fn state(&self, audience: &Node, draft: Draft, time: Timestamp) -> Stated {
        let salt = [u8::try_from(draft.kind().number().0).unwrap(); 16];
        draft.finish(&self.to(audience), time, salt)
    }

    /// A new feed for `audience`.
    pub fn feed(&self, audience: &Node) -> Feed<'_> {
        let tip = Tip::start(Incarnation { counter: 1, random: 0x0bad_cafe });
        Feed { author: self, parties: self.to(audience), tip }
    }
}

/// What one node seals for another.
pub struct Feed<'a> {
    pub author: &'a Node,
    pub parties: Parties,
    pub tip: Tip,
}

impl Feed<'_> {
    pub fn seal(&mut self, stated: Vec<Stated>) -> Vec<Entry> {
        seal_entries(&mut self.tip, &self.parties, &self.author.signing, stated)
    }

    pub fn seal_one(&mut self, stated: Stated) -> Entry {
        self.seal(vec![stated]).remove(0)
    }

    /// The audience's copy that holds `held`.
    pub fn copy(&self, held: &[Entry]) -> FeedCopy {
        let tip = held.last().map(|entry| Tip {
            incarnation: entry.header.incarnation,
            seq: entry.header.seq,
            hash: entry.hash(),
        });
        let Parties { domain, author, audience } = self.parties;
        FeedCopy { domain, author, audience, key: self.author.signing.public(), tip }
    }
}

/// The person that letters are about.
pub fn person() -> PersonalParticulars {
    PersonalParticulars {
        name: "赵以刚".into(),
        id_number: "11010519491231002X".into(),
        sex: Some(Sex::Female),
        ethnicity: "汉".into(),
        age: 76,
        phone: "13900000000".into(),
        reason: "随子女居住".into(),
        addressee: "汉滨区新城街道党工委".into(),
        sender: "石泉县城关镇党委 滨河路1号".into(),
    }
}

/// A membership in the hands of its holder.
#[derive(Clone)]
pub struct Membership {
    pub holding: Holding,
    pub proof: HandOverProof,
}

impl Membership {
    /// Registered first at `node`.
    pub fn minted(node: &Node) -> Membership {
        let nonce = MintNonce::from_bytes([5; 16]);
        let holding = Holding {
            member: MemberRef::mint(&node.id, &nonce),
            generation: Generation(0),
            full: true,
            open: None,
            source: Source::Minted(nonce),
        };
        Membership { holding, proof: HandOverProof::default() }
    }

    pub fn provenance(&self) -> Provenance {
        origin::may_offer(&self.holding).unwrap()
    }

    /// What the holder claims when it releases the member.
    pub fn claim(&self, holder: &Node) -> Claim {
        Claim {
            domain: Domain::Real,
            member: self.holding.member,
            generation: self.holding.generation,
            holder: holder.id,
            provenance: self.provenance(),
        }
    }
}

/// An Offer's public fields: valid for thirty days.
pub fn offer_body(a: &Node, b: &Node, provenance: Provenance) -> Offer {
    Offer {
        from_org: a.org(1),
        to_org: b.org(31),
        serial: Serial { region: a.region, year: 2026, number: 418 },
        valid_until: start().day().plus_days(30),
        dues_paid_through: Some("2026-10".parse().unwrap()),
        standing: Standing::Full,
        batch: None,
        provenance,
        replaces: None,
    }
}

/// `a` offers the membership to `b`.
pub fn issue(a: &Node, b: &Node, membership: &Membership) -> Stated {
    let body = offer_body(a, b, membership.provenance());
    let block = protocol::codec::encode(&person());
    a.state(b, origin::offer(&membership.holding, &body, block), start())
}

/// The letter that the Offer opens.
pub fn opened(offer: &Statement) -> Letter {
    Letter::open(offer).unwrap().0
}

/// Takes a statement into one side's letter, as both sides do with their own and the other's.
pub fn take(letter: &mut Letter, stated: &Stated) {
    letter.check(&stated.statement).unwrap();
    assert_eq!(letter.merge(&stated.statement), Merged::Added);
}

/// A closed letter: what each side stated and sealed, and what came of it.
pub struct HandOver {
    /// Offer, Accept, Release, Receipt, Ack.
    pub stated: [Stated; 5],
    pub entries: [Entry; 5],
    pub at_origin: Letter,
    pub at_destination: Letter,
    /// The membership at its new holder.
    pub membership: Membership,
}

impl HandOver {
    pub fn letter(&self) -> LetterId {
        self.at_origin.id
    }
}

/// Hands the membership from `a` to `b`, each side deciding by its own functions.
pub fn hand_over(a: &Node, b: &Node, membership: &Membership) -> HandOver {
    hand_over_with(a, b, membership, |release| {
        let proof = HandOverProof::from_block(release.attachment.block().unwrap())?;
        proof.verify(&membership.claim(a))
    })
}

/// The same, `b` taking whatever proof it is shown.
pub fn collude(a: &Node, b: &Node, membership: &Membership) -> HandOver {
    hand_over_with(a, b, membership, |_| Ok(()))
}

fn hand_over_with(
    a: &Node,
    b: &Node,
    membership: &Membership,
    proven: impl Fn(&Stated) -> Result<(), Code>,
) -> HandOver {
    let offer = issue(a, b, membership);
    let (mut at_a, mut at_b) = (opened(&offer.statement), opened(&offer.statement));
    let later = |minutes: u64| start().after_millis(minutes * 60_000);
    let accept = destination::accept(&at_b, b.org(7), true, later(1)).unwrap();
    let accept = b.state(a, accept, later(1));
    take(&mut at_b, &accept);
    take(&mut at_a, &accept);
    let release = origin::on_accept(&at_a, &accept.statement, true, || membership.proof.clone());
    let release = a.state(b, release.unwrap(), later(2));
    take(&mut at_a, &release);
    take(&mut at_b, &release);
    let receipt = destination::on_release(&at_b, b.org(7), proven(&release)).unwrap();
    let receipt = b.state(a, receipt, later(3));
    take(&mut at_b, &receipt);
    take(&mut at_a, &receipt);
    let ack = a.state(b, origin::on_receipt(&at_a).unwrap(), later(4));
    take(&mut at_a, &ack);
    take(&mut at_b, &ack);
    let stated = [offer, accept, release, receipt, ack];
    let entries = sealed(a, b, &stated);
    let membership = received(a, b, membership, &stated, &entries);
    HandOver { stated, entries, at_origin: at_a, at_destination: at_b, membership }
}

/// The five statements as the two feeds carry them.
fn sealed(a: &Node, b: &Node, stated: &[Stated; 5]) -> [Entry; 5] {
    let [offer, accept, release, receipt, ack] = stated.clone();
    let (mut from_a, mut from_b) = (a.feed(b), b.feed(a));
    from_a.seal_one(a.state(b, Draft::new(&a.cert), start()));
    from_b.seal_one(b.state(a, Draft::new(&b.cert), start()));
    let offer = from_a.seal_one(offer);
    let accept = from_b.seal_one(accept);
    let mut release_and_ack = from_a.seal(vec![release, ack]);
    let receipt = from_b.seal_one(receipt);
    let ack = release_and_ack.remove(1);
    [offer, accept, release_and_ack.remove(0), receipt, ack]
}

fn received(
    a: &Node,
    b: &Node,
    before: &Membership,
    stated: &[Stated; 5],
    entries: &[Entry; 5],
) -> Membership {
    let hop = hop(a, b, [0, 1, 2, 3, 4].map(|at| &entries[at]));
    let source = Source::Inbound {
        letter: LetterId::of_offer(stated[0].statement.hash()),
        ack: Some(stated[4].statement.hash()),
    };
    let generation = before.holding.generation.next();
    let holding = Holding { generation, source, ..before.holding };
    Membership { holding, proof: before.proof.clone().extended(hop) }
}

/// One hop of a proof, from entries in any order.
pub fn hop(a: &Node, b: &Node, entries: [&Entry; 5]) -> Hop {
    Hop { certs: vec![a.cert.clone(), b.cert.clone()], entries: entries.map(Into::into) }
}

/// What somebody who steps into the letter is shown: its entries from the Offer on.
pub fn case_file(nodes: &[&Node], entries: &[&Entry]) -> CaseFile {
    CaseFile {
        certs: nodes.iter().map(|node| node.cert.clone()).collect(),
        entries: entries.iter().map(|entry| (*entry).into()).collect(),
        earlier: None,
        offer: entries[0].attachment.clone(),
        release: entries[2].attachment.clone(),
    }
}

/// `x` hands the other party's place on to `successor`.
pub fn succeed(x: &Node, successor: &Node, letter: &Letter, file: &CaseFile) -> Stated {
    x.state(successor, succession(letter, file).unwrap(), start())
}

/// A hand-over that the successor of `b`, or of `a`, brought to its end.
pub struct Succeeded {
    pub letter: Letter,
    /// As its author sealed it.
    pub succession: Entry,
    /// The membership at its new holder.
    pub membership: Membership,
}

/// `b` accepted and is gone; `b2` receives.
pub fn by_new_destination(a: &Node, b: &Node, b2: &Node, before: &Membership) -> Succeeded {
    let done = hand_over(a, b, before);
    let mut letter = opened(&done.stated[0].statement);
    done.stated[1..3].iter().for_each(|stated| take(&mut letter, stated));
    let entries = done.entries.each_ref();
    let file = case_file(&[a, b], &entries[..3]);
    let stated = succeed(a, b2, &letter, &file);
    take(&mut letter, &stated);
    let receipt = destination::take_over(&letter, b2.org(7), true).unwrap();
    let receipt = b2.state(a, receipt, start());
    take(&mut letter, &receipt);
    let ack = a.state(b2, origin::on_receipt(&letter).unwrap(), start());
    take(&mut letter, &ack);
    let (receipt, ack) = (b2.feed(a).seal_one(receipt), a.feed(b2).seal_one(ack));
    let entries = [entries[0], entries[1], entries[2], &receipt, &ack];
    let succession = a.feed(b2).seal_one(stated);
    finished(letter, succession, before, &[a, b, b2], entries)
}

/// `a` is gone before its Ack; `a2` gives it.
pub fn by_new_origin(a: &Node, a2: &Node, b: &Node, before: &Membership) -> Succeeded {
    let done = hand_over(a, b, before);
    let mut letter = opened(&done.stated[0].statement);
    done.stated[1..4].iter().for_each(|stated| take(&mut letter, stated));
    let entries = done.entries.each_ref();
    let stated = succeed(b, a2, &letter, &case_file(&[a, b], &entries[..4]));
    take(&mut letter, &stated);
    let ack = a2.state(b, origin::on_receipt(&letter).unwrap(), start());
    take(&mut letter, &ack);
    let ack = a2.feed(b).seal_one(ack);
    let entries = [entries[0], entries[1], entries[2], entries[3], &ack];
    let succession = b.feed(a2).seal_one(stated);
    finished(letter, succession, before, &[a, b, a2], entries)
}

fn finished(
    letter: Letter,
    succession: Entry,
    before: &Membership,
    nodes: &[&Node],
    entries: [&Entry; 5],
) -> Succeeded {
    let certs = nodes.iter().map(|node| node.cert.clone()).collect();
    let hop = Hop { certs, entries: entries.map(Into::into) };
    let proof = before.proof.clone().extended_by_successors(hop, [(&succession).into()]);
    let source = Source::Inbound { letter: letter.id, ack: letter.set.ack };
    let generation = before.holding.generation.next();
    let holding = Holding { generation, source, ..before.holding };
    Succeeded { letter, succession, membership: Membership { holding, proof } }
}

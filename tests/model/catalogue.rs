//! Every statement that a search has met: made, sealed and hashed by the shipped code, and named by
//! three bytes in the states. The same statement has the same name in every state, so that equal
//! states look equal. Decides nothing.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, RwLock};

use protocol::codec;
use protocol::envelope::Entry;
use protocol::id::{LetterId, MemberRef, MintNonce, NodeId, Serial, StatementHash};
use protocol::refusal::Code;
use protocol::seal::Domain;
use protocol::statement::custody::{Offer, Provenance};
use protocol::statement::keys::KeyCert;
use protocol::statement::kind::Kind;
use protocol::statement::{Draft, Stated};
use protocol::time::{Day, Timestamp};
use protocol::transfer::origin::{self, Holding};
use protocol::transfer::proof::{Claim, HandOverProof, Hop};
use protocol::transfer::state::Letter;
use protocol::transfer::succession::{CaseFile, Inherited};

use crate::world::{self, Node};

/// A statement, by its letter (numbered as they are met), kind, and number among its like.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    pub letter: u8,
    pub kind: Kind,
    pub variant: u8,
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.letter, self.kind.name())?;
        if self.variant > 0 { write!(f, "#{}", self.variant) } else { Ok(()) }
    }
}

/// What stands behind a fact.
pub struct Record {
    pub stated: Stated,
    pub author: usize,
    pub audience: usize,
}

/// What stands behind a letter.
#[derive(Clone)]
pub struct Opened {
    pub fact: Fact,
    /// The letter with an empty set, by [`Letter::open`].
    pub letter: Letter,
    pub offer: Offer,
    pub origin: usize,
    pub destination: usize,
    /// The letter by which the origin says it holds the membership; none for the minted one, or
    /// if what the Offer names is no statement at all.
    pub inbound: Option<u8>,
}

/// The nodes, and all statements so far.
pub struct Catalogue {
    pub nodes: Vec<Node>,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    letters: Vec<Arc<Opened>>,
    letter_numbers: HashMap<LetterId, u8>,
    records: HashMap<Fact, Arc<Record>>,
    facts: HashMap<StatementHash, Fact>,
    variants: HashMap<(u8, Kind), u8>,
    proofs: HashMap<Fact, Result<(), Code>>,
    inherited: HashMap<Fact, Result<Arc<Inherited>, Code>>,
}

impl Catalogue {
    /// So many nodes; the last may be one that takes the place of another.
    pub fn new(nodes: usize, replaced: Option<usize>) -> Catalogue {
        let all = [Node::shiquan(), Node::hanbin(), Node::ziyang()];
        let successors: [fn() -> Node; 2] = [Node::new_shiquan, Node::new_hanbin];
        let successor = replaced.map(|replaced| successors[replaced]());
        let first = nodes - usize::from(replaced.is_some());
        let nodes = all.into_iter().take(first).chain(successor).collect();
        Catalogue { nodes, known: RwLock::default() }
    }

    /// The one member, minted at node 0.
    pub fn member(&self) -> MemberRef {
        MemberRef::mint(&self.nodes[0].id, &Self::nonce())
    }

    pub fn nonce() -> MintNonce {
        MintNonce::from_bytes([5; 16])
    }

    /// The last day of every letter.
    pub fn last_day() -> Day {
        world::start().day().plus_days(30)
    }

    pub fn in_time() -> Timestamp {
        world::start().after_millis(60_000)
    }

    pub fn late() -> Timestamp {
        Self::last_day().end()
    }

    pub fn record(&self, fact: Fact) -> Arc<Record> {
        self.known.read().unwrap().records[&fact].clone()
    }

    pub fn opened(&self, letter: u8) -> Arc<Opened> {
        self.known.read().unwrap().letters[usize::from(letter)].clone()
    }

    /// The fact with that hash, if it is one.
    pub fn fact(&self, hash: StatementHash) -> Option<Fact> {
        self.known.read().unwrap().facts.get(&hash).copied()
    }

    /// The `number`th Offer of `author`, opened as a reader opens it.
    pub fn offer(
        &self,
        (author, audience): (usize, usize),
        holding: &Holding,
        provenance: Provenance,
        number: u32,
    ) -> Fact {
        let (a, b) = (&self.nodes[author], &self.nodes[audience]);
        let mut body = world::offer_body(a, b, provenance);
        body.serial = Serial { number, ..body.serial };
        body.valid_until = Self::last_day();
        let block = codec::encode(&world::person());
        let stated = a.state(b, origin::offer(holding, &body, block), world::start());
        let id = LetterId::of_offer(stated.statement.hash());
        if let Some(fact) = self.fact(id.offer()) {
            return fact;
        }
        let (letter, offer) = Letter::open(&stated.statement).unwrap();
        let inbound = match provenance {
            Provenance::Minted(_) => None,
            Provenance::Inbound(hash) => self.fact(hash).map(|fact| fact.letter),
        };
        let mut known = self.known.write().unwrap();
        let number = u8::try_from(known.letters.len()).unwrap();
        known.letter_numbers.insert(id, number);
        let fact = known.name(number, Kind::Offer, stated, (author, audience));
        let (origin, destination) = (author, audience);
        let opened = Opened { fact, letter, offer, origin, destination, inbound };
        known.letters.push(Arc::new(opened));
        fact
    }

    /// What `author` states to `audience` about a letter.
    pub fn state(&self, (author, audience): (usize, usize), draft: Draft, time: Timestamp) -> Fact {
        let kind = draft.kind();
        let stated = self.nodes[author].state(&self.nodes[audience], draft, time);
        if let Some(fact) = self.fact(stated.statement.hash()) {
            return fact;
        }
        let mut known = self.known.write().unwrap();
        let letter = known.letter_numbers[&stated.statement.fields().letter.unwrap()];
        known.name(letter, kind, stated, (author, audience))
    }

    /// The statement as its author sealed it.
    fn sealed(&self, fact: Fact) -> Entry {
        let record = self.record(fact);
        let (a, b) = (&self.nodes[record.author], &self.nodes[record.audience]);
        a.feed(b).seal_one(record.stated.clone())
    }

    fn certs(&self, facts: &[Fact]) -> Vec<KeyCert> {
        let mut authors: Vec<usize> = facts.iter().map(|fact| self.record(*fact).author).collect();
        authors.sort_unstable();
        authors.dedup();
        authors.into_iter().map(|author| self.nodes[author].cert.clone()).collect()
    }

    /// The proof with the hop that these five statements make, and the Successions in it.
    pub fn extended(
        &self,
        proof: HandOverProof,
        hop: [Fact; 5],
        successions: &[Fact],
    ) -> HandOverProof {
        let certs = self.certs(&[&hop[..], successions].concat());
        let entries = hop.map(|fact| (&self.sealed(fact)).into());
        let successions = successions.iter().map(|fact| (&self.sealed(*fact)).into());
        proof.extended_by_successors(Hop { certs, entries }, successions)
    }

    /// What a successor is shown of a letter that these statements, from the Offer on, make.
    pub fn case_file(&self, facts: &[Fact]) -> CaseFile {
        let attachment = |fact: Fact| self.record(fact).stated.attachment.clone();
        CaseFile {
            certs: self.certs(facts),
            entries: facts.iter().map(|fact| (&self.sealed(*fact)).into()).collect(),
            earlier: None,
            offer: attachment(facts[0]),
            release: attachment(facts[2]),
        }
    }

    /// The letter that a Succession hands on, by the shipped reading of its case file. It depends
    /// on the statement alone, so it is asked once.
    pub fn inherited(&self, succession: Fact) -> Result<Arc<Inherited>, Code> {
        if let Some(known) = self.known.read().unwrap().inherited.get(&succession) {
            return known.clone();
        }
        let stated = &self.record(succession).stated;
        let file = CaseFile::from_block(stated.attachment.block().unwrap_or_default());
        let opened = file.and_then(|file| file.open(Domain::Real, &stated.statement)).map(Arc::new);
        self.known.write().unwrap().inherited.insert(succession, opened.clone());
        opened
    }

    /// The node with that identity.
    pub fn index(&self, id: NodeId) -> usize {
        self.nodes.iter().position(|node| node.id == id).unwrap()
    }

    /// Whether the proof in a Release holds, by the shipped verification. It depends on the
    /// statement alone, so it is asked once.
    pub fn proven(&self, release: Fact) -> Result<(), Code> {
        if let Some(known) = self.known.read().unwrap().proofs.get(&release) {
            return *known;
        }
        let (record, opened) = (self.record(release), self.opened(release.letter));
        let claim = Claim {
            domain: Domain::Real,
            member: opened.letter.member,
            generation: opened.letter.generation,
            holder: opened.letter.origin,
            provenance: opened.offer.provenance,
        };
        let block = record.stated.attachment.block().unwrap_or_default();
        let proven = HandOverProof::from_block(block).and_then(|proof| proof.verify(&claim));
        self.known.write().unwrap().proofs.insert(release, proven);
        proven
    }
}

impl Known {
    fn name(
        &mut self,
        letter: u8,
        kind: Kind,
        stated: Stated,
        (author, audience): (usize, usize),
    ) -> Fact {
        let next = self.variants.entry((letter, kind)).or_default();
        let fact = Fact { letter, kind, variant: *next };
        *next += 1;
        self.facts.insert(stated.statement.hash(), fact);
        self.records.insert(fact, Arc::new(Record { stated, author, audience }));
        fact
    }
}

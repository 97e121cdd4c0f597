//! What the nodes of the model do: as the shipped office does it, with every decision left to the
//! shipped `protocol::transfer`. Each guard can be taken away ([`Guard`]), which is all that is
//! written here a second time.

use protocol::id::{Generation, LetterId, OrgCode, StatementHash};
use protocol::refusal::Code;
use protocol::statement::custody::{Ack, Ground, Receipt, Refusal, Release, Void, VoidReason};
use protocol::statement::kind::Kind;
use protocol::statement::{Draft, Statement};
use protocol::time::Timestamp;
use protocol::transfer::destination;
use protocol::transfer::offer::check_received;
use protocol::transfer::origin::{self, Holding, Source};
use protocol::transfer::proof::HandOverProof;
use protocol::transfer::state::{Letter, Merged, State as Word};

use crate::book::{Book, Held, Standing, State, slot_of};
use crate::catalogue::{Catalogue, Fact};
use crate::guard::Guard;
use crate::world;

/// The nodes and what is missing from their rules.
pub struct Rules {
    pub catalogue: Catalogue,
    pub missing: &'static [Guard],
    pub malicious: Option<usize>,
}

/// What became of something that arrived.
pub enum Arrival {
    /// It changed this.
    Changed(State),
    /// It was there already.
    Known,
    /// It cannot be used: not yet, or not at all.
    Unusable(Code),
}

impl Rules {
    pub fn lacks(&self, guard: Guard) -> bool {
        self.missing.contains(&guard)
    }

    pub fn nodes(&self) -> usize {
        self.catalogue.nodes.len()
    }

    pub fn is_honest(&self, node: usize) -> bool {
        self.malicious != Some(node)
    }

    pub fn book<'a>(&'a self, state: &'a State, node: usize) -> Book<'a> {
        Book { catalogue: &self.catalogue, node, held: &state.nodes[node] }
    }

    pub fn feed(&self, author: usize, audience: usize) -> usize {
        author * self.nodes() + audience
    }

    pub fn branch(&self, node: usize) -> OrgCode {
        self.catalogue.nodes[node].org(7)
    }

    /// `number` is the serial.
    pub fn issue(&self, state: &State, from: usize, to: usize, number: u32) -> Option<State> {
        let base = self.book(state, from).current()?;
        let hash = |fact| self.catalogue.record(fact).stated.statement.hash();
        let source = match base.inbound {
            None => Source::Minted(Catalogue::nonce()),
            Some(held) => {
                let letter = held.open(&self.catalogue);
                let mut ack = letter.set.ack.filter(|_| letter.state() == Word::Closed);
                if self.lacks(Guard::OnwardAfterAck) {
                    ack = ack.or_else(|| held.fact(Kind::Receipt).map(hash));
                }
                Source::Inbound { letter: letter.id, ack }
            }
        };
        let open = base.open.filter(|_| !self.lacks(Guard::OneOpenLetter));
        let holding = Holding {
            member: self.catalogue.member(),
            generation: base.generation,
            full: base.standing == Standing::Full || self.lacks(Guard::OfferByHolder),
            open: open.map(|letter| self.catalogue.opened(letter).letter.id),
            source,
        };
        let provenance = origin::may_offer(&holding).ok()?;
        let offer = self.catalogue.offer((from, to), &holding, provenance, number);
        let mut next = state.clone();
        keep(&mut next.nodes[from], Held::new(offer.letter));
        next.feeds[self.feed(from, to)].push(offer);
        if self.lacks(Guard::ReleaseAfterAccept) {
            let held = Held::new(offer.letter);
            let letter = held.open(&self.catalogue);
            let release = statement(&letter, Draft::new(&Release {}), letter.id.offer());
            return self.add_own(&next, from, held, letter, release, Catalogue::in_time());
        }
        Some(next)
    }

    /// by hand.
    pub fn void(&self, state: &State, node: usize, held: Held) -> Option<State> {
        let letter = held.open(&self.catalogue);
        let reason = VoidReason::Withdrawn;
        let mut draft = origin::void(&letter, reason).ok();
        if self.lacks(Guard::NoVoidAfterRelease) && letter.state() == Word::Released {
            let answered = letter.set.accept.unwrap_or(letter.id.offer());
            draft = Some(statement(&letter, Draft::new(&Void { reason }), answered));
        }
        self.add_own(state, node, held, letter, draft?, Catalogue::in_time())
    }

    /// by itself.
    pub fn expire(&self, state: &State, node: usize, held: Held) -> Option<State> {
        let opened = self.catalogue.opened(held.letter);
        let letter = held.open(&self.catalogue);
        let feed = self.feed(opened.destination, node);
        let heard = state.heard >> feed & 1 == 1 || self.lacks(Guard::ExpiryHeard);
        let applied = heard.then(Catalogue::late);
        let draft = origin::on_expiry(&letter, applied, now(state, node))?;
        self.add_own(state, node, held, letter, draft, Catalogue::late())
    }

    /// a person accepts.
    pub fn accept(&self, state: &State, node: usize, held: Held) -> Option<State> {
        let mut letter = held.open(&self.catalogue);
        let book = self.book(state, node);
        self.check_generation(&letter, book.held_generation()).ok()?;
        if book.is_living() && !self.lacks(Guard::AcceptOnce) {
            return None;
        }
        if destination::awaits_successor(&letter) {
            let draft = destination::take_over(&letter, self.branch(node), true).ok()?;
            return self.add_own(state, node, held, letter, draft, Catalogue::in_time());
        }
        let whole = letter.clone();
        if self.lacks(Guard::NoAcceptAfterRefusal) {
            letter.set.refusal = None;
        }
        let time = now(state, node);
        let draft = destination::accept(&letter, self.branch(node), true, time).ok()?;
        let mut letter = whole;
        let answered = self.add(&mut letter, held, &draft, (node, letter_origin(self, held)), time);
        let (mut held, accept) = answered;
        let mut next = state.clone();
        let feed = self.feed(node, letter_origin(self, held));
        send(&mut next, feed, accept);
        if self.lacks(Guard::ReceiptAfterRelease) {
            let receipt = Draft::new(&Receipt { branch: self.branch(node) });
            let hash = letter.set.accept?;
            let draft = statement(&letter, receipt, hash);
            let parties = (node, letter_origin(self, held));
            let (with_receipt, receipt) =
                self.add(&mut letter, held, &draft, parties, Catalogue::in_time());
            held = with_receipt;
            send(&mut next, feed, receipt);
        }
        keep(&mut next.nodes[node], held);
        (next != *state).then_some(next)
    }

    /// a person refuses.
    pub fn refuse(&self, state: &State, node: usize, held: Held) -> Option<State> {
        let letter = held.open(&self.catalogue);
        let ground = Ground::NotArrived;
        let mut draft = destination::refuse(&letter, ground, None, "").ok();
        if self.lacks(Guard::NoRefusalAfterReceipt) && letter.state() == Word::Received {
            let refusal = Draft::new(&Refusal { ground, redirect: None });
            draft = Some(statement(&letter, refusal, letter.latest()));
        }
        self.add_own(state, node, held, letter, draft?, Catalogue::in_time())
    }

    /// Something arrives, for the first time or again, in whatever order.
    pub fn arrive(&self, state: &State, node: usize, fact: Fact) -> Arrival {
        if fact.kind == Kind::Offer {
            return self.take_offer(state, node, fact);
        }
        let Some(held) = find(&state.nodes[node], fact.letter) else {
            return match fact.kind {
                Kind::Succession => self.inherit(state, node, fact),
                _ => Arrival::Unusable(Code::LetterUnknown),
            };
        };
        let mut letter = held.open(&self.catalogue);
        let record = self.catalogue.record(fact);
        let arrived = &record.stated.statement;
        let silent = self.is_replaced_destination(&letter, record.author);
        let succeeded = letter.set.new_destination;
        if silent && self.lacks(Guard::PredecessorSilent) {
            letter.set.new_destination = None;
        }
        match letter.check(arrived) {
            Ok(_) => {}
            Err(Code::StatementAntecedent) if self.lacks(Guard::Antecedents) => {}
            Err(code) => return Arrival::Unusable(code),
        }
        match self.merge(&mut letter, arrived) {
            Merged::Known => return Arrival::Known,
            Merged::Contradicts => return Arrival::Unusable(Code::StatementContradiction),
            Merged::Added => {}
        }
        letter.set.new_destination = succeeded.or(letter.set.new_destination);
        let mut held = self.kept(held, &letter, fact.kind);
        let mut next = state.clone();
        if let Some(draft) = self.answer(state, node, &letter, fact) {
            let parties = (node, record.author);
            let time = Catalogue::in_time();
            let (answered, answer) = self.add(&mut letter, held, &draft, parties, time);
            held = answered;
            send(&mut next, self.feed(node, record.author), answer);
            if answer.kind == Kind::Release && self.lacks(Guard::AckAfterReceipt) {
                let hash = self.catalogue.record(answer).stated.statement.hash();
                let ack = statement(&letter, Draft::new(&Ack {}), hash);
                let (acked, ack) = self.add(&mut letter, held, &ack, parties, time);
                held = acked;
                send(&mut next, self.feed(node, record.author), ack);
            }
        }
        keep(&mut next.nodes[node], held);
        Arrival::Changed(next)
    }

    fn take_offer(&self, state: &State, node: usize, fact: Fact) -> Arrival {
        if find(&state.nodes[node], fact.letter).is_some() {
            return Arrival::Known;
        }
        let (record, opened) = (self.catalogue.record(fact), self.catalogue.opened(fact.letter));
        let region = |node: usize| self.catalogue.nodes[node].region;
        let stated = &record.stated;
        let regions = (region(opened.origin), region(node));
        let checked = check_received(
            &stated.statement,
            &opened.offer,
            &stated.attachment,
            regions,
            world::start(),
        );
        let held = self.book(state, node).held_generation();
        if let Err(code) = checked.and_then(|()| self.check_generation(&opened.letter, held)) {
            return Arrival::Unusable(code);
        }
        let mut next = state.clone();
        keep(&mut next.nodes[node], Held::new(fact.letter));
        Arrival::Changed(next)
    }

    /// what a node signs by itself.
    fn answer(&self, state: &State, node: usize, letter: &Letter, fact: Fact) -> Option<Draft> {
        match fact.kind {
            Kind::Accept if !self.lacks(Guard::Releases) => {
                self.answer_accept(state, node, letter, fact)
            }
            Kind::Release if !self.lacks(Guard::Receives) => {
                self.answer_release(state, node, letter, fact)
            }
            Kind::Receipt if !self.lacks(Guard::Acknowledges) => origin::on_receipt(letter),
            _ => None,
        }
    }

    fn answer_accept(
        &self,
        state: &State,
        node: usize,
        letter: &Letter,
        fact: Fact,
    ) -> Option<Draft> {
        let accept = self.catalogue.record(fact);
        let inbound = self.catalogue.opened(fact.letter).inbound;
        let bases = self.book(state, node).bases();
        let base = bases.iter().find(|base| base.inbound.map(|held| held.letter) == inbound);
        let full = base.is_some_and(|base| base.standing == Standing::Full);
        let proof = || match base.and_then(|base| base.inbound) {
            None => HandOverProof::default(),
            Some(held) => self.proof_of(held),
        };
        let mut judged = letter.clone();
        if self.lacks(Guard::NoReleaseAfterVoid) {
            judged.set.void = None;
        }
        let mut accepted = accept.stated.statement.clone();
        if self.lacks(Guard::NoReleaseOfLateAccept) {
            let mut fields = accepted.fields().clone();
            fields.time = Catalogue::in_time();
            accepted = Statement::new(fields);
        }
        let full = full || self.lacks(Guard::ReleaseByHolder);
        let draft = origin::on_accept(&judged, &accepted, full, proof)?;
        let answered = accept.stated.statement.hash();
        Some(draft.answering(letter.id, &[answered]))
    }

    fn answer_release(
        &self,
        state: &State,
        node: usize,
        letter: &Letter,
        fact: Fact,
    ) -> Option<Draft> {
        let held = self.book(state, node).held_generation();
        let mut proven = self.check_generation(letter, held);
        if !self.lacks(Guard::Proof) {
            proven = proven.and_then(|()| self.catalogue.proven(fact));
        }
        if !self.lacks(Guard::NobodyTrustedSucceeded) {
            proven = proven.and_then(|()| self.check_predecessors(fact));
        }
        let mut judged = letter.clone();
        if self.lacks(Guard::NoReceiptAfterRefusal) {
            judged.set.refusal = None;
        }
        destination::on_release(&judged, self.branch(node), proven)
    }

    /// Where somebody cheats, nobody here has revoked anybody.
    fn check_predecessors(&self, release: Fact) -> Result<(), Code> {
        let record = self.catalogue.record(release);
        let block = record.stated.attachment.block().unwrap_or_default();
        let succeeded = HandOverProof::from_block(block)?.predecessors().next().is_some();
        if succeeded && self.malicious.is_some() { Err(Code::StatementProof) } else { Ok(()) }
    }

    /// The proof of the membership that `inbound` brought: what its Release showed, and itself.
    fn proof_of(&self, inbound: Held) -> HandOverProof {
        let fact = |kind| inbound.fact(kind);
        let offer = self.catalogue.opened(inbound.letter).fact;
        let (Some(accept), Some(release), Some(receipt), Some(ack)) =
            (fact(Kind::Accept), fact(Kind::Release), fact(Kind::Receipt), fact(Kind::Ack))
        else {
            return HandOverProof::default();
        };
        let successions: Vec<Fact> = inbound.successions().collect();
        self.extended_proof([offer, accept, release, receipt, ack], &successions)
    }

    pub fn extended_proof(&self, hop: [Fact; 5], successions: &[Fact]) -> HandOverProof {
        let release = self.catalogue.record(hop[2]);
        let block = release.stated.attachment.block().unwrap_or_default();
        let before = HandOverProof::from_block(block).unwrap_or_default();
        self.catalogue.extended(before, hop, successions)
    }

    fn check_generation(&self, letter: &Letter, held: Option<Generation>) -> Result<(), Code> {
        let held = held.filter(|_| !self.lacks(Guard::NoOldGeneration));
        destination::check_generation(letter, held)
    }

    /// The one function that adds to a set; without it, whoever comes last decides.
    fn merge(&self, letter: &mut Letter, statement: &Statement) -> Merged {
        if self.lacks(Guard::FirstDecision) {
            let set = &mut letter.set;
            match statement.kind().unwrap() {
                Kind::Void => set.release = None,
                Kind::Release => set.void = None,
                Kind::Receipt => set.refusal = None,
                Kind::Refusal => set.receipt = None,
                _ => {}
            }
        }
        letter.merge(statement)
    }

    /// The set as it is written to disk.
    fn kept(&self, mut held: Held, letter: &Letter, kind: Kind) -> Held {
        held.keep(letter, &self.catalogue);
        if self.lacks(Guard::WordOfSet) {
            held.last = u8::try_from(slot_of(kind) + 1).unwrap();
        }
        held
    }

    /// Signs a draft and adds it to the set, as far as the set takes it.
    pub fn add(
        &self,
        letter: &mut Letter,
        held: Held,
        draft: &Draft,
        parties: (usize, usize),
        time: Timestamp,
    ) -> (Held, Fact) {
        let fact = self.catalogue.state(parties, draft.clone(), time);
        let forgotten = match fact.kind {
            Kind::Refusal => self.lacks(Guard::RefusalKept),
            Kind::Void => self.lacks(Guard::VoidKept),
            _ => false,
        };
        if forgotten {
            return (held, fact);
        }
        self.merge(letter, &self.catalogue.record(fact).stated.statement);
        (self.kept(held, letter, fact.kind), fact)
    }

    pub fn add_own(
        &self,
        state: &State,
        node: usize,
        held: Held,
        mut letter: Letter,
        draft: Draft,
        time: Timestamp,
    ) -> Option<State> {
        let of_origin = letter.is_of_origin(self.catalogue.nodes[node].id);
        let peer = if of_origin { letter.destination_now() } else { letter.origin_now() };
        let peer = self.catalogue.index(peer);
        let (held, fact) = self.add(&mut letter, held, &draft, (node, peer), time);
        let mut next = state.clone();
        keep(&mut next.nodes[node], held);
        send(&mut next, self.feed(node, peer), fact);
        (next != *state).then_some(next)
    }
}

/// The draft of a statement that the shipped code would not have made.
pub fn statement(letter: &Letter, draft: Draft, answered: StatementHash) -> Draft {
    let id: LetterId = letter.id;
    draft.about(letter.member, letter.generation).answering(id, &[answered])
}

/// What a node's clock shows.
pub fn now(state: &State, node: usize) -> Timestamp {
    if state.past >> node & 1 == 1 { Catalogue::late() } else { Catalogue::in_time() }
}

/// The set of a letter at a node.
pub fn find(held: &[Held], letter: u8) -> Option<Held> {
    held.iter().find(|held| held.letter == letter).copied()
}

/// Adds to a feed what is not in it.
pub fn send(state: &mut State, feed: usize, fact: Fact) {
    if !state.feeds[feed].contains(&fact) {
        state.feeds[feed].push(fact);
    }
}

/// Writes a set.
pub fn keep(all: &mut Vec<Held>, held: Held) {
    match all.binary_search_by_key(&held.letter, |held| held.letter) {
        Ok(at) => all[at] = held,
        Err(at) => all.insert(at, held),
    }
}

fn letter_origin(rules: &Rules, held: Held) -> usize {
    rules.catalogue.opened(held.letter).origin
}

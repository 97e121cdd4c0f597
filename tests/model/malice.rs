//! What a malicious node signs: any answer to any letter at any time, contradictory ones too, and
//! letters of its own without minding whether it holds the member. It cannot sign for others, and
//! does not hand one generation to two nodes: no proof can show that.

use protocol::id::{Generation, LetterId, StatementHash};
use protocol::statement::Draft;
use protocol::statement::custody::{
    Accept, Ack, Ground, Provenance, Receipt, Refusal, Release, Void, VoidReason,
};
use protocol::statement::kind::Kind;
use protocol::time::Timestamp;
use protocol::transfer::origin::{Holding, Source};
use protocol::transfer::proof::HandOverProof;
use protocol::transfer::succession::succession;

use crate::book::State;
use crate::catalogue::{Catalogue, Fact, Opened};
use crate::moves::HandOver;
use crate::rules::statement;

/// Whatever `node` may sign now and has not signed yet.
pub fn forgeries(model: &HandOver, state: &State, node: usize) -> Vec<Fact> {
    let mut pen = Pen { model, state, node, facts: Vec::new() };
    for peer in (0..model.size.nodes).filter(|peer| *peer != node) {
        for offer in pen.signed(peer, node, Kind::Offer) {
            pen.answer_as_destination(offer);
            pen.name_a_successor(offer);
            pen.offer_onward(offer);
        }
        for offer in pen.signed(node, peer, Kind::Offer) {
            pen.answer_as_origin(offer);
        }
    }
    pen.facts
}

struct Pen<'a> {
    model: &'a HandOver,
    state: &'a State,
    node: usize,
    facts: Vec<Fact>,
}

impl Pen<'_> {
    fn signed(&self, author: usize, audience: usize, kind: Kind) -> Vec<Fact> {
        let feed = &self.state.feeds[self.model.rules.feed(author, audience)];
        feed.iter().filter(|fact| fact.kind == kind).copied().collect()
    }

    /// The first statement of that kind about a letter.
    fn about(&self, opened: &Opened, kind: Kind) -> Option<Fact> {
        let (a, b) = (opened.origin, opened.destination);
        let all = [self.signed(a, b, kind), self.signed(b, a, kind)].concat();
        all.into_iter().find(|fact| fact.letter == opened.fact.letter)
    }

    fn hash(&self, fact: Fact) -> StatementHash {
        self.model.rules.catalogue.record(fact).stated.statement.hash()
    }

    fn sign(&mut self, opened: &Opened, draft: Draft, answered: StatementHash, time: Timestamp) {
        let peer = opened.origin + opened.destination - self.node;
        let draft = statement(&opened.letter, draft, answered);
        let fact = self.model.rules.catalogue.state((self.node, peer), draft, time);
        self.offer_fact(peer, fact);
    }

    fn offer_fact(&mut self, peer: usize, fact: Fact) {
        let feed = &self.state.feeds[self.model.rules.feed(self.node, peer)];
        if !feed.contains(&fact) && !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    fn answer_as_destination(&mut self, offer: Fact) {
        let opened = self.model.rules.catalogue.opened(offer.letter);
        let branch = self.model.rules.branch(self.node);
        let (id, in_time) = (opened.letter.id.offer(), Catalogue::in_time());
        for time in [in_time, Catalogue::late()] {
            self.sign(&opened, Draft::new(&Accept { branch }), id, time);
        }
        let refusal = Refusal { ground: Ground::NotArrived, redirect: None };
        self.sign(&opened, Draft::new(&refusal), id, in_time);
        let release = self.about(&opened, Kind::Release);
        // Before there is a Release, one that answers the Offer instead.
        let answered = release.map_or(id, |release| self.hash(release));
        self.sign(&opened, Draft::new(&Receipt { branch }), answered, in_time);
    }

    /// Says that the origin is gone, whatever that one has from it, and names the puppet.
    fn name_a_successor(&mut self, offer: Fact) {
        let Some((puppet, succession)) = self.succession(offer) else { return };
        self.offer_fact(puppet, succession);
    }

    /// The puppet, and the Succession that makes it the origin of a letter.
    fn succession(&self, offer: Fact) -> Option<(usize, Fact)> {
        let catalogue = &self.model.rules.catalogue;
        let opened = catalogue.opened(offer.letter);
        let [accept, release] = [Kind::Accept, Kind::Release].map(|kind| self.about(&opened, kind));
        let shown = [offer, accept?, release?, self.receipt(&opened, release?)];
        let mut letter = opened.letter.clone();
        for fact in &shown[1..] {
            letter.merge(&catalogue.record(*fact).stated.statement);
        }
        let puppet = self.model.size.nodes - 1;
        let draft = succession(&letter, &catalogue.case_file(&shown))?;
        let fact = catalogue.state((self.node, puppet), draft, Catalogue::in_time());
        self.model.size.puppet.then_some((puppet, fact))
    }

    /// A Receipt that its audience need not have seen.
    fn receipt(&self, opened: &Opened, release: Fact) -> Fact {
        let branch = self.model.rules.branch(self.node);
        let draft = statement(&opened.letter, Draft::new(&Receipt { branch }), self.hash(release));
        let parties = (self.node, opened.origin);
        self.model.rules.catalogue.state(parties, draft, Catalogue::in_time())
    }

    /// The Ack of the puppet.
    fn puppets_ack(&self, opened: &Opened) -> Option<Fact> {
        let puppet = self.model.size.nodes - 1;
        let acks = self.signed(puppet, self.node, Kind::Ack);
        acks.into_iter().find(|ack| ack.letter == opened.fact.letter)
    }

    /// A letter of its own at the generation after that of `offer`, naming the best that it has.
    fn offer_onward(&mut self, offer: Fact) {
        let (model, node) = (self.model, self.node);
        let catalogue = &model.rules.catalogue;
        let opened = catalogue.opened(offer.letter);
        let best = [Kind::Ack, Kind::Receipt, Kind::Accept];
        let named = best.iter().find_map(|kind| self.about(&opened, *kind));
        let named = self.puppets_ack(&opened).or(named).unwrap_or(offer);
        let generation = Generation(opened.letter.generation.0 + 1);
        for to in (0..model.size.nodes).filter(|to| *to != node) {
            let Some(number) = model.may_issue(self.state, node, to) else { continue };
            let source =
                Source::Inbound { letter: LetterId::of_offer(self.hash(named)), ack: None };
            let member = catalogue.member();
            let holding = Holding { member, generation, full: true, open: None, source };
            let provenance = Provenance::Inbound(self.hash(named));
            let fact = catalogue.offer((node, to), &holding, provenance, number);
            self.offer_fact(to, fact);
        }
    }

    fn answer_as_origin(&mut self, offer: Fact) {
        let opened = self.model.rules.catalogue.opened(offer.letter);
        let in_time = Catalogue::in_time();
        let void = Void { reason: VoidReason::Withdrawn };
        self.sign(&opened, Draft::new(&void), opened.letter.id.offer(), in_time);
        if let Some(accept) = self.about(&opened, Kind::Accept)
            && !self.spent(&opened)
        {
            let proof = self.proof(&opened).to_block();
            let release = Draft::new(&Release {}).with_block(proof);
            self.sign(&opened, release, self.hash(accept), in_time);
        }
        if let Some(receipt) = self.about(&opened, Kind::Receipt) {
            self.sign(&opened, Draft::new(&Ack {}), self.hash(receipt), in_time);
        }
    }

    /// Whether it released this generation to another node, or this letter, before.
    fn spent(&self, opened: &Opened) -> bool {
        let catalogue = &self.model.rules.catalogue;
        let peers = (0..self.model.size.nodes).filter(|peer| *peer != self.node);
        peers.flat_map(|peer| self.signed(self.node, peer, Kind::Release)).any(|release| {
            let other = catalogue.opened(release.letter);
            other.letter.generation == opened.letter.generation
                && (other.destination != opened.destination || release.letter == opened.fact.letter)
        })
    }

    /// The true proof, if there is one; else one that leaves out what it lacks.
    fn proof(&self, opened: &Opened) -> HandOverProof {
        let rules = &self.model.rules;
        let Some(inbound) = opened.inbound.map(|letter| rules.catalogue.opened(letter)) else {
            return HandOverProof::default();
        };
        if let (Some(ack), Some((_, succession)), Some(accept), Some(release)) = (
            self.puppets_ack(&inbound),
            self.succession(inbound.fact),
            self.about(&inbound, Kind::Accept),
            self.about(&inbound, Kind::Release),
        ) {
            let hop = [inbound.fact, accept, release, self.receipt(&inbound, release), ack];
            return rules.extended_proof(hop, &[succession]);
        }
        let rest = [Kind::Accept, Kind::Release, Kind::Receipt, Kind::Ack];
        let found = rest.map(|kind| self.about(&inbound, kind));
        let [Some(accept), Some(release), Some(receipt), Some(ack)] = found else {
            return HandOverProof::default();
        };
        rules.extended_proof([inbound.fact, accept, release, receipt, ack], &[])
    }
}

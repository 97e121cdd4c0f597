//! What the nodes do when one of them is gone for good: as the shipped office does it.

use protocol::statement::custody::VoidReason;
use protocol::statement::kind::Kind;
use protocol::transfer::state::{Letter, Side, State as Word};
use protocol::transfer::succession::succession;
use protocol::transfer::{destination, origin};

use crate::book::{Held, State};
use crate::catalogue::{Catalogue, Fact};
use crate::rules::{Arrival, Rules, keep, send};

impl Rules {
    /// Two persons at `at` put the last node in the place of `gone`: what nobody had accepted is
    /// voided, what awaits a Receipt or an Ack is handed on. Statements of the one that is gone may
    /// arrive all the same, which is more than the office allows: it reads that feed no more.
    pub fn replace(&self, state: &State, at: usize, gone: usize) -> Option<State> {
        let mut next = state.clone();
        for held in &state.nodes[at] {
            let letter = held.open(&self.catalogue);
            let (ours, theirs) = (self.catalogue.nodes[at].id, self.catalogue.nodes[gone].id);
            let own = (letter.origin, letter.destination) == (ours, theirs);
            let incoming = (letter.origin, letter.destination) == (theirs, ours);
            if own && letter.state() == Word::Issued {
                let draft = origin::void(&letter, VoidReason::Rerouted).ok()?;
                next = self.add_own(&next, at, *held, letter, draft, Catalogue::in_time())?;
            } else if own || incoming {
                next = self.hand_on(&next, at, *held).unwrap_or(next);
            }
        }
        (next != *state).then_some(next)
    }

    fn hand_on(&self, state: &State, at: usize, mut held: Held) -> Option<State> {
        let mut letter = held.open(&self.catalogue);
        let side = letter.owed()?.by;
        let own = letter.is_of_origin(self.catalogue.nodes[at].id);
        if own != (side == Side::Destination) {
            return None;
        }
        let offer = self.catalogue.opened(held.letter).fact;
        let rest = [Kind::Accept, Kind::Release, Kind::Receipt].map(|kind| held.fact(kind));
        let shown: Vec<Fact> = [Some(offer)].into_iter().chain(rest).flatten().collect();
        let draft = succession(&letter, &self.catalogue.case_file(&shown))?;
        let successor = self.nodes() - 1;
        let fact = self.catalogue.state((at, successor), draft, Catalogue::in_time());
        letter.merge(&self.catalogue.record(fact).stated.statement);
        held.keep(&letter, &self.catalogue);
        let mut next = state.clone();
        keep(&mut next.nodes[at], held);
        send(&mut next, self.feed(at, successor), fact);
        Some(next)
    }

    /// The successor steps in.
    pub fn inherit(&self, state: &State, node: usize, fact: Fact) -> Arrival {
        let inherited = match self.catalogue.inherited(fact) {
            Ok(inherited) => inherited,
            Err(code) => return Arrival::Unusable(code),
        };
        let mut letter = inherited.letter.clone();
        let mut held = Held::new(fact.letter);
        held.keep(&letter, &self.catalogue);
        let mut next = state.clone();
        let draft = match inherited.side {
            Side::Origin => origin::on_receipt(&letter),
            Side::Destination => {
                let generation = self.book(state, node).held_generation();
                let proven = destination::check_generation(&letter, generation);
                let release = held.fact(Kind::Release).unwrap();
                let proven = proven.and_then(|()| self.catalogue.proven(release));
                let unproven = proven.is_err();
                let answer = destination::on_release(&letter, inherited.branch, proven);
                answer.filter(|_| unproven)
            }
        };
        if let Some(draft) = draft {
            let peer = self.catalogue.record(fact).author;
            let time = Catalogue::in_time();
            let (answered, answer) = self.add(&mut letter, held, &draft, (node, peer), time);
            held = answered;
            send(&mut next, self.feed(node, peer), answer);
        }
        keep(&mut next.nodes[node], held);
        Arrival::Changed(next)
    }

    /// The node whose place as destination of the letter was given away.
    pub fn is_replaced_destination(&self, letter: &Letter, node: usize) -> bool {
        letter.set.new_destination.is_some() && letter.destination == self.catalogue.nodes[node].id
    }
}

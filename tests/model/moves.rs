//! What may happen next: the model that stateright searches.

use protocol::statement::kind::Kind;
use stateright::{Model, Property};

use crate::book::State;
use crate::catalogue::{Catalogue, Fact};
use crate::guard::Guard;
use crate::rules::{Arrival, Rules, find};
use crate::{malice, promises};

/// How large a search is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// What it is called in the report.
    pub name: &'static str,
    /// Two or three, the successor of the mortal one among them as the last.
    pub nodes: usize,
    /// How many letters may be issued in all.
    pub letters: usize,
    /// From whom to whom, letter by letter; empty for anybody to anybody.
    pub route: &'static [(usize, usize)],
    /// The node that signs whatever it likes.
    pub malicious: Option<usize>,
    /// Whether the last day passes, for each node when it likes.
    pub clocks: bool,
    /// Whether the last node is one that claims the place of the first, although that one lives.
    pub puppet: bool,
    /// The node that may be gone for good, and be replaced although it is not, at any time.
    pub mortal: Option<usize>,
}

/// The search of one size, with these guards missing.
pub struct HandOver {
    pub size: Size,
    pub rules: Rules,
}

/// One step of one node, a delivery, or the passing of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// An office issues a letter.
    Issue { from: usize, to: usize },
    /// An office voids one: withdrawn, lost, or before it is issued to somebody else.
    Void { node: usize, letter: u8 },
    /// A node voids one that expired.
    Expire { node: usize, letter: u8 },
    /// An office accepts one.
    Accept { node: usize, letter: u8 },
    /// An office refuses one.
    Refuse { node: usize, letter: u8 },
    /// A statement arrives: in its turn, out of it (as by paper), or again.
    Arrive { node: usize, fact: Fact },
    /// The last day ends by this node's clock.
    DayEnds { node: usize },
    /// All of a feed is applied, and a head dated past the last day.
    Hear { author: usize, audience: usize },
    /// A node is gone for good.
    Die { node: usize },
    /// Two persons at a node put the successor in its place, rightly or not.
    Replace { at: usize },
    /// The malicious node signs this, and it arrives. It could sign earlier or what nobody takes,
    /// but that is the same to everybody else.
    Forge { fact: Fact },
}

/// A step, and whether the node crashes between sending and writing: with the guard nobody can.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Action {
    pub step: Step,
    pub crash: bool,
}

impl HandOver {
    pub fn new(size: Size, missing: &'static [Guard]) -> HandOver {
        let replaced = if size.puppet { Some(0) } else { size.mortal };
        let catalogue = Catalogue::new(size.nodes, replaced);
        HandOver { size, rules: Rules { catalogue, missing, malicious: size.malicious } }
    }

    /// How many letters were issued so far, and whether the next may go that way.
    pub fn may_issue(&self, state: &State, from: usize, to: usize) -> Option<u32> {
        let offers = state.feeds.iter().flatten().filter(|fact| fact.kind == Kind::Offer);
        let issued = offers.count();
        let way = self.size.route.get(issued).is_none_or(|way| *way == (from, to));
        (issued < self.size.letters && way).then(|| u32::try_from(issued).unwrap() + 1)
    }

    fn after(&self, state: &State, step: Step) -> Option<State> {
        let held = |node: usize, letter| find(&state.nodes[node], letter);
        match step {
            Step::Issue { from, to } => {
                let number = self.may_issue(state, from, to)?;
                self.rules.issue(state, from, to, number)
            }
            Step::Void { node, letter } => self.rules.void(state, node, held(node, letter)?),
            Step::Expire { node, letter } => self.rules.expire(state, node, held(node, letter)?),
            Step::Accept { node, letter } => self.rules.accept(state, node, held(node, letter)?),
            Step::Refuse { node, letter } => self.rules.refuse(state, node, held(node, letter)?),
            Step::Arrive { node, fact } => match self.rules.arrive(state, node, fact) {
                Arrival::Changed(next) => Some(next),
                Arrival::Known | Arrival::Unusable(_) => None,
            },
            Step::DayEnds { node } => {
                let past = state.past | 1 << node;
                (past != state.past).then(|| State { past, ..state.clone() })
            }
            Step::Hear { author, audience } => {
                let heard = state.heard | 1 << self.rules.feed(author, audience);
                (heard != state.heard).then(|| State { heard, ..state.clone() })
            }
            Step::Die { node } => {
                let gone = state.gone | 1 << node;
                (gone != state.gone).then(|| State { gone, ..state.clone() })
            }
            Step::Replace { at } => self.rules.replace(state, at, self.size.mortal?),
            Step::Forge { fact } => {
                let record = self.rules.catalogue.record(fact);
                let mut signed = state.clone();
                signed.feeds[self.rules.feed(record.author, record.audience)].push(fact);
                match self.rules.arrive(&signed, record.audience, fact) {
                    Arrival::Changed(next) => Some(next),
                    Arrival::Known | Arrival::Unusable(_) => None,
                }
            }
        }
    }

    fn steps_of(&self, state: &State, node: usize, steps: &mut Vec<Step>) {
        for to in (0..self.rules.nodes()).filter(|to| *to != node) {
            if self.may_issue(state, node, to).is_some() {
                steps.push(Step::Issue { from: node, to });
            }
        }
        for held in &state.nodes[node] {
            let letter = held.letter;
            let catalogue = &self.rules.catalogue;
            if held.open(catalogue).is_of_origin(catalogue.nodes[node].id) {
                steps.push(Step::Void { node, letter });
                if self.size.clocks {
                    steps.push(Step::Expire { node, letter });
                }
            } else {
                steps.push(Step::Accept { node, letter });
                steps.push(Step::Refuse { node, letter });
            }
        }
        for author in (0..self.rules.nodes()).filter(|author| *author != node) {
            let feed = &state.feeds[self.rules.feed(author, node)];
            steps.extend(feed.iter().map(|fact| Step::Arrive { node, fact: *fact }));
            if self.size.clocks && self.hears(state, author, node) {
                steps.push(Step::Hear { author, audience: node });
            }
        }
    }

    /// Whether a head dated past the last day can have been applied: the author's clock is past it,
    /// and everything that it signed has arrived.
    fn hears(&self, state: &State, author: usize, audience: usize) -> bool {
        let feed = &state.feeds[self.rules.feed(author, audience)];
        let mut applied = feed.iter().map(|fact| self.rules.arrive(state, audience, *fact));
        state.past >> author & 1 == 1 && applied.all(|one| matches!(one, Arrival::Known))
    }
}

impl Model for HandOver {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let nodes = self.size.nodes;
        let feeds = vec![Vec::new(); nodes * nodes];
        vec![State { feeds, nodes: vec![Vec::new(); nodes], past: 0, heard: 0, gone: 0 }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let mut steps = Vec::new();
        for node in (0..self.size.nodes).filter(|node| state.gone >> node & 1 == 0) {
            if self.size.mortal == Some(node) {
                steps.push(Step::Die { node });
            } else if self.size.mortal.is_some() && node + 1 < self.size.nodes {
                steps.push(Step::Replace { at: node });
            }
            if self.rules.is_honest(node) {
                self.steps_of(state, node, &mut steps);
            } else {
                let forged = malice::forgeries(self, state, node);
                steps.extend(forged.into_iter().map(|fact| Step::Forge { fact }));
            }
            if self.size.clocks {
                steps.push(Step::DayEnds { node });
            }
        }
        actions.extend(steps.iter().map(|step| Action { step: *step, crash: false }));
        if self.rules.lacks(Guard::PersistBeforeSend) {
            actions.extend(steps.iter().map(|step| Action { step: *step, crash: true }));
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = self.after(state, action.step)?;
        if action.crash {
            next.nodes.clone_from(&state.nodes);
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::properties(&self.size)
    }
}

//! What a search must come across somewhere, or it searched less than it says.

use protocol::id::Generation;
use protocol::statement::kind::Kind;
use protocol::transfer::state::State as Word;

use crate::book::{Held, State};
use crate::catalogue::Fact;
use crate::moves::{HandOver, Size};
use crate::rules::find;

/// The name of a sight, and whether a state shows it.
#[derive(Clone, Copy)]
pub struct Sight {
    pub name: &'static str,
    pub shown: fn(&HandOver, &State) -> bool,
    /// In which searches it must be seen.
    within: fn(&Size) -> bool,
}

const SIGHTS: &[Sight] = &[
    Sight { name: "a letter closes", shown: closes, within: |_| true },
    Sight { name: "refused after its Release", shown: refused_late, within: is_honest },
    Sight { name: "voided though accepted", shown: voided_late, within: is_honest },
    Sight { name: "a return closes", shown: returns, within: |size| goes(size, (1, 0)) },
    Sight {
        name: "an onward letter closes",
        shown: goes_onward,
        within: |size| goes(size, (1, 2)),
    },
    Sight {
        name: "a new destination receives",
        shown: receives_anew,
        within: |size| size.mortal == Some(1),
    },
    Sight { name: "a new origin files", shown: files_anew, within: |size| size.mortal == Some(0) },
    Sight {
        name: "a Receipt comes too late",
        shown: comes_too_late,
        within: |size| size.mortal == Some(1),
    },
    Sight {
        name: "what a successor finished goes on",
        shown: goes_on,
        within: |size| size.mortal.is_some() && size.route.get(1).is_none_or(|way| way.0 != 0),
    },
    Sight {
        name: "an Offer overtakes its feed, as on paper",
        shown: overtakes,
        within: |size| size.letters >= 2 && size.route.is_empty() && is_honest(size),
    },
];

/// What a search of that size must come across.
pub fn expected(size: &Size) -> impl Iterator<Item = Sight> {
    SIGHTS.iter().filter(|sight| (sight.within)(size)).copied()
}

fn is_honest(size: &Size) -> bool {
    size.malicious.is_none()
}

/// Whether the second letter may go that way.
fn goes(size: &Size, way: (usize, usize)) -> bool {
    let anywhere = size.route.is_empty() && size.letters >= 2 && way.1 < size.nodes;
    anywhere || size.route.get(1) == Some(&way)
}

fn any(model: &HandOver, state: &State, shows: impl Fn(&Held, Word) -> bool) -> bool {
    let mut held = state.nodes.iter().flatten();
    held.any(|held| shows(held, held.word(&model.rules.catalogue)))
}

fn closes(model: &HandOver, state: &State) -> bool {
    any(model, state, |_, word| word == Word::Closed)
}

fn refused_late(model: &HandOver, state: &State) -> bool {
    any(model, state, |held, word| word == Word::Refused && held.fact(Kind::Release).is_some())
}

fn voided_late(model: &HandOver, state: &State) -> bool {
    any(model, state, |held, word| word == Word::Voided && held.fact(Kind::Accept).is_some())
}

fn second_hop(model: &HandOver, state: &State, to: usize) -> bool {
    any(model, state, |held, word| {
        let opened = model.rules.catalogue.opened(held.letter);
        let second = opened.letter.generation == Generation(1);
        word == Word::Closed && second && opened.destination == to
    })
}

fn returns(model: &HandOver, state: &State) -> bool {
    second_hop(model, state, 0)
}

fn goes_onward(model: &HandOver, state: &State) -> bool {
    second_hop(model, state, 2)
}

fn receives_anew(model: &HandOver, state: &State) -> bool {
    any(model, state, |held, word| word == Word::Closed && held.successions[0] > 0)
}

fn files_anew(model: &HandOver, state: &State) -> bool {
    any(model, state, |held, word| word == Word::Closed && held.successions[1] > 0)
}

/// The Receipts of both are signed, and that of the predecessor was not taken.
fn comes_too_late(model: &HandOver, state: &State) -> bool {
    let receipts = state.feeds.iter().flatten().filter(|fact| fact.kind == Kind::Receipt);
    receipts_of_one_letter(receipts.copied()) && receives_anew(model, state)
}

fn receipts_of_one_letter(receipts: impl Iterator<Item = Fact>) -> bool {
    let mut letters: Vec<u8> = receipts.map(|fact| fact.letter).collect();
    letters.sort_unstable();
    letters.windows(2).any(|pair| pair[0] == pair[1])
}

fn goes_on(model: &HandOver, state: &State) -> bool {
    any(model, state, |held, word| {
        let opened = model.rules.catalogue.opened(held.letter);
        let inbound = opened.inbound.and_then(|letter| find(&state.nodes[opened.origin], letter));
        word == Word::Closed && inbound.is_some_and(|held| held.successions != [0; 2])
    })
}

fn overtakes(model: &HandOver, state: &State) -> bool {
    state.feeds.iter().enumerate().any(|(feed, facts)| {
        let offers = facts.iter().filter(|fact| fact.kind == Kind::Offer);
        let node = &state.nodes[feed % model.size.nodes];
        let held: Vec<bool> = offers.map(|offer| find(node, offer.letter).is_some()).collect();
        held.windows(2).any(|pair| pair == [false, true])
    })
}

//! What must hold in every state: the promises of `SPEC.md` §4 to a member and between offices.
//! Only those of honest nodes are asked for.

use std::collections::HashSet;

use protocol::refusal::Code;
use protocol::statement::custody::{Ground, Refusal, Void, VoidReason};
use protocol::statement::kind::Kind;
use protocol::transfer::state::{Holder, State as Word};
use stateright::Property;

use crate::book::{Base, Held, Standing, State};
use crate::catalogue::{Catalogue, Fact};
use crate::moves::{HandOver, Size};
use crate::rules::{Arrival, find};
use crate::sights;

/// S1.
pub const ONE_HOLDER: &str = "S1: at most one full holder";
/// S2, R-54.
pub const IN_TRANSIT: &str = "S2: nobody full, one origin lists it in transit";
///
pub const CUSTODY: &str = "R-54: custody is never empty";
/// S5.
pub const HEALS: &str = "S5: all delivered, one full holder and the same sets";
/// S6, R-43.
pub const ONE_DECISION: &str = "S6: no Release with Void, no Receipt with Refusal";
///
pub const SAME_WORD: &str = "R-42: same set, same word";
///
pub const ONE_LETTER: &str = "R-40: one open letter, by the full holder";
///
pub const IN_TIME: &str = "R-52: no timely Accept expires, no late one is released";
///
pub const NO_MACHINE_REFUSAL: &str = "R-48: no honest letter is refused by itself";
///
pub const NO_ACCEPT_AFTER_REFUSAL: &str = "R-48: no Accept after one's own Refusal";
///
pub const OWN_RELEASE: &str = "R-54: given up only by one's own Release";

/// Something that holds in every state.
pub struct Promise {
    pub name: &'static str,
    holds: fn(&HandOver, &State) -> bool,
}

/// All of them.
pub const PROMISES: &[Promise] = &[
    Promise { name: ONE_HOLDER, holds: one_holder },
    Promise { name: IN_TRANSIT, holds: in_transit },
    Promise { name: CUSTODY, holds: custody },
    Promise { name: HEALS, holds: heals },
    Promise { name: ONE_DECISION, holds: one_decision },
    Promise { name: SAME_WORD, holds: same_word },
    Promise { name: ONE_LETTER, holds: one_letter },
    Promise { name: IN_TIME, holds: in_time },
    Promise { name: NO_MACHINE_REFUSAL, holds: no_machine_refusal },
    Promise { name: NO_ACCEPT_AFTER_REFUSAL, holds: no_accept_after_refusal },
    Promise { name: OWN_RELEASE, holds: own_release },
];

/// The promises, and what a search must come across to be worth its name.
pub fn properties(size: &Size) -> Vec<Property<HandOver>> {
    let promises = PROMISES.iter().map(|promise| Property::always(promise.name, promise.holds));
    let sights = sights::expected(size).map(|sight| Property::sometimes(sight.name, sight.shown));
    promises.chain(sights).collect()
}

fn bases(model: &HandOver, state: &State) -> Vec<Base> {
    let honest = (0..model.size.nodes).filter(|node| model.rules.is_honest(*node));
    let all = honest.flat_map(|node| {
        let bases = model.rules.book(state, node).bases();
        bases.into_iter().filter(move |base| !is_succeeded(model, state, node, base))
    });
    all.collect()
}

/// Whether a node's book does not count any more for this membership: in the letter that
/// brought it, or that takes it away, another has its place, whether it is gone or not.
fn is_succeeded(model: &HandOver, state: &State, node: usize, base: &Base) -> bool {
    let given_away = |letter: u8, side: usize| {
        let held = state.nodes.iter().filter_map(|held| find(held, letter));
        held.into_iter().any(|held| held.successions[side] > 0)
    };
    let came = |held: Held| {
        let opened = model.rules.catalogue.opened(held.letter);
        opened.destination == node && given_away(held.letter, 0)
    };
    base.inbound.is_some_and(came) || base.open.is_some_and(|open| given_away(open, 1))
}

fn count(bases: &[Base], standing: Standing) -> usize {
    bases.iter().filter(|base| base.standing == standing).count()
}

fn one_holder(model: &HandOver, state: &State) -> bool {
    count(&bases(model, state), Standing::Full) <= 1
}

/// With a malicious node about, the member may also be there by its own Receipt.
fn in_transit(model: &HandOver, state: &State) -> bool {
    let bases = bases(model, state);
    count(&bases, Standing::Full) > 0
        || count(&bases, Standing::InTransit) == 1
        || at_malicious(model, state)
}

fn custody(model: &HandOver, state: &State) -> bool {
    bases(model, state).iter().any(|base| base.answers) || at_malicious(model, state)
}

fn at_malicious(model: &HandOver, state: &State) -> bool {
    state.nodes.iter().flatten().any(|held| {
        Some(model.rules.catalogue.opened(held.letter).destination) == model.size.malicious
            && held.open(&model.rules.catalogue).holder() == Holder::Destination
    })
}

/// Everything is delivered in order, again and again until nothing changes; nobody decides.
fn heals(model: &HandOver, state: &State) -> bool {
    if model.size.malicious.is_some() {
        return true;
    }
    let healed = healed(model, state);
    let replaced = |held: &Held| held.successions != [0; 2];
    if healed.gone != 0 || healed.nodes.iter().flatten().any(replaced) {
        return heals_without(model, &healed);
    }
    let bases = bases(model, &healed);
    count(&bases, Standing::Full) == 1
        && count(&bases, Standing::InTransit) == 0
        && healed.nodes.iter().flatten().all(|held| agrees(model, &healed, held))
        && undelivered(model, &healed).all(|(fact, code)| is_old(model, &healed, fact, code))
}

/// With a node gone or replaced, what it held, or owes and nobody gives for it, stays open. Where a
/// successor has its place, both ends agree, and the letter is settled or waits for a person there.
fn heals_without(model: &HandOver, healed: &State) -> bool {
    let catalogue = &model.rules.catalogue;
    let held = |node: usize, letter| find(&healed.nodes[node], letter);
    let agreed = |one: &Held| {
        let letter = one.open(catalogue);
        let ends = [letter.origin_now(), letter.destination_now()].map(|id| catalogue.index(id));
        let settled = match one.word(catalogue) {
            Word::Released => true,
            word => word.is_final(),
        };
        let sets = ends.map(|end| held(end, one.letter).map(|held| (held.slots, held.successions)));
        settled && sets[0] == sets[1]
    };
    let mut succeeded = healed.nodes.iter().flatten().filter(|held| held.successions != [0; 2]);
    succeeded.all(agreed)
}

fn healed(model: &HandOver, state: &State) -> State {
    let mut healed = state.clone();
    loop {
        let before = healed.clone();
        for feed in 0..healed.feeds.len() {
            let mut place = 0;
            // What one feed brings may add to another, and in a faulty world to this one.
            while let Some(fact) = healed.feeds[feed].get(place).copied() {
                let audience = feed % model.size.nodes;
                if healed.gone >> audience & 1 == 1 {
                    break;
                }
                if let Arrival::Changed(next) = model.rules.arrive(&healed, audience, fact) {
                    healed = next;
                }
                place += 1;
            }
        }
        if healed == before {
            return healed;
        }
    }
}

fn undelivered<'a>(
    model: &'a HandOver,
    state: &'a State,
) -> impl Iterator<Item = (Fact, Code)> + 'a {
    let feeds = state.feeds.iter().enumerate();
    let sent = feeds.flat_map(|(feed, facts)| facts.iter().map(move |fact| (feed, *fact)));
    sent.filter_map(|(feed, fact)| match model.rules.arrive(state, feed % model.size.nodes, fact) {
        Arrival::Unusable(code) => Some((fact, code)),
        Arrival::Known | Arrival::Changed(_) => None,
    })
}

/// A letter that had ended may reach its addressee only after a later one brought the member: then
/// it opens nothing there, and neither does what follows it.
fn is_old(model: &HandOver, state: &State, fact: Fact, code: Code) -> bool {
    let origin = model.rules.catalogue.opened(fact.letter).origin;
    let ended = find(&state.nodes[origin], fact.letter)
        .is_some_and(|held| held.word(&model.rules.catalogue) == Word::Voided);
    ended && matches!(code, Code::StatementGeneration | Code::LetterUnknown)
}

/// Both ends hold the same set and say the same word, and wait for no automatic step.
fn agrees(model: &HandOver, state: &State, held: &Held) -> bool {
    let catalogue = &model.rules.catalogue;
    let opened = catalogue.opened(held.letter);
    let settled = [Word::Issued, Word::Closed, Word::Refused, Word::Voided];
    let ends = [opened.origin, opened.destination].map(|end| find(&state.nodes[end], held.letter));
    let word = held.word(catalogue);
    settled.contains(&word)
        && match ends {
            [Some(a), Some(b)] => a.slots == b.slots && a.word(catalogue) == b.word(catalogue),
            [Some(_), None] => word == Word::Voided,
            _ => false,
        }
}

/// Every statement of an honest node ever signed.
fn signed<'a>(model: &'a HandOver, state: &'a State) -> impl Iterator<Item = Fact> + 'a {
    let feeds = state.feeds.iter().enumerate();
    let honest = feeds.filter(|(feed, _)| model.rules.is_honest(feed / model.size.nodes));
    honest.flat_map(|(_, feed)| feed.iter().copied())
}

fn one_decision(model: &HandOver, state: &State) -> bool {
    let author = |fact| model.rules.catalogue.record(fact).author;
    let decisions: HashSet<(u8, usize, Kind)> =
        signed(model, state).map(|fact| (fact.letter, author(fact), fact.kind)).collect();
    let rivals = [(Kind::Release, Kind::Void), (Kind::Receipt, Kind::Refusal)];
    decisions.iter().all(|(letter, author, kind)| {
        let rival = rivals.iter().find(|(one, _)| one == kind);
        rival.is_none_or(|(_, other)| !decisions.contains(&(*letter, *author, *other)))
    })
}

fn same_word(model: &HandOver, state: &State) -> bool {
    let catalogue = &model.rules.catalogue;
    state.nodes.iter().flatten().all(|held| {
        let ends = state.nodes.iter().filter_map(|node| find(node, held.letter));
        let mut same = ends.filter(|other| other.slots == held.slots);
        same.all(|other| other.word(catalogue) == held.word(catalogue))
    })
}

fn one_letter(model: &HandOver, state: &State) -> bool {
    bases(model, state).iter().all(|base| {
        let offered = base.open.is_none_or(|letter| {
            let origin = model.rules.catalogue.opened(letter).origin;
            let held = find(&state.nodes[origin], letter).unwrap();
            let word = held.word(&model.rules.catalogue);
            base.standing == Standing::Full || word >= Word::Released
        });
        offered && base.open_count <= 1
    })
}

fn in_time(model: &HandOver, state: &State) -> bool {
    let catalogue = &model.rules.catalogue;
    let answered = |fact: Fact| catalogue.record(fact).stated.statement.fields().answers[0];
    signed(model, state).all(|fact| match fact.kind {
        Kind::Release => catalogue.fact(answered(fact)).is_none_or(|accept| {
            catalogue.record(accept).stated.statement.fields().time < Catalogue::late()
        }),
        Kind::Void => {
            let void: Void = catalogue.record(fact).stated.statement.body().unwrap();
            let accepted = || {
                signed(model, state)
                    .any(|other| (other.letter, other.kind) == (fact.letter, Kind::Accept))
            };
            void.reason != VoidReason::Expired || !accepted()
        }
        _ => true,
    })
}

fn no_machine_refusal(model: &HandOver, state: &State) -> bool {
    signed(model, state).filter(|fact| fact.kind == Kind::Refusal).all(|fact| {
        let record = model.rules.catalogue.record(fact);
        let refusal: Refusal = record.stated.statement.body().unwrap();
        refusal.ground != Ground::Malformed || !model.rules.is_honest(record.audience)
    })
}

/// A Refusal names the last statement of its letter, so one that answers the Offer came first.
fn no_accept_after_refusal(model: &HandOver, state: &State) -> bool {
    let catalogue = &model.rules.catalogue;
    signed(model, state).filter(|fact| fact.kind == Kind::Refusal).all(|refusal| {
        let offer = catalogue.opened(refusal.letter).letter.id.offer();
        let first = catalogue.record(refusal).stated.statement.fields().answers[0] == offer;
        let accept = (refusal.letter, Kind::Accept);
        !first || signed(model, state).all(|other| (other.letter, other.kind) != accept)
    })
}

fn own_release(model: &HandOver, state: &State) -> bool {
    let catalogue = &model.rules.catalogue;
    state.nodes.iter().enumerate().all(|(node, held)| {
        held.iter().all(|held| {
            catalogue.opened(held.letter).origin != node
                || held.open(catalogue).holder() == Holder::Origin
                || held.fact(Kind::Release).is_some()
        })
    })
}

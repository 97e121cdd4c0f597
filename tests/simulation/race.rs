//! A withdrawal that races an acceptance, a thousand times: one of them wins, and there is always
//! exactly one holder.

use std::collections::{BTreeMap, BTreeSet};

use protocol::id::{LetterId, MemberRef};

use crate::ledger::{Violation, hold};
use crate::sights::{Sight, Sights};
use crate::swarm::Swarm;
use crate::world::World;

const WORLDS: u64 = 100;
const RACES: u64 = 10;

pub fn leaves_one_holder() -> Result<(), String> {
    let mut ended = BTreeMap::<&str, u64>::new();
    let mut sights = Sights::default();
    for seed in 0..WORLDS {
        let mut world = World::new(seed, 2, false).map_err(|Violation(why)| why)?;
        for race in 0..RACES {
            let word = run(&mut world);
            let word = word.map_err(|Violation(why)| format!("{seed}, race {race}: {why}"))?;
            *ended.entry(word).or_default() += 1;
        }
        sights.merge(&world.sights);
    }
    let stale = sights.count(Sight::Stale);
    println!("{} races, {stale} decisions taken again: {ended:?}", WORLDS * RACES);
    let often = |word| ended.get(word).is_some_and(|count| *count >= 100);
    let known = ended.keys().all(|word| ["voided", "closed", "refused"].contains(word));
    if known && often("voided") && often("closed") && stale > 0 {
        Ok(())
    } else {
        Err("the races are no races".to_owned())
    }
}

/// Somebody is offered to the other node, which accepts while the origin withdraws, in either
/// order and with any part of the exchange between them. Rivals at either office may be faster, one
/// of whom refuses. Gives the word in which the letter ended at both ends.
fn run(world: &mut World) -> Result<&'static str, Violation> {
    world.swarm = Swarm::default();
    let origin = world.dice.below(2);
    let origin = if held(world, origin).is_some() { origin } else { 1 - origin };
    let (destination, member) = (1 - origin, held(world, origin).unwrap());
    let before: BTreeSet<LetterId> = world.judge.ledgers[origin].letters.keys().copied().collect();
    world.issue_to(origin, member, destination, None)?;
    let mut letters = world.judge.ledgers[origin].letters.keys();
    let letter = *letters.find(|letter| !before.contains(letter)).unwrap();
    while !world.judge.ledgers[destination].letters.contains_key(&letter) {
        world.exchange()?;
    }
    world.swarm = Swarm { rival: 300, duplicate: 100, ..Swarm::default() };
    let (first, between) = (world.dice.below(2), world.dice.below(24));
    for turn in 0..2 {
        if (turn + first) % 2 == 0 {
            world.accept_letter(destination, letter)?;
        } else {
            world.withdraw(origin, letter)?;
        }
        for _ in 0..between {
            world.exchange()?;
        }
    }
    world.come_to_rest()?;
    let ledgers = &world.judge.ledgers;
    let holders = ledgers.iter().filter(|ledger| ledger.holds(member)).count();
    hold!(holders == 1, "{member} has {holders} holders");
    Ok(ledgers[origin].letters[&letter].word())
}

fn held(world: &World, node: usize) -> Option<MemberRef> {
    let rows = &world.judge.rows[node].members;
    let here: Vec<MemberRef> =
        rows.iter().filter(|row| row.custody == "here").map(|row| row.member).collect();
    here.first().copied()
}

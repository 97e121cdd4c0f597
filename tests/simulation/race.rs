//! A withdrawal that races an acceptance, a thousand times: one of them wins, and there is always
//! exactly one holder.

use std::collections::BTreeSet;

use protocol::id::{LetterId, MemberRef};

use crate::ledger::{Violation, hold};
use crate::sights::{Sight, Sights};
use crate::swarm::Swarm;
use crate::world::World;

const WORLDS: u64 = 100;
const RACES: u64 = 10;

pub fn leaves_one_holder() -> Result<(), String> {
    let (mut voided, mut closed) = (0, 0);
    let mut sights = Sights::default();
    for seed in 0..WORLDS {
        let raced = race_in(seed).map_err(|Violation(why)| format!("world {seed}: {why}"))?;
        voided += raced.voided;
        closed += raced.closed;
        sights.merge(&raced.sights);
    }
    let stale = sights.count(Sight::Stale);
    println!(
        "{} races: {voided} withdrawn, {closed} handed over, {stale} decided again",
        WORLDS * RACES
    );
    let both = voided >= 100 && closed >= 100;
    let whole = voided + closed == WORLDS * RACES;
    if whole && both && stale > 0 { Ok(()) } else { Err("the races are no races".to_owned()) }
}

struct Raced {
    voided: u64,
    closed: u64,
    sights: Sights,
}

/// Two nodes, one member at a time, and no other trouble than frames that come twice and rivals.
fn race_in(seed: u64) -> Result<Raced, Violation> {
    let mut world = World::new(seed, 2, false)?;
    let (mut voided, mut closed) = (0, 0);
    for _ in 0..RACES {
        match race(&mut world)? {
            "voided" => voided += 1,
            "closed" => closed += 1,
            word => return Err(Violation(format!("a race ended as {word}"))),
        }
    }
    Ok(Raced { voided, closed, sights: world.sights })
}

/// Somebody is offered to the other node, which accepts while the origin withdraws, in either
/// order and with any part of the exchange between them.
fn race(world: &mut World) -> Result<&'static str, Violation> {
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

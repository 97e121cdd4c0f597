//! What happens between the regions, each scene with what a user would look at to believe it.
//!
//! A scene gives a sentence about what it measured, or the first thing that did not hold. How long
//! it took is measured by whoever plays it.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use protocol::refusal::{Code, Refusal};

use super::children::Children;
use super::node::{Mishap, Node, Watch};
use super::setup::{each, joined};
use super::words::{RaceEnds, Words};
use crate::control::command::{Command, LetterCommand, PeerCommand, PersonalText};
use crate::office::view::{Letter, LetterCode, Peer, Reconciliation};

/// The five statements of a hand-over.
const HAND_OVER: [&str; 5] = ["offer", "accept", "release", "receipt", "ack"];
/// Letters in flight when a node is killed, if the roster is large enough.
const BUNDLE_MAX: usize = 20;
/// Letters that are voided and accepted at once.
const RACES_MAX: usize = 6;
/// Each void starts so much later than the one before, the first of them together with its
/// acceptance: an acceptance has the longer way, over the network, and would never be first.
const RACE_STEP_MS: usize = 2;
/// Members with a part of their own: the letter, the redirect, the walk-in, the onward transfer,
/// the return, and the three of the year.
const SINGLES: usize = 8;

/// The first region's members who play; each scene takes fresh ones.
pub(super) struct Cast {
    members: Vec<Player>,
}

/// A member with a part.
#[derive(Clone)]
pub(super) struct Player {
    /// The reference.
    pub member: String,
    /// An invented name.
    pub name: String,
}

/// The scenes, and where they play.
pub(super) struct Story<'s, 'a> {
    pub nodes: &'s [Node<'a>; 3],
    pub words: &'s Words,
    pub children: &'s Children,
}

impl Cast {
    /// Whoever is at hand.
    pub(super) fn new(members: Vec<Player>) -> Cast {
        Cast { members }
    }

    /// How many letters the scenes with several letters have: races, bundle.
    pub(super) fn crowds(&self) -> (usize, usize) {
        let free = self.members.len().saturating_sub(SINGLES);
        let races = RACES_MAX.min(free / 4);
        (races, BUNDLE_MAX.min(free - races))
    }

    /// One who has not played yet.
    pub(super) fn one(&mut self) -> Option<Player> {
        self.members.pop()
    }

    /// Several who have not played yet.
    pub(super) fn several(&mut self, count: usize) -> Vec<Player> {
        self.members.split_off(self.members.len().saturating_sub(count))
    }
}

impl Story<'_, '_> {
    /// One letter, from issue to closed at both ends.
    pub(super) fn letter(&self, player: &Player) -> Result<String, Mishap> {
        let [origin, destination, _] = self.nodes;
        let ends = hand_over(&player.member, origin, destination)?;
        let alike = signed_alike(&ends, origin)?;
        Ok(self.words.letter(&player.name, alike, HAND_OVER.len()))
    }

    /// A refusal that names where the member belongs, and a new letter there.
    pub(super) fn redirect(&self, player: &Player) -> Result<String, Mishap> {
        let [origin, right, wrong] = self.nodes;
        let letter = issue(&player.member, origin, &wrong.committee())?;
        wrong.until(&letter, || known(refuse(wrong, &letter, &right.committee())))?;
        let [at_origin, _] = settle(&letter, [origin, wrong], &["refused"])?;
        let refusal = at_origin.refusal.ok_or_else(|| doubt(origin, &letter, "no refusal"))?;
        let redirect = refusal.redirect.ok_or_else(|| doubt(origin, &letter, "no redirect"))?;
        let second = issue(&player.member, origin, &redirect)?;
        accept_arriving(&second, right)?;
        settle(&second, [origin, right], &["closed"])?;
        Ok(self.words.redirected(wrong.region.name, right.region.name))
    }

    /// A void and an acceptance of the same letter at the same instant, several times.
    pub(super) fn races(&self, players: &[Player]) -> Result<String, Mishap> {
        let [origin, destination, _] = self.nodes;
        let mut ends = RaceEnds::default();
        for (player, behind_ms) in players.iter().zip((0..).step_by(RACE_STEP_MS)) {
            let letter = issue(&player.member, origin, &destination.committee())?;
            destination.until(&letter, || arrived(destination, &letter))?;
            let loser = self.race(&letter, behind_ms, &mut ends)?;
            ends.loser = format!("{} {}", loser.code, loser.detail);
        }
        Ok(self.words.raced(&ends))
    }

    /// One race, the void starting `behind_ms` after the acceptance; gives what the loser was told.
    fn race(&self, letter: &str, behind_ms: u64, ends: &mut RaceEnds) -> Result<Mishap, Mishap> {
        let [origin, destination, _] = self.nodes;
        let start = Barrier::new(2);
        let (voided, accepted) = thread::scope(|scope| {
            let voiding = scope.spawn(|| {
                start.wait();
                self.children.pause(behind_ms);
                Ok(void(origin, letter))
            });
            let accepting = scope.spawn(|| {
                start.wait();
                Ok(accept(destination, letter))
            });
            Ok((joined(voiding)?, joined(accepting)?))
        })?;
        let settled = settle(letter, [origin, destination], &["voided", "closed"])?;
        for (letter, at) in settled.iter().zip([origin, destination]) {
            let has = |kind| letter.statements.iter().any(|statement| statement.kind == kind);
            if has("void") == has("release") {
                return Err(doubt(at, &letter.id, "void = release"));
            }
        }
        let loser = if settled[0].state == "voided" {
            ends.voided += 1;
            voided?;
            // An acceptance that left before the void came in is told of it when it asks again.
            accepted.and_then(|()| accept(destination, letter))
        } else {
            ends.accepted += 1;
            accepted?;
            voided
        };
        match loser {
            Err(told) if told.is(Code::LetterState) => Ok(told),
            Err(other) => Err(other),
            Ok(()) => Err(doubt(origin, letter, "void + release")),
        }
    }

    /// Every two regions compare their books and sign what they found.
    pub(super) fn reconcile(&self) -> Result<String, Mishap> {
        let [first, second, third] = self.nodes;
        let (mut compared, mut bytes) = (0, 0);
        for (asker, asked) in [(first, second), (first, third), (second, third)] {
            let region = asked.code();
            let found: Reconciliation = asker.ask(Command::Reconcile { region })?;
            if !found.agreed {
                let what = format!("{} differences", found.differences.len());
                return Err(asker.mishap(Refusal::about(Code::Internal, what)));
            }
            compared += found.compared;
            bytes += found.bytes;
        }
        Ok(self.words.reconciled(compared, bytes))
    }

    /// A member who goes from region to region; the last may be the first.
    pub(super) fn journey(&self, player: &Player, stops: &[usize]) -> Result<String, Mishap> {
        let legs = stops.windows(2);
        for leg in legs {
            let (from, to) = (&self.nodes[leg[0]], &self.nodes[leg[1]]);
            hand_over(&player.member, from, to)?;
        }
        let names: Vec<_> = stops.iter().map(|&stop| self.nodes[stop].region.name).collect();
        Ok(self.words.journey(&names))
    }
}

/// kill -9 of the destination while letters are on their way; all of them are closed at the end.
pub(super) fn power_cut(
    nodes: &mut [Node<'_>; 3],
    players: &[Player],
    words: &Words,
) -> Result<String, Mishap> {
    let [origin, destination, _] = nodes;
    let to = destination.committee();
    let letters = each(players, |player| issue(&player.member, origin, &to))?;
    let (early, late) = letters.split_at(letters.len() / 2);
    each(early, |letter| accept_arriving(letter, destination))?;
    destination.kill()?;
    let watch = Watch::start();
    let mut open = 0;
    for letter in &letters {
        let letter = arrived(origin, letter)?;
        open += usize::from(letter.is_none_or(|letter| letter.state != "closed"));
    }
    destination.start()?.ready()?;
    let restart_ms = watch.elapsed_ms();
    each(late, |letter| accept_arriving(letter, destination))?;
    for letter in &letters {
        settle(letter, [origin, destination], &["closed"])?;
    }
    Ok(words.survived([open, letters.len()], destination.region.name, restart_ms))
}

/// A member who comes with the code on paper while the origin is down: accepted at once, and closed
/// by itself when the origin is back.
pub(super) fn walk_in(
    nodes: &mut [Node<'_>; 3],
    player: &Player,
    words: &Words,
) -> Result<String, Mishap> {
    let [origin, destination, _] = nodes;
    // From here on nothing electronic comes over before the paper.
    let region = origin.code();
    destination.ask::<Peer>(Command::Peer(PeerCommand::Pause { region: region.clone() }))?;
    let letter = issue(&player.member, origin, &destination.committee())?;
    let qr = LetterCommand::Qr { letter: letter.clone(), png: None, svg: None };
    let code: LetterCode = origin.ask(Command::Letter(qr))?;
    origin.kill()?;
    destination.ask::<Peer>(Command::Peer(PeerCommand::Resume { region }))?;
    let scan = LetterCommand::Scan { code: PersonalText::new(code.text) };
    destination.ask::<Letter>(Command::Letter(scan))?;
    accept(destination, &letter)?;
    let here = arrived(destination, &letter)?;
    if !here.is_some_and(|letter| letter.state == "accepted" && letter.floating) {
        return Err(doubt(destination, &letter, "not accepted on paper"));
    }
    origin.start()?.ready()?;
    settle(&letter, [origin, destination], &["closed"])?;
    Ok(words.walked_in(&player.name, origin.region.name, code.version))
}

/// Issues a letter and gives its id.
pub(super) fn issue(member: &str, from: &Node<'_>, to: &str) -> Result<String, Mishap> {
    let letter: Letter = from.ask(Command::Letter(LetterCommand::Issue {
        member: member.to_owned(),
        to: to.to_owned(),
        reason: None,
        dues_paid_through: None,
        days: None,
        wait_ms: None,
    }))?;
    Ok(letter.id)
}

/// A whole hand-over; gives the closed letter as both ends show it.
fn hand_over(member: &str, from: &Node<'_>, to: &Node<'_>) -> Result<[Letter; 2], Mishap> {
    let letter = issue(member, from, &to.committee())?;
    accept_arriving(&letter, to)?;
    settle(&letter, [from, to], &["closed"])
}

pub(super) fn accept_arriving(letter: &str, at: &Node<'_>) -> Result<(), Mishap> {
    at.until(letter, || known(accept(at, letter)))
}

fn accept(at: &Node<'_>, letter: &str) -> Result<(), Mishap> {
    let (letter, org) = (letter.to_owned(), at.branch());
    let accept = LetterCommand::Accept { letter, org, met: true, same_as: None };
    at.ask::<Letter>(Command::Letter(accept)).map(drop)
}

fn refuse(at: &Node<'_>, letter: &str, redirect: &str) -> Result<(), Mishap> {
    let refuse = LetterCommand::Refuse {
        letter: letter.to_owned(),
        ground: "out_of_area".to_owned(),
        redirect: Some(redirect.to_owned()),
        note: None,
    };
    at.ask::<Letter>(Command::Letter(refuse)).map(drop)
}

fn void(at: &Node<'_>, letter: &str) -> Result<(), Mishap> {
    let (letter, reason) = (letter.to_owned(), "withdrawn".to_owned());
    let void = LetterCommand::Void { letter, reason, to: None };
    at.ask::<Letter>(Command::Letter(void)).map(drop)
}

/// Nothing while the letter has not arrived.
fn known<T>(done: Result<T, Mishap>) -> Result<Option<T>, Mishap> {
    match done {
        Ok(answer) => Ok(Some(answer)),
        Err(mishap) if mishap.is(Code::LetterUnknown) => Ok(None),
        Err(mishap) => Err(mishap),
    }
}

fn arrived(at: &Node<'_>, letter: &str) -> Result<Option<Letter>, Mishap> {
    let letter = letter.to_owned();
    known(at.ask(Command::Letter(LetterCommand::Show { letter })))
}

/// Waits until both ends call the letter by the same one of these states.
pub(super) fn settle(
    letter: &str,
    ends: [&Node<'_>; 2],
    states: &[&str],
) -> Result<[Letter; 2], Mishap> {
    let [here, there] = ends;
    let mut seen = [String::new(), String::new()];
    let settled = there.until(&states.join("/"), || {
        let (Some(first), Some(second)) = (arrived(here, letter)?, arrived(there, letter)?) else {
            return Ok(None);
        };
        seen = [first.state.clone(), second.state.clone()];
        let alike = first.state == second.state && states.contains(&first.state.as_str());
        Ok(alike.then_some([first, second]))
    });
    settled.map_err(|mut mishap| {
        let [first, second] = &seen;
        let (here, there) = (here.region.name, there.region.name);
        mishap.detail.push_str(&format!(" {letter:.8}: {here} {first}, {there} {second}"));
        mishap
    })
}

/// How many statements of a whole hand-over both ends hold under the same hash, signed by whose
/// turn it was. Neither node stores one whose seal it has not verified.
fn signed_alike(ends: &[Letter; 2], at: &Node<'_>) -> Result<usize, Mishap> {
    let [here, there] = ends;
    let hashes = |letter: &Letter| -> BTreeSet<(String, String, String)> {
        let all = letter.statements.iter();
        all.map(|one| (one.kind.clone(), one.by.clone(), one.hash.clone())).collect()
    };
    let alike = hashes(here).intersection(&hashes(there)).count();
    let whole = HAND_OVER.iter().all(|kind| here.statements.iter().any(|s| s.kind == *kind));
    if alike == HAND_OVER.len() && whole {
        return Ok(alike);
    }
    Err(doubt(at, &here.id, &format!("{alike} statements alike")))
}

/// Something about a letter is not as it must be.
fn doubt(at: &Node<'_>, letter: &str, what: &str) -> Mishap {
    at.mishap(Refusal::about(Code::Internal, format!("{letter:.8}: {what}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(count: usize) -> Cast {
        let player = |i: usize| Player { member: i.to_string(), name: String::new() };
        Cast::new((0..count).map(player).collect())
    }

    #[test]
    fn small_rosters_still_fill_every_scene() {
        assert_eq!(cast(349).crowds(), (6, 20));
        // 30 members in all leave 19 in the first region.
        assert_eq!(cast(19).crowds(), (2, 9));
    }

    #[test]
    fn nobody_plays_twice() {
        let mut cast = cast(19);
        let (races, bundle) = cast.crowds();
        let mut played: Vec<_> = cast.several(bundle);
        played.extend(cast.several(races));
        played.extend((0..SINGLES).filter_map(|_| cast.one()));
        assert_eq!(played.len(), 19);
        let refs: BTreeSet<_> = played.iter().map(|player| &player.member).collect();
        assert_eq!(refs.len(), 19);
        assert!(cast.one().is_none());
    }
}

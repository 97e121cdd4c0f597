//! Two writers on one letter: a clerk decides while the link brings the other side's decision, and
//! both have decided on the same state before either commits.

#![allow(clippy::unwrap_used)]

mod residences;
mod stays;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Barrier};

use protocol::envelope::Group;
use protocol::id::{LetterId, MemberRef, NodeId};
use protocol::member::check_character;
use protocol::refusal::{Code, Refusal};
use protocol::seal::{Domain, PublicKey, Signer};
use protocol::statement::custody::{Ground, VoidReason};
use protocol::statement::keys::{CertifiedKeys, KeyCert};
use protocol::statement::kind::Kind;
use protocol::transfer::destination;
use protocol::transfer::state::State;
use tempfile::TempDir;

use super::super::decide::{Decision, Stop};
use super::super::issue::IssueRequest;
use super::super::orgs::OrgRequest;
use super::super::register::MemberRequest;
use super::super::{Identity, Office, OfficeParts, Quotas};
use super::open;
use crate::clock::Clock;
use crate::config::RuleBook;
use crate::entropy::Entropy;
use crate::failpoint::Failpoints;
use crate::keys::Keys;
use crate::store::rows::Custody;
use crate::store::{Store, StoreOptions};

/// How often each pair of decisions is made to overlap, in each order.
const ROUNDS: usize = 200;

const ORIGIN: u32 = 610_922;
const DESTINATION: u32 = 610_902;

fn office(dir: &TempDir, region: u32, name: &str, undecided_offers_bytes: u64) -> Office {
    crate::telemetry::watch::watch();
    let folder = dir.path().join(region.to_string());
    std::fs::create_dir(&folder).unwrap();
    let entropy = Entropy::seeded(u64::from(region));
    let keys = Keys::generate(&folder.join("keys"), &entropy, None).unwrap();
    let clock = Clock::manual("2026-11-22T08:00:00Z".parse().unwrap());
    let identity = Signer::from_seed(keys.identity_seed().reveal());
    let public = |bytes: [u8; 32]| PublicKey::from_bytes(&bytes).unwrap();
    let certified = CertifiedKeys {
        domain: Domain::Rehearsal,
        node: NodeId::from_bytes(*identity.public().as_bytes()),
        region: region.to_string().parse().unwrap(),
        region_name: name.to_owned(),
        signing: public(keys.signing_public()),
        tls: public(keys.tls_public()),
        agreement: keys.agreement_public(),
        valid_from: clock.now(),
    };
    let signer = Arc::new(Signer::from_seed(keys.signing_seed().reveal()));
    let options =
        StoreOptions { signer: Arc::clone(&signer), readers: 4, failpoints: Failpoints::none() };
    let me = Identity {
        domain: certified.domain,
        node: certified.node,
        region: certified.region,
        name: name.to_owned(),
        cert: KeyCert::issue(certified.clone(), &identity),
        certified,
    };
    let office = Office::open(OfficeParts {
        store: Store::open(&folder.join("dukou.db"), options).unwrap(),
        me,
        keys,
        signer,
        clock,
        entropy,
        addresses: Vec::new(),
        quotas: Quotas { undecided_offers_bytes, waiting_cases: 3, database_bytes: 1 << 30 },
        rules: RuleBook::defaults(),
        answers_matchings: true,
    });
    let office = office.unwrap();
    for (number, kind, parent) in [(1, "committee", None), (2, "branch", Some(1))] {
        let request = OrgRequest {
            code: format!("{region}-{number:04}"),
            name: format!("{name}第{number}组织"),
            kind: kind.to_owned(),
            parent: parent.map(|parent| format!("{region}-{parent:04}")),
            may_transfer: parent.is_none(),
        };
        office.add_org(&request).unwrap();
    }
    office
}

/// Two offices that trust each other, with this test as their carrier.
struct Pair {
    origin: Office,
    destination: Office,
    members: Cell<u32>,
    carried: [Cell<u64>; 2],
    _dir: TempDir,
}

impl Pair {
    fn new() -> Pair {
        Pair::with_room_for(1 << 26)
    }

    /// With so many bytes of undecided Offers.
    fn with_room_for(undecided_offers: u64) -> Pair {
        let dir = TempDir::new().unwrap();
        let origin = office(&dir, ORIGIN, "石泉县", undecided_offers);
        let destination = office(&dir, DESTINATION, "汉滨区", undecided_offers);
        let (invitation, reply) = (dir.path().join("invitation"), dir.path().join("reply"));
        let invited = origin.invite(&invitation, None).unwrap();
        let accepted =
            destination.accept_invitation(&invitation, &invited.fingerprint, Some(&reply));
        accepted.unwrap();
        origin.approve_reply(&reply, &destination.me().node.fingerprint()).unwrap();
        let pair = Pair {
            origin,
            destination,
            members: Cell::new(0),
            carried: [Cell::new(0), Cell::new(0)],
            _dir: dir,
        };
        pair.settle();
        pair
    }

    /// What one office has for the other that was not carried yet.
    fn waiting(&self, from_origin: bool) -> Vec<Group> {
        let (from, to) = self.ends(from_origin);
        let carried = &self.carried[usize::from(from_origin)];
        let groups = from.outgoing(to.me().node, carried.get(), 1 << 20).unwrap();
        carried.set(groups.last().map_or(carried.get(), Group::last_seq));
        groups
    }

    fn ends(&self, from_origin: bool) -> (&Office, &Office) {
        let ends = (&self.origin, &self.destination);
        if from_origin { ends } else { (ends.1, ends.0) }
    }

    fn carry(&self, from_origin: bool) {
        let groups = self.waiting(from_origin);
        let (from, to) = self.ends(from_origin);
        if !groups.is_empty() {
            to.receive(to.peer_id(from.me().node).unwrap(), &groups).unwrap();
        }
    }

    /// Carries until neither side has anything more to say: five statements, and room to spare.
    fn settle(&self) {
        (0..4).for_each(|_| [true, false].into_iter().for_each(|way| self.carry(way)));
    }

    /// A new member's letter, issued and delivered.
    fn letter(&self) -> (LetterId, MemberRef) {
        let number = self.members.replace(self.members.get() + 1);
        let member = self.origin.add_member(&person(number, ORIGIN)).unwrap().member;
        let letter = issue(&self.origin, &member, DESTINATION);
        self.carry(true);
        (letter, member.parse().unwrap())
    }

    fn accept(&self, letter: LetterId) {
        let branch = format!("{DESTINATION}-0002");
        self.destination.accept(&letter.to_string(), &branch, true, None).unwrap();
    }
}

/// Somebody of that number, to be entered in a region.
fn person(number: u32, region: u32) -> MemberRequest {
    let digits = format!("999999{}{:03}", 19_600_101 + number / 900, number % 900);
    let id_number = format!("{digits}{}", char::from(check_character(digits.as_bytes())));
    MemberRequest {
        name: Some("测试".into()),
        id_number: Some(id_number.as_str().into()),
        standing: Some("full".to_owned()),
        org: Some(format!("{region}-0002")),
        ..MemberRequest::default()
    }
}

fn issue(office: &Office, member: &str, region: u32) -> LetterId {
    let request = IssueRequest {
        member: member.to_owned(),
        to: format!("{region}-0001"),
        reason: "".into(),
        dues_paid_through: None,
        days: None,
        wait: None,
    };
    office.issue(&request).unwrap().letter.id.parse().unwrap()
}

fn state(office: &Office, letter: LetterId) -> State {
    office.look(|_, snapshot| Ok(snapshot.letter(letter)?.unwrap().core.state())).unwrap()
}

fn custody(office: &Office, member: MemberRef) -> Option<Custody> {
    office.look(|_, snapshot| Ok(snapshot.member(member)?.map(|row| row.custody))).unwrap()
}

/// The kinds that this office itself signed for a letter.
fn signed(office: &Office, letter: LetterId) -> BTreeSet<Kind> {
    office
        .look(|_, snapshot| {
            let row = snapshot.letter(letter)?.unwrap();
            let statements = snapshot.letter_statements(row.id)?;
            Ok(statements.into_iter().filter(|one| one.own).map(|one| one.kind).collect())
        })
        .unwrap()
}

/// What one of two overlapping decisions came to, and how often it was taken.
struct Outcome {
    attempts: usize,
    result: Result<(), Refusal>,
}

/// Takes both decisions on the same state before either commits; the second commits only when the
/// first is durable.
fn overlap(
    office: &Office,
    first: impl Fn(&mut Decision<'_>) -> Result<(), Stop> + Send,
    second: impl Fn(&mut Decision<'_>) -> Result<(), Stop> + Send,
) -> (Outcome, Outcome) {
    let decided = Barrier::new(2);
    let (tell, told) = sync_channel::<()>(1);
    std::thread::scope(|scope| {
        let decided = &decided;
        let winner = scope.spawn(move || {
            let mut attempts = 0;
            let result = office.decide(|decision| {
                attempts += 1;
                first(decision)?;
                if attempts == 1 {
                    decided.wait();
                }
                Ok(())
            });
            tell.send(()).unwrap();
            Outcome { attempts, result: result.map(|_| ()) }
        });
        let loser = scope.spawn(move || {
            let mut attempts = 0;
            let result = office.decide(|decision| {
                attempts += 1;
                second(decision)?;
                if attempts == 1 {
                    decided.wait();
                    told.recv().unwrap();
                }
                Ok(())
            });
            Outcome { attempts, result: result.map(|_| ()) }
        });
        (winner.join().unwrap(), loser.join().unwrap())
    })
}

/// What the link does with groups that came, without the state of the peer.
fn receive(decision: &mut Decision<'_>, from: NodeId, groups: &[Group]) -> Result<(), Stop> {
    let peer = decision.snapshot.peer_by_node(&from)?.unwrap();
    let opened = open(decision, &peer, groups)?.unwrap();
    decision.take(&peer, opened)?;
    Ok(())
}

fn void(decision: &mut Decision<'_>, letter: LetterId) -> Result<(), Stop> {
    let mut row = decision.snapshot.letter(letter)?.unwrap();
    decision.void(&mut row, VoidReason::Withdrawn)
}

fn refuse(decision: &mut Decision<'_>, letter: LetterId) -> Result<(), Stop> {
    let mut row = decision.snapshot.letter(letter)?.unwrap();
    let draft = destination::refuse(&row.core, Ground::NotArrived, None, "")?;
    let peer = decision.peer_of(&row)?;
    decision.add_own(&mut row, &peer, draft)
}

fn once_and_done(outcome: &Outcome) {
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(outcome.attempts, 1, "the first is not disturbed");
}

/// the Void was durable first; the Accept is decided on again, and releases nothing.
#[test]
fn a_void_before_an_overlapping_accept() {
    let pair = Pair::new();
    let from = pair.destination.me().node;
    for _ in 0..ROUNDS {
        let (letter, member) = pair.letter();
        pair.accept(letter);
        let groups = pair.waiting(false);
        let (clerk, link) = overlap(
            &pair.origin,
            |decision| void(decision, letter),
            |decision| receive(decision, from, &groups),
        );
        once_and_done(&clerk);
        assert_eq!((link.attempts, link.result), (2, Ok(())), "told Stale, and decided again");
        let kinds = signed(&pair.origin, letter);
        assert!(kinds.contains(&Kind::Void) && !kinds.contains(&Kind::Release), "{kinds:?}");
        assert_eq!(custody(&pair.origin, member), Some(Custody::Here));
        pair.settle();
        for office in [&pair.origin, &pair.destination] {
            assert_eq!(state(office, letter), State::Voided);
        }
    }
}

/// the Release was durable first; the clerk decides again, and is told that it is too late.
#[test]
fn an_accept_before_an_overlapping_void() {
    let pair = Pair::new();
    let from = pair.destination.me().node;
    for _ in 0..ROUNDS {
        let (letter, member) = pair.letter();
        pair.accept(letter);
        let groups = pair.waiting(false);
        let (link, clerk) = overlap(
            &pair.origin,
            |decision| receive(decision, from, &groups),
            |decision| void(decision, letter),
        );
        once_and_done(&link);
        assert_eq!(clerk.result.unwrap_err().code, Code::LetterState);
        assert_eq!(clerk.attempts, 2, "told Stale, and decided again");
        let kinds = signed(&pair.origin, letter);
        assert!(kinds.contains(&Kind::Release) && !kinds.contains(&Kind::Void), "{kinds:?}");
        assert_eq!(custody(&pair.origin, member), Some(Custody::InTransit));
        pair.settle();
        for office in [&pair.origin, &pair.destination] {
            assert_eq!(state(office, letter), State::Closed);
        }
        assert_eq!(custody(&pair.destination, member), Some(Custody::Here));
    }
}

/// the same at the destination, between a clerk's Refusal and the Receipt of a Release.
#[test]
fn a_refusal_and_an_overlapping_release_in_both_orders() {
    let pair = Pair::new();
    let from = pair.origin.me().node;
    for round in 0..ROUNDS {
        let (letter, member) = pair.letter();
        pair.accept(letter);
        pair.carry(false);
        let groups = pair.waiting(true);
        let clerk = |decision: &mut Decision<'_>| refuse(decision, letter);
        let link = |decision: &mut Decision<'_>| receive(decision, from, &groups);
        let refused = round % 2 == 0;
        let (first, second) = if refused {
            overlap(&pair.destination, clerk, link)
        } else {
            overlap(&pair.destination, link, clerk)
        };
        once_and_done(&first);
        assert_eq!(second.attempts, 2, "told Stale, and decided again");
        assert_eq!(second.result.is_ok(), refused);
        let kinds = signed(&pair.destination, letter);
        assert_eq!(kinds.contains(&Kind::Refusal), refused, "{kinds:?}");
        assert_eq!(kinds.contains(&Kind::Receipt), !refused, "{kinds:?}");
        pair.settle();
        let (word, holder) = if refused {
            (State::Refused, &pair.origin)
        } else {
            (State::Closed, &pair.destination)
        };
        for office in [&pair.origin, &pair.destination] {
            assert_eq!(state(office, letter), word);
        }
        assert_eq!(custody(holder, member), Some(Custody::Here));
    }
}

/// Standing aside is no decision: whoever stands before the clerk is served, and what was decided
/// stands aside no longer.
#[test]
fn a_parked_letter_is_decided_like_any_other() {
    let pair = Pair::with_room_for(1);
    let [(accepted, member), (refused, _)] = [pair.letter(), pair.letter()];
    let shown = |letter: LetterId| pair.destination.letter(&letter.to_string()).unwrap();
    assert!(shown(accepted).parked && shown(refused).parked);
    assert_eq!(shown(accepted).next, ["accept", "refuse"]);
    pair.accept(accepted);
    assert!(!shown(accepted).parked, "provisional, and on nobody's list of what waits");
    let note = "".into();
    pair.destination.refuse(&refused.to_string(), "not_arrived", None, &note).unwrap();
    pair.settle();
    assert_eq!(state(&pair.origin, accepted), State::Closed);
    assert_eq!(state(&pair.origin, refused), State::Refused);
    assert_eq!(custody(&pair.destination, member), Some(Custody::Here));
    assert!(!shown(accepted).parked && !shown(refused).parked);
}

/// one arrival makes this node the holder of somebody whose older reference it had
/// offered back, so that it voids that letter, and brings the other side's refusal of the same
/// letter. Both are kept, and both ends say `voided`.
#[test]
fn a_void_and_a_refusal_of_one_letter_in_one_arrival_are_both_kept() {
    let pair = Pair::new();
    let (moving, _) = pair.letter();
    let older = pair.destination.add_member(&person(0, DESTINATION)).unwrap().member;
    let back = issue(&pair.destination, &older, ORIGIN);
    let branch = format!("{DESTINATION}-0002");
    pair.destination.accept(&moving.to_string(), &branch, true, Some(&older)).unwrap();
    // The origin releases, and refuses what it was offered, before it is heard again.
    pair.carry(false);
    pair.origin.refuse(&back.to_string(), "already_member", None, &"".into()).unwrap();
    pair.carry(true);
    pair.settle();
    for office in [&pair.origin, &pair.destination] {
        assert_eq!(state(office, moving), State::Closed);
        assert_eq!(state(office, back), State::Voided);
    }
}

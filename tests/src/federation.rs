//! Two or three regions that run, are paired, and have organisations and people.

use std::collections::BTreeSet;
use std::ops::{Index, IndexMut};
use std::sync::{Arc, Mutex, Weak};

use dukou::demo::people::Crowd;
use dukou::demo::regions::REGIONS;
use serde_json::Value;

use crate::census::Census;
use crate::region::{Mode, Region};
use crate::scratch::Scratch;
use crate::waiting::until;

/// What a test wants to start with.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Two or three.
    pub regions: usize,
    /// Whether their directories are rehearsals.
    pub mode: Mode,
    /// How many people live in all three regions, used or not, shared out as
    /// [`dukou::demo::regions::shares`] does.
    pub members: usize,
    /// The time at which every node starts, RFC 3339; rehearsals only.
    pub now: Option<&'static str>,
}

/// Two rehearsal regions: 24 people in the first, 10 in the second.
pub const PAIR: Plan = Plan { regions: 2, mode: Mode::Rehearsal, members: 40, now: None };

/// Regions that run and trust each other, every one with every other.
#[derive(Debug)]
pub struct Federation {
    /// The regions.
    pub regions: Vec<Region>,
    /// Their directory.
    pub scratch: Arc<Scratch>,
    /// The refs of all members that were entered.
    pub everybody: BTreeSet<String>,
}

impl Federation {
    /// Starts what the plan says.
    pub fn start(plan: Plan) -> Federation {
        let scratch = Scratch::new();
        let crowd = Crowd::new(20_260_301, plan.members);
        let mut regions = Vec::new();
        let mut everybody = BTreeSet::new();
        for spec in REGIONS.iter().take(plan.regions) {
            let mut region = Region::init(&scratch, spec, plan.mode);
            if let Some(now) = plan.now {
                region.set_now(now);
            }
            region.enter_orgs();
            region.enter_people(crowd.of(spec));
            region.start();
            let members = region.list(&["member", "list"]);
            everybody.extend(members.iter().map(|m| m["ref"].as_str().unwrap().to_owned()));
            regions.push(region);
        }
        for (i, inviter) in regions.iter().enumerate() {
            for guest in &regions[i + 1..] {
                pair(inviter, guest);
            }
        }
        Federation { regions, scratch, everybody }
    }

    /// A running [`PAIR`] that tests use side by side, each with members of its own, without
    /// stopping a node. It ends with the last test that has it.
    pub fn shared() -> Arc<Federation> {
        static RUNNING: Mutex<Weak<Federation>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        running.upgrade().unwrap_or_else(|| {
            let federation = Arc::new(Federation::start(Plan { members: 80, ..PAIR }));
            *running = Arc::downgrade(&federation);
            federation
        })
    }

    /// Moves a member from one region to another, and gives the letter's id once it is closed at
    /// both ends.
    #[track_caller]
    pub fn hand_over(&self, member: &str, from: usize, to: usize) -> String {
        let letter = self[from].issue(member, &self[to]);
        self[to].accept(&letter);
        self.until_state(&letter, "closed", from, to);
        letter
    }

    /// Waits until both ends call the letter's state by that word.
    #[track_caller]
    pub fn until_state(&self, letter: &str, state: &str, from: usize, to: usize) {
        let ends = [&self[from], &self[to]];
        until(&format!("{state} at both ends: {letter}"), &ends, || {
            ends.iter().all(|end| end.letter_state(letter).as_deref() == Some(state)).then_some(())
        });
    }

    /// Asserts that the nodes together hold everybody exactly once, and that their `status` agrees.
    #[track_caller]
    pub fn assert_whole(&self) {
        let census = Census::of(&self.regions);
        assert_eq!(census.lost(&self.everybody), BTreeSet::new(), "lost");
        assert_eq!(census.duplicated(), BTreeSet::new(), "held twice");
        let counted = |key: &str| -> u64 {
            let status = self.regions.iter().map(|region| region.ok(&["status"]));
            status.map(|status| status["roster"][key].as_u64().unwrap()).sum()
        };
        let (full, in_transit) = (counted("full"), counted("in_transit"));
        assert_eq!((full, in_transit), (census.full.len() as u64, census.in_transit.len() as u64));
        assert_eq!(full + in_transit, self.everybody.len() as u64);
    }
}

impl Index<usize> for Federation {
    type Output = Region;

    fn index(&self, i: usize) -> &Region {
        &self.regions[i]
    }
}

impl IndexMut<usize> for Federation {
    fn index_mut(&mut self, i: usize) -> &mut Region {
        &mut self.regions[i]
    }
}

/// Pairs two running regions by invitation and waits until each can address the other.
#[track_caller]
pub fn pair(inviter: &Region, guest: &Region) {
    let invitation = inviter.file(&format!("for-{}.invitation", guest.code()));
    inviter.ok(&["peer", "invite", "--out", &invitation]);
    guest.ok(&["peer", "accept", &invitation, "--fingerprint", inviter.fingerprint()]);
    let code = guest.code();
    until("told of the guest", &[inviter, guest], || peer_state(inviter, guest));
    inviter.ok(&["peer", "approve", &code, "--fingerprint", guest.fingerprint()]);
    until_paired(inviter, guest);
}

/// Two persons at `here` have a new node take the place of the peer of the same region; gives what
/// `peer replace` said.
#[track_caller]
pub fn replace(here: &Region, successor: &Region) -> Value {
    let invitation = here.file(&format!("for-successor-{}.invitation", successor.code()));
    here.ok(&["peer", "invite", "--out", &invitation]);
    successor.ok(&["peer", "accept", &invitation, "--fingerprint", here.fingerprint()]);
    let node = until("the successor waits", &[here, successor], || {
        let peers = here.list(&["peer", "list"]);
        let pending = peers.into_iter().find(|peer| peer["state"] == "pending")?;
        Some(pending["node_id"].as_str().unwrap().to_owned())
    });
    confirm_replaced(here, successor, &node)
}

/// The command by which two persons replace the node of a region, by `node`, at `here`.
#[track_caller]
pub fn confirm_replaced(here: &Region, successor: &Region, node: &str) -> Value {
    let (code, fingerprint) = (successor.code(), successor.fingerprint());
    let mut args = vec!["peer", "replace", &code, node, "--fingerprint", fingerprint];
    args.extend(["--confirmed-by", "王善武", "--confirmed-by", "李敏"]);
    let reply = here.run(&args);
    assert!([0, 3].contains(&reply.exit()), "{reply:#?}");
    reply.data().clone()
}

/// Waits until two regions are active peers and know each other's organisations.
#[track_caller]
pub fn until_paired(one: &Region, other: &Region) {
    for (here, there) in [(one, other), (other, one)] {
        until("paired", &[one, other], || {
            (peer_state(here, there)? == "active" && addresses(here, there)).then_some(())
        });
    }
}

/// How `here` calls the state of its peer `there`.
#[track_caller]
pub fn peer_state(here: &Region, there: &Region) -> Option<String> {
    let peers = here.list(&["peer", "list"]);
    let peer = peers.into_iter().find(|peer| peer["region"] == there.code())?;
    assert_eq!(peer["fingerprint"], there.fingerprint(), "{peer:#}");
    peer["state"].as_str().map(str::to_owned)
}

/// Whether `here` knows the committee of `there`.
fn addresses(here: &Region, there: &Region) -> bool {
    let reply = here.run(&["org", "list", "--region", &there.code(), "--limit", "1000"]);
    reply.exit() == 0
        && reply.expect_list().0.iter().any(|org| org["code"] == there.committee().as_str())
}

//! One run: nodes, wire, judge and dice together, and the step that moves one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use dukou::office::{Office, Wake};
use dukou::store::Growth;
use protocol::id::{MemberRef, NodeId};
use protocol::refusal::{Code, Refusal};
use tempfile::TempDir;

use crate::commits::{Ended, Plan};
use crate::dice::Dice;
use crate::judge::Judge;
use crate::ledger::Violation;
use crate::node::{Damage, Node};
use crate::sights::{Sight, Sights};
use crate::swarm::Swarm;
use crate::talk::{Job, Talk};
use crate::template::{NODES_MAX, scratch, start_time};
use crate::wire::{Flying, Lane, Wire};

/// The world of one seed.
pub struct World {
    pub dice: Dice,
    pub swarm: Swarm,
    pub nodes: Vec<Node>,
    /// By this end and the other.
    pub talks: BTreeMap<(usize, usize), Talk>,
    pub wire: Wire,
    pub judge: Judge,
    pub sights: Sights,
    /// The true time, in milliseconds since 1970.
    pub now_ms: u64,
    pub connections: u64,
    /// Partitions that will mend, and directions that will be cut, at a step.
    pub timetable: BTreeMap<u64, Vec<(usize, usize, bool)>>,
    pub steps: u64,
    /// By node: entries whose signature rots.
    pub rotted: BTreeSet<(usize, i64)>,
    /// The boundary at which the power goes in the next use case.
    pub cut_next: Option<u32>,
    /// Whose feed for whom has grown.
    bells: Vec<((usize, usize), Growth)>,
    log: DefaultHasher,
    trace: bool,
    pub dir: TempDir,
}

impl World {
    pub fn new(seed: u64, nodes: usize, trace: bool) -> Result<World, Violation> {
        let mut dice = Dice::new(seed);
        let swarm = Swarm::of(&mut dice);
        let dir = scratch();
        let nodes: Vec<Node> = (0..nodes).map(|index| Node::new(index, seed, dir.path())).collect();
        let judge = Judge::new(&nodes);
        let mut world = World {
            dice,
            swarm,
            nodes,
            talks: BTreeMap::new(),
            wire: Wire::default(),
            judge,
            sights: Sights::default(),
            now_ms: start_time().millis(),
            connections: 0,
            timetable: BTreeMap::new(),
            steps: 0,
            bells: Vec::new(),
            rotted: BTreeSet::new(),
            cut_next: None,
            log: DefaultHasher::new(),
            trace,
            dir,
        };
        for node in 0..world.nodes.len() {
            world.look(node, None)?;
        }
        Ok(world)
    }

    /// How many nodes a seed has.
    pub fn size(seed: u64) -> usize {
        [3, 3, 2, 3, NODES_MAX, 3, 2, 3][seed as usize % 8]
    }

    /// Everything that happened, as one number.
    pub fn hash(&self) -> u64 {
        self.log.finish()
    }

    pub fn say(&mut self, line: &str) {
        line.hash(&mut self.log);
        if self.trace {
            println!("{:>6} {} {line}", self.steps, self.now_ms - start_time().millis());
        }
    }

    pub fn id(&self, node: usize) -> NodeId {
        self.nodes[node].id
    }

    pub fn up(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].is_up()).collect()
    }

    /// Lets a node do something, with whatever befalls it. Nothing comes back if the power went.
    pub fn act<T>(
        &mut self,
        node: usize,
        what: &str,
        may_end: Option<MemberRef>,
        body: impl FnOnce(&Office) -> Result<T, Refusal>,
    ) -> Result<Option<Result<T, Refusal>>, Violation> {
        let result = self.perform(node, what, may_end, body);
        self.ring_bells();
        result
    }

    fn perform<T>(
        &mut self,
        node: usize,
        what: &str,
        may_end: Option<MemberRef>,
        body: impl FnOnce(&Office) -> Result<T, Refusal>,
    ) -> Result<Option<Result<T, Refusal>>, Violation> {
        self.nodes[node].set_clock(self.now_ms);
        let plan = self.plan(node);
        let Some(life) = &self.nodes[node].life else { return Ok(None) };
        let office = life.office.clone();
        let (ended, told) = life.commits.run(plan, || body(&office));
        drop(office);
        self.sights.add(Sight::Stale, u64::from(told.stale));
        self.sights.add(Sight::Rival, u64::from(told.rivals));
        let result = match ended {
            Ended::Whole(result) => {
                let said = match &result {
                    Ok(_) => "ok".to_owned(),
                    Err(refusal) => refusal.code.text().to_owned(),
                };
                let commits = told.commits;
                self.say(&format!(
                    "{node} {what}: {said} ({commits} commits, {} stale)",
                    told.stale
                ));
                if let Err(refusal) = &result {
                    self.honest(node, what, refusal)?;
                }
                result
            }
            Ended::Cut { before } => {
                self.sights.see(if before { Sight::CutBefore } else { Sight::CutAfter });
                self.say(&format!("{node} {what}: the power goes (before a commit: {before})"));
                self.judge.may_end[node] = may_end;
                self.power_cut(node);
                return Ok(None);
            }
        };
        if told.commits > 0 {
            self.judge.by_itself = what == "sweep" && told.rivals == 0;
            self.judge.ledgers[node].raced = told.rivals > 0;
            self.look(node, may_end)?;
            self.judge.by_itself = false;
            self.answer_wakes(node);
        }
        Ok(Some(result))
    }

    fn plan(&mut self, node: usize) -> Plan {
        if let Some(boundary) = self.cut_next.take() {
            return Plan::Cut(boundary);
        }
        if self.dice.permille(self.swarm.cut) {
            return Plan::Cut(self.dice.below(6) as u32);
        }
        if self.dice.permille(self.swarm.rival) { self.rival(node) } else { Plan::Nothing }
    }

    /// The node's files stay as they are at this moment, and the node is down.
    pub fn power_cut(&mut self, node: usize) {
        let damage = match self.dice.below(6) {
            0 => Damage::TornLog,
            1 => Damage::OldCount,
            _ => Damage::None,
        };
        self.sights.see_if(damage == Damage::TornLog, Sight::TornLog);
        self.sights.see_if(damage == Damage::OldCount, Sight::OldCount);
        self.judge.forget(&self.nodes[node]);
        self.nodes[node].cut(damage);
        self.talks.retain(|(here, _), _| *here != node);
    }

    /// Starts a node that is down: everything that was durable is still there.
    pub fn start(&mut self, node: usize) -> Result<(), Violation> {
        self.nodes[node].set_clock(self.now_ms);
        self.nodes[node].start();
        self.say(&format!("{node} starts"));
        if self.nodes[node].office().is_some_and(Office::is_recovering) {
            return Err(Violation(format!("node {node} believes that it was rolled back")));
        }
        let may_end = self.judge.may_end[node].take();
        self.judge.remembers(&self.nodes[node])?;
        self.look(node, may_end)
    }

    /// Judges what a node durably has now.
    pub fn look(&mut self, node: usize, may_end: Option<MemberRef>) -> Result<(), Violation> {
        self.judge.look(&self.nodes, node, may_end, &mut self.sights)
    }

    fn answer_wakes(&mut self, node: usize) {
        for wake in self.nodes[node].take_wakes() {
            match wake {
                Wake::Send(growth) => {
                    let to = growth.audience;
                    let found = self.nodes.iter().position(|other| other.id == to);
                    self.bells.extend(found.map(|other| ((node, other), growth)));
                }
                Wake::Say(..) | Wake::Match(..) => {}
                Wake::Sweep => self.nodes[node].sweep_due = true,
                Wake::Peers => self.reload(node),
            }
        }
    }

    /// Wakes the sessions whose feeds have grown.
    fn ring_bells(&mut self) {
        for (ends, growth) in std::mem::take(&mut self.bells) {
            if let Some(talk) = self.talks.get_mut(&ends) {
                talk.grown(growth);
            }
        }
    }

    /// Ends the sessions with peers that are not active any more.
    fn reload(&mut self, node: usize) {
        let neighbours = self.nodes[node].office().unwrap().neighbours().unwrap();
        let others: Vec<usize> = (0..self.nodes.len()).filter(|other| *other != node).collect();
        for other in others {
            let id = self.id(other);
            let state = neighbours.iter().find(|one| one.node == id).map(|one| one.state.name());
            if state != Some("active") {
                self.end(node, other, "peer.paused");
            }
        }
    }

    /// Ends a session at one end; the other end hears of it later or not at all.
    pub fn end(&mut self, node: usize, other: usize, why: &str) {
        if self.talks.remove(&(node, other)).is_none() {
            return;
        }
        self.say(&format!("{node} ends the session with {other}: {why}"));
        let id = self.id(other);
        if let Some(office) = self.nodes[node].office() {
            office.session_ended(id).unwrap();
        }
    }

    /// A connection between two nodes, instead of the one that they have.
    pub fn connect(&mut self, one: usize, other: usize) {
        let whole = !self.wire.is_cut(one, other) && !self.wire.is_cut(other, one);
        if !whole || !self.nodes[one].is_up() || !self.nodes[other].is_up() {
            return;
        }
        self.connections += 1;
        let connection = self.connections;
        for (here, there) in [(one, other), (other, one)] {
            self.nodes[here].set_clock(self.now_ms);
            let office = self.nodes[here].office().unwrap();
            match Talk::begin(connection, office, self.id(there)) {
                Ok(talk) => {
                    self.end(here, there, "session.replaced");
                    self.talks.insert((here, there), talk);
                }
                Err(refusal) => {
                    self.end(here, there, refusal.code.text());
                    return self.end(there, here, refusal.code.text());
                }
            }
        }
        self.say(&format!("{one} and {other} connect ({connection})"));
        self.wire.reconnect(one, other, self.now_ms);
        self.pump(one, other);
        self.pump(other, one);
    }

    /// Puts what a session has to send on the wire.
    pub fn pump(&mut self, node: usize, other: usize) {
        for data in [false, true] {
            let lane = Lane { from: node, to: other, data };
            loop {
                let Some(talk) = self.talks.get_mut(&(node, other)) else { return };
                let connection = talk.connection;
                let Some(bytes) = talk.next_frame(lane.channel()) else { break };
                bytes.hash(&mut self.log);
                let delay_ms = self.delay();
                let ready_ms = self.now_ms + delay_ms;
                self.wire.send(lane, Flying { connection, bytes, ready_ms });
            }
        }
    }

    fn delay(&mut self) -> u64 {
        if !self.dice.permille(self.swarm.delay) {
            return 0;
        }
        let delay_ms = self.long_while();
        self.sights.see_if(delay_ms >= 3_600_000, Sight::Delayed);
        delay_ms
    }

    /// How long a frame is on its way that is late: milliseconds, or months.
    pub fn long_while(&mut self) -> u64 {
        let months = self.dice.permille(150);
        let delay_ms = if months {
            self.dice.within(30 * DAY_MS..DELAY_MS_MAX)
        } else {
            self.dice.span_ms(30 * DAY_MS)
        };
        self.sights.see_if(months, Sight::DelayedByMonths);
        delay_ms
    }

    /// A frame arrives at the other end of its lane.
    pub fn arrive(&mut self, lane: Lane, frame: &Flying, late: bool) -> Result<bool, Violation> {
        let (node, from) = (lane.to, lane.from);
        self.nodes[node].set_clock(self.now_ms);
        let now = self.nodes[node].clock.now();
        let Some(talk) = self.talks.get_mut(&(node, from)) else { return Ok(true) };
        if !late && talk.connection != frame.connection {
            return Ok(true);
        }
        if lane.data && !talk.opened {
            return Ok(false);
        }
        let heard = talk.hear(lane.channel(), &frame.bytes, now);
        let data = if lane.data { "data" } else { "control" };
        match heard {
            Ok(()) => self.say(&format!("{node} hears {data} of {from}, late: {late}")),
            Err(refusal) => {
                self.sights.see(Sight::SessionFault);
                self.honest(node, "hear", &refusal)?;
                self.end(node, from, refusal.code.text());
            }
        }
        self.pump(node, from);
        Ok(true)
    }

    /// Does one of the jobs of a session.
    pub fn work(&mut self, node: usize, other: usize, place: usize) -> Result<(), Violation> {
        let Some(mut talk) = self.talks.remove(&(node, other)) else { return Ok(()) };
        let job = talk.take_job(place);
        let (what, peer) = (format!("{} for {other}", job.name()), self.id(other));
        let receives = matches!(job, Job::Receive);
        let ended = {
            let talk = &mut talk;
            self.perform(node, &what, None, move |office| talk.run(job, office, peer))?
        };
        match ended {
            Some(Ok(())) => {
                self.talks.insert((node, other), talk);
                self.pump(node, other);
            }
            Some(Err(refusal)) => {
                let gap = receives && refusal.code == Code::FeedGap;
                self.sights.see(if gap { Sight::Gap } else { Sight::SessionFault });
                self.talks.insert((node, other), talk);
                self.end(node, other, refusal.code.text());
            }
            None => {}
        }
        self.ring_bells();
        Ok(())
    }

    /// Refusals that no fault of this world explains.
    fn honest(&self, node: usize, what: &str, refusal: &Refusal) -> Result<(), Violation> {
        let never = match refusal.code {
            Code::Internal
            | Code::NodeRecovering
            | Code::FeedFork
            | Code::FeedIncarnation
            | Code::NodeVault
            | Code::NodeFull
            | Code::StatementContradiction => true,
            // Claims are not signed: garbled ones are all that can be false here.
            Code::SessionConflict => self.sights.count(Sight::Garbled) == 0,
            _ => false,
        };
        if never { Err(Violation(format!("node {node} {what}: {refusal}"))) } else { Ok(()) }
    }

    pub fn sweep(&mut self, node: usize) -> Result<(), Violation> {
        self.nodes[node].sweep_due = false;
        self.act(node, "sweep", None, Office::sweep)?;
        Ok(())
    }
}

/// One day in milliseconds.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The longest that a frame is on its way.
const DELAY_MS_MAX: u64 = 83 * DAY_MS;

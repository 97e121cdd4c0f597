//! A run from its seed: the safety phase, in which everything goes wrong while people work, and
//! the liveness phase, in which nothing goes wrong any more and all must come to rest.

use crate::ledger::{Violation, hold};
use crate::sights::{Sight, Sights};
use crate::swarm::Swarm;
use crate::template::region;
use crate::wire::Lane;
use crate::world::{DAY_MS, World};

/// What a run came to.
#[derive(PartialEq, Eq)]
pub struct Outcome {
    pub sights: Sights,
    /// Of everything that was said, sent and decided.
    pub hash: u64,
    pub steps: u64,
}

/// Steps of the safety phase.
const STEPS: u64 = 1_500;

/// Rounds in which the liveness phase must come to rest.
const ROUNDS_MAX: u32 = 40;

/// Steps of one round of the liveness phase.
const ROUND_STEPS_MAX: u32 = 20_000;

pub fn run(seed: u64, trace: bool) -> Result<Outcome, Violation> {
    let mut world = World::new(seed, World::size(seed), trace)?;
    while world.steps < STEPS {
        world.step()?;
    }
    world.come_to_rest()?;
    let (hash, steps) = (world.hash(), world.steps);
    Ok(Outcome { sights: world.sights, hash, steps })
}

impl World {
    /// One step of the safety phase.
    pub fn step(&mut self) -> Result<(), Violation> {
        self.steps += 1;
        self.pass_time();
        self.trouble()?;
        if self.dice.permille(self.swarm.people) {
            self.operate()?;
        } else {
            match self.dice.below(100) {
                0..45 => self.deliver()?,
                45..85 => self.do_a_job()?,
                85..93 => self.connect_somebody(),
                93..96 => self.ring_a_timer()?,
                96..98 => self.deliver_late()?,
                _ => self.sweep_where_due()?,
            }
        }
        while self.dice.permille(self.swarm.eager) && self.has_jobs() {
            self.do_a_job()?;
        }
        Ok(())
    }

    fn pass_time(&mut self) {
        self.now_ms += self.dice.within(0..400);
        if self.dice.permille(self.swarm.leaps) {
            self.now_ms += match self.dice.below(10) {
                0 => self.dice.within(0..83 * DAY_MS),
                1..6 => self.dice.within(0..2 * DAY_MS),
                _ => self.dice.span_ms(DAY_MS),
            };
        }
    }

    /// A frame arrives, or gets lost, or comes twice, or overtakes another.
    fn deliver(&mut self) -> Result<(), Violation> {
        let ready = self.wire.ready(self.now_ms);
        let Some(&lane) = self.dice.pick(&ready) else { return Ok(()) };
        if !self.nodes[lane.to].is_up() {
            self.wire.take(lane, 0);
            return Ok(());
        }
        let waiting = self.wire.waiting(lane);
        let overtakes = waiting > 1 && self.dice.permille(self.swarm.reorder);
        let place = if overtakes { 1 + self.dice.below(waiting - 1) } else { 0 };
        self.sights.see_if(overtakes, Sight::Reordered);
        let Some(mut frame) = self.wire.take(lane, place) else { return Ok(()) };
        if self.dice.permille(self.swarm.drop) {
            self.sights.see(Sight::Dropped);
            if self.dice.permille(self.swarm.replay * 5) {
                self.keep_back(lane, frame);
            }
            return Ok(());
        }
        if self.dice.permille(self.swarm.duplicate) {
            self.sights.see(Sight::Duplicated);
            self.wire.again(lane, frame.clone());
        }
        if self.dice.permille(self.swarm.replay) {
            self.keep_back(lane, frame.clone());
        }
        if self.dice.permille(self.swarm.garble) {
            self.sights.see(Sight::Garbled);
            let place = self.dice.below(frame.bytes.len());
            frame.bytes[place] ^= 1 << self.dice.below(8);
        }
        if !self.arrive(lane, &frame, false)? {
            self.wire.again(lane, frame);
        }
        Ok(())
    }

    fn keep_back(&mut self, lane: Lane, mut frame: crate::wire::Flying) {
        frame.ready_ms = self.now_ms + self.long_while();
        self.wire.keep(lane, frame);
    }

    /// A group of a session that is long gone arrives, as a courier would bring it.
    fn deliver_late(&mut self) -> Result<(), Violation> {
        let Some((lane, frame)) = self.wire.take_late(self.now_ms) else { return Ok(()) };
        let opened = self.talks.get(&(lane.to, lane.from)).is_some_and(|talk| talk.opened);
        if !self.nodes[lane.to].is_up() || !opened {
            self.wire.keep(lane, frame);
            return Ok(());
        }
        self.sights.see(Sight::Replayed);
        self.arrive(lane, &frame, true)?;
        Ok(())
    }

    /// One step of the exchange between nodes that are not in trouble.
    pub fn exchange(&mut self) -> Result<(), Violation> {
        let one = self.dice.below(self.nodes.len());
        let other = (one + 1) % self.nodes.len();
        if !self.are_talking(one, other) {
            self.connect(one, other);
        }
        if self.dice.permille(500) { self.do_a_job() } else { self.deliver() }
    }

    fn has_jobs(&self) -> bool {
        self.talks.values().any(|talk| talk.jobs() > 0)
    }

    fn do_a_job(&mut self) -> Result<(), Violation> {
        let busy = self.talks.iter().filter(|(_, talk)| talk.jobs() > 0);
        let busy: Vec<(usize, usize)> = busy.map(|(ends, _)| *ends).collect();
        let Some(&(node, other)) = self.dice.pick(&busy) else { return Ok(()) };
        let place = self.dice.below(self.talks[&(node, other)].jobs());
        self.work(node, other, place)
    }

    fn connect_somebody(&mut self) {
        let one = self.dice.below(self.nodes.len());
        let other = (one + 1 + self.dice.below(self.nodes.len() - 1)) % self.nodes.len();
        let whole = self.are_talking(one, other);
        if !whole || self.dice.permille(30) {
            self.connect(one, other);
        }
    }

    fn are_talking(&self, one: usize, other: usize) -> bool {
        let connection = |ends| self.talks.get(&ends).map(|talk| talk.connection);
        let here = connection((one, other));
        here.is_some() && here == connection((other, one))
    }

    fn ring_a_timer(&mut self) -> Result<(), Violation> {
        let ends: Vec<(usize, usize)> = self.talks.keys().copied().collect();
        match self.dice.pick(&ends) {
            Some(&(node, other)) => self.ring(node, other),
            None => Ok(()),
        }
    }

    fn ring(&mut self, node: usize, other: usize) -> Result<(), Violation> {
        if !self.are_talking(node, other) {
            self.end(node, other, "silent");
            return Ok(());
        }
        self.nodes[node].set_clock(self.now_ms);
        let now = self.nodes[node].clock.now();
        let Some(talk) = self.talks.get_mut(&(node, other)) else { return Ok(()) };
        if talk.is_due(now)
            && let Err(refusal) = talk.timeout(now)
        {
            self.end(node, other, refusal.code.text());
        }
        self.pump(node, other);
        Ok(())
    }

    fn sweep_where_due(&mut self) -> Result<(), Violation> {
        let due = self.up().into_iter().filter(|node| self.nodes[*node].sweep_due);
        let due: Vec<usize> = due.collect();
        match self.dice.pick(&due) {
            Some(&node) => self.sweep(node),
            None => Ok(()),
        }
    }

    /// The liveness phase.
    pub fn come_to_rest(&mut self) -> Result<(), Violation> {
        self.say("nothing goes wrong any more");
        self.swarm = Swarm::default();
        self.timetable.clear();
        self.wire.clear();
        self.talks.clear();
        for node in 0..self.nodes.len() {
            self.nodes[node].skew_ms = 0;
            if !self.nodes[node].is_up() {
                self.start(node)?;
            }
        }
        self.resume_all()?;
        let mut why = String::new();
        for _ in 0..ROUNDS_MAX {
            self.round()?;
            match self.at_rest() {
                Ok(()) => return Ok(()),
                Err(Violation(text)) => why = text,
            }
        }
        Err(Violation(format!("does not come to rest: {why}")))
    }

    fn resume_all(&mut self) -> Result<(), Violation> {
        for node in 0..self.nodes.len() {
            for other in (0..self.nodes.len()).filter(|other| *other != node) {
                let code = region(other).to_string();
                let resumed = self.act(node, &format!("resumes {code}"), None, |office| {
                    office.resume_peer(&code)
                })?;
                hold!(matches!(resumed, Some(Ok(_))), "node {node} cannot resume {other}");
            }
        }
        Ok(())
    }

    fn round(&mut self) -> Result<(), Violation> {
        self.now_ms += 61_000;
        for node in 0..self.nodes.len() {
            self.sweep(node)?;
            for other in 0..node {
                if !self.are_talking(node, other) {
                    self.connect(node, other);
                }
            }
        }
        for (node, other) in self.talks.keys().copied().collect::<Vec<_>>() {
            self.ring(node, other)?;
        }
        for _ in 0..ROUND_STEPS_MAX {
            self.steps += 1;
            if self.has_jobs() {
                self.do_a_job()?;
            } else if !self.wire.ready(self.now_ms).is_empty() {
                self.deliver()?;
            } else {
                return Ok(());
            }
        }
        Err(Violation("the nodes never stop talking".to_owned()))
    }

    /// Whether everything that should come to rest has.
    fn at_rest(&self) -> Result<(), Violation> {
        for (node, ledger) in self.judge.ledgers.iter().enumerate() {
            for other in (0..self.nodes.len()).filter(|other| *other != node) {
                let (mine, theirs) =
                    (ledger.feed(node, other), self.judge.ledgers[other].feed(node, other));
                hold!(mine == theirs, "feed {node}→{other}: {} and {}", mine.len(), theirs.len());
            }
            let rows = &self.judge.rows[node];
            hold!(rows.waiting_items == 0, "node {node}: a batch waits");
            for row in rows.letters.iter().filter(|row| row.own) {
                let case = &ledger.letters[&row.id];
                let word = case.word();
                let ended = matches!(word, "closed" | "refused" | "voided");
                let in_time = self.nodes[node].clock.now() < case.valid_until.end();
                let rejected = row.rejected;
                hold!(
                    ended || (word == "issued" && in_time),
                    "node {node}: {} is {word} (in time: {in_time})",
                    row.id
                );
                match self.judge.ledgers[case.destination].letters.get(&row.id) {
                    Some(there) => hold!(there.word() == word, "{}: {word} at one end", row.id),
                    None => hold!(rejected, "{} never came and nobody says so", row.id),
                }
            }
        }
        self.judge.check_all()
    }
}

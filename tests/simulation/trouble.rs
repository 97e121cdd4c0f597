//! Faults that are not of one frame or one commit: partitions, lost sessions, machines that go
//! down, clocks that jump, and evidence that rots on the disk.

use protocol::id::{LetterId, NodeId, StatementHash};
use rusqlite::{Connection, params};

use crate::ledger::Violation;
use crate::sights::Sight;
use crate::world::{DAY_MS, World};

impl World {
    /// One round of trouble, each kind at its own rate.
    pub fn trouble(&mut self) -> Result<(), Violation> {
        let swarm = self.swarm;
        if self.dice.permille(swarm.partition) {
            self.partition();
        }
        if self.dice.permille(swarm.swizzle) {
            self.swizzle();
        }
        for (from, to, cut) in self.timetable.remove(&self.steps).unwrap_or_default() {
            self.say(&format!("{from}→{to} is cut: {cut}"));
            if cut { self.wire.cut(from, to) } else { self.wire.mend(from, to) }
        }
        if self.dice.permille(swarm.session_loss) {
            self.lose_session();
        }
        if self.dice.permille(swarm.machine) {
            self.machine()?;
        }
        if self.dice.permille(swarm.clock) {
            self.jump_clock();
        }
        if self.dice.permille(swarm.rot) {
            self.rot();
        }
        if self.dice.permille(swarm.pause) {
            let node = self.dice.below(self.nodes.len());
            self.pause_or_resume(node)?;
        }
        self.restart_somebody()
    }

    fn plan_cut(&mut self, from: usize, to: usize, begin: u64, end: u64) {
        self.timetable.entry(self.steps + begin).or_default().push((from, to, true));
        self.timetable.entry(self.steps + end).or_default().push((from, to, false));
    }

    fn partition(&mut self) {
        let from = self.dice.below(self.nodes.len());
        let to = (from + 1 + self.dice.below(self.nodes.len() - 1)) % self.nodes.len();
        let end = 1 + self.dice.within(1..200);
        self.plan_cut(from, to, 0, end);
        if self.dice.permille(500) {
            self.sights.see(Sight::Partitioned);
            self.plan_cut(to, from, 0, end);
        } else {
            self.sights.see(Sight::PartitionedOneWay);
        }
    }

    /// Cuts some directions one after the other, and mends them in another order.
    fn swizzle(&mut self) {
        self.sights.see(Sight::Swizzled);
        let mut directions = Vec::new();
        for from in 0..self.nodes.len() {
            for to in 0..self.nodes.len() {
                if from != to && self.dice.permille(600) {
                    directions.push((from, to));
                }
            }
        }
        let count = directions.len() as u64;
        for (place, (from, to)) in (0..).zip(directions) {
            let mended = count * 4 + self.dice.within(0..60);
            self.plan_cut(from, to, place * 3, mended.max(place * 3 + 1));
        }
    }

    fn lose_session(&mut self) {
        let ends: Vec<(usize, usize)> = self.talks.keys().copied().collect();
        if let Some(&(node, other)) = self.dice.pick(&ends) {
            self.sights.see(Sight::SessionLost);
            self.end(node, other, "lost");
        }
    }

    fn machine(&mut self) -> Result<(), Violation> {
        let up = self.up();
        let Some(&node) = self.dice.pick(&up) else { return Ok(()) };
        self.nodes[node].set_clock(self.now_ms);
        if self.dice.permille(700) {
            self.sights.see(Sight::CutIdle);
            self.say(&format!("{node}: the power goes"));
            self.power_cut(node);
            return Ok(());
        }
        self.sights.see(Sight::Stopped);
        self.say(&format!("{node} is restarted"));
        self.judge.forget(&self.nodes[node]);
        self.nodes[node].stop();
        self.talks.retain(|(here, _), _| *here != node);
        self.start(node)
    }

    fn restart_somebody(&mut self) -> Result<(), Violation> {
        let down: Vec<usize> =
            (0..self.nodes.len()).filter(|node| !self.nodes[*node].is_up()).collect();
        match self.dice.pick(&down).copied() {
            Some(node) if self.dice.permille(100) => self.start(node),
            _ => Ok(()),
        }
    }

    /// Moves one node's clock, by seconds or by years; often back to the right time.
    fn jump_clock(&mut self) {
        let node = self.dice.below(self.nodes.len());
        let span = match self.dice.below(20) {
            0..3 => self.dice.span_ms(3_650 * DAY_MS),
            3..9 => self.dice.within(0..3 * DAY_MS),
            _ => self.dice.span_ms(DAY_MS),
        } as i64;
        let skew_ms = match self.dice.below(10) {
            0..4 => 0,
            4..7 => span,
            _ => -span,
        };
        let was = std::mem::replace(&mut self.nodes[node].skew_ms, skew_ms);
        self.sights.see_if(skew_ms > was, Sight::ClockForward);
        if skew_ms < was {
            self.sights.see(Sight::ClockBack);
            self.judge.set_back.insert(node);
        }
        self.say(&format!("{node}: the clock is off by {skew_ms} ms"));
    }

    /// One bit of a signature of the node's own changes on the disk. The peer has the entries, so
    /// that only a later proof needs it: the Release that carries it is refused as malformed.
    fn rot(&mut self) {
        let up = self.up();
        let Some(&node) = self.dice.pick(&up) else { return };
        let connection = Connection::open(self.nodes[node].file()).unwrap();
        for audience in (0..self.nodes.len()).filter(|other| *other != node) {
            let held = self.judge.ledgers[audience].feed(node, audience).len() as i64;
            let mut groups = accepting_groups(&connection, &self.id(audience), held);
            // A bit that is flipped twice is as it was.
            groups.retain(|(entry, _)| !self.rotted.contains(&(node, *entry)));
            if let Some(&(entry, size)) = self.dice.pick(&groups) {
                self.rotted.insert((node, entry));
                self.judge.rotten.extend(rot_group(&connection, entry, size));
                self.sights.see(Sight::BitRot);
                self.say(&format!("{node}: entry {entry} rots"));
                return;
            }
        }
    }
}

/// First entries and sizes of the groups of the feed for `audience` that begin with an Accept and
/// of which the audience holds everything.
fn accepting_groups(connection: &Connection, audience: &NodeId, held: i64) -> Vec<(i64, i64)> {
    let sql = "SELECT entry.id, entry.size FROM entry JOIN feed ON feed.id = entry.id >> 40
               JOIN peer ON peer.id = feed.peer
               WHERE feed.own AND peer.node = ?1 AND entry.kind = 17
                 AND entry.place = 0 AND (entry.id & 1099511627775) + entry.size - 1 <= ?2";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map(params![audience.as_bytes(), held], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Flips a bit of the signature over a group; gives the letters that entries of it are about.
fn rot_group(connection: &Connection, entry: i64, size: i64) -> Vec<LetterId> {
    let sql = "SELECT signature FROM entry WHERE id = ?1";
    let mut signature: Vec<u8> = connection.query_row(sql, [entry], |row| row.get(0)).unwrap();
    let middle = signature.len() / 2;
    signature[middle] ^= 4;
    let sql = "UPDATE entry SET signature = ?2 WHERE id = ?1";
    connection.execute(sql, params![entry, signature]).unwrap();
    let sql = "SELECT letter.hash FROM entry JOIN letter ON letter.id = entry.letter
               WHERE entry.id >= ?1 AND entry.id < ?2 AND entry.kind IN (17, 19)";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([entry, entry + size], |row| row.get::<_, [u8; 32]>(0)).unwrap();
    let hashes = rows.map(Result::unwrap);
    hashes.map(|hash| LetterId::of_offer(StatementHash::from_bytes(hash))).collect()
}

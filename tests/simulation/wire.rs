//! Frames on their way between nodes: queues that lose, repeat, reorder, garble and delay, and
//! directions that are cut.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::exchange::frame::Channel;

/// A direction between two nodes, and the stream in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lane {
    pub from: usize,
    pub to: usize,
    /// Groups; else control.
    pub data: bool,
}

impl Lane {
    pub fn channel(self) -> Channel {
        if self.data { Channel::Data } else { Channel::Control }
    }
}

/// One frame.
#[derive(Clone)]
pub struct Flying {
    pub connection: u64,
    pub bytes: Vec<u8>,
    pub ready_ms: u64,
}

#[derive(Default)]
pub struct Wire {
    lanes: BTreeMap<Lane, VecDeque<Flying>>,
    /// Groups of connections that are gone; they come in whatever connection there is then.
    late: Vec<(Lane, Flying)>,
    /// From, to.
    cut: BTreeSet<(usize, usize)>,
}

impl Wire {
    pub fn send(&mut self, lane: Lane, frame: Flying) {
        self.lanes.entry(lane).or_default().push_back(frame);
    }

    /// Puts a frame back in front.
    pub fn again(&mut self, lane: Lane, frame: Flying) {
        self.lanes.entry(lane).or_default().push_front(frame);
    }

    /// Keeps a group back for a later connection.
    pub fn keep(&mut self, lane: Lane, frame: Flying) {
        if lane.data {
            self.late.push((lane, frame));
        }
    }

    /// A new connection: the streams of the old one are gone, and what was long on its way in
    /// them stays on its way.
    pub fn reconnect(&mut self, one: usize, other: usize, now_ms: u64) {
        for (from, to) in [(one, other), (other, one)] {
            for data in [false, true] {
                let lane = Lane { from, to, data };
                for frame in self.lanes.remove(&lane).unwrap_or_default() {
                    if frame.ready_ms > now_ms {
                        self.keep(lane, frame);
                    }
                }
            }
        }
    }

    /// The first group kept back that can arrive now.
    pub fn take_late(&mut self, now_ms: u64) -> Option<(Lane, Flying)> {
        let place = self.late.iter().position(|(lane, frame)| {
            frame.ready_ms <= now_ms && !self.cut.contains(&(lane.from, lane.to))
        })?;
        Some(self.late.remove(place))
    }

    /// Lanes of which a frame can arrive now.
    pub fn ready(&self, now_ms: u64) -> Vec<Lane> {
        let ready = self.lanes.iter().filter(|(lane, frames)| {
            !self.is_cut(lane.from, lane.to)
                && frames.front().is_some_and(|frame| frame.ready_ms <= now_ms)
        });
        ready.map(|(lane, _)| *lane).collect()
    }

    pub fn waiting(&self, lane: Lane) -> usize {
        self.lanes.get(&lane).map_or(0, VecDeque::len)
    }

    pub fn take(&mut self, lane: Lane, place: usize) -> Option<Flying> {
        self.lanes.get_mut(&lane)?.remove(place)
    }

    pub fn is_cut(&self, from: usize, to: usize) -> bool {
        self.cut.contains(&(from, to))
    }

    pub fn cut(&mut self, from: usize, to: usize) {
        self.cut.insert((from, to));
    }

    pub fn mend(&mut self, from: usize, to: usize) {
        self.cut.remove(&(from, to));
    }

    /// Everything on its way is lost, and nothing is cut any more.
    pub fn clear(&mut self) {
        *self = Wire::default();
    }
}

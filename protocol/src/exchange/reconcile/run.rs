//! One comparison as a conversation of at most three rounds.
//!
//! 1. The asker says what its set comes to; the other says the same of its own, and adds its first
//!    symbols if the two are not equal. They suffice for about thirty differences, and tell how
//!    many there are otherwise.
//! 2. The asker has read the difference and tells it; or it sends symbols, as many as that estimate
//!    asks for, and the other reads it and tells it.
//! 3. If those were too few, the other says how many it needs, once more.
//!
//! The caller drives a [`Run`] as it does a session: bytes in by [`Run::handle_frame`], bytes out
//! by [`Run::poll_frame`], and [`Run::poll_event`]. Whatever the peer sends, a run ends: with what
//! differs, or with a code. It changes nothing but itself.

use std::collections::VecDeque;

use crate::limits::{
    PROBE_SYMBOLS, RECONCILE_FRAMES_MAX, RECONCILE_PAUSE_MS, RECONCILE_WAIT_MS, SKETCH_SYMBOLS_MAX,
    SYMBOLS_IN_FRAME_MAX,
};
use crate::refusal::{Code, Refusal};
use crate::time::Timestamp;

use super::decode::{Difference, Unread, difference};
use super::frame::{
    Locators, Message, Said, Stand, Summary, Symbols, broken, symbols_from_bytes, symbols_to_bytes,
};
use super::position::Locator;
use super::sketch::{Sketch, Symbol};

/// A side's set as it stood at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its sketch.
    pub sketch: Sketch,
    /// How far it goes.
    pub stand: Stand,
}

impl Snapshot {
    fn summary(&self) -> Summary {
        let sketch = &self.sketch;
        Summary {
            stand: self.stand,
            positions: sketch.positions(),
            fingerprint: sketch.fingerprint(),
        }
    }
}

/// What the caller should do or know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The kept symbols are too few: derive the positions anew, in the background, into a sketch of
    /// [`SKETCH_SYMBOLS_MAX`] symbols, and answer with [`Run::handle_scanned`].
    Scan,
    /// The comparison is done. Nothing more is sent or expected.
    Done(Outcome),
}

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// My set.
    pub mine: Summary,
    /// The other's set.
    pub theirs: Summary,
    /// Where they differ. These are candidates: what was on its way between the two stands differs
    /// as well, and only who derives positions can tell.
    pub locators: Vec<Locator>,
    /// How many rounds it took.
    pub rounds: u8,
    /// Bytes of all messages, both ways.
    pub bytes: u64,
}

#[derive(Debug)]
enum Phase {
    /// Asker: for the other's set.
    Answer,
    /// Asker: until the positions are scanned, to send symbols.
    ScanToSend {
        sent: usize,
        symbols: usize,
    },
    /// Asker: for the difference, or the wish for more symbols.
    Reading,
    /// Asked: for symbols.
    Symbols,
    /// Asked: until the positions are scanned, to read what came.
    ScanToRead,
    /// Either: for the rest of the locators.
    Locators,
    Over,
}

/// One comparison, seen from one side.
#[derive(Debug)]
pub struct Run {
    asker: bool,
    phase: Phase,
    mine: Snapshot,
    theirs: Option<Summary>,
    /// The other's symbols so far.
    symbols: Vec<Symbol>,
    /// How many symbols the asked side may be sent in all.
    expected: usize,
    asked_for_more: bool,
    locators: Vec<Locator>,
    rounds: u8,
    frames_in: usize,
    bytes: u64,
    until: Timestamp,
    frames: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
}

impl Run {
    /// Asks the other side for a comparison with `mine`.
    pub fn ask(mine: Snapshot, now: Timestamp) -> Run {
        let mut run = Run::new(true, Phase::Answer, mine, now);
        run.rounds = 1;
        run.say(Message::Open(run.mine.summary()));
        run
    }

    /// Answers a comparison that the other side asks for; its first message goes to
    /// [`Run::handle_frame`].
    pub fn answer(mine: Snapshot, now: Timestamp) -> Run {
        Run::new(false, Phase::Answer, mine, now)
    }

    fn new(asker: bool, phase: Phase, mine: Snapshot, now: Timestamp) -> Run {
        Run {
            asker,
            phase,
            mine,
            theirs: None,
            symbols: Vec::new(),
            expected: SKETCH_SYMBOLS_MAX,
            asked_for_more: false,
            locators: Vec::new(),
            rounds: 0,
            frames_in: 0,
            bytes: 0,
            until: now.after_millis(RECONCILE_WAIT_MS),
            frames: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// A message of this comparison came. An error ends it: the other side is told, and the code
    /// says what was wrong.
    pub fn handle_frame(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.frames_in += 1;
        self.bytes += bytes.len() as u64;
        let said = Said::read(bytes)?;
        let taken = if self.frames_in > RECONCILE_FRAMES_MAX {
            Err(Code::ReconcileRounds.into())
        } else if said.by_asker == self.asker {
            Err(broken("side"))
        } else {
            self.take(said.message)
        };
        taken.inspect_err(|refusal| self.stop(refusal.code))
    }

    /// Ends the comparison from this side, for a reason of its own.
    pub fn stop(&mut self, code: Code) {
        if !matches!(self.phase, Phase::Over) {
            self.say(Message::Stop(code.number()));
            self.phase = Phase::Over;
        }
    }

    /// The positions that [`Event::Scan`] asked for.
    pub fn handle_scanned(&mut self, mine: Snapshot) -> Result<(), Refusal> {
        let same = mine.summary().claim() == self.mine.summary().claim();
        self.mine = mine;
        let done = match self.phase {
            Phase::ScanToSend { sent, symbols } => {
                // The symbols of a set that has not moved are those that went before.
                self.send(if same { sent } else { 0 }, symbols);
                Ok(())
            }
            Phase::ScanToRead => self.read(),
            _ => Ok(()),
        };
        done.inspect_err(|refusal| self.stop(refusal.code))
    }

    /// The time that [`Run::poll_timeout`] named has come.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if self.ran_out(now) && !matches!(self.phase, Phase::Over) {
            self.stop(Code::ReconcileTimeout);
            return Err(Code::ReconcileTimeout.into());
        }
        Ok(())
    }

    /// Whether there is no time left for it. A deadline too far ahead means that the clock was set
    /// back.
    pub fn ran_out(&self, now: Timestamp) -> bool {
        now >= self.until || self.until.millis_since(now) > RECONCILE_WAIT_MS
    }

    /// When the comparison ends if it has not by then.
    pub fn poll_timeout(&self) -> Timestamp {
        self.until
    }

    /// The next message to send.
    pub fn poll_frame(&mut self) -> Option<Vec<u8>> {
        self.frames.pop_front()
    }

    /// The next thing for the caller to do or know.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn take(&mut self, message: Message) -> Result<(), Refusal> {
        match (&self.phase, message) {
            (Phase::Over, _) => Ok(()),
            (_, Message::Stop(code)) => {
                self.phase = Phase::Over;
                let code = Code::from_number(code);
                if code == Some(Code::ReconcileTooOften) {
                    return Err(Refusal::about(
                        Code::ReconcileTooOften,
                        RECONCILE_PAUSE_MS / 60_000,
                    ));
                }
                Err(Refusal::about(Code::ReconcileStopped, code.map_or("?", Code::text)))
            }
            (Phase::Answer, Message::Open(theirs)) if !self.asker => self.opened(theirs),
            (Phase::Answer, Message::Answer(theirs, probe)) if self.asker => {
                self.answered(theirs, &probe)
            }
            (Phase::Reading, Message::More(symbols)) => self.more(symbols as usize),
            (Phase::Symbols, Message::Symbols(theirs, part)) => self.collect(theirs, &part),
            (Phase::Reading | Phase::Symbols | Phase::Locators, Message::Differs(theirs, part)) => {
                self.differs(theirs, &part)
            }
            _ => Err(broken("order")),
        }
    }

    fn opened(&mut self, theirs: Summary) -> Result<(), Refusal> {
        self.rounds = 1;
        self.theirs = Some(theirs);
        let mine = self.mine.summary();
        if theirs.claim() == mine.claim() {
            self.say(Message::Answer(mine, Vec::new()));
            self.done();
            return Ok(());
        }
        let kept = self.mine.sketch.symbols();
        let probe = symbols_to_bytes(&kept[..PROBE_SYMBOLS.min(kept.len())]);
        self.say(Message::Answer(mine, probe));
        self.phase = Phase::Symbols;
        Ok(())
    }

    fn answered(&mut self, theirs: Summary, probe: &[u8]) -> Result<(), Refusal> {
        self.theirs = Some(theirs);
        if theirs.claim() == self.mine.summary().claim() {
            self.done();
            return Ok(());
        }
        let probe = symbols_from_bytes(probe, PROBE_SYMBOLS)?;
        self.rounds = 2;
        match difference(&self.mine.sketch, &probe, theirs.claim()) {
            Ok(found) => {
                self.tell(&found);
                Ok(())
            }
            Err(Unread::More(about)) => self.offer(0, first_try(about).max(SECOND_LEAST)),
            Err(Unread::False) => Err(Code::ReconcileFalse.into()),
        }
    }

    /// Asker: sends symbols up to so many, of a scan if too few are kept.
    fn offer(&mut self, sent: usize, symbols: u64) -> Result<(), Refusal> {
        let symbols = within_bound(symbols)?;
        if symbols > self.mine.sketch.symbols().len() {
            self.phase = Phase::ScanToSend { sent, symbols };
            self.events.push_back(Event::Scan);
        } else {
            self.send(sent, symbols);
        }
        Ok(())
    }

    fn send(&mut self, from: usize, to: usize) {
        self.expected = to;
        let symbols = &self.mine.sketch.symbols()[..to.min(self.mine.sketch.symbols().len())];
        let summary = self.mine.summary();
        for part in Symbols::split(symbols, from.min(symbols.len())) {
            self.say(Message::Symbols(summary, part));
        }
        self.phase = Phase::Reading;
    }

    fn more(&mut self, symbols: usize) -> Result<(), Refusal> {
        if self.asked_for_more {
            return Err(Code::ReconcileRounds.into());
        }
        if symbols <= self.expected {
            return Err(broken("more"));
        }
        self.asked_for_more = true;
        self.rounds = 3;
        self.offer(self.expected, symbols as u64)
    }

    fn collect(&mut self, theirs: Summary, part: &Symbols) -> Result<(), Refusal> {
        self.theirs = Some(theirs);
        let from = part.from as usize;
        // The asker starts anew where a scan of its positions took the place of what it kept.
        if from == 0 {
            self.symbols.clear();
        }
        if from != self.symbols.len() {
            return Err(broken("symbols"));
        }
        let symbols = symbols_from_bytes(&part.bytes, SYMBOLS_IN_FRAME_MAX)?;
        if from + symbols.len() > self.expected {
            return Err(broken("symbols"));
        }
        self.symbols.extend(symbols);
        if !part.last {
            return Ok(());
        }
        self.rounds = if self.asked_for_more { 3 } else { 2 };
        if self.symbols.len() > self.mine.sketch.symbols().len() {
            self.phase = Phase::ScanToRead;
            self.events.push_back(Event::Scan);
            return Ok(());
        }
        self.read()
    }

    /// Asked: reads the difference out of what came, or asks for more, once.
    fn read(&mut self) -> Result<(), Refusal> {
        let theirs = self.theirs.ok_or_else(|| broken("order"))?;
        match difference(&self.mine.sketch, &self.symbols, theirs.claim()) {
            Ok(found) => {
                self.tell(&found);
                Ok(())
            }
            Err(Unread::False) => Err(Code::ReconcileFalse.into()),
            Err(Unread::More(_)) if self.asked_for_more => Err(Code::ReconcileUndecoded.into()),
            Err(Unread::More(about)) => {
                let symbols = within_bound(third(about).max(self.symbols.len() as u64 * 5 / 4))?;
                self.asked_for_more = true;
                self.expected = symbols;
                self.phase = Phase::Symbols;
                self.say(Message::More(symbols as u32));
                Ok(())
            }
        }
    }

    /// Tells the other side where we differ: one locator for each position, whether it is one
    /// side's alone or another at each.
    fn tell(&mut self, found: &Difference) {
        let items = found.mine.iter().chain(&found.theirs);
        self.locators = items.map(|item| item.locator()).collect();
        self.locators.sort_unstable();
        self.locators.dedup();
        let summary = self.mine.summary();
        for part in Locators::split(&self.locators) {
            self.say(Message::Differs(summary, part));
        }
        self.done();
    }

    fn differs(&mut self, theirs: Summary, part: &Locators) -> Result<(), Refusal> {
        self.theirs = Some(theirs);
        part.follow(&mut self.locators)?;
        // Who read it had a symbol for each difference, and a locator stands for at least one.
        let readable = if self.asker { self.expected } else { PROBE_SYMBOLS };
        if self.locators.len() > readable {
            return Err(Refusal::about(Code::ReconcileInvented, self.locators.len()));
        }
        self.phase = Phase::Locators;
        self.rounds = self.rounds.max(2);
        if part.last {
            self.done();
        }
        Ok(())
    }

    fn done(&mut self) {
        self.phase = Phase::Over;
        let mine = self.mine.summary();
        self.events.push_back(Event::Done(Outcome {
            mine,
            theirs: self.theirs.unwrap_or(mine),
            locators: std::mem::take(&mut self.locators),
            rounds: self.rounds,
            bytes: self.bytes,
        }));
    }

    fn say(&mut self, message: Message) {
        let bytes = Said { by_asker: self.asker, message }.to_bytes();
        self.bytes += bytes.len() as u64;
        self.frames.push_back(bytes);
    }
}

/// Symbols to send where the probe says that there are `about` so many differences. Its guess is
/// off by a fifth. For few it is doubled nearly, because another round costs more than the bytes;
/// for many it is kept below what will be needed, because bytes cost more than another round.
fn first_try(about: u64) -> u64 {
    const FEW: u64 = 600;
    const KEPT: u64 = 720;
    match about {
        0..FEW => about * 17 / 10 + 8,
        FEW..KEPT => crate::limits::SKETCH_SYMBOLS_KEPT as u64,
        _ => about,
    }
}

/// Fewest symbols of the second round. The probe showed less than it should: some items share all
/// their symbols so far, and only symbols behind the probe can part them.
const SECOND_LEAST: u64 = 2 * PROBE_SYMBOLS as u64;

/// Symbols to ask for where the second round showed that there are `about` so many differences.
/// Where they are few, it had several symbols for each: they share those, and all that are kept
/// cost no scan.
fn third(about: u64) -> u64 {
    const FEW: u64 = 16;
    let least = if about <= FEW { crate::limits::SKETCH_SYMBOLS_KEPT as u64 } else { SECOND_LEAST };
    enough(about).max(least)
}

/// Symbols that nearly always suffice for `about` so many differences, by a guess from many: 1.36
/// for each where they are many, more where they are few.
fn enough(about: u64) -> u64 {
    about * 138 / 100 + 6 * about.isqrt() + 24
}

fn within_bound(symbols: u64) -> Result<usize, Refusal> {
    let bounded = usize::try_from(symbols).ok().filter(|n| *n <= SKETCH_SYMBOLS_MAX);
    bounded.ok_or_else(|| Refusal::about(Code::ReconcileTooMany, symbols))
}

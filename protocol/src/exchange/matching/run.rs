//! One matching as a conversation.
//!
//! 1. The asker says how many people it has listed; the other says the same, and shows its numbers
//!    under its exponent.
//! 2. The asker shows its own in the same way, and the other's under both exponents. From that the
//!    other reads whom both have listed.
//! 3. It answers with the asker's numbers under both exponents, and the asker reads the same. Each
//!    says what it is to those people, and to nobody else.
//!
//! Who asks shows first: the asked side has its result before the asker has. The caller drives a
//! [`Run`] with bytes in by [`Run::handle_frame`] and out by [`Run::poll_frame`]. Whatever the peer
//! sends, a run ends: with a result, or with a code. It changes nothing but itself.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;

use sha2::{Digest, Sha256};

use crate::id::NodeId;
use crate::limits::{
    MATCH_FRAMES_MAX, MATCH_PAUSE_MS, MATCH_ROWS_MAX, MATCH_WAIT_MS, POINTS_IN_FRAME_MAX,
};
use crate::member::IdNumber;
use crate::refusal::{Code, Refusal};
use crate::seal::Domain;
use crate::time::Timestamp;

use super::frame::{Found, Holds, Message, Points, Said, Source, broken};
pub use super::group::EXPONENT_BYTES;
use super::group::{Exponent, Point};

/// Somebody on a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Who.
    pub id_number: IdNumber,
    /// What this side is to them.
    pub holds: Holds,
}

/// Between whom a matching is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parties {
    /// The federation.
    pub domain: Domain,
    /// The node that asks.
    pub asker: NodeId,
    /// The node that is asked.
    pub asked: NodeId,
}

/// What a side brings that nobody can guess, anew for every run.
pub struct Chance {
    /// Its half of what makes the run unlike any other.
    pub nonce: [u8; 16],
    /// What its exponent is made of.
    pub exponent: [u8; EXPONENT_BYTES],
}

/// What a matching came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The name of the result, the same at both ends: SHA-256 over the run and whom both have
    /// listed.
    pub name: [u8; 32],
    /// How many people the other has listed.
    pub theirs: u32,
    /// Whom both have listed.
    pub matched: Vec<Matched>,
    /// Bytes of all messages, both ways.
    pub bytes: u64,
}

/// Somebody whom both have listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The place on my list.
    pub place: usize,
    /// What the other is to them.
    pub theirs: Holds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Asker: for the size of the other's list.
    Answer,
    /// Either: for the other's points.
    Points,
    /// Either: for one's own points under both exponents.
    Raised,
    /// Either: for what the other found.
    Found,
    Over,
}

/// One matching, seen from one side.
pub struct Run {
    asker: bool,
    run: [u8; 16],
    parties: Parties,
    exponent: Exponent,
    phase: Phase,
    list: Vec<Listed>,
    /// Places on the list, in the order of the points that stand for them.
    order: Vec<usize>,
    points: Vec<Point>,
    context: Vec<u8>,
    /// How many people the other has listed.
    theirs: usize,
    their_points: Vec<Point>,
    /// The other's points under both exponents.
    their_raised: Vec<Point>,
    /// My points under both exponents.
    my_raised: Vec<Point>,
    /// Whom both have listed: the point under both exponents, and the place on my list.
    both: Vec<(Point, usize)>,
    /// Whether the other's points were shown under both exponents.
    shown: bool,
    frames_in: usize,
    bytes: u64,
    until: Timestamp,
    frames: VecDeque<Vec<u8>>,
    outcome: Option<Outcome>,
}

impl Run {
    /// Asks the other side to match `list`, with everybody on it once.
    ///
    /// # Errors
    /// `match.nobody` for an empty list, `match.too_large`.
    pub fn ask(
        parties: Parties,
        list: Vec<Listed>,
        source: Source,
        chance: &Chance,
        now: Timestamp,
    ) -> Result<Run, Refusal> {
        if list.is_empty() {
            return Err(Code::MatchNobody.into());
        }
        let rows = bounded(list.len())?;
        let mut run = Run::new(true, chance.nonce, parties, list, chance, now);
        run.say(Message::Open { source, rows });
        Ok(run)
    }

    /// Answers the matching that the other side opened with [`Message::Open`], with everybody on
    /// `list` once.
    ///
    /// # Errors
    /// `match.too_large` for either list; `match.frame` for an empty one of the asker.
    pub fn answer(
        parties: Parties,
        opened: (&Said, usize),
        list: Vec<Listed>,
        chance: &Chance,
        now: Timestamp,
    ) -> Result<Run, Refusal> {
        let (said, length) = opened;
        let Said { by_asker: true, run, message: Message::Open { rows: theirs, .. } } = said else {
            return Err(broken("open"));
        };
        let theirs = *theirs as usize;
        if theirs == 0 {
            return Err(broken("rows"));
        }
        bounded(theirs)?;
        let rows = bounded(list.len())?;
        let mut run = Run::new(false, *run, parties, list, chance, now);
        (run.frames_in, run.bytes) = (1, length as u64);
        run.say(Message::Answer { nonce: chance.nonce, rows });
        run.begin(chance.nonce, theirs)?;
        if run.phase == Phase::Points {
            run.show();
        }
        Ok(run)
    }

    fn new(
        asker: bool,
        run: [u8; 16],
        parties: Parties,
        list: Vec<Listed>,
        chance: &Chance,
        now: Timestamp,
    ) -> Run {
        Run {
            asker,
            run,
            parties,
            exponent: Exponent::new(&chance.exponent),
            phase: Phase::Answer,
            list,
            order: Vec::new(),
            points: Vec::new(),
            context: Vec::new(),
            theirs: 0,
            their_points: Vec::new(),
            their_raised: Vec::new(),
            my_raised: Vec::new(),
            both: Vec::new(),
            shown: false,
            frames_in: 0,
            bytes: 0,
            until: now.after_millis(MATCH_WAIT_MS),
            frames: VecDeque::new(),
            outcome: None,
        }
    }

    /// A message of this matching came. An error ends it: the other side is told, and the code says
    /// what was wrong.
    pub fn handle_frame(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.frames_in += 1;
        self.bytes += bytes.len() as u64;
        let said = Said::read(bytes)?;
        let taken = if said.run != self.run {
            // The rest of a run that ended.
            Ok(())
        } else if self.frames_in > MATCH_FRAMES_MAX {
            Err(broken("frames"))
        } else if said.by_asker == self.asker {
            Err(broken("side"))
        } else {
            self.take(said.message)
        };
        taken.inspect_err(|refusal| self.stop(refusal.code))
    }

    /// Ends the matching from this side, for a reason of its own.
    pub fn stop(&mut self, code: Code) {
        if self.phase != Phase::Over {
            self.say(Message::Stop(code.number()));
            self.phase = Phase::Over;
        }
    }

    /// The asker's nonce, by which the two sides know the run.
    pub fn id(&self) -> [u8; 16] {
        self.run
    }

    /// My list.
    pub fn list(&self) -> &[Listed] {
        &self.list
    }

    /// How many people the other has listed, as far as it said so.
    pub fn theirs(&self) -> u32 {
        self.theirs as u32
    }

    /// Whether the other has been shown enough to read the result, also if this side never does.
    pub fn has_shown(&self) -> bool {
        self.shown
    }

    /// Whether there is no time left for it. A deadline too far ahead means that the clock was set
    /// back.
    pub fn ran_out(&self, now: Timestamp) -> bool {
        now >= self.until || self.until.millis_since(now) > MATCH_WAIT_MS
    }

    /// The next message to send.
    pub fn poll_frame(&mut self) -> Option<Vec<u8>> {
        self.frames.pop_front()
    }

    /// What it came to, once it is done; then nothing more is sent or expected.
    pub fn poll_outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    fn take(&mut self, message: Message) -> Result<(), Refusal> {
        match (self.phase, message) {
            (Phase::Over, _) => Ok(()),
            (_, Message::Stop(code)) => {
                self.phase = Phase::Over;
                Err(stopped(code))
            }
            (Phase::Answer, Message::Answer { nonce, rows }) => {
                bounded(rows as usize)?;
                self.begin(nonce, rows as usize)
            }
            (Phase::Points, Message::Points(part)) => self.points(&part),
            (Phase::Raised, Message::Raised(part)) => self.raised(&part),
            (Phase::Found, Message::Found(found)) => self.found(&found),
            _ => Err(broken("order")),
        }
    }

    /// Both lists are known in size: hides my own, unless there is nothing to compare.
    fn begin(&mut self, nonce: [u8; 16], theirs: usize) -> Result<(), Refusal> {
        self.theirs = theirs;
        let Parties { domain, asker, asked } = &self.parties;
        let tag = domain.tag().as_bytes();
        let parts: [&[u8]; 6] =
            [tag, b" match\0", asker.as_bytes(), asked.as_bytes(), &self.run, &nonce];
        self.context = parts.concat();
        if self.list.is_empty() || theirs == 0 {
            self.done(&[]);
            return Ok(());
        }
        let numbers = self.list.iter().map(|one| &one.id_number);
        let hidden = self.exponent.hide(&self.context, numbers);
        let mut order: Vec<(Point, usize)> = hidden.into_iter().zip(0..).collect();
        order.sort_unstable();
        if order.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Refusal::about(Code::Internal, "a number is listed twice"));
        }
        (self.points, self.order) = order.into_iter().unzip();
        self.phase = Phase::Points;
        Ok(())
    }

    /// Shows my points.
    fn show(&mut self) {
        let parts: Vec<Points> = Points::split(&self.points).collect();
        parts.into_iter().for_each(|part| self.say(Message::Points(part)));
    }

    fn points(&mut self, part: &Points) -> Result<(), Refusal> {
        let points = part.read(self.theirs - self.their_points.len())?;
        // In the order of their bytes, so that places say nothing and each comes once.
        let last = self.their_points.last().copied();
        let all = last.iter().chain(&points);
        let mine = |point: &Point| self.points.binary_search(point).is_ok();
        if !all.is_sorted_by(|one, next| one < next) || points.iter().any(mine) {
            return Err(Refusal::about(Code::MatchFalse, "points"));
        }
        let raised = self.exponent.raise(&points);
        let raised = raised.ok_or_else(|| Refusal::about(Code::MatchFalse, "points"))?;
        self.their_points.extend(points);
        self.their_raised.extend(raised);
        if part.last {
            self.phase = Phase::Raised;
            if self.asker {
                self.show();
                self.show_raised();
            }
        }
        Ok(())
    }

    /// Shows the other's points under both exponents.
    fn show_raised(&mut self) {
        self.shown = true;
        let parts: Vec<Points> = Points::split(&self.their_raised).collect();
        parts.into_iter().for_each(|part| self.say(Message::Raised(part)));
    }

    fn raised(&mut self, part: &Points) -> Result<(), Refusal> {
        let points = part.read(self.points.len() - self.my_raised.len())?;
        self.my_raised.extend(points);
        if !part.last {
            return Ok(());
        }
        let mine: BTreeSet<Point> = self.my_raised.iter().copied().collect();
        if mine.len() != self.my_raised.len() {
            return Err(Refusal::about(Code::MatchFalse, "raised"));
        }
        let theirs: BTreeSet<Point> = self.their_raised.iter().copied().collect();
        let raised = self.my_raised.iter().copied().zip(self.order.iter().copied());
        self.both = raised.filter(|(point, _)| theirs.contains(point)).collect();
        self.both.sort_unstable();
        self.phase = Phase::Found;
        if !self.asker {
            self.show_raised();
            self.tell();
        }
        Ok(())
    }

    /// Tells what this side is to whom both have listed.
    fn tell(&mut self) {
        let holds = self.both.iter().map(|(_, place)| self.list[*place].holds).collect();
        let name = self.name();
        self.say(Message::Found(Found { name, holds }));
    }

    fn found(&mut self, found: &Found) -> Result<(), Refusal> {
        // Two honest sides read the same from the same points.
        if found.name != self.name() || found.holds.len() != self.both.len() {
            return Err(Refusal::about(Code::MatchFalse, "found"));
        }
        if self.asker {
            self.tell();
        }
        self.done(&found.holds);
        Ok(())
    }

    fn name(&self) -> [u8; 32] {
        let tag = self.parties.domain.tag().as_bytes();
        let begun = Sha256::new_with_prefix([tag, b" match result\0", &self.context].concat());
        let named = self.both.iter().fold(begun, |hash, (point, _)| hash.chain_update(point.0));
        named.finalize().into()
    }

    fn done(&mut self, holds: &[Holds]) {
        self.phase = Phase::Over;
        let both = self.both.iter().zip(holds);
        let mut matched: Vec<Matched> =
            both.map(|((_, place), theirs)| Matched { place: *place, theirs: *theirs }).collect();
        matched.sort_unstable_by_key(|one| one.place);
        self.outcome =
            Some(Outcome { name: self.name(), theirs: self.theirs(), matched, bytes: self.bytes });
    }

    fn say(&mut self, message: Message) {
        let bytes = Said { by_asker: self.asker, run: self.run, message }.to_bytes();
        self.bytes += bytes.len() as u64;
        self.frames.push_back(bytes);
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("phase", &self.phase).finish_non_exhaustive()
    }
}

fn bounded(rows: usize) -> Result<u32, Refusal> {
    match u32::try_from(rows) {
        Ok(count) if rows <= MATCH_ROWS_MAX => Ok(count),
        _ => Err(Refusal::about(Code::MatchTooLarge, rows)),
    }
}

/// Why the other ended it: in its own words where they are for people here.
fn stopped(number: u16) -> Refusal {
    match Code::from_number(number) {
        Some(Code::MatchTooOften) => {
            Refusal::about(Code::MatchTooOften, MATCH_PAUSE_MS / 3_600_000)
        }
        Some(Code::MatchOff) => Code::MatchOff.into(),
        code => Refusal::about(Code::MatchStopped, code.map_or("?", Code::text)),
    }
}

// All that one side says: its own points, the other's, and four messages.
const _: () = assert!(2 * MATCH_ROWS_MAX.div_ceil(POINTS_IN_FRAME_MAX) + 4 <= MATCH_FRAMES_MAX);
const _: () = assert!(Point::BYTES * POINTS_IN_FRAME_MAX + 64 < crate::limits::FRAME_BYTES_MAX);
const _: () = assert!(MATCH_ROWS_MAX + 64 < crate::limits::FRAME_BYTES_MAX);

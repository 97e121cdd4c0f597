//! The states of the search, and what one node knows in them: its sets, and what they say of the
//! membership by the shipped `Letter::holder` and `Letter::custodian`. A node has no other memory,
//! so a crash is a delay.

use protocol::id::{Generation, StatementHash};
use protocol::statement::kind::Kind;
use protocol::transfer::state::{Custodian, Holder, Letter, State as Word, Successor};

use crate::catalogue::{Catalogue, Fact};

/// Everything that matters for what may happen next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What each node ever signed for each other, in order: the network, which loses nothing for
    /// ever and delivers whatever it likes whenever it likes.
    pub feeds: Vec<Vec<Fact>>,
    /// What each node has on disk, by letter.
    pub nodes: Vec<Vec<Held>>,
    /// Whose clocks are past the last day; a bit for each node.
    pub past: u8,
    /// Who has applied whose feed up to a head dated past the last day; a bit for each feed.
    pub heard: u16,
    /// Who is gone for good; a bit for each node.
    pub gone: u8,
}

/// A letter's set at one node: of each of [`SLOTS`] the statement's variant + 1, or 0; and of the
/// Successions of the destination and of the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    pub letter: u8,
    pub slots: [u8; 6],
    pub successions: [u8; 2],
    /// For the mutant whose word is that of the last arrival: its slot + 1; else 0.
    pub last: u8,
}

/// The kinds of a set, in the order of [`Held::slots`].
pub const SLOTS: [Kind; 6] =
    [Kind::Accept, Kind::Release, Kind::Receipt, Kind::Ack, Kind::Refusal, Kind::Void];

/// Where a slot keeps `kind`.
pub fn slot_of(kind: Kind) -> usize {
    SLOTS.iter().position(|slot| *slot == kind).unwrap()
}

impl Held {
    /// An empty set.
    pub fn new(letter: u8) -> Held {
        Held { letter, slots: [0; 6], successions: [0; 2], last: 0 }
    }

    /// The statement of that kind.
    pub fn fact(&self, kind: Kind) -> Option<Fact> {
        let variant = self.slots[slot_of(kind)].checked_sub(1)?;
        Some(Fact { letter: self.letter, kind, variant })
    }

    /// The Successions in it, that of the destination first.
    pub fn successions(&self) -> impl Iterator<Item = Fact> {
        let (letter, kind) = (self.letter, Kind::Succession);
        let variants = self.successions.into_iter().filter_map(|slot| slot.checked_sub(1));
        variants.map(move |variant| Fact { letter, kind, variant })
    }

    /// The letter as the shipped code has it.
    pub fn open(&self, catalogue: &Catalogue) -> Letter {
        let mut letter = catalogue.opened(self.letter).letter.clone();
        let hash = |kind| Some(catalogue.record(self.fact(kind)?).stated.statement.hash());
        let set = &mut letter.set;
        set.accept = hash(Kind::Accept);
        set.release = hash(Kind::Release);
        set.receipt = hash(Kind::Receipt);
        set.ack = hash(Kind::Ack);
        set.refusal = hash(Kind::Refusal);
        set.void = hash(Kind::Void);
        let succession = |side: usize| {
            let variant = self.successions[side].checked_sub(1)?;
            let record =
                catalogue.record(Fact { letter: self.letter, kind: Kind::Succession, variant });
            let statement = record.stated.statement.hash();
            Some(Successor { statement, node: catalogue.nodes[record.audience].id })
        };
        set.new_destination = succession(0);
        set.new_origin = succession(1);
        letter
    }

    /// Takes the set back from the shipped code.
    pub fn keep(&mut self, letter: &Letter, catalogue: &Catalogue) {
        let set = &letter.set;
        let all = [set.accept, set.release, set.receipt, set.ack, set.refusal, set.void];
        let variant = |hash: StatementHash| catalogue.fact(hash).unwrap().variant + 1;
        self.slots = all.map(|hash| hash.map_or(0, variant));
        let both = [set.new_destination, set.new_origin];
        self.successions = both.map(|one| one.map_or(0, |one| variant(one.statement)));
    }

    /// The word that this node says.
    pub fn word(&self, catalogue: &Catalogue) -> Word {
        match self.last {
            0 => self.open(catalogue).state(),
            last => [
                Word::Accepted,
                Word::Released,
                Word::Received,
                Word::Closed,
                Word::Refused,
                Word::Voided,
            ][usize::from(last) - 1],
        }
    }
}

/// How a node stands to a membership that it came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Full,
    InTransit,
    Gone,
}

/// One way in which a node came by the membership.
#[derive(Clone, Copy, Debug)]
pub struct Base {
    /// The letter that brought it; none where it was minted.
    pub inbound: Option<Held>,
    pub generation: Generation,
    pub standing: Standing,
    /// Whether the node answers for the member.
    pub answers: bool,
    /// The letter by which the node is giving it away, if one is open.
    pub open: Option<u8>,
    /// Letters by which it is being given away.
    pub open_count: usize,
}

/// One node's sets, read.
pub struct Book<'a> {
    pub catalogue: &'a Catalogue,
    pub node: usize,
    pub held: &'a [Held],
}

impl Book<'_> {
    /// Every way in which the node ever came by the membership, with what became of it.
    pub fn bases(&self) -> Vec<Base> {
        let minted = (self.node == 0).then(|| self.base(None, Generation(0)));
        let brought = self.held.iter().filter_map(|held| {
            let opened = self.catalogue.opened(held.letter);
            let letter = held.open(self.catalogue);
            let came = letter.destination_now() == self.catalogue.nodes[self.node].id
                && letter.holder() == Holder::Destination;
            came.then(|| self.base(Some(*held), opened.letter.generation.next()))
        });
        minted.into_iter().chain(brought).collect()
    }

    fn base(&self, inbound: Option<Held>, generation: Generation) -> Base {
        let mut base = Base {
            inbound,
            generation,
            standing: Standing::Full,
            answers: true,
            open: None,
            open_count: 0,
        };
        for held in self.held {
            let opened = self.catalogue.opened(held.letter);
            if opened.origin != self.node || opened.inbound != inbound.map(|held| held.letter) {
                continue;
            }
            let letter = held.open(self.catalogue);
            base.answers &= letter.custodian() == Custodian::Origin;
            base.standing = match (letter.holder(), base.standing) {
                (Holder::Destination, _) | (_, Standing::Gone) => Standing::Gone,
                (Holder::InTransit, _) | (_, Standing::InTransit) => Standing::InTransit,
                (Holder::Origin, Standing::Full) => Standing::Full,
            };
            if !letter.state().is_final() {
                base.open = Some(held.letter);
                base.open_count += 1;
            }
        }
        base
    }

    /// The way by which it holds the membership now, or else came by it last.
    pub fn current(&self) -> Option<Base> {
        let bases = self.bases();
        let full = bases.iter().find(|base| base.standing == Standing::Full);
        full.or(bases.last()).copied()
    }

    /// The highest generation at which it ever was the full holder.
    pub fn held_generation(&self) -> Option<Generation> {
        self.bases().iter().map(|base| base.generation).max()
    }

    /// Whether the member stands on its roster: held, in transit, or provisional.
    pub fn is_living(&self) -> bool {
        let provisional = self.held.iter().any(|held| {
            let letter = held.open(self.catalogue);
            self.catalogue.opened(held.letter).destination == self.node && letter.is_provisional()
        });
        provisional || self.bases().iter().any(|base| base.standing != Standing::Gone)
    }
}

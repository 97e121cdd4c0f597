//! The set of a letter's statements, the one function that adds to it, and what the set means.

use crate::codec::{Decode, Encode};
use crate::id::{Generation, LetterId, MemberRef, NodeId, StatementHash};
use crate::refusal::Code;
use crate::statement::Statement;
use crate::statement::custody::{Accept, Ack, Receipt, Refusal, Release, Succession, Void};
use crate::statement::kind::{Kind, Writer};
use crate::statement::notice::ReissueRequest;
use crate::time::Day;

/// A letter, as either side knows it: the facts of its Offer, and the set of its statements.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Letter {
    /// The hash of the Offer.
    pub id: LetterId,
    /// Who issued it; who speaks for the origin now is [`Letter::origin_now`].
    pub origin: NodeId,
    /// To whom it is addressed; who speaks for it now is [`Letter::destination_now`].
    pub destination: NodeId,
    /// The member it is about.
    pub member: MemberRef,
    /// The generation that it hands over.
    pub generation: Generation,
    /// The last day on which it may be accepted.
    pub valid_until: Day,
    /// The statements so far, the Offer aside.
    pub set: LetterSet,
}

/// The statements of a letter besides its Offer, at most one of each kind, and of Successions at
/// most one for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct LetterSet {
    /// 接收.
    pub accept: Option<StatementHash>,
    /// 转出.
    pub release: Option<StatementHash>,
    /// 回执.
    pub receipt: Option<StatementHash>,
    /// 存根归档.
    pub ack: Option<StatementHash>,
    /// 退回.
    pub refusal: Option<StatementHash>,
    /// 作废.
    pub void: Option<StatementHash>,
    /// 承继 of the destination, by the origin.
    pub new_destination: Option<Successor>,
    /// 承继 of the origin, by the destination.
    pub new_origin: Option<Successor>,
}

/// Who took the place of a party, and the Succession that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Successor {
    /// The Succession.
    pub statement: StatementHash,
    /// Its audience.
    pub node: NodeId,
}

/// One of the two parties of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A.
    Origin,
    /// B.
    Destination,
}

/// What a party still owes after the Release, so that a successor may give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Who owes it: the destination a Receipt or a Refusal, or the origin an Ack.
    pub by: Side,
    /// What it will answer.
    pub answer_to: StatementHash,
}

/// The word for a letter's state, the same at both ends once both hold the same set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum State {
    /// 已签发.
    Issued,
    /// 已接收,待转出.
    Accepted,
    /// 已转出,待回执.
    Released,
    /// 已回执,待归档.
    Received,
    /// 已办结.
    Closed,
    /// 已退回.
    Refused,
    /// 已作废.
    Voided,
}

impl State {
    /// Every state.
    pub const ALL: &'static [State] = &[
        State::Issued,
        State::Accepted,
        State::Released,
        State::Received,
        State::Closed,
        State::Refused,
        State::Voided,
    ];

    /// The stable name in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            State::Issued => "issued",
            State::Accepted => "accepted",
            State::Released => "released",
            State::Received => "received",
            State::Closed => "closed",
            State::Refused => "refused",
            State::Voided => "voided",
        }
    }

    /// The state with that name.
    pub fn from_name(name: &str) -> Option<State> {
        Self::ALL.iter().copied().find(|state| state.name() == name)
    }

    /// Whether nothing more is expected of either side.
    pub fn is_final(self) -> bool {
        matches!(self, State::Closed | State::Refused | State::Voided)
    }
}

/// What became of a statement offered to the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merged {
    /// It is in the set now.
    Added,
    /// It was there already.
    Known,
    /// Its author had decided otherwise before: the first decision stands, and this one is kept
    /// outside the set as signed proof of a fault.
    Contradicts,
}

/// Who answers for a member while a letter is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Custodian {
    /// The origin organisation.
    Origin,
    /// The branch where the destination placed the member.
    Destination,
}

/// Who has the right to act for a member, as far as this letter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The origin is the full holder.
    Origin,
    /// Nobody: in transit, in the origin's worklist.
    InTransit,
    /// The destination is the full holder, one generation later.
    Destination,
}

impl Letter {
    /// The state word: Void, else Refusal, else the last of Ack, Receipt, Release, Accept.
    pub fn state(&self) -> State {
        let set = &self.set;
        let words = [
            (set.void, State::Voided),
            (set.refusal, State::Refused),
            (set.ack, State::Closed),
            (set.receipt, State::Received),
            (set.release, State::Released),
            (set.accept, State::Accepted),
        ];
        words.into_iter().find(|(held, _)| held.is_some()).map_or(State::Issued, |(_, word)| word)
    }

    /// Who holds the membership by this letter.
    pub fn holder(&self) -> Holder {
        match self.state() {
            State::Issued | State::Accepted | State::Refused | State::Voided => Holder::Origin,
            State::Released => Holder::InTransit,
            State::Received | State::Closed => Holder::Destination,
        }
    }

    /// Who answers for the member by this letter: never nobody.
    pub fn custodian(&self) -> Custodian {
        match self.holder() {
            Holder::Origin | Holder::InTransit => Custodian::Origin,
            Holder::Destination => Custodian::Destination,
        }
    }

    /// Whether the destination manages the member meanwhile (先行管理).
    pub fn is_provisional(&self) -> bool {
        matches!(self.state(), State::Accepted | State::Released)
    }

    /// Who speaks for the origin: A, or who took its place.
    pub fn origin_now(&self) -> NodeId {
        self.set.new_origin.map_or(self.origin, |successor| successor.node)
    }

    /// Who speaks for the destination: B, or who took its place.
    pub fn destination_now(&self) -> NodeId {
        self.set.new_destination.map_or(self.destination, |successor| successor.node)
    }

    /// What is due from the other side, if that is a Receipt or an Ack: all that a successor may
    /// still give.
    pub fn owed(&self) -> Option<Owed> {
        match self.state() {
            State::Released => {
                self.set.release.map(|answer_to| Owed { by: Side::Destination, answer_to })
            }
            State::Received => {
                self.set.receipt.map(|answer_to| Owed { by: Side::Origin, answer_to })
            }
            _ => None,
        }
    }

    /// The Succession by which `node` stepped into this letter, if it did.
    pub fn inherited_by(&self, node: NodeId) -> Option<Successor> {
        self.successions().find(|successor| successor.node == node)
    }

    /// Whose place was taken, the destination first.
    pub fn successions(&self) -> impl Iterator<Item = Successor> {
        [self.set.new_destination, self.set.new_origin].into_iter().flatten()
    }

    /// Whether that node wrote for the origin, before or after a Succession.
    pub fn is_of_origin(&self, node: NodeId) -> bool {
        [self.origin, self.origin_now()].contains(&node)
    }

    /// Who took the place of that side, if anybody did.
    pub fn successor(&self, side: Side) -> Option<Successor> {
        match side {
            Side::Origin => self.set.new_origin,
            Side::Destination => self.set.new_destination,
        }
    }

    /// Adds a statement that was checked by [`Letter::check`]: the one function that changes a
    /// set, used by both sides for their own statements and for the other's.
    pub fn merge(&mut self, statement: &Statement) -> Merged {
        match statement.kind() {
            Some(Kind::Succession) => self.merge_succession(statement),
            Some(kind) => self.put(kind, statement.hash()),
            None => Merged::Known,
        }
    }

    fn put(&mut self, kind: Kind, hash: StatementHash) -> Merged {
        let set = &mut self.set;
        let rival = match kind {
            Kind::Void => set.release,
            Kind::Release => set.void,
            Kind::Receipt => set.refusal,
            Kind::Refusal => set.receipt,
            _ => None,
        };
        let Some(slot) = set.slot(kind) else { return Merged::Known };
        match *slot {
            Some(held) if held == hash => Merged::Known,
            Some(_) => Merged::Contradicts,
            None if rival.is_some() => Merged::Contradicts,
            None => {
                *slot = Some(hash);
                Merged::Added
            }
        }
    }

    fn merge_succession(&mut self, statement: &Statement) -> Merged {
        let of = self.succeeded_by(statement);
        let successor =
            Successor { statement: statement.hash(), node: statement.fields().audience };
        let slot = match of {
            Side::Origin => &mut self.set.new_origin,
            Side::Destination => &mut self.set.new_destination,
        };
        match *slot {
            Some(held) if held == successor => Merged::Known,
            Some(_) => Merged::Contradicts,
            None => {
                *slot = Some(successor);
                Merged::Added
            }
        }
    }

    /// The side whose place a Succession gives away: not that of its author.
    fn succeeded_by(&self, succession: &Statement) -> Side {
        let by_origin = succession.fields().author == self.origin_now();
        if by_origin { Side::Destination } else { Side::Origin }
    }

    /// Whether `statement` may belong to this letter at all: by the right party, about the right
    /// member and generation, answering what its kind answers, with the fields of its kind.
    /// Dates are not judged: a statement refused for its author's clock would leave a hand-over
    /// half done. That a branch lies in the destination's region is for who knows regions.
    pub fn check(&self, statement: &Statement) -> Result<Kind, Code> {
        let kind = statement.kind().ok_or(Code::StatementUnknownKind)?;
        if kind == Kind::Succession {
            return self.check_succession(statement);
        }
        let fields = statement.fields();
        let (origin, destination) = (self.origin_now(), self.destination_now());
        let (author, audience) = match kind.writer() {
            Writer::Origin => (origin, destination),
            Writer::Destination => (destination, origin),
            Writer::Either | Writer::Survivor => return Err(Code::StatementUnusable),
        };
        if (fields.author, fields.audience) != (author, audience) {
            return Err(self.foreign(statement));
        }
        self.check_subject(statement)?;
        let [answered] = fields.answers[..] else { return Err(Code::StatementAntecedent) };
        let (offer, set) = (Some(self.id.offer()), &self.set);
        let allowed: &[Option<StatementHash>] = match kind {
            Kind::Accept => &[offer],
            Kind::Release => &[set.accept],
            Kind::Receipt => &[set.release],
            Kind::Ack => &[set.receipt],
            Kind::Refusal => &[offer, set.accept, set.release],
            Kind::Void => &[offer, set.accept, set.refusal],
            Kind::ReissueRequest => &[offer],
            _ => &[],
        };
        if !allowed.contains(&Some(answered)) {
            return Err(Code::StatementAntecedent);
        }
        if has_body_of(kind, statement) { Ok(kind) } else { Err(Code::StatementMalformed) }
    }

    /// by the party that is left, to a node that is no party yet, naming the party that is
    /// gone and answering what that one owes an answer to; one for each side.
    fn check_succession(&self, statement: &Statement) -> Result<Kind, Code> {
        let fields = statement.fields();
        if ![self.origin_now(), self.destination_now()].contains(&fields.author) {
            return Err(self.foreign(statement));
        }
        self.check_subject(statement)?;
        let side = self.succeeded_by(statement);
        if let Some(held) = self.successor(side) {
            let repeated = held.statement == statement.hash();
            return if repeated { Ok(Kind::Succession) } else { Err(Code::StatementContradiction) };
        }
        let gone = match side {
            Side::Origin => self.origin,
            Side::Destination => self.destination,
        };
        let body: Succession = statement.body()?;
        let parties = [self.origin, self.destination, self.origin_now(), self.destination_now()];
        if body.predecessor != gone || parties.contains(&fields.audience) {
            return Err(Code::StatementParty);
        }
        match (self.owed(), &fields.answers[..]) {
            (Some(owed), [answered]) if owed.by == side && owed.answer_to == *answered => {
                Ok(Kind::Succession)
            }
            _ => Err(Code::StatementAntecedent),
        }
    }

    /// Why a statement between other nodes than the parties of now does not count: the word of a
    /// party whose place was given away contradicts that.
    fn foreign(&self, statement: &Statement) -> Code {
        let author = statement.fields().author;
        let given_away = (author == self.origin && author != self.origin_now())
            || (author == self.destination && author != self.destination_now());
        if given_away { Code::StatementContradiction } else { Code::StatementParty }
    }

    fn check_subject(&self, statement: &Statement) -> Result<(), Code> {
        let fields = statement.fields();
        let named = fields.letter == Some(self.id)
            && fields.member == Some(self.member)
            && fields.generation == Some(self.generation);
        if named { Ok(()) } else { Err(Code::StatementGeneration) }
    }

    /// The statements that carry the hand-over to its end, in their order, with the Successions
    /// where they belong; not those that end it otherwise.
    pub fn way(&self) -> Vec<(Kind, StatementHash)> {
        let set = &self.set;
        let hash = |successor: Option<Successor>| successor.map(|one| one.statement);
        let all = [
            (Kind::Offer, Some(self.id.offer())),
            (Kind::Accept, set.accept),
            (Kind::Release, set.release),
            (Kind::Succession, hash(set.new_destination)),
            (Kind::Receipt, set.receipt),
            (Kind::Succession, hash(set.new_origin)),
            (Kind::Ack, set.ack),
        ];
        all.into_iter().filter_map(|(kind, hash)| Some((kind, hash?))).collect()
    }

    /// Every statement that counts in the letter, with who said it.
    pub fn said(&self) -> Vec<(StatementHash, Side)> {
        let ends = [(Kind::Refusal, self.set.refusal), (Kind::Void, self.set.void)];
        let ends = ends.into_iter().filter_map(|(kind, hash)| Some((kind, hash?)));
        let origin = [Kind::Offer, Kind::Release, Kind::Ack, Kind::Void];
        let given = self.set.new_destination.map(|successor| successor.statement);
        let side = |(kind, hash): (Kind, StatementHash)| {
            // The survivor gives away the other's place.
            let of_origin = origin.contains(&kind) || Some(hash) == given;
            (hash, if of_origin { Side::Origin } else { Side::Destination })
        };
        self.way().into_iter().chain(ends).map(side).collect()
    }

    /// Whether a Correction or Reply belongs to this letter: it names letter and member, and no
    /// generation, and answers one statement that counts here, which for a Correction is its
    /// author's own.
    ///
    /// # Errors
    /// `statement.generation`, `statement.antecedent`, `statement.party`.
    pub fn check_note(&self, statement: &Statement) -> Result<(), Code> {
        let fields = statement.fields();
        if (fields.letter, fields.member, fields.generation)
            != (Some(self.id), Some(self.member), None)
        {
            return Err(Code::StatementGeneration);
        }
        let by = match fields.author {
            author if author == self.origin_now() => Side::Origin,
            author if author == self.destination_now() => Side::Destination,
            _ => return Err(Code::StatementParty),
        };
        let [about] = fields.answers[..] else { return Err(Code::StatementAntecedent) };
        let said = self.said().into_iter().find(|(hash, _)| *hash == about);
        let (_, author) = said.ok_or(Code::StatementAntecedent)?;
        match statement.kind() {
            Some(Kind::Correction) if author != by => Err(Code::StatementAntecedent),
            _ => Ok(()),
        }
    }

    /// The last statement of the set that a decision of its addressee would answer.
    pub fn latest(&self) -> StatementHash {
        let set = &self.set;
        set.release.or(set.accept).unwrap_or(self.id.offer())
    }
}

impl LetterSet {
    fn slot(&mut self, kind: Kind) -> Option<&mut Option<StatementHash>> {
        Some(match kind {
            Kind::Accept => &mut self.accept,
            Kind::Release => &mut self.release,
            Kind::Receipt => &mut self.receipt,
            Kind::Ack => &mut self.ack,
            Kind::Refusal => &mut self.refusal,
            Kind::Void => &mut self.void,
            _ => return None,
        })
    }
}

fn has_body_of(kind: Kind, statement: &Statement) -> bool {
    match kind {
        Kind::Accept => statement.body::<Accept>().is_ok(),
        Kind::Release => statement.body::<Release>().is_ok(),
        Kind::Receipt => statement.body::<Receipt>().is_ok(),
        Kind::Ack => statement.body::<Ack>().is_ok(),
        Kind::Refusal => statement.body::<Refusal>().is_ok(),
        Kind::Void => statement.body::<Void>().is_ok(),
        Kind::ReissueRequest => statement.body::<ReissueRequest>().is_ok(),
        _ => false,
    }
}

#[cfg(test)]
#[path = "state/tests.rs"]
mod tests;

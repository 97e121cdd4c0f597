//! The set of a residence's statements as what stands of it, the one function that adds to it, and
//! its word.

use crate::codec::{Decode, Encode};
use crate::id::{Generation, MemberRef, NodeId, OrgCode, RegionCode, ResidenceId, StatementHash};
use crate::refusal::{Code, Refusal};
use crate::statement::kind::Writer;
use crate::statement::residence::{
    AnnualFeedback, OpinionRequest, ResidenceEnded, ResidenceIntroduction, ResidenceRegistered,
    Said,
};
use crate::statement::{Draft, Statement};
use crate::stay::latest::{Latest, supersede};
use crate::stay::state::{Party, Side};

/// A residence, as either side knows it. Any two orders of the same statements give equal values
///
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Residence {
    /// The hash of the statement that opened it.
    pub id: ResidenceId,
    /// Where the member's unit is.
    pub origin: Party,
    /// Where the member lives.
    pub destination: Party,
    /// The member.
    pub member: MemberRef,
    /// The membership at the time of the introduction.
    pub generation: Generation,
    /// The introduction.
    pub introduction: ResidenceIntroduction,
    pub(super) registered: Option<Latest<ResidenceRegistered>>,
    pub(super) feedback: Option<Latest<AnnualFeedback>>,
    pub(super) response: Option<Latest<StatementHash>>,
    pub(super) asked: Option<Latest<OpinionRequest>>,
    pub(super) replied: Option<Latest<StatementHash>>,
    pub(super) ended: [Option<Latest<ResidenceEnded>>; 2],
    revisions: [Option<u32>; 2],
}

/// The word for a residence, the same at both ends once both hold the same set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// 已介绍,待报到.
    Introduced,
    /// 已报到.
    Registered,
    /// 已终止.
    Ended,
}

impl Word {
    /// Every word.
    pub const ALL: &'static [Word] = &[Word::Introduced, Word::Registered, Word::Ended];

    /// The stable name in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Word::Introduced => "introduced",
            Word::Registered => "registered",
            Word::Ended => "ended",
        }
    }

    /// The word with that name.
    pub fn from_name(name: &str) -> Option<Word> {
        Self::ALL.iter().copied().find(|word| word.name() == name)
    }
}

impl Residence {
    /// The residence that an introduction opens. `author` and `audience` are the regions of
    /// its two nodes.
    ///
    /// # Errors
    /// `statement.antecedent`, `statement.malformed`, `statement.time`, `org.foreign`.
    pub fn open(
        statement: &Statement,
        author: RegionCode,
        audience: RegionCode,
    ) -> Result<Residence, Code> {
        let fields = statement.fields();
        let Said::Introduction(introduction) = Said::read(statement)? else {
            return Err(Code::StatementAntecedent);
        };
        if !fields.answers.is_empty() {
            return Err(Code::StatementAntecedent);
        }
        let (Some(member), Some(generation), None) =
            (fields.member, fields.generation, fields.letter)
        else {
            return Err(Code::StatementMalformed);
        };
        if (introduction.from_org.region, introduction.to_org.region) != (author, audience) {
            return Err(Code::OrgForeign);
        }
        Ok(Residence {
            id: ResidenceId::of_opening(statement.hash()),
            origin: Party { node: fields.author, region: author },
            destination: Party { node: fields.audience, region: audience },
            member,
            generation,
            introduction,
            registered: None,
            feedback: None,
            response: None,
            asked: None,
            replied: None,
            ended: [None, None],
            revisions: [Some(0), None],
        })
    }

    /// The word.
    pub fn word(&self) -> Word {
        match (self.ended(), self.registered) {
            (Some(_), _) => Word::Ended,
            (None, Some(_)) => Word::Registered,
            (None, None) => Word::Introduced,
        }
    }

    /// Whether unit and community are of one region, whose node then speaks for both.
    pub fn is_local(&self) -> bool {
        self.origin.node == self.destination.node
    }

    /// Takes a statement into the residence if it belongs there: the one function that
    /// changes a residence, used for one's own statements and for the other's. Nothing that was
    /// taken before, and no order, makes a difference.
    ///
    /// # Errors
    /// `statement.party`, `statement.generation`, `statement.antecedent`, `statement.malformed`,
    /// `statement.time`, `org.foreign`; nothing was changed then.
    pub fn merge(&mut self, statement: &Statement) -> Result<Said, Code> {
        let said = Said::read(statement)?;
        let side = self.side_of(statement)?;
        let (fields, opening) = (statement.fields(), self.id.opening());
        let opens = statement.hash() == opening;
        let generation = opens.then_some(self.generation);
        if (fields.letter, fields.member, fields.generation)
            != (None, Some(self.member), generation)
        {
            return Err(Code::StatementGeneration);
        }
        let fits = match (&fields.answers[..], said) {
            ([], Said::Introduction(_)) => opens,
            (_, Said::Introduction(_)) => false,
            ([first, _], said) => *first == opening && said.answers_further(),
            ([first], said) => *first == opening && !said.answers_further(),
            _ => false,
        };
        if !fits {
            return Err(Code::StatementAntecedent);
        }
        if let Said::Registered(registered) = said
            && registered.org.region != self.destination.region
        {
            return Err(Code::OrgForeign);
        }
        self.put(side, statement, said);
        Ok(said)
    }

    /// Which side speaks. Inside one region one node speaks for both, and the kind tells; what
    /// either may write is the unit's there.
    ///
    /// # Errors
    /// `statement.party`, `statement.unknown_kind`.
    pub fn side_of(&self, statement: &Statement) -> Result<Side, Code> {
        let fields = statement.fields();
        let writer = statement.kind().ok_or(Code::StatementUnknownKind)?.writer();
        let (origin, destination) = (self.origin.node, self.destination.node);
        let parties: (NodeId, NodeId) = (fields.author, fields.audience);
        let is_of_unit = parties == (origin, destination);
        let is_of_community = parties == (destination, origin);
        match writer {
            Writer::Origin | Writer::Either if is_of_unit => Ok(Side::Origin),
            Writer::Destination | Writer::Either if is_of_community => Ok(Side::Destination),
            _ => Err(Code::StatementParty),
        }
    }

    fn put(&mut self, side: Side, statement: &Statement, said: Said) {
        let (revision, hash) = (said.revision(), statement.hash());
        let answered = statement.fields().answers.get(1).copied().unwrap_or(hash);
        let spoken = &mut self.revisions[place(side)];
        *spoken = (*spoken).max(Some(revision));
        match said {
            Said::Introduction(_) | Said::Correction(_) | Said::Reply(_) => {}
            Said::Registered(said) => supersede(&mut self.registered, revision, hash, said),
            Said::Feedback(said) => {
                // That of the latest year stands, and of one year the latest.
                let held = self.feedback.map(|held| held.said.year);
                if held.is_none_or(|held| held <= said.year) {
                    if held.is_some_and(|held| held < said.year) {
                        self.feedback = None;
                    }
                    supersede(&mut self.feedback, revision, hash, said);
                }
            }
            Said::Response(_) => supersede(&mut self.response, revision, hash, answered),
            Said::Opinion(said) => supersede(&mut self.asked, revision, hash, said),
            Said::OpinionReply(_) => supersede(&mut self.replied, revision, hash, answered),
            Said::Ended(said) => supersede(&mut self.ended[place(side)], revision, hash, said),
        }
    }

    /// The member's registration that stands.
    pub fn registered(&self) -> Option<&ResidenceRegistered> {
        self.registered.as_ref().map(|held| &held.said)
    }

    /// The statement by which the member was registered.
    pub fn registered_statement(&self) -> Option<StatementHash> {
        self.registered.as_ref().map(|held| held.statement)
    }

    /// The feedback of the latest year.
    pub fn feedback(&self) -> Option<&AnnualFeedback> {
        self.feedback.as_ref().map(|held| &held.said)
    }

    /// The feedback of the latest year, if the unit has not told what it did with it.
    pub fn open_feedback(&self) -> Option<StatementHash> {
        let feedback = self.feedback?.statement;
        (self.response.map(|held| held.said) != Some(feedback)).then_some(feedback)
    }

    /// What opinion was asked for last.
    pub fn opinion(&self) -> Option<(StatementHash, &OpinionRequest)> {
        self.asked.as_ref().map(|held| (held.statement, &held.said))
    }

    /// The opinion that was asked for and not given yet.
    pub fn open_opinion(&self) -> Option<StatementHash> {
        let asked = self.asked?.statement;
        (self.replied.map(|held| held.said) != Some(asked)).then_some(asked)
    }

    /// How and when it ended: as the unit says, else as the community does.
    pub fn ended(&self) -> Option<&ResidenceEnded> {
        self.ended.iter().flatten().map(|held| &held.said).next()
    }

    /// The organisation of the community that must act: where the member registered, else the one
    /// to which they were introduced.
    pub fn community(&self) -> OrgCode {
        self.registered().map_or(self.introduction.to_org, |registered| registered.org)
    }

    /// The revision of what that side says next.
    pub fn next_revision(&self, side: Side) -> u32 {
        self.revisions[place(side)].map_or(0, |revision| revision.saturating_add(1))
    }

    /// What that side's office may do.
    pub fn allowed(&self, side: Side) -> Vec<&'static str> {
        if self.word() == Word::Ended {
            return vec!["show"];
        }
        let answers = match side {
            Side::Origin => self.open_feedback().map(|_| "respond"),
            Side::Destination => self.open_opinion().map(|_| "answer_opinion"),
        };
        let always: &[&str] = match side {
            Side::Origin => &["ask_opinion", "end"],
            Side::Destination => &["register", "feedback", "end"],
        };
        answers.into_iter().chain(always.iter().copied()).collect()
    }

    /// Refuses what is said after the end.
    pub(super) fn going_on(&self, side: Side) -> Result<&Residence, Refusal> {
        match self.word() {
            Word::Ended => {
                let refusal = Refusal::about(Code::ResidenceState, Word::Ended.name());
                Err(refusal.allowing(&self.allowed(side)))
            }
            _ => Ok(self),
        }
    }

    pub(super) fn drafted(&self, draft: Draft, answered: Option<StatementHash>) -> Draft {
        draft.in_case(self.id.opening(), answered).concerning(self.member)
    }
}

fn place(side: Side) -> usize {
    match side {
        Side::Origin => 0,
        Side::Destination => 1,
    }
}

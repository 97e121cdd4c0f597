//! The set of a stay's statements as what stands of it, the one function that adds to it, and its
//! word.

use crate::codec::{Decode, Encode};
use crate::id::{Generation, MemberRef, NodeId, RegionCode, StatementHash, StayId};
use crate::refusal::Code;
use crate::statement::Statement;
use crate::statement::kind::Writer;
use crate::statement::mobility::{
    EndProposal, ParticipationReport, ReportIn, Said, StayEnded, StayNotice, StayPlaced,
};
use crate::time::{Day, Month, Quarter};

use super::latest::{Latest, supersede};

/// A stay, as either side knows it.
///
/// What a later statement replaces is not kept here, only what stands: any two orders of the same
/// statements give equal values.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Stay {
    /// The hash of the statement that opened it.
    pub id: StayId,
    /// Whose member is away.
    pub origin: Party,
    /// Where the member stays.
    pub destination: Party,
    /// The reference that every statement names: the member's own, or, if the stay began with a
    /// ReportIn, whatever the destination called a person whose reference it may not know.
    pub subject: MemberRef,
    /// The day of the statement that opened it.
    pub opened_on: Day,
    pub(super) report_in: Option<ReportIn>,
    pub(super) notice: Option<Latest<Certified>>,
    pub(super) placed: Option<Latest<StayPlaced>>,
    pub(super) report: Option<Latest<ParticipationReport>>,
    pub(super) dues: Option<Latest<PaidThrough>>,
    pub(super) last: LastDays,
    pub(super) by_origin: SideOf,
    pub(super) by_destination: SideOf,
    pub(super) proposal: Option<Latest<EndProposal>>,
    pub(super) ended: Option<Latest<StayEnded>>,
}

/// A node and the region that it speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Party {
    /// The node.
    pub node: NodeId,
    /// Its region.
    pub region: RegionCode,
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A, the full holder.
    Origin,
    /// B.
    Destination,
}

/// The word for a stay's state, the same at both ends once both hold the same set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Word {
    /// 已报到,待确认: the origin has neither confirmed nor ended.
    Reported,
    /// 已发证,待编入.
    Noticed,
    /// 已编入.
    Placed,
    /// 已终止.
    Ended,
}

impl Word {
    /// Every word.
    pub const ALL: &'static [Word] = &[Word::Reported, Word::Noticed, Word::Placed, Word::Ended];

    /// The stable name in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Word::Reported => "reported",
            Word::Noticed => "noticed",
            Word::Placed => "placed",
            Word::Ended => "ended",
        }
    }

    /// The word with that name.
    pub fn from_name(name: &str) -> Option<Word> {
        Self::ALL.iter().copied().find(|word| word.name() == name)
    }

    /// Whether the member is known to be away: certified, and not ended. Only such a stay counts
    /// against another.
    pub fn is_away(self) -> bool {
        matches!(self, Word::Noticed | Word::Placed)
    }
}

/// Whom a notice is about, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Certified {
    pub member: MemberRef,
    pub generation: Generation,
    pub notice: StayNotice,
}

/// The last month paid for, as the report of that quarter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct PaidThrough {
    pub period: Quarter,
    pub month: Month,
}

/// The latest days of what is done again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct LastDays {
    pub contact: Option<Day>,
    pub bulletin: Option<Day>,
    pub review: Option<Day>,
}

/// What one side said besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct SideOf {
    /// Its highest revision.
    pub revision: Option<u32>,
    /// What it asked last, and since when.
    pub asked: Option<Latest<Day>>,
    /// Which request of the other side it answered last.
    pub answered: Option<Latest<StatementHash>>,
}

impl Stay {
    /// The stay that `statement` opens, if it is a StayNotice or a ReportIn that answers nothing
    /// . `author` and `audience` are the regions of its two nodes.
    ///
    /// # Errors
    /// `statement.malformed`, `statement.antecedent`, `statement.generation`, `org.foreign`.
    pub fn open(
        statement: &Statement,
        author: RegionCode,
        audience: RegionCode,
    ) -> Result<Stay, Code> {
        let fields = statement.fields();
        let author = Party { node: fields.author, region: author };
        let audience = Party { node: fields.audience, region: audience };
        let (origin, destination) = match Said::read(statement)? {
            Said::Notice(_) => (author, audience),
            Said::ReportIn(_) => (audience, author),
            _ => return Err(Code::StatementAntecedent),
        };
        if !fields.answers.is_empty() {
            return Err(Code::StatementAntecedent);
        }
        let mut stay = Stay {
            id: StayId::of_opening(statement.hash()),
            origin,
            destination,
            subject: fields.member.ok_or(Code::StatementMalformed)?,
            opened_on: fields.time.day(),
            report_in: None,
            notice: None,
            placed: None,
            report: None,
            dues: None,
            last: LastDays::default(),
            by_origin: SideOf::default(),
            by_destination: SideOf::default(),
            proposal: None,
            ended: None,
        };
        stay.merge(statement)?;
        Ok(stay)
    }

    /// The word: ended, else whether the origin confirmed, else whether the destination
    /// placed.
    pub fn word(&self) -> Word {
        match (self.ended, self.notice, self.placed) {
            (Some(_), _, _) => Word::Ended,
            (None, None, _) => Word::Reported,
            (None, Some(_), None) => Word::Noticed,
            (None, Some(_), Some(_)) => Word::Placed,
        }
    }

    /// Which side that node is, if it is one.
    pub fn side_of(&self, node: NodeId) -> Option<Side> {
        match node {
            node if node == self.origin.node => Some(Side::Origin),
            node if node == self.destination.node => Some(Side::Destination),
            _ => None,
        }
    }

    /// Takes a statement into the stay if it belongs there: the one function that changes a
    /// stay, used by both sides for their own statements and for the other's. Nothing that was
    /// taken before, and no order, makes a difference. Dates are not judged.
    ///
    /// # Errors
    /// `statement.party`, `statement.generation`, `statement.antecedent`, `statement.malformed`,
    /// `statement.contradiction`, `org.foreign`; nothing was changed then.
    pub fn merge(&mut self, statement: &Statement) -> Result<Said, Code> {
        let said = Said::read(statement)?;
        let side = self.writer_of(statement)?;
        self.check_subject(statement, &said)?;
        self.check_answers(statement, &said)?;
        self.check_regions(&said)?;
        let revision = said.revision();
        let spoken = &mut self.side_mut(side).revision;
        *spoken = (*spoken).max(Some(revision));
        self.put(side, statement, said);
        Ok(said)
    }

    fn writer_of(&self, statement: &Statement) -> Result<Side, Code> {
        let fields = statement.fields();
        let (origin, destination) = (self.origin.node, self.destination.node);
        let side = match (fields.author, fields.audience) {
            parties if parties == (origin, destination) => Side::Origin,
            parties if parties == (destination, origin) => Side::Destination,
            _ => return Err(Code::StatementParty),
        };
        match (statement.kind().ok_or(Code::StatementUnknownKind)?.writer(), side) {
            (Writer::Either, _)
            | (Writer::Origin, Side::Origin)
            | (Writer::Destination, Side::Destination) => Ok(side),
            _ => Err(Code::StatementParty),
        }
    }

    /// a notice says which membership it is about, and every notice of a stay says the same;
    /// everything else names the person as the opening did.
    fn check_subject(&self, statement: &Statement, said: &Said) -> Result<(), Code> {
        let fields = statement.fields();
        if fields.letter.is_some() {
            return Err(Code::StatementMalformed);
        }
        let named = (fields.member, fields.generation);
        if !matches!(said, Said::Notice(_)) {
            let fits = named == (Some(self.subject), None);
            return if fits { Ok(()) } else { Err(Code::StatementGeneration) };
        }
        let (Some(member), Some(generation)) = named else { return Err(Code::StatementMalformed) };
        match &self.notice {
            Some(held) if (held.said.member, held.said.generation) != (member, generation) => {
                Err(Code::StatementContradiction)
            }
            None if self.report_in.is_none() && member != self.subject => {
                Err(Code::StatementGeneration)
            }
            _ => Ok(()),
        }
    }

    fn check_answers(&self, statement: &Statement, said: &Said) -> Result<(), Code> {
        let opening = self.id.opening();
        let fits = match (&statement.fields().answers[..], said) {
            ([], Said::Notice(_) | Said::ReportIn(_)) => statement.hash() == opening,
            (_, Said::ReportIn(_)) => false,
            ([first, _], said) => *first == opening && said.answers_further(),
            ([first], said) => *first == opening && !said.answers_further(),
            _ => false,
        };
        if fits { Ok(()) } else { Err(Code::StatementAntecedent) }
    }

    fn check_regions(&self, said: &Said) -> Result<(), Code> {
        let (origin, destination) = (self.origin.region, self.destination.region);
        let fits = match said {
            Said::Notice(notice) => {
                (notice.from_org.region, notice.to_org.region) == (origin, destination)
            }
            Said::ReportIn(report) => report.org.region == destination,
            Said::Placed(placed) => placed.org.region == destination,
            _ => true,
        };
        if fits { Ok(()) } else { Err(Code::OrgForeign) }
    }

    fn put(&mut self, side: Side, statement: &Statement, said: Said) {
        let (revision, hash) = (said.revision(), statement.hash());
        match said {
            Said::Notice(notice) => {
                let fields = statement.fields();
                if let (Some(member), Some(generation)) = (fields.member, fields.generation) {
                    let certified = Certified { member, generation, notice };
                    supersede(&mut self.notice, revision, hash, certified);
                }
            }
            Said::ReportIn(report) => self.report_in = Some(report),
            Said::Placed(placed) => supersede(&mut self.placed, revision, hash, placed),
            Said::Report(report) => self.put_report(revision, hash, report),
            Said::Contact(said) => later(&mut self.last.contact, said.on),
            Said::Bulletin(said) => later(&mut self.last.bulletin, said.on),
            Said::Review(said) => later(&mut self.last.review, said.on),
            Said::Help(said) => {
                supersede(&mut self.side_mut(side).asked, revision, hash, said.on);
            }
            Said::HelpAnswer(_) => {
                let answered = statement.fields().answers[1];
                supersede(&mut self.side_mut(side).answered, revision, hash, answered);
            }
            Said::Proposal(proposal) => supersede(&mut self.proposal, revision, hash, proposal),
            Said::Ended(ended) => supersede(&mut self.ended, revision, hash, ended),
            Said::Correction(_) | Said::Reply(_) => {}
        }
    }

    /// Of reports, that of the latest quarter stands, and of one quarter the latest report; a
    /// report that does not know the dues leaves those of an earlier one.
    fn put_report(&mut self, revision: u32, hash: StatementHash, report: ParticipationReport) {
        let period = report.period;
        if self.report.is_none_or(|held| held.said.period <= period) {
            if self.report.is_some_and(|held| held.said.period < period) {
                self.report = None;
            }
            supersede(&mut self.report, revision, hash, report);
        }
        let Some(month) = report.dues_paid_through else { return };
        if self.dues.is_none_or(|held| held.said.period <= period) {
            if self.dues.is_some_and(|held| held.said.period < period) {
                self.dues = None;
            }
            supersede(&mut self.dues, revision, hash, PaidThrough { period, month });
        }
    }

    pub(super) fn side(&self, side: Side) -> &SideOf {
        match side {
            Side::Origin => &self.by_origin,
            Side::Destination => &self.by_destination,
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut SideOf {
        match side {
            Side::Origin => &mut self.by_origin,
            Side::Destination => &mut self.by_destination,
        }
    }

    /// The revision of what that side says next.
    pub fn next_revision(&self, side: Side) -> u32 {
        self.side(side).revision.map_or(0, |revision| revision.saturating_add(1))
    }
}

fn later(slot: &mut Option<Day>, day: Day) {
    *slot = (*slot).max(Some(day));
}

//! What a use case decided, as plain data: the versions it was decided on, and the changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use protocol::envelope::Entry;
use protocol::id::{BatchId, LetterId, MemberRef, NodeId, OrgCode, ResidenceId, StayId};
use protocol::refusal::Code;
use protocol::statement::kind::Kind;
use protocol::time::Timestamp;

use super::findings::{FindingRow, FindingRows};
use super::people::PeopleChange;
use super::rows::{
    AuditRow, BatchItemRow, BatchRow, DepartureRow, DepartureRowId, DifferenceRow, EventRow,
    FeedRow, FloatingRow, LetterRow, LetterRowId, LocalStatementRow, MatchedPersonRow, MatchingRow,
    MemberId, MemberRow, OrgRow, OwnStatement, PaperLetterRow, PeerId, PeerOrgRow, PeerRow,
    PeerState, ReceivedEntry, ReconciliationRow, ResidenceRow, ResidenceRowId, ScanRow, StayRow,
    StayRowId, Version,
};
use super::summaries::SummaryRow;

/// One decision, committed whole or not at all.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) expected: HashSet<Expected>,
    pub(super) changes: Vec<Change>,
    pub(super) points: BTreeSet<&'static str>,
    /// Where in `changes` each letter is written.
    letters: HashMap<LetterId, usize>,
    /// The same of stays.
    stays: HashMap<StayId, usize>,
    /// The same of residences.
    residences: HashMap<ResidenceId, usize>,
}

/// What must still be so when the batch is committed; otherwise it is `Stale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// The member's row has this version.
    Member(MemberId, Version),
    /// No row has this reference yet.
    NoMember(MemberRef),
    /// The stay's row has this version.
    Stay(StayRowId, Version),
    /// The residence's row has this version.
    Residence(ResidenceRowId, Version),
    /// The departure's row has this version.
    Departure(DepartureRowId, Version),
    /// The letter's row has this version.
    Letter(LetterRowId, Version),
    /// The paper letter's row has this version.
    PaperLetter(LetterRowId, Version),
    /// The peer's feed for us ends here; 0 if nothing came yet.
    PeerFeed(PeerId, u64),
    /// This many entries of the peer float.
    Floating(PeerId, u64),
    /// The peer's state is this.
    Peer(PeerId, PeerState),
    /// The setting has this value; 0 if it was never written.
    Meta(&'static str, i64),
    /// This many rows that have not ended carry the ID number with this hash.
    WithIdNumber([u8; 16], usize),
}

/// One change.
#[derive(Debug)]
pub enum Change {
    /// Writes a member's row, with its version counted up; `Stale` unless the stored one still has
    /// the version with which it was read, or there is none if it is new.
    Member(Box<MemberRow>),
    /// Removes the row of somebody who was only provisional here.
    ForgetMember(MemberId),
    /// Keeps the wrapped key that seals a member's private data.
    MemberKey(MemberRef, Vec<u8>),
    /// Writes a letter's row, under the same condition; of several in one batch the last.
    Letter(Box<LetterRow>),
    /// Writes a stay's row, under the same condition; of several in one batch the last.
    Stay(Box<StayRow>),
    /// Writes a residence's row, under the same condition; of several in one batch the last.
    Residence(Box<ResidenceRow>),
    /// Writes a departure's row, under the same condition.
    Departure(Box<DepartureRow>),
    /// Keeps what one organisation of ours said to another.
    LocalStatement(Box<LocalStatementRow>),
    /// Makes another node the other side of a letter.
    HandOn(LetterRowId, PeerId),
    /// Writes a paper letter's row, with its version counted up.
    PaperLetter(Box<PaperLetterRow>),
    /// Files a scan with a paper letter.
    Scan(LetterRowId, Box<ScanRow>),
    /// Signs a statement; number, chain and seal are given by the writer.
    Sign(Box<OwnStatement>),
    /// Records that this node signed a Void, Release, Receipt or Refusal of the letter: one of the
    /// first two and one of the last two, once for ever.
    Decide(LetterRowId, Kind),
    /// Continues the copy of a peer's feed.
    Receive(PeerId, Vec<ReceivedEntry>),
    /// Keeps an entry of a peer's feed that came alone; the feed drops it when it brings it.
    Float(Box<FloatingRow>),
    /// Starts the copy of a peer's feed, or our feed for it.
    StartFeed(PeerId, FeedRow, FeedSide),
    /// Writes an organisation of our own.
    Org(Box<OrgRow>),
    /// Writes a peer; not its feeds.
    Peer(Box<PeerRow>),
    /// Writes one organisation of a peer's directory under a revision.
    PeerOrg(PeerId, Box<PeerOrgRow>, u64),
    /// Drops what older revisions of a peer's directory had.
    PeerOrgsBefore(PeerId, u64),
    /// Keeps an invitation's hashed secret until it expires.
    Invitation([u8; 32], Timestamp),
    /// Uses an invitation up; the batch is `Stale` if another node was faster.
    UseInvitation([u8; 32], NodeId),
    /// Keeps the newest signed head of a peer.
    PeerHead(PeerId, Vec<u8>, Timestamp),
    /// Keeps signed proof of a peer's fault.
    Fault(PeerId, Code, Timestamp, Option<LetterRowId>, Box<Entry>),
    /// Keeps the latest report of counts, ours for a peer or a peer's.
    Summary(Box<SummaryRow>),
    /// Replaces what the index of findings holds about a subject.
    Findings(Box<FindingRows>),
    /// Adds a finding to the index, or its evidence to the same one that is there already.
    FindingAgain(Box<FindingRow>),
    /// Lets the second organisation do what the first had to about its members, who moved there.
    MoveFindings(OrgCode, OrgCode),
    /// Adds a line to a history.
    Event(Box<EventRow>),
    /// Keeps an approved batch with its persons.
    ApproveBatch(BatchRow, Vec<BatchItemRow>),
    /// Says what became of the person at a place of a batch; `Stale` unless that one waits.
    BatchItem(BatchId, u32, Result<LetterRowId, Code>),
    /// Says that the person at a place of a batch has this letter, to that organisation, from now
    /// on.
    BatchLetter(BatchId, u32, LetterRowId, OrgCode),
    /// Lets those of a batch wait again for whom no letter could be issued.
    RetryBatch(BatchId),
    /// Writes what a comparison came to so far; `Stale` unless the stored row still has the version
    /// with which it was read, or there is none if it is new.
    Reconciliation(Box<ReconciliationRow>),
    /// Says where the books differ from a peer's, in the place of what was said before.
    Differences(PeerId, Vec<DifferenceRow>),
    /// Writes down that a matching began; `Stale` if that run is there already.
    BeginMatching(Box<MatchingRow>),
    /// Writes what became of one; `Stale` if it ended before.
    EndMatching(Box<MatchingRow>),
    /// Keeps the people of one that is done, in the place of the last one of its kind.
    MatchedPeople(Box<MatchingRow>, Vec<MatchedPersonRow>),
    /// Forgets the people of matchings that began before that time.
    ForgetMatchedPeople(Timestamp),
    /// Changes who may use this node.
    People(PeopleChange),
    /// Adds a line to the audit log.
    Audit(Box<AuditRow>),
    /// Writes a setting of the node.
    Meta(&'static str, i64),
}

/// Whose feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedSide {
    /// Signed by us.
    Own,
    /// Signed by the peer.
    Peer,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Adds a condition.
    pub fn expect(&mut self, expected: Expected) -> &mut Batch {
        self.expected.insert(expected);
        self
    }

    /// Adds a change.
    pub fn push(&mut self, change: Change) -> &mut Batch {
        let end = self.changes.len();
        let place = match &change {
            Change::Letter(row) => *self.letters.entry(row.core.id).or_insert(end),
            Change::Stay(row) => *self.stays.entry(row.core.id).or_insert(end),
            Change::Residence(row) => *self.residences.entry(row.core.id).or_insert(end),
            _ => end,
        };
        match self.changes.get_mut(place) {
            Some(earlier) => *earlier = change,
            None => self.changes.push(change),
        }
        self
    }

    /// The letter as this batch writes it, if it does.
    pub fn letter(&self, id: LetterId) -> Option<&LetterRow> {
        match self.changes.get(*self.letters.get(&id)?) {
            Some(Change::Letter(row)) => Some(row),
            _ => None,
        }
    }

    /// The stay as this batch writes it, if it does.
    pub fn stay(&self, id: StayId) -> Option<&StayRow> {
        match self.changes.get(*self.stays.get(&id)?) {
            Some(Change::Stay(row)) => Some(row),
            _ => None,
        }
    }

    /// The residence as this batch writes it, if it does.
    pub fn residence(&self, id: ResidenceId) -> Option<&ResidenceRow> {
        match self.changes.get(*self.residences.get(&id)?) {
            Some(Change::Residence(row)) => Some(row),
            _ => None,
        }
    }

    /// Marks it as one of the named commits of a hand-over: a test may end the process before or
    /// after it ([`crate::failpoint`]).
    pub fn reach(&mut self, point: &'static str) -> &mut Batch {
        self.points.insert(point);
        self
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

//! What the outside sees: the objects that `--json`, the pages and the API show, field for field as
//! `docs/contract.md` fixes them.
//!
//! These are plain data on their way to the user's own screen, so names stand in them as text;
//! therefore the structs with personal fields have no `Debug`. Nothing here is stored, signed or
//! sent to another region, and nothing here decides anything. Times are RFC 3339 in UTC, days
//! `YYYY-MM-DD`, months `YYYY-MM`.

use serde::Serialize;
use serde::de::DeserializeOwned;

mod batch;
mod departure;
mod file;
mod finding;
mod letter;
mod matching;
mod member;
mod node;
mod organisation;
mod paper;
mod peer;
mod people;
mod reconcile;
mod report;
mod residence;
mod stay;

pub use batch::{
    AcceptedItem, Batch, BatchAccepted, BatchCheck, BatchCounts, BatchIssued, BatchItem,
    BatchRetried, BatchSummary, BatchTemplate, ColumnMatch, FailedItem,
};
pub use departure::{Departure, DepartureFiling};
pub use file::{
    ContactCard, Correction, DuesEntry, EducationEntry, Ledger, MemberData, MemberExport,
    MemberFile, Participation, Recipient, ResidentEntry,
};
pub use finding::{Finding, Rule, RuleExplained, Tasks};
pub use letter::{
    BatchPlace, Letter, LetterNote, LetterRefusal, LetterStatement, LetterSuccession, MemberName,
    PaperRecord,
};
pub use matching::{MatchCheck, MatchedPerson, Matching, MatchingSummary};
pub use member::{CellFault, EndOfMembership, ImportReport, ImportWarning, Member, MemberEvent};
pub use node::{
    Demo, DemoRegion, DemoStep, Initialised, LetterCounts, PaperCounts, Ready, RehearsalClock,
    RosterCounts, Status, StoreSize,
};
pub use organisation::{OrgImport, Organisation};
pub use paper::{CodeLetter, LetterCode, Verdict};
pub use peer::{Invited, Peer, PeerProbe, Replaced};
pub use people::{AuditExport, AuditLine, AuditVerified, NewToken, Session, Setup, Token, User};
pub use reconcile::{Difference, FeedHead, Heads, LetterBelief, Reconciliation};
pub use report::{
    FindingTotal, Meeting, MeetingComparison, MeetingLetters, MeetingStays, MissingRegion,
    RegionReport, ReportCounts, ReportSummary, ReportTotal,
};
pub use residence::{
    Opinion, OpinionState, Residence, ResidenceFeedback, ResidenceRegistration, ResidenceStatement,
    Resident, ResidentCard,
};
pub use stay::{
    Stay, StayContact, StayEnd, StayMember, StayPlacement, StayReport, StayRequest, StayStatement,
};

/// An object with a place in the outside contract.
pub trait View: Serialize + DeserializeOwned {
    /// Its schema, such as `dukou.letter/1`.
    const SCHEMA: &'static str;
}

/// One page of a list.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor for `--after`, if there is more.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The first `limit` of `items`, of which there is one more if the list goes on; `cursor` names
    /// a row for the next page.
    pub fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Page<T> {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(cursor);
        Page { items, next }
    }
}

macro_rules! views {
    ($($type:ty => $schema:literal,)*) => {
        $(impl View for $type {
            const SCHEMA: &'static str = $schema;
        })*
    };
}

views! {
    Initialised => "dukou.node/1",
    Ready => "dukou.ready/1",
    Status => "dukou.status/1",
    Demo => "dukou.demo/1",
    RehearsalClock => "dukou.rehearsal/1",
    Invited => "dukou.invitation/1",
    Peer => "dukou.peer/1",
    Page<Peer> => "dukou.peers/1",
    PeerProbe => "dukou.peer_test/1",
    Replaced => "dukou.peer_replaced/1",
    Reconciliation => "dukou.reconciliation/1",
    Matching => "dukou.matching/1",
    Page<MatchingSummary> => "dukou.matchings/1",
    MatchCheck => "dukou.match_check/1",
    Organisation => "dukou.org/1",
    Page<Organisation> => "dukou.orgs/1",
    OrgImport => "dukou.org_import/1",
    Member => "dukou.member/1",
    Page<Member> => "dukou.members/1",
    Page<MemberEvent> => "dukou.member_events/1",
    ImportReport => "dukou.import/1",
    Letter => "dukou.letter/1",
    Page<Letter> => "dukou.letters/1",
    LetterCode => "dukou.letter_code/1",
    Verdict => "dukou.verdict/1",
    MemberFile => "dukou.member_file/1",
    MemberData => "dukou.member_data/1",
    MemberExport => "dukou.member_export/1",
    Page<Recipient> => "dukou.recipients/1",
    Ledger => "dukou.ledger/1",
    Departure => "dukou.departure/1",
    Page<Departure> => "dukou.departures/1",
    Stay => "dukou.stay/1",
    Page<Stay> => "dukou.stays/1",
    Residence => "dukou.residence/1",
    Page<Residence> => "dukou.residences/1",
    Page<Opinion> => "dukou.opinions/1",
    BatchCheck => "dukou.batch_check/1",
    BatchIssued => "dukou.batch_issued/1",
    Batch => "dukou.batch/1",
    Page<BatchSummary> => "dukou.batches/1",
    BatchAccepted => "dukou.batch_accepted/1",
    BatchRetried => "dukou.batch_retried/1",
    BatchTemplate => "dukou.batch_template/1",
    Rule => "dukou.rule/1",
    Page<Rule> => "dukou.rules/1",
    RuleExplained => "dukou.rule_explained/1",
    Page<Finding> => "dukou.findings/1",
    Tasks => "dukou.tasks/1",
    User => "dukou.user/1",
    Page<User> => "dukou.users/1",
    NewToken => "dukou.new_token/1",
    Token => "dukou.token/1",
    Page<Token> => "dukou.tokens/1",
    Session => "dukou.session/1",
    Page<Session> => "dukou.sessions/1",
    Setup => "dukou.setup/1",
    Page<AuditLine> => "dukou.audit_lines/1",
    AuditVerified => "dukou.audit_verified/1",
    AuditExport => "dukou.audit_export/1",
    RegionReport => "dukou.report/1",
    ReportSummary => "dukou.report_summary/1",
    Meeting => "dukou.meeting/1",
}

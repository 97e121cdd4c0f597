//! Everything that can be asked of a node from outside, one variant per use case.
//!
//! Ids, codes, days and grounds are still the text that the user typed; `office` reads them, so
//! that a wrong one is refused with the same code from every entrance. Paths are absolute, because
//! the node may run in another directory. Personal text is [`Private`] until it is needed. The form
//! crosses the local socket between programs of one version and is not stored.

mod act;
pub mod departure;
mod findings;
mod matching;
mod member;
mod people;
pub mod residence;
pub mod stay;

use std::fmt;
use std::path::PathBuf;

use protocol::private::Private;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use findings::{FindingCommand, ReportCommand, RuleCommand};
pub use matching::{MatchCommand, MatchedList};
pub use member::{MemberCommand, MemberFields};
pub use people::{AuditCommand, ROLES, TokenCommand, UserCommand};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// The node at a glance: [`Status`](crate::office::view::Status).
    Status,
    /// Moves the clock of a running rehearsal forward.
    RehearsalNow {
        /// RFC 3339.
        time: String,
    },
    /// About other regions.
    Peer(PeerCommand),
    /// About organisations.
    Org(OrgCommand),
    /// About members.
    Member(MemberCommand),
    /// About letters.
    Letter(LetterCommand),
    /// About batches of letters.
    Batch(BatchCommand),
    /// Compares the books with another region:
    /// [`Reconciliation`](crate::office::view::Reconciliation).
    Reconcile {
        /// The region's code.
        region: String,
    },
    /// About matchings of lists with another region.
    Match(MatchCommand),
    /// About members who told that they go away.
    Departure(departure::DepartureCommand),
    /// About stays.
    Stay(stay::StayCommand),
    /// About residents who are employed elsewhere.
    Residence(residence::ResidenceCommand),
    /// Hangs a correction or the member's own words on a statement.
    Attach(residence::AttachCommand),
    /// About the rules of this region.
    Rule(RuleCommand),
    /// What is due or wrong.
    Finding(FindingCommand),
    /// About reports of counts.
    Report(ReportCommand),
    /// About users.
    User(UserCommand),
    /// About tokens.
    Token(TokenCommand),
    /// About the audit log.
    Audit(AuditCommand),
}

/// What is asked about other regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PeerCommand {
    /// Writes an invitation.
    Invite {
        /// Where to write it.
        out: PathBuf,
        /// Days until it can no longer be used.
        expires_days: Option<u32>,
    },
    /// Accepts an invitation; with `out` by a reply file instead of the network.
    Accept {
        /// The invitation.
        file: PathBuf,
        /// The inviter's fingerprint as read over the phone.
        fingerprint: String,
        /// Where to write the reply, when there is no network.
        out: Option<PathBuf>,
    },
    /// Approves a pending peer.
    Approve {
        /// The region's code.
        region: String,
        /// The peer's fingerprint as read over the phone.
        fingerprint: String,
    },
    /// Approves a peer by its reply file.
    ApproveReply {
        /// The reply.
        file: PathBuf,
        /// The peer's fingerprint as read over the phone.
        fingerprint: String,
    },
    /// Lists the peers.
    List(Paging),
    /// Shows one.
    Show {
        /// The region's code.
        region: String,
    },
    /// Tries to reach one now.
    Test {
        /// The region's code.
        region: String,
    },
    /// Stops the exchange with one for now.
    Pause {
        /// The region's code.
        region: String,
    },
    /// Goes on with a paused one.
    Resume {
        /// The region's code.
        region: String,
    },
    /// Puts a successor in the place of one that will not come back.
    Replace {
        /// The region, or the beginning of the node id, of the one that is gone.
        old: String,
        /// The same of its successor, which has accepted an invitation of ours.
        new: String,
        /// The successor's fingerprint as read over the phone.
        fingerprint: String,
        /// The two persons who stand for it.
        confirmed_by: Vec<String>,
    },
    /// Ends the trust in one.
    Revoke {
        /// The region's code.
        region: String,
    },
}

/// What is asked about organisations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OrgCommand {
    /// Adds one.
    Add {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// One of [`ORG_KINDS`].
        kind: String,
        /// The code of the one above it.
        parent: Option<String>,
        /// Whether it may transfer members.
        may_transfer: bool,
    },
    /// Imports a table of them.
    Import {
        /// xlsx or csv.
        file: PathBuf,
    },
    /// Lists our own, or a peer's.
    List {
        /// A peer's region.
        region: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Gives one another name; the old one stays as an alias.
    Rename {
        /// Its code.
        code: String,
        /// The new name.
        name: String,
    },
    /// Moves everything of one into another.
    Merge {
        /// The code of the one that ends.
        code: String,
        /// The code of the one that goes on.
        into: String,
    },
    /// Closes an empty one.
    Close {
        /// Its code.
        code: String,
    },
}

/// What is asked about letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LetterCommand {
    /// Issues one.
    Issue {
        /// The member, or a unique prefix.
        member: String,
        /// The destination organisation.
        to: String,
        /// 事由.
        reason: Option<PersonalText>,
        /// 党费交至, a month; else what the roster says.
        dues_paid_through: Option<String>,
        /// Days of validity; else what the rules say.
        days: Option<i64>,
        /// How long to wait until the peer durably holds the Offer, in milliseconds.
        wait_ms: Option<u64>,
    },
    /// Issues one on paper alone, to an office without a node.
    IssueOnPaper {
        /// The member, or a unique prefix.
        member: String,
        /// What the office is called.
        to_name: String,
        /// 事由.
        reason: Option<PersonalText>,
        /// 党费交至, a month; else what the roster says.
        dues_paid_through: Option<String>,
        /// Days of validity; else the most there are.
        days: Option<i64>,
    },
    /// Records that the receipt of a paper letter came back.
    RecordReceipt {
        /// The letter, or a unique prefix.
        letter: String,
        /// The day.
        on: String,
        /// A scan of the receipt.
        scan: Option<PathBuf>,
    },
    /// Records that a paper letter was returned.
    RecordReturn {
        /// The letter, or a unique prefix.
        letter: String,
        /// The day.
        on: String,
        /// One of [`GROUNDS`].
        ground: String,
        /// A scan of what came back.
        scan: Option<PathBuf>,
    },
    /// Records a paper letter from an office without a node, and enters the person.
    RecordIn {
        /// What the office is called.
        from_name: String,
        /// The number on the letter.
        serial: Option<String>,
        /// When it was handed in; else today.
        on: Option<String>,
        /// A scan of the letter.
        scan: Option<PathBuf>,
        /// The person.
        member: Box<MemberFields>,
    },
    /// Lists them, newest first.
    List {
        /// One of [`DIRECTIONS`].
        direction: Option<String>,
        /// One of [`LETTER_STATES`].
        state: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Shows one.
    Show {
        /// The letter, or a unique prefix.
        letter: String,
    },
    /// Accepts one into a branch.
    Accept {
        /// The letter, or a unique prefix.
        letter: String,
        /// The branch.
        org: String,
        /// Whether the person was met.
        met: bool,
        /// The roster entry that is the same person.
        same_as: Option<String>,
    },
    /// Refuses one.
    Refuse {
        /// The letter, or a unique prefix.
        letter: String,
        /// One of [`GROUNDS`].
        ground: String,
        /// The organisation that will accept the member.
        redirect: Option<String>,
        /// Free text for the origin.
        note: Option<PersonalText>,
    },
    /// Voids one.
    Void {
        /// The letter, or a unique prefix.
        letter: String,
        /// One of [`VOID_REASONS`].
        reason: String,
        /// The new destination of a rerouted one.
        to: Option<String>,
    },
    /// Tells its code, and draws it into files.
    Qr {
        /// The letter, or a unique prefix.
        letter: String,
        /// Where to draw it as PNG.
        png: Option<PathBuf>,
        /// Where to draw it as SVG.
        svg: Option<PathBuf>,
    },
    /// Says what a code from paper is worth; changes nothing.
    Verify {
        /// The text of the code.
        code: PersonalText,
    },
    /// Takes in a code from paper.
    Scan {
        /// The text of the code.
        code: PersonalText,
    },
    /// Voids an expired or lost one if need be, and issues it again.
    Reissue {
        /// The letter, or a unique prefix.
        letter: String,
    },
}

/// What is asked about batches of letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BatchCommand {
    /// Checks a sheet.
    Check {
        /// xlsx or csv.
        file: PathBuf,
        /// Where to write the table back with its faults marked.
        annotated: Option<PathBuf>,
        /// Columns that the user matched, `FIELD=COLUMN`.
        columns: Vec<String>,
    },
    /// Writes an empty sheet.
    Template {
        /// Where to, xlsx.
        out: PathBuf,
    },
    /// Approves a sheet and issues its letters.
    Issue {
        /// xlsx or csv.
        file: PathBuf,
        /// How many letters the user expects.
        confirm: u64,
        /// Whether rows with faults may be left out.
        only_valid: bool,
        /// Columns that the user matched, `FIELD=COLUMN`.
        columns: Vec<String>,
    },
    /// Lists them with how far they are.
    List {
        /// Only this direction: `out` or `in`.
        direction: Option<String>,
        /// Which part of the list.
        paging: Paging,
    },
    /// Shows one, at either end.
    Show {
        /// The batch, or a unique prefix.
        batch: String,
        /// Which part of its items.
        paging: Paging,
    },
    /// Accepts what has arrived of one.
    Accept {
        /// The batch, or a unique prefix.
        batch: String,
        /// The branch.
        org: String,
        /// The persons who were met, by reference or unique prefix.
        met: Vec<String>,
    },
    /// Tries again for those without a letter.
    Retry {
        /// The batch, or a unique prefix.
        batch: String,
        /// Whether refused letters are issued again.
        refused: bool,
        /// Whether voided letters are issued again.
        voided: bool,
    },
}

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Most rows, from 1 to [`PAGE_ROWS_MAX`].
    pub limit: u32,
    /// The `next` of the part before.
    pub after: Option<String>,
}

/// Most rows of one part of a list.
pub const PAGE_ROWS_MAX: u32 = 1000;

/// Kinds of organisations.
pub const ORG_KINDS: &[&str] = &["committee", "general_branch", "branch", "group", "temporary"];
/// Reasons for which a membership ends.
pub const END_REASONS: &[&str] = &["deceased", "left", "removed", "duplicate"];
/// What the node's custody of a member may be.
pub const CUSTODIES: &[&str] =
    &["here", "provisional", "in_transit", "away", "ended", "transferred"];
/// Directions of letters.
pub const DIRECTIONS: &[&str] = &["out", "in"];
/// States of letters.
pub const LETTER_STATES: &[&str] =
    &["issued", "accepted", "released", "received", "closed", "refused", "voided"];
/// Grounds on which a destination may refuse.
pub const GROUNDS: &[&str] = &[
    "not_this_person",
    "details_differ",
    "expired",
    "out_of_area",
    "no_such_organisation",
    "already_member",
    "not_arrived",
    "deceased",
    "member_declines",
    "malformed",
];
/// Reasons for which an origin may void.
pub const VOID_REASONS: &[&str] = &["withdrawn", "lost", "expired", "rerouted", "ended"];

/// Personal text on its way from the user's hand to the node, over the local socket alone.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalText(pub Private<String>);

impl PersonalText {
    /// Wraps `text`.
    pub fn new(text: String) -> PersonalText {
        PersonalText(Private::new(text))
    }

    /// The text itself, on purpose.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for PersonalText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.reveal())
    }
}

impl<'de> Deserialize<'de> for PersonalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(PersonalText::new)
    }
}

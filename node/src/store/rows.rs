//! The rows of the store as plain data: what readers give and batches take. No SQLite type appears.

use protocol::envelope::Entry;
use protocol::id::{
    BatchId, EntryHash, Generation, Incarnation, LetterId, MemberRef, MintNonce, NodeId, OrgCode,
    RegionCode, Serial,
};
use protocol::member::{self, Sex};
use protocol::private::Private;
use protocol::refusal::Code;
use protocol::statement::Stated;
use protocol::statement::custody::BatchPlace;
use protocol::statement::directory::OrgKind;
use protocol::statement::kind::Kind;
use protocol::time::{Day, Month, Timestamp};
use protocol::transfer::state::{Letter, State};

mod departure;
mod matching;
mod people;
mod reconcile;
pub use departure::{DepartureRow, DepartureRowId, DepartureWord};
pub use matching::{MatchedPersonRow, MatchingId, MatchingRow};
pub use people::{AuditRow, SessionRow, TokenRow, UserRow};
mod residence;
mod stay;
pub use reconcile::{BookedLetter, DifferenceRow, ReconciliationRow};
pub use residence::{LocalStatementRow, ResidenceRow, ResidenceRowId};
pub use stay::{StayKept, StayRow};

/// The row number of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub i64);
/// The row number of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterRowId(pub i64);
/// The row number of a stay; letters and stays are numbered together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StayRowId(pub i64);
/// What a statement belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseRowId {
    /// A letter.
    Letter(LetterRowId),
    /// A stay.
    Stay(StayRowId),
    /// A residence.
    Residence(ResidenceRowId),
}

impl CaseRowId {
    /// The number of the row, whichever table it stands in.
    pub fn number(self) -> i64 {
        match self {
            CaseRowId::Letter(letter) => letter.0,
            CaseRowId::Stay(stay) => stay.0,
            CaseRowId::Residence(residence) => residence.0,
        }
    }
}

/// The row number of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub i64);
/// The row number of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId(pub i64);

/// How often a row was written; a batch names the versions on which it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub i64);

impl Version {
    /// The version of a row that does not exist yet.
    pub const ABSENT: Version = Version(0);
}

/// What this node is to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Custody {
    /// Full holder.
    Here,
    /// Accepted here, not yet released by the origin.
    Provisional,
    /// Released by this node, receipt outstanding: it still answers for the member.
    InTransit,
    /// The membership ended here.
    Ended,
    /// Handed over to another region.
    Transferred,
}

impl Custody {
    /// Every value, in the order of the stored numbers.
    pub const ALL: &'static [Custody] = &[
        Custody::Here,
        Custody::Provisional,
        Custody::InTransit,
        Custody::Ended,
        Custody::Transferred,
    ];

    /// The name in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Custody::Here => "here",
            Custody::Provisional => "provisional",
            Custody::InTransit => "in_transit",
            Custody::Ended => "ended",
            Custody::Transferred => "transferred",
        }
    }

    /// Whether this node answers for the member, or manages them meanwhile.
    pub fn is_living(self) -> bool {
        matches!(self, Custody::Here | Custody::Provisional | Custody::InTransit)
    }
}

/// Why a membership ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// 去世.
    Deceased,
    /// 退出.
    Left,
    /// 除名.
    Removed,
    /// 重复登记: the person is on the roster under another reference.
    Duplicate,
}

impl EndReason {
    /// Every value, in the order of the stored numbers.
    pub const ALL: &'static [EndReason] =
        &[EndReason::Deceased, EndReason::Left, EndReason::Removed, EndReason::Duplicate];

    /// The name in commands and `--json`.
    pub fn name(self) -> &'static str {
        match self {
            EndReason::Deceased => "deceased",
            EndReason::Left => "left",
            EndReason::Removed => "removed",
            EndReason::Duplicate => "duplicate",
        }
    }
}

/// A member of the roster.
#[derive(Clone, Debug)]
pub struct MemberRow {
    /// The row.
    pub id: MemberId,
    /// How often it was written.
    pub version: Version,
    /// The reference that travels.
    pub member: MemberRef,
    /// What this node is to the member.
    pub custody: Custody,
    /// Full or on probation.
    pub standing: member::Standing,
    /// The branch on our roster.
    pub org: OrgCode,
    /// 姓名.
    pub name: Private<String>,
    /// Name, pinyin and initials, for searching.
    pub search: Private<String>,
    /// Hand-overs behind the membership.
    pub generation: Generation,
    /// The nonce of a reference that was minted here.
    pub nonce: Option<MintNonce>,
    /// The letter by which the membership came here last.
    pub inbound: Option<LetterRowId>,
    /// The letter that is open now, in either direction.
    pub open_letter: Option<LetterRowId>,
    /// 党费交至.
    pub dues_paid_through: Option<Month>,
    /// 入党日期.
    pub joined_on: Option<Day>,
    /// 性别.
    pub sex: Option<Sex>,
    /// 民族.
    pub ethnicity: Option<Private<String>>,
    /// Finds the person by ID number without holding the number.
    pub id_hmac: [u8; 16],
    /// ID number and phone, sealed by the member's key.
    pub sealed: Vec<u8>,
    /// Why and when the membership ended.
    pub ended: Option<(EndReason, Day)>,
    /// The reference under which the same person goes on.
    pub alias_of: Option<MemberRef>,
    /// Whether somebody here met the person (册见人见).
    pub met: bool,
    /// The stay by which a member of ours is away.
    pub away: Option<StayRowId>,
    /// The residence by which a member of ours is known to a community.
    pub resides: Option<ResidenceRowId>,
    /// What the indexes say of the row as it was read; none for one that was not read.
    pub indexed: Option<MemberIndexed>,
}

/// The columns of a member that stand in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberIndexed {
    /// As [`MemberRow::custody`].
    pub custody: Custody,
    /// As [`MemberRow::org`].
    pub org: OrgCode,
    /// As [`MemberRow::id_hmac`].
    pub id_hmac: [u8; 16],
    /// As [`MemberRow::met`].
    pub met: bool,
}

impl MemberRow {
    /// What the indexes will say of it.
    pub(super) fn to_index(&self) -> MemberIndexed {
        let MemberRow { custody, org, id_hmac, met, .. } = *self;
        MemberIndexed { custody, org, id_hmac, met }
    }
}

/// A letter, with what this node needs beside the shared state.
#[derive(Clone, Debug)]
pub struct LetterRow {
    /// The row.
    pub id: LetterRowId,
    /// How often it was written.
    pub version: Version,
    /// Whether this node issued it.
    pub own: bool,
    /// The other side.
    pub peer: PeerId,
    /// The shared state.
    pub core: Letter,
    /// The printed number.
    pub serial: Serial,
    /// The issuing organisation.
    pub from_org: OrgCode,
    /// The addressed organisation.
    pub to_org: OrgCode,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Where the destination placed the member.
    pub branch: Option<OrgCode>,
    /// The roster entry that the destination declared to be the same person.
    pub same_as: Option<MemberRef>,
    /// The letter that this one stands for.
    pub replaces: Option<LetterId>,
    /// Whether the destination asked for a new letter.
    pub reissue_requested: bool,
    /// Why the destination could not use the Offer, if so.
    pub rejected: Option<Code>,
    /// How large the Offer is, in bytes; counted against its peer's quota until it is decided.
    pub bytes: u64,
    /// Whether it came when its peer's undecided Offers were over their quota.
    pub parked: bool,
    /// Its place in a batch.
    pub batch: Option<BatchPlace>,
    /// How it stood when it was read; none for one that was not read.
    pub stood: Option<Standing>,
}

/// How a letter stands for whoever looks for open ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its last state is reached.
    Ended,
    /// Somebody still has to do something.
    Open,
    /// A peer offered it, and nobody has decided.
    Undecided,
    /// The same, beyond the peer's quota.
    Parked,
}

impl Standing {
    /// Every value, in the order of the stored numbers.
    pub const ALL: &'static [Standing] =
        &[Standing::Ended, Standing::Open, Standing::Undecided, Standing::Parked];
}

impl LetterRow {
    /// How it stands now.
    pub fn standing(&self) -> Standing {
        match self.core.state() {
            state if state.is_final() => Standing::Ended,
            State::Issued if !self.own && self.parked => Standing::Parked,
            State::Issued if !self.own => Standing::Undecided,
            _ => Standing::Open,
        }
    }
}

/// A letter to or from an office without a node: only what was recorded.
#[derive(Clone, Debug)]
pub struct PaperLetterRow {
    /// The row, numbered with those of signed letters.
    pub id: LetterRowId,
    /// Its random id.
    pub hash: [u8; 32],
    /// How often it was written.
    pub version: Version,
    /// Whether this node issued it.
    pub own: bool,
    /// The word for it: issued, closed, refused or voided.
    pub state: State,
    /// The member.
    pub member: MemberRef,
    /// The generation of the membership.
    pub generation: Generation,
    /// The printed number: ours, or theirs if it was written down.
    pub serial: Option<String>,
    /// Our organisation.
    pub org: OrgCode,
    /// The other office, as it is called.
    pub party: String,
    /// When it was issued, or recorded.
    pub issued_at: Timestamp,
    /// The last day on which it may be accepted.
    pub valid_until: Option<Day>,
    /// 党费交至.
    pub dues_paid_through: Option<Month>,
    /// 事由, sealed.
    pub sealed_reason: Option<Vec<u8>>,
    /// The day of its receipt, return, end or arrival.
    pub ended_on: Option<Day>,
    /// The coded ground or reason of its end.
    pub why: Option<String>,
}

/// A scan that is filed with a paper letter.
#[derive(Clone, Debug)]
pub struct ScanRow {
    /// SHA-256 of it.
    pub hash: [u8; 32],
    /// Its size, in bytes.
    pub size: u64,
    /// It, sealed under the member's key.
    pub sealed: Vec<u8>,
}

/// An approval over many letters of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Its id.
    pub id: BatchId,
    /// When it was approved.
    pub approved_at: Timestamp,
    /// How many persons it has.
    pub count: u32,
}

/// One person of a batch of ours. Without a letter and a code it waits to be issued.
#[derive(Clone, Debug)]
pub struct BatchItemRow {
    /// From 0.
    pub place: u32,
    /// Who.
    pub member: MemberRef,
    /// Where to.
    pub to_org: OrgCode,
    /// 党费交至, as the sheet says.
    pub dues_paid_through: Option<Month>,
    /// 事由, sealed under the member's key; none if blank, or once it stands in the letter.
    pub sealed_reason: Option<Vec<u8>>,
    /// The letter that was issued.
    pub letter: Option<LetterRowId>,
    /// Why none could be issued.
    pub code: Option<Code>,
}

/// An organisation of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgRow {
    /// Its code.
    pub code: OrgCode,
    /// Its name.
    pub name: String,
    /// Its level.
    pub kind: OrgKind,
    /// The one above it.
    pub parent: Option<OrgCode>,
    /// Whether it may transfer members.
    pub may_transfer: bool,
    /// Whether it was closed or merged away.
    pub closed: bool,
    /// The one that took over, once merged.
    pub successor: Option<OrgCode>,
    /// Former names.
    pub aliases: Vec<String>,
}

/// How far the trust in a peer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeerState {
    /// It used an invitation of ours; nobody has approved it yet.
    Pending,
    /// Letters flow.
    Active,
    /// Nothing flows until somebody resumes it.
    Paused,
    /// No trust any more; kept for its evidence.
    Revoked,
}

impl PeerState {
    /// Every value, in the order of the stored numbers.
    pub const ALL: &'static [PeerState] =
        &[PeerState::Pending, PeerState::Active, PeerState::Paused, PeerState::Revoked];

    /// The name in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            PeerState::Pending => "pending",
            PeerState::Active => "active",
            PeerState::Paused => "paused",
            PeerState::Revoked => "revoked",
        }
    }
}

/// Another region's node.
#[derive(Clone, Debug)]
pub struct PeerRow {
    /// The row.
    pub id: PeerId,
    /// Its identity.
    pub node: NodeId,
    /// Its region.
    pub region: RegionCode,
    /// The region's name.
    pub name: String,
    /// How far we trust it.
    pub state: PeerState,
    /// The key that its connections must show.
    pub tls_key: [u8; 32],
    /// Its key certificate, encoded.
    pub cert: Vec<u8>,
    /// Where it may be dialled, `IP:PORT`.
    pub addresses: Vec<String>,
    /// The secret of the pair, sealed by the vault.
    pub pair_secret: Vec<u8>,
    /// When bytes of it last arrived.
    pub last_contact: Option<Timestamp>,
    /// How far its clock runs ahead of ours, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// What we sign for it.
    pub own_feed: FeedRow,
    /// What it signed for us, once something came.
    pub peer_feed: Option<FeedRow>,
    /// The newest head that it signed and we applied, encoded, with its time.
    pub head: Option<(Vec<u8>, Timestamp)>,
    /// The secret of its invitation that we still have to present, sealed by the vault.
    pub introduction: Option<Vec<u8>>,
    /// The revision of its directory that we hold whole.
    pub directory_revision: u64,
    /// The revision of our directory that it was sent.
    pub directory_sent: u64,
}

/// One feed's position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedRow {
    /// The row.
    pub id: FeedId,
    /// Which life.
    pub incarnation: Incarnation,
    /// The last entry's number.
    pub seq: u64,
    /// The last entry's hash.
    pub hash: EntryHash,
    /// Of an own feed: the last entry that the peer holds durably.
    pub acked: u64,
}

/// An organisation of a peer, as its directory says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerOrgRow {
    /// Its code.
    pub code: OrgCode,
    /// Its name.
    pub name: String,
    /// Its level.
    pub kind: OrgKind,
    /// The one above it.
    pub parent: Option<OrgCode>,
    /// Whether it may receive letters.
    pub may_transfer: bool,
    /// Former names and codes.
    pub aliases: Vec<String>,
}

/// A statement that this node is about to sign for a peer.
#[derive(Clone, Debug)]
pub struct OwnStatement {
    /// For whom.
    pub peer: PeerId,
    /// The statement and its block in the clear, on their way to the link.
    pub stated: Stated,
    /// The block sealed for rest; none if it is empty.
    pub sealed_block: Option<Vec<u8>>,
    /// The letter or stay it belongs to.
    pub case: Option<CaseRowId>,
}

/// An entry of a peer's feed, verified, with our judgement of it.
#[derive(Clone, Debug)]
pub struct ReceivedEntry {
    /// The entry.
    pub entry: Entry,
    /// The block sealed for rest; none if it is empty or not kept.
    pub sealed_block: Option<Vec<u8>>,
    /// The letter or stay it belongs to.
    pub case: Option<CaseRowId>,
    /// Why it cannot be used, if so.
    pub unusable: Option<Code>,
}

/// An entry of a peer's feed that came alone, above the end of our copy.
#[derive(Clone, Debug)]
pub struct FloatingRow {
    /// Whose feed.
    pub peer: PeerId,
    /// The entry; its private block rests apart.
    pub entry: Entry,
    /// The block sealed for rest.
    pub sealed_block: Option<Vec<u8>>,
    /// The letter that it opens.
    pub letter: LetterRowId,
}

/// A statement of a letter, as lists show it.
#[derive(Clone, Debug)]
pub struct LetterStatementRow {
    /// Its kind.
    pub kind: Kind,
    /// Its bytes.
    pub statement: Vec<u8>,
    /// Its private block, sealed; none if empty or erased.
    pub sealed_block: Option<Vec<u8>>,
    /// Whether the block was erased.
    pub erased: bool,
    /// Whether it stands in our own feed.
    pub own: bool,
    /// Its number there.
    pub seq: u64,
    /// Why it cannot be used, if so.
    pub unusable: Option<Code>,
}

/// A line of a member's history.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Orders the lines.
    pub id: i64,
    /// When.
    pub time: Timestamp,
    /// Whose.
    pub member: Option<MemberRef>,
    /// About which letter.
    pub letter: Option<LetterRowId>,
    /// What happened.
    pub kind: String,
    /// Where.
    pub org: Option<OrgCode>,
    /// Who did it: a region or a user.
    pub by: String,
    /// Field names or a coded reason; never a personal value.
    pub detail: Option<String>,
}

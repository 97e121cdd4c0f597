//! Letters (介绍信) and the signed statements about them.

use serde::{Deserialize, Serialize};

/// A letter as this node sees it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The letter's id: the hash of its Offer, hex.
    pub id: String,
    /// The printed serial, `REGION-YYYY-N…-C`.
    pub serial: String,
    /// `out` or `in`.
    pub direction: String,
    /// Whom it is about.
    pub member: MemberName,
    /// The issuing organisation.
    pub from_org: String,
    /// Its name.
    pub from_org_name: Option<String>,
    /// Its region.
    pub from_region: String,
    /// The addressed organisation.
    pub to_org: String,
    /// Its name.
    pub to_org_name: Option<String>,
    /// Its region.
    pub to_region: String,
    /// The member's generation when it was issued.
    pub generation: u32,
    /// `issued`, `accepted`, `released`, `received`, `closed`, `refused` or `voided`.
    pub state: String,
    /// The organisation that answers for the member.
    pub custody_org: String,
    /// Where the member is placed before the release.
    pub provisional_org: Option<String>,
    /// When it was issued.
    pub issued_at: String,
    /// The last day on which it may be accepted, to 24:00 Asia/Shanghai.
    pub valid_until: String,
    /// 党费交至, a month.
    pub dues_paid_through: Option<String>,
    /// 事由.
    pub reason: Option<String>,
    /// `queued`, `delivered` or `rejected`.
    pub delivery: String,
    /// Why the destination could not use the Offer, a stable code.
    pub rejected: Option<String>,
    /// `signed` or `paper`.
    pub evidence: String,
    /// Whether it came on paper, and the issuer's feed has not brought it yet: a withdrawal would
    /// not be known.
    #[serde(default)]
    pub floating: bool,
    /// Why it was refused.
    pub refusal: Option<LetterRefusal>,
    /// Why it was voided: `withdrawn`, `lost`, `expired`, `rerouted` or `ended`.
    pub void_reason: Option<String>,
    /// The letter that this one stands for.
    pub replaces: Option<String>,
    /// Whether the destination asked for a new letter.
    pub reissue_requested: bool,
    /// Whether it stands aside because its region offered more than its quota; it may be decided
    /// all the same.
    pub parked: bool,
    /// Its place in a batch.
    pub batch: Option<BatchPlace>,
    /// Whose place was taken by another node, if anybody's.
    pub successions: Vec<LetterSuccession>,
    /// What was recorded of a letter on paper alone: then the other office has a name and no code,
    /// and there are no statements.
    #[serde(default)]
    pub paper: Option<PaperRecord>,
    /// Every statement that counts here, in the order of the five steps.
    pub statements: Vec<LetterStatement>,
    /// Corrections, and the member's own words about a statement, oldest first. They change no
    /// state.
    #[serde(default)]
    pub notes: Vec<LetterNote>,
    /// What this node may do now: `accept`, `refuse`, `void`, `reissue`, `record_receipt`,
    /// `record_return`.
    pub next: Vec<String>,
}

/// The record of a letter to or from an office without a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperRecord {
    /// The day of its receipt, return, end or arrival.
    pub ended_on: Option<String>,
    /// SHA-256 of the scan that is filed, hex.
    pub scan_sha256: Option<String>,
    /// Its size.
    pub scan_bytes: Option<u64>,
}

/// Whom a letter is about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberName {
    /// The member's reference.
    #[serde(rename = "ref")]
    pub member: String,
    /// 姓名; none once erased.
    pub name: Option<String>,
}

/// Why the destination refused.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRefusal {
    /// The coded ground.
    pub ground: String,
    /// The organisation that will accept the member.
    pub redirect: Option<String>,
    /// Free text for the origin.
    pub note: Option<String>,
}

/// 承继: a node in the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterSuccession {
    /// `origin` or `destination`.
    pub side: String,
    /// The identity key of the node that is gone, hex.
    pub predecessor: String,
    /// That of the node that speaks for the side now, hex.
    pub successor: String,
}

/// One signed statement about a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterStatement {
    /// `offer`, `accept`, `release`, `receipt`, `ack`, `refusal`, `void` or `succession`.
    pub kind: String,
    /// The code of the signing region.
    pub by: String,
    /// The signed time.
    pub at: String,
    /// The statement's hash, hex.
    pub hash: String,
}

/// What hangs on a statement of a letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterNote {
    /// `correction` or `reply`.
    pub kind: String,
    /// The code of the signing region.
    pub by: String,
    /// The signed time.
    pub at: String,
    /// The statement's hash, hex.
    pub hash: String,
    /// The hash of the statement that it corrects or replies to.
    pub answers: String,
    /// The words; none once erased.
    pub text: Option<String>,
}

/// Which letter of a batch this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchPlace {
    /// The batch.
    pub id: String,
    /// Its number there, from 1.
    pub index: u32,
    /// How many letters the batch has.
    pub count: u32,
}

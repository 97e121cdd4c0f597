//! One member's file, what it was drawn from, and who received what of it.

use serde::{Deserialize, Serialize};

use super::{
    Departure, Letter, Member, MemberEvent, Residence, ResidentCard, Stay, StayContact, StayReport,
};

/// A member's file: one record, of which the five cards (五卡) are views.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberFile {
    /// 基本信息卡: what the roster says; none for a guest, who stands on another's roster.
    pub member: Option<Member>,
    /// 流动信息卡: every stay, newest first, with everything that was said.
    pub stays: Vec<Stay>,
    /// 外出报告: every departure that the member reported, newest first.
    #[serde(default)]
    pub departures: Vec<Departure>,
    /// 双报到: every residence, newest first, with everything that was said.
    #[serde(default)]
    pub residences: Vec<Residence>,
    /// 社区党员登记卡 of each residence in which the member reported.
    #[serde(default)]
    pub resident_cards: Vec<ResidentEntry>,
    /// 结对联心卡: who keeps in touch, and when they did.
    pub contacts: Vec<ContactCard>,
    /// 民主评议卡: facts by quarter, newest first. There are no marks and no scores.
    pub participation: Vec<Participation>,
    /// 教育处理卡: news, help, corrections and the member's own words, newest first.
    pub education: Vec<EducationEntry>,
    /// 党费: what is known of dues and from where, newest first.
    pub dues: Vec<DuesEntry>,
    /// Every letter, newest first.
    pub letters: Vec<Letter>,
}

/// 社区党员登记卡: a resident as the community knows them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentEntry {
    /// The residence.
    pub residence: String,
    /// The unit's organisation.
    pub unit: String,
    /// The community's.
    pub community: String,
    /// When the member reported.
    pub registered_on: String,
    /// 居住地址.
    pub address: Option<String>,
    /// What the member told; only where the community is.
    pub card: Option<ResidentCard>,
}

/// Who keeps in touch during a stay.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// The stay.
    pub stay: String,
    /// 联系人 at home; none before the origin confirmed, or once erased.
    pub home: Option<StayContact>,
    /// 联系人 where the member stays.
    pub there: Option<StayContact>,
    /// When there last was contact.
    pub last_contact: Option<String>,
    /// How often contact was noted.
    pub contacts: usize,
}

/// The facts of a quarter, as the latest report says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participation {
    /// The stay.
    pub stay: String,
    /// The region that reported.
    pub by: String,
    /// The facts.
    pub report: StayReport,
    /// Duties and notes.
    pub text: Option<String>,
    /// The reporting region's last correction of it (更正), which says what holds instead.
    #[serde(default)]
    pub correction: Option<Correction>,
}

/// What its author says instead of an earlier statement.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When.
    pub at: String,
    /// What; none once erased.
    pub text: Option<String>,
}

/// Something that was sent, asked, answered, corrected or replied.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EducationEntry {
    /// The stay.
    pub stay: String,
    /// The kind of the statement.
    pub kind: String,
    /// The region that said it.
    pub by: String,
    /// When.
    pub at: String,
    /// What; none once erased.
    pub text: Option<String>,
}

/// A month through which dues are paid, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuesEntry {
    /// The last month paid for.
    pub paid_through: String,
    /// `roster`, `letter` or `report`.
    pub source: String,
    /// The region that says so.
    pub by: String,
    /// Whether that region corrected the statement since: the month no longer counts, and stands
    /// below those that do.
    #[serde(default)]
    pub corrected: bool,
}

/// A region that received something about a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The region's code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// The identity key of its node, hex.
    pub node_id: String,
    /// The kinds of statements that were signed for it.
    pub kinds: Vec<String>,
    /// The time of the first.
    pub first: String,
    /// The time of the last.
    pub last: String,
    /// Whether its node durably holds all of them, as far as this node knows.
    pub delivered: bool,
}

/// Everything that this node holds about a person, for that person: the content of the exported
/// file. Identity number and phones are in full.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberData {
    /// Who holds it: the region's code.
    pub held_by: String,
    /// The region's name.
    pub held_by_name: String,
    /// When it was exported.
    pub exported_at: String,
    /// The file.
    pub file: MemberFile,
    /// What happened, oldest first.
    pub history: Vec<MemberEvent>,
    /// Everyone who received something of it from here.
    pub received_by: Vec<Recipient>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberExport {
    /// Where.
    pub file: String,
    /// Letters in it.
    pub letters: usize,
    /// Stays in it.
    pub stays: usize,
    /// Residences in it.
    #[serde(default)]
    pub residences: usize,
    /// Regions that received something.
    pub recipients: usize,
}

/// A ledger that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Where.
    pub file: String,
    /// `out` or `in`.
    pub direction: String,
    /// Its rows.
    pub rows: u64,
}

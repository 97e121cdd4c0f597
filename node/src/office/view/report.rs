//! Reports of counts. No person is in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a superior sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSummary {
    /// When it was put together.
    pub as_of: String,
    /// What each region reported last, this one first.
    pub regions: Vec<RegionReport>,
    /// Regions without a report of the last month: they are not in the total.
    pub missing_regions: Vec<MissingRegion>,
    /// The sum over the others.
    pub total: ReportTotal,
}

/// The report of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionReport {
    /// The region's code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// When it was signed; for this region, now.
    pub as_of: String,
    /// Days since then.
    pub days_old: i32,
    /// People and letters.
    pub counts: ReportCounts,
    /// Findings that stood, by kind.
    pub findings: BTreeMap<String, FindingTotal>,
}

/// A region that owes a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRegion {
    /// The region's code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// When it reported last, if it ever did.
    pub last: Option<String>,
}

/// A sum over regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTotal {
    /// The regions that it covers.
    pub covers: Vec<String>,
    /// People and letters.
    pub counts: ReportCounts,
    /// Findings by kind.
    pub findings: BTreeMap<String, FindingTotal>,
}

/// People and letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCounts {
    /// Members held in full.
    pub full: u64,
    /// Members managed before their origin has released them.
    pub provisional: u64,
    /// Members released whose receipt is outstanding.
    pub in_transit: u64,
    /// Own letters that have not ended.
    pub letters_out: u64,
    /// Letters to the region that have not ended.
    pub letters_in: u64,
}

impl ReportCounts {
    /// Adds another region's.
    pub fn add(&mut self, other: &ReportCounts) {
        self.full += other.full;
        self.provisional += other.provisional;
        self.in_transit += other.in_transit;
        self.letters_out += other.letters_out;
        self.letters_in += other.letters_in;
    }
}

/// What two regions have to talk about once a quarter (联席会议), as this side sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// This region's code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// The other region's code.
    pub with_region: String,
    /// Its name.
    pub with_name: String,
    /// `YYYY-Qn`.
    pub quarter: String,
    /// When it was put together; states and findings are those of now.
    pub as_of: String,
    /// Letters that this region issued to the other in the quarter.
    pub letters_out: MeetingLetters,
    /// Letters that the other issued to this one.
    pub letters_in: MeetingLetters,
    /// Members of ours who stay there.
    pub stays_out: MeetingStays,
    /// Members of theirs who stay here.
    pub stays_in: MeetingStays,
    /// What is due here about letters and stays with the other, by kind.
    pub findings: BTreeMap<String, FindingTotal>,
    /// The last comparison of the books; none if there never was one.
    pub reconciliation: Option<MeetingComparison>,
}

/// Letters of a quarter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingLetters {
    /// All of them.
    pub issued: u64,
    /// The destination is the holder.
    pub received: u64,
    /// The destination declined.
    pub refused: u64,
    /// The origin took them back.
    pub voided: u64,
    /// Still under way.
    pub open: u64,
}

/// Stays in a quarter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingStays {
    /// Opened in it.
    pub opened: u64,
    /// Ended in it.
    pub ended: u64,
    /// Going on at its end.
    pub open: u64,
    /// Of these, placed in a branch.
    pub placed: u64,
    /// Of those ended and going on, reported on for that quarter or a later one.
    pub reported: u64,
    /// Of the same, with contact noted in that quarter or later.
    pub contacted: u64,
}

/// The last comparison of the books of two regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingComparison {
    /// When it was concluded.
    pub at: String,
    /// Whether nothing differs.
    pub agreed: bool,
    /// What differs.
    pub differences: u64,
    /// What was on its way.
    pub in_flight: u64,
}

/// Findings of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingTotal {
    /// How many.
    pub count: u64,
    /// Days since the beginning of the oldest.
    pub oldest_days: u32,
}

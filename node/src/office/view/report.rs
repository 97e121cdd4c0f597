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

/// Findings of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingTotal {
    /// How many.
    pub count: u64,
    /// Days since the beginning of the oldest.
    pub oldest_days: u32,
}

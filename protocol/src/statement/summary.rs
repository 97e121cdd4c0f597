//! The counts that a region reports to a superior: signed, dated, and of nobody by name.

use crate::codec::{Decode, Encode};
use crate::limits::SUMMARY_FINDINGS_MAX;

use super::Body;
use super::kind::Kind;

/// What stood in the author's region at the statement's time. The latest of an author counts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Summary {
    /// Members whom the region holds in full.
    pub full: u32,
    /// Members whom it manages before their origin has released them.
    pub provisional: u32,
    /// Members whom it released and for whom it still answers.
    pub in_transit: u32,
    /// Letters of its own that have not ended.
    pub letters_out: u32,
    /// Letters to it that have not ended.
    pub letters_in: u32,
    /// Findings that stood, by the number of their kind, in ascending order, none of them empty.
    pub findings: Vec<FindingCount>,
}

/// How many findings of one kind stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FindingCount {
    /// The number of the kind; a later version may use numbers that this one lacks.
    pub kind: u8,
    /// How many.
    pub count: u32,
    /// Days since the beginning of the oldest.
    pub oldest_days: u32,
}

impl Summary {
    /// Whether the findings are few enough, in order and not empty.
    pub fn is_well_formed(&self) -> bool {
        self.findings.len() <= SUMMARY_FINDINGS_MAX
            && self.findings.windows(2).all(|pair| pair[0].kind < pair[1].kind)
            && self.findings.iter().all(|one| one.count > 0)
    }
}

impl Body for Summary {
    const KIND: Kind = Kind::Summary;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// one spelling for one report.
    #[test]
    fn a_report_is_in_order_and_of_something() {
        let one = |kind, count| FindingCount { kind, count, oldest_days: 3 };
        let report = |findings| Summary {
            full: 579,
            provisional: 0,
            in_transit: 1,
            letters_out: 1,
            letters_in: 0,
            findings,
        };
        assert!(report(vec![]).is_well_formed());
        assert!(report(vec![one(1, 2), one(17, 1)]).is_well_formed());
        assert!(!report(vec![one(17, 1), one(1, 2)]).is_well_formed());
        assert!(!report(vec![one(1, 2), one(1, 2)]).is_well_formed());
        assert!(!report(vec![one(1, 0)]).is_well_formed());
        let many = (0..=SUMMARY_FINDINGS_MAX as u8).map(|kind| one(kind, 1)).collect();
        assert!(!report(many).is_well_formed());
    }
}

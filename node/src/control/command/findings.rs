//! What can be asked about rules, findings and reports.

use serde::{Deserialize, Serialize};

use super::Paging;

/// What is asked about the rules of this region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleCommand {
    /// Lists them.
    List,
    /// Says what makes a finding of a kind.
    Explain {
        /// The kind.
        kind: String,
    },
    /// Sets one.
    Set {
        /// Its key.
        key: String,
        /// The new value.
        value: i64,
    },
}

/// What is asked about reports of counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ReportCommand {
    /// Reports to a region, now and then each month.
    Submit {
        /// The region's code or name.
        region: String,
    },
    /// What the regions reported.
    Summary,
    /// What there is to talk about with a region, in numbers.
    Meeting {
        /// The region's code or name.
        region: String,
        /// `YYYY-Qn`.
        quarter: String,
    },
}

/// What is asked about findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FindingCommand {
    /// Lists what stands today.
    List {
        /// Only of this kind.
        kind: Option<String>,
        /// Only what this organisation of ours, or one under it, must do.
        org: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Lists what the organisations of this region must do.
    Tasks {
        /// Only what should have been done by now.
        overdue: bool,
        /// Only what this organisation, or one under it, must do.
        org: Option<String>,
        /// Which part.
        paging: Paging,
    },
}

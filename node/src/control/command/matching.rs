//! What is asked about matchings of lists.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Paging;

/// What is asked about matchings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MatchCommand {
    /// Matches a list with a region's.
    With {
        /// The region's code.
        region: String,
        /// Which list.
        list: MatchedList,
        /// Most people that are shown.
        limit: u32,
    },
    /// Lists matchings, whoever asked for them.
    List {
        /// Only with this region.
        region: Option<String>,
        /// Which part.
        paging: Paging,
    },
    /// Shows one with its people.
    Show {
        /// Its id, or a unique prefix.
        matching: String,
        /// Which part of its people.
        paging: Paging,
    },
}

/// The list that is laid beside the other region's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MatchedList {
    /// Who went there.
    Outflow,
    /// Who came from there.
    Inflow,
    /// A sheet of the office.
    Sheet {
        /// xlsx or csv.
        file: PathBuf,
        /// Columns that the user matched, `FIELD=COLUMN`.
        columns: Vec<String>,
    },
}

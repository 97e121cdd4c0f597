//! A fault of the configuration file, with its place.

use std::fmt;
use std::path::Path;

use protocol::refusal::{Code, Refusal};

/// One thing wrong with the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The dotted key, or nothing where the text is no TOML.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

impl ConfigFault {
    /// A fault at that byte of the text.
    pub(super) fn at(
        text: &str,
        offset: usize,
        key: &str,
        problem: String,
        fix: String,
    ) -> ConfigFault {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ConfigFault {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            problem,
            fix,
        }
    }
}

impl fmt::Display for ConfigFault {
    /// `LINE:COLUMN: KEY: PROBLEM; FIX`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConfigFault { line, column, key, problem, fix } = self;
        let colon = if key.is_empty() { "" } else { ": " };
        write!(f, "{line}:{column}: {key}{colon}{problem}; {fix}")
    }
}

/// The refusal `config.invalid` for a file, one line for each fault.
pub fn faults_refusal(path: &Path, faults: &[ConfigFault]) -> Refusal {
    let lines: Vec<String> =
        faults.iter().map(|fault| format!("{}:{fault}", path.display())).collect();
    Refusal::about(Code::ConfigInvalid, lines.join("\n"))
}

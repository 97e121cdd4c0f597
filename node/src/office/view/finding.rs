//! Rules, findings and tasks.

use serde::{Deserialize, Serialize};

use super::{MemberName, Page};

/// A rule of this region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its key in `rules.toml`.
    pub key: String,
    /// What holds here.
    pub value: u16,
    /// What holds unless the region sets something else.
    pub default: u16,
    /// The least that may be set.
    pub min: u16,
    /// The most that may be set.
    pub max: u16,
    /// `months`, `days` or `people`.
    pub unit: String,
    /// What it says.
    pub about: String,
    /// The text that it comes from.
    pub source: String,
}

/// What makes a finding of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleExplained {
    /// The kind.
    pub kind: String,
    /// What offices call it.
    pub name: String,
    /// What it means.
    pub about: String,
    /// The text that it comes from.
    pub source: String,
    /// The rules whose periods or limits it uses, as they hold here.
    pub rules: Vec<Rule>,
    /// Which facts raise and clear it.
    pub facts: String,
    /// On which day it is raised.
    pub day: String,
    /// What the organisation should do.
    pub step: String,
    /// Commands that help; `ID` stands for the subject.
    pub next: Vec<String>,
}

/// Something due or wrong.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// `Pocket`, `Unmet` and so on; see `rule explain`.
    pub kind: String,
    /// What offices call it.
    pub name: String,
    /// What it is about: a letter's id, a member's reference, a stay's id, an organisation's code
    /// or a peer's region.
    pub subject: String,
    /// The member, if it is about one on this roster.
    pub member: Option<MemberName>,
    /// The organisation that must act.
    pub org: String,
    /// Its name, if it is one of this region.
    pub org_name: Option<String>,
    /// The day from which it is counted.
    pub since: String,
    /// The day by which it should be done.
    pub due: String,
    /// Days since then; negative while there is time.
    pub days_over: i32,
    /// What to do.
    pub step: String,
    /// Commands that help.
    pub next: Vec<String>,
    /// Hashes of the statements that it rests on.
    pub evidence: Vec<String>,
}

/// What the organisations of this region must do: a page of findings under another name.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tasks(pub Page<Finding>);

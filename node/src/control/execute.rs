//! The seam between those who ask and the node that answers.
//!
//! [`Execute`] is implemented once, over `office`; the socket, the command line and later the pages
//! call it. Nothing here knows how a command came.

use protocol::refusal::{Class, Code, Lang, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::command::Command;
use crate::office::view::View;

/// Something that carries out commands. Called on a thread that may block; many at once.
pub trait Execute: Send + Sync {
    /// Carries out `command`. Long work tells how far it is through `progress`.
    fn execute(
        &self,
        command: Command,
        context: &Context,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Reply, Failure>;
}

/// Who asks, and how the answer should read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The language of texts for people.
    pub lang: Lang,
    /// Whether ID numbers and phones are shown; this is audited.
    pub reveal: bool,
    /// The user id, on this machine, of whoever asks; for the audit.
    pub uid: u32,
}

/// How far long work is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Units in all, once known.
    pub total: Option<u64>,
    /// What is being done, in the asker's language.
    pub what: String,
}

/// A finished command.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The schema of `data`, such as `dukou.letter/1`.
    pub schema: String,
    /// The object itself, one of [`view`](crate::office::view).
    pub data: Value,
    /// What is worth a look, in the asker's language.
    pub warnings: Vec<String>,
    /// Commands that make sense now, or advice, in the asker's language.
    pub next: Vec<String>,
    /// The exit code: 0; 3 partly done; 6 a finished check with faults; 13 a doctor's finding.
    pub exit: u8,
}

impl Reply {
    /// A plain answer: `view` under its schema, exit 0.
    pub fn of<V: View>(view: &V) -> Result<Reply, Failure> {
        let data = serde_json::to_value(view)
            .map_err(|fault| Refusal::about(Code::Internal, format!("{}: {fault}", V::SCHEMA)))?;
        let schema = V::SCHEMA.to_owned();
        Ok(Reply { schema, data, warnings: Vec::new(), next: Vec::new(), exit: 0 })
    }

    /// The same with one more piece of advice.
    #[must_use]
    pub fn next(mut self, advice: impl Into<String>) -> Reply {
        self.next.push(advice.into());
        self
    }

    /// The same with one more warning.
    #[must_use]
    pub fn warning(mut self, warning: impl Into<String>) -> Reply {
        self.warnings.push(warning.into());
        self
    }

    /// The same with another exit code.
    #[must_use]
    pub fn exit(mut self, exit: u8) -> Reply {
        self.exit = exit;
        self
    }
}

/// A refused command: the refusal, and what is wrong in detail where there is more than one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub refusal: Refusal,
    /// Single faults: rows of a table, lines of a configuration. Without personal data.
    pub errors: Vec<Value>,
    /// Its class where that is not the code's own: an unknown peer that signed something is a
    /// matter of trust.
    pub class: Option<Class>,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure { refusal, errors: Vec::new(), class: None }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Failure {
        Refusal::from(code).into()
    }
}

/// A failure as it leaves the program: told in one language, with its exit code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The stable code, such as `letter.state`.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do about it.
    pub fix: String,
    /// What is allowed instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// Single faults.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Value>,
    /// The exit code; it is the process's, and not part of the object that is printed.
    #[serde(skip)]
    pub exit: u8,
}

impl Fault {
    /// Tells `failure` in `lang`.
    pub fn of(failure: &Failure, lang: Lang) -> Fault {
        let refusal = &failure.refusal;
        Fault {
            code: refusal.code.text().to_owned(),
            detail: refusal.detail(lang),
            fix: refusal.code.fix(lang).to_owned(),
            allowed: refusal.allowed.iter().map(|&action| action.to_owned()).collect(),
            errors: failure.errors.clone(),
            exit: exit_code(failure.class.unwrap_or(refusal.code.class())),
        }
    }
}

/// The exit code of a class of refusals, as `docs/contract.md` lists them.
pub fn exit_code(class: Class) -> u8 {
    match class {
        Class::Internal => 1,
        Class::Usage => 2,
        Class::NotFound => 4,
        Class::State => 5,
        Class::Validation => 6,
        Class::NotPermitted => 7,
        Class::Unreachable => 8,
        Class::Trust => 9,
        Class::NoData => 10,
        Class::Locked => 11,
        Class::Config => 12,
    }
}

//! The lines on the local socket: one request, any number of progress lines, one answer; each a
//! JSON object of bounded length. Socket and client share this file, so they cannot differ.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use protocol::refusal::{Code, Lang, Refusal};
use serde::{Deserialize, Serialize};

use super::command::Command;
use super::execute::{Fault, Progress, Reply};

/// Longest request, in bytes with its line end: text that a person typed.
pub(super) const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Longest answer, in bytes with its line end: the report on a large faulty roster.
pub(super) const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Name of the socket in the data directory.
const SOCKET_NAME: &str = "control.sock";

/// What a client sends.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// What is asked.
    pub command: Command,
    /// `zh-CN` or `en`.
    pub lang: String,
    /// Whether to show ID numbers and phones.
    pub reveal: bool,
}

/// What a client gets.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// There is more to wait for.
    Progress(Progress),
    /// It is done.
    Reply(Reply),
    /// It is refused.
    Fault {
        /// The exit code.
        exit: u8,
        /// The object to print.
        error: Fault,
    },
}

impl Answer {
    /// The end of a command.
    pub(super) fn of(result: Result<Reply, Fault>) -> Answer {
        match result {
            Ok(reply) => Answer::Reply(reply),
            Err(error) => Answer::Fault { exit: error.exit, error },
        }
    }
}

/// The language tag of `lang`.
pub(super) fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}

/// The language of a tag; Chinese for one that is not known.
pub(super) fn lang_of(tag: &str) -> Lang {
    if tag == "en" { Lang::En } else { Lang::Zh }
}

/// `value` as one line with its end; refused if it is longer than `bytes_max`.
pub(super) fn line<T: Serialize>(value: &T, bytes_max: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = serde_json::to_vec(value)
        .map_err(|fault| Refusal::about(Code::Internal, format!("control line: {fault}")))?;
    bytes.push(b'\n');
    if bytes.len() > bytes_max {
        return Err(Refusal::about(Code::Internal, format!("control line of {} B", bytes.len())));
    }
    Ok(bytes)
}

/// Where the socket is, as a path of any data directory that fits into a socket address: those end
/// at 108 bytes, so the way leads through the open directory.
pub(super) fn socket_path(directory: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}/{SOCKET_NAME}", directory.as_raw_fd()))
}

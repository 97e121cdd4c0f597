//! The code of a letter as it comes to the command line: typed by a scanner, in a file, as a
//! picture; and its verdict where there is no node (`letter verify --key`).

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::Args;
use protocol::id::NodeId;
use protocol::paper::PREFIX;
use protocol::refusal::{Code, Refusal};
use protocol::seal::Domain;

use super::arguments::examples;
use super::ask::{Problem, Question};
use super::console::Console;
use crate::clock::Clock;
use crate::control::command::{Command, LetterCommand, PersonalText};
use crate::office::paper::verify::verify_alone;
use crate::qr;
use crate::runtime::verdict;

/// Largest text or picture that is read, in bytes.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Say what a code from paper is worth; changes nothing · 验真
#[derive(Args)]
#[command(after_help = concat!(
    "valid · expired · superseded: exit 0; tampered · unknown_key: exit 9\n",
    examples!(
        "letter verify photo.jpg",
        "letter verify - --key 3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"
    )
))]
pub(crate) struct Verify {
    /// A text or picture (PNG, JPEG up to 16 MiB), the text itself, or - for stdin · 二维码
    #[arg(value_name = "FILE|TEXT|-")]
    code: String,
    /// The issuer's node id: then no data directory is needed · 签发节点,不需要数据目录
    #[arg(long, value_name = "NODEID", value_parser = node_id)]
    key: Option<NodeId>,
}

fn node_id(text: &str) -> Result<NodeId, &'static str> {
    text.to_ascii_lowercase().parse().map_err(|_| "64 hexadecimal digits, as `init` shows them")
}

impl Verify {
    /// Whether no node is to be asked.
    pub(super) fn is_alone(&self) -> bool {
        self.key.is_some()
    }

    pub(super) fn question(self) -> Result<Question, Problem> {
        let code = read(&self.code)?;
        Ok(Command::Letter(LetterCommand::Verify { code }).into())
    }

    /// Verifies in this process, by the named key alone.
    pub(super) fn alone(self, console: &mut Console<'_>) -> Result<u8, Problem> {
        let text = read(&self.code)?;
        let key = self.key.ok_or_else(|| Refusal::about(Code::Usage, "--key"))?;
        let told = verify_alone(text.reveal(), &key, |domain| {
            let clock = Clock::from_environment(domain == Domain::Rehearsal)?;
            clock.check_after_build()?;
            Ok(clock.now())
        });
        Ok(console.reply(&verdict(&told?)?))
    }
}

/// The text of a code: given as it is, or to be found in a file or on stdin, there also as a
/// picture.
pub(super) fn read(given: &str) -> Result<PersonalText, Problem> {
    if given.starts_with(PREFIX) {
        return Ok(PersonalText::new(given.to_owned()));
    }
    let path = Path::new(given);
    let bytes = if given == "-" {
        bytes_of(io::stdin().lock(), given)?
    } else if path.is_file() {
        bytes_of(File::open(path).map_err(|fault| unreadable(given, &fault))?, given)?
    } else {
        return Ok(PersonalText::new(given.to_owned()));
    };
    if qr::is_picture(&bytes) {
        let text = qr::read_picture(&bytes, PREFIX);
        return Ok(PersonalText::new(text.map_err(|code| Refusal::about(code, given))?));
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(PersonalText::new(text.trim_start_matches('\u{feff}').to_owned()))
}

fn bytes_of(source: impl Read, name: &str) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    if read.map_err(|fault| unreadable(name, &fault))? as u64 > FILE_BYTES_MAX {
        let subject = format!("{name}: > {FILE_BYTES_MAX} B");
        return Err(Refusal::about(Code::FileUnreadable, subject).into());
    }
    Ok(bytes)
}

fn unreadable(name: &str, fault: &io::Error) -> Problem {
    Refusal::about(Code::FileUnreadable, format!("{name}: {fault}")).into()
}

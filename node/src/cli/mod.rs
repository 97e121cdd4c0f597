//! The command line of `docs/contract.md`: words to [`Command`](crate::control::command::Command),
//! answers to text or JSON.
//!
//! Nothing is decided here but how it reads: a running node is asked over its socket, a resting one
//! is opened under its lock, and either answers the same. Results go to stdout, all else to stderr.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod ask;
mod attached;
mod batch;
mod code;
mod console;
mod demo;
mod departure;
mod finding;
mod letter;
mod matching;
mod member;
mod node;
mod org;
mod peer;
mod people;
mod record;
mod render;
mod report;
mod residence;
mod shell;
mod stay;

use arguments::{Arguments, Noun};
use console::{Console, Settings};

/// Runs the program with the arguments and the streams of this process.
pub fn main() -> ExitCode {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let interactive = io::stdin().is_terminal() && err.is_terminal();
    let locale = arguments::locale(|name| std::env::var(name).ok());
    let settings =
        Settings { lang: locale, interactive, interruptible: true, ..Settings::default() };
    let mut console = Console::new(&mut out, &mut err, settings);
    ExitCode::from(run(std::env::args_os().collect(), &mut console))
}

/// Parses `words` (the program's name first), does what they ask, and gives the exit code.
fn run(words: Vec<OsString>, console: &mut Console<'_>) -> u8 {
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(fault) => {
            arguments::settings_in(&words, &mut console.settings);
            return console.misunderstood(&fault);
        }
    };
    arguments.set(&mut console.settings);
    let data_dir = arguments.data_dir();
    let done = match arguments.noun {
        Noun::Init(init) => data_dir.and_then(|dir| init.run(dir, console)),
        Noun::Serve(serve) => data_dir.and_then(|dir| serve.run(&dir, console)),
        Noun::Demo(demo) => demo.run(console),
        Noun::Letter(letter::Verb::Verify(verify)) if verify.is_alone() => verify.alone(console),
        Noun::Completion { shell } => shell::completion(shell, console),
        Noun::Manpage { dir } => shell::manpages(&dir, console),
        noun => data_dir.and_then(|dir| ask::run(dir, noun.question()?, console)),
    };
    done.unwrap_or_else(|fault| console.fault(&fault.told(console.settings.lang)))
}

#[cfg(test)]
mod tests;

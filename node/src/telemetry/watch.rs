//! The logs of unit tests: every line is searched for personal data as it is written, and the first
//! that has any ends the test run.
//!
//! A line holds ids, codes, counts and times, so an ID number, a phone or any Chinese text in it is
//! a fault. Logs of whole nodes are searched for planted canaries by the harness of `tests`.
#![allow(clippy::print_stderr)]

use std::io;
use std::sync::OnceLock;

use super::{LogFormat, LogSettings, parse_filter, subscriber};
use crate::clock::Clock;

/// Watches everything that this process logs from now on. Fixtures call it; once is enough.
pub(crate) fn watch() {
    static WATCHED: OnceLock<()> = OnceLock::new();
    WATCHED.get_or_init(|| {
        let filter = "debug,dukou=trace".to_owned();
        let parsed = parse_filter(&filter).expect("a filter");
        let settings = LogSettings { filter, format: LogFormat::Compact, rehearsal: false };
        let subscriber = subscriber(&settings, parsed, &Clock::system(), || Watch);
        tracing::subscriber::set_global_default(subscriber).expect("the only log of unit tests");
    });
}

struct Watch;

impl io::Write for Watch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        if let Some(what) = personal(&text) {
            // A panic could end in a thread that nobody asks.
            eprintln!("the log shows {what}: {text}");
            std::process::abort();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What of a line is about a person.
fn personal(line: &str) -> Option<&'static str> {
    let words = || line.split(|c: char| !c.is_alphanumeric());
    let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = |word: &str| {
        word.len() == 18 && digits(&word[..17]) && word.ends_with(|c: char| !c.is_lowercase())
    };
    let is_phone = |word: &str| word.len() == 11 && word.starts_with('1') && digits(word);
    if words().any(|word| word.is_ascii() && is_id(word)) {
        Some("an ID number")
    } else if words().any(is_phone) {
        Some("a phone")
    } else if line.contains(|c| ('\u{2e80}'..='\u{9fff}').contains(&c) || c > '\u{1ffff}') {
        Some("Chinese text")
    } else {
        None
    }
}

#[test]
fn what_is_about_a_person_is_found_in_a_line() {
    watch();
    for line in ["id=999999198805120013", "who=\"99999919880512001X\"", "call 13800001234.", "赵"]
    {
        assert!(personal(line).is_some(), "{line}");
    }
    let fine = "2026-11-22T08:00:00.000Z INFO letter=999999198805120013ab seq=1763769600000 0005";
    assert_eq!(personal(fine), None);
    tracing::info!(code = "letter.state", count = 12, "a line without a person");
}

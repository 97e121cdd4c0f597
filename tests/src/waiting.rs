//! Waits for what other processes do, by asking them.
//!
//! Across processes there is no event to await, so a condition is asked for again until it holds.
//! The deadline only ends a hopeless wait: no test passes or fails by how long something took.

use std::fmt::Write;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::region::Region;

/// Longer than any loaded machine needs, in seconds.
const WAIT_S: u64 = 90;
const FIRST_PAUSE_MS: u64 = 5;
const LAST_PAUSE_MS: u64 = 200;

/// Asks until the answer is there. Panics with what all `regions` say if it never is.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "another process can only be asked again")]
pub fn until<T>(what: &str, regions: &[&Region], mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(WAIT_S);
    let mut pause_ms = FIRST_PAUSE_MS;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "never {what}\n{}", dump(regions));
        thread::sleep(Duration::from_millis(pause_ms));
        pause_ms = (pause_ms * 2).min(LAST_PAUSE_MS);
    }
}

/// What each region says of itself, for the report of a failure.
pub fn dump(regions: &[&Region]) -> String {
    let mut text = String::new();
    for region in regions {
        let asked: &[&[&str]] = &[&["status"], &["peer", "list"], &["letter", "list"]];
        let answers: Vec<_> = asked.iter().map(|args| region.run(args)).collect();
        let json = json!({ "name": region.name(), "running": region.is_running() });
        writeln!(text, "== {json}\n{answers:#?}\n-- log\n{}", region.log_tail()).unwrap();
    }
    text
}

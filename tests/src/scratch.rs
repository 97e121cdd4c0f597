//! The temporary directory of one test, with everything that its processes logged.
//!
//! When the last user of it is gone, every log is searched for the personal data that the test
//! planted. After a failure the directory stays, and its place is printed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use dukou::demo::people::Person;
use tempfile::TempDir;

/// A directory for one test.
#[derive(Debug)]
pub struct Scratch {
    dir: Option<TempDir>,
    path: PathBuf,
    logs: AtomicU32,
    planted: Mutex<BTreeSet<String>>,
}

impl Scratch {
    /// A new, empty one.
    pub fn new() -> Arc<Scratch> {
        let dir = tempfile::Builder::new().prefix("dukou-test-").tempdir().unwrap();
        let path = dir.path().to_owned();
        fs::create_dir(path.join("logs")).unwrap();
        let planted = Mutex::default();
        Arc::new(Scratch { dir: Some(dir), path, logs: AtomicU32::new(0), planted })
    }

    /// The path of a file or directory in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The path for the log of one more process, in the order of their starts.
    pub fn log(&self, of: &str) -> PathBuf {
        let number = self.logs.fetch_add(1, Ordering::Relaxed);
        self.path.join("logs").join(format!("{number:04}-{of}.log"))
    }

    /// From now on no log may contain this person's name, ID number or phone.
    pub fn plant(&self, person: &Person) {
        for text in [person.name.reveal(), person.id_number.reveal(), person.phone.reveal()] {
            self.plant_text(text);
        }
    }

    /// From now on no log may contain this text.
    pub fn plant_text(&self, text: &str) {
        self.planted.lock().unwrap().insert(text.to_owned());
    }

    /// Panics if a log of a process, or a log file that a node keeps, contains what was planted.
    pub fn assert_logs_are_clean(&self) {
        let planted = self.planted.lock().unwrap();
        for log in logs_below(&self.path) {
            let bytes = fs::read(&log).unwrap();
            let text = unescaped(&String::from_utf8_lossy(&bytes));
            let found = planted.iter().find(|canary| text.contains(canary.as_str()));
            if let Some(canary) = found {
                let line = text.lines().find(|line| line.contains(canary.as_str()));
                panic!("personal data in {}: {}", log.display(), line.unwrap_or_default());
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let kept = self.dir.take().map(TempDir::keep);
            println!("the files of the failed test are in {}", kept.unwrap_or_default().display());
        } else {
            self.assert_logs_are_clean();
        }
    }
}

fn logs_below(dir: &Path) -> Vec<PathBuf> {
    let mut logs = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap()) {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            logs.extend(logs_below(&path));
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "log") {
            logs.push(path);
        }
    }
    logs
}

/// A log in JSON may write characters as `\uXXXX`.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find("\\u") {
        let (before, escape) = rest.split_at(place);
        plain.push_str(before);
        let code = escape.get(2..6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                plain.push(character);
                rest = &escape[6..];
            }
            None => {
                plain.push_str("\\u");
                rest = &escape[2..];
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use dukou::demo::people::Crowd;
    use dukou::demo::regions::SHIQUAN;

    use super::*;

    fn planted_in(text: impl Fn(&Person) -> String) -> bool {
        let scratch = Scratch::new();
        let person = Crowd::new(1, 10).of(&SHIQUAN).next().unwrap();
        scratch.plant(&person);
        fs::write(scratch.log("serve"), text(&person)).unwrap();
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            scratch.assert_logs_are_clean();
        }))
        .is_err();
        scratch.planted.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
        scratch.planted.clear_poison();
        found
    }

    #[test]
    fn a_canary_is_found_however_it_is_written() {
        let escape = |text: &str| text.chars().map(|c| format!("\\u{:04x}", c as u32)).collect();
        assert!(planted_in(|person| format!("WARN {} left", person.name.reveal())));
        assert!(planted_in(|person| format!("id={:?}", person.id_number.reveal())));
        assert!(planted_in(|person| person.phone.reveal().clone()));
        assert!(planted_in(|person| escape(person.name.reveal())));
        assert!(!planted_in(|person| format!("{person:?} {}", person.id_number.masked())));
    }
}

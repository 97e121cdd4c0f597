//! From the text of the file to a [`Config`] or to all its faults.
//!
//! The TOML parser recovers from errors, so that one typing mistake does not hide the next; what
//! it made up to go on is not reported a second time.

use std::ops::Range;

use protocol::id::RegionCode;
use toml::de::{DeTable, DeValue};

use super::entries::{ENTRIES, Entry, Value, Wrong};
use super::{Config, ConfigFault};

/// Reads the text of a configuration file.
pub(super) fn parse(text: &str) -> Result<Config, Vec<ConfigFault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut faults: Vec<ConfigFault> =
        errors.iter().map(|error| toml_fault(text, error.message(), error.span())).collect();
    let broken_lines: Vec<usize> =
        faults.iter().filter(|fault| fault.key.is_empty()).map(|fault| fault.line).collect();

    let region = RegionCode::new(100_000).expect("the lowest code there is");
    let mut reading =
        Reading { text, config: Config::defaults(region), found: Vec::new(), faults: Vec::new() };
    reading.table("", table.get_ref());
    if broken_lines.is_empty() {
        reading.report_missing();
    }
    let echoes = |fault: &ConfigFault| broken_lines.contains(&fault.line);
    faults.extend(reading.faults.into_iter().filter(|fault| !echoes(fault)));
    faults.sort_by_key(|fault| (fault.line, fault.column));
    if faults.is_empty() { Ok(reading.config) } else { Err(faults) }
}

/// The text with another value for a key that stands outside of any table, and with nothing else
/// changed. A key that is absent is put at the top, before any table begins.
pub(super) fn with_text(text: &str, key: &str, value: &str) -> String {
    let (table, _) = DeTable::parse_recoverable(text);
    let value = toml::Value::from(value);
    match table.get_ref().get(key) {
        Some(old) => {
            let Range { start, end } = old.span();
            format!("{}{value}{}", &text[..start], &text[end..])
        }
        None => format!("{key} = {value}\n{text}"),
    }
}

struct Reading<'t> {
    text: &'t str,
    config: Config,
    found: Vec<&'static str>,
    faults: Vec<ConfigFault>,
}

impl Reading<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let group = format!("{name}.");
            if let Some(entry) = ENTRIES.iter().find(|entry| entry.name == name) {
                self.found.push(entry.name);
                if let Err(wrong) = (entry.read)(&mut self.config, &Value(value)) {
                    self.report(&name, value.span(), wrong);
                }
            } else if ENTRIES.iter().any(|entry| entry.name.starts_with(&group)) {
                match value.get_ref() {
                    DeValue::Table(inner) => self.table(&group, inner),
                    _ => {
                        let fix = format!("write {}", keys_of(&group));
                        let problem = "this is a group of keys, not a key";
                        self.report(&name, key.span(), Wrong::new(problem, fix));
                    }
                }
            } else {
                let fix = match nearest(&name) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("the keys are {}", keys_of("")),
                };
                self.report(&name, key.span(), Wrong::new("unknown key", fix));
            }
        }
    }

    fn report_missing(&mut self) {
        let missing = |entry: &&Entry| entry.required && !self.found.contains(&entry.name);
        for entry in ENTRIES.iter().filter(missing).collect::<Vec<_>>() {
            let fix = format!("add `{} = …`: {}", entry.name, entry.about[0]);
            self.report(entry.name, 0..0, Wrong::new("missing", fix));
        }
    }

    fn report(&mut self, key: &str, place: Range<usize>, wrong: Wrong) {
        let start = wrong.span.unwrap_or(place).start;
        self.faults.push(ConfigFault::at(self.text, start, key, wrong.problem, wrong.fix));
    }
}

fn toml_fault(text: &str, message: &str, span: Option<Range<usize>>) -> ConfigFault {
    let span = span.unwrap_or(0..0);
    if message == "duplicate key" {
        let key = text.get(span.clone()).unwrap_or_default();
        let (problem, fix) = ("given twice".to_owned(), "keep one of them".to_owned());
        return ConfigFault::at(text, span.start, key, problem, fix);
    }
    let fix = "write `key = value`, texts in double quotes".to_owned();
    ConfigFault::at(text, span.start, "", message.replace('\n', ", "), fix)
}

fn keys_of(group: &str) -> String {
    let names: Vec<&str> =
        ENTRIES.iter().map(|entry| entry.name).filter(|name| name.starts_with(group)).collect();
    names.join(", ")
}

/// The known key or group that `name` is probably meant to be.
fn nearest(name: &str) -> Option<&'static str> {
    let leaf = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    let group = |name: &'static str| name.split_once('.').map(|(group, _)| group);
    let spellings = ENTRIES.iter().flat_map(|entry| {
        let whole = [(entry.name, entry.name), (leaf(entry.name), entry.name)];
        whole.into_iter().chain(group(entry.name).map(|group| (group, group)))
    });
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    spellings
        .map(|(spelling, known)| (distance(spelling), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (name.chars().count() / 3).max(1))
        .map(|(_, known)| known)
}

//! From the text of a file to what its keys say, or to all its faults.
//!
//! It serves every file of the node whose keys stand in a table ([`Keys`]). The TOML
//! parser recovers from errors, so that one typing mistake does not hide the next; what it made up
//! to go on is not reported a second time.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::ConfigFault;
use super::entries::{Value, Wrong};

/// What one kind of file may say, and where it goes.
pub(super) trait Keys {
    /// Every key, dotted, in the order of the file.
    fn names(&self) -> Vec<&'static str>;
    /// The keys without which a file is faulty, with what each is for.
    fn required(&self) -> Vec<(&'static str, &'static str)>;
    /// Puts the value of one of the keys into its place.
    fn read(&mut self, name: &'static str, value: &Value<'_>) -> Result<(), Wrong>;
}

/// Reads the text of a file into `keys`.
pub(super) fn parse<K: Keys>(text: &str, keys: K) -> Result<K, Vec<ConfigFault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut faults: Vec<ConfigFault> =
        errors.iter().map(|error| toml_fault(text, error.message(), error.span())).collect();
    let broken_lines: Vec<usize> =
        faults.iter().filter(|fault| fault.key.is_empty()).map(|fault| fault.line).collect();

    let names = keys.names();
    let mut reading = Reading { text, keys, names, found: Vec::new(), faults: Vec::new() };
    reading.table("", table.get_ref());
    if broken_lines.is_empty() {
        reading.report_missing();
    }
    let echoes = |fault: &ConfigFault| broken_lines.contains(&fault.line);
    faults.extend(reading.faults.into_iter().filter(|fault| !echoes(fault)));
    faults.sort_by_key(|fault| (fault.line, fault.column));
    if faults.is_empty() { Ok(reading.keys) } else { Err(faults) }
}

/// The text with another value for a key that stands outside of any table, and with nothing else
/// changed. A key that is absent is put at the top, before any table begins.
pub(super) fn with_value(text: &str, key: &str, value: &toml::Value) -> String {
    let (table, _) = DeTable::parse_recoverable(text);
    match table.get_ref().get(key) {
        Some(old) => {
            let Range { start, end } = old.span();
            format!("{}{value}{}", &text[..start], &text[end..])
        }
        None => format!("{key} = {value}\n{text}"),
    }
}

struct Reading<'t, K> {
    text: &'t str,
    keys: K,
    names: Vec<&'static str>,
    found: Vec<&'static str>,
    faults: Vec<ConfigFault>,
}

impl<K: Keys> Reading<'_, K> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let group = format!("{name}.");
            if let Some(known) = self.names.iter().copied().find(|known| *known == name) {
                self.found.push(known);
                if let Err(wrong) = self.keys.read(known, &Value(value)) {
                    self.report(&name, value.span(), wrong);
                }
            } else if self.names.iter().any(|known| known.starts_with(&group)) {
                match value.get_ref() {
                    DeValue::Table(inner) => self.table(&group, inner),
                    _ => {
                        let fix = format!("write {}", self.keys_of(&group));
                        let problem = "this is a group of keys, not a key";
                        self.report(&name, key.span(), Wrong::new(problem, fix));
                    }
                }
            } else {
                let fix = match nearest(&self.names, &name) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("the keys are {}", self.keys_of("")),
                };
                self.report(&name, key.span(), Wrong::new("unknown key", fix));
            }
        }
    }

    fn report_missing(&mut self) {
        for (name, about) in self.keys.required() {
            if !self.found.contains(&name) {
                let fix = format!("add `{name} = …`: {about}");
                self.report(name, 0..0, Wrong::new("missing", fix));
            }
        }
    }

    fn keys_of(&self, group: &str) -> String {
        let names = self.names.iter().copied().filter(|name| name.starts_with(group));
        names.collect::<Vec<_>>().join(", ")
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

/// The known key or group that `name` is probably meant to be.
fn nearest(names: &[&'static str], name: &str) -> Option<&'static str> {
    let leaf = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    let group = |name: &'static str| name.split_once('.').map(|(group, _)| group);
    let spellings = names.iter().copied().flat_map(|known| {
        let whole = [(known, known), (leaf(known), known)];
        whole.into_iter().chain(group(known).map(|group| (group, group)))
    });
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    spellings
        .map(|(spelling, known)| (distance(spelling), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (name.chars().count() / 3).max(1))
        .map(|(_, known)| known)
}

//! `rules.toml` beside the configuration: what the region sets for itself among the rules of
//! [`protocol::rules`]. Without the file, or for a key that it lacks, the default holds.

use std::fs;
use std::path::{Path, PathBuf};

use protocol::refusal::{Code, Lang, Refusal};
use protocol::rules::{Rule, Rules};

use super::entries::{Value, Wrong};
use super::parse::{self, Keys};
use super::{ConfigFault, faults_refusal, read_text};
use crate::directory::file_refusal;
use crate::durable;

/// The rules of a region, and the file that they are kept in.
#[derive(Clone, Debug)]
pub struct RuleBook {
    /// What holds.
    pub rules: Rules,
    /// Where changes are written; none where nothing is kept.
    file: Option<PathBuf>,
}

impl RuleBook {
    /// The defaults, with no file to change.
    pub fn defaults() -> RuleBook {
        RuleBook { rules: Rules::default(), file: None }
    }

    /// Reads the file at `path`, which need not exist.
    ///
    /// # Errors
    /// `config.invalid` with one line for each fault, `node.file`.
    pub fn load(path: &Path) -> Result<RuleBook, Refusal> {
        let text = match fs::symlink_metadata(path) {
            Ok(_) => read_text(path)?,
            Err(_) => String::new(),
        };
        let rules = parse_rules(&text).map_err(|faults| faults_refusal(path, &faults))?;
        Ok(RuleBook { rules, file: Some(path.to_owned()) })
    }

    /// Sets one rule and writes the file, with every other line as its owner wrote it.
    ///
    /// # Errors
    /// `rule.unknown`, `rule.value`; `config.invalid` if the file has faults by now; `node.file`.
    pub fn set(&mut self, key: &str, value: i64) -> Result<Rule, Refusal> {
        let rule =
            Rule::from_key(key).ok_or_else(|| Refusal::about(Code::RuleUnknown, fitting(key)))?;
        let range = rule.range();
        let number = u16::try_from(value).ok().filter(|number| range.contains(number));
        let number = number.ok_or_else(|| {
            let allowed = format!("{key} = {value}, {}–{}", range.start(), range.end());
            Refusal::about(Code::RuleValue, allowed)
        })?;
        let Some(path) = self.file.clone() else {
            self.rules.set(rule, number);
            return Ok(rule);
        };
        let text = match fs::symlink_metadata(&path) {
            Ok(_) => read_text(&path)?,
            Err(_) => default_text(),
        };
        let text = parse::with_value(&text, key, &toml::Value::Integer(value));
        let rules = parse_rules(&text).map_err(|faults| faults_refusal(&path, &faults))?;
        durable::replace(&path, text.as_bytes(), 0o600)
            .map_err(|error| file_refusal(&path, &error))?;
        self.rules = rules;
        Ok(rule)
    }
}

/// What may be repeated of a text that should have been a key.
fn fitting(key: &str) -> &str {
    let plain = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain && key.len() <= 40 { key } else { "***" }
}

fn parse_rules(text: &str) -> Result<Rules, Vec<ConfigFault>> {
    parse::parse(text, Rules::default())
}

/// The text of a file that sets nothing yet.
fn default_text() -> String {
    let head =
        "# What this region sets for itself; see `dukou rule list`. Read when the node starts.\n";
    Rule::ALL.iter().fold(head.to_owned(), |text, rule| {
        let (key, default, range) = (rule.key(), rule.default_value(), rule.range());
        let about = [Lang::Zh, Lang::En].map(|lang| rule.about(lang)).join(" ");
        let (low, high) = (range.start(), range.end());
        text + &format!("\n# {about}\n# {low}–{high}. {key} = {default}\n")
    })
}

impl Keys for Rules {
    fn names(&self) -> Vec<&'static str> {
        Rule::ALL.iter().map(|rule| rule.key()).collect()
    }

    fn required(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    fn read(&mut self, name: &'static str, value: &Value<'_>) -> Result<(), Wrong> {
        let Some(rule) = Rule::from_key(name) else { return Ok(()) };
        let range = rule.range();
        let number = value.number(u64::from(*range.start())..=u64::from(*range.end()))?;
        let set = u16::try_from(number).is_ok_and(|number| self.set(rule, number));
        if set { Ok(()) } else { Err(Wrong::new("out of range", rule.about(Lang::En))) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_fault_of_the_file_is_told_at_once_with_its_line() {
        let text = "contact_months = 9\nvalidity_city_days = \"ten\"\nreport_month = 3\n";
        let faults = parse_rules(text).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "1:18: contact_months: 9 is out of range; write a whole number from 1 to 6",
                "2:22: validity_city_days: expected a whole number, found string; \
                 write a whole number from 1 to 90",
                "3:1: report_month: unknown key; did you mean `report_months`?",
            ]
        );
    }

    #[test]
    fn a_change_is_written_and_leaves_the_other_lines_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let mut book = RuleBook::load(&path).unwrap();
        assert_eq!(book.rules, Rules::default());
        book.set("contact_months", 2).unwrap();
        assert_eq!(RuleBook::load(&path).unwrap().rules.value(Rule::Contact), 2);
        fs::write(&path, "# ours\nreport_months = 3 # agreed in May\n").unwrap();
        let mut book = RuleBook::load(&path).unwrap();
        book.set("report_months", 4).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "# ours\nreport_months = 4 # agreed in May\n"
        );
    }

    #[test]
    fn what_cannot_be_set_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let mut book = RuleBook::load(&path).unwrap();
        for (key, value, code) in [
            ("validity_nation_days", 91, Code::RuleValue),
            ("contact_months", -1, Code::RuleValue),
            ("score_months", 3, Code::RuleUnknown),
        ] {
            assert_eq!(book.set(key, value).unwrap_err().code, code);
        }
        assert!(!path.exists() && book.rules == Rules::default());
        fs::write(&path, "contact_months = 99\n").unwrap();
        assert_eq!(RuleBook::load(&path).unwrap_err().code, Code::ConfigInvalid);
    }
}

//! The rules of this region: what holds, what is set, and what each kind of finding rests on.

use protocol::findings::Kind;
use protocol::refusal::{Code, Lang, Refusal};
use protocol::rules::{Rule, Rules};

use super::{Office, Wake, lock, view};

impl Office {
    /// What holds in this region now.
    pub fn rules(&self) -> Rules {
        lock(&self.shared.rules).rules.clone()
    }

    /// Every rule, with its source.
    pub fn rule_list(&self, lang: Lang) -> Vec<view::Rule> {
        let rules = self.rules();
        Rule::ALL.iter().map(|rule| rule_view(&rules, *rule, lang)).collect()
    }

    /// Sets a rule of this region from now on, in `rules.toml` too.
    ///
    /// # Errors
    /// `rule.unknown`, `rule.value`, `config.invalid`, `node.file`.
    pub fn set_rule(&self, key: &str, value: i64, lang: Lang) -> Result<view::Rule, Refusal> {
        let rule = lock(&self.shared.rules).set(key, value)?;
        self.note_change();
        self.wake(Wake::Sweep);
        Ok(rule_view(&self.rules(), rule, lang))
    }

    /// Which rules, facts and day make a finding of this kind, and what to do then.
    ///
    /// # Errors
    /// `rule.unknown`.
    pub fn explain_rule(&self, kind: &str, lang: Lang) -> Result<view::RuleExplained, Refusal> {
        let kind = finding_kind(kind)?;
        let rules = self.rules();
        let used = kind.rules().iter().map(|rule| rule_view(&rules, *rule, lang));
        Ok(view::RuleExplained {
            kind: kind.name().to_owned(),
            name: kind.chinese().to_owned(),
            about: kind.about(lang).to_owned(),
            source: kind.source().to_owned(),
            rules: used.collect(),
            facts: kind.facts(lang).to_owned(),
            day: kind.day(lang).to_owned(),
            step: kind.step(lang).to_owned(),
            next: kind.next().iter().map(|&next| next.replace("{}", "ID")).collect(),
        })
    }
}

/// The kind of finding that the user named.
pub(super) fn finding_kind(name: &str) -> Result<Kind, Refusal> {
    let fitting = if name.len() <= 40 && name.is_ascii() { name } else { "***" };
    Kind::from_name(name).ok_or_else(|| Refusal::about(Code::RuleUnknown, fitting))
}

fn rule_view(rules: &Rules, rule: Rule, lang: Lang) -> view::Rule {
    let range = rule.range();
    view::Rule {
        key: rule.key().to_owned(),
        value: rules.value(rule),
        default: rule.default_value(),
        min: *range.start(),
        max: *range.end(),
        unit: rule.unit().name().to_owned(),
        about: rule.about(lang).to_owned(),
        source: rule.source().to_owned(),
    }
}

//! Rules and findings as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::{Text, more, pick};
use crate::office::view::{Finding, Page, Rule, RuleExplained, Tasks};

impl Text for Rule {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Rule", "规则"), Some(self.key.clone())),
            (p("Value", "取值"), Some(value(self, lang))),
            (p("Default", "默认"), Some(self.default.to_string())),
            (p("Range", "范围"), Some(format!("{}–{}", self.min, self.max))),
            (p("Meaning", "含义"), Some(self.about.clone())),
            (p("Source", "依据"), Some(self.source.clone())),
        ])
    }
}

impl Text for Page<Rule> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self
            .items
            .iter()
            .map(|rule| vec![rule.key.clone(), value(rule, lang), rule.about.clone()])
            .collect();
        table(lang, &[p("Rule", "规则"), p("Value", "取值"), p("Meaning", "含义")], &rows)
    }
}

fn value(rule: &Rule, lang: Lang) -> String {
    let unit = match rule.unit.as_str() {
        "months" => pick(lang, " months", "个月"),
        "days" => pick(lang, " days", "天"),
        _ => pick(lang, " people", "人"),
    };
    let own = if rule.value == rule.default { "" } else { pick(lang, " (set here)", "(本地)") };
    format!("{}{unit}{own}", rule.value)
}

impl Text for RuleExplained {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rules: Vec<String> =
            self.rules.iter().map(|rule| format!("{} = {}", rule.key, value(rule, lang))).collect();
        block(&[
            (p("Kind", "类别"), Some(format!("{} · {}", self.kind, self.name))),
            (p("Meaning", "含义"), Some(self.about.clone())),
            (p("Source", "依据"), Some(self.source.clone())),
            (p("Rules", "规则"), Some(rules.join("; ")).filter(|text| !text.is_empty())),
            (p("Facts", "事实"), Some(self.facts.clone())),
            (p("Raised", "日期"), Some(self.day.clone())),
            (p("To do", "办法"), Some(self.step.clone())),
        ])
    }
}

impl Text for Page<Finding> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self.items.iter().map(|one| row(one, lang)).collect();
        let header = [
            p("Kind", "事项"),
            p("Who or what", "对象"),
            p("To act", "责任组织"),
            p("Since", "起算"),
            p("Days", "天数"),
            p("To do", "办法"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

impl Text for Tasks {
    fn text(&self, lang: Lang) -> String {
        self.0.text(lang)
    }
}

fn row(one: &Finding, lang: Lang) -> Vec<String> {
    let short: String = one.subject.chars().take(12).collect();
    let name = one.member.as_ref().and_then(|member| member.name.as_ref());
    let days = match (one.days_over, lang) {
        (over @ 0.., Lang::En) => format!("{over} over"),
        (over @ 0.., Lang::Zh) => format!("已过{over}天"),
        (left, Lang::En) => format!("{} left", -left),
        (left, Lang::Zh) => format!("还有{}天", -left),
    };
    vec![
        pick(lang, &one.kind, &one.name).to_owned(),
        name.map_or(short.clone(), |name| format!("{name} {}", &short[..short.len().min(8)])),
        one.org_name.clone().unwrap_or_else(|| one.org.clone()),
        one.since.clone(),
        days,
        one.step.clone(),
    ]
}

//! The node itself as text.

use std::collections::BTreeMap;

use protocol::refusal::Lang;

use super::peer::peers;
use super::table::{block, table};
use super::words::{minute, word};
use super::{Text, pick};
use crate::office::view::{Demo, Initialised, RehearsalClock, Status};

impl Text for Initialised {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Region", "地区"), Some(format!("{} {}", self.region, self.name))),
            (p("Node", "节点"), Some(self.node_id.clone())),
            (p("Fingerprint", "校验码"), Some(self.fingerprint.clone())),
            (p("For regions", "地区间地址"), Some(self.listen.clone())),
            (p("Pages", "网页"), Some(self.http.clone())),
            (p("Rehearsal", "演练"), self.rehearsal.then(|| p("yes", "是").to_owned())),
        ])
    }
}

impl Text for Status {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let roster = &self.roster;
        let held = [
            (p("full", "在册"), roster.full),
            (p("provisional", "暂管"), roster.provisional),
            (p("in transit", "转接途中"), roster.in_transit),
            (p("away", "外出"), roster.away),
        ];
        let held = held.map(|(name, count)| format!("{name} {count}")).join(" · ");
        let store = format!("{} B · schema {}", self.store.bytes, self.store.schema);
        let head = block(&[
            (p("Region", "地区"), Some(format!("{} {}", self.region, self.name))),
            (p("Mode", "状态"), Some(mode(self, lang))),
            (p("Time", "时间"), Some(minute(&self.now))),
            (p("Fingerprint", "校验码"), Some(self.fingerprint.clone())),
            (p("For regions", "地区间地址"), self.listen.clone()),
            (p("Pages", "网页"), self.http.clone()),
            (p("Members", "成员"), Some(held)),
            (p("Letters out", "转出信件"), Some(counts(&self.letters.out, lang))),
            (p("Letters in", "转入信件"), Some(counts(&self.letters.incoming, lang))),
            (p("On paper out", "纸质转出"), papers(&self.letters.paper.out, lang)),
            (p("On paper in", "纸质转入"), papers(&self.letters.paper.incoming, lang)),
            (p("Findings", "待办发现"), Some(counts(&self.findings, lang))),
            (p("Database", "数据库"), Some(store)),
            (p("Version", "版本"), Some(self.version.clone())),
        ]);
        format!("{head}\n\n{}", peers(&self.peers, lang))
    }
}

fn mode(status: &Status, lang: Lang) -> String {
    let mode = word(lang, &status.mode);
    if status.rehearsal { format!("{mode} · {}", pick(lang, "rehearsal", "演练")) } else { mode }
}

/// Letters of neighbours without a node are told only where there are any.
fn papers(paper: &BTreeMap<String, u64>, lang: Lang) -> Option<String> {
    (!paper.is_empty()).then(|| counts(paper, lang))
}

fn counts(counts: &BTreeMap<String, u64>, lang: Lang) -> String {
    if counts.is_empty() {
        return "0".to_owned();
    }
    let each = counts.iter().map(|(name, count)| format!("{} {count}", word(lang, name)));
    each.collect::<Vec<_>>().join(" · ")
}

impl Text for RehearsalClock {
    fn text(&self, lang: Lang) -> String {
        format!("{} {}", pick(lang, "The rehearsal's time is", "演练时间"), minute(&self.now))
    }
}

/// The sentence that the demonstration exists for.
const WHOLE: &str = "无人遗漏,无人两处在册 · nobody lost, nobody held twice";

impl Text for Demo {
    /// What comes after the steps, which were printed one by one as they ended.
    fn text(&self, lang: Lang) -> String {
        if self.regions.is_empty() {
            return format!("\n{}", verdict(self, lang));
        }
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self.regions.iter().map(region_row).collect();
        let header = [
            p("Region", "地区"),
            p("Name", "名称"),
            p("Full", "在册"),
            p("Provisional", "暂管"),
            p("In transit", "转接途中"),
            p("Pages", "网页"),
        ];
        let table = table(lang, &header, &rows);
        format!("\n{table}\n\n{}", verdict(self, lang))
    }
}

fn region_row(region: &crate::office::view::DemoRegion) -> Vec<String> {
    vec![
        region.region.clone(),
        region.name.clone(),
        region.full.to_string(),
        region.provisional.to_string(),
        region.in_transit.to_string(),
        region.http.clone(),
    ]
}

/// Nothing is claimed unless every node was asked.
fn verdict(demo: &Demo, lang: Lang) -> String {
    let Demo { regions, letters, lost, duplicated, .. } = demo;
    match (lang, lost + duplicated) {
        _ if regions.is_empty() => pick(lang, "Nobody was counted", "未能逐人核对").to_owned(),
        (Lang::En, 0) => format!("{letters} letters · {WHOLE}"),
        (Lang::Zh, 0) => format!("{letters} 封信 · {WHOLE}"),
        (Lang::En, _) => format!("{letters} letters · lost {lost} · held twice {duplicated}"),
        (Lang::Zh, _) => format!("{letters} 封信 · 遗漏 {lost} · 两处在册 {duplicated}"),
    }
}

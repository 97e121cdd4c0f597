//! Reports as text.

use protocol::refusal::Lang;

use super::table::table;
use super::words::minute;
use super::{Text, pick};
use crate::office::view::{Meeting, MeetingLetters, MeetingStays, RegionReport, ReportSummary};

impl Text for RegionReport {
    fn text(&self, lang: Lang) -> String {
        regions(std::slice::from_ref(self), lang)
    }
}

impl Text for ReportSummary {
    fn text(&self, lang: Lang) -> String {
        let mut text = regions(&self.regions, lang);
        for missing in &self.missing_regions {
            let last = missing.last.as_deref().map(minute);
            text += &match (lang, last) {
                (Lang::Zh, None) => format!("\n未报:{} {}", missing.name, missing.region),
                (Lang::Zh, Some(last)) => {
                    format!("\n未报:{} {},最近 {last}", missing.name, missing.region)
                }
                (Lang::En, None) => format!("\nNo report: {} {}", missing.name, missing.region),
                (Lang::En, Some(last)) => {
                    format!("\nNo report since {last}: {} {}", missing.name, missing.region)
                }
            };
        }
        let (total, count) = (&self.total, self.total.covers.len());
        let due: u64 = total.findings.values().map(|one| one.count).sum();
        text + &match lang {
            Lang::Zh => format!("\n合计 {count} 个地区:成员 {},事项 {due}", total.counts.full),
            Lang::En => {
                format!("\nTotal of {count} regions: {} members, {due} findings", total.counts.full)
            }
        }
    }
}

fn regions(reports: &[RegionReport], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = reports
        .iter()
        .map(|report| {
            let findings = report
                .findings
                .iter()
                .map(|(kind, one)| format!("{kind} {} ({})", one.count, one.oldest_days));
            vec![
                format!("{} {}", report.region, report.name),
                minute(&report.as_of),
                report.counts.full.to_string(),
                format!("{}/{}", report.counts.letters_out, report.counts.letters_in),
                findings.collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    let header = [
        p("Region", "地区"),
        p("As of", "截至"),
        p("Members", "成员"),
        p("Letters out/in", "在途转出/转入"),
        p("Findings (oldest, days)", "事项(最久天数)"),
    ];
    table(lang, &header, &rows)
}

impl Text for Meeting {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let title = format!(
            "{} {} · {} {} · {} · {} {}",
            self.region,
            self.name,
            self.with_region,
            self.with_name,
            self.quarter,
            p("as of", "截至"),
            minute(&self.as_of)
        );
        let parts = [
            title,
            letters(&self.letters_out, &self.letters_in, lang),
            stays(&self.stays_out, &self.stays_in, lang),
            due(self, lang),
            compared(self, lang),
        ];
        parts.join("\n\n")
    }
}

fn letters(out: &MeetingLetters, others: &MeetingLetters, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |name: &str, one: &MeetingLetters| {
        let counts = [one.issued, one.received, one.refused, one.voided, one.open];
        [vec![name.to_owned()], counts.map(|count| count.to_string()).to_vec()].concat()
    };
    let rows = [row(p("outgoing", "转出"), out), row(p("incoming", "转入"), others)];
    let header = [
        p("Letters", "介绍信"),
        p("Issued", "开具"),
        p("Received", "已回执"),
        p("Refused", "退回"),
        p("Voided", "作废"),
        p("Under way", "在途"),
    ];
    table(lang, &header, &rows)
}

fn stays(out: &MeetingStays, others: &MeetingStays, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |name: &str, one: &MeetingStays| {
        let counts = [one.opened, one.ended, one.open, one.placed, one.reported, one.contacted];
        [vec![name.to_owned()], counts.map(|count| count.to_string()).to_vec()].concat()
    };
    let rows = [row(p("away", "流出"), out), row(p("guests", "流入"), others)];
    let header = [
        p("Stays", "流动党员"),
        p("Opened", "新增"),
        p("Ended", "终止"),
        p("Going on", "现有"),
        p("Placed", "已编入"),
        p("Reported on", "已反馈"),
        p("In contact", "已联系"),
    ];
    table(lang, &header, &rows)
}

fn due(meeting: &Meeting, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |(kind, one): (&String, &crate::office::view::FindingTotal)| {
        vec![kind.clone(), one.count.to_string(), one.oldest_days.to_string()]
    };
    let rows: Vec<Vec<String>> = meeting.findings.iter().map(row).collect();
    let header = [p("Due here", "本地待办"), p("Cases", "件数"), p("Oldest, days", "最久天数")];
    table(lang, &header, &rows)
}

fn compared(meeting: &Meeting, lang: Lang) -> String {
    let Some(last) = &meeting.reconciliation else {
        return pick(lang, "The books were never compared.", "两地尚未对账。").to_owned();
    };
    let at = minute(&last.at);
    match (lang, last.agreed) {
        (Lang::En, true) => format!("Books compared {at}: they agree."),
        (Lang::Zh, true) => format!("最近对账 {at}:一致。"),
        (Lang::En, false) => format!("Books compared {at}: {} differences.", last.differences),
        (Lang::Zh, false) => format!("最近对账 {at}:差异 {} 处。", last.differences),
    }
}

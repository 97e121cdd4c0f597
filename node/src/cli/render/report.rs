//! Reports as text.

use protocol::refusal::Lang;

use super::table::table;
use super::words::minute;
use super::{Text, pick};
use crate::office::view::{RegionReport, ReportSummary};

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

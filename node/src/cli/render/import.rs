//! Imports of tables as text: every faulty cell up to a screenful.

use protocol::refusal::Lang;

use super::table::table;
use super::{Text, pick};
use crate::office::view::{CellFault, ImportReport, OrgImport};

/// Most faults of an import on the screen.
const FAULTS_SHOWN_MAX: usize = 50;

impl Text for ImportReport {
    fn text(&self, lang: Lang) -> String {
        text(self, ["--annotated OUT.xlsx or --json", "--annotated OUT.xlsx 或 --json"], lang)
    }
}

impl Text for OrgImport {
    fn text(&self, lang: Lang) -> String {
        text(&self.0, ["--json", "--json"], lang)
    }
}

/// The report; the faults that are not shown are in what `en` and `zh` name.
fn text(report: &ImportReport, [en, zh]: [&str; 2], lang: Lang) -> String {
    let (rows, ok) = (report.rows, report.ok);
    let warnings: String =
        report.warnings.iter().map(|one| format!("\n! {}", one.detail)).collect();
    let sum = match (lang, report.committed) {
        (Lang::En, true) => format!("{rows} rows, {ok} right · written"),
        (Lang::En, false) => format!("{rows} rows, {ok} right · nothing was written"),
        (Lang::Zh, true) => format!("共 {rows} 行,正确 {ok} 行 · 已写入"),
        (Lang::Zh, false) => format!("共 {rows} 行,正确 {ok} 行 · 未写入任何数据"),
    };
    let faults = faults(&report.errors, report.errors_not_listed, [en, zh], lang);
    format!("{sum}{warnings}{faults}")
}

/// A screenful of faults below a summary, or nothing; the others are in what `en` and `zh` name.
pub(super) fn faults(
    errors: &[CellFault],
    not_listed: u64,
    [en, zh]: [&str; 2],
    lang: Lang,
) -> String {
    if errors.is_empty() {
        return String::new();
    }
    let shown: Vec<_> = errors.iter().take(FAULTS_SHOWN_MAX).map(fault_row).collect();
    let hidden = errors.len() as u64 + not_listed - shown.len() as u64;
    let p = |en, zh| pick(lang, en, zh);
    let header = [
        p("Cell", "单元格"),
        p("Field", "字段"),
        p("Code", "代码"),
        p("Value", "内容"),
        p("Fix", "办法"),
    ];
    let rest = match (lang, hidden) {
        (_, 0) => String::new(),
        (Lang::En, more) => format!("\n… {more} more in {en}"),
        (Lang::Zh, more) => format!("\n… 其余 {more} 处见 {zh}"),
    };
    format!("\n\n{}{rest}", table(lang, &header, &shown))
}

fn fault_row(fault: &CellFault) -> Vec<String> {
    vec![
        format!("{}{}", fault.column, fault.row),
        fault.field.clone(),
        fault.code.clone(),
        fault.value.clone(),
        fault.fix.clone(),
    ]
}

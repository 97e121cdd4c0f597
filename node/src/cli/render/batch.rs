//! Batches as text.

use protocol::refusal::Lang;

use super::import::faults;
use super::table::{block, clean, table};
use super::words::{minute, short, word};
use super::{Text, more, pick};
use crate::office::view::{
    Batch, BatchAccepted, BatchCheck, BatchCounts, BatchIssued, BatchItem, BatchRetried,
    BatchSummary, BatchTemplate, FailedItem, Page,
};

impl Text for BatchCheck {
    fn text(&self, lang: Lang) -> String {
        let (rows, issuable) = (self.rows, self.issuable);
        let sum = match lang {
            Lang::En => {
                format!("{rows} rows, {issuable} letters can be issued · nothing was written")
            }
            Lang::Zh => format!("共 {rows} 行,可开具 {issuable} 封 · 未写入任何数据"),
        };
        let warnings: String =
            self.warnings.iter().map(|one| format!("\n! {}", one.detail)).collect();
        let full = ["--annotated OUT.xlsx or --json", "--annotated OUT.xlsx 或 --json"];
        let columns: Vec<String> = (self.columns.iter())
            .map(|one| format!("{} {} → {}", one.column, clean(&one.header), one.field))
            .collect();
        let columns = format!("\n{}: {}", pick(lang, "Columns", "各列"), columns.join(" · "));
        format!(
            "{sum}{columns}{warnings}{}",
            faults(&self.errors, self.errors_not_listed, full, lang)
        )
    }
}

impl Text for BatchIssued {
    fn text(&self, lang: Lang) -> String {
        let (id, issued, failed, skipped) = (&self.id, self.issued, self.failed, self.skipped);
        let sum = match lang {
            Lang::En => {
                format!("Batch {id}: {issued} issued, {failed} failed, {skipped} rows left out")
            }
            Lang::Zh => format!("批次 {id}:已开具 {issued} 封,未能开具 {failed},未办 {skipped} 行"),
        };
        sum + &faults(&self.errors, self.errors_not_listed, ["--json", "--json"], lang)
    }
}

impl Text for Batch {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let head = block(&[
            (p("Batch", "批次"), Some(format!("{} {}", self.id, word(lang, &self.direction)))),
            (p("From", "来自"), self.from_region.clone()),
            (p("Approved", "审批"), self.approved_at.as_deref().map(minute)),
            (p("Persons", "人数"), Some(self.count.to_string())),
            (p("So far", "进度"), Some(counts(&self.counts, lang))),
        ]);
        let rows: Vec<Vec<String>> = self.items.iter().map(|item| row(item, lang)).collect();
        let header = [
            p("No", "序号"),
            p("Ref", "编号"),
            p("Name", "姓名"),
            p("To", "去向"),
            p("Letter", "信件"),
            p("State", "状态"),
            p("Code", "代码"),
        ];
        let list = table(lang, &header, &rows);
        format!("{head}\n\n{list}{}", more(self.next.as_deref(), lang))
    }
}

impl Text for Page<BatchSummary> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let header = [
            p("Batch", "批次"),
            p("Direction", "方向"),
            p("From", "来自"),
            p("Approved", "审批"),
            p("Persons", "人数"),
            p("So far", "进度"),
        ];
        let row = |one: &BatchSummary| {
            vec![
                short(&one.id),
                word(lang, &one.direction),
                one.from_region.clone().unwrap_or_default(),
                one.approved_at.as_deref().map(minute).unwrap_or_default(),
                one.count.to_string(),
                counts(&one.counts, lang),
            ]
        };
        let rows: Vec<Vec<String>> = self.items.iter().map(row).collect();
        format!("{}{}", table(lang, &header, &rows), more(self.next.as_deref(), lang))
    }
}

impl Text for BatchTemplate {
    fn text(&self, _lang: Lang) -> String {
        self.file.clone()
    }
}

impl Text for BatchRetried {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let (id, issued, reissued, failed) = (&self.id, self.issued, self.reissued, self.failed);
        let sum = match lang {
            Lang::En => {
                format!("Batch {id}: {issued} issued, {reissued} issued again, {failed} failed")
            }
            Lang::Zh => {
                format!("批次 {id}:新开具 {issued} 封,重开 {reissued} 封,未能开具 {failed}")
            }
        };
        let sum = format!("{sum}\n{}: {}", p("So far", "进度"), counts(&self.counts, lang));
        if self.items.is_empty() {
            return sum;
        }
        let row =
            |one: &FailedItem| vec![one.place.to_string(), short(&one.member), one.code.clone()];
        let rows: Vec<Vec<String>> = self.items.iter().map(row).collect();
        let header = [p("No", "序号"), p("Ref", "编号"), p("Code", "代码")];
        format!("{sum}\n\n{}", table(lang, &header, &rows))
    }
}

fn counts(counts: &BatchCounts, lang: Lang) -> String {
    let without = [("waiting", counts.waiting), ("failed", counts.failed)];
    let letters = counts.letters.iter().map(|(state, count)| (state.as_str(), *count));
    let all = without.into_iter().chain(letters).filter(|(_, count)| *count > 0);
    all.map(|(state, count)| format!("{} {count}", word(lang, state)))
        .collect::<Vec<_>>()
        .join(" · ")
}

fn row(item: &BatchItem, lang: Lang) -> Vec<String> {
    vec![
        item.place.to_string(),
        short(&item.member.member),
        item.member.name.clone().unwrap_or_default(),
        item.to_org.clone(),
        item.letter.as_deref().map(short).unwrap_or_default(),
        word(lang, &item.state),
        item.code.clone().unwrap_or_default(),
    ]
}

impl Text for BatchAccepted {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let (id, accepted, failed) = (&self.id, self.accepted, self.failed);
        let sum = match lang {
            Lang::En => format!("Batch {id}: {accepted} accepted, {failed} could not be"),
            Lang::Zh => format!("批次 {id}:已接收 {accepted} 封,未能接收 {failed} 封"),
        };
        let rows: Vec<Vec<String>> = (self.items.iter())
            .filter_map(|item| {
                let code = item.code.clone()?;
                Some(vec![item.place.to_string(), short(&item.letter), short(&item.member), code])
            })
            .collect();
        if rows.is_empty() {
            return sum;
        }
        let header = [p("No", "序号"), p("Letter", "信件"), p("Ref", "编号"), p("Code", "代码")];
        format!("{sum}\n\n{}", table(lang, &header, &rows))
    }
}

//! Matchings as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::minute;
use super::{Text, more, pick};
use crate::office::view::{MatchCheck, MatchedPerson, Matching, MatchingSummary, Page};

impl Text for Matching {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let one = &self.matching;
        let count = |count: Option<u32>| count.map(|count| count.to_string());
        let some = |count: u64| (count > 0).then(|| count.to_string());
        let mut text = block(&[
            (p("Id", "编号"), Some(one.id.clone())),
            (p("Region", "地区"), Some(one.region.clone())),
            (p("Asked by", "发起"), Some(one.asked_by.clone())),
            (p("List", "名单"), Some(list(&one.list, lang))),
            (p("State", "状态"), Some(state(one, lang))),
            (p("At", "时间"), Some(minute(&one.at))),
            (p("Ours", "本方人数"), Some(one.mine.to_string())),
            (p("Theirs", "对方人数"), Some(one.theirs.to_string())),
            (p("On both", "双方都有"), count(one.both)),
            (p("Ours alone", "仅本方有"), count(one.only_mine)),
            (p("Theirs alone", "仅对方有"), count(one.only_theirs)),
            (p("Full members of both", "两处都在册"), some(one.double)),
            (p("Full members of neither", "两处都不在册"), some(one.neither)),
        ]);
        if !self.people.items.is_empty() {
            text += "\n";
            text += &people(&self.people.items, lang);
            text += &more(self.people.next.as_deref(), lang);
        }
        text
    }
}

impl Text for Page<MatchingSummary> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let number = |count: Option<u32>| count.map_or_else(String::new, |count| count.to_string());
        let rows: Vec<Vec<String>> = self
            .items
            .iter()
            .map(|one| {
                vec![
                    one.id[..8].to_owned(),
                    minute(&one.at),
                    one.region.clone(),
                    one.asked_by.clone(),
                    list(&one.list, lang),
                    one.mine.to_string(),
                    one.theirs.to_string(),
                    number(one.both),
                    state(one, lang),
                ]
            })
            .collect();
        let header = [
            p("Id", "编号"),
            p("At", "时间"),
            p("Region", "地区"),
            p("Asked by", "发起"),
            p("List", "名单"),
            p("Ours", "本方"),
            p("Theirs", "对方"),
            p("On both", "双方"),
            p("State", "状态"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

impl Text for MatchCheck {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self
            .errors
            .iter()
            .map(|fault| {
                let cell = format!("{}{}", fault.column, fault.row);
                vec![cell, fault.code.clone(), fault.value.clone(), fault.fix.clone()]
            })
            .collect();
        let header =
            [p("Cell", "单元格"), p("Code", "代码"), p("Value", "内容"), p("What to do", "办法")];
        let head = block(&[
            (p("Rows", "行数"), Some(self.rows.to_string())),
            (p("Without a fault", "无误"), Some(self.ok.to_string())),
            (p("Sent", "已发送"), Some(p("nothing", "无").to_owned())),
        ]);
        format!("{head}\n{}", table(lang, &header, &rows))
    }
}

fn people(people: &[MatchedPerson], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|person| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let there = person.there.as_deref();
            vec![
                person.row.map_or_else(String::new, |row| row.to_string()),
                text(&person.name),
                text(&person.id_number),
                person.member.as_ref().map_or_else(String::new, |member| member[..8].to_owned()),
                holds(&person.here, lang),
                there.map_or_else(|| p("not listed", "未列").to_owned(), |word| holds(word, lang)),
            ]
        })
        .collect();
    let header = [
        p("Row", "行"),
        p("Name", "姓名"),
        p("Number", "证件号"),
        p("Ref", "标识"),
        p("Here", "本方"),
        p("There", "对方"),
    ];
    table(lang, &header, &rows)
}

fn list(name: &str, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    match name {
        "outflow" => p("outflow", "流出"),
        "inflow" => p("inflow", "流入"),
        _ => p("sheet", "名单文件"),
    }
    .to_owned()
}

fn holds(word: &str, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    match word {
        "full" => p("full member", "在册"),
        "guest" => p("guest", "流入管理"),
        "gone" => p("gone", "已转出"),
        _ => p("on a sheet", "仅名单"),
    }
    .to_owned()
}

fn state(one: &MatchingSummary, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let word = match one.state.as_str() {
        "done" => p("done", "完成"),
        "ended" => p("ended", "中止"),
        _ => p("begun", "进行中或中断"),
    };
    match &one.code {
        Some(code) => format!("{word} {code}"),
        None => word.to_owned(),
    }
}

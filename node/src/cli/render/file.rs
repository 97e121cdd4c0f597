//! A member's file as text: the five cards (五卡), each a view over the one record.

use protocol::refusal::Lang;

use super::table::table;
use super::words::{minute, short, word};
use super::{Text, pick};
use crate::office::view::{
    Ledger, MemberExport, MemberFile, Page, Participation, Recipient, Stay, StayContact,
};

impl Text for MemberFile {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let none = || p("nothing on file", "无记载").to_owned();
        let basic = self.member.as_ref().map_or_else(none, |member| member.text(lang));
        let cards = [
            (p("Basic card", "基本信息卡"), basic),
            (p("Mobility card", "流动信息卡"), list(&self.stays, none, |all| stays(all, lang))),
            (p("Contact card", "结对联心卡"), list(&self.contacts, none, |_| contacts(self, lang))),
            (
                p("Participation card", "民主评议卡"),
                list(&self.participation, none, |all| participation(all, lang)),
            ),
            (p("Education card", "教育处理卡"), list(&self.education, none, |_| said(self, lang))),
            (p("Dues", "党费"), list(&self.dues, none, |_| dues(self, lang))),
            (p("Letters", "介绍信"), list(&self.letters, none, |_| letters(self, lang))),
        ];
        let cards = cards.iter().map(|(title, text)| format!("【{title}】\n{text}"));
        cards.collect::<Vec<_>>().join("\n\n")
    }
}

fn list<T>(all: &[T], none: impl Fn() -> String, text: impl Fn(&[T]) -> String) -> String {
    if all.is_empty() { none() } else { text(all) }
}

fn stays(stays: &[Stay], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = stays
        .iter()
        .map(|stay| {
            vec![
                short(&stay.id),
                word(lang, &stay.state),
                stay.to_org.clone().unwrap_or_else(|| stay.to_region.clone()),
                stay.from.clone(),
                stay.ended
                    .as_ref()
                    .map(|end| end.on.clone())
                    .or(stay.until.clone())
                    .unwrap_or_default(),
                stay.reason.clone().unwrap_or_default(),
                stay.place.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = [
        p("Stay", "流动记录"),
        p("State", "状态"),
        p("At", "流入组织"),
        p("From", "外出日期"),
        p("To", "返回日期"),
        p("Reason", "事由"),
        p("Place", "地点"),
    ];
    table(lang, &header, &rows)
}

fn person(contact: Option<&StayContact>) -> String {
    let text = contact.map(|one| format!("{} {}", one.name, one.phone.as_deref().unwrap_or("")));
    text.unwrap_or_default().trim_end().to_owned()
}

fn contacts(file: &MemberFile, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = file
        .contacts
        .iter()
        .map(|card| {
            vec![
                short(&card.stay),
                person(card.home.as_ref()),
                person(card.there.as_ref()),
                card.last_contact.clone().unwrap_or_default(),
                card.contacts.to_string(),
            ]
        })
        .collect();
    let header = [
        p("Stay", "流动记录"),
        p("At home", "流出地联系人"),
        p("There", "流入地联系人"),
        p("Last contact", "最近联系"),
        p("Contacts", "联系次数"),
    ];
    table(lang, &header, &rows)
}

fn participation(all: &[Participation], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.report.period.clone(),
                one.by.clone(),
                format!("{}/{}", one.report.attended, one.report.held),
                one.report.dues_paid_through.clone().unwrap_or_default(),
                one.text.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = [
        p("Quarter", "季度"),
        p("By", "反馈地区"),
        p("Attended", "参加/应参加"),
        p("Dues", "党费交至"),
        p("Duties, notes", "承担工作、备注"),
    ];
    table(lang, &header, &rows)
}

fn said(file: &MemberFile, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = file
        .education
        .iter()
        .map(|one| {
            let text = one.text.clone().unwrap_or_default();
            vec![minute(&one.at), one.by.clone(), word(lang, &one.kind), text]
        })
        .collect();
    let header = [p("At", "时间"), p("By", "地区"), p("What", "文书"), p("Says", "内容")];
    table(lang, &header, &rows)
}

fn dues(file: &MemberFile, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |one: &crate::office::view::DuesEntry| {
        vec![one.paid_through.clone(), word(lang, &one.source), one.by.clone()]
    };
    let rows: Vec<Vec<String>> = file.dues.iter().map(row).collect();
    table(lang, &[p("Paid through", "党费交至"), p("By", "来源"), p("Region", "地区")], &rows)
}

fn letters(file: &MemberFile, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |letter: &crate::office::view::Letter| {
        let state = word(lang, &letter.state);
        vec![short(&letter.id), state, letter.from_org.clone(), letter.to_org.clone()]
    };
    let rows: Vec<Vec<String>> = file.letters.iter().map(row).collect();
    let header =
        [p("Letter", "信件"), p("State", "状态"), p("From", "转出组织"), p("To", "转入组织")];
    table(lang, &header, &rows)
}

impl Text for Page<Recipient> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let row = |one: &Recipient| {
            let kinds: Vec<String> = one.kinds.iter().map(|kind| word(lang, kind)).collect();
            let sent = if one.delivered { "delivered" } else { "queued" };
            let name = format!("{} {}", one.region, one.name);
            vec![name, kinds.join(" · "), minute(&one.first), minute(&one.last), word(lang, sent)]
        };
        let rows: Vec<Vec<String>> = self.items.iter().map(row).collect();
        let header = [
            p("Region", "地区"),
            p("Received", "收到的文书"),
            p("First", "最早"),
            p("Last", "最近"),
            p("Delivery", "送达"),
        ];
        table(lang, &header, &rows)
    }
}

impl Text for MemberExport {
    fn text(&self, lang: Lang) -> String {
        let MemberExport { file, letters, stays, recipients } = self;
        match lang {
            Lang::En => {
                format!("{file}\n{letters} letters · {stays} stays · {recipients} recipients")
            }
            Lang::Zh => format!("{file}\n信件 {letters} · 流动记录 {stays} · 接收方 {recipients}"),
        }
    }
}

impl Text for Ledger {
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::En => format!("{} · {} rows", self.file, self.rows),
            Lang::Zh => format!("{} · {} 行", self.file, self.rows),
        }
    }
}

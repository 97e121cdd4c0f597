//! A member's file as text: the five cards (五卡), each a view over the one record.

use protocol::refusal::Lang;

use super::departure::departures;
use super::table::table;
use super::words::{minute, short, word};
use super::{Text, pick};
use crate::office::view::{
    Correction, Ledger, MemberExport, MemberFile, Page, Participation, Recipient, Residence,
    ResidentEntry, Stay, StayContact,
};

impl Text for MemberFile {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let none = || p("nothing on file", "无记载").to_owned();
        let basic = self.member.as_ref().map_or_else(none, |member| member.text(lang));
        let cards = [
            (p("Basic card", "基本信息卡"), basic),
            (p("Mobility card", "流动信息卡"), list(&self.stays, none, |all| stays(all, lang))),
            (
                p("Departures", "外出报告"),
                list(&self.departures, none, |all| departures(all, lang)),
            ),
            (p("Contact card", "结对联心卡"), list(&self.contacts, none, |_| contacts(self, lang))),
            (
                p("Participation card", "民主评议卡"),
                list(&self.participation, none, |all| participation(all, lang)),
            ),
            (p("Education card", "教育处理卡"), list(&self.education, none, |_| said(self, lang))),
            (p("Residence", "双报到"), list(&self.residences, none, |all| residences(all, lang))),
            (
                p("Resident card", "社区党员登记卡"),
                list(&self.resident_cards, none, |all| resident_cards(all, lang)),
            ),
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

fn residences(residences: &[Residence], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let feedback = |one: &Residence| {
        let facts = one.feedback.as_ref();
        facts.map(|one| format!("{} {}/{}", one.year, one.attended, one.held)).unwrap_or_default()
    };
    let row = |one: &Residence| {
        vec![
            short(&one.id),
            word(lang, &one.state),
            one.from_org.clone(),
            one.to_org.clone(),
            one.introduced_on.clone(),
            feedback(one),
        ]
    };
    let rows: Vec<Vec<String>> = residences.iter().map(row).collect();
    let header = [
        p("Residence", "双报到"),
        p("State", "状态"),
        p("Unit", "单位"),
        p("Community", "社区"),
        p("Introduced", "介绍日期"),
        p("Last feedback", "最近反馈"),
    ];
    table(lang, &header, &rows)
}

fn resident_cards(cards: &[ResidentEntry], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |one: &ResidentEntry| {
        let told = one.card.as_ref();
        let told = |of: fn(&crate::office::view::ResidentCard) -> &Option<String>| {
            told.and_then(|card| of(card).clone()).unwrap_or_default()
        };
        vec![
            one.community.clone(),
            one.unit.clone(),
            one.registered_on.clone(),
            one.address.clone().unwrap_or_default(),
            told(|card| &card.occupation),
            told(|card| &card.wishes),
            told(|card| &card.free_time),
        ]
    };
    let rows: Vec<Vec<String>> = cards.iter().map(row).collect();
    let header = [
        p("Community", "社区"),
        p("Unit", "单位"),
        p("Reported on", "报到日期"),
        p("Address", "居住地址"),
        p("Occupation", "职业"),
        p("Wishes to help with", "服务意愿"),
        p("Free time", "空闲时间"),
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
                one.correction.as_ref().map(|one| corrected(one, lang)).unwrap_or_default(),
            ]
        })
        .collect();
    let header = [
        p("Quarter", "季度"),
        p("By", "反馈地区"),
        p("Attended", "参加/应参加"),
        p("Dues", "党费交至"),
        p("Duties, notes", "承担工作、备注"),
        p("Corrected", "更正"),
    ];
    table(lang, &header, &rows)
}

fn corrected(correction: &Correction, lang: Lang) -> String {
    let erased = || pick(lang, "(erased)", "(已删除)").to_owned();
    format!("{} {}", minute(&correction.at), correction.text.clone().unwrap_or_else(erased))
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
        let corrected = if one.corrected { p("corrected since", "已更正") } else { "" };
        let (paid, source) = (one.paid_through.clone(), word(lang, &one.source));
        vec![paid, source, one.by.clone(), corrected.to_owned()]
    };
    let rows: Vec<Vec<String>> = file.dues.iter().map(row).collect();
    table(lang, &[p("Paid through", "党费交至"), p("By", "来源"), p("Region", "地区"), ""], &rows)
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
        let MemberExport { file, letters, stays, residences, recipients } = self;
        let held = match lang {
            Lang::En => format!("{letters} letters · {stays} stays · {residences} residences"),
            Lang::Zh => format!("信件 {letters} · 流动记录 {stays} · 双报到 {residences}"),
        };
        format!("{file}\n{held} · {} {recipients}", pick(lang, "recipients", "接收方"))
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

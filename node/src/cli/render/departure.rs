//! Departures as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::short;
use super::{Text, more, pick};
use crate::office::view::{Departure, Page, StayContact};

impl Text for Departure {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let filed = self.filed.as_ref().map(|filed| format!("{} · {}", filed.on, filed.org));
        block(&[
            (p("Departure", "外出报告"), Some(self.id.clone())),
            (p("State", "状态"), Some(state(self, lang))),
            (p("Member", "成员"), Some(name(self, lang))),
            (p("Reference", "编号"), Some(self.member.member.clone())),
            (p("Branch", "所在支部"), self.org.clone()),
            (p("Reported on", "报告日期"), Some(self.reported_on.clone())),
            (p("Away since", "外出日期"), Some(self.from.clone())),
            (p("Until", "预计返回"), self.until.clone()),
            (p("Reason", "事由"), self.reason.clone()),
            (p("Place", "地点"), self.place.clone()),
            (p("Activity", "从事活动"), self.activity.clone()),
            (p("Phone", "联系电话"), self.phone.clone()),
            (p("Contact", "联系人"), self.contact.as_ref().map(contact)),
            (p("Filed", "备案"), filed),
            (p("Ended on", "了结日期"), self.ended_on.clone()),
            (p("Stay", "流动记录"), self.stay.clone()),
        ])
    }
}

impl Text for Page<Departure> {
    fn text(&self, lang: Lang) -> String {
        departures(&self.items, lang) + &more(self.next.as_deref(), lang)
    }
}

/// Departures as a table.
pub(super) fn departures(all: &[Departure], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |one: &Departure| {
        vec![
            short(&one.id),
            state(one, lang),
            name(one, lang),
            one.org.clone().unwrap_or_default(),
            one.from.clone(),
            one.ended_on.clone().or(one.until.clone()).unwrap_or_default(),
            one.reason.clone().unwrap_or_default(),
            one.place.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let header = [
        p("Departure", "外出报告"),
        p("State", "状态"),
        p("Member", "姓名"),
        p("Branch", "所在支部"),
        p("From", "外出日期"),
        p("To", "返回日期"),
        p("Reason", "事由"),
        p("Place", "地点"),
    ];
    table(lang, &header, &rows)
}

/// The words of departures: those of stays and memberships mean something else.
fn state(departure: &Departure, lang: Lang) -> String {
    let (en, zh) = match departure.state.as_str() {
        "reported" => ("reported, not filed", "已报告,待备案"),
        "filed" => ("filed", "已备案"),
        "returned" => ("returned", "已返回"),
        "stay" => ("certified to stay elsewhere", "已开具活动证"),
        "left" => ("left this region", "组织关系已离开本地"),
        other => (other, other),
    };
    pick(lang, en, zh).to_owned()
}

fn name(departure: &Departure, lang: Lang) -> String {
    let name = departure.member.name.clone();
    name.unwrap_or_else(|| pick(lang, "(erased)", "(已删除)").to_owned())
}

fn contact(contact: &StayContact) -> String {
    let phone = contact.phone.as_deref().unwrap_or_default();
    format!("{} {phone}", contact.name).trim_end().to_owned()
}

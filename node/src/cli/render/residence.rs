//! Residences and opinions as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{minute, short, word};
use super::{Text, more, pick};
use crate::office::view::{Opinion, Page, Residence, ResidenceFeedback, StayContact};

impl Text for Residence {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let registered = self.registered.as_ref();
        let card = self.card.as_ref();
        let end =
            |one: &crate::office::view::StayEnd| format!("{} · {}", one.on, word(lang, &one.how));
        let head = block(&[
            (p("Residence", "双报到"), Some(self.id.clone())),
            (p("State", "状态"), Some(state(self, lang))),
            (p("Member", "成员"), Some(name(self, lang))),
            (p("Reference", "编号"), Some(self.member.member.clone())),
            (p("Phone", "联系电话"), self.member.phone.clone()),
            (p("Unit", "所在单位党组织"), Some(org(&self.from_org, &self.from_org_name))),
            (p("Community", "社区党组织"), Some(org(&self.to_org, &self.to_org_name))),
            (p("Address", "居住地址"), self.address.clone()),
            (p("Introduced on", "介绍日期"), Some(self.introduced_on.clone())),
            (p("Contact at the unit", "单位联系人"), self.contact.as_ref().map(contact)),
            (p("Reported on", "报到日期"), registered.map(|one| one.on.clone())),
            (
                p("Contact there", "社区联系人"),
                registered.and_then(|one| one.contact.as_ref()).map(contact),
            ),
            (p("Occupation", "职业"), card.and_then(|card| card.occupation.clone())),
            (p("Wishes to help with", "服务意愿"), card.and_then(|card| card.wishes.clone())),
            (p("Free time", "空闲时间"), card.and_then(|card| card.free_time.clone())),
            (p("Last feedback", "最近反馈"), self.feedback.as_ref().map(|one| facts(one, lang))),
            (p("Opinion", "征求意见"), opinion(self, lang)),
            (p("Ended", "终止"), self.ended.as_ref().map(end)),
            (p("Delivery", "送达"), Some(word(lang, &self.delivery))),
            (p("May now", "现在可以"), may(self, lang)),
        ]);
        if self.statements.is_empty() {
            return head;
        }
        format!("{head}\n\n{}", statements(self, lang))
    }
}

fn state(residence: &Residence, lang: Lang) -> String {
    format!("{} · {}", direction(residence, lang), word(lang, &residence.state))
}

fn direction(residence: &Residence, lang: Lang) -> &'static str {
    match residence.direction.as_str() {
        "out" => pick(lang, "lives elsewhere", "在外居住"),
        "in" => pick(lang, "resident", "在此居住"),
        _ => pick(lang, "in this region", "本地区内"),
    }
}

fn name(residence: &Residence, lang: Lang) -> String {
    let name = residence.member.name.clone();
    name.unwrap_or_else(|| pick(lang, "(erased)", "(已删除)").to_owned())
}

fn org(code: &str, name: &Option<String>) -> String {
    format!("{code} {}", name.as_deref().unwrap_or_default()).trim_end().to_owned()
}

fn contact(contact: &StayContact) -> String {
    let phone = contact.phone.as_deref().unwrap_or_default();
    format!("{} {phone}", contact.name).trim_end().to_owned()
}

fn facts(feedback: &ResidenceFeedback, lang: Lang) -> String {
    let ResidenceFeedback { year, attended, held, .. } = feedback;
    match lang {
        Lang::En => format!("{year}: attended {attended} of {held}"),
        Lang::Zh => format!("{year} 年:参加 {attended}/{held} 次"),
    }
}

fn opinion(residence: &Residence, lang: Lang) -> Option<String> {
    let one = residence.opinion.as_ref()?;
    let state = if one.answered { ("answered", "已答复") } else { ("open", "待答复") };
    let state = pick(lang, state.0, state.1);
    Some(format!("{} · {} · {state}", word(lang, &one.matter), one.asked_on))
}

fn may(residence: &Residence, lang: Lang) -> Option<String> {
    let acts = residence.next.iter().filter(|act| *act != "show");
    let acts: Vec<String> = acts.map(|act| word(lang, act)).collect();
    (!acts.is_empty()).then(|| acts.join(" · "))
}

fn statements(residence: &Residence, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |one: &crate::office::view::ResidenceStatement| {
        let facts = one.feedback.as_ref().map(|one| facts(one, lang));
        let matter = one.matter.as_ref().map(|matter| word(lang, matter));
        let said: Vec<String> = facts.into_iter().chain(matter).chain(one.text.clone()).collect();
        let kind = word(lang, &one.kind);
        vec![minute(&one.at), one.by.clone(), kind, short(&one.hash), said.join(" · ")]
    };
    let rows: Vec<Vec<String>> = residence.statements.iter().map(row).collect();
    let header = [
        p("At", "时间"),
        p("By", "签发"),
        p("Statement", "文书"),
        p("Hash", "校验"),
        p("Says", "内容"),
    ];
    table(lang, &header, &rows)
}

impl Text for Page<Residence> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let row = |one: &Residence| {
            vec![
                short(&one.id),
                direction(one, lang).to_owned(),
                word(lang, &one.state),
                name(one, lang),
                one.from_org.clone(),
                one.to_org.clone(),
                one.introduced_on.clone(),
                one.feedback.as_ref().map(|one| one.year.to_string()).unwrap_or_default(),
            ]
        };
        let rows: Vec<Vec<String>> = self.items.iter().map(row).collect();
        let header = [
            p("Residence", "双报到"),
            "",
            p("State", "状态"),
            p("Member", "姓名"),
            p("Unit", "单位"),
            p("Community", "社区"),
            p("Introduced", "介绍日期"),
            p("Last feedback", "最近反馈"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

impl Text for Page<Opinion> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let row = |one: &Opinion| {
            vec![
                short(&one.residence),
                one.member.name.clone().unwrap_or_default(),
                word(lang, &one.matter),
                one.from_org.clone(),
                one.to_org.clone(),
                one.asked_on.clone(),
                one.question.clone().unwrap_or_default(),
                one.answered_on.clone().unwrap_or_default(),
                one.answer.clone().unwrap_or_default(),
            ]
        };
        let rows: Vec<Vec<String>> = self.items.iter().map(row).collect();
        let header = [
            p("Residence", "双报到"),
            p("Member", "姓名"),
            p("Matter", "事项"),
            p("Unit", "单位"),
            p("Community", "社区"),
            p("Asked", "征求日期"),
            p("Question", "内容"),
            p("Answered", "答复日期"),
            p("Opinion", "意见"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

//! Stays as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{minute, short, word};
use super::{Text, more, pick};
use crate::office::view::{Page, Stay, StayContact, StayEnd, StayReport};

impl Text for Stay {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let placed = self.placed.as_ref();
        let head = block(&[
            (p("Stay", "流动记录"), Some(self.id.clone())),
            (p("State", "状态"), Some(state(self, lang))),
            (p("Member", "成员"), Some(name(self, lang))),
            (p("Reference", "编号"), self.member.member.clone()),
            (p("ID number", "公民身份号码"), self.member.id_number.clone()),
            (p("Phone", "联系电话"), self.member.phone.clone()),
            (
                p("From", "流出组织"),
                Some(self.from_org.clone().unwrap_or(self.from_region.clone())),
            ),
            (p("At", "流入组织"), Some(there(self))),
            (p("Away since", "外出日期"), Some(self.from.clone())),
            (p("Until", "预计返回"), self.until.clone()),
            (p("Settled since", "定居日期"), self.settled.clone()),
            (p("Reason", "事由"), self.reason.clone()),
            (p("Place", "地点"), self.place.clone()),
            (p("Contact at home", "流出地联系人"), self.contact.as_ref().map(contact)),
            (p("Placed on", "编入日期"), placed.map(|placed| placed.on.clone())),
            (
                p("Contact there", "流入地联系人"),
                placed.and_then(|placed| placed.contact.as_ref()).map(contact),
            ),
            (p("Taken in", "接收方式"), mode(self.intake.as_deref(), lang)),
            (p("Managed", "管理方式"), mode(self.mode.as_deref(), lang)),
            (p("Last report", "最近反馈"), self.last_report.as_ref().map(|one| report(one, lang))),
            (p("Dues paid through", "党费交至"), self.dues_paid_through.clone()),
            (p("Last contact", "最近联系"), self.last_contact.clone()),
            (p("Last news", "最近通报"), self.last_bulletin.clone()),
            (p("Last review", "最近查验"), self.last_review.clone()),
            (p("Waits for an answer", "待答复"), asked(self)),
            (p("End proposed", "对方建议终止"), self.proposal.as_ref().map(|one| end(one, lang))),
            (p("Ended", "终止"), self.ended.as_ref().map(|one| end(one, lang))),
            (p("Delivery", "送达"), Some(word(lang, &self.delivery))),
            (p("May now", "现在可以"), may(self, lang)),
        ]);
        if self.statements.is_empty() {
            return head;
        }
        format!("{head}\n\n{}", statements(self, lang))
    }
}

fn mode(mode: Option<&str>, lang: Lang) -> Option<String> {
    mode.map(|mode| word(lang, mode))
}

fn state(stay: &Stay, lang: Lang) -> String {
    format!("{} · {}", direction(stay, lang), word(lang, &stay.state))
}

fn direction(stay: &Stay, lang: Lang) -> String {
    match stay.direction.as_str() {
        "out" => pick(lang, "away", "流出"),
        _ => pick(lang, "guest", "流入"),
    }
    .to_owned()
}

fn name(stay: &Stay, lang: Lang) -> String {
    let name = stay.member.name.clone();
    name.unwrap_or_else(|| pick(lang, "(erased)", "(已删除)").to_owned())
}

fn there(stay: &Stay) -> String {
    let org = stay.to_org.as_deref().unwrap_or(&stay.to_region);
    format!("{org} {}", stay.to_org_name.as_deref().unwrap_or_default()).trim_end().to_owned()
}

fn contact(contact: &StayContact) -> String {
    let phone = contact.phone.as_deref().unwrap_or_default();
    format!("{} {phone}", contact.name).trim_end().to_owned()
}

fn report(report: &StayReport, lang: Lang) -> String {
    let StayReport { period, attended, held, .. } = report;
    match lang {
        Lang::En => format!("{period}: attended {attended} of {held}"),
        Lang::Zh => format!("{period}:参加 {attended}/{held} 次"),
    }
}

fn end(end: &StayEnd, lang: Lang) -> String {
    format!("{} · {}", end.on, word(lang, &end.how))
}

fn asked(stay: &Stay) -> Option<String> {
    let open: Vec<String> =
        stay.requests.iter().map(|one| format!("{} ({})", one.by, one.on)).collect();
    (!open.is_empty()).then(|| open.join(" · "))
}

fn may(stay: &Stay, lang: Lang) -> Option<String> {
    let acts = stay.next.iter().filter(|act| *act != "show");
    let acts: Vec<String> = acts.map(|act| word(lang, act)).collect();
    (!acts.is_empty()).then(|| acts.join(" · "))
}

fn statements(stay: &Stay, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = stay
        .statements
        .iter()
        .map(|one| {
            let facts = one.report.as_ref().map(|one| report(one, lang));
            let said: Vec<String> = facts.into_iter().chain(one.text.clone()).collect();
            let kind = word(lang, &one.kind);
            vec![minute(&one.at), one.by.clone(), kind, short(&one.hash), said.join(" · ")]
        })
        .collect();
    let header = [
        p("At", "时间"),
        p("By", "签发"),
        p("Statement", "文书"),
        p("Hash", "校验"),
        p("Says", "内容"),
    ];
    table(lang, &header, &rows)
}

impl Text for Page<Stay> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self.items.iter().map(|stay| row(stay, lang)).collect();
        let header = [
            p("Stay", "流动记录"),
            "",
            p("State", "状态"),
            p("Member", "姓名"),
            p("From", "流出组织"),
            p("At", "流入组织"),
            p("Away since", "外出日期"),
            p("Last report", "最近反馈"),
            p("Last contact", "最近联系"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

fn row(stay: &Stay, lang: Lang) -> Vec<String> {
    vec![
        short(&stay.id),
        direction(stay, lang),
        word(lang, &stay.state),
        name(stay, lang),
        stay.from_org.clone().unwrap_or_else(|| stay.from_region.clone()),
        stay.to_org.clone().unwrap_or_else(|| stay.to_region.clone()),
        stay.from.clone(),
        stay.last_report.as_ref().map(|one| one.period.clone()).unwrap_or_default(),
        stay.last_contact.clone().unwrap_or_default(),
    ]
}

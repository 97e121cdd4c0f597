//! Members as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{minute, short, word};
use super::{Text, more, pick};
use crate::office::view::{Member, MemberEvent, Page};

impl Text for Member {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let ended = self.ended.as_ref();
        block(&[
            (p("Reference", "编号"), Some(self.member.clone())),
            (p("Name", "姓名"), Some(self.name.clone())),
            (p("ID number", "公民身份号码"), Some(self.id_number.clone())),
            (p("Standing", "党员类别"), Some(word(lang, &self.standing))),
            (p("Branch", "所在党支部"), Some(format!("{} {}", self.org, self.org_name))),
            (p("Custody", "状态"), Some(word(lang, &self.custody))),
            (p("Answered for by", "管理责任"), self.custody_org.clone()),
            (p("Provisionally at", "暂管支部"), self.provisional_org.clone()),
            (p("Hand-overs", "转接次数"), Some(self.generation.to_string())),
            (p("Dues paid through", "党费交至"), self.dues_paid_through.clone()),
            (p("Joined on", "入党日期"), self.joined_on.clone()),
            (p("Sex", "性别"), self.sex.as_deref().map(|sex| word(lang, sex))),
            (p("Ethnicity", "民族"), self.ethnicity.clone()),
            (p("Phone", "联系电话"), self.phone.clone()),
            (p("Residence", "现居住地"), self.residence.clone()),
            (p("Unit", "工作单位"), self.unit.clone()),
            (p("Open letter", "未办结信件"), self.open_letter.clone()),
            (p("Away by", "流动记录"), self.stay.clone()),
            (
                p("Ended", "终止"),
                ended.map(|end| format!("{} {}", end.on, word(lang, &end.reason))),
            ),
        ])
    }
}

impl Text for Page<Member> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self.items.iter().map(|member| row(member, lang)).collect();
        let header = [
            p("Ref", "编号"),
            p("Name", "姓名"),
            p("ID number", "公民身份号码"),
            p("Standing", "类别"),
            p("Custody", "状态"),
            p("Dues", "党费交至"),
            p("Branch", "所在党支部"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

fn row(member: &Member, lang: Lang) -> Vec<String> {
    vec![
        short(&member.member),
        member.name.clone(),
        member.id_number.clone(),
        word(lang, &member.standing),
        word(lang, &member.custody),
        member.dues_paid_through.clone().unwrap_or_default(),
        format!("{} {}", member.org, member.org_name),
    ]
}

impl Text for Page<MemberEvent> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> =
            self.items.iter().map(|event| event_row(event, lang)).collect();
        let header = [
            p("Time", "时间"),
            p("What", "事项"),
            p("By", "经办"),
            p("Organisation", "组织"),
            p("Letter", "信件"),
            p("Detail", "说明"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

fn event_row(event: &MemberEvent, lang: Lang) -> Vec<String> {
    vec![
        minute(&event.at),
        word(lang, &event.kind),
        event.by.clone(),
        event.org.clone().unwrap_or_default(),
        event.letter.as_deref().map(short).unwrap_or_default(),
        event.detail.clone().unwrap_or_default(),
    ]
}

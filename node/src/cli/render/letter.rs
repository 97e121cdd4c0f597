//! Letters as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{minute, short, word};
use super::{Text, more, pick};
use crate::office::view::{
    Letter, LetterNote, LetterRefusal, LetterStatement, LetterSuccession, Page,
};

impl Text for Letter {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let (batch, paper) = (self.batch.as_ref(), self.paper.as_ref());
        let head = block(&[
            (p("Letter", "信件"), Some(self.id.clone())),
            (p("Serial", "编号"), Some(self.serial.clone())),
            (p("State", "状态"), Some(state(self, lang))),
            (p("Member", "成员"), Some(format!("{} {}", self.member.member, name(self, lang)))),
            (p("From", "转出组织"), Some(org(&self.from_org, self.from_org_name.as_deref()))),
            (p("To", "转入组织"), Some(org(&self.to_org, self.to_org_name.as_deref()))),
            (p("Answered for by", "管理责任"), Some(self.custody_org.clone())),
            (p("Provisionally at", "暂管支部"), self.provisional_org.clone()),
            (p("Issued", "开具"), Some(minute(&self.issued_at))),
            (p("Valid until", "有效期至"), Some(self.valid_until.clone())),
            (p("Dues paid through", "党费交至"), self.dues_paid_through.clone()),
            (p("Reason", "事由"), self.reason.clone()),
            (p("Delivery", "送达"), Some(word(lang, &self.delivery))),
            (p("Evidence", "凭据"), Some(word(lang, &self.evidence))),
            (p("Refused", "退回"), self.refusal.as_ref().map(|refusal| why(refusal, lang))),
            (p("Voided", "作废"), self.void_reason.as_deref().map(|reason| word(lang, reason))),
            (
                p("Batch", "批次"),
                batch.map(|place| format!("{} {}/{}", place.id, place.index, place.count)),
            ),
            (p("Succession", "承继"), succeeded(self, lang)),
            (p("On paper only", "尚未核对"), self.floating.then(|| p("yes", "是").to_owned())),
            (p("Ended on", "办结日期"), paper.and_then(|paper| paper.ended_on.clone())),
            (p("Scan filed", "扫描件"), paper.and_then(|paper| paper.scan_sha256.clone())),
            (p("May now", "现在可以"), may(self, lang)),
        ]);
        if paper.is_some() {
            return head;
        }
        let said = format!("{head}\n\n{}", statements(&self.statements, lang));
        if self.notes.is_empty() { said } else { format!("{said}\n\n{}", notes(self, lang)) }
    }
}

fn notes(letter: &Letter, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let row = |note: &LetterNote| {
        let text = note.text.clone().unwrap_or_default();
        let kind = word(lang, &note.kind);
        vec![minute(&note.at), note.by.clone(), kind, short(&note.answers), text]
    };
    let rows: Vec<Vec<String>> = letter.notes.iter().map(row).collect();
    let header = [
        p("At", "时间"),
        p("By", "签发"),
        p("What", "文书"),
        p("About", "所针对文书"),
        p("Says", "内容"),
    ];
    table(lang, &header, &rows)
}

fn state(letter: &Letter, lang: Lang) -> String {
    format!("{} · {}", word(lang, &letter.direction), word(lang, &letter.state))
}

fn name(letter: &Letter, lang: Lang) -> String {
    letter.member.name.clone().unwrap_or_else(|| pick(lang, "(erased)", "(已删除)").to_owned())
}

fn org(code: &str, name: Option<&str>) -> String {
    format!("{code} {}", name.unwrap_or_default())
}

fn why(refusal: &LetterRefusal, lang: Lang) -> String {
    let mut text = word(lang, &refusal.ground);
    if let Some(redirect) = &refusal.redirect {
        text.push_str(&format!(" → {redirect}"));
    }
    if let Some(note) = &refusal.note {
        text.push_str(&format!(" · {note}"));
    }
    text
}

fn may(letter: &Letter, lang: Lang) -> Option<String> {
    let actions: Vec<String> = letter.next.iter().map(|action| word(lang, action)).collect();
    (!actions.is_empty()).then(|| actions.join(" · "))
}

fn succeeded(letter: &Letter, lang: Lang) -> Option<String> {
    let line = |one: &LetterSuccession| {
        let (old, new) = (short(&one.predecessor), short(&one.successor));
        match (lang, one.side.as_str()) {
            (Lang::En, side) => format!("{new} in the place of {old} ({side})"),
            (Lang::Zh, "origin") => format!("{new} 承继 {old}(转出方)"),
            (Lang::Zh, _) => format!("{new} 承继 {old}(转入方)"),
        }
    };
    let lines: Vec<String> = letter.successions.iter().map(line).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn statements(statements: &[LetterStatement], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = statements
        .iter()
        .map(|one| vec![word(lang, &one.kind), one.by.clone(), minute(&one.at), short(&one.hash)])
        .collect();
    let header = [p("Statement", "文书"), p("By", "签发"), p("At", "时间"), p("Hash", "校验")];
    table(lang, &header, &rows)
}

impl Text for Page<Letter> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self.items.iter().map(|letter| row(letter, lang)).collect();
        let header = [
            p("Letter", "信件"),
            p("Serial", "编号"),
            "",
            p("State", "状态"),
            p("Member", "姓名"),
            p("From", "转出组织"),
            p("To", "转入组织"),
            p("Valid until", "有效期至"),
            p("Delivery", "送达"),
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

fn row(letter: &Letter, lang: Lang) -> Vec<String> {
    vec![
        short(&letter.id),
        letter.serial.clone(),
        word(lang, &letter.direction),
        word(lang, &letter.state),
        name(letter, lang),
        letter.from_org.clone(),
        letter.to_org.clone(),
        letter.valid_until.clone(),
        word(lang, &letter.delivery),
    ]
}

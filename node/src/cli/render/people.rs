//! Users, tokens and the audit log as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{minute, word, yes};
use super::{Text, more, pick, text};
use crate::control::execute::Reply;
use crate::office::view::{AuditExport, AuditLine, AuditVerified, NewToken, Page, Token, User};

/// The answer as text, if it is one of these.
pub(super) fn text_of(reply: &Reply, lang: Lang) -> Option<String> {
    let known = [
        text::<User>,
        text::<Page<User>>,
        text::<NewToken>,
        text::<Token>,
        text::<Page<Token>>,
        text::<Page<AuditLine>>,
        text::<AuditVerified>,
        text::<AuditExport>,
    ];
    known.into_iter().find_map(|text| text(reply, lang))
}

fn scope(org: Option<&String>, lang: Lang) -> String {
    org.cloned().unwrap_or_else(|| pick(lang, "the region", "全地区").to_owned())
}

impl Text for User {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Name", "登录名"), Some(self.name.clone())),
            (p("Role", "角色"), Some(word(lang, &self.role))),
            (p("Sees", "范围"), Some(scope(self.org.as_ref(), lang))),
            (p("Disabled", "已停用"), self.disabled.then(|| yes(lang, true))),
        ])
    }
}

impl Text for Page<User> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let header = [p("Name", "登录名"), p("Role", "角色"), p("Sees", "范围"), ""];
        let rows = self.items.iter().map(|user| {
            let disabled = if user.disabled { p("disabled", "已停用") } else { "" };
            let scope = scope(user.org.as_ref(), lang);
            vec![user.name.clone(), word(lang, &user.role), scope, disabled.to_owned()]
        });
        table(lang, &header, &rows.collect::<Vec<_>>()) + &more(self.next.as_deref(), lang)
    }
}

impl Text for NewToken {
    fn text(&self, lang: Lang) -> String {
        let said = pick(lang, "Shown this once:", "只显示这一次:");
        format!("{said}\n{}\n{}", self.token, self.about.text(lang))
    }
}

impl Text for Token {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Number", "编号"), Some(self.id.clone())),
            (p("Role", "角色"), Some(word(lang, &self.role))),
            (p("Sees", "范围"), Some(scope(self.org.as_ref(), lang))),
            (p("Ends", "到期"), self.expires_at.as_deref().map(minute)),
            (p("Revoked", "已撤销"), self.revoked.then(|| yes(lang, true))),
        ])
    }
}

impl Text for Page<Token> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let header =
            [p("Number", "编号"), p("Role", "角色"), p("Sees", "范围"), p("Ends", "到期"), ""];
        let rows = self.items.iter().map(|token| {
            let ends = token.expires_at.as_deref().map_or_else(String::new, minute);
            let revoked = if token.revoked { p("revoked", "已撤销") } else { "" };
            let scope = scope(token.org.as_ref(), lang);
            vec![token.id.clone(), word(lang, &token.role), scope, ends, revoked.to_owned()]
        });
        table(lang, &header, &rows.collect::<Vec<_>>()) + &more(self.next.as_deref(), lang)
    }
}

impl Text for Page<AuditLine> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let header =
            ["", p("When", "时间"), p("Who", "谁"), p("What", "做了什么"), p("On", "对象")];
        let rows = self.items.iter().map(|line| {
            let objects = line.objects.iter().map(String::as_str);
            let shown: Vec<&str> = objects.clone().take(3).collect();
            let rest = objects.count().saturating_sub(3);
            let rest = if rest > 0 { format!(" +{rest}") } else { String::new() };
            vec![
                line.seq.to_string(),
                minute(&line.at),
                line.who.clone(),
                line.what.clone(),
                shown.join(" ") + &rest,
            ]
        });
        table(lang, &header, &rows.collect::<Vec<_>>()) + &more(self.next.as_deref(), lang)
    }
}

impl Text for AuditVerified {
    fn text(&self, lang: Lang) -> String {
        let said = pick(lang, "The audit log holds. Lines", "审计日志完整。行数");
        let head = pick(lang, "Head", "末行散列");
        format!("{said}: {} · {head}: {}", self.lines, self.head)
    }
}

impl Text for AuditExport {
    fn text(&self, lang: Lang) -> String {
        let lines = pick(lang, "Lines", "行数");
        format!("{} · {lines}: {}", self.file, self.lines)
    }
}

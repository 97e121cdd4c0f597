//! Organisations as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{word, yes};
use super::{Text, more, pick};
use crate::office::view::{Organisation, Page};

impl Text for Organisation {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Code", "代码"), Some(self.code.clone())),
            (p("Name", "名称"), Some(self.name.clone())),
            (p("Kind", "类别"), Some(word(lang, &self.kind))),
            (p("Parent", "上级"), self.parent.clone()),
            (p("May transfer", "转接权限"), Some(yes(lang, self.may_transfer))),
            (p("Closed", "已撤销"), self.closed.then(|| yes(lang, true))),
            (p("Successor", "并入"), self.successor.clone()),
        ])
    }
}

impl Text for Page<Organisation> {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let rows: Vec<Vec<String>> = self.items.iter().map(|org| row(org, lang)).collect();
        let header = [
            p("Code", "代码"),
            p("Name", "名称"),
            p("Kind", "类别"),
            p("Parent", "上级"),
            p("Transfers", "转接权限"),
            "",
        ];
        table(lang, &header, &rows) + &more(self.next.as_deref(), lang)
    }
}

fn row(org: &Organisation, lang: Lang) -> Vec<String> {
    let end = match (&org.successor, org.closed) {
        (Some(successor), _) => format!("→ {successor}"),
        (None, true) => pick(lang, "closed", "已撤销").to_owned(),
        (None, false) => String::new(),
    };
    vec![
        org.code.clone(),
        org.name.clone(),
        word(lang, &org.kind),
        org.parent.clone().unwrap_or_default(),
        yes(lang, org.may_transfer),
        end,
    ]
}

//! A comparison with another region as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{minute, word, yes};
use super::{Text, pick};
use crate::office::view::{Difference, LetterBelief, Reconciliation};

impl Text for Reconciliation {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let some = |count: u64| (count > 0).then(|| count.to_string());
        let mut text = block(&[
            (p("Region", "地区"), Some(self.region.clone())),
            (p("Agreed", "一致"), Some(yes(lang, self.agreed))),
            (p("Compared", "已比对"), Some(self.compared.to_string())),
            (p("On their way", "在途"), some(self.in_flight)),
            (p("More, not listed", "未列出"), some(self.not_listed)),
            (p("At", "时间"), Some(minute(&self.at))),
        ]);
        if !self.differences.is_empty() {
            let header =
                [p("Letter", "介绍信"), p("Field", "项目"), p("Here", "本方"), p("There", "对方")];
            let rows: Vec<Vec<String>> =
                self.differences.iter().flat_map(|one| rows(one, lang)).collect();
            text += "\n";
            text += &table(lang, &header, &rows);
        }
        text
    }
}

/// One line for each field that differs, or one if a side has nothing.
fn rows(difference: &Difference, lang: Lang) -> Vec<Vec<String>> {
    let p = |en, zh| pick(lang, en, zh);
    let key = difference.key.get(..8).unwrap_or(&difference.key).to_owned();
    let none = || p("missing", "缺失").to_owned();
    let line = |field: &str, mine: String, theirs: String| {
        vec![key.clone(), field.to_owned(), mine, theirs]
    };
    let (Some(mine), Some(theirs)) = (&difference.mine, &difference.theirs) else {
        let held = |side: &Option<LetterBelief>| {
            side.as_ref().map_or_else(none, |letter| word(lang, &letter.state))
        };
        return vec![line(p("Letter", "介绍信"), held(&difference.mine), held(&difference.theirs))];
    };
    let fields = fields(mine, lang).into_iter().zip(fields(theirs, lang));
    let differing = fields.filter(|(mine, theirs)| mine.1 != theirs.1);
    let lines: Vec<_> = differing.map(|(mine, theirs)| line(mine.0, mine.1, theirs.1)).collect();
    if lines.is_empty() {
        return vec![line(p("Statements", "文书"), "≠".to_owned(), "≠".to_owned())];
    }
    lines
}

fn fields<'t>(letter: &LetterBelief, lang: Lang) -> [(&'t str, String); 11] {
    let p = |en, zh| pick(lang, en, zh);
    [
        (p("State", "状态"), word(lang, &letter.state)),
        (p("Member", "成员"), letter.member.clone()),
        (p("Generation", "代次"), letter.generation.to_string()),
        (p("From", "转出组织"), letter.from_org.clone()),
        (p("To", "转入组织"), letter.to_org.clone()),
        (p("Number", "编号"), letter.serial.clone()),
        (p("Issued", "签发"), letter.issued_at.clone()),
        (p("Valid until", "有效期至"), letter.valid_until.clone()),
        (p("Branch", "支部"), letter.branch.clone().unwrap_or_default()),
        (p("Roster", "花名册"), roster(&letter.roster, lang)),
        (p("Statements lost", "缺失文书"), letter.statements_lost.to_string()),
    ]
}

fn roster(roster: &str, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    match roster {
        "AsTheWordSays" => p("as it should be", "相符"),
        "Missing" => p("member missing", "查无此人"),
        _ => p("otherwise", "不符"),
    }
    .to_owned()
}

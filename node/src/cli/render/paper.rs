//! Codes of letters, and what they are worth, as text.

use protocol::refusal::Lang;

use super::table::block;
use super::words::{minute, word};
use super::{Text, pick};
use crate::office::view::{CodeLetter, LetterCode, Verdict};

impl Text for LetterCode {
    /// The text of the code and nothing else, so that it can be piped.
    fn text(&self, _lang: Lang) -> String {
        self.text.clone()
    }
}

impl Text for Verdict {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let confirmed = match (&self.heard_until, self.confirmed_with_origin) {
            (Some(until), true) => {
                format!("{} {}", p("heard up to", "对方最近往来"), minute(until))
            }
            (Some(until), false) => {
                format!("{} {}", p("not yet; heard up to", "尚未;对方最近往来"), minute(until))
            }
            (None, true) => p("yes", "是").to_owned(),
            (None, false) => p("no", "否").to_owned(),
        };
        let head = block(&[
            (p("Verdict", "验真结果"), Some(word(lang, &self.verdict))),
            (p("What it means", "说明"), Some(meaning(self, lang).to_owned())),
            (p("Reason", "原因"), self.reason.clone()),
            (p("Confirmed by the issuer", "签发方已确认"), Some(confirmed)),
        ]);
        match &self.letter {
            Some(letter) => format!("{head}\n\n{}", what_it_says(letter, lang)),
            None => head,
        }
    }
}

fn meaning(verdict: &Verdict, lang: Lang) -> &'static str {
    let (en, zh) = match (verdict.verdict.as_str(), verdict.confirmed_with_origin) {
        ("valid", true) => ("the signature holds and the letter is in time", "签名有效,未过期"),
        ("valid", false) => (
            "the signature holds and the letter is in time; whether it was withdrawn since cannot \
             be known without the issuer. What counts is the code: compare it with the paper",
            "签名有效,未过期;签发方尚未联系上,无法得知是否已撤回。内容以二维码为准,与纸面逐项核对",
        ),
        ("expired", _) => (
            "the signature holds, but the last day is over: ask for a new letter",
            "签名有效,但已过期:请转出单位重开",
        ),
        ("superseded", _) => (
            "the signature holds, but the letter has ended or another took its place",
            "签名有效,但此信已作废、退回、办结或被新信取代",
        ),
        ("unknown_key", _) => (
            "the form is whole, but this office is not paired with the issuer: nobody vouches for \
             it",
            "格式完整,但未与签发地区结对,无法证明真伪",
        ),
        _ => (
            "the signature does not hold, or the code is not whole: ask the issuer",
            "签名不符或二维码不完整:请联系签发单位",
        ),
    };
    pick(lang, en, zh)
}

fn what_it_says(letter: &CodeLetter, lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let from = format!("{} {} · {}", letter.from_org, letter.sender, letter.from_region_name);
    block(&[
        (p("Letter", "信件"), Some(letter.id.clone())),
        (p("Serial", "编号"), Some(letter.serial.clone())),
        (p("Member", "成员"), letter.member.name.clone()),
        (p("Standing", "党员类别"), Some(word(lang, &letter.standing))),
        (p("From", "转出组织"), Some(from)),
        (p("To", "转入组织"), Some(format!("{} {}", letter.to_org, letter.addressee))),
        (p("Issued", "开具"), Some(minute(&letter.issued_at))),
        (p("Valid until", "有效期至"), Some(letter.valid_until.clone())),
        (p("Dues paid through", "党费交至"), letter.dues_paid_through.clone()),
        (p("Issuer's fingerprint", "签发方校验码"), Some(letter.fingerprint.clone())),
        (p("State here", "本地状态"), letter.state.as_deref().map(|state| word(lang, state))),
        (p("Rehearsal", "演练"), letter.rehearsal.then(|| p("yes", "是").to_owned())),
    ])
}

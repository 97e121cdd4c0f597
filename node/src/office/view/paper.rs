//! Codes of letters on paper, and what they are worth.

use serde::{Deserialize, Serialize};

use super::MemberName;

/// The code of a letter.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterCode {
    /// The letter.
    pub letter: String,
    /// What the code says. It contains the particulars of the person.
    pub text: String,
    /// How long the text is, in characters.
    pub chars: u64,
    /// The version of the QR symbol, 1 to 40.
    pub version: u8,
    /// Its error correction, `M` or `L`.
    pub correction: String,
    /// The side of one module in millimetres, printed at 45 mm with the margin.
    pub module_mm: f64,
    /// Where it was drawn as PNG.
    pub png: Option<String>,
    /// Where it was drawn as SVG.
    pub svg: Option<String>,
}

/// What a code is worth.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// `valid`, `expired`, `tampered`, `unknown_key` or `superseded`.
    pub verdict: String,
    /// Whether the issuer's feed, as it is held here, has this very Offer: then a withdrawal up to
    /// `heard_until` would be known.
    pub confirmed_with_origin: bool,
    /// How far the issuer was heard.
    pub heard_until: Option<String>,
    /// Why it is not valid, a stable code.
    pub reason: Option<String>,
    /// What the code says; none if it was tampered with.
    pub letter: Option<CodeLetter>,
}

/// What a code says. If the issuer's key is unknown, nobody vouches for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeLetter {
    /// The letter's id.
    pub id: String,
    /// The printed serial.
    pub serial: String,
    /// The identity key by which it is signed, hex.
    pub issuer: String,
    /// The fingerprint of that key.
    pub fingerprint: String,
    /// The region that the issuer says it keeps.
    pub from_region: String,
    /// Its name.
    pub from_region_name: String,
    /// The issuing organisation.
    pub from_org: String,
    /// The addressed organisation.
    pub to_org: String,
    /// Whom it is about.
    pub member: MemberName,
    /// `full` or `probationary`.
    pub standing: String,
    /// 抬头.
    pub addressee: String,
    /// 原所在党组织.
    pub sender: String,
    /// When it was issued.
    pub issued_at: String,
    /// The last day on which it may be accepted.
    pub valid_until: String,
    /// 党费交至, a month.
    pub dues_paid_through: Option<String>,
    /// Whether it belongs to a rehearsal (演练).
    pub rehearsal: bool,
    /// The letter's state as this node knows it.
    pub state: Option<String>,
}

//! The private blocks of a stay's statements: who the member is, whom to call, and whatever
//! people wrote. All of it is sealed under the member's key where it rests, and can be erased.

use crate::codec::{self, Decode, Encode};
use crate::limits::{NEWS_CHARS_MAX, PHONE_CHARS_MAX, TEXT_CHARS_MAX};
use crate::member::{IdNumber, Sex, is_name, is_plain_text};
use crate::private::Private;
use crate::refusal::Code;
use crate::statement::attachment::Attachment;
use crate::statement::kind::Kind;

/// What a StayNotice says of the person, as on the paper certificate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CertificateParticulars {
    /// 姓名.
    pub name: Private<String>,
    /// 公民身份号码.
    pub id_number: Private<String>,
    /// 性别, if known.
    pub sex: Option<Sex>,
    /// 本人电话, may be empty.
    pub phone: Private<String>,
    /// 外出事由.
    pub reason: Private<String>,
    /// 外出地点.
    pub place: Private<String>,
    /// 联系人: the member of the home organisation who keeps in touch.
    pub contact: ContactPerson,
}

/// What a ReportIn says of the person, as the clerk at the destination took it down.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReportedPerson {
    /// 姓名.
    pub name: Private<String>,
    /// 公民身份号码: by it the origin finds the member.
    pub id_number: Private<String>,
    /// 本人电话, may be empty.
    pub phone: Private<String>,
    /// 现住址或单位, may be empty.
    pub place: Private<String>,
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ContactPerson {
    /// 姓名.
    pub name: Private<String>,
    /// 电话, may be empty.
    pub phone: Private<String>,
}

/// What a ParticipationReport says in words: duties that the member took on, and a note. Facts, no
/// judgement of the person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Duties {
    /// 承担工作, may be empty.
    pub duties: Private<String>,
    /// 备注, may be empty.
    pub note: Private<String>,
}

/// A private block that can be read from bytes.
pub trait Particulars: Encode + Decode<()> {
    /// Whether every text is inside its bound, and an identity number a real one.
    fn is_well_formed(&self) -> bool;

    /// The bytes of the block.
    fn to_block(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads a block.
    ///
    /// # Errors
    /// `statement.malformed`.
    fn from_block(block: &[u8]) -> Result<Self, Code> {
        codec::decode::<Self>(block)
            .ok()
            .filter(Self::is_well_formed)
            .ok_or(Code::StatementMalformed)
    }
}

fn is_phone(text: &Private<String>) -> bool {
    is_plain_text(text.reveal(), PHONE_CHARS_MAX)
}

fn is_text(text: &Private<String>) -> bool {
    is_plain_text(text.reveal(), TEXT_CHARS_MAX)
}

fn is_id_number(text: &Private<String>) -> bool {
    IdNumber::parse(text.reveal()).is_ok_and(|id| id.reveal() == text.reveal())
}

impl Particulars for CertificateParticulars {
    fn is_well_formed(&self) -> bool {
        is_name(self.name.reveal())
            && is_id_number(&self.id_number)
            && is_phone(&self.phone)
            && is_text(&self.reason)
            && is_text(&self.place)
            && self.contact.is_well_formed()
    }
}

impl Particulars for ReportedPerson {
    fn is_well_formed(&self) -> bool {
        is_name(self.name.reveal())
            && is_id_number(&self.id_number)
            && is_phone(&self.phone)
            && is_text(&self.place)
    }
}

impl Particulars for ContactPerson {
    fn is_well_formed(&self) -> bool {
        is_name(self.name.reveal()) && is_phone(&self.phone)
    }
}

impl Particulars for Duties {
    fn is_well_formed(&self) -> bool {
        is_text(&self.duties) && is_text(&self.note)
    }
}

/// The free text that is the whole block of a Bulletin, a help statement, or the end of a stay.
///
/// # Errors
/// `statement.malformed` for what is no such text.
pub fn written(kind: Kind, block: &[u8]) -> Result<Private<String>, Code> {
    let longest = if kind == Kind::Bulletin { NEWS_CHARS_MAX } else { TEXT_CHARS_MAX };
    std::str::from_utf8(block)
        .ok()
        .filter(|text| is_plain_text(text, longest))
        .map(Private::from)
        .ok_or(Code::StatementMalformed)
}

/// Refuses a block that is present and not that of a stay's statement of this kind.
///
/// # Errors
/// `statement.malformed`.
pub fn check_block(kind: Kind, attachment: &Attachment) -> Result<(), Code> {
    let Some(block) = attachment.block() else { return Ok(()) };
    match kind {
        Kind::StayNotice => CertificateParticulars::from_block(block).map(drop),
        Kind::ReportIn => ReportedPerson::from_block(block).map(drop),
        Kind::StayPlaced => ContactPerson::from_block(block).map(drop),
        Kind::ParticipationReport => Duties::from_block(block).map(drop),
        Kind::Bulletin | Kind::HelpRequest | Kind::HelpAnswer => {
            written(kind, block).and_then(|text| match text.reveal().trim().is_empty() {
                true => Err(Code::StatementMalformed),
                false => Ok(()),
            })
        }
        Kind::EndProposal | Kind::StayEnded => written(kind, block).map(drop),
        _ if block.is_empty() => Ok(()),
        _ => Err(Code::StatementMalformed),
    }
}

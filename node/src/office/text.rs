//! Reading what users typed: references, codes, days and grounds, each refused with its own code.

use protocol::id::{OrgCode, RegionCode};
use protocol::member::{IdNumber, IdNumberFault, is_plain_text};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::time::{Day, Month};

use crate::store::Snapshot;
use crate::store::rows::{
    DepartureRow, LetterRow, MemberRow, PaperLetterRow, PeerRow, ResidenceRow, StayRow,
};

use super::decide::Stop;

/// Fewest characters of a letter's id or a member's reference that name it.
pub const PREFIX_CHARS_MIN: usize = 8;

pub(super) fn day(text: &str) -> Result<Day, Refusal> {
    text.parse().map_err(|_| Refusal::about(Code::DateInvalid, text))
}

pub(super) fn month(text: &str) -> Result<Month, Refusal> {
    text.parse().map_err(|_| Refusal::about(Code::DateInvalid, text))
}

pub(super) fn org_code(text: &str) -> Result<OrgCode, Refusal> {
    text.parse().map_err(|_| Refusal::about(Code::OrgUnknown, text))
}

/// Reads an identity number; the refusal never repeats it.
pub(super) fn id_number(text: &str) -> Result<IdNumber, Refusal> {
    IdNumber::parse(text).map_err(|fault| match fault {
        IdNumberFault::Shape => Refusal::about(Code::IdShape, "id_number"),
        IdNumberFault::BirthDate => Refusal::about(Code::IdShape, "7–14"),
        IdNumberFault::Checksum { expected } => {
            Refusal::about(Code::IdChecksum, format!("18 → {expected}"))
        }
    })
}

pub(super) fn free_text(
    text: &str,
    field: &str,
    chars_max: usize,
) -> Result<Private<String>, Refusal> {
    if is_plain_text(text, chars_max) {
        Ok(text.into())
    } else {
        Err(Refusal::about(Code::FieldInvalid, field))
    }
}

impl Snapshot<'_> {
    /// The member whose reference begins with `text`; an older reference of the same person stands
    /// for the one under which they go on.
    pub(super) fn named_member(&self, text: &str) -> Result<MemberRow, Stop> {
        let mut row = self.member_exactly(text)?;
        // An alias can itself be declared the same later; a loop cannot be made.
        for _ in 0..8 {
            let Some(next) = row.alias_of else { break };
            let Some(found) = self.member(next)? else { break };
            row = found;
        }
        Ok(row)
    }

    fn member_exactly(&self, text: &str) -> Result<MemberRow, Stop> {
        let typed = text.to_ascii_lowercase();
        let mut found = match typed.len() {
            PREFIX_CHARS_MIN..=32 => self.members_by_prefix(&typed)?,
            _ => Vec::new(),
        };
        match (found.pop(), found.pop()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(Refusal::about(Code::MemberUnknown, shown(text)).into()),
            _ => Err(Refusal::about(Code::MemberAmbiguous, shown(text)).into()),
        }
    }

    /// The letter whose id begins with `text`.
    pub(super) fn named_letter(&self, text: &str) -> Result<LetterRow, Stop> {
        let typed = text.to_ascii_lowercase();
        let mut found = match typed.len() {
            PREFIX_CHARS_MIN..=64 => self.letters_by_prefix(&typed)?,
            _ => Vec::new(),
        };
        match (found.pop(), found.pop()) {
            (Some(one), None) => Ok(one),
            (None, _) if self.named_paper(text)?.is_some() => {
                Err(Refusal::about(Code::LetterOnPaper, shown(text)).into())
            }
            (None, _) => Err(Refusal::about(Code::LetterUnknown, shown(text)).into()),
            _ => Err(Refusal::about(Code::LetterAmbiguous, shown(text)).into()),
        }
    }

    /// The letter on paper alone whose id begins with `text`, if there is one.
    pub(super) fn named_paper(&self, text: &str) -> Result<Option<PaperLetterRow>, Stop> {
        let typed = text.to_ascii_lowercase();
        if !(PREFIX_CHARS_MIN..=64).contains(&typed.len()) {
            return Ok(None);
        }
        let mut found = self.paper_letters_by_prefix(&typed)?;
        match (found.pop(), found.pop()) {
            (one, None) => Ok(one),
            _ => Err(Refusal::about(Code::LetterAmbiguous, shown(text)).into()),
        }
    }

    /// The stay whose id begins with `text`.
    pub(super) fn named_stay(&self, text: &str) -> Result<StayRow, Stop> {
        let typed = text.to_ascii_lowercase();
        let mut found = match typed.len() {
            PREFIX_CHARS_MIN..=64 => self.stays_by_prefix(&typed)?,
            _ => Vec::new(),
        };
        match (found.pop(), found.pop()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(Refusal::about(Code::StayUnknown, shown(text)).into()),
            _ => Err(Refusal::about(Code::StayAmbiguous, shown(text)).into()),
        }
    }

    /// The departure whose id begins with `text`.
    pub(super) fn named_departure(&self, text: &str) -> Result<DepartureRow, Stop> {
        let typed = text.to_ascii_lowercase();
        let mut found = match typed.len() {
            PREFIX_CHARS_MIN..=64 => self.departures_by_prefix(&typed)?,
            _ => Vec::new(),
        };
        match (found.pop(), found.pop()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(Refusal::about(Code::DepartureUnknown, shown(text)).into()),
            _ => Err(Refusal::about(Code::DepartureAmbiguous, shown(text)).into()),
        }
    }

    /// The residence whose id begins with `text`.
    pub(super) fn named_residence(&self, text: &str) -> Result<ResidenceRow, Stop> {
        let typed = text.to_ascii_lowercase();
        let mut found = match typed.len() {
            PREFIX_CHARS_MIN..=64 => self.residences_by_prefix(&typed)?,
            _ => Vec::new(),
        };
        match (found.pop(), found.pop()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(Refusal::about(Code::ResidenceUnknown, shown(text)).into()),
            _ => Err(Refusal::about(Code::ResidenceAmbiguous, shown(text)).into()),
        }
    }

    /// The peer that keeps the region with this code or name.
    pub(super) fn named_peer(&self, text: &str) -> Result<PeerRow, Stop> {
        let unknown = || Refusal::about(Code::PeerUnknown, shown(text));
        let found = match text.parse::<RegionCode>() {
            Ok(region) => self.peer_by_region(region)?,
            Err(_) => self.peers()?.into_iter().find(|peer| peer.name == text),
        };
        Ok(found.ok_or_else(unknown)?)
    }
}

/// What may be repeated of a text that should have been an id: a name typed by mistake is not.
pub(super) fn shown(text: &str) -> &str {
    let region = text.parse::<RegionCode>().is_ok();
    let hex = text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    // Anything of digits alone could be a phone or an identity number.
    if region || hex { text } else { "***" }
}

//! 更正 and 本人说明: what hangs on a statement of a letter, a stay or a residence.

use protocol::attached::{self, Case, Place};
use protocol::id::StatementHash;
use protocol::limits::{LETTER_NOTES_MAX, TEXT_CHARS_MAX};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::{Draft, Statement};
use protocol::stay::state::Side;
use protocol::time::Day;
use protocol::transfer::state as transfer;

use crate::store::rows::{LetterRow, LetterStatementRow, StayRow};

use super::decide::{Decision, Stop};
use super::text::{PREFIX_CHARS_MIN, free_text, shown};
use super::{Office, view};

/// What is to hang on which statement, as typed.
#[derive(Debug, Clone)]
pub struct AttachRequest {
    /// Whether it is a correction; else the member's own words.
    pub correction: bool,
    /// The statement, by its hash or the beginning of it.
    pub statement: String,
    /// The words.
    pub text: Private<String>,
}

impl AttachRequest {
    fn read(&self) -> Result<Private<String>, Refusal> {
        free_text(self.text.reveal(), "text", TEXT_CHARS_MAX)
    }

    fn draft(&self, place: &Place, today: Day) -> Result<Draft, Refusal> {
        match self.correction {
            true => attached::correct(place, today, self.text.reveal()),
            false => attached::reply(place, today, self.text.reveal()),
        }
    }

    /// The one of these statements that is meant.
    fn among<T>(
        &self,
        said: impl IntoIterator<Item = (StatementHash, T)>,
    ) -> Result<(StatementHash, T), Refusal> {
        let unknown = || Refusal::about(Code::StatementUnknown, shown(&self.statement));
        let typed = self.statement.to_ascii_lowercase();
        if typed.len() < PREFIX_CHARS_MIN {
            return Err(unknown());
        }
        let mut found = said.into_iter().filter(|(hash, _)| hash.to_string().starts_with(&typed));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(unknown()),
        }
    }
}

impl Office {
    /// Corrects in words what this node said in a stay, or takes down the member's own words about
    /// something there.
    ///
    /// # Errors
    /// `stay.unknown`, `statement.unknown`, `statement.not_own`, `field.invalid`.
    pub fn attach_to_stay(
        &self,
        stay: &str,
        request: &AttachRequest,
    ) -> Result<view::Stay, Refusal> {
        request.read()?;
        let (id, _) = self.decide(|decision| {
            let (mut row, peer) = decision.stay_to_change(stay)?;
            let (about, by) = request.among(decision.said_in(&row)?)?;
            let place = Place {
                case: Case::Opened(row.core.id.opening()),
                member: row.core.subject,
                revision: row.core.next_revision(row.side()),
                about,
                own: by == row.side(),
            };
            let draft = request.draft(&place, decision.now.day())?;
            decision.say(&mut row, &peer, draft)?;
            Ok(row.core.id)
        })?;
        self.stay(&id.to_string())
    }

    /// The same in a residence. Inside the region what either organisation said is this node's.
    ///
    /// # Errors
    /// `residence.unknown`, `statement.unknown`, `statement.not_own`, `field.invalid`.
    pub fn attach_to_residence(
        &self,
        residence: &str,
        request: &AttachRequest,
    ) -> Result<view::Residence, Refusal> {
        request.read()?;
        let (id, _) = self.decide(|decision| {
            let case = decision.residence_to_change(residence)?;
            let core = &case.row.core;
            let said = decision.said_of(&case.row)?;
            let by = if case.row.own { Side::Origin } else { Side::Destination };
            let (about, author) = request.among(said)?;
            let place = Place {
                case: Case::Opened(core.id.opening()),
                member: core.member,
                revision: core.next_revision(by),
                about,
                own: author == by || core.is_local(),
            };
            let draft = request.draft(&place, decision.now.day())?;
            decision.say_in_residence(case, draft)
        })?;
        self.residence(&id)
    }

    /// The same about a letter. Nothing that the letter did is changed by words.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.on_paper`, `statement.unknown`, `statement.not_own`,
    /// `letter.notes` (there are many already), `peer.revoked`, `field.invalid`.
    pub fn attach_to_letter(
        &self,
        letter: &str,
        request: &AttachRequest,
    ) -> Result<view::Letter, Refusal> {
        request.read()?;
        let (id, _) = self.decide(|decision| {
            let row = decision.snapshot.named_letter(letter)?;
            let core = &row.core;
            let peer = decision.peer_of(&row)?;
            super::peers::writable(&peer)?;
            let notes = decision.notes_in(&row, true)?;
            if notes >= LETTER_NOTES_MAX {
                return Err(Refusal::about(Code::LetterNotes, LETTER_NOTES_MAX).into());
            }
            let (about, side) = request.among(core.said())?;
            let by = if row.own { transfer::Side::Origin } else { transfer::Side::Destination };
            let place = Place {
                case: Case::Letter(core.id),
                member: core.member,
                revision: u32::try_from(notes).unwrap_or(u32::MAX),
                about,
                own: side == by,
            };
            let draft = request.draft(&place, decision.now.day())?;
            decision.sign(&peer, draft, Some(row.id))?;
            Ok(core.id)
        })?;
        self.letter(&id.to_string())
    }
}

impl Decision<'_> {
    /// Every usable statement of a stay that is stored, with who said it.
    pub(super) fn said_in(&self, row: &StayRow) -> Result<Vec<(StatementHash, Side)>, Stop> {
        let stored = self.snapshot.stay_statements(row.id, u32::MAX)?;
        Ok(read(stored)
            .filter_map(|statement| {
                Some((statement.hash(), row.core.side_of(statement.fields().author)?))
            })
            .collect())
    }

    /// How many corrections and replies one side attached to a letter, as far as they are stored.
    pub(super) fn notes_in(&self, row: &LetterRow, own: bool) -> Result<usize, Stop> {
        let notes = self.snapshot.letter_notes(row.id)?;
        Ok(notes.iter().filter(|one| one.own == own).count())
    }
}

/// The usable ones of stored statements.
pub(super) fn read(stored: Vec<LetterStatementRow>) -> impl Iterator<Item = Statement> {
    let usable = stored.into_iter().filter(|one| one.unusable.is_none());
    usable.filter_map(|one| Statement::read(&one.statement).ok())
}

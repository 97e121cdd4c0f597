//! 更正 and 本人说明: what hangs on a statement of a stay.

use protocol::id::StatementHash;
use protocol::limits::TEXT_CHARS_MAX;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::Statement;
use protocol::stay::attached;
use protocol::stay::state::Side;

use crate::store::rows::StayRow;

use super::super::decide::{Decision, Stop};
use super::super::text::{PREFIX_CHARS_MIN, free_text, shown};
use super::super::{Office, view};

impl Office {
    /// Corrects in words what this node said in a stay.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.statement_unknown`, `stay.not_own`, `field.invalid`.
    pub fn file_correction(
        &self,
        stay: &str,
        statement: &str,
        text: &Private<String>,
    ) -> Result<view::Stay, Refusal> {
        self.attach(stay, statement, text, true)
    }

    /// Takes down the member's own words about a statement of a stay.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.statement_unknown`, `field.invalid`.
    pub fn add_reply(
        &self,
        stay: &str,
        statement: &str,
        text: &Private<String>,
    ) -> Result<view::Stay, Refusal> {
        self.attach(stay, statement, text, false)
    }

    fn attach(
        &self,
        stay: &str,
        statement: &str,
        text: &Private<String>,
        correction: bool,
    ) -> Result<view::Stay, Refusal> {
        let text = free_text(text.reveal(), "text", TEXT_CHARS_MAX)?;
        let (id, _) = self.decide(|decision| {
            let (mut row, peer) = decision.stay_to_change(stay)?;
            let (about, by, today) =
                (decision.said(&row, statement)?, row.side(), decision.now.day());
            let draft = if correction {
                attached::correct(&row.core, by, about, today, text.reveal())?
            } else {
                attached::reply(&row.core, by, about.0, today, text.reveal())?
            };
            decision.say(&mut row, &peer, draft)?;
            Ok(row.core.id)
        })?;
        self.stay(&id.to_string())
    }
}

impl Decision<'_> {
    /// The statement of a stay whose hash begins with `text`, and who said it.
    fn said(&self, row: &StayRow, text: &str) -> Result<(StatementHash, Side), Stop> {
        let unknown = || Refusal::about(Code::StayStatementUnknown, shown(text));
        let typed = text.to_ascii_lowercase();
        if typed.len() < PREFIX_CHARS_MIN {
            return Err(unknown().into());
        }
        let all = self.said_in(row)?;
        let mut found = all.into_iter().filter(|(hash, _)| hash.to_string().starts_with(&typed));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(unknown().into()),
        }
    }

    /// Every usable statement of a stay that is stored, with who said it.
    pub(in crate::office) fn said_in(
        &self,
        row: &StayRow,
    ) -> Result<Vec<(StatementHash, Side)>, Stop> {
        let stored = self.snapshot.stay_statements(row.id, u32::MAX)?;
        let usable = stored.into_iter().filter(|one| one.unusable.is_none());
        let read = usable.filter_map(|one| {
            let statement = Statement::read(&one.statement).ok()?;
            Some((statement.hash(), row.core.side_of(statement.fields().author)?))
        });
        Ok(read.collect())
    }
}

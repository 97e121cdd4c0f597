//! Corrections and replies as they arrive: of which case they are, and whether what they hang on
//! was said there.

use protocol::envelope::Entry;
use protocol::id::{ResidenceId, StatementHash, StayId};
use protocol::limits::LETTER_NOTES_MAX;
use protocol::refusal::Code;
use protocol::statement::Statement;
use protocol::statement::kind::Kind;
use protocol::statement::mobility::particulars::check_block;
use protocol::statement::mobility::{Correction, Reply};
use protocol::stay::state::Side;

use super::super::decide::{Decision, Stop};
use super::{Judged, Judging};

impl Decision<'_> {
    pub(super) fn take_attached(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let fields = statement.fields();
        if fields.letter.is_some() {
            return self.take_note(arrival, entry, statement);
        }
        let Some(opening) = fields.answers.first().copied() else {
            return Ok(Judged::unusable(Code::StatementAntecedent));
        };
        if self.residence(ResidenceId::of_opening(opening))?.is_some() {
            return self.take_of_residence(arrival, entry, statement);
        }
        self.take_of_stay(arrival, entry, statement)
    }

    /// A correction of, or the member's words about, a statement of a letter: kept, shown, and
    /// without any effect on the letter.
    fn take_note(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let (fields, kind) = (statement.fields(), statement.kind().unwrap_or(Kind::Reply));
        let row = match fields.letter {
            Some(letter) => self.letter(letter)?.filter(|row| row.peer == arrival.peer.id),
            None => None,
        };
        let Some(row) = row else { return Ok(Judged::unusable(Code::LetterUnknown)) };
        if let Err(code) = check_block(kind, &entry.attachment) {
            return Ok(Judged::unusable(code));
        }
        let on = match kind {
            Kind::Correction => statement.body::<Correction>().map(|said| said.on),
            _ => statement.body::<Reply>().map(|said| said.on),
        };
        let code = match on {
            Err(code) => Some(code),
            Ok(on) if on > fields.time.day() => Some(Code::StatementTime),
            Ok(_) => row.core.check_note(statement).err(),
        };
        if let Some(code) = code {
            return Ok(Judged::unusable(code));
        }
        let held = match arrival.notes.get(&row.id) {
            Some(held) => *held,
            None => self.notes_in(&row, false)?,
        };
        if held >= LETTER_NOTES_MAX {
            return Ok(Judged::unusable(Code::LetterNotes));
        }
        arrival.notes.insert(row.id, held + 1);
        Ok(Judged::fine(Some(row.id)))
    }

    /// Whether what a Correction or Reply of a stay or residence hangs on was said there: by its
    /// own author for a Correction. In one arrival the peer may say a thing and correct it. What is
    /// stored is read once in an arrival, by `stored`, however many of them it brings.
    pub(super) fn answers_what_was_said(
        arrival: &mut Judging<'_>,
        statement: &Statement,
        (opening, author): (StatementHash, Option<Side>),
        stored: impl FnOnce() -> Result<Vec<(StatementHash, Side)>, Stop>,
    ) -> Result<bool, Stop> {
        let own_alone = match statement.kind() {
            Some(Kind::Correction) => true,
            Some(Kind::Reply) => false,
            _ => return Ok(true),
        };
        let Some(about) = statement.fields().answers.get(1) else { return Ok(false) };
        let spoken = arrival.said.entry(opening).or_default();
        if !spoken.loaded && !spoken.by.contains_key(about) {
            spoken.by.extend(stored()?);
            spoken.loaded = true;
        }
        let by = spoken.by.get(about);
        Ok(by.is_some_and(|by| !own_alone || Some(*by) == author))
    }

    /// The peer could not use something that we said in a stay or residence: whoever looks at it
    /// sees that.
    pub(super) fn take_unusable_of_case(
        &mut self,
        arrival: &Judging<'_>,
        opening: StatementHash,
        reason: Code,
    ) -> Result<Judged, Stop> {
        if let Some(mut row) = self.residence(ResidenceId::of_opening(opening))? {
            if row.peer != Some(arrival.peer.id) {
                return Ok(Judged::fine(None));
            }
            row.rejected = Some(reason);
            let id = row.id;
            self.put_residence(row)?;
            return Ok(Judged::of_residence(id));
        }
        let stay = self.stay(StayId::of_opening(opening))?;
        let Some(mut row) = stay.filter(|row| row.peer == arrival.peer.id) else {
            return Ok(Judged::fine(None));
        };
        row.rejected = Some(reason);
        let id = row.id;
        self.put_stay(row)?;
        Ok(Judged::of_stay(id))
    }
}

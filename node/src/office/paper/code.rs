//! The code of a letter of ours, as text and drawn.

use std::path::Path;

use protocol::paper::PaperCode;
use protocol::refusal::{Code, Refusal};
use protocol::statement::kind::Kind;
use protocol::transfer::origin;
use protocol::transfer::state::State;

use crate::durable;
use crate::office::decide::Stop;
use crate::office::{Office, view};
use crate::qr::Drawn;
use crate::store::Snapshot;

impl Office {
    /// The code of a letter that we issued and that may still be accepted, also drawn into files.
    /// From then on the letter counts as sent: it is read from what is durable, so that its place
    /// in the feed is never given to anything else.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.not_own`, `letter.state`, `statement.erased`, `code.too_large`,
    /// `node.file`.
    pub fn letter_code(
        &self,
        letter: &str,
        png: Option<&Path>,
        svg: Option<&Path>,
    ) -> Result<view::LetterCode, Refusal> {
        let (letter, code) = self.look(|office, snapshot| office.code_of(snapshot, letter))?;
        let about = |code| Refusal::about(code, &letter);
        let text = code.to_text();
        let drawn = Drawn::of(&text).map_err(about)?;
        if let Some(file) = png {
            write(file, &drawn.png().map_err(about)?)?;
        }
        if let Some(file) = svg {
            write(file, drawn.svg().as_bytes())?;
        }
        Ok(view::LetterCode {
            chars: text.len() as u64,
            version: drawn.version(),
            correction: drawn.level().to_owned(),
            module_mm: (drawn.module_mm() * 1000.0).round() / 1000.0,
            png: png.map(|file| file.display().to_string()),
            svg: svg.map(|file| file.display().to_string()),
            letter,
            text,
        })
    }

    fn code_of(&self, snapshot: &Snapshot<'_>, letter: &str) -> Result<(String, PaperCode), Stop> {
        let row = snapshot.named_letter(letter)?;
        if !row.own {
            return Err(Refusal::about(Code::LetterNotOwn, row.core.id).into());
        }
        let state = row.core.state();
        if matches!(state, State::Refused | State::Voided) {
            let refusal = Refusal::about(Code::LetterState, state.name());
            return Err(refusal.allowing(origin::allowed(state)).into());
        }
        // A letter that was inherited has its Offer in the feed of a predecessor.
        let offer = self.letter_entry(snapshot, &row, Kind::Offer, row.core.id.offer())?;
        let entry = offer.ok_or_else(|| Refusal::about(Code::StatementAntecedent, row.core.id))?;
        let code = PaperCode::of(entry, self.me().cert.clone());
        Ok((row.core.id.to_string(), code.map_err(|code| Refusal::about(code, row.core.id))?))
    }
}

/// A code holds personal data: only the user of the node may read the file.
fn write(file: &Path, bytes: &[u8]) -> Result<(), Refusal> {
    durable::replace(file, bytes, 0o600)
        .map_err(|error| crate::directory::file_refusal(file, &error))
}

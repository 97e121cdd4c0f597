//! Accepting what arrived of a batch: each person alone, many in one commit.

use std::collections::HashSet;

use protocol::id::{LetterId, MemberRef, OrgCode};
use protocol::refusal::{Code, Refusal};
use protocol::transfer::destination;

use crate::store::rows::LetterRow;

use super::super::decide::{Decision, Stop};
use super::super::{Office, text, view};
use super::show::place_of;
use super::{GROUP_LETTERS, of_one};

/// A letter that is to be accepted.
struct Due {
    place: u32,
    letter: LetterId,
    member: MemberRef,
    met: bool,
}

impl Office {
    /// Accepts every letter of a received batch that nobody has decided into a branch. `met` names
    /// the persons whom somebody saw, by reference or unique prefix. `progress` is told letters
    /// done, and in all.
    ///
    /// # Errors
    /// `batch.unknown`, `batch.ambiguous`, `org.unknown`, `member.unknown` or `member.ambiguous`
    /// (in `met`), and those of the node itself. What stands against one letter is in its item.
    pub fn accept_batch(
        &self,
        batch: &str,
        org: &str,
        met: &[String],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<view::BatchAccepted, Refusal> {
        let org = text::org_code(org)?;
        let (id, letters) = self.look(|_, snapshot| {
            let (peer, id) = snapshot.received_batch(batch)?;
            Ok((id, snapshot.received_batch_letters(peer, id, None, u32::MAX)?))
        })?;
        self.decide(|decision| decision.own_org(org))?;
        let due = due(&letters, met)?;
        let total = due.len() as u64;
        let mut items = Vec::with_capacity(due.len());
        for group in due.chunks(GROUP_LETTERS as usize) {
            let (tried, _) = self.decide(|decision| {
                group
                    .iter()
                    .map(|one| decision.accept_item(one, org))
                    .collect::<Result<Vec<_>, _>>()
            })?;
            items.extend(group.iter().zip(tried).map(|(one, code)| view::AcceptedItem {
                place: one.place + 1,
                letter: one.letter.to_string(),
                member: one.member.to_string(),
                code: code.map(|code| code.text().to_owned()),
            }));
            progress(items.len() as u64, total);
        }
        let failed = items.iter().filter(|item| item.code.is_some()).count() as u64;
        Ok(view::BatchAccepted { id: id.to_string(), accepted: total - failed, failed, items })
    }
}

impl Decision<'_> {
    /// Why this letter could not be accepted; none if it was.
    fn accept_item(&mut self, one: &Due, org: OrgCode) -> Result<Option<Code>, Stop> {
        let row = self.snapshot.letter(one.letter)?;
        let row = row.ok_or_else(|| Refusal::about(Code::LetterUnknown, one.letter))?;
        if !destination::may_accept(&row.core) {
            return Ok(Some(Code::LetterState));
        }
        Ok(match of_one(self.accept(row, org, one.met, None))? {
            Ok(Ok(_)) => None,
            Ok(Err(refusal)) => Some(refusal.code),
            Err(code) => Some(code),
        })
    }
}

/// The letters that nobody here has decided, with whom of them somebody met.
fn due(letters: &[LetterRow], met: &[String]) -> Result<Vec<Due>, Refusal> {
    let mut seen = HashSet::new();
    for typed in met {
        let prefix = typed.to_ascii_lowercase();
        let named: HashSet<MemberRef> = letters
            .iter()
            .map(|letter| letter.core.member)
            .filter(|member| member.to_string().starts_with(&prefix))
            .collect();
        let mut named = named.into_iter();
        match (named.next(), named.next()) {
            (Some(one), None) if prefix.len() >= text::PREFIX_CHARS_MIN => seen.insert(one),
            (Some(_), Some(_)) if prefix.len() >= text::PREFIX_CHARS_MIN => {
                return Err(Refusal::about(Code::MemberAmbiguous, text::shown(typed)));
            }
            _ => return Err(Refusal::about(Code::MemberUnknown, text::shown(typed))),
        };
    }
    let open = letters.iter().filter(|letter| destination::may_accept(&letter.core));
    Ok(open
        .map(|letter| Due {
            place: place_of(letter),
            letter: letter.core.id,
            member: letter.core.member,
            met: seen.contains(&letter.core.member),
        })
        .collect())
}

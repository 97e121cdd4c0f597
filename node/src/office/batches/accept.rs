//! Accepting what arrived of a batch: each person alone, many in one commit.

use std::collections::HashSet;

use protocol::id::{BatchId, LetterId, MemberRef, OrgCode};
use protocol::refusal::{Code, Refusal};
use protocol::transfer::state::State;

use crate::store::rows::{LetterRow, LetterRowId, PeerId};

use super::super::decide::{Decision, Stop};
use super::super::{Office, text, view};
use super::show::place_of;
use super::{GROUP_LETTERS, of_one};

/// A letter that is to be accepted.
struct Due {
    place: u32,
    row: LetterRowId,
    letter: LetterId,
    member: MemberRef,
    met: bool,
}

impl Due {
    fn of(letter: &LetterRow, met: &HashSet<MemberRef>) -> Due {
        let member = letter.core.member;
        let (place, row) = (place_of(letter), letter.id);
        Due { place, row, letter: letter.core.id, member, met: met.contains(&member) }
    }
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
        let ((peer, id), total) = self.look(|_, snapshot| {
            let (peer, id) = snapshot.received_batch(batch)?;
            let states = snapshot.received_batch_states(peer, id)?;
            let open = states.iter().find(|(state, _)| *state == State::Issued);
            Ok(((peer, id), open.map_or(0, |(_, count)| *count)))
        })?;
        self.decide(|decision| decision.own_org(org))?;
        let met = self.met_in(peer, id, met)?;
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let group = self.look(|_, snapshot| {
                let open = Some(State::Issued);
                let letters =
                    snapshot.received_batch_letters(peer, id, open, after, GROUP_LETTERS)?;
                Ok(letters.iter().map(|letter| Due::of(letter, &met)).collect::<Vec<_>>())
            })?;
            let Some(last) = group.last() else { break };
            after = Some((last.place, last.row));
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
            let done = items.len() as u64;
            // More may arrive while the first ones are accepted.
            progress(done, total.max(done));
        }
        let failed = items.iter().filter(|item| item.code.is_some()).count() as u64;
        let accepted = items.len() as u64 - failed;
        Ok(view::BatchAccepted { id: id.to_string(), accepted, failed, items })
    }

    /// Whom of a received batch these references or prefixes name.
    fn met_in(
        &self,
        peer: PeerId,
        batch: BatchId,
        met: &[String],
    ) -> Result<HashSet<MemberRef>, Refusal> {
        let prefixes: Vec<String> = met.iter().map(|typed| typed.to_ascii_lowercase()).collect();
        let mut named = vec![HashSet::new(); prefixes.len()];
        let mut after = None;
        while !met.is_empty() {
            let letters = self.look(|_, snapshot| {
                Ok(snapshot.received_batch_letters(peer, batch, None, after, GROUP_LETTERS)?)
            })?;
            let Some(last) = letters.last() else { break };
            after = Some((place_of(last), last.id));
            for member in letters.iter().map(|letter| letter.core.member) {
                let text = member.to_string();
                for (prefix, named) in prefixes.iter().zip(&mut named) {
                    // Two are enough to see that a prefix is not unique.
                    if named.len() < 2 && text.starts_with(prefix) {
                        named.insert(member);
                    }
                }
            }
        }
        let whom = |(typed, named): (&String, &HashSet<MemberRef>)| {
            let mut named = named.iter();
            match (named.next(), named.next()) {
                _ if typed.len() < text::PREFIX_CHARS_MIN => Err(Code::MemberUnknown),
                (Some(one), None) => Ok(*one),
                (None, _) => Err(Code::MemberUnknown),
                _ => Err(Code::MemberAmbiguous),
            }
            .map_err(|code| Refusal::about(code, text::shown(typed)))
        };
        met.iter().zip(&named).map(whom).collect()
    }
}

impl Decision<'_> {
    /// Why this letter could not be accepted; none if it was.
    fn accept_item(&mut self, one: &Due, org: OrgCode) -> Result<Option<Code>, Stop> {
        let row = self.snapshot.letter(one.letter)?;
        let row = row.ok_or_else(|| Refusal::about(Code::LetterUnknown, one.letter))?;
        if row.core.state() != State::Issued {
            return Ok(Some(Code::LetterState));
        }
        Ok(match of_one(self.accept(row, org, one.met, None))? {
            Ok(Ok(_)) => None,
            Ok(Err(refusal)) => Some(refusal.code),
            Err(code) => Some(code),
        })
    }
}

//! Accepting what arrived of a batch: each person alone, many in one commit.

use std::collections::HashSet;

use protocol::id::{BatchId, MemberRef, OrgCode};
use protocol::refusal::{Code, Refusal};
use protocol::transfer::destination;
use protocol::transfer::state::State;

use crate::store::rows::{LetterRow, LetterRowId, PeerId};

use super::super::decide::{Decision, Stop};
use super::super::{Office, text, view};
use super::show::place_of;
use super::{GROUP_LETTERS, of_one};

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
            let open = states.iter().filter(|(state, _)| *state == State::Issued);
            Ok(((peer, id), open.map(|(_, count)| count).sum::<u64>()))
        })?;
        self.decide(|decision| decision.own_org(org))?;
        let met = self.met_in(peer, id, met)?;
        let (mut items, mut after) = (Vec::new(), LetterRowId(0));
        loop {
            let ((tried, last), _) = self.decide(|decision| {
                let open = decision.snapshot.open_batch_letters(peer, id, after, GROUP_LETTERS)?;
                let last = open.last().map(|letter| letter.id);
                let due = open.into_iter().filter(|one| destination::may_accept(&one.core));
                let tried = due.map(|one| {
                    let met = met.contains(&one.core.member);
                    decision.accept_item(one, org, met)
                });
                Ok((tried.collect::<Result<Vec<_>, _>>()?, last))
            })?;
            let Some(last) = last else { break };
            after = last;
            items.extend(tried);
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
                Ok(snapshot.received_batch_letters(peer, batch, after, GROUP_LETTERS)?)
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
    /// What became of one letter: none of the others is stopped by it.
    fn accept_item(
        &mut self,
        row: LetterRow,
        org: OrgCode,
        met: bool,
    ) -> Result<view::AcceptedItem, Stop> {
        let (place, core) = (place_of(&row), row.core.clone());
        let code = match of_one(self.accept(row, org, met, None))? {
            Ok(Ok(_)) => None,
            Ok(Err(refusal)) => Some(refusal.code),
            Err(code) => Some(code),
        };
        Ok(view::AcceptedItem {
            place: place + 1,
            letter: core.id.to_string(),
            member: core.member.to_string(),
            code: code.map(|code| code.text().to_owned()),
        })
    }
}

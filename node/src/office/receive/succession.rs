//! This node is named the successor of one that is gone: a letter in which a Receipt or an Ack is
//! still due from the predecessor comes here with its case file.

use protocol::envelope::Entry;
use protocol::refusal::Code;
use protocol::statement::{Draft, Statement};
use protocol::transfer::state::Side;
use protocol::transfer::succession::{CaseFile, Inherited};
use protocol::transfer::{destination, origin};

use crate::store::rows::{LetterRow, PeerRow, Version};

use super::super::decide::{Decision, Stop};
use super::{Judged, Judging};

impl Decision<'_> {
    /// Steps into the letter. The Ack, which decides nothing, is given at once; the Receipt is left
    /// to people, who never accepted this member here.
    pub(super) fn take_succession(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let domain = self.office.me().domain;
        let block = entry.attachment.block().ok_or(Code::StatementErased);
        let opened = block.and_then(CaseFile::from_block).and_then(|file| {
            let inherited = file.open(domain, statement)?;
            Ok((file, inherited))
        });
        let (file, inherited) = match opened {
            Ok(opened) => opened,
            Err(code) => return Ok(Judged::unusable(code)),
        };
        if let Err(code) = self.check_place(arrival.peer, &inherited)? {
            return Ok(Judged::unusable(code));
        }
        let draft = match inherited.side {
            Side::Origin => origin::on_receipt(&inherited.letter),
            Side::Destination => self.refuse_unproven(&file, &inherited)?,
        };
        let mut row = self.inherited_row(arrival.peer, entry, inherited);
        if let Some(draft) = draft {
            let signed = self.sign(arrival.peer, draft, Some(row.id))?;
            row.core.merge(&signed.statement);
        }
        let id = row.id;
        self.put_letter(row);
        Ok(Judged::fine(Some(id)))
    }

    /// The predecessor kept our region, its counterpart that of the peer, and it is nobody whom
    /// people here trust still.
    fn check_place(&self, peer: &PeerRow, inherited: &Inherited) -> Result<Result<(), Code>, Stop> {
        let (from, to) = (inherited.offer.from_org.region, inherited.offer.to_org.region);
        let (ours, theirs) = match inherited.side {
            Side::Origin => (from, to),
            Side::Destination => (to, from),
        };
        if ours != self.office.me().region || theirs != peer.region {
            return Ok(Err(Code::OrgForeign));
        }
        let trusted = self.is_trusted(inherited.predecessor)?;
        Ok(if trusted { Err(Code::StatementParty) } else { Ok(()) })
    }

    /// what is not proven is refused at once, and the membership goes back.
    fn refuse_unproven(
        &mut self,
        file: &CaseFile,
        inherited: &Inherited,
    ) -> Result<Option<Draft>, Stop> {
        let block = file.release.block().unwrap_or_default();
        let provenance = inherited.offer.provenance;
        let proven = self.check_proof(&inherited.letter, provenance, block)?;
        let unproven = proven.is_err();
        let answer = destination::on_release(&inherited.letter, inherited.branch, proven);
        Ok(answer.filter(|_| unproven))
    }

    fn inherited_row(&self, peer: &PeerRow, entry: &Entry, inherited: Inherited) -> LetterRow {
        let Inherited { letter, offer, offered, branch, side, .. } = inherited;
        LetterRow {
            id: self.office.shared.store.new_letter_id(),
            version: Version::ABSENT,
            own: side == Side::Origin,
            peer: peer.id,
            serial: offer.serial,
            from_org: offer.from_org,
            to_org: offer.to_org,
            issued_at: offered.fields().time,
            branch: Some(branch),
            same_as: None,
            replaces: offer.replaces,
            reissue_requested: false,
            rejected: None,
            bytes: entry.content.bytes().len() as u64,
            parked: false,
            batch: offer.batch,
            stood: None,
            core: letter,
        }
    }
}

//! 接收 and 退回: what a destination office decides about a letter addressed to it.

use protocol::id::{MemberRef, OrgCode};
use protocol::limits::TEXT_CHARS_MAX;
use protocol::member::{IdNumber, PersonalParticulars};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::custody::{Ground, Offer};
use protocol::statement::kind::Kind;
use protocol::transfer::destination;
use protocol::transfer::offer::particulars as open_particulars;
use protocol::transfer::state::Letter;

use crate::store::rows::{Custody, LetterRow, LetterStatementRow, MemberRow, PeerRow, Version};
use crate::store::{Change, Expected};

use super::decide::{Decision, Stop};
use super::findings::index::News;
use super::keyring::MemberSecrets;
use super::letters::{carried_offer, carried_particulars, read_offer};
use super::search::searchable;
use super::{Office, text, view};

impl Office {
    /// Accepts a letter into a branch: the member is provisional here until the origin releases, or
    /// received at once where a node before us accepted and the origin released since.
    /// `met` says that somebody saw the person; `same_as` names the roster entry of the same one.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.not_own`, `letter.state`, `letter.expired` (a re-issue
    /// request is filed), `org.unknown`, `member.already_here`, `statement.erased`.
    pub fn accept(
        &self,
        letter: &str,
        org: &str,
        met: bool,
        same_as: Option<&str>,
    ) -> Result<view::Letter, Refusal> {
        let org = text::org_code(org)?;
        let (outcome, _) = self.decide_briefly(|decision| {
            let row = decision.incoming(letter)?;
            decision.accept(row, org, met, same_as)
        })?;
        match outcome {
            Ok(id) => self.letter(&id),
            Err(refusal) => Err(refusal),
        }
    }

    /// Refuses a letter on a coded ground, before the Receipt.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.not_own`, `letter.state`, `ground.unknown`,
    /// `redirect.missing`, `org.unknown`.
    pub fn refuse(
        &self,
        letter: &str,
        ground: &str,
        redirect: Option<&str>,
        note: &Private<String>,
    ) -> Result<view::Letter, Refusal> {
        let ground =
            Ground::from_name(ground).ok_or_else(|| Refusal::about(Code::GroundUnknown, ground))?;
        let redirect = redirect.map(text::org_code).transpose()?;
        let note = text::free_text(note.reveal(), "note", TEXT_CHARS_MAX)?;
        let (id, _) = self.decide(|decision| {
            let mut row = decision.incoming(letter)?;
            let draft = destination::refuse(&row.core, ground, redirect, note.reveal())?;
            let peer = decision.peer_of(&row)?;
            decision.add_own(&mut row, &peer, draft)?;
            Ok(row.core.id.to_string())
        })?;
        self.letter(&id)
    }

    /// Notes that somebody met the person (册见人见), now or again.
    ///
    /// # Errors
    /// `member.unknown`.
    pub fn met(&self, member: &str) -> Result<view::Member, Refusal> {
        let (found, _) = self.decide(|decision| {
            let mut row = decision.snapshot.named_member(member)?;
            let found = row.member;
            if row.custody.is_living() {
                row.met = true;
                decision.note(found, "met", None);
                decision.follow_member(&row, Some(News::Met))?;
                decision.put_member(row);
            }
            Ok(found)
        })?;
        self.member(&found.to_string(), false)
    }
}

impl Decision<'_> {
    fn incoming(&self, letter: &str) -> Result<LetterRow, Stop> {
        let row = self.snapshot.named_letter(letter)?;
        if row.own {
            return Err(Refusal::about(Code::LetterNotOwn, row.core.id).into());
        }
        Ok(row)
    }

    /// The letter's id, or a refusal that is told after something was filed with it.
    pub(super) fn accept(
        &mut self,
        mut row: LetterRow,
        org: OrgCode,
        met: bool,
        same_as: Option<&str>,
    ) -> Result<Result<String, Refusal>, Stop> {
        if destination::awaits_successor(&row.core) {
            return self.take_over(row, org, met, same_as).map(Ok);
        }
        let offer = self.snapshot.letter_offer(row.id)?;
        let particulars = self.particulars_in(&row, offer.as_ref())?;
        let peer = self.peer_of(&row)?;
        let org = self.own_org(org)?;
        let draft = destination::accept(&row.core, org, particulars.is_some(), self.now);
        let draft = match draft {
            Ok(draft) => draft,
            Err(refusal) if refusal.code == Code::LetterExpired => {
                self.ask_reissue(row, &peer)?;
                return Ok(Err(refusal));
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let particulars = particulars.ok_or(Code::StatementErased)?;
        row.same_as = self.same_person(&row.core, &particulars, same_as)?;
        row.branch = Some(org);
        let offer = read_offer(&row, offer.as_ref())?;
        self.place(&row, &particulars, &offer, org, met)?;
        self.add_own(&mut row, &peer, draft)?;
        Ok(Ok(row.core.id.to_string()))
    }

    /// Receives the member of a letter that a node before us accepted; the letter's id.
    fn take_over(
        &mut self,
        mut row: LetterRow,
        org: OrgCode,
        met: bool,
        same_as: Option<&str>,
    ) -> Result<String, Stop> {
        let file = self.office.case_file(self.snapshot, &row)?;
        let particulars = carried_particulars(file.as_ref())?;
        let org = self.own_org(org)?;
        let draft = destination::take_over(&row.core, org, particulars.is_some())?;
        let particulars = particulars.ok_or(Code::StatementErased)?;
        row.same_as = self.same_person(&row.core, &particulars, same_as)?;
        row.branch = Some(org);
        let offer = carried_offer(&row, file.as_ref())?;
        let peer = self.peer_of(&row)?;
        self.place(&row, &particulars, &offer, org, met)?;
        self.add_own(&mut row, &peer, draft)?;
        Ok(row.core.id.to_string())
    }

    /// The personal part of the letter's Offer; none once erased.
    fn particulars_in(
        &mut self,
        letter: &LetterRow,
        offer: Option<&LetterStatementRow>,
    ) -> Result<Option<PersonalParticulars>, Stop> {
        let sealed = offer.and_then(|offer| offer.sealed_block.as_ref());
        let Some(sealed) = sealed else { return Ok(None) };
        let context = letter.core.id.offer();
        let plain = self.unseal(letter.core.member, context.as_bytes(), sealed)?;
        Ok(plain.map(|plain| open_particulars(plain.reveal())).transpose()?)
    }

    fn ask_reissue(&mut self, mut row: LetterRow, peer: &PeerRow) -> Result<(), Stop> {
        if !row.reissue_requested {
            let draft = destination::ask_reissue(&row.core);
            self.sign(peer, draft, Some(row.id))?;
            row.reissue_requested = true;
            self.batch.push(Change::Letter(Box::new(row)));
        }
        Ok(())
    }

    /// Whether the person is on our roster under another reference: then the clerk must
    /// have said that the two are the same.
    fn same_person(
        &mut self,
        letter: &Letter,
        particulars: &PersonalParticulars,
        same_as: Option<&str>,
    ) -> Result<Option<MemberRef>, Stop> {
        let id = text::id_number(particulars.id_number.reveal())?;
        let hmac = self.office.id_hmac(&id);
        let known = self.snapshot.members_by_id(&hmac)?;
        let counted = known.iter().filter(|row| row.custody != Custody::Ended).count();
        self.batch.expect(Expected::WithIdNumber(hmac, counted));
        let here: Vec<MemberRow> =
            known.into_iter().filter(|row| row.custody.is_living()).collect();
        // Another letter of this same decision may have brought the person a moment ago.
        if let Some(twin) = self.members.placed(&hmac).filter(|twin| *twin != letter.member) {
            return Err(Refusal::about(Code::MemberAlreadyHere, twin).into());
        }
        let declared = same_as.map(|text| self.snapshot.named_member(text)).transpose()?;
        let declared = declared.map(|row| row.member);
        match &here[..] {
            [] if declared.is_some() => Err(Refusal::about(Code::FieldInvalid, "same_as").into()),
            [] => Ok(None),
            [row]
                if declared == Some(row.member)
                    && row.member != letter.member
                    && row.custody == Custody::Here =>
            {
                Ok(declared)
            }
            [row, ..] => Err(Refusal::about(Code::MemberAlreadyHere, row.member).into()),
        }
    }

    /// Writes the provisional roster row: a new one, or that of somebody who comes back.
    fn place(
        &mut self,
        letter: &LetterRow,
        particulars: &PersonalParticulars,
        offer: &Offer,
        org: OrgCode,
        met: bool,
    ) -> Result<(), Stop> {
        let member = letter.core.member;
        let id = IdNumber::parse(particulars.id_number.reveal())
            .map_err(|_| Code::StatementMalformed)?;
        let secrets = MemberSecrets {
            id_number: particulars.id_number.clone(),
            phone: particulars.phone.clone(),
            ..MemberSecrets::default()
        };
        let sealed = self.seal_secrets(member, &secrets)?;
        destination::check_generation(&letter.core, self.held_generation(member)?)?;
        let held = self.member(member)?;
        if held.as_ref().is_some_and(|row| row.custody.is_living()) {
            return Err(Refusal::about(Code::MemberAlreadyHere, member).into());
        }
        // They were here before: what was found then, in another branch, is of the past.
        if let Some(row) = &held {
            self.drop_findings_of(row.id);
        }
        let ethnicity = Some(particulars.ethnicity.clone()).filter(|e| !e.reveal().is_empty());
        let row = MemberRow {
            id: held
                .as_ref()
                .map_or_else(|| self.office.shared.store.new_member_id(), |row| row.id),
            version: held.as_ref().map_or(Version::ABSENT, |row| row.version),
            member,
            custody: Custody::Provisional,
            standing: offer.standing,
            org,
            name: particulars.name.clone(),
            search: searchable(particulars.name.reveal()),
            generation: held.as_ref().map_or(letter.core.generation, |row| row.generation),
            nonce: held.as_ref().and_then(|row| row.nonce),
            inbound: held.as_ref().and_then(|row| row.inbound),
            open_letter: Some(letter.id),
            dues_paid_through: offer.dues_paid_through,
            joined_on: held.as_ref().and_then(|row| row.joined_on),
            sex: particulars.sex,
            ethnicity,
            id_hmac: self.office.id_hmac(&id),
            sealed,
            ended: held.as_ref().and_then(|row| row.ended),
            alias_of: None,
            met,
            away: None,
            resides: None,
            indexed: held.as_ref().and_then(|row| row.indexed),
        };
        self.put_member(row);
        Ok(())
    }

    /// Signs a statement of ours about a letter, adds it to the set, and lets the member follow.
    pub(super) fn add_own(
        &mut self,
        row: &mut LetterRow,
        peer: &PeerRow,
        draft: protocol::statement::Draft,
    ) -> Result<(), Stop> {
        let kind = draft.kind();
        let signed = self.sign(peer, draft, Some(row.id))?;
        let before = row.core.clone();
        row.core.merge(&signed.statement);
        self.batch.push(Change::Letter(Box::new(row.clone())));
        if kind != Kind::Accept {
            self.follow(row, &before)?;
        }
        Ok(())
    }
}

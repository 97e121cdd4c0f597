//! Who is on a list: only people whom the books, or a sheet, connect with that peer.

use std::collections::BTreeMap;

use protocol::codec;
use protocol::exchange::matching::frame::{Holds, Source};
use protocol::exchange::matching::run::Listed;
use protocol::id::MemberRef;
use protocol::limits::MATCH_ROWS_MAX;
use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::stay::state::Word;
use protocol::time::Timestamp;

use crate::store::rows::{Custody, LetterRow, MatchedPersonRow, MemberRow, PeerId, StayRow};
use crate::store::{Snapshot, StoreFault};

use super::super::Office;
use super::super::decide::Stop;
use super::super::import::named::NamedRow;
use super::{SHEET_DAYS, days_before};

/// People of a sheet that are read at once.
const CHUNK_PEOPLE: u32 = 1_000;

/// Somebody on a list of ours.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id_number: IdNumber,
    /// The row of the sheet.
    pub(super) line: Option<u32>,
    /// The name, as the sheet has it.
    pub(super) name: Option<Private<String>>,
    /// Who it is on the roster.
    pub(super) member: Option<MemberRef>,
    /// What this side is to them.
    pub(super) here: Holds,
}

impl Person {
    pub(super) fn listed(&self) -> Listed {
        Listed { id_number: self.id_number.clone(), holds: self.here }
    }

    /// Number and name, to be sealed, unless the roster has them.
    pub(super) fn to_seal(&self) -> Option<Vec<u8>> {
        let number: Private<String> = self.id_number.reveal().into();
        let whole = || codec::encode(&(number, self.name.clone().unwrap_or_default()));
        self.member.is_none().then(whole)
    }
}

/// A list that grows, with everybody on it once.
pub(super) struct Lister<'a> {
    office: &'a Office,
    snapshot: &'a Snapshot<'a>,
    people: BTreeMap<[u8; 16], Person>,
}

impl<'a> Lister<'a> {
    pub(super) fn new(office: &'a Office, snapshot: &'a Snapshot<'a>) -> Lister<'a> {
        Lister { office, snapshot, people: BTreeMap::new() }
    }

    /// The list, whoever was added first.
    ///
    /// # Errors
    /// `match.too_large`.
    pub(super) fn finish(self) -> Result<Vec<Person>, Stop> {
        if self.people.len() > MATCH_ROWS_MAX {
            return Err(Refusal::about(Code::MatchTooLarge, self.people.len()).into());
        }
        let mut people: Vec<Person> = self.people.into_values().collect();
        people.sort_by_key(|person| person.line);
        Ok(people)
    }

    /// What this side answers with to a peer that lays that list beside ours.
    pub(super) fn answer(
        &mut self,
        peer: PeerId,
        source: Source,
        now: Timestamp,
    ) -> Result<(), Stop> {
        match source {
            Source::Outflow => self.come(peer)?,
            Source::Inflow => self.gone(peer)?,
            Source::Sheet => {
                self.gone(peer)?;
                self.come(peer)?;
                self.moved(peer)?;
            }
        }
        self.last_sheet(peer, now)
    }

    /// Who went to a peer (流出): away there by a certificate, or by a letter that is open.
    pub(super) fn gone(&mut self, peer: PeerId) -> Result<(), Stop> {
        self.stays(peer, true)?;
        self.letters(peer, |letter| letter.own && !letter.core.state().is_final())
    }

    /// Who came from a peer (流入): guests, and whoever comes by a letter that is open.
    pub(super) fn come(&mut self, peer: PeerId) -> Result<(), Stop> {
        self.stays(peer, false)?;
        self.letters(peer, |letter| !letter.own && !letter.core.state().is_final())
    }

    /// Who moved between us and a peer by letters that are closed.
    fn moved(&mut self, peer: PeerId) -> Result<(), Stop> {
        self.letters(peer, |letter| letter.core.state().is_final())
    }

    /// A sheet of this side's own.
    pub(super) fn sheet(&mut self, rows: Vec<NamedRow>) -> Result<(), Stop> {
        for row in rows {
            self.add(row.id_number, Holds::Named, Some(row.row), row.name)?;
        }
        Ok(())
    }

    /// The sheet that this side matched last with a peer.
    fn last_sheet(&mut self, peer: PeerId, now: Timestamp) -> Result<(), Stop> {
        let since = days_before(now, SHEET_DAYS);
        let Some(sheet) = self.snapshot.last_sheet(peer, since)? else { return Ok(()) };
        let mut from = 0;
        loop {
            let rows = self.snapshot.matched_people(sheet, from, CHUNK_PEOPLE)?;
            let Some(last) = rows.last() else { return Ok(()) };
            from = last.place + 1;
            for row in &rows {
                if let Some((id, name)) = self.office.matched_person(self.snapshot, row)? {
                    self.add(id, Holds::Named, None, Some(name))?;
                }
            }
        }
    }

    fn stays(&mut self, peer: PeerId, own: bool) -> Result<(), Stop> {
        for stay in self.snapshot.open_stays_with(peer, own)? {
            let counts = !own || matches!(stay.core.word(), Word::Noticed | Word::Placed);
            if let (true, Some(id)) = (counts, self.away(&stay)?) {
                self.add(id, Holds::Guest, None, None)?;
            }
        }
        Ok(())
    }

    fn away(&self, stay: &StayRow) -> Result<Option<IdNumber>, Stop> {
        let certified = stay.core.membership().filter(|_| stay.own);
        if let Some((member, _)) = certified {
            let row = self.snapshot.member(member)?;
            return row.map_or(Ok(None), |row| self.number_of(&row));
        }
        Ok(self.office.stay_number(self.snapshot, stay)?.and_then(read))
    }

    fn letters(&mut self, peer: PeerId, counts: impl Fn(&LetterRow) -> bool) -> Result<(), Stop> {
        let mut letters = Vec::new();
        self.snapshot.letters_with::<StoreFault>(peer, |booked| {
            if counts(&booked.row) {
                letters.push(booked.row);
            }
            Ok(())
        })?;
        for letter in letters {
            let id = match self.snapshot.member(letter.core.member)? {
                Some(row) => self.number_of(&row)?,
                // Nobody has decided about the letter, or it came to nothing.
                None if letter.core.state().is_final() => None,
                None => {
                    let particulars = self.office.particulars_of(self.snapshot, &letter)?;
                    particulars.and_then(|one| read(one.id_number))
                }
            };
            if let Some(id) = id {
                self.add(id, Holds::Guest, None, None)?;
            }
        }
        Ok(())
    }

    fn number_of(&self, row: &MemberRow) -> Result<Option<IdNumber>, Stop> {
        Ok(read(self.office.secrets(self.snapshot, row)?.id_number))
    }

    /// Adds somebody; what the roster says of them counts before `otherwise`.
    fn add(
        &mut self,
        id_number: IdNumber,
        otherwise: Holds,
        line: Option<u32>,
        name: Option<Private<String>>,
    ) -> Result<(), Stop> {
        let hmac = self.office.id_hmac(&id_number);
        if self.people.contains_key(&hmac) {
            return Ok(());
        }
        let row = self.snapshot.members_by_id(&hmac)?.into_iter().next();
        let here = row.as_ref().map_or(otherwise, |row| match row.custody {
            Custody::Here => Holds::Full,
            Custody::Provisional => Holds::Guest,
            Custody::InTransit | Custody::Transferred | Custody::Ended => Holds::Gone,
        });
        let member = row.map(|row| row.member);
        self.people.insert(hmac, Person { id_number, line, name, member, here });
        Ok(())
    }
}

impl Office {
    /// Number and name of somebody whom a matching named; none once erased.
    pub(super) fn matched_person(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MatchedPersonRow,
    ) -> Result<Option<(IdNumber, Private<String>)>, Stop> {
        if let Some(member) = row.member {
            let Some(member) = snapshot.member(member)? else { return Ok(None) };
            let id = read(self.secrets(snapshot, &member)?.id_number);
            return Ok(id.map(|id| (id, member.name)));
        }
        let Some(sealed) = &row.sealed else { return Ok(None) };
        let plain = self.shared.vault.open_listed(sealed)?;
        let (number, name) = codec::decode(plain.reveal())
            .map_err(|_| Stop::from(StoreFault::Damaged("matching_person")))?;
        Ok(read(number).map(|id| (id, name)))
    }
}

fn read(number: Private<String>) -> Option<IdNumber> {
    IdNumber::parse(number.reveal()).ok()
}

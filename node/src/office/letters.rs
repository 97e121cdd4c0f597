//! Letters as people read them: who answers, how far it is, and what to do next.

use protocol::id::{OrgCode, StatementHash};
use protocol::member::PersonalParticulars;
use protocol::refusal::{Code, Refusal};
use protocol::statement::Statement;
use protocol::statement::custody::{Offer, Refusal as Refused, Void};
use protocol::statement::kind::Kind;
use protocol::transfer::offer::particulars;
use protocol::transfer::state::{Custodian, State};
use protocol::transfer::succession::CaseFile;
use protocol::transfer::{destination, origin};

use crate::store::Snapshot;
use crate::store::letters::LetterFilter;
use crate::store::rows::{LetterRow, LetterRowId, LetterStatementRow, PaperLetterRow, PeerRow};

use super::decide::Stop;
use super::members::cursor;
use super::{Office, view};

/// A letter, signed or on paper alone.
#[expect(clippy::large_enum_variant, reason = "nearly all are of the large one")]
enum Row {
    Signed(LetterRow),
    Paper(PaperLetterRow),
}

impl Row {
    fn id(&self) -> LetterRowId {
        match self {
            Row::Signed(row) => row.id,
            Row::Paper(row) => row.id,
        }
    }
}

impl Office {
    /// One letter, by id or unique prefix.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.ambiguous`.
    pub fn letter(&self, letter: &str) -> Result<view::Letter, Refusal> {
        self.look(|office, snapshot| match snapshot.named_letter(letter) {
            Ok(row) => office.letter_view(snapshot, &row),
            Err(stop) => match snapshot.named_paper(letter)? {
                Some(row) => office.paper_view(snapshot, &row),
                None => Err(stop),
            },
        })
    }

    /// Letters, newest first.
    ///
    /// # Errors
    /// `field.invalid` (direction, state or cursor).
    pub fn letters(
        &self,
        direction: Option<&str>,
        state: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<view::Page<view::Letter>, Refusal> {
        let invalid = |field: &str| Refusal::about(Code::FieldInvalid, field);
        let own = is_own(direction)?;
        let state = state.map(|name| State::from_name(name).ok_or_else(|| invalid("state")));
        let filter = LetterFilter { own, state: state.transpose()? };
        let before = match cursor(after)? {
            0 => None,
            row => Some(LetterRowId(row)),
        };
        self.look(|office, snapshot| {
            let wanted = limit.saturating_add(1);
            let signed = snapshot.letters(filter, before, wanted)?.into_iter().map(Row::Signed);
            let paper = snapshot.paper_letters(filter, before, wanted)?.into_iter();
            // Both are numbered in one row.
            let mut rows: Vec<Row> = signed.chain(paper.map(Row::Paper)).collect();
            rows.sort_by_key(|row| std::cmp::Reverse(row.id()));
            let more = rows.len() > limit as usize;
            rows.truncate(limit as usize);
            let next = rows.last().filter(|_| more).map(|row| row.id().0.to_string());
            let items = rows.iter().map(|row| match row {
                Row::Signed(row) => office.letter_view(snapshot, row),
                Row::Paper(row) => office.paper_view(snapshot, row),
            });
            Ok(view::Page { items: items.collect::<Result<_, _>>()?, next })
        })
    }

    /// The personal part of a letter's Offer; none once erased.
    pub(super) fn particulars_of(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
    ) -> Result<Option<PersonalParticulars>, Stop> {
        match snapshot.letter_offer(letter.id)? {
            Some(offer) => self.particulars_in(snapshot, letter, &offer),
            None => carried_particulars(self.case_file(snapshot, letter)?.as_ref()),
        }
    }

    fn particulars_in(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
        offer: &LetterStatementRow,
    ) -> Result<Option<PersonalParticulars>, Stop> {
        let Some(sealed) = &offer.sealed_block else { return Ok(None) };
        let context = letter.core.id.offer();
        let plain = self.unseal(snapshot, letter.core.member, context.as_bytes(), sealed)?;
        Ok(plain.map(|plain| particulars(plain.reveal())).transpose()?)
    }

    /// The public fields of a letter's Offer.
    pub(super) fn offer_of(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
    ) -> Result<Offer, Stop> {
        match snapshot.letter_offer(letter.id)? {
            Some(offer) => read_offer(letter, Some(&offer)),
            None => carried_offer(letter, self.case_file(snapshot, letter)?.as_ref()),
        }
    }

    /// The statements of a letter that this node holds: those in its feeds, and those that the case
    /// file carries.
    pub(super) fn statements_of(
        &self,
        snapshot: &Snapshot<'_>,
        letter: &LetterRow,
        file: Option<&CaseFile>,
    ) -> Result<Vec<LetterStatementRow>, Stop> {
        let mut stored = snapshot.letter_statements(letter.id)?;
        let carried = file.into_iter().flat_map(CaseFile::all_entries);
        stored.extend(carried.filter_map(|entry| {
            let statement = entry.statement()?;
            Some(LetterStatementRow {
                kind: statement.kind()?,
                statement: statement.bytes().to_vec(),
                sealed_block: None,
                erased: false,
                own: false,
                seq: 0,
                unusable: None,
            })
        }));
        Ok(stored)
    }

    pub(super) fn letter_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &LetterRow,
    ) -> Result<view::Letter, Stop> {
        let peer = snapshot.peer(row.peer)?;
        let peer = peer.ok_or_else(|| Refusal::about(Code::PeerUnknown, row.peer.0))?;
        let file = self.case_file(snapshot, row)?;
        let stored = self.statements_of(snapshot, row, file.as_ref())?;
        let offer_row = stored.iter().find(|one| one.kind == Kind::Offer);
        let person = match (&file, offer_row) {
            (None, Some(offer)) => self.particulars_in(snapshot, row, offer)?,
            (file, _) => carried_particulars(file.as_ref())?,
        };
        let offer: Option<Offer> =
            offer_row.and_then(|one| Statement::read(&one.statement).ok()?.body().ok());
        let (origin, destination) =
            if row.own { (self.me().region, peer.region) } else { (peer.region, self.me().region) };
        let custody_org = match row.core.custodian() {
            Custodian::Origin => row.from_org,
            Custodian::Destination => row.branch.unwrap_or(row.to_org),
        };
        let provisional = row.branch.filter(|_| row.core.is_provisional());
        let name = |region, code: OrgCode| self.org_name(snapshot, &peer, region, code);
        let reason = person.as_ref().map(|person| person.reason.reveal().clone());
        Ok(view::Letter {
            id: row.core.id.to_string(),
            serial: row.serial.to_string(),
            direction: if row.own { "out" } else { "in" }.to_owned(),
            member: view::MemberName {
                member: row.core.member.to_string(),
                name: person.map(|person| person.name.reveal().clone()),
            },
            from_org: row.from_org.to_string(),
            from_org_name: name(origin, row.from_org)?,
            from_region: origin.to_string(),
            to_org: row.to_org.to_string(),
            to_org_name: name(destination, row.to_org)?,
            to_region: destination.to_string(),
            generation: row.core.generation.0,
            state: row.core.state().name().to_owned(),
            custody_org: custody_org.to_string(),
            provisional_org: provisional.map(|org| org.to_string()),
            issued_at: row.issued_at.to_string(),
            valid_until: row.core.valid_until.to_string(),
            dues_paid_through: offer.and_then(|o| o.dues_paid_through).map(|m| m.to_string()),
            reason: reason.filter(|reason| !reason.is_empty()),
            delivery: self.delivery(row, &peer, &stored).to_owned(),
            rejected: row.rejected.map(|code| code.text().to_owned()),
            evidence: "signed".to_owned(),
            floating: !row.own && snapshot.is_floating(row.id)?,
            refusal: self.refusal_view(snapshot, row, &stored)?,
            void_reason: body_of::<Void>(row.core.set.void, &stored)
                .map(|void| void.reason.name().to_owned()),
            replaces: row.replaces.map(|letter| letter.to_string()),
            reissue_requested: row.reissue_requested,
            // Only what nobody has decided stands aside.
            parked: row.parked && row.core.state() == State::Issued,
            batch: row.batch.map(|place| view::BatchPlace {
                id: place.batch.to_string(),
                index: place.index + 1,
                count: place.count,
            }),
            successions: successions(row),
            paper: None,
            notes: self.notes_view(snapshot, row, (origin.to_string(), destination.to_string()))?,
            statements: statements(row, &stored, (origin.to_string(), destination.to_string())),
            next: next_steps(row),
        })
    }

    fn org_name(
        &self,
        snapshot: &Snapshot<'_>,
        peer: &PeerRow,
        region: protocol::id::RegionCode,
        code: OrgCode,
    ) -> Result<Option<String>, Stop> {
        Ok(if region == self.me().region {
            snapshot.org(code)?.map(|org| org.name)
        } else {
            snapshot.peer_org(peer.id, code)?.map(|org| org.name)
        })
    }

    /// Whether the peer durably holds the Offer, as far as this node knows.
    fn delivery(
        &self,
        row: &LetterRow,
        peer: &PeerRow,
        stored: &[LetterStatementRow],
    ) -> &'static str {
        if row.rejected.is_some() {
            return "rejected";
        }
        let acked = self.shared.store.acked(peer.own_feed.id, peer.own_feed.acked);
        let offer = stored.iter().find(|one| one.kind == Kind::Offer);
        let held = offer.is_some_and(|offer| !offer.own || offer.seq <= acked);
        if held || row.core.state() > State::Issued { "delivered" } else { "queued" }
    }

    /// What hangs on the letter's statements, oldest first.
    fn notes_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &LetterRow,
        (origin, destination): (String, String),
    ) -> Result<Vec<view::LetterNote>, Stop> {
        let mut notes = Vec::new();
        for one in snapshot.letter_notes(row.id)? {
            let Ok(statement) = Statement::read(&one.statement) else { continue };
            let (fields, hash) = (statement.fields(), statement.hash());
            let Some(answers) = fields.answers.first() else { continue };
            let words = match &one.sealed_block {
                Some(sealed) => self.unseal(snapshot, row.core.member, hash.as_bytes(), sealed)?,
                None => None,
            };
            let of_origin = row.core.is_of_origin(fields.author);
            notes.push(view::LetterNote {
                kind: one.kind.name().to_ascii_lowercase(),
                by: if of_origin { &origin } else { &destination }.clone(),
                at: fields.time.to_string(),
                hash: hash.to_string(),
                answers: answers.to_string(),
                text: words.and_then(|words| String::from_utf8(words.reveal().clone()).ok()),
            });
        }
        // The same order at both ends.
        notes.sort_by(|a, b| (&a.at, &a.hash).cmp(&(&b.at, &b.hash)));
        Ok(notes)
    }

    fn refusal_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &LetterRow,
        stored: &[LetterStatementRow],
    ) -> Result<Option<view::LetterRefusal>, Stop> {
        let Some(hash) = row.core.set.refusal else { return Ok(None) };
        let Some(body) = body_of::<Refused>(Some(hash), stored) else { return Ok(None) };
        let sealed = stored.iter().find(|one| one.kind == Kind::Refusal);
        let note = match sealed.and_then(|one| one.sealed_block.as_ref()) {
            Some(sealed) => self.unseal(snapshot, row.core.member, hash.as_bytes(), sealed)?,
            None => None,
        };
        Ok(Some(view::LetterRefusal {
            ground: body.ground.name().to_owned(),
            redirect: body.redirect.map(|org| org.to_string()),
            note: note.and_then(|note| String::from_utf8(note.reveal().clone()).ok()),
        }))
    }
}

/// The public fields of the Offer of `letter`, which is that statement.
pub(super) fn read_offer(
    letter: &LetterRow,
    offer: Option<&LetterStatementRow>,
) -> Result<Offer, Stop> {
    let read = offer.and_then(|row| Statement::read(&row.statement).ok()?.body().ok());
    Ok(read.ok_or_else(|| Refusal::about(Code::StatementAntecedent, letter.core.id))?)
}

/// The public fields of the Offer that a case file carries.
pub(super) fn carried_offer(letter: &LetterRow, file: Option<&CaseFile>) -> Result<Offer, Stop> {
    let entry = file.and_then(|file| file.entry(letter.core.id.offer()));
    let read = entry.and_then(|entry| entry.statement()?.body().ok());
    Ok(read.ok_or_else(|| Refusal::about(Code::StatementAntecedent, letter.core.id))?)
}

/// The personal part of the Offer that a case file carries; none once erased.
pub(super) fn carried_particulars(
    file: Option<&CaseFile>,
) -> Result<Option<PersonalParticulars>, Stop> {
    let block = file.and_then(|file| file.offer.block());
    Ok(block.map(particulars).transpose()?)
}

/// The statement of the set with that hash, among those stored for the letter.
fn body_of<B: protocol::statement::Body>(
    hash: Option<StatementHash>,
    stored: &[LetterStatementRow],
) -> Option<B> {
    let hash = hash?;
    let mut of_kind = stored.iter().filter(|one| one.kind == B::KIND && one.unusable.is_none());
    let statement = of_kind
        .find_map(|one| Statement::read(&one.statement).ok().filter(|s| s.hash() == hash))?;
    statement.body().ok()
}

fn statements(
    row: &LetterRow,
    stored: &[LetterStatementRow],
    (origin, destination): (String, String),
) -> Vec<view::LetterStatement> {
    let set = &row.core.set;
    let ended = [set.refusal, set.void].into_iter().flatten();
    let counted: Vec<StatementHash> =
        row.core.way().into_iter().map(|(_, hash)| hash).chain(ended).collect();
    let read = stored.iter().filter_map(|one| {
        let statement = Statement::read(&one.statement).ok()?;
        let place = counted.iter().position(|hash| *hash == statement.hash())?;
        let of_origin = row.core.is_of_origin(statement.fields().author);
        let view = view::LetterStatement {
            kind: one.kind.name().to_ascii_lowercase(),
            by: if of_origin { &origin } else { &destination }.clone(),
            at: statement.fields().time.to_string(),
            hash: statement.hash().to_string(),
        };
        Some((place, view))
    });
    let mut read: Vec<_> = read.collect();
    read.sort_by_key(|(place, _)| *place);
    read.into_iter().map(|(_, view)| view).collect()
}

fn successions(row: &LetterRow) -> Vec<view::LetterSuccession> {
    let core = &row.core;
    let sides = [
        ("destination", core.destination, core.set.new_destination),
        ("origin", core.origin, core.set.new_origin),
    ];
    let taken = sides.into_iter().filter_map(|(side, predecessor, successor)| {
        successor.map(|successor| view::LetterSuccession {
            side: side.to_owned(),
            predecessor: predecessor.to_string(),
            successor: successor.node.to_string(),
        })
    });
    taken.collect()
}

fn next_steps(row: &LetterRow) -> Vec<String> {
    let allowed = if row.own {
        origin::allowed(row.core.state())
    } else {
        destination::allowed_now(&row.core)
    };
    let acts = ["accept", "refuse", "void", "reissue"];
    allowed.iter().filter(|act| acts.contains(act)).map(|act| (*act).to_owned()).collect()
}

/// Whether only what is ours is asked for (`out`), or only what is others' (`in`).
pub(super) fn is_own(direction: Option<&str>) -> Result<Option<bool>, Refusal> {
    match direction {
        None => Ok(None),
        Some("out") => Ok(Some(true)),
        Some("in") => Ok(Some(false)),
        Some(_) => Err(Refusal::about(Code::FieldInvalid, "direction")),
    }
}

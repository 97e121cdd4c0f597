//! 一人一档: one file for each member, of which cards and ledgers are views; what of it others
//! received; and the copy that the member may have (PIPL arts. 45, 46).

mod ledger;

use std::collections::BTreeMap;
use std::path::Path;

use protocol::id::MemberRef;
use protocol::refusal::{Code, Refusal};
use protocol::statement::Statement;

use crate::durable;
use crate::store::Snapshot;
use crate::store::rows::{LetterStatementRow, MemberRow, PeerId, PeerRow};

use super::decide::Stop;
use super::stays::SHOWN_MAX;
use super::text::shown;
use super::view::View;
use super::{Office, view};

/// A person that this node holds data about.
struct Held {
    member: MemberRef,
    /// The roster's row; none for a guest.
    row: Option<MemberRow>,
}

impl Office {
    /// A member's file; also that of a guest, by the whole reference.
    ///
    /// # Errors
    /// `member.unknown`, `member.ambiguous`.
    pub fn member_file(&self, member: &str, reveal: bool) -> Result<view::MemberFile, Refusal> {
        self.look(|office, snapshot| {
            let held = held(snapshot, member)?;
            office.file_of(snapshot, &held, reveal, SHOWN_MAX)
        })
    }

    /// Everyone for whom this node signed something about a member.
    ///
    /// # Errors
    /// `member.unknown`, `member.ambiguous`.
    pub fn seen_by(&self, member: &str) -> Result<Vec<view::Recipient>, Refusal> {
        self.look(|office, snapshot| {
            let held = held(snapshot, member)?;
            office.recipients(snapshot, held.member)
        })
    }

    /// Writes everything that is held about a member, and who received it, into a file that its
    /// owner alone may read; the export stands in the history before there is a file.
    ///
    /// # Errors
    /// `member.unknown`, `member.ambiguous`, `file.write`.
    pub fn export_member(&self, member: &str, out: &Path) -> Result<view::MemberExport, Refusal> {
        let (data, found) = self.look(|office, snapshot| {
            let held = held(snapshot, member)?;
            let data = view::MemberData {
                held_by: office.me().region.to_string(),
                held_by_name: office.me().name.clone(),
                exported_at: office.now().to_string(),
                file: office.file_of(snapshot, &held, true, u32::MAX)?,
                history: office.events_about(snapshot, held.member)?,
                received_by: office.recipients(snapshot, held.member)?,
            };
            Ok((data, held.member))
        })?;
        let refuse = || Refusal::about(Code::FileWrite, out.display());
        let object = serde_json::json!({ "schema": view::MemberData::SCHEMA, "data": &data });
        let text = serde_json::to_vec_pretty(&object).map_err(|_| refuse())?;
        // The note first: a note without a file does no harm, a file without a note does.
        self.decide(|decision| {
            decision.note(found, "exported", None);
            Ok(())
        })?;
        durable::replace(out, &text, 0o600).map_err(|_| refuse())?;
        Ok(view::MemberExport {
            file: out.display().to_string(),
            letters: data.file.letters.len(),
            stays: data.file.stays.len(),
            residences: data.file.residences.len(),
            recipients: data.received_by.len(),
        })
    }

    fn file_of(
        &self,
        snapshot: &Snapshot<'_>,
        held: &Held,
        reveal: bool,
        statements: u32,
    ) -> Result<view::MemberFile, Stop> {
        let member = match &held.row {
            Some(row) => Some(self.member_view(snapshot, row, reveal)?),
            None => None,
        };
        let mut stays = Vec::new();
        for row in snapshot.stays_of(held.member)?.iter().rev() {
            stays.push(self.whole_stay(snapshot, row, reveal, statements)?);
        }
        let mut departures = Vec::new();
        for row in snapshot.departures_of(held.member)?.iter().rev() {
            departures.push(self.departure_view(snapshot, row, reveal)?);
        }
        let mut residences = Vec::new();
        for row in snapshot.residences_of(held.member)?.iter().rev() {
            residences.push(self.residence_view(snapshot, row, reveal, statements)?);
        }
        let mut letters = Vec::new();
        for row in snapshot.letters_of(held.member)?.iter().rev() {
            letters.push(self.letter_view(snapshot, row)?);
        }
        for row in snapshot.paper_letters_of(held.member)?.iter().rev() {
            letters.push(self.paper_view(snapshot, row)?);
        }
        let participation = participation(&stays);
        Ok(view::MemberFile {
            contacts: stays.iter().map(contact_card).collect(),
            education: education(&stays),
            dues: self.dues(member.as_ref(), &letters, &participation),
            member,
            participation,
            stays,
            departures,
            resident_cards: residences.iter().filter_map(resident_entry).collect(),
            residences,
            letters,
        })
    }

    fn dues(
        &self,
        member: Option<&view::Member>,
        letters: &[view::Letter],
        participation: &[view::Participation],
    ) -> Vec<view::DuesEntry> {
        let entry = |paid: &Option<String>, source: &str, by: &str, corrected| {
            let (source, by) = (source.to_owned(), by.to_owned());
            paid.clone().map(|paid_through| view::DuesEntry { paid_through, source, by, corrected })
        };
        let here = self.me().region.to_string();
        let roster = member.and_then(|one| entry(&one.dues_paid_through, "roster", &here, false));
        let reports = participation.iter().filter_map(|one| {
            entry(&one.report.dues_paid_through, "report", &one.by, one.correction.is_some())
        });
        let offers = letters.iter().filter_map(|one| {
            let corrected =
                one.notes.iter().any(|note| note.kind == "correction" && note.answers == one.id);
            entry(&one.dues_paid_through, "letter", &one.from_region, corrected)
        });
        let mut all: Vec<view::DuesEntry> =
            roster.into_iter().chain(reports).chain(offers).collect();
        all.sort_by(|a, b| (a.corrected, &b.paid_through).cmp(&(b.corrected, &a.paid_through)));
        all
    }

    /// For whom this node signed statements about the member, by the peer of now of each case.
    fn recipients(
        &self,
        snapshot: &Snapshot<'_>,
        member: MemberRef,
    ) -> Result<Vec<view::Recipient>, Stop> {
        let mut told: BTreeMap<PeerId, Vec<LetterStatementRow>> = BTreeMap::new();
        for letter in snapshot.letters_of(member)? {
            let said = snapshot.letter_statements(letter.id)?.into_iter();
            let said = said.chain(snapshot.letter_notes(letter.id)?).filter(|one| one.own);
            told.entry(letter.peer).or_default().extend(said);
        }
        for stay in snapshot.stays_of(member)? {
            let said = snapshot.stay_statements(stay.id, u32::MAX)?;
            told.entry(stay.peer).or_default().extend(said.into_iter().filter(|one| one.own));
        }
        for residence in snapshot.residences_of(member)? {
            let Some(peer) = residence.peer else { continue };
            let said = snapshot.residence_statements(&residence, None, u32::MAX)?;
            told.entry(peer).or_default().extend(said.into_iter().filter(|one| one.own));
        }
        let mut recipients = Vec::new();
        for (peer, said) in told {
            let Some(peer) = snapshot.peer(peer)? else { continue };
            recipients.extend(self.recipient(&peer, &said));
        }
        Ok(recipients)
    }

    fn recipient(&self, peer: &PeerRow, said: &[LetterStatementRow]) -> Option<view::Recipient> {
        let acked = self.shared.store.acked(peer.own_feed.id, peer.own_feed.acked);
        let time =
            |one: &LetterStatementRow| Some(Statement::read(&one.statement).ok()?.fields().time);
        let times: Vec<_> = said.iter().filter_map(time).collect();
        let mut kinds: Vec<String> =
            said.iter().map(|one| one.kind.name().to_ascii_lowercase()).collect();
        kinds.sort();
        kinds.dedup();
        Some(view::Recipient {
            region: peer.region.to_string(),
            name: peer.name.clone(),
            node_id: peer.node.to_string(),
            kinds,
            first: times.iter().min()?.to_string(),
            last: times.iter().max()?.to_string(),
            delivered: said.iter().all(|one| one.seq <= acked),
        })
    }
}

/// The member on the roster; else, by the whole reference, a guest or resident who is known.
fn held(snapshot: &Snapshot<'_>, text: &str) -> Result<Held, Stop> {
    match snapshot.named_member(text) {
        Ok(row) => Ok(Held { member: row.member, row: Some(row) }),
        Err(stop) => {
            let guest: Option<MemberRef> = text.to_ascii_lowercase().parse().ok();
            match guest {
                Some(member) if snapshot.is_guest(member)? => Ok(Held { member, row: None }),
                Some(_) => Err(Refusal::about(Code::MemberUnknown, shown(text)).into()),
                None => Err(stop),
            }
        }
    }
}

/// The card of a resident who reported.
fn resident_entry(residence: &view::Residence) -> Option<view::ResidentEntry> {
    let registered = residence.registered.as_ref()?;
    Some(view::ResidentEntry {
        residence: residence.id.clone(),
        unit: residence.from_org.clone(),
        community: registered.org.clone(),
        registered_on: registered.on.clone(),
        address: residence.address.clone(),
        card: residence.card.clone(),
    })
}

fn contact_card(stay: &view::Stay) -> view::ContactCard {
    view::ContactCard {
        stay: stay.id.clone(),
        home: stay.contact.clone(),
        there: stay.placed.as_ref().and_then(|placed| placed.contact.clone()),
        last_contact: stay.last_contact.clone(),
        contacts: stay.statements.iter().filter(|one| one.kind == "contactnote").count(),
    }
}

/// Of each quarter of each stay the report of the highest revision stands.
fn participation(stays: &[view::Stay]) -> Vec<view::Participation> {
    let mut standing: Vec<(&view::Stay, &view::StayReport, &view::StayStatement)> = Vec::new();
    for stay in stays {
        for one in &stay.statements {
            let Some(report) = &one.report else { continue };
            let mut held = standing.iter_mut();
            match held.find(|(by, held, _)| by.id == stay.id && held.period == report.period) {
                Some(held) if (held.2.revision, &held.2.hash) < (one.revision, &one.hash) => {
                    *held = (stay, report, one);
                }
                Some(_) => {}
                None => standing.push((stay, report, one)),
            }
        }
    }
    standing.sort_by(|a, b| b.1.period.cmp(&a.1.period));
    let shown = standing.into_iter().map(|(stay, report, one)| view::Participation {
        stay: stay.id.clone(),
        by: one.by.clone(),
        report: report.clone(),
        text: one.text.clone(),
        correction: correction_of(stay, one),
    });
    shown.collect()
}

/// What the author of a statement said last instead of it.
fn correction_of(stay: &view::Stay, of: &view::StayStatement) -> Option<view::Correction> {
    let corrections = stay.statements.iter().filter(|one| {
        one.kind == "correction" && one.by == of.by && one.answers.as_ref() == Some(&of.hash)
    });
    let last = corrections.max_by(|a, b| (a.revision, &a.hash).cmp(&(b.revision, &b.hash)))?;
    Some(view::Correction { at: last.at.clone(), text: last.text.clone() })
}

fn education(stays: &[view::Stay]) -> Vec<view::EducationEntry> {
    const KINDS: &[&str] = &["bulletin", "helprequest", "helpanswer", "correction", "reply"];
    let said = stays.iter().flat_map(|stay| stay.statements.iter().map(move |one| (stay, one)));
    let mut found: Vec<view::EducationEntry> = said
        .filter(|(_, one)| KINDS.contains(&one.kind.as_str()))
        .map(|(stay, one)| view::EducationEntry {
            stay: stay.id.clone(),
            kind: one.kind.clone(),
            by: one.by.clone(),
            at: one.at.clone(),
            text: one.text.clone(),
        })
        .collect();
    found.sort_by(|a, b| b.at.cmp(&a.at));
    found
}

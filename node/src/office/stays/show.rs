//! Stays as people read them.

use protocol::id::{OrgCode, StatementHash};
use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::Statement;
use protocol::statement::kind::Kind;
use protocol::statement::mobility::particulars::{
    CertificateParticulars, ContactPerson, Duties, Particulars, ReportedPerson, written,
};
use protocol::statement::mobility::{EndedHow, ParticipationReport, Said};
use protocol::stay::state::{Side, Word};
use protocol::stay::{destination, origin};
use protocol::time::{Day, Month};

use crate::store::Snapshot;
use crate::store::rows::{LetterStatementRow, PeerRow, PeerState, StayRow, StayRowId};
use crate::store::stays::StayFilter;

use super::super::decide::Stop;
use super::super::letters::is_own;
use super::super::members::{cursor, shown_phone};
use super::super::{Office, view};

/// Most statements of one side of a stay that are shown at once.
pub(in crate::office) const SHOWN_MAX: u32 = 200;

/// The persons that a stay's blocks name, as far as they are not erased.
#[derive(Default)]
struct Persons {
    certificate: Option<CertificateParticulars>,
    reported: Option<ReportedPerson>,
    there: Option<ContactPerson>,
}

impl Office {
    /// One stay, by id or unique prefix.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.ambiguous`.
    pub fn stay(&self, stay: &str) -> Result<view::Stay, Refusal> {
        self.stay_revealed(stay, false)
    }

    /// The same, with identity number and phones in full if `reveal`.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.ambiguous`.
    pub fn stay_revealed(&self, stay: &str, reveal: bool) -> Result<view::Stay, Refusal> {
        self.look(|office, snapshot| {
            let row = snapshot.named_stay(stay)?;
            office.whole_stay(snapshot, &row, reveal, SHOWN_MAX)
        })
    }

    /// A stay with its newest statements, at most `limit` of each side.
    pub(in crate::office) fn whole_stay(
        &self,
        snapshot: &Snapshot<'_>,
        row: &StayRow,
        reveal: bool,
        limit: u32,
    ) -> Result<view::Stay, Stop> {
        let mut shown = self.stay_view(snapshot, row, reveal)?;
        shown.statements = self.said_in(snapshot, row, limit)?;
        Ok(shown)
    }

    /// Stays, newest first, without their statements.
    ///
    /// # Errors
    /// `field.invalid` (direction, state or cursor).
    pub fn stays(
        &self,
        direction: Option<&str>,
        state: Option<&str>,
        after: Option<&str>,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Page<view::Stay>, Refusal> {
        let invalid = |field: &str| Refusal::about(Code::FieldInvalid, field);
        let own = is_own(direction)?;
        let word = state.map(|name| Word::from_name(name).ok_or_else(|| invalid("state")));
        let filter = StayFilter { own, word: word.transpose()? };
        let before = Some(cursor(after)?).filter(|row| *row != 0).map(StayRowId);
        self.look(|office, snapshot| {
            let rows = snapshot.stays(filter, before, limit.saturating_add(1))?;
            let page = view::Page::cut(rows, limit, |row| row.id.0.to_string());
            let items = page.items.iter().map(|row| office.stay_view(snapshot, row, reveal));
            Ok(view::Page { items: items.collect::<Result<_, _>>()?, next: page.next })
        })
    }

    fn stay_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &StayRow,
        reveal: bool,
    ) -> Result<view::Stay, Stop> {
        let peer = snapshot.peer(row.peer)?;
        let peer = peer.ok_or_else(|| Refusal::about(Code::PeerUnknown, row.peer.0))?;
        let (core, persons) = (&row.core, self.persons_of(snapshot, row)?);
        let to_org = core.destination_org();
        let prose = |of: fn(&CertificateParticulars) -> &Private<String>| {
            persons.certificate.as_ref().and_then(|person| text_of(of(person)))
        };
        let reported_place = persons.reported.as_ref().and_then(|person| text_of(&person.place));
        let requests = [(Side::Origin, core.origin), (Side::Destination, core.destination)];
        let open = requests.into_iter().filter_map(|(side, party)| {
            let (_, on) = core.open_request(side)?;
            Some(view::StayRequest { by: party.region.to_string(), on: on.to_string() })
        });
        Ok(view::Stay {
            id: core.id.to_string(),
            direction: if row.own { "out" } else { "in" }.to_owned(),
            state: core.word().name().to_owned(),
            opened_by: core.report_in().map_or("notice", |_| "report_in").to_owned(),
            opened_on: core.opened_on.to_string(),
            member: member_view(row, &persons, reveal),
            from_region: core.origin.region.to_string(),
            from_org: core.origin_org().map(|org| org.to_string()),
            to_region: core.destination.region.to_string(),
            to_org: to_org.map(|org| org.to_string()),
            to_org_name: self.there(snapshot, row, &peer, to_org)?,
            standing: core.standing().map(|standing| standing.name().to_owned()),
            from: core.from_day().to_string(),
            until: core.until_day().map(|day| day.to_string()),
            settled: shown(row.kept.settled),
            reason: prose(|person| &person.reason),
            place: prose(|person| &person.place).or(reported_place),
            contact: persons.certificate.as_ref().map(|one| contact_view(&one.contact, reveal)),
            placed: core.placed().map(|placed| view::StayPlacement {
                org: placed.org.to_string(),
                on: placed.on.to_string(),
                contact: persons.there.as_ref().map(|one| contact_view(one, reveal)),
            }),
            intake: row.kept.intake.map(|mode| mode.name().to_owned()),
            mode: row.kept.management.map(|mode| mode.name().to_owned()),
            last_report: core.last_report().map(report_view),
            last_contact: shown(core.last_contact_on()),
            last_bulletin: shown(core.last_bulletin_on()),
            last_review: shown(core.last_review_on()),
            dues_paid_through: core.dues_paid_through().map(|month| month.to_string()),
            requests: open.collect(),
            proposal: core.proposal().map(|proposal| end_view(proposal.how, proposal.on)),
            ended: core.ended().map(|ended| end_view(ended.how, ended.on)),
            delivery: self.stay_delivery(snapshot, row, &peer)?.to_owned(),
            rejected: row.rejected.map(|code| code.text().to_owned()),
            statements: Vec::new(),
            next: next_steps(row, &peer),
        })
    }

    fn there(
        &self,
        snapshot: &Snapshot<'_>,
        row: &StayRow,
        peer: &PeerRow,
        org: Option<OrgCode>,
    ) -> Result<Option<String>, Stop> {
        let Some(org) = org else { return Ok(None) };
        Ok(match row.own {
            true => snapshot.peer_org(peer.id, org)?.map(|org| org.name),
            false => snapshot.org(org)?.map(|org| org.name),
        })
    }

    fn stay_delivery(
        &self,
        snapshot: &Snapshot<'_>,
        row: &StayRow,
        peer: &PeerRow,
    ) -> Result<&'static str, Stop> {
        if row.rejected.is_some() {
            return Ok("rejected");
        }
        let acked = self.shared.store.acked(peer.own_feed.id, peer.own_feed.acked);
        Ok(if snapshot.last_said(row.id)? <= acked { "delivered" } else { "queued" })
    }

    /// What the block of one statement says; nothing once it is erased. It stands first unless its
    /// author counted its revisions wrongly.
    pub(super) fn block_of<P: Particulars>(
        &self,
        snapshot: &Snapshot<'_>,
        row: &StayRow,
        kind: Kind,
        hash: StatementHash,
    ) -> Result<Option<P>, Stop> {
        for limit in [1, u32::MAX] {
            let stored = snapshot.stay_statements_of(row.id, kind, limit)?;
            if let Some(one) = stored.iter().find(|one| hash_of(one) == Some(hash)) {
                let block = self.opened_block(snapshot, one)?;
                return Ok(block.and_then(|block| P::from_block(block.reveal()).ok()));
            }
        }
        Ok(None)
    }

    fn opened_block(
        &self,
        snapshot: &Snapshot<'_>,
        one: &LetterStatementRow,
    ) -> Result<Option<Private<Vec<u8>>>, Stop> {
        let Ok(statement) = Statement::read(&one.statement) else { return Ok(None) };
        match (&one.sealed_block, statement.fields().member) {
            (Some(sealed), Some(member)) => {
                self.unseal(snapshot, member, statement.hash().as_bytes(), sealed)
            }
            _ => Ok(None),
        }
    }

    fn persons_of(&self, snapshot: &Snapshot<'_>, row: &StayRow) -> Result<Persons, Stop> {
        let (core, mut persons) = (&row.core, Persons::default());
        if let Some(hash) = core.notice_statement() {
            persons.certificate = self.block_of(snapshot, row, Kind::StayNotice, hash)?;
        }
        if core.report_in().is_some() {
            persons.reported = self.block_of(snapshot, row, Kind::ReportIn, core.id.opening())?;
        }
        if let Some(hash) = core.placed_statement() {
            persons.there = self.block_of(snapshot, row, Kind::StayPlaced, hash)?;
        }
        Ok(persons)
    }

    /// The identity number that the certificate of a stay names, or else the report.
    pub(in crate::office) fn stay_number(
        &self,
        snapshot: &Snapshot<'_>,
        row: &StayRow,
    ) -> Result<Option<Private<String>>, Stop> {
        let persons = self.persons_of(snapshot, row)?;
        let certified = persons.certificate.map(|person| person.id_number);
        Ok(certified.or(persons.reported.map(|person| person.id_number)))
    }

    fn said_in(
        &self,
        snapshot: &Snapshot<'_>,
        row: &StayRow,
        limit: u32,
    ) -> Result<Vec<view::StayStatement>, Stop> {
        let mut said = Vec::new();
        for one in snapshot.stay_statements(row.id, limit)? {
            let Ok(statement) = Statement::read(&one.statement) else { continue };
            let Ok(content) = Said::read(&statement) else { continue };
            if one.unusable.is_some() {
                continue;
            }
            let by_origin = statement.fields().author == row.core.origin.node;
            let by = if by_origin { row.core.origin } else { row.core.destination };
            let block = self.opened_block(snapshot, &one)?;
            said.push(view::StayStatement {
                kind: one.kind.name().to_ascii_lowercase(),
                by: by.region.to_string(),
                at: statement.fields().time.to_string(),
                hash: statement.hash().to_string(),
                revision: content.revision(),
                answers: statement.fields().answers.get(1).map(|hash| hash.to_string()),
                report: match &content {
                    Said::Report(report) => Some(report_view(report)),
                    _ => None,
                },
                text: block.and_then(|block| prose_of(one.kind, block.reveal())),
            });
        }
        // What one commit of one side said keeps its order.
        said.sort_by(|a, b| b.at.cmp(&a.at));
        Ok(said)
    }
}

fn hash_of(one: &LetterStatementRow) -> Option<StatementHash> {
    Some(Statement::read(&one.statement).ok()?.hash())
}

/// With a peer that was revoked there is nothing left to do but to end it; what a destination says
/// then is the last word about a guest here.
fn next_steps(row: &StayRow, peer: &PeerRow) -> Vec<String> {
    if peer.state == PeerState::Revoked && row.core.word() != Word::Ended {
        let left = row.own || row.core.proposal().is_none();
        return left.then(|| "end".to_owned()).into_iter().collect();
    }
    let (allowed, other) = match row.side() {
        Side::Origin => (origin::allowed(row.core.word()), Side::Destination),
        Side::Destination => (destination::allowed(row.core.word()), Side::Origin),
    };
    let answer = row.core.open_request(other).map(|_| "answer");
    allowed.iter().copied().chain(answer).map(str::to_owned).collect()
}

/// What a block says in words.
fn prose_of(kind: Kind, block: &[u8]) -> Option<String> {
    match kind {
        Kind::ParticipationReport => {
            let duties = Duties::from_block(block).ok()?;
            let parts = [text_of(&duties.duties), text_of(&duties.note)];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" · "))
        }
        Kind::Bulletin
        | Kind::HelpRequest
        | Kind::HelpAnswer
        | Kind::EndProposal
        | Kind::StayEnded
        | Kind::Correction
        | Kind::Reply => text_of(&written(kind, block).ok()?),
        _ => None,
    }
}

fn text_of(text: &Private<String>) -> Option<String> {
    Some(text.reveal().clone()).filter(|text| !text.is_empty())
}

fn member_view(row: &StayRow, persons: &Persons, reveal: bool) -> view::StayMember {
    let certified = persons.certificate.as_ref().map(|one| (&one.name, &one.id_number, &one.phone));
    let reported = persons.reported.as_ref().map(|one| (&one.name, &one.id_number, &one.phone));
    let known = certified.or(reported);
    let id = known.and_then(|(_, id, _)| IdNumber::parse(id.reveal()).ok());
    view::StayMember {
        member: row.core.membership().map(|(member, _)| member.to_string()),
        name: known.and_then(|(name, _, _)| text_of(name)),
        id_number: id.map(|id| if reveal { id.reveal().to_owned() } else { id.masked() }),
        phone: known.and_then(|(_, _, phone)| shown_phone(phone.reveal(), reveal)),
    }
}

fn contact_view(contact: &ContactPerson, reveal: bool) -> view::StayContact {
    let phone = shown_phone(contact.phone.reveal(), reveal);
    view::StayContact { name: contact.name.reveal().clone(), phone }
}

fn report_view(report: &ParticipationReport) -> view::StayReport {
    view::StayReport {
        period: report.period.to_string(),
        attended: report.attended,
        held: report.held,
        dues_paid_through: report.dues_paid_through.map(|month: Month| month.to_string()),
    }
}

fn end_view(how: EndedHow, on: Day) -> view::StayEnd {
    view::StayEnd { how: how.name().to_owned(), on: on.to_string() }
}

fn shown(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

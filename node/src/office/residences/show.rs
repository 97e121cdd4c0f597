//! Residences as people read them.

use protocol::codec;
use protocol::id::OrgCode;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::residence::state::Word;
use protocol::statement::Statement;
use protocol::statement::kind::Kind;
use protocol::statement::mobility::particulars::{ContactPerson, Duties, Particulars, written};
use protocol::statement::residence::{AnnualFeedback, ResidentParticulars, Said};
use protocol::stay::state::Side;

use crate::store::Snapshot;
use crate::store::residences::ResidenceFilter;
use crate::store::rows::{PeerRow, ResidenceRow, ResidenceRowId};

use super::super::decide::Stop;
use super::super::letters::is_own;
use super::super::members::{cursor, shown_phone};
use super::super::stays::SHOWN_MAX;
use super::super::{Office, view};

/// What the resident told.
#[derive(Default)]
pub(super) struct Told {
    pub(super) occupation: Private<String>,
    pub(super) wishes: Private<String>,
    pub(super) free_time: Private<String>,
}

impl Told {
    /// As it rests, before it is sealed.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Told { occupation, wishes, free_time } = self;
        codec::encode(&(occupation.clone(), wishes.clone(), free_time.clone()))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Told> {
        let (occupation, wishes, free_time) = codec::decode(bytes).ok()?;
        Some(Told { occupation, wishes, free_time })
    }
}

/// Binds a sealed card to its residence.
pub(super) fn card_context(row: &ResidenceRow) -> Vec<u8> {
    [&b"card"[..], row.core.id.as_bytes()].concat()
}

/// One statement, read, with its block opened.
pub(super) struct Spoken {
    pub(super) kind: Kind,
    pub(super) statement: Statement,
    pub(super) said: Said,
    pub(super) side: Side,
    pub(super) block: Option<Private<Vec<u8>>>,
}

impl Spoken {
    /// What it says in words.
    pub(super) fn text(&self) -> Option<String> {
        let block = self.block.as_ref()?.reveal();
        match self.kind {
            Kind::ResidenceIntroduction | Kind::ResidenceRegistered => None,
            Kind::AnnualFeedback => {
                let duties = Duties::from_block(block).ok()?;
                let parts = [duties.duties, duties.note].into_iter().filter_map(text_of);
                let parts: Vec<String> = parts.collect();
                (!parts.is_empty()).then(|| parts.join(" · "))
            }
            kind => text_of(written(kind, block).ok()?),
        }
    }

    fn particulars<P: Particulars>(&self) -> Option<P> {
        P::from_block(self.block.as_ref()?.reveal()).ok()
    }
}

impl Office {
    /// One residence, by id or unique prefix.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.ambiguous`.
    pub fn residence(&self, residence: &str) -> Result<view::Residence, Refusal> {
        self.residence_revealed(residence, false)
    }

    /// The same, with phones in full if `reveal`.
    ///
    /// # Errors
    /// `residence.unknown`, `residence.ambiguous`.
    pub fn residence_revealed(
        &self,
        residence: &str,
        reveal: bool,
    ) -> Result<view::Residence, Refusal> {
        self.look(|office, snapshot| {
            let row = snapshot.named_residence(residence)?;
            office.residence_view(snapshot, &row, reveal, SHOWN_MAX)
        })
    }

    /// Residences, newest first, without their statements.
    ///
    /// # Errors
    /// `field.invalid` (direction, state or cursor).
    pub fn residences(
        &self,
        direction: Option<&str>,
        state: Option<&str>,
        after: Option<&str>,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Page<view::Residence>, Refusal> {
        let invalid = |field: &str| Refusal::about(Code::FieldInvalid, field);
        let word = state.map(|name| Word::from_name(name).ok_or_else(|| invalid("state")));
        let filter = ResidenceFilter {
            own: is_own(direction)?,
            word: word.transpose()?,
            ..ResidenceFilter::default()
        };
        let before = Some(cursor(after)?).filter(|row| *row != 0).map(ResidenceRowId);
        self.look(|office, snapshot| {
            let rows = snapshot.residences(filter, before, limit.saturating_add(1))?;
            let page = view::Page::cut(rows, limit, |row| row.id.0.to_string());
            let items = page.items.iter().map(|row| {
                // Without what was said.
                office.residence_view(snapshot, row, reveal, 0)
            });
            Ok(view::Page { items: items.collect::<Result<_, _>>()?, next: page.next })
        })
    }

    /// A residence with its newest statements, at most `limit` of each side.
    pub(in crate::office) fn residence_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
        reveal: bool,
        limit: u32,
    ) -> Result<view::Residence, Stop> {
        let core = &row.core;
        let peer = row.peer.map(|peer| snapshot.peer(peer)).transpose()?.flatten();
        let person = self.who_resides(snapshot, row)?;
        let name = |code: OrgCode| match (&peer, code) {
            (Some(peer), code) if peer.region == code.region => {
                Ok(snapshot.peer_org(peer.id, code)?.map(|org| org.name))
            }
            (_, code) => Ok::<_, Stop>(snapshot.org(code)?.map(|org| org.name)),
        };
        let (from, to) = (core.introduction.from_org, core.community());
        let by = |side| match side {
            Side::Origin => core.origin.region.to_string(),
            Side::Destination => core.destination.region.to_string(),
        };
        let spoken = match limit {
            0 => Vec::new(),
            limit => self.spoken_in(snapshot, row, None, limit)?,
        };
        let statements = spoken.iter().map(|one| statement_view(one, by(one.side)));
        Ok(view::Residence {
            id: core.id.to_string(),
            direction: direction(row).to_owned(),
            state: core.word().name().to_owned(),
            member: view::Resident {
                member: core.member.to_string(),
                name: person.as_ref().and_then(|person| text_of(person.name.clone())),
                phone: person.as_ref().and_then(|one| shown_phone(one.phone.reveal(), reveal)),
            },
            from_region: core.origin.region.to_string(),
            from_org: from.to_string(),
            from_org_name: name(from)?,
            to_region: core.destination.region.to_string(),
            to_org: to.to_string(),
            to_org_name: name(to)?,
            standing: core.introduction.standing.name().to_owned(),
            introduced_on: core.introduction.on.to_string(),
            address: person.as_ref().and_then(|person| text_of(person.address.clone())),
            contact: person.map(|person| contact_view(&person.contact, reveal)),
            registered: self.registration_view(snapshot, row, reveal)?,
            card: self.card_view(snapshot, row)?,
            feedback: core.feedback().map(feedback_view),
            opinion: core.opinion().map(|(_, asked)| view::OpinionState {
                matter: asked.matter.name().to_owned(),
                asked_on: asked.on.to_string(),
                answered: core.open_opinion().is_none(),
            }),
            ended: core.ended().map(|ended| view::StayEnd {
                how: ended.how.name().to_owned(),
                on: ended.on.to_string(),
            }),
            delivery: self.residence_delivery(snapshot, row, peer.as_ref())?.to_owned(),
            rejected: row.rejected.map(|code| code.text().to_owned()),
            statements: statements.collect(),
            next: next_steps(row),
        })
    }

    fn registration_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
        reveal: bool,
    ) -> Result<Option<view::ResidenceRegistration>, Stop> {
        let Some(registered) = row.core.registered() else { return Ok(None) };
        let standing = row.core.registered_statement();
        let said = self.spoken_in(snapshot, row, Some(Kind::ResidenceRegistered), SHOWN_MAX)?;
        let said = said.iter().find(|one| Some(one.statement.hash()) == standing);
        let there: Option<ContactPerson> = said.and_then(Spoken::particulars);
        Ok(Some(view::ResidenceRegistration {
            org: registered.org.to_string(),
            on: registered.on.to_string(),
            contact: there.map(|contact| contact_view(&contact, reveal)),
        }))
    }

    /// Who was introduced; none once erased.
    pub(in crate::office::residences) fn who_resides(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
    ) -> Result<Option<ResidentParticulars>, Stop> {
        let spoken = self.spoken_in(snapshot, row, Some(Kind::ResidenceIntroduction), 1)?;
        Ok(spoken.first().and_then(Spoken::particulars))
    }

    /// What was said, of one kind or of any, newest first, at most `limit` of each side.
    pub(in crate::office::residences) fn spoken_in(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
        kind: Option<Kind>,
        limit: u32,
    ) -> Result<Vec<Spoken>, Stop> {
        let mut spoken = Vec::new();
        for one in snapshot.residence_statements(row, kind, limit)? {
            let Ok(statement) = Statement::read(&one.statement) else { continue };
            let (Ok(said), Ok(side)) = (Said::read(&statement), row.core.side_of(&statement))
            else {
                continue;
            };
            if one.unusable.is_some() {
                continue;
            }
            let block = match &one.sealed_block {
                Some(sealed) => {
                    let hash = statement.hash();
                    self.unseal(snapshot, row.core.member, hash.as_bytes(), sealed)?
                }
                None => None,
            };
            spoken.push(Spoken { kind: one.kind, statement, said, side, block });
        }
        // What one commit of one side said keeps its order.
        spoken.sort_by_key(|one| std::cmp::Reverse(one.statement.fields().time));
        Ok(spoken)
    }

    pub(super) fn card_held(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
    ) -> Result<Option<Told>, Stop> {
        let Some(sealed) = &row.card else { return Ok(None) };
        let plain = self.unseal(snapshot, row.core.member, &card_context(row), sealed)?;
        let vault = || Refusal::about(Code::NodeVault, row.core.member);
        Ok(plain.map(|plain| Told::from_bytes(plain.reveal()).ok_or_else(vault)).transpose()?)
    }

    fn card_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
    ) -> Result<Option<view::ResidentCard>, Stop> {
        Ok(self.card_held(snapshot, row)?.map(|told| view::ResidentCard {
            occupation: text_of(told.occupation),
            wishes: text_of(told.wishes),
            free_time: text_of(told.free_time),
        }))
    }

    fn residence_delivery(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
        peer: Option<&PeerRow>,
    ) -> Result<&'static str, Stop> {
        if row.rejected.is_some() {
            return Ok("rejected");
        }
        let Some(peer) = peer else { return Ok("delivered") };
        let acked = self.shared.store.acked(peer.own_feed.id, peer.own_feed.acked);
        let last = snapshot.last_said_in_residence(row.id)?;
        Ok(if last <= acked { "delivered" } else { "queued" })
    }
}

fn direction(row: &ResidenceRow) -> &'static str {
    match (row.peer, row.own) {
        (None, _) => "local",
        (Some(_), true) => "out",
        (Some(_), false) => "in",
    }
}

/// Inside the region this node may do what either side may.
fn next_steps(row: &ResidenceRow) -> Vec<String> {
    let sides = [(row.own, Side::Origin), (row.is_community_here(), Side::Destination)];
    let here = sides.into_iter().filter(|(here, _)| *here);
    let mut steps: Vec<String> = Vec::new();
    for step in here.flat_map(|(_, side)| row.core.allowed(side)) {
        if !steps.iter().any(|known| known == step) {
            steps.push(step.to_owned());
        }
    }
    steps
}

fn statement_view(one: &Spoken, by: String) -> view::ResidenceStatement {
    let fields = one.statement.fields();
    view::ResidenceStatement {
        kind: one.kind.name().to_ascii_lowercase(),
        by,
        at: fields.time.to_string(),
        hash: one.statement.hash().to_string(),
        revision: one.said.revision(),
        answers: fields.answers.get(1).map(|hash| hash.to_string()),
        feedback: match &one.said {
            Said::Feedback(feedback) => Some(feedback_view(feedback)),
            _ => None,
        },
        matter: match &one.said {
            Said::Opinion(asked) => Some(asked.matter.name().to_owned()),
            _ => None,
        },
        text: one.text(),
    }
}

fn feedback_view(feedback: &AnnualFeedback) -> view::ResidenceFeedback {
    let AnnualFeedback { year, attended, held, on, .. } = *feedback;
    view::ResidenceFeedback { year, attended, held, on: on.to_string() }
}

fn contact_view(contact: &ContactPerson, reveal: bool) -> view::StayContact {
    let phone = shown_phone(contact.phone.reveal(), reveal);
    view::StayContact { name: contact.name.reveal().clone(), phone }
}

fn text_of(text: Private<String>) -> Option<String> {
    Some(text.reveal().clone()).filter(|text| !text.is_empty())
}

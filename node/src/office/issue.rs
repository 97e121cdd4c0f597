//! 开具介绍信: offering a membership to another region.

use std::time::Duration;

use data_encoding::HEXLOWER;
use protocol::codec;
use protocol::id::{LetterId, OrgCode, RegionCode};
use protocol::limits::{BLOCK_BYTES_MAX, TEXT_CHARS_MAX, VALIDITY_DAYS_MAX};
use protocol::member::{IdNumber, PersonalParticulars};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::custody::{BatchPlace, Offer};
use protocol::time::{Day, Month};
use protocol::transfer::origin::{self, Holding, Source};
use protocol::transfer::state::{Letter, State};

use crate::store::rows::{Custody, FeedId, LetterRow, LetterRowId, MemberRow, Version};
use crate::store::{Change, Expected};

use super::decide::{Decision, Stop};
use super::{Office, text, view};

/// Hops of fewer hand-overs fit into a Release, however long they are: five statements of fixed
/// size and at most eight certificates take less than 12 KiB.
const PROOF_ALWAYS_FITS_BEFORE: u32 = 16;
const _: () = assert!((PROOF_ALWAYS_FITS_BEFORE as usize) * 12 * 1024 <= BLOCK_BYTES_MAX);

/// What a clerk fills in.
#[derive(Debug, Clone)]
pub struct IssueRequest {
    /// The member, by reference or unique prefix.
    pub member: String,
    /// The destination organisation's code.
    pub to: String,
    /// 事由.
    pub reason: Private<String>,
    /// 党费交至; else what the roster says.
    pub dues_paid_through: Option<String>,
    /// Days of validity; else what the rules say.
    pub days: Option<i64>,
    /// Until when to wait for the peer to hold the Offer durably.
    pub wait: Option<Duration>,
}

/// An issued letter.
pub struct Issued {
    /// The letter.
    pub letter: view::Letter,
    /// Whether the peer holds it; `None` if nobody wanted to wait.
    pub delivered: Option<bool>,
}

/// What an Offer says beside what the roster knows.
#[derive(Clone)]
pub(super) struct Terms {
    /// The destination organisation.
    pub(super) to: OrgCode,
    /// 事由.
    pub(super) reason: Private<String>,
    /// 党费交至; else what the roster says.
    pub(super) dues: Option<Month>,
    /// Days of validity; else what the rules say.
    pub(super) days: Option<i64>,
    /// The letter that this one stands for.
    pub(super) replaces: Option<LetterId>,
    /// Its place in a batch.
    pub(super) batch: Option<BatchPlace>,
}

impl Terms {
    pub(super) fn new(to: OrgCode, reason: Private<String>) -> Terms {
        Terms { to, reason, dues: None, days: None, replaces: None, batch: None }
    }
}

/// A signed Offer, once the decision is committed.
pub(super) struct Offered {
    /// The letter.
    pub(super) letter: LetterId,
    /// Its row.
    pub(super) row: LetterRowId,
    /// Our feed in which it stands.
    pub(super) feed: FeedId,
}

impl Office {
    /// Issues a letter.
    ///
    /// # Errors
    /// `member.unknown`, `member.not_full`, `member.open_letter`, `member.in_transit`,
    /// `org.unknown`, `org.no_transfer_right`, `peer.revoked`, `letter.validity`, `date.invalid`.
    pub fn issue(&self, request: &IssueRequest) -> Result<Issued, Refusal> {
        let (offered, committed) = self.decide_briefly(|decision| {
            let row = decision.snapshot.named_member(&request.member)?;
            let terms = Terms {
                dues: request.dues_paid_through.as_deref().map(text::month).transpose()?,
                days: request.days,
                ..Terms::new(text::org_code(&request.to)?, request.reason.clone())
            };
            decision.offer(&row, &terms)
        })?;
        let delivered = match (request.wait, committed.signed.first()) {
            (Some(wait), Some(place)) => {
                Some(self.wait_acknowledged(offered.feed, place.seq, wait))
            }
            _ => None,
        };
        Ok(Issued { letter: self.letter(&offered.letter.to_string())?, delivered })
    }
}

impl Decision<'_> {
    /// Refuses what [`Decision::offer`] would refuse of the member, whatever the destination.
    pub(super) fn may_offer(&mut self, row: &MemberRow) -> Result<(), Stop> {
        origin::may_offer(&self.holding(row)?)?;
        self.transferring_org(row.org)?;
        Ok(())
    }

    /// Signs an Offer of `row`. A refusal leaves nothing in the decision that matters.
    pub(super) fn offer(&mut self, row: &MemberRow, terms: &Terms) -> Result<Offered, Stop> {
        let holding = self.holding(row)?;
        let provenance = origin::may_offer(&holding)?;
        self.check_proof_fits(row)?;
        let addressee = self.addressee(terms.to)?;
        let (peer, target) = &*addressee;
        let from_org = self.transferring_org(row.org)?;
        let body = Offer {
            from_org: from_org.0,
            to_org: target.code,
            serial: self.office.next_serial(self.snapshot, self.now)?,
            valid_until: self.valid_until(target.code.region, terms.days)?,
            dues_paid_through: terms.dues.or(row.dues_paid_through),
            standing: row.standing,
            batch: terms.batch,
            provenance,
            replaces: terms.replaces,
        };
        let particulars = self.particulars(row, &terms.reason, &target.name, &from_org.1)?;
        let draft = origin::offer(&holding, &body, codec::encode(&particulars));
        let id = self.office.shared.store.new_letter_id();
        let signed = self.sign(peer, draft, Some(id))?;
        let (core, _) = Letter::open(&signed.statement)?;
        let mut member = row.clone();
        member.open_letter = Some(id);
        self.batch.expect(Expected::Peer(peer.id, peer.state));
        self.put_member(member);
        self.follow_letter_of(row.away)?;
        self.batch.push(Change::Letter(Box::new(LetterRow {
            id,
            version: Version::ABSENT,
            own: true,
            peer: peer.id,
            core,
            serial: body.serial,
            from_org: body.from_org,
            to_org: body.to_org,
            issued_at: self.now,
            branch: None,
            same_as: None,
            replaces: terms.replaces,
            reissue_requested: false,
            rejected: None,
            bytes: signed.statement.bytes().len() as u64,
            parked: false,
            batch: terms.batch,
            stood: None,
        })));
        Ok(Offered { letter: signed.letter(), row: id, feed: peer.own_feed.id })
    }

    /// Refuses to offer what could not be released later for the length of its proof: other
    /// nodes may have made its hops longer than need be.
    fn check_proof_fits(&self, row: &MemberRow) -> Result<(), Stop> {
        if row.generation.0 < PROOF_ALWAYS_FITS_BEFORE {
            return Ok(());
        }
        let proof = self.office.proof_of(self.snapshot, row)?;
        if proof.to_block().len() > BLOCK_BYTES_MAX {
            return Err(Refusal::about(Code::MemberHandOvers, row.member).into());
        }
        Ok(())
    }

    /// What the roster says about the right to offer this membership.
    pub(super) fn holding(&self, row: &MemberRow) -> Result<Holding, Stop> {
        let open = match row.open_letter {
            Some(id) => self.snapshot.letter_by_row(id)?,
            None => None,
        };
        if let Some(paper) = self.own_open_paper(row)? {
            let id = HEXLOWER.encode(&paper.hash);
            return Err(Refusal::about(Code::MemberOpenLetter, id).into());
        }
        match row.custody {
            Custody::InTransit => {
                return Err(Refusal::about(Code::MemberInTransit, row.member).into());
            }
            Custody::Here => {}
            _ => return Err(Refusal::about(Code::MemberNotFull, row.member).into()),
        }
        let source = match (row.inbound, row.nonce) {
            (Some(inbound), _) => {
                let letter = self.snapshot.letter_by_row(inbound)?;
                let letter = letter.ok_or_else(|| Refusal::about(Code::Internal, "inbound"))?;
                let ack = letter.core.set.ack.filter(|_| letter.core.state() == State::Closed);
                Source::Inbound { letter: letter.core.id, ack }
            }
            (None, Some(nonce)) => Source::Minted(nonce),
            (None, None) => return Err(Refusal::about(Code::MemberNotFull, row.member).into()),
        };
        Ok(Holding {
            member: row.member,
            generation: row.generation,
            full: true,
            open: open.filter(|letter| letter.own).map(|letter| letter.core.id),
            source,
        })
    }

    fn valid_until(&self, destination: RegionCode, days: Option<i64>) -> Result<Day, Stop> {
        let from = self.office.me().region;
        let usual = || i64::from(self.office.rules().validity_days(from, destination));
        let days = days.unwrap_or_else(usual);
        let days = i32::try_from(days)
            .ok()
            .filter(|days| (1..=VALIDITY_DAYS_MAX).contains(days))
            .ok_or_else(|| Refusal::about(Code::ValidityInvalid, days))?;
        Ok(self.now.day().plus_days(days))
    }

    fn particulars(
        &mut self,
        row: &MemberRow,
        reason: &Private<String>,
        addressee: &str,
        sender: &str,
    ) -> Result<PersonalParticulars, Stop> {
        let secrets = self.secrets(row)?;
        let id = IdNumber::parse(secrets.id_number.reveal())
            .map_err(|_| Refusal::about(Code::MemberIncomplete, "id_number"))?;
        let today = self.now.day();
        let years = (0..=u8::MAX)
            .rev()
            .find(|years| id.born_on().plus_months(i32::from(*years) * 12) <= today);
        Ok(PersonalParticulars {
            name: row.name.clone(),
            sex: row.sex.or(Some(id.sex())),
            ethnicity: row.ethnicity.clone().unwrap_or_default(),
            age: years.unwrap_or(0),
            phone: secrets.phone.clone(),
            reason: text::free_text(reason.reveal(), "reason", TEXT_CHARS_MAX)?,
            addressee: addressee.into(),
            sender: sender.into(),
            id_number: secrets.id_number.clone(),
        })
    }
}

//! 流动党员活动证 and 报到: the two openings of a stay, the confirmation of the second, and the letter
//! that a stay turns into.

use protocol::id::{MemberRef, OrgCode};
use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::kind::Kind;
use protocol::statement::mobility::StayNotice;
use protocol::statement::mobility::particulars::{
    CertificateParticulars, ContactPerson, Particulars, ReportedPerson,
};
use protocol::stay::destination;
use protocol::stay::origin::{self, Membership};
use protocol::stay::state::Stay;
use protocol::time::Day;

use crate::store::rows::{CaseRowId, Custody, MemberRow, PeerRow, StayKept, StayRow, Version};

use super::super::decide::{Decision, Stop};
use super::super::issue::Terms;
use super::super::peers::writable;
use super::super::{Office, text, view};
use super::{ContactRequest, prose};

/// What a clerk of the origin fills in.
#[derive(Debug, Clone, Default)]
pub struct NoticeRequest {
    /// 事由.
    pub reason: Private<String>,
    /// 地点.
    pub place: Private<String>,
    /// The first day away; else the day of reporting, or today.
    pub from: Option<String>,
    /// The last day away, if it is known.
    pub until: Option<String>,
    /// 联系人.
    pub contact: ContactRequest,
}

impl NoticeRequest {
    /// Fills in what is left empty.
    pub(in crate::office) fn fill(
        &mut self,
        reason: &Private<String>,
        place: &Private<String>,
        contact: Option<&ContactPerson>,
    ) {
        fill(&mut self.reason, reason);
        fill(&mut self.place, place);
        let Some(before) = contact else { return };
        let contact = &mut self.contact;
        fill(&mut contact.name, &before.name);
        // The phone is the person's: somebody else does not answer it.
        if contact.name.reveal().trim() == before.name.reveal() {
            fill(&mut contact.phone, &before.phone);
        }
    }
}

fn fill(text: &mut Private<String>, before: &Private<String>) {
    if text.reveal().trim().is_empty() {
        *text = before.clone();
    }
}

/// Who goes.
#[derive(Debug, Clone, Copy)]
pub enum Goer<'a> {
    /// A member, by reference or unique prefix.
    Member(&'a str),
    /// Whoever reported this departure.
    Departed(&'a str),
}

/// What a clerk of the destination takes down.
#[derive(Debug, Clone, Default)]
pub struct ReportInRequest {
    /// 姓名.
    pub name: Private<String>,
    /// 公民身份号码.
    pub id_number: Private<String>,
    /// 电话.
    pub phone: Private<String>,
    /// 现住址或单位.
    pub place: Private<String>,
    /// The region that the person names as the origin.
    pub from_region: String,
    /// The organisation where the person reported.
    pub org: String,
}

/// Days and texts of a notice, read.
struct Given {
    from: Option<Day>,
    until: Option<Day>,
    reason: Private<String>,
    place: Private<String>,
}

impl Office {
    /// Certifies that a member of ours stays elsewhere: who is named, or who reported a departure,
    /// whose report fills what is left empty.
    ///
    /// # Errors
    /// `member.unknown`, `member.not_full`, `departure.unknown`, `departure.state`, `stay.open`,
    /// `org.unknown`, `peer.revoked`, `date.invalid`, `field.invalid`.
    pub fn open_stay(
        &self,
        who: Goer<'_>,
        to: &str,
        request: &NoticeRequest,
    ) -> Result<view::Stay, Refusal> {
        let to = text::org_code(to)?;
        let (id, _) = self.decide(|decision| {
            let mut request = request.clone();
            let member = match who {
                Goer::Member(member) => decision.snapshot.named_member(member)?,
                Goer::Departed(departure) => decision.departed(departure, &mut request)?,
            };
            let addressee = decision.addressee(to)?;
            let (peer, target) = &*addressee;
            decision.certify(None, peer, &member, target.code, &request)
        })?;
        self.stay(&id)
    }

    /// Confirms that the person who reported elsewhere is a member of ours: found by the identity
    /// number that was sent, or named. A stay that is certified already gets a notice in place of
    /// the one before, which stands in whatever is left empty now.
    ///
    /// # Errors
    /// Those of [`Office::open_stay`], and `stay.unknown`, `stay.not_own`, `stay.state`,
    /// `stay.other_person`.
    pub fn confirm_stay(
        &self,
        stay: &str,
        member: Option<&str>,
        request: &NoticeRequest,
    ) -> Result<view::Stay, Refusal> {
        let (id, _) = self.decide(|decision| {
            let (row, peer) = decision.stay_of(stay, true)?;
            let core = &row.core;
            let reported = core.report_in().map(|report| report.org);
            let Some(to_org) = reported.or(core.notice().map(|notice| notice.to_org)) else {
                return Err(Refusal::about(Code::StayState, core.word().name()).into());
            };
            let mut request = request.clone();
            let certified = match core.notice() {
                Some(_) => Some(decision.certified(&row, member, &mut request)?),
                None => None,
            };
            let person = decision.reported_person(&row)?;
            let member = match certified {
                Some(member) => member,
                None => decision.member_reported(member, person.as_ref())?,
            };
            if let Some(person) = person.filter(|_| request.place.reveal().is_empty()) {
                request.place = person.place.clone();
            }
            decision.certify(Some(row), &peer, &member, to_org, &request)
        })?;
        self.stay(&id)
    }

    /// Takes down that somebody reported here, and asks the region of origin to confirm.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.revoked`, `org.unknown`, `id.checksum`, `field.invalid`,
    /// `member.already_here`.
    pub fn report_in(&self, request: &ReportInRequest) -> Result<view::Stay, Refusal> {
        let id = text::id_number(request.id_number.reveal())?;
        let org = text::org_code(&request.org)?;
        let person = ReportedPerson {
            name: request.name.reveal().trim().into(),
            id_number: id.reveal().into(),
            phone: request.phone.clone(),
            place: prose(&request.place, "place")?,
        };
        let (stay, _) = self.decide(|decision| {
            let peer = decision.snapshot.named_peer(&request.from_region)?;
            writable(&peer)?;
            let org = decision.own_org(org)?;
            let subject = decision.reference_of(&id)?;
            let today = decision.now.day();
            let draft = destination::report_in(subject, org, today, today, &person)?;
            decision.open(&peer, draft, false)
        })?;
        self.stay(&stay)
    }

    /// Issues the letter that the stay turns into, to the organisation where the member stays; the
    /// stay ends by itself when the receipt comes.
    ///
    /// # Errors
    /// `stay.unknown`, `stay.not_own`, `stay.state`, and those of [`Office::issue`].
    pub fn transfer_stay(
        &self,
        stay: &str,
        reason: &Private<String>,
        days: Option<i64>,
    ) -> Result<view::Letter, Refusal> {
        let reason = prose(reason, "reason")?;
        let (letter, _) = self.decide(|decision| {
            let (row, _) = decision.stay_of(stay, true)?;
            let core = &row.core;
            let (Some((member, _)), Some(to)) = (core.membership(), core.destination_org()) else {
                return Err(Refusal::about(Code::StayState, core.word().name()).into());
            };
            if !core.word().is_away() {
                return Err(Refusal::about(Code::StayState, core.word().name())
                    .allowing(origin::allowed(core.word()))
                    .into());
            }
            let member = decision.member(member)?;
            let member = member.ok_or_else(|| Refusal::about(Code::MemberUnknown, core.id))?;
            let dues = core.dues_paid_through().max(member.dues_paid_through);
            let terms = Terms { dues, days, ..Terms::new(to, reason.clone()) };
            Ok(decision.offer(&member, &terms)?.letter)
        })?;
        self.letter(&letter.to_string())
    }
}

impl Decision<'_> {
    /// Signs the notice about `member`, into `stay` or as the opening of a new one.
    fn certify(
        &mut self,
        stay: Option<StayRow>,
        peer: &PeerRow,
        member: &MemberRow,
        to_org: OrgCode,
        request: &NoticeRequest,
    ) -> Result<String, Stop> {
        let given = read(request)?;
        let reported = stay.as_ref().map(|row| row.core.from_day());
        let notice = StayNotice {
            revision: 0,
            from_org: member.org,
            to_org,
            standing: member.standing,
            dues_paid_through: member.dues_paid_through,
            from: given.from.or(reported).unwrap_or(self.now.day()),
            until: given.until,
        };
        if let Some(field) = notice.too_far_ahead(self.now.day()) {
            return Err(Refusal::about(Code::FieldInvalid, field).into());
        }
        let secrets = self.secrets(member)?;
        let id = IdNumber::parse(secrets.id_number.reveal())
            .map_err(|_| Refusal::about(Code::MemberIncomplete, "id_number"))?;
        let particulars = CertificateParticulars {
            name: member.name.clone(),
            id_number: secrets.id_number.clone(),
            sex: member.sex.or(Some(id.sex())),
            phone: secrets.phone.clone(),
            reason: given.reason,
            place: given.place,
            contact: request.contact.read()?,
        };
        let membership = self.membership(member)?;
        let core = stay.as_ref().map(|row| &row.core);
        let draft = origin::certify(core, &membership, notice, &particulars)?;
        match stay {
            Some(mut row) => {
                self.say(&mut row, peer, draft)?;
                Ok(row.core.id.to_string())
            }
            None => self.open(peer, draft, true),
        }
    }

    /// What the roster says of a member who is to stay elsewhere.
    fn membership(&mut self, row: &MemberRow) -> Result<Membership, Stop> {
        let away = match row.away {
            Some(stay) => self.snapshot.stay_by_row(stay)?.map(|row| row.core.id),
            None => None,
        };
        let (member, generation) = (row.member, row.generation);
        Ok(Membership { member, generation, full: row.custody == Custody::Here, away })
    }

    /// Signs what opens a stay, and gives its id.
    fn open(
        &mut self,
        peer: &PeerRow,
        draft: protocol::statement::Draft,
        own: bool,
    ) -> Result<String, Stop> {
        let id = self.office.shared.store.new_stay_id();
        let signed = self.sign_in(peer, draft, Some(CaseRowId::Stay(id)))?;
        let core = Stay::open(&signed.statement, self.office.me().region, peer.region)?;
        let member = core.membership().filter(|_| own).map(|(member, _)| member);
        let (version, kept) = (Version::ABSENT, StayKept::default());
        let row = StayRow { id, version, own, peer: peer.id, core, rejected: None, kept };
        let stay = row.core.id.to_string();
        self.put_stay(row)?;
        if let Some(mut member) = member.map(|member| self.member(member)).transpose()?.flatten() {
            member.away = Some(id);
            self.end_departure_of(member.member, Some(id), self.now.day())?;
            self.follow_member(&member, None)?;
            self.put_member(member);
        }
        Ok(stay)
    }

    /// The member whom the standing notice is about; what it says fills what `request` leaves
    /// empty.
    fn certified(
        &mut self,
        row: &StayRow,
        named: Option<&str>,
        request: &mut NoticeRequest,
    ) -> Result<MemberRow, Stop> {
        let core = &row.core;
        let unknown = || Refusal::about(Code::MemberUnknown, core.id);
        let (member, _) = core.membership().ok_or_else(unknown)?;
        if let Some(named) = named
            && self.snapshot.named_member(named)?.member != member
        {
            return Err(Refusal::about(Code::StayOtherPerson, member).into());
        }
        if request.until.is_none() {
            request.until = core.until_day().map(|day| day.to_string());
        }
        if let Some(hash) = core.notice_statement() {
            let before: Option<CertificateParticulars> =
                self.office.block_of(self.snapshot, row, Kind::StayNotice, hash)?;
            if let Some(before) = before {
                request.fill(&before.reason, &before.place, Some(&before.contact));
            }
        }
        Ok(self.member(member)?.ok_or_else(unknown)?)
    }

    /// What the destination wrote down of the person; none once erased.
    fn reported_person(&mut self, row: &StayRow) -> Result<Option<ReportedPerson>, Stop> {
        let stored = self.snapshot.stay_statements_of(row.id, Kind::ReportIn, 1)?;
        let sealed = stored.into_iter().next().and_then(|one| one.sealed_block);
        let Some(sealed) = sealed else { return Ok(None) };
        let hash = row.core.id.opening();
        let plain = self.unseal(row.core.subject, hash.as_bytes(), &sealed)?;
        Ok(plain.map(|plain| ReportedPerson::from_block(plain.reveal())).transpose()?)
    }

    /// The member whom the destination wrote down. Whoever is named must have that identity number
    /// as far as it is still held, for the notice tells the destination the number on the roster.
    fn member_reported(
        &mut self,
        named: Option<&str>,
        person: Option<&ReportedPerson>,
    ) -> Result<MemberRow, Stop> {
        let id = person.map(|person| text::id_number(person.id_number.reveal())).transpose()?;
        let hmac = id.map(|id| self.office.id_hmac(&id));
        if let Some(named) = named {
            let row = self.snapshot.named_member(named)?;
            if hmac.is_some_and(|hmac| hmac != row.id_hmac) {
                return Err(Refusal::about(Code::StayOtherPerson, row.member).into());
            }
            return Ok(row);
        }
        let unknown = || Refusal::about(Code::MemberUnknown, "id_number");
        let known = self.snapshot.members_by_id(&hmac.ok_or_else(unknown)?)?;
        let mut ours = known.into_iter().filter(|row| row.custody == Custody::Here);
        Ok(ours.next().ok_or_else(unknown)?)
    }

    /// The reference that we know a person by who reports here, else a random one. Who is on our
    /// own roster is no guest.
    fn reference_of(&mut self, id: &IdNumber) -> Result<MemberRef, Stop> {
        let known = self.snapshot.members_by_id(&self.office.id_hmac(id))?;
        if let Some(row) = known.iter().find(|row| row.custody.is_living()) {
            return Err(Refusal::about(Code::MemberAlreadyHere, row.member).into());
        }
        let random = MemberRef::from_bytes(self.office.entropy().bytes());
        Ok(known.first().map_or(random, |row| row.member))
    }
}

fn read(request: &NoticeRequest) -> Result<Given, Refusal> {
    Ok(Given {
        from: request.from.as_deref().map(text::day).transpose()?,
        until: request.until.as_deref().map(text::day).transpose()?,
        reason: prose(&request.reason, "reason")?,
        place: prose(&request.place, "place")?,
    })
}

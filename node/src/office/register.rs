//! Entering members, one by one; a whole roster file is read in [`import`].

mod import;

use protocol::id::{MemberRef, MintNonce, OrgCode};
use protocol::limits::{NAME_CHARS_MAX, PHONE_CHARS_MAX};
use protocol::member::{IdNumber, Sex, Standing, is_name};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::custody::VoidReason;
use protocol::statement::mobility::EndedHow;
use protocol::time::{Day, Month};

use crate::store::Expected;
use crate::store::rows::{Custody, EndReason, MemberRow, Version};

use super::decide::{Decision, Stop};
use super::keyring::MemberSecrets;
use super::search::searchable;
use super::{Office, text, view};

pub(super) use import::report;

/// What is given or changed of a member; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct MemberRequest {
    /// 姓名.
    pub name: Option<Private<String>>,
    /// 公民身份号码.
    pub id_number: Option<Private<String>>,
    /// 党员类别, in any of the spellings of a roster file.
    pub standing: Option<String>,
    /// The branch, by code or unique name.
    pub org: Option<String>,
    /// 性别.
    pub sex: Option<Private<String>>,
    /// 民族.
    pub ethnicity: Option<Private<String>>,
    /// 入党日期.
    pub joined_on: Option<String>,
    /// 党费交至.
    pub dues_paid_through: Option<String>,
    /// 联系电话.
    pub phone: Option<Private<String>>,
    /// 现居住地.
    pub residence: Option<Private<String>>,
    /// 工作单位.
    pub unit: Option<Private<String>>,
}

/// The same, read.
#[derive(Clone, Default)]
struct Fields {
    name: Option<Private<String>>,
    id_number: Option<IdNumber>,
    standing: Option<Standing>,
    org: Option<OrgCode>,
    sex: Option<Sex>,
    ethnicity: Option<Private<String>>,
    joined_on: Option<Day>,
    dues_paid_through: Option<Month>,
    phone: Option<Private<String>>,
    residence: Option<Private<String>>,
    unit: Option<Private<String>>,
}

impl Office {
    /// Enters one member, whose reference is minted here.
    ///
    /// # Errors
    /// `field.missing`, `field.invalid`, `id.checksum`, `id.shape`, `standing.unknown`,
    /// `date.invalid`, `org.unknown`, `org.ambiguous`, `member.already_here`.
    pub fn add_member(&self, request: &MemberRequest) -> Result<view::Member, Refusal> {
        let (member, _) = self.decide(|decision| {
            let fields = decision.required_fields(request)?;
            if let Some(row) = decision.held(&fields)? {
                let living = row.custody.is_living();
                let code = if living { Code::MemberAlreadyHere } else { Code::MemberNotFull };
                return Err(Refusal::about(code, row.member).into());
            }
            decision.register(&fields)
        })?;
        self.member(&member.to_string(), false)
    }

    /// Changes a member that this node holds or manages.
    ///
    /// # Errors
    /// `member.unknown`, `member.not_full`, and those of the fields.
    pub fn set_member(
        &self,
        member: &str,
        request: &MemberRequest,
    ) -> Result<view::Member, Refusal> {
        let (member, _) = self.decide(|decision| {
            let row = decision.snapshot.named_member(member)?;
            let fields = decision.read_fields(request)?;
            let found = row.member;
            if !row.custody.is_living() {
                return Err(Refusal::about(Code::MemberNotFull, found).into());
            }
            if let Some(other) = decision.held(&fields)?.filter(|other| other.member != found) {
                return Err(Refusal::about(Code::MemberAlreadyHere, other.member).into());
            }
            decision.change(row, &fields)?;
            Ok(found)
        })?;
        self.member(&member.to_string(), false)
    }

    /// Moves a member to another branch of this region.
    ///
    /// # Errors
    /// `member.unknown`, `member.not_full`, `org.unknown`, `org.ambiguous`.
    pub fn move_member(&self, member: &str, org: &str) -> Result<view::Member, Refusal> {
        let request = MemberRequest { org: Some(org.to_owned()), ..MemberRequest::default() };
        self.set_member(member, &request)
    }

    /// Ends a membership; an open letter that nobody has accepted is voided with it.
    ///
    /// # Errors
    /// `member.unknown`, `member.not_full`, `member.in_transit`, `ground.unknown`, `date.invalid`.
    pub fn end_member(
        &self,
        member: &str,
        reason: &str,
        on: &str,
    ) -> Result<view::Member, Refusal> {
        let found = EndReason::ALL.iter().copied().find(|one| one.name() == reason);
        let reason = found.ok_or_else(|| Refusal::about(Code::GroundUnknown, reason))?;
        let on = text::day(on)?;
        let (member, _) = self.decide(|decision| {
            let mut row = decision.snapshot.named_member(member)?;
            match row.custody {
                Custody::Here => {}
                Custody::InTransit => {
                    return Err(Refusal::about(Code::MemberInTransit, row.member).into());
                }
                _ => return Err(Refusal::about(Code::MemberNotFull, row.member).into()),
            }
            if on > decision.now.day() {
                return Err(Refusal::about(Code::DateInvalid, on).into());
            }
            if let Some(mut letter) = decision.own_issued_letter(&row)? {
                decision.void(&mut letter, VoidReason::Ended)?;
            }
            decision.end_paper(&row)?;
            decision.end_stays_of(&mut row, EndedHow::MembershipEnded, on)?;
            let member = row.member;
            (row.custody, row.ended, row.open_letter) = (Custody::Ended, Some((reason, on)), None);
            decision.note(member, "ended", Some(reason.name().to_owned()));
            decision.follow_member(&row, None)?;
            decision.put_member(row);
            Ok(member)
        })?;
        self.member(&member.to_string(), false)
    }
}

/// A living organisation of our own, by code or unique name.
fn named_org(snapshot: &crate::store::Snapshot<'_>, text: &str) -> Result<OrgCode, Stop> {
    let unknown = || Refusal::about(Code::OrgUnknown, text);
    if let Ok(code) = text.parse::<OrgCode>() {
        let org = snapshot.org(code)?.filter(|org| !org.closed);
        return Ok(org.ok_or_else(unknown)?.code);
    }
    let mut found = snapshot.orgs_named(text)?;
    match (found.pop(), found.pop()) {
        (Some(one), None) => Ok(one.code),
        (None, _) => Err(unknown().into()),
        _ => Err(Refusal::about(Code::OrgAmbiguous, text).into()),
    }
}

impl Office {
    /// The roster row of the person with this ID number that matters: a living one, else one that
    /// was handed over; an ended membership may begin anew.
    fn who_has(
        &self,
        snapshot: &crate::store::Snapshot<'_>,
        fields: &Fields,
    ) -> Result<Option<MemberRow>, Stop> {
        let Some(id) = &fields.id_number else { return Ok(None) };
        let rows = snapshot.members_by_id(&self.id_hmac(id))?;
        let mut rows = rows.into_iter().filter(|row| row.custody != Custody::Ended);
        Ok(rows.next())
    }
}

impl Decision<'_> {
    /// Who has the ID number, with the condition that nobody else gets it meanwhile.
    fn held(&mut self, fields: &Fields) -> Result<Option<MemberRow>, Stop> {
        if let Some(id) = &fields.id_number {
            let hmac = self.office.id_hmac(id);
            let rows = self.snapshot.members_by_id(&hmac)?;
            let counted = rows.iter().filter(|row| row.custody != Custody::Ended).count();
            self.batch.expect(Expected::WithIdNumber(hmac, counted));
        }
        self.office.who_has(self.snapshot, fields)
    }

    fn read_fields(&mut self, request: &MemberRequest) -> Result<Fields, Stop> {
        self.orgs_unchanged()?;
        let invalid = |field: &str| Refusal::about(Code::FieldInvalid, field);
        let name = request.name.clone();
        if name.as_ref().is_some_and(|name| !is_name(name.reveal())) {
            return Err(invalid("name").into());
        }
        let sex = match request.sex.as_ref().map(|text| text.reveal().as_str()) {
            None => None,
            Some("男" | "male" | "M") => Some(Sex::Male),
            Some("女" | "female" | "F") => Some(Sex::Female),
            Some(_) => return Err(invalid("sex").into()),
        };
        let plain = |text: &Option<Private<String>>, field: &str, max| {
            text.as_ref().map(|text| text::free_text(text.reveal(), field, max)).transpose()
        };
        let id = request.id_number.as_ref();
        Ok(Fields {
            name,
            id_number: id.map(|id| text::id_number(id.reveal())).transpose()?,
            standing: request.standing.as_deref().map(standing).transpose()?,
            org: request.org.as_deref().map(|org| named_org(self.snapshot, org)).transpose()?,
            sex,
            ethnicity: plain(&request.ethnicity, "ethnicity", 32)?,
            joined_on: request.joined_on.as_deref().map(text::day).transpose()?,
            dues_paid_through: request.dues_paid_through.as_deref().map(text::month).transpose()?,
            phone: plain(&request.phone, "phone", PHONE_CHARS_MAX)?,
            residence: plain(&request.residence, "residence", NAME_CHARS_MAX)?,
            unit: plain(&request.unit, "unit", NAME_CHARS_MAX)?,
        })
    }

    /// The fields of somebody who is entered.
    fn required_fields(&mut self, request: &MemberRequest) -> Result<Fields, Stop> {
        let fields = self.read_fields(request)?;
        for (field, given) in [
            ("name", fields.name.is_some()),
            ("id_number", fields.id_number.is_some()),
            ("standing", fields.standing.is_some()),
            ("org", fields.org.is_some()),
        ] {
            if !given {
                return Err(Refusal::about(Code::FieldMissing, field).into());
            }
        }
        Ok(fields)
    }

    /// Enters somebody who came with a letter on paper. Who was handed over or ended here may come
    /// back; who lives on this roster is here already.
    pub(super) fn register_from_paper(
        &mut self,
        request: &MemberRequest,
    ) -> Result<MemberRow, Stop> {
        let fields = self.required_fields(request)?;
        if let Some(row) = self.held(&fields)?.filter(|row| row.custody.is_living()) {
            return Err(Refusal::about(Code::MemberAlreadyHere, row.member).into());
        }
        let member = self.register(&fields)?;
        let row = self.member(member)?;
        Ok(row.ok_or_else(|| Refusal::about(Code::MemberUnknown, member))?)
    }

    /// Writes a new row under a new reference; all required fields are given.
    fn register(&mut self, fields: &Fields) -> Result<MemberRef, Stop> {
        let office = self.office;
        let nonce = MintNonce::from_bytes(office.entropy().bytes());
        let member = MemberRef::mint(&office.me().node, &nonce);
        let missing = |field: &str| Refusal::about(Code::FieldMissing, field);
        let id = fields.id_number.as_ref().ok_or_else(|| missing("id_number"))?;
        let name = fields.name.clone().ok_or_else(|| missing("name"))?;
        let secrets = MemberSecrets {
            id_number: id.reveal().into(),
            phone: fields.phone.clone().unwrap_or_default(),
            residence: fields.residence.clone().unwrap_or_default(),
            unit: fields.unit.clone().unwrap_or_default(),
        };
        let sealed = self.seal_secrets(member, &secrets)?;
        let row = MemberRow {
            id: office.shared.store.new_member_id(),
            version: Version::ABSENT,
            member,
            custody: Custody::Here,
            standing: fields.standing.ok_or_else(|| missing("standing"))?,
            org: fields.org.ok_or_else(|| missing("org"))?,
            search: searchable(name.reveal()),
            name,
            generation: protocol::id::Generation(0),
            nonce: Some(nonce),
            inbound: None,
            open_letter: None,
            dues_paid_through: fields.dues_paid_through,
            joined_on: fields.joined_on,
            sex: fields.sex.or(Some(id.sex())),
            ethnicity: fields.ethnicity.clone(),
            id_hmac: office.id_hmac(id),
            sealed,
            ended: None,
            alias_of: None,
            met: true,
            away: None,
            resides: None,
            indexed: None,
        };
        self.put_member(row);
        self.note(member, "added", None);
        Ok(member)
    }

    /// Changes what is given; what is not given stays.
    fn change(&mut self, mut row: MemberRow, fields: &Fields) -> Result<(), Stop> {
        let sealed = [&fields.phone, &fields.residence, &fields.unit];
        if fields.id_number.is_some() || sealed.iter().any(|field| field.is_some()) {
            let mut secrets = self.office.secrets(self.snapshot, &row)?;
            if let Some(id) = &fields.id_number {
                secrets.id_number = id.reveal().into();
                row.id_hmac = self.office.id_hmac(id);
            }
            let MemberSecrets { phone, residence, unit, .. } = &mut secrets;
            for (kept, given) in [phone, residence, unit].into_iter().zip(sealed) {
                if let Some(given) = given {
                    *kept = given.clone();
                }
            }
            row.sealed = self.seal_secrets(row.member, &secrets)?;
        }
        if let Some(name) = &fields.name {
            row.search = searchable(name.reveal());
            row.name = name.clone();
        }
        let moved = fields.org.is_some_and(|org| org != row.org);
        row.standing = fields.standing.unwrap_or(row.standing);
        row.org = fields.org.unwrap_or(row.org);
        row.sex = fields.sex.or(row.sex);
        row.ethnicity = fields.ethnicity.clone().or(row.ethnicity.clone());
        row.joined_on = fields.joined_on.or(row.joined_on);
        row.dues_paid_through = fields.dues_paid_through.or(row.dues_paid_through);
        self.note(row.member, if moved { "moved" } else { "changed" }, None);
        self.follow_member(&row, None)?;
        self.put_member(row.clone());
        if moved { self.follow_departure_of(&row) } else { Ok(()) }
    }
}

fn standing(text: &str) -> Result<Standing, Refusal> {
    match text {
        "正式党员" | "正式" | "full" => Ok(Standing::Full),
        "预备党员" | "预备" | "probationary" => Ok(Standing::Probationary),
        _ => Err(Refusal::about(Code::StandingUnknown, "standing")),
    }
}

//! Neighbours without Dukou: letters that go out and come in on paper alone, closed by recording
//! what came back.
//!
//! Nothing here is signed, and nothing of it travels: the evidence is the paper, of which a scan
//! can be filed. Such letters keep the words of signed ones, hold a member's one open letter like
//! them, and are counted apart.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use protocol::limits::{TEXT_CHARS_MAX, VALIDITY_DAYS_MAX};
use protocol::member::{is_name, is_plain_text};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::rules::Rule;
use protocol::statement::custody::{Ground, VoidReason};
use protocol::statement::mobility::EndedHow;
use protocol::time::Day;
use protocol::transfer::origin;
use protocol::transfer::state::State;
use sha2::{Digest, Sha256};

use crate::office::decide::{Decision, Stop};
use crate::office::register::MemberRequest;
use crate::office::{Office, text, view};
use crate::store::rows::{Custody, LetterRowId, MemberRow, PaperLetterRow, ScanRow, Version};
use crate::store::{Change, Expected, Snapshot};

/// Largest scan that is filed, in bytes.
pub const SCAN_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Longest serial of another office, in characters.
const SERIAL_CHARS_MAX: usize = 64;

/// A letter to an office without a node.
#[derive(Debug, Clone)]
pub struct PaperIssue {
    /// The member, by reference or unique prefix.
    pub member: String,
    /// The office as it is called.
    pub to_name: String,
    /// 事由.
    pub reason: Private<String>,
    /// 党费交至; else what the roster says.
    pub dues_paid_through: Option<String>,
    /// Days of validity; else the most there are.
    pub days: Option<i64>,
}

/// A letter from an office without a node.
#[derive(Debug, Clone)]
pub struct PaperIn {
    /// The office as it is called.
    pub from_name: String,
    /// The number that is printed on it.
    pub serial: Option<String>,
    /// When it was handed in; else today.
    pub on: Option<String>,
    /// The person, who is entered on the roster.
    pub member: MemberRequest,
    /// A scan of it.
    pub scan: Option<PathBuf>,
}

impl Office {
    /// Issues a letter on paper. The member stays here in full until its receipt is recorded.
    ///
    /// # Errors
    /// Those of [`Office::issue`] about the member and the dates, and `field.invalid` (name).
    pub fn issue_on_paper(&self, request: &PaperIssue) -> Result<view::Letter, Refusal> {
        let party = party(&request.to_name)?;
        let reason = text::free_text(request.reason.reveal(), "reason", TEXT_CHARS_MAX)?;
        let dues = request.dues_paid_through.as_deref().map(text::month).transpose()?;
        let usual = self.rules().value(Rule::ValidityNation);
        let days = request.days.unwrap_or(i64::from(usual));
        let days = i32::try_from(days).ok().filter(|days| (1..=VALIDITY_DAYS_MAX).contains(days));
        let invalid = || Refusal::about(Code::ValidityInvalid, request.days.unwrap_or_default());
        let days = days.ok_or_else(invalid)?;
        let (id, _) = self.decide(|decision| {
            decision.may_decide()?;
            let member = decision.snapshot.named_member(&request.member)?;
            origin::may_offer(&decision.holding(&member)?)?;
            let org = decision.transferring_org(member.org)?.0;
            let serial = self.next_serial(decision.snapshot, decision.now)?;
            let mut row = decision.paper_row(true, &member, party.clone());
            row.org = org;
            row.serial = Some(serial.to_string());
            row.valid_until = Some(decision.now.day().plus_days(days));
            row.dues_paid_through = dues.or(member.dues_paid_through);
            if !reason.reveal().is_empty() {
                let sealed = decision.seal(member.member, &row.hash, reason.reveal().as_bytes())?;
                row.sealed_reason = Some(sealed);
            }
            let (id, mut member) = (row.id, member);
            member.open_letter = Some(id);
            decision.note(member.member, "paper_issued", None);
            let away = member.away;
            decision.put_member(member);
            decision.follow_letter_of(away)?;
            decision.put_paper(row);
            Ok(id)
        })?;
        self.paper_letter(id)
    }

    /// Records that the receipt of a paper letter came back: the member is theirs.
    ///
    /// # Errors
    /// `letter.unknown`, `letter.signed`, `letter.not_own`, `letter.state`, `date.invalid`,
    /// `file.unreadable`.
    pub fn record_receipt(
        &self,
        letter: &str,
        on: &str,
        scan: Option<&Path>,
    ) -> Result<view::Letter, Refusal> {
        let (on, scan) = (text::day(on)?, scan.map(read_scan).transpose()?);
        self.end_on_paper(letter, |decision, row, member| {
            row.ended_on = Some(decision.day_of(row, on)?);
            if let Some(scan) = &scan {
                decision.file_scan(row, scan)?;
            }
            row.state = State::Closed;
            member.custody = Custody::Transferred;
            decision.end_stays_of(member, EndedHow::Transferred, on)?;
            Ok("paper_closed")
        })
    }

    /// Records that a paper letter was returned: the member stays.
    ///
    /// # Errors
    /// Those of [`Office::record_receipt`], and `ground.unknown`.
    pub fn record_return(
        &self,
        letter: &str,
        on: &str,
        ground: &str,
        scan: Option<&Path>,
    ) -> Result<view::Letter, Refusal> {
        let (on, scan) = (text::day(on)?, scan.map(read_scan).transpose()?);
        let known = Ground::from_name(ground);
        let ground = known.ok_or_else(|| Refusal::about(Code::GroundUnknown, ground))?;
        self.end_on_paper(letter, |decision, row, _| {
            row.ended_on = Some(decision.day_of(row, on)?);
            if let Some(scan) = &scan {
                decision.file_scan(row, scan)?;
            }
            (row.state, row.why) = (State::Refused, Some(ground.name().to_owned()));
            Ok("paper_refused")
        })
    }

    /// Voids a paper letter; nothing if `letter` names none.
    pub(in crate::office) fn void_on_paper(
        &self,
        letter: &str,
        reason: VoidReason,
    ) -> Result<Option<view::Letter>, Refusal> {
        if self.look(|_, snapshot| snapshot.named_paper(letter))?.is_none() {
            return Ok(None);
        }
        if reason == VoidReason::Rerouted {
            return Err(Refusal::about(Code::LetterOnPaper, reason.name()));
        }
        let voided = self.end_on_paper(letter, |decision, row, _| {
            decision.void_paper(row, reason);
            Ok("paper_voided")
        });
        voided.map(Some)
    }

    /// Records a paper letter that came in, and enters the person on the roster.
    ///
    /// # Errors
    /// Those of [`Office::add_member`], `field.invalid` (name, serial), `date.invalid`,
    /// `file.unreadable`.
    pub fn record_in(&self, request: &PaperIn) -> Result<view::Letter, Refusal> {
        let party = party(&request.from_name)?;
        let on = request.on.as_deref().map(text::day).transpose()?;
        let scan = request.scan.as_deref().map(read_scan).transpose()?;
        let serial = request.serial.clone();
        if serial.as_deref().is_some_and(|serial| !is_plain_text(serial, SERIAL_CHARS_MAX)) {
            return Err(Refusal::about(Code::FieldInvalid, "serial"));
        }
        let (id, _) = self.decide(|decision| {
            decision.may_decide()?;
            let today = decision.now.day();
            if on.is_some_and(|on| on > today) {
                return Err(Refusal::about(Code::DateInvalid, on.unwrap_or(today)).into());
            }
            let member = decision.register_from_paper(&request.member)?;
            let mut row = decision.paper_row(false, &member, party.clone());
            (row.org, row.state) = (member.org, State::Closed);
            (row.serial, row.ended_on) = (serial.clone(), Some(on.unwrap_or(today)));
            row.dues_paid_through = member.dues_paid_through;
            if let Some(scan) = &scan {
                decision.file_scan(&row, scan)?;
            }
            decision.note(member.member, "paper_in", None);
            let id = row.id;
            decision.put_paper(row);
            Ok(id)
        })?;
        self.paper_letter(id)
    }

    /// Ends an open paper letter of ours as `end` says; the member's open letter ends with it.
    fn end_on_paper(
        &self,
        letter: &str,
        end: impl Fn(
            &mut Decision<'_>,
            &mut PaperLetterRow,
            &mut MemberRow,
        ) -> Result<&'static str, Stop>,
    ) -> Result<view::Letter, Refusal> {
        let (id, _) = self.decide(|decision| {
            decision.may_decide()?;
            let mut row = decision.snapshot.paper_to_end(letter)?;
            let member = decision.member(row.member)?;
            let unknown = || Refusal::about(Code::MemberUnknown, row.member);
            let mut member = member.ok_or_else(unknown)?;
            let event = end(decision, &mut row, &mut member)?;
            if member.open_letter == Some(row.id) {
                member.open_letter = None;
            }
            decision.note(member.member, event, None);
            let away = member.away;
            decision.put_member(member);
            decision.follow_letter_of(away)?;
            let id = row.id;
            decision.put_paper(row);
            Ok(id)
        })?;
        self.paper_letter(id)
    }

    fn paper_letter(&self, id: LetterRowId) -> Result<view::Letter, Refusal> {
        self.look(|office, snapshot| {
            let row = snapshot.paper_letter(id)?;
            office.paper_view(snapshot, &row.ok_or(Code::LetterUnknown)?)
        })
    }
}

impl Snapshot<'_> {
    /// The open paper letter of ours that `text` names.
    fn paper_to_end(&self, text: &str) -> Result<PaperLetterRow, Stop> {
        let Some(row) = self.named_paper(text)? else {
            let signed = self.named_letter(text)?;
            return Err(Refusal::about(Code::LetterSigned, signed.core.id).into());
        };
        if !row.own {
            return Err(Refusal::about(Code::LetterNotOwn, HEXLOWER.encode(&row.hash)).into());
        }
        if row.state != State::Issued {
            return Err(Refusal::about(Code::LetterState, row.state.name()).into());
        }
        Ok(row)
    }
}

impl Decision<'_> {
    fn paper_row(&mut self, own: bool, member: &MemberRow, party: String) -> PaperLetterRow {
        PaperLetterRow {
            id: self.office.shared.store.new_letter_id(),
            hash: self.office.entropy().bytes(),
            version: Version::ABSENT,
            own,
            state: State::Issued,
            member: member.member,
            generation: member.generation,
            serial: None,
            org: member.org,
            party,
            issued_at: self.now,
            valid_until: None,
            dues_paid_through: None,
            sealed_reason: None,
            ended_on: None,
            why: None,
        }
    }

    pub(in crate::office) fn put_paper(&mut self, row: PaperLetterRow) {
        self.batch.expect(Expected::PaperLetter(row.id, row.version));
        self.batch.push(Change::PaperLetter(Box::new(row)));
    }

    pub(in crate::office) fn void_paper(&self, row: &mut PaperLetterRow, reason: VoidReason) {
        (row.state, row.ended_on) = (State::Voided, Some(self.now.day()));
        row.why = Some(reason.name().to_owned());
    }

    /// The open paper letter of ours about this member, if there is one.
    pub(in crate::office) fn own_open_paper(
        &self,
        member: &MemberRow,
    ) -> Result<Option<PaperLetterRow>, Stop> {
        let Some(open) = member.open_letter else { return Ok(None) };
        let row = self.snapshot.paper_letter(open)?;
        Ok(row.filter(|row| row.own && row.state == State::Issued))
    }

    /// Voids the open paper letter of a member whose membership ends.
    pub(in crate::office) fn end_paper(&mut self, member: &MemberRow) -> Result<(), Stop> {
        if let Some(mut row) = self.own_open_paper(member)? {
            self.void_paper(&mut row, VoidReason::Ended);
            self.put_paper(row);
        }
        Ok(())
    }

    /// The day on which a letter ended: not before it was issued, and not after today.
    fn day_of(&self, row: &PaperLetterRow, on: Day) -> Result<Day, Stop> {
        let days = row.issued_at.day()..=self.now.day();
        if days.contains(&on) { Ok(on) } else { Err(Refusal::about(Code::DateInvalid, on).into()) }
    }

    /// Files a scan with the record, sealed under the member's key.
    fn file_scan(&mut self, row: &PaperLetterRow, scan: &Private<Vec<u8>>) -> Result<(), Stop> {
        let plain = scan.reveal();
        let hash: [u8; 32] = Sha256::digest(plain).into();
        let sealed = self.seal(row.member, &hash, plain)?;
        let scan = ScanRow { hash, size: plain.len() as u64, sealed };
        self.batch.push(Change::Scan(row.id, Box::new(scan)));
        Ok(())
    }
}

/// The name of an office that nobody here vouches for.
fn party(name: &str) -> Result<String, Refusal> {
    if is_name(name) {
        Ok(name.to_owned())
    } else {
        Err(Refusal::about(Code::FieldInvalid, "name"))
    }
}

fn read_scan(path: &Path) -> Result<Private<Vec<u8>>, Refusal> {
    use std::io::Read;
    let refuse =
        |why: String| Refusal::about(Code::FileUnreadable, format!("{}: {why}", path.display()));
    if !path.is_file() {
        return Err(refuse("?".to_owned()));
    }
    let file = std::fs::File::open(path).map_err(|fault| refuse(fault.to_string()))?;
    let mut bytes = Vec::new();
    let read = file.take(SCAN_BYTES_MAX + 1).read_to_end(&mut bytes);
    let read = read.map_err(|fault| refuse(fault.to_string()))?;
    if read as u64 > SCAN_BYTES_MAX {
        return Err(refuse(format!("> {SCAN_BYTES_MAX} B")));
    }
    Ok(Private::new(bytes))
}

impl Office {
    pub(in crate::office) fn paper_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &PaperLetterRow,
    ) -> Result<view::Letter, Stop> {
        let member = snapshot.member(row.member)?;
        let reason = match &row.sealed_reason {
            Some(sealed) => self.unseal(snapshot, row.member, &row.hash, sealed)?,
            None => None,
        };
        let reason = reason.and_then(|reason| String::from_utf8(reason.reveal().clone()).ok());
        let scan = snapshot.paper_scan(row.id)?;
        let (region, org) = (self.me().region.to_string(), row.org.to_string());
        let ours = (org.clone(), snapshot.org(row.org)?.map(|org| org.name), region);
        let theirs = (String::new(), Some(row.party.clone()), String::new());
        let gone = row.own && row.state == State::Closed;
        let (from, to) = if row.own { (ours, theirs) } else { (theirs, ours) };
        let refused = row.why.clone().filter(|_| row.state == State::Refused);
        Ok(view::Letter {
            id: HEXLOWER.encode(&row.hash),
            serial: row.serial.clone().unwrap_or_default(),
            direction: if row.own { "out" } else { "in" }.to_owned(),
            member: view::MemberName {
                member: row.member.to_string(),
                name: member.map(|member| member.name.reveal().clone()),
            },
            from_org: from.0,
            from_org_name: from.1,
            from_region: from.2,
            to_org: to.0,
            to_org_name: to.1,
            to_region: to.2,
            generation: row.generation.0,
            state: row.state.name().to_owned(),
            custody_org: if gone { row.party.clone() } else { org },
            provisional_org: None,
            issued_at: row.issued_at.to_string(),
            valid_until: row.valid_until.map(|day| day.to_string()).unwrap_or_default(),
            dues_paid_through: row.dues_paid_through.map(|month| month.to_string()),
            reason,
            delivery: if row.state == State::Issued { "queued" } else { "delivered" }.to_owned(),
            rejected: None,
            evidence: "paper".to_owned(),
            floating: false,
            refusal: refused.map(|ground| view::LetterRefusal {
                ground,
                redirect: None,
                note: None,
            }),
            void_reason: row.why.clone().filter(|_| row.state == State::Voided),
            replaces: None,
            reissue_requested: false,
            parked: false,
            batch: None,
            successions: Vec::new(),
            paper: Some(view::PaperRecord {
                ended_on: row.ended_on.map(|day| day.to_string()),
                scan_sha256: scan.map(|(hash, _)| HEXLOWER.encode(&hash)),
                scan_bytes: scan.map(|(_, bytes)| bytes),
            }),
            statements: Vec::new(),
            notes: Vec::new(),
            next: if row.own && row.state == State::Issued {
                ["record_receipt", "record_return", "void"].map(str::to_owned).to_vec()
            } else {
                Vec::new()
            },
        })
    }
}

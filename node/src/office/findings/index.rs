//! The index of what falls due about members, kept as their facts change.
//!
//! A hand-over writes nothing here. Those who came are looked at in the background, in the order of
//! their rows; a change by a clerk is followed in its own commit. When the rules change, everybody
//! is looked at again.

use protocol::findings::{self, Kind, MemberFacts};
use protocol::id::MemberRef;
use protocol::refusal::Refusal;
use protocol::rules::{Rule, Rules};
use protocol::statement::Statement;
use protocol::statement::custody::{Void, VoidReason};
use protocol::statement::kind;
use protocol::time::{Day, Timestamp};
use protocol::transfer::state::State;

use crate::office::decide::{Decision, Stop};
use crate::office::{Office, lock};
use crate::store::findings::{About, FindingRow, FindingRows};
use crate::store::rows::{Custody, LetterRow, LetterRowId, MemberId, MemberRow};
use crate::store::{Change, Expected, Snapshot};

/// The kinds that a member's own facts raise; all but `Unmet`, which has an index of its own.
const KINDS: &[Kind] = &[Kind::Pocket, Kind::Nominal, Kind::FourNone];
/// All that the index holds about a member.
const ALL_KINDS: &[Kind] =
    &[Kind::Pocket, Kind::Nominal, Kind::FourNone, Kind::DoubleManaged, Kind::ProvenanceUnverified];
/// The setting that says up to which row everybody was looked at.
const LOOKED: &str = "findings_looked";
/// The setting that says by which rules.
const BY_RULES: &str = "findings_rules";
/// Counts changes of what this build derives; a step up has everybody looked at again.
const DERIVATION: i64 = 2;
/// Members that are looked at in one commit: few, so that no letter waits long behind it.
const COMMIT_MEMBERS: u32 = 256;
/// A row may be committed after one with a higher number, by as much as a decision takes. Rows that
/// were first seen less than this ago are looked at once more, in milliseconds.
const SETTLE_MS: u64 = 10_000;

/// Up to which row members had been committed at some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenUpTo {
    at: Timestamp,
    top: i64,
}

impl Office {
    /// Looks at members who came or, after a change of the rules, at everybody and every stay.
    pub fn follow_members(&self) -> Result<(), Refusal> {
        let by_rules = fingerprint(&self.rules());
        self.decide(|decision| {
            if decision.snapshot.meta(BY_RULES)? != Some(by_rules) {
                decision.batch.push(Change::Meta(BY_RULES, by_rules));
                decision.batch.push(Change::Meta(LOOKED, 0));
                decision.look_at_stays();
                decision.look_at_residences();
                decision.look_at_departures();
            }
            Ok(())
        })?;
        self.follow_stays()?;
        self.follow_residences()?;
        self.follow_departures()?;
        let settled = self.look(|_, snapshot| Ok(snapshot.meta(LOOKED)?.unwrap_or(0)))?;
        let (mut mark, mut after) = (settled, settled);
        let long_there = self.long_there();
        while let Some(last) = self.follow_some(after, &mut mark, long_there)? {
            after = last;
        }
        self.settle(mark, after)
    }

    /// Up to which row nothing can come in below any more; 0 if that is not known yet.
    fn long_there(&self) -> i64 {
        let seen = *lock(&self.shared.seen);
        let seen = seen.filter(|seen| self.now().millis_since(seen.at) >= SETTLE_MS);
        seen.map_or(0, |seen| seen.top)
    }

    /// Looks at some members after that row, and moves the mark with them as far as they have long
    /// been there; gives the last, none if there are no more.
    fn follow_some(
        &self,
        after: i64,
        mark: &mut i64,
        long_there: i64,
    ) -> Result<Option<i64>, Refusal> {
        let mut many = COMMIT_MEMBERS;
        let ((last, moved), _) = self.decide(|decision| {
            let refs = decision.snapshot.member_refs(MemberId(after), many)?;
            // Overtaken by somebody who changed one of them: fewer are soon looked at.
            many = (many / 2).max(1);
            let mut last = None;
            for member in refs {
                // What is read in this way must be unchanged when it is committed.
                let Some(row) = decision.member(member)? else { continue };
                last = Some(row.id.0);
                decision.follow_member(&row, None)?;
            }
            let goes_on = last.filter(|last| *last <= long_there);
            // The rules may have been changed meanwhile, which sets the mark back.
            let stands = decision.snapshot.meta(LOOKED)?.unwrap_or(0) == *mark;
            if let Some(last) = goes_on.filter(|_| stands) {
                decision.batch.expect(Expected::Meta(LOOKED, *mark));
                decision.batch.push(Change::Meta(LOOKED, last));
            }
            Ok((last, goes_on.filter(|_| stands)))
        })?;
        *mark = moved.unwrap_or(*mark);
        Ok(last)
    }

    /// Moves the mark to where nothing can come in below any more.
    fn settle(&self, mark: i64, top: i64) -> Result<(), Refusal> {
        let now = self.now();
        let mut seen = lock(&self.shared.seen);
        let settled = match *seen {
            Some(SeenUpTo { at, top }) if now.millis_since(at) >= SETTLE_MS => Some(top),
            // What was there when the program started is not being written.
            None => Some(top),
            Some(_) => None,
        };
        if settled.is_some() {
            *seen = Some(SeenUpTo { at: now, top });
        }
        drop(seen);
        let Some(settled) = settled.filter(|settled| *settled > mark) else { return Ok(()) };
        self.decide(|decision| {
            // The rules may have been changed meanwhile, which sets the mark back.
            if decision.snapshot.meta(LOOKED)?.unwrap_or(0) == mark {
                decision.batch.expect(Expected::Meta(LOOKED, mark));
                decision.batch.push(Change::Meta(LOOKED, settled));
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// What a decision that is not committed yet changes about a member beside the row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    /// Somebody met the person, or heard of them, today.
    Met,
    /// Our letter about the person ended: the days of one that ran out, none of another.
    Ended(Option<(Day, Day)>),
}

impl Decision<'_> {
    /// Drops what was found about a member, who left since or is forgotten.
    pub(crate) fn drop_findings_of(&mut self, member: MemberId) {
        let (about, subject, kinds) = (About::Member, member.0, ALL_KINDS);
        let none = FindingRows { about, subject, kinds, rows: Vec::new() };
        self.batch.push(Change::Findings(Box::new(none)));
    }

    /// Brings the index to what is known of this member now.
    pub(crate) fn follow_member(
        &mut self,
        row: &MemberRow,
        news: Option<News>,
    ) -> Result<(), Stop> {
        let rows = match row.custody {
            Custody::Ended | Custody::Transferred => Vec::new(),
            Custody::Here | Custody::Provisional | Custody::InTransit => {
                let facts = MemberFacts { settled: true, ..self.facts_of(row, news)? };
                let found = findings::of_member(&facts, &self.office.rules());
                let kept = found.into_iter().filter(|one| KINDS.contains(&one.kind));
                kept.map(|finding| FindingRow {
                    about: About::Member,
                    subject: row.id.0,
                    finding,
                    member: Some(row.id),
                    shown: None,
                    evidence: Vec::new(),
                })
                .collect()
            }
        };
        let (about, subject, kinds) = (About::Member, row.id.0, KINDS);
        self.batch.push(Change::Findings(Box::new(FindingRows { about, subject, kinds, rows })));
        Ok(())
    }

    fn facts_of(&mut self, row: &MemberRow, news: Option<News>) -> Result<MemberFacts, Stop> {
        let secrets = self.secrets(row)?;
        let mut facts = MemberFacts {
            has_phone: !secrets.phone.reveal().is_empty(),
            has_residence: !secrets.residence.reveal().is_empty(),
            has_unit: !secrets.unit.reveal().is_empty(),
            ..self.office.open_facts(self.snapshot, row, self.now)?
        };
        match news {
            Some(News::Met) => (facts.contact, facts.lapsed) = (Some(self.now.day()), None),
            Some(News::Ended(lapsed)) => facts.lapsed = lapsed,
            None => {}
        }
        Ok(facts)
    }
}

impl Office {
    /// The facts of a member that rest in the clear.
    pub(super) fn open_facts(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MemberRow,
        now: Timestamp,
    ) -> Result<MemberFacts, Stop> {
        let contact = snapshot.sign_time(row.member)?.map(Timestamp::day);
        let lapsed = match row.open_letter {
            Some(_) => None,
            None => lapsed(snapshot, row.member)?,
        };
        let entered = self.entered(snapshot, row)?.unwrap_or_else(|| now.day());
        Ok(MemberFacts {
            org: row.org,
            settled: row.custody == Custody::Here && row.open_letter.is_none(),
            entered,
            met: row.met,
            dues_paid_through: row.dues_paid_through,
            // One from before they left and came back tells nothing.
            contact: contact.filter(|met| *met >= entered),
            away: row.away.is_some(),
            has_phone: true,
            has_residence: true,
            has_unit: true,
            lapsed: lapsed.filter(|(_, last)| contact.is_none_or(|met| met <= *last)),
        })
    }

    /// The day on which somebody was entered, or accepted here.
    pub(super) fn entered(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MemberRow,
    ) -> Result<Option<Day>, Stop> {
        if let Some(letter) = row.inbound.or(row.open_letter.filter(|_| row.nonce.is_none())) {
            return Ok(accepted_on(snapshot, letter)?);
        }
        Ok(snapshot.first_event_time(row.member)?.map(Timestamp::day))
    }
}

/// The day of a letter's Accept.
pub(super) fn accepted_on(
    snapshot: &Snapshot<'_>,
    letter: LetterRowId,
) -> Result<Option<Day>, crate::store::StoreFault> {
    let statements = snapshot.letter_statements(letter)?;
    let accept =
        statements.iter().find(|one| one.kind == kind::Kind::Accept && one.unusable.is_none());
    let read = accept.and_then(|accept| Statement::read(&accept.statement).ok());
    Ok(read.map(|accept| accept.fields().time.day()))
}

/// Issue and last day of the last letter of ours about a member, if it ran out.
fn lapsed(snapshot: &Snapshot<'_>, member: MemberRef) -> Result<Option<(Day, Day)>, Stop> {
    let letters = snapshot.letters_of(member)?;
    let Some(last) = letters.iter().rfind(|letter| letter.own) else { return Ok(None) };
    if last.core.state() != State::Voided {
        return Ok(None);
    }
    let statements = snapshot.letter_statements(last.id)?;
    let void = statements.iter().find(|one| one.kind == kind::Kind::Void && one.unusable.is_none());
    let read = void.and_then(|void| Statement::read(&void.statement).ok()?.body::<Void>().ok());
    Ok(read.filter(|void| void.reason == VoidReason::Expired).map(|_| days_of(last)))
}

/// Issue and last day of a letter.
pub(crate) fn days_of(letter: &LetterRow) -> (Day, Day) {
    (letter.issued_at.day(), letter.core.valid_until)
}

/// A number that changes with the rules, and with what this build makes of them.
fn fingerprint(rules: &Rules) -> i64 {
    let mix = |sum: i64, rule: &Rule| {
        sum.wrapping_mul(1_000_003).wrapping_add(i64::from(rules.value(*rule)))
    };
    Rule::ALL.iter().fold(DERIVATION, mix)
}

//! 联席会议: what two regions have to talk about once a quarter, in numbers. It names nobody, and it is
//! this side's view; the other side has its own.

use std::collections::BTreeMap;

use protocol::findings::Kind;
use protocol::refusal::{Code, Refusal};
use protocol::stay::state::{Stay, Word};
use protocol::time::{Day, Quarter};
use protocol::transfer::state::State;

use crate::store::Snapshot;
use crate::store::rows::{PeerRow, StayRowId};

use super::super::decide::Stop;
use super::super::{Office, view};

/// Stays that are read at a time.
const CHUNK_STAYS: u32 = 1_000;

impl Office {
    /// What was done with a region in a quarter, and what is open with it today.
    ///
    /// # Errors
    /// `peer.unknown`, `date.invalid`, `field.invalid` for a quarter to come.
    pub fn meeting_report(&self, region: &str, quarter: &str) -> Result<view::Meeting, Refusal> {
        let period = quarter.parse::<Quarter>();
        let quarter = period.map_err(|_| Refusal::about(Code::DateInvalid, quarter))?;
        if quarter > Quarter::of(self.now().day()) {
            return Err(Refusal::about(Code::FieldInvalid, "quarter"));
        }
        let last = match self.last_reconciliation(region) {
            Ok(last) => Some(last),
            Err(refusal) if refusal.code == Code::ReconcileTimeout => None,
            Err(refusal) => return Err(refusal),
        };
        let reconciliation = last.map(|last| view::MeetingComparison {
            at: last.at,
            agreed: last.agreed,
            differences: last.differences.len() as u64 + last.not_listed,
            in_flight: last.in_flight,
        });
        self.look(|office, snapshot| {
            let peer = snapshot.named_peer(region)?;
            let (me, now) = (office.me(), office.now());
            let (stays_out, stays_in) = stays(snapshot, &peer, quarter)?;
            let (letters_out, letters_in) = letters(snapshot, &peer, quarter)?;
            Ok(view::Meeting {
                region: me.region.to_string(),
                name: me.name.clone(),
                with_region: peer.region.to_string(),
                with_name: peer.name.clone(),
                quarter: quarter.to_string(),
                as_of: now.to_string(),
                letters_out,
                letters_in,
                stays_out,
                stays_in,
                findings: office.findings_with(snapshot, &peer, now.day())?,
                reconciliation: reconciliation.clone(),
            })
        })
    }

    /// What is due here about letters and stays with a peer, by kind.
    fn findings_with(
        &self,
        snapshot: &Snapshot<'_>,
        peer: &PeerRow,
        today: Day,
    ) -> Result<BTreeMap<String, view::FindingTotal>, Stop> {
        let mut all = BTreeMap::<Kind, (u64, Day)>::new();
        let of_stays = snapshot.stay_findings_with(peer.id, today)?;
        let of_letters = self.letter_findings_with(snapshot, peer.id)?;
        for (kind, count, since) in of_stays.into_iter().chain(of_letters) {
            let held = all.entry(kind).or_insert((0, since));
            *held = (held.0 + count, held.1.min(since));
        }
        let total = |(kind, (count, since)): (Kind, (u64, Day))| {
            let oldest_days = u32::try_from(today.days_since(since)).unwrap_or(0);
            (kind.name().to_owned(), view::FindingTotal { count, oldest_days })
        };
        Ok(all.into_iter().map(total).collect())
    }
}

/// Letters of the quarter, ours and the peer's, by what became of them up to now.
fn letters(
    snapshot: &Snapshot<'_>,
    peer: &PeerRow,
    quarter: Quarter,
) -> Result<(view::MeetingLetters, view::MeetingLetters), Stop> {
    let mut found = [view::MeetingLetters::default(), view::MeetingLetters::default()];
    // A day begins where the one before it ends.
    let (begin, end) = (quarter.first_day().plus_days(-1).end(), quarter.last_day().end());
    for (own, state, count) in snapshot.letters_between(peer.id, begin, end)? {
        let sum = &mut found[usize::from(!own)];
        sum.issued += count;
        match state {
            State::Closed | State::Received => sum.received += count,
            State::Refused => sum.refused += count,
            State::Voided => sum.voided += count,
            State::Issued | State::Accepted | State::Released => sum.open += count,
        }
    }
    let [out, others] = found;
    Ok((out, others))
}

/// Stays with the peer, ours and the peer's: those that began or ended in the quarter, and those
/// that went on at its end.
fn stays(
    snapshot: &Snapshot<'_>,
    peer: &PeerRow,
    quarter: Quarter,
) -> Result<(view::MeetingStays, view::MeetingStays), Stop> {
    let mut found = [view::MeetingStays::default(), view::MeetingStays::default()];
    let mut after = StayRowId(0);
    loop {
        let rows = snapshot.stays_after(after, CHUNK_STAYS)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows.iter().filter(|row| row.peer == peer.id) {
            count_stay(&mut found[usize::from(!row.own)], &row.core, quarter);
        }
    }
    let [out, others] = found;
    Ok((out, others))
}

fn count_stay(sum: &mut view::MeetingStays, stay: &Stay, quarter: Quarter) {
    let (begin, end) = (quarter.first_day(), quarter.last_day());
    if stay.opened_on > end {
        return;
    }
    sum.opened += u64::from(stay.opened_on >= begin);
    match stay.ended_on() {
        Some(on) if on < begin => return,
        Some(on) if on <= end => sum.ended += 1,
        _ => {
            sum.open += 1;
            sum.placed += u64::from(stay.placed().is_some() && stay.word() != Word::Reported);
        }
    }
    sum.reported += u64::from(stay.last_report().is_some_and(|report| report.period >= quarter));
    sum.contacted += u64::from(stay.last_contact_on().is_some_and(|on| on >= begin));
}

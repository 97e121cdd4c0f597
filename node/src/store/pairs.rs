//! What there is between this region and one peer, in numbers: read seldom, so there is no index
//! for it.

use rusqlite::params;

use protocol::findings::Kind;
use protocol::time::{Day, Timestamp};
use protocol::transfer::state::State;

use super::rows::PeerId;
use super::{Snapshot, StoreFault};

impl Snapshot<'_> {
    /// How many letters between us and a peer were issued from `begin` on and before `end`, by
    /// direction and state.
    pub fn letters_between(
        &self,
        peer: PeerId,
        begin: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<(bool, State, u64)>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT own, state, count(*) FROM letter
             WHERE peer = ?1 AND issued >= ?2 AND issued < ?3 GROUP BY own, state",
        )?;
        let window = params![peer.0, begin.millis() as i64, end.millis() as i64];
        let rows = statement.query_map(window, |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, u8>(1)?, row.get::<_, i64>(2)?))
        })?;
        rows.map(|row| {
            let (own, state, count) = row?;
            let state = State::ALL.get(usize::from(state)).copied();
            Ok((own, state.ok_or(StoreFault::Damaged("letter"))?, count.unsigned_abs()))
        })
        .collect()
    }

    /// What is due on that day about the stays with a peer: kind, how many, and the earliest day
    /// from which one is counted.
    pub fn stay_findings_with(
        &self,
        peer: PeerId,
        today: Day,
    ) -> Result<Vec<(Kind, u64, Day)>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT finding.kind, count(*), min(finding.since)
             FROM finding JOIN stay ON stay.id = finding.subject
             WHERE finding.about = 1 AND stay.peer = ?1 AND finding.raised <= ?2
             GROUP BY finding.kind",
        )?;
        let rows = statement.query_map(params![peer.0, today.number()], |row| {
            Ok((row.get::<_, u8>(0)?, row.get::<_, i64>(1)?, row.get::<_, i32>(2)?))
        })?;
        rows.map(|row| {
            let (kind, count, since) = row?;
            let damaged = StoreFault::Damaged("finding");
            match (Kind::from_number(kind), Day::from_number(since)) {
                (Some(kind), Some(since)) => Ok((kind, count.unsigned_abs(), since)),
                _ => Err(damaged),
            }
        })
        .collect()
    }
}

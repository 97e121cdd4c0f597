//! Matching lists that were kept apart with a peer (名单比对, R-100 to R-106).
//!
//! [`people`] says who is on a list, a [`Run`](protocol::exchange::matching::run::Run) is the
//! conversation that the link carries ([`talk`]), and [`result`] keeps what it came to: the people
//! whom both have listed, and, of one's own list, who the other has not. Both sides write down that
//! a matching took place before it shows anything, and what became of it. One that is cut short
//! leaves that line and nothing else.

mod people;
mod result;
mod runs;
mod show;
mod talk;

use std::path::Path;
use std::time::Duration;

use protocol::exchange::matching::frame::Source;
use protocol::refusal::{Code, Lang, Refusal};
use protocol::time::Timestamp;

use super::import::columns::ColumnChoice;
use super::import::named;
use super::import::sheet::{Sheet, column_letters};
use super::register::report;
use super::{Office, lock, view};
use people::Lister;
use runs::Phase;

pub(super) use runs::Matchings;

/// For how many days a sheet that was matched stays on the list with which a peer is answered, so
/// that the other office finds the same people when it brings its own.
const SHEET_DAYS: u64 = 30;
/// For how many days the people of a matching are kept.
const PEOPLE_DAYS: u64 = 90;

/// The list that is laid beside the other region's.
#[derive(Clone, Copy, Debug)]
pub enum MatchList<'a> {
    /// The office's own sheet, with columns as the clerk matched them.
    Sheet(&'a Path, &'a [ColumnChoice]),
    /// Who went there.
    Outflow,
    /// Who came from there.
    Inflow,
}

/// What became of the wish for a matching.
#[derive(Clone)]
pub enum Asked {
    /// The sheet has faults; nothing was sent.
    Faulty(view::MatchCheck),
    /// It is under way: [`Office::matched`] waits for it.
    Begun,
}

impl Office {
    /// Whether lists may be matched with a region now, as far as this side knows.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.paused`, `peer.revoked`, `node.recovering`.
    pub fn may_match_with(&self, region: &str) -> Result<(), Refusal> {
        self.may_match(self.peer_id(self.node_of(region)?)?)
    }

    /// Asks the peer of a region for a matching; a session with it must be open.
    ///
    /// # Errors
    /// `peer.unknown`, `peer.paused`, `peer.revoked`, `node.recovering`, `match.nobody`,
    /// `match.too_large`, `match.busy`; those of reading a table.
    pub fn ask_matching(
        &self,
        region: &str,
        list: MatchList<'_>,
        lang: Lang,
    ) -> Result<Asked, Refusal> {
        let node = self.node_of(region)?;
        let peer = self.peer_id(node)?;
        self.may_match(peer)?;
        let mut rows = Vec::new();
        let source = match list {
            MatchList::Outflow => Source::Outflow,
            MatchList::Inflow => Source::Inflow,
            MatchList::Sheet(file, columns) => {
                let sheet = Sheet::open(file)?;
                let checked = named::read(&sheet, columns, &mut |row| rows.push(row))?;
                if !checked.is_clean() {
                    return Ok(Asked::Faulty(check_view(&checked, lang)));
                }
                Source::Sheet
            }
        };
        let people = self.look(|office, snapshot| {
            let mut lister = Lister::new(office, snapshot);
            match source {
                Source::Sheet => lister.sheet(std::mem::take(&mut rows))?,
                Source::Outflow => lister.gone(peer)?,
                Source::Inflow => lister.come(peer)?,
            }
            lister.finish()
        })?;
        self.begin_asked(peer, node, source, people)?;
        Ok(Asked::Begun)
    }

    /// Waits until the matching that this side asked for is done, and shows it with its first
    /// `limit` people.
    ///
    /// # Errors
    /// Why it ended without a result: a code of `match.…`, `peer.unreachable`.
    pub fn matched(
        &self,
        region: &str,
        timeout: Duration,
        limit: u32,
        reveal: bool,
    ) -> Result<view::Matching, Refusal> {
        let peer = self.peer_id(self.node_of(region)?)?;
        let mut seen = self.changes();
        let until = self.now().after_millis(timeout.as_millis() as u64);
        loop {
            let done = match lock(&self.shared.matchings).phase(peer) {
                Some(Phase::Refused(refusal)) => return Err(refusal.clone()),
                Some(Phase::Done(run)) => Some(*run),
                Some(Phase::Busy | Phase::Running(_)) => None,
                None => return Err(Code::MatchTimeout.into()),
            };
            if let Some(run) = done {
                return self.matching_of(peer, run, limit, reveal);
            }
            if self.now() >= until {
                self.give_up_matching((peer, true), Code::MatchTimeout.into());
                return Err(Code::MatchTimeout.into());
            }
            seen = self.wait_changes(seen, Duration::from_millis(200));
        }
    }
}

fn check_view(checked: &super::import::fault::Checked, lang: Lang) -> view::MatchCheck {
    let report = report(checked, false, lang);
    let columns = checked.columns.iter().map(|(place, header, field)| view::ColumnMatch {
        column: column_letters(*place),
        header: header.clone(),
        field: (*field).to_owned(),
    });
    view::MatchCheck {
        rows: report.rows,
        ok: report.ok,
        warnings: report.warnings,
        errors: report.errors,
        errors_not_listed: report.errors_not_listed,
        columns: columns.collect(),
    }
}

/// That many days before `now`.
fn days_before(now: Timestamp, days: u64) -> Timestamp {
    let millis = now.millis().saturating_sub(days * 24 * 60 * 60 * 1_000);
    Timestamp::from_millis(millis).unwrap_or(Timestamp::MIN)
}

//! The node at a glance.

use protocol::refusal::Refusal;
use protocol::seal::Domain;

use crate::store::rows::Custody;
use crate::store::{SCHEMA_VERSION, Snapshot};

use super::decide::Stop;
use super::{Office, view};

impl Office {
    /// Counts, peers and the state of the store. Addresses are those of the running node, if any.
    pub fn status(
        &self,
        listen: Option<String>,
        http: Option<String>,
    ) -> Result<view::Status, Refusal> {
        self.look(|office, snapshot| {
            let mut roster = view::RosterCounts::default();
            for (custody, count) in snapshot.member_counts()? {
                match custody {
                    Custody::Here => roster.full = count,
                    Custody::Provisional => roster.provisional = count,
                    Custody::InTransit => roster.in_transit = count,
                    Custody::Ended | Custody::Transferred => {}
                }
            }
            roster.away = snapshot.away_count()?;
            let letters = letter_counts(snapshot)?;
            let me = office.me();
            let peers = snapshot.peers()?.iter().map(|row| office.peer_view(row)).collect();
            let mode = if office.is_recovering() { "recovering" } else { "normal" };
            Ok(view::Status {
                region: me.region.to_string(),
                name: me.name.clone(),
                node_id: me.node.to_string(),
                fingerprint: me.node.fingerprint(),
                roster,
                letters,
                peers,
                findings: office.finding_counts(snapshot)?,
                store: view::StoreSize {
                    bytes: office.shared.store.size_bytes(),
                    schema: SCHEMA_VERSION,
                },
                mode: mode.to_owned(),
                rehearsal: me.domain == Domain::Rehearsal,
                now: office.now().to_string(),
                listen,
                http,
                version: env!("CARGO_PKG_VERSION").to_owned(),
            })
        })
    }

    /// How many letters there are, by direction and state.
    pub fn letter_counts(&self) -> Result<view::LetterCounts, Refusal> {
        self.look(|_, snapshot| letter_counts(snapshot))
    }
}

fn letter_counts(snapshot: &Snapshot<'_>) -> Result<view::LetterCounts, Stop> {
    let mut letters = view::LetterCounts::default();
    for (own, state, count) in snapshot.letter_counts()? {
        let side = if own { &mut letters.out } else { &mut letters.incoming };
        side.insert(state.name().to_owned(), count);
    }
    for (own, state, count) in snapshot.paper_counts()? {
        let paper = &mut letters.paper;
        let side = if own { &mut paper.out } else { &mut paper.incoming };
        side.insert(state.name().to_owned(), count);
    }
    Ok(letters)
}

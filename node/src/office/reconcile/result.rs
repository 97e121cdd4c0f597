//! What a comparison came to: signed by each side, and concluded by whichever result comes second
//!

use std::collections::BTreeMap;

use protocol::codec;
use protocol::exchange::reconcile::frame::{Place, Stand};
use protocol::exchange::reconcile::run::Outcome;
use protocol::limits::RESULT_POSITIONS_MAX;
use protocol::refusal::{Code, Refusal};
use protocol::statement::reconcile::{FeedPlace, HeldPosition, ReconcileResult};
use protocol::statement::{Draft, Statement};
use protocol::transfer::position::{LETTER_KIND, LetterPosition};
use sha2::{Digest, Sha256};

use crate::store::Change;
use crate::store::rows::{DifferenceRow, PeerId, PeerRow, ReconciliationRow, Version};

use super::super::decide::{Decision, Stop};
use super::super::{Office, lock, view};
use super::books;
use super::comparisons::{Comparisons, Phase};

impl Office {
    /// Signs what comparisons with a peer came to, as far as its feed is applied. Called when one
    /// is done and whenever something of the feed was taken in. One that cannot be signed is let go
    /// of: it is done again, and nothing else has to wait for it.
    pub(in crate::office) fn sign_outcomes(&self, peer: PeerId) {
        for asked in [true, false] {
            let key = (peer, asked);
            let (number, applied, outcome) = {
                let comparisons = lock(&self.shared.comparisons);
                match comparisons.open.get(&key).map(|one| (one, &one.phase)) {
                    Some((one, Phase::Signing(outcome))) => {
                        (one.number, one.applied, outcome.clone())
                    }
                    _ => continue,
                }
            };
            let signed =
                self.decide(|decision| decision.sign_outcome(peer, asked, applied, &outcome));
            let phase = match signed {
                Ok((None, _)) => continue,
                Ok((Some(run), _)) => Phase::Signed(run),
                Err(refusal) => {
                    let code = refusal.code.text();
                    tracing::warn!(peer = peer.0, code, "a reconciliation is not signed");
                    Phase::Refused(refusal)
                }
            };
            if let Some(one) = lock(&self.shared.comparisons).numbered(key, number)
                && matches!(one.phase, Phase::Signing(_))
            {
                one.phase = phase;
            }
            self.note_change();
            self.forget_concluded(peer);
        }
    }

    /// Lets go of a comparison of ours that both sides have signed.
    pub(in crate::office) fn forget_concluded(&self, peer: PeerId) {
        let key = (peer, true);
        let signed = |comparisons: &Comparisons| match comparisons.open.get(&key)?.phase {
            Phase::Signed(run) => Some(run),
            _ => None,
        };
        let Some(run) = signed(&lock(&self.shared.comparisons)) else { return };
        // Whoever waits for it looks again later, should the store fail now.
        let row = self.look(|_, snapshot| Ok(snapshot.reconciliation(peer, true, true)?));
        if row.is_ok_and(|row| row.is_some_and(|row| row.run == run)) {
            let mut comparisons = lock(&self.shared.comparisons);
            if signed(&comparisons) == Some(run) {
                comparisons.open.remove(&key);
            }
            drop(comparisons);
            self.note_change();
        }
    }

    /// The last comparison with the peer of a region that this side asked for and both signed.
    ///
    /// # Errors
    /// `peer.unknown`, `reconcile.timeout` if there is none.
    pub fn last_reconciliation(&self, region: &str) -> Result<view::Reconciliation, Refusal> {
        let peer = self.peer_id(self.node_of(region)?)?;
        self.look(|office, snapshot| {
            let peer = snapshot.peer(peer)?.ok_or(Code::PeerUnknown)?;
            let row =
                snapshot.reconciliation(peer.id, true, true)?.ok_or(Code::ReconcileTimeout)?;
            let (mine, theirs) = both(&row)?.ok_or(Code::ReconcileTimeout)?;
            Ok(shown(office, &peer, &row, &mine, &theirs))
        })
    }
}

impl Decision<'_> {
    /// Signs an outcome under its name, once; none if the feed is not applied far enough yet.
    /// `floor` is how far it was applied before the peer was asked.
    fn sign_outcome(
        &mut self,
        peer: PeerId,
        asked: bool,
        floor: Option<Place>,
        outcome: &Outcome,
    ) -> Result<Option<[u8; 16]>, Stop> {
        let peer = self.snapshot.peer(peer)?.ok_or(Code::PeerUnknown)?;
        let (mine, theirs) = (&outcome.mine, &outcome.theirs);
        let Stand { own, applied } = books::stand(&peer);
        if floor.is_some_and(|floor| theirs.stand.own < floor) {
            return Err(Refusal::about(Code::ReconcileFalse, "own").into());
        }
        if theirs.stand.applied > own {
            return Err(Refusal::about(Code::ReconcileFalse, "applied").into());
        }
        if applied.incarnation != theirs.stand.own.incarnation || applied < theirs.stand.own {
            return Ok(None);
        }
        let run = name(asked, outcome);
        let Some(mut row) = self.pending(peer.id, asked, run)?.filter(|row| row.mine.is_none())
        else {
            return Ok(Some(run));
        };
        let counted = [mine.stand.own, theirs.stand.own];
        let mut held = Vec::new();
        for locator in outcome.locators.iter().take(RESULT_POSITIONS_MAX) {
            held.extend(books::held_at(self.snapshot, &peer, *locator, counted)?);
        }
        held.truncate(RESULT_POSITIONS_MAX);
        let result = ReconcileResult {
            run,
            by_asker: asked,
            own: place(mine.stand.own),
            applied: place(mine.stand.applied),
            positions: mine.positions,
            fingerprint: mine.fingerprint.to_bytes(),
            differing: u32::try_from(outcome.locators.len()).unwrap_or(u32::MAX),
            held,
        };
        self.sign(&peer, Draft::new(&result), None)?;
        self.reach("reconcile-signed");
        (row.rounds, row.bytes) = (outcome.rounds, outcome.bytes);
        row.mine = Some(codec::encode(&result));
        self.conclude(row)?;
        Ok(Some(run))
    }

    /// Takes the peer's result in; why it cannot be used, if so.
    pub(in crate::office) fn take_result(
        &mut self,
        peer: &PeerRow,
        statement: &Statement,
    ) -> Result<Option<Code>, Stop> {
        let result: ReconcileResult = match statement.body() {
            Ok(result) => result,
            Err(code) => return Ok(Some(code)),
        };
        if !result.is_bounded() {
            return Ok(Some(Code::StatementMalformed));
        }
        let (asked, run) = (!result.by_asker, result.run);
        let Some(mut row) = self.pending(peer.id, asked, run)? else { return Ok(None) };
        // A result that belongs to nothing says nothing, and must not displace what does.
        let known = row.mine.is_some()
            || lock(&self.office.shared.comparisons).expects((peer.id, asked), run);
        if !known {
            tracing::debug!(peer = peer.id.0, "a result of no comparison is passed over");
            return Ok(None);
        }
        self.reach("reconcile-stored");
        row.theirs = Some(codec::encode(&result));
        self.conclude(row)?;
        Ok(None)
    }

    /// What is kept of a comparison that is not done; a half of an older one gives way. None if
    /// this one is done.
    fn pending(
        &self,
        peer: PeerId,
        asked: bool,
        run: [u8; 16],
    ) -> Result<Option<ReconciliationRow>, Stop> {
        let done = self.snapshot.reconciliation(peer, asked, true)?;
        if done.is_some_and(|done| done.run == run) {
            return Ok(None);
        }
        let held = self.snapshot.reconciliation(peer, asked, false)?;
        let version = held.as_ref().map_or(Version::ABSENT, |row| row.version);
        let blank = ReconciliationRow {
            peer,
            asked,
            done: false,
            version,
            run,
            time: self.now,
            mine: None,
            theirs: None,
            rounds: 0,
            bytes: 0,
        };
        Ok(Some(held.filter(|row| row.run == run).unwrap_or(blank)))
    }

    /// Keeps what there is. Once both sides have said theirs, that takes the place of the last one
    /// that was done, and of its differences.
    fn conclude(&mut self, mut row: ReconciliationRow) -> Result<(), Stop> {
        row.time = self.now;
        if let Some((mine, theirs)) = both(&row)? {
            let standing = standing(&mine, &theirs).0;
            let rows = standing
                .into_iter()
                .map(|((kind, id), [mine, theirs])| DifferenceRow {
                    kind,
                    id,
                    mine: mine.map(|held| held.value.clone()),
                    theirs: theirs.map(|held| held.value.clone()),
                    since: self.now,
                    run: row.run,
                })
                .collect();
            self.batch.push(Change::Differences(row.peer, rows));
            let last = self.snapshot.reconciliation(row.peer, row.asked, true)?;
            row.version = last.map_or(Version::ABSENT, |last| last.version);
            row.done = true;
        }
        self.batch.push(Change::Reconciliation(Box::new(row)));
        Ok(())
    }
}

/// The name of a comparison, the same at both ends.
pub(super) fn name(asked: bool, outcome: &Outcome) -> [u8; 16] {
    let (mine, theirs) = (&outcome.mine, &outcome.theirs);
    let (first, second) = if asked { (mine, theirs) } else { (theirs, mine) };
    let name = Sha256::digest([codec::encode(first), codec::encode(second)].concat());
    *name.first_chunk().expect("sixteen of thirty-two bytes")
}

/// What both sides signed, once both have.
fn both(row: &ReconciliationRow) -> Result<Option<(ReconcileResult, ReconcileResult)>, Stop> {
    let read = |bytes: &Vec<u8>| {
        codec::decode(bytes)
            .map_err(|_| Stop::from(crate::store::StoreFault::Damaged("reconciliation")))
    };
    match (&row.mine, &row.theirs) {
        (Some(mine), Some(theirs)) => Ok(Some((read(mine)?, read(theirs)?))),
        _ => Ok(None),
    }
}

/// Positions by key, with what each side holds.
struct Standing<'a>(BTreeMap<(u8, [u8; 32]), [Option<&'a HeldPosition>; 2]>, u64);

/// What differs and stands, and how much of the rest is on its way. The same at both ends, with the
/// sides exchanged.
fn standing<'a>(mine: &'a ReconcileResult, theirs: &'a ReconcileResult) -> Standing<'a> {
    let mut all = BTreeMap::<_, [Option<&HeldPosition>; 2]>::new();
    for (side, result) in [mine, theirs].into_iter().enumerate() {
        for held in &result.held {
            all.entry((held.kind, held.id)).or_default()[side] = Some(held);
        }
    }
    let mut in_flight = 0;
    all.retain(|_, sides| {
        let later = sides.iter().flatten().any(|held| held.later);
        let [mine, theirs] = sides.map(|held| held.map(|held| &held.value));
        let settled = mine == theirs;
        in_flight += u64::from(later || settled);
        !later && !settled
    });
    Standing(all, in_flight)
}

fn place(place: Place) -> FeedPlace {
    FeedPlace { incarnation: place.incarnation, seq: place.seq }
}

fn shown(
    office: &Office,
    peer: &PeerRow,
    row: &ReconciliationRow,
    mine: &ReconcileResult,
    theirs: &ReconcileResult,
) -> view::Reconciliation {
    let Standing(differences, in_flight) = standing(mine, theirs);
    let head = |place: &FeedPlace| view::FeedHead {
        incarnation: place.incarnation.counter,
        seq: place.seq,
    };
    let differences: Vec<view::Difference> = differences
        .into_iter()
        .map(|((kind, id), sides)| {
            difference(kind, &id, sides.map(|held| held.map(|h| &h.value[..])))
        })
        .collect();
    let listed = mine.held.len().max(theirs.held.len()) as u64;
    let not_listed = u64::from(mine.differing.max(theirs.differing)).saturating_sub(listed);
    view::Reconciliation {
        region: peer.region.to_string(),
        agreed: differences.is_empty() && not_listed == 0,
        compared: mine.positions,
        in_flight,
        not_listed,
        heads: view::Heads { mine: head(&mine.own), theirs: head(&theirs.own) },
        differences,
        rounds: row.rounds,
        bytes: row.bytes,
        signed_by: vec![office.me().node.to_string(), peer.node.to_string()],
        at: row.time.to_string(),
    }
}

fn difference(kind: u8, id: &[u8; 32], sides: [Option<&[u8]>; 2]) -> view::Difference {
    let read = |value: Option<&[u8]>| value.and_then(|value| codec::decode(value).ok());
    let [mine, theirs]: [Option<LetterPosition>; 2] = sides.map(read);
    let mut evidence: Vec<String> = [&mine, &theirs]
        .into_iter()
        .flatten()
        .flat_map(|position| {
            let set = &position.set;
            [set.accept, set.release, set.receipt, set.ack, set.refusal, set.void]
        })
        .flatten()
        .map(|hash| hash.to_string())
        .collect();
    evidence.sort_unstable();
    evidence.dedup();
    let show = |position: LetterPosition| view::LetterBelief {
        state: position.state.name().to_owned(),
        member: position.member.to_string(),
        generation: position.generation.0,
        from_org: position.from_org.to_string(),
        to_org: position.to_org.to_string(),
        serial: position.serial.to_string(),
        issued_at: position.issued.to_string(),
        valid_until: position.valid_until.to_string(),
        branch: position.branch.map(|org| org.to_string()),
        roster: format!("{:?}", position.roster),
        statements_lost: position.lost,
    };
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    view::Difference {
        kind: if kind == LETTER_KIND { "letter".to_owned() } else { kind.to_string() },
        key: hex,
        mine: mine.map(show),
        theirs: theirs.map(show),
        evidence,
    }
}

//! What arrives from a peer: verified, judged, answered, and stored in one commit.
//!
//! Whatever waits is judged together, so that one sync serves many entries. An entry that is
//! authentic but cannot be used advances the feed all the same and is answered with `Unusable`
//! an inauthentic one is neither stored nor acknowledged.

mod attached;
pub(super) mod directory;
mod letter;
mod residence;
mod stay;
mod succession;

use std::collections::HashMap;

use protocol::envelope::{Entry, Group, Tip};
use protocol::exchange::feed::{Arrival, FeedCopy, FeedFault};
use protocol::id::{EntryHash, StatementHash};
use protocol::refusal::{Code, Refusal};
use protocol::statement::keys::KeyCert;
use protocol::statement::kind::Kind;
use protocol::statement::notice::Unusable;
use protocol::statement::{Draft, Statement};
use protocol::stay::state::Side;

use crate::store::rows::{
    CaseRowId, FeedRow, LetterRowId, PeerId, PeerRow, PeerState, ReceivedEntry, ResidenceRowId,
    StayRowId,
};
use crate::store::{Change, Expected, FeedSide, Snapshot};

use super::Office;
use super::decide::{Decision, Stop};

/// Room above the quota of the database that is kept for what peers answer.
const RESERVE_BYTES: u64 = 16 * 1024 * 1024;

/// As many entries are judged while whoever wants to commit waits: less than a sync takes.
const BRIEF_ENTRIES: usize = 4;

/// What became of the groups that were handed in.
#[derive(Clone, Debug)]
pub struct Received {
    /// Where our durable copy of the peer's feed ends now: what to acknowledge.
    pub tip: Option<Tip>,
    /// Entries are missing before one of the groups: ask again from the tip.
    pub gap: bool,
}

/// Groups that continue our copy, opened and verified.
struct Opened {
    start: Option<Tip>,
    entries: Vec<Entry>,
    gap: bool,
}

impl Office {
    /// Takes groups of the feed that `peer` signs for us, in the order in which they came.
    ///
    /// # Errors
    /// A refusal ends the session: `seal.invalid`, `feed.fork`, `feed.incarnation`, `feed.key`,
    /// `peer.paused`, `peer.revoked`. Nothing of the faulty group is stored; a fork is kept as
    /// proof.
    pub fn receive(&self, peer: PeerId, groups: &[Group]) -> Result<Received, Refusal> {
        // Receipts and acknowledgements still come when nothing new is begun any more.
        let quota = self.shared.quotas.database_bytes + RESERVE_BYTES;
        if self.shared.store.recent_size_bytes() > quota {
            return Err(Refusal::about(Code::NodeFull, quota));
        }
        let entries: usize = groups.iter().map(Group::len).sum();
        let judge = |decision: &mut Decision<'_>| {
            let row = decision.snapshot.peer(peer)?.ok_or(Code::PeerUnknown)?;
            match row.state {
                PeerState::Active => {}
                PeerState::Revoked => return Err(Code::PeerRevoked.into()),
                _ => return Err(Refusal::about(Code::PeerPaused, row.region).into()),
            }
            let opened = match open(decision, &row, groups)? {
                Ok(opened) => opened,
                Err(fault) => return Ok(Err(decision.keep_proof(&row, fault))),
            };
            decision.take(&row, opened).map(Ok)
        };
        let judged = match entries {
            ..=BRIEF_ENTRIES => self.decide_briefly(judge),
            _ => self.decide(judge),
        };
        let (outcome, _) = judged?;
        self.sign_outcomes(peer);
        self.forget_concluded(peer);
        outcome
    }
}

/// Verifies every group against our copy. The first fault ends it, but what came before it is
/// judged as usual on the next attempt, because it is asked for again.
fn open(
    decision: &Decision<'_>,
    peer: &PeerRow,
    groups: &[Group],
) -> Result<Result<Opened, FeedFault>, Stop> {
    let start = peer.peer_feed.map(tip_of);
    let mut copy = decision.office.copy_of(peer)?;
    let (mut entries, mut gap) = (Vec::<Entry>::new(), false);
    for group in groups {
        let known = |seq| known_hash(decision.snapshot, peer, &entries, seq);
        match copy.judge(group.clone(), known) {
            Ok(Arrival::Continues(news)) => {
                if let Err(fault) = fills(decision.snapshot, peer, &news)? {
                    return Ok(Err(fault));
                }
                copy.tip = news.last().map(entry_tip).or(copy.tip);
                entries.extend(news);
            }
            Ok(Arrival::Known) => {}
            Ok(Arrival::Gap) => gap = true,
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(Opened { start, entries, gap }))
}

/// Whether entries that fill a gap are those that floated there.
fn fills(
    snapshot: &Snapshot<'_>,
    peer: &PeerRow,
    news: &[Entry],
) -> Result<Result<(), FeedFault>, Stop> {
    let (Some(first), Some(last)) = (news.first(), news.last()) else { return Ok(Ok(())) };
    if snapshot.floating_count(peer.id)? == 0 {
        return Ok(Ok(()));
    }
    let seqs = first.header.seq..=last.header.seq;
    let held = snapshot.floating_hashes(peer.id, first.header.incarnation, seqs)?;
    Ok(FeedCopy::fill(news, |seq| held.get(&seq).copied()))
}

pub(super) fn tip_of(feed: FeedRow) -> Tip {
    Tip { incarnation: feed.incarnation, seq: feed.seq, hash: feed.hash }
}

fn entry_tip(entry: &Entry) -> Tip {
    let header = &entry.header;
    Tip { incarnation: header.incarnation, seq: header.seq, hash: entry.hash() }
}

pub(super) fn known_hash(
    snapshot: &Snapshot<'_>,
    peer: &PeerRow,
    news: &[Entry],
    seq: u64,
) -> Option<EntryHash> {
    let fresh = news.iter().find(|entry| entry.header.seq == seq).map(Entry::hash);
    // A failed read counts as not known: the group is then asked for again, never believed.
    fresh.or_else(|| snapshot.entry_hash(peer.peer_feed?.id, seq).ok().flatten())
}

impl Decision<'_> {
    /// Keeps the signed proof of a fault, if it is one, and says what is refused.
    pub(super) fn keep_proof(&mut self, peer: &PeerRow, fault: FeedFault) -> Refusal {
        match fault {
            FeedFault::Inauthentic(code) => Refusal::about(code, peer.region),
            FeedFault::Incarnation => Refusal::about(Code::FeedIncarnation, peer.region),
            FeedFault::Fork(entry) => {
                let refusal = Refusal::about(Code::FeedFork, entry.header.seq);
                self.batch.push(Change::Fault(peer.id, Code::FeedFork, self.now, None, entry));
                refusal
            }
        }
    }

    fn take(&mut self, peer: &PeerRow, opened: Opened) -> Result<Received, Stop> {
        let Opened { start, entries, gap } = opened;
        let tip = entries.last().map(entry_tip).or(start);
        if entries.is_empty() {
            return Ok(Received { tip, gap });
        }
        self.batch.expect(Expected::Peer(peer.id, PeerState::Active));
        self.batch.expect(Expected::PeerFeed(peer.id, start.map_or(0, |tip| tip.seq)));
        let floating = self.snapshot.floating_count(peer.id)?;
        self.batch.expect(Expected::Floating(peer.id, floating));
        if start.is_none() {
            let first = entry_tip(&entries[0]);
            let id = self.office.shared.store.new_feed_id();
            let hash = EntryHash::from_bytes([0; 32]);
            let feed = FeedRow { id, incarnation: first.incarnation, seq: 0, hash, acked: 0 };
            self.batch.push(Change::StartFeed(peer.id, feed, FeedSide::Peer));
        }
        let mut arrival = Judging {
            peer,
            undecided_bytes: None,
            said: HashMap::new(),
            notes: HashMap::new(),
            opened: 0,
        };
        let mut received = Vec::with_capacity(entries.len());
        for entry in entries {
            received.push(self.judge(&mut arrival, entry)?);
        }
        self.batch.push(Change::Receive(peer.id, received));
        Ok(Received { tip, gap })
    }

    /// Judges one authentic entry: what it does here, or why it cannot be used.
    fn judge(&mut self, arrival: &mut Judging<'_>, entry: Entry) -> Result<ReceivedEntry, Stop> {
        let usable = entry.usable(self.office.me().domain);
        let judged = match usable {
            Ok(statement) => {
                let statement = statement.clone();
                self.apply(arrival, &entry, &statement)?
            }
            Err(code) => Judged::unusable(code),
        };
        let case = judged.case;
        if let Some(code) = judged.unusable {
            self.answer_unusable(arrival, &entry, code)?;
        }
        let sealed_block = self.seal_received(&entry)?;
        Ok(ReceivedEntry { entry, sealed_block, case, unusable: judged.unusable })
    }

    fn apply(
        &mut self,
        arrival: &mut Judging<'_>,
        entry: &Entry,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        match statement.kind() {
            None => Ok(Judged::unusable(Code::StatementUnknownKind)),
            Some(Kind::KeyCert) => self.check_cert(arrival.peer, statement),
            Some(Kind::OrgDirectory) => self.take_directory(arrival.peer, statement),
            Some(Kind::Summary) => Ok(match self.take_summary(arrival.peer, statement) {
                Ok(()) => Judged::fine(None),
                Err(code) => Judged::unusable(code),
            }),
            Some(Kind::Unusable) => self.take_unusable(arrival, statement),
            Some(Kind::ReconcileResult) => {
                let refused = self.take_result(arrival.peer, statement)?;
                Ok(refused.map_or(Judged::fine(None), Judged::unusable))
            }
            Some(Kind::Offer) => self.take_offer(arrival, entry, statement),
            Some(kind) if kind.is_attached() => self.take_attached(arrival, entry, statement),
            Some(kind) if kind.is_of_stay() => self.take_of_stay(arrival, entry, statement),
            Some(kind) if kind.is_of_residence() => {
                self.take_of_residence(arrival, entry, statement)
            }
            Some(_) => self.take_letter_statement(arrival, entry, statement),
        }
    }

    /// A certificate in the feed must be the identity's own, for this federation, and name the
    /// signing key that was pinned at pairing.
    fn check_cert(&self, peer: &PeerRow, statement: &Statement) -> Result<Judged, Stop> {
        let pinned = self.office.certified(peer)?;
        let certified = statement.body::<KeyCert>().and_then(|cert| Ok(cert.verified()?.clone()));
        Ok(match certified {
            Ok(keys)
                if keys.domain == pinned.domain && keys.names(&peer.node, &pinned.signing.id()) =>
            {
                Judged::fine(None)
            }
            Ok(_) => Judged::unusable(Code::FeedKey),
            Err(code) => Judged::unusable(code),
        })
    }

    /// The peer could not use something of ours: if it was an Offer or a Succession, the letter
    /// shows it.
    fn take_unusable(
        &mut self,
        arrival: &mut Judging<'_>,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let notice: Unusable = match statement.body() {
            Ok(notice) => notice,
            Err(code) => return Ok(Judged::unusable(code)),
        };
        let Some(id) = statement.fields().letter else {
            let reason = notice.reason().unwrap_or(Code::StatementUnusable);
            return match statement.fields().answers.first() {
                Some(opening) => self.take_unusable_of_case(arrival, *opening, reason),
                None => Ok(Judged::fine(None)),
            };
        };
        let Some(mut row) = self.letter(id)? else {
            return Ok(Judged::fine(None));
        };
        let ours = row.peer == arrival.peer.id;
        let answers = &statement.fields().answers;
        let handed_on = row.core.successions().any(|one| answers.contains(&one.statement));
        if ours && ((row.own && answers.contains(&id.offer())) || handed_on) {
            row.rejected = Some(notice.reason().unwrap_or(Code::StatementUnusable));
            self.put_letter(row.clone());
        }
        Ok(Judged::fine((ours && row.own).then_some(row.id)))
    }

    fn answer_unusable(
        &mut self,
        arrival: &Judging<'_>,
        entry: &Entry,
        code: Code,
    ) -> Result<(), Stop> {
        let statement = entry.content.statement();
        tracing::warn!(
            peer = %arrival.peer.region, seq = entry.header.seq, code = code.text(),
            "an entry cannot be used"
        );
        // Two nodes that each cannot read the other's complaint must not complain for ever.
        if statement.and_then(Statement::kind) == Some(Kind::Unusable) {
            return Ok(());
        }
        let mut draft = Draft::new(&Unusable { entry: entry.hash(), code: code.number() });
        if let Some((letter, statement)) =
            statement.and_then(|statement| Some((statement.letter()?, statement)))
        {
            draft = draft.answering(letter, &[statement.hash()]);
        } else if let Some((opening, statement)) =
            statement.and_then(|statement| Some((opening_of(statement)?, statement)))
        {
            draft = draft.in_case(opening, Some(statement.hash()));
        }
        self.sign(arrival.peer, draft, None)?;
        Ok(())
    }

    /// Private blocks rest under the member's key; a block about nobody is not kept.
    fn seal_received(&mut self, entry: &Entry) -> Result<Option<Vec<u8>>, Stop> {
        let Some(statement) = entry.content.statement() else { return Ok(None) };
        match (statement.fields().member, entry.attachment.block()) {
            (Some(member), Some(block)) if !block.is_empty() => {
                self.seal(member, statement.hash().as_bytes(), block).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// What opened the stay or residence that a statement is of.
fn opening_of(statement: &Statement) -> Option<StatementHash> {
    let stay = statement.stay().map(|stay| stay.opening());
    stay.or(statement.residence().map(|residence| residence.opening()))
}

/// One arrival, as it is judged entry by entry.
struct Judging<'a> {
    peer: &'a PeerRow,
    /// Bytes of undecided Offers of this peer, once they were asked for.
    undecided_bytes: Option<u64>,
    /// What was said in stays and residences and by whom, by the opening: of each that was asked
    /// about, all that is stored; and what came in this arrival.
    said: HashMap<StatementHash, Spoken>,
    /// Corrections and replies that hang on letters, by letter, once they were counted.
    notes: HashMap<LetterRowId, usize>,
    /// Stays and residences that were opened in this arrival.
    opened: u32,
}

/// Who said what in a stay or residence.
#[derive(Default)]
struct Spoken {
    by: HashMap<StatementHash, Side>,
    /// Whether what is stored is among it.
    loaded: bool,
}

/// What an entry turned out to be.
struct Judged {
    case: Option<CaseRowId>,
    unusable: Option<Code>,
}

impl Judged {
    fn fine(letter: Option<LetterRowId>) -> Judged {
        Judged { case: letter.map(CaseRowId::Letter), unusable: None }
    }

    fn of_stay(stay: StayRowId) -> Judged {
        Judged { case: Some(CaseRowId::Stay(stay)), unusable: None }
    }

    fn of_residence(residence: ResidenceRowId) -> Judged {
        Judged { case: Some(CaseRowId::Residence(residence)), unusable: None }
    }

    fn unusable(code: Code) -> Judged {
        Judged { case: None, unusable: Some(code) }
    }
}

#[cfg(test)]
mod tests;

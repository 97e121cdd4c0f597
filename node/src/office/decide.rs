//! Deciding on what is stored, and deciding again when it changed meanwhile.

use protocol::id::{LetterId, MemberRef};
use protocol::limits::{BLOCK_BYTES_MAX, STATEMENT_BYTES_MAX};
use protocol::refusal::{Code, Refusal};
use protocol::statement::Draft;
use protocol::statement::kind::Kind;
use protocol::time::Timestamp;

use crate::store::rows::{CaseRowId, EventRow, LetterRowId, OwnStatement, PeerRow};
use crate::store::{Batch, Change, CommitFault, Committed, Snapshot, StoreFault};

use super::keyring::Keyring;
use super::lookups::Lookups;
use super::working::Members;
use super::{Office, store_refusal};

/// How often a decision is taken again before the node says that it cannot.
const ATTEMPTS_MAX: u32 = 64;

/// Why a decision was not taken: a refusal for people, or a failure of the store.
pub(super) enum Stop {
    Refused(Refusal),
    Store(StoreFault),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

impl From<Code> for Stop {
    fn from(code: Code) -> Stop {
        Stop::Refused(code.into())
    }
}

impl From<StoreFault> for Stop {
    fn from(fault: StoreFault) -> Stop {
        Stop::Store(fault)
    }
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Refusal {
        match stop {
            Stop::Refused(refusal) => refusal,
            Stop::Store(fault) => store_refusal(fault),
        }
    }
}

/// A decision being made: the state it sees, and the batch that grows.
pub(super) struct Decision<'a> {
    pub(super) office: &'a Office,
    pub(super) snapshot: &'a Snapshot<'a>,
    pub(super) now: Timestamp,
    pub(super) batch: Batch,
    pub(super) keyring: Keyring,
    pub(super) members: Members,
    pub(super) lookups: Lookups,
}

impl Office {
    /// Lets `body` decide, commits what it decided, and lets it decide again on the new state as
    /// long as somebody else was faster.
    pub(super) fn decide<T>(
        &self,
        body: impl FnMut(&mut Decision<'_>) -> Result<T, Stop>,
    ) -> Result<(T, Committed), Refusal> {
        self.decide_reading(false, body)
    }

    /// The same for one letter, or as little: what is decided on is in memory if nobody commits,
    /// and whoever wants to commit waits until it is decided.
    pub(super) fn decide_briefly<T>(
        &self,
        body: impl FnMut(&mut Decision<'_>) -> Result<T, Stop>,
    ) -> Result<(T, Committed), Refusal> {
        self.decide_reading(true, body)
    }

    fn decide_reading<T>(
        &self,
        briefly: bool,
        mut body: impl FnMut(&mut Decision<'_>) -> Result<T, Stop>,
    ) -> Result<(T, Committed), Refusal> {
        let store = &self.shared.store;
        for _ in 0..ATTEMPTS_MAX {
            let on = |snapshot: &Snapshot<'_>| {
                let mut decision = Decision {
                    office: self,
                    snapshot,
                    now: self.now(),
                    batch: Batch::new(),
                    keyring: Keyring::default(),
                    members: Members::default(),
                    lookups: Lookups::default(),
                };
                Ok(body(&mut decision).map(|value| {
                    let Decision { mut batch, members, .. } = decision;
                    members.finish(&mut batch);
                    (value, batch)
                }))
            };
            let decided = if briefly { store.read_briefly(on) } else { store.read(on) };
            let (value, mut batch) = match decided {
                Ok(Ok(decided)) => decided,
                Ok(Err(Stop::Refused(refusal))) => return Err(refusal),
                Ok(Err(Stop::Store(fault))) | Err(fault) => return Err(store_refusal(fault)),
            };
            if batch.is_empty() {
                return Ok((value, Committed::default()));
            }
            if let Some(act) = &self.act {
                let objects = batch.objects();
                batch.push(act.line(self.now(), &objects));
            }
            match store.commit(batch) {
                Ok(committed) => {
                    self.note_change();
                    self.act.iter().for_each(|act| act.is_written());
                    return Ok((value, committed));
                }
                Err(CommitFault::Stale) => {
                    tracing::debug!("a decision was overtaken and is taken again");
                }
                Err(CommitFault::Store(fault)) => return Err(store_refusal(fault)),
            }
        }
        Err(Refusal::about(Code::Internal, "the same rows change without end"))
    }
}

impl Decision<'_> {
    /// Signs `draft` for `peer`, with its private block sealed for rest under the member's key.
    pub(super) fn sign(
        &mut self,
        peer: &PeerRow,
        draft: Draft,
        letter: Option<LetterRowId>,
    ) -> Result<Signed, Stop> {
        self.sign_in(peer, draft, letter.map(CaseRowId::Letter))
    }

    /// The same, in a letter or in a stay.
    pub(super) fn sign_in(
        &mut self,
        peer: &PeerRow,
        draft: Draft,
        case: Option<CaseRowId>,
    ) -> Result<Signed, Stop> {
        self.may_decide()?;
        let kind = draft.kind();
        let quota = self.office.shared.quotas.database_bytes;
        let begins_something = matches!(kind, Kind::Offer | Kind::ReconcileResult);
        if begins_something && self.office.shared.store.recent_size_bytes() > quota {
            return Err(Refusal::about(Code::NodeFull, quota).into());
        }
        let parties = self.office.parties(peer.node);
        let stated = draft.finish(&parties, self.now, self.office.entropy().bytes());
        let (hash, member) = (stated.statement.hash(), stated.statement.fields().member);
        let block = stated.attachment.block().unwrap_or_default();
        if block.len() > BLOCK_BYTES_MAX || stated.statement.bytes().len() > STATEMENT_BYTES_MAX {
            return Err(Refusal::about(Code::MemberHandOvers, kind.name()).into());
        }
        let sealed_block = match member.filter(|_| !block.is_empty()) {
            Some(member) => Some(self.seal(member, hash.as_bytes(), block)?),
            None => None,
        };
        let statement = stated.statement.clone();
        let own = OwnStatement { peer: peer.id, stated, sealed_block, case };
        self.batch.push(Change::Sign(Box::new(own)));
        if let Some(CaseRowId::Letter(letter)) = case {
            self.batch.push(Change::Decide(letter, kind));
        }
        match kind {
            Kind::Offer => self.reach("offer-signed"),
            Kind::Accept => self.reach("accept-signed"),
            Kind::Release => self.reach("release-signed"),
            Kind::Receipt => self.reach("receipt-signed"),
            Kind::Ack => self.reach("ack-signed"),
            _ => {}
        }
        Ok(Signed { statement })
    }

    /// Refuses to decide over a membership while this node is behind what it signed before.
    pub(super) fn may_decide(&self) -> Result<(), Stop> {
        if self.office.is_recovering() {
            return Err(Refusal::about(Code::NodeRecovering, self.office.me().region).into());
        }
        Ok(())
    }

    /// Marks that this decision is one of the named commits of a hand-over.
    pub(super) fn reach(&mut self, point: &'static str) {
        self.batch.reach(point);
    }

    /// Adds a line to a member's history.
    pub(super) fn note(&mut self, member: MemberRef, kind: &str, detail: Option<String>) {
        self.batch.push(Change::Event(Box::new(EventRow {
            id: 0,
            time: self.now,
            member: Some(member),
            letter: None,
            kind: kind.to_owned(),
            org: None,
            by: self.office.me().region.to_string(),
            detail,
        })));
    }
}

/// A statement that this decision signs.
pub(super) struct Signed {
    pub(super) statement: protocol::statement::Statement,
}

impl Signed {
    /// The letter that an Offer opens.
    pub(super) fn letter(&self) -> LetterId {
        LetterId::of_offer(self.statement.hash())
    }
}

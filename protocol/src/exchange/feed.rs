//! One side's copy of the feed that a peer signs for it: what continues it, what repeats it, and
//! what proves a fault.
//!
//! The copy itself lies in the node's store; here are only the decisions.

use crate::envelope::{Entry, Group, Tip};
use crate::id::{EntryHash, NodeId};
use crate::refusal::Code;
use crate::seal::{Domain, PublicKey};
use crate::statement::keys::{CertifiedKeys, KeyCert};

/// The feed of one author for one audience, as the audience holds it.
#[derive(Clone, Debug)]
pub struct FeedCopy {
    /// The federation.
    pub domain: Domain,
    /// Whose feed.
    pub author: NodeId,
    /// Whose copy.
    pub audience: NodeId,
    /// The author's certified signing key.
    pub key: PublicKey,
    /// The last entry held; none before the first.
    pub tip: Option<Tip>,
}

/// What a group means for the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// These entries, all verified, continue the copy: store them, then acknowledge.
    Continues(Vec<Entry>),
    /// Nothing new; acknowledge again.
    Known,
    /// Entries before it are missing: ask again from the tip.
    Gap,
}

/// Why a group is not taken. Nothing of it is stored as part of the copy, or acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedFault {
    /// The bytes are not what the author sealed, or not addressed like this feed.
    Inauthentic(Code),
    /// The author sealed two entries for one place: here is the one that we did not have.
    Fork(Box<Entry>),
    /// The entry belongs to a life of the feed that we know nothing of, or to a dead one.
    Incarnation,
}

impl FeedCopy {
    /// Judges `group`. `known` gives the hash of the entry held at a number up to the tip.
    pub fn judge(
        &self,
        group: Group,
        known: impl Fn(u64) -> Option<EntryHash>,
    ) -> Result<Arrival, FeedFault> {
        let first = group.first;
        if first.author != self.author || first.audience != self.audience {
            return Err(FeedFault::Inauthentic(Code::StatementParty));
        }
        let last_seq = group.last_seq();
        let entries = group.open(self.domain, &self.key).map_err(FeedFault::Inauthentic)?;
        let tip = self.tip.unwrap_or(Tip::start(first.incarnation));
        if first.incarnation != tip.incarnation {
            return Err(FeedFault::Incarnation);
        }
        if first.seq == 0 {
            return Err(FeedFault::Inauthentic(Code::SessionFrame));
        }
        if first.seq > tip.seq + 1 {
            return Ok(Arrival::Gap);
        }
        // What is committed together is sealed together, so our copy always ends with a group: one
        // that lies across its end was sealed anew, and could not be kept whole.
        if first.seq <= tip.seq && last_seq > tip.seq {
            return Err(FeedFault::Inauthentic(Code::SessionFrame));
        }
        let before = first.seq - 1;
        let expected = if before == tip.seq { Some(tip.hash) } else { known_at(&known, before) };
        if expected != Some(first.prev) {
            let entry = entries.into_iter().next().expect("a group has entries");
            return Err(FeedFault::Fork(Box::new(entry)));
        }
        if first.seq > tip.seq {
            return Ok(Arrival::Continues(entries));
        }
        match entries.into_iter().find(|entry| known(entry.header.seq) != Some(entry.hash())) {
            Some(other) => Err(FeedFault::Fork(Box::new(other))),
            None => Ok(Arrival::Known),
        }
    }

    /// Verifies an entry that came alone, above the tip: a code from paper. It *floats*: it acts at
    /// once, and filling the gap must reproduce its hash. At or below the tip it must be the
    /// entry that we hold.
    pub fn judge_alone(
        &self,
        entry: &Entry,
        known: impl Fn(u64) -> Option<EntryHash>,
    ) -> Result<Alone, FeedFault> {
        let header = &entry.header;
        if header.author != self.author || header.audience != self.audience {
            return Err(FeedFault::Inauthentic(Code::StatementParty));
        }
        entry.verifies(self.domain, &self.key).map_err(FeedFault::Inauthentic)?;
        if header.seq == 0 {
            return Err(FeedFault::Inauthentic(Code::SessionFrame));
        }
        match self.tip {
            Some(tip) if header.incarnation != tip.incarnation => Err(FeedFault::Incarnation),
            Some(tip) if header.seq <= tip.seq => {
                if known(header.seq) == Some(entry.hash()) {
                    Ok(Alone::Known)
                } else {
                    Err(FeedFault::Fork(Box::new(entry.clone())))
                }
            }
            _ => Ok(Alone::Floats),
        }
    }

    /// Checks entries that now fill a gap against those that floated above it.
    pub fn fill(
        entries: &[Entry],
        floating: impl Fn(u64) -> Option<EntryHash>,
    ) -> Result<(), FeedFault> {
        for entry in entries {
            if floating(entry.header.seq).is_some_and(|hash| hash != entry.hash()) {
                return Err(FeedFault::Fork(Box::new(entry.clone())));
            }
        }
        Ok(())
    }
}

fn known_at(known: &impl Fn(u64) -> Option<EntryHash>, seq: u64) -> Option<EntryHash> {
    if seq == 0 { Some(EntryHash::from_bytes([0; 32])) } else { known(seq) }
}

/// What an entry that came alone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// We hold it already.
    Known,
    /// It verifies above the tip.
    Floats,
}

/// The keys in the first entry of a feed, which verify that very entry. A certificate for
/// the other federation counts for nothing here.
pub fn keys_of_first(
    group: &Group,
    domain: Domain,
    author: &NodeId,
) -> Result<CertifiedKeys, Code> {
    let statement = group.first_statement().ok_or(Code::StatementMalformed)?;
    let cert: KeyCert = statement.body()?;
    let keys = cert.verified()?;
    if keys.domain != domain {
        return Err(Code::StatementDomain);
    }
    if keys.node == *author { Ok(keys.clone()) } else { Err(Code::StatementParty) }
}

#[cfg(test)]
#[path = "feed/tests.rs"]
mod tests;

//! Addressed, chained, sealed: how a statement rides in a feed, and how a feed's head is signed.
//!
//! A [`Group`] is what was committed together and travels together: one signature, the constants
//! once, the statements as they are. Opened, it gives [`Entry`]s that each stand alone as evidence.
//! Whether an entry continues the feed that we hold is decided in [`crate::exchange::feed`].

use crate::codec::{self, Decode, Encode, Malformed};
use crate::id::{EntryHash, Incarnation, KeyId, NodeId};
use crate::limits::{
    BLOCK_BYTES_MAX, GROUP_BYTES_MAX, GROUP_ENTRIES_MAX, GROUP_ENTRIES_WITH_OFFER_MAX,
    STATEMENT_BYTES_MAX,
};
use crate::refusal::Code;
use crate::seal::{self, Domain, PublicKey, Purpose, Seal, Signature, Signer};
use crate::statement::attachment::Attachment;
use crate::statement::kind::Kind;
use crate::statement::{Parties, Stated, Statement};
use crate::time::Timestamp;

/// A position in one feed: its last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Tip {
    /// Which life of the feed.
    pub incarnation: Incarnation,
    /// The last entry's number; 0 before the first.
    pub seq: u64,
    /// The last entry's hash; zeros before the first of a first life.
    pub hash: EntryHash,
}

impl Tip {
    /// The position before the first entry.
    pub fn start(incarnation: Incarnation) -> Tip {
        Tip { incarnation, seq: 0, hash: EntryHash::from_bytes([0; 32]) }
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// Whose feed.
    pub author: NodeId,
    /// For whom.
    pub audience: NodeId,
    /// The signing key.
    pub key: KeyId,
    /// Which life of the feed.
    pub incarnation: Incarnation,
    /// From 1, without gaps.
    pub seq: u64,
    /// The hash of the entry before.
    pub prev: EntryHash,
}

/// What an entry carries. A sealed entry whose bytes are no statement is still authentic: its place
/// in the feed counts, and the feed behind it goes on.
#[expect(clippy::large_enum_variant, reason = "the small variant is the rare one")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A statement; whether it is usable is another question.
    Statement(Statement),
    /// Bytes that are no statement to this build.
    Unreadable(Vec<u8>),
}

impl Content {
    /// Takes the bytes for what they are.
    pub fn read(bytes: Vec<u8>) -> Content {
        match Statement::read(&bytes) {
            Ok(statement) => Content::Statement(statement),
            Err(_) => Content::Unreadable(bytes),
        }
    }

    /// The bytes, as sealed.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Content::Statement(statement) => statement.bytes(),
            Content::Unreadable(bytes) => bytes,
        }
    }

    /// The statement, if the bytes are one.
    pub fn statement(&self) -> Option<&Statement> {
        match self {
            Content::Statement(statement) => Some(statement),
            Content::Unreadable(_) => None,
        }
    }
}

/// One entry, complete: evidence that needs nothing but the author's key certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub header: Header,
    /// What it says.
    pub content: Content,
    /// The private part.
    pub attachment: Attachment,
    /// What makes it authentic.
    pub seal: Seal,
    hash: EntryHash,
}

#[derive(Encode, Decode)]
struct EntryBytes {
    header: Header,
    statement: Vec<u8>,
    attachment: Attachment,
    seal: Seal,
}

impl Entry {
    /// Puts an entry together from its parts, as a store keeps them.
    pub fn from_parts(
        header: Header,
        statement: Vec<u8>,
        attachment: Attachment,
        seal: Seal,
    ) -> Entry {
        Placed::new(header, Content::read(statement), attachment).sealed(seal)
    }

    /// The Merkle leaf over header and statement; names the entry.
    pub fn hash(&self) -> EntryHash {
        self.hash
    }

    /// Whether the seal holds under `key` and the block is the committed one. Says nothing about
    /// the entry's place, or whether it can be used.
    pub fn verifies(&self, domain: Domain, key: &PublicKey) -> Result<(), Code> {
        let sealed = key.id() == self.header.key && self.seal.verifies(key, domain, &self.hash);
        if sealed && is_committed(&self.content, &self.attachment) {
            Ok(())
        } else {
            Err(Code::SealInvalid)
        }
    }

    /// The statement, if it belongs into this entry: readable, of the federation, and between the
    /// parties of the feed. An authentic entry that fails here is unusable.
    pub fn usable(&self, domain: Domain) -> Result<&Statement, Code> {
        let statement = self.content.statement().ok_or(Code::StatementMalformed)?;
        let fields = statement.fields();
        if fields.domain != domain {
            return Err(Code::StatementDomain);
        }
        let parties = fields.author == self.header.author
            && fields.audience == self.header.audience
            && fields.author != fields.audience;
        if parties { Ok(statement) } else { Err(Code::StatementParty) }
    }

    /// The same without its private block: as authentic, and about nobody.
    pub fn without_block(&self) -> Entry {
        let attachment = Attachment::erased(*self.attachment.salt());
        Entry { attachment, ..self.clone() }
    }

    /// The entry as bytes, for evidence files.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(&EntryBytes {
            header: self.header,
            statement: self.content.bytes().to_vec(),
            attachment: self.attachment.clone(),
            seal: self.seal.clone(),
        })
    }

    /// Reads what [`Entry::to_bytes`] wrote. Nothing is verified yet.
    pub fn read(bytes: &[u8]) -> Result<Entry, Malformed> {
        let parts: EntryBytes = codec::decode(bytes)?;
        Ok(Entry::from_parts(parts.header, parts.statement, parts.attachment, parts.seal))
    }
}

fn is_committed(content: &Content, attachment: &Attachment) -> bool {
    content.statement().is_none_or(|statement| attachment.fits(&statement.fields().commitment))
}

/// An entry that has its place but no seal yet.
struct Placed {
    header: Header,
    content: Content,
    attachment: Attachment,
    hash: EntryHash,
}

impl Placed {
    fn new(header: Header, content: Content, attachment: Attachment) -> Placed {
        let hash = seal::leaf(&codec::encode(&header), content.bytes());
        Placed { header, content, attachment, hash }
    }

    fn sealed(self, seal: Seal) -> Entry {
        let Placed { header, content, attachment, hash } = self;
        Entry { header, content, attachment, seal, hash }
    }

    fn is_offer(&self) -> bool {
        self.content.statement().and_then(Statement::kind) == Some(Kind::Offer)
    }
}

fn seal_all(placed: Vec<Placed>, leaves: &[EntryHash], signature: Signature) -> Vec<Entry> {
    let seals = Seal::of_group(signature, leaves);
    placed.into_iter().zip(seals).map(|(placed, seal)| placed.sealed(seal)).collect()
}

/// Entries sealed together, as they travel.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Group {
    /// Where the first entry stands; the others follow.
    pub first: Header,
    signature: Signature,
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Item {
    statement: Vec<u8>,
    attachment: Attachment,
}

impl Group {
    /// The group that these entries, all of one seal and in order, came from.
    ///
    /// # Panics
    /// If `entries` is not exactly one whole group.
    pub fn of(entries: Vec<Entry>) -> Group {
        let (first, seal) = (entries[0].header, entries[0].seal.clone());
        assert_eq!(entries.len(), usize::from(seal.size), "a group travels whole");
        let item = |entry: Entry| Item {
            statement: entry.content.bytes().to_vec(),
            attachment: entry.attachment,
        };
        Group { first, signature: seal.signature, items: entries.into_iter().map(item).collect() }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it has none, which no valid group does.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes of its statements and private blocks.
    pub fn bytes(&self) -> usize {
        let block = |item: &Item| item.attachment.block().map_or(0, <[u8]>::len);
        self.items.iter().map(|item| item.statement.len() + block(item)).sum()
    }

    /// The number of the last entry.
    pub fn last_seq(&self) -> u64 {
        self.first.seq.saturating_add(self.items.len() as u64).saturating_sub(1)
    }

    /// The statement of the first entry, unverified: the first group of a feed carries there the
    /// certificate of the key that it is verified with.
    pub fn first_statement(&self) -> Option<Statement> {
        self.items.first().and_then(|item| Statement::read(&item.statement).ok())
    }

    /// Verifies the seal, the chain inside the group and the commitments, and gives the entries
    /// . Whether they continue what we hold is the feed's question.
    pub fn open(self, domain: Domain, key: &PublicKey) -> Result<Vec<Entry>, Code> {
        if self.items.is_empty() || self.items.len() > GROUP_ENTRIES_MAX {
            return Err(Code::SessionFrame);
        }
        if self.first.key != key.id() {
            return Err(Code::FeedKey);
        }
        let mut header = self.first;
        let mut placed = Vec::with_capacity(self.items.len());
        for item in self.items {
            if item.statement.len() > STATEMENT_BYTES_MAX {
                return Err(Code::SessionFrame);
            }
            let next = Placed::new(header, Content::read(item.statement), item.attachment);
            header.seq = header.seq.checked_add(1).ok_or(Code::SessionFrame)?;
            header.prev = next.hash;
            placed.push(next);
        }
        if placed.len() > GROUP_ENTRIES_WITH_OFFER_MAX && placed.iter().any(Placed::is_offer) {
            return Err(Code::SessionFrame);
        }
        let leaves: Vec<EntryHash> = placed.iter().map(|placed| placed.hash).collect();
        let sealed = seal::verify_group(key, domain, &leaves, &self.signature);
        if !sealed || !placed.iter().all(|one| is_committed(&one.content, &one.attachment)) {
            return Err(Code::SealInvalid);
        }
        Ok(seal_all(placed, &leaves, self.signature))
    }
}

/// Chains and seals statements that are being committed together, in as few groups as the bounds
/// allow, and moves `tip` to the last of them.
///
/// # Panics
/// If a statement or its block is longer than its audience may take: an author that sealed it would
/// block its own feed for ever.
pub fn seal_entries(
    tip: &mut Tip,
    parties: &Parties,
    signer: &Signer,
    stated: Vec<Stated>,
) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(stated.len());
    let mut rest = stated.into_iter().peekable();
    while rest.peek().is_some() {
        let (mut group, mut room) = (Vec::new(), Room::of_empty_group());
        while let Some(next) = rest.next_if(|next| room.take(next)) {
            let header = Header {
                author: parties.author,
                audience: parties.audience,
                key: signer.public().id(),
                incarnation: tip.incarnation,
                seq: tip.seq + 1,
                prev: tip.hash,
            };
            let placed = Placed::new(header, Content::Statement(next.statement), next.attachment);
            (tip.seq, tip.hash) = (header.seq, placed.hash);
            group.push(placed);
        }
        let leaves: Vec<EntryHash> = group.iter().map(|placed| placed.hash).collect();
        let signature = signer.seal_group(parties.domain, &leaves);
        entries.extend(seal_all(group, &leaves, signature));
    }
    entries
}

/// What still fits into a group that is being filled.
struct Room {
    taken: usize,
    entries_max: usize,
    bytes: usize,
}

impl Room {
    /// A group's header, signature and count, generously.
    const AROUND_GROUP_BYTES: usize = 256;
    /// An item's salt, lengths and tags, generously.
    const AROUND_ITEM_BYTES: usize = 64;

    fn of_empty_group() -> Room {
        let bytes = GROUP_BYTES_MAX - Self::AROUND_GROUP_BYTES;
        Room { taken: 0, entries_max: GROUP_ENTRIES_MAX, bytes }
    }

    /// Takes the room for `next`, if it has it.
    fn take(&mut self, next: &Stated) -> bool {
        let statement = next.statement.bytes().len();
        let block = next.attachment.block().map_or(0, <[u8]>::len);
        let bytes = statement + block + Self::AROUND_ITEM_BYTES;
        assert!(
            statement <= STATEMENT_BYTES_MAX
                && block <= BLOCK_BYTES_MAX
                && bytes <= GROUP_BYTES_MAX - Self::AROUND_GROUP_BYTES,
            "what is stated was bounded before"
        );
        let entries_max = match next.statement.kind() {
            Some(Kind::Offer) => GROUP_ENTRIES_WITH_OFFER_MAX,
            _ => self.entries_max,
        };
        let fits = self.taken < entries_max && bytes <= self.bytes;
        if fits {
            (self.taken, self.entries_max) = (self.taken + 1, entries_max);
            self.bytes -= bytes;
        }
        fits
    }
}

/// What an author says its feed ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// The federation.
    pub domain: Domain,
    /// Whose feed.
    pub author: NodeId,
    /// For whom.
    pub audience: NodeId,
    /// The last entry.
    pub tip: Tip,
    /// When the author said so.
    pub time: Timestamp,
}

/// A head with the author's signature: travels in every Hello and courier file, and is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedHead {
    head: Head,
    key: KeyId,
    signature: Signature,
}

impl SignedHead {
    /// Signs `head`.
    pub fn sign(head: Head, signer: &Signer) -> SignedHead {
        let signature = signer.sign(head.domain, Purpose::Head, &codec::encode(&head));
        SignedHead { head, key: signer.public().id(), signature }
    }

    /// The head, if `key` signed it. Which federation and whose feed it speaks of is the reader's
    /// question.
    pub fn verified(&self, key: &PublicKey) -> Option<&Head> {
        let message = codec::encode(&self.head);
        let signed = self.key == key.id()
            && key.verifies(self.head.domain, Purpose::Head, &message, &self.signature);
        signed.then_some(&self.head)
    }
}

#[cfg(test)]
#[path = "envelope/tests.rs"]
mod tests;

//! Feeds at rest: entries in their order, groups as they were sealed.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use protocol::envelope::{Entry, Group, Header, Tip, seal_entries};
use protocol::id::{EntryHash, KeyId, NodeId};
use protocol::limits::LETTER_NOTES_MAX;
use protocol::refusal::Code;
use protocol::seal::{Seal, Signature, Signer};
use protocol::statement::Parties;
use protocol::statement::attachment::Attachment;
use protocol::statement::kind::{Kind, KindNumber};
use protocol::time::Timestamp;

use super::columns::{ENTRY, place};
use super::rows::{
    CaseRowId, FeedId, FeedRow, LetterRowId, LetterStatementRow, OwnStatement, PeerId,
    ReceivedEntry,
};
use super::{Growth, SignedPlace, Snapshot, StoreFault, floating, peers};

const SEQ_BITS: u32 = 40;

/// The highest number that an entry of a feed can have here.
pub const SEQ_MAX: u64 = (1 << SEQ_BITS) - 1;

pub(super) fn key_of(feed: FeedId, seq: u64) -> i64 {
    (feed.0 << SEQ_BITS) | i64::try_from(seq).unwrap_or(i64::MAX >> 24)
}

fn seq_of(key: i64) -> u64 {
    key as u64 & ((1 << SEQ_BITS) - 1)
}

fn feed_of(key: i64) -> FeedId {
    FeedId(key >> SEQ_BITS)
}

/// Numbers, chains and seals what the batches of one transaction signed for one peer, and gives
/// each statement's place, with the index of its batch, and what the feed grows by.
pub(super) fn seal(
    transaction: &Transaction<'_>,
    signer: &Signer,
    peer: PeerId,
    signed: Vec<(usize, OwnStatement)>,
) -> Result<(Vec<(usize, SignedPlace)>, Growth), StoreFault> {
    let feed = peers::own_feed(transaction, peer)?;
    let mut tip = Tip { incarnation: feed.incarnation, seq: feed.seq, hash: feed.hash };
    let fields = signed[0].1.stated.statement.fields();
    let (domain, author, audience) = (fields.domain, fields.author, fields.audience);
    let mut rests = Vec::with_capacity(signed.len());
    let mut stated = Vec::with_capacity(signed.len());
    for (index, own) in signed {
        rests.push((index, own.sealed_block, own.case));
        stated.push(own.stated);
    }
    let sealed = seal_entries(&mut tip, &Parties { domain, author, audience }, signer, stated);
    let mut places = Vec::with_capacity(sealed.len());
    let (mut groups, mut group) = (Vec::new(), Vec::new());
    for (entry, (index, block, case)) in sealed.into_iter().zip(rests) {
        let (seq, hash) = (entry.header.seq, entry.hash());
        put(transaction, feed.id, &entry, &Rest { block, case, unusable: None })?;
        places.push((index, SignedPlace { peer, seq, entry: hash }));
        let last = entry.seal.index + 1 == entry.seal.size;
        group.push(entry);
        if last {
            groups.push(Group::of(std::mem::take(&mut group)));
        }
    }
    peers::move_feed(transaction, feed.id, &tip)?;
    Ok((places, Growth { peer, audience, tip, groups }))
}

/// Continues the copy of a peer's feed with verified entries.
pub(super) fn receive(
    connection: &Connection,
    peer: PeerId,
    received: Vec<ReceivedEntry>,
) -> rusqlite::Result<()> {
    let feed = peers::current_peer_feed(connection, peer)?;
    let mut tip = None;
    for one in received {
        let header = &one.entry.header;
        tip =
            Some(Tip { incarnation: header.incarnation, seq: header.seq, hash: one.entry.hash() });
        let rest = Rest { block: one.sealed_block, case: one.case, unusable: one.unusable };
        put(connection, feed, &one.entry, &rest)?;
    }
    match tip {
        Some(tip) => {
            floating::settle(connection, peer, &tip)?;
            peers::move_feed(connection, feed, &tip)
        }
        None => Ok(()),
    }
}

/// What rests beside an entry.
struct Rest {
    block: Option<Vec<u8>>,
    case: Option<CaseRowId>,
    unusable: Option<Code>,
}

fn put(connection: &Connection, feed: FeedId, entry: &Entry, rest: &Rest) -> rusqlite::Result<()> {
    let kind = entry.content.statement().map_or(0, |statement| statement.fields().kind.0);
    let first = entry.seal.index == 0;
    let signature = first.then(|| protocol::codec::encode(&entry.seal.signature));
    let lost = entry.attachment.block().is_none()
        || (rest.block.is_none() && entry.attachment.block().is_some_and(|b| !b.is_empty()));
    connection
        .prepare_cached(
            "INSERT INTO entry (id, hash, kind, letter, key, statement, salt, block, erased, size,
                                place, signature, unusable)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            key_of(feed, entry.header.seq),
            entry.hash().as_bytes(),
            kind,
            rest.case.map(CaseRowId::number),
            entry.header.key.as_bytes(),
            entry.content.bytes(),
            entry.attachment.salt(),
            rest.block,
            lost,
            entry.seal.size,
            entry.seal.index,
            signature,
            rest.unusable.map(Code::number),
        ])?;
    Ok(())
}

/// The first proof of a fault is enough: a peer that repeats it, or varies it, fills no disk. It
/// proves as much without its private block, which is nobody's business here.
pub(super) fn put_fault(
    connection: &Connection,
    peer: PeerId,
    code: Code,
    time: Timestamp,
    letter: Option<LetterRowId>,
    entry: &Entry,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO fault (peer, code, time, letter, hash, entry)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS
                 (SELECT 1 FROM fault WHERE peer = ?1 AND code = ?2 AND letter IS ?4)",
        )?
        .execute(params![
            peer.0,
            code.number(),
            time.millis() as i64,
            letter.map(|letter| letter.0),
            entry.hash().as_bytes(),
            entry.without_block().to_bytes()
        ])?;
    Ok(())
}

/// A stored entry whose private block is still sealed.
struct StoredEntry {
    id: i64,
    hash: EntryHash,
    key: KeyId,
    statement: Vec<u8>,
    salt: [u8; 16],
    block: Option<Vec<u8>>,
    erased: bool,
    size: u8,
    place: u8,
    signature: Option<Signature>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    let signature: Option<Vec<u8>> = row.get(const { place(ENTRY, "signature") })?;
    Ok(StoredEntry {
        id: row.get(const { place(ENTRY, "id") })?,
        hash: EntryHash::from_bytes(row.get(const { place(ENTRY, "hash") })?),
        key: KeyId::from_bytes(row.get(const { place(ENTRY, "key") })?),
        statement: row.get(const { place(ENTRY, "statement") })?,
        salt: row.get(const { place(ENTRY, "salt") })?,
        block: row.get(const { place(ENTRY, "block") })?,
        erased: row.get(const { place(ENTRY, "erased") })?,
        size: row.get(const { place(ENTRY, "size") })?,
        place: row.get(const { place(ENTRY, "place") })?,
        signature: signature.and_then(|bytes| protocol::codec::decode(&bytes).ok()),
    })
}

/// Nothing for a kind that this build does not know.
fn letter_statement(row: &Row<'_>) -> rusqlite::Result<Option<LetterStatementRow>> {
    let entry = stored(row)?;
    let kind: u16 = row.get(const { place(ENTRY, "kind") })?;
    let unusable: Option<u16> = row.get(const { place(ENTRY, "unusable") })?;
    // Joined behind the columns of the entry.
    let own = row.get(ENTRY.len())?;
    Ok(Kind::from_number(KindNumber(kind)).map(|kind| LetterStatementRow {
        kind,
        statement: entry.statement,
        sealed_block: entry.block,
        erased: entry.erased,
        own,
        seq: seq_of(entry.id),
        unusable: unusable.and_then(Code::from_number),
    }))
}

/// The newest statements of a case, our own and the peer's, of one kind or of any.
pub(super) fn case_statements(
    connection: &Connection,
    case: i64,
    kind: Option<Kind>,
    own: Option<bool>,
    limit: u32,
) -> Result<Vec<LetterStatementRow>, StoreFault> {
    let mut statement = connection.prepare_cached(
        "SELECT entry.*, feed.own FROM entry JOIN feed ON feed.id = entry.id >> 40
         WHERE letter = ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR own = ?3)
         ORDER BY entry.id DESC LIMIT ?4",
    )?;
    let kind = kind.map(|kind| kind.number().0);
    let rows = statement.query_map(params![case, kind, own, limit], letter_statement)?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// The highest number in a feed of ours of what belongs to a case; 0 for none.
pub(super) fn last_own_seq(connection: &Connection, case: i64) -> Result<u64, StoreFault> {
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT max(entry.id & ?2) FROM entry JOIN feed ON feed.id = entry.id >> 40
             WHERE letter = ?1 AND own = 1",
        )?
        .query_row(params![case, SEQ_MAX as i64], |row| row.get(0))?;
    Ok(last.map_or(0, i64::unsigned_abs))
}

/// One whole group as stored; the caller opens the private blocks.
pub struct GroupRows {
    author: NodeId,
    audience: NodeId,
    feed: FeedRow,
    prev: EntryHash,
    rows: Vec<StoredEntry>,
}

impl GroupRows {
    /// The number of its last entry.
    pub fn last_seq(&self) -> u64 {
        self.rows.last().map_or(0, |row| seq_of(row.id))
    }

    /// The entries, with their private blocks opened by `open` (given the statement and the sealed
    /// block; none once the member's key is erased) and their paths derived from the group's
    /// hashes.
    pub fn entries<E>(
        self,
        mut open: impl FnMut(&[u8], &[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<Entry>, GroupFault<E>> {
        let hashes: Vec<EntryHash> = self.rows.iter().map(|row| row.hash).collect();
        let whole = self.rows.first().filter(|row| usize::from(row.size) == hashes.len());
        let signature = whole.and_then(|row| row.signature).ok_or(GroupFault::Damaged)?;
        let seals = Seal::of_group(signature, &hashes);
        let mut prev = self.prev;
        let mut entries = Vec::with_capacity(hashes.len());
        for (row, seal) in self.rows.into_iter().zip(seals) {
            let header = Header {
                author: self.author,
                audience: self.audience,
                key: row.key,
                incarnation: self.feed.incarnation,
                seq: seq_of(row.id),
                prev,
            };
            let attachment = match (row.erased, row.block) {
                (true, _) => Attachment::erased(row.salt),
                (false, None) => Attachment::new(row.salt, Vec::new()),
                (false, Some(sealed)) => {
                    match open(&row.statement, &sealed).map_err(GroupFault::Block)? {
                        Some(block) => Attachment::new(row.salt, block),
                        None => Attachment::erased(row.salt),
                    }
                }
            };
            let entry = Entry::from_parts(header, row.statement, attachment, seal);
            if entry.hash() != row.hash {
                return Err(GroupFault::Damaged);
            }
            prev = row.hash;
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// Why a stored group cannot be given back.
#[derive(Debug)]
pub enum GroupFault<E> {
    /// The rows are not what was sealed.
    Damaged,
    /// A private block does not open.
    Block(E),
}

impl Snapshot<'_> {
    /// Whole groups of a feed, from the one that contains the entry after `after` on, until
    /// `bytes_max` of statements are reached; at least one group if there is one.
    pub fn groups(
        &self,
        feed: &FeedRow,
        parties: (NodeId, NodeId),
        after: u64,
        bytes_max: usize,
    ) -> Result<Vec<GroupRows>, StoreFault> {
        let wanted = key_of(feed.id, after + 1);
        let place: Option<i64> = self
            .connection
            .prepare_cached("SELECT place FROM entry WHERE id = ?1")?
            .query_row([wanted], |row| row.get(0))
            .optional()?;
        let Some(place) = place else { return Ok(Vec::new()) };
        let start = wanted - place;
        let mut prev = self.hash_at(feed, seq_of(start) - 1)?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM entry WHERE id >= ?1 AND id < ?2 ORDER BY id")?;
        let mut rows = statement.query([start, key_of(FeedId(feed.id.0 + 1), 0)])?;
        let (mut groups, mut bytes, mut current) = (Vec::new(), 0, Vec::new());
        while let Some(row) = rows.next()? {
            let row = stored(row)?;
            bytes += row.statement.len() + row.block.as_ref().map_or(0, Vec::len) + 64;
            let (last, hash) = (row.place + 1 == row.size, row.hash);
            current.push(row);
            if last {
                let (author, audience) = parties;
                let rows = std::mem::take(&mut current);
                groups.push(GroupRows { author, audience, feed: *feed, prev, rows });
                prev = hash;
                if bytes >= bytes_max {
                    break;
                }
            }
        }
        Ok(groups)
    }

    /// The hash of the entry at `seq`; zeros at 0.
    pub fn hash_at(&self, feed: &FeedRow, seq: u64) -> Result<EntryHash, StoreFault> {
        self.entry_hash(feed.id, seq)?.ok_or(StoreFault::Damaged("entry"))
    }

    /// The hash of the entry at `seq`, if we hold it; zeros at 0.
    pub fn entry_hash(&self, feed: FeedId, seq: u64) -> Result<Option<EntryHash>, StoreFault> {
        if seq == 0 {
            return Ok(Some(EntryHash::from_bytes([0; 32])));
        }
        let hash = self
            .connection
            .prepare_cached("SELECT hash FROM entry WHERE id = ?1")?
            .query_row([key_of(feed, seq)], |row| row.get::<_, [u8; 32]>(0))
            .optional()?;
        Ok(hash.map(EntryHash::from_bytes))
    }

    /// The statements of a letter, our own and the peer's, in the order in which they were stored
    /// on each side; an Offer that floats among them.
    pub fn letter_statements(
        &self,
        letter: LetterRowId,
    ) -> Result<Vec<LetterStatementRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT entry.*, feed.own FROM entry JOIN feed ON feed.id = entry.id >> 40
             WHERE letter = ?1 AND kind < ?2 ORDER BY kind, entry.id LIMIT 32",
        )?;
        let below = Kind::Correction.number().0;
        let rows = statement.query_map(params![letter.0, below], letter_statement)?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let mut found: Vec<LetterStatementRow> = rows.into_iter().flatten().collect();
        if !found.iter().any(|row| row.kind == Kind::Offer) {
            found.extend(self.floating_offer(letter)?);
            found.sort_by_key(|row| row.kind.number().0);
        }
        Ok(found)
    }

    /// The usable Corrections and Replies that hang on a letter's statements, our own and the
    /// peer's, newest first.
    pub fn letter_notes(&self, letter: LetterRowId) -> Result<Vec<LetterStatementRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT entry.*, feed.own FROM entry JOIN feed ON feed.id = entry.id >> 40
             WHERE letter = ?1 AND kind IN (?2, ?3) AND entry.unusable IS NULL
             ORDER BY entry.id DESC LIMIT ?4",
        )?;
        let [correction, reply] = [Kind::Correction, Kind::Reply].map(|kind| kind.number().0);
        let limit = 2 * LETTER_NOTES_MAX as u64;
        let rows = statement
            .query_map(params![letter.0, correction, reply, limit as i64], letter_statement)?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// The Offer of a letter, if it is held.
    pub fn letter_offer(
        &self,
        letter: LetterRowId,
    ) -> Result<Option<LetterStatementRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT entry.*, feed.own FROM entry JOIN feed ON feed.id = entry.id >> 40
             WHERE letter = ?1 AND kind = ?2 ORDER BY entry.id LIMIT 1",
        )?;
        let found = statement
            .query_row(params![letter.0, Kind::Offer.number().0], letter_statement)
            .optional()?;
        match found.flatten() {
            Some(offer) => Ok(Some(offer)),
            None => self.floating_offer(letter),
        }
    }

    /// The usable entries of `kind` that belong to a letter: feed and number.
    pub fn letter_entries(
        &self,
        letter: LetterRowId,
        kind: Kind,
    ) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id FROM entry WHERE letter = ?1 AND kind = ?2 AND unusable IS NULL",
        )?;
        let keys = statement
            .query_map(params![letter.0, kind.number().0], |row| row.get::<_, i64>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(keys.into_iter().map(|key| (feed_of(key), seq_of(key))).collect())
    }

    /// How many faults of peers are proven.
    pub fn fault_count(&self) -> Result<u64, StoreFault> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM fault")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

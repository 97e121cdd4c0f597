//! One signed fact: its fields, its bytes and its hash, which always belong together.
//!
//! The body of a statement stays opaque here, so that a statement of a kind that this build does
//! not know can still be stored, acknowledged and judged again after an upgrade. Each
//! family of kinds has its own file; [`kind`] is the numbered table of all of them.

pub mod attachment;
pub mod custody;
pub mod directory;
pub mod keys;
pub mod kind;
pub mod mobility;
pub(crate) mod named;
pub mod notice;
pub mod reconcile;
pub mod residence;
pub mod summary;

use sha2::{Digest, Sha256};

use crate::codec::{self, Decode, Encode, Malformed};
use crate::id::{Generation, LetterId, MemberRef, NodeId, StatementHash};
use crate::limits::{ANSWERS_MAX, BODY_BYTES_MAX, CLOCK_AHEAD_MS_MAX, STATEMENT_BYTES_MAX};
use crate::refusal::Code;
use crate::seal::Domain;
use crate::time::Timestamp;

use attachment::{Attachment, Commitment};
use kind::{Kind, KindNumber};

/// The fields that every statement has.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Fields {
    /// The federation; also the first bytes of every statement.
    pub domain: Domain,
    /// Which kind of fact, by the table of kinds.
    pub kind: KindNumber,
    /// Who states it.
    pub author: NodeId,
    /// To whom.
    pub audience: NodeId,
    /// When, by the author's clock.
    pub time: Timestamp,
    /// The letter it is about; none for an Offer, whose own hash is the letter's id.
    pub letter: Option<LetterId>,
    /// The member it is about.
    pub member: Option<MemberRef>,
    /// The generation of the membership that it is about.
    pub generation: Option<Generation>,
    /// The statements that it answers, by hash.
    pub answers: Vec<StatementHash>,
    /// The public fields of the kind, encoded.
    pub body: Vec<u8>,
    /// To the private block, which may be empty but is always committed to.
    pub commitment: Commitment,
}

/// One signed fact, as its bytes: what was received is what is hashed, stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    fields: Fields,
    bytes: Vec<u8>,
    hash: StatementHash,
}

impl Statement {
    /// The statement with these fields.
    pub fn new(fields: Fields) -> Statement {
        let bytes = codec::encode(&fields);
        let hash = hash_of(&bytes);
        Statement { fields, bytes, hash }
    }

    /// Reads a statement from its bytes, within every bound but without judging its meaning.
    pub fn read(bytes: &[u8]) -> Result<Statement, Malformed> {
        if bytes.len() > STATEMENT_BYTES_MAX {
            return Err(Malformed::Unreadable);
        }
        let fields: Fields = codec::decode(bytes)?;
        if fields.answers.len() > ANSWERS_MAX || fields.body.len() > BODY_BYTES_MAX {
            return Err(Malformed::Unreadable);
        }
        Ok(Statement { fields, bytes: bytes.to_vec(), hash: hash_of(bytes) })
    }

    /// The fields.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes.
    pub fn hash(&self) -> StatementHash {
        self.hash
    }

    /// Whether it claims to be from the future. Only what opens a case is refused for that:
    /// a later statement refused for its author's clock would leave the case half done.
    pub fn is_ahead_of(&self, now: Timestamp) -> bool {
        self.fields.time > now.after_millis(CLOCK_AHEAD_MS_MAX)
    }

    /// The letter it belongs to: the named one, or the one that it opens.
    pub fn letter(&self) -> Option<LetterId> {
        match self.kind() {
            Some(Kind::Offer) => Some(LetterId::of_offer(self.hash)),
            _ => self.fields.letter,
        }
    }

    /// Its kind, if this build knows it.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_number(self.fields.kind)
    }

    /// The public fields as those of `B`; refused if the bytes are not exactly that.
    pub fn body<B: Body>(&self) -> Result<B, Code> {
        if self.kind() != Some(B::KIND) {
            return Err(Code::StatementMalformed);
        }
        codec::decode(&self.fields.body).map_err(|_| Code::StatementMalformed)
    }
}

fn hash_of(bytes: &[u8]) -> StatementHash {
    StatementHash::from_bytes(Sha256::digest(bytes).into())
}

/// The public fields of one kind.
pub trait Body: Encode + Decode<()> {
    /// The kind they belong to.
    const KIND: Kind;
}

/// A statement about to be made: everything but the parties' constants.
#[derive(Clone, Debug)]
pub struct Draft {
    kind: Kind,
    letter: Option<LetterId>,
    member: Option<MemberRef>,
    generation: Option<Generation>,
    answers: Vec<StatementHash>,
    body: Vec<u8>,
    block: Vec<u8>,
}

impl Draft {
    /// A draft with these public fields, about no letter.
    pub fn new<B: Body>(body: &B) -> Draft {
        Draft {
            kind: B::KIND,
            letter: None,
            member: None,
            generation: None,
            answers: Vec::new(),
            body: codec::encode(body),
            block: Vec::new(),
        }
    }

    /// The same, about this membership.
    #[must_use]
    pub fn about(mut self, member: MemberRef, generation: Generation) -> Draft {
        (self.member, self.generation) = (Some(member), Some(generation));
        self
    }

    /// The same, belonging to this letter and answering these statements.
    #[must_use]
    pub fn answering(mut self, letter: LetterId, answers: &[StatementHash]) -> Draft {
        (self.letter, self.answers) = (Some(letter), answers.to_vec());
        self
    }

    /// The same, about a person whose membership it does not concern.
    #[must_use]
    pub fn concerning(mut self, member: MemberRef) -> Draft {
        self.member = Some(member);
        self
    }

    /// The same, belonging to the stay or residence with this opening, and answering something
    /// further of it.
    #[must_use]
    pub fn in_case(mut self, opening: StatementHash, answered: Option<StatementHash>) -> Draft {
        self.answers = [Some(opening), answered].into_iter().flatten().collect();
        self
    }

    /// The same, with this private block.
    #[must_use]
    pub fn with_block(mut self, block: Vec<u8>) -> Draft {
        self.block = block;
        self
    }

    /// The kind being drafted.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The finished statement and what travels beside it.
    pub fn finish(self, parties: &Parties, time: Timestamp, salt: [u8; 16]) -> Stated {
        let attachment = Attachment::new(salt, self.block);
        let statement = Statement::new(Fields {
            domain: parties.domain,
            kind: self.kind.number(),
            author: parties.author,
            audience: parties.audience,
            time,
            letter: self.letter,
            member: self.member,
            generation: self.generation,
            answers: self.answers,
            body: self.body,
            commitment: attachment.commitment(),
        });
        Stated { statement, attachment }
    }
}

/// Who writes to whom, in which federation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parties {
    /// The federation.
    pub domain: Domain,
    /// The writer.
    pub author: NodeId,
    /// The reader.
    pub audience: NodeId,
}

/// A statement with its private block: what a feed carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The public, signed part.
    pub statement: Statement,
    /// The private part, bound by the commitment.
    pub attachment: Attachment,
}

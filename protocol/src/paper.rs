//! A letter as one code on paper: the Offer with all that verifies it, so that a reader needs
//! nothing but the issuer's NodeId.
//!
//! The code says nothing twice: author, audience and federation stand in the statement alone. How
//! it is drawn and read from a picture is the node's business; what the Offer does is that of
//! [`crate::transfer`], and what its place in the feed means that of [`crate::exchange::feed`].

use crate::base45;
use crate::codec::{self, Decode, Encode};
use crate::envelope::{Entry, Header};
use crate::id::{EntryHash, Incarnation, NodeId, RegionCode};
use crate::limits::{CODE_CHARS_MAX, GROUP_ENTRIES_WITH_OFFER_MAX};
use crate::private::Private;
use crate::refusal::Code;
use crate::seal::{PublicKey, Seal, Signature};
use crate::statement::Statement;
use crate::statement::attachment::Attachment;
use crate::statement::keys::{CertifiedKeys, KeyCert};
use crate::statement::kind::Kind;
use crate::time::Timestamp;

/// What every code begins with: what it is, and the version of its form.
pub const PREFIX: &str = "DK1:";

/// The Offer of a letter and the certificate of its author's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperCode {
    entry: Entry,
    cert: KeyCert,
}

/// The code's bytes, in the order of R-71.
#[derive(Encode, Decode)]
struct CodeBytes {
    incarnation: Incarnation,
    seq: u64,
    prev: EntryHash,
    statement: Vec<u8>,
    salt: [u8; 16],
    block: Private<Vec<u8>>,
    seal: Seal,
    region: RegionCode,
    region_name: String,
    signing: PublicKey,
    tls: PublicKey,
    agreement: [u8; 32],
    valid_from: Timestamp,
    signature: Signature,
}

impl PaperCode {
    /// The code of this Offer, sealed by a key that `cert` names.
    ///
    /// # Errors
    /// `statement.erased` if the private block is gone: such an Offer cannot be accepted;
    /// `feed.key` if the certificate is not that of the seal; `statement.malformed` if the entry is
    /// no Offer; `code.too_large` if no QR code holds it.
    pub fn of(entry: Entry, cert: KeyCert) -> Result<PaperCode, Code> {
        if entry.attachment.block().is_none() {
            return Err(Code::StatementErased);
        }
        let code = PaperCode { entry, cert };
        code.verified()?;
        if code.to_text().len() > CODE_CHARS_MAX { Err(Code::PaperTooLarge) } else { Ok(code) }
    }

    /// The text that the code carries: [`PREFIX`], then Base45.
    pub fn to_text(&self) -> String {
        let (keys, signature) = self.cert.parts();
        let header = &self.entry.header;
        let bytes = codec::encode(&CodeBytes {
            incarnation: header.incarnation,
            seq: header.seq,
            prev: header.prev,
            statement: self.entry.content.bytes().to_vec(),
            salt: *self.entry.attachment.salt(),
            block: Private::new(self.entry.attachment.block().unwrap_or_default().to_vec()),
            seal: self.entry.seal.clone(),
            region: keys.region,
            region_name: keys.region_name.clone(),
            signing: keys.signing,
            tls: keys.tls,
            agreement: keys.agreement,
            valid_from: keys.valid_from,
            signature: *signature,
        });
        format!("{PREFIX}{}", base45::encode(&bytes))
    }

    /// Reads what [`PaperCode::to_text`] wrote; blanks around it and line ends inside are the
    /// carrier's, not the code's. Nothing is verified yet.
    ///
    /// # Errors
    /// `code.unreadable`.
    pub fn read(text: &str) -> Result<PaperCode, Code> {
        if text.len() > 2 * CODE_CHARS_MAX {
            return Err(Code::PaperUnreadable);
        }
        let text: String = text.trim().chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        let body = text.strip_prefix(PREFIX).filter(|_| text.len() <= CODE_CHARS_MAX);
        let bytes = body.and_then(base45::decode).ok_or(Code::PaperUnreadable)?;
        let parts: CodeBytes = codec::decode(&bytes).map_err(|_| Code::PaperUnreadable)?;
        let statement = Statement::read(&parts.statement).map_err(|_| Code::PaperUnreadable)?;
        let fields = statement.fields();
        let keys = CertifiedKeys {
            domain: fields.domain,
            node: fields.author,
            region: parts.region,
            region_name: parts.region_name,
            signing: parts.signing,
            tls: parts.tls,
            agreement: parts.agreement,
            valid_from: parts.valid_from,
        };
        let header = Header {
            author: fields.author,
            audience: fields.audience,
            key: parts.signing.id(),
            incarnation: parts.incarnation,
            seq: parts.seq,
            prev: parts.prev,
        };
        let attachment = Attachment::new(parts.salt, parts.block.reveal().clone());
        let entry = Entry::from_parts(header, parts.statement, attachment, parts.seal);
        Ok(PaperCode { entry, cert: KeyCert::from_parts(keys, parts.signature) })
    }

    /// Who issued the letter, if [`PaperCode::verified`] says so.
    pub fn issuer(&self) -> NodeId {
        self.entry.header.author
    }

    /// The Offer at its place in the issuer's feed.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The issuer's keys and its Offer, if all of it is as the issuer signed it: the certificate by
    /// the identity key, the seal by the certified key, the block by its commitment. Whether
    /// the issuer is known, and what the Offer is worth today, is the reader's question.
    ///
    /// # Errors
    /// `feed.key`, `seal.invalid`, `statement.party`, `statement.malformed`.
    pub fn verified(&self) -> Result<(&CertifiedKeys, &Statement), Code> {
        let keys = self.cert.verified()?;
        if !keys.names(&self.entry.header.author, &self.entry.header.key) {
            return Err(Code::FeedKey);
        }
        // A larger group with an Offer is refused by every feed, so its gap could never be filled.
        if usize::from(self.entry.seal.size) > GROUP_ENTRIES_WITH_OFFER_MAX {
            return Err(Code::SealInvalid);
        }
        self.entry.verifies(keys.domain, &keys.signing)?;
        let statement = self.entry.usable(keys.domain)?;
        if statement.kind() != Some(Kind::Offer) || self.entry.header.seq == 0 {
            return Err(Code::StatementMalformed);
        }
        Ok((keys, statement))
    }
}

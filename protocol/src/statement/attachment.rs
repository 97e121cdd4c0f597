//! The private part of a statement and the commitment that binds it.

use sha2::{Digest, Sha256};

use crate::codec::{Decode, Encode};
use crate::limits::BLOCK_BYTES_MAX;
use crate::private::Private;

/// SHA-256 over salt and private block: signed with the statement, useless for guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Commitment([u8; 32]);

/// What travels and rests beside a statement. Erasing the block keeps every signature valid.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attachment {
    salt: [u8; 16],
    block: Block,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
enum Block {
    Present(Private<Vec<u8>>),
    Erased,
}

impl Attachment {
    /// The block under a fresh random salt. An empty block is committed to as well, so that nobody
    /// can tell from outside which statements carry one.
    pub fn new(salt: [u8; 16], block: Vec<u8>) -> Attachment {
        Attachment { salt, block: Block::Present(Private::new(block)) }
    }

    /// What is left when the block is erased by retention or by right.
    pub fn erased(salt: [u8; 16]) -> Attachment {
        Attachment { salt, block: Block::Erased }
    }

    /// The salt.
    pub fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The block, unless it was erased.
    pub fn block(&self) -> Option<&[u8]> {
        match &self.block {
            Block::Present(block) => Some(block.reveal()),
            Block::Erased => None,
        }
    }

    /// The commitment to the present block; to an empty one after erasure.
    pub fn commitment(&self) -> Commitment {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(self.block().unwrap_or_default());
        Commitment(hash.finalize().into())
    }

    /// Whether this is what `commitment` was made for. An erased block fits every commitment, and
    /// proves nothing.
    pub fn fits(&self, commitment: &Commitment) -> bool {
        match &self.block {
            Block::Present(block) => {
                block.reveal().len() <= BLOCK_BYTES_MAX && self.commitment() == *commitment
            }
            Block::Erased => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// the commitment binds salt and block, and erasure keeps it checkable by nobody.
    #[test]
    fn a_commitment_binds_the_block() {
        let whole = Attachment::new([1; 16], b"block".to_vec());
        let commitment = whole.commitment();
        assert!(whole.fits(&commitment));
        assert!(!Attachment::new([1; 16], b"blocK".to_vec()).fits(&commitment));
        assert!(!Attachment::new([2; 16], b"block".to_vec()).fits(&commitment));
        let erased = Attachment::erased([1; 16]);
        assert!(erased.fits(&commitment) && erased.block().is_none());
    }
}

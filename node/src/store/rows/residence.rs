//! Rows of residences, and of what two organisations of ours said to each other.

use protocol::refusal::Code;
use protocol::residence::state::Residence;
use protocol::statement::kind::Kind;

use super::{PeerId, Version};

/// The row number of a residence; letters, stays and residences are numbered together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResidenceRowId(pub i64);

/// A residence, with what this node needs beside the shared state.
#[derive(Clone, Debug)]
pub struct ResidenceRow {
    /// The row.
    pub id: ResidenceRowId,
    /// How often it was written.
    pub version: Version,
    /// Whether the member is ours: the unit is here.
    pub own: bool,
    /// The other side; none if unit and community are both ours.
    pub peer: Option<PeerId>,
    /// The shared state.
    pub core: Residence,
    /// What the resident told the community, sealed.
    pub card: Option<Vec<u8>>,
    /// Why the other side could not use what we said last, if so.
    pub rejected: Option<Code>,
}

impl ResidenceRow {
    /// Whether the community is here.
    pub fn is_community_here(&self) -> bool {
        !self.own || self.peer.is_none()
    }
}

/// What was said between two organisations of ours: nobody else is told, so nothing is signed.
#[derive(Clone, Debug)]
pub struct LocalStatementRow {
    /// Where.
    pub residence: ResidenceRowId,
    /// Its kind.
    pub kind: Kind,
    /// Its bytes.
    pub statement: Vec<u8>,
    /// Its private block, sealed; none if empty.
    pub sealed_block: Option<Vec<u8>>,
}

//! Rows of stays.

use protocol::refusal::Code;
use protocol::stay::modes::{IntakeMode, ManagementMode};
use protocol::stay::state::{Side, Stay};
use protocol::time::Day;

use super::{PeerId, StayRowId, Version};

/// A stay, with what this node needs beside the shared state.
#[derive(Clone, Debug)]
pub struct StayRow {
    /// The row.
    pub id: StayRowId,
    /// How often it was written.
    pub version: Version,
    /// Whether the member is ours: this node is the origin.
    pub own: bool,
    /// The other side.
    pub peer: PeerId,
    /// The shared state.
    pub core: Stay,
    /// Why the other side could not use our latest statement that it refused, if one was.
    pub rejected: Option<Code>,
    /// What this node keeps about it for itself.
    pub kept: StayKept,
}

/// What an office notes about a stay for itself: no statement says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StayKept {
    /// The day on which the household moved to the place (户口迁出), at the origin.
    pub settled: Option<Day>,
    /// How the destination took the member in.
    pub intake: Option<IntakeMode>,
    /// How much of the managing the destination does.
    pub management: Option<ManagementMode>,
}

impl StayRow {
    /// The side that this node is.
    pub fn side(&self) -> Side {
        if self.own { Side::Origin } else { Side::Destination }
    }
}

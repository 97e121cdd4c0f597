//! A peer's directory of organisations.

use protocol::refusal::Code;
use protocol::statement::Statement;
use protocol::statement::directory::{OrgDirectory, OrgListing};

use crate::store::rows::{PeerId, PeerOrgRow, PeerRow};
use crate::store::{Batch, Change};

use super::super::decide::{Decision, Stop};
use super::Judged;

impl Decision<'_> {
    /// Applies one part; with the last part of a revision, what older ones had is dropped.
    pub(super) fn take_directory(
        &mut self,
        peer: &PeerRow,
        statement: &Statement,
    ) -> Result<Judged, Stop> {
        let directory: OrgDirectory = match statement.body() {
            Ok(directory) => directory,
            Err(code) => return Ok(Judged::unusable(code)),
        };
        if !directory.is_well_formed() || !directory.is_of(peer.region) {
            return Ok(Judged::unusable(Code::OrgInvalid));
        }
        if directory.revision < peer.directory_revision {
            return Ok(Judged::fine(None));
        }
        let last = directory.part + 1 == directory.parts;
        put_listings(&mut self.batch, peer.id, directory.revision, directory.orgs);
        if last {
            self.batch.push(Change::PeerOrgsBefore(peer.id, directory.revision));
        }
        Ok(Judged::fine(None))
    }
}

/// Writes what a peer says of its organisations.
pub(in crate::office) fn put_listings(
    batch: &mut Batch,
    peer: PeerId,
    revision: u64,
    orgs: Vec<OrgListing>,
) {
    for org in orgs {
        let row = PeerOrgRow {
            code: org.code,
            name: org.name,
            kind: org.kind,
            parent: org.parent,
            may_transfer: org.may_transfer,
            aliases: org.aliases,
        };
        batch.push(Change::PeerOrg(peer, Box::new(row), revision));
    }
}

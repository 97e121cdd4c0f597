//! 双报到: members of ours who live in another community, and those of others who live in ours; also
//! both inside this region.
//!
//! What may be said is decided by `protocol::residence`; here it is loaded, signed and stored.
//! Inside the region nobody else is told, so what was said is kept and not signed.

mod follow;
mod opinions;
mod say;
mod show;

use protocol::refusal::{Code, Refusal};
use protocol::statement::{Draft, Statement};
use protocol::stay::state::Side;

use crate::store::Change;
use crate::store::rows::{CaseRowId, LocalStatementRow, PeerRow, ResidenceRow, ResidenceRowId};

use super::decide::{Decision, Stop};
use super::peers::writable;

pub use say::{CardRequest, FeedbackRequest, IntroductionRequest};

/// A residence with its other side; none inside the region.
pub(super) struct Case {
    pub(super) row: ResidenceRow,
    pub(super) peer: Option<PeerRow>,
}

impl Case {
    /// Refuses what only the other side may say.
    fn speaks_for(&self, side: Side) -> Result<(), Refusal> {
        let here = match side {
            Side::Origin => self.row.own,
            Side::Destination => self.row.is_community_here(),
        };
        let refused = || Refusal::about(Code::ResidenceNotOwn, self.row.core.id);
        if here { Ok(()) } else { Err(refused()) }
    }
}

impl Decision<'_> {
    /// The residence whose id begins with `text`, to say something in it.
    pub(super) fn residence_to_change(&mut self, text: &str) -> Result<Case, Stop> {
        let row = self.snapshot.named_residence(text)?;
        let Some(peer) = row.peer else { return Ok(Case { row, peer: None }) };
        let found = self.snapshot.peer(peer)?;
        let peer = found.ok_or_else(|| Refusal::about(Code::PeerUnknown, peer.0))?;
        writable(&peer)?;
        Ok(Case { row, peer: Some(peer) })
    }

    /// Signs a statement of ours for the other side; what two organisations of ours say to each
    /// other is kept as it is.
    fn state_in(
        &mut self,
        id: ResidenceRowId,
        peer: Option<&PeerRow>,
        draft: Draft,
    ) -> Result<Statement, Stop> {
        if let Some(peer) = peer {
            let signed = self.sign_in(peer, draft, Some(CaseRowId::Residence(id)))?;
            return Ok(signed.statement);
        }
        self.may_decide()?;
        let parties = self.office.parties(self.office.me().node);
        let stated = draft.finish(&parties, self.now, self.office.entropy().bytes());
        let (statement, block) = (stated.statement, stated.attachment);
        let sealed_block = match (statement.fields().member, block.block()) {
            (Some(member), Some(block)) if !block.is_empty() => {
                Some(self.seal(member, statement.hash().as_bytes(), block)?)
            }
            _ => None,
        };
        self.batch.push(Change::LocalStatement(Box::new(LocalStatementRow {
            residence: id,
            kind: statement.kind().ok_or(Code::StatementUnknownKind)?,
            statement: statement.bytes().to_vec(),
            sealed_block,
        })));
        Ok(statement)
    }
}

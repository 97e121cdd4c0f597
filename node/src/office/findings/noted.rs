//! Findings that an arrival makes and no row tells afterwards: a receipt for a letter that nobody
//! issued, and hand-overs signed by nodes that are unknown here.

use protocol::findings::{Finding, Kind};
use protocol::id::{MemberRef, NodeId};
use protocol::refusal::Refusal;
use protocol::statement::Statement;

use crate::office::Office;
use crate::office::decide::{Decision, Stop};
use crate::store::Change;
use crate::store::findings::{About, FindingFilter, FindingPlace, FindingRow, FindingRows};
use crate::store::rows::PeerRow;

/// Findings of one kind that are read at once.
const AGAIN: u32 = 1_000;

impl Decision<'_> {
    /// A peer sent a receipt for a letter that this node does not know. However many it sends, they
    /// are one finding, with the first of them as evidence.
    pub(crate) fn note_stray_receipt(
        &mut self,
        peer: &PeerRow,
        receipt: &Statement,
    ) -> Result<(), Stop> {
        let Some(org) = self.snapshot.top_org()? else { return Ok(()) };
        let row = FindingRow {
            about: About::Peer,
            subject: peer.id.0,
            finding: Finding::noted(Kind::ReceiptWithoutLetter, org, self.now.day()),
            member: None,
            shown: Some(peer.region.to_string()),
            evidence: vec![*receipt.hash().as_bytes()],
        };
        self.batch.push(Change::FindingAgain(Box::new(row)));
        Ok(())
    }

    /// Earlier hand-overs of a member were signed by these nodes; those that are neither this one
    /// nor a peer are a finding.
    pub(crate) fn note_origins(
        &mut self,
        member: MemberRef,
        origins: Vec<NodeId>,
    ) -> Result<(), Stop> {
        let mut unknown = Vec::new();
        for node in origins {
            if !self.is_trusted(node)? {
                unknown.push(*node.as_bytes());
            }
        }
        let held = if unknown.is_empty() { None } else { self.member(member)? };
        let Some(held) = held else { return Ok(()) };
        unknown.dedup();
        let row = FindingRow {
            about: About::Member,
            subject: held.id.0,
            finding: Finding::noted(Kind::ProvenanceUnverified, held.org, self.now.day()),
            member: Some(held.id),
            shown: None,
            evidence: unknown,
        };
        self.replace_findings(&[Kind::ProvenanceUnverified], row);
        Ok(())
    }

    fn replace_findings(&mut self, kinds: &'static [Kind], row: FindingRow) {
        let (about, subject) = (row.about, row.subject);
        let rows = FindingRows { about, subject, kinds, rows: vec![row] };
        self.batch.push(Change::Findings(Box::new(rows)));
    }
}

impl Office {
    /// Drops what was found about nodes that are peers by now.
    pub(crate) fn follow_origins(&self) -> Result<(), Refusal> {
        self.decide(|decision| {
            let filter = FindingFilter {
                kind: Kind::ProvenanceUnverified,
                today: decision.now.day(),
                overdue: false,
                orgs: None,
                few: false,
            };
            let mut begin = FindingPlace { raised: i32::MIN, ..FindingPlace::default() };
            let mut rows = Vec::new();
            loop {
                let page = decision.snapshot.findings(&filter, begin, AGAIN)?;
                let Some(last) = page.last() else { break };
                begin = last.place();
                rows.extend(page);
            }
            for row in rows {
                let mut unknown = false;
                for node in &row.evidence {
                    unknown |= !decision.is_trusted(NodeId::from_bytes(*node))?;
                }
                if !unknown {
                    let FindingRow { about, subject, .. } = row;
                    let kinds = &[Kind::ProvenanceUnverified];
                    let none = FindingRows { about, subject, kinds, rows: Vec::new() };
                    decision.batch.push(Change::Findings(Box::new(none)));
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}

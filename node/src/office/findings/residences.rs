//! The index of what falls due about residents: each residence is followed in the commit that
//! changes it.

use protocol::findings::{self, Kind, ResidenceFacts};
use protocol::refusal::Refusal;
use protocol::residence::state::Word;

use crate::office::Office;
use crate::office::decide::{Decision, Stop};
use crate::store::findings::{About, FindingRow, FindingRows};
use crate::store::rows::{ResidenceRow, ResidenceRowId};
use crate::store::{Change, Expected};

/// The kinds that a residence raises.
const KINDS: &[Kind] = &[Kind::ReviewOverdue];
/// The setting that says up to which row residences were looked at again after a change of the
/// rules.
const LOOKED: &str = "findings_residences";
/// Residences that are looked at in one commit.
const COMMIT_RESIDENCES: u32 = 256;

impl Decision<'_> {
    /// Brings the index to what is known of this residence now: what the community owes the unit,
    /// where the community is.
    pub(in crate::office) fn follow_residence(&mut self, row: &ResidenceRow) -> Result<(), Stop> {
        let core = &row.core;
        let mut rows = Vec::new();
        if row.is_community_here() && core.word() != Word::Ended {
            let facts = ResidenceFacts {
                community: self.who_acts(core.community())?,
                introduced: core.introduction.on,
                feedback: core.feedback().map(|feedback| feedback.on),
            };
            let found = findings::of_residence(&facts, &self.office.rules());
            rows.extend(found.into_iter().map(|finding| FindingRow {
                about: About::Residence,
                subject: row.id.0,
                finding,
                member: None,
                shown: Some(core.id.to_string()),
                evidence: vec![*core.id.as_bytes()],
            }));
        }
        let (about, subject, kinds) = (About::Residence, row.id.0, KINDS);
        self.batch.push(Change::Findings(Box::new(FindingRows { about, subject, kinds, rows })));
        Ok(())
    }

    /// Lets every residence be followed again.
    pub(super) fn look_at_residences(&mut self) {
        self.batch.push(Change::Meta(LOOKED, 0));
    }
}

impl Office {
    /// Follows residences again after a change of the rules.
    pub(super) fn follow_residences(&self) -> Result<(), Refusal> {
        loop {
            let mut many = COMMIT_RESIDENCES;
            let (more, _) = self.decide(|decision| {
                let after = ResidenceRowId(decision.snapshot.meta(LOOKED)?.unwrap_or(0));
                let rows = decision.snapshot.residences_after(after, many)?;
                // Overtaken by somebody who changed one of them: fewer are soon looked at.
                many = (many / 2).max(1);
                let Some(last) = rows.last() else { return Ok(false) };
                decision.batch.expect(Expected::Meta(LOOKED, after.0));
                decision.batch.push(Change::Meta(LOOKED, last.id.0));
                for row in &rows {
                    decision.batch.expect(Expected::Residence(row.id, row.version));
                }
                rows.iter().try_for_each(|row| decision.follow_residence(row))?;
                Ok(true)
            })?;
            if !more {
                return Ok(());
            }
        }
    }
}

//! Taking the place of a party that is gone for good (`SPEC.md` §4.5): what the party that is left
//! writes, and what its successor makes of it. Whether somebody is gone is for people to say.

use crate::codec::{self, Decode, Encode};
use crate::id::{NodeId, OrgCode, RegionCode, StatementHash};
use crate::refusal::Code;
use crate::seal::Domain;
use crate::statement::attachment::Attachment;
use crate::statement::custody::{Accept, Offer, Receipt, Succession};
use crate::statement::keys::KeyCert;
use crate::statement::{Draft, Statement};

use super::proof::{ProofEntry, walk};
use super::state::{Letter, Merged, Side};

/// 卷宗: all that a successor needs to go on with a letter, as evidence. It is the private
/// block of a Succession, because the particulars of the person are in it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CaseFile {
    /// Certify the keys of the entries.
    pub certs: Vec<KeyCert>,
    /// Offer, Accept, Release, and the Receipt if it is the Ack that is due.
    pub entries: Vec<ProofEntry>,
    /// The Succession of the destination, if the origin is the second that is gone.
    pub earlier: Option<ProofEntry>,
    /// The salt and block of the Offer: whom it is about.
    pub offer: Attachment,
    /// Those of the Release: how the origin came by the membership.
    pub release: Attachment,
}

/// A letter in whose middle a node steps in.
#[derive(Debug)]
pub struct Inherited {
    /// With everything that the case file shows, and the Succession.
    pub letter: Letter,
    /// What the Offer says.
    pub offer: Offer,
    /// The Offer.
    pub offered: Statement,
    /// Where the member was placed last.
    pub branch: OrgCode,
    /// Whose place was taken.
    pub side: Side,
    /// The party that is gone.
    pub predecessor: NodeId,
}

/// What the party that is left signs for `successor`, if a Receipt or an Ack is due from the other
/// side and nobody took its place yet.
pub fn succession(letter: &Letter, file: &CaseFile) -> Option<Draft> {
    let owed = letter.owed().filter(|owed| letter.successor(owed.by).is_none())?;
    let predecessor = match owed.by {
        Side::Origin => letter.origin,
        Side::Destination => letter.destination,
    };
    let draft = Draft::new(&Succession { predecessor })
        .about(letter.member, letter.generation)
        .answering(letter.id, &[owed.answer_to])
        .with_block(codec::encode(file));
    Some(draft)
}

impl CaseFile {
    /// Reads the private block of a Succession.
    pub fn from_block(block: &[u8]) -> Result<CaseFile, Code> {
        codec::decode(block).map_err(|_| Code::StatementProof)
    }

    /// The letter that the case file shows and `succession` hands on, if both hold: every
    /// entry verifies, the blocks are the committed ones, the parties keep the regions that the
    /// Offer names, and the Succession belongs to the letter. That the reader keeps the region of
    /// the predecessor, and does not trust that one still, is for who knows peers.
    pub fn open(&self, domain: Domain, succession: &Statement) -> Result<Inherited, Code> {
        let entries: Vec<&ProofEntry> = self.entries.iter().collect();
        let earlier: Vec<&ProofEntry> = self.earlier.iter().collect();
        let walked = walk(domain, &self.certs, &entries, &earlier)?;
        let mut letter = walked.letter;
        let owed = letter.owed().ok_or(Code::StatementAntecedent)?;
        letter.check(succession)?;
        if letter.merge(succession) != Merged::Added || letter.successor(owed.by).is_none() {
            return Err(Code::StatementAntecedent);
        }
        self.check_regions(&letter, &walked.offer)?;
        let [offered, accept, release, ..] = &walked.statements[..] else {
            return Err(Code::StatementAntecedent);
        };
        let fits = self.offer.fits(&offered.fields().commitment)
            && self.release.fits(&release.fields().commitment);
        if !fits {
            return Err(Code::StatementProof);
        }
        super::offer::check_block(&self.offer)?;
        let accepted = accept.body::<Accept>()?.branch;
        let received = walked.statements.get(3).map(Statement::body::<Receipt>).transpose()?;
        let branch = received.map_or(accepted, |receipt| receipt.branch);
        if branch.region != walked.offer.to_org.region {
            return Err(Code::OrgForeign);
        }
        let predecessor = succession.body::<Succession>()?.predecessor;
        let (offered, side) = (offered.clone(), owed.by);
        Ok(Inherited { letter, offer: walked.offer, offered, branch, side, predecessor })
    }

    /// The regions of the Offer are those that the first parties' keys are certified for.
    fn check_regions(&self, letter: &Letter, offer: &Offer) -> Result<(), Code> {
        let keeps = |node: NodeId, region: RegionCode| {
            let mut keys = self.certs.iter().filter_map(|cert| cert.verified().ok());
            keys.any(|keys| keys.node == node && keys.region == region)
        };
        let kept = keeps(letter.origin, offer.from_org.region)
            && keeps(letter.destination, offer.to_org.region);
        if kept { Ok(()) } else { Err(Code::OrgForeign) }
    }

    /// Its Successions and other entries, in the order of the letter.
    pub fn all_entries(&self) -> impl Iterator<Item = &ProofEntry> {
        self.entries.iter().chain(&self.earlier)
    }

    /// The carried entry of that statement.
    pub fn entry(&self, statement: StatementHash) -> Option<&ProofEntry> {
        self.all_entries()
            .find(|entry| entry.statement().is_some_and(|one| one.hash() == statement))
    }
}

#[cfg(test)]
#[path = "succession/tests.rs"]
mod tests;

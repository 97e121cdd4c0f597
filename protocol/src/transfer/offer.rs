//! Opening a letter: what an Offer must say to open one, at either end.

use crate::codec;
use crate::id::{Generation, LetterId, MemberRef, RegionCode};
use crate::limits::{PROOF_HOPS_MAX, VALIDITY_DAYS_MAX};
use crate::member::PersonalParticulars;
use crate::refusal::Code;
use crate::statement::Statement;
use crate::statement::attachment::Attachment;
use crate::statement::custody::{Offer, Provenance};
use crate::time::Timestamp;

use super::state::{Letter, LetterSet};

impl Letter {
    /// The letter that `statement` opens, if it is a well-formed Offer: one
    /// member and generation, a last day of 0 to 90 days after the day of issue, a generation that
    /// a proof can reach, and a provenance that fits it. Regions and clocks are checked by
    /// [`check_received`].
    pub fn open(statement: &Statement) -> Result<(Letter, Offer), Code> {
        let offer: Offer = statement.body()?;
        let fields = statement.fields();
        let (Some(member), Some(generation), None, true) =
            (fields.member, fields.generation, fields.letter, fields.answers.is_empty())
        else {
            return Err(Code::StatementMalformed);
        };
        let validity = offer.valid_until.days_since(fields.time.day());
        if !(0..=VALIDITY_DAYS_MAX).contains(&validity) {
            return Err(Code::StatementTime);
        }
        if generation.0 as usize > PROOF_HOPS_MAX {
            return Err(Code::StatementGeneration);
        }
        if !provenance_fits(&offer, statement, member, generation) {
            return Err(Code::StatementProof);
        }
        let counted = offer.batch.is_none_or(|place| place.index < place.count);
        let parties = fields.author != fields.audience
            && offer.from_org.region == offer.serial.region
            && offer.serial.is_well_formed()
            && counted;
        if !parties {
            return Err(Code::StatementMalformed);
        }
        let letter = Letter {
            id: LetterId::of_offer(statement.hash()),
            origin: fields.author,
            destination: fields.audience,
            member,
            generation,
            valid_until: offer.valid_until,
            set: LetterSet::default(),
        };
        Ok((letter, offer))
    }
}

fn provenance_fits(
    offer: &Offer,
    statement: &Statement,
    member: MemberRef,
    generation: Generation,
) -> bool {
    match offer.provenance {
        Provenance::Minted(nonce) => {
            generation == Generation(0)
                && MemberRef::mint(&statement.fields().author, &nonce) == member
        }
        Provenance::Inbound(_) => generation > Generation(0),
    }
}

/// What the addressee checks besides: the organisations belong to the two regions, the time is not
/// far in the future, and the private block, unless erased, is a well-formed description of
/// a person.
pub fn check_received(
    statement: &Statement,
    offer: &Offer,
    attachment: &Attachment,
    regions: (RegionCode, RegionCode),
    now: Timestamp,
) -> Result<(), Code> {
    let (origin, destination) = regions;
    if offer.from_org.region != origin || offer.to_org.region != destination {
        return Err(Code::OrgForeign);
    }
    if statement.is_ahead_of(now) {
        return Err(Code::StatementTime);
    }
    check_block(attachment)
}

/// Refuses an Offer's block that is present and describes nobody.
pub(super) fn check_block(attachment: &Attachment) -> Result<(), Code> {
    match attachment.block().map(particulars) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(code)) => Err(code),
    }
}

/// Reads the private block of an Offer.
pub fn particulars(block: &[u8]) -> Result<PersonalParticulars, Code> {
    codec::decode::<PersonalParticulars>(block)
        .ok()
        .filter(PersonalParticulars::is_well_formed)
        .ok_or(Code::StatementMalformed)
}

#[cfg(test)]
#[path = "offer/tests.rs"]
mod tests;

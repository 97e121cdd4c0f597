//! Housekeeping that a node does by itself: telling peers of changed directories, voiding letters
//! that expired without an answer, taking parked Offers in again, going on with batches
//! that were interrupted, and finding what falls due for members who came.

use protocol::refusal::Refusal;
use protocol::statement::custody::VoidReason;
use protocol::transfer::origin;

use crate::store::Change;

use super::Office;

/// Letters that are looked at in one go.
const SWEEP_LETTERS: u32 = 1_000;

impl Office {
    /// Does what is due now. Called at start, after changes, and now and then.
    pub fn sweep(&self) -> Result<(), Refusal> {
        if self.is_recovering() {
            return Ok(());
        }
        self.tell_directories()?;
        self.void_expired()?;
        self.unpark()?;
        self.end_reconciliations()?;
        self.end_matchings()?;
        self.go_on_with_batches()?;
        self.report_each_month()?;
        self.follow_origins()?;
        self.follow_members()
    }

    /// Takes parked Offers in again as far as the quota of their peer has room.
    fn unpark(&self) -> Result<(), Refusal> {
        let quota = self.shared.quotas.undecided_offers_bytes;
        self.decide(|decision| {
            if decision.snapshot.parked_count()? == 0 {
                return Ok(());
            }
            for peer in decision.snapshot.peers()? {
                let mut undecided = decision.snapshot.undecided_bytes(peer.id)?;
                for mut row in decision.snapshot.parked_letters(peer.id, SWEEP_LETTERS)? {
                    undecided += row.bytes;
                    if undecided > quota {
                        break;
                    }
                    row.parked = false;
                    decision.batch.push(Change::Letter(Box::new(row)));
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn void_expired(&self) -> Result<(), Refusal> {
        let today = self.now().day().number();
        let due = self.look(|_, snapshot| Ok(snapshot.expired_letters(today, SWEEP_LETTERS)?))?;
        for letter in due {
            self.decide(|decision| {
                let Some(mut row) = decision.snapshot.letter_by_row(letter.id)? else {
                    return Ok(());
                };
                let peer = decision.peer_of(&row)?;
                let applied = peer.head.as_ref().map(|(_, time)| *time);
                match origin::on_expiry(&row.core, applied, decision.now) {
                    Some(draft) => {
                        decision.add_own(&mut row, &peer, draft)?;
                        decision.follow_void(&row, VoidReason::Expired)
                    }
                    None => Ok(()),
                }
            })?;
        }
        Ok(())
    }
}

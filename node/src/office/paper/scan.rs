//! 扫介绍信: a member comes with the letter in hand, whether or not its issuer can be reached.
//!
//! A code that verifies is the Offer itself: it opens the letter here at once and *floats* until
//! the issuer's feed brings the same entry. All that follows is as with any letter.

use protocol::exchange::feed::{Alone, FeedFault};
use protocol::id::{EntryHash, LetterId};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::transfer::destination;
use protocol::transfer::offer::check_received;
use protocol::transfer::state::{Letter, State};

use crate::office::decide::{Decision, Stop};
use crate::office::receive::known_hash;
use crate::office::{Office, view};
use crate::store::rows::{FloatingRow, LetterRow, PeerRow};
use crate::store::{Change, Expected, SEQ_MAX};

use super::verify::{Genuine, trusted};

/// Most entries of one peer that float. More walk-ins from one origin that cannot be reached is no
/// office's day; each takes about as much room as an Offer that came by the feed.
const FLOATING_MAX: u64 = 65_536;

/// A letter that was scanned.
pub struct Scanned {
    /// The letter.
    pub letter: view::Letter,
    /// Whether this node had it already.
    pub known: bool,
}

impl Office {
    /// Takes a code from paper for what it says, and presents the letter.
    ///
    /// # Errors
    /// `code.unreadable`, `seal.invalid`, `feed.key` (it is not as the issuer signed it),
    /// `peer.unknown`, `peer.pending`, `peer.revoked`, `feed.incarnation`, `feed.fork`,
    /// `statement.*`, `letter.not_addressee`, `letter.expired` (a re-issue request is filed),
    /// `node.full`, `letter.floating_full`, `node.recovering`.
    pub fn scan(&self, text: &Private<String>) -> Result<Scanned, Refusal> {
        let genuine = Genuine::read(text.reveal()).map_err(|code| Refusal::about(code, "code"))?;
        if genuine.keys.domain != self.me().domain {
            return Err(Refusal::about(Code::StatementDomain, genuine.keys.domain.tag()));
        }
        self.check_own(&genuine)?;
        let (outcome, _) = self.decide(|decision| decision.scan(&genuine))?;
        let (letter, known) = outcome?;
        Ok(Scanned { letter: self.letter(&letter.to_string())?, known })
    }

    /// A letter of our own is not for us. One that we signed and do not have shows that this node
    /// was set back.
    fn check_own(&self, genuine: &Genuine) -> Result<(), Refusal> {
        if genuine.code.issuer() != self.me().node {
            return Ok(());
        }
        let letter = LetterId::of_offer(genuine.statement.hash());
        if self.look(|_, snapshot| Ok(snapshot.letter(letter)?.is_none()))? {
            tracing::error!(%letter, "this node signed a letter that it lacks: recovering");
            self.enter_recovery();
            return Err(Refusal::about(Code::NodeRecovering, self.me().region));
        }
        Err(Refusal::about(Code::LetterNotAddressee, letter))
    }
}

impl Decision<'_> {
    /// The letter, and whether it was here before; or a refusal that is told after something was
    /// kept with it.
    fn scan(&mut self, genuine: &Genuine) -> Result<Result<(LetterId, bool), Refusal>, Stop> {
        let entry = genuine.code.entry();
        let issuer = genuine.code.issuer();
        let peer = self.snapshot.peer_by_node(&issuer)?;
        let peer = peer.ok_or_else(|| Refusal::about(Code::PeerUnknown, issuer))?;
        trusted(&peer).map_err(|code| Refusal::about(code, peer.region))?;
        if entry.header.audience != self.office.me().node {
            let letter = LetterId::of_offer(genuine.statement.hash());
            return Err(Refusal::about(Code::LetterNotAddressee, letter).into());
        }
        self.batch.expect(Expected::Peer(peer.id, peer.state));
        match self.place_of_code(&peer, genuine)? {
            Ok(place) => self.present(&peer, genuine, place),
            Err(fault) => Ok(Err(self.keep_proof(&peer, fault))),
        }
    }

    /// Where the entry belongs in our copy of the feed, or among what floats above it.
    fn place_of_code(
        &mut self,
        peer: &PeerRow,
        genuine: &Genuine,
    ) -> Result<Result<Alone, FeedFault>, Stop> {
        let (entry, snapshot) = (genuine.code.entry(), self.snapshot);
        let copy = self.office.copy_of(peer)?;
        if entry.header.key != copy.key.id() {
            return Err(Refusal::about(Code::FeedKey, peer.region).into());
        }
        self.batch.expect(Expected::PeerFeed(peer.id, copy.tip.map_or(0, |tip| tip.seq)));
        let judged = copy.judge_alone(entry, |seq| known_hash(snapshot, peer, &[], seq));
        Ok(match judged {
            Ok(Alone::Floats) => match self.floats_at(peer, genuine)? {
                Some(hash) if hash != entry.hash() => Err(FeedFault::Fork(Box::new(entry.clone()))),
                Some(_) => Ok(Alone::Known),
                None => Ok(Alone::Floats),
            },
            judged => judged,
        })
    }

    /// The hash of what floats at the place of this entry.
    fn floats_at(&self, peer: &PeerRow, genuine: &Genuine) -> Result<Option<EntryHash>, Stop> {
        let header = &genuine.code.entry().header;
        let (life, seq) = (header.incarnation, header.seq);
        let mut held = self.snapshot.floating_hashes(peer.id, life, seq..=seq)?;
        Ok(held.remove(&seq))
    }

    fn present(
        &mut self,
        peer: &PeerRow,
        genuine: &Genuine,
        place: Alone,
    ) -> Result<Result<(LetterId, bool), Refusal>, Stop> {
        let id = LetterId::of_offer(genuine.statement.hash());
        let (mut row, known) = match (self.snapshot.letter(id)?, place) {
            (Some(row), _) => (row, true),
            (None, Alone::Floats) => (self.float(peer, genuine)?, false),
            // The feed brought it, and it could not be used then.
            (None, Alone::Known) => {
                return Err(Refusal::about(Code::StatementUnusable, id).into());
            }
        };
        let expired = row.core.state() == State::Issued && self.now >= row.core.valid_until.end();
        if expired && !row.reissue_requested {
            self.sign(peer, destination::ask_reissue(&row.core), Some(row.id))?;
            row.reissue_requested = true;
        } else if known {
            return Ok(if expired { Err(expiry(&row)) } else { Ok((id, true)) });
        }
        let refusal = expired.then(|| expiry(&row));
        self.batch.expect(Expected::Letter(row.id, row.version));
        self.batch.push(Change::Letter(Box::new(row)));
        Ok(refusal.map_or(Ok((id, known)), Err))
    }

    /// Opens the letter by an entry that floats, as one of the feed would.
    fn float(&mut self, peer: &PeerRow, genuine: &Genuine) -> Result<LetterRow, Stop> {
        let (entry, statement) = (genuine.code.entry(), &genuine.statement);
        let office = self.office;
        let floating = self.snapshot.floating_count(peer.id)?;
        let quota = office.shared.quotas.database_bytes;
        if office.shared.store.recent_size_bytes() > quota {
            return Err(Refusal::about(Code::NodeFull, quota).into());
        }
        if floating >= FLOATING_MAX {
            return Err(Refusal::about(Code::FloatingFull, peer.region).into());
        }
        let about = |code| Refusal::about(code, "code");
        if entry.header.seq > SEQ_MAX {
            return Err(about(Code::StatementUnusable).into());
        }
        let (core, offer) = Letter::open(statement).map_err(about)?;
        let regions = (peer.region, office.me().region);
        check_received(statement, &offer, &entry.attachment, regions, self.now).map_err(about)?;
        let held = self.held_generation(core.member)?;
        destination::check_generation(&core, held).map_err(about)?;
        let block = entry.attachment.block().unwrap_or_default();
        let sealed = self.seal(core.member, statement.hash().as_bytes(), block)?;
        let row = self.incoming_row(peer, core, &offer, entry);
        self.batch.expect(Expected::Floating(peer.id, floating));
        self.batch.push(Change::Float(Box::new(FloatingRow {
            peer: peer.id,
            entry: entry.without_block(),
            sealed_block: Some(sealed),
            letter: row.id,
        })));
        self.reach("offer-scanned");
        Ok(row)
    }
}

fn expiry(row: &LetterRow) -> Refusal {
    Refusal::about(Code::LetterExpired, row.core.valid_until)
}

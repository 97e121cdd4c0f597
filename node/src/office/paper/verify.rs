//! What a code from paper is worth: read, verified, compared with what is known here.
//! Nothing is changed by it.

use protocol::exchange::feed::{Alone, FeedCopy, FeedFault};
use protocol::id::NodeId;
use protocol::member::PersonalParticulars;
use protocol::paper::PaperCode;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::seal::Domain;
use protocol::statement::Statement;
use protocol::statement::custody::Offer;
use protocol::statement::keys::CertifiedKeys;
use protocol::time::Timestamp;
use protocol::transfer::offer::{check_received, particulars};
use protocol::transfer::state::{Letter, State};

use crate::office::decide::Stop;
use crate::office::receive::known_hash;
use crate::office::{Identity, Office, view};
use crate::store::Snapshot;
use crate::store::rows::{PeerRow, PeerState};

/// The words of a verdict.
const VALID: &str = "valid";
const EXPIRED: &str = "expired";
const TAMPERED: &str = "tampered";
const UNKNOWN_KEY: &str = "unknown_key";
const SUPERSEDED: &str = "superseded";

/// A code of which all is as its issuer signed it. Whether anybody vouches for the issuer is
/// another question.
pub(super) struct Genuine {
    pub(super) code: PaperCode,
    pub(super) keys: CertifiedKeys,
    pub(super) statement: Statement,
}

impl Genuine {
    /// Reads and verifies a code.
    pub(super) fn read(text: &str) -> Result<Genuine, Code> {
        let code = PaperCode::read(text)?;
        let (keys, statement) = code.verified()?;
        let (keys, statement) = (keys.clone(), statement.clone());
        Ok(Genuine { code, keys, statement })
    }

    /// What the Offer says, if it opens a letter: in the addressee's region, which the reader knows
    /// for certain only if that is its own.
    fn opened(&self, here: Option<&Identity>, now: Timestamp) -> Result<Opened, Code> {
        let (letter, offer) = Letter::open(&self.statement)?;
        let attachment = &self.code.entry().attachment;
        let here = here.filter(|me| me.node == letter.destination);
        let regions = (self.keys.region, here.map_or(offer.to_org.region, |me| me.region));
        check_received(&self.statement, &offer, attachment, regions, now)?;
        let person = particulars(attachment.block().unwrap_or_default())?;
        Ok(Opened { letter, offer, person })
    }
}

/// The letter that a code opens.
struct Opened {
    letter: Letter,
    offer: Offer,
    person: PersonalParticulars,
}

/// What a reader finds out who has no node: whether `key` issued the letter, and whether it has
/// expired by the time that `now` tells for the federation of the code.
///
/// # Errors
/// Those of `now`; `statement.*` and `org.foreign` if the issuer signed what is no proper Offer.
pub fn verify_alone(
    text: &str,
    key: &NodeId,
    now: impl FnOnce(Domain) -> Result<Timestamp, Refusal>,
) -> Result<view::Verdict, Refusal> {
    let genuine = match Genuine::read(text) {
        Ok(genuine) => genuine,
        Err(code) => return Ok(verdict(TAMPERED, Some(code), None)),
    };
    let now = now(genuine.keys.domain)?;
    let opened = genuine.opened(None, now).map_err(|code| Refusal::about(code, "code"))?;
    let told = Some(told(&genuine, &opened));
    if genuine.code.issuer() != *key {
        return Ok(verdict(UNKNOWN_KEY, Some(Code::PeerUnknown), told));
    }
    Ok(by_date(&opened, now, told))
}

impl Office {
    /// What a code is worth here, where peers' keys and some letters are known.
    ///
    /// # Errors
    /// `statement.*`, `org.foreign` if the issuer signed what is no proper Offer, or one of the
    /// other federation; `node.recovering` if this node itself signed what it no longer has.
    pub fn verify_code(&self, text: &Private<String>) -> Result<view::Verdict, Refusal> {
        let genuine = match Genuine::read(text.reveal()) {
            Ok(genuine) => genuine,
            Err(code) => return Ok(verdict(TAMPERED, Some(code), None)),
        };
        let now = self.now();
        if genuine.keys.domain != self.me().domain {
            return Err(Refusal::about(Code::StatementDomain, genuine.keys.domain.tag()));
        }
        let opened =
            genuine.opened(Some(self.me()), now).map_err(|code| Refusal::about(code, "code"))?;
        self.look(|office, snapshot| office.weigh(snapshot, &genuine, &opened, now))
    }

    fn weigh(
        &self,
        snapshot: &Snapshot<'_>,
        genuine: &Genuine,
        opened: &Opened,
        now: Timestamp,
    ) -> Result<view::Verdict, Stop> {
        let mut told = told(genuine, opened);
        let issuer = genuine.code.issuer();
        let held = snapshot.letter(opened.letter.id)?;
        told.state = held.as_ref().map(|row| row.core.state().name().to_owned());
        let (confirmed, heard) = if issuer == self.me().node {
            if held.is_none() {
                let region = self.me().region;
                return Err(Refusal::about(Code::NodeRecovering, region).into());
            }
            (true, Some(now))
        } else {
            let peer = snapshot.peer_by_node(&issuer)?;
            let peer = match peer.as_ref().map(|peer| (peer, trusted(peer))) {
                Some((peer, Ok(()))) => peer,
                Some((_, Err(code))) => return Ok(verdict(UNKNOWN_KEY, Some(code), Some(told))),
                None => {
                    return Ok(verdict(UNKNOWN_KEY, Some(Code::PeerUnknown), Some(told)));
                }
            };
            if genuine.keys.region != peer.region {
                return Ok(verdict(UNKNOWN_KEY, Some(Code::OrgForeign), Some(told)));
            }
            let heard = peer.head.as_ref().map(|(_, time)| *time);
            match self.place_of(snapshot, peer, genuine)? {
                Ok(place) => (place == Some(Alone::Known), heard),
                Err((word, code)) => return Ok(verdict(word, Some(code), Some(told))),
            }
        };
        let ended = match &held {
            Some(row) => ended(row.core.state()),
            None => false,
        };
        let letters = snapshot.letters_of(opened.letter.member)?;
        let replaced = letters.iter().any(|row| row.replaces == Some(opened.letter.id));
        let newer = letters.iter().any(|row| {
            row.core.generation > opened.letter.generation && row.core.state() != State::Voided
        });
        let mut verdict = if ended || replaced || newer {
            verdict(SUPERSEDED, Some(Code::LetterState), Some(told))
        } else {
            by_date(opened, now, Some(told))
        };
        verdict.confirmed_with_origin = confirmed;
        verdict.heard_until = heard.map(|time| time.to_string());
        Ok(verdict)
    }

    /// Where the entry stands in what we hold of its feed; nothing if the feed is not for us.
    fn place_of(
        &self,
        snapshot: &Snapshot<'_>,
        peer: &PeerRow,
        genuine: &Genuine,
    ) -> Result<Result<Option<Alone>, (&'static str, Code)>, Stop> {
        let entry = genuine.code.entry();
        let pinned = self.certified(peer)?.signing;
        if entry.header.key != pinned.id() {
            return Ok(Err((UNKNOWN_KEY, Code::FeedKey)));
        }
        if entry.header.audience != self.me().node {
            return Ok(Ok(None));
        }
        let copy = self.copy_of(peer)?;
        Ok(match copy.judge_alone(entry, |seq| known_hash(snapshot, peer, &[], seq)) {
            Ok(place) => Ok(Some(place)),
            Err(FeedFault::Inauthentic(code)) => Err((TAMPERED, code)),
            Err(FeedFault::Fork(_)) => Err((TAMPERED, Code::FeedFork)),
            Err(FeedFault::Incarnation) => {
                let live = copy.tip.map(|tip| tip.incarnation);
                let dead = live.is_some_and(|live| entry.header.incarnation < live);
                Err((if dead { SUPERSEDED } else { UNKNOWN_KEY }, Code::FeedIncarnation))
            }
        })
    }

    /// Our copy of what the peer signs for us, for judging what comes.
    pub(in crate::office) fn copy_of(&self, peer: &PeerRow) -> Result<FeedCopy, Stop> {
        let me = self.me();
        Ok(FeedCopy {
            domain: me.domain,
            author: peer.node,
            audience: me.node,
            key: self.certified(peer)?.signing,
            tip: peer.peer_feed.map(crate::office::receive::tip_of),
        })
    }
}

/// Whether a peer's signature counts for anything new.
pub(super) fn trusted(peer: &PeerRow) -> Result<(), Code> {
    match peer.state {
        PeerState::Active | PeerState::Paused => Ok(()),
        PeerState::Pending => Err(Code::PeerPending),
        PeerState::Revoked => Err(Code::PeerRevoked),
    }
}

/// Whether a letter in that state brings nobody anywhere any more.
fn ended(state: State) -> bool {
    state.is_final() || state == State::Received
}

fn by_date(opened: &Opened, now: Timestamp, told: Option<view::CodeLetter>) -> view::Verdict {
    if now >= opened.letter.valid_until.end() {
        verdict(EXPIRED, Some(Code::LetterExpired), told)
    } else {
        verdict(VALID, None, told)
    }
}

fn verdict(word: &str, reason: Option<Code>, letter: Option<view::CodeLetter>) -> view::Verdict {
    view::Verdict {
        verdict: word.to_owned(),
        confirmed_with_origin: false,
        heard_until: None,
        reason: reason.map(|code| code.text().to_owned()),
        letter,
    }
}

fn told(genuine: &Genuine, opened: &Opened) -> view::CodeLetter {
    let Opened { letter, offer, person } = opened;
    view::CodeLetter {
        id: letter.id.to_string(),
        serial: offer.serial.to_string(),
        issuer: letter.origin.to_string(),
        fingerprint: letter.origin.fingerprint(),
        from_region: genuine.keys.region.to_string(),
        from_region_name: genuine.keys.region_name.clone(),
        from_org: offer.from_org.to_string(),
        to_org: offer.to_org.to_string(),
        member: view::MemberName {
            member: letter.member.to_string(),
            name: Some(person.name.reveal().clone()),
        },
        standing: offer.standing.name().to_owned(),
        addressee: person.addressee.reveal().clone(),
        sender: person.sender.reveal().clone(),
        issued_at: genuine.statement.fields().time.to_string(),
        valid_until: letter.valid_until.to_string(),
        dues_paid_through: offer.dues_paid_through.map(|month| month.to_string()),
        rehearsal: genuine.keys.domain == Domain::Rehearsal,
        state: None,
    }
}

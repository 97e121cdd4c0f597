//! Positions as the books have them, and the sketch over them.

use hkdf::Hkdf;
use protocol::codec;
use protocol::exchange::reconcile::frame::{Place, Stand};
use protocol::exchange::reconcile::position::{KEY_BYTES, Locator, PositionKey, SketchKeys};
use protocol::exchange::reconcile::run::Snapshot as Compared;
use protocol::exchange::reconcile::sketch::Sketch;
use protocol::id::{Generation, Incarnation};
use protocol::statement::kind::Kind;
use protocol::statement::reconcile::HeldPosition;
use protocol::transfer::position::{Hold, LETTER_KIND, LetterPosition, Roster, Rostered};
use protocol::transfer::state::{LetterSet, Side};
use sha2::Sha256;

use crate::store::Snapshot;
use crate::store::rows::{BookedLetter, Custody, FeedRow, PeerRow};

use super::super::Office;
use super::super::decide::Stop;

/// Letters that are looked at under one locator; honest ids hardly ever share one.
const LETTERS_AT_A_LOCATOR: u32 = 8;

/// How far the books of a pair go.
pub(super) fn stand(peer: &PeerRow) -> Stand {
    let nowhere = Place { incarnation: Incarnation { counter: 0, random: 0 }, seq: 0 };
    let place = |feed: &FeedRow| Place { incarnation: feed.incarnation, seq: feed.seq };
    Stand { own: place(&peer.own_feed), applied: peer.peer_feed.as_ref().map_or(nowhere, place) }
}

/// Derives all positions with a peer from one state of the books.
pub(super) fn derive(
    office: &Office,
    snapshot: &Snapshot<'_>,
    peer: &PeerRow,
    symbols: usize,
) -> Result<Compared, Stop> {
    let keys = keys(office, peer)?;
    let mut sketch = Sketch::new(keys, symbols);
    snapshot.letters_with::<Stop>(peer.id, |letter| {
        let (key, value) = position(snapshot, &letter)?;
        sketch.insert(keys.item(&key, &value));
        Ok(())
    })?;
    Ok(Compared { sketch, stand: stand(peer) })
}

/// What the books hold at a locator. `counted` are the ends of both feeds that the comparison
/// counts: ours, and the peer's.
pub(super) fn held_at(
    snapshot: &Snapshot<'_>,
    peer: &PeerRow,
    locator: Locator,
    counted: [Place; 2],
) -> Result<Vec<HeldPosition>, Stop> {
    let letters = snapshot.letters_at(peer.id, &locator.0, LETTERS_AT_A_LOCATOR)?;
    let feeds = [Some(peer.own_feed), peer.peer_feed];
    let mut held = Vec::with_capacity(letters.len());
    for letter in letters {
        let mut later = false;
        for (feed, counted) in feeds.iter().zip(counted) {
            if let Some(feed) = feed {
                later |= snapshot.letter_goes_on(letter.row.id, feed.id, counted.seq)?;
            }
        }
        let (key, value) = position(snapshot, &letter)?;
        held.push(HeldPosition { kind: key.kind, id: key.id, value, later });
    }
    Ok(held)
}

fn position(
    snapshot: &Snapshot<'_>,
    booked: &BookedLetter,
) -> Result<(PositionKey, Vec<u8>), Stop> {
    let letter = &booked.row;
    let core = &letter.core;
    let side = if letter.own { Side::Origin } else { Side::Destination };
    let (mut roster, mut lost) = (Roster::AsTheWordSays, 0);
    // What a successor took over, it has by a case file, and not in its feeds and its roster.
    if core.successions().next().is_none() {
        let row = snapshot.rostered(core.member)?.map(rostered);
        roster = Roster::beside(side, booked.state, core.generation, row);
        let kinds = Kind::Offer.number().0..=Kind::Void.number().0;
        lost = statements(&core.set).saturating_sub(snapshot.letter_kinds(letter.id, kinds)?);
    }
    let value = codec::encode(&LetterPosition {
        state: booked.state,
        member: core.member,
        generation: core.generation,
        from_org: letter.from_org,
        to_org: letter.to_org,
        serial: letter.serial,
        issued: letter.issued_at,
        valid_until: booked.valid_until,
        branch: letter.branch,
        set: core.set,
        roster,
        lost,
    });
    Ok((PositionKey { kind: LETTER_KIND, id: *core.id.as_bytes() }, value))
}

/// How many statements a set has, the Offer among them.
fn statements(set: &LetterSet) -> u8 {
    let kinds = [set.accept, set.release, set.receipt, set.ack, set.refusal, set.void];
    1 + kinds.iter().flatten().count() as u8
}

fn rostered((generation, custody): (u32, Custody)) -> Rostered {
    let hold = match custody {
        Custody::Here | Custody::Ended => Hold::Own,
        Custody::Provisional => Hold::Provisional,
        Custody::InTransit => Hold::InTransit,
        Custody::Transferred => Hold::Gone,
    };
    Rostered { generation: Generation(generation), hold }
}

/// The keys of the pair's sketches.
fn keys(office: &Office, peer: &PeerRow) -> Result<SketchKeys, Stop> {
    let secret = office.open_secret(&peer.pair_secret)?;
    let info = [office.me().domain.tag().as_bytes(), b" reconcile"];
    let mut key = [0; KEY_BYTES];
    Hkdf::<Sha256>::new(None, &secret)
        .expand_multi_info(&info, &mut key)
        .expect("32 bytes are within what HKDF gives");
    Ok(SketchKeys::new(&key))
}

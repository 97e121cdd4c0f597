//! More of everything than a node should have to keep in mind.

use protocol::codec;
use protocol::envelope::{Group, seal_entries};
use protocol::exchange::frame::{Channel, Frame};
use protocol::limits::GROUP_ENTRIES_MAX;
use protocol::refusal::Code;
use protocol::statement::kind::KindNumber;
use protocol::statement::notice::Unusable;
use protocol::statement::{Draft, Stated};

use super::evil::{Evil, changed};
use super::letters::{offer_body, offer_of, particulars};

/// A node may take this much while it is under attack, in KiB (safety.md §3).
const RESIDENT_KIB_MAX: u64 = 256 * 1024;

/// As many as have identity numbers of their own.
const OFFERS: u32 = 899;

/// Sends the statements in full groups, in one session, and waits for the last acknowledgement.
fn pour(evil: &mut Evil, stated: Vec<Stated>) {
    let mut tip = evil.tip;
    let entries = seal_entries(&mut tip, &evil.parties(), &evil.signing, stated);
    evil.open();
    let last = entries.last().unwrap().clone();
    let mut rest = entries.into_iter().peekable();
    while let Some(first) = rest.peek() {
        let size = usize::from(first.seal.size);
        let group = Group::of(rest.by_ref().take(size).collect());
        evil.send(Channel::Data, Frame::Group(group).to_bytes());
    }
    loop {
        match evil.next().expect("a flood of authentic entries is taken") {
            Frame::Ack(acked) if acked == tip => break,
            frame => evil.note(frame),
        }
    }
    (evil.tip, evil.last) = (tip, Some(last));
}

#[test]
fn endless_small_entries_do_not_exhaust_memory() {
    let mut evil = Evil::guest();
    let notice = Unusable { entry: evil.heard[0].hash(), code: Code::StatementMalformed.number() };
    let small = evil.state(Draft::new(&notice));
    let entries = 200 * GROUP_ENTRIES_MAX;
    pour(&mut evil, vec![small.clone(); entries]);
    assert!(evil.stage.region.resident_kib() < RESIDENT_KIB_MAX);
    // Each of these is answered.
    let unknown = changed(&small, |fields| fields.kind = KindNumber(999));
    pour(&mut evil, vec![unknown; entries / 4]);
    assert!(evil.stage.region.resident_kib() < RESIDENT_KIB_MAX);
    evil.still_heard();
}

#[test]
fn hundreds_of_offers_that_nobody_asked_for_are_kept_and_nothing_else_waits() {
    let (mut evil, mut third) = (Evil::guest(), Evil::guest());
    let before = evil.stage.region.ok(&["status"])["letters"]["in"]["issued"].as_u64();
    let offers = (1..=OFFERS).map(|number| {
        let block = codec::encode(&particulars(&evil, number));
        offer_of(&evil, number, &offer_body(&evil, number), 0, block)
    });
    let offers = offers.collect();
    pour(&mut evil, offers);
    let after = evil.stage.region.ok(&["status"])["letters"]["in"]["issued"].as_u64();
    assert!(after.unwrap() >= before.unwrap_or(0) + u64::from(OFFERS));
    assert!(evil.stage.region.resident_kib() < RESIDENT_KIB_MAX);
    third.still_heard();
}

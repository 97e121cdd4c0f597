//! codes on paper from a peer that seals whatever it likes: at wrong places, in other lives,
//! under other keys, and of Offers that are none.

use protocol::codec;
use protocol::envelope::{Entry, Header};
use protocol::id::{Incarnation, NodeId, OrgCode};
use protocol::paper::PaperCode;
use protocol::refusal::Code;
use protocol::seal::Signer;
use protocol::statement::Stated;
use protocol::statement::keys::{CertifiedKeys, KeyCert};

use super::evil::{Evil, REHEARSAL, changed, frame_of, now, seal_with};
use super::letters::{Case, case_of, id_number, offer, offer_body, offer_of, particulars};

impl Evil {
    /// An Offer sealed for a place, on paper.
    fn on_paper(&self, header: Header, offer: &Stated) -> (Entry, String) {
        let bytes = offer.statement.bytes().to_vec();
        let entry = self.seal(header, bytes, offer.attachment.clone());
        let code = PaperCode::of(entry.clone(), self.cert.clone()).unwrap();
        (entry, code.to_text())
    }

    fn scan(&self, code: &str) {
        self.stage.region.ok(&["letter", "scan", code]);
    }

    #[track_caller]
    fn scan_refused(&self, code: &str, refusal: Code, exit: i32) {
        self.stage.region.refused(&["letter", "scan", code], refusal.text(), exit);
    }

    #[track_caller]
    fn assert_unknown(&self, case: &Case) {
        assert_eq!(self.state_of(case), None, "nothing is kept of it");
    }
}

#[test]
fn a_fork_between_paper_and_feed_is_proven_whichever_comes_first() {
    let mut evil = Evil::guest();
    let region = evil.region.to_string();
    let (first, second) = (offer(&evil, 1), offer(&evil, 2));
    let place = evil.place();
    let (entry, code) = evil.on_paper(place, &first);
    let (_, rival) = evil.on_paper(place, &second);
    evil.scan(&code);
    evil.assert_state(&case_of(&first), "issued");
    // Another code for the same place, then another entry of the feed.
    evil.scan_refused(&rival, Code::FeedFork, 9);
    let beside = evil.seal(place, second.statement.bytes().to_vec(), second.attachment.clone());
    assert_eq!(evil.refused(frame_of(vec![beside])), Code::FeedFork);
    evil.assert_unknown(&case_of(&second));
    assert_eq!(evil.stage.faults_of(&region), 1, "the proof is kept, once");
    let id_number = id_number(&evil, 2);
    for file in ["dukou.db", "dukou.db-wal"] {
        let bytes = std::fs::read(evil.stage.region.data.join(file)).unwrap_or_default();
        let found = bytes.windows(id_number.len()).any(|window| window == id_number.as_bytes());
        assert!(!found, "the proof says nothing of the person: {file}");
    }
    // What was on paper fills the gap, and the feed goes on behind it.
    evil.take(vec![entry]);
    evil.assert_state(&case_of(&first), "issued");
    evil.still_heard();
    // Below the end of the feed the paper must be what is held there.
    evil.scan_refused(&rival, Code::FeedFork, 9);
    let verdict = evil.stage.region.run(&["letter", "verify", &rival]);
    assert_eq!((&verdict.data()["verdict"], verdict.exit()), (&"tampered".into(), 9));
    assert_eq!(verdict.data()["reason"], Code::FeedFork.text());
    let next = offer(&evil, 3);
    evil.say(next.clone());
    evil.assert_state(&case_of(&next), "issued");
}

#[test]
fn a_gap_is_filled_only_by_the_chain_that_leads_to_the_paper() {
    let mut evil = Evil::guest();
    let (before, carried) = (offer(&evil, 1), offer(&evil, 2));
    let first = evil.sealed(&before);
    let header = Header { seq: evil.place().seq + 1, prev: first.hash(), ..evil.place() };
    let (second, code) = evil.on_paper(header, &carried);
    evil.scan(&code);
    evil.stage.region.accept(&case_of(&carried).letter.to_string());
    evil.assert_state(&case_of(&carried), "accepted");
    // The same two Offers sealed anew, as a group: other entries at those places.
    let mut tip = evil.tip;
    let stated = vec![carried.clone(), before.clone()];
    let anew = protocol::envelope::seal_entries(&mut tip, &evil.parties(), &evil.signing, stated);
    assert_eq!(evil.refused(frame_of(anew)), Code::FeedFork);
    evil.take(vec![first]);
    evil.take(vec![second]);
    evil.assert_state(&case_of(&carried), "accepted");
    evil.still_heard();
}

#[test]
fn paper_of_another_life_or_under_another_key_is_refused() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    let place = evil.place();
    let held = place.incarnation;
    for incarnation in [
        Incarnation { counter: 0, ..held },
        Incarnation { random: held.random + 1, ..held },
        Incarnation { counter: held.counter + 1, ..held },
    ] {
        let (_, code) = evil.on_paper(Header { incarnation, ..place }, &offer);
        evil.scan_refused(&code, Code::FeedIncarnation, 9);
    }
    // A key that the same identity certified, and that nobody here was told of.
    let mut seed = [1; 32];
    seed[..4].copy_from_slice(&evil.region.number().to_le_bytes());
    let identity = Signer::from_seed(&seed);
    assert_eq!(NodeId::from_bytes(*identity.public().as_bytes()), evil.id);
    let other = Signer::from_seed(&[77; 32]);
    let keys = evil.cert.verified().unwrap();
    let keys = CertifiedKeys { signing: other.public(), valid_from: now(), ..keys.clone() };
    let cert = KeyCert::issue(keys, &identity);
    let header = Header { key: other.public().id(), ..place };
    let bytes = offer.statement.bytes().to_vec();
    let entry = seal_with(&other, REHEARSAL, header, bytes, offer.attachment.clone());
    let code = PaperCode::of(entry, cert).unwrap().to_text();
    evil.scan_refused(&code, Code::FeedKey, 9);
    let verdict = evil.stage.region.run(&["letter", "verify", &code]);
    assert_eq!((&verdict.data()["verdict"], verdict.exit()), (&"unknown_key".into(), 9));
    // A place that no feed reaches.
    let (_, code) = evil.on_paper(Header { seq: u64::MAX, ..place }, &offer);
    evil.scan_refused(&code, Code::StatementUnusable, 6);
    evil.assert_unknown(&case_of(&offer));
    evil.say(offer.clone());
    evil.assert_state(&case_of(&offer), "issued");
    evil.still_heard();
}

#[test]
fn an_offer_that_the_feed_could_not_bring_is_not_brought_by_paper() {
    let mut evil = Evil::guest();
    let block = codec::encode(&particulars(&evil, 1));
    let late = {
        let mut body = offer_body(&evil, 1);
        body.valid_until = now().day().plus_days(91);
        offer_of(&evil, 1, &body, 0, block.clone())
    };
    let foreign = {
        let mut body = offer_body(&evil, 1);
        body.to_org = OrgCode::new("610924".parse().unwrap(), 1).unwrap();
        offer_of(&evil, 1, &body, 0, block.clone())
    };
    let nobody = offer_of(&evil, 1, &offer_body(&evil, 1), 0, b"nobody".to_vec());
    let generation = offer_of(&evil, 1, &offer_body(&evil, 1), 3, block);
    let time = now().after_millis(30 * 24 * 60 * 60 * 1000);
    let future = changed(&offer(&evil, 1), |fields| fields.time = time);
    for (stated, code) in [
        (late, Code::StatementTime),
        (foreign, Code::OrgForeign),
        (nobody, Code::StatementMalformed),
        (generation, Code::StatementProof),
        (future, Code::StatementTime),
    ] {
        let (_, text) = evil.on_paper(evil.place(), &stated);
        evil.scan_refused(&text, code, 6);
        evil.assert_unknown(&case_of(&stated));
        evil.stage.region.refused(&["letter", "verify", &text], code.text(), 6);
    }
    evil.still_heard();
}

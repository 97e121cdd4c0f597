//! Offers whose fields are absurd: 14, 15, 31 and 32 of the plan. Whatever the private block says,
//! nothing of it reaches a log.

use protocol::codec;
use protocol::id::{OrgCode, Serial};
use protocol::limits::NAME_CHARS_MAX;
use protocol::member::{IdNumber, PersonalParticulars};
use protocol::refusal::Code;
use protocol::statement::Draft;
use protocol::statement::attachment::Attachment;
use protocol::statement::custody::{BatchPlace, Offer};
use protocol::statement::directory::{OrgDirectory, OrgListing};
use protocol::time::Timestamp;

use super::evil::{Evil, changed, now};
use super::letters::{case_of, id_number, offer, offer_body, offer_of, particulars};

/// Offers with one field made absurd, and asserts the reason.
fn absurd(evil: &mut Evil, code: Code, change: impl FnOnce(&mut Offer)) {
    let mut body = offer_body(evil, 1);
    change(&mut body);
    let block = codec::encode(&particulars(evil, 1));
    let offer = offer_of(evil, 1, &body, 0, block);
    let case = case_of(&offer);
    evil.complained(offer, code);
    assert_eq!(evil.state_of(&case), None);
}

/// The same for what is said of the person.
fn hostile(evil: &mut Evil, change: impl FnOnce(&mut PersonalParticulars)) {
    let mut person = particulars(evil, 1);
    change(&mut person);
    let offer = offer_of(evil, 1, &offer_body(evil, 1), 0, codec::encode(&person));
    let case = case_of(&offer);
    evil.complained(offer, Code::StatementMalformed);
    assert_eq!(evil.state_of(&case), None);
}

#[test]
fn attack_14_valid_until_before_issue() {
    let mut evil = Evil::guest();
    let today = now().day();
    for days in [-1, -400, 91, 20_000] {
        absurd(&mut evil, Code::StatementTime, |body| body.valid_until = today.plus_days(days));
    }
    evil.still_heard();
}

#[test]
fn attack_15_year_9999_and_negative_time() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    for time in [Timestamp::MAX, now().after_millis(25 * 60 * 60 * 1000), Timestamp::MIN] {
        let moved = changed(&offer, |fields| fields.time = time);
        evil.complained(moved, Code::StatementTime);
    }
    // 9999-12-31 and what −1 becomes are no times at all.
    let time = codec::encode(&offer.statement.fields().time);
    for millis in [253_402_214_400_000, u64::MAX] {
        let bytes = offer.statement.bytes();
        let place = bytes.windows(time.len()).position(|window| window == time).unwrap();
        let rest = &bytes[place + time.len()..];
        let bytes = [&bytes[..place], &codec::encode(&millis), rest].concat();
        let entry = evil.seal(evil.place(), bytes, Attachment::new([1; 16], Vec::new()));
        evil.take(vec![entry.clone()]);
        evil.complained_of(&entry, Code::StatementMalformed);
    }
    evil.still_heard();
}

#[test]
fn attack_31_hostile_names() {
    let mut evil = Evil::guest();
    let long = "甲".repeat(NAME_CHARS_MAX + 1);
    // As long as a private block may be; a name of a mebibyte fits into no frame.
    let longest = "甲".repeat(60_000);
    let hidden = ["甲\0乙", "甲\u{202e}乙", "甲\u{2066}乙", "甲\u{200b}乙", "甲\n乙", " 甲", ""];
    for name in hidden.into_iter().chain([long.as_str(), longest.as_str()]) {
        hostile(&mut evil, |person| person.name = name.into());
    }
    hostile(&mut evil, |person| person.reason = "转\u{202e}出".into());
    hostile(&mut evil, |person| person.sender = "党委\0".into());
    hostile(&mut evil, |person| person.phone = "1".repeat(33).as_str().into());
    // Half of a surrogate pair, as UTF-8 must not have it.
    let block = codec::encode(&particulars(&evil, 1));
    let name = "欧阳试探".as_bytes();
    let place = block.windows(name.len()).position(|window| window == name).unwrap();
    let mut broken = block.clone();
    broken[place..place + 3].copy_from_slice(&[0xed, 0xa0, 0x80]);
    for block in [broken, block[..block.len() - 1].to_vec(), Vec::new()] {
        let offer = offer_of(&evil, 1, &offer_body(&evil, 1), 0, block);
        evil.complained(offer, Code::StatementMalformed);
    }
    // A rare character is a name like any other.
    let mut person = particulars(&evil, 2);
    person.name = "\u{30edd}\u{31350}".into();
    let rare = offer_of(&evil, 2, &offer_body(&evil, 2), 0, codec::encode(&person));
    let case = case_of(&rare);
    evil.say(rare);
    evil.assert_state(&case, "issued");
    evil.still_heard();
}

#[test]
fn attack_31_a_name_of_a_mebibyte_ends_the_session() {
    let mut evil = Evil::guest();
    // A name that says it is so long, and as much of it as a frame holds.
    let mut block = vec![253];
    block.extend((1u64 << 20).to_le_bytes());
    block.extend(vec![b'a'; 200 * 1024]);
    let offer = offer_of(&evil, 1, &offer_body(&evil, 1), 0, block);
    let code = evil.refused_entry(evil.sealed(&offer));
    assert!([Code::SealInvalid, Code::SessionFrame].contains(&code), "{}", code.text());
    evil.open();
    evil.send_bytes(protocol::exchange::frame::Channel::Data, &(1u32 << 20).to_le_bytes());
    assert_eq!(evil.closed(), Code::SessionFrame);
    evil.still_heard();
}

#[test]
fn attack_32_identity_numbers() {
    let mut evil = Evil::guest();
    let good = id_number(&evil, 1);
    let wrong = if good.ends_with('0') { "1" } else { "0" };
    let full_width: String = good
        .chars()
        .map(|c| c.to_digit(10).map_or(c, |d| char::from_u32(0xff10 + d).unwrap()))
        .collect();
    for number in [
        format!("{}{wrong}", &good[..17]),
        full_width,
        good[..17].to_owned(),
        format!("{good} "),
        "1.10105E+17".to_owned(),
        "110105190213310021".to_owned(),
        String::new(),
    ] {
        assert!(IdNumber::parse(&number).is_err(), "the test means faulty numbers");
        hostile(&mut evil, |person| person.id_number = number.as_str().into());
    }
    evil.still_heard();
}

#[test]
fn offers_between_other_organisations_are_refused() {
    let mut evil = Evil::guest();
    let (ours, theirs) = (evil.org(), offer_body(&evil, 1).to_org);
    absurd(&mut evil, Code::OrgForeign, |body| body.to_org = ours);
    absurd(&mut evil, Code::StatementMalformed, |body| body.from_org = theirs);
    absurd(&mut evil, Code::OrgForeign, |body| {
        body.from_org = theirs;
        body.serial.region = theirs.region;
    });
    absurd(&mut evil, Code::StatementMalformed, |body| {
        body.serial = Serial { number: 0, ..body.serial };
    });
    absurd(&mut evil, Code::StatementMalformed, |body| {
        let batch = protocol::id::BatchId::from_bytes([1; 16]);
        body.batch = Some(BatchPlace { batch, index: 3, count: 3 });
    });
    evil.still_heard();
}

#[test]
fn a_directory_says_nothing_of_other_regions_and_nothing_hidden() {
    let mut evil = Evil::guest();
    let good = evil.listing();
    let shiquan = OrgCode::new(evil.stage.region.spec.code(), 77).unwrap();
    let bad = [
        OrgListing { code: shiquan, ..good.clone() },
        OrgListing { name: "党\u{202e}委".to_owned(), ..good.clone() },
        OrgListing { name: "党\0委".to_owned(), ..good.clone() },
        OrgListing { name: "党".repeat(20_000), ..good.clone() },
        OrgListing { aliases: vec!["别名\n又名".to_owned()], ..good.clone() },
        OrgListing { aliases: vec!["别名".to_owned(); 17], ..good.clone() },
    ];
    for listing in bad {
        let directory = OrgDirectory { revision: 9, part: 0, parts: 1, orgs: vec![listing] };
        let stated = evil.state(Draft::new(&directory));
        evil.complained(stated, Code::OrgInvalid);
    }
    for (part, parts) in [(1, 1), (0, 0), (u16::MAX, u16::MAX)] {
        let directory = OrgDirectory { revision: 9, part, parts, orgs: vec![good.clone()] };
        let stated = evil.state(Draft::new(&directory));
        evil.complained(stated, Code::OrgInvalid);
    }
    let region = evil.region.to_string();
    let orgs = evil.stage.region.list(&["org", "list", "--region", &region]);
    assert_eq!(orgs.len(), 1);
    assert_eq!(orgs[0]["code"], evil.org().to_string());
    evil.still_heard();
}

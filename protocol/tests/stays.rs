//! What a faulty or hostile peer may write into a stay, each as a named test, and that it changes
//! nothing.
#![allow(clippy::unwrap_used)]

mod world;

use protocol::codec;
use protocol::id::{Generation, LetterId, MemberRef};
use protocol::limits::{NEWS_CHARS_MAX, TEXT_CHARS_MAX};
use protocol::refusal::Code;
use protocol::statement::attachment::Attachment;
use protocol::statement::kind::{Kind, Writer};
use protocol::statement::mobility::particulars::{
    CertificateParticulars, Particulars, check_block, written,
};
use protocol::statement::mobility::{
    EndProposal, EndedHow, ParticipationReport, StayEnded, StayNotice, StayPlaced,
};
use protocol::statement::{Draft, Fields, Stated, Statement};
use protocol::stay::state::{Side, Stay};
use protocol::time::Day;
use world::stays::{Away, certificate, contact, first_day, notice_body, reported, stranger};
use world::{Membership, Node, issue, start};

fn nodes() -> (Node, Node) {
    (Node::shiquan(), Node::hanbin())
}

fn changed(stated: &Stated, change: impl FnOnce(&mut Fields)) -> Statement {
    let mut fields = stated.statement.fields().clone();
    change(&mut fields);
    Statement::new(fields)
}

/// The stay does not take it, and is what it was.
fn refused(away: &Away<'_>, statement: &Statement) -> Code {
    let mut stay = away.stay.clone();
    let code = stay.merge(statement).unwrap_err();
    assert_eq!(stay, away.stay, "changed by what was refused");
    code
}

/// of every kind, the other side and a third node may not write it, nor may it be written to
/// anybody but the other side.
#[test]
fn attack_another_writer_or_reader() {
    let (a, b) = nodes();
    let c = Node::ziyang();
    let year = Away::noticed(&a, &b).year();
    for stated in &year.said {
        let kind = stated.statement.kind().unwrap();
        let turned = changed(stated, |f| std::mem::swap(&mut f.author, &mut f.audience));
        if kind.writer() == Writer::Either {
            continue;
        }
        assert_eq!(refused(&year, &turned), Code::StatementParty, "{kind:?}");
    }
    for stated in &year.said {
        let of_third = changed(stated, |f| f.author = c.id);
        let to_third = changed(stated, |f| f.audience = c.id);
        let to_self = changed(stated, |f| f.audience = f.author);
        for statement in [of_third, to_third, to_self] {
            assert_eq!(refused(&year, &statement), Code::StatementParty);
        }
    }
}

/// a statement of another stay, of a letter, of another person, or one that answers too much
/// or nothing.
#[test]
fn attack_another_stay_person_or_letter() {
    let (a, b) = nodes();
    let year = Away::noticed(&a, &b).year();
    let other = Away::reported(&a, &b);
    for stated in &year.said[1..] {
        assert_eq!(other.stay.clone().merge(&stated.statement), Err(Code::StatementGeneration));
        let foreign = changed(stated, |f| f.answers[0] = other.stay.id.opening());
        assert_ne!(foreign.stay(), Some(year.stay.id));
        assert_eq!(refused(&year, &foreign), Code::StatementAntecedent);
        let nothing = changed(stated, |f| f.answers.clear());
        assert_eq!(refused(&year, &nothing), Code::StatementAntecedent);
        let much = changed(stated, |f| f.answers.extend([year.stay.id.opening(); 2]));
        assert_eq!(refused(&year, &much), Code::StatementAntecedent);
        let person = changed(stated, |f| f.member = Some(MemberRef::from_bytes([7; 16])));
        assert_eq!(refused(&year, &person), Code::StatementGeneration);
        let nobody = changed(stated, |f| f.member = None);
        assert_eq!(refused(&year, &nobody), Code::StatementGeneration);
        let generation = changed(stated, |f| f.generation = Some(Generation(0)));
        assert_eq!(refused(&year, &generation), Code::StatementGeneration);
        let letter = LetterId::of_offer(year.stay.id.opening());
        let of_letter = changed(stated, |f| f.letter = Some(letter));
        assert_eq!(refused(&year, &of_letter), Code::StatementMalformed);
    }
    let offer = issue(&a, &b, &Membership::minted(&a));
    assert_eq!(refused(&year, &offer.statement), Code::StatementUnusable);
    assert_eq!(offer.statement.stay(), None);
}

/// what opens a stay answers nothing and names a person; nothing else opens one.
#[test]
fn attack_an_opening_that_is_none() {
    let (a, b) = nodes();
    let year = Away::noticed(&a, &b).year();
    let open = |statement: &Statement| Stay::open(statement, a.region, b.region);
    for stated in &year.said[1..] {
        assert!(open(&stated.statement).is_err(), "{:?}", stated.statement.kind());
    }
    let opening = &year.said[0];
    let late = changed(opening, |f| f.answers.push(year.stay.id.opening()));
    assert_eq!(open(&late).unwrap_err(), Code::StatementAntecedent);
    let nobody = changed(opening, |f| f.member = None);
    assert_eq!(open(&nobody).unwrap_err(), Code::StatementMalformed);
    let any_generation = changed(opening, |f| f.generation = None);
    assert_eq!(open(&any_generation).unwrap_err(), Code::StatementMalformed);
    let turned = Stay::open(&opening.statement, b.region, a.region);
    assert_eq!(turned.unwrap_err(), Code::OrgForeign);
    let second = Away::reported(&a, &b);
    assert_eq!(refused(&year, &second.said[0].statement), Code::StatementGeneration);
    let named = changed(&second.said[0], |f| f.member = Some(year.stay.subject));
    assert_eq!(refused(&year, &named), Code::StatementAntecedent);
}

/// only what opens a stay is refused for being from the future.
#[test]
fn attack_an_opening_from_the_future() {
    let (a, b) = nodes();
    let away = Away::noticed(&a, &b);
    let day_before = "2026-11-21T07:59:59Z".parse().unwrap();
    assert!(away.said[0].statement.is_ahead_of(day_before));
    assert!(!away.said[0].statement.is_ahead_of(start()));
}

/// organisations lie in the regions of their sides.
#[test]
fn attack_an_organisation_of_another_region() {
    let (a, b) = nodes();
    let mut away = Away::noticed(&a, &b);
    away.place(7);
    let notice = |change: fn(&mut StayNotice, &Node, &Node)| {
        let mut body = StayNotice { revision: 1, ..notice_body(&a, &b) };
        change(&mut body, &a, &b);
        let (member, generation) = away.stay.membership().unwrap();
        let draft =
            Draft::new(&body).in_case(away.stay.id.opening(), None).about(member, generation);
        away.state(Side::Origin, draft).statement
    };
    assert!(away.stay.clone().merge(&notice(|_, _, _| {})).is_ok());
    let foreign = [
        notice(|body, _, b| body.from_org = b.org(1)),
        notice(|body, a, _| body.to_org = a.org(1)),
        changed(&away.said[1], |f| {
            let placed = StayPlaced { revision: 1, org: a.org(7), on: first_day() };
            f.body = codec::encode(&placed);
        }),
    ];
    for statement in foreign {
        assert_eq!(refused(&away, &statement), Code::OrgForeign);
    }
}

/// fields that contradict each other, and days to come.
#[test]
fn attack_fields_that_cannot_be() {
    let (a, b) = nodes();
    let mut away = Away::noticed(&a, &b);
    away.place(7);
    let stated = |side, draft: Draft| {
        let draft = draft.in_case(away.stay.id.opening(), None).concerning(away.stay.subject);
        away.state(side, draft).statement
    };
    let report = |period: &str, attended| ParticipationReport {
        revision: 1,
        period: period.parse().unwrap(),
        attended,
        held: 4,
        dues_paid_through: None,
    };
    let by_b = |draft| stated(Side::Destination, draft);
    let tomorrow: Day = first_day().plus_days(1);
    let how = EndedHow::NotOurs;
    let on = first_day();
    let cases = [
        (by_b(Draft::new(&report("2026-Q4", 5))), Code::StatementMalformed),
        (by_b(Draft::new(&report("2027-Q1", 1))), Code::StatementTime),
        (by_b(Draft::new(&EndProposal { revision: 1, how, on })), Code::StatementMalformed),
        (
            by_b(Draft::new(&StayPlaced { revision: 1, org: b.org(7), on: tomorrow })),
            Code::StatementTime,
        ),
        (
            stated(Side::Origin, Draft::new(&StayEnded { revision: 1, how, on: tomorrow })),
            Code::StatementTime,
        ),
    ];
    for (statement, expected) in cases {
        assert_eq!(refused(&away, &statement), expected);
    }
    let before = StayNotice { until: Some(on.plus_days(-1)), ..notice_body(&a, &b) };
    let opening = changed(&away.said[0], |f| f.body = codec::encode(&before));
    assert_eq!(Stay::open(&opening, a.region, b.region), Err(Code::StatementMalformed));
    let cut = changed(&away.said[1], |f| f.body.truncate(f.body.len() - 1));
    assert_eq!(refused(&away, &cut), Code::StatementMalformed);
}

/// a block that is not that of its kind; one that was erased is always right.
#[test]
fn attack_a_private_block_of_another_kind() {
    let (a, b) = nodes();
    let (year, report_in) = (Away::noticed(&a, &b).year(), Away::reported(&a, &b));
    let said: Vec<&Stated> = year.said.iter().chain(&report_in.said).collect();
    let present = |block: &[u8]| Attachment::new([3; 16], block.to_vec());
    for stated in &said {
        let kind = stated.statement.kind().unwrap();
        assert_eq!(check_block(kind, &stated.attachment), Ok(()), "{kind:?}");
        assert_eq!(check_block(kind, &Attachment::erased([0; 16])), Ok(()));
        let bad =
            |block: &[u8]| check_block(kind, &present(block)) == Err(Code::StatementMalformed);
        assert!(bad(&[0xff; 40]) && bad("a\u{202e}b".as_bytes()), "{kind:?}");
        let longer = [stated.attachment.block().unwrap(), &[0]].concat();
        assert!(bad(&longer), "{kind:?}");
    }
    for kind in [Kind::ContactNote, Kind::CertificateReview] {
        assert_eq!(check_block(kind, &present(b"x")), Err(Code::StatementMalformed));
    }
    let written_always = [Kind::Bulletin, Kind::HelpRequest, Kind::HelpAnswer];
    for kind in written_always.into_iter().chain([Kind::Correction, Kind::Reply]) {
        assert_eq!(check_block(kind, &present(b"  ")), Err(Code::StatementMalformed));
    }
    assert_eq!(check_block(Kind::StayEnded, &present(b"")), Ok(()), "a note may be missing");
    let text = |kind, count| written(kind, "字".repeat(count).as_bytes()).is_ok();
    assert!(text(Kind::Bulletin, NEWS_CHARS_MAX) && !text(Kind::Bulletin, NEWS_CHARS_MAX + 1));
    assert!(text(Kind::StayEnded, TEXT_CHARS_MAX) && !text(Kind::StayEnded, TEXT_CHARS_MAX + 1));
}

/// people as they are on the paper: a real identity number, names without hidden characters.
#[test]
fn attack_particulars_of_nobody() {
    let good = certificate();
    assert_eq!(CertificateParticulars::from_block(&good.to_block()), Ok(good.clone()));
    let id = CertificateParticulars { id_number: "110105194912310021".into(), ..good.clone() };
    let name = CertificateParticulars { name: "赵\u{200b}以刚".into(), ..good.clone() };
    let mut nameless = good.clone();
    nameless.contact.name = "".into();
    let place = CertificateParticulars { place: "\u{202e}".into(), ..good };
    for bad in [id, name, nameless, place] {
        assert!(CertificateParticulars::from_block(&bad.to_block()).is_err());
    }
    let mut phone = contact();
    phone.phone = "1".repeat(33).as_str().into();
    assert!(!phone.is_well_formed() && contact().is_well_formed() && reported().is_well_formed());
}

/// whoever holds nothing but the opening lags, and never says more than the other end.
#[test]
fn an_end_is_an_end_whatever_else_is_missing() {
    let (a, b) = nodes();
    let year = Away::noticed(&a, &b).year();
    let mut lagging = Stay::open(&year.said[0].statement, a.region, b.region).unwrap();
    lagging.merge(&year.of_kind(Kind::StayEnded)[0].statement).unwrap();
    assert_eq!(lagging.word(), year.stay.word());
    assert_ne!(lagging.digest(), year.stay.digest());
    assert_ne!(stranger(), year.stay.subject);
}

//! The set, its word and what either side may say, on stays whose every statement is real.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use crate::attached::{self, Case, Place};
use crate::id::Generation;
use crate::refusal::{Code, Refusal};
use crate::statement::Stated;
use crate::statement::kind::Kind;
use crate::statement::mobility::particulars::Duties;
use crate::statement::mobility::{EndedHow, ParticipationReport};
use crate::stay::origin::Membership;
use crate::stay::state::{Side, Stay, Word};
use crate::stay::{destination, help, origin};
use crate::transfer::world::Node;
use crate::transfer::world::stays::{
    Away, certificate, contact, first_day, member_of, notice_body, stranger,
};

fn nodes() -> (Node, Node) {
    (Node::shiquan(), Node::hanbin())
}

fn opened(away: &Away<'_>) -> Stay {
    let (author, audience) = match away.said[0].statement.kind() {
        Some(Kind::ReportIn) => (away.b.region, away.a.region),
        _ => (away.a.region, away.b.region),
    };
    Stay::open(&away.said[0].statement, author, audience).unwrap()
}

fn merged<'a>(mut stay: Stay, said: impl IntoIterator<Item = &'a Stated>) -> Stay {
    said.into_iter().for_each(|stated| {
        stay.merge(&stated.statement).unwrap();
    });
    stay
}

fn code<T>(result: Result<T, Refusal>) -> Code {
    result.err().map(|refused| refused.code).unwrap()
}

fn each_order(left: &mut Vec<usize>, taken: &mut Vec<usize>, visit: &mut impl FnMut(&[usize])) {
    if left.is_empty() {
        visit(taken);
    }
    for at in 0..left.len() {
        let one = left.remove(at);
        taken.push(one);
        each_order(left, taken, visit);
        taken.pop();
        left.insert(at, one);
    }
}

/// all 5,040 orders of seven statements, each statement coming twice, for both openings, give
/// one value, one word and one digest.
#[test]
fn no_order_and_no_repetition_makes_a_difference() {
    let (a, b) = nodes();
    let mut reported = Away::reported(&a, &b);
    reported.place(7).later(40).confirm().contact().report("2026-Q4", 2, Some("2026-12"));
    reported.report("2026-Q4", 3, None).propose(EndedHow::Moved).end(EndedHow::Moved);
    let mut noticed = Away::noticed(&a, &b);
    noticed.place(7).later(40).place(8).contact().later(50).report("2027-Q1", 1, Some("2027-01"));
    noticed.report("2026-Q4", 3, Some("2026-12")).review().end(EndedHow::LostContact);
    for away in [reported, noticed] {
        assert_eq!(away.said.len(), 8);
        each_order(&mut (1..8).collect(), &mut Vec::new(), &mut |order| {
            let said = order.iter().chain(order.iter().rev()).map(|at| &away.said[*at]);
            let stay = merged(opened(&away), said);
            assert_eq!((&stay, stay.digest()), (&away.stay, away.stay.digest()), "{order:?}");
        });
        assert_eq!(away.stay.word(), Word::Ended);
    }
}

proptest! {
    /// a year of everything, in any order and with any repetitions; and what one side lacks
    /// makes it lag, until it comes.
    #[test]
    fn a_year_in_any_order_is_the_same_year(
        order in Just((1..19).collect::<Vec<usize>>()).prop_shuffle(),
        again in proptest::collection::vec(1..19_usize, 0..12),
        held in 0..19_usize,
    ) {
        let (a, b) = nodes();
        let away = Away::noticed(&a, &b).year();
        prop_assert_eq!(away.said.len(), 19);
        let said = |places: &[usize]| places.iter().map(|at| &away.said[*at]).collect::<Vec<_>>();
        let lagging = merged(opened(&away), said(&order[..held]));
        let stay = merged(lagging, said(&again));
        let stay = merged(stay, said(&order));
        prop_assert_eq!(stay.digest(), away.stay.digest());
        prop_assert_eq!(stay, away.stay);
    }
}

/// the word of each set of the three that make it.
#[test]
fn the_word_follows_from_what_was_said() {
    let (a, b) = nodes();
    let words = |away: Away<'_>| {
        let sets = (0..8).map(|set: usize| {
            let mut stay = opened(&away);
            for (bit, stated) in away.said[1..].iter().enumerate() {
                if set >> bit & 1 == 1 {
                    stay.merge(&stated.statement).unwrap();
                }
            }
            stay.word()
        });
        sets.collect::<Vec<Word>>()
    };
    use Word::{Ended, Noticed, Placed, Reported};
    let mut reported = Away::reported(&a, &b);
    reported.confirm().place(7).end(EndedHow::Returned);
    let expected = [Reported, Noticed, Reported, Placed, Ended, Ended, Ended, Ended];
    assert_eq!(words(reported), expected);
    let mut noticed = Away::noticed(&a, &b);
    noticed.place(7).contact().end(EndedHow::Returned);
    let expected = [Noticed, Placed, Noticed, Placed, Ended, Ended, Ended, Ended];
    assert_eq!(words(noticed), expected);
    for word in Word::ALL {
        assert_eq!(Word::from_name(word.name()), Some(*word));
    }
}

/// the later placement, report and end stand; a report of an earlier quarter that comes late
/// replaces nothing; one that does not know the dues leaves those that are known.
#[test]
fn what_was_said_later_stands() {
    let (a, b) = nodes();
    let mut away = Away::noticed(&a, &b);
    away.place(7).later(2).place(8).later(100).report("2027-Q1", 1, Some("2027-02"));
    away.report("2027-Q1", 2, None).report("2026-Q4", 4, Some("2026-12"));
    let stay = &away.stay;
    assert_eq!(stay.placed().map(|placed| placed.org), Some(b.org(8)));
    assert_eq!(stay.placed_on(), Some(first_day().plus_days(2)));
    let report = stay.last_report().unwrap();
    assert_eq!((report.period, report.attended), ("2027-Q1".parse().unwrap(), 2));
    assert_eq!(stay.dues_paid_through(), Some("2027-02".parse().unwrap()));
    let today = away.today;
    away.end(EndedHow::Moved).end(EndedHow::LostContact);
    assert_eq!(away.stay.ended().map(|ended| ended.how), Some(EndedHow::LostContact));
    let again = origin::end(&away.stay, EndedHow::LostContact, today, today, "");
    assert_eq!(code(again), Code::StayState, "said already");
}

/// two statements with one revision are their author's fault; both ends still agree.
#[test]
fn one_revision_twice_is_settled_alike_at_both_ends() {
    let (a, b) = nodes();
    let away = Away::noticed(&a, &b);
    let place = |org| {
        let today = away.today;
        let draft = destination::place(&away.stay, b.org(org), today, today, &contact());
        away.state(Side::Destination, draft.unwrap())
    };
    let (one, other) = (place(7), place(8));
    let there = merged(away.stay.clone(), [&one, &other]);
    let back = merged(away.stay.clone(), [&other, &one]);
    assert_eq!(there, back);
    let higher = one.statement.hash().max(other.statement.hash());
    assert_eq!(there.placed.map(|held| held.statement), Some(higher));
}

/// whoever is there is placed at once, also before the origin answers.
#[test]
fn a_person_who_reports_is_placed_before_the_origin_confirms() {
    let (a, b) = nodes();
    let mut away = Away::reported(&a, &b);
    assert_eq!((away.stay.membership(), away.stay.subject), (None, stranger()));
    away.place(7).report("2026-Q4", 1, None);
    assert_eq!(away.stay.word(), Word::Reported);
    assert_eq!(code(origin::note_contact(&away.stay, away.today, away.today)), Code::StayState);
    away.confirm();
    let membership = member_of(&a);
    assert_eq!(away.stay.word(), Word::Placed);
    assert_eq!(away.stay.membership(), Some((membership.member, membership.generation)));
    assert_eq!(away.stay.from_day(), first_day());
}

/// only the full holder certifies, and no member is away twice.
#[test]
fn a_member_is_away_once() {
    let (a, b) = nodes();
    let (away, reported) = (Away::noticed(&a, &b), Away::reported(&a, &b));
    let certify = |stay, membership: &Membership| {
        origin::certify(stay, membership, notice_body(&a, &b), &certificate())
    };
    let free = member_of(&a);
    let gone = Membership { full: false, ..free };
    assert_eq!(code(certify(None, &gone)), Code::MemberNotFull);
    let busy = Membership { away: Some(away.stay.id), ..free };
    assert_eq!(code(certify(None, &busy)), Code::StayOpen);
    assert_eq!(code(certify(Some(&reported.stay), &busy)), Code::StayOpen);
    let renewed = away.state(Side::Origin, certify(Some(&away.stay), &busy).unwrap());
    assert_eq!(renewed.statement.stay(), Some(away.stay.id));
    let renewed = merged(away.stay.clone(), [&renewed]);
    assert_eq!(renewed.notice().map(|notice| notice.revision), Some(1));
}

/// the destination proposes; the origin ends. What the origin never confirmed it ends by
/// itself as proposed, and by hand only as somebody else's or as known already.
#[test]
fn only_the_origin_ends_a_stay() {
    let (a, b) = nodes();
    let mut placed = Away::noticed(&a, &b);
    placed.place(7).propose(EndedHow::Moved);
    assert_eq!(
        (placed.stay.word(), origin::on_proposal(&placed.stay, placed.today).is_none()),
        (Word::Placed, true)
    );
    assert_eq!(placed.stay.proposal().map(|proposal| proposal.how), Some(EndedHow::Moved));
    let today = placed.today;
    let end = |away: &Away<'_>, how| origin::end(&away.stay, how, today, today, "").map(drop);
    assert_eq!(end(&placed, EndedHow::NotOurs).unwrap_err().code, Code::StayState);
    assert_eq!(EndedHow::ALL.iter().filter(|how| end(&placed, **how).is_ok()).count(), 6);
    let mut reported = Away::reported(&a, &b);
    let by_hand: Vec<&EndedHow> =
        EndedHow::ALL.iter().filter(|how| end(&reported, **how).is_ok()).collect();
    use EndedHow::{Duplicate, LostContact, NotOurs, Transferred};
    assert_eq!(by_hand, [&Transferred, &NotOurs, &Duplicate]);
    let only_a = destination::propose_end(&reported.stay, NotOurs, today, today, "");
    assert_eq!(code(only_a), Code::StayNotOwn);
    reported.propose(LostContact);
    let draft = origin::on_proposal(&reported.stay, reported.today).unwrap();
    reported.say(Side::Origin, Ok(draft));
    assert_eq!(reported.stay.ended().map(|ended| ended.how), Some(LostContact));
    assert!(
        origin::on_proposal(&reported.stay, reported.today).is_none()
            && reported.stay.proposal().is_none()
    );
    assert_eq!(
        code(destination::place(&reported.stay, b.org(7), today, today, &contact())),
        Code::StayState
    );
}

/// with the membership the stay ends, once.
#[test]
fn a_stay_ends_with_the_membership() {
    let (a, b) = nodes();
    for how in [EndedHow::Transferred, EndedHow::MembershipEnded] {
        let mut away = Away::noticed(&a, &b);
        let draft = origin::on_membership_gone(&away.stay, how, away.today).unwrap();
        away.say(Side::Origin, Ok(draft));
        assert_eq!(away.stay.ended().map(|ended| ended.how), Some(how));
        assert_eq!(away.stay.ended_on(), Some(away.today));
        assert!(origin::on_membership_gone(&away.stay, how, away.today).is_none());
    }
}

/// one request of a side at a time, answered by the other, also after the end.
#[test]
fn help_is_asked_for_and_answered() {
    let (a, b) = nodes();
    for (asker, other) in [(Side::Origin, Side::Destination), (Side::Destination, Side::Origin)] {
        let mut away = Away::noticed(&a, &b);
        assert_eq!(code(help::answer(&away.stay, other, away.today, "好")), Code::StayNoRequest);
        away.ask(asker);
        let asked = away.said[1].statement.hash();
        assert_eq!(away.stay.open_request(asker), Some((asked, away.today)));
        assert_eq!(away.stay.open_request(other), None);
        assert_eq!(code(help::ask(&away.stay, asker, away.today, "再")), Code::StayHelpOpen);
        assert_eq!(code(help::answer(&away.stay, asker, away.today, "自答")), Code::StayNoRequest);
        away.end(EndedHow::Returned).answer(other);
        assert_eq!(away.stay.open_request(asker), None);
        assert_eq!(code(help::ask(&away.stay, asker, away.today, "再")), Code::StayState);
    }
}

/// nothing is noted that is still to come, and no quarter is reported before it begins.
#[test]
fn days_to_come_are_refused() {
    let (a, b) = nodes();
    let mut away = Away::noticed(&a, &b);
    away.place(7);
    let (stay, today) = (&away.stay, away.today);
    let tomorrow = today.plus_days(1);
    assert_eq!(code(origin::note_contact(stay, tomorrow, today)), Code::FieldInvalid);
    assert_eq!(code(origin::review(stay, tomorrow, today)), Code::FieldInvalid);
    let how = EndedHow::Returned;
    assert_eq!(code(origin::end(stay, how, tomorrow, today, "")), Code::FieldInvalid);
    let place = destination::place(stay, b.org(7), tomorrow, today, &contact());
    assert_eq!(code(place), Code::FieldInvalid);
    let report = |period: &str, attended, held| {
        let period = period.parse().unwrap();
        let dues_paid_through = None;
        let report = ParticipationReport { revision: 0, period, attended, held, dues_paid_through };
        destination::report(stay, report, today, &Duties::default())
    };
    assert_eq!(code(report("2027-Q1", 0, 0)), Code::FieldInvalid);
    assert_eq!(code(report("2026-Q4", 5, 4)), Code::FieldInvalid);
    assert!(report("2026-Q4", 4, 4).is_ok());
    let unplaced = Away::noticed(&a, &b);
    let report = ParticipationReport {
        revision: 0,
        period: "2026-Q4".parse().unwrap(),
        attended: 0,
        held: 0,
        dues_paid_through: None,
    };
    let early = destination::report(&unplaced.stay, report, today, &Duties::default());
    assert_eq!(code(early), Code::StayState);
}

/// each fact that both sides must agree on changes the digest, and a repetition does not.
#[test]
fn every_fact_changes_the_digest() {
    let (a, b) = nodes();
    let away = Away::noticed(&a, &b).year();
    let mut stay = opened(&away);
    let mut seen = vec![stay.digest()];
    for stated in &away.said[1..17] {
        let said = stay.merge(&stated.statement).unwrap();
        assert!(!seen.contains(&stay.digest()), "{said:?}");
        seen.push(stay.digest());
        stay.merge(&stated.statement).unwrap();
        assert_eq!(seen.last(), Some(&stay.digest()));
    }
}

/// a correction is its author's, a reply the member's; neither changes what stands.
#[test]
fn a_correction_and_a_reply_change_nothing_that_stands() {
    let (a, b) = nodes();
    let mut away = Away::noticed(&a, &b);
    away.place(7).report("2026-Q4", 3, None);
    let (before, word) = (away.stay.digest(), away.stay.word());
    let report = away.said.last().unwrap().statement.hash();
    let place = Place {
        case: Case::Opened(away.stay.id.opening()),
        member: away.stay.subject,
        revision: away.stay.next_revision(Side::Origin),
        about: report,
        own: false,
    };
    assert_eq!(code(attached::correct(&place, away.today, "不对")), Code::StatementNotOwn);
    assert_eq!(code(attached::reply(&place, away.today, " ")), Code::FieldInvalid);
    away.attach();
    assert_eq!((away.stay.digest(), away.stay.word()), (before, word));
    let reply = &away.said.last().unwrap().statement;
    assert_eq!(reply.fields().answers, [away.stay.id.opening(), report]);
}

/// a notice about another membership than the first is no notice of this stay.
#[test]
fn a_stay_is_about_one_membership() {
    let (a, b) = nodes();
    let mut away = Away::reported(&a, &b);
    away.confirm();
    let other = Membership { generation: Generation(1), ..member_of(&a) };
    let draft = origin::certify(Some(&away.stay), &other, notice_body(&a, &b), &certificate());
    let stated = away.state(Side::Origin, draft.unwrap());
    let before = away.stay.clone();
    assert_eq!(away.stay.merge(&stated.statement), Err(Code::StatementContradiction));
    assert_eq!(away.stay, before);
}

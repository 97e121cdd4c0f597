//! The set, its word and what either side may say, on residences whose every statement is real.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use crate::id::LetterId;
use crate::refusal::{Code, Refusal};
use crate::residence::state::{Residence, Word};
use crate::residence::{community, unit};
use crate::statement::attachment::Attachment;
use crate::statement::kind::Kind;
use crate::statement::mobility::particulars::{Duties, Particulars};
use crate::statement::residence::{
    AnnualFeedback, Matter, ResidenceEnd, ResidentParticulars, check_block,
};
use crate::statement::{Draft, Fields, Stated, Statement};
use crate::stay::state::Side;
use crate::transfer::world::Node;
use crate::transfer::world::residences::{Resident, membership_of, resident};
use crate::transfer::world::stays::{contact, first_day};

fn nodes() -> (Node, Node) {
    (Node::shiquan(), Node::hanbin())
}

fn opened(of: &Resident<'_>) -> Residence {
    Residence::open(&of.said[0].statement, of.a.region, of.b.region).unwrap()
}

fn code<T>(result: Result<T, Refusal>) -> Code {
    result.err().map(|refused| refused.code).unwrap()
}

fn changed(stated: &Stated, change: impl FnOnce(&mut Fields)) -> Statement {
    let mut fields = stated.statement.fields().clone();
    change(&mut fields);
    Statement::new(fields)
}

proptest! {
    /// more than a year of everything, in any order and with any repetitions, between two
    /// regions and inside one (R-127), is one value; what is missing makes a side lag.
    #[test]
    fn a_year_in_any_order_is_the_same_year(
        order in Just((1..12).collect::<Vec<usize>>()).prop_shuffle(),
        again in proptest::collection::vec(1..12_usize, 0..8),
        local in any::<bool>(),
    ) {
        let (a, b) = nodes();
        let year = Resident::introduced(&a, if local { &a } else { &b }).year();
        prop_assert_eq!(year.said.len(), 12);
        prop_assert_eq!(year.residence.is_local(), local);
        let mut residence = opened(&year);
        for at in again.iter().chain(&order).chain(&again) {
            residence.merge(&year.said[*at].statement).unwrap();
        }
        prop_assert_eq!(residence, year.residence);
    }
}

/// the word, the feedback of the latest year, and what waits for an answer.
#[test]
fn what_stands_follows_from_what_was_said() {
    let (a, b) = nodes();
    let mut of = Resident::introduced(&a, &b);
    assert_eq!((of.residence.word(), of.residence.community()), (Word::Introduced, b.org(31)));
    of.later(3).register(32);
    assert_eq!((of.residence.word(), of.residence.community()), (Word::Registered, b.org(32)));
    of.feedback(2026, 4).feedback(2026, 5);
    let last = of.said.last().unwrap().statement.hash();
    assert_eq!(of.residence.feedback().unwrap().attended, 5);
    assert_eq!(of.residence.open_feedback(), Some(last), "the later one of a year is answered");
    of.respond();
    assert_eq!(of.residence.open_feedback(), None);
    of.later(400).feedback(2027, 1).feedback(2026, 6);
    assert_eq!(of.residence.feedback().unwrap().year, 2027, "an older year changes nothing");
    of.ask(Matter::Award);
    assert_eq!(of.residence.open_opinion(), Some(of.said.last().unwrap().statement.hash()));
    assert!(of.residence.allowed(Side::Destination).contains(&"answer_opinion"));
    of.end(Side::Destination, ResidenceEnd::NotHere).answer();
    assert_eq!((of.residence.word(), of.residence.open_opinion()), (Word::Ended, None));
    assert_eq!(of.residence.ended().unwrap().how, ResidenceEnd::NotHere);
}

/// of every kind, the other side, a third node and another reader may not write it; nor does
/// it belong with another person, a letter, a generation, or other answers.
#[test]
fn a_statement_of_somebody_or_something_else_is_refused() {
    let (a, b) = nodes();
    let c = Node::ziyang();
    let year = Resident::introduced(&a, &b).year();
    let refused = |statement: &Statement| {
        let mut residence = year.residence.clone();
        let code = residence.merge(statement).unwrap_err();
        assert_eq!(residence, year.residence, "changed by what was refused");
        code
    };
    for stated in &year.said {
        let kind = stated.statement.kind().unwrap();
        let turned = changed(stated, |f| std::mem::swap(&mut f.author, &mut f.audience));
        if !kind.is_attached() && kind != Kind::ResidenceEnded {
            assert_eq!(refused(&turned), Code::StatementParty, "{kind:?}");
        }
        assert_eq!(refused(&changed(stated, |f| f.author = c.id)), Code::StatementParty);
        assert_eq!(refused(&changed(stated, |f| f.audience = f.author)), Code::StatementParty);
        let letter = Some(LetterId::of_offer(stated.statement.hash()));
        let lettered = changed(stated, |f| f.letter = letter);
        assert_eq!(refused(&lettered), Code::StatementGeneration, "{kind:?}");
        let nobody = changed(stated, |f| f.member = None);
        assert_eq!(refused(&nobody), Code::StatementGeneration, "{kind:?}");
    }
    for stated in &year.said[1..] {
        let nothing = changed(stated, |f| f.answers.clear());
        assert_eq!(refused(&nothing), Code::StatementAntecedent);
        let more = changed(stated, |f| f.answers.resize(3, stated.statement.hash()));
        assert_eq!(refused(&more), Code::StatementAntecedent);
    }
    let other = changed(&year.said[0], |f| f.time = f.time.after_millis(1));
    assert_eq!(refused(&other), Code::StatementGeneration, "a second introduction is another's");
    let foreign = Residence::open(&year.said[0].statement, b.region, a.region);
    assert_eq!(foreign, Err(Code::OrgForeign));
}

/// nothing is told of the future, and nobody attends more than there was.
#[test]
fn a_feedback_tells_what_has_been() {
    let (a, b) = nodes();
    let of = Resident::introduced(&a, &b);
    let (today, duties) = (first_day(), Duties::default());
    let feedback = AnnualFeedback { revision: 0, year: 2026, attended: 2, held: 3, on: today };
    let said = |feedback: AnnualFeedback| {
        let draft = Draft::new(&feedback);
        let draft = draft.in_case(of.residence.id.opening(), None).concerning(of.residence.member);
        let time = of.said[0].statement.fields().time;
        of.residence.clone().merge(&b.state(&a, draft, time).statement).map(drop)
    };
    let drafted = |feedback| {
        community::feedback(&of.residence, feedback, today, &duties).map(drop).map_err(|no| no.code)
    };
    assert_eq!((said(feedback), drafted(feedback)), (Ok(()), Ok(())));
    let tomorrow = AnnualFeedback { on: today.plus_days(1), ..feedback };
    assert_eq!((said(tomorrow), drafted(tomorrow).is_err()), (Err(Code::StatementTime), true));
    let next_year = AnnualFeedback { year: 2027, ..feedback };
    assert_eq!((said(next_year), drafted(next_year).is_err()), (Err(Code::StatementTime), true));
    let too_many = AnnualFeedback { attended: 4, ..feedback };
    let malformed = Err(Code::StatementMalformed);
    assert_eq!((said(too_many), drafted(too_many).is_err()), (malformed, true));
    let long_ago = AnnualFeedback { year: 2025, ..feedback };
    assert_eq!(drafted(long_ago), Err(Code::FieldInvalid), "before the introduction");
}

/// who may say what, and when.
#[test]
fn each_side_says_what_is_its_own() {
    let (a, b) = nodes();
    let mut of = Resident::introduced(&a, &b);
    let today = of.today;
    let lent = unit::Membership { full: false, ..membership_of(&a) };
    let busy = unit::Membership { introduced: Some(of.residence.id), ..membership_of(&a) };
    let introduce = |membership: &unit::Membership| {
        unit::introduce(membership, of.residence.introduction, today, &resident()).map(drop)
    };
    assert_eq!(code(introduce(&lent)), Code::MemberNotFull);
    assert_eq!(code(introduce(&busy)), Code::ResidenceOpen);
    assert_eq!(code(unit::respond(&of.residence, today, "好")), Code::ResidenceNoFeedback);
    assert_eq!(code(community::answer(&of.residence, today, "好")), Code::ResidenceNoRequest);
    of.ask(Matter::Admission);
    let again = unit::ask(&of.residence, Matter::Award, today, "再问");
    assert_eq!(code(again), Code::ResidenceOpinionOpen);
    let end = |residence: &Residence, by, how| {
        unit::end(residence, by, (how, today), today, "").map(drop)
    };
    let withdrawn = end(&of.residence, Side::Destination, ResidenceEnd::Withdrawn);
    assert_eq!(code(withdrawn), Code::ResidenceNotOwn);
    let gone = end(&of.residence, Side::Origin, ResidenceEnd::Transferred);
    assert_eq!(code(gone), Code::ResidenceNotOwn, "signed by itself, never by hand");
    let on_gone = |residence: &Residence| {
        unit::on_membership_gone(residence, ResidenceEnd::Transferred, today)
    };
    of.say(Side::Origin, Ok(on_gone(&of.residence).unwrap()));
    assert!(on_gone(&of.residence).is_none());
    let late = community::register(&of.residence, b.org(31), today, today, &contact());
    assert_eq!(code(late), Code::ResidenceState);
    assert_eq!(code(end(&of.residence, Side::Origin, ResidenceEnd::Moved)), Code::ResidenceState);
}

/// blocks of their kind, or none.
#[test]
fn a_private_block_is_that_of_its_kind() {
    let (a, b) = nodes();
    for stated in Resident::introduced(&a, &b).year().said {
        let kind = stated.statement.kind().unwrap();
        assert_eq!(check_block(kind, &stated.attachment), Ok(()), "{kind:?}");
        assert_eq!(check_block(kind, &Attachment::erased([0; 16])), Ok(()));
        let bad = |block: &[u8]| {
            let present = Attachment::new([3; 16], block.to_vec());
            check_block(kind, &present) == Err(Code::StatementMalformed)
        };
        assert!(bad(&[0xff; 40]) && bad("a\u{202e}b".as_bytes()), "{kind:?}");
        let written = [Kind::FeedbackResponse, Kind::OpinionRequest, Kind::OpinionReply];
        assert!(!written.contains(&kind) || bad(b"  "), "{kind:?}");
    }
    let nobody = ResidentParticulars { name: "".into(), ..resident() };
    assert!(!nobody.is_well_formed() && resident().is_well_formed());
}

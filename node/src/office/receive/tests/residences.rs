//! Residences and notes on letters between two offices whose messages come late, twice or from
//! somebody who may not send them.

use protocol::id::ResidenceId;
use protocol::residence::state::Residence;

use super::stays::findings;
use super::{DESTINATION, ORIGIN, Office, Pair};
use crate::office::attach::AttachRequest;
use crate::office::residences::{CardRequest, FeedbackRequest, IntroductionRequest};
use crate::office::stays::{ContactRequest, EndRequest};

fn contact() -> ContactRequest {
    ContactRequest { name: "钱守成".into(), phone: "".into() }
}

fn feedback(year: u16) -> FeedbackRequest {
    FeedbackRequest { year, attended: 5, held: 6, duties: "楼栋长".into(), ..Default::default() }
}

fn note(correction: bool, statement: &str, text: &str) -> AttachRequest {
    AttachRequest { correction, statement: statement.to_owned(), text: text.into() }
}

impl Pair {
    /// A new member of the origin's, introduced to a community of that region.
    fn introduced(&self, region: u32) -> (String, String) {
        let number = self.members.replace(self.members.get() + 1);
        let member = self.origin.add_member(&super::person(number, ORIGIN)).unwrap().member;
        let to = format!("{region}-0001");
        let request = IntroductionRequest {
            to,
            address: "滨江社区三栋".into(),
            contact: contact(),
            ..Default::default()
        };
        let residence = self.origin.introduce_resident(&member, &request).unwrap().id;
        (residence, member)
    }

    fn alike(&self, residence: &str) -> Residence {
        let [here, there] = [&self.origin, &self.destination].map(|office| core(office, residence));
        assert_eq!(here, there);
        here
    }
}

fn core(office: &Office, residence: &str) -> Residence {
    let id: ResidenceId = residence.parse().unwrap();
    office.look(|_, snapshot| Ok(snapshot.residence(id)?.unwrap().core)).unwrap()
}

/// what crosses is kept at both ends, whichever comes first and however often.
#[test]
fn an_end_a_feedback_and_an_opinion_cross() {
    let pair = Pair::new();
    for unit_first in [true, false] {
        let (residence, _) = pair.introduced(DESTINATION);
        pair.settle();
        let question = "请提出意见".into();
        pair.origin.ask_opinion(&residence, "award", &question).unwrap();
        pair.origin
            .end_residence(&residence, &EndRequest { how: "moved".into(), ..Default::default() })
            .unwrap();
        pair.destination.feed_back(&residence, &feedback(2026)).unwrap();
        for way in [unit_first, !unit_first] {
            let groups = pair.waiting(way);
            let (from, to) = pair.ends(way);
            for _ in 0..2 {
                to.receive(to.peer_id(from.me().node).unwrap(), &groups).unwrap();
            }
        }
        let core = pair.alike(&residence);
        assert_eq!((core.word().name(), core.feedback().unwrap().attended), ("ended", 5));
        pair.destination.answer_opinion(&residence, &"无不同意见".into()).unwrap();
        pair.settle();
        assert_eq!(pair.alike(&residence).open_opinion(), None, "also after the end");
    }
}

/// in the commit of the Ack the residence ends; the card of the resident was never sent.
#[test]
fn a_residence_ends_with_the_membership_and_the_card_stays() {
    let pair = Pair::new();
    let (residence, member) = pair.introduced(DESTINATION);
    pair.settle();
    let card = CardRequest { wishes: "楼栋巡查".into(), ..Default::default() };
    let branch = format!("{DESTINATION}-0002");
    pair.destination.register_resident(&residence, &branch, &contact(), &card).unwrap();
    pair.settle();
    let told = |office: &Office| office.residence(&residence).unwrap().card;
    assert_eq!(told(&pair.destination).unwrap().wishes.as_deref(), Some("楼栋巡查"));
    assert!(told(&pair.origin).is_none());
    let letter = super::issue(&pair.origin, &member, DESTINATION);
    pair.carry(true);
    pair.accept(letter);
    pair.settle();
    let ended = pair.alike(&residence);
    assert_eq!(ended.ended().unwrap().how.name(), "transferred");
    let row = pair.origin.look(|_, snapshot| snapshot.named_member(&member)).unwrap();
    assert_eq!(row.resides, None);
}

/// inside one region the same is said and kept, nothing is sent, and both may be done here.
#[test]
fn unit_and_community_of_one_region_need_no_peer() {
    let pair = Pair::new();
    let office = &pair.origin;
    let (residence, member) = pair.introduced(ORIGIN);
    assert!(pair.waiting(true).is_empty(), "nothing is signed");
    let branch = format!("{ORIGIN}-0002");
    let card = CardRequest { occupation: "教师".into(), ..Default::default() };
    office.register_resident(&residence, &branch, &contact(), &card).unwrap();
    office.feed_back(&residence, &feedback(2026)).unwrap();
    let said = office.residence(&residence).unwrap().statements;
    let told = said.iter().find(|one| one.kind == "annualfeedback").unwrap();
    assert_eq!(told.text.as_deref(), Some("楼栋长"));
    office.attach_to_residence(&residence, &note(false, &told.hash, "属实")).unwrap();
    office.respond_to_feedback(&residence, &"已通报".into()).unwrap();
    office.ask_opinion(&residence, "promotion", &"请提出意见".into()).unwrap();
    let [asked] = &office.opinions(None, true, None, 10).unwrap().items[..] else { panic!() };
    assert_eq!((asked.question.as_deref(), &asked.answer), (Some("请提出意见"), &None));
    office.answer_opinion(&residence, &"无不同意见".into()).unwrap();
    assert!(office.opinions(None, true, None, 10).unwrap().items.is_empty());
    let [answered] = &office.opinions(Some("in"), false, None, 10).unwrap().items[..] else {
        panic!()
    };
    assert_eq!(answered.answer.as_deref(), Some("无不同意见"));
    let shown = office.residence(&residence).unwrap();
    assert_eq!((shown.direction.as_str(), shown.statements.len()), ("local", 7));
    let file = office.member_file(&member, false).unwrap();
    let [entry] = &file.resident_cards[..] else { panic!("one card") };
    assert_eq!(entry.card.as_ref().unwrap().occupation.as_deref(), Some("教师"));
    assert_eq!(office.seen_by(&member).unwrap(), []);
    let refused = office.introduce_resident(
        &member,
        &IntroductionRequest {
            to: format!("{DESTINATION}-0001"),
            contact: contact(),
            ..Default::default()
        },
    );
    assert_eq!(refused.err().map(|one| one.code.text()), Some("residence.open"));
    office.end_member(&member, "left", "2026-11-22").unwrap();
    let ended = office.residence(&residence).unwrap().ended.unwrap();
    assert_eq!(ended.how, "membership_ended");
}

/// The community owes the unit a feedback each year, and nobody else does.
#[test]
fn a_community_that_does_not_report_has_a_task() {
    let pair = Pair::new();
    let (residence, _) = pair.introduced(DESTINATION);
    pair.settle();
    let overdue = |on: &str| {
        [&pair.origin, &pair.destination].map(|office| {
            office.clock().set(on.parse().unwrap()).unwrap();
            findings(office, "ReviewOverdue").len()
        })
    };
    assert_eq!(overdue("2027-11-21T15:59:59Z"), [0, 0]);
    assert_eq!(overdue("2027-11-21T16:00:00Z"), [0, 1], "a year later, in Shanghai");
    let [due] = &findings(&pair.destination, "ReviewOverdue")[..] else { panic!("not one") };
    assert_eq!((&due.subject, due.org.as_str()), (&residence, "610902-0001"));
    assert_eq!(due.next[0], format!("residence feedback {residence}"));
    pair.destination.feed_back(&residence, &feedback(2027)).unwrap();
    assert_eq!(overdue("2027-11-22T00:00:00Z"), [0, 0]);
}

/// words on a letter reach the other side, change nothing, and are bounded; only who said a
/// thing corrects it.
#[test]
fn notes_hang_on_a_letter_and_change_nothing() {
    let pair = Pair::new();
    let (id, member) = pair.letter();
    pair.accept(id);
    pair.settle();
    let letter = id.to_string();
    let before = pair.origin.letter(&letter).unwrap();
    assert_eq!(before.state, "closed");
    let of = |kind: &str| before.statements.iter().find(|one| one.kind == kind).unwrap();
    let offer = &of("offer").hash;
    pair.origin.attach_to_letter(&letter, &note(true, &offer[..12], "党费交至应为十月")).unwrap();
    let foreign = pair.destination.attach_to_letter(&letter, &note(true, offer, "不对"));
    assert_eq!(foreign.err().map(|one| one.code.text()), Some("statement.not_own"));
    let unknown = pair.destination.attach_to_letter(&letter, &note(false, "00000000", "不对"));
    assert_eq!(unknown.err().map(|one| one.code.text()), Some("statement.unknown"));
    pair.destination.attach_to_letter(&letter, &note(false, offer, "本人未到过该支部")).unwrap();
    pair.settle();
    let [here, there] = [&pair.origin, &pair.destination].map(|one| one.letter(&letter).unwrap());
    let said = |letter: &crate::office::view::Letter| {
        let notes = letter.notes.iter();
        notes.map(|one| (one.kind.clone(), one.by.clone(), one.text.clone())).collect::<Vec<_>>()
    };
    assert_eq!((said(&here), here.notes.len()), (said(&there), 2));
    assert!(here.notes.iter().all(|one| one.answers == *offer));
    assert_eq!(here.statements, before.statements);
    assert_eq!((here.state, here.custody_org), (before.state.clone(), before.custody_org.clone()));
    let file = pair.destination.member_file(&member.to_string(), false).unwrap();
    assert_eq!(file.letters[0].notes.len(), 2);
    let history = pair.destination.member_history(&member.to_string(), None, 100).unwrap();
    assert!(history.items.iter().any(|one| one.kind == "correction"));
    let [told] = &pair.destination.seen_by(&member.to_string()).unwrap()[..] else { panic!() };
    assert!(told.kinds.contains(&"reply".to_owned()));
    for _ in 1..20 {
        pair.destination.attach_to_letter(&letter, &note(false, offer, "再说")).unwrap();
    }
    let more = pair.destination.attach_to_letter(&letter, &note(false, offer, "再说"));
    assert_eq!(more.err().map(|one| one.code.text()), Some("letter.notes"));
}

/// what hangs on nothing, or on somebody else's words, is answered and not kept.
#[test]
fn a_note_on_nothing_is_unusable() {
    let pair = Pair::new();
    let (residence, _) = pair.introduced(DESTINATION);
    let (id, _) = pair.letter();
    pair.settle();
    let opening = core(&pair.origin, &residence).id.opening();
    let member = core(&pair.origin, &residence).member;
    let place = |case, member, about, own| protocol::attached::Place {
        case,
        member,
        revision: 9,
        about,
        own,
    };
    let today = pair.origin.now().day();
    let case = protocol::attached::Case::Opened(opening);
    let foreign = protocol::attached::correct(&place(case, member, opening, true), today, "不对");
    let letter_of = pair.origin.letter(&id.to_string()).unwrap();
    let of_letter = protocol::attached::Case::Letter(id);
    let other: protocol::id::MemberRef = letter_of.member.member.parse().unwrap();
    let nothing = place(of_letter, other, opening, true);
    let nothing = protocol::attached::reply(&nothing, today, "不对");
    let not_mine = place(of_letter, other, id.offer(), true);
    let not_mine = protocol::attached::correct(&not_mine, today, "不对");
    for draft in [foreign, nothing, not_mine] {
        let draft = draft.unwrap();
        pair.destination
            .decide(|decision| {
                let peer = decision.snapshot.named_peer(&ORIGIN.to_string())?;
                decision.sign(&peer, draft.clone(), None).map(drop)
            })
            .unwrap();
    }
    pair.settle();
    assert_eq!(pair.origin.letter(&id.to_string()).unwrap().notes.len(), 0);
    let said = pair.origin.residence(&residence).unwrap().statements;
    assert_eq!(said.len(), 1, "the introduction alone");
    let rejected = pair.destination.residence(&residence).unwrap().rejected;
    assert_eq!(rejected.as_deref(), Some("statement.antecedent"), "it was answered");
}

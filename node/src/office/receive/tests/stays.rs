//! Stays between two offices whose messages cross, come twice or come late.

use protocol::id::StayId;
use protocol::refusal::Lang;
use protocol::stay::state::Stay;

use super::{DESTINATION, MemberRequest, Office, Pair, person};
use crate::office::attach::AttachRequest;
use crate::office::findings::FindingQuery;
use crate::office::stays::{
    ContactRequest, EndRequest, Goer, NoticeRequest, PlaceRequest, ReportInRequest, ReportRequest,
};
use crate::office::view;

fn contact() -> ContactRequest {
    ContactRequest { name: "钱守成".into(), phone: "".into() }
}

fn placing() -> PlaceRequest {
    let (org, contact) = (org(DESTINATION, 2), contact());
    PlaceRequest { org, contact, ..PlaceRequest::default() }
}

fn notice() -> NoticeRequest {
    let (reason, place) = ("务工".into(), "江北".into());
    NoticeRequest { reason, place, contact: contact(), ..NoticeRequest::default() }
}

fn end(how: &str) -> EndRequest {
    EndRequest { how: how.to_owned(), ..EndRequest::default() }
}

fn report() -> ReportRequest {
    let period = "2026-Q4".to_owned();
    ReportRequest { period, attended: 1, held: 2, ..ReportRequest::default() }
}

fn correction(statement: &str, text: &str) -> AttachRequest {
    AttachRequest { correction: true, statement: statement.to_owned(), text: text.into() }
}

/// What stands of one kind.
pub(super) fn findings(office: &Office, kind: &str) -> Vec<view::Finding> {
    let (kind, lang) = (Some(kind), Lang::En);
    let query = FindingQuery { kind, org: None, overdue: false, after: None, limit: 100, lang };
    office.findings(&query).unwrap().items
}

fn org(region: u32, number: u32) -> String {
    format!("{region}-{number:04}")
}

impl Pair {
    /// Somebody of the origin's reported at the destination.
    fn reported(&self, person: &MemberRequest) -> String {
        let request = ReportInRequest {
            name: "测试".into(),
            id_number: person.id_number.clone().unwrap(),
            from_region: super::ORIGIN.to_string(),
            org: org(DESTINATION, 2),
            ..ReportInRequest::default()
        };
        self.destination.report_in(&request).unwrap().id
    }

    fn somebody(&self) -> MemberRequest {
        let number = self.members.replace(self.members.get() + 1);
        person(number, super::ORIGIN)
    }

    /// A new member's stay, placed and known at both ends.
    fn placed(&self) -> String {
        let member = self.origin.add_member(&self.somebody()).unwrap().member;
        let stay = self
            .origin
            .open_stay(Goer::Member(&member), &org(DESTINATION, 1), &notice())
            .unwrap()
            .id;
        self.settle();
        self.destination.place_stay(&stay, &placing()).unwrap();
        self.settle();
        stay
    }

    /// The stay as both ends have it, which is the same.
    fn agreed(&self, stay: &str) -> Stay {
        let [here, there] = [&self.origin, &self.destination].map(|office| core(office, stay));
        assert_eq!((&here, here.digest()), (&there, there.digest()));
        here
    }
}

fn core(office: &Office, stay: &str) -> Stay {
    let id: StayId = stay.parse().unwrap();
    office.look(|_, snapshot| Ok(snapshot.stay(id)?.unwrap().core)).unwrap()
}

/// an end and a report that cross are both kept, and both ends say the same, whichever comes
/// first and however often.
#[test]
fn an_end_and_a_report_cross() {
    let pair = Pair::new();
    for origin_first in [true, false] {
        let stay = pair.placed();
        pair.origin.end_stay(&stay, &end("returned")).unwrap();
        pair.destination.report_stay(&stay, &report()).unwrap();
        for way in [origin_first, !origin_first] {
            let groups = pair.waiting(way);
            let (from, to) = pair.ends(way);
            for _ in 0..2 {
                to.receive(to.peer_id(from.me().node).unwrap(), &groups).unwrap();
            }
        }
        let agreed = pair.agreed(&stay);
        assert_eq!((agreed.word().name(), agreed.last_report().is_some()), ("ended", true));
    }
    let stays = |office: &Office| office.stays(None, None, None, 10, false).unwrap().items.len();
    assert_eq!((stays(&pair.origin), stays(&pair.destination)), (2, 2));
}

/// a report that was withdrawn before the origin heard of it ends in the same commit in which
/// it arrives.
#[test]
fn a_report_and_its_withdrawal_arrive_together() {
    let pair = Pair::new();
    let stay = pair.reported(&pair.somebody());
    pair.destination.place_stay(&stay, &placing()).unwrap();
    pair.destination.end_stay(&stay, &end("moved")).unwrap();
    pair.carry(false);
    assert_eq!(core(&pair.origin, &stay).word().name(), "ended");
    pair.carry(true);
    assert_eq!(pair.agreed(&stay).ended().map(|ended| ended.how.name()), Some("moved"));
}

/// a destination whose clock is ahead proposes an end on a day that has not begun at the
/// origin. The origin ends the stay by its own today, and what comes behind the proposal arrives.
#[test]
fn a_proposal_of_a_clock_ahead_stops_no_feed() {
    let here = "2026-11-22T15:59:00Z";
    for there in ["2026-11-22T16:01:00Z", "2026-11-26T08:00:00Z"] {
        let pair = Pair::new();
        let stay = pair.reported(&pair.somebody());
        pair.settle();
        pair.origin.clock().set(here.parse().unwrap()).unwrap();
        pair.destination.clock().set(there.parse().unwrap()).unwrap();
        pair.destination.end_stay(&stay, &end("moved")).unwrap();
        pair.carry(false);
        let other = pair.reported(&pair.somebody());
        pair.settle();
        let agreed = pair.agreed(&stay);
        let end = agreed.ended().map(|end| (end.how.name(), end.on.to_string()));
        assert_eq!(end, Some(("moved", "2026-11-22".to_owned())));
        let news = pair.origin.stay(&other);
        // An opening four days ahead is refused for its own date, not for the feed.
        assert_eq!(news.is_ok(), there < "2026-11-23");
    }
}

/// of two clerks who certify one member at once, one is told of the other's stay.
#[test]
fn two_clerks_certify_one_member() {
    let pair = Pair::new();
    for _ in 0..50 {
        let member = pair.origin.add_member(&pair.somebody()).unwrap().member;
        let open = || pair.origin.open_stay(Goer::Member(&member), &org(DESTINATION, 1), &notice());
        let results = std::thread::scope(|scope| {
            let clerks = [scope.spawn(open), scope.spawn(open)];
            clerks.map(|clerk| clerk.join().unwrap().map(|stay| stay.id))
        });
        let opened = results.iter().filter(|result| result.is_ok()).count();
        let refused = results.iter().filter_map(|result| result.as_ref().err());
        let codes: Vec<&str> = refused.map(|refusal| refusal.code.text()).collect();
        assert_eq!((opened, &codes[..]), (1, &["stay.open"][..]));
    }
}

/// with the Receipt the stay ends in the commit of the Ack, and the destination hears of both
/// at once.
#[test]
fn a_receipt_ends_the_stay() {
    let pair = Pair::new();
    let stay = pair.placed();
    let letter = pair.origin.transfer_stay(&stay, &"".into(), None).unwrap();
    pair.settle();
    pair.destination.accept(&letter.id, &org(DESTINATION, 2), true, None).unwrap();
    for way in [false, true, false] {
        assert_eq!(core(&pair.origin, &stay).word().name(), "placed");
        pair.carry(way);
    }
    assert_eq!(core(&pair.origin, &stay).word().name(), "ended");
    pair.carry(true);
    assert_eq!(pair.agreed(&stay).ended().map(|ended| ended.how.name()), Some("transferred"));
    assert_eq!(pair.destination.letter(&letter.id).unwrap().state, "closed");
}

/// what the other side could not use is shown where it was said.
#[test]
fn a_stay_that_the_other_side_cannot_use_says_so() {
    let pair = Pair::new();
    let member = pair.origin.add_member(&pair.somebody()).unwrap().member;
    pair.origin.clock().set("2026-11-24T08:00:00Z".parse().unwrap()).unwrap();
    let stay =
        pair.origin.open_stay(Goer::Member(&member), &org(DESTINATION, 1), &notice()).unwrap().id;
    pair.settle();
    let shown = pair.origin.stay(&stay).unwrap();
    let rejected = shown.rejected.as_deref();
    assert_eq!((shown.delivery.as_str(), rejected), ("rejected", Some("statement.time")));
    assert_eq!(pair.destination.stay(&stay).err().map(|one| one.code.text()), Some("stay.unknown"));
}

/// in one arrival the peer may say a thing and correct it; what it never said it cannot
/// correct.
#[test]
fn a_report_and_its_correction_arrive_together() {
    let pair = Pair::new();
    let stay = pair.placed();
    pair.destination.report_stay(&stay, &report()).unwrap();
    let said = pair.destination.stay(&stay).unwrap().statements;
    let reported = said.iter().find(|one| one.kind == "participationreport").unwrap().hash.clone();
    pair.destination.attach_to_stay(&stay, &correction(&reported, "应为二次")).unwrap();
    let foreign = pair.origin.attach_to_stay(&stay, &correction(&reported, "不对"));
    assert_eq!(foreign.err().map(|one| one.code.text()), Some("statement.unknown"));
    pair.settle();
    let foreign = pair.origin.attach_to_stay(&stay, &correction(&reported, "不对"));
    assert_eq!(foreign.err().map(|one| one.code.text()), Some("statement.not_own"));
    let shown = pair.origin.stay(&stay).unwrap();
    let last = shown.statements.iter().find(|one| one.kind == "correction").unwrap();
    assert_eq!((last.text.as_deref(), last.answers.as_ref()), (Some("应为二次"), Some(&reported)));
    pair.agreed(&stay);
}

/// with a peer that was revoked the member of ours can still come home or go on, and a guest
/// leaves the worklist with the destination's last word.
#[test]
fn a_stay_with_a_revoked_peer_can_be_ended() {
    let pair = Pair::new();
    let stay = pair.placed();
    pair.origin.revoke_peer(&DESTINATION.to_string()).unwrap();
    pair.destination.revoke_peer(&super::ORIGIN.to_string()).unwrap();
    let note = pair.origin.note_contact(&stay, None);
    assert_eq!(note.err().map(|one| one.code.text()), Some("peer.revoked"));
    assert_eq!(pair.origin.stay(&stay).unwrap().next, ["end"]);
    let ended = pair.origin.end_stay(&stay, &end("moved")).unwrap();
    let member = pair.origin.member(ended.member.member.as_deref().unwrap(), false).unwrap();
    assert_eq!((ended.state.as_str(), member.custody.as_str()), ("ended", "here"));
    let owed = |on: &str| {
        pair.destination.clock().set(on.parse().unwrap()).unwrap();
        findings(&pair.destination, "ReportOverdue").len()
    };
    assert_eq!(owed("2027-09-01T00:00:00Z"), 1);
    assert_eq!(pair.destination.stay(&stay).unwrap().next, ["end"]);
    let left = pair.destination.end_stay(&stay, &end("moved")).unwrap();
    assert_eq!((left.proposal.unwrap().how.as_str(), left.next), ("moved", vec![]));
    assert_eq!(owed("2027-09-02T00:00:00Z"), 0, "nobody there decides any more");
}

/// a day far ahead hides nothing: what tells it is refused, and said again once the clock is
/// right; then the refusal is past.
#[test]
fn a_clock_far_ahead_hides_no_due_day() {
    let pair = Pair::new();
    let stay = pair.placed();
    let at = |office: &Office, time: &str| office.clock().set(time.parse().unwrap()).unwrap();
    at(&pair.origin, "2031-05-01T08:00:00Z");
    pair.origin.note_contact(&stay, None).unwrap();
    pair.settle();
    assert_eq!(core(&pair.destination, &stay).last_contact_on(), None);
    let shown = pair.origin.stay(&stay).unwrap();
    let rejected = shown.rejected.as_deref();
    assert_eq!((shown.delivery.as_str(), rejected), ("rejected", Some("statement.time")));
    at(&pair.destination, "2031-05-01T08:00:00Z");
    pair.origin.note_contact(&stay, None).unwrap();
    pair.settle();
    assert_eq!(pair.origin.stay(&stay).unwrap().rejected, None);
    pair.agreed(&stay);
    at(&pair.origin, "2035-05-01T08:00:00Z");
    pair.origin.end_stay(&stay, &end("returned")).unwrap();
    pair.settle();
    assert_eq!(pair.agreed(&stay).word().name(), "ended", "an end hides nothing");
}

/// nobody leaves years ahead, and no dues are paid years ahead.
#[test]
fn a_notice_and_a_report_stay_near_their_day() {
    let pair = Pair::new();
    let member = pair.origin.add_member(&pair.somebody()).unwrap().member;
    let open = |from: &str| {
        let request = NoticeRequest { from: Some(from.to_owned()), ..notice() };
        pair.origin.open_stay(Goer::Member(&member), &org(DESTINATION, 1), &request)
    };
    let refused = open("2027-03-03").err().unwrap();
    assert_eq!((refused.code.text(), refused.subject.as_str()), ("field.invalid", "from"));
    let stay = open("2027-03-02").unwrap().id;
    pair.settle();
    pair.destination.place_stay(&stay, &placing()).unwrap();
    let paid = |month: &str| {
        let dues_paid_through = Some(month.to_owned());
        pair.destination.report_stay(&stay, &ReportRequest { dues_paid_through, ..report() })
    };
    let refused = paid("2027-12").err().unwrap();
    assert_eq!(refused.subject, "dues_paid_through");
    paid("2027-11").unwrap();
}

/// a peer that opens stays without end is stopped, and goes on once some are placed.
#[test]
fn stays_that_wait_are_bounded() {
    let pair = Pair::new();
    let open = || {
        let member = pair.origin.add_member(&pair.somebody()).unwrap().member;
        pair.origin.open_stay(Goer::Member(&member), &org(DESTINATION, 1), &notice()).unwrap().id
    };
    let opened = [open(), open(), open(), open()];
    pair.settle();
    assert_eq!(pair.origin.stay(&opened[3]).unwrap().rejected.as_deref(), Some("case.quota"));
    let late = open();
    pair.settle();
    assert!(pair.destination.stay(&late).is_err());
    pair.destination.place_stay(&opened[0], &placing()).unwrap();
    let taken = open();
    pair.settle();
    pair.agreed(&taken);
}

/// A notice to an organisation that never was is somebody's task all the same.
#[test]
fn a_notice_to_nobody_is_the_task_of_the_top_organisation() {
    let pair = Pair::new();
    let member = pair.origin.add_member(&pair.somebody()).unwrap().member;
    let unknown = org(DESTINATION, 2);
    let stay = pair.origin.open_stay(Goer::Member(&member), &unknown, &notice()).unwrap().id;
    pair.destination.close_org(&unknown).unwrap();
    pair.settle();
    assert_eq!(pair.destination.stay(&stay).unwrap().to_org.as_deref(), Some(unknown.as_str()));
    pair.destination.clock().set("2027-02-01T00:00:00Z".parse().unwrap()).unwrap();
    let [due] = &findings(&pair.destination, "InflowDue")[..] else { panic!("not one") };
    assert_eq!((&due.subject, due.org.as_str()), (&stay, org(DESTINATION, 1).as_str()));
}

/// Only the person who reported is confirmed: the identity number of anybody else stays here.
#[test]
fn nobody_is_confirmed_for_somebody_else() {
    let pair = Pair::new();
    let [reported, other] = [pair.somebody(), pair.somebody()];
    let [member, other] = [&reported, &other].map(|one| pair.origin.add_member(one).unwrap());
    let stay = pair.reported(&reported);
    pair.settle();
    let refused = pair.origin.confirm_stay(&stay, Some(&other.member), &notice());
    assert_eq!(refused.err().map(|one| one.code.text()), Some("stay.other_person"));
    assert!(pair.waiting(true).is_empty(), "nothing was signed");
    pair.origin.confirm_stay(&stay, Some(&member.member), &notice()).unwrap();
    let refused = pair.origin.confirm_stay(&stay, Some(&other.member), &notice());
    assert_eq!(refused.err().map(|one| one.code.text()), Some("stay.other_person"));
    pair.settle();
    assert_eq!(pair.agreed(&stay).word().name(), "noticed");
}

/// a notice in place of the first extends the stay and names somebody else to call; the rest
/// stands. Phones of contact persons are masked like those of members.
#[test]
fn a_stay_is_certified_anew() {
    let pair = Pair::new();
    let stay = pair.placed();
    let mut request =
        NoticeRequest { until: Some("2027-06-30".to_owned()), ..NoticeRequest::default() };
    request.contact = ContactRequest { name: "周望舒".into(), phone: "13900000042".into() };
    pair.origin.confirm_stay(&stay, None, &request).unwrap();
    let later = NoticeRequest { until: Some("2027-12-31".to_owned()), ..NoticeRequest::default() };
    pair.origin.confirm_stay(&stay, None, &later).unwrap();
    pair.settle();
    pair.agreed(&stay);
    for office in [&pair.origin, &pair.destination] {
        let [masked, whole] =
            [false, true].map(|reveal| office.stay_revealed(&stay, reveal).unwrap());
        let phone =
            |shown: &crate::office::view::Stay| shown.contact.clone().unwrap().phone.unwrap();
        assert_eq!(
            (phone(&masked).as_str(), phone(&whole).as_str()),
            ("139******42", "13900000042")
        );
        assert_eq!(
            (whole.until.as_deref(), whole.place.as_deref()),
            (Some("2027-12-31"), Some("江北"))
        );
        assert_eq!(
            (whole.contact.unwrap().name.as_str(), whole.state.as_str()),
            ("周望舒", "placed")
        );
    }
}

/// However much one side says, the other's part is seen; and the member's copy has everything. The
/// copy stands in the history before there is a file.
#[test]
fn nothing_that_was_said_is_hidden_by_much_that_was_said() {
    let pair = Pair::new();
    let stay = pair.placed();
    (0..210).for_each(|_| drop(pair.origin.note_contact(&stay, None).unwrap()));
    pair.settle();
    for office in [&pair.origin, &pair.destination] {
        let said = office.stay(&stay).unwrap().statements;
        let kinds = |kind: &str| said.iter().filter(|one| one.kind == kind).count();
        assert_eq!((kinds("stayplaced"), kinds("contactnote")), (1, 200));
    }
    let member = pair.origin.stay(&stay).unwrap().member.member.unwrap();
    let lost = pair.origin.export_member(&member, &pair._dir.path().join("nowhere/copy.json"));
    assert_eq!(lost.err().map(|one| one.code.text()), Some("file.write"));
    let history = pair.origin.member_history(&member, None, 1_000).unwrap();
    assert!(history.items.iter().any(|event| event.kind == "exported"));
    let copy = pair._dir.path().join("copy.json");
    pair.origin.export_member(&member, &copy).unwrap();
    let copy: serde_json::Value = serde_json::from_slice(&std::fs::read(copy).unwrap()).unwrap();
    assert_eq!(copy["data"]["file"]["stays"][0]["statements"].as_array().unwrap().len(), 212);
}

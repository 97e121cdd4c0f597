//! Whole stays of a member of one node at another, made by the functions that a node calls.

use protocol::attached;
use protocol::attached::{Case, Place};
use protocol::id::MemberRef;
use protocol::member::{Sex, Standing};
use protocol::refusal::Refusal;
use protocol::statement::kind::Kind;
use protocol::statement::mobility::particulars::{
    CertificateParticulars, ContactPerson, Duties, ReportedPerson,
};
use protocol::statement::mobility::{EndedHow, ParticipationReport, StayNotice};
use protocol::statement::{Draft, Stated};
use protocol::stay::origin::Membership as AwayMember;
use protocol::stay::state::{Side, Stay};
use protocol::stay::{destination, help, origin};
use protocol::time::Day;

use super::{Membership, Node, start};

/// The day on which every stay begins.
pub fn first_day() -> Day {
    start().day()
}

/// Who is away, as the paper certificate says.
pub fn certificate() -> CertificateParticulars {
    CertificateParticulars {
        name: "赵以刚".into(),
        id_number: "11010519491231002X".into(),
        sex: Some(Sex::Female),
        phone: "13900000000".into(),
        reason: "务工".into(),
        place: "汉滨区江北工业园".into(),
        contact: contact(),
    }
}

pub fn contact() -> ContactPerson {
    ContactPerson { name: "钱守成".into(), phone: "0915-3200000".into() }
}

/// The same person, as a clerk elsewhere took it down.
pub fn reported() -> ReportedPerson {
    ReportedPerson {
        name: "赵以刚".into(),
        id_number: "11010519491231002X".into(),
        phone: "13900000000".into(),
        place: "江北工业园三栋".into(),
    }
}

pub fn notice_body(a: &Node, b: &Node) -> StayNotice {
    StayNotice {
        revision: 0,
        from_org: a.org(7),
        to_org: b.org(31),
        standing: Standing::Full,
        dues_paid_through: Some("2026-10".parse().unwrap()),
        from: first_day(),
        until: Some(first_day().plus_months(12)),
    }
}

pub fn member_of(a: &Node) -> AwayMember {
    let holding = Membership::minted(a).holding;
    let (member, generation) = (holding.member, holding.generation);
    AwayMember { member, generation, full: true, away: None }
}

/// What the destination calls somebody whose reference it does not know.
pub fn stranger() -> MemberRef {
    MemberRef::from_bytes([0x5e; 16])
}

/// A stay as it goes on: what both sides know once everything has arrived, and what was said.
#[derive(Clone)]
pub struct Away<'a> {
    pub a: &'a Node,
    pub b: &'a Node,
    pub stay: Stay,
    pub said: Vec<Stated>,
    pub today: Day,
}

impl<'a> Away<'a> {
    /// Opened by the origin with a StayNotice.
    pub fn noticed(a: &'a Node, b: &'a Node) -> Away<'a> {
        let draft = origin::certify(None, &member_of(a), notice_body(a, b), &certificate());
        let opening = a.state(b, draft.unwrap(), start());
        Away::opened(a, b, Stay::open(&opening.statement, a.region, b.region).unwrap(), opening)
    }

    /// Opened by the destination with a ReportIn.
    pub fn reported(a: &'a Node, b: &'a Node) -> Away<'a> {
        let (org, day) = (b.org(7), first_day());
        let draft = destination::report_in(stranger(), org, day, day, &reported()).unwrap();
        let opening = b.state(a, draft, start());
        Away::opened(a, b, Stay::open(&opening.statement, b.region, a.region).unwrap(), opening)
    }

    fn opened(a: &'a Node, b: &'a Node, stay: Stay, opening: Stated) -> Away<'a> {
        Away { a, b, stay, said: vec![opening], today: first_day() }
    }

    /// Lets that many days go by.
    pub fn later(&mut self, days: i32) -> &mut Self {
        self.today = self.today.plus_days(days);
        self
    }

    /// The statement of a draft, dated today, that was not taken into the stay.
    pub fn state(&self, side: Side, draft: Draft) -> Stated {
        let days = self.today.days_since(first_day()) as u64;
        let time = start().after_millis(days * 24 * 60 * 60 * 1000);
        match side {
            Side::Origin => self.a.state(self.b, draft, time),
            Side::Destination => self.b.state(self.a, draft, time),
        }
    }

    /// Says it, and takes it into the stay.
    pub fn say(&mut self, side: Side, draft: Result<Draft, Refusal>) -> &mut Self {
        let stated = self.state(side, draft.unwrap());
        self.stay.merge(&stated.statement).unwrap();
        self.said.push(stated);
        self
    }

    pub fn confirm(&mut self) -> &mut Self {
        let notice = notice_body(self.a, self.b);
        let draft = origin::certify(Some(&self.stay), &member_of(self.a), notice, &certificate());
        self.say(Side::Origin, draft)
    }

    pub fn place(&mut self, org: u32) -> &mut Self {
        let (org, today) = (self.b.org(org), self.today);
        self.say(Side::Destination, destination::place(&self.stay, org, today, today, &contact()))
    }

    pub fn contact(&mut self) -> &mut Self {
        self.say(Side::Origin, origin::note_contact(&self.stay, self.today, self.today))
    }

    pub fn report(&mut self, period: &str, attended: u16, dues: Option<&str>) -> &mut Self {
        let report = ParticipationReport {
            revision: 0,
            period: period.parse().unwrap(),
            attended,
            held: 4,
            dues_paid_through: dues.map(|month| month.parse().unwrap()),
        };
        let duties = Duties { duties: "党小组联络员".into(), note: "".into() };
        let draft = destination::report(&self.stay, report, self.today, &duties);
        self.say(Side::Destination, draft)
    }

    pub fn bulletin(&mut self) -> &mut Self {
        self.say(Side::Origin, origin::bulletin(&self.stay, self.today, "支部换届完成"))
    }

    pub fn review(&mut self) -> &mut Self {
        self.say(Side::Origin, origin::review(&self.stay, self.today, self.today))
    }

    pub fn ask(&mut self, by: Side) -> &mut Self {
        self.say(by, help::ask(&self.stay, by, self.today, "请协助补办参保手续"))
    }

    pub fn answer(&mut self, by: Side) -> &mut Self {
        self.say(by, help::answer(&self.stay, by, self.today, "已办妥"))
    }

    pub fn propose(&mut self, how: EndedHow) -> &mut Self {
        let today = self.today;
        let draft = destination::propose_end(&self.stay, how, today, today, "");
        self.say(Side::Destination, draft)
    }

    pub fn end(&mut self, how: EndedHow) -> &mut Self {
        let today = self.today;
        self.say(Side::Origin, origin::end(&self.stay, how, today, today, "已返乡"))
    }

    /// The origin corrects, and the member replies to, what was said last.
    pub fn attach(&mut self) -> &mut Self {
        let about = self.said.last().unwrap().statement.clone();
        let author = self.stay.side_of(about.fields().author).unwrap();
        let (stay, today) = (self.stay.clone(), self.today);
        let place = |side, stay: &Stay| Place {
            case: Case::Opened(stay.id.opening()),
            member: stay.subject,
            revision: stay.next_revision(side),
            about: about.hash(),
            own: side == author,
        };
        let correction = attached::correct(&place(author, &stay), today, "应为四月");
        self.say(author, correction);
        let reply = place(Side::Destination, &self.stay);
        self.say(Side::Destination, attached::reply(&reply, today, "属实"))
    }

    /// A year in which everything is said that can be.
    pub fn year(mut self) -> Away<'a> {
        self.later(3).place(7).later(20).contact();
        self.later(20).report("2026-Q4", 3, Some("2026-12"));
        self.later(1).report("2026-Q4", 4, None);
        self.later(60).contact().ask(Side::Destination).later(2).answer(Side::Origin);
        self.ask(Side::Origin).later(10).bulletin().answer(Side::Destination);
        self.later(30).place(8).report("2027-Q1", 2, Some("2027-03"));
        self.later(60).review().later(1).propose(EndedHow::Moved);
        self.later(3).propose(EndedHow::Returned).later(2).end(EndedHow::Returned).attach();
        self
    }

    /// The statements of that kind, in the order in which they were said.
    pub fn of_kind(&self, kind: Kind) -> Vec<&Stated> {
        self.said.iter().filter(|stated| stated.statement.kind() == Some(kind)).collect()
    }
}

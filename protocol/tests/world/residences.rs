//! A residence as unit and community go on, made by the functions that a node calls.

use protocol::attached::{self, Case, Place};
use protocol::member::{Sex, Standing};
use protocol::refusal::Refusal;
use protocol::residence::state::Residence;
use protocol::residence::{community, unit};
use protocol::statement::mobility::particulars::Duties;
use protocol::statement::residence::{
    AnnualFeedback, Matter, ResidenceEnd, ResidenceIntroduction, ResidentParticulars,
};
use protocol::statement::{Draft, Stated};
use protocol::stay::state::Side;
use protocol::time::Day;

use super::stays::{contact, first_day};
use super::{Membership, Node, start};

/// Who lives there, as the letter of introduction says.
pub fn resident() -> ResidentParticulars {
    ResidentParticulars {
        name: "赵以刚".into(),
        sex: Some(Sex::Female),
        phone: "13900000000".into(),
        address: "江北街道滨江社区三栋".into(),
        contact: contact(),
    }
}

pub fn membership_of(a: &Node) -> unit::Membership {
    let holding = Membership::minted(a).holding;
    let (member, generation) = (holding.member, holding.generation);
    unit::Membership { member, generation, full: true, introduced: None }
}

/// A residence as it goes on: what both sides know once everything has arrived, and what was said.
#[derive(Clone)]
pub struct Resident<'a> {
    pub a: &'a Node,
    pub b: &'a Node,
    pub residence: Residence,
    pub said: Vec<Stated>,
    pub today: Day,
}

impl<'a> Resident<'a> {
    /// Opened by the unit; with one node for both, inside one region.
    pub fn introduced(a: &'a Node, b: &'a Node) -> Resident<'a> {
        let introduction = ResidenceIntroduction {
            from_org: a.org(7),
            to_org: b.org(31),
            standing: Standing::Full,
            on: first_day(),
        };
        let draft = unit::introduce(&membership_of(a), introduction, first_day(), &resident());
        let opening = a.state(b, draft.unwrap(), start());
        let residence = Residence::open(&opening.statement, a.region, b.region).unwrap();
        Resident { a, b, residence, said: vec![opening], today: first_day() }
    }

    /// Lets that many days go by.
    pub fn later(&mut self, days: i32) -> &mut Self {
        self.today = self.today.plus_days(days);
        self
    }

    /// Says it, and takes it into the residence.
    pub fn say(&mut self, side: Side, draft: Result<Draft, Refusal>) -> &mut Self {
        let days = self.today.days_since(first_day()) as u64;
        let time = start().after_millis(days * 24 * 60 * 60 * 1000);
        let stated = match side {
            Side::Origin => self.a.state(self.b, draft.unwrap(), time),
            Side::Destination => self.b.state(self.a, draft.unwrap(), time),
        };
        self.residence.merge(&stated.statement).unwrap();
        self.said.push(stated);
        self
    }

    pub fn register(&mut self, org: u32) -> &mut Self {
        let (org, today) = (self.b.org(org), self.today);
        let draft = community::register(&self.residence, org, today, today, &contact());
        self.say(Side::Destination, draft)
    }

    pub fn feedback(&mut self, year: u16, attended: u16) -> &mut Self {
        let (held, on) = (6, self.today);
        let facts = AnnualFeedback { revision: 0, year, attended, held, on };
        let duties = Duties { duties: "楼栋长".into(), note: "".into() };
        let draft = community::feedback(&self.residence, facts, self.today, &duties);
        self.say(Side::Destination, draft)
    }

    pub fn respond(&mut self) -> &mut Self {
        self.say(Side::Origin, unit::respond(&self.residence, self.today, "已在支部通报"))
    }

    pub fn ask(&mut self, matter: Matter) -> &mut Self {
        let draft = unit::ask(&self.residence, matter, self.today, "拟推荐评优,请提出意见");
        self.say(Side::Origin, draft)
    }

    pub fn answer(&mut self) -> &mut Self {
        self.say(Side::Destination, community::answer(&self.residence, self.today, "无不同意见"))
    }

    pub fn end(&mut self, by: Side, how: ResidenceEnd) -> &mut Self {
        let today = self.today;
        self.say(by, unit::end(&self.residence, by, (how, today), today, ""))
    }

    /// The member's reply to what was said last, taken down by the community.
    pub fn reply(&mut self) -> &mut Self {
        let place = Place {
            case: Case::Opened(self.residence.id.opening()),
            member: self.residence.member,
            revision: self.residence.next_revision(Side::Destination),
            about: self.said.last().unwrap().statement.hash(),
            own: true,
        };
        self.say(Side::Destination, attached::reply(&place, self.today, "属实"))
    }

    /// More than a year in which everything is said that can be.
    pub fn year(mut self) -> Resident<'a> {
        self.later(5).register(31).later(20).feedback(2026, 4).reply().feedback(2026, 5);
        self.later(10).respond().later(60).ask(Matter::Award).later(3).answer();
        self.later(30).register(32).later(250).feedback(2027, 6);
        self.later(2).ask(Matter::Promotion).later(2).end(Side::Destination, ResidenceEnd::NotHere);
        self
    }
}

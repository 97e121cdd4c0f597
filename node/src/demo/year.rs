//! A year of two-way management: nobody is transferred, time passes, and what falls due stands on
//! the list of the office that must act until it has acted.
//!
//! The clocks of all three nodes are moved together, as a rehearsal allows. What raises a finding
//! and when is not known here; only its name and whom it is about.

use protocol::refusal::{Code, Refusal};
use protocol::time::{Day, Quarter, Timestamp};

use super::node::{Mishap, Node, Watch};
use super::setup::each;
use super::story::{self, Player};
use super::words::Words;
use crate::control::command::stay::{NoticeFields, StayCommand};
use crate::control::command::{
    Command, FindingCommand, LetterCommand, PAGE_ROWS_MAX, Paging, PersonalText,
};
use crate::office::view::{Finding, Letter, Page, RehearsalClock, Stay};

/// More than a quarter, and more than any validity of a letter.
const QUARTER_DAYS: i32 = 100;
/// More than half a year since the stays began.
const HALF_YEAR_DAYS: i32 = 200;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// What goes on for a year: three members of the first region.
pub(super) struct Year<'s, 'a> {
    pub nodes: &'s [Node<'a>; 3],
    pub words: &'s Words,
    /// The year's first day.
    start: Day,
    /// The clock of the nodes when the year began, as far as this process can tell.
    began: Timestamp,
    watch: Watch,
}

/// What the year began with.
pub(super) struct Opened {
    /// A member who is away, and taken in there.
    kept: (Player, String),
    /// A member who is away, and whom nobody has taken in.
    adrift: (Player, String),
    /// A member whose letter stays in a pocket.
    pocket: (Player, String),
}

impl<'s, 'a> Year<'s, 'a> {
    /// A year from the day on which the nodes are.
    pub(super) fn new(nodes: &'s [Node<'a>; 3], words: &'s Words) -> Year<'s, 'a> {
        let began = crate::clock::Clock::system().now();
        Year { nodes, words, start: began.day(), began, watch: Watch::start() }
    }

    /// One member is certified and taken in there, one only certified, and one gets a letter that
    /// nobody presents.
    pub(super) fn begin(&self, players: [Player; 3]) -> Result<(String, Opened), Mishap> {
        let [origin, destination, _] = self.nodes;
        let [kept, adrift, pocket] = players;
        let stay = self.open(&kept)?;
        self.place(&stay)?;
        self.settle(&stay, "placed")?;
        let second = self.open(&adrift)?;
        self.settle(&second, "noticed")?;
        let letter = story::issue(&pocket.member, origin, &destination.committee())?;
        let told = self.words.year_began(&kept.name, origin.region.name, destination.region.name);
        let (kept, adrift) = ((kept, stay), (adrift, second));
        Ok((told, Opened { kept, adrift, pocket: (pocket, letter) }))
    }

    /// A quarter later the contact person has not rung: the home branch is told, and rings.
    pub(super) fn contact(&self, opened: &Opened) -> Result<String, Mishap> {
        let [origin, ..] = self.nodes;
        self.move_clocks(QUARTER_DAYS)?;
        let (player, stay) = &opened.kept;
        self.raised(origin, "ContactOverdue", stay)?;
        self.say(origin, StayCommand::Contact { stay: stay.clone(), on: None })?;
        self.cleared(origin, "ContactOverdue", stay)?;
        Ok(self.words.contacted(&player.name, QUARTER_DAYS, origin.region.name))
    }

    /// A letter that was never presented is found and written again.
    pub(super) fn pocket(&self, opened: &Opened) -> Result<String, Mishap> {
        let [origin, destination, _] = self.nodes;
        let (player, letter) = &opened.pocket;
        self.raised(origin, "Pocket", &player.member)?;
        let again = LetterCommand::Reissue { letter: letter.clone() };
        let again: Letter = origin.ask(Command::Letter(again))?;
        story::accept_arriving(&again.id, destination)?;
        story::settle(&again.id, [origin, destination], &["closed"])?;
        self.cleared(origin, "Pocket", &player.member)?;
        Ok(self.words.unpocketed(&player.name, destination.region.name))
    }

    /// A member whom nobody manages stands on both lists, until the destination takes them in.
    pub(super) fn adrift(&self, opened: &Opened) -> Result<String, Mishap> {
        let [origin, destination, _] = self.nodes;
        let (player, stay) = &opened.adrift;
        self.raised(origin, "Orphaned", stay)?;
        self.raised(destination, "InflowDue", stay)?;
        self.place(stay)?;
        self.settle(stay, "placed")?;
        self.cleared(destination, "InflowDue", stay)?;
        self.cleared(origin, "Orphaned", stay)?;
        Ok(self.words.taken_in(&player.name, [origin.region.name, destination.region.name]))
    }

    /// Half a year later a report is due on both lists; one report clears both.
    pub(super) fn report(&self, opened: &Opened) -> Result<String, Mishap> {
        let [origin, destination, _] = self.nodes;
        let now = self.move_clocks(HALF_YEAR_DAYS)?;
        let (player, stay) = &opened.kept;
        for node in [origin, destination] {
            self.raised(node, "ReportOverdue", stay)?;
        }
        let report = StayCommand::Report {
            stay: stay.clone(),
            period: Quarter::of(now).to_string(),
            attended: 5,
            held: 6,
            dues_paid_through: Some(now.month().to_string()),
            duties: None,
            note: None,
        };
        self.say(destination, report)?;
        for node in [destination, origin] {
            self.cleared(node, "ReportOverdue", stay)?;
        }
        Ok(self.words.reported(&player.name, HALF_YEAR_DAYS))
    }

    /// Both come home; the stays end at both ends.
    pub(super) fn end(&self, opened: &Opened) -> Result<String, Mishap> {
        let [origin, ..] = self.nodes;
        for (_, stay) in [&opened.kept, &opened.adrift] {
            let how = "returned".to_owned();
            let end = StayCommand::End { stay: stay.clone(), how, on: None, note: None };
            self.say(origin, end)?;
            self.settle(stay, "ended")?;
        }
        Ok(self.words.came_home())
    }

    fn open(&self, player: &Player) -> Result<String, Mishap> {
        let [origin, destination, _] = self.nodes;
        let notice = NoticeFields {
            reason: Some(PersonalText::new("务工".to_owned())),
            place: Some(PersonalText::new(destination.region.name.to_owned())),
            from: Some(self.start.to_string()),
            contact: Some(PersonalText::new("李联系".to_owned())),
            ..NoticeFields::default()
        };
        let (member, to) = (Some(player.member.clone()), destination.committee());
        let open = StayCommand::Open { member, departure: None, to, notice };
        self.say(origin, open).map(|stay| stay.id)
    }

    /// The destination takes the member in, as soon as it knows of the stay.
    fn place(&self, stay: &str) -> Result<(), Mishap> {
        let [_, destination, _] = self.nodes;
        let place = || StayCommand::Place {
            stay: stay.to_owned(),
            org: destination.branch(),
            contact: PersonalText::new("王接应".to_owned()),
            contact_phone: None,
            intake: None,
            mode: None,
        };
        destination.until(stay, || match self.say(destination, place()) {
            Ok(_) => Ok(Some(())),
            Err(mishap) if mishap.is(Code::StayUnknown) => Ok(None),
            Err(mishap) => Err(mishap),
        })
    }

    fn say(&self, at: &Node<'_>, command: StayCommand) -> Result<Stay, Mishap> {
        at.ask(Command::Stay(command))
    }

    /// Waits until both ends call the stay by this state.
    fn settle(&self, stay: &str, state: &str) -> Result<(), Mishap> {
        let [origin, destination, _] = self.nodes;
        for node in [origin, destination] {
            node.until(&format!("{stay:.8} {state}"), || {
                let show = StayCommand::Show { stay: stay.to_owned() };
                match self.say(node, show) {
                    Ok(stay) => Ok((stay.state == state).then_some(())),
                    Err(mishap) if mishap.is(Code::StayUnknown) => Ok(None),
                    Err(mishap) => Err(mishap),
                }
            })?;
        }
        Ok(())
    }

    /// Waits until the finding stands on the list of `at`.
    fn raised(&self, at: &Node<'_>, kind: &str, about: &str) -> Result<(), Mishap> {
        at.until(&format!("{kind} {about:.8}"), || Ok(found(at, kind, about)?.then_some(())))
    }

    /// Waits until it does so no more.
    fn cleared(&self, at: &Node<'_>, kind: &str, about: &str) -> Result<(), Mishap> {
        at.until(&format!("{kind} {about:.8}"), || Ok((!found(at, kind, about)?).then_some(())))
    }

    /// Moves all clocks to as many days after the start of the year; gives the day of then.
    fn move_clocks(&self, days: i32) -> Result<Day, Mishap> {
        let passed = u64::try_from(days).unwrap_or(0) * DAY_MS + self.watch.elapsed_ms();
        let now = self.began.after_millis(passed);
        each(self.nodes, |node| {
            let moved = Command::RehearsalNow { time: now.to_string() };
            node.ask::<RehearsalClock>(moved).map(drop)
        })?;
        Ok(now.day())
    }
}

/// Whether `at` lists a finding of this kind about a stay, a letter or a member.
fn found(at: &Node<'_>, kind: &str, about: &str) -> Result<bool, Mishap> {
    let list = FindingCommand::List {
        kind: Some(kind.to_owned()),
        org: None,
        paging: Paging { limit: PAGE_ROWS_MAX, after: None },
    };
    let page: Page<Finding> = at.ask(Command::Finding(list))?;
    if page.next.is_some() {
        return Err(at.mishap(Refusal::about(Code::Internal, format!("too many {kind}"))));
    }
    Ok(page.items.iter().any(|finding| {
        finding.subject == about
            || finding.member.as_ref().is_some_and(|member| member.member == about)
    }))
}

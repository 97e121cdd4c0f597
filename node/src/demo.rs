//! The demonstration: three regions on this machine live through what regions live through, and
//! everybody is counted at the end.
//!
//! The nodes are child processes of this same program and are asked as the command line asks them,
//! so nothing here can be better than what a user gets. [`people`], [`regions`] and [`roster`] make
//! the material, which the outside tests use as well; everything in them is a function of a seed.
//! Nothing here prints, and no node is opened in this process.

use std::path::Path;

use protocol::refusal::{Code, Lang, Refusal};

use crate::control::command::Command;
use crate::control::execute::{Failure, Progress};
use crate::office::view::{Demo, DemoRegion, DemoStep, Status};

mod audit;
mod children;
mod node;
pub mod people;
pub mod regions;
pub mod roster;
mod setup;
mod story;
mod words;
mod year;

use audit::{Audit, Verdict};
use children::Children;
use node::{Mishap, Node, Watch};
use regions::{REGIONS, shares};
use story::{Cast, Player, Story};
use words::Words;
use year::Year;

/// Most counts while somebody is seen nowhere or twice: a hand-over between two readings may look
/// like that, a fault stays.
const COUNTS_MAX: usize = 3;

/// How the demonstration should run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoRequest {
    /// End after the steps instead of waiting for Ctrl-C.
    pub once: bool,
    /// How many members the rosters have together; at least 30.
    pub members: u32,
    /// The language of its texts.
    pub lang: Lang,
}

/// What the demonstration tells while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemoEvent {
    /// A step begins, or goes on.
    Progress(Progress),
    /// A step ended.
    Step {
        /// The step.
        step: DemoStep,
        /// Where and why, if it did not hold.
        mishap: Option<String>,
    },
    /// All steps ended. Told once, unless the user ended it before.
    Finished {
        /// How it went.
        demo: Demo,
        /// Commands to try while the nodes stay up, after each data directory.
        tries: Vec<String>,
    },
}

/// How a demonstration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoEnd {
    /// As it was asked to.
    Finished,
    /// By Ctrl-C before its last step.
    Interrupted,
}

/// Runs the demonstration in a temporary directory and removes it at the end.
///
/// # Errors
/// Only if nothing can begin: no temporary directory, no signals.
pub fn run(request: DemoRequest, tell: &mut dyn FnMut(DemoEvent)) -> Result<DemoEnd, Failure> {
    let here = |fault| Failure::from(Refusal::about(Code::NodeFile, format!("demo: {fault}")));
    let home = tempfile::Builder::new().prefix("dukou-demo-").tempdir().map_err(here)?;
    // After the directory, so that the nodes end before it is removed.
    let children = Children::default();
    children.end_at_signals().map_err(here)?;
    let words = Words::new(request.lang);
    let mut play = Play { request, words, children: &children, tell, demo: Demo::default() };
    let tries = play.all(home.path());
    if children.ended() {
        return Ok(DemoEnd::Interrupted);
    }
    let Play { demo, tell, .. } = play;
    let stays = !request.once && !demo.regions.is_empty();
    tell(DemoEvent::Finished { demo, tries: if stays { tries } else { Vec::new() } });
    if stays {
        children.wait();
    }
    Ok(DemoEnd::Finished)
}

struct Play<'p> {
    request: DemoRequest,
    words: Words,
    children: &'p Children,
    tell: &'p mut dyn FnMut(DemoEvent),
    demo: Demo,
}

impl<'p> Play<'p> {
    /// Plays every step and gives what to try afterwards. Without nodes, rosters or pairs there is
    /// nothing to go on with; after that each step stands for itself.
    fn all(&mut self, home: &Path) -> Vec<String> {
        let Some((mut nodes, mut cast, everybody)) = self.prepare(home) else { return Vec::new() };
        self.scenes(&mut nodes, &mut cast);
        self.audit(&nodes, &everybody);
        tries(&nodes, cast.one())
    }

    fn prepare(&mut self, home: &Path) -> Option<([Node<'p>; 3], Cast, Audit)> {
        let (words, lang, members) = (self.words, self.request.lang, self.request.members);
        let children = self.children;
        let nodes = self.step(words.starting(), |_| {
            let nodes = setup::nodes(home, children, lang)?;
            Ok((words.started(&REGIONS.each_ref().map(|region| region.name)), nodes))
        })?;
        self.step(words.importing(), |progress| {
            setup::rosters(&nodes, members, &words, progress)?;
            Ok((words.imported(shares(members as usize)), ()))
        })?;
        self.step(words.pairing(), |_| setup::pairs(&nodes).map(|()| (words.paired(), ())))?;
        let ready = setup::count(&nodes, Audit::default()).and_then(|everybody| {
            let (here, _) = setup::page(&nodes[0], Some("here"), None)?;
            let players = here.into_iter().rev();
            let players = players.map(|row| Player { member: row.member, name: row.name });
            Ok((Cast::new(players.collect()), everybody))
        });
        match ready {
            Ok((cast, everybody)) => Some((nodes, cast, everybody)),
            Err(mishap) => {
                self.ended(words.audit(), 0, Some(mishap));
                None
            }
        }
    }

    fn scenes(&mut self, nodes: &mut [Node<'p>; 3], cast: &mut Cast) {
        let (words, children) = (self.words, self.children);
        let (races, bundle) = cast.crowds();
        let singles = [(); 5].map(|()| cast.one());
        let [Some(letter), Some(redirect), Some(walk_in), Some(onward), Some(home)] = singles
        else {
            return;
        };
        let year = [(); 3].map(|()| cast.one());
        let (races, bundle) = (cast.several(races), cast.several(bundle));
        self.scene(words.one_letter(), || Story { nodes, words: &words, children }.letter(&letter));
        self.scene(words.redirect(), || {
            Story { nodes, words: &words, children }.redirect(&redirect)
        });
        self.scene(words.race(), || Story { nodes, words: &words, children }.races(&races));
        self.scene(words.power_cut(), || story::power_cut(nodes, &bundle, &words));
        self.scene(words.walk_in(), || story::walk_in(nodes, &walk_in, &words));
        let story = Story { nodes, words: &words, children };
        self.scene(words.onward(), || story.journey(&onward, &[0, 1, 2]));
        self.scene(words.returning(), || story.journey(&home, &[0, 1, 0]));
        if let [Some(kept), Some(adrift), Some(pocket)] = year {
            self.year(nodes, [kept, adrift, pocket]);
        }
        let story = Story { nodes, words: &words, children };
        self.scene(words.reconciling(), || story.reconcile());
    }

    /// Two-way management over a year; without its beginning there is nothing to go on with.
    fn year(&mut self, nodes: &[Node<'p>; 3], players: [Player; 3]) {
        let words = self.words;
        let year = Year::new(nodes, &words);
        let Some(opened) = self.step(words.year_begins(), |_| year.begin(players)) else { return };
        self.scene(words.contact_due(), || year.contact(&opened));
        self.scene(words.pocket(), || year.pocket(&opened));
        self.scene(words.adrift(), || year.adrift(&opened));
        self.scene(words.report_due(), || year.report(&opened));
        self.scene(words.coming_home(), || year.end(&opened));
    }

    fn audit(&mut self, nodes: &[Node<'_>; 3], everybody: &Audit) {
        let words = self.words;
        let mut found = None;
        self.step(words.audit(), |_| {
            let (audit, verdict) = counted(nodes, everybody)?;
            let (regions, letters) = statuses(nodes)?;
            let text = words.audited(audit.members(), &verdict);
            let agreed = regions.iter().map(|region| region.full).sum::<u64>() == verdict.full;
            found = Some((verdict, regions, letters));
            if agreed && verdict.whole() {
                return Ok((text, ()));
            }
            Err(Mishap { at: "", code: Code::Internal.text().to_owned(), detail: text })
        });
        let Some((Verdict { lost, duplicated, .. }, regions, letters)) = found else { return };
        let steps = std::mem::take(&mut self.demo.steps);
        self.demo = Demo { steps, regions, letters, lost, duplicated };
    }

    fn scene(&mut self, title: String, work: impl FnOnce() -> Result<String, Mishap>) {
        self.step(title, |_| work().map(|text| (text, ())));
    }

    /// Plays one step and tells how it went; nothing any more after Ctrl-C.
    fn step<T>(
        &mut self,
        title: String,
        work: impl FnOnce(&mut dyn FnMut(Progress)) -> Result<(String, T), Mishap>,
    ) -> Option<T> {
        if self.children.ended() {
            return None;
        }
        (self.tell)(DemoEvent::Progress(Progress { done: 0, total: None, what: title.clone() }));
        let watch = Watch::start();
        let done = work(&mut |progress| (self.tell)(DemoEvent::Progress(progress)));
        let ms = watch.elapsed_ms();
        if self.children.ended() {
            return None;
        }
        match done {
            Ok((text, found)) => {
                self.ended(text, ms, None);
                Some(found)
            }
            Err(mishap) => {
                self.ended(title, ms, Some(mishap));
                None
            }
        }
    }

    fn ended(&mut self, name: String, ms: u64, mishap: Option<Mishap>) {
        let step = DemoStep { name, ok: mishap.is_none(), ms };
        self.demo.steps.push(step.clone());
        let mishap = mishap.map(|mishap| self.words.mishap(&mishap));
        (self.tell)(DemoEvent::Step { step, mishap });
    }
}

/// Asks every node for everybody.
fn counted(nodes: &[Node<'_>; 3], everybody: &Audit) -> Result<(Audit, Verdict), Mishap> {
    let mut counts = 1;
    loop {
        let audit = setup::count(nodes, everybody.again())?;
        let verdict = audit.verdict();
        if verdict.whole() || counts == COUNTS_MAX {
            return Ok((audit, verdict));
        }
        counts += 1;
    }
}

/// The regions as their nodes describe them, and how many letters they issued together.
fn statuses(nodes: &[Node<'_>; 3]) -> Result<(Vec<DemoRegion>, u64), Mishap> {
    let mut letters = 0;
    let mut regions = Vec::new();
    for node in nodes {
        let status: Status = node.ask(Command::Status)?;
        letters += status.letters.out.values().sum::<u64>();
        regions.push(DemoRegion {
            region: status.region,
            name: status.name,
            http: node.http.clone(),
            full: status.roster.full,
            provisional: status.roster.provisional,
            in_transit: status.roster.in_transit,
        });
    }
    Ok((regions, letters))
}

/// Commands that show something in every region.
fn tries(nodes: &[Node<'_>; 3], player: Option<Player>) -> Vec<String> {
    let typed = std::env::args_os().next();
    let program = typed.map_or("dukou".to_owned(), |name| name.to_string_lossy().into_owned());
    let [first, second, third] = nodes;
    let at =
        |node: &Node<'_>, words: &str| format!("{program} {words} --data {}", node.data.display());
    let mut tries = vec![
        at(first, "status"),
        at(second, "letter list --direction in --limit 5"),
        at(third, "member list --limit 5"),
    ];
    if let Some(Player { member, .. }) = player {
        let issue = format!("letter issue --member {member} --to {} --wait", second.committee());
        tries.push(at(first, &issue));
    }
    tries
}

//! The clerks of both offices, who go on asking until each of their letters has an answer.
//!
//! A command that dies with its node is asked again; what it had done by then shows in the answer
//! to the second. Nobody here knows that nodes are being killed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::command::{self, Environment, Reply};
use tests::region::Region;
use tests::scratch::Scratch;

use crate::dice::Dice;
use crate::ledger::Ledger;

/// Letters of a run.
pub const PEOPLE: usize = 348;
/// After so long a run has gone wrong, in seconds.
const RUN_WAIT_S: u64 = 420;
const PAUSE_MS: u64 = 20;

/// What is going to happen to a letter, unless something else is faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is accepted with the batch.
    Batch,
    /// It is accepted alone.
    Accept,
    /// It is refused.
    Refuse,
    /// It is withdrawn.
    Void,
    /// It is accepted alone and withdrawn, whichever comes first.
    Race,
}

/// What each person's letter comes to, by place.
fn fates(seed: u64) -> Vec<Fate> {
    let mut dice = Dice::new(seed, 1);
    // One letter of three is answered alone, withdrawn or fought over.
    let fate = |number| match number {
        0 => Fate::Accept,
        1 | 2 => Fate::Refuse,
        3 | 4 => Fate::Void,
        5 | 6 => Fate::Race,
        _ => Fate::Batch,
    };
    (0..PEOPLE).map(|_| fate(dice.below(20))).collect()
}

/// Where commands are typed.
#[derive(Debug)]
pub struct Desk {
    scratch: Arc<Scratch>,
    data: PathBuf,
    /// The branch into which members are taken.
    pub branch: String,
}

impl Desk {
    /// The desk of a region.
    pub fn of(region: &Region, scratch: &Arc<Scratch>) -> Desk {
        let scratch = Arc::clone(scratch);
        Desk { scratch, data: region.data.clone(), branch: region.branch() }
    }

    /// Runs a command, whether the node runs or not.
    pub fn ask(&self, args: &[&str]) -> Reply {
        command::run(&self.scratch, Some(&self.data), &Environment::default(), args)
    }

    /// All letters, if the node lives long enough to tell.
    pub fn letters(&self) -> Option<Vec<Value>> {
        let reply = self.ask(&["letter", "list", "--limit", "1000"]);
        (!was_interrupted(&reply)).then(|| reply.expect_list().0)
    }
}

/// Whether a command died with its node, or could not reach one that is starting.
fn was_interrupted(reply: &Reply) -> bool {
    matches!(reply.code(), Some("internal" | "node.locked"))
}

/// Everybody's desk, the plan, and what was answered.
pub struct Office {
    /// Where the letters come from.
    pub origin: Desk,
    /// Where they go to.
    pub destination: Desk,
    /// What each letter comes to, by place.
    pub fates: Vec<Fate>,
    /// The sheet of the batch.
    pub sheet: PathBuf,
    /// What was answered.
    pub ledger: Ledger,
    /// Letters that the destination answers singly before it accepts the rest.
    pub singles_first: usize,
    answered_singly: AtomicUsize,
    working: AtomicUsize,
    failed: AtomicBool,
    deadline: Instant,
}

impl Office {
    /// An office in which nothing was done yet.
    pub fn new(origin: Desk, destination: Desk, sheet: PathBuf, seed: u64) -> Office {
        let fates = fates(seed);
        let singles = fates.iter().filter(|fate| ANSWERED_SINGLY.contains(fate)).count();
        Office {
            origin,
            destination,
            singles_first: Dice::new(seed, 2).below(singles as u64 + 1) as usize,
            fates,
            sheet,
            ledger: Ledger::default(),
            answered_singly: AtomicUsize::new(0),
            working: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            deadline: Instant::now() + Duration::from_secs(RUN_WAIT_S),
        }
    }

    /// Lets the three clerks work while `meanwhile` goes on in this thread.
    pub fn work<T>(&self, seed: u64, meanwhile: impl FnOnce() -> T) -> T {
        let clerks: [fn(&Office, Dice); 3] =
            [Office::issue_and_withdraw, Office::answer_singly, Office::accept_the_rest];
        self.working.store(clerks.len(), Ordering::SeqCst);
        thread::scope(|scope| {
            for (salt, clerk) in (10..).zip(clerks) {
                scope.spawn(move || {
                    let _leaving = Leaving(self);
                    clerk(self, Dice::new(seed, salt));
                });
            }
            meanwhile()
        })
    }

    /// Whether every clerk has an answer for every letter.
    pub fn is_done(&self) -> bool {
        self.working.load(Ordering::SeqCst) == 0
    }

    /// Gives the others time; ends a run that cannot end well.
    #[expect(clippy::disallowed_methods, reason = "another process can only be asked again")]
    pub fn pause(&self) {
        assert!(!self.failed.load(Ordering::SeqCst), "another clerk gave up");
        assert!(Instant::now() < self.deadline, "the run never becomes quiet");
        thread::sleep(Duration::from_millis(PAUSE_MS));
    }

    fn issue_and_withdraw(&self, mut dice: Dice) {
        self.issue();
        let mut letters = loop {
            match self.origin.letters() {
                Some(letters) if letters.len() == PEOPLE => break letters,
                Some(letters) => assert!(letters.len() < PEOPLE, "{} letters", letters.len()),
                None => {}
            }
            self.pause();
        };
        dice.shuffle(&mut letters);
        for letter in letters.iter().filter(|letter| WITHDRAWN.contains(&self.fate(letter))) {
            let void = ["letter", "void", id(letter), "--reason", "withdrawn"];
            self.insist(&self.origin, &void, id(letter), "void");
        }
    }

    fn issue(&self) {
        let sheet = self.sheet.to_str().unwrap();
        let confirm = PEOPLE.to_string();
        loop {
            let reply = self.origin.ask(&["batch", "issue", sheet, "--confirm", &confirm]);
            if reply.exit() == 0 {
                assert_eq!(reply.data()["issued"], PEOPLE, "{reply:#?}");
                self.ledger.issued(reply.data()["id"].as_str().unwrap());
                return;
            }
            if !was_interrupted(&reply) {
                // The approval was durable before its answer was lost.
                let faults = reply.expect_faults();
                let open = faults.iter().filter(|fault| fault["code"] == "member.open_letter");
                assert!(open.count() > 0, "{reply:#?}");
                return;
            }
            self.pause();
        }
    }

    fn answer_singly(&self, mut dice: Dice) {
        let mine = self.fates.iter().filter(|fate| ANSWERED_SINGLY.contains(fate)).count();
        let mut answered = BTreeSet::new();
        while answered.len() < mine {
            let mut letters = self.destination.letters().unwrap_or_default();
            letters.retain(|letter| {
                ANSWERED_SINGLY.contains(&self.fate(letter)) && !answered.contains(id(letter))
            });
            dice.shuffle(&mut letters);
            for letter in &letters {
                let branch = &self.destination.branch;
                let (args, kind) = match self.fate(letter) {
                    Fate::Refuse => {
                        (["letter", "refuse", id(letter), "--ground", "not_arrived"], "refusal")
                    }
                    _ => (["letter", "accept", id(letter), "--org", branch], "accept"),
                };
                self.insist(&self.destination, &args, id(letter), kind);
                answered.insert(id(letter).to_owned());
                self.answered_singly.fetch_add(1, Ordering::SeqCst);
            }
            self.pause();
        }
    }

    fn accept_the_rest(&self, _dice: Dice) {
        while self.answered_singly.load(Ordering::SeqCst) < self.singles_first {
            self.pause();
        }
        loop {
            let letters = self.destination.letters().unwrap_or_default();
            let open = letters.iter().filter(|letter| letter["state"] == "issued").count();
            if letters.len() == PEOPLE && open == 0 {
                return;
            }
            if let Some(letter) = letters.first() {
                self.accept_batch(letter["batch"]["id"].as_str().unwrap());
            }
            self.pause();
        }
    }

    fn accept_batch(&self, batch: &str) {
        let accept = ["batch", "accept", batch, "--org", &self.destination.branch];
        let reply = self.destination.ask(&accept);
        if was_interrupted(&reply) {
            return;
        }
        assert!([0, 3].contains(&reply.exit()), "{reply:#?}");
        for item in reply.data()["items"].as_array().unwrap() {
            match item["code"].as_str() {
                None => self.ledger.signed(item["letter"].as_str().unwrap(), "accept"),
                Some(code) => assert_eq!(code, "letter.state", "{item:#}"),
            }
        }
    }

    /// Asks until the node says that it is done, or that the letter's state forbids it.
    fn insist(&self, desk: &Desk, args: &[&str], letter: &str, kind: &'static str) {
        loop {
            let reply = desk.ask(args);
            if reply.exit() == 0 {
                self.ledger.signed(letter, kind);
                return;
            }
            if !was_interrupted(&reply) {
                reply.expect_refused("letter.state", 5);
                return;
            }
            self.pause();
        }
    }

    fn fate(&self, letter: &Value) -> Fate {
        self.fates[letter["batch"]["index"].as_u64().unwrap() as usize - 1]
    }
}

/// Those that the destination answers one by one.
const ANSWERED_SINGLY: [Fate; 3] = [Fate::Accept, Fate::Refuse, Fate::Race];
/// Those that the origin withdraws.
const WITHDRAWN: [Fate; 2] = [Fate::Void, Fate::Race];

fn id(letter: &Value) -> &str {
    letter["id"].as_str().unwrap()
}

/// Tells the others that a clerk has gone home, or has given up.
struct Leaving<'a>(&'a Office);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.failed.fetch_or(thread::panicking(), Ordering::SeqCst);
        self.0.working.fetch_sub(1, Ordering::SeqCst);
    }
}

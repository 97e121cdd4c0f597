//! One node of the measured pair: a whole node in this process, driven through its office by lines
//! on stdin and answering on stdout.
//!
//! The burst is one batch: a sheet that the origin checks, approves and issues, and of which the
//! destination accepts whatever has arrived, as the commands `batch issue` and `batch accept` do.
//! The driver's own work counts as the node's.

use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use dukou::demo::regions::{DemoOrg, DemoRegion, REGIONS};
use dukou::office::Office;
use dukou::office::batches::{BatchRequest, Outcome};
use dukou::office::issue::IssueRequest;
use dukou::office::orgs::OrgRequest;
use dukou::runtime::{InitRequest, Node, initialise};
use protocol::private::Private;
use protocol::refusal::{Code, Lang};

/// The first argument of a process that is a node.
pub const ROLE: &str = "serving";

/// How long an event may take before it is looked for again.
const EVENT_WAIT: Duration = Duration::from_millis(500);
/// Time between two looks at how many letters are closed.
const COUNT_PAUSE: Duration = Duration::from_millis(10);
/// Members that are picked from one place of the roster.
const PICKED_TOGETHER: usize = 100;

/// The region of the demonstration with that code.
pub fn region(code: &str) -> &'static DemoRegion {
    REGIONS.iter().find(|region| region.code().to_string() == code).expect("a region's code")
}

/// Serves until stdin says `stop` or ends.
pub fn run(code: &str, data_dir: &Path) {
    let spec = region(code);
    let loopback = Some("127.0.0.1:0".parse().unwrap());
    let (data_dir, name) = (data_dir.to_owned(), spec.name.to_owned());
    let request = InitRequest {
        data_dir: data_dir.clone(),
        region: spec.code(),
        name,
        listen: loopback,
        http: loopback,
        rehearsal: false,
    };
    initialise(request).unwrap();
    let node = Node::start(&data_dir).unwrap();
    say("ready");
    let mut driver = Driver { spec, office: node.office().clone(), members: Vec::new(), next: 0 };
    let branch = spec.org_code(spec.branches().next().unwrap()).to_string();
    let mut watched = 0;
    for line in stdin().lock().lines() {
        let line = line.unwrap();
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb {
            "watch" => {
                accept(&driver.office, rest, &branch);
                // The Offer, the Accept, the Receipt and the stored Ack.
                until_called(&driver.office, rest, watched + 4, &["closed"]);
                say("closed");
                watched = driver.office.changes();
            }
            "quiet" => {
                watched = driver.office.changes();
                say("done");
            }
            "acceptor" => {
                let (office, branch) = (driver.office.clone(), branch.clone());
                thread::spawn(move || accept_batches(&office, &branch));
                say("done");
            }
            "await" => {
                let (office, rest) = (driver.office.clone(), rest.to_owned());
                thread::spawn(move || await_closed(&office, &rest));
            }
            "stop" => break,
            _ => say(&driver.command(verb, rest)),
        }
    }
    node.stop().unwrap();
}

fn say(line: &str) {
    let mut out = stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Somebody who will move.
struct Mover {
    member: String,
    id_number: String,
    name: String,
}

struct Driver {
    spec: &'static DemoRegion,
    office: Office,
    /// Those who will move.
    members: Vec<Mover>,
    /// The first of them who has not.
    next: usize,
}

impl Driver {
    fn command(&mut self, verb: &str, rest: &str) -> String {
        let office = &self.office;
        let (first, others) = rest.split_once(' ').unwrap_or((rest, ""));
        match verb {
            "orgs" => self.enter_orgs(),
            "import" => {
                let file = Path::new(rest);
                let import = office.import_members(file, true, None, Lang::En, &mut |_, _, _| ());
                assert!(import.unwrap().committed);
            }
            "invite" => {
                return format!(
                    "done {}",
                    office.invite(Path::new(rest), None).unwrap().fingerprint
                );
            }
            "join" => {
                office.accept_invitation(Path::new(first), others, None).unwrap();
                return format!("done {}", office.me().node.fingerprint());
            }
            "approve" => self.until(|office| office.approve(first, others).is_ok()),
            "paired" => self.until(|office| {
                office.peer(first).is_ok_and(|peer| peer.state == "active" && peer.received > 0)
                    && office.orgs(Some(first), None, 1).is_ok_and(|page| !page.items.is_empty())
            }),
            "pick" => self.pick(first.parse().unwrap(), others.parse().unwrap()),
            "sheet" => {
                let (count, to) = first.split_once('@').unwrap();
                self.write_sheet(count.parse().unwrap(), to, Path::new(others));
            }
            "issue" => self.issue(first.parse().unwrap(), Path::new(others)),
            "single" => return self.single(rest),
            other => panic!("unknown command {other}"),
        }
        "done".to_owned()
    }

    fn enter_orgs(&self) {
        let request = |org: &DemoOrg| OrgRequest {
            code: self.spec.org_code(org).to_string(),
            name: org.name.to_owned(),
            kind: org.kind.to_owned(),
            parent: self.spec.parent_code(org).map(|parent| parent.to_string()),
            may_transfer: org.may_transfer,
        };
        let requests: Vec<OrgRequest> = self.spec.orgs.iter().map(request).collect();
        self.office.add_orgs(&requests).unwrap();
    }

    fn until(&self, holds: impl Fn(&Office) -> bool) {
        loop {
            let seen = self.office.changes();
            if holds(&self.office) {
                return;
            }
            self.office.wait_changes(seen, EVENT_WAIT);
        }
    }

    /// Picks `count` members from places spread over a roster of `total`.
    fn pick(&mut self, count: usize, total: usize) {
        let places = count.div_ceil(PICKED_TOGETHER);
        for place in 0..places {
            let after = (total * place / places).to_string();
            let limit = PICKED_TOGETHER as u32;
            let page = self.office.members(None, Some("here"), Some(&after), limit, true).unwrap();
            self.members.extend(page.items.into_iter().map(|one| Mover {
                member: one.member,
                id_number: one.id_number,
                name: one.name,
            }));
        }
        assert!(self.members.len() >= count, "the roster was made large enough");
    }

    fn take(&mut self, count: usize) -> &[Mover] {
        let first = self.next;
        self.next += count;
        &self.members[first..self.next]
    }

    /// The sheet of a batch of the next `count` of those who move.
    fn write_sheet(&mut self, count: usize, to: &str, file: &Path) {
        let mut text = String::from(
            "公民身份号码,姓名,转往组织
",
        );
        for mover in self.take(count) {
            text += &format!(
                "{},{},{to}
",
                mover.id_number, mover.name
            );
        }
        std::fs::write(file, text).unwrap();
    }

    fn issue(&self, count: u64, file: &Path) {
        let (columns, lang) = (&[][..], Lang::En);
        let request = BatchRequest { file, confirm: count, only_valid: false, columns, lang };
        match self.office.issue_batch(&request, &mut |_, _| ()).unwrap() {
            Outcome::Issued(issued) => assert_eq!(issued.issued, count),
            Outcome::Faulty(check) => panic!("{} rows have faults", check.errors.len()),
        }
    }

    /// Moves one member; says after how many microseconds the acceptance was durable here, and
    /// after how many the letter was closed here.
    fn single(&mut self, to: &str) -> String {
        let office = self.office.clone();
        let member = self.take(1)[0].member.clone();
        // The first decision is the Offer, the second the Release and the third the Ack.
        let (before, start) = (office.changes(), Instant::now());
        let letter = issue(&office, &member, to);
        say(&format!("letter {letter}"));
        let released = ["released", "received", "closed"];
        let back = until_called(&office, &letter, before + 2, &released) - start;
        let closed = until_called(&office, &letter, before + 3, &["closed"]) - start;
        format!("done {} {}", back.as_micros(), closed.as_micros())
    }
}

fn issue(office: &Office, member: &str, to: &str) -> String {
    let request = IssueRequest {
        member: member.to_owned(),
        to: to.to_owned(),
        reason: Private::new("工作调动".to_owned()),
        dues_paid_through: None,
        days: None,
        wait: None,
    };
    office.issue(&request).unwrap().letter.id
}

/// Accepts a letter as soon as it is here.
fn accept(office: &Office, letter: &str, branch: &str) {
    loop {
        let seen = office.changes();
        match office.accept(letter, branch, true, None) {
            Ok(_) => return,
            Err(refusal) if refusal.code == Code::LetterUnknown => {
                office.wait_changes(seen, EVENT_WAIT);
            }
            Err(refusal) => panic!("{refusal}"),
        }
    }
}

/// Accepts what has arrived of any batch, again and again.
fn accept_batches(office: &Office, branch: &str) {
    loop {
        let seen = office.changes();
        let page = office.letters(Some("in"), Some("issued"), None, 1).unwrap();
        match page.items.first().and_then(|letter| letter.batch.as_ref()) {
            Some(batch) => {
                let accepted = office.accept_batch(&batch.id, branch, &[], &mut |_, _| ());
                assert_eq!(accepted.unwrap().failed, 0);
            }
            None => drop(office.wait_changes(seen, EVENT_WAIT)),
        }
    }
}

/// Waits for the decision after which the letter is called one of `states`, and says when that was.
/// It is the one that makes `count`, unless the node decides something else besides, as while it
/// looks through a new roster: the letter is not read before, which would be work of its own.
fn until_called(office: &Office, letter: &str, count: u64, states: &[&str]) -> Instant {
    let mut seen = office.changes();
    loop {
        while seen < count {
            seen = office.wait_changes(seen, EVENT_WAIT);
        }
        let decided = Instant::now();
        if states.contains(&office.letter(letter).unwrap().state.as_str()) {
            return decided;
        }
        seen = office.wait_changes(seen, EVENT_WAIT);
    }
}

/// Says so once `COUNT` letters of a direction (`out`, `in`) are closed.
#[expect(clippy::disallowed_methods, reason = "counting at every commit would be half the work")]
fn await_closed(office: &Office, what: &str) {
    let (direction, count) = what.split_once(' ').unwrap();
    let count: u64 = count.parse().unwrap();
    loop {
        let counts = office.letter_counts().unwrap();
        let side = if direction == "out" { counts.out } else { counts.incoming };
        if side.get("closed").copied().unwrap_or_default() >= count {
            say("closed");
            return;
        }
        thread::sleep(COUNT_PAUSE);
    }
}

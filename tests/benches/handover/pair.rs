//! Two nodes in two processes: made, paired, and measured while letters go from one to the other.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use dukou::demo::people::Crowd;
use dukou::demo::regions::{DemoRegion, REGIONS};
use dukou::demo::roster::{Encoding, write_csv};

use crate::machine::{cpu_ms, loopback_bytes, memory_mb};
use crate::plan::Plan;
use crate::serving;

const SEED: u64 = 20_260_301;

/// What one pair did.
pub struct Outcome {
    /// People on each roster who stayed.
    pub others: usize,
    /// Letters of the burst.
    pub letters: usize,
    /// From the first command to issue until the last letter was closed at both ends, in seconds.
    pub burst_s: f64,
    /// Processor time of both nodes in the burst, in milliseconds.
    pub burst_cpu_ms: (f64, f64),
    /// Bytes on the loopback device in the burst.
    pub burst_bytes: u64,
    /// One at a time, from issuing until the acceptance is durable at the origin, in milliseconds.
    pub back_ms: Vec<f64>,
    /// The same until the letter is closed at both ends.
    pub closed_ms: Vec<f64>,
    /// PSS of each node in megabytes: empty, with its roster, after everything.
    pub pss_mb: [(f64, f64); 3],
    /// The most that was ever resident, in megabytes.
    pub peak_mb: (f64, f64),
    /// How long entering the larger roster took, in seconds, and how many rows it has.
    pub import: (f64, usize),
}

/// Measures a fresh pair whose rosters hold `others` people who stay.
pub fn measure(plan: &Plan, others: usize) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let mut b = Node::start(&REGIONS[1], dir.path(), None);
    let mut a = Node::start(&REGIONS[0], dir.path(), Some(&b));
    for node in [&mut a, &mut b] {
        node.hear("ready");
    }
    let empty = memory(&a, &b);
    let import = enter(plan, others, dir.path(), [&mut a, &mut b]);
    pair(dir.path(), &mut a, &mut b);
    let roster = memory(&a, &b);
    a.ask(&format!("pick {} {}", plan.letters_in_all(), import.1));
    let to = b.region.org_code(b.region.committee());
    let sheet = |a: &mut Node, count: usize| {
        let file = dir.path().join(format!("batch-{count}.csv"));
        a.ask(&format!("sheet {count}@{to} {}", file.display()));
        format!("issue {count} {}", file.display())
    };
    let (warming, issue) = (sheet(&mut a, plan.warming()), sheet(&mut a, plan.letters));
    b.ask("acceptor");
    burst(&warming, plan.warming(), [&mut a, &mut b]);
    let (cpu, bytes) = (cpu(&a, &b), loopback_bytes());
    let burst_s = burst(&issue, plan.warming() + plan.letters, [&mut a, &mut b]);
    let (after, burst_bytes) = (self::cpu(&a, &b), loopback_bytes() - bytes);
    let (back_ms, closed_ms) = singles(plan, &mut a, &mut b);
    let outcome = Outcome {
        others,
        letters: plan.letters,
        burst_s,
        burst_cpu_ms: (after.0 - cpu.0, after.1 - cpu.1),
        burst_bytes,
        back_ms,
        closed_ms,
        pss_mb: [empty, roster, memory(&a, &b)],
        peak_mb: (memory_mb(a.pid()).1, memory_mb(b.pid()).1),
        import,
    };
    [a, b].into_iter().for_each(Node::stop);
    outcome
}

/// Enters organisations and people; says how long the larger roster took, and its rows.
fn enter(plan: &Plan, others: usize, dir: &Path, nodes: [&mut Node; 2]) -> (f64, usize) {
    let rows = [others + plan.letters_in_all(), others];
    // The region with the smallest share needs at most this many of all.
    let crowd = Crowd::new(SEED, rows[0] * 8);
    let mut took = 0.0;
    for (node, rows) in nodes.into_iter().zip(rows) {
        node.ask("orgs");
        let file = dir.join(format!("{}.csv", node.region.code()));
        write_csv(&file, Encoding::Utf8, crowd.of(node.region).take(rows)).unwrap();
        let start = Instant::now();
        node.ask(&format!("import {}", file.display()));
        took = f64::max(took, start.elapsed().as_secs_f64());
    }
    (took, rows[0])
}

fn pair(dir: &Path, a: &mut Node, b: &mut Node) {
    let file = dir.join("for-b.invitation");
    let fingerprint = a.ask(&format!("invite {}", file.display()));
    let guest = b.ask(&format!("join {} {fingerprint}", file.display()));
    a.ask(&format!("approve {} {guest}", b.region.code()));
    a.ask(&format!("paired {}", b.region.code()));
    b.ask(&format!("paired {}", a.region.code()));
}

/// Issues a batch, which the other accepts, and waits until `closed` are closed at both ends.
fn burst(issue: &str, closed: usize, [a, b]: [&mut Node; 2]) -> f64 {
    let start = Instant::now();
    b.tell(&format!("await in {closed}"));
    a.ask(issue);
    a.tell(&format!("await out {closed}"));
    a.hear("closed");
    b.hear("closed");
    start.elapsed().as_secs_f64()
}

fn singles(plan: &Plan, a: &mut Node, b: &mut Node) -> (Vec<f64>, Vec<f64>) {
    let to = b.region.org_code(b.region.committee());
    let (mut back, mut closed) = (Vec::new(), Vec::new());
    b.ask("quiet");
    for _ in 0..plan.singles {
        let start = Instant::now();
        let times = a.ask(&format!("single {to}"));
        b.hear("closed");
        closed.push(start.elapsed().as_secs_f64() * 1e3);
        let micros = times.split(' ').next().unwrap();
        back.push(micros.parse::<f64>().unwrap() / 1e3);
    }
    (back, closed)
}

fn cpu(a: &Node, b: &Node) -> (f64, f64) {
    (cpu_ms(a.pid()), cpu_ms(b.pid()))
}

fn memory(a: &Node, b: &Node) -> (f64, f64) {
    (memory_mb(a.pid()).0, memory_mb(b.pid()).0)
}

/// A process that is one node. A single letter that it issues is named to the other at once.
struct Node {
    region: &'static DemoRegion,
    child: Child,
    stdin: Arc<Mutex<ChildStdin>>,
    answers: Receiver<String>,
}

impl Node {
    fn start(region: &'static DemoRegion, dir: &Path, other: Option<&Node>) -> Node {
        let code = region.code().to_string();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([serving::ROLE, &code]).arg(dir.join(&code));
        let log = std::fs::File::create(dir.join(format!("{code}.log"))).unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let stdin = Arc::new(Mutex::new(child.stdin.take().unwrap()));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let (sender, answers) = channel();
        let to = other.map(|other| Arc::clone(&other.stdin));
        thread::spawn(move || forward(lines, &sender, to.as_deref()));
        Node { region, child, stdin, answers }
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.stdin.lock().unwrap(), "{line}").unwrap();
    }

    /// Waits for the answer that begins with `word`, and gives what follows it.
    fn hear(&mut self, word: &str) -> String {
        let line = self.answers.recv().expect("the node goes on");
        let rest = line.strip_prefix(word).unwrap_or_else(|| panic!("{line} instead of {word}"));
        rest.trim_start().to_owned()
    }

    fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.hear("done")
    }

    fn stop(mut self) {
        self.tell("stop");
        assert!(self.child.wait().unwrap().success(), "a node ended badly");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It has ended already unless the run failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn forward(
    lines: impl Iterator<Item = String>,
    answers: &Sender<String>,
    to: Option<&Mutex<ChildStdin>>,
) {
    for line in lines {
        match (line.strip_prefix("letter "), to) {
            (Some(letter), Some(to)) => writeln!(to.lock().unwrap(), "watch {letter}").unwrap(),
            _ => drop(answers.send(line)),
        }
    }
}

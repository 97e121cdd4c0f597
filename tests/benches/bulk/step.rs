//! One step: how long it took, and what the processes took from the machine, from `/proc`.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::command::{self, Environment};
use tests::region::Region;

/// The first lines of the table.
pub const HEADER: &str = "\
| step | s | CPU s of nodes | MB written | most MB, command | first node | second |
|---|---|---|---|---|---|---|";
const PAUSE: Duration = Duration::from_millis(5);

/// A step under way. The first node is the one that commands are given to.
pub struct Step<'a> {
    name: String,
    nodes: Vec<&'a Region>,
    began: Instant,
    used_before: (f64, f64),
}

impl<'a> Step<'a> {
    /// Begins.
    pub fn new(name: &str, nodes: &[&'a Region]) -> Step<'a> {
        let nodes = nodes.to_vec();
        let used_before = used(&nodes);
        Step { name: name.to_owned(), nodes, began: Instant::now(), used_before }
    }

    /// Runs a command to its end, prints the step, and gives the answer's `data`.
    pub fn command(self, args: &[&str]) -> Value {
        let mut command = command::command(Some(&self.nodes[0].data), &Environment::default());
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let answer = std::thread::spawn(move || serde_json::from_reader(stdout).unwrap());
        let most = most_until_end(&mut child);
        let answer: Value = answer.join().unwrap();
        assert!(answer["data"].is_object(), "{answer:#}");
        self.print(&format!("{most:.0}"));
        answer["data"].clone()
    }

    /// Waits for what happens by itself, and prints the step.
    #[expect(clippy::disallowed_methods, reason = "another process can only be asked again")]
    pub fn until(self, done: impl Fn() -> bool) {
        while !done() {
            std::thread::sleep(10 * PAUSE);
        }
        self.print("");
    }

    fn print(self, most: &str) {
        let seconds = self.began.elapsed().as_secs_f64();
        let (cpu, written) = used(&self.nodes);
        let (cpu, written) = (cpu - self.used_before.0, written - self.used_before.1);
        let nodes: Vec<String> = self
            .nodes
            .iter()
            .map(|node| format!("{:.0}", node.peak_kib() as f64 / 1024.0))
            .collect();
        let nodes = format!("{} | {}", nodes[0], nodes.get(1).map_or("", String::as_str));
        let name = &self.name;
        println!("| {name} | {seconds:.1} | {cpu:.1} | {written:.0} | {most} | {nodes} |");
    }
}

/// Processor, load by others.
pub fn machine() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    format!("{cores} cores, load before {}", load.split(' ').next().unwrap_or_default())
}

/// Seconds of processor time and megabytes written, by all nodes since they started.
fn used(nodes: &[&Region]) -> (f64, f64) {
    let cpu: f64 = nodes.iter().map(|node| node.cpu_ms() as f64 / 1e3).sum();
    let written: f64 = nodes.iter().map(|node| node.written_bytes() as f64 / 1e6).sum();
    (cpu, written)
}

/// Waits for the end of a command; gives the most memory that it ever had, in megabytes.
#[expect(clippy::disallowed_methods, reason = "the end of a child can only be asked for again")]
fn most_until_end(child: &mut Child) -> f64 {
    let mut most_kib = 0;
    while child.try_wait().unwrap().is_none() {
        most_kib = command::peak_kib(child.id()).unwrap_or(most_kib).max(most_kib);
        std::thread::sleep(PAUSE);
    }
    most_kib as f64 / 1024.0
}

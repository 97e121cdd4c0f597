//! What matching 20,000 people against 20,000 costs, of whom 500 are on both lists.
//!
//! `cargo bench --workspace --bench matching` lets two runs talk in the bytes of the wire, and then
//! two real nodes with a sheet each, and checks that both sides name exactly those who are on both.
//! Nothing is asserted about times; `docs/performance.md` says how to read the figures.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Instant;

use protocol::exchange::matching::frame::{Holds, Said, Source};
use protocol::exchange::matching::run::{Chance, Listed, Outcome, Parties, Run};
use protocol::id::NodeId;
use protocol::member::{IdNumber, check_character};
use protocol::seal::Domain;
use protocol::time::Timestamp;
use serde_json::Value;
use tests::federation::{Federation, PAIR};
use tests::sheet::Sheet;

const PEOPLE: u32 = 20_000;
const COMMON: u32 = 500;

fn main() {
    let (asker, asked) = (0..PEOPLE, PEOPLE - COMMON..2 * PEOPLE - COMMON);
    in_memory(&asker, &asked);
    between_nodes(&asker, &asked);
}

/// The identity number of an invented person, of an area that does not exist.
fn number(person: u32) -> String {
    let (day, order) = (person / 1_000, person % 1_000);
    let digits = format!("999999{:04}{:02}01{order:03}", 1_950 + day / 12, 1 + day % 12);
    let check = char::from(check_character(digits.as_bytes()));
    format!("{digits}{check}")
}

fn numbers(people: Range<u32>) -> BTreeSet<String> {
    people.map(number).collect()
}

fn in_memory(asker: &Range<u32>, asked: &Range<u32>) {
    let expected = numbers(asked.start..asker.end);
    let list = |people: &Range<u32>| -> Vec<Listed> {
        let listed = |person| Listed {
            id_number: IdNumber::parse(&number(person)).unwrap(),
            holds: Holds::Named,
        };
        people.clone().map(listed).collect()
    };
    let [mine, theirs] = [list(asker), list(asked)];
    let parties = Parties {
        domain: Domain::Rehearsal,
        asker: NodeId::from_bytes([1; 32]),
        asked: NodeId::from_bytes([2; 32]),
    };
    let chance = |byte: u8| Chance { nonce: [byte; 16], exponent: [byte; 64] };
    let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
    let mut cpu = [0.0; 2];

    let start = thread_ms();
    let mut asker = Run::ask(parties, mine, Source::Sheet, &chance(1), now).unwrap();
    cpu[0] += thread_ms() - start;
    let open = asker.poll_frame().unwrap();
    let start = thread_ms();
    let opened = (&Said::read(&open).unwrap(), open.len());
    let asked = Run::answer(parties, opened, theirs, &chance(2), now).unwrap();
    cpu[1] += thread_ms() - start;
    let mut runs = [asker, asked];
    let mut outcomes = [None, None];
    while outcomes.iter().any(Option::is_none) {
        for side in 0..2 {
            let frames: Vec<_> = std::iter::from_fn(|| runs[side].poll_frame()).collect();
            let start = thread_ms();
            frames.iter().for_each(|frame| runs[1 - side].handle_frame(frame).unwrap());
            cpu[1 - side] += thread_ms() - start;
            outcomes[side] = outcomes[side].take().or_else(|| runs[side].poll_outcome());
        }
    }
    let outcomes = outcomes.map(Option::unwrap);
    for (run, Outcome { matched, .. }) in runs.iter().zip(&outcomes) {
        let name = |place: usize| run.list()[place].id_number.reveal().to_owned();
        let found: BTreeSet<String> = matched.iter().map(|one| name(one.place)).collect();
        assert_eq!(found, expected, "exactly those who are on both lists");
    }
    let bytes = outcomes[0].bytes;
    println!("{PEOPLE} against {PEOPLE}, {COMMON} on both lists; {bytes} bytes both ways");
    println!("in memory: CPU {:.0} ms asker, {:.0} ms asked", cpu[0], cpu[1]);
    println!("most memory of both sides: {} MB", peak_mb());
}

/// The same between two nodes, each with a sheet of its own.
fn between_nodes(asker: &Range<u32>, asked: &Range<u32>) {
    let expected = numbers(asked.start..asker.end);
    let pair = Federation::start(PAIR);
    let sheet = |people: &Range<u32>, name: &str| -> PathBuf {
        let mut sheet = Sheet::with_headers(&["公民身份号码"]);
        numbers(people.clone()).iter().for_each(|number| sheet.push(&[number]));
        sheet.xlsx(&pair.scratch, name)
    };
    let files = [sheet(asker, "went.xlsx"), sheet(asked, "came.xlsx")];
    let matched = |side: usize| -> Value {
        let code = pair[1 - side].code();
        pair[side].ok(&[
            "match",
            &code,
            files[side].to_str().unwrap(),
            "--limit",
            "1000",
            "--reveal",
        ])
    };
    // The first finds nobody, and lays the sheet of the asked side out.
    assert_eq!(matched(1)["theirs"], 0);
    let before = [0, 1].map(|side| pair[side].cpu_ms());
    let start = Instant::now();
    let found = matched(0);
    let wall = start.elapsed().as_millis();
    let cpu = [0, 1].map(|side| pair[side].cpu_ms() - before[side]);
    let people = found["people"]["items"].as_array().unwrap();
    let both = people.iter().filter(|person| person["found"] == "both");
    let both: BTreeSet<String> =
        both.map(|person| person["id_number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(both, expected, "exactly those who are on both sheets");
    let peak = [0, 1].map(|side| pair[side].peak_kib() / 1_024);
    println!("nodes: CPU {} ms asker, {} ms asked; {wall} ms from start to end", cpu[0], cpu[1]);
    println!("most memory of a node: {} MB asker, {} MB asked", peak[0], peak[1]);
}

/// CPU of this thread, in milliseconds.
fn thread_ms() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
}

/// The most memory that this process ever had, in megabytes.
fn peak_mb() -> u64 {
    tests::command::peak_kib(std::process::id()).unwrap() / 1_024
}

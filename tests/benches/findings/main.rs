//! Findings over a large roster: what the index costs to build, and the first page of every list.
//!
//! `cargo bench --workspace --bench findings`; `DUKOU_BENCH_MEMBERS` for another size. A region of
//! that many people is written into the database as an import leaves them, without the import; the
//! node itself then works out what falls due. Times are of the whole command, its start included.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::time::{Duration, Instant};

use dukou::demo::regions::REGIONS;
use rusqlite::{Connection, params};
use serde_json::Value;
use tests::region::{Mode, Region};
use tests::scratch::Scratch;

/// When the people were entered, and when the lists are asked for.
const ENTERED: &str = "2027-03-02T01:00:00Z";
const ASKED: &str = "2028-06-01T01:00:00Z";
/// Branches that the people are shared out to.
const BRANCHES: usize = 20_000;
/// Dues of these months, as month numbers of `protocol::time`.
const DUES: (usize, usize) = (2027 * 12 + 2, 18);
/// How often a list is asked for; the middle time is printed.
const TIMES: usize = 9;

fn main() {
    let members = setting("DUKOU_BENCH_MEMBERS", 1_000_000);
    let scratch = Scratch::new();
    let mut region = Region::init(&scratch, &REGIONS[0], Mode::Rehearsal);
    region.set_now(ENTERED);
    region.enter_orgs();
    region.start();
    let id = region.file("one.txt");
    std::fs::write(&id, "11010519491231002X").unwrap();
    let add = ["member", "add", "--name", "样例", "--standing", "full", "--org"];
    region.ok(&[&add[..], &[&region.branch(), "--id-number-file", &id]].concat());
    region.stop();
    fill(&region.data.join("dukou.db"), members);

    region.set_now(ASKED);
    println!("| step | ms | most MB of the node |\n|---|--:|--:|");
    region.start();
    let began = Instant::now();
    let standing = until_followed(&region);
    print("the node works out what falls due, from nothing", began.elapsed(), &region);
    println!("\n{members} members, {standing} findings stand\n");
    println!("| list | ms | most MB of the node |\n|---|--:|--:|");
    let branch = region.branch();
    let committee = region.committee();
    let lists: &[(&str, &[&str])] = &[
        ("version, for comparison: the command alone", &["rule", "list"]),
        ("finding list, 50 rows", &["finding", "list", "--limit", "50"]),
        ("finding list --kind Nominal", &["finding", "list", "--kind", "Nominal", "--limit", "50"]),
        (
            "finding list --kind FourNone",
            &["finding", "list", "--kind", "FourNone", "--limit", "50"],
        ),
        (
            "finding list --kind FormationDue",
            &["finding", "list", "--kind", "FormationDue", "--limit", "50"],
        ),
        ("task list --overdue", &["task", "list", "--overdue", "--limit", "50"]),
        ("task list --org, a branch", &["task", "list", "--org", &branch, "--limit", "50"]),
        ("task list --org, the committee", &["task", "list", "--org", &committee, "--limit", "50"]),
        ("finding list, 1,000 rows", &["finding", "list"]),
        ("status", &["status"]),
    ];
    for (name, args) in lists {
        print(name, middle(|| drop(region.ok(args))), &region);
    }
    let member = region.list(&["member", "search", "样例"])[0]["ref"].as_str().unwrap().to_owned();
    let set = ["member", "set", &member, "--dues-through", "2028-05"];
    print("member set, which follows one member", middle(|| drop(region.ok(&set))), &region);
    region.stop();
}

/// Waits until the index holds everybody, and gives how many findings stand.
#[expect(clippy::disallowed_methods, reason = "another process can only be asked again")]
fn until_followed(region: &Region) -> u64 {
    let mut before = None;
    loop {
        std::thread::sleep(Duration::from_secs(2));
        let status: Value = region.ok(&["status"]);
        let counts = status["findings"].as_object().unwrap();
        let sum = counts.values().map(|count| count.as_u64().unwrap()).sum();
        if sum > 0 && before == Some(sum) {
            return sum;
        }
        before = Some(sum);
    }
}

/// People like the one who was entered by the command, in many branches, with dues of many months
/// and nothing to be found by, so that two findings fall due for each.
fn fill(database: &Path, members: usize) {
    let mut connection = Connection::open(database).unwrap();
    let top: i64 = connection
        .query_row("SELECT number FROM org WHERE parent IS NULL", [], |row| row.get(0))
        .unwrap();
    let transaction = connection.transaction().unwrap();
    for branch in 0..BRANCHES {
        transaction
            .prepare_cached(
                "INSERT INTO org (number, name, kind, parent, may_transfer)
                 VALUES (?1, ?2, 2, ?3, 0)",
            )
            .unwrap()
            .execute(params![top + 10_000 + branch as i64, format!("支部{branch}"), top])
            .unwrap();
    }
    for member in 0..members {
        // References in no order, as real ones are.
        let reference =
            ((member as u128 + 1) * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes();
        transaction
            .prepare_cached(
                "INSERT INTO member (ref, version, custody, standing, org, name, search,
                     generation, nonce, dues, id_hmac, sealed, met)
                 SELECT ?1, 1, 0, 0, ?2, '样例', '样例', 0, ?1, ?3, ?1, sealed, 1
                 FROM member WHERE id = 1",
            )
            .unwrap()
            .execute(params![
                reference,
                top + 10_000 + (member % BRANCHES) as i64,
                (DUES.0 + member % DUES.1) as i64
            ])
            .unwrap();
    }
    transaction.commit().unwrap();
}

fn middle(mut once: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let began = Instant::now();
            once();
            began.elapsed()
        })
        .collect();
    times.sort();
    times[TIMES / 2]
}

fn print(name: &str, time: Duration, region: &Region) {
    println!("| {name} | {:.0} | {} |", time.as_secs_f64() * 1e3, region.peak_kib() / 1024);
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

//! What big tables cost: a roster of 100,000 rows from csv and from xlsx, and a batch of 10,000
//! letters from its sheet to `closed` at both ends.
//!
//! `cargo bench --workspace --bench bulk` drives the real binary by command, and prints for each
//! step its time, the most memory that the command and the nodes ever had, and what the nodes wrote
//! to disk. Nothing is asserted about times; `docs/performance.md` says how to read the figures.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod step;

use std::path::{Path, PathBuf};

use dukou::demo::people::{Crowd, Person};
use dukou::demo::regions::REGIONS;
use step::Step;
use tests::federation::pair;
use tests::region::{Mode, Region};
use tests::scratch::Scratch;
use tests::sheet::Sheet;

/// Of the crowd, so many of ten live in the first region.
const SHARE_OF_TEN: usize = 5;
const CROWD_SEED: u64 = 1;

fn main() {
    let rows = setting("DUKOU_BULK_ROWS", 100_000);
    let letters = setting("DUKOU_BULK_LETTERS", 10_000);
    let scratch = Scratch::new();
    let people = || {
        let crowd = Crowd::new(CROWD_SEED, rows * 10 / SHARE_OF_TEN);
        crowd.of(&REGIONS[0]).take(rows)
    };
    assert_eq!(people().count(), rows, "the crowd is large enough");
    println!("{}", step::machine());
    println!("{}", step::HEADER);
    let destination = region(&scratch, 1);
    for format in ["csv", "xlsx"] {
        let sheet = Sheet::of(people());
        let file = match format {
            "csv" => sheet.csv(&scratch, "roster.csv"),
            _ => sheet.xlsx(&scratch, "roster.xlsx"),
        };
        drop(sheet);
        let origin = region(&scratch, 0);
        let check_only = ["member", "import", text(&file)];
        let import = ["member", "import", text(&file), "--commit"];
        let check = Step::new(&format!("{format}: {rows} rows checked"), &[&origin]);
        assert_eq!(check.command(&check_only)["ok"], rows);
        let commit = Step::new(&format!("{format}: {rows} rows imported"), &[&origin]);
        assert_eq!(commit.command(&import)["committed"], true);
        let again = Step::new(&format!("{format}: the same again"), &[&origin]);
        assert_eq!(again.command(&import)["committed"], true);
        if format == "csv" {
            pair(&origin, &destination);
            let sheet = batch_sheet(&scratch, people().take(letters), &destination);
            batch(&origin, &destination, &sheet, letters);
        }
        std::fs::remove_dir_all(&origin.data).unwrap();
    }
}

/// A batch from the check of its sheet until every letter is closed at both ends.
fn batch(origin: &Region, destination: &Region, sheet: &Path, letters: usize) {
    let both = [origin, destination];
    let check = Step::new(&format!("batch check, {letters} rows"), &[origin]);
    assert_eq!(check.command(&["batch", "check", text(sheet)])["issuable"], letters);
    let count = letters.to_string();
    let issue = Step::new("batch issue", &both);
    let issued = issue.command(&["batch", "issue", text(sheet), "--confirm", &count]);
    let batch = issued["id"].as_str().unwrap();
    let arrived = Step::new("  until all have arrived", &both);
    arrived.until(|| counted(destination, batch, "issued") == letters);
    let accept = Step::new("batch accept", &[destination, origin]);
    accept.command(&["batch", "accept", batch, "--org", &destination.branch()]);
    let closed = Step::new("  until all are closed at both ends", &both);
    closed.until(|| both.iter().all(|end| counted(end, batch, "closed") == letters));
    let show = Step::new("batch show, 1,000 items", &[origin]);
    show.command(&["batch", "show", batch, "--limit", "1000"]);
}

fn counted(region: &Region, batch: &str, state: &str) -> usize {
    let shown = region.ok(&["batch", "show", batch, "--limit", "1"]);
    shown["counts"]["letters"][state].as_u64().unwrap_or(0) as usize
}

fn region(scratch: &std::sync::Arc<Scratch>, place: usize) -> Region {
    let mut region = Region::init(scratch, &REGIONS[place], Mode::Real);
    region.enter_orgs();
    region.start();
    region
}

fn batch_sheet(
    scratch: &Scratch,
    people: impl Iterator<Item = Person>,
    destination: &Region,
) -> PathBuf {
    let to = destination.committee();
    let mut sheet = Sheet::with_headers(&["公民身份号码", "姓名", "去向", "事由"]);
    for person in people {
        sheet.push(&[person.id_number.reveal(), person.name.reveal(), &to, "改制移交"]);
    }
    sheet.xlsx(scratch, "batch.xlsx")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

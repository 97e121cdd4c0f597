//! One run: two nodes, three clerks, and somebody who pulls the plug.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dukou::demo::people::Crowd;
use tests::federation::{Federation, Plan};
use tests::region::Mode;
use tests::sheet::Sheet;

use crate::audit;
use crate::clerks::{Desk, Office, PEOPLE};
use crate::reaper::{self, Kill};

/// So many live in all regions that the first has the 348 of the story.
const MEMBERS: usize = 600;
/// Whom [`Federation`] enters.
const CROWD_SEED: u64 = 20_260_301;

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// Every kill.
    pub kills: Vec<Kill>,
    /// Letters by state, the same at both ends.
    pub states: BTreeMap<String, usize>,
    /// Statements of which an answer had told, all still there.
    pub acknowledged: usize,
    /// How long it took.
    pub took: Duration,
}

/// Makes one run. Panics with what both ends say if a promise was broken.
pub fn run(seed: u64, kills: usize) -> Outcome {
    let began = Instant::now();
    let mut federation =
        Federation::start(Plan { regions: 2, mode: Mode::Real, members: MEMBERS, now: None });
    let sheet = sheet(&federation);
    let desk = |side: usize| Desk::of(&federation[side], &federation.scratch);
    let office = Office::new(desk(0), desk(1), sheet, seed);
    let kills = office.work(seed, || reaper::reap(&mut federation, &office, seed, kills));
    let (states, acknowledged) = audit::audit(&mut federation, &office);
    Outcome { kills, states, acknowledged, took: began.elapsed() }
}

/// The sheet of the 348, addressed to the other region's committee.
fn sheet(federation: &Federation) -> PathBuf {
    let to = federation[1].committee();
    let mut sheet = Sheet::with_headers(&["公民身份号码", "姓名", "去向"]);
    for person in Crowd::new(CROWD_SEED, MEMBERS).of(federation[0].spec).take(PEOPLE) {
        sheet.push(&[person.id_number.reveal(), person.name.reveal(), &to]);
    }
    assert_eq!(sheet.len(), PEOPLE + 1, "the crowd is large enough");
    sheet.csv(&federation.scratch, "works.csv")
}

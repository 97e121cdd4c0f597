//! The node that is attacked: one for all attacks, so that each also shows that the others did no
//! harm to it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use dukou::demo::people::Crowd;
use dukou::demo::regions::{DemoRegion, SHIQUAN};
use protocol::id::RegionCode;
use serde_json::Value;
use tests::region::{Mode, Region};
use tests::scratch::Scratch;

const PEOPLE: usize = 200;

/// A running node that strangers can pair with.
pub struct Stage {
    pub region: Region,
    pub scratch: Arc<Scratch>,
    guests: AtomicU32,
}

impl Stage {
    /// A node of its own, for attacks that change it as a whole.
    pub fn own() -> Stage {
        Stage::of(&SHIQUAN)
    }

    fn of(spec: &'static DemoRegion) -> Stage {
        let scratch = Scratch::new();
        let mut region = Region::init(&scratch, spec, Mode::Rehearsal);
        region.enter_orgs();
        region.enter_people(Crowd::new(20_260_302, PEOPLE).of(spec));
        region.start();
        Stage { region, scratch, guests: AtomicU32::new(0) }
    }

    /// The one that runs while any test has it.
    pub fn shared() -> Arc<Stage> {
        static RUNNING: Mutex<Weak<Stage>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        running.upgrade().unwrap_or_else(|| {
            let stage = Arc::new(Stage::own());
            *running = Arc::downgrade(&stage);
            stage
        })
    }

    /// A region code that no other guest of this stage has.
    pub fn guest_code(&self) -> RegionCode {
        RegionCode::new(620_000 + self.guests.fetch_add(1, Ordering::Relaxed)).unwrap()
    }

    /// The node's findings of one kind.
    pub fn findings(&self, kind: &str) -> u64 {
        self.region.ok(&["status"])["findings"][kind].as_u64().unwrap_or(0)
    }

    /// How many proofs of faults the node keeps about one peer.
    pub fn faults_of(&self, region: &str) -> i64 {
        let path = self.region.data.join("dukou.db");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = rusqlite::Connection::open_with_flags(path, flags).unwrap();
        let sql = "SELECT count(*) FROM fault JOIN peer ON peer.id = fault.peer
                   WHERE peer.region = ?1";
        let region: i64 = region.parse().unwrap();
        database.query_row(sql, [region], |row| row.get(0)).unwrap()
    }

    /// `normal`, or what else the node says.
    pub fn mode(&self) -> Value {
        self.region.ok(&["status"])["mode"].clone()
    }
}

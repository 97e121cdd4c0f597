//! One node of the simulated world: the real office over a real database, its clock, and its lives
//! from one power cut to the next.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dukou::clock::Clock;
use dukou::entropy::Entropy;
use dukou::office::{Office, Wake};
use protocol::id::NodeId;
use protocol::time::Timestamp;

use crate::commits::Commits;
use crate::template::{open, start_time, template};

pub struct Node {
    pub index: usize,
    pub id: NodeId,
    pub clock: Clock,
    entropy: Entropy,
    dir: PathBuf,
    lives: u32,
    pub life: Option<Life>,
    /// How far this node's clock is off, in milliseconds.
    pub skew_ms: i64,
    /// A round of housekeeping was asked for.
    pub sweep_due: bool,
}

/// From a start to the next power cut.
pub struct Life {
    pub office: Office,
    pub commits: Commits,
    wakes: Arc<Mutex<Vec<Wake>>>,
}

/// What a power cut does to the files beside the database's own promises.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    None,
    /// Half a frame of a commit that never was lies at the end of the log.
    TornLog,
    /// The count beside the database, which is not synced, is that of an earlier commit.
    OldCount,
}

impl Node {
    pub fn new(index: usize, seed: u64, dir: &Path) -> Node {
        let clock = Clock::manual(start_time());
        let entropy = Entropy::seeded(seed.wrapping_mul(8) + index as u64);
        let id = NodeId::from_bytes([0; 32]);
        let dir = dir.to_owned();
        let mut node = Node {
            index,
            id,
            clock,
            entropy,
            dir,
            lives: 0,
            life: None,
            skew_ms: 0,
            sweep_due: true,
        };
        let file = node.file();
        fs::create_dir(file.parent().unwrap()).unwrap();
        fs::copy(template().database(index), &file).unwrap();
        node.start();
        node.id = node.office().unwrap().me().node;
        node
    }

    /// The database of the present life.
    pub fn file(&self) -> PathBuf {
        self.dir.join(format!("{}-{}", self.index, self.lives)).join("dukou.db")
    }

    pub fn is_up(&self) -> bool {
        self.life.is_some()
    }

    pub fn office(&self) -> Option<&Office> {
        self.life.as_ref().map(|life| &life.office)
    }

    /// Opens the office over what the disk has.
    pub fn start(&mut self) {
        let (office, store) = open(self.index, &self.file(), &self.clock, &self.entropy);
        let commits = Commits::watch(&store);
        let wakes = Arc::<Mutex<Vec<Wake>>>::default();
        let heard = Arc::clone(&wakes);
        office.listen(move |wake| heard.lock().unwrap().push(wake));
        self.life = Some(Life { office, commits, wakes });
        self.sweep_due = true;
    }

    /// Ends the node in order.
    pub fn stop(&mut self) {
        if let Some(life) = self.life.take() {
            life.office.close().unwrap();
        }
    }

    /// The power goes: what lies in the files at this moment is all that the next life has. The
    /// files are copied before anything is closed, so that the next start recovers from the log.
    pub fn cut(&mut self, damage: Damage) {
        let old = self.file();
        self.lives += 1;
        let new = self.file();
        fs::create_dir(new.parent().unwrap()).unwrap();
        for extension in ["db", "db-wal", "head"] {
            let from = old.with_extension(extension);
            if from.exists() {
                fs::copy(from, new.with_extension(extension)).unwrap();
            }
        }
        match damage {
            Damage::None => {}
            Damage::TornLog => {
                let log = fs::OpenOptions::new().append(true).open(new.with_extension("db-wal"));
                if let Ok(mut log) = log {
                    log.write_all(&[0x5a; 1_700]).unwrap();
                }
            }
            Damage::OldCount => {
                let head = new.with_extension("head");
                let mut count = fs::read(&head).unwrap_or_default();
                if count.len() == 16 {
                    let older = u64::from_le_bytes(count[..8].try_into().unwrap()) - 1;
                    count[..8].copy_from_slice(&older.to_le_bytes());
                    count[8..].copy_from_slice(&(!older).to_le_bytes());
                    fs::write(&head, count).unwrap();
                }
            }
        }
        self.life = None;
        fs::remove_dir_all(old.parent().unwrap()).unwrap();
    }

    /// What the commits since the last call asked for.
    pub fn take_wakes(&self) -> Vec<Wake> {
        let wakes = self.life.as_ref().map(|life| std::mem::take(&mut *life.wakes.lock().unwrap()));
        wakes.unwrap_or_default()
    }

    /// Sets the node's clock for the true time `true_ms`.
    pub fn set_clock(&self, true_ms: u64) {
        let shown = true_ms.saturating_add_signed(self.skew_ms);
        let shown = shown.clamp(Timestamp::MIN.millis(), Timestamp::MAX.millis() - 1);
        let shown = Timestamp::from_millis(shown).unwrap();
        if shown != self.clock.now() {
            self.clock.set(shown).unwrap();
        }
    }
}

//! What the machine can do at most, measured with the same libraries and settings as the node's.

use std::time::{Duration, Instant};

use protocol::seal::{Domain, Purpose, Signer};
use rusqlite::{Connection, params};

use crate::frames;

/// How long each part is measured.
const MEASURED: Duration = Duration::from_secs(1);
/// Bytes that a signature covers: tree size and root.
const SIGNED_BYTES: usize = 40;

/// Each a second.
pub struct Ceilings {
    /// Signatures made, on one core.
    pub signs: f64,
    /// Signatures verified strictly, on one core.
    pub verifies: f64,
    /// Rows made durable by one writer, 64 in a transaction.
    pub rows_64: f64,
    /// Rows made durable by one writer, 1,024 in a transaction.
    pub rows_1024: f64,
    /// Transactions of one row, each durable before the next.
    pub commits: f64,
    /// Frames on one long stream between two endpoints of one process.
    pub frames: f64,
}

impl Ceilings {
    /// Hand-overs a second if nothing but these parts cost anything and every core were busy with
    /// them: at either end the five entries as rows; of seals, one Offer's eighth and four
    /// sixty-fourths, made and verified; and five frames.
    pub fn letters(&self) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        let seals = 1.0 / 8.0 + 4.0 / 64.0;
        let seconds =
            10.0 / self.rows_1024 + seals / self.signs + seals / self.verifies + 5.0 / self.frames;
        cores / seconds
    }
}

/// Measures all of them, one after the other.
pub fn measure() -> Ceilings {
    let signer = Signer::from_seed(&[7; 32]);
    let message = [9; SIGNED_BYTES];
    let signature = signer.sign(Domain::Rehearsal, Purpose::Seal, &message);
    let public = signer.public();
    Ceilings {
        signs: rate(1, || {
            std::hint::black_box(signer.sign(Domain::Rehearsal, Purpose::Seal, &message));
        }),
        verifies: rate(1, || {
            assert!(public.verifies(Domain::Rehearsal, Purpose::Seal, &message, &signature));
        }),
        rows_64: rows(64),
        rows_1024: rows(1024),
        commits: rows(1),
        frames: frames::measure(MEASURED),
    }
}

/// How many of `each` a second.
fn rate(each: usize, mut act: impl FnMut()) -> f64 {
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < MEASURED {
        act();
        done += each;
    }
    done as f64 / start.elapsed().as_secs_f64()
}

/// Rows like those of `entry`, in the order of their key, as the node's writer commits them.
fn rows(in_transaction: usize) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let mut connection = Connection::open(dir.path().join("ceiling.db")).unwrap();
    for (pragma, value) in [("journal_mode", "WAL"), ("synchronous", "FULL")] {
        connection.pragma_update(None, pragma, value).unwrap();
    }
    connection.pragma_update(None, "cache_size", -16_384).unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 4_000).unwrap();
    let table = "CREATE TABLE entry (id INTEGER PRIMARY KEY, hash BLOB, kind INTEGER,
        letter INTEGER, key BLOB, statement BLOB, salt BLOB, block BLOB, erased INTEGER,
        size INTEGER, place INTEGER, signature BLOB, unusable INTEGER) STRICT;
        CREATE INDEX entry_letter ON entry (letter) WHERE letter IS NOT NULL;";
    connection.execute_batch(table).unwrap();
    let mut id = 0;
    rate(in_transaction, || {
        let transaction = connection.transaction().unwrap();
        for place in 0..in_transaction {
            id += 1;
            let mut insert = transaction
                .prepare_cached("INSERT INTO entry VALUES (?,?,?,?,?,?,?,NULL,0,64,?,NULL,NULL)")
                .unwrap();
            let place = (place % 64) as i64;
            let row = params![id, [1u8; 32], 2, id, [3u8; 16], [4u8; 260], [5u8; 16], place];
            insert.execute(row).unwrap();
        }
        transaction.commit().unwrap();
    })
}

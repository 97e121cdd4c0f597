//! How large the database is on disk.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// How many askers of [`Size::lately`] share one look at the files.
const LOOK_EVERY: u32 = 16;

/// The size of the database and its log.
pub(super) struct Size {
    database: PathBuf,
    log: PathBuf,
    asked: AtomicU32,
    last: AtomicU64,
}

impl Size {
    pub(super) fn of(database: &Path) -> Size {
        let size = Size {
            database: database.to_owned(),
            log: database.with_extension("db-wal"),
            asked: AtomicU32::new(0),
            last: AtomicU64::new(0),
        };
        size.now();
        size
    }

    /// Bytes, as the file system has them now.
    pub(super) fn now(&self) -> u64 {
        let len = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
        let bytes = len(&self.database) + len(&self.log);
        self.last.store(bytes, Ordering::Relaxed);
        bytes
    }

    /// Bytes as they were a few questions ago: for a quota, which may be passed a little.
    ///
    /// A look before every commit would cost more than itself: since Linux 6.13 the first write
    /// after somebody asked for a file's times records the time anew, and the sync then writes the
    /// inode as well, one more request that the disk has to end first.
    pub(super) fn lately(&self) -> u64 {
        match self.asked.fetch_add(1, Ordering::Relaxed) % LOOK_EVERY {
            0 => self.now(),
            _ => self.last.load(Ordering::Relaxed),
        }
    }
}

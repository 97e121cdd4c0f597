//! A count of commits kept beside the database, so that an older copy of the database put in its
//! place is noticed at the next start.
//!
//! It is written after each commit and not synced: the database is never behind it by itself,
//! because it is always written first.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::StoreFault;

/// The open count.
pub(super) struct Sidecar {
    file: File,
}

impl Sidecar {
    /// Opens or creates the file beside the database at `path`.
    pub(super) fn open(path: &Path) -> Result<Sidecar, StoreFault> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.with_extension("head"))
            .map_err(|error| StoreFault::Database(error.to_string()))?;
        Ok(Sidecar { file })
    }

    /// The count that was written last; none if the file is new or was torn.
    pub(super) fn count(&self) -> Option<u64> {
        let mut bytes = [0; 16];
        self.file.read_exact_at(&mut bytes, 0).ok()?;
        let (count, check) = bytes.split_at(8);
        let count = u64::from_le_bytes(count.try_into().ok()?);
        (u64::from_le_bytes(check.try_into().ok()?) == !count).then_some(count)
    }

    /// Keeps the count of a commit that is durable.
    pub(super) fn keep(&self, count: u64) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&count.to_le_bytes());
        bytes[8..].copy_from_slice(&(!count).to_le_bytes());
        if let Err(error) = self.file.write_all_at(&bytes, 0) {
            tracing::warn!(%error, "the count beside the database was not written");
        }
    }
}

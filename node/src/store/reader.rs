//! The readers: connections that each see one consistent state for one question.

use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};

use super::StoreFault;

/// A bounded pool of read-only connections.
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

/// One consistent state of the database; its questions are in the files of the tables.
pub struct Snapshot<'a> {
    pub(super) connection: &'a Connection,
}

impl Snapshot<'_> {
    /// Lets `body` read, and see one state however long it takes.
    pub(super) fn read<T>(
        &self,
        body: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let reading = Reading::begin(self.connection)?;
        let result = body(self);
        reading.end()?;
        result
    }
}

/// A read transaction, which ends even when a question panics.
struct Reading<'a> {
    connection: &'a Connection,
}

impl<'a> Reading<'a> {
    fn begin(connection: &'a Connection) -> Result<Reading<'a>, StoreFault> {
        connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(Reading { connection })
    }

    fn end(self) -> Result<(), StoreFault> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize) -> Result<Readers, StoreFault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut idle = Vec::with_capacity(count);
        for _ in 0..count.max(1) {
            let connection = Connection::open_with_flags(path, flags)?;
            connection.set_prepared_statement_cache_capacity(128);
            super::keep_plans(&connection)?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.pragma_update(None, "cache_size", -4_096)?;
            idle.push(connection);
        }
        Ok(Readers { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    pub(super) fn read<T>(
        &self,
        body: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let borrowed = Borrowed { pool: self, connection: Some(self.take()) };
        let connection = borrowed.connection.as_ref().expect("held until dropped");
        Snapshot { connection }.read(body)
    }

    fn take(&self) -> Connection {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match idle.pop() {
                Some(connection) => return connection,
                None => idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Gives the connection back even when a question panics.
struct Borrowed<'a> {
    pool: &'a Readers,
    connection: Option<Connection>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            self.pool.returned.notify_one();
        }
    }
}

//! The steps that bring a database file to the schema of this build, by SQLite's `user_version`.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreFault;

const STEPS: &[&str] = &[
    include_str!("schema/001.sql"),
    include_str!("schema/002-stays.sql"),
    include_str!("schema/003-findings.sql"),
    include_str!("schema/004-reconcile.sql"),
    include_str!("schema/005-matching.sql"),
    include_str!("schema/007-residence.sql"),
    include_str!("schema/009-departure.sql"),
    include_str!("schema/011-people.sql"),
];

/// The version of the schema that this build writes.
pub const VERSION: u32 = STEPS.len() as u32;

/// Applies the missing steps in one transaction. A file of a newer schema is left alone.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreFault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let held: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if held > VERSION {
        return Err(StoreFault::NewerSchema(held));
    }
    for step in &STEPS[held as usize..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

//! Reads a clerk's table (xlsx or csv), checks every cell, and hands good rows on.
//!
//! [`sheet`] streams typed cells from a file, [`columns`] finds a set of columns by its header row,
//! [`cell`] turns cells into values, [`table`] drives one pass and collects [`fault`]s, [`roster`]
//! is the column set of `member import`, [`organisations`] that of `org import`, [`letters`]
//! that of a batch, [`named`] that of a matching, [`annotate`] gives the clerk's own table back
//! with the faults in it, and [`template`] an empty one. Nothing here knows the database: what a
//! value means there is asked of whoever takes the rows. Nothing is ever repaired or guessed.

pub mod annotate;
pub mod cell;
pub mod columns;
pub mod fault;
pub mod letters;
pub mod limits;
pub mod named;
pub mod organisations;
pub mod roster;
pub mod sheet;
pub mod table;
pub mod template;

#[cfg(test)]
mod tests;

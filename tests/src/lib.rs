//! The harness: runs the real binary as other processes and judges it by the black-box contract.
//!
//! It knows command lines, JSON and files, and nothing of the node's insides; the only code it
//! shares with the node is the generator of invented people. A broken expectation panics with what
//! was run and what both ends said, for nobody but a test calls it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

pub mod binary;
pub mod census;
pub mod command;
pub mod daemon;
pub mod federation;
pub mod region;
pub mod scratch;
pub mod sheet;
pub mod waiting;

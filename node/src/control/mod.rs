//! Commands against a node, and the local socket that carries them to a running one.
//!
//! A [`Command`](command::Command) is what somebody asks; whoever implements
//! [`Execute`](execute::Execute) answers with a [`Reply`](execute::Reply) or a
//! [`Failure`](execute::Failure). The socket carries both as lines of JSON and decides nothing: the
//! file's permissions say who may connect, `office` says what is allowed.

pub mod client;
pub mod command;
pub mod execute;
mod line;
pub mod socket;

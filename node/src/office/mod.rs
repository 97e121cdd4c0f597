//! The use cases of a node: load, decide, commit state and outbox in one transaction, wake.

pub mod view;

//! Movement: how sealed entries get from one node to another, whole, in order and once.
//!
//! Nothing here understands letters; `transfer` does, and neither imports the other.

pub mod feed;
pub mod frame;
pub mod session;

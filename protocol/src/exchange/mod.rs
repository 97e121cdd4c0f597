//! Movement: how sealed entries cross from one node to another, whole, in order and once, and how
//! the two compare what they made of them. Nothing here knows what a letter is.

pub mod feed;
pub mod frame;
pub mod matching;
pub mod reconcile;
pub mod session;

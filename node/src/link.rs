//! The link: QUIC between nodes, and the conversations on it.
//!
//! It moves sealed bytes between this node and its peers, within bounds, whatever the network does.
//! It does not know what the bytes mean: `office` judges and stores them, through the traits here.

mod admission;
pub mod endpoint;
pub mod frames;
pub mod limits;
pub mod pair;
pub mod tls;

#[cfg(test)]
mod tests;

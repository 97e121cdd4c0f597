//! Comparing what two sides believe (双向对账), R-90 to R-95.
//!
//! Feeds make delivery exact; they say nothing of a row that somebody edited, or of a member that
//! was deleted. So each side derives *positions* for the pair and keeps a small [`sketch`] of them:
//! a rateless invertible Bloom lookup table (Yang, Gilad, Alizadeh: arXiv 2402.02668), keyed by a
//! secret of the pair. Two sketches, subtracted, leave the differences alone, so that comparing a
//! million positions costs bytes in proportion to what differs, and no scan. A [`run`] is the
//! conversation about it, in three rounds at most.
//!
//! What a position means, who derives it, and what to do about a difference are not asked here.

pub mod decode;
pub mod frame;
pub mod position;
pub mod run;
pub mod sketch;

#[cfg(test)]
mod tests;

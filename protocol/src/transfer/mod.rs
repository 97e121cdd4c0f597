//! Meaning: what the statements of a letter do to a membership (`SPEC.md` §4).
//!
//! A letter's state is a function of the *set* of its statements ([`state`]), never of the order in
//! which they came. What each side signs in answer is decided by [`origin`] and [`destination`],
//! which mirror the two offices; what whoever is left signs when the other is gone for good, by
//! [`succession`]. Nothing here knows peers, feeds or files.

pub mod destination;
pub mod offer;
pub mod origin;
pub mod position;
pub mod proof;
pub mod state;
pub mod succession;

#[cfg(test)]
#[path = "../../tests/world/mod.rs"]
pub(crate) mod world;

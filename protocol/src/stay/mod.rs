//! Meaning: a member who lives elsewhere is managed by two sides together, without a transfer
//! (双向管理, `SPEC.md` §7).
//!
//! A stay's state is a function of the *set* of its statements ([`state`]), never of the order in
//! which they came or of how often. Each statement has one writer, so the two sides never conflict,
//! they only lag. What the origin may say is in [`origin`], what the destination may say in
//! [`destination`], what both may in [`help`]; [`facts`] is what others may ask of a stay, and
//! [`modes`] what an office notes for itself. No stay moves an affiliation or a custody: nothing
//! here knows a letter.

pub mod destination;
pub mod facts;
pub mod help;
pub(crate) mod latest;
pub mod modes;
pub mod origin;
pub mod state;

#[cfg(test)]
mod tests;

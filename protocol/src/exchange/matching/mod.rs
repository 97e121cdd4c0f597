//! Matching lists that were kept apart: which people two sides have both listed,
//! and nobody else.
//!
//! An identity number has so little entropy that any digest of it is the number itself. So each
//! side hides its numbers under an exponent of its own, in a [`group`] where that cannot be undone,
//! and only a number under both exponents can be compared: Diffie–Hellman private set intersection
//! (Meadows 1986; Huberman, Franklin, Hogg 1999) over ristretto255 (RFC 9496). A [`run`] is the
//! conversation about it.
//!
//! Who is on a list, who may ask and how often, and what to do about the result are not asked here.

pub mod frame;
mod group;
pub mod run;

#[cfg(test)]
mod tests;

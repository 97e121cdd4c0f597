//! A peer that was approved and then says whatever it likes, against a node that really runs.
//!
//! The numbers are those of the attack plan. What a node may be told is refused with its code, the
//! letters and the roster stay as they were, and the feed behind it goes on: see [`evil::Evil`] for
//! how each is asked. The same attacks against the pure core are in `protocol/tests/attacks.rs`.

mod bytes;
mod comparisons;
mod connections;
mod evil;
mod flood;
mod hellos;
mod letters;
mod matchings;
mod offers;
mod paper;
mod places;
mod proofs;
mod raw;
mod recovery;
mod stage;
mod successions;
mod wire;

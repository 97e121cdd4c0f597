//! The rules, statements and feeds of Dukou, with no clock, file, socket or log.
//!
//! Two columns stand on a common base (`limits` to `envelope`): *meaning* (`transfer`, `stay`,
//! `residence`) decides what a statement does to a membership or says of a member who is away or
//! lives elsewhere, and knows no peers; *movement* (`exchange`) ships sealed bytes and understands
//! no letters. Neither imports the other; the node's `office` joins them. Time and randomness are
//! passed in. `SPEC.md` numbers the rules that comments and tests cite as R-nn.

#[cfg(test)]
extern crate self as protocol;

pub mod attached;
mod base45;
pub mod codec;
pub mod envelope;
pub mod exchange;
pub mod findings;
pub mod id;
pub mod limits;
pub mod member;
pub mod pairing;
pub mod paper;
pub mod private;
pub mod refusal;
pub mod residence;
pub mod rules;
pub mod seal;
pub mod statement;
pub mod stay;
pub mod time;
pub mod transfer;

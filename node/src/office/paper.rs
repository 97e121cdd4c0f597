//! Letters on paper: their codes, told and verified, and those that come in by hand.
//!
//! [`code`] prints the code of a letter of ours, [`verify`] says what a code is worth and changes
//! nothing, [`scan`] takes it in; [`record`] keeps the letters of neighbours without a node. What
//! the bytes of a code are is `protocol::paper`'s business, and pictures are that of `crate::qr`.

mod code;
pub mod record;
mod scan;
pub mod verify;

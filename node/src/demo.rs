//! The material of a demonstration and of the tests: regions, organisations and invented people.
//!
//! Everything is a function of a seed, so a roster of any length can be written row by row and a
//! failing test can be repeated. Nothing here starts a node or knows a letter: `cli/demo` plays the
//! story, the outside tests play theirs.

pub mod people;
pub mod regions;
pub mod roster;

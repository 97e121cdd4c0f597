//! The house rules, as tests: what a reviewer would otherwise have to remember.
//!
//! Each module holds one family of rules: a checker from sources to faults, a test that the tree
//! has no fault, and tests with planted faults, because a rule that cannot fail protects nothing.
//! Code is read as tokens, so a word in a string or a comment is not mistaken for code. What the
//! compiler, rustfmt or clippy already refuses is not repeated here.
//!
//! `cargo tidy` runs it; `DUKOU_BLESS=1 cargo tidy` rewrites the generated pages first.
#![allow(clippy::unwrap_used)]

mod codes;
mod coverage;
mod deps;
mod house;
mod ladder;
mod size;
mod source;
mod spec;
mod words;

/// Fails with every fault on its own line.
#[track_caller]
fn assert_none<T: std::fmt::Display>(faults: &[T]) {
    let lines: Vec<String> = faults.iter().map(T::to_string).collect();
    assert!(faults.is_empty(), "{} faults\n{}", lines.len(), lines.join("\n"));
}

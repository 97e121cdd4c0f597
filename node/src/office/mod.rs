//! The use cases of an office: each loads, decides by the rules of `protocol`, and commits state
//! and outbox together. Pages, links and commands see this layer, never the store below it.

pub mod import;

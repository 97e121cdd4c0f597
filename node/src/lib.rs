//! 渡口: one region's node. `ARCHITECTURE.md` maps the modules; imports point only downward.

pub mod cli;
pub mod control;
pub mod office;
pub mod runtime;

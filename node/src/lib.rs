//! 渡口: one region's node. `ARCHITECTURE.md` maps the modules; imports point only downward.

pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
pub mod demo;
pub mod directory;
pub mod durable;
pub mod entropy;
pub mod failpoint;
pub mod keys;
pub mod link;
pub mod office;
pub mod qr;
pub mod runtime;
pub mod store;
pub mod telemetry;
pub mod vault;
pub mod web;

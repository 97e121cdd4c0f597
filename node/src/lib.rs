//! placeholder
pub mod clock;
pub mod config;
pub mod demo;
pub mod directory;
pub mod durable;
pub mod entropy;
pub mod failpoint;
pub mod keys;
pub mod telemetry;
pub mod vault;

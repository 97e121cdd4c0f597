//! placeholder

pub mod office;

//! Where the binary under test is.
//!
//! This package builds the node's `main.rs` a second time under the name `dukou-under-test`, so any
//! `cargo test` that runs these tests has built it first, from the same sources and in the same
//! profile. `DUKOU_BINARY` names another one: an installed package, or a copy that no build in
//! another checkout replaces meanwhile.

use std::env;
use std::path::PathBuf;

const NAME: &str = "dukou-under-test";

/// The binary to run.
pub fn path() -> PathBuf {
    let named =
        env::var_os("DUKOU_BINARY").or_else(|| env::var_os(format!("CARGO_BIN_EXE_{NAME}")));
    let path = named.map_or_else(beside_this_test, PathBuf::from);
    assert!(path.is_file(), "no binary to test at {}", path.display());
    path
}

/// A test that is run without cargo, as by a debugger, lies in `deps/` below the binaries.
fn beside_this_test() -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    profile.join(NAME).with_extension(env::consts::EXE_EXTENSION)
}

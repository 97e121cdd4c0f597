//! The program.

use std::process::ExitCode;

fn main() -> ExitCode {
    dukou::cli::main()
}

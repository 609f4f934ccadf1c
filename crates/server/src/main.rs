//! The `atalaya` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    atalaya_server::cli::main()
}

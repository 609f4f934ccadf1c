//! The `atalaya` program under a name that the suite can find: Cargo tells tests about binaries of their own package
//! only.

use std::process::ExitCode;

fn main() -> ExitCode {
    atalaya_server::cli::main()
}

//! The `atalaya` program under a name that the suite can find: Cargo tells tests about binaries of their own package
//! only.

use std::io::Write;
use std::process::ExitCode;

use atalaya_server::cli::Cli;
use clap::Parser;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done when standard error is closed too.
            let _ = writeln!(std::io::stderr(), "atalaya: {error}");
            ExitCode::FAILURE
        }
    }
}

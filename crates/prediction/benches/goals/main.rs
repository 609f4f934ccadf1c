//! `make bench-forecast`: the forecast engine against the goals that the project has set itself.
//!
//! First the accuracy, set by set, of the sets that a folder holds; then whether intervals hold at each step; then the
//! speed, on one thread and on two. Fails when something misses what it must reach. docs/forecasting.md says what the
//! sets are and whose tools were measured on them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what it finds is for a terminal")]

mod accuracy;
#[path = "../material/mod.rs"]
mod material;
mod scikit_learn;
mod scores;
mod speed;
mod steps;

use std::error::Error;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

/// What a part of the measurement ends with: the reason is for a reader, nobody matches on it.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            println!("\nAt least one goal is missed.");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<bool> {
    // cargo bench adds flags of its own.
    let folder = std::env::args_os().skip(1).find(|argument| !argument.as_encoded_bytes().starts_with(b"-"));
    let folder = folder.map_or_else(own_folder, PathBuf::from);
    let cores = available_parallelism().map_or(1, usize::from);
    println!("On {cores} cores of {}. Speeds need a machine that does nothing else.\n", processor());
    let accurate = accuracy::measure(&folder)?;
    let held = steps::judge_kinds()?;
    println!();
    let fast = speed::measure()?;
    Ok(accurate && held && fast)
}

/// The sets that are part of the project.
fn own_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches").join("data")
}

/// The processor's name, where Linux tells it.
fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| "an unknown processor".into(), |(_, name)| name.into())
}

/// A Python that may have scikit-learn: what `PYTHON` names, else `python3`.
fn python() -> PathBuf {
    std::env::var_os("PYTHON").unwrap_or_else(|| OsStr::new("python3").into()).into()
}

//! What docs/architecture.md says never happens, as tests that read the sources. They need none of the product's
//! crates, so that `make lint` runs them at once.

#![expect(clippy::unwrap_used, reason = "these are tests")]

#[cfg(test)]
mod module_circles;
#[cfg(test)]
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

/// The project's folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of a file of docs/.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn document(name: &str) -> String {
    let path = root().join("docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Adds every file of Rust below a folder to `found`.
///
/// # Panics
/// When the folder cannot be read.
pub fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.extension() {
            _ if entry.is_dir() => sources(&entry, found),
            Some(extension) if extension == "rs" => found.push(entry),
            _ => {}
        }
    }
}

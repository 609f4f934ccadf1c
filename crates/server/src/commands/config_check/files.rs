//! The log file and the list of breached passwords.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;

use atalaya_infrastructure::security::BreachedPasswords;
use atalaya_infrastructure::settings::Settings;

use super::{Finding, Grade};
use crate::compose::{may_be_made, of_breached_passwords};
use crate::words::{self, Words};

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let log = settings.log.file.as_deref().map(log_file);
    let breached = settings.identity.breached_passwords.as_deref().map(breached_passwords);
    log.into_iter().chain(breached).collect()
}

/// A file that is there is opened as `serve` opens it. One that is not is not made: its folder has to be there.
fn log_file(path: &Path) -> Finding {
    let found = |grade, words: Words| Finding::new(grade, "LOG_FILE", &words.with("file", path.display()));
    match OpenOptions::new().append(true).open(path) {
        Ok(_) => found(Grade::Good, Words::of("cli.config.log.there")),
        Err(error) if error.kind() == ErrorKind::NotFound => match may_be_made(path) {
            Ok(()) => found(Grade::Good, Words::of("cli.config.log.new")),
            Err(error) => found(Grade::Bad, Words::of("cli.config.folder").with_words("cause", words::io(&error))),
        },
        Err(error) => found(Grade::Bad, Words::of("cli.config.file").with_words("cause", words::io(&error))),
    }
}

fn breached_passwords(path: &Path) -> Finding {
    match BreachedPasswords::open(path) {
        Ok(_) => {
            let words = Words::of("cli.config.breached").with("file", path.display());
            Finding::new(Grade::Good, "BREACHED_PASSWORDS_FILE", &words)
        }
        Err(error) => Finding::of(Grade::Bad, &of_breached_passwords(path, &error)),
    }
}

//! What each verb of the command line does.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod backtest;
pub(crate) mod companies;
pub(crate) mod config_check;
mod digits;
pub(crate) mod documents;
mod failures;
pub(crate) mod forecast;
pub(crate) mod healthcheck;
pub(crate) mod import;
mod interrupt;
pub(crate) mod keys;
pub(crate) mod migrate;
mod notices;
pub(crate) mod operation;
mod pages;
mod parallel;
pub(crate) mod passwords;
mod pictures;
pub(crate) mod progress;
pub(crate) mod records;
mod refusals;
mod scoreboard;
mod scores;
pub(crate) mod serve;
mod source;
mod steps;
mod table;
mod table_file;
pub(crate) mod tenants;
mod together;
pub(crate) mod train;
pub(crate) mod users;
mod whole_file;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_application::keys::KeysError;
use atalaya_application::ports::trash::{TRASH_KEPT, Trashed};
use atalaya_domain::access::Operator;
use atalaya_domain::company::{Company, UnknownTimeZone};
use atalaya_domain::text::InvalidText;
use atalaya_infrastructure::clock::ProcessClock;
use atalaya_infrastructure::settings::{Settings, SettingsErrors};
use atalaya_texts::{Language, lookup};
use chrono::{DateTime, Utc};

use crate::compose::{Core, StartError};
use crate::logging::LoggingError;
use crate::serve::ListenError;
use crate::words::{self, Words, language};

/// Why a command failed. Whoever typed it reads [`CommandError::in_language`].
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration.
    Settings(#[from] SettingsErrors),
    /// The program cannot start.
    Start(#[from] StartError),
    /// A server cannot listen.
    Listen(#[from] ListenError),
    /// The log cannot be written.
    Logging(#[from] LoggingError),
    /// A use case failed.
    UseCase(#[from] AppError),
    /// Nothing was done with the keys.
    Keys(#[from] KeysError),
    /// A file cannot be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard input or output.
    Stream(#[from] io::Error),
    /// What was typed cannot be done.
    Refused(Words),
    /// Something of the program does not work.
    Failed(Words),
    /// What a part of the program said, in the language of whoever typed the command.
    Said(String),
}

impl CommandError {
    /// The error in words, for whoever typed the command.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        match self {
            Self::Settings(errors) => words::of_settings(errors, language),
            Self::Start(error) => error.words().in_language(language),
            Self::Listen(error) => error.words().in_language(language),
            Self::Logging(error) => error.words().in_language(language),
            Self::UseCase(error) => words::of_app(error, language),
            Self::Keys(error) => words::of_keys(error, language),
            Self::File { path, source } => format!("{}: {}", path.display(), words::io(source).in_language(language)),
            Self::Stream(error) => words::io(error).in_language(language),
            Self::Refused(words) | Self::Failed(words) => words.in_language(language),
            Self::Said(text) => text.clone(),
        }
    }
}

/// In English.
impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(Language::English))
    }
}

impl From<UnknownTimeZone> for CommandError {
    fn from(_: UnknownTimeZone) -> Self {
        refused("cli.argument.time_zone")
    }
}

/// What was typed cannot be done, for a reason without parameters.
fn refused(key: &'static str) -> CommandError {
    CommandError::Refused(Words::of(key))
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> CommandError + '_ {
    move |source| CommandError::File { path: path.to_owned(), source }
}

/// A text that its type refused; `what` is the key of the text that names it.
fn named(what: &'static str) -> impl FnOnce(InvalidText) -> CommandError {
    move |error| {
        let violation = atalaya_application::error::Violation::text(what, error);
        let reason = atalaya_texts::violation(language(), &violation);
        CommandError::Refused(
            Words::of("cli.rules.of_field").with_words("field", Words::of(what)).with("reason", reason),
        )
    }
}

/// Writes a line to standard output.
fn say(line: &str) -> Result<(), CommandError> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Writes a text to standard output.
fn tell(words: &Words) -> Result<(), CommandError> {
    say(&words.text())
}

/// Writes a text to standard error, beside what a command gives.
fn remark(words: &Words) {
    // What is not heard harms nothing that was done.
    let _ = writeln!(io::stderr(), "{}", words.text());
}

/// A text without parameters, for whoever typed the command.
fn text(key: &str) -> String {
    text_in(language(), key)
}

fn text_in(language: Language, key: &str) -> String {
    lookup(language, key, &[]).unwrap_or_else(|| key.to_owned())
}

/// The text of a word of a closed set.
fn text_of(set: &str, word: &str) -> String {
    text_of_in(language(), set, word)
}

fn text_of_in(language: Language, set: &str, word: &str) -> String {
    text_in(language, &format!("{set}.{word}"))
}

/// A time as tables show it, to the minute.
fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%MZ").to_string()
}

/// Since when something is in the trash, and until when it can be restored, as tables show it.
fn span_in_trash<T>(trashed: &Trashed<T>) -> (String, String) {
    (minute(trashed.deleted_at), minute(trashed.deleted_at + TRASH_KEPT))
}

/// A word as it has to be typed into a shell. One that no shell takes is shown as it is.
fn for_shell(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), Cow::into_owned)
}

/// A fault of the program in one piece of work, as a failure of that piece alone.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    outcome.unwrap_or_else(|_| Err(text("cli.series.fault")))
}

/// The use cases on the database of the environment.
fn open() -> Result<(Settings, Core), CommandError> {
    let settings = Settings::from_env()?;
    let clock = Arc::new(ProcessClock::default());
    let core = Core::open_for_a_command(&settings, Arc::clone(&clock) as _)?;
    core.follow_time(&clock)?;
    Ok((settings, core))
}

/// The company of that name or id.
fn company(core: &Core, name_or_id: &str) -> Result<Company, CommandError> {
    core.use_cases.companies.named(&Operator::at_the_machine().platform(), name_or_id).map_err(|error| match error {
        AppError::NotFound(_) => CommandError::Refused(Words::of("cli.company.unknown").with("name", name_or_id)),
        other => other.into(),
    })
}

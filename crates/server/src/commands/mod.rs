//! What each verb of the command line does.

pub(crate) mod audit;
pub(crate) mod backtest;
mod digits;
mod failures;
pub(crate) mod forecast;
pub(crate) mod healthcheck;
pub(crate) mod import;
mod interrupt;
pub(crate) mod keys;
pub(crate) mod migrate;
mod notices;
pub(crate) mod operation;
mod parallel;
pub(crate) mod passwords;
mod pictures;
pub(crate) mod progress;
mod refusals;
pub(crate) mod serve;
mod source;
pub(crate) mod tenants;
mod together;
pub(crate) mod train;
mod whole_file;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_application::error::{Field, Violation};
use atalaya_application::keys::KeysError;
use atalaya_domain::access::Operator;
use atalaya_domain::company::{Company, UnknownTimeZone};
use atalaya_domain::text::InvalidText;
use atalaya_infrastructure::clock::ProcessClock;
use atalaya_infrastructure::settings::{Settings, SettingsErrors};
use atalaya_texts::Language;

use crate::compose::{Core, StartError};
use crate::logging::LoggingError;
use crate::serve::ListenError;

/// Why a command failed, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration.
    #[error("the configuration is wrong:\n{0}")]
    Settings(SettingsErrors),
    /// The program cannot start.
    #[error("{0}")]
    Start(#[from] StartError),
    /// A server cannot listen.
    #[error("{0}")]
    Listen(#[from] ListenError),
    /// A use case failed.
    #[error("{}", in_words(.0))]
    UseCase(#[from] AppError),
    /// Nothing was done with the keys.
    #[error("{0}")]
    Keys(#[from] KeysError),
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard input or output.
    #[error("{0}")]
    Stream(#[from] io::Error),
    /// Anything else that the words tell.
    #[error("{0}")]
    Said(String),
}

impl From<SettingsErrors> for CommandError {
    fn from(errors: SettingsErrors) -> Self {
        Self::Settings(errors)
    }
}

impl From<LoggingError> for CommandError {
    fn from(error: LoggingError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<UnknownTimeZone> for CommandError {
    fn from(error: UnknownTimeZone) -> Self {
        Self::Said(format!("--time-zone: {error}; an example is America/Lima"))
    }
}

/// Broken rules that one line can name.
const NAMED_RULES: usize = 3;

/// A use case's failure on one line; the first broken rules with their place.
fn in_words(error: &AppError) -> String {
    let AppError::Invalid(violations) = error else { return error.to_string() };
    let named: Vec<String> = violations.iter().take(NAMED_RULES).map(violation_in_words).collect();
    let more = match violations.len().saturating_sub(NAMED_RULES) {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    format!("{}{more}", named.join(" "))
}

fn violation_in_words(violation: &Violation) -> String {
    let reason = atalaya_texts::violation(language(), violation);
    match (violation.line, &violation.column) {
        (Some(line), Some(column)) => format!("line {line}, {column}: {reason}"),
        (Some(line), None) => format!("line {line}, {}: {reason}", field_in_words(&violation.field)),
        _ => format!("{}: {reason}", field_in_words(&violation.field)),
    }
}

/// What a broken rule is about, as somebody at the machine calls it.
fn field_in_words(field: &Field) -> &str {
    match field {
        Field::Account(_) => "account",
        Field::Company => "company",
        Field::CurrentPassword | Field::NewPassword | Field::Password => "password",
        Field::Date | Field::From => "date",
        Field::Horizon => "horizon",
        Field::ReadingTime(_) => "time",
        Field::Named(name) => name,
    }
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> CommandError + '_ {
    move |source| CommandError::File { path: path.to_owned(), source }
}

fn named(what: &str) -> impl FnOnce(InvalidText) -> CommandError + '_ {
    move |error| CommandError::Said(format!("the {what} {error}"))
}

/// The language that whoever typed the command reads, by their locale.
pub(crate) fn language() -> Language {
    Language::of_locale(atalaya_infrastructure::locale::of_messages().as_deref())
}

/// Writes a line to standard output.
fn say(line: &str) -> Result<(), CommandError> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// A fault of the program in one piece of work, as a failure of that piece alone.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    outcome.unwrap_or_else(|_| Err("the program failed on it".to_owned()))
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
        AppError::NotFound(_) => CommandError::Said(format!(
            "there is no company {name_or_id:?}; make one with: atalaya company create NAME"
        )),
        other => other.into(),
    })
}

//! Reading variables one by one, and keeping count of all that is wrong with them.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use config::{Config, Environment};

use super::Profile;
use super::secrets::REMEDY;
use super::variables::{Fallback, VARIABLES};

/// One variable that is missing or malformed. It never holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The variable.
    pub variable: String,
    /// What is wrong and how to make it good: the rest of a sentence that begins with the variable.
    pub problem: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.problem)
    }
}

/// All that is wrong with the settings, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors(pub Vec<SettingsError>);

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsErrors {}

/// A variable was wrong, which its source keeps count of.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub(super) struct Counted;

/// The variables that are set, and what was found wrong so far.
pub(super) struct Source {
    config: Config,
    profile: Profile,
    errors: Vec<SettingsError>,
}

impl Source {
    /// Takes the variables that this program knows. An empty one counts as not set.
    pub(super) fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut errors = Vec::new();
        let mut known = config::Map::new();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| is_known(name)).map(str::to_owned) else { continue };
            // Looked at here, because the library would stop at any variable that is no text, and print its value.
            match value.into_string() {
                Ok(value) => drop(known.insert(name, value)),
                Err(_) => errors.push(SettingsError { variable: name, problem: "is not UTF-8 text".to_owned() }),
            }
        }
        let environment = Environment::default().ignore_empty(true).source(Some(known));
        let config = Config::builder().add_source(environment).build().unwrap_or_else(|_| {
            errors.push(SettingsError { variable: "The environment".to_owned(), problem: "cannot be read".to_owned() });
            Config::default()
        });
        Self { config, profile: Profile::Production, errors }
    }

    /// From here on defaults are those of `profile`.
    pub(super) fn assume(&mut self, profile: Profile) {
        self.profile = profile;
    }

    pub(super) fn profile(&self) -> Profile {
        self.profile
    }

    pub(super) fn reject(&mut self, variable: &str, problem: impl Into<String>) -> Counted {
        self.errors.push(SettingsError { variable: variable.to_owned(), problem: problem.into() });
        Counted
    }

    pub(super) fn into_errors(self) -> SettingsErrors {
        SettingsErrors(self.errors)
    }

    /// A variable that has to have a value.
    pub(super) fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, Counted> {
        let value = self.optional(name, parse)?;
        value.ok_or_else(|| self.reject(name, format!("is missing; set it or {name}_FILE. {REMEDY}")))
    }

    /// A variable that may be unset.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Counted> {
        let text = self.text(name)?;
        text.map(|text| parse(&text)).transpose().map_err(|problem| self.reject(name, problem))
    }

    /// A path that may be unset. Whether there is a file is for whoever opens it to say.
    pub(super) fn path(&mut self, name: &str) -> Result<Option<PathBuf>, Counted> {
        self.optional(name, |text| Ok(PathBuf::from(text)))
    }

    /// The text of a variable: as set, else from its file, else the default.
    fn text(&mut self, name: &str) -> Result<Option<String>, Counted> {
        let Some(variable) = VARIABLES.iter().find(|variable| variable.name == name) else { return Ok(None) };
        let file = variable.file_name().and_then(|file_name| Some((self.set(&file_name)?, file_name)));
        match (self.set(name), file) {
            (Some(_), Some((_, file_name))) => {
                Err(self.reject(name, format!("and {file_name} are both set; keep one of them")))
            }
            (Some(text), None) => Ok(Some(text)),
            // Without the path: somebody may have put the secret itself there.
            (None, Some((path, file_name))) => match std::fs::read_to_string(path) {
                Ok(content) => Ok(Some(content.trim().to_owned())),
                Err(error) => {
                    Err(self.reject(&file_name, format!("names a file that cannot be read: {}", error.kind())))
                }
            },
            (None, None) => Ok(match variable.fallback(self.profile) {
                Fallback::Text(text) => Some(text.to_owned()),
                Fallback::Unset | Fallback::Required => None,
            }),
        }
    }

    fn set(&self, name: &str) -> Option<String> {
        self.config.get_string(&name.to_ascii_lowercase()).ok().map(|text| text.trim().to_owned())
    }
}

fn is_known(name: &str) -> bool {
    VARIABLES.iter().any(|variable| variable.name == name || variable.file_name().is_some_and(|file| file == name))
}

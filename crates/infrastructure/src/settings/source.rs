//! Reading variables one by one, and keeping count of all that is wrong with them.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::PathBuf;

use config::{Config, Environment};

use super::Profile;
use super::near_miss::{NearMiss, is_known, near_miss};
use super::problem::{Problem, SettingsError, SettingsErrors};
use super::variables::{Fallback, VARIABLES, Variable};

/// Where a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    /// The environment.
    Environment,
    /// The file that the variable of this name names.
    File(String),
    /// What the profile has where nothing is set.
    Default,
}

/// A variable was wrong, which its source keeps count of.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub(super) struct Counted;

/// The variables that are set, and what was found wrong so far.
pub(super) struct Source {
    config: Config,
    profile: Profile,
    errors: Vec<SettingsError>,
    near_misses: Vec<NearMiss>,
    unread: Vec<SettingsError>,
    /// What the files of secrets hold, by the variables that name them. They are read once.
    files: HashMap<String, Result<String, ErrorKind>>,
}

impl Source {
    /// Takes the variables that this program knows. An empty one counts as not set.
    pub(super) fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let (mut errors, mut near_misses) = (Vec::new(), Vec::new());
        let mut known = config::Map::new();
        for (name, value) in variables {
            let Some(name) = name.to_str().map(str::to_owned) else { continue };
            if !is_known(&name) {
                near_misses.extend(near_miss(&name));
                continue;
            }
            // Looked at here, because the library would stop at any variable that is no text, and print its value.
            match value.into_string() {
                Ok(value) => drop(known.insert(name, value)),
                Err(_) => errors.push(SettingsError { variable: name, problem: Problem::new("not_text") }),
            }
        }
        let environment = Environment::default().ignore_empty(true).source(Some(known));
        let config = Config::builder().add_source(environment).build().unwrap_or_else(|_| {
            errors.push(SettingsError { variable: "ENVIRONMENT".to_owned(), problem: Problem::new("not_text") });
            Config::default()
        });
        near_misses.sort_by(|one, other| one.found.cmp(&other.found));
        let mut source = Self {
            config,
            profile: Profile::Production,
            errors,
            near_misses,
            unread: Vec::new(),
            files: HashMap::new(),
        };
        let names = VARIABLES.iter().filter_map(Variable::file_name);
        source.files =
            names.filter_map(|name| Some((source.content(&name)?, name))).map(|(text, name)| (name, text)).collect();
        source
    }

    /// From here on defaults are those of `profile`.
    pub(super) fn assume(&mut self, profile: Profile) {
        self.profile = profile;
    }

    pub(super) fn profile(&self) -> Profile {
        self.profile
    }

    pub(super) fn reject(&mut self, variable: &str, problem: Problem) -> Counted {
        self.errors.push(SettingsError { variable: variable.to_owned(), problem });
        Counted
    }

    pub(super) fn near_misses(&self) -> &[NearMiss] {
        &self.near_misses
    }

    pub(super) fn into_errors(self) -> SettingsErrors {
        SettingsErrors { errors: self.errors, near_misses: self.near_misses, assumed_production: false }
    }

    /// A variable that has to have a value.
    pub(super) fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<T, Counted> {
        let value = self.optional(name, parse)?;
        value.ok_or_else(|| self.reject(name, Problem::new("missing").with("name", name)))
    }

    /// A variable that may be unset.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
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
        let (set, file) = (self.set(name), self.file_of(variable));
        match (set, file) {
            (Some(_), Some((file_name, _))) => {
                Err(self.reject(name, Problem::new("both_set").with("file_name", file_name)))
            }
            (Some(text), None) | (None, Some((_, Ok(text)))) => Ok(Some(text)),
            // Without the path: somebody may have put the secret itself there.
            (None, Some((file_name, Err(kind)))) => Err(self.reject(&file_name, unreadable(kind))),
            (None, None) => Ok(self.fallback(variable)),
        }
    }

    /// The text of a variable and where it is from, as [`Self::text`] takes it.
    pub(super) fn in_force(&self, variable: &Variable) -> (Option<String>, Provenance) {
        if let Some(text) = self.set(variable.name) {
            return (Some(text), Provenance::Environment);
        }
        match self.file_of(variable) {
            Some((file_name, text)) => (text.ok(), Provenance::File(file_name)),
            None => (self.fallback(variable), Provenance::Default),
        }
    }

    fn fallback(&self, variable: &Variable) -> Option<String> {
        match variable.fallback(self.profile) {
            Fallback::Text(text) => Some(text.to_owned()),
            Fallback::Unset | Fallback::Required => None,
        }
    }

    /// The variable that names the file with a secret, where it is set, and what the file holds.
    fn file_of(&self, variable: &Variable) -> Option<(String, Result<String, ErrorKind>)> {
        let file_name = variable.file_name()?;
        let content = self.files.get(&file_name)?.clone();
        Some((file_name, content))
    }

    /// What the file holds that a variable names.
    fn content(&self, file_name: &str) -> Option<Result<String, ErrorKind>> {
        let content = std::fs::read_to_string(self.set(file_name)?);
        Some(content.map(|content| content.trim().to_owned()).map_err(|error| error.kind()))
    }

    /// Whether anything was found wrong with a variable.
    pub(super) fn is_wrong(&self, name: &str) -> bool {
        self.errors.iter().any(|error| error.variable == name)
    }

    /// Says of a variable that is set why nobody reads it.
    pub(super) fn leave_unread(&mut self, name: &str, problem: &Problem) {
        let file_name = format!("{name}_FILE");
        let set = [name, &file_name].into_iter().filter(|name| self.set(name).is_some()).map(str::to_owned);
        let notes: Vec<_> = set.map(|variable| SettingsError { variable, problem: problem.clone() }).collect();
        self.unread.extend(notes);
    }

    pub(super) fn unread(&self) -> &[SettingsError] {
        &self.unread
    }

    pub(super) fn set(&self, name: &str) -> Option<String> {
        self.config.get_string(&name.to_ascii_lowercase()).ok().map(|text| text.trim().to_owned())
    }
}

fn unreadable(kind: ErrorKind) -> Problem {
    Problem::new(match kind {
        ErrorKind::NotFound => "file_not_found",
        ErrorKind::PermissionDenied => "file_denied",
        ErrorKind::IsADirectory => "file_is_a_folder",
        ErrorKind::InvalidData => "file_not_text",
        _ => "file_unreadable",
    })
}

//! What can be wrong with a setting. It never holds the value, and its words are made where the reader's language is
//! known.

use std::fmt;

use super::near_miss::NearMiss;

/// What is wrong with a variable, by a code that texts are kept under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, such as `too_short`.
    pub code: &'static str,
    /// Numbers and names for the text, such as `needed`.
    pub params: Vec<(&'static str, String)>,
    /// Which entry of a list of secrets, counted from 1. Entries are told by their place only: an id may be part of a
    /// secret that was written wrongly.
    pub entry: Option<usize>,
}

impl Problem {
    /// A problem without parameters.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self { code, params: Vec::new(), entry: None }
    }

    /// Adds a number or a name for the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// Says which entry of a list it is about.
    #[must_use]
    pub fn in_entry(self, entry: usize) -> Self {
        Self { entry: Some(entry), ..self }
    }
}

/// For programmers: the code and what goes into its text.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        if let Some(entry) = self.entry {
            write!(f, " entry={entry}")?;
        }
        self.params.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

/// One variable that is missing or malformed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The variable.
    pub variable: String,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.problem)
    }
}

/// All that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors {
    /// Each variable that is wrong.
    pub errors: Vec<SettingsError>,
    /// Variables that are set and not read, and look like one that is: what is missing may be there under another name.
    pub near_misses: Vec<NearMiss>,
    /// Whether production was assumed, because `ENVIRONMENT` is not set, and less would be wrong in development.
    pub assumed_production: bool,
}

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.errors.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsErrors {}

//! What a value has to be beside its type, and how it is told that it is not.

use std::fmt;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::broken::BrokenRule;
use super::change::Change;
use super::value::Value;

/// A pattern that the whole of a text has to match. The engine takes time in proportion to the text, whatever the
/// pattern, so nobody can write one that keeps a thread busy. It is compiled when a text is first compared with it:
/// most requests read tables and compare nothing.
#[derive(Clone)]
pub struct Pattern {
    written: String,
    compiled: OnceLock<Option<Regex>>,
}

/// A text that is no pattern, or one that is too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a pattern")]
pub struct InvalidPattern;

impl Pattern {
    /// The most characters of a pattern.
    pub const MAX_CHARS: usize = 500;
    /// The most bytes that a compiled pattern takes.
    const MAX_BYTES: usize = 1 << 18;

    /// # Errors
    /// [`InvalidPattern`].
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        if text.is_empty() || text.chars().count() > Self::MAX_CHARS {
            return Err(InvalidPattern);
        }
        // By itself first: `a)|(b` is no pattern, and would be one within the parentheses.
        compile(text).ok_or(InvalidPattern)?;
        let compiled = whole(text).ok_or(InvalidPattern)?;
        Ok(Self { written: text.to_owned(), compiled: OnceLock::from(Some(compiled)) })
    }

    /// A pattern that the store holds. It was accepted by the rules of its time.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self { written: text, compiled: OnceLock::new() }
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether the whole text matches. Nothing matches a pattern that can no longer be compiled.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.compiled.get_or_init(|| whole(&self.written)).as_ref().is_some_and(|compiled| compiled.is_match(text))
    }
}

fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(Pattern::MAX_BYTES).build().ok()
}

fn whole(pattern: &str) -> Option<Regex> {
    compile(&format!("^(?:{pattern})$"))
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.written).finish()
    }
}

/// What a value has to be beside its type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// Whether no two records have the same value.
    pub unique: bool,
    /// The value of a new record that names none.
    pub default: Option<Value>,
    /// Not below; of numbers, days and instants.
    pub min: Option<Value>,
    /// Not above; of numbers, days and instants.
    pub max: Option<Value>,
    /// What a text has to match.
    pub pattern: Option<Pattern>,
    /// What there is to choose from.
    pub choices: Vec<String>,
}

/// What to change of the rules; what is not named stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RulesChange {
    /// Whether no two records have the same value.
    pub unique: Option<bool>,
    /// The value of a new record that names none.
    pub default: Change<Value>,
    /// Not below.
    pub min: Change<Value>,
    /// Not above.
    pub max: Change<Value>,
    /// What a text has to match.
    pub pattern: Change<Pattern>,
    /// What there is to choose from.
    pub choices: Option<Vec<String>>,
}

impl RulesChange {
    /// The rules after the change.
    #[must_use]
    pub fn apply(self, rules: Rules) -> Rules {
        Rules {
            unique: self.unique.unwrap_or(rules.unique),
            default: self.default.apply(rules.default),
            min: self.min.apply(rules.min),
            max: self.max.apply(rules.max),
            pattern: self.pattern.apply(rules.pattern),
            choices: self.choices.unwrap_or(rules.choices),
        }
    }
}

/// Rules that contradict one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contradiction {
    /// The largest value is below the smallest.
    Bounds {
        /// The smallest.
        min: String,
    },
    /// The default breaks a rule.
    Default(BrokenRule),
}

impl Rules {
    /// The most choices of a field.
    pub const MOST_CHOICES: usize = 200;

    /// # Errors
    /// The first rule that the value breaks.
    pub fn check(&self, value: &Value) -> Result<(), BrokenRule> {
        if let Some(min) = &self.min
            && value.partial_cmp(min).is_some_and(std::cmp::Ordering::is_lt)
        {
            return Err(BrokenRule::BelowMinimum { min: min.to_string() });
        }
        if let Some(max) = &self.max
            && value.partial_cmp(max).is_some_and(std::cmp::Ordering::is_gt)
        {
            return Err(BrokenRule::AboveMaximum { max: max.to_string() });
        }
        match (value, &self.pattern) {
            (Value::Text(text), Some(pattern)) if !pattern.matches(text) => Err(BrokenRule::NotMatching),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_texts() {
        let pattern = Pattern::parse("[A-Z]{2}|x").unwrap();
        assert!(pattern.matches("PE") && pattern.matches("x"));
        assert!(!pattern.matches("PEx") && !pattern.matches("aPE") && !pattern.matches("PE\n"));
    }

    #[test]
    fn a_pattern_that_is_none_or_too_large_is_refused() {
        for bad in ["", "(", "a)|(b", "(?=a)b", r"(a)\1", &"a".repeat(501), "a{5000}{5000}"] {
            assert_eq!(Pattern::parse(bad).err(), Some(InvalidPattern), "{bad:.20}");
        }
    }
}

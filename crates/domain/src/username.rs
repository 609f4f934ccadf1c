//! The name that a person logs in with.

use crate::text::InvalidText;

/// A login name, unique on the platform without regard to letter case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    /// The fewest characters.
    pub const MIN_CHARS: usize = 3;
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// Accepts 3 to 64 ASCII letters, digits, `_`, `.`, `@` and `-`, beginning with a letter or digit. Only ASCII, so
    /// that two names never look the same.
    ///
    /// # Errors
    /// [`InvalidText`] names the broken rule.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@' | '-');
        if text.chars().count() > Self::MAX_CHARS {
            return Err(InvalidText::TooLong { max: Self::MAX_CHARS });
        }
        if !text.chars().all(allowed) {
            return Err(InvalidText::Alphabet { marks: "_ . @ -" });
        }
        if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(InvalidText::Start);
        }
        if text.len() < Self::MIN_CHARS {
            return Err(InvalidText::TooShort { min: Self::MIN_CHARS });
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that decides whether two names are the same.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_in_case_are_the_same_name() {
        let (lower, upper) = (Username::parse("ana.p").unwrap(), Username::parse("Ana.P").unwrap());
        assert_eq!(lower.key(), upper.key());
    }

    #[test]
    fn usernames_refuse_what_could_be_mistaken_or_injected() {
        for bad in ["", "ab", "аna_cyrillic", "ana\n", "ana perez", "' OR 1=1 --", ".ana", &"a".repeat(65)] {
            assert!(Username::parse(bad).is_err(), "{bad:?} was accepted");
        }
    }
}

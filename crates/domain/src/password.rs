//! Passwords and the rules that they must keep.
//!
//! Hashing is not here: it needs randomness and time.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

/// A password as somebody typed it, in Unicode's composed form (NFC), so that the same keys give the same password on
/// every machine. Never printed.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Normalises. No rule is checked: at login even a password that breaks today's rules must be comparable.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.nfc().collect::<String>()))
    }

    /// The text, for the hasher.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Which rules a new password must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasswordPolicy {
    /// 8 to 128 characters with an upper-case and a lower-case letter, a digit and a special character; from 15
    /// characters on no classes are demanded.
    #[default]
    Classes,
    /// 15 to 128 characters, no classes (NIST SP 800-63B-4).
    Length,
}

/// A rule that a password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PasswordRule {
    /// Fewer characters than the policy demands.
    TooShort {
        /// The fewest.
        min: usize,
    },
    /// More than 128 characters.
    TooLong {
        /// The most.
        max: usize,
    },
    /// No upper-case letter.
    NoUppercase,
    /// No lower-case letter.
    NoLowercase,
    /// No digit.
    NoDigit,
    /// Only letters and digits.
    NoSpecial,
    /// It contains the username.
    ContainsUsername,
    /// It contains the company's name.
    ContainsCompany,
}

impl PasswordRule {
    /// The wire word of the broken rule.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::NoUppercase => "no_uppercase",
            Self::NoLowercase => "no_lowercase",
            Self::NoDigit => "no_digit",
            Self::NoSpecial => "no_special",
            Self::ContainsUsername => "contains_username",
            Self::ContainsCompany => "contains_company",
        }
    }
}

impl PasswordPolicy {
    /// From this length on no character classes are demanded; the least under [`Self::Length`].
    pub const LONG: usize = 15;
    /// The least under [`Self::Classes`].
    pub const SHORTEST: usize = 8;
    /// The most under both.
    pub const LONGEST: usize = 128;
    /// Names of fewer characters may appear: forbidding `bcp` would forbid too much.
    const SHORTEST_NAME: usize = 4;

    /// Every rule that `password` breaks for a user of this name in a company of that name; empty when it is acceptable.
    /// Lengths are counted in code points.
    #[must_use]
    pub fn broken_rules(self, password: &Password, username: &str, company: Option<&str>) -> Vec<PasswordRule> {
        let text = password.expose();
        let length = text.chars().count();
        let min = match self {
            Self::Classes => Self::SHORTEST,
            Self::Length => Self::LONG,
        };
        let mut broken = Vec::new();
        if length < min {
            broken.push(PasswordRule::TooShort { min });
        }
        if length > Self::LONGEST {
            broken.push(PasswordRule::TooLong { max: Self::LONGEST });
        }
        if self == Self::Classes && length < Self::LONG {
            broken.extend(missing_classes(text));
        }
        let lower = text.to_lowercase();
        let contains = |name: &str| name.chars().count() >= Self::SHORTEST_NAME && lower.contains(&name.to_lowercase());
        if lower == username.to_lowercase() || contains(username) {
            broken.push(PasswordRule::ContainsUsername);
        }
        if company.is_some_and(contains) {
            broken.push(PasswordRule::ContainsCompany);
        }
        broken
    }
}

fn missing_classes(text: &str) -> impl Iterator<Item = PasswordRule> {
    let has = |class: fn(char) -> bool| text.chars().any(class);
    [
        (has(char::is_uppercase), PasswordRule::NoUppercase),
        (has(char::is_lowercase), PasswordRule::NoLowercase),
        (has(char::is_numeric), PasswordRule::NoDigit),
        (has(|c| !c.is_alphanumeric()), PasswordRule::NoSpecial),
    ]
    .into_iter()
    .filter_map(|(present, rule)| (!present).then_some(rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(policy: PasswordPolicy, password: &str) -> Vec<&'static str> {
        let rules = policy.broken_rules(&Password::new(password), "ana.perez", Some("Interbank"));
        rules.into_iter().map(PasswordRule::code).collect()
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        assert_eq!(broken(PasswordPolicy::Classes, "abc"), ["too_short", "no_uppercase", "no_digit", "no_special"]);
    }

    #[test]
    fn fifteen_characters_need_no_classes() {
        assert!(broken(PasswordPolicy::Classes, "correct horse battery").is_empty());
        assert!(broken(PasswordPolicy::Length, "correct horse battery").is_empty());
        assert_eq!(broken(PasswordPolicy::Length, "Sh0rt-one"), ["too_short"]);
    }

    #[test]
    fn names_are_refused_inside_the_password() {
        assert_eq!(broken(PasswordPolicy::Classes, "Ana.Perez-2026"), ["contains_username"]);
        assert_eq!(broken(PasswordPolicy::Classes, "interBANK-2026"), ["contains_company"]);
    }

    #[test]
    fn both_spellings_of_an_accent_are_one_password() {
        assert_eq!(Password::new("contrase\u{f1}a").expose(), Password::new("contrasen\u{303}a").expose());
    }

    #[test]
    fn a_password_is_not_printed() {
        assert!(!format!("{:?}", Password::new("hunter2hunter2")).contains("hunter2"));
    }
}

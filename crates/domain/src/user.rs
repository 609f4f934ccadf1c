//! People who log in.

use chrono::{DateTime, Utc};

use crate::access::Role;
use crate::account::AccountHandle;
use crate::id::{CompanyId, UserId};
use crate::text::InvalidText;

/// A login name, unique on the platform without regard to letter case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    /// The fewest characters.
    pub const MIN_CHARS: usize = 3;
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// Accepts 3 to 64 ASCII letters, digits, `_`, `.`, `@` and `-`, beginning with a letter or digit. Only ASCII, so that
    /// two names never look the same.
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
        if !text.chars().all(allowed) || !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(InvalidText::Character);
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

/// A mail address: one `@` between two parts without blanks, at most 254 characters (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The most characters.
    pub const MAX_CHARS: usize = 254;

    /// Checks the form only; whether anybody reads the mail is another question.
    ///
    /// # Errors
    /// [`InvalidText`] names the broken rule.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.chars().count() > Self::MAX_CHARS {
            return Err(InvalidText::TooLong { max: Self::MAX_CHARS });
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(InvalidText::Character);
        }
        match text.split_once('@') {
            Some((local, host)) if !local.is_empty() && !host.is_empty() && !host.contains('@') => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InvalidText::Form),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its identifier.
    pub id: UserId,
    /// The company; `None` for a superadmin only.
    pub company: Option<CompanyId>,
    /// The login name.
    pub username: Username,
    /// The role.
    pub role: Role,
    /// A disabled user cannot log in, and one logged in is out at once.
    pub active: bool,
    /// The mail address, where told.
    pub email: Option<Email>,
    /// When the user was registered.
    pub created_at: DateTime<Utc>,
    /// The last successful login.
    pub last_login_at: Option<DateTime<Utc>>,
    /// Counts every change that makes older access tokens void.
    pub version: i64,
    /// Whether the password was chosen by somebody else, and is good for nothing but choosing one's own.
    pub must_change_password: bool,
}

/// A user of a company with the accounts assigned to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub user: User,
    /// Handles of the assigned accounts, in alphabetical order. Administrators see every account without assignment.
    pub accounts: Vec<AccountHandle>,
}

/// What to change of a user; `None` leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserChange {
    /// A new role.
    pub role: Option<Role>,
    /// Disable or enable.
    pub active: Option<bool>,
    /// A new mail address.
    pub email: Option<Email>,
    /// Demand that the user change their password. That it is no longer demanded comes from the user alone, by changing it.
    pub demand_password_change: bool,
}

impl UserChange {
    /// Whether older access tokens of the user are void after it.
    #[must_use]
    pub fn voids_tokens(&self, user: &User) -> bool {
        self.role.is_some_and(|role| role != user.role) || self.active.is_some_and(|active| active != user.active)
    }

    /// Whether the sessions of the user end with it. Enabling ends them too: whatever a time as a disabled user left over
    /// must not come back to life.
    #[must_use]
    pub fn ends_sessions(&self, user: &User) -> bool {
        self.active.is_some_and(|active| active != user.active)
    }

    /// Whether `user` is an active administrator before this change and not after it.
    #[must_use]
    pub fn removes_admin(&self, user: &User) -> bool {
        let is_admin = user.role == Role::Admin && user.active;
        let stays_admin = self.role.unwrap_or(user.role) == Role::Admin && self.active.unwrap_or(user.active);
        is_admin && !stays_admin
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

//! People who log in.

use chrono::{DateTime, Utc};

use crate::access::Role;
use crate::account::AccountHandle;
use crate::id::{CompanyId, UserId};
use crate::text::{InvalidText, visible};
pub use crate::username::Username;

/// A mail address: one `@` between two parts without blanks and hidden characters, at most 254 characters (RFC 5321).
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
        visible(text, Self::MAX_CHARS)?;
        if text.chars().any(char::is_whitespace) {
            return Err(InvalidText::Character);
        }
        match text.split_once('@') {
            Some((local, host)) if !local.is_empty() && !host.is_empty() && !host.contains('@') => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InvalidText::Form),
        }
    }

    /// An address that the store holds. It was accepted by the rules of its time, which allowed more.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
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
    /// Demand that the user change their password. That it is no longer demanded comes from the user alone, by changing
    /// it.
    pub demand_password_change: bool,
}

/// One thing that a change did to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserFact {
    /// They were disabled.
    Disabled,
    /// They were enabled.
    Enabled,
    /// They have this role now.
    Role(Role),
    /// They have to change their password.
    PasswordChangeDemanded,
    /// They have another mail address.
    Mail,
}

impl UserChange {
    /// What it does to `user`, one fact for each thing that is not yet so.
    #[must_use]
    pub fn facts(&self, user: &User) -> Vec<UserFact> {
        let switched = self.active.filter(|active| *active != user.active);
        let role = self.role.filter(|role| *role != user.role).map(UserFact::Role);
        let mail = self.email.as_ref().is_some_and(|email| user.email.as_ref() != Some(email));
        let demanded = self.demand_password_change && !user.must_change_password;
        [
            switched.map(|active| if active { UserFact::Enabled } else { UserFact::Disabled }),
            role,
            demanded.then_some(UserFact::PasswordChangeDemanded),
            mail.then_some(UserFact::Mail),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether older access tokens of the user are void after it.
    #[must_use]
    pub fn voids_tokens(&self, user: &User) -> bool {
        self.role.is_some_and(|role| role != user.role) || self.active.is_some_and(|active| active != user.active)
    }

    /// Whether the sessions of the user end with it. Enabling ends them too: whatever a time as a disabled user left
    /// over must not come back to life.
    #[must_use]
    pub fn ends_sessions(&self, user: &User) -> bool {
        self.active.is_some_and(|active| active != user.active)
    }

    /// Whether `user` is an active administrator before this change and not after it.
    #[must_use]
    pub fn removes_admin(&self, user: &User) -> bool {
        let stays_admin = self.role.unwrap_or(user.role) == Role::Admin && self.active.unwrap_or(user.active);
        user.is_active_admin() && !stays_admin
    }
}

impl User {
    /// Whether the user administers a company and may log in.
    #[must_use]
    pub fn is_active_admin(&self) -> bool {
        self.role == Role::Admin && self.active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> User {
        User {
            id: UserId::new(1),
            company: Some(CompanyId::new(1)),
            username: Username::parse("ana").unwrap(),
            role: Role::User,
            active: true,
            email: Email::parse("ana@bcp.example").ok(),
            created_at: DateTime::UNIX_EPOCH,
            last_login_at: None,
            version: 1,
            must_change_password: false,
        }
    }

    #[test]
    fn a_change_is_one_fact_for_each_thing_that_it_changes() {
        let change = UserChange {
            role: Some(Role::Admin),
            active: Some(false),
            email: Email::parse("ana@bbva.example").ok(),
            demand_password_change: true,
        };
        let facts = [UserFact::Disabled, UserFact::Role(Role::Admin), UserFact::PasswordChangeDemanded, UserFact::Mail];
        assert_eq!(change.facts(&ana()), facts);
        let after =
            User { role: Role::Admin, active: false, email: change.email.clone(), must_change_password: true, ..ana() };
        assert_eq!(change.facts(&after), [], "what was so before is told as done");
        assert_eq!(UserChange { active: Some(true), ..UserChange::default() }.facts(&after), [UserFact::Enabled]);
        assert_eq!(UserChange::default().facts(&ana()), []);
    }
}

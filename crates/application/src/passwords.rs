//! What a new password must keep, and what its storing ends: asked in one place by everything that sets one.

use std::sync::Arc;

use atalaya_domain::audit::AuditEvent;
use atalaya_domain::id::{SessionId, UserId};
use atalaya_domain::password::{Password, PasswordPolicy, PasswordRule};

use crate::error::{AppError, Field, Violation};
use crate::ports::passwords::{PasswordBlocklist, PasswordHint, StrengthEstimator};
use crate::ports::platform::PlatformUnit;
use crate::ports::security::PasswordHash;

/// The word of this product that everybody who guesses knows.
const PRODUCT: &str = "atalaya";

/// The policy, the lists of known passwords, and what helps to choose a better one.
#[derive(Clone)]
pub struct PasswordRules {
    /// The policy of the installation.
    pub policy: PasswordPolicy,
    /// Lists of known passwords; a password on any of them is refused.
    pub blocklists: Vec<Arc<dyn PasswordBlocklist>>,
    /// Says what makes a password weak.
    pub estimator: Arc<dyn StrengthEstimator>,
}

impl PasswordRules {
    /// Every rule that `password` breaks for a user of this name in a company of that name, as violations of `field`;
    /// the first carries hints for a better one. Empty when the password is acceptable.
    ///
    /// # Errors
    /// `Internal` when a list cannot be read: the password is not accepted then.
    pub fn violations(
        &self,
        field: &Field,
        password: &Password,
        username: &str,
        company: Option<&str>,
    ) -> Result<Vec<Violation>, AppError> {
        let mut broken = self.policy.broken_rules(password.expose(), username, company);
        let too_long = broken.iter().any(|rule| matches!(rule, PasswordRule::TooLong { .. }));
        // What is over the bound is refused as it is, and costs no more work the longer it is.
        if !too_long && self.is_known(password)? {
            broken.push(PasswordRule::Breached);
        }
        let mut violations: Vec<Violation> = broken.iter().map(|rule| violation(field, *rule)).collect();
        if let Some(first) = violations.first_mut()
            && !too_long
        {
            let words: Vec<&str> = [PRODUCT, username].into_iter().chain(company).collect();
            first.hints = self.estimator.hints(password, &words).into_iter().map(PasswordHint::code).collect();
        }
        Ok(violations)
    }

    /// [`Self::violations`] where there is nothing else to say.
    ///
    /// # Errors
    /// `Invalid` with every broken rule; `Internal` when a list cannot be read.
    pub fn check(
        &self,
        field: &Field,
        password: &Password,
        username: &str,
        company: Option<&str>,
    ) -> Result<(), AppError> {
        let violations = self.violations(field, password, username, company)?;
        if violations.is_empty() { Ok(()) } else { Err(AppError::Invalid(violations)) }
    }

    fn is_known(&self, password: &Password) -> Result<bool, AppError> {
        for list in &self.blocklists {
            if list.contains(password)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Stores a password, whoever chose it, and ends every session of the user but `keep`: tokens and sessions that were
/// made with the old one are void from the commit on. Tells it as `audit`.
///
/// # Errors
/// `NotFound(User)`; of the database.
pub fn replace_password(
    unit: &mut dyn PlatformUnit,
    user: UserId,
    replacement: &Replacement<'_>,
    audit: &AuditEvent,
) -> Result<(), AppError> {
    unit.users().store_password(user, replacement.password, replacement.must_change)?;
    unit.sessions().end_others(user, replacement.keep, audit.at)?;
    unit.audit(audit)
}

/// A password to store instead of another.
#[derive(Debug, Clone, Copy)]
pub struct Replacement<'a> {
    /// Its hash.
    pub password: &'a PasswordHash,
    /// Whether the user has to change it before anything else.
    pub must_change: bool,
    /// The session that goes on, where the user chose the password in it.
    pub keep: Option<SessionId>,
}

fn violation(field: &Field, rule: PasswordRule) -> Violation {
    let violation = Violation::new(field.clone(), rule.code());
    match rule {
        PasswordRule::TooShort { min } => violation.with("min", &min),
        PasswordRule::TooLong { max } => violation.with("max", &max),
        _ => violation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of one password, or one that cannot be read.
    struct OneList(Option<&'static str>);

    impl PasswordBlocklist for OneList {
        fn contains(&self, password: &Password) -> Result<bool, AppError> {
            let known = self.0.ok_or_else(|| AppError::internal("the disk is gone"))?;
            Ok(password.expose() == known)
        }
    }

    struct Adviser;

    impl StrengthEstimator for Adviser {
        fn hints(&self, _: &Password, words: &[&str]) -> Vec<PasswordHint> {
            assert_eq!(words, ["atalaya", "ana.perez", "BCP"]);
            vec![PasswordHint::Year, PasswordHint::MoreWords]
        }
    }

    fn violations(list: OneList, password: &str) -> Result<Vec<Violation>, AppError> {
        let blocklists: Vec<Arc<dyn PasswordBlocklist>> = vec![Arc::new(OneList(Some("other"))), Arc::new(list)];
        let rules = PasswordRules { policy: PasswordPolicy::Classes, blocklists, estimator: Arc::new(Adviser) };
        rules.violations(&Field::NewPassword, &Password::new(password), "ana.perez", Some("BCP"))
    }

    #[test]
    fn a_known_password_is_named_with_every_other_rule_and_the_first_carries_hints() {
        let found = violations(OneList(Some("verano")), "verano").unwrap();
        let codes: Vec<_> = found.iter().map(|violation| violation.code).collect();
        assert_eq!(codes, ["too_short", "no_uppercase", "no_digit", "no_special", "breached"]);
        assert_eq!(*found[0].hints, ["year", "more_words"]);
        assert!(found.iter().skip(1).all(|violation| violation.hints.is_empty()));
    }

    #[test]
    fn a_list_that_cannot_be_read_accepts_nothing() {
        assert!(matches!(violations(OneList(None), "Una-Clave-2026"), Err(AppError::Internal { .. })));
    }

    #[test]
    fn an_acceptable_password_breaks_nothing() {
        assert_eq!(violations(OneList(Some("verano")), "Una-Clave-2026").unwrap(), []);
    }
}

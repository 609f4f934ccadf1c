//! An attempt that may be a guess, from its beginning to its end.

use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent, AuditOutcome};
use atalaya_domain::caller::Origin;
use atalaya_domain::id::CompanyId;
use atalaya_domain::login::{Attempt, Scope};
use chrono::{DateTime, Utc};

use super::service::SessionService;
use crate::error::AppError;
use crate::ports::security::LoginGuard;

/// Of whom the audit log tells what an attempt locked.
pub(super) struct Suspect<'a> {
    /// Who proved to be somebody before the attempt; a failed login proves nothing.
    pub(super) actor: &'a AuditActor,
    /// Whose name was tried, where it is one.
    pub(super) username: Option<&'a str>,
    pub(super) company: Option<CompanyId>,
    pub(super) origin: &'a Origin,
}

impl Suspect<'_> {
    /// What failures set off, as the audit log tells it. The target says which sort of lock it is, and the name of a user
    /// whose name it locks. What was typed as an unknown username is never told: it may be somebody's password in the wrong
    /// field. An alarm is about nobody: of whom the last failure was is chance.
    fn event(&self, scope: Scope, now: DateTime<Utc>) -> AuditEvent {
        let (action, actor, company) = match scope {
            Scope::Username | Scope::Device | Scope::Devices | Scope::Network => {
                (AuditAction::LoginLocked, self.actor.clone(), self.company)
            }
            Scope::Everywhere => (AuditAction::LoginAlarm, AuditActor::Anonymous, None),
        };
        let target = match (scope, self.username) {
            (Scope::Username | Scope::Device | Scope::Devices, Some(username)) => {
                format!("{}: {username}", scope.as_str())
            }
            _ => scope.as_str().to_owned(),
        };
        AuditEvent::new(action, actor, company, self.origin.clone(), now).on(target).ended(AuditOutcome::Failure)
    }
}

/// An attempt that counts as a failure until it ends, however it ends.
pub(super) struct OpenAttempt<'a> {
    guard: &'a dyn LoginGuard,
    attempt: Attempt,
    ended: bool,
}

impl SessionService {
    /// Begins an attempt, whoever makes it.
    pub(super) fn begin_attempt(&self, attempt: Attempt, now: DateTime<Utc>) -> Result<OpenAttempt<'_>, AppError> {
        self.ports.guard.begin(&attempt, now)?;
        Ok(OpenAttempt { guard: self.ports.guard.as_ref(), attempt, ended: false })
    }
}

impl OpenAttempt<'_> {
    /// The secret was right.
    pub(super) fn succeed(mut self) -> Result<(), AppError> {
        self.ended = true;
        self.guard.succeed(&self.attempt)
    }

    /// The secret was wrong.
    pub(super) fn fail(mut self, suspect: &Suspect<'_>, now: DateTime<Utc>) -> Result<(), AppError> {
        self.ended = true;
        let set_off = self.guard.fail(&self.attempt, now, &|scope| suspect.event(scope, now))?;
        for scope in set_off {
            if scope == Scope::Everywhere {
                tracing::warn!(
                    event = "login_alarm",
                    "far more logins fail than by accident: somebody may be guessing"
                );
            } else {
                tracing::warn!(event = "login_locked", scope = scope.as_str(), "too many failed attempts set a lock");
            }
        }
        Ok(())
    }
}

impl Drop for OpenAttempt<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.guard.abandon(&self.attempt);
        }
    }
}

//! An attempt that may be a guess, from its beginning to its end.

use atalaya_domain::login::{Attempt, Scope};
use atalaya_domain::suspect::Suspect;
use chrono::{DateTime, Utc};

use super::service::SessionService;
use crate::error::AppError;
use crate::ports::security::LoginGuard;

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
        let set_off = self.guard.fail(&self.attempt, suspect, now)?;
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

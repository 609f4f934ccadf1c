//! Changing one's own password.

use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent, AuditOutcome};
use atalaya_domain::caller::Caller;
use atalaya_domain::id::SessionId;
use atalaya_domain::login::{Attempt, AttemptKind, Device};
use atalaya_domain::password::Password;
use atalaya_domain::session::Session;
use atalaya_domain::suspect::Suspect;
use atalaya_domain::user::User;

use super::service::SessionService;
use crate::error::{AppError, AuthFailure, Field, WRONG_PASSWORD};
use crate::passwords::{Replacement, replace_password};
use crate::ports::platform::PlatformUnit;
use crate::ports::security::PasswordHash;

/// Stores the password that the user chose in `session`, and ends every other session. No further change of it is
/// demanded from then on. `false`, and nothing is stored, where the user was changed since `user` was read, or the
/// session has ended: a password that somebody else set meanwhile stays.
///
/// # Errors
/// Of the database.
pub fn change_own(
    unit: &mut dyn PlatformUnit,
    user: &User,
    password: &PasswordHash,
    session: SessionId,
    audit: &AuditEvent,
) -> Result<bool, AppError> {
    let known = unit.users().by_id(user.id)?.is_some_and(|known| known.user.version == user.version);
    let goes_on = |session: Session| session.user == user.id && session.ended_at.is_none();
    if !known || !unit.sessions().find(session)?.is_some_and(goes_on) {
        return Ok(false);
    }
    let replacement = Replacement { password, must_change: false, keep: Some(session) };
    replace_password(unit, user.id, &replacement, audit)?;
    Ok(true)
}

impl SessionService {
    pub(super) fn replace_own_password(
        &self,
        caller: &Caller,
        current: &Password,
        new: &Password,
    ) -> Result<(), AppError> {
        let now = self.ports.clock.now();
        let revoked = || AppError::Unauthenticated(AuthFailure::TokenRevoked);
        let known = self.ports.platform.query(|view| view.users().by_id(caller.user()))?.ok_or_else(revoked)?;
        // What the new one breaks is said before a hash is spent on the current one.
        if current.expose() == new.expose() {
            return Err(AppError::invalid(Field::NewPassword, "same_password"));
        }
        let company = known.company.as_ref().map(|company| company.name.as_str());
        self.passwords.check(&Field::NewPassword, new, known.user.username.as_str(), company)?;
        // Counted for this session alone, so that whoever stole its token cannot lock the user's logins.
        let attempt = Attempt {
            username_key: caller.username().key(),
            device: Device::Session(caller.session()),
            network: caller.origin().network(),
            kind: AttemptKind::PasswordChange,
        };
        let told = AuditEvent::by(caller, AuditAction::PasswordChanged, now).on(known.user.username.as_str());
        let attempt = self.begin_attempt(attempt, now).inspect_err(|error| {
            if matches!(error, AppError::RateLimited { .. }) {
                self.ports.audit.refused(told.clone().ended(AuditOutcome::Denied));
            }
        })?;
        if self.ports.hasher.compare(current, &known.password)?.matches {
            attempt.succeed()?;
        } else {
            let actor = AuditActor::of(caller);
            let username = Some(caller.username().as_str());
            let suspect = Suspect { actor: &actor, username, company: caller.company(), origin: caller.origin() };
            tracing::warn!(
                event = "password_change_failed",
                user.id = known.user.id.get(),
                "a present password was wrong"
            );
            attempt.fail(&suspect, now)?;
            self.ports.audit.refused(told.ended(AuditOutcome::Failure));
            return Err(AppError::invalid(Field::CurrentPassword, WRONG_PASSWORD));
        }
        let hash = self.ports.hasher.hash(new)?;
        let session = caller.session();
        if !self.ports.platform.transaction(|unit| change_own(unit, &known.user, &hash, session, &told))? {
            return Err(revoked());
        }
        tracing::info!(event = "password_changed", user.id = known.user.id.get(), "a user changed their password");
        Ok(())
    }
}

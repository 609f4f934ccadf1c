//! Continuing a session with its refresh token.

use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent, AuditOutcome};
use atalaya_domain::caller::Origin;
use atalaya_domain::session::Session;

use super::Grant;
use super::service::SessionService;
use crate::error::{AppError, AuthFailure};
use crate::ports::identity::{Credentials, RotateToken, Rotation};

impl SessionService {
    pub(super) fn continue_session(&self, token: &str, origin: &Origin) -> Result<Grant, AppError> {
        let refused = || AppError::Unauthenticated(AuthFailure::RefreshInvalid);
        let now = self.ports.clock.now();
        let presented = self.ports.secrets.refresh_hash(token);
        let owner = self.ports.sessions.of_refresh(&presented)?.ok_or_else(refused)?.user;
        let known = self.ports.directory.by_id(owner)?.filter(Credentials::may_enter).ok_or_else(refused)?;
        let (child, hash) = self.new_refresh()?;
        let sealed_child = self.ports.secrets.seal_child(token, &child)?;
        let attempt = RotateToken { presented: &presented, child: &hash, sealed_child: &sealed_child, at: now };
        let replayed = |session: &Session| {
            // A thief's copy or the user's own: who presented it is not known.
            let target = format!("{} {}", known.user.username.as_str(), session.id.get());
            AuditEvent::new(AuditAction::RefreshReplayed, AuditActor::Anonymous, session.company, origin.clone(), now)
                .on(target)
                .ended(AuditOutcome::Denied)
        };
        let (session, child) = match self.ports.sessions.rotate(&attempt, &self.limits, &replayed)? {
            Rotation::Rotated(session) => (session, child),
            // Of two tabs that refresh at once, the second: its own child was never stored.
            Rotation::Repeated(session, sealed) => (session, self.ports.secrets.open_child(token, &sealed)?),
            Rotation::Replayed(session) => {
                tracing::warn!(
                    event = "refresh_replayed",
                    user.id = session.user.get(),
                    session.id = %session.id.get(),
                    "a used refresh token came again: its session was ended"
                );
                return Err(refused());
            }
            Rotation::Refused => return Err(refused()),
        };
        self.grant(&session, known, Some(child), now)
    }
}

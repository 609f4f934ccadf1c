//! Continuing a session with its refresh token.

use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent, AuditOutcome};
use atalaya_domain::caller::Origin;
use atalaya_domain::session::Session;
use chrono::{DateTime, Utc};

use super::Grant;
use super::service::SessionService;
use crate::error::{AppError, AuthFailure};
use crate::ports::identity::{Credentials, RotateToken, Rotation};

impl SessionService {
    pub(super) fn continue_session(&self, token: &str, origin: &Origin) -> Result<Grant, AppError> {
        let now = self.ports.clock.now();
        let presented = self.ports.secrets.refresh_hash(token);
        let Some(session) = self.ports.sessions.of_refresh(&presented)? else {
            return Err(self.refuse_refresh(None, None, origin, now));
        };
        let known = match self.ports.directory.by_id(session.user)? {
            Some(known) if known.may_enter() => known,
            known => return Err(self.refuse_refresh(Some(&session), known.as_ref(), origin, now)),
        };
        let (child, hash) = self.new_refresh()?;
        let sealed_child = self.ports.secrets.seal_child(token, &child)?;
        let attempt = RotateToken { presented: &presented, child: &hash, sealed_child: &sealed_child, at: now };
        let replayed = |session: &Session| {
            let event = refresh_event(AuditAction::RefreshReplayed, session, Some(&known), origin, now);
            event.ended(AuditOutcome::Denied)
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
                return Err(AppError::Unauthenticated(AuthFailure::RefreshInvalid));
            }
            Rotation::Refused => return Err(self.refuse_refresh(Some(&session), Some(&known), origin, now)),
        };
        tracing::info!(
            event = "refresh",
            user.id = session.user.get(),
            session.id = %session.id.get(),
            "a session was continued"
        );
        self.grant(&session, known, Some(child), now)
    }

    /// Tells that a refresh token continued nothing, and gives the one answer to all of them.
    fn refuse_refresh(
        &self,
        session: Option<&Session>,
        known: Option<&Credentials>,
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> AppError {
        tracing::warn!(event = "refresh_refused", "a refresh token continued nothing");
        let action = AuditAction::RefreshRefused;
        let event = match session {
            Some(session) => refresh_event(action, session, known, origin, now),
            None => AuditEvent::new(action, AuditActor::Anonymous, None, origin.clone(), now),
        };
        self.ports.audit.refused(event.ended(AuditOutcome::Denied));
        AppError::Unauthenticated(AuthFailure::RefreshInvalid)
    }
}

/// What became of a refresh token. A thief's copy or the user's own: who presented it is not known.
fn refresh_event(
    action: AuditAction,
    session: &Session,
    known: Option<&Credentials>,
    origin: &Origin,
    now: DateTime<Utc>,
) -> AuditEvent {
    let id = session.id.get();
    let target = known.map_or_else(|| id.to_string(), |known| format!("{} {id}", known.user.username.as_str()));
    AuditEvent::new(action, AuditActor::Anonymous, session.company, origin.clone(), now).on(target)
}

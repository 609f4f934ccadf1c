//! Continuing a session with its refresh token.

use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent, AuditOutcome};
use atalaya_domain::caller::Origin;
use atalaya_domain::notice::{NoticeCode, SecurityNotice};
use atalaya_domain::refresh::RefreshDecision;
use atalaya_domain::session::{Session, SessionLimits};
use chrono::{DateTime, Utc};

use super::Grant;
use super::service::SessionService;
use crate::error::{AppError, AuthFailure};
use crate::ports::identity::{Credentials, RotateToken, Rotation};
use crate::ports::platform::PlatformUnit;

impl RotateToken<'_> {
    /// Replaces a refresh token by its child, so that of any number of parallel attempts one succeeds, and the others
    /// get its child. What is done is what [`PresentedToken::decide`](atalaya_domain::refresh::PresentedToken::decide)
    /// says. A replay ends the session and is kept for its user to be told.
    ///
    /// # Errors
    /// Of the database.
    pub fn rotate(&self, unit: &mut dyn PlatformUnit, limits: &SessionLimits) -> Result<Rotation, AppError> {
        let Some(known) = unit.sessions().of_refresh(self.presented)? else { return Ok(Rotation::Refused) };
        Ok(match known.presented.decide(&known.session, self.at, limits) {
            RefreshDecision::Rotate => Rotation::Rotated(unit.sessions().use_token(&known, self)?),
            RefreshDecision::Replay => Rotation::Replayed(end_replayed(unit, known.session, self.at)?),
            RefreshDecision::Repeat => match known.sealed_child {
                Some(sealed) => Rotation::Repeated(known.session, sealed),
                None => Rotation::Refused,
            },
            RefreshDecision::Refuse => Rotation::Refused,
        })
    }
}

/// Ends a session of which somebody has a copy, and keeps for its user why.
fn end_replayed(unit: &mut dyn PlatformUnit, session: Session, at: DateTime<Utc>) -> Result<Session, AppError> {
    unit.sessions().end(session.user, session.id, at)?;
    let device_name = session.device_name.as_ref().map(|name| name.as_str().to_owned());
    unit.users().add_notice(session.user, &SecurityNotice { code: NoticeCode::RefreshReplayed, at, device_name })?;
    Ok(Session { ended_at: Some(at), ..session })
}

impl SessionService {
    pub(super) fn continue_session(&self, token: &str, origin: &Origin) -> Result<Grant, AppError> {
        let now = self.ports.clock.now();
        let presented = self.ports.secrets.refresh_hash(token);
        let found = self.ports.platform.query(|view| {
            let Some(known) = view.sessions().of_refresh(&presented)? else { return Ok(None) };
            let user = view.users().by_id(known.session.user)?;
            Ok(Some((known.session, user)))
        })?;
        let (session, known) = match found {
            None => return Err(self.refuse_refresh(None, None, origin, now)),
            Some((session, Some(known))) if known.may_enter() => (session, known),
            Some((session, known)) => return Err(self.refuse_refresh(Some(&session), known.as_ref(), origin, now)),
        };
        let (child, hash) = self.new_refresh()?;
        let sealed_child = self.ports.secrets.seal_child(token, &child)?;
        let attempt = RotateToken { presented: &presented, child: &hash, sealed_child: &sealed_child, at: now };
        let rotation = self.ports.platform.transaction(|unit| {
            let rotation = attempt.rotate(unit, &self.limits)?;
            if let Rotation::Replayed(session) = &rotation {
                let event = refresh_event(AuditAction::RefreshReplayed, session, Some(&known), origin, now);
                unit.audit(&event.ended(AuditOutcome::Denied))?;
            }
            Ok(rotation)
        })?;
        let (session, child) = match rotation {
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

//! [`Sessions`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::{Actor, Permission};
use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent};
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::mandate::{Authorized, OwnSession};
use atalaya_domain::password::Password;
use atalaya_domain::session::{Session, SessionLimits, SessionPlace};
use atalaya_domain::signing_key::CLOCK_LEEWAY;
use atalaya_domain::user::{User, Username};
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::{Grant, Login, Profile, Sessions, Whose};
use crate::error::{AppError, AuthFailure, Part, Resource};
use crate::page::{Page, PageRequest};
use crate::passwords::PasswordRules;
use crate::ports::audit::AuditLog;
use crate::ports::identity::Credentials;
use crate::ports::memory::{TokenMemory, VerifiedToken};
use crate::ports::platform::{PlatformStore, PlatformUnit};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::security::{
    AccessClaims, AccessTokens, DeviceTokens, LoginGuard, PasswordHasher, PublicKey, Secrets, SignedClaims,
    TokenRejection,
};
use crate::ports::store::Store;

/// What [`SessionService`] needs.
#[derive(Clone)]
pub struct SessionPorts {
    /// Users by name, sessions and refresh tokens.
    pub platform: Arc<dyn PlatformStore>,
    /// A company's data, for the assigned accounts.
    pub store: Arc<dyn Store>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Signs and verifies.
    pub tokens: Arc<dyn AccessTokens>,
    /// Makes refresh tokens.
    pub secrets: Arc<dyn Secrets>,
    /// Remembers verified tokens.
    pub memory: Arc<dyn TokenMemory>,
    /// Counts failures.
    pub guard: Arc<dyn LoginGuard>,
    /// Knows devices again.
    pub devices: Arc<dyn DeviceTokens>,
    /// Hears of refusals.
    pub audit: Arc<dyn AuditLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Session ids.
    pub identifiers: Arc<dyn Identifiers>,
}

/// [`Sessions`] on the ports.
pub struct SessionService {
    pub(super) ports: SessionPorts,
    pub(super) limits: SessionLimits,
    pub(super) passwords: PasswordRules,
}

impl SessionService {
    /// Wires the service.
    #[must_use]
    pub fn new(ports: SessionPorts, limits: SessionLimits, passwords: PasswordRules) -> Self {
        Self { ports, limits, passwords }
    }

    /// The tokens of a session that was begun or continued.
    pub(super) fn grant(
        &self,
        session: &Session,
        known: Credentials,
        refresh_token: Option<SecretString>,
        now: DateTime<Utc>,
    ) -> Result<Grant, AppError> {
        let expires_in = session.access_token_life(now, &self.limits);
        let access_token = self.ports.tokens.issue(&AccessClaims {
            username: known.user.username.as_str().to_owned(),
            company: known.user.company,
            role: known.user.role,
            session: session.id,
            user_version: known.user.version,
            issued_at: now,
            expires_at: now + expires_in,
        })?;
        let ends = session.ends(&self.limits);
        let session_life = ends.at - now;
        let Credentials { user, company, .. } = known;
        let notices = Vec::new();
        Ok(Grant {
            access_token,
            expires_in,
            refresh_token,
            device_token: None,
            session_life,
            ends,
            user,
            company,
            notices,
        })
    }

    /// The actor that the claims speak for, if the store agrees with every one of them.
    fn actor_of(&self, claims: &AccessClaims, now: DateTime<Utc>) -> Result<Actor, AppError> {
        let revoked = || AppError::Unauthenticated(AuthFailure::TokenRevoked);
        let username = Username::parse(&claims.username).map_err(|_| invalid_token())?;
        let (known, session) = self.ports.platform.query(|view| {
            let known = view.users().by_username(&username)?.ok_or_else(revoked)?;
            let session = view.sessions().find(claims.session)?.ok_or_else(revoked)?;
            Ok((known, session))
        })?;
        let agrees = known.may_enter()
            && known.user.version == claims.user_version
            && known.user.company == claims.company
            && known.user.role == claims.role
            && session.user == known.user.id
            && session.is_live(now, &self.limits);
        if !agrees {
            return Err(revoked());
        }
        let User { id, username, role, company, must_change_password, .. } = known.user;
        let actor = Actor::new(id, username, role, company, session.id).map_err(|_| invalid_token())?;
        Ok(actor.with_password_change_due(must_change_password))
    }

    /// Ends a session of `user` at the event's time. `false` when there is no such live session, and then nothing is
    /// told.
    fn end_with_audit(&self, user: UserId, session: SessionId, audit: &AuditEvent) -> Result<bool, AppError> {
        self.ports.platform.transaction(|unit| {
            let ended = unit.sessions().end(user, session, audit.at)?;
            if ended {
                unit.audit(audit)?;
            }
            Ok(ended)
        })
    }

    /// The user whose sessions are meant: the caller, or a user of a company whose users the caller manages.
    fn owner(&self, whose: Whose<'_>) -> Result<Managed, AppError> {
        let caller = whose.caller();
        let Whose::Managed(by, id) = whose else {
            return Ok(Managed { user: caller.user(), username: caller.username().clone(), company: caller.company() });
        };
        let not_found = || AppError::NotFound(Resource::User);
        let known = self.ports.platform.query(|view| view.users().by_id(id))?.ok_or_else(not_found)?;
        by.access_in(known.user.company).map_err(|_| not_found())?;
        let User { username, role, company, .. } = known.user;
        if caller.role().may_grant(role) { Ok(Managed { user: id, username, company }) } else { Err(not_found()) }
    }
}

/// Ends every session of `user` but `keep` at the event's time, and gives as they were those that had not expired.
/// Where there are none, nothing is told.
///
/// # Errors
/// Of the database.
pub fn end_all_with_audit(
    unit: &mut dyn PlatformUnit,
    user: UserId,
    keep: Option<SessionId>,
    audit: &AuditEvent,
) -> Result<Vec<Session>, AppError> {
    let mut ended = unit.sessions().of_user(user, audit.at)?;
    ended.retain(|session| Some(session.id) != keep);
    unit.sessions().end_others(user, keep, audit.at)?;
    if !ended.is_empty() {
        unit.audit(audit)?;
    }
    Ok(ended)
}

/// A user whose sessions somebody may see and end.
struct Managed {
    user: UserId,
    username: Username,
    company: Option<CompanyId>,
}

fn invalid_token() -> AppError {
    AppError::Unauthenticated(AuthFailure::TokenInvalid)
}

impl Sessions for SessionService {
    fn admits_login(&self) -> Result<(), AppError> {
        if self.ports.hasher.has_room() { Ok(()) } else { Err(AppError::unavailable(Part::Hashing)) }
    }

    fn login(&self, login: &Login) -> Result<Grant, AppError> {
        self.log_in(login)
    }

    fn recall(&self, token: &str) -> Result<Option<Arc<Actor>>, AppError> {
        let digest = self.ports.secrets.token_digest(token);
        let Some(known) = self.ports.memory.recall(&digest) else { return Ok(None) };
        // As late as a token that is verified now.
        if known.expires_at + CLOCK_LEEWAY <= self.ports.clock.now() {
            return Err(AppError::Unauthenticated(AuthFailure::TokenExpired));
        }
        Ok(Some(known.actor))
    }

    fn authenticate(&self, token: &str) -> Result<Arc<Actor>, AppError> {
        let epoch = self.ports.memory.epoch();
        let now = self.ports.clock.now();
        let SignedClaims { claims, key } =
            self.ports.tokens.verify(token, now).map_err(|rejection| match rejection {
                TokenRejection::Invalid => AppError::Unauthenticated(AuthFailure::TokenInvalid),
                TokenRejection::Expired => AppError::Unauthenticated(AuthFailure::TokenExpired),
                TokenRejection::Unavailable => AppError::unavailable(Part::Database),
            })?;
        let actor = Arc::new(self.actor_of(&claims, now)?);
        let verified = VerifiedToken { actor: Arc::clone(&actor), expires_at: claims.expires_at };
        self.ports.memory.remember(epoch, self.ports.secrets.token_digest(token), &key, verified);
        Ok(actor)
    }

    fn refresh(&self, token: &str, origin: &Origin) -> Result<Grant, AppError> {
        self.continue_session(token, origin)
    }

    fn logout_with_refresh(&self, token: &str, origin: &Origin) -> Result<(), AppError> {
        let hash = self.ports.secrets.refresh_hash(token);
        let found = self.ports.platform.query(|view| {
            let Some(known) = view.sessions().of_refresh(&hash)? else { return Ok(None) };
            let user = view.users().by_id(known.session.user)?;
            Ok(user.map(|user| (known.session, user.user)))
        })?;
        let Some((session, User { id, username: name, .. })) = found else { return Ok(()) };
        let (actor, now) = (AuditActor::User { id, name }, self.ports.clock.now());
        let audit = AuditEvent::new(AuditAction::Logout, actor, session.company, origin.clone(), now);
        self.end_with_audit(session.user, session.id, &audit.on(session.id.get().to_string()))?;
        Ok(())
    }

    fn logout(&self, caller: &Caller) -> Result<(), AppError> {
        let audit = AuditEvent::by(caller, AuditAction::Logout, self.ports.clock.now());
        self.end_with_audit(caller.user(), caller.session(), &audit.on(caller.session().get().to_string()))?;
        tracing::info!(event = "logout", user.id = caller.user().get(), "a user logged out");
        Ok(())
    }

    fn profile(&self, actor: &Actor) -> Result<Profile, AppError> {
        let revoked = || AppError::Unauthenticated(AuthFailure::TokenRevoked);
        let (known, session) = self.ports.platform.query(|view| {
            let known = view.users().by_id(actor.user())?.ok_or_else(revoked)?;
            let session = view.sessions().find(actor.session())?.ok_or_else(revoked)?;
            Ok((known, session))
        })?;
        let accounts = if actor.company().is_some() {
            let scope = actor.authorize(Permission::OwnSession)?;
            self.ports.store.query(&scope, |view| {
                Ok(view.users().find(actor.user())?.map(|member| member.accounts).unwrap_or_default())
            })?
        } else {
            Vec::new()
        };
        Ok(Profile { user: known.user, company: known.company, accounts, ends: session.ends(&self.limits) })
    }

    fn change_password(&self, by: &Authorized<OwnSession>, current: &Password, new: &Password) -> Result<(), AppError> {
        self.replace_own_password(by.caller(), current, new)
    }

    fn list(
        &self,
        whose: Whose<'_>,
        page: Option<&PageRequest<SessionPlace>>,
    ) -> Result<Page<Session, SessionPlace>, AppError> {
        let Managed { user, .. } = self.owner(whose)?;
        let now = self.ports.clock.now();
        if let Some(page) = page {
            return self.ports.platform.query(|view| view.sessions().page_of_user(user, now, &self.limits, page));
        }
        let sessions = self.ports.platform.query(|view| view.sessions().of_user(user, now))?;
        let live = sessions.into_iter().filter(|session| session.is_live(now, &self.limits)).collect();
        Ok(Page { items: live, next: None })
    }

    fn end(&self, whose: Whose<'_>, session: SessionId) -> Result<(), AppError> {
        let (caller, Managed { user, company, .. }) = (whose.caller(), self.owner(whose)?);
        let audit = AuditEvent::by(caller, AuditAction::SessionEnded, self.ports.clock.now())
            .in_company(company)
            .on(session.get().to_string());
        if self.end_with_audit(user, session, &audit)? {
            let (user, by, id) = (user.get(), caller.user().get(), session.get());
            tracing::info!(event = "session_ended", user.id = user, actor.id = by, session.id = %id, "a session was ended");
            Ok(())
        } else {
            Err(AppError::NotFound(Resource::Session))
        }
    }

    fn end_all(&self, whose: Whose<'_>) -> Result<usize, AppError> {
        let (caller, Managed { user, username, company }) = (whose.caller(), self.owner(whose)?);
        let now = self.ports.clock.now();
        let audit = AuditEvent::by(caller, AuditAction::SessionEnded, now).in_company(company).on(username.as_str());
        let keep = matches!(whose, Whose::Own(_)).then(|| caller.session());
        let ended = self.ports.platform.transaction(|unit| end_all_with_audit(unit, user, keep, &audit))?;
        let live = ended.iter().filter(|session| session.is_live(now, &self.limits)).count();
        let (user, by) = (user.get(), caller.user().get());
        tracing::info!(event = "sessions_ended", user.id = user, actor.id = by, sessions = live, "sessions were ended");
        Ok(live)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.ports.tokens.public_keys()
    }
}

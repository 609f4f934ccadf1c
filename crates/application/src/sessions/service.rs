//! [`Sessions`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::{Actor, Permission};
use atalaya_domain::id::{SessionId, UserId};
use atalaya_domain::password::{Password, PasswordPolicy};
use atalaya_domain::session::{Session, SessionLimits};
use atalaya_domain::user::{User, Username};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::{Grant, Login, Profile, Sessions};
use crate::error::{AppError, AuthFailure, Part, Resource};
use crate::ports::identity::{Credentials, Directory, Rehash, Rotation, SessionStore};
use crate::ports::memory::{TokenMemory, VerifiedToken};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::security::{
    AccessClaims, AccessTokens, LoginGuard, PasswordHasher, PublicKey, RefreshHash, Secrets, TokenRejection,
};
use crate::ports::store::Store;
use crate::users::password_violations;

/// What [`SessionService`] needs.
#[derive(Clone)]
pub struct SessionPorts {
    /// Users by name.
    pub directory: Arc<dyn Directory>,
    /// Sessions and refresh tokens.
    pub sessions: Arc<dyn SessionStore>,
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
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Session ids.
    pub identifiers: Arc<dyn Identifiers>,
}

/// [`Sessions`] on the ports.
pub struct SessionService {
    ports: SessionPorts,
    limits: SessionLimits,
    policy: PasswordPolicy,
}

impl SessionService {
    /// Wires the service.
    #[must_use]
    pub fn new(ports: SessionPorts, limits: SessionLimits, policy: PasswordPolicy) -> Self {
        Self { ports, limits, policy }
    }

    /// Begins a comparison with a password of that username, whoever claims it.
    fn begin_attempt(&self, username_key: &str) -> Result<(), AppError> {
        self.ports.guard.begin(username_key, self.ports.clock.now()).map_err(|retry_after| {
            tracing::warn!(event = "login_locked", "a password was not compared because its username is locked");
            AppError::RateLimited { retry_after }
        })
    }

    /// The user of a right pair. An unknown user costs the same work as a known one, and which of the reasons it was is
    /// never told.
    fn check_password(&self, login: &Login) -> Result<Credentials, AppError> {
        let username = Username::parse(&login.username).ok();
        let known = match &username {
            Some(username) => self.ports.directory.by_username(username)?,
            None => None,
        };
        let Some(known) = known else {
            self.ports.hasher.compare_with_nobody(&login.password)?;
            return Err(AppError::Unauthenticated(AuthFailure::BadCredentials));
        };
        let comparison = self.ports.hasher.compare(&login.password, &known.password)?;
        if !comparison.matches || !known.may_enter() {
            return Err(AppError::Unauthenticated(AuthFailure::BadCredentials));
        }
        let better = if comparison.outdated { Some(self.ports.hasher.hash(&login.password)?) } else { None };
        let rehash = better.as_ref().map(|better| Rehash { compared: &known.password, better });
        self.ports.directory.record_login(known.user.id, self.ports.clock.now(), rehash)?;
        Ok(known)
    }

    fn begin(&self, login: &Login, known: Credentials, now: DateTime<Utc>) -> Result<Grant, AppError> {
        let session = Session {
            id: self.ports.identifiers.session(),
            user: known.user.id,
            company: known.user.company,
            device_name: login.device_name.clone(),
            created_at: now,
            last_used_at: now,
            expires_at: now + self.limits.absolute,
            address: login.address.clone(),
            ended_at: None,
        };
        let refresh = if login.wants_refresh { Some(self.new_refresh()?) } else { None };
        self.ports.sessions.create(&session, refresh.as_ref().map(|(_, hash)| hash))?;
        self.grant(&session, known, refresh.map(|(token, _)| token), now)
    }

    fn new_refresh(&self) -> Result<(SecretString, RefreshHash), AppError> {
        let token = self.ports.secrets.refresh_token()?;
        let hash = self.ports.secrets.refresh_hash(token.expose_secret());
        Ok((token, hash))
    }

    fn grant(
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
        let session_life = session.expires_at - now;
        Ok(Grant { access_token, expires_in, refresh_token, session_life, user: known.user, company: known.company })
    }

    /// The actor that the claims speak for, if the store agrees with every one of them.
    fn actor_of(&self, claims: &AccessClaims, now: DateTime<Utc>) -> Result<Actor, AppError> {
        let revoked = || AppError::Unauthenticated(AuthFailure::TokenRevoked);
        let username = Username::parse(&claims.username).map_err(|_| invalid_token())?;
        let known = self.ports.directory.by_username(&username)?.ok_or_else(revoked)?;
        let session = self.ports.sessions.find(claims.session)?.ok_or_else(revoked)?;
        let agrees = known.may_enter()
            && known.user.version == claims.user_version
            && known.user.company == claims.company
            && known.user.role == claims.role
            && session.user == known.user.id
            && session.ended_at.is_none()
            && now < session.expires_at;
        if !agrees {
            return Err(revoked());
        }
        let User { id, username, role, company, .. } = known.user;
        Actor::new(id, username, role, company, session.id).map_err(|_| invalid_token())
    }

    /// The user that the actor asks about: the actor, or a user of a company that the actor manages users of.
    fn managed_user(&self, actor: &Actor, of: Option<UserId>) -> Result<UserId, AppError> {
        let Some(id) = of else { return Ok(actor.user()) };
        actor.require(Permission::ManageUsers)?;
        let not_found = || AppError::NotFound(Resource::User);
        let known = self.ports.directory.by_id(id)?.ok_or_else(not_found)?;
        actor.authorize_in(Permission::ManageUsers, known.user.company).map_err(|_| not_found())?;
        if actor.role().may_grant(known.user.role) { Ok(id) } else { Err(not_found()) }
    }
}

fn invalid_token() -> AppError {
    AppError::Unauthenticated(AuthFailure::TokenInvalid)
}

impl Sessions for SessionService {
    fn admits_login(&self) -> Result<(), AppError> {
        if self.ports.hasher.has_room() { Ok(()) } else { Err(AppError::unavailable(Part::Hashing)) }
    }

    fn login(&self, login: &Login) -> Result<Grant, AppError> {
        let key = login.username.to_ascii_lowercase();
        self.begin_attempt(&key)?;
        match self.check_password(login) {
            Ok(known) => {
                self.ports.guard.succeed(&key);
                let now = self.ports.clock.now();
                tracing::info!(event = "login", user.id = known.user.id.get(), "a user logged in");
                self.begin(login, known, now)
            }
            Err(error) => {
                if matches!(error, AppError::Unauthenticated(_)) {
                    self.ports.guard.fail(&key, self.ports.clock.now());
                    tracing::warn!(event = "login_failed", "a login failed");
                } else {
                    self.ports.guard.abandon(&key);
                }
                Err(error)
            }
        }
    }

    fn recall(&self, token: &str) -> Result<Option<Arc<Actor>>, AppError> {
        let digest = self.ports.secrets.token_digest(token);
        let Some(known) = self.ports.memory.recall(&digest) else { return Ok(None) };
        if known.expires_at <= self.ports.clock.now() {
            return Err(AppError::Unauthenticated(AuthFailure::TokenExpired));
        }
        Ok(Some(known.actor))
    }

    fn authenticate(&self, token: &str) -> Result<Arc<Actor>, AppError> {
        let epoch = self.ports.memory.epoch();
        let now = self.ports.clock.now();
        let claims = self.ports.tokens.verify(token, now).map_err(|rejection| {
            AppError::Unauthenticated(match rejection {
                TokenRejection::Invalid => AuthFailure::TokenInvalid,
                TokenRejection::Expired => AuthFailure::TokenExpired,
            })
        })?;
        let actor = Arc::new(self.actor_of(&claims, now)?);
        let verified = VerifiedToken { actor: Arc::clone(&actor), expires_at: claims.expires_at };
        self.ports.memory.remember(epoch, self.ports.secrets.token_digest(token), verified);
        Ok(actor)
    }

    fn refresh(&self, token: &str) -> Result<Grant, AppError> {
        let refused = || AppError::Unauthenticated(AuthFailure::RefreshInvalid);
        let now = self.ports.clock.now();
        let (new_token, new_hash) = self.new_refresh()?;
        let old_hash = self.ports.secrets.refresh_hash(token);
        // Asked before the token is used up: a suspended company that is resumed finds its sessions as they were.
        let owner = self.ports.sessions.of_refresh(&old_hash)?.ok_or_else(refused)?.user;
        let known = self.ports.directory.by_id(owner)?.filter(Credentials::may_enter).ok_or_else(refused)?;
        let session = match self.ports.sessions.rotate(&old_hash, &new_hash, now, &self.limits)? {
            Rotation::Rotated(session) => session,
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
        self.grant(&session, known, Some(new_token), now)
    }

    fn logout_with_refresh(&self, token: &str) -> Result<(), AppError> {
        let hash = self.ports.secrets.refresh_hash(token);
        if let Some(session) = self.ports.sessions.of_refresh(&hash)? {
            self.ports.sessions.end(session.user, session.id, self.ports.clock.now())?;
        }
        Ok(())
    }

    fn logout(&self, actor: &Actor) -> Result<(), AppError> {
        self.ports.sessions.end(actor.user(), actor.session(), self.ports.clock.now())?;
        tracing::info!(event = "logout", user.id = actor.user().get(), "a user logged out");
        Ok(())
    }

    fn profile(&self, actor: &Actor) -> Result<Profile, AppError> {
        let revoked = || AppError::Unauthenticated(AuthFailure::TokenRevoked);
        let known = self.ports.directory.by_id(actor.user())?.ok_or_else(revoked)?;
        let accounts = if actor.company().is_some() {
            let scope = actor.authorize(Permission::ReadAccounts)?;
            self.ports.store.query(&scope, |view| {
                Ok(view.users().find(actor.user())?.map(|member| member.accounts).unwrap_or_default())
            })?
        } else {
            Vec::new()
        };
        Ok(Profile { user: known.user, company: known.company, accounts })
    }

    fn change_password(&self, actor: &Actor, current: &Password, new: &Password) -> Result<(), AppError> {
        let now = self.ports.clock.now();
        let revoked = || AppError::Unauthenticated(AuthFailure::TokenRevoked);
        let known = self.ports.directory.by_id(actor.user())?.ok_or_else(revoked)?;
        let key = actor.username().key();
        self.begin_attempt(&key)?;
        match self.ports.hasher.compare(current, &known.password) {
            Ok(comparison) if comparison.matches => self.ports.guard.succeed(&key),
            Ok(_) => {
                self.ports.guard.fail(&key, now);
                return Err(AppError::invalid("current_password", "wrong_password"));
            }
            Err(error) => {
                self.ports.guard.abandon(&key);
                return Err(error);
            }
        }
        if current.expose() == new.expose() {
            return Err(AppError::invalid("new_password", "same_password"));
        }
        let company = known.company.as_ref().map(|company| company.name.as_str());
        let broken = self.policy.broken_rules(new, known.user.username.as_str(), company);
        if !broken.is_empty() {
            return Err(AppError::Invalid(password_violations("new_password", &broken)));
        }
        let hash = self.ports.hasher.hash(new)?;
        self.ports.directory.change_password(known.user.id, &hash, actor.session(), now)?;
        tracing::info!(event = "password_changed", user.id = known.user.id.get(), "a user changed their password");
        Ok(())
    }

    fn list(&self, actor: &Actor, of: Option<UserId>) -> Result<Vec<Session>, AppError> {
        let user = self.managed_user(actor, of)?;
        let now = self.ports.clock.now();
        let sessions = self.ports.sessions.of_user(user, now)?;
        Ok(sessions.into_iter().filter(|session| session.is_live(now, &self.limits)).collect())
    }

    fn end(&self, actor: &Actor, of: Option<UserId>, session: SessionId) -> Result<(), AppError> {
        let user = self.managed_user(actor, of)?;
        if self.ports.sessions.end(user, session, self.ports.clock.now())? {
            let (user, by, id) = (user.get(), actor.user().get(), session.get());
            tracing::info!(event = "session_ended", user.id = user, actor.id = by, session.id = %id, "a session was ended");
            Ok(())
        } else {
            Err(AppError::NotFound(Resource::Session))
        }
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.ports.tokens.public_keys()
    }
}

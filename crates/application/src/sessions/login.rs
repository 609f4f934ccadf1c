//! Logging in: a password is compared, and a session begins.

use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent, AuditOutcome};
use atalaya_domain::login::{Attempt, AttemptKind, Device, DeviceId};
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::session::Session;
use atalaya_domain::suspect::Suspect;
use atalaya_domain::user::Username;
use secrecy::{ExposeSecret, SecretString};

use super::service::SessionService;
use super::{Grant, Login};
use crate::error::{AppError, AuthFailure};
use crate::ports::identity::{Credentials, Rehash};
use crate::ports::platform::PlatformUnit;
use crate::ports::security::{PasswordHash, RefreshHash};

/// The user whose username and password matched, with a better hash of the same password where one was made.
struct Verified {
    known: Credentials,
    better: Option<PasswordHash>,
}

/// A session to begin, with all that its login leaves behind.
#[derive(Debug, Clone, Copy)]
pub struct BeginSession<'a> {
    /// The session; its user's last login is its creation.
    pub session: &'a Session,
    /// The user's version when the password was compared.
    pub user_version: i64,
    /// Its first refresh token, if it has one.
    pub refresh: Option<&'a RefreshHash>,
    /// A better hash of the password, where one was made.
    pub rehash: Option<Rehash<'a>>,
    /// What the audit log tells.
    pub audit: &'a AuditEvent,
    /// Whether the client reads the security notices.
    pub takes_notices: bool,
}

impl BeginSession<'_> {
    /// Stores the session and what goes with it. Where the client reads security notices, gives those of the user,
    /// oldest first, and forgets them.
    ///
    /// # Errors
    /// `Unauthenticated(BadCredentials)` for a user who was changed or disabled, or whose company was suspended, since
    /// the password was compared: it may be the password that was changed.
    pub fn store(&self, unit: &mut dyn PlatformUnit) -> Result<Vec<SecurityNotice>, AppError> {
        let user = self.session.user;
        if !unit.users().record_login(user, self.user_version, self.session.created_at)? {
            return Err(AppError::Unauthenticated(AuthFailure::BadCredentials));
        }
        if let Some(rehash) = self.rehash {
            unit.users().rehash(user, rehash)?;
        }
        unit.sessions().insert(self.session, self.refresh)?;
        unit.audit(self.audit)?;
        if self.takes_notices { unit.users().take_notices(user) } else { Ok(Vec::new()) }
    }
}

/// Why no session begins, and of whom the audit log tells it.
struct Refused {
    error: AppError,
    known: Option<Box<Credentials>>,
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self { error, known: None }
    }
}

impl SessionService {
    pub(super) fn log_in(&self, login: &Login) -> Result<Grant, AppError> {
        let username_key = login.username.to_ascii_lowercase();
        let device = self.known_device(&username_key, login);
        let attempt = Attempt {
            device: device.map_or(Device::Unknown, Device::Known),
            network: login.origin.network(),
            kind: AttemptKind::Login,
            username_key,
        };
        let attempt = self.begin_attempt(attempt, self.ports.clock.now()).inspect_err(|error| {
            if matches!(error, AppError::RateLimited { .. }) {
                tracing::debug!(event = "login_refused", "a password was not compared because a lock holds");
                self.ports.audit.refused(self.login_event(login, None).ended(AuditOutcome::Denied));
            }
        })?;
        match self.verify_credentials(login) {
            Ok(verified) => {
                let device_token = self.device_token(login, device, &verified.known.user.username)?;
                let refused = self.login_event(login, Some(&verified.known)).ended(AuditOutcome::Failure);
                let grant = self.begin(login, verified).inspect_err(|error| {
                    // Disabled, suspended or given another password since the password was compared.
                    if matches!(error, AppError::Unauthenticated(_)) {
                        tracing::warn!(event = "login_failed", "a login failed");
                        self.ports.audit.refused(refused);
                    }
                })?;
                attempt.succeed()?;
                tracing::info!(event = "login", user.id = grant.user.id.get(), "a user logged in");
                Ok(Grant { device_token, ..grant })
            }
            Err(Refused { error, known }) => {
                if matches!(error, AppError::Unauthenticated(_)) {
                    tracing::warn!(event = "login_failed", "a login failed");
                    let event = self.login_event(login, known.as_deref()).ended(AuditOutcome::Failure);
                    let username = event.target.as_deref();
                    let suspect =
                        Suspect { actor: &event.actor, username, company: event.company, origin: &login.origin };
                    attempt.fail(&suspect, event.at)?;
                    self.ports.audit.refused(event);
                }
                Err(error)
            }
        }
    }

    /// The device that the client shows to be, if it is one that logged in with this username before.
    fn known_device(&self, username_key: &str, login: &Login) -> Option<DeviceId> {
        let token = login.device_token.as_ref()?;
        self.ports.devices.verify(username_key, token.expose_secret())
    }

    /// What the client is known by from now on: what it showed, where that is good.
    fn device_token(
        &self,
        login: &Login,
        device: Option<DeviceId>,
        username: &Username,
    ) -> Result<Option<SecretString>, AppError> {
        match (&login.device_token, device) {
            _ if !login.wants_refresh => Ok(None),
            (Some(token), Some(_)) => Ok(Some(token.clone())),
            _ => self.ports.devices.issue(&username.key()).map(Some),
        }
    }

    /// The user of a right pair. An unknown user costs the same work as a known one, and which of the reasons it was is
    /// never told.
    fn verify_credentials(&self, login: &Login) -> Result<Verified, Refused> {
        let bad = || AppError::Unauthenticated(AuthFailure::BadCredentials);
        let username = Username::parse(&login.username).ok();
        let known = match &username {
            Some(username) => self.ports.platform.query(|view| view.users().by_username(username))?,
            None => None,
        };
        let Some(known) = known else {
            self.ports.hasher.compare_with_nobody(&login.password)?;
            return Err(bad().into());
        };
        let comparison = self.ports.hasher.compare(&login.password, &known.password)?;
        if !comparison.matches || !known.may_enter() {
            return Err(Refused { error: bad(), known: Some(Box::new(known)) });
        }
        // Whoever waited for one hash is not kept for a second one while others wait: the old one serves until the next
        // login.
        let better = if comparison.outdated { self.ports.hasher.hash_if_idle(&login.password)? } else { None };
        Ok(Verified { known, better })
    }

    fn begin(&self, login: &Login, verified: Verified) -> Result<Grant, AppError> {
        let Verified { known, better } = verified;
        let now = self.ports.clock.now();
        // Nothing continues a session without a refresh token: it is over with its only access token.
        let life = if login.wants_refresh { self.limits.absolute } else { self.limits.only_token() };
        let session = Session {
            id: self.ports.identifiers.session(),
            user: known.user.id,
            company: known.user.company,
            device_name: login.device_name.clone(),
            agent: login.agent.clone(),
            created_at: now,
            last_used_at: now,
            expires_at: now + life,
            address: login.origin.address.map(|address| address.to_string()),
            ended_at: None,
        };
        let (token, refresh) = if login.wants_refresh {
            let (token, hash) = self.new_refresh()?;
            (Some(token), Some(hash))
        } else {
            (None, None)
        };
        let audit = self.entered_event(login, &known);
        let (user_version, compared) = (known.user.version, known.password.clone());
        // Signed before anything is stored: a login that is told as done is one that can be answered.
        let grant = self.grant(&session, known, token, now)?;
        let begin = BeginSession {
            session: &session,
            user_version,
            refresh: refresh.as_ref(),
            rehash: better.as_ref().map(|better| Rehash { compared: &compared, better }),
            audit: &audit,
            takes_notices: login.takes_notices,
        };
        let notices = self.ports.platform.transaction(|unit| begin.store(unit))?;
        Ok(Grant { notices, ..grant })
    }

    /// The audit event of a successful login.
    fn entered_event(&self, login: &Login, known: &Credentials) -> AuditEvent {
        let actor = AuditActor::User { id: known.user.id, name: known.user.username.clone() };
        AuditEvent { actor, ..self.login_event(login, Some(known)) }
    }

    /// A login as the audit log tells it. Whoever does not know the password has not proved to be the user whose name
    /// they typed, so the user is what it was tried on. What was typed as an unknown username may be somebody's
    /// password in the wrong field, so it is not told.
    fn login_event(&self, login: &Login, known: Option<&Credentials>) -> AuditEvent {
        let now = self.ports.clock.now();
        let company = known.and_then(|known| known.user.company);
        let event = AuditEvent::new(AuditAction::Login, AuditActor::Anonymous, company, login.origin.clone(), now);
        match known {
            Some(Credentials { user, .. }) => event.on(user.username.as_str()),
            None => event,
        }
    }

    /// A new refresh token and what is stored of it.
    pub(super) fn new_refresh(&self) -> Result<(SecretString, RefreshHash), AppError> {
        let token = self.ports.secrets.refresh_token()?;
        let hash = self.ports.secrets.refresh_hash(token.expose_secret());
        Ok((token, hash))
    }
}

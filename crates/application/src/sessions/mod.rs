//! Logging in, staying logged in, logging out, and knowing who asks.

mod attempt;
mod following;
mod login;
mod password;
mod refresh;
mod service;

use atalaya_domain::access::Actor;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::company::Company;
use atalaya_domain::id::{SessionId, UserId};
use atalaya_domain::mandate::{Authorized, ManageUsers, OwnSession};
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::password::Password;
use atalaya_domain::session::{Agent, DeviceName, Session, SessionEnds, SessionPlace};
use atalaya_domain::user::User;
use chrono::Duration;
use secrecy::SecretString;
use std::sync::Arc;

use crate::error::AppError;
use crate::page::{Page, PageRequest};
use crate::ports::security::PublicKey;

pub use following::SessionFollower;
pub use login::BeginSession;
pub use password::change_own;
pub use service::{SessionPorts, SessionService, end_all_with_audit};

/// A login.
#[derive(Debug, Clone)]
pub struct Login {
    /// As typed: whatever it is, a wrong pair is `BadCredentials`.
    pub username: String,
    /// As typed.
    pub password: Password,
    /// What the client calls itself.
    pub device_name: Option<DeviceName>,
    /// The client's program.
    pub agent: Option<Agent>,
    /// From where.
    pub origin: Origin,
    /// Whether the client wants a refresh token, and keeps what it is given.
    pub wants_refresh: bool,
    /// What an earlier login gave this client to be known by.
    pub device_token: Option<SecretString>,
    /// Whether the client reads the security notices of the user. They wait for a login that does.
    pub takes_notices: bool,
}

/// A session that was begun or continued.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The access token.
    pub access_token: SecretString,
    /// How long it lives.
    pub expires_in: Duration,
    /// The next refresh token.
    pub refresh_token: Option<SecretString>,
    /// What the client is known by at its next login; only of a login, and only for clients that keep something.
    pub device_token: Option<SecretString>,
    /// How long the session can last at most.
    pub session_life: Duration,
    /// When the session ends by itself.
    pub ends: SessionEnds,
    /// The user.
    pub user: User,
    /// The user's company; `None` for a superadmin.
    pub company: Option<Company>,
    /// What the user is told about the safety of their sessions, once, at a login.
    pub notices: Vec<SecurityNotice>,
}

/// Who one is.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The user.
    pub user: User,
    /// The company; `None` for a superadmin.
    pub company: Option<Company>,
    /// Handles of the assigned accounts.
    pub accounts: Vec<AccountHandle>,
    /// When the session that asks ends by itself.
    pub ends: SessionEnds,
}

/// Whose sessions a use case is about, with the proof that the caller may ask for them.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// The caller's own.
    Own(&'a Authorized<OwnSession>),
    /// Those of a user of a company whose users the caller manages.
    Managed(&'a Authorized<ManageUsers>, UserId),
}

impl<'a> Whose<'a> {
    /// Who asks.
    fn caller(self) -> &'a Caller {
        match self {
            Self::Own(by) => by.caller(),
            Self::Managed(by, _) => by.caller(),
        }
    }
}

/// The use cases of identity.
pub trait Sessions: Send + Sync {
    /// Whether a login that came now would be taken. Touches neither the database nor another thread, so that a flood
    /// is refused where it costs least.
    ///
    /// # Errors
    /// `Unavailable` when as many passwords are being hashed as the machine can bear.
    fn admits_login(&self) -> Result<(), AppError>;

    /// Checks the password and begins a session.
    ///
    /// # Errors
    /// `Unauthenticated(BadCredentials)` for an unknown user, a wrong password, a disabled user, a suspended company;
    /// `RateLimited` when the username, as this device tries it, or the network is locked; `Unavailable` when too many
    /// passwords are being hashed, or failures cannot be counted.
    fn login(&self, login: &Login) -> Result<Grant, AppError>;

    /// The actor of a token that this process has verified and remembers. Touches neither database nor another thread.
    ///
    /// # Errors
    /// `Unauthenticated(TokenExpired)`.
    fn recall(&self, token: &str) -> Result<Option<Arc<Actor>>, AppError>;

    /// Verifies a token, looks up whether its session and user are live, and remembers it.
    ///
    /// # Errors
    /// `Unauthenticated` says why; `Unavailable` when the database does not answer: never access instead.
    fn authenticate(&self, token: &str) -> Result<Arc<Actor>, AppError>;

    /// Continues a session with its refresh token, which is used up. One that was used in the last ten seconds gives
    /// the same next token again, unless that one was used too.
    ///
    /// # Errors
    /// `Unauthenticated(RefreshInvalid)`; any other token that was used before ends its session.
    fn refresh(&self, token: &str, origin: &Origin) -> Result<Grant, AppError>;

    /// Ends the session of a refresh token; an unknown one is as good as ended.
    ///
    /// # Errors
    /// Of the database.
    fn logout_with_refresh(&self, token: &str, origin: &Origin) -> Result<(), AppError>;

    /// Ends the caller's session.
    ///
    /// # Errors
    /// Of the database.
    fn logout(&self, caller: &Caller) -> Result<(), AppError>;

    /// Who the actor is, and until when.
    ///
    /// # Errors
    /// `Unauthenticated(TokenRevoked)` when user or session are no longer there; of the database.
    fn profile(&self, actor: &Actor) -> Result<Profile, AppError>;

    /// Changes the caller's own password and ends every other session.
    ///
    /// # Errors
    /// `Invalid` with every rule that the new one breaks, or when the current one is wrong; `RateLimited` when it was
    /// wrong too often in this session.
    fn change_password(&self, by: &Authorized<OwnSession>, current: &Password, new: &Password) -> Result<(), AppError>;

    /// The live sessions of somebody, newest first: a page of them, or all.
    ///
    /// # Errors
    /// `NotFound(User)` for a user whom the caller does not manage.
    fn list(
        &self,
        whose: Whose<'_>,
        page: Option<&PageRequest<SessionPlace>>,
    ) -> Result<Page<Session, SessionPlace>, AppError>;

    /// Ends a session of somebody.
    ///
    /// # Errors
    /// `NotFound`.
    fn end(&self, whose: Whose<'_>, session: SessionId) -> Result<(), AppError>;

    /// Ends every other session of the caller, or every session of a user whom they manage, and says how many were
    /// live.
    ///
    /// # Errors
    /// `NotFound(User)` for a user whom the caller does not manage.
    fn end_all(&self, whose: Whose<'_>) -> Result<usize, AppError>;

    /// The keys that verify access tokens.
    fn public_keys(&self) -> Vec<PublicKey>;
}

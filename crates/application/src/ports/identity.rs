//! Identity across companies: login happens before anybody knows which company it is, and superadmins belong to none.
//! These narrow ports hold what that needs and nothing else.

use atalaya_domain::access::{PlatformScope, Role};
use atalaya_domain::audit::AuditEvent;
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::session::{Session, SessionLimits, SessionPlace};
use atalaya_domain::user::{Email, User, Username};
use chrono::{DateTime, Utc};

use super::security::{PasswordHash, RefreshHash, SealedChild};
use crate::Precondition;
use crate::error::AppError;
use crate::page::{Creation, Page, PageRequest};

/// A user to register.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The login name.
    pub username: Username,
    /// The role.
    pub role: Role,
    /// The mail address.
    pub email: Option<Email>,
    /// The hashed password.
    pub password: PasswordHash,
    /// Whether the user has to change it before anything else.
    pub must_change_password: bool,
}

/// What login compares with.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user.
    pub user: User,
    /// The stored hash.
    pub password: PasswordHash,
    /// The user's company; `None` for a superadmin.
    pub company: Option<Company>,
}

impl Credentials {
    /// Whether user and company are both active.
    #[must_use]
    pub fn may_enter(&self) -> bool {
        self.user.active && self.company.as_ref().is_none_or(|company| company.active)
    }
}

/// A better hash of the same password.
#[derive(Debug, Clone, Copy)]
pub struct Rehash<'a> {
    /// What the password was compared with: if another is stored by now, the password was changed, and stays so.
    pub compared: &'a PasswordHash,
    /// What to store instead.
    pub better: &'a PasswordHash,
}

/// Users by name, across companies: for login and for what a verified token refers to.
pub trait Directory: Send + Sync {
    /// The user of that name.
    ///
    /// # Errors
    /// Of the database.
    fn by_username(&self, username: &Username) -> Result<Option<Credentials>, AppError>;

    /// The user of that id.
    ///
    /// # Errors
    /// Of the database.
    fn by_id(&self, id: UserId) -> Result<Option<Credentials>, AppError>;

    /// Stores the password that the user chose in `session`, counts the user's version up and ends every other session, in
    /// one transaction. No further change of it is demanded from then on. `false`, and nothing is stored, where the user
    /// was changed since `user` was read, or the session has ended: a password that somebody else set meanwhile stays.
    ///
    /// # Errors
    /// Of the database.
    fn change_password(
        &self,
        user: &User,
        password: &PasswordHash,
        session: SessionId,
        audit: &AuditEvent,
    ) -> Result<bool, AppError>;

    /// Stores a password that somebody else chose for the user, counts the user's version up and ends every session, in one
    /// transaction. Where it is `temporary`, the user has to change it before anything else.
    ///
    /// # Errors
    /// `NotFound(User)`; of the database.
    fn assign_password(
        &self,
        user: UserId,
        password: &PasswordHash,
        temporary: bool,
        audit: &AuditEvent,
    ) -> Result<(), AppError>;

    /// Registers a superadmin.
    ///
    /// # Errors
    /// `Conflict(UsernameTaken)` when the name exists.
    fn insert_superadmin(&self, scope: &PlatformScope, user: &NewUser, audit: &AuditEvent) -> Result<User, AppError>;
}

/// What became of an attempt to rotate a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The old token is used up and the new one is stored.
    Rotated(Session),
    /// The token was used a moment ago: this is the child that it has. Nothing was changed.
    Repeated(Session, SealedChild),
    /// The token was used before: somebody has a copy, so the whole session was ended.
    Replayed(Session),
    /// Unknown, or of a session that has ended or expired.
    Refused,
}

/// A refresh token that was presented, and the child that it gets if it has none.
#[derive(Debug, Clone, Copy)]
pub struct RotateToken<'a> {
    /// The token that was presented.
    pub presented: &'a RefreshHash,
    /// The new one.
    pub child: &'a RefreshHash,
    /// The new one again, for whoever presents the same token a moment later.
    pub sealed_child: &'a SealedChild,
    /// When.
    pub at: DateTime<Utc>,
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
}

/// Sessions and their refresh tokens.
pub trait SessionStore: Send + Sync {
    /// Stores a session and what goes with it, in one transaction. Gives what its user was to be told, oldest first, and
    /// forgets it.
    ///
    /// # Errors
    /// `Unauthenticated(BadCredentials)` for a user who was changed or disabled, or whose company was suspended, since
    /// the password was compared.
    fn begin(&self, begin: &BeginSession<'_>) -> Result<Vec<SecurityNotice>, AppError>;

    /// The session of that id.
    ///
    /// # Errors
    /// Of the database.
    fn find(&self, id: SessionId) -> Result<Option<Session>, AppError>;

    /// Replaces a refresh token by its child with one conditional update, so that of any number of parallel attempts
    /// one succeeds, and the others get its child. What is done is what
    /// [`PresentedToken::decide`](atalaya_domain::refresh::PresentedToken::decide) says. A replay is kept for the user to
    /// be told; `audit` makes the event that tells of it.
    ///
    /// # Errors
    /// Of the database.
    fn rotate(
        &self,
        token: &RotateToken<'_>,
        limits: &SessionLimits,
        audit: &dyn Fn(&Session) -> AuditEvent,
    ) -> Result<Rotation, AppError>;

    /// The session that a refresh token belongs to, whatever its state.
    ///
    /// # Errors
    /// Of the database.
    fn of_refresh(&self, token: &RefreshHash) -> Result<Option<Session>, AppError>;

    /// A user's sessions that have not ended, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn of_user(&self, user: UserId, now: DateTime<Utc>) -> Result<Vec<Session>, AppError>;

    /// A page of a user's sessions that are live at `now`, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page_of_user(
        &self,
        user: UserId,
        now: DateTime<Utc>,
        limits: &SessionLimits,
        page: &PageRequest<SessionPlace>,
    ) -> Result<Page<Session, SessionPlace>, AppError>;

    /// Ends a session of `user` at the event's time. `false` when there is no such live session, and then nothing is told.
    ///
    /// # Errors
    /// Of the database.
    fn end(&self, user: UserId, session: SessionId, audit: &AuditEvent) -> Result<bool, AppError>;

    /// Ends every session of `user` but `keep` at the event's time, and gives as they were those that had not expired.
    /// Where there are none, nothing is told.
    ///
    /// # Errors
    /// Of the database.
    fn end_all(&self, user: UserId, keep: Option<SessionId>, audit: &AuditEvent) -> Result<Vec<Session>, AppError>;
}

/// Companies, for those who operate the platform.
pub trait CompanyStore: Send + Sync {
    /// Creates a company.
    ///
    /// # Errors
    /// `Conflict(CompanyExists)` when the name exists, or one that looks like it.
    fn insert(&self, scope: &PlatformScope, company: &NewCompany, audit: &AuditEvent) -> Result<Company, AppError>;

    /// One company.
    ///
    /// # Errors
    /// Of the database.
    fn find(&self, scope: &PlatformScope, id: CompanyId) -> Result<Option<Company>, AppError>;

    /// The company of that name.
    ///
    /// # Errors
    /// Of the database.
    fn by_name(&self, scope: &PlatformScope, name: &str) -> Result<Option<Company>, AppError>;

    /// Companies, by creation.
    ///
    /// # Errors
    /// Of the database.
    fn page(
        &self,
        scope: &PlatformScope,
        request: &PageRequest<Creation<CompanyId>>,
    ) -> Result<Page<Company, Creation<CompanyId>>, AppError>;

    /// Changes a company; `None` when there is none of that id. Where the change
    /// [ends sessions](CompanyChange::ends_sessions), those of all users of the company end at `at`. What `audit` tells
    /// of the company as it was before is told in the same transaction.
    ///
    /// # Errors
    /// `Conflict(CompanyExists)` when the new name exists, or one that looks like it; those of `expected`.
    fn change(
        &self,
        scope: &PlatformScope,
        id: CompanyId,
        change: &CompanyChange,
        expected: Precondition<'_, Company>,
        at: DateTime<Utc>,
        audit: &dyn Fn(&Company) -> Vec<AuditEvent>,
    ) -> Result<Option<Company>, AppError>;
}

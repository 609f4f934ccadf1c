//! Identity across companies: login happens before anybody knows which company it is, and superadmins belong to none.
//! These repositories of the platform's [unit of work](super::platform) hold what that needs and nothing else.

use atalaya_domain::access::{PlatformScope, Role};
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::refresh::PresentedToken;
use atalaya_domain::session::{Session, SessionLimits, SessionPlace};
use atalaya_domain::user::{Email, User, Username};
use chrono::{DateTime, Utc};

use super::security::{PasswordHash, RefreshHash, SealedChild};
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
pub trait DirectoryReader {
    /// The user of that name.
    ///
    /// # Errors
    /// Of the database.
    fn by_username(&mut self, username: &Username) -> Result<Option<Credentials>, AppError>;

    /// Whether a user has that name, or had it and can still be restored.
    ///
    /// # Errors
    /// Of the database.
    fn is_taken(&mut self, username: &Username) -> Result<bool, AppError>;

    /// The user of that id.
    ///
    /// # Errors
    /// Of the database.
    fn by_id(&mut self, id: UserId) -> Result<Option<Credentials>, AppError>;

    /// The superadmins, by creation.
    ///
    /// # Errors
    /// Of the database.
    fn superadmins(&mut self, scope: &PlatformScope) -> Result<Vec<User>, AppError>;
}

/// Writes what concerns a user in whatever company, or in none.
pub trait DirectoryWriter: DirectoryReader {
    /// Registers a superadmin.
    ///
    /// # Errors
    /// `Conflict(UsernameTaken)` when the name exists.
    fn insert_superadmin(&mut self, scope: &PlatformScope, user: &NewUser, at: DateTime<Utc>)
    -> Result<User, AppError>;

    /// Stores a password and counts the user's version up, so that no access token of before is good any more. The
    /// sessions are not ended: see [`replace_password`](crate::passwords::replace_password).
    ///
    /// # Errors
    /// `NotFound(User)`; of the database.
    fn store_password(&mut self, user: UserId, password: &PasswordHash, must_change: bool) -> Result<(), AppError>;

    /// Deletes for good a user who was deleted before that time, with their sessions, and with their notices and
    /// requests that are kept. What their company has of them has to be gone already.
    ///
    /// # Errors
    /// Of the database.
    fn purge(&mut self, user: UserId, before: DateTime<Utc>) -> Result<(), AppError>;

    /// Notes a login. `false`, and nothing is noted, where the user's version is another by now, or the user was
    /// disabled, or the company suspended.
    ///
    /// # Errors
    /// Of the database.
    fn record_login(&mut self, user: UserId, version: i64, at: DateTime<Utc>) -> Result<bool, AppError>;

    /// Stores a better hash of the same password.
    ///
    /// # Errors
    /// Of the database.
    fn rehash(&mut self, user: UserId, rehash: Rehash<'_>) -> Result<(), AppError>;

    /// Keeps something that the user has to be told at the next login.
    ///
    /// # Errors
    /// Of the database.
    fn add_notice(&mut self, user: UserId, notice: &SecurityNotice) -> Result<(), AppError>;

    /// What the user was to be told, oldest first. It is forgotten with this.
    ///
    /// # Errors
    /// Of the database.
    fn take_notices(&mut self, user: UserId) -> Result<Vec<SecurityNotice>, AppError>;
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

/// A refresh token that the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownToken {
    /// Itself.
    pub hash: RefreshHash,
    /// The session that it belongs to, whatever its state.
    pub session: Session,
    /// Where it stands in the chain of its session's tokens, counted from 1.
    pub generation: i32,
    /// What the rules of rotation ask about it.
    pub presented: PresentedToken,
    /// Its child, as long as that is kept.
    pub sealed_child: Option<SealedChild>,
}

/// Reads sessions and their refresh tokens.
pub trait SessionReader {
    /// The session of that id.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, id: SessionId) -> Result<Option<Session>, AppError>;

    /// A refresh token and the session that it belongs to.
    ///
    /// # Errors
    /// Of the database.
    fn of_refresh(&mut self, token: &RefreshHash) -> Result<Option<KnownToken>, AppError>;

    /// A user's sessions that have neither ended nor expired, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn of_user(&mut self, user: UserId, now: DateTime<Utc>) -> Result<Vec<Session>, AppError>;

    /// A page of a user's sessions that are live at `now`, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page_of_user(
        &mut self,
        user: UserId,
        now: DateTime<Utc>,
        limits: &SessionLimits,
        page: &PageRequest<SessionPlace>,
    ) -> Result<Page<Session, SessionPlace>, AppError>;
}

/// Begins, continues and ends sessions.
pub trait SessionWriter: SessionReader {
    /// Stores a session, with its first refresh token if it has one.
    ///
    /// # Errors
    /// Of the database.
    fn insert(&mut self, session: &Session, refresh: Option<&RefreshHash>) -> Result<(), AppError>;

    /// Uses a refresh token up and stores its child, with one conditional update: of any number of parallel attempts
    /// one succeeds. What is kept of the token at its own parent is erased.
    ///
    /// # Errors
    /// `Unavailable(Database)` where another transaction was faster: tried again, this one finds that token's child.
    fn use_token(&mut self, token: &KnownToken, child: &RotateToken<'_>) -> Result<Session, AppError>;

    /// Ends a session of `user` at `at`. `false` when there is no such live session.
    ///
    /// # Errors
    /// Of the database.
    fn end(&mut self, user: UserId, session: SessionId, at: DateTime<Utc>) -> Result<bool, AppError>;

    /// Ends every session of `user` but `keep`.
    ///
    /// # Errors
    /// Of the database.
    fn end_others(&mut self, user: UserId, keep: Option<SessionId>, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Ends every session of the users of a company that a [`CompanyWriter::change`] of this transaction suspends: that
    /// change makes every process forget what it remembers of them.
    ///
    /// # Errors
    /// Of the database.
    fn end_of_company(&mut self, company: CompanyId, at: DateTime<Utc>) -> Result<(), AppError>;
}

/// Reads companies.
pub trait CompanyReader {
    /// One company.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, id: CompanyId) -> Result<Option<Company>, AppError>;

    /// The company of that name.
    ///
    /// # Errors
    /// Of the database.
    fn by_name(&mut self, name: &str) -> Result<Option<Company>, AppError>;

    /// Companies, by creation.
    ///
    /// # Errors
    /// Of the database.
    fn page(
        &mut self,
        request: &PageRequest<Creation<CompanyId>>,
    ) -> Result<Page<Company, Creation<CompanyId>>, AppError>;

    /// How many there are.
    ///
    /// # Errors
    /// Of the database.
    fn count(&mut self) -> Result<u64, AppError>;
}

/// Creates and changes companies.
pub trait CompanyWriter: CompanyReader {
    /// Creates a company.
    ///
    /// # Errors
    /// `Conflict(CompanyExists)` when the name exists, or one that looks like it.
    fn insert(&mut self, company: &NewCompany, at: DateTime<Utc>) -> Result<Company, AppError>;

    /// Changes a company, which is given as it is then.
    ///
    /// # Errors
    /// `Conflict(CompanyExists)` when the new name exists, or one that looks like it.
    fn change(&mut self, company: &Company, change: &CompanyChange) -> Result<Company, AppError>;
}

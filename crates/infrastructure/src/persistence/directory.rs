//! Users by name, across companies: what login and verified tokens need.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::ports::identity::{Credentials, Directory, NewUser};
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::security::PasswordHash;
use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::AuditEvent;
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::user::{Email, User, Username};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use super::connection::{AnyConnection, on_either};
use super::database::Database;
use super::drawn_id::with_drawn_id;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::{CompanyRow, UserRow, stored};
use super::schema::{companies, sessions, users};
use super::sessions::end_others;
use super::transaction::Transaction;

type UserAndCompany = (UserRow, Option<CompanyRow>);

/// The one user whom a condition on its columns leaves, with the company. A macro, because diesel's type of a boxed
/// query names one database.
macro_rules! one_user {
    ($database:expr, $condition:expr) => {{
        let found: Option<UserAndCompany> = $database.snapshot(Reach::Platform, |tx| {
            let query = users::table.left_join(companies::table).filter($condition);
            query.select((UserRow::as_select(), Option::<CompanyRow>::as_select())).first(tx.conn).optional().or_fault()
        })?;
        found.map(|(user, company)| user.into_credentials(company)).transpose()
    }};
}

/// Stores a password, whoever chose it; tokens and sessions that were made with the old one are void, but for `keep`.
fn store_password(
    tx: &mut Transaction<'_>,
    user: UserId,
    password: &PasswordHash,
    must_change: bool,
    keep: Option<SessionId>,
    audit: &AuditEvent,
) -> Result<(), AppError> {
    let found = diesel::update(users::table.find(user.get()))
        .set((
            users::password_hash.eq(password.hash.expose_secret()),
            users::pepper_id.eq(&password.pepper_id),
            users::must_change_password.eq(must_change),
            users::version.eq(users::version + 1),
        ))
        .execute(tx.conn)
        .or_fault()?;
    if found == 0 {
        return Err(AppError::NotFound(Resource::User));
    }
    tx.changed(Change::User(user));
    end_others(tx, user, keep, audit.at)?;
    tx.audit(audit)
}

/// Registers a user of `company`, or a superadmin of none.
pub(super) fn insert_user(
    tx: &mut Transaction<'_>,
    company: Option<CompanyId>,
    user: &NewUser,
    at: DateTime<Utc>,
) -> Result<User, AppError> {
    let id = with_drawn_id(tx, UserId::drawn, |conn, id| {
        on_either!(conn, |conn| diesel::insert_into(users::table)
            .values((
                users::id.eq(id.get()),
                users::company_id.eq(company.map(CompanyId::get)),
                users::username.eq(user.username.as_str()),
                users::username_key.eq(user.username.key()),
                users::password_hash.eq(user.password.hash.expose_secret()),
                users::pepper_id.eq(&user.password.pepper_id),
                users::role.eq(user.role.as_str()),
                users::email.eq(user.email.as_ref().map(Email::as_str)),
                users::active.eq(true),
                users::version.eq(1),
                users::created_at.eq(stored(at)),
                users::must_change_password.eq(user.must_change_password),
            ))
            .on_conflict(users::id)
            .do_nothing()
            .execute(conn))
        .or_conflict(Conflict::UsernameTaken)
    })?;
    let row: UserRow = users::table.find(id.get()).select(UserRow::as_select()).first(tx.conn).or_fault()?;
    row.into_domain()
}

impl Directory for Database {
    fn by_username(&self, username: &Username) -> Result<Option<Credentials>, AppError> {
        one_user!(self, users::username_key.eq(username.key()))
    }

    fn by_id(&self, id: UserId) -> Result<Option<Credentials>, AppError> {
        one_user!(self, users::id.eq(id.get()))
    }

    fn change_password(
        &self,
        user: &User,
        password: &PasswordHash,
        session: SessionId,
        audit: &AuditEvent,
    ) -> Result<bool, AppError> {
        self.transaction(Reach::Platform, |tx| {
            let unchanged: i64 = users::table
                .inner_join(sessions::table.on(sessions::user_id.eq(users::id)))
                .filter(users::id.eq(user.id.get()))
                .filter(users::version.eq(user.version))
                .filter(sessions::id.eq(session.get().to_string()))
                .filter(sessions::ended_at.is_null())
                .count()
                .get_result(tx.conn)
                .or_fault()?;
            if unchanged == 0 {
                return Ok(false);
            }
            store_password(tx, user.id, password, false, Some(session), audit)?;
            Ok(true)
        })
    }

    fn assign_password(
        &self,
        user: UserId,
        password: &PasswordHash,
        temporary: bool,
        audit: &AuditEvent,
    ) -> Result<(), AppError> {
        self.transaction(Reach::Platform, |tx| store_password(tx, user, password, temporary, None, audit))
    }

    fn insert_superadmin(&self, _: &PlatformScope, user: &NewUser, audit: &AuditEvent) -> Result<User, AppError> {
        self.transaction(Reach::Platform, |tx| {
            tx.audit(audit)?;
            insert_user(tx, None, user, audit.at)
        })
    }
}

//! Users by name, across companies: what login and verified tokens need.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::ports::identity::{Credentials, DirectoryReader, DirectoryWriter, NewUser, Rehash};
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::security::PasswordHash;
use atalaya_domain::access::PlatformScope;
use atalaya_domain::id::{CompanyId, UserId};
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::user::{Email, User, Username};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use super::connection::{AnyConnection, on_either};
use super::drawn_id::with_drawn_id;
use super::error::Expecting;
use super::platform::Platform;
use super::rows::{CompanyRow, UserRow, loaded, stored, word};
use super::schema::{companies, idempotency_keys, refresh_tokens, security_notices, sessions, users};
use super::transaction::Transaction;

type UserAndCompany = (UserRow, Option<CompanyRow>);

/// The one user whom a condition on its columns leaves, with the company. A macro, because diesel's type of a boxed
/// query names one database.
macro_rules! one_user {
    ($conn:expr, $condition:expr) => {{
        let query = users::table.left_join(companies::table).filter($condition).filter(users::deleted_at.is_null());
        let with_company = query.select((UserRow::as_select(), Option::<CompanyRow>::as_select()));
        let found: Option<UserAndCompany> = with_company.first($conn).optional().or_fault()?;
        found.map(|(user, company)| user.into_credentials(company)).transpose()
    }};
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

impl DirectoryReader for Platform<'_, '_> {
    fn by_username(&mut self, username: &Username) -> Result<Option<Credentials>, AppError> {
        one_user!(self.conn(), users::username_key.eq(username.key()))
    }

    fn is_taken(&mut self, username: &Username) -> Result<bool, AppError> {
        let named = users::table.filter(users::username_key.eq(username.key())).select(users::id);
        let found: Option<i64> = named.first(self.conn()).optional().or_fault()?;
        Ok(found.is_some())
    }

    fn by_id(&mut self, id: UserId) -> Result<Option<Credentials>, AppError> {
        one_user!(self.conn(), users::id.eq(id.get()))
    }

    fn superadmins(&mut self, _: &PlatformScope) -> Result<Vec<User>, AppError> {
        let rows: Vec<UserRow> = users::table
            .filter(users::company_id.is_null())
            .filter(users::deleted_at.is_null())
            .order((users::created_at, users::id))
            .select(UserRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(UserRow::into_domain).collect()
    }
}

impl DirectoryWriter for Platform<'_, '_> {
    fn insert_superadmin(&mut self, _: &PlatformScope, user: &NewUser, at: DateTime<Utc>) -> Result<User, AppError> {
        insert_user(self.tx, None, user, at)
    }

    fn store_password(&mut self, user: UserId, password: &PasswordHash, must_change: bool) -> Result<(), AppError> {
        let found = diesel::update(users::table.find(user.get()))
            .set((
                users::password_hash.eq(password.hash.expose_secret()),
                users::pepper_id.eq(&password.pepper_id),
                users::must_change_password.eq(must_change),
                users::version.eq(users::version + 1),
            ))
            .execute(self.conn())
            .or_fault()?;
        if found == 0 {
            return Err(AppError::NotFound(Resource::User));
        }
        self.tx.changed(Change::User(user));
        Ok(())
    }

    fn purge(&mut self, user: UserId, before: DateTime<Utc>) -> Result<(), AppError> {
        let id = user.get();
        let of_user = sessions::table.filter(sessions::user_id.eq(id)).select(sessions::id);
        let gone = diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(of_user)));
        gone.execute(self.conn()).or_fault()?;
        diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(self.conn()).or_fault()?;
        diesel::delete(security_notices::table.filter(security_notices::user_id.eq(id)))
            .execute(self.conn())
            .or_fault()?;
        diesel::delete(idempotency_keys::table.filter(idempotency_keys::user_id.eq(id)))
            .execute(self.conn())
            .or_fault()?;
        diesel::delete(users::table.find(id))
            .filter(users::deleted_at.assume_not_null().lt(stored(before)))
            .execute(self.conn())
            .or_fault()
            .map(drop)
    }

    fn record_login(&mut self, user: UserId, version: i64, at: DateTime<Utc>) -> Result<bool, AppError> {
        let active_companies = companies::table.filter(companies::active).select(companies::id.nullable());
        let found = diesel::update(users::table.find(user.get()))
            .filter(users::version.eq(version))
            .filter(users::active)
            .filter(users::deleted_at.is_null())
            .filter(users::company_id.is_null().or(users::company_id.eq_any(active_companies)))
            .set(users::last_login_at.eq(stored(at)))
            .execute(self.conn())
            .or_fault()?;
        Ok(found > 0)
    }

    fn rehash(&mut self, user: UserId, Rehash { compared, better }: Rehash<'_>) -> Result<(), AppError> {
        diesel::update(users::table.find(user.get()))
            .filter(users::password_hash.eq(compared.hash.expose_secret()))
            .set((users::password_hash.eq(better.hash.expose_secret()), users::pepper_id.eq(&better.pepper_id)))
            .execute(self.conn())
            .or_fault()
            .map(drop)
    }

    fn add_notice(&mut self, user: UserId, notice: &SecurityNotice) -> Result<(), AppError> {
        diesel::insert_into(security_notices::table)
            .values((
                security_notices::user_id.eq(user.get()),
                security_notices::code.eq(notice.code.as_str()),
                security_notices::at.eq(stored(notice.at)),
                security_notices::device_name.eq(notice.device_name.as_deref()),
            ))
            .execute(self.conn())
            .or_fault()
            .map(drop)
    }

    fn take_notices(&mut self, user: UserId) -> Result<Vec<SecurityNotice>, AppError> {
        let mut rows: Vec<(NaiveDateTime, String, Option<String>)> = diesel::delete(security_notices::table)
            .filter(security_notices::user_id.eq(user.get()))
            .returning((security_notices::at, security_notices::code, security_notices::device_name))
            .get_results(self.conn())
            .or_fault()?;
        rows.sort();
        let notice = |(at, code, device_name): (NaiveDateTime, String, Option<String>)| {
            Ok(SecurityNotice { code: word("security_notices.code", &code)?, at: loaded(at), device_name })
        };
        rows.into_iter().map(notice).collect()
    }
}

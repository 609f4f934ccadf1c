//! Rows as the database holds them, and their way to the domain and back.

use std::fmt::Display;
use std::str::FromStr;

use atalaya_application::AppError;
use atalaya_application::page::Creation;
use atalaya_application::ports::identity::Credentials;
use atalaya_application::ports::security::PasswordHash;
use atalaya_domain::account::{Account, AccountHandle, AccountName, Platform};
use atalaya_domain::company::{Company, CompanyName, parse_time_zone};
use atalaya_domain::forecast::Grid;
use atalaya_domain::id::{AccountId, CompanyId, SessionId, UserId};
use atalaya_domain::observation::{Followers, Observation};
use atalaya_domain::session::{Agent, DeviceName, Session};
use atalaya_domain::user::{Email, User, Username};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use diesel::prelude::{Insertable, Queryable, Selectable};
use secrecy::SecretString;

use super::connection::MultiBackend;
use super::schema::{accounts, companies, observations, sessions, users};

/// The first moment that both databases order rightly among the others.
pub(super) const EARLIEST: NaiveDateTime = NaiveDate::from_ymd_opt(1, 1, 1).unwrap().and_time(NaiveTime::MIN);
/// The first moment that is no longer so: SQLite compares times as text, and five digits of a year break that.
pub(super) const LATEST: NaiveDateTime = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap().and_time(NaiveTime::MIN);

/// A stored value that is none of the domain's: somebody else wrote it.
#[derive(Debug, thiserror::Error)]
#[error("the column {column} holds a value that is not one of its kind: {reason}")]
struct Unreadable {
    column: &'static str,
    reason: String,
}

/// A value of a column, as the domain reads it.
pub(super) fn read<T, E: Display>(column: &'static str, parsed: Result<T, E>) -> Result<T, AppError> {
    parsed.map_err(|reason| AppError::internal(Unreadable { column, reason: reason.to_string() }))
}

/// [`read`] for words.
pub(super) fn word<T: FromStr<Err: Display>>(column: &'static str, text: &str) -> Result<T, AppError> {
    read(column, text.parse())
}

/// The spacing of a version's series.
pub(super) fn grid(text: &str) -> Result<Grid, AppError> {
    let known = [Grid::Daily, Grid::Hourly].into_iter().find(|grid| grid.as_str() == text);
    read("model_versions.grid", known.ok_or("no such grid"))
}

/// A time as it is stored: UTC, to the microsecond.
pub(super) fn stored(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().trunc_subsecs(6).clamp(EARLIEST, LATEST)
}

/// The first storable time that is not before `at`: what a bound of a span becomes.
pub(super) fn stored_bound(at: DateTime<Utc>) -> NaiveDateTime {
    let down = stored(at);
    if down < at.naive_utc() && down < LATEST { down + TimeDelta::microseconds(1) } else { down }
}

/// After which creation time and id a page begins; before everything on the first page.
pub(super) fn behind<I>(after: Option<Creation<I>>, number: fn(I) -> i64) -> (NaiveDateTime, i64) {
    after.map_or((EARLIEST, i64::MIN), |Creation { at, id }| (stored(at), number(id)))
}

/// A stored time.
pub(super) fn loaded(at: NaiveDateTime) -> DateTime<Utc> {
    at.and_utc()
}

/// A stored number of things.
pub(super) fn count(column: &'static str, number: i64) -> Result<u64, AppError> {
    read(column, u64::try_from(number))
}

/// The columns of a row, for `returning`: diesel's own `as_returning` does not compile for two databases at once.
pub(super) fn columns<R: Selectable<MultiBackend>>() -> R::SelectExpression {
    R::construct_selection()
}

/// A company.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = companies)]
pub(super) struct CompanyRow {
    id: i64,
    name: String,
    time_zone: String,
    active: bool,
    created_at: NaiveDateTime,
}

impl CompanyRow {
    pub(super) fn into_domain(self) -> Result<Company, AppError> {
        Ok(Company {
            id: CompanyId::new(self.id),
            name: CompanyName::stored(self.name),
            time_zone: read("companies.time_zone", parse_time_zone(&self.time_zone))?,
            active: self.active,
            created_at: loaded(self.created_at),
        })
    }
}

/// A user with the stored hash.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(super) struct UserRow {
    id: i64,
    company_id: Option<i64>,
    username: String,
    password_hash: String,
    pepper_id: String,
    role: String,
    email: Option<String>,
    active: bool,
    version: i64,
    created_at: NaiveDateTime,
    last_login_at: Option<NaiveDateTime>,
    must_change_password: bool,
}

impl UserRow {
    pub(super) fn into_domain(self) -> Result<User, AppError> {
        self.split().map(|(user, _)| user)
    }

    pub(super) fn into_credentials(self, company: Option<CompanyRow>) -> Result<Credentials, AppError> {
        let (user, password) = self.split()?;
        Ok(Credentials { user, password, company: company.map(CompanyRow::into_domain).transpose()? })
    }

    fn split(self) -> Result<(User, PasswordHash), AppError> {
        let user = User {
            id: UserId::new(self.id),
            company: self.company_id.map(CompanyId::new),
            username: read("users.username", Username::parse(&self.username))?,
            role: word("users.role", &self.role)?,
            active: self.active,
            email: self.email.map(Email::stored),
            created_at: loaded(self.created_at),
            last_login_at: self.last_login_at.map(loaded),
            version: self.version,
            must_change_password: self.must_change_password,
        };
        Ok((user, PasswordHash { hash: SecretString::from(self.password_hash), pepper_id: self.pepper_id }))
    }
}

/// An account, without its running totals.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(super) struct AccountRow {
    id: i64,
    handle: String,
    name: String,
    platform: Option<String>,
    time_zone: Option<String>,
    registered_at: NaiveDateTime,
}

impl AccountRow {
    pub(super) fn into_domain(self) -> Result<Account, AppError> {
        let zone = |text: String| read("accounts.time_zone", parse_time_zone(&text));
        Ok(Account {
            id: AccountId::new(self.id),
            handle: handle(&self.handle)?,
            name: AccountName::stored(self.name),
            platform: self.platform.map(Platform::stored),
            time_zone: self.time_zone.map(zone).transpose()?,
            registered_at: loaded(self.registered_at),
        })
    }
}

/// A stored handle.
pub(super) fn handle(text: &str) -> Result<AccountHandle, AppError> {
    read("accounts.handle", AccountHandle::parse(text))
}

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = observations, treat_none_as_default_value = false)]
pub(super) struct ObservationRow {
    company_id: i64,
    account_id: i64,
    pub(super) observed_at: NaiveDateTime,
    pub(super) followers: i64,
    pub(super) posts: Option<i64>,
    pub(super) following: Option<i64>,
}

impl ObservationRow {
    pub(super) fn new(company: CompanyId, account: AccountId, observation: &Observation) -> Result<Self, AppError> {
        let number = |followers: Followers| i64::try_from(followers.get()).map_err(AppError::internal);
        Ok(Self {
            company_id: company.get(),
            account_id: account.get(),
            observed_at: stored(observation.at),
            followers: number(observation.followers)?,
            posts: observation.posts.map(number).transpose()?,
            following: observation.following.map(number).transpose()?,
        })
    }

    /// A row with the columns that a series of days is made of: its time, followers and posts.
    pub(super) fn closing(
        company: CompanyId,
        account: AccountId,
        (observed_at, followers, posts): (NaiveDateTime, i64, Option<i64>),
    ) -> Self {
        Self { company_id: company.get(), account_id: account.get(), observed_at, followers, posts, following: None }
    }

    pub(super) fn into_domain(self) -> Result<Observation, AppError> {
        let number = |column, value| read(column, Followers::new(count(column, value)?));
        Ok(Observation {
            at: loaded(self.observed_at),
            followers: number("observations.followers", self.followers)?,
            posts: self.posts.map(|value| number("observations.posts", value)).transpose()?,
            following: self.following.map(|value| number("observations.following", value)).transpose()?,
        })
    }
}

/// A session.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow {
    id: String,
    user_id: i64,
    company_id: Option<i64>,
    device_name: Option<String>,
    created_at: NaiveDateTime,
    last_used_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    address: Option<String>,
    ended_at: Option<NaiveDateTime>,
    agent: Option<String>,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.get().to_string(),
            user_id: session.user.get(),
            company_id: session.company.map(CompanyId::get),
            device_name: session.device_name.as_ref().map(|name| name.as_str().to_owned()),
            created_at: stored(session.created_at),
            last_used_at: stored(session.last_used_at),
            expires_at: stored(session.expires_at),
            address: session.address.clone(),
            ended_at: session.ended_at.map(stored),
            agent: session.agent.as_ref().map(|agent| agent.as_str().to_owned()),
        }
    }
}

impl SessionRow {
    pub(super) fn into_domain(self) -> Result<Session, AppError> {
        Ok(Session {
            id: session_id(&self.id)?,
            user: UserId::new(self.user_id),
            company: self.company_id.map(CompanyId::new),
            device_name: self.device_name.map(DeviceName::stored),
            agent: self.agent.as_deref().and_then(Agent::readable),
            created_at: loaded(self.created_at),
            last_used_at: loaded(self.last_used_at),
            expires_at: loaded(self.expires_at),
            address: self.address,
            ended_at: self.ended_at.map(loaded),
        })
    }
}

/// A stored session id.
pub(super) fn session_id(text: &str) -> Result<SessionId, AppError> {
    word("sessions.id", text).map(SessionId::new)
}

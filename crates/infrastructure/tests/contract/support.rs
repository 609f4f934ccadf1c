//! A database to test on, and short ways to fill it.

use std::sync::{Arc, Mutex};

use atalaya_application::AppError;
use atalaya_application::companies::{Companies, CompanyService};
use atalaya_application::passwords::{Replacement, replace_password};
use atalaya_application::ports::identity::{Credentials, NewUser, Rehash, RotateToken, Rotation};
use atalaya_application::ports::memory::{Change, ChangeListener};
use atalaya_application::ports::platform::{PlatformUnit, PlatformView};
use atalaya_application::ports::repositories::{AccountSummary, NewModel, TimeSpan, TrainingFacts};
use atalaya_application::ports::retention::Expiring;
use atalaya_application::ports::runtime::Clock;
use atalaya_application::ports::security::{PasswordHash, RefreshHash, SealedChild};
use atalaya_application::ports::store::UnitOfWork;
use atalaya_application::sessions::{BeginSession, change_own};
use atalaya_domain::access::{Actor, Operator, Permission, PlatformScope, Role, TenantScope};
use atalaya_domain::account::{Account, AccountHandle, AccountName, NewAccount};
use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::company::{Company, CompanyChange, CompanyName, DEFAULT_TIME_ZONE, NewCompany};
use atalaya_domain::forecast::{Grid, ModelId};
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::observation::{Followers, Observation};
use atalaya_domain::overview::Outlook;
use atalaya_domain::session::{Agent, DeviceName, Session, SessionLimits};
use atalaya_domain::user::{User, Username};
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::security::AuditKeys;
use atalaya_test_servers::{PgDatabase, Postgres};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use secrecy::{SecretSlice, SecretString};
use tempfile::TempDir;
use uuid::Uuid;

/// A database of a test's own, and a way into it beside the adapter.
pub(crate) trait Fixture {
    /// Its address.
    fn url(&self) -> String;
    /// Runs statements that the adapter would not.
    fn execute(&self, sql: &str);
    /// Every object of the schema, in a form that can be compared.
    fn schema(&self) -> Vec<String>;
}

/// A file in a folder that goes with the test.
pub(crate) struct SqliteFile(TempDir);

#[derive(QueryableByName)]
struct SchemaObject {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    sql: Option<String>,
}

impl SqliteFile {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn connection(&self) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(self.path().to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON").unwrap();
        conn
    }

    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.0.path().join("data").join("atalaya.db")
    }
}

impl Fixture for SqliteFile {
    fn url(&self) -> String {
        format!("sqlite://{}", self.path().display())
    }

    fn execute(&self, sql: &str) {
        self.connection().batch_execute(sql).unwrap();
    }

    fn schema(&self) -> Vec<String> {
        let query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
        let objects: Vec<SchemaObject> = diesel::sql_query(query).load(&mut self.connection()).unwrap();
        objects.into_iter().map(|object| format!("{}: {}", object.name, object.sql.unwrap_or_default())).collect()
    }
}

/// A database of a server that the tests share, dropped with the test.
pub(crate) struct PostgresServer(PgDatabase);

/// What there is in the schema `public`, in words that do not depend on the order in which it came.
const POSTGRES_SCHEMA: &str = "
    SELECT relname AS name, concat_ws(' ', relkind, relpersistence, reloptions,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner)),
        relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner)) AS sql
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity,
        attcollation::regcollation, attacl, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT policyname, concat_ws(' ', tablename, permissive, roles, cmd, qual, with_check)
    FROM pg_policies WHERE schemaname = 'public'
    UNION ALL
    SELECT proname, concat_ws(' ', pg_get_functiondef(oid), proacl) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY name, sql";

impl PostgresServer {
    pub(crate) fn new() -> Self {
        Self(Postgres::shared().create_database())
    }

    fn connection(&self) -> PgConnection {
        PgConnection::establish(&self.0.superuser_url()).unwrap()
    }
}

impl Fixture for PostgresServer {
    fn url(&self) -> String {
        self.0.url()
    }

    fn execute(&self, sql: &str) {
        self.connection().batch_execute(sql).unwrap();
    }

    fn schema(&self) -> Vec<String> {
        let objects: Vec<SchemaObject> = diesel::sql_query(POSTGRES_SCHEMA).load(&mut self.connection()).unwrap();
        objects.into_iter().map(|object| format!("{}: {}", object.name, object.sql.unwrap_or_default())).collect()
    }
}

/// Remembers what it was told.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<Change>>);

impl ChangeListener for Heard {
    fn changed(&self, change: &Change) {
        self.0.lock().unwrap().push(change.clone());
    }

    fn everything_changed(&self) {}
}

impl Heard {
    /// What was told since the last call.
    pub(crate) fn take(&self) -> Vec<Change> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A clock that stands.
pub(crate) struct At(pub(crate) DateTime<Utc>);

impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// Connections of a process, of which one is kept for what it must renew and hear.
pub(crate) const POOL_SIZE: u32 = 8;

/// A migrated database, as one process sees it.
pub(crate) struct World {
    pub(crate) database: Arc<Database>,
    pub(crate) heard: Arc<Heard>,
}

impl World {
    pub(crate) fn new(fixture: &dyn Fixture) -> Self {
        let world = Self::opened(fixture);
        world.database.setup().migrate_up().unwrap();
        world
    }

    /// A further process on the same database.
    pub(crate) fn opened(fixture: &dyn Fixture) -> Self {
        let heard = Arc::new(Heard::default());
        let database = Database::open(&fixture.url(), POOL_SIZE, vec![Arc::clone(&heard) as _]).unwrap();
        database.key_audit(AuditKeys::new(&SecretSlice::from(vec![7; 32])));
        Self { database, heard }
    }

    /// A scope over a new company of that name.
    pub(crate) fn company(&self, name: &str) -> TenantScope {
        let company = NewCompany { name: CompanyName::parse(name).unwrap(), time_zone: DEFAULT_TIME_ZONE };
        whole(self.create(&company, start()).unwrap().id)
    }

    pub(crate) fn account(&self, scope: &TenantScope, handle: &str) -> Account {
        self.write(scope, |unit| unit.accounts().insert(&new_account(handle), start())).unwrap()
    }

    pub(crate) fn user(&self, scope: &TenantScope, name: &str, role: Role) -> User {
        self.write(scope, |unit| unit.users().insert(&new_user(name, role), start())).unwrap()
    }

    pub(crate) fn assign(&self, scope: &TenantScope, user: &User, handles: &[&str]) -> Vec<AccountHandle> {
        let handles: Vec<AccountHandle> = handles.iter().map(|text| handle(text)).collect();
        self.write(scope, |unit| unit.users().assign(user, &handles)).unwrap()
    }

    pub(crate) fn write<T>(
        &self,
        scope: &TenantScope,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.database.store().transaction(scope, work)
    }

    pub(crate) fn observations(&self, scope: &TenantScope, account: &Account) -> Vec<Observation> {
        self.database.store().query(scope, |view| view.observations().all(account)).unwrap()
    }

    pub(crate) fn summaries(&self, scope: &TenantScope) -> Vec<AccountSummary> {
        self.database.store().query(scope, |view| view.accounts().all()).unwrap()
    }

    pub(crate) fn platform_read<T>(
        &self,
        work: impl FnMut(&mut dyn PlatformView) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.database.platform().query(work)
    }

    pub(crate) fn platform_write<T>(
        &self,
        work: impl FnMut(&mut dyn PlatformUnit) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.database.platform().transaction(work)
    }

    /// The use cases of companies at `at`.
    fn companies(&self, at: DateTime<Utc>) -> CompanyService {
        CompanyService { platform: self.database.platform(), clock: Arc::new(At(at)) }
    }

    pub(crate) fn create(&self, company: &NewCompany, at: DateTime<Utc>) -> Result<Company, AppError> {
        self.companies(at).create(&Operator::at_the_machine().platform_mandate(), company)
    }

    pub(crate) fn change_company(&self, id: CompanyId, change: &CompanyChange) -> Result<Company, AppError> {
        self.companies(start()).change(&Operator::at_the_machine().platform_mandate(), id, change, &|_| Ok(()))
    }

    pub(crate) fn user_of(&self, id: UserId) -> Option<Credentials> {
        self.platform_read(|view| view.users().by_id(id)).unwrap()
    }

    pub(crate) fn user_named(&self, name: &str) -> Option<Credentials> {
        self.platform_read(|view| view.users().by_username(&Username::parse(name).unwrap())).unwrap()
    }

    pub(crate) fn superadmin(&self, name: &str) -> Result<User, AppError> {
        let user = new_user(name, Role::Superadmin);
        self.platform_write(|unit| unit.users().insert_superadmin(&platform(), &user, start()))
    }

    /// Stores a password that somebody else chose.
    pub(crate) fn assign_password(&self, user: UserId, text: &str, must_change: bool) -> Result<(), AppError> {
        let replacement = Replacement { password: &password(text), must_change, keep: None };
        self.platform_write(|unit| replace_password(unit, user, &replacement, &event(start())))
    }

    /// Stores a password that the user chose in `session`.
    pub(crate) fn change_password(&self, user: &User, text: &str, session: SessionId) -> bool {
        self.platform_write(|unit| change_own(unit, user, &password(text), session, &event(start()))).unwrap()
    }

    pub(crate) fn sessions_of(&self, user: UserId) -> Vec<Session> {
        self.platform_read(|view| view.sessions().of_user(user, start())).unwrap()
    }

    pub(crate) fn session_of_id(&self, id: SessionId) -> Option<Session> {
        self.platform_read(|view| view.sessions().find(id)).unwrap()
    }

    /// The session that a refresh token belongs to.
    pub(crate) fn session_of_token(&self, token: &RefreshHash) -> Option<Session> {
        self.platform_read(|view| view.sessions().of_refresh(token)).unwrap().map(|known| known.session)
    }

    pub(crate) fn end_session(&self, session: &Session) -> bool {
        self.platform_write(|unit| unit.sessions().end(session.user, session.id, start())).unwrap()
    }

    /// Deletes some of what is kept no longer at `at`, and says how many those were.
    pub(crate) fn prune(&self, kind: Expiring, at: DateTime<Utc>) -> usize {
        self.database.retention().prune(kind, at).unwrap()
    }

    /// Stores a session as a login does, and gives what its user is told.
    pub(crate) fn begin(
        &self,
        session: &Session,
        refresh: Option<&RefreshHash>,
        rehash: Option<Rehash<'_>>,
    ) -> Vec<SecurityNotice> {
        let user_version = self.user_of(session.user).unwrap().user.version;
        let begin = BeginSession {
            session,
            user_version,
            refresh,
            rehash,
            audit: &event(session.created_at),
            takes_notices: true,
        };
        self.platform_write(|unit| begin.store(unit)).unwrap()
    }

    /// Presents `token(presented)`, with `token(child)` to be its child.
    pub(crate) fn rotate(&self, presented: u16, child: u16, at: DateTime<Utc>) -> Rotation {
        let (presented, sealed_child) = (token(presented), sealed(child));
        let attempt = RotateToken { presented: &presented, child: &token(child), sealed_child: &sealed_child, at };
        self.platform_write(|unit| attempt.rotate(unit, &LIMITS)).unwrap()
    }

    /// A stored session of `user` whose first refresh token is `token(first)`.
    pub(crate) fn session(&self, user: &User, number: u128, first: u16) -> Session {
        let session = Session {
            id: SessionId::new(Uuid::from_u128(number)),
            user: user.id,
            company: user.company,
            device_name: Some(DeviceName::stored("laptop".to_owned())),
            agent: Agent::readable("curl/8.5"),
            created_at: start(),
            last_used_at: start(),
            expires_at: start() + LIMITS.absolute,
            address: None,
            ended_at: None,
        };
        self.begin(&session, Some(&token(first)), None);
        session
    }
}

pub(crate) const LIMITS: SessionLimits = SessionLimits {
    access_token: TimeDelta::minutes(30),
    idle: TimeDelta::minutes(120),
    absolute: TimeDelta::hours(24),
};

/// Noon of a day in 2026.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp_secs(1_769_256_000).unwrap()
}

/// Something for the audit log.
pub(crate) fn event(at: DateTime<Utc>) -> AuditEvent {
    AuditEvent::by_operator(&Operator::at_the_machine(), AuditAction::UserChanged, at)
}

pub(crate) fn platform() -> PlatformScope {
    Operator::at_the_machine().platform()
}

/// A scope over all accounts of a company.
pub(crate) fn whole(company: CompanyId) -> TenantScope {
    Operator::at_the_machine().scope(company, Permission::ReadForecasts)
}

/// A scope over the accounts assigned to `user`.
pub(crate) fn assigned(user: &User) -> TenantScope {
    let session = SessionId::new(Uuid::nil());
    let actor = Actor::new(user.id, user.username.clone(), user.role, user.company, session).unwrap();
    actor.authorize(Permission::ReadForecasts).unwrap()
}

pub(crate) fn handle(text: &str) -> AccountHandle {
    AccountHandle::parse(text).unwrap()
}

pub(crate) fn new_account(text: &str) -> NewAccount {
    let name = AccountName::parse(text).unwrap();
    NewAccount { handle: handle(text), name, platform: None, time_zone: None }
}

pub(crate) fn password(hash: &str) -> PasswordHash {
    PasswordHash { hash: SecretString::from(hash), pepper_id: "p1".to_owned() }
}

pub(crate) fn new_user(name: &str, role: Role) -> NewUser {
    NewUser {
        username: Username::parse(name).unwrap(),
        role,
        email: None,
        password: password("hash"),
        must_change_password: false,
    }
}

/// The observation of one minute after [`start`].
pub(crate) fn observation(minute: i64, followers: u64) -> Observation {
    let at = start() + TimeDelta::minutes(minute);
    Observation { at, followers: Followers::new(followers).unwrap(), posts: None, following: None }
}

pub(crate) fn span(from: i64, until: i64) -> TimeSpan {
    let minute = |number| Some(start() + TimeDelta::minutes(number));
    TimeSpan { from: minute(from), until: minute(until) }
}

pub(crate) fn model(artifact: &[u8]) -> NewModel {
    let facts = TrainingFacts {
        trained_at: start(),
        trained_by: "ana".to_owned(),
        served: ModelId::RandomForest,
        grid: Grid::Hourly,
        mae: 1.5,
        rmse: 2.0,
        mape: None,
        mase: Some(0.75),
        data_from: start() - TimeDelta::days(30),
        data_until: start(),
    };
    NewModel { facts, artifact: artifact.to_vec(), fitted: b"fitted".to_vec(), outlook: Outlook::default() }
}

pub(crate) fn token(number: u16) -> RefreshHash {
    let [high, low] = number.to_be_bytes();
    let mut hash = [0; 32];
    (hash[0], hash[1]) = (high, low);
    RefreshHash(hash)
}

/// What stands for `token(number)`, encrypted for its parent.
pub(crate) fn sealed(number: u16) -> SealedChild {
    SealedChild(number.to_be_bytes().to_vec())
}

pub(crate) fn handles(summaries: &[AccountSummary]) -> Vec<&str> {
    summaries.iter().map(|summary| summary.account.handle.as_str()).collect()
}

/// A user id that nobody has.
pub(crate) const NOBODY: UserId = UserId::new(i64::MAX);

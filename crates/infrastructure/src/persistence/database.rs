//! [`Database`]: the pool, and the two ways to work on it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::ports::audit::PlatformAudit;
use atalaya_application::ports::identity::{CompanyStore, Directory, SessionStore};
use atalaya_application::ports::keys::KeyStore;
use atalaya_application::ports::memory::{Change, ChangeListener};
use atalaya_application::ports::store::Store;
use atalaya_domain::user::Username;
use diesel::connection::TransactionManager;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;
use r2d2::{Pool, PooledConnection};

use super::changes::{self, ChangeFeed};
use super::connection::{AnyConnection, Connector, DatabaseUrl, build_pool};
use super::error::Expecting;
use super::schema::{companies, users};
use super::turn::Turn;
use super::upsert::{begin_migration, begin_read, begin_write};
use crate::security::AuditKeys;

/// How long contention is fought before the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
/// The first pause after contention; each further one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause after contention.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// The database. It implements the ports [`Store`], [`Directory`], [`SessionStore`] and [`CompanyStore`]; the methods of
/// those names give it as each.
pub struct Database {
    pool: Pool<Connector>,
    /// Only where the database takes one writer at a time.
    turn: Option<Turn>,
    listeners: Vec<Arc<dyn ChangeListener>>,
    /// Known only after migrating, because the secret behind it is in the database.
    audit_keys: OnceLock<AuditKeys>,
    announce: OnceLock<Announce>,
}

/// Calls other processes after a commit with changes. It must not block.
type Announce = Box<dyn Fn() + Send + Sync>;

/// The program was put together without the keys of the audit log: what cannot be told must not happen.
#[derive(Debug, thiserror::Error)]
#[error("the audit log has no keys, so nothing that it has to tell can be done")]
struct NoKey;

/// One transaction: its connection, and what it makes untrue of what processes remember.
pub(super) struct Transaction<'c> {
    pub(super) conn: &'c mut AnyConnection,
    changes: Vec<Change>,
    audit_keys: Option<&'c AuditKeys>,
}

impl<'c> Transaction<'c> {
    /// The keys of the audit log.
    ///
    /// # Errors
    /// `Internal` without them.
    pub(super) fn audit_keys(&self) -> Result<&'c AuditKeys, AppError> {
        self.audit_keys.ok_or_else(|| AppError::internal(NoKey))
    }

    /// Notes a change. It is written to the log at the end of this transaction and told after the commit.
    pub(super) fn changed(&mut self, change: Change) {
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }
}

type Begin = fn(&mut AnyConnection) -> QueryResult<()>;

impl Database {
    /// Opens `sqlite://PATH` (file and folder are made where missing) or `postgres://…`, with at most `pool_size`
    /// connections. `listeners` hear of every change that is committed through this value. Nothing is migrated.
    ///
    /// # Errors
    /// `Internal` when the address is none or no connection can be opened.
    pub fn open(url: &str, pool_size: u32, listeners: Vec<Arc<dyn ChangeListener>>) -> Result<Arc<Self>, AppError> {
        let url = DatabaseUrl::parse(url)?;
        let turn = matches!(url, DatabaseUrl::Sqlite(_)).then(Turn::default);
        let pool = build_pool(url, pool_size)?;
        Ok(Arc::new(Self { pool, turn, listeners, audit_keys: OnceLock::new(), announce: OnceLock::new() }))
    }

    /// The database as the door to a company's data.
    #[must_use]
    pub fn store(self: &Arc<Self>) -> Arc<dyn Store> {
        Arc::clone(self) as _
    }

    /// The database as the directory of users.
    #[must_use]
    pub fn directory(self: &Arc<Self>) -> Arc<dyn Directory> {
        Arc::clone(self) as _
    }

    /// The database as the store of sessions.
    #[must_use]
    pub fn sessions(self: &Arc<Self>) -> Arc<dyn SessionStore> {
        Arc::clone(self) as _
    }

    /// The database as the store of companies.
    #[must_use]
    pub fn companies(self: &Arc<Self>) -> Arc<dyn CompanyStore> {
        Arc::clone(self) as _
    }

    /// The database as the platform's chain of the audit log.
    #[must_use]
    pub fn platform_audit(self: &Arc<Self>) -> Arc<dyn PlatformAudit> {
        Arc::clone(self) as _
    }

    /// Gives the audit log its keys; the first ones stay. Until then whatever has to be told fails.
    pub fn key_audit(&self, keys: AuditKeys) {
        // A second call brings the same keys, derived from the same secret.
        let _ = self.audit_keys.set(keys);
    }

    /// Has every commit with changes announced by `announce`, so that other processes read the change log at once; the
    /// first one stays. A call that is lost loses nothing: they read it now and then anyway.
    pub fn announce_by(&self, announce: impl Fn() + Send + Sync + 'static) {
        let _ = self.announce.set(Box::new(announce));
    }

    /// The keys of the audit log.
    ///
    /// # Errors
    /// `Internal` without them.
    pub(super) fn audit_keys(&self) -> Result<&AuditKeys, AppError> {
        self.audit_keys.get().ok_or_else(|| AppError::internal(NoKey))
    }

    /// The signing keys and the stored secrets.
    #[must_use]
    pub fn keys(self: &Arc<Self>) -> Arc<dyn KeyStore> {
        Arc::clone(self) as _
    }

    /// A reader of the changes that are committed from now on, by this process and by others.
    ///
    /// # Errors
    /// Of the database.
    pub fn change_feed(self: &Arc<Self>) -> Result<ChangeFeed, AppError> {
        ChangeFeed::new(Arc::clone(self))
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// `Unavailable` when there is none in time.
    pub fn ping(&self) -> Result<(), AppError> {
        self.connection()?.ping().or_fault()
    }

    /// How many connections are open, and how many of them are idle.
    #[must_use]
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }

    /// How many companies there are.
    ///
    /// # Errors
    /// Of the database.
    pub fn company_count(&self) -> Result<u64, AppError> {
        let number: i64 = self.snapshot(|tx| companies::table.count().get_result(tx.conn).or_fault())?;
        super::rows::count("companies", number)
    }

    /// Whether a user of that name exists, in whatever company.
    ///
    /// # Errors
    /// Of the database.
    pub fn has_user(&self, username: &Username) -> Result<bool, AppError> {
        let found: i64 = self.snapshot(|tx| {
            users::table.filter(users::username_key.eq(username.key())).count().get_result(tx.conn).or_fault()
        })?;
        Ok(found > 0)
    }

    /// Runs `work` in one snapshot. It must not write.
    pub(super) fn snapshot<T>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transact(begin_read, work)
    }

    /// Runs `work` in a transaction that commits on `Ok`, then tells of its changes. It runs again after contention.
    pub(super) fn transaction<T>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.commit_after(begin_write, work)
    }

    /// [`Self::transaction`] that also keeps other processes' migrations out.
    pub(super) fn migration<T>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.commit_after(begin_migration, work)
    }

    /// Tells every listener.
    pub(super) fn tell(&self, changes: &[Change]) {
        for change in changes {
            self.listeners.iter().for_each(|listener| listener.changed(change));
        }
    }

    fn commit_after<T>(
        &self,
        begin: Begin,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let (value, changes) = {
            let _turn = match &self.turn {
                Some(turn) => Some(turn.take(PATIENCE).ok_or_else(|| AppError::unavailable(Part::Database))?),
                None => None,
            };
            self.transact(begin, |tx| {
                let value = work(tx)?;
                changes::append(tx.conn, &tx.changes)?;
                Ok((value, std::mem::take(&mut tx.changes)))
            })?
        };
        self.tell(&changes);
        if let Some(announce) = self.announce.get().filter(|_| !changes.is_empty()) {
            announce();
        }
        Ok(value)
    }

    /// Runs `work` in a transaction, again after contention until [`PATIENCE`] is over.
    fn transact<T>(
        &self,
        begin: Begin,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let mut conn = self.connection()?;
            let outcome = attempt(&mut conn, begin, self.audit_keys.get(), &mut work);
            let contended = matches!(outcome, Err(AppError::Unavailable { part: Part::Database, .. }));
            // A connection that broke may have done so after the commit: trying again could do the work twice.
            if !contended || conn.is_broken() || started.elapsed() > PATIENCE {
                return outcome;
            }
            drop(conn);
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn connection(&self) -> Result<PooledConnection<Connector>, AppError> {
        self.pool.get().map_err(|error| {
            tracing::warn!(event = "database_pool_exhausted", %error, "no database connection became free in time");
            AppError::unavailable(Part::Database)
        })
    }
}

/// Runs `work` in a transaction once. A panic in it leaves the transaction open, and the pool closes such a connection.
fn attempt<T>(
    conn: &mut AnyConnection,
    begin: Begin,
    audit_keys: Option<&AuditKeys>,
    work: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    type Manager = <AnyConnection as Connection>::TransactionManager;
    begin(conn).or_fault()?;
    match work(&mut Transaction { conn, changes: Vec::new(), audit_keys }) {
        Ok(value) => {
            Manager::commit_transaction(conn).or_fault()?;
            Ok(value)
        }
        Err(error) => {
            if let Err(failure) = Manager::rollback_transaction(conn) {
                // The pool closes the connection, which rolls back too.
                tracing::warn!(event = "rollback_failed", error = %failure, "a transaction could not be rolled back");
            }
            Err(error)
        }
    }
}

//! [`Database`]: the pool, and the two ways to work on it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::ports::jobs::JobQueue;
use atalaya_application::ports::memory::{Change, ChangeListener};
use atalaya_application::ports::platform::PlatformStore;
use atalaya_application::ports::retention::Retention;
use atalaya_application::ports::runtime::Randomness;
use atalaya_application::ports::store::Store;
use atalaya_domain::id::CompanyId;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;

use super::changes;
use super::connection::{AnyConnection, Connector, DatabaseUrl, Purpose};
use super::error::{Expecting, of_connecting};
use super::pool::{Connections, Need, POOL_PATIENCE, Taken};
use super::presence::{Presence, ShownPresence};
use super::reach::Reach;
use super::server::Server;
use super::shares::Share;
use super::transaction::{Transaction, attempt, contended, lock_timed_out, refused_to_write};
use super::turn::{Queue, TurnGuard, Turns};
use super::upsert::{begin_migration, begin_read, begin_read_committed, begin_write};
use crate::runtime::ThreadRandomness;
use crate::security::AuditKeys;

/// How long contention is fought before the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
/// The first pause after contention; each further one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause after contention.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// How long a migration lets others finish first, a little more each time.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(1);
/// The pause in which what waited behind a migration goes on.
const MIGRATION_PAUSE: Duration = Duration::from_millis(500);

/// The database. It implements the ports [`Store`], [`PlatformStore`], [`JobQueue`] and [`Retention`]; the methods of
/// those names give it as each.
pub struct Database {
    connections: Connections,
    /// Opens the connections that migrations run on.
    migrator: Connector,
    /// Opens the connection that shows this process to others; none where the database is a file.
    presence_connector: Option<Connector>,
    presence: Arc<Presence>,
    turns: Turns,
    listeners: Vec<Arc<dyn ChangeListener>>,
    /// Known only after migrating, because the secret behind it is in the database.
    audit_keys: OnceLock<AuditKeys>,
    announce: OnceLock<Announce>,
    randomness: OnceLock<Arc<dyn Randomness>>,
}

/// Calls other processes after a commit with changes. It must not block.
type Announce = Box<dyn Fn() + Send + Sync>;

/// Isolation level, access and connection of a transaction.
#[derive(Clone, Copy)]
struct TransactionMode {
    begin: fn(&mut AnyConnection, Reach) -> QueryResult<()>,
    need: Need,
    /// Whether it may write.
    writes: bool,
}

impl TransactionMode {
    const fn reading(need: Need) -> Self {
        Self { begin: begin_read, need, writes: false }
    }

    /// One snapshot, as if nobody else wrote.
    const fn serializable(need: Need) -> Self {
        Self { begin: begin_write, need, writes: true }
    }

    /// Each statement sees what was committed before it.
    const fn read_committed(need: Need) -> Self {
        Self { begin: begin_read_committed, need, writes: true }
    }
}

impl Database {
    /// Opens `sqlite://PATH` (file and folder are made where missing) or `postgres://…`, with at most `pool_size`
    /// connections. `listeners` hear of every change that is committed through this value. Nothing is migrated, and of
    /// a server nothing is asked yet.
    ///
    /// # Errors
    /// `Internal` when the address is none or the file cannot be opened.
    pub fn open(url: &str, pool_size: u32, listeners: Vec<Arc<dyn ChangeListener>>) -> Result<Arc<Self>, AppError> {
        Self::open_migrated_by(url, url, pool_size, listeners)
    }

    /// [`Self::open`] where somebody else owns the tables: migrations log in at `migration_url`, everything else at
    /// `url`.
    ///
    /// # Errors
    /// `Internal` when an address is none or the file cannot be opened.
    pub fn open_migrated_by(
        migration_url: &str,
        url: &str,
        pool_size: u32,
        listeners: Vec<Arc<dyn ChangeListener>>,
    ) -> Result<Arc<Self>, AppError> {
        let migrator = Connector::new(DatabaseUrl::parse(migration_url)?, Purpose::Migration);
        let url = DatabaseUrl::parse(url)?;
        let turns = if matches!(url, DatabaseUrl::Sqlite(_)) { Turns::everybody() } else { Turns::of_queues() };
        let connector = Connector::new(url, Purpose::Work);
        // Of the pool's kind, so that it leaves a server that takes no writes when the pool does.
        let presence_connector = connector.file().is_none().then(|| connector.clone());
        let connections = Connections::new(connector, pool_size)?;
        Ok(Arc::new(Self {
            connections,
            migrator,
            presence_connector,
            presence: Arc::new(Presence::new()?),
            turns,
            listeners,
            audit_keys: OnceLock::new(),
            announce: OnceLock::new(),
            randomness: OnceLock::new(),
        }))
    }

    /// The database as the door to a company's data.
    #[must_use]
    pub fn store(self: &Arc<Self>) -> Arc<dyn Store> {
        Arc::clone(self) as _
    }

    /// The database as the door to what the platform keeps across companies.
    #[must_use]
    pub fn platform(self: &Arc<Self>) -> Arc<dyn PlatformStore> {
        Arc::clone(self) as _
    }

    /// The database as what forgets.
    #[must_use]
    pub fn retention(self: &Arc<Self>) -> Arc<dyn Retention> {
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

    /// Has the ids of new users and companies drawn from `randomness` instead of the machine's; the first one stays.
    pub fn draw_from(&self, randomness: Arc<dyn Randomness>) {
        let _ = self.randomness.set(randomness);
    }

    fn randomness(&self) -> &dyn Randomness {
        self.randomness.get().map_or(&ThreadRandomness, AsRef::as_ref)
    }

    /// The database as the queue of jobs.
    #[must_use]
    pub fn job_queue(self: &Arc<Self>) -> Arc<dyn JobQueue> {
        Arc::clone(self) as _
    }

    /// Shows other processes on the database that this one is there, until what is returned is dropped: they take over
    /// its jobs soon after it was killed. On a server that holds a connection besides those of the pool; in a file it
    /// does nothing.
    ///
    /// # Errors
    /// `Internal` when the thread cannot be started.
    pub fn show_presence(&self) -> Result<Option<ShownPresence>, AppError> {
        let presence_connector = self.presence_connector.clone();
        presence_connector
            .map(|presence_connector| ShownPresence::begin(Arc::clone(&self.presence), presence_connector))
            .transpose()
    }

    /// This process as others see it, and what it sees of others.
    pub(super) fn presence(&self) -> &Presence {
        &self.presence
    }

    /// Asks the database for a sign of life, and whether its server takes writes. Reads no table.
    ///
    /// # Errors
    /// `Unavailable` when there is no sign in time, or when the server is a standby or read-only.
    pub fn ping(&self) -> Result<(), AppError> {
        self.transact(TransactionMode::reading(Need::Readiness), Reach::Platform, |tx| {
            tx.conn.ping().or_fault()?;
            primary(tx).map(drop)
        })
    }

    /// How many connections are open, and how many of them are idle.
    #[must_use]
    pub fn connections(&self) -> (u32, u32) {
        self.connections.count()
    }

    /// Runs `work` in one snapshot of what is within `reach`, in the share that most work of that reach has. It must
    /// not write.
    pub(super) fn snapshot<T>(
        &self,
        reach: Reach,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.snapshot_in(Share::of(reach), reach, work)
    }

    /// [`Self::snapshot`] in a share of the pool.
    pub(super) fn snapshot_in<T>(
        &self,
        share: Share,
        reach: Reach,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transact(TransactionMode::reading(Need::Of(share)), reach, work)
    }

    /// [`Self::snapshot`] without which this process would soon believe nothing that it remembers.
    pub(super) fn vital_snapshot<T>(
        &self,
        reach: Reach,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transact(TransactionMode::reading(Need::Vital), reach, work)
    }

    /// Runs `work` on what is within `reach`, in a transaction that commits on `Ok`, then tells of its changes. It runs
    /// again after contention. It is in the share of the pool that most work of that reach has.
    pub(super) fn transaction<T>(
        &self,
        reach: Reach,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transaction_in(Share::of(reach), reach, work)
    }

    /// [`Self::transaction`] in a share of the pool.
    pub(super) fn transaction_in<T>(
        &self,
        share: Share,
        reach: Reach,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let queue = match reach {
            Reach::Company(id) => Queue::Writers(id),
            Reach::Platform => Queue::Nowhere,
        };
        self.commit_after(TransactionMode::serializable(Need::Of(share)), queue, reach, work)
    }

    /// [`Self::transaction`] for a row or two by their keys, in which each statement sees what was committed before it.
    pub(super) fn brief_transaction<T>(
        &self,
        share: Share,
        reach: Reach,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.commit_after(TransactionMode::read_committed(Need::Of(share)), Queue::Nowhere, reach, work)
    }

    /// [`Self::brief_transaction`] by which this process keeps what it holds.
    pub(super) fn vital_transaction<T>(
        &self,
        reach: Reach,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.commit_after(TransactionMode::read_committed(Need::Vital), Queue::Nowhere, reach, work)
    }

    /// A transaction of any length in which each statement sees what was committed before it. `work` has to begin by
    /// locking what it relies on: nothing that others do makes it run again, but for a deadlock.
    pub(super) fn locking_transaction<T>(
        &self,
        company: CompanyId,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mode = TransactionMode::read_committed(Need::Of(Share::Uploads));
        self.commit_after(mode, Queue::Uploads(company), Reach::Company(company), work)
    }

    fn commit_after<T>(
        &self,
        mode: TransactionMode,
        queue: Queue,
        reach: Reach,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let (value, changes) = {
            let _turn = self.turn(queue)?;
            self.transact(mode, reach, |tx| {
                let value = work(tx)?;
                changes::append(tx.conn, &tx.changes)?;
                Ok((value, std::mem::take(&mut tx.changes)))
            })?
        };
        self.notify_listeners(&changes);
        if let Some(announce) = self.announce.get().filter(|_| !changes.is_empty()) {
            announce();
        }
        Ok(value)
    }

    /// Runs `work` in a transaction on a connection of its own, as the owner of the tables, while no other process
    /// migrates. Of a table that others are using it lets go again and again, so that nobody waits long behind it.
    pub(super) fn migration<T>(
        &self,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let _turn = self.turn(Queue::Nowhere)?;
        let started = Instant::now();
        loop {
            let mut conn = self.migration_connection()?;
            let opened = begin_migration(&mut conn).or_fault();
            let outcome = opened.and_then(|()| attempt(&mut conn, self.randomness(), None, &mut work));
            let again = contended(&outcome) || lock_timed_out(&outcome);
            if !again || conn.is_broken() || started.elapsed() > MIGRATION_PATIENCE {
                return outcome;
            }
            drop(conn);
            std::thread::sleep(MIGRATION_PAUSE);
        }
    }

    /// A connection outside of any transaction, as the owner of the tables.
    pub(super) fn migration_connection(&self) -> Result<AnyConnection, AppError> {
        self.migrator.open().map_err(of_connecting)
    }

    /// Tells every listener that changes may have been lost.
    pub(super) fn notify_listeners_of_loss(&self) {
        self.listeners.iter().for_each(|listener| listener.everything_changed());
    }

    /// Tells every listener.
    pub(super) fn notify_listeners(&self, changes: &[Change]) {
        for change in changes {
            self.listeners.iter().for_each(|listener| listener.changed(change));
        }
    }

    fn turn(&self, queue: Queue) -> Result<Option<TurnGuard>, AppError> {
        self.turns.take(queue, PATIENCE).map_err(|_| AppError::unavailable(Part::Database))
    }

    /// Runs `work` in a transaction, again after contention until [`PATIENCE`] is over.
    fn transact<T>(
        &self,
        mode: TransactionMode,
        reach: Reach,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let (mut conn, opened) = self.open_transaction(mode, reach)?;
            let outcome = opened.and_then(|()| attempt(&mut conn, self.randomness(), self.audit_keys.get(), &mut work));
            if refused_to_write(&outcome) {
                return Err(self.refusal(&mut conn, mode, outcome.err()));
            }
            // A connection that broke may have done so after the commit: trying again could do the work twice.
            if !contended(&outcome) || conn.is_broken() || started.elapsed() > PATIENCE {
                return outcome;
            }
            drop(conn);
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// What it means that a server refused to write: it is the wrong one, and no connection that is open is used again.
    /// But work that was only to read and tried to write is a fault of the program, wherever the server would have
    /// written.
    fn refusal(&self, conn: &mut AnyConnection, mode: TransactionMode, error: Option<AppError>) -> AppError {
        let error = error.unwrap_or_else(|| AppError::unavailable(Part::PrimaryDatabase));
        let server = if mode.writes { None } else { conn.server().ok().flatten() };
        if server.is_some_and(|server| server.takes_writes) {
            return AppError::internal("work that only reads tried to write");
        }
        tracing::warn!(
            event = "database_refuses_writes",
            "the database server takes no writes: its connections are closed"
        );
        self.connections.invalidate();
        error
    }

    /// A connection, and how beginning a transaction on it went. Of a server that went and came back, or became a
    /// standby, the pool keeps useless connections: on these nothing was done yet, so another is taken, as long as one
    /// is waited for at all.
    fn open_transaction(&self, mode: TransactionMode, reach: Reach) -> Result<(Taken, Result<(), AppError>), AppError> {
        let started = Instant::now();
        loop {
            let left = POOL_PATIENCE.saturating_sub(started.elapsed());
            let mut conn = self.connections.take(mode.need, left).map_err(|part| {
                tracing::warn!(event = "database_unavailable", %part, "no database connection could be had in time");
                AppError::unavailable(part)
            })?;
            let opened = (mode.begin)(&mut conn, reach).or_fault();
            if left.is_zero() || opened.is_ok() {
                return Ok((conn, opened));
            }
            if refused_to_write(&opened) {
                self.connections.invalidate();
            } else if !conn.is_broken() {
                return Ok((conn, opened));
            }
        }
    }
}

/// The server that the transaction is on; none of a file.
///
/// # Errors
/// `Unavailable` where it takes no writes: what it says may be old.
pub(super) fn primary(tx: &mut Transaction<'_>) -> Result<Option<Server>, AppError> {
    match tx.conn.server().or_fault()? {
        Some(server) if !server.takes_writes => Err(AppError::unavailable(Part::PrimaryDatabase)),
        server => Ok(server),
    }
}

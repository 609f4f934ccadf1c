//! Connections: which database an address means, how a connection to it is set up, and the pool that keeps them.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use atalaya_application::AppError;
use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, PgConnection, SqliteConnection};
use r2d2::{ManageConnection, NopErrorHandler, Pool};

/// How long a request waits for a connection before it is told to come back: within two seconds, with all that comes
/// before and after. The pool tries a server that is away again after at most half of it.
pub(super) const POOL_PATIENCE: Duration = Duration::from_millis(1_500);

/// SQLite: readers do not wait for the writer, a commit survives a power cut, and a lock of another process is waited for.
/// The time-out comes first, because setting the others may need the lock too.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                            PRAGMA foreign_keys = ON;";

/// PostgreSQL, for the program's work: as the role that owns nothing and that row-level security binds, and with the same
/// patience with locks. A transaction whose process stands still lets go of its locks.
const POSTGRES_SETUP: &str = "SET ROLE atalaya_app; SET lock_timeout = '5s'; \
                              SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning;";

/// PostgreSQL, for migrations: as whoever logs in, who owns the tables.
const POSTGRES_OWNER_SETUP: &str = "SET client_min_messages = warning;";

/// What an address may leave unsaid: a server that cannot be reached is given up within about two seconds, while connecting
/// and in the middle of a statement. Seconds, but for `tcp_user_timeout`, which is milliseconds.
const POSTGRES_DEFAULTS: [(&str, &str); 6] = [
    ("application_name", "atalaya"),
    ("connect_timeout", "2"),
    ("tcp_user_timeout", "1500"),
    ("keepalives_idle", "1"),
    ("keepalives_interval", "1"),
    ("keepalives_count", "2"),
];

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(super) enum AnyConnection {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}

/// Runs the same expression on the connection of whichever database it is, where diesel cannot do so by itself.
macro_rules! on_either {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            AnyConnection::Sqlite($inner) => $body,
            AnyConnection::Postgres($inner) => $body,
        }
    };
}
pub(super) use on_either;

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server's address, with what is needed to log in there.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite://PATH`, or an address of PostgreSQL.
    ///
    /// # Errors
    /// `Internal` for anything else; the address itself is not repeated, because it may hold a password.
    pub(super) fn parse(url: &str) -> Result<Self, AppError> {
        match url.split_once("://") {
            Some(("sqlite", "" | ":memory:")) => Err(AppError::internal(
                "the database address names no file; every connection opens it anew, so write sqlite://PATH",
            )),
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(with_defaults(url))),
            _ => Err(AppError::internal("the database address must begin with sqlite:// or postgres://")),
        }
    }
}

/// The address with what it leaves unsaid.
fn with_defaults(url: &str) -> String {
    let said = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let names: Vec<&str> = said.split('&').filter_map(|parameter| Some(parameter.split_once('=')?.0)).collect();
    let unsaid = POSTGRES_DEFAULTS.iter().filter(|(name, _)| !names.contains(name));
    let unsaid: Vec<String> = unsaid.map(|(name, value)| format!("{name}={value}")).collect();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{}", unsaid.join("&"))
}

/// What connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The program's work.
    Work,
    /// Changing the schema.
    Migration,
}

/// Opens connections.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    url: DatabaseUrl,
    purpose: Purpose,
    /// Whether the last attempt failed. Shared with whoever would wait for the next.
    away: Arc<AtomicBool>,
}

impl Connector {
    pub(super) fn new(url: DatabaseUrl, purpose: Purpose) -> Self {
        Self { url, purpose, away: Arc::default() }
    }

    fn open(&self) -> Result<AnyConnection, diesel::r2d2::Error> {
        let opened = match (&self.url, self.purpose) {
            (DatabaseUrl::Sqlite(path), _) => SqliteConnection::establish(&path.to_string_lossy())
                .map(|conn| (AnyConnection::Sqlite(conn), SQLITE_SETUP)),
            (DatabaseUrl::Postgres(url), purpose) => PgConnection::establish(url).map(|conn| {
                let setup = if purpose == Purpose::Work { POSTGRES_SETUP } else { POSTGRES_OWNER_SETUP };
                (AnyConnection::Postgres(conn), setup)
            }),
        };
        let (mut conn, setup) = opened.map_err(diesel::r2d2::Error::ConnectionError)?;
        conn.batch_execute(setup).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }
}

impl ManageConnection for Connector {
    type Connection = AnyConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, Self::Error> {
        let opened = self.open();
        let was_away = self.away.swap(opened.is_err(), Ordering::Relaxed);
        match (&opened, was_away) {
            // The pool itself only says that none came in time, and tries again and again.
            (Err(error), false) => {
                tracing::warn!(event = "database_connection_failed", %error, "a database connection could not be opened");
            }
            (Err(error), true) => {
                tracing::debug!(event = "database_still_away", %error, "a database connection could not be opened");
            }
            (Ok(_), true) => tracing::info!(event = "database_is_back", "the database can be reached again"),
            (Ok(_), false) => {}
        }
        opened
    }

    fn is_valid(&self, conn: &mut AnyConnection) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    /// A connection that comes back during a panic, or with its transaction open, is closed: that rolls back.
    fn has_broken(&self, conn: &mut AnyConnection) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// What a connection is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// A request, or whatever else can be told to come back.
    Usual,
    /// Short work without which this process would lose what it holds, or its trust in what it remembers.
    Vital,
}

/// Connections from which on one of them is kept for what is vital.
const ENOUGH_FOR_A_RESERVE: u32 = 4;

/// The pool, and what is known of the server behind it.
pub(super) struct Connections {
    pool: Pool<Connector>,
    /// One connection for what is vital while those of the pool are all in use.
    reserve: Option<Pool<Connector>>,
    away: Arc<AtomicBool>,
}

impl Connections {
    /// Makes a pool of at most `size` connections, the reserve included, opened as they are needed. A file is opened at once,
    /// and one connection ahead; whether a server is there, whoever needs it finds out: its migrations may have to make the role first.
    ///
    /// # Errors
    /// `Internal` when the file cannot be opened.
    pub(super) fn new(url: DatabaseUrl, size: u32) -> Result<Self, AppError> {
        let kept = u32::from(size >= ENOUGH_FOR_A_RESERVE);
        let builder = pool_of((size - kept).max(1), u32::from(matches!(url, DatabaseUrl::Sqlite(_))));
        let connector = Connector::new(url, Purpose::Work);
        let away = Arc::clone(&connector.away);
        let reserve = (kept > 0).then(|| pool_of(kept, 0).build_unchecked(connector.clone()));
        let pool = match &connector.url {
            DatabaseUrl::Sqlite(path) => {
                prepare_file(path).map_err(|error| {
                    AppError::internal(format!("the database file {} cannot be opened: {error}", path.display()))
                })?;
                builder.build(connector).map_err(AppError::internal)?
            }
            DatabaseUrl::Postgres(_) => builder.build_unchecked(connector),
        };
        Ok(Self { pool, reserve, away })
    }

    /// A connection; `None` where none becomes free within `patience`, or at once where the server is known to be away and
    /// no connection is left that could become free. The pool tries to open one all the while.
    pub(super) fn take(&self, need: Need, patience: Duration) -> Option<r2d2::PooledConnection<Connector>> {
        let pool = match (need, &self.reserve) {
            (Need::Vital, Some(reserve)) => match self.pool.try_get() {
                Some(idle) => return Some(idle),
                None => reserve,
            },
            _ => &self.pool,
        };
        if self.away.load(Ordering::Relaxed) && pool.state().connections == 0 {
            return None;
        }
        pool.get_timeout(patience).ok()
    }

    /// How many connections are open, and how many of them are idle.
    pub(super) fn count(&self) -> (u32, u32) {
        let states = std::iter::once(&self.pool).chain(&self.reserve).map(Pool::state);
        states.fold((0, 0), |(open, idle), state| (open + state.connections, idle + state.idle_connections))
    }
}

fn pool_of(size: u32, ahead: u32) -> r2d2::Builder<Connector> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(ahead))
        .max_lifetime(None)
        .connection_timeout(POOL_PATIENCE)
        // Beginning a transaction shows as much, without a message of its own.
        .test_on_check_out(false)
        .error_handler(Box::new(NopErrorHandler))
}

/// Makes the file and its folder where they are missing, the file readable by its owner only. SQLite gives its side files
/// the same permissions.
fn prepare_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_it_says_and_gets_the_rest() {
        let plain = with_defaults("postgres://ana:secret@db/atalaya");
        assert!(plain.starts_with("postgres://ana:secret@db/atalaya?application_name=atalaya&connect_timeout=2&"));
        let said = with_defaults("postgres://db/atalaya?connect_timeout=9&sslmode=verify-full");
        assert!(said.starts_with("postgres://db/atalaya?connect_timeout=9&sslmode=verify-full&application_name="));
        assert_eq!(said.matches("connect_timeout").count(), 1);
    }
}

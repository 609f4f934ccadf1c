//! Connections: which database an address means, how a connection to it is set up, and the pool that keeps them.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use atalaya_application::AppError;
use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, PgConnection, SqliteConnection};
use r2d2::{HandleError, ManageConnection, Pool};

/// How long a request waits for a free connection before it is told to come back.
const POOL_PATIENCE: Duration = Duration::from_secs(2);

/// SQLite: readers do not wait for the writer, a commit survives a power cut, and a lock of another process is waited for.
/// The time-out comes first, because setting the others may need the lock too.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                            PRAGMA foreign_keys = ON;";

/// PostgreSQL: the same patience with locks.
const POSTGRES_SETUP: &str = "SET lock_timeout = '5s'; SET client_min_messages = warning;";

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
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            _ => Err(AppError::internal("the database address must begin with sqlite:// or postgres://")),
        }
    }
}

/// Opens connections for the pool.
#[derive(Debug)]
pub(super) struct Connector {
    url: DatabaseUrl,
}

impl ManageConnection for Connector {
    type Connection = AnyConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, Self::Error> {
        let opened = match &self.url {
            DatabaseUrl::Sqlite(path) => SqliteConnection::establish(&path.to_string_lossy())
                .map(|conn| (AnyConnection::Sqlite(conn), SQLITE_SETUP)),
            DatabaseUrl::Postgres(url) => {
                PgConnection::establish(url).map(|conn| (AnyConnection::Postgres(conn), POSTGRES_SETUP))
            }
        };
        let (mut conn, setup) = opened.map_err(diesel::r2d2::Error::ConnectionError)?;
        conn.batch_execute(setup).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }

    fn is_valid(&self, conn: &mut AnyConnection) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    /// A connection that comes back during a panic, or with its transaction open, is closed: that rolls back.
    fn has_broken(&self, conn: &mut AnyConnection) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// Says why a connection could not be opened: the pool itself only says that none came in time.
#[derive(Debug)]
struct LogFailures;

impl HandleError<diesel::r2d2::Error> for LogFailures {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        tracing::warn!(event = "database_connection_failed", %error, "a database connection could not be opened");
    }
}

/// Makes a pool of at most `size` connections, opened as they are needed, one ahead.
///
/// # Errors
/// `Internal` when the first connection cannot be opened.
pub(super) fn build_pool(url: DatabaseUrl, size: u32) -> Result<Pool<Connector>, AppError> {
    if let DatabaseUrl::Sqlite(path) = &url {
        prepare_file(path).map_err(|error| {
            AppError::internal(format!("the database file {} cannot be opened: {error}", path.display()))
        })?;
    }
    Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .max_lifetime(None)
        .connection_timeout(POOL_PATIENCE)
        .error_handler(Box::new(LogFailures))
        .build(Connector { url })
        .map_err(AppError::internal)
}

/// Makes the file and its folder where they are missing, the file readable by its owner only. SQLite gives its side files
/// the same permissions.
fn prepare_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

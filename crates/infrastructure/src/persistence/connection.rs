//! Connections: which database an address means, how a connection to it is set up, and when one is not used any more.

use std::fs::OpenOptions;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::error::Part;
use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, PgConnection, SqliteConnection};
use r2d2::ManageConnection;

use super::error::{read_only_server, wrong_server};
use super::server::Server;

/// How long a connection to a server is used: after a failover behind one address, all connections lead to the new
/// server within this time even where the old one lives on.
pub(super) const LIFE_OF_A_CONNECTION: Duration = Duration::from_mins(5);

/// SQLite: readers do not wait for the writer, a commit survives a power cut, and a lock of another process is waited
/// for. The time-out comes first, because setting the others may need the lock too. A connection keeps 16 MiB of pages:
/// an import changes pages all over an index, and with SQLite's 2 MB it would write and read each many times.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                            PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;";

/// PostgreSQL, for the program's work: as the role that owns nothing and that row-level security binds. Whoever needs
/// what another keeps locked is told so soon, because it holds a connection meanwhile. A transaction whose process
/// stands still lets go of its locks.
const POSTGRES_SETUP: &str = "SET ROLE atalaya_app; SET lock_timeout = '2s'; \
                              SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning;";

/// PostgreSQL, for migrations: as whoever logs in, who owns the tables.
const POSTGRES_OWNER_SETUP: &str = "SET client_min_messages = warning;";

/// What an address may leave unsaid: a server that cannot be reached is given up within about two seconds, while
/// connecting and in the middle of a statement. Of several servers the one that takes writes is used. Seconds, but for
/// `tcp_user_timeout`, which is milliseconds.
const POSTGRES_DEFAULTS: [(&str, &str); 7] = [
    ("target_session_attrs", "read-write"),
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

impl AnyConnection {
    /// The server that the connection leads to; `None` of a file, which has none.
    pub(super) fn server(&mut self) -> QueryResult<Option<Server>> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(conn) => Server::of(conn).map(Some),
        }
    }
}

/// What connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The program's work.
    Work,
    /// Changing the schema.
    Migration,
}

/// A connection of the pool.
pub(super) struct Opened {
    conn: AnyConnection,
    since: Instant,
    /// How often the wrong server had been met when it was opened.
    generation: u64,
}

impl Opened {
    /// Whether it was opened before the wrong server was met.
    pub(super) fn is_distrusted(&self, reachability: &Reachability) -> bool {
        self.generation != reachability.generation()
    }
}

impl Deref for Opened {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.conn
    }
}

impl DerefMut for Opened {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.conn
    }
}

/// What became of the last attempt to open a connection, shared with whoever would wait for the next, and how often the
/// wrong server was met.
#[derive(Debug, Default)]
pub(super) struct Reachability {
    last: AtomicU8,
    generation: AtomicU64,
}

impl Reachability {
    const REACHED: u8 = 0;
    const AWAY: u8 = 1;
    const WRONG: u8 = 2;

    /// Why no connection can be opened, if that is so.
    pub(super) fn obstacle(&self) -> Option<Part> {
        match self.last.load(Ordering::Relaxed) {
            Self::AWAY => Some(Part::Database),
            Self::WRONG => Some(Part::PrimaryDatabase),
            _ => None,
        }
    }

    /// A connection turned out to lead to a server that takes no writes. Whatever was opened before is not used again.
    pub(super) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Notes an attempt, and tells the log where something changed. The pool itself only says that none came in time,
    /// and tries again and again.
    fn note(&self, opened: &Result<AnyConnection, diesel::r2d2::Error>) {
        let state = match opened {
            Ok(_) => Self::REACHED,
            Err(error) if wrong_server(error) => Self::WRONG,
            Err(_) => Self::AWAY,
        };
        let changed = self.last.swap(state, Ordering::Relaxed) != state;
        match opened {
            Ok(_) if changed => tracing::info!(event = "database_is_back", "the database can be reached again"),
            Ok(_) => {}
            Err(error) if changed && state == Self::WRONG => tracing::error!(
                event = "database_read_only",
                %error,
                "the database address leads to a standby or a read-only server: it is not used, and no other is reached"
            ),
            Err(error) if changed => {
                tracing::warn!(event = "database_connection_failed", %error, "a database connection could not be opened");
            }
            Err(error) => {
                tracing::debug!(event = "database_still_away", %error, "a database connection could not be opened");
            }
        }
    }
}

/// Opens connections.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    url: DatabaseUrl,
    purpose: Purpose,
    reachability: Arc<Reachability>,
}

impl Connector {
    pub(super) fn new(url: DatabaseUrl, purpose: Purpose) -> Self {
        Self { url, purpose, reachability: Arc::default() }
    }

    /// What became of the attempts to open connections.
    pub(super) fn reachability(&self) -> &Arc<Reachability> {
        &self.reachability
    }

    /// The file, where it is one.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => Some(path),
            DatabaseUrl::Postgres(_) => None,
        }
    }

    /// A connection of no pool.
    ///
    /// # Errors
    /// Of the database; also where its server takes no writes.
    pub(super) fn open(&self) -> Result<AnyConnection, diesel::r2d2::Error> {
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
        // The address may say that any server will do.
        let server = conn.server().map_err(diesel::r2d2::Error::QueryError)?;
        if server.is_some_and(|server| !server.takes_writes) {
            return Err(diesel::r2d2::Error::ConnectionError(read_only_server()));
        }
        Ok(conn)
    }
}

impl ManageConnection for Connector {
    type Connection = Opened;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Opened, Self::Error> {
        let generation = self.reachability.generation();
        let opened = self.open();
        self.reachability.note(&opened);
        opened.map(|conn| Opened { conn, since: Instant::now(), generation })
    }

    fn is_valid(&self, conn: &mut Opened) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    /// A connection that comes back during a panic, or with its transaction open, is closed: that rolls back. So is one
    /// that is old, or was opened before the wrong server was met.
    fn has_broken(&self, conn: &mut Opened) -> bool {
        // The pool itself only ends those that are idle when it looks.
        let old = matches!(conn.conn, AnyConnection::Postgres(_)) && conn.since.elapsed() >= LIFE_OF_A_CONNECTION;
        std::thread::panicking() || conn.is_broken() || old || conn.is_distrusted(&self.reachability)
    }
}

/// Makes the file and its folder where they are missing, the file readable by its owner only. SQLite gives its side
/// files the same permissions.
pub(super) fn prepare_file(path: &Path) -> std::io::Result<()> {
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
        assert!(
            plain.starts_with("postgres://ana:secret@db/atalaya?target_session_attrs=read-write&application_name=")
        );
        let said = with_defaults("postgres://db/atalaya?connect_timeout=9&sslmode=verify-full");
        assert!(said.starts_with("postgres://db/atalaya?connect_timeout=9&sslmode=verify-full&target_session_attrs="));
        assert_eq!(said.matches("connect_timeout").count(), 1);
    }
}

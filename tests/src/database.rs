//! A database that nobody else uses and that goes with the test: on SQLite, or on PostgreSQL where the environment says
//! so.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use atalaya_infrastructure::persistence::Database;
use atalaya_test_servers::{PgDatabase, Postgres};
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tempfile::TempDir;

/// `sqlite`, which it is without it, or `postgres`: what the tests of this process run on.
const CHOICE: &str = "ATALAYA_TEST_DATABASE";

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    fn chosen() -> Self {
        let choice = std::env::var_os(CHOICE).unwrap_or_default();
        match choice.to_str() {
            Some("" | "sqlite") => Self::Sqlite,
            Some("postgres") => Self::Postgres,
            _ => panic!("{CHOICE} is neither sqlite nor postgres"),
        }
    }
}

/// Runs the same expression on a connection to whichever database it is.
macro_rules! with_connection {
    ($database:expr, |$conn:ident| $body:expr) => {
        match $database.kind {
            Kind::Sqlite => {
                let $conn = &mut $database.sqlite();
                $body
            }
            Kind::Postgres => {
                let $conn = &mut $database.postgres();
                $body
            }
        }
    };
}

fn migrate(url: &str) {
    let database = Database::open(url, 1, Vec::new()).expect("the database opens");
    database.setup().migrate_up().expect("the migrations run");
}

/// A SQLite file in a folder of its own, or a folder and a database of the server that the tests of this process share.
/// Both go when this is dropped.
pub struct TestDatabase {
    folder: TempDir,
    kind: Kind,
    /// Made when it is first asked for: many tests want the folder only.
    postgres: OnceLock<PgDatabase>,
}

impl Default for TestDatabase {
    fn default() -> Self {
        let folder = TempDir::with_prefix("atalaya-test-").expect("a temporary folder");
        Self { folder, kind: Kind::chosen(), postgres: OnceLock::new() }
    }
}

impl TestDatabase {
    /// The value of `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        match self.kind {
            Kind::Sqlite => format!("sqlite://{}", self.file().display()),
            Kind::Postgres => self.on_server().url(),
        }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether it is a file that the program itself keeps, and not a server's.
    #[must_use]
    pub fn is_a_file(&self) -> bool {
        self.kind == Kind::Sqlite
    }

    /// Gives a database that nobody has opened yet the program's schema, which is made once for all tests of a process:
    /// the migrations are a large part of what a test takes.
    #[must_use]
    pub fn with_schema(self) -> Self {
        match self.kind {
            Kind::Sqlite if !self.file().exists() => {
                static SCHEMA: OnceLock<Vec<u8>> = OnceLock::new();
                let schema = SCHEMA.get_or_init(|| {
                    let empty = Self::default();
                    migrate(&empty.url());
                    // Whoever closes a database as the last one puts its log into the file.
                    std::fs::read(empty.file()).expect("a file")
                });
                std::fs::write(self.file(), schema).expect("a file");
            }
            Kind::Postgres if self.postgres.get().is_none() => {
                static SCHEMA: OnceLock<PgDatabase> = OnceLock::new();
                let schema = SCHEMA.get_or_init(|| {
                    let empty = Postgres::shared().create_database();
                    migrate(&empty.url());
                    empty
                });
                self.postgres.get_or_init(|| schema.copy());
            }
            Kind::Sqlite | Kind::Postgres => {}
        }
        self
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("atalaya.db")
    }

    fn on_server(&self) -> &PgDatabase {
        self.postgres.get_or_init(|| Postgres::shared().create_database())
    }

    fn sqlite(&self) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(&self.file().display().to_string()).expect("the database opens");
        conn.batch_execute("PRAGMA busy_timeout = 10000").expect("a setting");
        conn
    }

    fn postgres(&self) -> PgConnection {
        PgConnection::establish(&self.on_server().superuser_url()).expect("the database opens")
    }

    /// Runs statements as somebody would who has the file, or is the server's superuser.
    pub fn execute(&self, statements: &str) {
        with_connection!(self, |conn| conn.batch_execute(statements)).expect("statements that run");
    }

    /// Runs statements as somebody who takes away what guards the tables, triggers and foreign keys, and puts it back.
    pub fn tamper(&self, statements: &str) {
        if self.kind == Kind::Postgres {
            return self.execute(&format!("SET session_replication_role = replica; {statements}"));
        }
        let triggers = |column: &str| self.texts(&format!("SELECT {column} FROM sqlite_master WHERE type = 'trigger'"));
        let drop = triggers("'DROP TRIGGER ' || name").join("; ");
        let create = triggers("sql").join("; ");
        self.execute(&format!("PRAGMA foreign_keys = OFF; {drop}; {statements}; {create}"));
    }

    /// Bytes as a value in a statement.
    #[must_use]
    pub fn literal(&self, bytes: &[u8]) -> String {
        let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        match self.kind {
            Kind::Sqlite => format!("X'{hex}'"),
            Kind::Postgres => format!(r"CAST('\x{hex}' AS BYTEA)"),
        }
    }

    /// The bytes that a query of one column and one row finds.
    #[must_use]
    pub fn blob(&self, query: &str) -> Vec<u8> {
        with_connection!(self, |conn| sql::<diesel::sql_types::Binary>(query).get_result(conn)).expect("a row of bytes")
    }

    /// Reads every page of a file and finds it sound. The pages of a server are its own affair: no test kills it.
    pub fn assert_sound(&self) {
        if self.is_a_file() {
            assert_eq!(self.texts("PRAGMA integrity_check"), ["ok"]);
        }
    }

    /// How many rows a table has.
    #[must_use]
    pub fn rows(&self, table: &str) -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        with_connection!(self, |conn| sql::<BigInt>(&query).get_result(conn)).expect("a count of rows")
    }

    /// The texts that a query of one column finds.
    #[must_use]
    pub fn texts(&self, query: &str) -> Vec<String> {
        with_connection!(self, |conn| sql::<Text>(query).load(conn)).expect("a sound query")
    }

    /// Every value of every table: texts as they are, bytes in hexadecimal.
    #[must_use]
    pub fn dump(&self) -> String {
        let (tables, columns) = match self.kind {
            Kind::Sqlite => (
                "SELECT name FROM sqlite_master WHERE type = 'table'",
                "SELECT '''' || name || '='' || quote(\"' || name || '\")' FROM pragma_table_info('TABLE')",
            ),
            Kind::Postgres => (
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'",
                "SELECT '''' || column_name || '='' || coalesce(' || CASE data_type \
                    WHEN 'bytea' THEN 'upper(encode(' || quote_ident(column_name) || ', ''hex''))' \
                    ELSE 'CAST(' || quote_ident(column_name) || ' AS TEXT)' END || ', ''NULL'')' \
                 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'TABLE'",
            ),
        };
        let mut dump = String::new();
        for table in self.texts(tables) {
            let row = self.texts(&columns.replace("TABLE", &table)).join(" || ' ' || ");
            let rows = self.texts(&format!("SELECT {row} FROM \"{table}\""));
            dump.extend(rows.iter().map(|row| format!("{table}: {row}\n")));
        }
        dump
    }

    /// The bytes of the database's files: of SQLite's file and the log that is written ahead of it, or of all tables
    /// and indexes on a server, whose log holds other tests' data too and is left out.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let files = match self.kind {
            Kind::Sqlite => vec![self.file(), self.folder.path().join("atalaya.db-wal")],
            Kind::Postgres => self.on_server().files(),
        };
        files.into_iter().filter_map(|file| std::fs::read(file).ok()).flatten().collect()
    }
}

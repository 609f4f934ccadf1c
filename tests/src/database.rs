//! A database that nobody else uses and that goes with the test.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tempfile::TempDir;

/// A SQLite file in a folder of its own, deleted when this is dropped.
pub struct TestDatabase {
    folder: TempDir,
}

impl Default for TestDatabase {
    fn default() -> Self {
        Self { folder: TempDir::with_prefix("atalaya-test-").expect("a temporary folder") }
    }
}

impl TestDatabase {
    /// The value of `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("atalaya.db")
    }

    fn connection(&self) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(&self.file().display().to_string()).expect("the database opens");
        conn.batch_execute("PRAGMA busy_timeout = 10000").expect("a setting");
        conn
    }

    /// Runs statements as somebody would who has the file.
    pub fn execute(&self, statements: &str) {
        self.connection().batch_execute(statements).expect("statements that run");
    }

    /// What SQLite finds when it reads every page: `ok` for a sound database.
    #[must_use]
    pub fn integrity(&self) -> String {
        sql::<Text>("PRAGMA integrity_check").get_result(&mut self.connection()).expect("an integrity check")
    }

    /// How many rows a table has.
    #[must_use]
    pub fn rows(&self, table: &str) -> i64 {
        sql::<BigInt>(&format!("SELECT count(*) FROM {table}"))
            .get_result(&mut self.connection())
            .expect("a count of rows")
    }

    /// The texts that a query of one column finds.
    #[must_use]
    pub fn texts(&self, query: &str) -> Vec<String> {
        sql::<Text>(query).load(&mut self.connection()).expect("a sound query")
    }

    /// Every value of every table, as SQL would write it: texts as they are, bytes in hexadecimal.
    #[must_use]
    pub fn dump(&self) -> String {
        let mut dump = String::new();
        for table in self.texts("SELECT name FROM sqlite_master WHERE type = 'table'") {
            let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')"));
            let values = columns.iter().map(|column| format!("'{column}=' || quote(\"{column}\")"));
            let row = values.collect::<Vec<_>>().join(" || ' ' || ");
            let rows = self.texts(&format!("SELECT {row} FROM \"{table}\""));
            dump.extend(rows.iter().map(|row| format!("{table}: {row}\n")));
        }
        dump
    }

    /// The bytes of the database's files: the database itself, and the log that is written ahead of it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        ["atalaya.db", "atalaya.db-wal"]
            .into_iter()
            .filter_map(|name| std::fs::read(self.folder.path().join(name)).ok())
            .flatten()
            .collect()
    }
}

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
        SqliteConnection::establish(&self.file().display().to_string()).expect("the database opens")
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
}

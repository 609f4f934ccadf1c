//! What every database must do for the ports, as functions over a fixture, and the fixtures that they run on.

// Marked as test code, as everything here is, for clippy to allow `unwrap` outside of test functions too.
#[cfg(test)]
mod common;
#[cfg(test)]
mod contract;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use atalaya_application::ports::runtime::Clock;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::runtime::SystemClock;
use chrono::TimeDelta;
use common::company_count;
use contract::support::{Fixture, PostgresServer, SqliteFile};

#[cfg(test)]
mod sqlite {
    crate::contract::on_every_database!(super::SqliteFile::new());
}

#[cfg(test)]
mod postgres {
    crate::contract::on_every_database!(super::PostgresServer::new());
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        entries.map(|name| name.into_string().unwrap()).collect()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn a_server_tells_its_time_and_a_file_has_none() {
    let time = |fixture: &dyn Fixture| {
        let database = Database::open(&fixture.url(), 1, Vec::new()).unwrap();
        database.setup().migrate_up().unwrap();
        database.time(&TimeDelta::zero).unwrap().map(|answer| answer.said)
    };
    assert_eq!(time(&SqliteFile::new()), None);
    let there = time(&PostgresServer::new()).unwrap();
    // Both are this machine's; a zone of the server's own would be off by hours.
    assert!((SystemClock.now() - there).abs() < TimeDelta::minutes(1), "{there}");
}

#[test]
fn sqlite_takes_the_lock_before_the_work_and_so_never_repeats_it() {
    let (writes, runs) = contract::transactions::contend(&SqliteFile::new());
    assert_eq!(runs, writes);
}

#[test]
fn a_new_file_is_readable_by_its_owner_only() {
    let file = SqliteFile::new();
    let database = Database::open(&file.url(), 2, Vec::new()).unwrap();
    database.setup().migrate_up().unwrap();
    company_count(&database).unwrap();
    for side in ["", "-wal"] {
        let path = format!("{}{side}", file.path().display());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

#[test]
fn an_address_of_no_known_database_is_refused_without_repeating_it() {
    for url in ["mysql://ana:secret@host/db", "secret", "sqlite://", "sqlite://:memory:"] {
        let refused = Database::open(url, 1, Vec::new());
        let error = refused.err().unwrap().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}

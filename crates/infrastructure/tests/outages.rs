//! PostgreSQL goes and comes back, and migrates while it is worked on.
#![cfg(test)]

#[cfg(test)]
mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::ports::retention::Expiring;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::security::AuditKeys;
use atalaya_test_servers::Postgres;
use chrono::{DateTime, Utc};
use common::company_count;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use secrecy::SecretSlice;

/// Within this whoever needs the database is told that it is away, however busy the machine is. How soon on a quiet one
/// is judged by the benchmark. Whoever waited for the server itself would wait for minutes.
const GENEROUS: Duration = Duration::from_secs(30);

fn opened(url: &str) -> Arc<Database> {
    let database = Database::open(url, 4, Vec::new()).unwrap();
    database.setup().migrate_up().unwrap();
    database.key_audit(AuditKeys::new(&SecretSlice::from(vec![7; 32])));
    database
}

fn unavailable<T: std::fmt::Debug>(outcome: &Result<T, AppError>) -> bool {
    matches!(outcome, Err(AppError::Unavailable { part: Part::Database, .. }))
}

/// What `work` gives, which it must within [`GENEROUS`].
#[track_caller]
fn in_time<T>(work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    assert!(started.elapsed() < GENEROUS, "told after {:?}", started.elapsed());
    done
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

/// Until `holds`, at most two minutes.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_mins(2), "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_server_that_goes_is_told_soon_and_found_again_soon() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let program = opened(&database.url());
    // Every connection of the pool is open and idle when the server goes.
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| company_count(&program).unwrap()))));
    for (go, name) in [(Postgres::stop as fn(&Postgres), "stopped"), (Postgres::kill, "killed")] {
        go(&server);
        // What a server left behind that was killed may answer once more.
        until("the server is gone", || {
            let outcome = in_time(|| company_count(&program));
            assert!(outcome.is_ok() || unavailable(&outcome), "{name}: {outcome:?}");
            outcome.is_err()
        });
        let outcome = in_time(|| company_count(&program));
        assert!(unavailable(&outcome), "{name}: {outcome:?}");
        let outcome = in_time(|| program.retention().prune(Expiring::LoginFailures, now()));
        assert!(unavailable(&outcome), "{name}: {outcome:?}");
        server.start();
        until("the database comes back", || company_count(&program).is_ok());
        program.retention().prune(Expiring::LoginFailures, now()).unwrap();
    }
}

#[test]
fn everybody_who_asks_at_once_is_told_soon() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let program = opened(&database.url());
    server.stop();
    thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let outcome = in_time(|| program.ping());
                assert!(unavailable(&outcome), "{outcome:?}");
            });
        }
    });
}

#[test]
fn connections_that_died_unnoticed_are_replaced_soon() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let program = opened(&database.url());
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| company_count(&program).unwrap()))));
    server.stop();
    server.start();
    until("the database comes back", || company_count(&program).is_ok());
}

#[test]
fn a_server_that_goes_in_the_middle_of_work_is_told_and_no_work_is_done_twice() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let program = opened(&database.url());
    for before_the_commit in [false, true] {
        let runs = AtomicU64::new(0);
        let outcome = program.platform().write(&mut |unit| {
            runs.fetch_add(1, Ordering::Relaxed);
            unit.keys().list()?;
            server.stop();
            if before_the_commit { Ok(()) } else { unit.keys().list().map(drop) }
        });
        assert!(unavailable(&outcome), "{outcome:?}");
        assert_eq!(runs.into_inner(), 1);
        server.start();
        until("the database comes back", || program.ping().is_ok());
    }
}

#[test]
fn whoever_is_thrown_out_by_an_administrator_is_told_to_come_back() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let program = opened(&database.url());
    let mut administrator = PgConnection::establish(&database.superuser_url()).unwrap();
    let outcome = program.platform().write(&mut |unit| {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        administrator.batch_execute(others).unwrap();
        unit.keys().list().map(drop)
    });
    assert!(unavailable(&outcome), "{outcome:?}");
    program.ping().unwrap();
}

/// The migration that changes every table.
const ROW_SECURITY: &str = "0015_row_level_security";

#[test]
fn migrating_beside_a_busy_program_makes_nobody_wait_long() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let program = opened(&database.url());
    let migrating = Database::open(&database.url(), 1, Vec::new()).unwrap();
    // Those after it need none of the tables that are in use here.
    let mut later = Vec::new();
    while migrating.setup().migrations().unwrap().iter().rfind(|one| one.applied).unwrap().name != ROW_SECURITY {
        later.extend(migrating.setup().migrate_down().unwrap());
    }
    let holds = AtomicBool::new(true);
    let (reads, is_reading) = channel();
    thread::scope(|scope| {
        // Somebody reads a table that the migration needs, and takes their time.
        let reader = scope.spawn(|| {
            let mut conn = PgConnection::establish(&database.url()).unwrap();
            conn.batch_execute("BEGIN; SELECT count(*) FROM accounts; SELECT count(*) FROM companies").unwrap();
            reads.send(()).unwrap();
            while holds.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(10));
            }
            conn.batch_execute("COMMIT").unwrap();
        });
        is_reading.recv().unwrap();
        let down = scope.spawn(|| migrating.setup().migrate_down().unwrap());
        let mut waiting = PgConnection::establish(&database.superuser_url()).unwrap();
        let blocked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        until("the migration waits for the table", || diesel::sql_query(blocked).execute(&mut waiting).unwrap() > 0);
        let started = Instant::now();
        // Again and again in between two attempts of the migration: as long as somebody holds the table, it comes to no
        // end.
        while started.elapsed() < Duration::from_secs(3) {
            company_count(&program).unwrap();
        }
        assert!(!down.is_finished(), "the migration did not wait");
        holds.store(false, Ordering::Relaxed);
        reader.join().unwrap();
        assert_eq!(down.join().unwrap().as_deref(), Some(ROW_SECURITY));
    });
    later.push(ROW_SECURITY.to_owned());
    later.reverse();
    assert_eq!(migrating.setup().migrate_up().unwrap(), later);
    company_count(&program).unwrap();
}

//! The few statements that the two databases spell differently: upserts and locks.

use diesel::connection::{AnsiTransactionManager, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;

use super::connection::{AnyConnection, on_either};
use super::jobs::JobRow;
use super::login_failures::FailureRow;
use super::rows::ObservationRow;
use super::schema::{jobs, login_failures, observations};

/// Rows of one statement: at most 24 parameters each, below the 32,766 of SQLite and the 65,535 of PostgreSQL.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Number of the advisory lock that migrations take on PostgreSQL: any that nothing else takes.
const MIGRATION_LOCK: i64 = 7_370_313;

/// Begins a transaction that sees one snapshot and writes nothing.
pub(super) fn begin_read(conn: &mut AnyConnection) -> QueryResult<()> {
    begin(conn, "BEGIN DEFERRED", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
}

/// Begins a transaction that writes. SQLite takes the lock at once: a transaction that begins with a read and then wants to
/// write fails where another wrote in between. PostgreSQL finds crossing transactions by itself and fails one of them,
/// which is tried again.
pub(super) fn begin_write(conn: &mut AnyConnection) -> QueryResult<()> {
    begin(conn, "BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL SERIALIZABLE")
}

/// Begins a transaction that writes a row or two by their keys, and needs no more than that each of its statements sees what
/// was committed before: it waits where a serializable one would have to begin anew.
pub(super) fn begin_brief(conn: &mut AnyConnection) -> QueryResult<()> {
    begin(conn, "BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL READ COMMITTED")
}

/// Begins a transaction in which no other process migrates.
pub(super) fn begin_migration(conn: &mut AnyConnection) -> QueryResult<()> {
    begin(conn, "BEGIN IMMEDIATE", "BEGIN")?;
    match conn {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(conn) => conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")),
    }
}

fn begin(conn: &mut AnyConnection, sqlite: &str, postgres: &str) -> QueryResult<()> {
    match conn {
        AnyConnection::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sqlite),
        AnyConnection::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, postgres),
    }
}

/// Lets nobody else write to the change log until this transaction ends, so that its numbers are in the order of commits: a
/// reader who saw a number never misses a smaller one. On SQLite a write holds the only lock already.
pub(super) fn lock_change_log(conn: &mut AnyConnection) -> QueryResult<()> {
    match conn {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(conn) => conn.batch_execute("LOCK TABLE change_log IN EXCLUSIVE MODE"),
    }
}

/// Inserts observations, replacing what is stored at the same time. No two of `rows` may be of one time.
pub(super) fn upsert_observations(conn: &mut AnyConnection, rows: &[ObservationRow]) -> QueryResult<()> {
    use observations::dsl;
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        on_either!(conn, |conn| diesel::insert_into(dsl::observations)
            .values(chunk)
            .on_conflict((dsl::company_id, dsl::account_id, dsl::observed_at))
            .do_update()
            .set((
                dsl::followers.eq(excluded(dsl::followers)),
                dsl::posts.eq(excluded(dsl::posts)),
                dsl::following.eq(excluded(dsl::following)),
            ))
            .execute(conn))?;
    }
    Ok(())
}

/// Stores a subject's failures, replacing what is stored of it.
pub(super) fn upsert_failures(conn: &mut AnyConnection, row: &FailureRow) -> QueryResult<()> {
    use login_failures::dsl;
    on_either!(conn, |conn| diesel::insert_into(dsl::login_failures)
        .values(row)
        .on_conflict(dsl::subject)
        .do_update()
        .set((
            dsl::failures.eq(excluded(dsl::failures)),
            dsl::locked_until.eq(excluded(dsl::locked_until)),
            dsl::over_at.eq(excluded(dsl::over_at)),
        ))
        .execute(conn))
    .map(drop)
}

/// The first row of a query that no other transaction is about to change, locked until this one ends. On SQLite a write holds
/// the only lock already.
macro_rules! first_unlocked {
    ($conn:expr, $query:expr) => {
        match $conn {
            AnyConnection::Sqlite(conn) => $query.first(conn).optional(),
            AnyConnection::Postgres(conn) => $query.for_update().skip_locked().first(conn).optional(),
        }
    };
}
pub(super) use first_unlocked;

/// Lets nobody else take a job of the company until this transaction ends, so that those being worked on can be counted.
pub(super) fn lock_claims(conn: &mut AnyConnection, company: i64) -> QueryResult<()> {
    match conn {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(conn) => {
            diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('jobs of a company', $1))")
                .bind::<BigInt, _>(company)
                .execute(conn)
                .map(drop)
        }
    }
}

/// Inserts jobs.
pub(super) fn insert_jobs(conn: &mut AnyConnection, rows: &[JobRow]) -> QueryResult<()> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        on_either!(conn, |conn| diesel::insert_into(jobs::table).values(chunk).execute(conn))?;
    }
    Ok(())
}

/// Inserts a recurring job unless there is one of its kind.
pub(super) fn establish_job(conn: &mut AnyConnection, row: &JobRow) -> QueryResult<()> {
    on_either!(conn, |conn| diesel::insert_into(jobs::table).values(row).on_conflict_do_nothing().execute(conn))
        .map(drop)
}

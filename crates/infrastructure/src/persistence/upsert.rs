//! The few statements that the two databases spell differently: upserts and locks.

use atalaya_domain::id::{AccountId, CompanyId};
use diesel::connection::{AnsiTransactionManager, SimpleConnection};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Timestamp};
use diesel::upsert::excluded;

use super::connection::{AnyConnection, on_either};
use super::failure_row::FailureRow;
use super::held_request::{HoldRow, KeptRequests};
use super::jobs::rows::JobRow;
use super::own::own;
use super::reach::Reach;
use super::rows::{ObservationRow, stored};
use super::schema::{
    account_summaries, accounts, audit_heads, entities, idempotency_keys, jobs, login_failures, observations,
};
use super::summary_rows::{OutlookRow, RecentRow};

/// Rows of one statement: at most 24 parameters each, below the 32,766 of SQLite and the 65,535 of PostgreSQL.
const ROWS_PER_STATEMENT: usize = 1_000;
/// Observations of one statement on PostgreSQL, which gets them as four arrays: some hundred kilobytes.
const POSTGRES_OBSERVATIONS: usize = 10_000;

/// What a statement over arrays does with rows of one account.
const POSTGRES_UPSERT: &str = "
    INSERT INTO observations (company_id, account_id, observed_at, followers, posts, following)
    SELECT $1, $2, * FROM unnest($3, $4, $5, $6)
    ON CONFLICT (company_id, account_id, observed_at) DO UPDATE
    SET followers = excluded.followers, posts = excluded.posts, following = excluded.following";

/// Number of the advisory lock that migrations take on PostgreSQL: any that nothing else takes.
const MIGRATION_LOCK: i64 = 7_370_313;
/// How long a migration waits for those of other processes.
const OTHER_MIGRATIONS: &str = "60s";
/// How long a migration waits for a table that is in use. Shorter than PostgreSQL waits before it looks for a deadlock,
/// so it is the migration that gives way.
const MIGRATION_LOCK_TIMEOUT: &str = "500ms";

/// Begins a transaction that sees one snapshot of what is within `reach` and writes nothing.
pub(super) fn begin_read(conn: &mut AnyConnection, reach: Reach) -> QueryResult<()> {
    begin(conn, "BEGIN DEFERRED", &reaching("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", reach))
}

/// Begins a transaction that writes within `reach`. SQLite takes the lock at once: a transaction that begins with a
/// read and then wants to write fails where another wrote in between. PostgreSQL finds crossing transactions by itself
/// and fails one of them, which is tried again.
pub(super) fn begin_write(conn: &mut AnyConnection, reach: Reach) -> QueryResult<()> {
    begin(conn, "BEGIN IMMEDIATE", &reaching("BEGIN ISOLATION LEVEL SERIALIZABLE", reach))
}

/// Begins a transaction that writes rows by their keys, or locks what it relies on, and needs no more than that each of
/// its statements sees what was committed before: it waits where a serializable one would have to begin anew.
pub(super) fn begin_read_committed(conn: &mut AnyConnection, reach: Reach) -> QueryResult<()> {
    begin(conn, "BEGIN IMMEDIATE", &reaching("BEGIN ISOLATION LEVEL READ COMMITTED", reach))
}

/// Begins a transaction in which no other process migrates. Those that do are waited for, because they hold what this
/// one needs anyway; whoever works is not, because all others would wait behind this one.
pub(super) fn begin_migration(conn: &mut AnyConnection) -> QueryResult<()> {
    let postgres = format!(
        "BEGIN; SET LOCAL lock_timeout = '{OTHER_MIGRATIONS}'; SELECT pg_advisory_xact_lock({MIGRATION_LOCK}); \
         SET LOCAL lock_timeout = '{MIGRATION_LOCK_TIMEOUT}'; SET LOCAL atalaya.migration = 'on'"
    );
    begin(conn, "BEGIN IMMEDIATE", &postgres)
}

/// The beginning together with its reach: one message to the server. What is local to the transaction ends with it, so
/// the next one on the connection starts without any.
fn reaching(begin: &str, reach: Reach) -> String {
    format!("{begin}; SET LOCAL atalaya.reach = '{reach}'")
}

fn begin(conn: &mut AnyConnection, sqlite: &str, postgres: &str) -> QueryResult<()> {
    match conn {
        AnyConnection::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sqlite),
        AnyConnection::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, postgres),
    }
}

/// Lets nobody else write to the change log until this transaction ends, so that its numbers are in the order of
/// commits: a reader who saw a number never misses a smaller one. On SQLite a write holds the only lock already.
pub(super) fn lock_change_log(conn: &mut AnyConnection) -> QueryResult<()> {
    match conn {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(conn) => conn.batch_execute("LOCK TABLE change_log IN EXCLUSIVE MODE"),
    }
}

/// Where an audit chain ends: its last number and code, which nobody else moves on until this transaction ends. The
/// first entry of a chain has nothing to lock yet. On SQLite a write holds the only lock already.
pub(super) fn lock_audit_head(conn: &mut AnyConnection, chain: i64) -> QueryResult<Option<(i64, Vec<u8>)>> {
    let head = audit_heads::table.find(chain).select((audit_heads::seq, audit_heads::mac));
    match conn {
        AnyConnection::Sqlite(conn) => head.first(conn).optional(),
        AnyConnection::Postgres(conn) => head.for_no_key_update().first(conn).optional(),
    }
}

/// Lets nobody else write observations of the account, or delete it, until this transaction ends; whether it is there.
/// Whoever only refers to the account goes on. On SQLite a write holds the only lock already.
pub(super) fn lock_account(conn: &mut AnyConnection, company: CompanyId, account: AccountId) -> QueryResult<bool> {
    let row = FilterDsl::filter(own::<accounts::table>(company), accounts::id.eq(account.get())).select(accounts::id);
    let found: Option<i64> = match conn {
        AnyConnection::Sqlite(conn) => row.first(conn).optional()?,
        AnyConnection::Postgres(conn) => row.for_no_key_update().first(conn).optional()?,
    };
    Ok(found.is_some())
}

/// Lets no long work on an entity type begin until this transaction ends, and waits for the one that is under way.
/// Others share the lock. On SQLite a write holds the only lock already.
pub(super) fn share_entity(conn: &mut AnyConnection, company: CompanyId, entity: &[u8]) -> QueryResult<()> {
    let row = FilterDsl::filter(own::<entities::table>(company), entities::id.eq(entity));
    match conn {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(conn) => {
            row.select(entities::number).for_share().first::<i32>(conn).optional().map(drop)
        }
    }
}

/// Of these attempts those that are under way and whose requests no other transaction is about to answer, locked until
/// this one ends. On SQLite a write holds the only lock already.
pub(super) fn lock_held(conn: &mut AnyConnection, attempts: &[String]) -> QueryResult<Vec<String>> {
    use idempotency_keys::dsl;
    let held = FilterDsl::filter(dsl::idempotency_keys, dsl::attempt.eq_any(attempts).and(dsl::status.is_null()));
    let held = held.select(dsl::attempt);
    match conn {
        AnyConnection::Sqlite(conn) => held.load(conn),
        AnyConnection::Postgres(conn) => held.for_no_key_update().skip_locked().load(conn),
    }
}

/// Inserts observations of one account, replacing what is stored at the same time. No two of `rows` may be of one time.
pub(super) fn upsert_observations(
    conn: &mut AnyConnection,
    company: CompanyId,
    account: AccountId,
    rows: &[ObservationRow],
) -> QueryResult<()> {
    use observations::dsl;
    match conn {
        AnyConnection::Sqlite(conn) => rows.chunks(ROWS_PER_STATEMENT).try_for_each(|chunk| {
            diesel::insert_into(dsl::observations)
                .values(chunk)
                .on_conflict((dsl::company_id, dsl::account_id, dsl::observed_at))
                .do_update()
                .set((
                    dsl::followers.eq(excluded(dsl::followers)),
                    dsl::posts.eq(excluded(dsl::posts)),
                    dsl::following.eq(excluded(dsl::following)),
                ))
                .execute(conn)
                .map(drop)
        }),
        // Thousands of parameters would take longer to read than the rows to store.
        AnyConnection::Postgres(conn) => rows.chunks(POSTGRES_OBSERVATIONS).try_for_each(|chunk| {
            let counts = |count: fn(&ObservationRow) -> Option<i64>| chunk.iter().map(count).collect::<Vec<_>>();
            diesel::sql_query(POSTGRES_UPSERT)
                .bind::<BigInt, _>(company.get())
                .bind::<BigInt, _>(account.get())
                .bind::<Array<Timestamp>, _>(chunk.iter().map(|row| row.observed_at).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(chunk.iter().map(|row| row.followers).collect::<Vec<_>>())
                .bind::<Array<Nullable<BigInt>>, _>(counts(|row| row.posts))
                .bind::<Array<Nullable<BigInt>>, _>(counts(|row| row.following))
                .execute(conn)
                .map(drop)
        }),
    }
}

/// Stores the latest days of an account's summary, and leaves the rest of it.
pub(super) fn upsert_recent(conn: &mut AnyConnection, row: &RecentRow) -> QueryResult<()> {
    use account_summaries::dsl;
    on_either!(conn, |conn| diesel::insert_into(dsl::account_summaries)
        .values(row)
        .on_conflict((dsl::company_id, dsl::account_id))
        .do_update()
        .set((
            dsl::time_zone.eq(excluded(dsl::time_zone)),
            dsl::observation_count.eq(excluded(dsl::observation_count)),
            dsl::newest_observation_at.eq(excluded(dsl::newest_observation_at)),
            dsl::recent.eq(excluded(dsl::recent)),
        ))
        .execute(conn))
    .map(drop)
}

/// Stores the outlook of an account's summary, and leaves the rest of it.
pub(super) fn upsert_outlook(conn: &mut AnyConnection, row: &OutlookRow) -> QueryResult<()> {
    use account_summaries::dsl;
    on_either!(conn, |conn| diesel::insert_into(dsl::account_summaries)
        .values(row)
        .on_conflict((dsl::company_id, dsl::account_id))
        .do_update()
        .set((dsl::model_version.eq(excluded(dsl::model_version)), dsl::outlook.eq(excluded(dsl::outlook))))
        .execute(conn))
    .map(drop)
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

/// Takes a request for an attempt: `true` where there was none of its key, or one that is not kept any more. In one
/// statement, so that of any number of attempts one takes it.
pub(super) fn take_request(conn: &mut AnyConnection, hold: &HoldRow, kept: KeptRequests) -> QueryResult<bool> {
    use idempotency_keys::dsl;
    let KeptRequests { holds, answers } = kept;
    let held_ahead = dsl::status.is_null().and(dsl::kept_until.gt(stored(holds.latest())));
    let over = dsl::kept_until.le(stored(holds.now())).or(held_ahead).or(dsl::kept_until.gt(stored(answers.latest())));
    let taken = on_either!(conn, |conn| FilterDsl::filter(
        diesel::insert_into(dsl::idempotency_keys)
            .values(hold)
            .on_conflict((dsl::user_id, dsl::operation, dsl::key_hash))
            .do_update()
            .set((
                dsl::company_id.eq(excluded(dsl::company_id)),
                dsl::fingerprint.eq(excluded(dsl::fingerprint)),
                dsl::content_code.eq(excluded(dsl::content_code)),
                dsl::attempt.eq(excluded(dsl::attempt)),
                dsl::kept_until.eq(excluded(dsl::kept_until)),
                dsl::status.eq(None::<i32>),
                dsl::headers.eq(None::<String>),
                dsl::body.eq(None::<Vec<u8>>),
            )),
        over,
    )
    .execute(conn))?;
    Ok(taken == 1)
}

/// The first row of a query that no other transaction is about to change, locked until this one ends. On SQLite a write
/// holds the only lock already.
macro_rules! first_unlocked {
    ($conn:expr, $query:expr) => {
        match $conn {
            AnyConnection::Sqlite(conn) => $query.first(conn).optional(),
            AnyConnection::Postgres(conn) => $query.for_update().skip_locked().first(conn).optional(),
        }
    };
}
pub(super) use first_unlocked;

/// Whether no session holds the lock of a process on its number. Where the database is a file nobody does, and nobody
/// is missed.
pub(super) fn has_no_lock(conn: &mut AnyConnection, process: i64) -> QueryResult<bool> {
    match conn {
        AnyConnection::Sqlite(_) => Ok(false),
        AnyConnection::Postgres(conn) => {
            // Shared, so that two who look at once do not take each other for the process. Given back with the
            // transaction.
            let free = sql::<Bool>("pg_try_advisory_xact_lock_shared(hashtextextended('a process with jobs', ")
                .bind::<BigInt, _>(process)
                .sql("))");
            diesel::select(free).get_result(conn)
        }
    }
}

/// Lets nobody else take a job of the company until this transaction ends, so that those being worked on can be
/// counted.
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

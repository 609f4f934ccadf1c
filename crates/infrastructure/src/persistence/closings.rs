//! Observations by days: of each day the last one, found through the index and not by reading them all.

use atalaya_application::AppError;
use atalaya_domain::account::Account;
use atalaya_domain::calendar::start_of_day;
use atalaya_domain::forecast::ReadingTimes;
use atalaya_domain::observation::Observation;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamp};

use super::connection::AnyConnection;
use super::error::Expecting;
use super::observations::Extent;
use super::rows::{ObservationRow, count, stored_bound};
use super::store::Tenant;

/// The stretches of `$3`, each until the next one begins, numbered from 0. SQLite gets a list as JSON.
macro_rules! stretches {
    (sqlite) => {
        "WITH stretches AS MATERIALIZED (
            SELECT key AS number, value AS starts, lead(value) OVER (ORDER BY key) AS ends FROM json_each($3)
        )"
    };
    (postgres) => {
        "WITH stretches AS (
            SELECT place - 1 AS number, starts, lead(starts) OVER (ORDER BY place) AS ends
            FROM unnest($3) WITH ORDINALITY AS given (starts, place)
        )"
    };
}

/// The account's observations in a stretch.
macro_rules! inside {
    () => {
        " FROM observations WHERE company_id = $1 AND account_id = $2 AND observed_at >= starts AND observed_at < ends "
    };
}

/// The last posts of a stretch.
macro_rules! last_posts {
    () => {
        concat!("(SELECT posts", inside!(), "AND posts IS NOT NULL ORDER BY observed_at DESC LIMIT 1) AS posts")
    };
}

const SQLITE_CLOSINGS: &str = concat!(
    stretches!(sqlite),
    " SELECT closing.observed_at, closing.followers, ",
    last_posts!(),
    " FROM stretches CROSS JOIN observations AS closing
    WHERE closing.company_id = $1 AND closing.account_id = $2
    AND closing.observed_at = (SELECT max(observed_at)",
    inside!(),
    ") ORDER BY closing.observed_at"
);

const POSTGRES_CLOSINGS: &str = concat!(
    stretches!(postgres),
    " SELECT closing.observed_at, closing.followers, ",
    last_posts!(),
    " FROM stretches CROSS JOIN LATERAL (SELECT observed_at, followers",
    inside!(),
    "ORDER BY observed_at DESC LIMIT 1) AS closing ORDER BY closing.observed_at"
);

/// Of every three stretches, how many observations the first ones have and how many the second ones.
macro_rules! counted {
    () => {
        concat!(
            " SELECT number % 3 AS part, CAST(sum((SELECT count(*)",
            inside!(),
            ")) AS BIGINT) AS readings FROM stretches WHERE number % 3 < 2 GROUP BY number % 3"
        )
    };
}

const SQLITE_COUNTED: &str = concat!(stretches!(sqlite), counted!());
const POSTGRES_COUNTED: &str = concat!(stretches!(postgres), counted!());

/// The last observation of a stretch.
#[derive(QueryableByName)]
struct ClosingRow {
    #[diesel(sql_type = Timestamp)]
    observed_at: NaiveDateTime,
    #[diesel(sql_type = BigInt)]
    followers: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    posts: Option<i64>,
}

/// How many observations one of three parts has.
#[derive(QueryableByName)]
struct PartRow {
    #[diesel(sql_type = BigInt)]
    part: i64,
    #[diesel(sql_type = BigInt)]
    readings: i64,
}

/// Beginnings of stretches as SQLite compares them: a JSON list of times as they are stored.
fn listed(starts: &[NaiveDateTime]) -> String {
    let times: Vec<String> = starts.iter().map(|start| start.format("\"%F %T%.f\"").to_string()).collect();
    format!("[{}]", times.join(","))
}

/// A statement with its parameters by number, as SQLite spells them.
fn numbered(statement: &str) -> String {
    statement.replace('$', "?")
}

/// Runs a statement over stretches of an account's time.
macro_rules! over_stretches {
    ($tenant:ident, $account:ident, $starts:expr, $sqlite:expr, $postgres:expr) => {{
        let (company, account, starts): (i64, i64, &[NaiveDateTime]) =
            ($tenant.company_id(), $account.id.get(), $starts);
        match $tenant.conn() {
            AnyConnection::Sqlite(conn) => diesel::sql_query(numbered($sqlite))
                .bind::<BigInt, _>(company)
                .bind::<BigInt, _>(account)
                .bind::<Text, _>(listed(starts))
                .load(conn),
            AnyConnection::Postgres(conn) => diesel::sql_query($postgres)
                .bind::<BigInt, _>(company)
                .bind::<BigInt, _>(account)
                .bind::<Array<Timestamp>, _>(starts)
                .load(conn),
        }
        .or_fault()
    }};
}

impl Tenant<'_, '_> {
    /// See [`ObservationReader::closings`](atalaya_application::ports::repositories::ObservationReader::closings).
    pub(super) fn closing_readings(
        &mut self,
        account: &Account,
        starts: &[DateTime<Utc>],
    ) -> Result<Vec<Observation>, AppError> {
        let starts: Vec<NaiveDateTime> = starts.iter().copied().map(stored_bound).collect();
        let rows: Vec<ClosingRow> = over_stretches!(self, account, &starts, SQLITE_CLOSINGS, POSTGRES_CLOSINGS)?;
        let company = self.scope.company();
        let observation = |row: ClosingRow| {
            let ClosingRow { observed_at, followers, posts } = row;
            ObservationRow::closing(company, account.id, (observed_at, followers, posts)).into_domain()
        };
        rows.into_iter().map(observation).collect()
    }

    /// How many readings the account has, and how many of them fall around midnight.
    pub(super) fn reading_times_within(
        &mut self,
        account: &Account,
        zone: Tz,
        extent: &Extent,
    ) -> Result<ReadingTimes, AppError> {
        let &Extent { first, last, readings } = extent;
        let date = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let (before, after) = self.around_midnight(account, zone, date(first), date(last))?;
        Ok(ReadingTimes { all: readings, before, after })
    }

    /// How many readings of the days from `first` to `last` fall shortly before and shortly after midnight.
    pub(super) fn around_midnight(
        &mut self,
        account: &Account,
        zone: Tz,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<(u64, u64), AppError> {
        let around =
            |midnight: DateTime<Utc>| [midnight - ReadingTimes::JITTER, midnight, midnight + ReadingTimes::JITTER];
        let until = last.succ_opt().unwrap_or(last);
        let midnights = first.iter_days().take_while(|date| *date <= until).filter_map(|date| start_of_day(date, zone));
        let starts: Vec<NaiveDateTime> = midnights.flat_map(around).map(stored_bound).collect();
        let parts: Vec<PartRow> = over_stretches!(self, account, &starts, SQLITE_COUNTED, POSTGRES_COUNTED)?;
        let part = |number| {
            let found = parts.iter().find(|part| part.part == number).map_or(0, |part| part.readings);
            count("observations", found)
        };
        Ok((part(0)?, part(1)?))
    }
}

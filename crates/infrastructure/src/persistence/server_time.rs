//! The clock of the database's server, and how far the times go that are stored.

use atalaya_application::AppError;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::Timestamp;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::loaded;
use super::schema::{audit_heads, audit_log, sessions, signing_keys};
use crate::clock::TimeAnswer;

impl Database {
    /// The time by the clock of the database's server, between two looks at `ticks`; `None` where the database is a
    /// file and has none of its own.
    ///
    /// # Errors
    /// Of the database.
    pub fn time(&self, ticks: &dyn Fn() -> TimeDelta) -> Result<Option<TimeAnswer>, AppError> {
        self.vital_snapshot(Reach::Platform, |tx| match &mut *tx.conn {
            AnyConnection::Sqlite(_) => Ok(None),
            AnyConnection::Postgres(conn) => {
                let now = sql::<Timestamp>("clock_timestamp() AT TIME ZONE 'UTC'");
                let asked = ticks();
                let now: NaiveDateTime = diesel::select(now).get_result(conn).or_fault()?;
                Ok(Some(TimeAnswer { asked, said: loaded(now), answered: ticks() }))
            }
        })
    }

    /// The newest time at which something was noted that can only have happened: the last entries of the audit log, the
    /// use of sessions, the states of signing keys. `None` in an empty database.
    ///
    /// # Errors
    /// Of the database.
    pub fn newest_time(&self) -> Result<Option<DateTime<Utc>>, AppError> {
        self.snapshot(Reach::Platform, |tx| {
            let last_of_chain = audit_heads::chain.eq(audit_log::chain).and(audit_heads::seq.eq(audit_log::seq));
            let told: Option<i64> = audit_log::table
                .inner_join(audit_heads::table.on(last_of_chain))
                .select(max(audit_log::at))
                .first(tx.conn)
                .or_fault()?;
            let used: Option<NaiveDateTime> =
                sessions::table.select(max(sessions::last_used_at)).first(tx.conn).or_fault()?;
            let keys: Option<NaiveDateTime> =
                signing_keys::table.select(max(signing_keys::state_since)).first(tx.conn).or_fault()?;
            let told = told.and_then(DateTime::from_timestamp_micros);
            Ok([told, used.map(loaded), keys.map(loaded)].into_iter().flatten().max())
        })
    }
}

//! The clock of the database's server.

use atalaya_application::AppError;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Timestamp;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::loaded;

impl Database {
    /// The time by the clock of the database's server; `None` where the database is a file and has none of its own.
    ///
    /// # Errors
    /// Of the database.
    pub fn time(&self) -> Result<Option<DateTime<Utc>>, AppError> {
        self.snapshot(Reach::Platform, |tx| match &mut *tx.conn {
            AnyConnection::Sqlite(_) => Ok(None),
            AnyConnection::Postgres(conn) => {
                let now = sql::<Timestamp>("clock_timestamp() AT TIME ZONE 'UTC'");
                let now: NaiveDateTime = diesel::select(now).get_result(conn).or_fault()?;
                Ok(Some(loaded(now)))
            }
        })
    }
}

//! [`Server`]: which server a connection leads to, and whether it takes writes.

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Timestamp};

/// Whether it takes writes, and when it started. `default_transaction_read_only` is what a provider sets on a server
/// that ran out of space, and what an operator sets before moving a database.
const STATE: &str = "NOT pg_is_in_recovery() AND NOT CAST(current_setting('default_transaction_read_only') AS BOOLEAN)";
const STARTED: &str = "pg_postmaster_start_time() AT TIME ZONE 'UTC'";

/// The PostgreSQL server that a connection leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Server {
    /// Whether it is the primary and not read-only.
    pub(super) takes_writes: bool,
    /// When it started. Two servers differ in it, so it tells one from the other.
    pub(super) started: NaiveDateTime,
}

impl Server {
    /// Asks the server, about no table.
    pub(super) fn of(conn: &mut PgConnection) -> QueryResult<Self> {
        let state = (sql::<Bool>(STATE), sql::<Timestamp>(STARTED));
        let (takes_writes, started) = diesel::select(state).get_result(conn)?;
        Ok(Self { takes_writes, started })
    }
}

//! What the program's role may do on PostgreSQL besides its work.

use atalaya_application::AppError;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::AnyConnection;
use super::error::Expecting;
use super::reach::Reach;
use super::setup::Setup;

/// What would take away from the role what it does not need, where it has that: a statement each.
const EXCESS: &str = "
    SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC, atalaya_app', current_database())
        WHERE has_database_privilege('atalaya_app', current_database(), 'TEMPORARY')
    UNION ALL
    SELECT format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC, atalaya_app', current_schema())
        WHERE has_schema_privilege('atalaya_app', current_schema(), 'CREATE')";

impl Setup<'_> {
    /// The statements by which the database's owner takes away what the program's role does not need: making temporary
    /// tables, or objects of its own. None on SQLite, and where migration 0019 did it.
    ///
    /// # Errors
    /// Of the database.
    pub fn excess_privileges(&self) -> Result<Vec<String>, AppError> {
        self.0.snapshot(Reach::Platform, |tx| match tx.conn {
            AnyConnection::Sqlite(_) => Ok(Vec::new()),
            AnyConnection::Postgres(conn) => sql::<Text>(EXCESS).load(conn).or_fault(),
        })
    }

    /// Warns of them.
    ///
    /// # Errors
    /// Of the database.
    pub fn check_privileges(&self) -> Result<(), AppError> {
        for statement in self.excess_privileges()? {
            tracing::warn!(
                event = "database_privileges",
                statement,
                "the program's role may make tables or functions, which it does not need; let the database's owner run the statement"
            );
        }
        Ok(())
    }
}

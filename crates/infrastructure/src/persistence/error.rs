//! What a diesel error means, said by the caller: there is no blanket conversion, because the same violation is a conflict in
//! one place and a fault in another.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Part};
use diesel::dsl::sql;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::Text;
use diesel::{QueryResult, RunQueryDsl};

use super::connection::AnyConnection;
use super::database::Database;
use super::reach::Reach;

/// What SQLite and PostgreSQL say when a lock did not come in time, two transactions crossed, or the server is going away,
/// gone or not yet there. diesel reports these as errors of an unknown kind, so only the words tell.
const PASSING: [&str; 12] = [
    "database is locked",
    "database table is locked",
    "database is busy",
    "deadlock detected",
    "lock timeout",
    "terminating connection",
    "the database system is",
    "server closed the connection",
    "connection has been closed",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
];

/// Translates the result of a statement.
pub(super) trait Expecting<T> {
    /// The statement can only fail through a fault, or because the database is away or contended.
    fn or_fault(self) -> Result<T, AppError>;

    /// The statement may also violate a unique key, which is `conflict`.
    fn or_conflict(self, conflict: Conflict) -> Result<T, AppError>;

    /// The statement may also violate a unique key because another transaction did the same first: doing the whole work
    /// again helps.
    fn or_contended(self) -> Result<T, AppError>;
}

impl<T> Expecting<T> for QueryResult<T> {
    fn or_fault(self) -> Result<T, AppError> {
        self.map_err(translate)
    }

    fn or_conflict(self, conflict: Conflict) -> Result<T, AppError> {
        self.map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => AppError::Conflict(conflict),
            other => translate(other),
        })
    }

    fn or_contended(self) -> Result<T, AppError> {
        self.map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => AppError::unavailable(Part::Database),
            other => translate(other),
        })
    }
}

/// What a migration's error means, which may be any of diesel's behind words of its own.
pub(super) fn of_migration(error: Box<dyn std::error::Error + Send + Sync>) -> AppError {
    let said = error.to_string();
    if passing_words(&said) {
        AppError::unavailable(Part::Database)
    } else if said.contains("permission denied") {
        AppError::internal(format!(
            "{said}; migrate as the owner: DATABASE_MIGRATION_URL, or `atalaya migrate up` beforehand"
        ))
    } else {
        AppError::internal(error)
    }
}

fn passing_words(message: &str) -> bool {
    PASSING.iter().any(|words| message.contains(words))
}

fn translate(error: Error) -> AppError {
    if passes(&error) {
        tracing::debug!(event = "database_contended", %error, "the database refused a statement for now");
        AppError::unavailable(Part::Database)
    } else {
        AppError::internal(error)
    }
}

/// Whether the same statement may succeed a moment later.
fn passes(error: &Error) -> bool {
    use DatabaseErrorKind::{ClosedConnection, SerializationFailure, UnableToSendCommand};
    match error {
        Error::DatabaseError(SerializationFailure | ClosedConnection | UnableToSendCommand, _)
        | Error::BrokenTransactionManager => true,
        Error::DatabaseError(_, info) => passing_words(info.message()),
        Error::RollbackErrorOnCommit { commit_error, .. } => passes(commit_error),
        _ => false,
    }
}

impl Database {
    /// Warns of a PostgreSQL whose messages are not in English: contention is known by its words, so what would be tried
    /// again fails there.
    ///
    /// # Errors
    /// Of the database.
    pub fn check_language(&self) -> Result<(), AppError> {
        let language: Option<String> = self.snapshot(Reach::Platform, |tx| match tx.conn {
            AnyConnection::Sqlite(_) => Ok(None),
            AnyConnection::Postgres(conn) => {
                sql::<Text>("SELECT current_setting('lc_messages')").get_result(conn).map(Some).or_fault()
            }
        })?;
        let understood =
            |language: &str| language.starts_with("en") || ["C", "C.UTF-8", "POSIX", ""].contains(&language);
        if let Some(language) = language.filter(|language| !understood(language)) {
            tracing::warn!(
                event = "database_language",
                language,
                "the database server's messages are not in English, so contention is taken for a fault; set its lc_messages to C"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    use super::*;
    use crate::persistence::upsert::begin_write;

    #[test]
    fn a_lock_that_another_holds_is_unavailable_and_not_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locked.db");
        let open = || AnyConnection::Sqlite(SqliteConnection::establish(path.to_str().unwrap()).unwrap());
        let (mut holder, mut other) = (open(), open());
        begin_write(&mut holder, Reach::Platform).unwrap();
        let refused = begin_write(&mut other, Reach::Platform).or_fault();
        assert!(matches!(refused, Err(AppError::Unavailable { part: Part::Database, .. })), "{refused:?}");
    }

    #[test]
    fn a_broken_statement_is_a_fault() {
        let mut conn = AnyConnection::Sqlite(SqliteConnection::establish(":memory:").unwrap());
        let broken = conn.batch_execute("SELECT nothing FROM nowhere").or_fault();
        assert!(matches!(broken, Err(AppError::Internal { .. })), "{broken:?}");
    }
}

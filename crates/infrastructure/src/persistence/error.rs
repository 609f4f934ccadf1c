//! What a diesel error means, said by the caller: there is no blanket conversion, because the same violation is a
//! conflict in one place and a fault in another.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Part};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{ConnectionError, QueryResult};

/// What SQLite says when a lock did not come in time, and PostgreSQL when two transactions crossed, or the server is
/// going away, gone or not yet there. diesel reports these as errors of an unknown kind, so only the words tell.
const PASSING: [&str; 11] = [
    "database is locked",
    "database table is locked",
    "database is busy",
    "deadlock detected",
    "terminating connection",
    "the database system is",
    "server closed the connection",
    "connection has been closed",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
];

/// What PostgreSQL says when a lock did not come in time. SQLite waits for its one lock, so whoever gets it there goes
/// on.
const LOCK_TIMEOUT: &str = "lock timeout";

/// What PostgreSQL and its client library say where a server takes no writes: it is a standby, or was made read-only.
/// Of SQLite's words the last: its file or folder is read-only. Where a server says it by its code, diesel's kind
/// tells.
const READ_ONLY: [&str; 5] = [
    "cannot use serializable mode in a hot standby",
    "session is read-only",
    "server is in hot standby mode",
    "in a read-only transaction",
    "attempt to write a readonly database",
];

/// What a connection to a server that takes no writes is refused with.
pub(super) fn read_only_server() -> ConnectionError {
    ConnectionError::BadConnection("the server is a standby or its session is read-only".to_owned())
}

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
    if read_only_words(&said) {
        AppError::unavailable(Part::PrimaryDatabase)
    } else if said.contains(LOCK_TIMEOUT) {
        AppError::unavailable(Part::Lock)
    } else if passing_words(&said) {
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

/// What it means that a connection could not be opened where nobody waits for another attempt.
pub(super) fn of_connecting(error: diesel::r2d2::Error) -> AppError {
    if wrong_server(&error) { AppError::unavailable(Part::PrimaryDatabase) } else { AppError::internal(error) }
}

/// Whether a connection was not opened because the server takes no writes.
pub(super) fn wrong_server(error: &diesel::r2d2::Error) -> bool {
    match error {
        diesel::r2d2::Error::QueryError(error) => writes_are_refused(error),
        diesel::r2d2::Error::ConnectionError(error) => read_only_words(&error.to_string()),
    }
}

fn read_only_words(message: &str) -> bool {
    READ_ONLY.iter().any(|words| message.contains(words))
}

/// Whether the server takes no writes, so that neither this nor any other work is done on it.
fn writes_are_refused(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => true,
        Error::DatabaseError(_, info) => read_only_words(info.message()),
        Error::RollbackErrorOnCommit { commit_error, .. } => writes_are_refused(commit_error),
        _ => false,
    }
}

fn translate(error: Error) -> AppError {
    if writes_are_refused(&error) {
        tracing::debug!(event = "database_write_refused", %error, "the database server takes no writes");
        AppError::unavailable(Part::PrimaryDatabase)
    } else if lock_did_not_come(&error) {
        tracing::debug!(event = "database_locked", %error, "what a statement needs is locked");
        AppError::unavailable(Part::Lock)
    } else if passes(&error) {
        tracing::debug!(event = "database_contended", %error, "the database refused a statement for now");
        AppError::unavailable(Part::Database)
    } else {
        AppError::internal(error)
    }
}

/// Whether others kept locked what the statement needed, for longer than it is waited for.
fn lock_did_not_come(error: &Error) -> bool {
    match error {
        Error::DatabaseError(_, info) => info.message().contains(LOCK_TIMEOUT),
        Error::RollbackErrorOnCommit { commit_error, .. } => lock_did_not_come(commit_error),
        _ => false,
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

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    use super::*;
    use crate::persistence::connection::AnyConnection;
    use crate::persistence::reach::Reach;
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

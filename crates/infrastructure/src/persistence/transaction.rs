//! [`Transaction`]: a connection with a transaction open, and how work in it ends.

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::runtime::Randomness;
use diesel::connection::TransactionManager;
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::error::Expecting;
use crate::security::AuditKeys;

/// The program was put together without the keys of the audit log: what cannot be told must not happen.
#[derive(Debug, thiserror::Error)]
#[error("the audit log has no keys, so nothing that it has to tell can be done")]
pub(super) struct NoKey;

/// One transaction: its connection, and what it makes untrue of what processes remember.
pub(super) struct Transaction<'c> {
    pub(super) conn: &'c mut AnyConnection,
    pub(super) changes: Vec<Change>,
    /// What ids of new rows are drawn from.
    pub(super) randomness: &'c dyn Randomness,
    audit_keys: Option<&'c AuditKeys>,
}

impl<'c> Transaction<'c> {
    /// The keys of the audit log.
    ///
    /// # Errors
    /// `Internal` without them.
    pub(super) fn audit_keys(&self) -> Result<&'c AuditKeys, AppError> {
        self.audit_keys.ok_or_else(|| AppError::internal(NoKey))
    }

    /// Notes a change. It is written to the log at the end of this transaction and told after the commit.
    pub(super) fn changed(&mut self, change: Change) {
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }
}

/// Whether the work may succeed a moment later. Whoever waited for a lock in vain has waited long enough.
pub(super) fn contended<T>(outcome: &Result<T, AppError>) -> bool {
    matches!(outcome, Err(AppError::Unavailable { part: Part::Database, .. }))
}

/// Whether others kept locked what was needed for longer than it is waited for.
pub(super) fn lock_timed_out<T>(outcome: &Result<T, AppError>) -> bool {
    matches!(outcome, Err(AppError::Unavailable { part: Part::Lock, .. }))
}

/// Whether the server takes no writes.
pub(super) fn refused_to_write<T>(outcome: &Result<T, AppError>) -> bool {
    matches!(outcome, Err(AppError::Unavailable { part: Part::PrimaryDatabase, .. }))
}

/// Runs `work` in the transaction that was begun, once. A panic in it leaves the transaction open, and the pool closes
/// such a connection.
pub(super) fn attempt<T>(
    conn: &mut AnyConnection,
    randomness: &dyn Randomness,
    audit_keys: Option<&AuditKeys>,
    work: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    type Manager = <AnyConnection as Connection>::TransactionManager;
    match work(&mut Transaction { conn, changes: Vec::new(), randomness, audit_keys }) {
        Ok(value) => {
            Manager::commit_transaction(conn).or_fault()?;
            Ok(value)
        }
        Err(error) => match Manager::rollback_transaction(conn) {
            Ok(()) => Err(error),
            // The server is gone, or closing the connection rolls back. Either way a statement failed for that reason.
            Err(failure) => {
                tracing::warn!(event = "rollback_failed", error = %failure, "a transaction could not be rolled back");
                Err(if matches!(error, AppError::Internal { .. }) {
                    AppError::unavailable(Part::Database)
                } else {
                    error
                })
            }
        },
    }
}

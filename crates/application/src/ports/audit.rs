//! The audit log: append-only, one chain per company and one for the platform.
//!
//! What changes something is told in the same transaction, by the ports that change it
//! ([`UnitOfWork::audit`](super::store::UnitOfWork::audit) and the events that the identity ports take). This port is for
//! everything else.

use atalaya_domain::audit::AuditEvent;

use crate::error::AppError;

/// Takes events that no other write goes with.
pub trait AuditLog: Send + Sync {
    /// Writes an event.
    ///
    /// # Errors
    /// Of the database.
    fn record(&self, event: &AuditEvent) -> Result<(), AppError>;

    /// Tells of a refusal. Those that are alike within a minute become one entry with their count, so that a flood of
    /// them is no flood of writes. Neither blocks nor fails.
    fn refused(&self, event: AuditEvent);
}

//! The audit log: append-only, one chain per company and one for the platform.
//!
//! What changes something is told in the same transaction, by the ports that change it
//! ([`UnitOfWork::audit`](super::store::UnitOfWork::audit) and the events that the identity ports take). [`AuditLog`] is for
//! refusals; [`AuditReader`] reads one chain.

use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::{AuditAction, AuditEntry, AuditEvent, AuditOutcome, AuditTarget, SignedHead};
use atalaya_domain::user::Username;
use chrono::{DateTime, Utc};

use super::repositories::TimeSpan;
use crate::error::AppError;
use crate::page::{Page, PageRequest};

/// Takes refusals, which no other write goes with.
pub trait AuditLog: Send + Sync {
    /// Tells of a refusal. Those that are alike within a minute become one entry with their count, so that a flood of
    /// them is no flood of writes. Neither blocks nor fails.
    fn refused(&self, event: AuditEvent);
}

/// Which entries; `None` passes all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// When.
    pub span: TimeSpan,
    /// What.
    pub action: Option<AuditAction>,
    /// Who, by the name that the entry tells.
    pub actor: Option<Username>,
    /// How it ended.
    pub outcome: Option<AuditOutcome>,
    /// To what, the whole text.
    pub target: Option<AuditTarget>,
}

/// A page of entries, newest first; its key is the number of its last entry.
pub type AuditPage = Page<AuditEntry, i64>;

/// Reads the chain of one company, or the platform's.
pub trait AuditReader {
    /// Entries, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page(&mut self, filter: &AuditFilter, request: &PageRequest<i64>) -> Result<AuditPage, AppError>;

    /// Where the chain ends, signed as of `at`.
    ///
    /// # Errors
    /// Of the database.
    fn signed_head(&mut self, at: DateTime<Utc>) -> Result<SignedHead, AppError>;
}

/// What is done with the platform's chain.
pub type AuditWork<'w> = dyn FnMut(&mut dyn AuditReader) -> Result<(), AppError> + 'w;

/// The platform's own chain.
pub trait PlatformAudit: Send + Sync {
    /// Runs `work` on one connection, in one consistent snapshot.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    fn read_audit(&self, scope: &PlatformScope, work: &mut AuditWork<'_>) -> Result<(), AppError>;
}
